//! Entries: a device writes core's, a client reads its own.

use haven_core::answers::{ExerciseRef, Value};
use haven_core::entry::{Entry, EntryKind, Tag};
use haven_core::id::PersonId;
use haven_core::meeting::{MetPart, Part};
pub use haven_core::reading::NameOf;
use haven_core::reading::ReadAnswer;
use haven_core::search::Snippet;
use haven_core::time::Timestamp;

use super::value::{answers_to_pb, map_from_pb};
use super::{millis, read, sent, stamp, unreadable};
use crate::error::ApiError;
use crate::journal::{self, EntryVersion, FeelingCount, Hit, PersonRef, SnippetPart, Summary, TagCount};
use crate::pb;

/// Writes a kind.
pub fn kind_to_pb(kind: EntryKind) -> pb::EntryKind {
    match kind {
        EntryKind::Note => pb::EntryKind::Note,
        EntryKind::Checkin => pb::EntryKind::Checkin,
        EntryKind::Exercise => pb::EntryKind::Exercise,
        EntryKind::Measure => pb::EntryKind::Measure,
        EntryKind::Session => pb::EntryKind::Session,
    }
}

/// Reads a kind; `None` if none was said.
///
/// # Errors
/// A kind that this build does not know.
pub fn kind_from_pb(number: i32) -> Result<Option<EntryKind>, ApiError> {
    let kind = pb::EntryKind::try_from(number)
        .map_err(|_| ApiError::invalid("the kind can't be used", "there's no such kind"))?;
    Ok(match kind {
        pb::EntryKind::Unspecified => None,
        pb::EntryKind::Note => Some(EntryKind::Note),
        pb::EntryKind::Checkin => Some(EntryKind::Checkin),
        pb::EntryKind::Exercise => Some(EntryKind::Exercise),
        pb::EntryKind::Measure => Some(EntryKind::Measure),
        pb::EntryKind::Session => Some(EntryKind::Session),
    })
}

/// Writes which exercise an entry answers.
pub fn exercise_ref_to_pb(exercise: &ExerciseRef) -> pb::ExerciseRef {
    pb::ExerciseRef { id: exercise.id.to_string(), version: exercise.version }
}

/// Reads which exercise an entry answers.
///
/// # Errors
/// The id is none.
pub fn exercise_ref_from_pb(exercise: &pb::ExerciseRef) -> Result<ExerciseRef, ApiError> {
    Ok(ExerciseRef { id: read(&exercise.id, "exercise")?, version: exercise.version })
}

