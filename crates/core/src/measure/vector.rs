//! Worked examples: answers with the scores they come to by hand. A key that does not give them is refused.

use toml::Spanned;

use super::answers::PREFER_NOT_TO_SAY;
use super::raw::{NumberOrWord, RawVector};
use super::{Item, Measure, MeasureResult, NotScored, Side};
use crate::answers::{Answer, Answers};
use crate::definition::{Place, Report};
use crate::fault::shown;

/// How many examples prove a key at the least. One can be right by accident.
const VECTORS_MIN: usize = 2;

/// How far a score may be from the one in the file, which is written with four digits.
const TOLERANCE: f64 = 0.000_06;

/// What stands for an item without an answer.
const MISSING: &str = "missing";

/// What stands for a score that there is not.
const NOT_SCORED: &str = "not scored";

/// What stands for a score without a band.
const NO_BAND: &str = "none";

/// Checks that there are examples enough and that each comes out as written.
pub(super) fn check(measure: &Measure, text: &str, vectors: &[Spanned<RawVector>], report: &mut Report) {
    if vectors.len() < VECTORS_MIN {
        let what = format!("the measure has {} worked examples", vectors.len());
        let next =
            format!("add at least {VECTORS_MIN} [[vector]], worked out by hand from the published key");
        report.add(&Place::new(text, &(0..0)), what, next);
    }
    for vector in vectors {
        let place = Place::new(text, &vector.span());
        match answers(measure, vector.get_ref()) {
            Ok(answers) => {
                let result = measure.score(&answers);
                compare(measure, vector.get_ref(), &result, &mut |what| {
                    report.add(&place, what, "correct the example, or the key if the example is right");
                });
            }
            Err(what) => {
                report.add(&place, what, "give one answer for each item, or all = a point of the scale");
            }
        }
    }
}

fn answers(measure: &Measure, vector: &RawVector) -> Result<Answers, String> {
    let given: Vec<NumberOrWord> = match (&vector.answers, vector.all) {
        (Some(answers), None) => answers.clone(),
        (None, Some(point)) => vec![NumberOrWord::Number(f64::from(point)); measure.items.len()],
        _ => return Err("the example gives neither answers nor all".into()),
    };
    if given.len() != measure.items.len() {
        return Err(format!("the example has {} answers for {} items", given.len(), measure.items.len()));
    }
    let pairs = measure.items.iter().zip(&given);
    let read = pairs.map(|(item, given)| Ok((item, answer(measure, item, given)?)));
    let read: Result<Vec<_>, String> = read.collect();
    Ok(read?.into_iter().filter_map(|(item, answer)| Some((item.id.clone(), answer?))).collect())
}

fn answer(measure: &Measure, item: &Item, given: &NumberOrWord) -> Result<Option<Answer>, String> {
    match given {
        NumberOrWord::Number(number) => {
            let point = crate::answers::Value::Number(*number).whole();
            let point = point.filter(|point| measure.scale.holds(*point));
            point.map(|point| Some(Answer::Scale(point))).ok_or(format!("{number} is not on the scale"))
        }
        NumberOrWord::Word(word) if word == MISSING => Ok(None),
        NumberOrWord::Word(word) if word == PREFER_NOT_TO_SAY && item.declinable => {
            Ok(Some(Answer::Choice(word.clone())))
        }
        NumberOrWord::Word(word) => Err(format!("\"{}\" is no answer to item {}", shown(word), item.id)),
    }
}

fn compare(measure: &Measure, vector: &RawVector, result: &MeasureResult, wrong: &mut dyn FnMut(String)) {
    if vector.support != result.support {
        wrong(format!("the example says support = {}, and it is {}", vector.support, result.support));
    }
    let known = |id: &String| measure.subscale(id).is_some();
    let named = vector.scores.keys().chain(vector.bands.keys()).chain(vector.sides.keys());
    if let Some(id) = named.into_iter().find(|id| !known(id)) {
        wrong(format!("there is no subscale {}", shown(id)));
    }
    for score in &result.scores {
        let id = &score.subscale;
        match vector.scores.get(id) {
            None => wrong(format!("the example does not say what {id} comes to")),
            Some(expected) if agrees(expected, &score.value) => (),
            Some(_) => wrong(format!("{id} comes to {}", told(&score.value))),
        }
        let value = score.value.as_ref().ok();
        let band = value.and_then(|value| value.band.as_ref()).map_or(NO_BAND, |band| band.label.as_str());
        if vector.bands.get(id).is_some_and(|expected| expected != band) {
            wrong(format!("the band of {id} is {band}"));
        }
        let side = value.and_then(|value| value.side).map_or(NO_BAND, side_word);
        if vector.sides.get(id).is_some_and(|expected| expected != side) {
            wrong(format!("the side of {id} is {side}"));
        }
    }
}

fn agrees(expected: &NumberOrWord, value: &Result<super::Value, NotScored>) -> bool {
    match (expected, value) {
        (NumberOrWord::Number(expected), Ok(value)) => (expected - value.number).abs() <= TOLERANCE,
        (NumberOrWord::Word(word), Err(_)) => word == NOT_SCORED,
        _ => false,
    }
}

fn told(value: &Result<super::Value, NotScored>) -> String {
    match value {
        Ok(value) => format!("{:.4}", value.number),
        Err(_) => NOT_SCORED.to_owned(),
    }
}

fn side_word(side: Side) -> &'static str {
    match side {
        Side::Below => "below",
        Side::Middle => "middle",
        Side::Above => "above",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definition::parse;
    use crate::measure::library::BUILT_IN;
    use crate::measure::raw::RawMeasure;

    /// The examples are there to catch a slip in a key, so that every slip of one or two items has to be caught.
    #[test]
    fn the_examples_of_a_built_in_measure_hold_its_key_item_by_item() {
        for (name, text) in BUILT_IN {
            let measure = Measure::load(text, None).unwrap();
            let raw: RawMeasure = parse(text, usize::MAX).unwrap();
            for first in 0..measure.items.len() {
                for second in first..measure.items.len() {
                    let mut slipped = measure.clone();
                    for index in [first, second] {
                        slipped.items[index].reverse = !measure.items[index].reverse;
                    }
                    let mut report = Report::default();
                    check(&slipped, text, &raw.vector, &mut report);
                    assert!(
                        report.finish().is_err(),
                        "{name}: {} and {} turned round",
                        first + 1,
                        second + 1
                    );
                }
            }
        }
    }
}
