//! Where in its breath a moment lies: what is drawn of a pattern, or counted where nothing may move.

use haven_core::exercise::{Breath, Part};

/// Where in a breath a moment lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) struct Moment {
    /// What to do.
    pub(in super::super) part: Part,
    /// For how many seconds still, the present one included.
    pub(in super::super) left_s: u32,
    /// How full the lungs are, from 0 to 1000.
    pub(in super::super) full: u32,
}

/// Returns where in its breath the moment lies so many milliseconds after the beginning. None for an empty pattern.
pub(super) fn moment(pattern: &[Breath], elapsed_ms: u64) -> Option<Moment> {
    let length = |breath: &Breath| u64::from(breath.seconds) * 1_000;
    let whole: u64 = pattern.iter().map(length).sum();
    let mut into = elapsed_ms.checked_rem(whole)?;
    let deep = pattern.iter().any(|breath| breath.part == Part::More);
    // A double breath in leaves room for its second part.
    let top = if deep { 800 } else { 1_000 };
    for breath in pattern {
        if into >= length(breath) {
            into -= length(breath);
            continue;
        }
        let way = |from: u64, to: u64| {
            (from * (length(breath) - into) + to * into).checked_div(length(breath)).unwrap_or(to)
        };
        let full = match breath.part {
            Part::In => way(0, top),
            Part::More => way(top, 1_000),
            Part::Hold => 1_000,
            Part::Out => way(1_000, 0),
            Part::Rest => 0,
        };
        let left_s = u32::try_from((length(breath) - into).div_ceil(1_000)).unwrap_or(breath.seconds);
        return Some(Moment { part: breath.part, left_s, full: u32::try_from(full).unwrap_or(1_000) });
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn breaths(parts: &[(Part, u32)]) -> Vec<Breath> {
        parts.iter().map(|(part, seconds)| Breath { part: *part, seconds: *seconds }).collect()
    }

    #[test]
    fn a_breath_fills_and_empties_and_begins_again() {
        let even = breaths(&[(Part::In, 4), (Part::Out, 6)]);
        let square = breaths(&[(Part::In, 4), (Part::Hold, 4), (Part::Out, 4), (Part::Rest, 4)]);
        let double = breaths(&[(Part::In, 3), (Part::More, 1), (Part::Out, 6)]);
        let check = |pattern: &[Breath], ms, part, left_s, full| {
            assert_eq!(moment(pattern, ms), Some(Moment { part, left_s, full }), "{ms}");
        };
        check(&even, 0, Part::In, 4, 0);
        check(&even, 2_000, Part::In, 2, 500);
        check(&even, 3_999, Part::In, 1, 999);
        check(&even, 4_000, Part::Out, 6, 1_000);
        check(&even, 10_000, Part::In, 4, 0);
        check(&square, 5_000, Part::Hold, 3, 1_000);
        check(&square, 15_500, Part::Rest, 1, 0);
        check(&double, 3_500, Part::More, 1, 900);
        assert_eq!(moment(&[], 5), None);
    }
}
