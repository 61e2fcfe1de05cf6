//! Whatever other devices may have written: no view fails, speaks of too few, follows the order of the entries, or repeats a
//! word of the person.

use proptest::prelude::*;

use super::fixture::{Journal, person};
use crate::answers::{Answer, Answers, Item};
use crate::entry::EntryKind;
use crate::progress::*;
use crate::sentence::Sentence;
use crate::sentence::tests::Voice;
use crate::time::Timestamp;

const EXERCISES: [&str; 15] = [
    "x-wait",
    "x-breath",
    "x-chain",
    "x-thought",
    "x-test",
    "x-signs",
    "x-map",
    "x-met",
    "x-session",
    "two-axis",
    "seven-signs",
    "phq-9",
    "gad-7",
    "ecr-rs",
    "no-such-thing",
];

const FIELDS: [&str; 26] = [
    "suds_before",
    "suds_after",
    "when",
    "person",
    "urge",
    "belief_before",
    "belief_after",
    "rerate@P7D",
    "rerate@P28D",
    "sure",
    "result",
    "closeness",
    "trust",
    "circle",
    "understood",
    "valued",
    "cared",
    "homework",
    "homework_due",
    "tried",
    "q1",
    "q2",
    "q9",
    "w1",
    "w2",
    "d1",
];

const OPTIONS: [&str; 9] =
    ["reach", "check", "as-feared", "partly", "not", "yes", "inner", "outer", "prefer-not-to-say"];

fn any_answer() -> impl Strategy<Value = Answer> {
    prop_oneof![
        4 => (0_i32..=10).prop_map(Answer::Scale),
        1 => any::<i32>().prop_map(Answer::Scale),
        3 => proptest::sample::select(&OPTIONS[..]).prop_map(|option| Answer::Choice(option.into())),
        2 => (1_u8..=4).prop_map(|byte| Answer::Person(person(byte))),
        1 => Just(Answer::Text("secret".into())),
        1 => (0_usize..3).prop_map(|things| Answer::List(vec![Item::words("secret"); things])),
        1 => any_day().prop_map(|day| Answer::DateTime(day.parse().unwrap())),
    ]
}

fn any_day() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => (1_u8..=5, 1_u8..=28).prop_map(|(month, day)| format!("2026-{month:02}-{day:02}")),
        1 => Just("-009999-01-01".to_owned()),
        1 => Just("9999-12-31".to_owned()),
    ]
}

/// An entry that answers an exercise by accident only.
fn any_entry() -> impl Strategy<Value = (String, &'static str, Answers, bool)> {
    let answers = proptest::collection::btree_map(proptest::sample::select(&FIELDS[..]), any_answer(), 0..12);
    let answers = answers.prop_map(|answers| -> Answers {
        answers.into_iter().map(|(field, answer)| (field.parse().unwrap(), answer)).collect()
    });
    let trashed = proptest::bool::weighted(0.1);
    (any_day(), proptest::sample::select(&EXERCISES[..]), answers, trashed)
}

/// An entry that answers one of them whole.
fn whole_entry() -> impl Strategy<Value = Whole> {
    let day = (1_u8..=28, 1_u8..=3, 0_i32..=7);
    (0_u8..7, day).prop_map(|(kind, (day, who, point))| Whole { kind, day, who, point })
}

#[derive(Clone, Copy, Debug)]
struct Whole {
    kind: u8,
    day: u8,
    who: u8,
    point: i32,
}

impl Whole {
    fn add(self, journal: &mut Journal) {
        let Self { kind, day, who, point } = self;
        let date = format!("2026-{:02}-{day:02}", 1 + day % 5);
        match kind {
            0 => journal.check_in(&date, (who < 3).then_some(who), 1 + point % 7),
            1 => journal.pair(if who == 1 { "x-wait" } else { "x-breath" }, day, 50, 10 * point),
            2 => journal.moment(
                &date,
                (who < 3).then_some(who),
                ["reach", "check", "leave"][point as usize % 3],
            ),
            3 => journal.belief(day, 60, 10 * point, [Some(5 * point), (who == 1).then_some(10)]),
            4 => journal.response(i32::from(day), who, [point, 3, 4]),
            5 => journal.measure("ecr-rs", &date, Some(who), &[1 + point % 7; 9]),
            _ => journal.measure("seven-signs", &date, None, &[point; 7]),
        }
    }
}

