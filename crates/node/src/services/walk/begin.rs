//! Beginning a walk, or going on with one.

use haven_api::convert::draft::find_exercise;
use haven_api::convert::draft::find_person;
use haven_api::error::{ApiError, ErrorReason};
use haven_api::pb;
use haven_api::pb::begin_walk_request::What;
use haven_core::answers::{ExerciseRef, FieldId, Value};
use haven_core::entry::{Entry, EntryKind};
use haven_core::exercise::Phase;
use haven_core::measure::PERSON_FIELD;
use haven_core::shelf::Shelf;
use haven_core::support::Country;
use haven_core::time::Date;
use haven_core::today::today;
use haven_engine::command::{DraftShown, Fault};
use haven_engine::view::{Filter, Row, View};
use tonic::Status;

use super::Walks;
use super::course::{Fit, Telling};
use super::place::{Before, Place, Start};
use super::sheet::Sheet;
use super::walking::Walking;
use crate::keeper::order::Refused;
use crate::services::desk::{self, finder};
use crate::services::drafts::draft_id;
use crate::services::measures::{offered, whom};
use crate::services::{names, progress};

/// What a walk begins with.
struct Beginning {
    sheet: Sheet,
    start: Start,
    later: Vec<String>,
    /// The earlier day on which the measure was begun that begins anew.
    begun: Option<Date>,
}

impl Beginning {
    fn of(sheet: Sheet, start: Start) -> Self {
        Self { sheet, start, later: Vec::new(), begun: None }
    }
}

/// The journal that a walk begins in.
struct Beside<'a> {
    view: &'a View,
    shelf: Shelf,
    drafts: Vec<DraftShown>,
    today: Date,
    /// Whom it is about, by id.
    people: Vec<String>,
    at: String,
}

impl Walks {
    /// Begins, or goes on.
    pub(super) async fn begin(
        &self,
        request: pb::BeginWalkRequest,
        language: String,
    ) -> Result<pb::Walk, Status> {
        let pb::BeginWalkRequest { what, people, country, today: day, at } = request;
        let what = what.ok_or_else(|| ApiError::invalid("nothing was begun", "it wasn't said what"))?;
        let mut drafts = self.drafts.all().await?;
        drafts.sort_by_key(|draft| std::cmp::Reverse(draft.saved));
        let snapshot = self.node.opened()?;
        let view = &*snapshot.view;
        let find = finder(view);
        let people = people.iter().map(|called| Ok(find_person(called, &find)?.to_string()));
        let beside = Beside {
            view,
            shelf: self.desk.of(view).shelf,
            drafts,
            today: desk::today(&**self.node.host(), &day)?,
            people: people.collect::<Result<_, ApiError>>()?,
            at: self.desk.at(&**self.node.host(), &at)?.to_string(),
        };
        let beginning = match what {
            What::Exercise(id) => self.exercise(&beside, &id)?,
            What::Measure(id) => self.measure(&beside, &id)?,
            What::DraftId(id) => self.draft(&beside, &id)?,
            What::Entry(text) => self.entry(&beside, &text)?,
            What::Later(text) => self.later(&beside, &text)?,
        };
        let Beginning { mut sheet, start, later, begun } = beginning;
        for person in &beside.people {
            if !sheet.draft.people.contains(person) {
                sheet.draft.people.push(person.clone());
            }
        }
        drop(beside);
        let telling = Telling { language, country: Country::typed(&country) };
        let mut walking = self.walking(snapshot.clone(), sheet, telling, &day, later)?;
        walking.begun = begun;
        let place = walking.first_page(start);
        walking.to_pb(&place)
    }

    fn exercise(&self, beside: &Beside<'_>, id: &str) -> Result<Beginning, ApiError> {
        let wanted = pb::ExerciseRef { id: id.to_owned(), version: 0 };
        let exercise = find_exercise(&wanted, &beside.shelf.exercises)?;
        if exercise.single {
            let is_it = |made_with: Option<&ExerciseRef>| made_with.is_some_and(|it| it.id == exercise.id);
            let kept = beside.drafts.iter().position(|draft| is_it(draft.draft.exercise.as_ref()));
            if let Some(sheet) = kept.and_then(|at| of_kept(&beside.drafts[at])) {
                return Ok(Beginning::of(sheet, Start::First));
            }
            let journal = Filter { kind: Some(EntryKind::Exercise), ..Filter::default() };
            let only = beside.view.list(&journal).find(|row| is_it(row.entry.exercise.as_ref()));
            if let Some(row) = only {
                return Ok(Beginning::of(self.of_entry(row)?, Start::First));
            }
        }
        let sheet = Sheet::begin(self.new_draft(), exercise.reference(), Vec::new(), beside.at.clone());
        Ok(Beginning::of(sheet, Start::First))
    }

