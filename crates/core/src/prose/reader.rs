//! From what the parser finds in a text to the tree.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, LinkType, Options, Parser, Tag, TagEnd};

use super::{Block, Look, Prose, Span};
use crate::limits::PROSE_LEVELS_MAX;

/// Stands between the two signs that would make a line the definition of a link, which CommonMark hides with all that it says:
/// whoever writes "[Anna]: hello" wants to read it again. It is no character of any writing, and is taken out of what is read.
const PARTED: char = '\u{fdd0}';

/// The only addresses that a client may open, once its person says so. Any other is words beside words.
const SCHEMES: [&str; 4] = ["https://", "http://", "mailto:", "tel:"];

/// Reads a text.
pub(super) fn read(text: &str) -> Prose {
    let source = text.replace("\r\n", "\n").replace('\r', "\n").replace("]:", &format!("]{PARTED}:"));
    let mut reader = Reader { source: &source, ..Reader::default() };
    let events = Parser::new_ext(&source, Options::ENABLE_STRIKETHROUGH).into_offset_iter();
    events.for_each(|(event, range)| reader.take(event, range));
    reader.end_line();
    Prose { blocks: reader.blocks }
}

/// What is being read.
#[derive(Default)]
struct Reader<'a> {
    source: &'a str,
    /// The blocks of the text itself.
    blocks: Vec<Block>,
    /// The quotes, lists and items round the present place.
    frames: Vec<Frame>,
    /// How many quotes and lists they are.
    levels: usize,
    /// How many more are open, beyond what is told apart.
    beyond: usize,
    line: Vec<Span>,
    /// The words of a fenced block.
    fenced: Option<String>,
    emphasis: usize,
    strong: usize,
    struck: usize,
    links: Vec<Link>,
}

enum Frame {
    Quote(Vec<Block>),
    List { start: Option<u64>, next: u64, items: Vec<Prose> },
    Item(Vec<Block>),
}

/// A link or an image whose words are being read.
struct Link {
    address: String,
    title: String,
    /// Whether the address can be told with the words.
    opens: bool,
    /// Whether it was.
    told: bool,
}

