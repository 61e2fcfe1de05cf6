//! Taking a journal in from a file, object by object, without ever holding the whole.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, IsTerminal as _, Read as _, Write as _};
use std::path::Path;
use std::time::Instant;

use haven_api::journal::{FailedLine, Import, ImportLine, Imported};
use haven_core::import::{Header, Line, Read, Splitter, Wrong, is_entry};

use crate::args::ImportCommand;
use crate::cx::Cx;
use crate::editor;
use crate::fault::{Exit, Fault};
use crate::limits::PROGRESS_AFTER;
use crate::shapes::ImportedShape;
use crate::text::count;
use crate::when;

/// How much of a file is read at once.
const PART_BYTES: usize = 64 * 1024;

/// How many bytes of a file are looked at to say what it is instead.
const BEGINS_BYTES: usize = 4;

/// What is said of the export of an empty journal.
const HOLDS_NOTHING: &str =
    "This is the export of a journal that was empty: there's nothing in it to import.\n";

/// Keys that are named as not used; the others are counted.
const KEYS_NAMED: usize = 8;

pub(super) async fn run(cx: &Cx, command: ImportCommand) -> Result<Exit, Fault> {
    let ImportCommand::Jsonl { file, dry_run, zone } = command;
    let said = RefCell::new(Said::default());
    let mut objects = Objects::of(open(&file)?, &said);
    // What is no file of objects at all is told before anything else happens.
    objects.fill();
    objects.refuse_useless(&file)?;
    let haven = cx.haven().await?;
    let zone = zone.unwrap_or_else(when::local_zone).to_string();
    let import = Import { id: editor::random()?, lines: objects, dry_run, zone };
    let mut progress = Progress::new(cx);
    let done = haven.import(import, |so_far| progress.tell(so_far)).await;
    progress.clear();
    let (mut done, said) = (done?, said.into_inner());
    if let Some(error) = said.failed {
        cx.note(&in_words(&done, 0, dry_run));
        return Err(Fault::unreadable(&file, &error).exiting(Exit::Failed));
    }
    if let Some(wrong) = said.wrong {
        done.fail(FailedLine { line: line_of(wrong), reason: reason_of(wrong).to_owned() });
    }
    let missing = said.header.map_or(0, |header| header.entries.saturating_sub(said.entries));
    let is_bare = said.header == Some(Header::default()) && done == Imported::default();
    cx.tell(&ImportedShape::of(&done, missing, dry_run), |_| match is_bare {
        true => HOLDS_NOTHING.to_owned(),
        false => in_words(&done, missing, dry_run),
    })?;
    Ok(if done.failed_total == 0 && missing == 0 { Exit::Done } else { Exit::Failed })
}

fn open(file: &Path) -> Result<Box<dyn io::Read>, Fault> {
    if file == Path::new("-") {
        return Ok(Box::new(io::stdin()));
    }
    let opened = File::open(file).map_err(|error| Fault::unreadable(file, &error))?;
    let is_folder = opened.metadata().is_ok_and(|found| found.is_dir());
    if is_folder {
        return Err(Fault::unreadable(file, &io::ErrorKind::IsADirectory.into()));
    }
    Ok(Box::new(opened))
}