fn journal(empty: Journal, any: &[(String, &'static str, Answers, bool)], whole: &[Whole]) -> Journal {
    let mut journal = empty;
    for (day, exercise, answers, trashed) in any {
        journal.add(EntryKind::Exercise, day, Some(exercise), answers.clone());
        journal.entries.last_mut().unwrap().trashed = trashed.then(Timestamp::default);
    }
    whole.iter().for_each(|entry| entry.add(&mut journal));
    journal
}

/// Every view of a journal.
#[derive(Debug, PartialEq)]
struct Views {
    planes: Vec<Option<Plane>>,
    pairs: Vec<BeforeAfter>,
    moments: Moments,
    beliefs: Vec<Beliefs>,
    calibration: Calibration,
    signs: Option<Vec<SignSeries>>,
    circles: Circles,
    responses: Vec<Responses>,
    homework: Homework,
    histories: Vec<History>,
    days: Days,
}

fn views(journal: &Journal) -> Views {
    let (frame, entries) = (journal.frame(), &journal.entries);
    let plane = |id: &str| plane(&frame, &id.parse().unwrap(), entries);
    Views {
        planes: ["two-axis", "ecr-rs"].map(plane).into(),
        pairs: before_after(&frame, entries),
        moments: moments(&frame, entries),
        beliefs: beliefs(&frame, entries),
        calibration: calibration(&frame, entries),
        signs: signs(&frame, entries),
        circles: circles(&frame, entries),
        responses: responses(&frame, entries),
        homework: homework(&frame, entries),
        histories: histories(&frame, entries),
        days: days(&frame, entries),
    }
}

impl Views {
    fn trails(&self) -> impl Iterator<Item = &Trail> {
        self.planes.iter().flatten().flat_map(|plane| &plane.trails)
    }

    fn sentences(&self) -> Vec<&Sentence> {
        let mut all: Vec<&Sentence> = self.trails().map(|trail| &trail.says).collect();
        all.extend(self.pairs.iter().map(|view| &view.says));
        all.extend(self.moments.months.iter().map(|month| &month.says));
        all.extend(self.moments.together.iter().map(|together| &together.says));
        all.extend(self.beliefs.iter().flat_map(|beliefs| &beliefs.steps).map(|step| &step.says));
        all.extend(self.calibration.ranges.iter().map(|range| &range.says));
        all.extend(self.signs.iter().flatten().map(|series| &series.says));
        all.extend(&self.circles.says);
        all.extend(self.responses.iter().map(|strip| &strip.says));
        all.extend(self.histories.iter().flat_map(|history| &history.says).flat_map(|says| &says.sentences));
        all.push(&self.homework.says);
        all.extend(&self.days.says);
        all
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn views_are_total_and_do_not_depend_on_the_order_of_the_entries(
        empty in Just(Journal::new()),
        any in proptest::collection::vec(any_entry(), 0..40),
        whole in proptest::collection::vec(whole_entry(), 0..60),
        turn in any::<proptest::sample::Index>(),
    ) {
        let mut journal = journal(empty, &any, &whole);
        let before = views(&journal);
        let turn = if journal.entries.is_empty() { 0 } else { turn.index(journal.entries.len()) };
        journal.entries.rotate_left(turn);
        journal.entries.reverse();
        prop_assert_eq!(&before, &views(&journal));
        let shown = format!("{before:?}");
        prop_assert!(!shown.contains("secret"), "a view holds no word of the person");
        let voice = Voice::new();
        let said: Vec<String> = before.sentences().into_iter().map(|sentence| voice.says(sentence)).collect();
        let clean = said.iter().all(|text| !text.contains(['{', '}']) && !text.contains("secret"));
        prop_assert!(clean);
    }

    #[test]
    fn nothing_is_said_about_too_few(
        empty in Just(Journal::new()),
        any in proptest::collection::vec(any_entry(), 0..40),
        whole in proptest::collection::vec(whole_entry(), 0..80),
    ) {
        let views = views(&journal(empty, &any, &whole));
        for trail in views.trails() {
            let told = trail.says.saying() != crate::sentence::Saying::FewPoints;
            prop_assert_eq!(told, trail.points.len() >= TREND_POINTS_MIN);
            prop_assert!(!trail.points[0].joined, "no line leads to the first point");
        }
        for view in &views.pairs {
            prop_assert_eq!(view.median.is_some(), view.pairs.len() >= MEDIAN_PAIRS_MIN);
        }
        for step in views.beliefs.iter().flat_map(|beliefs| &beliefs.steps) {
            prop_assert_eq!(step.median.is_some(), step.count >= MEDIAN_PAIRS_MIN);
        }
        for together in &views.moments.together {
            prop_assert!(together.with.1.min(together.without.1) >= SIDE_ENTRIES_MIN);
            prop_assert!(together.with.0 <= together.with.1 && together.without.0 <= together.without.1);
        }
        for strip in &views.responses {
            let told = strip.says.saying() == crate::sentence::Saying::Responses;
            prop_assert_eq!(told, strip.times.len() >= RESPONSES_MIN);
        }
        for series in views.signs.iter().flatten() {
            let told = series.says.saying() == crate::sentence::Saying::SignRange;
            prop_assert_eq!(told, series.points.len() >= TREND_POINTS_MIN);
        }
    }
}
