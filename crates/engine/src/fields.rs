//! Entries and people as documents say them: both directions side by side.

pub(crate) mod met;

use std::collections::{BTreeMap, BTreeSet};

use haven_core::answers::{Answer, Answers, ExerciseRef, FieldId};
use haven_core::content::Library;
use haven_core::entry::{Draft, Edit, Entry, Tag};
use haven_core::exercise::{FieldKind, Step};
use haven_core::fold::fold_into;
use haven_core::id::{EntryId, PersonId};
use haven_core::import::{DefinitionLine, Exact, ForgottenLine, PersonLine, Rest};
use haven_core::limits::DEFINITION_BYTES_MAX;
use haven_core::person::{Gift, Person, PersonEdit, PersonName};
use haven_core::shelf::Defined;
use haven_core::time::Timestamp;
use haven_feed::FeedId;

use crate::content::DocumentId;
use crate::definitions::Definition;
use crate::document::{Fields, FieldsEdit};
use crate::limits;
use crate::row::Stored;
use crate::view::{Naming, Row};

/// The kind of a document that is a person.
pub(crate) const PERSON: &str = "person";
const TITLE: &str = "title";
const TEXT: &str = "text";
const ANSWER: &str = "answer:";
/// The answers of a person's document; each holds one word.
const RELATION: &str = "relation";
const CIRCLE: &str = "circle";
pub(crate) const SAFE: &str = "safe";
const DIED: &str = "died";
/// The answer that holds the id of whom somebody was merged into.
const MERGED: &str = "merged";

/// The kind of a document that names a device, and its answers. An answer is one value and the last writer's, where a text
/// would mix two names letter by letter.
const DEVICE: &str = "device";
const FEED: &str = "feed";
const NAME: &str = "name";
const NAMED: &str = "named";

/// The kind of a document that defines an exercise or a measure, and the answer that holds its TOML: one value, since a
/// definition that was merged letter by letter would be nobody's. Another answer says what it defines; the first releases
/// knew exercises only, and where it is missing it is one.
pub(crate) const DEFINITION: &str = "definition";
pub(crate) const TOML: &str = "toml";
pub(crate) const DEFINES: &str = "defines";
/// The answer, `yes`, of one that came out of an export in which it gave way. It is part of no id: whoever created the same without it
/// counts.
const GIVES_WAY: &str = "gives-way";

/// What a document turned out to be.
pub(crate) enum Shown {
    Entry(Box<Row>),
    Person(PersonShown),
    Naming(Naming),
    Definition(Definition),
    /// Of a kind or with values this version does not know; kept, not shown.
    Unknown,
}

/// What a person's document says.
pub(crate) struct PersonShown {
    pub(crate) id: PersonId,
    /// `None` once they were forgotten.
    pub(crate) person: Option<Person>,
    /// When they were forgotten.
    pub(crate) forgotten: Option<Timestamp>,
    /// Who they turned out to be.
    pub(crate) merged: Option<PersonId>,
}

/// The fields of a new entry. Every text that the exercise may ask for exists from the beginning, empty if unanswered,
/// so that two devices which answer it apart meet in one text.
pub(crate) fn of_draft(draft: &Draft, library: &Library, created: Timestamp) -> Fields {
    let mut fields = Fields {
        kind: draft.kind.as_str().to_owned(),
        at: draft.at.to_string(),
        created: created.as_millis(),
        tags: draft.tags.iter().map(|tag| tag.as_str().to_owned()).collect(),
        people: draft.people.iter().map(PersonId::to_string).collect(),
        exercise: draft.exercise.as_ref().map(|at| (at.id.as_str().to_owned(), u64::from(at.version))),
        import: draft.import_id,
        ..Fields::default()
    };
    fields.texts.insert(TITLE.to_owned(), draft.title.clone());
    fields.texts.insert(TEXT.to_owned(), draft.text.clone());
    fields.texts.extend(asked(draft.exercise.as_ref(), library));
    for (field, answer) in &draft.answers {
        put_answer(&mut fields, field, answer);
    }
    fields
}