fn in_words(done: &Imported, missing: u64, dry_run: bool) -> String {
    let verb = if dry_run { "would be imported" } else { "imported" };
    let mut words = format!("{} {verb}", count(done.imported, "entry", "entries"));
    if done.skipped > 0 {
        words.push_str(&format!(", {} there already", done.skipped));
    }
    words.push_str(".\n");
    let with: Vec<String> = [
        (done.people, "person", "people"),
        (done.definitions, "exercise or measure of yours", "exercises and measures of yours"),
    ]
    .into_iter()
    .filter(|(number, ..)| *number > 0)
    .map(|(number, one, many)| count(number, one, many))
    .collect();
    if !with.is_empty() && !dry_run {
        words.push_str(&format!(
            "With {}: {}.\n",
            if done.imported == 1 { "it" } else { "them" },
            with.join(", ")
        ));
    }
    words.push_str(&people_in_words(done));
    words.push_str(&unused_in_words(done));
    for reason in &done.reasons {
        words.push_str(&format!("{}: {}\n", lines_in_words(&reason.lines, reason.count), reason.reason));
    }
    let told: u64 = done.reasons.iter().map(|reason| reason.count).sum();
    if done.failed_total > told {
        let others = count(done.failed_total - told, "more line", "more lines");
        words.push_str(&format!("{others} can't be used, for other reasons\n"));
    }
    if missing > 0 {
        let entries = count(missing, "entry that it announces isn't", "entries that it announces aren't");
        words.push_str(&format!(
            "The file ends early: {entries} in it. If you have another copy, import that too.\n"
        ));
    }
    words
}

/// What became of people in another way than their lines say.
fn people_in_words(done: &Imported) -> String {
    let mut words = String::new();
    if done.forgotten > 0 {
        let stay = count(done.forgotten, "person stays", "people stay");
        words.push_str(&format!(
            "{stay} forgotten, as you asked. If you want them among your people again, add them with `haven people add NAME`; \
             entries of before won't name them.\n"
        ));
    }
    if done.unmerged > 0 {
        let say = count(done.unmerged, "line says", "lines say");
        words.push_str(&format!(
            "{say} of someone that they turned out to be themselves, directly or in a circle. Whoever is in such a circle is \
             one person, the one with the lowest id; see `haven people list`.\n"
        ));
    }
    words
}

fn unused_in_words(done: &Imported) -> String {
    if done.unused.is_empty() {
        return String::new();
    }
    let named: Vec<&str> = done.unused.keys().take(KEYS_NAMED).map(String::as_str).collect();
    let and_more = if done.unused.len() > KEYS_NAMED { ", …" } else { "" };
    let keys = count(done.unused.len() as u64, "key", "keys");
    format!("{keys} not used: {}{and_more}\n", named.join(", "))
}

/// `line 4`, `lines 4 and 7`, `lines 4, 7, 9 and 4,012 more`.
fn lines_in_words(lines: &[u64], count: u64) -> String {
    let mut named: Vec<String> = lines.iter().map(ToString::to_string).collect();
    let more = count.saturating_sub(lines.len() as u64);
    if more > 0 {
        named.push(format!("{more} more"));
    }
    match named.split_last() {
        Some((last, [])) => format!("line {last}"),
        Some((last, first)) => format!("lines {} and {last}", first.join(", ")),
        None => "a line".to_owned(),
    }
}

/// What was said of the file while it was read.
#[derive(Default)]
struct Said {
    failed: Option<io::Error>,
    wrong: Option<Wrong>,
    header: Option<Header>,
    entries: u64,
}

/// A file that nothing can be imported from, by how it begins.
fn useless(begins: &[u8]) -> (&'static str, &'static str) {
    match begins {
        [] => ("is empty", "Make the export again, or look whether this is the file you meant."),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => ("is UTF-16", "Save it as UTF-8."),
        [0x1f, 0x8b, ..]
        | [b'P', b'K', 3 | 5, ..]
        | [b'B', b'Z', b'h', ..]
        | [0x28, 0xb5, 0x2f, 0xfd, ..] => {
            ("is packed", "Unpack it first, then import the JSON that was in it.")
        }
        _ => (
            "holds no JSON",
            "Save the entries as JSON first, each as {\"date\": \"2026-11-24\", \"text\": \"…\"}.",
        ),
    }
}

fn reason_of(wrong: Wrong) -> &'static str {
    match wrong {
        Wrong::NotJson => "this is no JSON",
        Wrong::Between { .. } => {
            "this is no JSON, and nothing after it could be read; mend it, then import the file again"
        }
        Wrong::CutOff { .. } => {
            "the file ends in the middle of what begins here; if you have a whole copy, import that too"
        }
    }
}

