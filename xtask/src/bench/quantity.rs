//! What is measured, with its unit, and what it is held against.

use std::fmt;
use std::time::Duration;

use super::table::duration;

/// One measured thing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Quantity {
    /// A time.
    Time(Duration),
    /// Memory or space, in bytes.
    Bytes(u64),
    /// Events a second.
    Rate(f64),
    /// A part of something, or a multiple of it.
    Share(f64),
}

impl Quantity {
    /// A number in seconds, bytes, events a second, or without a unit.
    #[must_use]
    pub fn number(self) -> f64 {
        match self {
            Self::Time(time) => time.as_secs_f64(),
            Self::Bytes(bytes) => bytes as f64,
            Self::Rate(number) | Self::Share(number) => number,
        }
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Time(time) => f.write_str(&duration(time)),
            Self::Bytes(bytes) if bytes < 10 << 10 => write!(f, "{bytes} B"),
            Self::Bytes(bytes) if bytes < 1 << 20 => write!(f, "{:.1} KiB", bytes as f64 / 1024.0),
            Self::Bytes(bytes) => write!(f, "{:.1} MiB", bytes as f64 / f64::from(1 << 20)),
            Self::Rate(rate) => write!(f, "{rate:.0}/s"),
            Self::Share(share) => write!(f, "{share:.2}"),
        }
    }
}

/// What a figure should be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Target {
    /// At most, or at least, so much.
    pub limit: Limit,
    /// And at most so many times the floor of the same run.
    pub ratio_max: Option<f64>,
}

/// On which side of a quantity a figure should be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Limit {
    /// At most so much.
    AtMost(Quantity),
    /// At least so much.
    AtLeast(Quantity),
}

impl Target {
    /// At most so many milliseconds.
    #[must_use]
    pub fn ms(milliseconds: u64) -> Self {
        Self::at_most(Quantity::Time(Duration::from_millis(milliseconds)))
    }

    /// At most so much.
    #[must_use]
    pub fn at_most(quantity: Quantity) -> Self {
        Self { limit: Limit::AtMost(quantity), ratio_max: None }
    }

    /// At least so much.
    #[must_use]
    pub fn at_least(quantity: Quantity) -> Self {
        Self { limit: Limit::AtLeast(quantity), ratio_max: None }
    }

    /// And at most so many times the floor.
    #[must_use]
    pub fn and_times_floor(self, ratio_max: f64) -> Self {
        Self { ratio_max: Some(ratio_max), ..self }
    }

    /// Whether a figure with its ratio reaches it.
    #[must_use]
    pub fn is_met(&self, value: Quantity, ratio: Option<f64>) -> bool {
        let value_fits = match self.limit {
            Limit::AtMost(most) => value.number() <= most.number(),
            Limit::AtLeast(least) => value.number() >= least.number(),
        };
        let ratio_fits = match (self.ratio_max, ratio) {
            (Some(most), Some(ratio)) => ratio <= most,
            (Some(_), None) => false,
            (None, _) => true,
        };
        value_fits && ratio_fits
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.limit {
            Limit::AtMost(most) => write!(f, "≤ {most}")?,
            Limit::AtLeast(least) => write!(f, "≥ {least}")?,
        }
        match self.ratio_max {
            Some(ratio) => write!(f, ", ≤ {ratio} × floor"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_holds_on_its_side_only() {
        let most = Target::at_most(Quantity::Bytes(10));
        let least = Target::at_least(Quantity::Rate(10.0));
        for (number, fits_most, fits_least) in [(9, true, false), (10, true, true), (11, false, true)] {
            assert_eq!(most.is_met(Quantity::Bytes(number), None), fits_most, "{number}");
            assert_eq!(least.is_met(Quantity::Rate(number as f64), None), fits_least, "{number}");
        }
    }

    #[test]
    fn a_ratio_counts_too_and_a_missing_one_is_no_success() {
        let target = Target::ms(1).and_times_floor(5.0);
        let value = Quantity::Time(Duration::from_micros(900));
        assert!(target.is_met(value, Some(5.0)));
        assert!(!target.is_met(value, Some(5.1)));
        assert!(!target.is_met(value, None));
        assert_eq!(target.to_string(), "≤ 1.00 ms, ≤ 5 × floor");
    }

    #[test]
    fn quantities_have_fitting_units() {
        for (quantity, expected) in [
            (Quantity::Bytes(512), "512 B"),
            (Quantity::Bytes(40 << 10), "40.0 KiB"),
            (Quantity::Bytes(64 << 20), "64.0 MiB"),
            (Quantity::Rate(5_300.4), "5300/s"),
            (Quantity::Share(0.456), "0.46"),
        ] {
            assert_eq!(quantity.to_string(), expected);
        }
    }
}
