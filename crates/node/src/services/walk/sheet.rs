//! What a walk has answered so far, and the draft that keeps it.

use haven_api::convert::draft::kept_to_pb;
use haven_api::convert::entry::{exercise_ref_to_pb, kind_to_pb};
use haven_api::convert::saved::id_to_pb;
use haven_api::convert::value::map_to_pb;
use haven_api::error::ApiError;
use haven_api::pb;
use haven_core::answers::{Answers, ExerciseRef, ValueMap};
use haven_core::entry::Tag;
use haven_core::id::{EntryId, PersonId};
use haven_engine::command::{DraftId, DraftShown};
use haven_engine::view::Row;

/// What is answered so far.
pub(super) struct Sheet {
    /// Its draft.
    pub(super) id: DraftId,
    /// What is answered.
    pub(super) exercise: ExerciseRef,
    /// Everything of the draft but its answers.
    pub(super) draft: pb::Draft,
    /// The entry it changes or has become, and the version it was begun from.
    pub(super) entry: Option<(EntryId, String)>,
    /// Whether only its person makes an entry of it.
    pub(super) held: bool,
    /// When it was last kept, by the device's clock.
    pub(super) saved_ms: i64,
    /// Whether the device keeps it.
    pub(super) is_kept: bool,
    /// The answers that fit.
    pub(super) answers: ValueMap,
    /// What was typed and does not fit, by the ids of the answers.
    pub(super) typed: ValueMap,
    /// The answers as they came, and what was typed.
    came: (ValueMap, ValueMap),
}

impl Sheet {
    /// A sheet without an answer.
    pub(super) fn begin(id: DraftId, exercise: ExerciseRef, people: Vec<String>, at: String) -> Self {
        let draft =
            pb::Draft { at, people, exercise: Some(exercise_ref_to_pb(&exercise)), ..Default::default() };
        Self {
            id,
            exercise,
            draft,
            entry: None,
            held: false,
            saved_ms: 0,
            is_kept: false,
            answers: ValueMap::new(),
            typed: ValueMap::new(),
            came: Default::default(),
        }
    }

    /// A sheet that changes an entry.
    pub(super) fn of_entry(id: DraftId, exercise: ExerciseRef, row: &Row) -> Self {
        let entry = &row.entry;
        let people = entry.people.iter().map(PersonId::to_string).collect();
        let mut sheet = Self::begin(id, exercise, people, entry.at.to_string());
        sheet.draft.kind = kind_to_pb(entry.kind).into();
        sheet.draft.title.clone_from(&entry.title);
        sheet.draft.text.clone_from(&entry.text);
        sheet.draft.tags = entry.tags.iter().map(Tag::to_string).collect();
        sheet.entry = Some((entry.id, row.version.to_string()));
        sheet.answered(values(&entry.answers), ValueMap::new());
        sheet
    }

    /// A sheet that the device keeps.
    pub(super) fn of_kept(kept: &DraftShown, exercise: ExerciseRef) -> Self {
        let mut sheet = Self::begin(kept.id, exercise, Vec::new(), String::new());
        sheet.take_kept(kept);
        sheet.answered(values(&kept.draft.answers), kept.typed.clone());
        sheet
    }

    /// Says what is answered, as it comes.
    pub(super) fn answered(&mut self, answers: ValueMap, typed: ValueMap) {
        self.came = (answers.clone(), typed.clone());
        (self.answers, self.typed) = (answers, typed);
    }

    /// Joins what a client brings with what the device keeps: of the entry the device knows more; and if something was kept since
    /// the client was told, by another client or while the journal was locked, that stands, but for what is being answered now.
    ///
    /// # Errors
    /// The device keeps something else under this name.
    pub(super) fn meet(&mut self, kept: &DraftShown, moved: Option<&str>) -> Result<(), ApiError> {
        if kept.draft.exercise.as_ref() != Some(&self.exercise) {
            return Err(ApiError::invalid("it can't go on from here", "that draft is for something else")
                .with_next("Send the walk back as it came, or begin again."));
        }
        if kept.saved.as_millis() > self.saved_ms {
            let is_other = |id: &String| moved != Some(id.as_str());
            let (answers, typed) = (values(&kept.draft.answers), kept.typed.clone());
            // What was typed gives way to an answer that came later, and stands over one that it was meant to change.
            self.typed.retain(|id, _| !is_other(id) || !answers.contains_key(id));
            self.answers.extend(answers.into_iter().filter(|(id, _)| is_other(id)));
            self.typed.extend(typed.into_iter().filter(|(id, _)| is_other(id)));
        }
        self.take_kept(kept);
        Ok(())
    }

    fn take_kept(&mut self, kept: &DraftShown) {
        let mut draft = pb::Draft { answers: Default::default(), ..kept_to_pb(&kept.draft) };
        let named = std::mem::take(&mut self.draft.people);
        draft.people.extend(kept.named.iter().cloned());
        let news = named.into_iter().filter(|name| !draft.people.contains(name)).collect::<Vec<_>>();
        draft.people.extend(news);
        self.draft = draft;
        if let Some(entry) = kept.entry {
            let base = kept.base.as_ref().map(ToString::to_string);
            self.entry = Some((entry, base.unwrap_or_default()));
        }
        (self.held, self.saved_ms, self.is_kept) = (kept.held, kept.saved.as_millis(), true);
    }

    /// Takes an answer that fits, or takes one back.
    pub(super) fn put(&mut self, id: &str, answer: Option<haven_core::answers::Value>) {
        self.typed.remove(id);
        match answer {
            Some(answer) => drop(self.answers.insert(id.to_owned(), answer)),
            None => drop(self.answers.remove(id)),
        }
    }

    /// What stands at a question: what was typed there, else its answer.
    pub(super) fn at(&self, id: &str) -> Option<&haven_core::answers::Value> {
        self.typed.get(id).or_else(|| self.answers.get(id))
    }

    /// Whether anything is other than it came.
    pub(super) fn is_changed(&self) -> bool {
        (&self.answers, &self.typed) != (&self.came.0, &self.came.1)
    }

    /// Whether nothing was said at all.
    pub(super) fn is_blank(&self) -> bool {
        let written = [&self.draft.title, &self.draft.text];
        self.answers.is_empty()
            && self.typed.is_empty()
            && written.iter().all(|words| words.trim().is_empty())
    }

    /// The draft as it is kept, and as clients carry it.
    pub(super) fn to_pb(&self) -> pb::SavedDraft {
        let (entry_id, base_version) = match &self.entry {
            Some((entry, base)) => (entry.to_string(), base.clone()),
            None => Default::default(),
        };
        pb::SavedDraft {
            draft_id: id_to_pb(self.id.0),
            draft: Some(pb::Draft { answers: map_to_pb(self.answers.clone()), ..self.draft.clone() }),
            entry_id,
            base_version,
            saved_ms: self.saved_ms,
            held: self.held,
            meant: String::new(),
            typed: map_to_pb(self.typed.clone()),
        }
    }
}

/// Answers as values.
pub(super) fn values(answers: &Answers) -> ValueMap {
    answers.iter().map(|(id, answer)| (id.to_string(), answer.to_value())).collect()
}
