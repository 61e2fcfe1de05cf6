use proptest::prelude::*;

use super::*;
use crate::limits::{PROSE_LEVELS_MAX, TEXT_BYTES_MAX};

/// Draws a tree in one line, so that it can be compared with what is expected.
fn drawn(prose: &Prose) -> String {
    prose.blocks.iter().map(block).collect::<Vec<_>>().join(" ")
}

fn block(block: &Block) -> String {
    match block {
        Block::Paragraph(words) => format!("p({})", line(words)),
        Block::Heading { level, words } => format!("h{level}({})", line(words)),
        Block::List { start, items } => {
            let start = start.map_or("-".to_owned(), |start| start.to_string());
            format!("list {start}[{}]", items.iter().map(drawn).collect::<Vec<_>>().join(", "))
        }
        Block::Quote(quote) => format!("quote({})", drawn(quote)),
        Block::Code(words) => format!("code({})", words.replace('\n', "⏎")),
        Block::Rule => "rule".to_owned(),
    }
}

fn line(words: &[Span]) -> String {
    let span = |span: &Span| {
        let Look { emphasis, strong, code, struck } = span.look;
        let looks = [(emphasis, "e"), (strong, "s"), (code, "c"), (struck, "x")];
        let looks: String = looks.iter().filter(|(is, _)| *is).map(|(_, letter)| *letter).collect();
        let mut drawn = if looks.is_empty() { span.text.clone() } else { format!("{looks}<{}>", span.text) };
        if let Some(address) = &span.address {
            drawn = format!("{drawn}@<{address}>");
        }
        if span.breaks { drawn + "⏎" } else { drawn }
    };
    words.iter().map(span).collect::<Vec<_>>().join("|")
}

#[track_caller]
fn check(text: &str, expected: &str) {
    assert_eq!(drawn(&Prose::read(text)), expected, "{text:?}");
}

/// Everything that can be read in a tree.
fn words(prose: &Prose) -> String {
    let of_line = |words: &[Span]| -> String {
        words.iter().flat_map(|span| [span.text.as_str(), span.address.as_deref().unwrap_or("")]).collect()
    };
    let of_block = |block: &Block| match block {
        Block::Paragraph(words) | Block::Heading { words, .. } => of_line(words),
        Block::List { items, .. } => items.iter().map(words).collect(),
        Block::Quote(quote) => words(quote),
        Block::Code(words) => words.clone(),
        Block::Rule => String::new(),
    };
    prose.blocks.iter().map(of_block).collect::<Vec<_>>().join("\n")
}

/// How deep a tree is, how many blocks and spans it has, and how many bytes of words.
fn measured(prose: &Prose) -> (usize, usize, usize) {
    let mut size = (0, 0, 0);
    for block in &prose.blocks {
        let inner: &[Prose] = match block {
            Block::Paragraph(words) | Block::Heading { words, .. } => {
                size.1 += words.len();
                size.2 += words.iter().map(|span| span.text.len()).sum::<usize>();
                size.2 +=
                    words.iter().filter_map(|span| span.address.as_ref()).map(String::len).sum::<usize>();
                &[]
            }
            Block::Code(words) => {
                size.2 += words.len();
                &[]
            }
            Block::List { items, .. } => items,
            Block::Quote(quote) => std::slice::from_ref(quote),
            Block::Rule => &[],
        };
        size.1 += 1 + inner.len();
        for inner in inner {
            let (levels, pieces, bytes) = measured(inner);
            size = (size.0.max(levels + 1), size.1 + pieces, size.2 + bytes);
        }
    }
    size
}

