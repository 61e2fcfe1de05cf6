//! Under each score stands what is said of that score, whatever the measure.

use proptest::prelude::*;
use proptest::sample::Index;

use super::fixture::Journal;
use crate::answers::ExerciseId;
use crate::content::Library;
use crate::measure::Measures;
use crate::progress::*;
use crate::sentence::{Sayings, Speaker};

fn ids(frame: &Frame<'_>) -> Vec<ExerciseId> {
    frame.measures.all().map(|measure| measure.id.clone()).collect()
}

/// The sentences of the view, and those that each score has by itself.
fn told_and_expected(journal: &Journal) -> (Vec<String>, Vec<String>) {
    let (sayings, exercises, measures) =
        (Sayings::built_in().unwrap(), Library::default(), Measures::default());
    let name = |_| Some("Ann".to_owned());
    let speaker = Speaker {
        sayings: &sayings,
        language: "en",
        exercises: &exercises,
        measures: &measures,
        name: &name,
    };
    let frame = journal.frame();
    let told = told(Topic::Measures, &frame, &journal.entries, None, &speaker);
    let expected = histories(&frame, &journal.entries).into_iter().flat_map(|history| {
        let measure = frame.measures.get(&history.measure).unwrap();
        let text = |key| measure.texts.get("en", key).to_owned();
        let mut lines = Vec::new();
        for subscale in &measure.subscales {
            let says = history.says.iter().find(|says| says.subscale == subscale.id);
            for sentence in says.iter().flat_map(|says| &says.sentences) {
                let (title, label) = (text(&measure.title), text(&subscale.label));
                lines.push(format!("{title}, {label}: {}", sentence.text(&speaker)));
            }
        }
        lines
    });
    (told.says.lines().map(str::to_owned).collect(), expected.collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_score_of_every_measure_has_its_own_verdict_and_its_own_caveat(
        sheets in [prop::collection::vec(any::<Index>(), 40), prop::collection::vec(any::<Index>(), 40)],
        later in 1_i32..200,
    ) {
        let journal = Journal::new();
        for id in ids(&journal.frame()) {
            let mut journal = journal.clone();
            let measure = journal.frame().measures.get(&id).unwrap().clone();
            let (min, max) = (measure.scale.min, measure.scale.max);
            let first = super::date("2025-09-01");
            for (sheet, day) in sheets.iter().zip([first, first.plus_days(later)]) {
                let point = |index: &Index| min + index.index(usize::try_from(max - min + 1).unwrap()) as i32;
                let points: Vec<i32> = sheet.iter().take(measure.items.len()).map(point).collect();
                journal.measure(id.as_str(), &day.to_string(), None, &points);
            }
            let (says, expected) = told_and_expected(&journal);
            let about_general = says.iter().map(|line| line.replacen(", In general", "", 1));
            prop_assert_eq!(about_general.collect::<Vec<_>>(), expected.clone(), "{}", id);
            let verdicts = expected.iter().filter(|line| !line.contains("The limit used here")).count();
            prop_assert_eq!(verdicts, measure.subscales.len(), "{}", id);
            let provisional = measure.subscales.iter().filter(|it| it.change.as_ref().is_some_and(|rule| rule.is_provisional()));
            let rules = if later < i32::try_from(measure.retest.min_days).unwrap() { 0 } else { provisional.count() };
            prop_assert_eq!(expected.len() - verdicts, rules, "{}", id);
        }
    }
}

#[test]
fn every_score_comes_with_the_ends_of_its_scale_whatever_was_answered() {
    let mut journal = Journal::new();
    let measure = journal.frame().measures.all().find(|it| it.plane.is_some()).unwrap().clone();
    let points = vec![measure.scale.max; measure.items.len()];
    journal.measure(measure.id.as_str(), "2026-01-02", None, &points);
    let (sayings, exercises, measures) =
        (Sayings::built_in().unwrap(), Library::default(), Measures::default());
    let speaker = Speaker {
        sayings: &sayings,
        language: "en",
        exercises: &exercises,
        measures: &measures,
        name: &|_| None,
    };
    let told = told(Topic::Measures, &journal.frame(), &journal.entries, None, &speaker);
    let scores = told.data["measures"][0]["scores"].as_array().unwrap();
    let ends: Vec<_> =
        scores.iter().map(|it| (it["min"].as_f64().unwrap(), it["max"].as_f64().unwrap())).collect();
    assert_eq!(ends, measure.subscales.iter().map(|it| it.range).collect::<Vec<_>>());
}