    fn measure(&self, beside: &Beside<'_>, id: &str) -> Result<Beginning, ApiError> {
        let measure = offered(&beside.shelf.measures, id)?;
        if let [_, _, ..] = beside.people.as_slice() {
            return Err(ApiError::invalid("nothing was begun", "a measure is about one person")
                .with_next("Name one of them."));
        }
        whom(measure, beside.view, beside.people.first().map_or("", String::as_str))?;
        let sheet = Sheet::begin(self.new_draft(), measure.reference(), Vec::new(), beside.at.clone());
        Ok(Beginning::of(sheet, Start::First))
    }

    fn draft(&self, beside: &Beside<'_>, id: &str) -> Result<Beginning, Status> {
        let id = draft_id(id)?;
        let kept = beside.drafts.iter().find(|draft| draft.id == id);
        let kept = kept.ok_or(Refused::Fault(Fault::DraftUnknown))?;
        let sheet = of_kept(kept).ok_or_else(no_exercise)?;
        if sheet.is_measure(&beside.shelf) && !self.goes_on(kept, &beside.shelf, beside.today) {
            let measure = offered(&beside.shelf.measures, sheet.exercise.id.as_str())?;
            let people = sheet.draft.people.clone();
            let anew = Sheet::begin(self.new_draft(), measure.reference(), people, beside.at.clone());
            let begun = Some(self.day_of(kept));
            return Ok(Beginning { sheet: anew, start: Start::First, later: Vec::new(), begun });
        }
        let later = self.later_of(beside, kept);
        Ok(Beginning { sheet, start: Start::Open, later, begun: None })
    }

    fn entry(&self, beside: &Beside<'_>, text: &str) -> Result<Beginning, ApiError> {
        let row = entry_of(beside.view, text)?;
        if row.entry.kind == EntryKind::Measure {
            return Err(ApiError::invalid("nothing was begun", "a result of a measure isn't gone on with")
                .with_next("Answer the measure again."));
        }
        if row.entry.trashed.is_some() {
            return Err(ApiError::invalid("nothing was begun", "the entry is in the trash")
                .with_next("Bring it back from the trash, then go on.")
                .at_terminal("Bring it back with `haven untrash ID`, then go on."));
        }
        let sheet = match beside.of_entry(row) {
            Some(kept) => kept,
            None => self.of_entry(row)?,
        };
        Ok(Beginning::of(sheet, Start::Open))
    }

    fn later(&self, beside: &Beside<'_>, text: &str) -> Result<Beginning, ApiError> {
        let row = entry_of(beside.view, text)?;
        let due = due(beside, &row.entry);
        if due.is_empty() {
            return Err(ApiError::new(ErrorReason::NotFound, "nothing was begun")
                .because("nothing is asked about this entry today")
                .with_next("What is asked about today shows up by itself.")
                .at_terminal("`haven today` shows what is."));
        }
        let sheet = match beside.of_entry(row) {
            Some(kept) => kept,
            None => self.of_entry(row)?,
        };
        Ok(Beginning { sheet, start: Start::First, later: due, begun: None })
    }

    fn of_entry(&self, row: &Row) -> Result<Sheet, ApiError> {
        let made_with = row.entry.exercise.clone().ok_or_else(no_exercise)?;
        Ok(Sheet::of_entry(self.new_draft(), made_with, row))
    }