/// The fields of an entry that an export wrote: everything as it was, whatever this release knows of what it answers.
pub(crate) fn of_exported(draft: &Draft, exact: &Exact) -> Fields {
    let mut fields = of_draft(draft, &Library::default(), exact.created);
    for field in &exact.rest.open {
        fields.texts.entry(key(field)).or_default();
    }
    fields.answers.extend(exact.rest.unread.clone());
    fields.trashed = exact.trashed.map(Timestamp::as_millis);
    fields
}

/// The fields of somebody whom an export names.
pub(crate) fn of_exported_person(line: &PersonLine) -> Fields {
    let person = &line.person;
    let mut fields = of_person(&person.name, person.created);
    fields.tags = person.gives.iter().map(Gift::to_string).collect();
    let mut say = |field: &str, word: Option<String>| {
        fields.answers.extend(word.map(|word| (field.to_owned(), word)));
    };
    say(RELATION, person.relation.map(|word| word.to_string()));
    say(CIRCLE, person.circle.map(|word| word.to_string()));
    say(SAFE, person.safe.map(|word| word.to_string()));
    say(DIED, person.died.then(|| DIED.to_owned()));
    say(MERGED, line.merged.filter(|into| *into != person.id).map(|into| into.to_string()));
    fields
}

/// The fields of somebody whom an export says to be forgotten: what is left where somebody is.
pub(crate) fn of_exported_forgotten(line: &ForgottenLine) -> Fields {
    let at_ms = line.at.as_millis();
    Fields {
        kind: PERSON.to_owned(),
        at: "1970-01-01".to_owned(),
        created: at_ms,
        texts: [(TITLE.to_owned(), String::new())].into(),
        trashed: Some(at_ms),
        ..Fields::default()
    }
}

/// The fields of a definition that an export holds.
pub(crate) fn of_exported_definition(line: &DefinitionLine) -> Fields {
    let mut fields = of_definition(line.defined, &line.reference, &line.text, line.added);
    fields.trashed = line.removed.map(Timestamp::as_millis);
    if line.gives_way {
        fields.answers.insert(GIVES_WAY.to_owned(), "yes".to_owned());
    }
    fields
}

/// Whether a creation leaves the definition to whoever else created it.
pub(crate) fn gives_way(fields: &Fields) -> bool {
    fields.answers.contains_key(GIVES_WAY)
}

fn asked(exercise: Option<&ExerciseRef>, library: &Library) -> BTreeMap<String, String> {
    let known = exercise.and_then(|at| library.get_version(&at.id, at.version));
    let words = |kind| matches!(kind, FieldKind::Text | FieldKind::LongText);
    let asked = known.into_iter().flat_map(|exercise| &exercise.fields).filter(|field| words(field.kind()));
    asked.filter(|field| !field.repeats()).map(|field| (key(&field.id), String::new())).collect()
}

fn key(field: &FieldId) -> String {
    format!("{ANSWER}{field}")
}

fn put_answer(fields: &mut Fields, field: &FieldId, answer: &Answer) {
    match answer {
        Answer::Text(text) => fields.texts.insert(key(field), text.clone()),
        other => fields.answers.insert(field.to_string(), other.to_stored()),
    };
}

/// The fields of a new person.
pub(crate) fn of_person(name: &PersonName, created: Timestamp) -> Fields {
    Fields {
        kind: PERSON.to_owned(),
        at: "1970-01-01".to_owned(),
        created: created.as_millis(),
        texts: [(TITLE.to_owned(), name.as_str().to_owned())].into(),
        ..Fields::default()
    }
}

