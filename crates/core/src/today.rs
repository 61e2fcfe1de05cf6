//! What comes up today: what was begun, questions that were to be asked later, and at most one suggestion. Nothing here is due, nothing is
//! counted, and what is left alone goes away by itself.

use std::collections::{BTreeMap, BTreeSet};

use crate::answers::{Answer, ExerciseId, FieldId, complete};
use crate::entry::{Entry, EntryKind};
use crate::exercise::{Exercise, Field, Gate, NotWhen, Phase, Step};
use crate::id::EntryId;
use crate::person::{Relation, Safe};
use crate::progress::Frame;
use crate::support::PLAN;
use crate::time::Date;

/// For how many days a later question keeps coming up. Asked longer after its time, it would measure memory.
pub const ASKED_DAYS: i32 = 21;

/// For how many days something begun keeps coming up. After that it stays an entry like any other.
pub const OPEN_DAYS: i32 = 14;

/// The most exercises that come up as begun, one entry of each: what goes on is the one begun last, and a longer list would read
/// like something owed.
pub const OPEN_MAX: usize = 3;

/// The most minutes of a suggestion: something small, or nothing.
pub const SUGGESTED_MINUTES_MAX: u32 = 6;

/// For how many days after a time of need some exercises are not suggested.
pub const RECENT_HELP_DAYS: i32 = 7;

/// Hours of a day.
const HOURS_A_DAY: u32 = 24;

/// What comes up today.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Today {
    /// Exercises that were begun and left, on whichever device, the latest first; the latest entry of each.
    pub open: Vec<Open>,
    /// Entries with questions whose time has come, the latest first. After a time of need they wait some days, like what rests; after an
    /// answer that called for support all of them.
    pub later: Vec<Later>,
    /// An exercise that might do good; none when there is no small one to suggest.
    pub suggestion: Option<ExerciseId>,
    /// Exercises that are not brought up, since help was needed in the last days and they are not for such days.
    pub resting: BTreeSet<ExerciseId>,
}

/// An exercise that was begun and left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Open {
    /// The entry.
    pub entry: EntryId,
    /// The exercise it answers.
    pub exercise: ExerciseId,
    /// The date of the entry.
    pub date: Date,
}

/// The questions of one entry whose time has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Later {
    /// The entry.
    pub entry: EntryId,
    /// The exercise it answers.
    pub exercise: ExerciseId,
    /// The date of the entry.
    pub date: Date,
    /// The ids of the answers, each with the field that asks, in the order of the exercise.
    pub questions: Vec<(FieldId, FieldId)>,
}

/// Looks at what comes up today. `helped` is the day on which help was last asked for on this device, if that is known.
pub fn today<'e>(
    frame: &Frame<'_>,
    entries: impl IntoIterator<Item = &'e Entry>,
    helped: Option<Date>,
) -> Today {
    let (mut open, mut later) = (Vec::new(), Vec::new());
    let mut practice = Practice {
        has_therapist: knows_therapist(frame),
        asked_for_help: helped.is_some_and(|day| is_recent(frame, day)),
        ..Practice::default()
    };
    for entry in entries.into_iter().filter(|entry| entry.trashed.is_none()) {
        practice.count(frame, entry);
        match begun(frame, entry) {
            Some(begun) => open.push(begun),
            None => later.extend(questions(frame, entry)),
        }
    }
    let resting = resting(frame, &practice);
    // After an answer that called for support it's the plan for low times and nothing else; after that they come up again.
    later.retain(|one| !practice.needed_help && !resting.contains(&one.exercise));
    open.sort_by_key(|one| std::cmp::Reverse((one.date, one.entry)));
    let mut begun = BTreeSet::new();
    open.retain(|one| begun.len() < OPEN_MAX && begun.insert(one.exercise.clone()));
    later.sort_by_key(|one| std::cmp::Reverse((one.date, one.entry)));
    Today { open, later, suggestion: suggestion(frame, &practice), resting }
}