    /// The later questions that a draft answers, where everything else in it was answered before.
    fn later_of(&self, beside: &Beside<'_>, kept: &DraftShown) -> Vec<String> {
        let Some(row) = kept.entry.and_then(|entry| beside.view.entry(entry)) else { return Vec::new() };
        let mut entry = row.entry.clone();
        entry.answers = kept.draft.answers.clone();
        let made_with = entry.exercise.as_ref();
        let Some(exercise) = made_with.and_then(|it| beside.shelf.exercises.get_version(&it.id, it.version))
        else {
            return Vec::new();
        };
        let is_later = |id: &FieldId| exercise.field(id).is_some_and(|field| field.phase == Phase::Later);
        entry.answers.retain(|id, _| !is_later(id));
        due(beside, &entry)
    }
}

impl Beside<'_> {
    /// The draft of an entry, if there is one.
    fn of_entry(&self, row: &Row) -> Option<Sheet> {
        let is_it = |draft: &&DraftShown| {
            draft.entry == Some(row.entry.id) && draft.draft.exercise == row.entry.exercise
        };
        self.drafts.iter().find(is_it).and_then(of_kept)
    }
}

impl Walking<'_> {
    /// The page that a walk begins with.
    fn first_page(&self, start: Start) -> Place {
        if self.is_held() {
            return Place::Held(Before::Nothing);
        }
        if self.later.is_empty() { Place::Intro(start) } else { self.start(Start::First) }
    }

    /// Begins a measure anew that was begun on an earlier day.
    pub(super) fn begin_anew(&mut self, begun: Date) -> Result<Place, Status> {
        let room = self.room;
        let measure = offered(&self.course.shelf.measures, self.sheet.exercise.id.as_str())?.reference();
        let at = self.room.now_as_in(&self.sheet.draft.at);
        let people = self.sheet.draft.people.clone();
        self.sheet = Sheet::begin(room.new_draft(), measure, people, at);
        self.course = room.course(&self.snapshot.view, &self.sheet, &self.telling, self.today, &[])?;
        (self.begun, self.has_called) = (Some(begun), false);
        Ok(Place::Intro(Start::First))
    }

    /// Puts everything that came where it belongs: what fits among the answers, what does not beside them.
    ///
    /// # Errors
    /// Something answers a question that is not asked.
    pub(super) fn sort(&mut self) -> Result<(), Status> {
        let view = &self.snapshot.view;
        let came: Vec<(String, Value)> = std::mem::take(&mut self.sheet.answers).into_iter().collect();
        let is_known = |id: &str| {
            let asked = self.course.shelf.made_with(&self.course.made_with);
            asked.is_some_and(|asked| asked.asks(id)) || (self.course.is_measure() && id == PERSON_FIELD)
        };
        for id in came.iter().map(|(id, _)| id).chain(self.sheet.typed.keys()) {
            if !is_known(id) {
                return Err(unasked().into());
            }
        }
        for (id, answer) in came {
            match self.room.fit(view, &self.people, &self.course, &self.sheet, &id, answer.clone()) {
                Fit::Nothing => {}
                Fit::Answer(answer) => drop(self.sheet.answers.insert(id, answer)),
                Fit::Misfit(_) if self.course.asks(&id) => drop(self.sheet.typed.insert(id, answer)),
                Fit::Misfit(_) => return Err(unasked().into()),
            }
        }
        Ok(())
    }
}

fn of_kept(kept: &DraftShown) -> Option<Sheet> {
    let made_with = kept.draft.exercise.clone()?;
    Some(Sheet::of_kept(kept, made_with))
}

fn entry_of<'v>(view: &'v View, text: &str) -> Result<&'v Row, ApiError> {
    let id = names::entry(view, text)?;
    view.entry(id).map(|row| &**row).ok_or_else(no_exercise)
}

/// The later questions of an entry whose time has come.
fn due(beside: &Beside<'_>, entry: &Entry) -> Vec<String> {
    let people = progress::people(beside.view);
    let Shelf { exercises, measures, .. } = &beside.shelf;
    let frame = haven_core::progress::Frame { people: &people, exercises, measures, today: beside.today };
    let later = today(&frame, [entry], None).later;
    later.into_iter().flat_map(|later| later.questions).map(|(id, _)| id.to_string()).collect()
}

fn no_exercise() -> ApiError {
    ApiError::invalid("nothing was begun", "that answers no exercise")
        .with_next("Name an exercise, or an entry or a draft that answers one.")
}

fn unasked() -> ApiError {
    ApiError::invalid("it can't go on from here", "something in it answers no question")
        .with_next("Send the walk back as it came, or begin again.")
}