impl Reader<'_> {
    fn take(&mut self, event: Event<'_>, range: Range<usize>) {
        match event {
            Event::Start(tag) => self.start(tag, range),
            Event::End(tag) => self.end(tag, range),
            Event::Text(text) => match &mut self.fenced {
                Some(fenced) => fenced.push_str(&clean(&text)),
                None => self.words(&text, false),
            },
            Event::Code(text) => self.words(&text, true),
            Event::Html(text) | Event::InlineHtml(text) => self.words(&text, false),
            Event::SoftBreak | Event::HardBreak => self.break_line(),
            Event::Rule => {
                self.end_line();
                self.block(Block::Rule);
            }
            // None of these is asked for. Should one come all the same, its words are not lost.
            Event::InlineMath(_)
            | Event::DisplayMath(_)
            | Event::FootnoteReference(_)
            | Event::TaskListMarker(_) => {
                let written = &self.source[range];
                self.words(written, false);
            }
        }
    }

    fn start(&mut self, tag: Tag<'_>, range: Range<usize>) {
        match tag {
            Tag::Emphasis => self.emphasis += 1,
            Tag::Strong => self.strong += 1,
            Tag::Strikethrough => self.struck += 1,
            Tag::Link { link_type: LinkType::Email, dest_url, title, .. } => {
                self.links.push(Link::new(format!("mailto:{dest_url}"), &title));
            }
            Tag::Link { dest_url, title, .. } | Tag::Image { dest_url, title, .. } => {
                self.links.push(Link::new(clean(&dest_url), &title));
            }
            Tag::BlockQuote(_) => self.open(Frame::Quote(Vec::new())),
            Tag::List(start) => {
                self.open(Frame::List { start, next: start.unwrap_or_default(), items: Vec::new() });
            }
            Tag::Item => self.open_item(range),
            Tag::CodeBlock(CodeBlockKind::Fenced(info)) => {
                self.end_line();
                let info = clean(&info);
                self.fenced = Some(if info.trim().is_empty() { String::new() } else { format!("{info}\n") });
            }
            _ => self.end_line(),
        }
    }

    fn end(&mut self, tag: TagEnd, range: Range<usize>) {
        match tag {
            TagEnd::Emphasis => self.emphasis -= 1,
            TagEnd::Strong => self.strong -= 1,
            TagEnd::Strikethrough => self.struck -= 1,
            TagEnd::Link | TagEnd::Image => self.end_link(),
            TagEnd::BlockQuote(_) | TagEnd::List(_) | TagEnd::Item => self.close(),
            TagEnd::Heading(level) => self.end_heading(level as u8, range),
            TagEnd::CodeBlock => match self.fenced.take() {
                Some(words) => self.block(Block::Code(words.strip_suffix('\n').unwrap_or(&words).to_owned())),
                // Blanks before a line make no code of it: people begin paragraphs and poems with them.
                None => self.end_line(),
            },
            _ => self.end_line(),
        }
    }

    /// Words in a row, with their line breaks.
    fn words(&mut self, text: &str, code: bool) {
        let text = clean(text);
        for (index, line) in text.split('\n').enumerate() {
            if index > 0 {
                self.break_line();
            }
            if !line.is_empty() {
                self.piece(line, code);
            }
        }
    }

    fn piece(&mut self, text: &str, code: bool) {
        let look =
            Look { emphasis: self.emphasis > 0, strong: self.strong > 0, code, struck: self.struck > 0 };
        let address = self.links.last_mut().filter(|link| link.opens).map(|link| {
            link.told = true;
            link.address.clone()
        });
        match self.line.last_mut() {
            Some(last) if !last.breaks && last.look == look && last.address == address => {
                last.text.push_str(text);
            }
            _ => self.line.push(Span { text: text.to_owned(), look, address, breaks: false }),
        }
    }

    fn break_line(&mut self) {
        match self.line.last_mut() {
            Some(last) if !last.breaks => last.breaks = true,
            _ => self.line.push(Span { breaks: true, ..Span::default() }),
        }
    }

    /// What a link says besides its words is told beside them, unless a span told its address.
    fn end_link(&mut self) {
        let Some(link) = self.links.pop() else { return };
        if !link.told && !link.address.is_empty() {
            let shown = if link.opens { link.address.clone() } else { format!(" ({})", link.address) };
            self.links.push(Link { title: String::new(), ..link });
            self.words(&shown, false);
            self.links.pop();
        }
        if !link.title.is_empty() {
            self.words(&format!(" \"{}\"", link.title), false);
        }
    }

    /// A line of dashes under words is a line across: in a journal it parts what was written from what comes. Words over several
    /// lines are no heading either, whatever stands below.
    fn end_heading(&mut self, level: u8, range: Range<usize>) {
        let words = self.line_ended();
        let is_heading =
            is_marked(&self.source[range]) || (level == 1 && words.iter().all(|span| !span.breaks));
        if is_heading && !words.is_empty() {
            self.block(Block::Heading { level, words });
        } else if !is_heading {
            self.block(Block::Paragraph(words));
            self.block(Block::Rule);
        }
    }

    /// Ends the words in a row, if there are any: a paragraph, also where the text did not say so.
    fn end_line(&mut self) {
        let words = self.line_ended();
        if !words.is_empty() {
            self.block(Block::Paragraph(words));
        }
    }

    fn line_ended(&mut self) -> Vec<Span> {
        let mut words = std::mem::take(&mut self.line);
        while words.last().is_some_and(|last| last.text.is_empty()) {
            words.pop();
        }
        if let Some(last) = words.last_mut() {
            last.breaks = false;
        }
        words
    }

    fn block(&mut self, block: Block) {
        match self.frames.last_mut() {
            Some(Frame::Quote(blocks) | Frame::Item(blocks)) => blocks.push(block),
            Some(Frame::List { items, .. }) => items.push(Prose { blocks: vec![block] }),
            None => self.blocks.push(block),
        }
    }

    /// Begins a quote or a list; beyond the limit its words stand where it would.
    fn open(&mut self, frame: Frame) {
        self.end_line();
        if self.beyond > 0 || self.levels == PROSE_LEVELS_MAX {
            self.beyond += 1;
            return;
        }
        self.levels += 1;
        self.frames.push(frame);
    }

    /// Begins an item. Its number is the one that was written, and where that does not follow another list begins: whoever lists
    /// "14." and "16." means those. Only the first number again counts on, as Markdown has it.
    fn open_item(&mut self, range: Range<usize>) {
        self.end_line();
        if self.beyond > 0 {
            self.beyond += 1;
            return;
        }
        let written = number(&self.source[range]);
        let mut ended = None;
        if let Some(Frame::List { start: Some(start), next, items }) = self.frames.last_mut() {
            let number = written.filter(|number| number != start).unwrap_or(*next);
            if number != *next {
                ended = Some(Block::List { start: Some(*start), items: std::mem::take(items) });
                *start = number;
            }
            *next = number.saturating_add(1);
        }
        if let Some(ended) = ended {
            let list = self.frames.pop();
            self.block(ended);
            self.frames.extend(list);
        }
        self.frames.push(Frame::Item(Vec::new()));
    }

    fn close(&mut self) {
        self.end_line();
        if self.beyond > 0 {
            self.beyond -= 1;
            return;
        }
        match self.frames.pop() {
            Some(Frame::Quote(blocks)) => {
                self.levels -= 1;
                self.block(Block::Quote(Prose { blocks }));
            }
            Some(Frame::List { start, items, .. }) => {
                self.levels -= 1;
                self.block(Block::List { start, items });
            }
            Some(Frame::Item(blocks)) => {
                if let Some(Frame::List { items, .. }) = self.frames.last_mut() {
                    items.push(Prose { blocks });
                }
            }
            None => {}
        }
    }
}

impl Link {
    fn new(address: String, title: &str) -> Self {
        let beginning =
            |scheme: &&str| address.get(..scheme.len()).is_some_and(|it| it.eq_ignore_ascii_case(scheme));
        let opens = SCHEMES.iter().any(beginning) && !address.contains(char::is_control);
        Self { opens, title: clean(title), address, told: false }
    }
}

fn clean(text: &str) -> String {
    text.replace(PARTED, "")
}

/// Whether a heading was written with number signs before it, and not as words with a line below.
fn is_marked(source: &str) -> bool {
    let source = source.trim_start();
    let after = source.trim_start_matches('#');
    after.len() < source.len() && (after.is_empty() || after.starts_with([' ', '\t', '\n']))
}

/// The number that an item begins with.
fn number(source: &str) -> Option<u64> {
    let source = source.trim_start();
    let digits = source.find(|c: char| !c.is_ascii_digit())?;
    source[..digits].parse().ok()
}