/// The exercises that are not brought up for some days after a time of need.
fn resting(frame: &Frame<'_>, practice: &Practice) -> BTreeSet<ExerciseId> {
    if !practice.needed_help && !practice.asked_for_help {
        return BTreeSet::new();
    }
    let rests = |exercise: &&Exercise| exercise.safety.not_when.contains(&NotWhen::RecentHelp);
    frame.exercises.iter().filter(rests).map(|exercise| exercise.id.clone()).collect()
}

/// Tells whether the last days held a time of need: help was asked for, or an answer called for support. `helped` is as in [`today`].
pub fn is_help_recent<'e>(
    frame: &Frame<'_>,
    entries: impl IntoIterator<Item = &'e Entry>,
    helped: Option<Date>,
) -> bool {
    let mut kept = entries.into_iter().filter(|entry| entry.trashed.is_none());
    helped.is_some_and(|day| is_recent(frame, day)) || kept.any(|entry| called_for_support(frame, entry))
}

/// What a suggestion has to know of the journal.
#[derive(Default)]
struct Practice {
    /// When each exercise was done last.
    last: BTreeMap<ExerciseId, Date>,
    /// Whether an answer of the last days called for support.
    needed_help: bool,
    /// Whether help was asked for in the last days.
    asked_for_help: bool,
    /// Whether there is a therapist to work with.
    has_therapist: bool,
}

impl Practice {
    fn count(&mut self, frame: &Frame<'_>, entry: &Entry) {
        self.has_therapist |= entry.kind == EntryKind::Session;
        let Some(made_with) = &entry.exercise else { return };
        let done = self.last.entry(made_with.id.clone()).or_insert(entry.at.date());
        *done = (*done).max(entry.at.date());
        self.needed_help |= called_for_support(frame, entry);
        let exercise = frame.exercises.get_version(&made_with.id, made_with.version);
        self.has_therapist |= exercise.is_some_and(is_for_therapy);
    }
}

/// Somebody who helps by profession is among the people.
fn knows_therapist(frame: &Frame<'_>) -> bool {
    frame.people.iter().any(|person| person.relation == Some(Relation::Professional) && !person.died)
}

/// The exercise is for working with a therapist and for nothing else.
fn is_for_therapy(exercise: &Exercise) -> bool {
    exercise.steps == [Step::Therapy]
}

/// The entry, if its exercise was left before its end not long ago.
fn begun(frame: &Frame<'_>, entry: &Entry) -> Option<Open> {
    let made_with = entry.exercise.as_ref()?;
    let exercise = frame.exercises.get_version(&made_with.id, made_with.version)?;
    let date = entry.at.date();
    let is_open = date >= frame.today.plus_days(-OPEN_DAYS) && !complete(exercise, &entry.answers);
    is_open.then(|| Open { entry: entry.id, exercise: exercise.id.clone(), date })
}

fn is_recent(frame: &Frame<'_>, day: Date) -> bool {
    day >= frame.today.plus_days(-RECENT_HELP_DAYS)
}

fn called_for_support(frame: &Frame<'_>, entry: &Entry) -> bool {
    let measure = entry.exercise.as_ref().and_then(|it| frame.measures.get_version(&it.id, it.version));
    is_recent(frame, entry.at.date()) && measure.is_some_and(|measure| measure.score(&entry.answers).support)
}

/// The questions of an entry whose time has come; none of an exercise that the person took back.
fn questions(frame: &Frame<'_>, entry: &Entry) -> Option<Later> {
    let made_with = entry.exercise.as_ref()?;
    frame.exercises.offered(&made_with.id)?;
    let exercise = frame.exercises.get_version(&made_with.id, made_with.version)?;
    let open = exercise.fields.iter().filter(|field| field.phase == Phase::Later);
    let open = open.flat_map(|field| occasions(field, entry)).filter(|(id, _, asked)| {
        let comes_up = *asked <= frame.today && frame.today <= asked.plus_days(ASKED_DAYS);
        comes_up && !entry.answers.contains_key(id)
    });
    let questions: Vec<_> = open.map(|(id, field, _)| (id, field)).collect();
    let (entry_id, date) = (entry.id, entry.at.date());
    let later = Later { entry: entry_id, exercise: exercise.id.clone(), date, questions };
    (!later.questions.is_empty()).then_some(later)
}