/// Writes what lists show of an entry; people by name, those without one left out. The title of what it answers, and
/// whether edits met in it, are left to whoever knows.
pub fn summary_to_pb(entry: &Entry, name_of: NameOf<'_>) -> pb::EntrySummary {
    let named = |id: &PersonId| Some(pb::PersonRef { id: id.to_string(), name: name_of(*id)? });
    let mut people: Vec<pb::PersonRef> = entry.people.iter().filter_map(named).collect();
    people.sort_by(|a, b| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
    pb::EntrySummary {
        id: entry.id.to_string(),
        kind: kind_to_pb(entry.kind).into(),
        at: entry.at.to_string(),
        title: entry.title.clone(),
        tags: entry.tags.iter().map(Tag::to_string).collect(),
        people,
        modified_ms: entry.modified.as_millis(),
        trashed_ms: millis(entry.trashed),
        exercise: entry.exercise.as_ref().map(exercise_ref_to_pb),
        opening: entry.opening(),
        exercise_title: String::new(),
        met: false,
        met_sides: 0,
    }
}

/// Reads what lists show of an entry.
///
/// # Errors
/// The device wrote something that is none.
pub fn summary_from_pb(entry: pb::EntrySummary) -> Result<Summary, ApiError> {
    let person = |person: pb::PersonRef| Ok(PersonRef { id: read(&person.id, "person")?, name: person.name });
    Ok(Summary {
        id: read(&entry.id, "id")?,
        kind: kind_from_pb(entry.kind)?.ok_or_else(|| unreadable("kind"))?,
        at: read(&entry.at, "time")?,
        title: entry.title,
        tags: entry.tags.iter().map(|tag| read(tag, "tag")).collect::<Result<_, _>>()?,
        people: entry.people.into_iter().map(person).collect::<Result<_, ApiError>>()?,
        modified: Timestamp::from_millis(entry.modified_ms),
        trashed: stamp(entry.trashed_ms),
        exercise: entry.exercise.as_ref().map(exercise_ref_from_pb).transpose()?,
        opening: entry.opening,
        exercise_title: entry.exercise_title,
        met: entry.met,
        met_sides: entry.met_sides,
    })
}

/// Writes an answer in words.
pub fn read_answer_to_pb(read: ReadAnswer) -> pb::ReadAnswer {
    pb::ReadAnswer { id: read.id.to_string(), question: read.question, answer: read.answer }
}

/// Reads an answer in words.
///
/// # Errors
/// The device wrote something that is none.
pub fn read_answer_from_pb(read: pb::ReadAnswer) -> Result<ReadAnswer, ApiError> {
    let id = super::read(&read.id, "id")?;
    Ok(ReadAnswer { id, question: read.question, answer: read.answer })
}

/// Writes a whole entry at a version.
pub fn entry_to_pb(entry: &Entry, version: &impl ToString, name_of: NameOf<'_>) -> pb::Entry {
    pb::Entry {
        summary: Some(summary_to_pb(entry, name_of)),
        text: entry.text.clone(),
        answers: answers_to_pb(&entry.answers),
        created_ms: entry.created.as_millis(),
        version: version.to_string(),
    }
}

/// Reads a whole entry.
///
/// # Errors
/// The device wrote something that is none.
pub fn entry_from_pb(entry: pb::Entry) -> Result<journal::Entry, ApiError> {
    let mut answers = map_from_pb(entry.answers);
    answers.retain(|_, value| *value != Value::Null);
    Ok(journal::Entry {
        summary: summary_from_pb(sent(entry.summary, "summary")?)?,
        text: entry.text,
        answers,
        created: Timestamp::from_millis(entry.created_ms),
        version: entry.version,
    })
}

/// Reads a tag and how often it is used.
///
/// # Errors
/// The tag is none.
pub fn tag_count_from_pb(count: &pb::TagCount) -> Result<TagCount, ApiError> {
    Ok(TagCount { tag: read(&count.tag, "tag")?, entries: count.entries })
}

/// Reads a feeling and how often it is named.
pub fn feeling_count_from_pb(count: pb::FeelingCount) -> FeelingCount {
    FeelingCount { feeling: count.feeling, label: count.label, entries: count.entries }
}

/// Reads one version of an entry.
pub fn version_from_pb(version: pb::EntryVersion) -> EntryVersion {
    EntryVersion {
        version: version.version,
        at: Timestamp::from_millis(version.at_ms),
        device: version.device,
        base: Some(version.base_version).filter(|base| !base.is_empty()),
        parts: version.met_parts.into_iter().filter_map(part_from_pb).collect(),
    }
}

/// Writes a part in which a version differs.
pub fn met_part_to_pb(it: MetPart) -> pb::MetPart {
    let (kind, field) = match it.part {
        Part::Title => (pb::MetPartKind::Title, String::new()),
        Part::Text => (pb::MetPartKind::Text, String::new()),
        Part::Time => (pb::MetPartKind::Time, String::new()),
        Part::Answer(field) => (pb::MetPartKind::Answer, field),
        Part::Trash => (pb::MetPartKind::Trash, String::new()),
    };
    pb::MetPart { kind: kind.into(), field, takes_away: it.takes_away }
}

/// Reads a part in which a version differs; `None` for one that a newer device tells of.
fn part_from_pb(part: pb::MetPart) -> Option<MetPart> {
    let told = match part.kind() {
        pb::MetPartKind::Unspecified => return None,
        pb::MetPartKind::Title => Part::Title,
        pb::MetPartKind::Text => Part::Text,
        pb::MetPartKind::Time => Part::Time,
        pb::MetPartKind::Answer => Part::Answer(part.field),
        pb::MetPartKind::Trash => Part::Trash,
    };
    Some(MetPart { part: told, takes_away: part.takes_away })
}

/// Writes a snippet: its text in pieces, so that no client has to count bytes.
pub fn snippet_to_pb(snippet: &Snippet) -> Vec<pb::SnippetPart> {
    let mut parts = Vec::new();
    let mut done = 0;
    let mut push = |text: &str, hit| {
        if !text.is_empty() {
            parts.push(pb::SnippetPart { text: text.to_owned(), hit });
        }
    };
    for range in &snippet.highlights {
        push(&snippet.text[done..range.start], false);
        push(&snippet.text[range.clone()], true);
        done = range.end;
    }
    push(&snippet.text[done..], false);
    parts
}

/// Reads an entry that was found.
///
/// # Errors
/// The device wrote something that is none.
pub fn hit_from_pb(hit: pb::SearchHit) -> Result<Hit, ApiError> {
    let part = |part: pb::SnippetPart| SnippetPart { text: part.text, hit: part.hit };
    Ok(Hit {
        entry: summary_from_pb(sent(hit.entry, "entry")?)?,
        snippet: hit.snippet.into_iter().map(part).collect(),
    })
}

#[cfg(test)]
mod tests;