/// The fields of a device's first other name.
pub(crate) fn of_naming(feed: &FeedId, name: &str, named: Timestamp) -> Fields {
    let answers = [(FEED, feed.to_string()), (NAME, name.to_owned()), (NAMED, stamp(named))];
    Fields {
        kind: DEVICE.to_owned(),
        at: "1970-01-01".to_owned(),
        created: named.as_millis(),
        answers: answers.map(|(field, answer)| (field.to_owned(), answer)).into(),
        ..Fields::default()
    }
}

/// What a device's next name changes.
pub(crate) fn of_renaming(name: &str, named: Timestamp) -> FieldsEdit {
    let answers = [(NAME, name.to_owned()), (NAMED, stamp(named))];
    FieldsEdit {
        answers: answers.map(|(field, answer)| (field.to_owned(), Some(answer))).into(),
        ..FieldsEdit::default()
    }
}

/// The fields of a definition.
pub(crate) fn of_definition(
    defined: Defined,
    reference: &ExerciseRef,
    toml_text: &str,
    added: Timestamp,
) -> Fields {
    let mut answers = BTreeMap::from([(TOML.to_owned(), toml_text.to_owned())]);
    if defined != Defined::Exercise {
        answers.insert(DEFINES.to_owned(), defined.to_string());
    }
    Fields {
        kind: DEFINITION.to_owned(),
        at: "1970-01-01".to_owned(),
        created: added.as_millis(),
        exercise: Some((reference.id.as_str().to_owned(), u64::from(reference.version))),
        answers,
        ..Fields::default()
    }
}

/// What takes a definition back. It stays, for the entries that were made with it.
pub(crate) fn of_removal(now_ms: i64) -> FieldsEdit {
    FieldsEdit { trashed: Some(Some(now_ms)), ..FieldsEdit::default() }
}

/// A time in a document that every device must read alike, to the last digit.
fn stamp(time: Timestamp) -> String {
    time.as_millis().to_string()
}

/// What an edit changes in a person's document. Each answer is one word, the last writer's.
pub(crate) fn of_person_edit(edit: &PersonEdit) -> FieldsEdit {
    let mut change = FieldsEdit {
        tags_added: edit.add_gives.iter().map(Gift::to_string).collect(),
        tags_removed: edit.remove_gives.iter().map(Gift::to_string).collect(),
        ..FieldsEdit::default()
    };
    change.texts.extend(edit.name.iter().map(|name| (TITLE.to_owned(), name.to_string())));
    let mut say = |field: &str, word: Option<Option<String>>| {
        change.answers.extend(word.map(|word| (field.to_owned(), word)));
    };
    say(RELATION, edit.relation.map(|word| word.map(|word| word.to_string())));
    say(CIRCLE, edit.circle.map(|word| word.map(|word| word.to_string())));
    say(SAFE, edit.safe.map(|word| word.map(|word| word.to_string())));
    say(DIED, edit.died.map(|died| died.then(|| DIED.to_owned())));
    change
}

/// What makes somebody another name for somebody else.
pub(crate) fn of_merge(into: PersonId) -> FieldsEdit {
    FieldsEdit { answers: [(MERGED.to_owned(), Some(into.to_string()))].into(), ..FieldsEdit::default() }
}

/// What forgets somebody: nothing is said of them any more, and they are not shown.
pub(crate) fn of_forgetting(present: &Fields, now_ms: i64) -> FieldsEdit {
    let answers = present.answers.keys().filter(|field| *field != MERGED);
    FieldsEdit {
        texts: [(TITLE.to_owned(), String::new())].into(),
        tags_removed: present.tags.clone(),
        answers: answers.map(|field| (field.clone(), None)).collect(),
        trashed: Some(Some(now_ms)),
        ..FieldsEdit::default()
    }
}