fn line_of(wrong: Wrong) -> u64 {
    match wrong {
        Wrong::NotJson => 1,
        Wrong::Between { line } | Wrong::CutOff { line } => line,
    }
}

/// The objects of a file.
struct Objects<'a> {
    reader: Box<dyn io::Read>,
    splitter: Splitter,
    ready: VecDeque<ImportLine>,
    is_done: bool,
    is_first: bool,
    /// The first bytes of the file.
    begins: Vec<u8>,
    said: &'a RefCell<Said>,
}

impl<'a> Objects<'a> {
    fn of(reader: Box<dyn io::Read>, said: &'a RefCell<Said>) -> Self {
        let splitter = Splitter::default();
        Self {
            reader,
            splitter,
            ready: VecDeque::new(),
            is_done: false,
            is_first: true,
            begins: Vec::new(),
            said,
        }
    }

    /// Reads on until an object is ready or there is none.
    fn fill(&mut self) {
        let mut part = vec![0; PART_BYTES];
        while self.ready.is_empty() && !self.is_done {
            let found = match self.reader.read(&mut part) {
                Ok(0) => {
                    self.is_done = true;
                    self.splitter.end()
                }
                Ok(size) => {
                    let wanted = BEGINS_BYTES.saturating_sub(self.begins.len()).min(size);
                    self.begins.extend_from_slice(&part[..wanted]);
                    self.splitter.push(&part[..size])
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => {
                    self.said.borrow_mut().failed = Some(error);
                    self.is_done = true;
                    Ok(Vec::new())
                }
            };
            match found {
                Ok(pieces) => self.ready.extend(
                    pieces
                        .into_iter()
                        .map(|piece| ImportLine { number: piece.line, content: piece.bytes.into() }),
                ),
                Err(wrong) => {
                    self.said.borrow_mut().wrong = Some(wrong);
                    self.is_done = true;
                }
            }
        }
    }

    /// Refuses a file from which nothing can come. To be asked once it was filled for the first time.
    fn refuse_useless(&self, file: &Path) -> Result<(), Fault> {
        let mut said = self.said.borrow_mut();
        if let Some(error) = said.failed.take() {
            return Err(Fault::unreadable(file, &error));
        }
        let is_bare = self.ready.is_empty() && said.wrong.is_none();
        let (why, next) = match said.wrong {
            Some(Wrong::NotJson) => useless(&self.begins),
            None if is_bare && self.begins.is_empty() => useless(&[]),
            None if is_bare => ("holds no entry", "Look whether this is the file you meant."),
            _ => return Ok(()),
        };
        let name =
            if file == Path::new("-") { "what came in".to_owned() } else { file.display().to_string() };
        Err(Fault::usage("nothing was imported", format!("{name} {why}"), next))
    }

    /// Counts what an export announces and what is there.
    fn count(&mut self, line: &ImportLine) {
        let mut said = self.said.borrow_mut();
        if std::mem::take(&mut self.is_first)
            && let Ok(Read { line: Line::Header(header), .. }) = Read::parse(&line.content)
        {
            said.header = Some(header);
        }
        said.entries += u64::from(is_entry(&line.content));
    }
}

impl Iterator for Objects<'_> {
    type Item = ImportLine;

    fn next(&mut self) -> Option<ImportLine> {
        self.fill();
        let line = self.ready.pop_front()?;
        self.count(&line);
        Some(line)
    }
}

/// A line on the terminal that says how far it is, once it takes long enough to be asked.
struct Progress {
    begun: Option<Instant>,
    is_shown: bool,
}

impl Progress {
    fn new(cx: &Cx) -> Self {
        let wanted = !cx.json && io::stderr().is_terminal();
        Self { begun: wanted.then(Instant::now), is_shown: false }
    }

    fn tell(&mut self, so_far: &Imported) {
        if self.begun.is_some_and(|begun| begun.elapsed() > PROGRESS_AFTER) {
            let lines = so_far.imported + so_far.skipped + so_far.failed_total;
            let _ = write!(io::stderr(), "\r{} read", count(lines, "line", "lines"));
            self.is_shown = true;
        }
    }

