//! Measures over time: every result, and what its published rule says about the change.

use std::collections::BTreeMap;

use super::frame::{Frame, TargetPlace};
use super::series::{Timeline, joins};
use crate::answers::ExerciseId;
use crate::entry::Entry;
use crate::id::EntryId;
use crate::measure::{
    Advice, ChangeRule, Measure, MeasureResult, Retest, ScoreChange, Subscale, Target, Verdict,
};
use crate::sentence::{Saying, Sentence};
use crate::time::Date;

/// One result and when it was.
#[derive(Clone, Debug, PartialEq)]
pub struct Dated {
    /// The entry it comes from.
    pub entry: EntryId,
    /// Its date.
    pub date: Date,
    /// The result.
    pub result: MeasureResult,
    /// Whether a line may lead here from the result before; not over a long pause.
    pub joined: bool,
}

/// Everything answered to one measure about one target.
#[derive(Clone, Debug, PartialEq)]
pub struct History {
    /// The measure.
    pub measure: ExerciseId,
    /// Whom it is about.
    pub target: Target,
    /// The results, oldest first.
    pub results: Vec<Dated>,
    /// The last score against the one before, where there are two.
    pub since_last: Vec<ScoreChange>,
    /// The last score against the first, where there are two.
    pub since_first: Vec<ScoreChange>,
    /// What may be said about each score since the first result, in the order of the scores.
    pub says: Vec<ScoreSays>,
    /// When it makes sense to answer it again.
    pub again: Advice,
}

/// What may be said about one score over time.
#[derive(Clone, Debug, PartialEq)]
pub struct ScoreSays {
    /// The id of the subscale. Sentences are found by it, never by where they stand.
    pub subscale: String,
    /// Its verdict, and behind it a second sentence where the rule is provisional.
    pub sentences: Vec<Sentence>,
}

/// Returns all measures answered, by id and then by target.
pub fn histories<'e>(frame: &Frame<'_>, entries: impl IntoIterator<Item = &'e Entry>) -> Vec<History> {
    let gathered = gather(frame, entries, None);
    let histories = gathered.into_iter().filter_map(|(id, by_target)| {
        let measure = frame.measures.get(&id)?;
        Some(by_target.into_iter().map(|(target, results)| history(frame, measure, target, results)))
    });
    histories.flatten().collect()
}

fn history(frame: &Frame<'_>, measure: &Measure, target: Target, results: Vec<Dated>) -> History {
    let since_last = compared(measure, &results, |scored| scored.len().checked_sub(2));
    let since_first = compared(measure, &results, |_| Some(0));
    let says = since_first.iter().map(|(change, from, to)| say_change(change, *from, *to)).collect();
    // A sheet without any score asked about nothing that another one soon would repeat.
    let last = results.iter().rfind(|dated| dated.result.scores.iter().any(|score| score.value.is_ok()));
    let again = measure.retest.advice(last.map(|last| last.date), frame.today);
    let [since_last, since_first] =
        [since_last, since_first].map(|found| found.into_iter().map(|(change, ..)| change).collect());
    History { measure: measure.id.clone(), target, since_last, since_first, says, again, results }
}

/// Compares, score by score, the last result that has the score with an earlier one that has it too, and tells the dates of both.
/// Where there are no two, nothing is compared: a sheet without a score has nothing that could have changed.
fn compared(
    measure: &Measure,
    results: &[Dated],
    earlier: impl Fn(&[&Dated]) -> Option<usize>,
) -> Vec<(ScoreChange, Date, Date)> {
    let of = |subscale: &Subscale| {
        let is_scored = |dated: &&Dated| dated.result.number(&subscale.id).is_some();
        let scored: Vec<&Dated> = results.iter().filter(is_scored).collect();
        let (last, before) = (*scored.last()?, *scored.get(earlier(&scored)?)?);
        if before.entry == last.entry {
            return None;
        }
        let changes = measure.changes(&before.result, &last.result, last.date.days_since(before.date));
        let change = changes.into_iter().find(|change| change.subscale == subscale.id)?;
        Some((change, before.date, last.date))
    };
    measure.subscales.iter().filter_map(of).collect()
}

fn say_change(change: &ScoreChange, from: Date, to: Date) -> ScoreSays {
    let since = Sentence::new(Saying::Since).with("from", from).with("to", to);
    let mut sentences = vec![since.with("verdict", verdict(change.verdict))];
    if change.rule.as_ref().is_some_and(ChangeRule::is_provisional) {
        sentences.push(Sentence::new(Saying::Provisional));
    }
    ScoreSays { subscale: change.subscale.clone(), sentences }
}

/// Returns the saying of a verdict.
pub(super) fn verdict(verdict: Verdict) -> Saying {
    match verdict {
        Verdict::MoreThanChance => Saying::MoreThanChance,
        Verdict::NotClearly => Saying::NotClearly,
        Verdict::CannotTell => Saying::CannotTell,
        Verdict::TooSoon => Saying::TooSoon,
    }
}

/// The results by measure and target, targets in the order of the people, oldest first.
type Gathered = BTreeMap<ExerciseId, Vec<(Target, Vec<Dated>)>>;

/// Results in no order yet, by what their targets are sorted by.
type Unsorted = BTreeMap<(TargetPlace, Target), Timeline<(EntryId, Date, MeasureResult)>>;

/// Gathers all results, or those of one measure.
pub(super) fn gather<'e>(
    frame: &Frame<'_>,
    entries: impl IntoIterator<Item = &'e Entry>,
    only: Option<&ExerciseId>,
) -> Gathered {
    let places = frame.places();
    let mut found: BTreeMap<ExerciseId, Unsorted> = BTreeMap::new();
    for entry in frame.counted(entries) {
        let Some(measure) = frame.measure(entry).filter(|measure| only.is_none_or(|id| measure.id == *id))
        else {
            continue;
        };
        let result = measure.score(&entry.answers);
        let by_target = found.entry(measure.id.clone()).or_default();
        let key = (places.of_target(result.target), result.target);
        by_target.entry(key).or_default().add(entry, (entry.id, entry.at.date(), result));
    }
    let in_order = found.into_iter().filter_map(|(id, by_target)| {
        let retest = frame.measures.get(&id)?.retest;
        Some((id, in_order(by_target, retest)))
    });
    in_order.collect()
}

fn in_order(by_target: Unsorted, retest: Retest) -> Vec<(Target, Vec<Dated>)> {
    let in_order = by_target.into_iter().map(|((_, target), found)| {
        let mut previous: Option<Date> = None;
        let dated = found.in_order().into_iter().map(|(entry, date, result)| {
            let joined = previous.replace(date).is_some_and(|before| joins(before, date, retest));
            Dated { entry, date, result, joined }
        });
        (target, dated.collect())
    });
    in_order.collect()
}