/// Somebody from what their document says.
fn person(id: PersonId, fields: &Fields) -> PersonShown {
    let word = |field: &str| fields.answers.get(field).map(String::as_str).unwrap_or_default();
    let name = fields.texts.get(TITLE).and_then(|name| PersonName::new(name).ok());
    let person = name.filter(|_| fields.trashed.is_none()).map(|name| Person {
        relation: word(RELATION).parse().ok(),
        circle: word(CIRCLE).parse().ok(),
        gives: fields.tags.iter().filter_map(|gift| gift.parse().ok()).collect(),
        safe: word(SAFE).parse().ok(),
        died: word(DIED) == DIED,
        ..Person::new(id, name, Timestamp::from_millis(fields.created))
    });
    let forgotten = fields.trashed.map(Timestamp::from_millis);
    PersonShown { id, person, forgotten, merged: word(MERGED).parse().ok().filter(|into| *into != id) }
}

/// What an edit changes in a document that now says `present`.
pub(crate) fn of_edit(edit: &Edit, present: &Fields) -> FieldsEdit {
    let mut change = FieldsEdit {
        at: edit.at.as_ref().map(ToString::to_string),
        tags_added: edit.add_tags.iter().map(|tag| tag.as_str().to_owned()).collect(),
        tags_removed: edit.remove_tags.iter().map(|tag| tag.as_str().to_owned()).collect(),
        people_added: edit.add_people.iter().map(PersonId::to_string).collect(),
        people_removed: edit.remove_people.iter().map(PersonId::to_string).collect(),
        ..FieldsEdit::default()
    };
    change.tags_added.retain(|tag| !change.tags_removed.contains(tag));
    tags_as_written(&mut change, edit, present);
    change.people_added.retain(|person| !change.people_removed.contains(person));
    for (name, text) in [(TITLE, &edit.title), (TEXT, &edit.text)] {
        change.texts.extend(text.iter().map(|text| (name.to_owned(), text.clone())));
    }
    for (field, answer) in &edit.answers {
        edit_answer(&mut change, present, field, answer.as_ref());
    }
    change
}

/// Takes tags away under every spelling that a document has for them, and adds none that is there under another one: a device
/// of an earlier release, or another program, may have spelt them otherwise.
fn tags_as_written(change: &mut FieldsEdit, edit: &Edit, present: &Fields) {
    for written in &present.tags {
        let Ok(tag) = written.parse::<Tag>() else { continue };
        if edit.remove_tags.contains(&tag) {
            change.tags_removed.insert(written.clone());
        } else if written != tag.as_str() {
            change.tags_added.remove(tag.as_str());
        }
    }
}

fn edit_answer(change: &mut FieldsEdit, present: &Fields, field: &FieldId, answer: Option<&Answer>) {
    let has_text = present.texts.contains_key(&key(field));
    match answer {
        Some(Answer::Text(text)) if has_text => drop(change.texts.insert(key(field), text.clone())),
        None if has_text => drop(change.texts.insert(key(field), String::new())),
        other => drop(change.answers.insert(field.to_string(), other.map(Answer::to_stored))),
    }
}

/// What a row shows.
pub(crate) fn shown(id: DocumentId, stored: &Stored, library: &Library) -> Shown {
    let fields = &stored.fields;
    if let Some(creators) = &stored.creators {
        return definition(id, fields, creators).map_or(Shown::Unknown, Shown::Definition);
    }
    if fields.kind == PERSON {
        return Shown::Person(person(PersonId::from_bytes(id), fields));
    }
    if fields.kind == DEVICE {
        return naming(id, fields).map_or(Shown::Unknown, Shown::Naming);
    }
    let Some(entry) = entry(EntryId::from_bytes(id), fields, stored.modified_ms) else {
        return Shown::Unknown;
    };
    let (folded, steps) = (folded(&entry), steps(&entry, library));
    let met = stored.met.iter().map(|side| side.version.clone()).collect();
    let rest = rest(fields);
    Shown::Entry(Box::new(Row {
        folded,
        version: stored.version.clone(),
        met,
        steps,
        rest,
        entry,
        as_written: None,
    }))
}