    fn clear(&self) {
        if self.is_shown {
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_named_as_far_as_that_helps() {
        for (lines, count, said) in [
            (&[4][..], 1, "line 4"),
            (&[4, 7], 2, "lines 4 and 7"),
            (&[4, 7, 9], 3, "lines 4, 7 and 9"),
            (&[4, 7, 9], 4_015, "lines 4, 7, 9 and 4012 more"),
        ] {
            assert_eq!(lines_in_words(lines, count), said);
        }
    }

    #[test]
    fn what_was_not_used_and_what_is_missing_is_told() {
        let mut done = Imported { imported: 1, people: 2, ..Imported::default() };
        assert_eq!(in_words(&done, 0, false), "1 entry imported.\nWith it: 2 people.\n");
        done.people = 0;
        done.unused = [("mood".to_owned(), 3), ("weather".to_owned(), 1)].into();
        assert_eq!(in_words(&done, 0, true), "1 entry would be imported.\n2 keys not used: mood, weather\n");
        done.unused = (0..9).map(|n| (format!("k{n}"), 1)).collect();
        assert!(in_words(&done, 0, false).contains("9 keys not used: k0, k1, k2, k3, k4, k5, k6, k7, …\n"));
        done.unused.clear();
        let early = "The file ends early: 1 entry that it announces isn't in it. If you have another copy, import that too.\n";
        assert!(in_words(&done, 1, false).ends_with(early));
    }

    #[test]
    fn who_stays_forgotten_and_who_is_in_a_circle_is_told() {
        let mut done = Imported { skipped: 2, forgotten: 1, ..Imported::default() };
        let said = in_words(&done, 0, false);
        let expected = "0 entries imported, 2 there already.\n1 person stays forgotten, as you asked. If you want them among \
                        your people again, add them with `haven people add NAME`; entries of before won't name them.\n";
        assert_eq!(said, expected);
        (done.forgotten, done.unmerged) = (2, 1);
        let said = in_words(&done, 0, false);
        assert!(
            said.contains("2 people stay forgotten") && said.contains("1 line says of someone"),
            "{said}"
        );
    }

    #[test]
    fn a_file_from_which_nothing_can_come_is_refused_for_what_it_is() {
        let refused = |file: &[u8]| {
            let said = RefCell::default();
            let mut objects = Objects::of(Box::new(io::Cursor::new(file.to_vec())), &said);
            objects.fill();
            objects.refuse_useless(Path::new("f")).err().map(|fault| fault.why())
        };
        for (file, expected) in [
            (&b""[..], "f is empty"),
            (b"\n\r\n  \n", "f holds no entry"),
            (b"\xef\xbb\xbf\n", "f holds no entry"),
            (b"[]", "f holds no entry"),
            (b" [ \n ]\n", "f holds no entry"),
            (b"\xff\xfe{\0}\0", "f is UTF-16"),
            (b"\x1f\x8b\x08\0", "f is packed"),
            (b"PK\x03\x04", "f is packed"),
            (b"date,text\n", "f holds no JSON"),
        ] {
            assert_eq!(refused(file).as_deref(), Some(expected), "{file:?}");
        }
        for file in [&b"{}"[..], b"[{}", b"{\"haven\":{\"schema\":1}}\n", b"[x]"] {
            assert_eq!(refused(file), None, "{file:?}");
        }
    }

    #[test]
    fn what_an_export_announces_is_counted() {
        let said = RefCell::new(Said::default());
        let file = "{\"haven\":{\"schema\":1,\"entries\":3}}\n{\"person\":{}}\n\n{\"date\":\"2021-05-01\"}\n";
        let found: Vec<_> = Objects::of(Box::new(file.as_bytes()), &said).map(|line| line.number).collect();
        assert_eq!(found, [1, 2, 3, 4]);
        let said = said.into_inner();
        assert_eq!((said.header.map(|header| header.entries), said.entries), (Some(3), 1));
    }
}
