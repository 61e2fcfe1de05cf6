//! What differs between two versions of an entry, both ways.

use haven_core::comparing::{Line, Part, Side, Span, What};

use super::{read, unreadable};
use crate::error::ApiError;
use crate::pb;
use crate::pb::ComparedPartKind as Kind;

/// Writes a part that differs.
pub fn part_to_pb(part: Part) -> pb::ComparedPart {
    let (kind, field, question) = match part.what {
        What::Title => (Kind::Title, String::new(), String::new()),
        What::Time => (Kind::Time, String::new(), String::new()),
        What::Text => (Kind::Text, String::new(), String::new()),
        What::Answer { id, question } => (Kind::Answer, id.to_string(), question),
        What::People => (Kind::People, String::new(), String::new()),
        What::Tags => (Kind::Tags, String::new(), String::new()),
        What::Trash => (Kind::Trash, String::new(), String::new()),
    };
    let lines = part.lines.into_iter().map(line_to_pb).collect();
    pb::ComparedPart { kind: kind.into(), field, question, lines }
}

/// Reads a part that differs.
///
/// # Errors
/// The device wrote something that is none.
pub fn part_from_pb(part: pb::ComparedPart) -> Result<Part, ApiError> {
    let what = match Kind::try_from(part.kind) {
        Ok(Kind::Title) => What::Title,
        Ok(Kind::Time) => What::Time,
        Ok(Kind::Text) => What::Text,
        Ok(Kind::Answer) => What::Answer { id: read(&part.field, "answer")?, question: part.question },
        Ok(Kind::People) => What::People,
        Ok(Kind::Tags) => What::Tags,
        Ok(Kind::Trash) => What::Trash,
        Ok(Kind::Unspecified) | Err(_) => return Err(unreadable("part")),
    };
    Ok(Part { what, lines: part.lines.into_iter().map(line_from_pb).collect::<Result<_, _>>()? })
}

fn line_to_pb(line: Line) -> pb::ComparedLine {
    let span = |it: Span| pb::ComparedSpan { text: it.text, side: side_to_pb(it.side).into() };
    pb::ComparedLine { side: side_to_pb(line.side).into(), spans: line.spans.into_iter().map(span).collect() }
}

fn line_from_pb(line: pb::ComparedLine) -> Result<Line, ApiError> {
    let span = |it: pb::ComparedSpan| Ok(Span { text: it.text, side: side_from_pb(it.side)? });
    let spans = line.spans.into_iter().map(span).collect::<Result<_, ApiError>>()?;
    Ok(Line { side: side_from_pb(line.side)?, spans })
}

fn side_to_pb(side: Side) -> pb::ComparedSide {
    match side {
        Side::Both => pb::ComparedSide::Both,
        Side::Base => pb::ComparedSide::Base,
        Side::Version => pb::ComparedSide::Version,
    }
}

fn side_from_pb(number: i32) -> Result<Side, ApiError> {
    match pb::ComparedSide::try_from(number) {
        Ok(pb::ComparedSide::Both) => Ok(Side::Both),
        Ok(pb::ComparedSide::Base) => Ok(Side::Base),
        Ok(pb::ComparedSide::Version) => Ok(Side::Version),
        Ok(pb::ComparedSide::Unspecified) | Err(_) => Err(unreadable("side")),
    }
}
