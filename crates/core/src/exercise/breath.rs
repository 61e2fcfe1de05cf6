//! Breathing to a pattern: what to do for how long. A client draws it, or counts where nothing should move.

/// One part of a breath.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Breath {
    /// What to do.
    pub part: Part,
    /// For how long, in seconds.
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

/// Reads a pattern from the id of an option: seconds in and out, `4-6`; with pauses, `4-4-4-4`; or the double breath in.
pub fn breathing(id: &str) -> Option<Vec<Breath>> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_read_from_the_ids_of_options() {
        let seconds =
            |id: &str| breathing(id).map(|it| it.iter().map(|breath| breath.seconds).collect::<Vec<_>>());
        assert_eq!(seconds("4-6"), Some(vec![4, 6]));
        assert_eq!(seconds("4-4-4-4"), Some(vec![4, 4, 4, 4]));
        assert_eq!(seconds("double-in-long-out"), Some(vec![3, 1, 6]));
        for id in ["", "reach", "4", "4-0", "4-6-8", "4-61", "4--6"] {
            assert_eq!(seconds(id), None, "{id}");
        }
    }
}
