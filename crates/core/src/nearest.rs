//! What somebody meant, perhaps, who mistyped a name.

use crate::fold::fold;

/// How many letters there are for each that may be wrong: more mistakes than that, and the guess would be wild.
const LETTERS_PER_MISTAKE: usize = 3;

/// How many letters of a beginning say enough about the rest.
const BEGINNING_LETTERS_MIN: usize = 3;

/// The most names that are worth reading where one was mistyped.
const NAMES_MAX: usize = 3;

/// Returns the names that are nearest to what was typed, the nearest first; none where nothing is near. Case, accents and
/// blanks instead of hyphens don't count. It is for asking back, never for going on with a guess.
pub fn nearest<'a>(typed: &str, names: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let typed = plain(typed);
    let letters = typed.chars().count();
    let far = |name: &str| {
        let name = plain(name);
        if letters >= BEGINNING_LETTERS_MIN && name.starts_with(&typed) {
            return Some(0);
        }
        let mistakes = strsim::osa_distance(&typed, &name);
        let most = (letters.max(name.chars().count()) / LETTERS_PER_MISTAKE).max(1);
        // A name of one letter is near to every other.
        (mistakes <= most && mistakes < letters).then_some(mistakes)
    };
    let mut near: Vec<_> = names.into_iter().filter_map(|name| Some((far(name)?, name))).collect();
    near.sort_by_key(|(mistakes, _)| *mistakes);
    let least = near.first().map_or(0, |(mistakes, _)| *mistakes);
    near.into_iter()
        .filter(|(mistakes, _)| *mistakes <= least)
        .map(|(_, name)| name)
        .take(NAMES_MAX)
        .collect()
}

fn plain(text: &str) -> String {
    fold(text.trim()).replace([' ', '_'], "-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_mistyped_is_told_from_what_is_something_else() {
        let names = [
            "slow-breath",
            "thought-check",
            "need-line",
            "phq-9",
            "Anna",
            "Jörg",
            "Al",
            "two-axis",
            "ecr-r",
            "ecr-rs",
        ];
        for (typed, meant) in [
            ("slow-breth", &["slow-breath"][..]),
            ("Slow Breath", &["slow-breath"]),
            ("slwo-breath", &["slow-breath"]),
            ("slow", &["slow-breath"]),
            ("phq9", &["phq-9"]),
            ("ann", &["Anna"]),
            ("Anan", &["Anna"]),
            ("jorg", &["Jörg"]),
            ("Jrög", &["Jörg"]),
            ("ecr", &["ecr-r", "ecr-rs"]),
            ("twoaxis", &["two-axis"]),
            ("gratitude", &[]),
            ("Bob", &[]),
            ("x", &[]),
            ("", &[]),
        ] {
            assert_eq!(nearest(typed, names), meant, "{typed}");
        }
    }
}