/// The steps that an entry's exercise belongs to; none if it is not known.
pub(crate) fn steps(entry: &Entry, library: &Library) -> Vec<Step> {
    let known = entry.exercise.as_ref().and_then(|at| library.get_version(&at.id, at.version));
    known.map(|exercise| exercise.steps.clone()).unwrap_or_default()
}

/// A definition from what its document says; `None` if it is none that this release would add.
fn definition(id: DocumentId, fields: &Fields, creators: &BTreeSet<FeedId>) -> Option<Definition> {
    let (reference, added) = (made_with(fields)??, Timestamp::from_millis(fields.created));
    let text = definition_text(fields).filter(|text| text.len() <= DEFINITION_BYTES_MAX)?;
    let defines = fields.answers.get(DEFINES);
    let defined = defines.map_or(Some(Defined::Exercise), |word| word.parse().ok())?;
    let removed = fields.trashed.map(Timestamp::from_millis);
    let creators = creators.clone();
    Some(Definition { defined, reference, text: Some(text.into()), added, removed, id, creators })
}

/// The TOML of a definition.
pub(crate) fn definition_text(fields: &Fields) -> Option<&str> {
    fields.answers.get(TOML).map(String::as_str)
}

/// A device's name from what its document says; `None` if it is none that a device may have.
fn naming(id: DocumentId, fields: &Fields) -> Option<Naming> {
    let answer = |field: &str| fields.answers.get(field);
    let fits = |name: &&String| (1..=limits::DEVICE_NAME_CHARS_MAX).contains(&name.chars().count());
    Some(Naming {
        feed: answer(FEED)?.clone(),
        id,
        name: answer(NAME).filter(fits)?.clone(),
        named_ms: answer(NAMED)?.parse().ok()?,
    })
}

/// An entry from what its document says; `None` if this version does not know such entries.
pub(crate) fn entry(id: EntryId, fields: &Fields, modified_ms: i64) -> Option<Entry> {
    let text = |name: &str| fields.texts.get(name).cloned().unwrap_or_default();
    let exercise = made_with(fields)?;
    Some(Entry {
        id,
        kind: fields.kind.parse().ok()?,
        at: fields.at.parse().ok()?,
        title: text(TITLE),
        text: text(TEXT),
        tags: fields.tags.iter().filter_map(|tag| tag.parse().ok()).collect(),
        people: fields.people.iter().filter_map(|person| person.parse().ok()).collect(),
        exercise,
        answers: answers(fields),
        import_id: fields.import,
        created: Timestamp::from_millis(fields.created),
        modified: Timestamp::from_millis(modified_ms),
        trashed: fields.trashed.map(Timestamp::from_millis),
    })
}

/// The exercise that a document names, if it names one; `None` if what it names cannot be one.
fn made_with(fields: &Fields) -> Option<Option<ExerciseRef>> {
    let Some((id, version)) = &fields.exercise else { return Some(None) };
    Some(Some(ExerciseRef { id: id.parse().ok()?, version: u32::try_from(*version).ok()? }))
}

/// What an entry's document holds besides what is shown, for an export.
pub(crate) fn rest(fields: &Fields) -> Rest {
    let empty = fields.texts.iter().filter(|(_, text)| text.is_empty());
    let open = empty.filter_map(|(name, _)| name.strip_prefix(ANSWER)?.parse().ok());
    let unread = fields.answers.iter().filter(|(field, stored)| read_answer(field, stored).is_none());
    Rest {
        open: open.collect(),
        unread: unread.map(|(field, stored)| (field.clone(), stored.clone())).collect(),
        met: None,
    }
}

fn read_answer(field: &str, stored: &str) -> Option<(FieldId, Answer)> {
    Some((field.parse().ok()?, Answer::from_stored(stored)?))
}