/// The answers that a later field asks for, and the date from which it asks.
fn occasions(field: &Field, entry: &Entry) -> Vec<(FieldId, FieldId, Date)> {
    let date = entry.at.date();
    if let Some(on) = &field.on {
        let Some(Answer::Date(asked)) = entry.answers.get(on) else { return Vec::new() };
        return vec![(field.id.clone(), field.id.clone(), *asked)];
    }
    let occasion = |delay: &crate::exercise::Delay| {
        let id =
            if field.repeats() { format!("{}@{delay}", field.id).parse().ok()? } else { field.id.clone() };
        let days = i32::try_from(delay.hours() / HOURS_A_DAY).ok()?;
        Some((id, field.id.clone(), date.plus_days(days)))
    };
    field.after.iter().filter_map(occasion).collect()
}

/// The small exercise that was done longest ago, or never. It asks for nobody else's part where somebody is not safe to be open
/// with, not for a steady hour, and for a therapist only where the journal shows one. After an answer that called for support
/// it is the person's own plan for low times and nothing else, and nothing where that is written already.
fn suggestion(frame: &Frame<'_>, practice: &Practice) -> Option<ExerciseId> {
    if practice.needed_help {
        let is_open =
            |plan: &ExerciseId| !practice.last.contains_key(plan) && frame.exercises.offered(plan).is_some();
        return PLAN.parse().ok().filter(is_open);
    }
    let last = &practice.last;
    let is_safe = !frame.people.iter().any(|person| person.safe == Some(Safe::No));
    let fits = |exercise: &&Exercise| {
        let safety = &exercise.safety;
        let waits = practice.asked_for_help && safety.not_when.contains(&NotWhen::RecentHelp);
        let lacks_therapist = !practice.has_therapist && is_for_therapy(exercise);
        let is_small = exercise.minutes <= SUGGESTED_MINUTES_MAX && !exercise.single;
        let may_speak = safety.gate == Gate::None || (is_safe && !practice.asked_for_help);
        is_small && may_speak && !waits && !lacks_therapist
    };
    let candidates = frame.exercises.iter().filter(fits);
    // Something done today is not suggested again today; among what was never done, the day decides.
    let fresh = candidates.filter(|exercise| last.get(&exercise.id).is_none_or(|done| *done < frame.today));
    let mut fresh: Vec<_> = fresh.map(|exercise| (last.get(&exercise.id).copied(), &exercise.id)).collect();
    fresh.sort();
    let longest = fresh.first()?.0;
    let equal = fresh.iter().take_while(|(done, _)| *done == longest).count();
    let day = frame.today.days_since_epoch().unsigned_abs() as usize;
    Some(fresh[day % equal].1.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::{Answers, Item, ItemValue};
    use crate::entry::Draft;
    use crate::id::PersonId;
    use crate::person::Person;
    use crate::shelf::Shelf;
    use crate::time::Timestamp;

    fn entry(shelf: &Shelf, number: u8, id: &str, at: &str, answers: &[(&str, Answer)]) -> Entry {
        let asked = shelf.find(&id.parse().unwrap(), None).unwrap();
        let answers: Answers =
            answers.iter().map(|(field, answer)| (field.parse().unwrap(), answer.clone())).collect();
        let mut draft = Draft::new(EntryKind::Exercise, at.parse().unwrap());
        (draft.exercise, draft.answers) = (Some(asked.reference()), answers);
        draft.into_entry(EntryId::from_bytes([number; 16]), Timestamp::default())
    }

    fn on(shelf: &Shelf, day: &str, entries: &[Entry]) -> Today {
        with_people(shelf, day, &[], entries)
    }

    fn with_people(shelf: &Shelf, day: &str, people: &[Person], entries: &[Entry]) -> Today {
        let Shelf { exercises, measures, .. } = shelf;
        today(&Frame { people, exercises, measures, today: day.parse().unwrap() }, entries, None)
    }

    /// What is suggested in the weeks after a day, each once.
    fn suggested(
        people: &[Person],
        entries: &[Entry],
        from: &str,
        helped: Option<()>,
    ) -> BTreeSet<ExerciseId> {
        let Shelf { exercises, measures, .. } = &Shelf::built_in().unwrap();
        let from: Date = from.parse().unwrap();
        let days = (0..60).map(|day| from.plus_days(day));
        let frame = |today| Frame { people, exercises, measures, today };
        days.filter_map(|day| today(&frame(day), entries, helped.map(|_| day)).suggestion).collect()
    }

    fn asked(today: &Today) -> Vec<&str> {
        today.later.iter().flat_map(|one| &one.questions).map(|(id, _)| id.as_str()).collect()
    }

    #[test]
    fn a_later_question_comes_up_in_its_time_and_goes_away_by_itself() {
        let shelf = Shelf::built_in().unwrap();
        let thought = |later: &[(&str, Answer)]| {
            let text = |text: &str| Answer::Text(text.into());
            let list = || Answer::List(vec![Item { value: ItemValue::Text("a".into()), weight: None }]);
            let mut answers = vec![("thought", text("t")), ("fairer", text("f"))];
            answers.extend(["facts_for", "facts_not"].map(|field| (field, list())));
            let rated = ["belief_before", "belief_after", "suds_before", "suds_after"];
            answers.extend(rated.map(|field| (field, Answer::Scale(50))));
            answers.extend(later.iter().cloned());
            [entry(&shelf, 1, "thought-check", "2026-11-01", &answers)]
        };
        let open = thought(&[]);
        assert!(asked(&on(&shelf, "2026-11-07", &open)).is_empty());
        assert_eq!(asked(&on(&shelf, "2026-11-08", &open)), ["rerate@P7D"]);
        assert_eq!(asked(&on(&shelf, "2026-11-29", &open)), ["rerate@P7D", "rerate@P28D"]);
        assert_eq!(asked(&on(&shelf, "2026-12-01", &open)), ["rerate@P28D"]);
        assert!(asked(&on(&shelf, "2027-02-01", &open)).is_empty());
        let answered = thought(&[("rerate@P7D", Answer::Scale(20))]);
        assert!(asked(&on(&shelf, "2026-11-10", &answered)).is_empty());
    }

    #[test]
    fn a_question_that_waits_for_a_date_waits_for_it() {
        let shelf = Shelf::built_in().unwrap();
        let by = Answer::Date("2026-11-20".parse().unwrap());
        let test = |by: &[(&str, Answer)]| {
            let text = |text: &str| Answer::Text(text.into());
            let answers = [("prediction", text("p")), ("test", text("t")), ("sure", Answer::Scale(50))];
            let answers: Vec<_> = answers.into_iter().chain(by.iter().cloned()).collect();
            [entry(&shelf, 1, "small-test", "2026-11-01", &answers)]
        };
        let (test, open) = (test(&[("by", by)]), test(&[]));
        assert!(asked(&on(&shelf, "2026-11-19", &test)).is_empty());
        assert!(asked(&on(&shelf, "2026-11-20", &test)).contains(&"result"));
        assert!(asked(&on(&shelf, "2026-11-20", &open)).is_empty());
    }

    #[test]
    fn what_was_begun_comes_up_for_a_while_and_asks_nothing_later() {
        let shelf = Shelf::built_in().unwrap();
        let begun = [entry(&shelf, 1, "thought-check", "2026-11-01", &[("suds_before", Answer::Scale(50))])];
        let opened = |day| on(&shelf, day, &begun).open.into_iter().map(|one| one.entry).collect::<Vec<_>>();
        assert_eq!(opened("2026-11-08"), [begun[0].id]);
        assert!(asked(&on(&shelf, "2026-11-08", &begun)).is_empty());
        assert!(opened("2026-11-16").is_empty());
    }

    #[test]
    fn of_each_exercise_the_last_begun_comes_up_and_a_few_in_all() {
        let shelf = Shelf::built_in().unwrap();
        let begun = |number: u8, id: &str, day: &str| entry(&shelf, number, id, day, &[]);
        let entries = [
            begun(1, "name-it", "2026-11-01"),
            begun(2, "name-it", "2026-11-03"),
            begun(3, "kind-word", "2026-11-02"),
            begun(4, "my-loop", "2026-11-05"),
            begun(5, "thought-check", "2026-11-04"),
        ];
        let open = on(&shelf, "2026-11-06", &entries).open;
        let open: Vec<_> = open.iter().map(|one| one.exercise.as_str()).collect();
        assert_eq!(open, ["my-loop", "thought-check", "name-it"]);
    }

    #[test]
    fn what_is_in_the_trash_asks_nothing() {
        let shelf = Shelf::built_in().unwrap();
        let mut thought = entry(&shelf, 1, "thought-check", "2026-11-01", &[]);
        thought.trashed = Some(Timestamp::default());
        assert!(on(&shelf, "2026-11-10", &[thought]).later.is_empty());
    }

    #[test]
    fn at_most_one_small_exercise_is_suggested_and_another_after_it_was_done() {
        let shelf = Shelf::built_in().unwrap();
        let first = on(&shelf, "2026-11-10", &[]).suggestion.unwrap();
        let exercise = shelf.exercises.get(&first).unwrap();
        assert!(exercise.minutes <= SUGGESTED_MINUTES_MAX);
        let done = [entry(&shelf, 1, first.as_str(), "2026-11-10", &[])];
        assert_ne!(on(&shelf, "2026-11-10", &done).suggestion.unwrap(), first);
    }

    #[test]
    fn after_an_answer_that_called_for_support_only_the_plan_is_suggested_for_a_week() {
        let shelf = Shelf::built_in().unwrap();
        let declined = Answer::Choice(crate::measure::PREFER_NOT_TO_SAY.into());
        for answer in [Answer::Scale(1), declined] {
            let entries = [entry(&shelf, 1, "phq-9", "2026-11-01", &[("q9", answer)])];
            for day in 1..=8 {
                let suggested = on(&shelf, &format!("2026-11-0{day}"), &entries).suggestion;
                assert_eq!(suggested, PLAN.parse().ok(), "{day}");
            }
            assert_ne!(on(&shelf, "2026-11-09", &entries).suggestion, PLAN.parse().ok());
            let written = entry(&shelf, 2, PLAN, "2025-01-01", &[]);
            let entries = [entries.into_iter().next().unwrap(), written];
            assert_eq!(on(&shelf, "2026-11-02", &entries).suggestion, None, "a plan is written once");
        }
        let quiet = [entry(&shelf, 1, "phq-9", "2026-11-01", &[("q9", Answer::Scale(0))])];
        assert_ne!(on(&shelf, "2026-11-02", &quiet).suggestion, PLAN.parse().ok());
    }

    #[test]
    fn later_questions_wait_for_a_week_after_help_was_needed_and_come_up_again() {
        let shelf = Shelf::built_in().unwrap();
        let asked_on = Answer::Date("2026-11-02".parse().unwrap());
        let test = || entry(&shelf, 1, "small-test", "2026-10-10", &[("by", asked_on.clone())]);
        let low = |answer| entry(&shelf, 2, "phq-9", "2026-11-01", &[("q9", Answer::Scale(answer))]);
        assert!(!on(&shelf, "2026-11-08", &[test(), low(0)]).later.is_empty());
        for (day, comes_up) in [("2026-11-02", false), ("2026-11-08", false), ("2026-11-09", true)] {
            let today = on(&shelf, day, &[test(), low(1)]);
            assert_eq!(!today.later.is_empty(), comes_up, "{day}");
        }
        let Shelf { exercises, measures, .. } = &shelf;
        let day = "2026-11-08".parse().unwrap();
        let frame = Frame { people: &[], exercises, measures, today: day };
        let kind = entry(&shelf, 3, "kept-word", "2026-10-10", &[("by", asked_on.clone())]);
        let came = today(&frame, &[test(), kind], Some(day)).later;
        let came: Vec<&str> = came.iter().map(|one| one.exercise.as_str()).collect();
        assert_eq!(came, ["kept-word"], "help was asked for: what isn't for such days waits");
    }

    #[test]
    fn after_help_was_asked_for_only_what_fits_is_suggested() {
        let shelf = Shelf::built_in().unwrap();
        let of = |helped| suggested(&[], &[], "2026-11-01", helped);
        let (after, otherwise) = (of(Some(())).len(), of(None).len());
        assert!(after > 3 && after < otherwise, "{after} of {otherwise}");
        for id in of(Some(())) {
            let safety = &shelf.exercises.get(&id).unwrap().safety;
            assert!(!safety.not_when.contains(&NotWhen::RecentHelp) && safety.gate == Gate::None, "{id}");
        }
        for id in ["wait", "trigger-chain", "safe-presence"] {
            assert!(of(None).contains(&id.parse().unwrap()), "{id}");
        }
    }

    #[test]
    fn what_asks_for_a_steady_day_rests_for_a_week_after_help_was_needed() {
        let shelf = Shelf::built_in().unwrap();
        let low = [entry(&shelf, 1, "phq-9", "2026-11-01", &[("q9", Answer::Scale(1))])];
        let map: ExerciseId = "early-care-map".parse().unwrap();
        for (day, rests) in [("2026-11-01", true), ("2026-11-08", true), ("2026-11-09", false)] {
            let resting = on(&shelf, day, &low).resting;
            assert_eq!(resting.contains(&map), rests, "{day}");
            assert!(!resting.contains(&"five-senses".parse().unwrap()));
        }
        assert!(on(&shelf, "2026-11-01", &[]).resting.is_empty());
        let Shelf { exercises, measures, .. } = &shelf;
        let day = "2026-11-01".parse().unwrap();
        let frame = Frame { people: &[], exercises, measures, today: day };
        assert!(today(&frame, &[], Some(day)).resting.contains(&map), "help was asked for");
    }

    #[test]
    fn speaking_up_is_suggested_too_but_not_where_somebody_is_not_safe_to_be_open_with() {
        let shelf = Shelf::built_in().unwrap();
        let person = |safe| Person {
            safe,
            ..Person::new(PersonId::from_bytes([1; 16]), "P".parse().unwrap(), Timestamp::default())
        };
        let speaks = |people: &[Person]| {
            let ids = suggested(people, &[], "2026-11-01", None);
            ids.iter().any(|id| shelf.exercises.get(id).unwrap().steps.contains(&Step::Communicate))
        };
        assert!(speaks(&[]) && speaks(&[person(Some(Safe::Mostly))]));
        assert!(!speaks(&[person(Some(Safe::No))]));
    }

    /// Whether one of the exercises for therapy is ever suggested in the weeks after the entries.
    fn suggests_therapy(people: &[Person], entries: &[Entry]) -> bool {
        let shelf = Shelf::built_in().unwrap();
        let first: Date = "2026-11-10".parse().unwrap();
        let days = (0..60).map(|day| first.plus_days(day).to_string());
        let suggested = days.filter_map(|day| with_people(&shelf, &day, people, entries).suggestion);
        suggested.into_iter().any(|id| is_for_therapy(shelf.exercises.get(&id).unwrap()))
    }

    #[test]
    fn what_needs_a_therapist_is_suggested_only_where_the_journal_shows_one() {
        let shelf = Shelf::built_in().unwrap();
        let person = |relation| Person {
            relation,
            ..Person::new(PersonId::from_bytes([1; 16]), "T".parse().unwrap(), Timestamp::default())
        };
        assert!(!suggests_therapy(&[], &[]));
        assert!(!suggests_therapy(&[person(None), person(Some(Relation::Friend))], &[]));
        let professional = person(Some(Relation::Professional));
        assert!(suggests_therapy(std::slice::from_ref(&professional), &[]));
        assert!(!suggests_therapy(&[Person { died: true, ..professional }], &[]));

        let prepared = entry(&shelf, 1, "session-prep", "2026-11-01", &[]);
        let trashed = Entry { trashed: Some(Timestamp::default()), ..prepared.clone() };
        let session = Entry { exercise: None, kind: EntryKind::Session, ..prepared.clone() };
        assert!(suggests_therapy(&[], &[prepared]));
        assert!(suggests_therapy(&[], &[session]));
        assert!(!suggests_therapy(&[], &[trashed]));
    }
}
