//! One sitting over an exercise: whom it concerns, and where its answers are kept until they are an entry.

use haven_api::drafts::{DraftId, SavedDraft};
use haven_api::error::ApiError;
use haven_api::journal::{Draft, Entry, ExerciseChoice, Filter, Written};
use haven_api::people::Person;
use haven_api::practice::stepper::{self, Stepper};
use haven_api::practice::{Exercise, Field, HarmQuestion, Shape};
use haven_core::answers::{ExerciseId, Value, ValueMap};
use haven_core::entry::EntryKind;
use haven_core::exercise::Phase;
use haven_core::id::{EntryId, PersonId};
use haven_core::person::{ResolveError, resolve_person};
use haven_core::time::Timestamp;

use super::choices::without_empty;
use crate::args::DoArgs;
use crate::cx::{Cx, Haven, aside};
use crate::fault::Fault;
use crate::text::LANGUAGE;
use crate::{ask, editor, kept, unlock, when};

/// A sitting.
pub(super) struct Sitting {
    pub(super) haven: Haven,
    pub(super) people: Vec<Person>,
    /// The draft that holds the answers.
    id: DraftId,
    draft: Draft,
    /// The entry that is changed, in the version that was opened.
    entry: Option<(EntryId, String)>,
    is_kept: bool,
}

impl Sitting {
    /// Begins an exercise, goes on with what was begun of it, or opens the one entry that a journal keeps of it.
    pub(super) async fn begin(cx: &Cx, args: &DoArgs) -> Result<(Self, Stepper), Fault> {
        let haven = cx.haven().await?;
        // Better to hear that the journal is locked before the first answer than after the last.
        let people = haven.people().await?;
        let offered = haven.exercise(&args.id, None, LANGUAGE).await;
        let choice = ExerciseChoice { id: args.id.clone(), version: None };
        let draft = Draft { exercise: Some(choice), people: args.people.clone(), ..Draft::default() };
        let mut sitting = Self { haven, people, id: editor::random()?, draft, entry: None, is_kept: false };
        if sitting.resume(cx, &args.id).await? {
            let exercise = sitting.exercise(&args.id, offered).await?;
            let exercise = without_empty(&sitting.haven, exercise, &sitting.draft.answers).await?;
            let stepper = Stepper::new(exercise, sitting.draft.answers.clone());
            return Ok((sitting, stepper));
        }
        let exercise = offered?;
        if exercise.single
            && let Some(entry) = only_entry(&sitting.haven, &args.id).await?
        {
            sitting.change(entry);
        }
        let exercise = sitting.exercise(&args.id, Ok(exercise)).await?;
        let exercise = without_empty(&sitting.haven, exercise, &sitting.draft.answers).await?;
        let stepper = Stepper::new(exercise, sitting.draft.answers.clone());
        Ok((sitting, stepper.from_start()))
    }

    /// Goes on with what was begun, here or on another device, if the person wants to. Tells whether it does.
    async fn resume(&mut self, cx: &Cx, id: &ExerciseId) -> Result<bool, Fault> {
        let drafts = self.haven.drafts().await?;
        let here = drafts.iter().find(|draft| draft.exercise.as_ref().is_some_and(|it| it.id == *id));
        if let Some(draft) = here {
            if !goes_on(cx, &when::local(draft.saved)).await? {
                cx.note("It stays where it is; `haven draft list` shows it.");
                return Ok(false);
            }
            self.go_on(self.haven.draft(draft.id).await?);
            return Ok(true);
        }
        let today = self.haven.today(LANGUAGE).await?;
        let Some(open) = today.open.iter().find(|open| open.exercise == *id) else { return Ok(false) };
        if !goes_on(cx, &open.date.to_string()).await? {
            return Ok(false);
        }
        self.change(self.haven.entry(&open.entry.to_string(), None).await?);
        Ok(true)
    }

    fn go_on(&mut self, saved: SavedDraft) {
        self.id = saved.id;
        self.entry = saved.entry.zip(saved.base_version);
        self.is_kept = true;
        let people = std::mem::take(&mut self.draft.people);
        self.draft = saved.draft;
        self.draft.people.extend(people);
    }

    fn change(&mut self, entry: Entry) {
        let summary = entry.summary;
        self.entry = Some((summary.id, entry.version));
        let mut people: Vec<_> = summary.people.iter().map(|person| person.id.to_string()).collect();
        people.append(&mut self.draft.people);
        self.draft = Draft {
            kind: Some(summary.kind),
            at: Some(summary.at),
            title: summary.title,
            text: entry.text,
            tags: summary.tags.iter().map(ToString::to_string).collect(),
            people,
            exercise: summary.exercise.map(|it| ExerciseChoice { id: it.id, version: Some(it.version) }),
            answers: entry.answers,
        };
    }

    /// The exercise in the version that the answers are for. What was begun can be gone on with even if the exercise is not
    /// offered any more.
    async fn exercise(
        &self,
        id: &ExerciseId,
        offered: Result<Exercise, ApiError>,
    ) -> Result<Exercise, Fault> {
        let is_meant = |version| offered.as_ref().is_ok_and(|it| it.summary.exercise.version == version);
        match self.draft.exercise.as_ref().and_then(|choice| choice.version) {
            Some(version) if !is_meant(version) => {
                Ok(self.haven.exercise(id, Some(version), LANGUAGE).await?)
            }
            _ => Ok(offered?),
        }
    }

