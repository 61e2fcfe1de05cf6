//! Text as a tree: a device writes it, a client reads it.

use haven_core::prose::{Block, Look, Prose, Span};

use super::{sent, some, text, unreadable};
use crate::error::ApiError;
use crate::pb;
use crate::pb::prose_block::Kind;

/// Writes a tree.
pub fn prose_to_pb(prose: Prose) -> pb::Prose {
    pb::Prose { blocks: prose.blocks.into_iter().map(block_to_pb).collect() }
}

/// Reads a tree.
///
/// # Errors
/// A block is none that this build knows.
pub fn prose_from_pb(prose: pb::Prose) -> Result<Prose, ApiError> {
    Ok(Prose { blocks: prose.blocks.into_iter().map(block_from_pb).collect::<Result<_, _>>()? })
}

fn block_to_pb(block: Block) -> pb::ProseBlock {
    let kind = match block {
        Block::Paragraph(words) => Kind::Paragraph(line_to_pb(words)),
        Block::Heading { level, words } => {
            Kind::Heading(pb::ProseHeading { level: level.into(), words: Some(line_to_pb(words)) })
        }
        Block::List { start, items } => Kind::List(pb::ProseList {
            numbered: start.is_some(),
            start: start.unwrap_or_default(),
            items: items.into_iter().map(prose_to_pb).collect(),
        }),
        Block::Quote(quote) => Kind::Quote(prose_to_pb(quote)),
        Block::Code(words) => Kind::Code(words),
        Block::Rule => Kind::Rule(true),
    };
    pb::ProseBlock { kind: Some(kind) }
}

fn block_from_pb(block: pb::ProseBlock) -> Result<Block, ApiError> {
    Ok(match sent(block.kind, "block of text")? {
        Kind::Paragraph(words) => Block::Paragraph(line_from_pb(words)),
        Kind::Heading(heading) => Block::Heading {
            level: u8::try_from(heading.level).map_err(|_| unreadable("heading"))?,
            words: line_from_pb(heading.words.unwrap_or_default()),
        },
        Kind::List(list) => Block::List {
            start: list.numbered.then_some(list.start),
            items: list.items.into_iter().map(prose_from_pb).collect::<Result<_, _>>()?,
        },
        Kind::Quote(quote) => Block::Quote(prose_from_pb(quote)?),
        Kind::Code(words) => Block::Code(words),
        Kind::Rule(_) => Block::Rule,
    })
}

fn line_to_pb(words: Vec<Span>) -> pb::ProseLine {
    let span = |Span { text: words, look, address, breaks }| {
        let Look { emphasis, strong, code, struck } = look;
        pb::ProseSpan { text: words, emphasis, strong, code, struck, address: text(address), breaks }
    };
    pb::ProseLine { spans: words.into_iter().map(span).collect() }
}

fn line_from_pb(line: pb::ProseLine) -> Vec<Span> {
    let span = |span: pb::ProseSpan| {
        let pb::ProseSpan { text, emphasis, strong, code, struck, address, breaks } = span;
        Span { text, look: Look { emphasis, strong, code, struck }, address: some(address), breaks }
    };
    line.spans.into_iter().map(span).collect()
}

#[cfg(test)]
mod tests {
    use haven_core::limits::TEXT_BYTES_MAX;
    use prost::Message as _;

    use super::*;
    use crate::limits::MESSAGE_BYTES_MAX;

    const ALL: &str = "# One *two*\n\na **b** ~~c~~ `d`\n[e](https://x.org)\n\n> - f\n> - g\n\n7. h\n\n```\ni\n```\n\n***\n";

    #[test]
    fn a_tree_arrives_as_it_was_sent() {
        let prose = Prose::read(ALL);
        let sent = prose_to_pb(prose.clone()).encode_to_vec();
        let read = pb::Prose::decode(&*sent).unwrap();
        assert!(prose_from_pb(read) == Ok(prose));
        let unknown = pb::Prose { blocks: vec![pb::ProseBlock { kind: None }] };
        assert_eq!(prose_from_pb(unknown).unwrap_err().name(), "UNSUPPORTED");
    }

    #[test]
    fn the_deepest_and_the_largest_tree_fit_a_message() {
        for piece in ["- ", "> ", "- > ", "1. - "] {
            let prose = Prose::read(&format!("{}words", piece.repeat(50)));
            let sent = prose_to_pb(prose).encode_to_vec();
            pb::Prose::decode(&*sent).unwrap();
        }
        for piece in ["*a*b", "-\n", "a\n", "#\n", "a\n\n", "`a`*b*", "- a\n", "1.\n3.\n", "***\n"] {
            let prose = Prose::read(&piece.repeat(TEXT_BYTES_MAX / piece.len()));
            let bytes = prose_to_pb(prose).encoded_len();
            assert!(bytes < MESSAGE_BYTES_MAX, "{piece:?}: {bytes}");
        }
    }
}
