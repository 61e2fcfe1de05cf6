//! The words for feelings that exercises share, in groups: pleasant or not, strong or quiet. They are offers; a word of one's own
//! is always as good, and nothing much is an answer.

use super::field::Choice;

/// The groups in the order they are shown, each with its feelings. Their texts stand in `feelings.toml`.
const GROUPS: [(&str, &[&str]); 5] = [
    (
        "feelings.unpleasant-strong",
        &[
            "afraid",
            "panicky",
            "angry",
            "hurt",
            "ashamed",
            "jealous",
            "overwhelmed",
            "trapped",
            "desperate",
            "heartbroken",
        ],
    ),
    (
        "feelings.unpleasant-quiet",
        &[
            "sad",
            "lonely",
            "anxious",
            "guilty",
            "disappointed",
            "irritated",
            "left-out",
            "unsure",
            "embarrassed",
            "tired",
            "numb",
        ],
    ),
    (
        "feelings.pleasant-strong",
        &["happy", "excited", "proud", "loved", "grateful", "relieved", "playful", "hopeful"],
    ),
    (
        "feelings.pleasant-quiet",
        &["calm", "content", "safe", "close", "touched", "curious", "confident", "rested"],
    ),
    ("feelings.neither", &["nothing-much", "mixed-up", "surprised", "longing"]),
];

/// What the keys of their texts begin with.
const LABELS: &str = "feeling.";

/// Returns the shared feelings as options.
pub(super) fn shared() -> Vec<Choice> {
    let option = |group: &str, id: &str| Choice {
        id: id.to_owned(),
        label: Some(format!("{LABELS}{id}")),
        notice: None,
        group: Some(group.to_owned()),
    };
    GROUPS.iter().flat_map(|(group, ids)| ids.iter().map(move |id| option(group, id))).collect()
}

/// Tells whether a text belongs to the shared feelings.
pub(super) fn is_text(key: &str) -> bool {
    key.starts_with(LABELS) || GROUPS.iter().any(|(group, _)| *group == key)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn about_forty_words_each_once_half_of_them_not_unpleasant() {
        let words = shared();
        let ids: BTreeSet<&str> = words.iter().map(|word| word.id.as_str()).collect();
        assert_eq!((words.len(), ids.len()), (41, 41));
        for id in ["irritated", "calm", "relieved", "proud", "nothing-much"] {
            assert!(ids.contains(id), "{id}");
        }
        let unpleasant =
            words.iter().filter(|word| word.group.as_deref().unwrap().contains(".unpleasant")).count();
        assert_eq!(unpleasant, 21);
    }
}
