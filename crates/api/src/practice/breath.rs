//! Breathing to a pattern: what to do at each moment. A client draws it, or counts where nothing should move.

/// One part of a breath.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Breath {
    /// What to do.
    pub part: Part,
    /// For how long.
    pub seconds: u32,
}

/// What to do with the breath.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Breathe in.
    In,
    /// Breathe in a little more.
    More,
    /// Hold it.
    Hold,
    /// Breathe out.
    Out,
    /// Wait before the next one.
    Rest,
}

/// Where in a breath a moment lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// What to do.
    pub part: Part,
    /// For how many seconds still, the present one included.
    pub left_s: u32,
    /// How full the lungs are, from 0 to 1000.
    pub full: u32,
}

/// Reads a pattern from the id of an option: seconds in and out, `4-6`; with pauses, `4-4-4-4`; or the double breath in.
pub fn pattern(id: &str) -> Option<Vec<Breath>> {
    let breaths = |parts: &[Part], seconds: &[u32]| {
        let both = parts.iter().zip(seconds);
        both.map(|(part, seconds)| Breath { part: *part, seconds: *seconds }).collect()
    };
    // Its option names no numbers: three and one in, twice as long out.
    if id == "double-in-long-out" {
        return Some(breaths(&[Part::In, Part::More, Part::Out], &[3, 1, 6]));
    }
    let seconds: Vec<u32> = id.split('-').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let is_breath = seconds.iter().all(|seconds| (1..=60).contains(seconds));
    match seconds.len() {
        2 if is_breath => Some(breaths(&[Part::In, Part::Out], &seconds)),
        4 if is_breath => Some(breaths(&[Part::In, Part::Hold, Part::Out, Part::Rest], &seconds)),
        _ => None,
    }
}

/// Returns where in its breath the moment lies so many milliseconds after the beginning. None for an empty pattern.
pub fn moment(pattern: &[Breath], elapsed_ms: u64) -> Option<Moment> {
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

    #[test]
    fn patterns_are_read_from_the_ids_of_options() {
        let seconds =
            |id: &str| pattern(id).map(|it| it.iter().map(|breath| breath.seconds).collect::<Vec<_>>());
        assert_eq!(seconds("4-6"), Some(vec![4, 6]));
        assert_eq!(seconds("4-4-4-4"), Some(vec![4, 4, 4, 4]));
        assert_eq!(seconds("double-in-long-out"), Some(vec![3, 1, 6]));
        for id in ["", "reach", "4", "4-0", "4-6-8", "4-61", "4--6"] {
            assert_eq!(seconds(id), None, "{id}");
        }
    }

    #[test]
    fn a_breath_fills_and_empties_and_begins_again() {
        let check = |id: &str, ms, part, left_s, full| {
            assert_eq!(moment(&pattern(id).unwrap(), ms), Some(Moment { part, left_s, full }), "{id} {ms}");
        };
        check("4-6", 0, Part::In, 4, 0);
        check("4-6", 2_000, Part::In, 2, 500);
        check("4-6", 3_999, Part::In, 1, 999);
        check("4-6", 4_000, Part::Out, 6, 1_000);
        check("4-6", 10_000, Part::In, 4, 0);
        check("4-4-4-4", 5_000, Part::Hold, 3, 1_000);
        check("4-4-4-4", 15_500, Part::Rest, 1, 0);
        check("double-in-long-out", 3_500, Part::More, 1, 900);
        assert_eq!(moment(&[], 5), None);
    }
}