#[test]
fn what_people_type_without_thinking_of_markup_stays_as_it_was() {
    for (text, expected) in [
        ("", ""),
        (" \n\n", ""),
        ("one\ntwo\r\nthree\rfour", "p(one⏎|two⏎|three⏎|four)"),
        ("one\n\ntwo", "p(one) p(two)"),
        ("#tea and #calm", "p(#tea and #calm)"),
        ("    a poem\n      goes on", "p(a poem⏎|  goes on)"),
        ("\tso\n\n    and so", "p(so⏎|⏎|and so)"),
        ("It was a long day.\n---\nAnd then", "p(It was a long day.) rule p(And then)"),
        ("one\ntwo\n===", "p(one⏎|two) rule"),
        ("[Anna]: hello", "p([Anna]: hello)"),
        ("> [Anna]: hello\n\n[Anna]: again\n[a]\n", "quote(p([Anna]: hello)) p([Anna]: again⏎|[a])"),
        ("`x[1]: y` <http://[::1]/>", "p(c<x[1]: y>|  @)"),
        ("14. went\n16. came\n17. stayed", "list 14[p(went)] list 16[p(came), p(stayed)]"),
        ("1. a\n1. b\n1. c", "list 1[p(a), p(b), p(c)]"),
        ("1986. A great year.\n", "list 1986[p(A great year.)]"),
        ("| a | b |\n|---|---|\n| c | d |", "p(| a | b |⏎||---|---|⏎|| c | d |)"),
        ("- [ ] call [^1] :tea: \"so\" -- $x$", "list -[p([ ] call [^1] :tea: \"so\" -- $x$)]"),
        ("snake_case_word 2 * 3 * 4 <3", "p(snake_case_word 2 * 3 * 4 <3)"),
    ] {
        let expected = expected.replace("  @", " |http://[::1]/@<http://[::1]/>");
        check(text, &expected);
    }
}

#[test]
fn markup_is_read() {
    for (text, expected) in [
        ("# One\n## *Two* ##", "h1(One) h2(e<Two>)"),
        ("One\n===\ntwo", "h1(One) p(two)"),
        ("a *b* **c** ***d*** ~~e~~ `f`", "p(a |e<b>| |s<c>| |es<d>| |x<e>| |c<f>)"),
        ("*a **b** c*", "p(e<a >|es<b>|e< c>)"),
        ("**a\nb**  \nc\\\nd", "p(s<a>⏎|s<b>⏎|c⏎|d)"),
        ("\\*a\\* &lt;b&gt; &ouml;", "p(*a* <b> ö)"),
        ("- a\n- b\n\n  c\n  - d", "list -[p(a), p(b) p(c) list -[p(d)]]"),
        ("- a\n  b\n-\n", "list -[p(a⏎|b), ]"),
        ("3) a\n4) b", "list 3[p(a), p(b)]"),
        ("> a\n> > b\n\nc", "quote(p(a) quote(p(b))) p(c)"),
        ("***\n\na\n\n---", "rule p(a) rule"),
        ("```\na  b\n\n *c*\n```", "code(a  b⏎⏎ *c*)"),
        ("~~~ and then\na", "code(and then⏎a)"),
        ("```\n```", "code()"),
    ] {
        check(text, expected);
    }
}

#[test]
fn html_is_text_and_an_address_is_text_beside_its_words() {
    for (text, expected) in [
        ("<b>so</b> & <br>", "p(<b>so</b> & <br>)"),
        ("<div onclick=\"x()\">\n*a*\n</div>\n\nb", "p(<div onclick=\"x()\">⏎|*a*⏎|</div>) p(b)"),
        ("<script>alert(1)</script>", "p(<script>alert(1)</script>)"),
        ("<!-- a\n\nb -->", "p(<!-- a⏎|⏎|b -->)"),
        ("[a *b*](https://x.org/?q=1)", "p(a @<https://x.org/?q=1>|e<b>@<https://x.org/?q=1>)"),
        ("[a](http://x.org \"so\") b", "p(a@<http://x.org>| \"so\" b)"),
        ("[](http://x.org)", "p(http://x.org@<http://x.org>)"),
        ("![a cat](https://x.org/c.png)", "p(a cat@<https://x.org/c.png>)"),
        ("![](cat.png)", "p( (cat.png))"),
        (
            "[![a](https://x.org/1)](https://x.org/2)",
            "p(a@<https://x.org/1>|https://x.org/2@<https://x.org/2>)",
        ),
        ("[a](javascript:alert(1))", "p(a (javascript:alert(1)))"),
        ("![a](data:text/html,b)", "p(a (data:text/html,b))"),
        ("[yes](no)", "p(yes (no))"),
        ("[a](HTTPS://x.org)", "p(a@<HTTPS://x.org>)"),
        ("[a](/etc)", "p(a (/etc))"),
        ("[a]()", "p(a)"),
        ("<https://x.org> <a@x.org>", "p(https://x.org@<https://x.org>| |a@x.org@<mailto:a@x.org>)"),
    ] {
        check(text, expected);
    }
}

