//! When it makes sense to answer a measure again. Advice only: nobody is ever locked out.

use crate::time::Date;

/// How long to wait between two times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retest {
    /// The fewest days; earlier answers are about the same weeks.
    pub min_days: u32,
    /// The days after which a difference says more; not fewer than the least.
    pub usual_days: u32,
}

/// What to say before a measure is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Advice {
    /// It has not been answered yet.
    First,
    /// It is too early: from this date on it makes sense.
    Wait {
        /// The first date on which it does.
        from: Date,
    },
    /// It is possible, and a difference says more from this date on.
    Early {
        /// The first date on which it does.
        usual: Date,
    },
    /// It is a good time.
    Ready,
}

impl Retest {
    /// Returns what to say today, given when it was last answered.
    ///
    /// A last time in the future comes from a clock that was wrong, and counts as today.
    pub fn advice(self, last: Option<Date>, today: Date) -> Advice {
        let Some(last) = last.map(|last| last.min(today)) else { return Advice::First };
        let after = |days: u32| last.plus_days(i32::try_from(days).unwrap_or(i32::MAX));
        let (from, usual) = (after(self.min_days), after(self.usual_days.max(self.min_days)));
        if today < from {
            return Advice::Wait { from };
        }
        if today < usual { Advice::Early { usual } } else { Advice::Ready }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_advice_follows_the_days_since_the_last_time() {
        let date = |text: &str| text.parse::<Date>().unwrap();
        let retest = Retest { min_days: 28, usual_days: 56 };
        let today = date("2026-11-24");
        let cases = [
            ("2026-11-24", Advice::Wait { from: date("2026-12-22") }),
            ("2026-10-28", Advice::Wait { from: date("2026-11-25") }),
            ("2026-10-27", Advice::Early { usual: date("2026-12-22") }),
            ("2026-09-30", Advice::Early { usual: date("2026-11-25") }),
            ("2026-09-29", Advice::Ready),
            ("-009999-01-01", Advice::Ready),
            ("9999-12-31", Advice::Wait { from: date("2026-12-22") }),
        ];
        for (last, expected) in cases {
            assert_eq!(retest.advice(Some(date(last)), today), expected, "{last}");
        }
        assert_eq!(retest.advice(None, today), Advice::First);
        let end = date("9999-12-31");
        assert_eq!(retest.advice(Some(end), end), Advice::Ready, "the calendar has no later day to wait for");
    }
}