fn answers(fields: &Fields) -> Answers {
    let stored = fields.answers.iter();
    let mut answers: Answers = stored.filter_map(|(field, stored)| read_answer(field, stored)).collect();
    let written = fields.texts.iter().filter(|(_, text)| !text.is_empty());
    answers.extend(written.filter_map(|(name, text)| {
        Some((name.strip_prefix(ANSWER)?.parse().ok()?, Answer::Text(text.clone())))
    }));
    answers
}

fn folded(entry: &Entry) -> Box<str> {
    let mut folded = String::with_capacity(entry.title.len() + entry.text.len() + 2);
    fold_into(&entry.title, &mut folded);
    folded.push('\n');
    fold_into(&entry.text, &mut folded);
    for words in entry.answers.values().flat_map(Answer::words) {
        folded.push('\n');
        fold_into(words, &mut folded);
    }
    folded.into_boxed_str()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::definition_id;
    use haven_core::entry::EntryKind;

    /// What a definition's document is taken for, with its answer to what it defines.
    fn defined(defines: Option<&str>) -> Option<Defined> {
        let added = Timestamp::from_millis(5);
        let mut fields = of_definition(Defined::Exercise, &"my-own@1".parse().unwrap(), "toml", added);
        assert_eq!(fields.answers.keys().collect::<Vec<_>>(), [TOML], "as the first releases wrote it");
        fields.answers.extend(defines.map(|word| (DEFINES.to_owned(), word.to_owned())));
        let library = Library::default();
        let id = definition_id(&fields).unwrap();
        let by = FeedId::from_bytes([2; 8]);
        let elsewhere = Stored::created(&[1; 16], fields.clone(), [3; 32], 5, by);
        assert!(matches!(shown([1; 16], &elsewhere, &library), Shown::Unknown), "the id is another one's");
        match shown(id, &Stored::created(&id, fields, [3; 32], 5, by), &library) {
            Shown::Definition(definition) => Some(definition.defined),
            Shown::Unknown => None,
            Shown::Entry(_) | Shown::Person(_) | Shown::Naming(_) => panic!("it is a definition"),
        }
    }

    #[test]
    fn a_tag_is_one_however_a_document_spells_it() {
        let draft = Draft { text: "x".into(), ..Draft::new(EntryKind::Note, "2026-11-24".parse().unwrap()) };
        let mut present = of_draft(&draft, &Library::default(), Timestamp::default());
        present.tags = ["cafe\u{301}", "café", "calm", "two\u{a0}words"].map(str::to_owned).into();
        let shown = entry(EntryId::from_bytes([1; 16]), &present, 0).unwrap();
        let shown: Vec<_> = shown.tags.iter().map(Tag::as_str).collect();
        assert_eq!(shown, ["café", "calm", "two words"]);

        let tags = |tags: &[&str]| tags.iter().map(|tag| tag.parse().unwrap()).collect();
        let edit = Edit { remove_tags: tags(&["cafe\u{301}"]), ..Edit::default() };
        let removed: Vec<_> = of_edit(&edit, &present).tags_removed.into_iter().collect();
        assert_eq!(removed, ["cafe\u{301}", "café"], "both spellings go");

        let edit = Edit { add_tags: tags(&["two words", "new"]), ..Edit::default() };
        let added: Vec<_> = of_edit(&edit, &present).tags_added.into_iter().collect();
        assert_eq!(added, ["new"], "nothing is added that is there");
    }

    #[test]
    fn a_definition_says_what_it_defines_and_an_unknown_word_shows_nothing() {
        assert_eq!(defined(None), Some(Defined::Exercise));
        assert_eq!(defined(Some("exercise")), Some(Defined::Exercise));
        assert_eq!(defined(Some("measure")), Some(Defined::Measure));
        assert_eq!(defined(Some("poem")), None);
        let measure =
            of_definition(Defined::Measure, &"my-own@1".parse().unwrap(), "toml", Timestamp::default());
        assert_eq!(measure.answers.get(DEFINES).map(String::as_str), Some("measure"));
    }
}