#[test]
fn beyond_the_limit_words_stand_where_they_would() {
    let quotes = format!("{}deep\n\nafter", ">".repeat(1_000));
    let mut expected = "p(deep)".to_owned();
    for _ in 0..PROSE_LEVELS_MAX {
        expected = format!("quote({expected})");
    }
    check(&quotes, &format!("{expected} p(after)"));

    let lists: String = (0..20).map(|level| format!("{}- w{level}\n", "  ".repeat(level))).collect();
    let prose = Prose::read(&lists);
    assert_eq!(measured(&prose).0, PROSE_LEVELS_MAX);
    assert!((0..20).all(|level| words(&prose).contains(&format!("w{level}"))));
}

/// What makes a careless reader take a time that grows with the square of the length, or fall off its stack. This one would not end
/// within a test's time; what is looked at is that nothing grows beyond the text.
#[test]
fn a_text_made_to_be_hard_is_read_and_its_tree_is_no_larger_than_it() {
    let long = |piece: &str| piece.repeat(TEXT_BYTES_MAX / piece.len());
    let hard = [
        "*",
        "_",
        "[",
        "]",
        "`",
        "~",
        ">",
        "> ",
        "- ",
        "1. ",
        "<",
        "&",
        "\\",
        "![",
        "[a](",
        "*a ",
        "**a ",
        "_a*",
        "a\n",
        "\n",
        "-\n",
        "#\n",
        "<!--",
        "<?",
        "<a ",
        "[a]: b\n",
        "```\n",
        ">\n",
        "- a\n\n",
        "[a][",
        "`a``",
        "1.\n3.\n",
        "    a\n\n",
        "\t",
        "\u{fdd0}",
        "]:",
        "a](b \"c\")[",
    ];
    for piece in hard {
        let text = long(piece);
        let (levels, pieces, bytes) = measured(&Prose::read(&text));
        assert!(levels <= PROSE_LEVELS_MAX, "{piece:?}");
        assert!(pieces <= text.len() * 2, "{piece:?}: {pieces}");
        assert!(bytes <= text.len() * 2, "{piece:?}: {bytes}");
    }
    for (open, close) in [("- ", "\n"), ("> ", "\n"), ("[", "]"), ("*", "*"), ("`", "\n")] {
        let half = TEXT_BYTES_MAX / 2;
        let text = open.repeat(half / open.len()) + &close.repeat(half / close.len());
        assert!(measured(&Prose::read(&text)).1 <= text.len(), "{open:?}");
    }
}

#[test]
fn debug_shows_no_word() {
    assert_eq!(format!("{:?}", Prose::read("secret")), "Prose(1 blocks)");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_024))]

    #[test]
    fn every_text_is_read(text in any::<String>(), marked in "[a-c \t\n\r>*_`~#+.()\\[\\]!<:/\"'=&;\\\\0-9\u{0}-]{0,60}") {
        for text in [text, marked] {
            prop_assert!(measured(&Prose::read(&text)).0 <= PROSE_LEVELS_MAX);
        }
    }

    #[test]
    fn no_word_is_lost(pieces in prop::collection::vec(prop_oneof![
        4 => Just("\0"),
        3 => prop::sample::select(vec![" ", "\n", "  \n", "\n\n", "    ", "\t", "\r\n"]),
        3 => prop::sample::select(vec![
            "*", "**", "_", "~~", "`", "```", "~~~", "[", "]", "](", ")", "]: ", "[", "![", "<", ">", "</", "<!--", "-->",
            "# ", "#", "> ", "- ", "+ ", "1. ", "7) ", "---", "===", "\"", "'", "(", "\\", "http://", "|", "!", ".", ":",
            "<a ", "<?", "mailto:", "@", "=", "\n\n[a]: ", "\n\n[",
        ]),
    ], 0..40)) {
        // Each place of a word gets one that occurs nowhere else.
        let mut count = 0_u8;
        let mut text = String::new();
        let mut all = Vec::new();
        for piece in pieces {
            if piece == "\0" {
                let word = format!("w{}{}q", char::from(b'a' + count / 26), char::from(b'a' + count % 26));
                count += 1;
                text.push_str(&word);
                all.push(word);
            } else {
                text.push_str(piece);
            }
        }
        let read = words(&Prose::read(&text));
        for word in all {
            prop_assert!(read.contains(&word), "{} of {:?} in {:?}", word, text, read);
        }
    }
}
