//! Whether two scores differ by more than chance.
//!
//! ```text
//! SEm = sd * sqrt(1 - r)      Sdiff = sqrt(2) * SEm      RCI = (after - before) / Sdiff      reliable: |RCI| > 1.96
//! ```
//!
//! Jacobson and Truax 1991, J Consult Clin Psychol 59:12-19. Where a source publishes the number of points instead, that
//! number decides. Where nothing is published, the answer is that we can't tell, and no figure stands in for it.

use super::{Measure, MeasureResult};

/// The two-sided five percent point of the normal distribution, as in the paper.
const CRITICAL: f64 = 1.96;

/// What rounding may take from a difference of two means that are a whole number of answers apart.
const ROUNDING: f64 = 1e-9;

/// When two scores differ by more than chance.
#[derive(Clone, Debug, PartialEq)]
pub enum ChangeRule {
    /// A published number of points.
    Threshold {
        /// The least difference that counts.
        least: f64,
        /// Whether we derived it for the time being, and nobody published it as a rule.
        provisional: bool,
        /// Where it comes from.
        source: String,
    },
    /// A published spread and reliability.
    Spread {
        /// The standard deviation.
        sd: f64,
        /// The reliability, between 0 and 1.
        reliability: f64,
        /// What kind of reliability it is.
        kind: String,
        /// Where both come from.
        source: String,
    },
}

impl ChangeRule {
    /// Returns the difference at which chance ends: the half axis of a noise ring round a score.
    pub fn noise(&self) -> f64 {
        match self {
            Self::Threshold { least, .. } => *least,
            Self::Spread { sd, reliability, .. } => {
                let error_of_one = sd * (1.0 - reliability).sqrt();
                CRITICAL * std::f64::consts::SQRT_2 * error_of_one
            }
        }
    }

    /// Tells whether a difference is more than chance.
    ///
    /// A published number of points counts from that number on; the formula asks for more than its limit.
    pub fn is_more_than_chance(&self, difference: f64) -> bool {
        match self {
            Self::Threshold { least, .. } => difference.abs() >= least - ROUNDING,
            Self::Spread { .. } => difference.abs() > self.noise() + ROUNDING,
        }
    }

    /// Tells whether the rule is ours for the time being.
    pub fn is_provisional(&self) -> bool {
        matches!(self, Self::Threshold { provisional: true, .. })
    }

    /// Returns where the rule comes from.
    pub fn source(&self) -> &str {
        match self {
            Self::Threshold { source, .. } | Self::Spread { source, .. } => source,
        }
    }
}

/// What can be said about two scores of one person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// They differ by more than chance.
    MoreThanChance,
    /// They may differ by chance alone.
    NotClearly,
    /// Nobody has published what chance does, or there are no two scores.
    CannotTell,
    /// The two were answered so close together that they ask about much the same time.
    TooSoon,
}

/// How one score changed between two results.
#[derive(Clone, Debug, PartialEq)]
pub struct ScoreChange {
    /// The id of the subscale.
    pub subscale: String,
    /// The later score less the earlier one; none when one of them is not scored.
    pub difference: Option<f64>,
    /// What can be said about it.
    pub verdict: Verdict,
    /// The rule that decided, which names its source; none where we cannot tell.
    pub rule: Option<ChangeRule>,
}

impl Measure {
    /// Compares two results of this measure about the same person that are so many days apart, score by score.
    ///
    /// Results of other measures or about different people are not compared: there we cannot tell. Nor is a repeat that
    /// came sooner than is advised: whatever it differs by, its questions are about much the same days.
    pub fn changes(&self, before: &MeasureResult, after: &MeasureResult, days: i32) -> Vec<ScoreChange> {
        let same =
            before.measure.id == self.id && after.measure.id == self.id && before.target == after.target;
        let too_soon = i64::from(days) < i64::from(self.retest.min_days);
        self.subscales
            .iter()
            .map(|subscale| {
                let pair = before.number(&subscale.id).zip(after.number(&subscale.id)).filter(|_| same);
                let difference = pair.map(|(before, after)| after - before);
                let (verdict, rule) = match (difference, &subscale.change) {
                    (Some(_), _) if too_soon => (Verdict::TooSoon, None),
                    (Some(difference), Some(rule)) if rule.is_more_than_chance(difference) => {
                        (Verdict::MoreThanChance, Some(rule.clone()))
                    }
                    (Some(_), Some(rule)) => (Verdict::NotClearly, Some(rule.clone())),
                    _ => (Verdict::CannotTell, None),
                };
                ScoreChange { subscale: subscale.id.clone(), difference, verdict, rule }
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spread(sd: f64, reliability: f64) -> ChangeRule {
        ChangeRule::Spread { sd, reliability, kind: "test-retest".into(), source: "made up".into() }
    }

    fn threshold(least: f64) -> ChangeRule {
        ChangeRule::Threshold { least, provisional: false, source: "made up".into() }
    }

    #[test]
    fn the_formula_gives_what_it_gives_by_hand() {
        // sd 7.5, r 0.80: SEm = 7.5 * sqrt(0.2) = 3.3541, Sdiff = 4.7434, and 15 / 4.7434 = 3.1623. Chance ends at
        // 1.96 * 4.7434 = 9.2971.
        let rule = spread(7.5, 0.80);
        assert!((rule.noise() - 9.2971).abs() < 1e-4, "{}", rule.noise());
        assert!((15.0 / (rule.noise() / CRITICAL) - 3.1623).abs() < 1e-4);
        for (difference, expected) in [(15.0, true), (-15.0, true), (9.3, true), (9.29, false), (0.0, false)]
        {
            assert_eq!(rule.is_more_than_chance(difference), expected, "{difference}");
        }
        // sd 2, r 0.75: SEm = 1, Sdiff = 1.4142, chance ends at 2.7719.
        assert!((spread(2.0, 0.75).noise() - 2.7719).abs() < 1e-4);
        assert!(
            !spread(2.0, 0.75).is_more_than_chance(spread(2.0, 0.75).noise()),
            "the limit itself is chance"
        );
    }

    #[test]
    fn a_published_number_of_points_counts_from_that_number_on() {
        for (difference, expected) in [(6.0, true), (-6.0, true), (5.0, false), (-5.9, false), (0.0, false)] {
            assert_eq!(threshold(6.0).is_more_than_chance(difference), expected, "{difference}");
        }
        // Means of six answers that are nine answers apart: 37/6 - 28/6 is not 1.5 in binary.
        assert!(threshold(1.5).is_more_than_chance(37.0 / 6.0 - 28.0 / 6.0));
        assert!(!threshold(1.5).is_more_than_chance(36.0 / 6.0 - 28.0 / 6.0));
    }
}
