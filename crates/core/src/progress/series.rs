//! Points in time order, the gaps between them, and their middle.

use crate::entry::Entry;
use crate::id::EntryId;
use crate::measure::Retest;
use crate::sentence::{Saying, Sentence};
use crate::time::{Date, SortKey};

/// Things found in entries, to be put in the order in which they were: by time, and by id where that is the same, so that
/// any order of the entries gives one.
pub(super) struct Timeline<T>(Vec<((SortKey, EntryId), T)>);

impl<T> Timeline<T> {
    /// Adds what was found in an entry.
    pub(super) fn add(&mut self, entry: &Entry, found: T) {
        self.0.push(((entry.at.sort_key(), entry.id), found));
    }

    /// Returns everything, oldest first.
    pub(super) fn in_order(mut self) -> Vec<T> {
        self.0.sort_by_key(|(moment, _)| *moment);
        self.0.into_iter().map(|(_, found)| found).collect()
    }
}

impl<T> Default for Timeline<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'e, T> FromIterator<(&'e Entry, T)> for Timeline<T> {
    fn from_iter<I: IntoIterator<Item = (&'e Entry, T)>>(found: I) -> Self {
        let mut timeline = Self::default();
        found.into_iter().for_each(|(entry, found)| timeline.add(entry, found));
        timeline
    }
}

/// Tells whether a line may lead from one point to the next: not over a pause of more than twice the usual interval.
pub(super) fn joins(earlier: Date, later: Date, retest: Retest) -> bool {
    let days = later.days_since_epoch() - earlier.days_since_epoch();
    u32::try_from(days).is_ok_and(|days| days <= 2 * retest.usual_days.max(retest.min_days))
}

/// Returns the middle of some numbers, the mean of the two middle ones when they are even in number.
pub(super) fn median(mut numbers: Vec<i32>) -> Option<f64> {
    let middle = numbers.len() / 2;
    let even = numbers.len().is_multiple_of(2);
    let (below, upper, _) = (!numbers.is_empty()).then(|| numbers.select_nth_unstable(middle))?;
    let lower = if even { below.iter().max().copied().unwrap_or(*upper) } else { *upper };
    Some(f64::midpoint(f64::from(lower), f64::from(*upper)))
}

/// Says a difference as "18 lower than before".
pub(super) fn difference(points: f64) -> Sentence {
    let saying = match points {
        points if points < 0.0 => Saying::Lower,
        points if points > 0.0 => Saying::Higher,
        _ => return Sentence::new(Saying::Same),
    };
    Sentence::new(saying).with("points", points.abs())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_middle_is_the_one_in_the_middle() {
        let cases: [(&[i32], Option<f64>); 6] = [
            (&[], None),
            (&[7], Some(7.0)),
            (&[9, -3], Some(3.0)),
            (&[3, 1, 2], Some(2.0)),
            (&[4, 1, 3, 2], Some(2.5)),
            (&[i32::MAX, i32::MIN], Some(-0.5)),
        ];
        for (numbers, expected) in cases {
            assert_eq!(median(numbers.to_vec()), expected, "{numbers:?}");
        }
    }

    #[test]
    fn a_line_does_not_lead_over_a_long_pause() {
        let date = |text: &str| text.parse::<Date>().unwrap();
        let retest = Retest { min_days: 14, usual_days: 14 };
        for (later, expected) in [("2026-01-01", true), ("2026-01-29", true), ("2026-01-30", false)] {
            assert_eq!(joins(date("2026-01-01"), date(later), retest), expected, "{later}");
        }
        assert!(!joins(date("-009999-01-01"), date("9999-12-31"), retest));
    }

    proptest! {
        #[test]
        fn the_middle_is_that_of_the_sorted_numbers(mut numbers in proptest::collection::vec(-1_000_i32..1_000, 1..40)) {
            let found = median(numbers.clone()).unwrap();
            numbers.sort_unstable();
            let (lower, upper) = (numbers[(numbers.len() - 1) / 2], numbers[numbers.len() / 2]);
            prop_assert_eq!(found, f64::from(lower + upper) / 2.0);
        }
    }
}