    /// Whether somebody it concerns is marked as not safe to be open with.
    pub(super) fn is_unsafe(&self, exercise: &Exercise, answers: &ValueMap) -> bool {
        is_unsafe(&self.people, &self.draft.people, exercise, answers)
    }

    /// The gate, if it holds without a question.
    pub(super) fn held<'a>(&self, stepper: &'a Stepper) -> Option<&'a HarmQuestion> {
        let is_unsafe = self.is_unsafe(stepper.exercise(), stepper.answers());
        stepper::held(stepper.exercise(), is_unsafe)
    }

    /// The name of somebody.
    pub(super) fn name(&self, id: &str) -> Option<String> {
        let person = self.people.iter().find(|person| person.id.to_string() == id);
        person.map(|person| person.name.as_str().to_owned())
    }

    /// Finds somebody by what they are called; none if they are not known.
    ///
    /// # Errors
    /// Several are called so.
    pub(super) fn find(&self, called: &str) -> Result<Option<PersonId>, ResolveError> {
        match resolve_person(&self.people, called.trim()) {
            Ok(id) => Ok(Some(id)),
            Err(ResolveError::NotFound { .. }) => Ok(None),
            Err(ambiguous) => Err(ambiguous),
        }
    }

    /// Adds somebody to the people of the journal.
    pub(super) async fn add_person(&mut self, name: &str) -> Result<PersonId, Fault> {
        let person = self.haven.add_person(name.trim()).await?;
        let id = person.id;
        self.people.push(person);
        Ok(id)
    }

    /// Keeps the answers so far, so that nothing that ends the sitting loses them; sealed, if the journal was locked meanwhile.
    pub(super) async fn keep(&mut self, answers: &ValueMap) -> Result<(), Fault> {
        if *answers == self.draft.answers && !self.is_kept {
            return Ok(());
        }
        self.draft.answers = answers.clone();
        let saved = self.saved_draft();
        kept::keep(&mut self.haven, saved).await?;
        self.is_kept = true;
        Ok(())
    }

    fn saved_draft(&self) -> SavedDraft {
        let (entry, base_version) = self.entry.clone().unzip();
        SavedDraft {
            id: self.id,
            draft: self.draft.clone(),
            entry,
            base_version,
            saved: Timestamp::default(),
            held: false,
            meant: None,
        }
    }

    /// Whether there is anything that was kept.
    pub(super) fn is_kept(&self) -> bool {
        self.is_kept
    }

    /// Whether an entry is changed rather than written.
    pub(super) fn changes(&self) -> bool {
        self.entry.is_some()
    }

    /// Makes what was kept an entry, asking for the passphrase where the journal was locked meanwhile.
    pub(super) async fn finish(&mut self, cx: &Cx) -> Result<Written, Fault> {
        if cx.asks && unlock::is_locked(&self.haven).await {
            aside("The journal was locked meanwhile. Your answers are kept.");
            unlock::ask(cx, &mut self.haven, "Passphrase: ").await?;
        }
        Ok(self.haven.commit_draft(self.id).await?)
    }

    /// Forgets what was kept.
    pub(super) async fn forget(&mut self) -> Result<(), Fault> {
        if std::mem::take(&mut self.is_kept) {
            self.haven.discard_draft(self.id).await?;
        }
        Ok(())
    }
}

/// Whether somebody who was named or is in the answers is marked as not safe to be open with.
pub(super) fn is_unsafe(
    people: &[Person],
    named: &[String],
    exercise: &Exercise,
    answers: &ValueMap,
) -> bool {
    // Whoever cannot be found is no concern here; the device says so.
    let named = named.iter().filter_map(|called| resolve_person(people, called).ok());
    stepper::is_unsafe(people, named.chain(stepper::concerned(exercise, answers)))
}

/// Answers the one question that asks for a person with the one who was named, where the answers leave it out.
pub(super) fn answer_whom(people: &[Person], named: &[String], exercise: &Exercise, answers: &mut ValueMap) {
    let asks = |field: &&Field| matches!(field.shape, Shape::Person) && field.phase != Phase::Later;
    let asking: Vec<_> = exercise.fields.iter().filter(asks).collect();
    let ([field], [called]) = (asking.as_slice(), named) else { return };
    // Whoever cannot be found is no concern here; the device says so.
    if let Ok(id) = resolve_person(people, called) {
        answers.entry(field.id.clone()).or_insert_with(|| person(id));
    }
}

async fn goes_on(cx: &Cx, since: &str) -> Result<bool, Fault> {
    let question = format!("You began this on {since}. Go on? [Y/n] ");
    let answer = ask::line(cx, &question, "Pass --answers FILE.").await?;
    Ok(!matches!(answer.trim().to_lowercase().as_str(), "n" | "no"))
}

/// The entry of an exercise that a journal keeps once.
pub(super) async fn only_entry(haven: &Haven, id: &ExerciseId) -> Result<Option<Entry>, Fault> {
    let filter = Filter { kind: Some(EntryKind::Exercise), ..Filter::default() };
    let entries = haven.list_all(&filter).await?;
    let found = entries.iter().find(|entry| entry.exercise.as_ref().is_some_and(|it| it.id == *id));
    match found {
        Some(found) => Ok(Some(haven.entry(&found.id.to_string(), None).await?)),
        None => Ok(None),
    }
}

/// The answer that names somebody.
pub(super) fn person(id: PersonId) -> Value {
    Value::Text(id.to_string())
}
