use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

fn taken_apart(text: &str) -> Vec<&str> {
    sentences(text).units.iter().map(|unit| unit.sentence).collect()
}

#[test]
fn a_sentence_ends_where_every_script_ends_it() {
    let cases: [(&str, &[&str]); 14] = [
        ("", &[]),
        (" \n ", &[]),
        ("I went. It rained!  Why?", &["I went.", "It rained!", "Why?"]),
        ("weight 72.5 kg", &["weight 72.5 kg"]),
        ("He said \"no.\" Then he left.", &["He said \"no.\"", "Then he left."]),
        ("**Really?!** yes", &["**Really?!**", "yes"]),
        ("- milk\n- bread\r\n\r\n# Day", &["- milk", "- bread", "# Day"]),
        ("wait... what", &["wait...", "what"]),
        ("我去了。下雨了！「真的？」是", &["我去了。", "下雨了！", "「真的？」", "是"]),
        ("मैं गया। बारिश हुई।", &["मैं गया।", "बारिश हुई।"]),
        ("ذهبت. لماذا؟ لا أعرف", &["ذهبت.", "لماذا؟", "لا أعرف"]),
        ("Ես գնացի։ Անձրև էր։", &["Ես գնացի։", "Անձրև էր։"]),
        ("one\u{2028}two\u{b}three", &["one", "two", "three"]),
        ("no\u{a0}end\u{3000}here", &["no\u{a0}end\u{3000}here"]),
    ];
    for (text, expected) in cases {
        assert_eq!(taken_apart(text), expected, "{text:?}");
    }
}

#[test]
fn texts_are_alike_whatever_the_white_space() {
    assert!(alike("A!\nB. C.", " A! B.\n\nC.\n") && alike("", " \n"));
    assert!(!alike("A. B.", "A.") && !alike("A. B.", "B. A.") && !alike("A.", "A!"));
}

const BASE: &str = "I went out. It rained.\n\nI came home. I slept.";

#[test]
fn changes_of_different_sentences_come_together() {
    let cases = [
        (
            "I ran out. It rained.\n\nI came home. I slept.",
            "I went out. It rained.\n\nI came home. I slept well.",
            "I ran out. It rained.\n\nI came home. I slept well.",
        ),
        (
            "It rained.\n\nI came home. I slept.",
            "I went out. It poured.\n\nI came home. I slept.",
            "It poured.\n\nI came home. I slept.",
        ),
        (
            "I went out. Far. It rained.\n\nI came home. I slept.",
            "I went out. It poured.\n\nI came home.",
            "I went out. Far. It poured.\n\nI came home.",
        ),
        // The same change, and the same deletion, counts once.
        (
            "I ran out. It rained.\n\nI came home.",
            "I ran out. It rained.\n\nI came home.",
            "I ran out. It rained.\n\nI came home.",
        ),
        ("I ran out. It rained.\n\nI slept.", "I ran out. It rained.", "I ran out. It rained."),
        // The same words put in at one place count once, others follow each other.
        (
            "Morning. I went out. It rained.\n\nI came home. I slept.",
            "Morning.\nI went out. It rained.\n\nI came home. I slept.",
            "Morning. I went out. It rained.\n\nI came home. I slept.",
        ),
        (
            "I went out. It rained.\n\nI came home. I slept. A. B.",
            "I went out. It rained.\n\nI came home. I slept. A. C.",
            "I went out. It rained.\n\nI came home. I slept. A. B. C.",
        ),
        // Gaps alone.
        (
            "I went out.\nIt rained.\n\nI came home. I slept.\n",
            "I went out. It rained. I came home. I slept.",
            "I went out.\nIt rained. I came home. I slept.\n",
        ),
    ];
    for (first, second, expected) in cases {
        assert_eq!(merge(BASE, first, second).as_deref(), Ok(expected));
    }
    assert_eq!(merge("", "Mine.", "Yours.").as_deref(), Ok("Mine.\nYours."));
    assert_eq!(merge("S. T.", "T.", "S. N. T.").as_deref(), Ok("N.\nT."), "nothing runs together");
}

#[test]
fn changes_of_one_sentence_clash_and_say_who_only_deleted() {
    let cases = [
        ("weight 71 kg", "weight 72 kg", "weight 73 kg", (false, false)),
        ("One. Two.", "One.", "One. Two, better.", (true, false)),
        ("One. Two.", "One. Two, better.", "One.", (false, true)),
        ("One. Two. Three.", "", "One. Two. And. Three.", (true, false)),
        ("One. Two. Three.", "One. Three.", "One. Two? Three!", (true, false)),
        ("One. Two. Three.", "One. Three, mine.", "One. Two? Three.", (false, false)),
        ("One. Two. Three.", "One.", "One, yes. Two? Three.", (true, false)),
    ];
    for (base, first, second, (first_deleted, second_deleted)) in cases {
        let expected = Err(Clash { first_deleted, second_deleted });
        assert_eq!(merge(base, first, second), expected, "{first:?} {second:?}");
        let mirrored = Err(Clash { first_deleted: second_deleted, second_deleted: first_deleted });
        assert_eq!(merge(base, second, first), mirrored, "{second:?} {first:?}");
    }
}

#[test]
fn both_versions_stand_one_after_the_other() {
    let cases = [
        ("weight 71 kg\n", "weight 72 kg\n", "weight 73 kg\n", "weight 72 kg\nweight 73 kg\n"),
        (
            "One. Two. End.",
            "One. Two, mine. End.",
            "One! Two, yours. End.",
            "One! Two, mine. Two, yours. End.",
        ),
        ("One. Two. End.", "One. End.", "One. Two, better. End.", "One. Two, better. End."),
    ];
    for (base, first, second, expected) in cases {
        assert_eq!(both(base, first, second), expected);
    }
}

#[test]
fn a_text_rewritten_as_a_whole_is_one_change() {
    let (base, first) = ("Same. ".repeat(600), "Other. ".repeat(601));
    let second = format!("{}Last.", "Same. ".repeat(600));
    assert_eq!(merge(&base, &first, &second).as_deref(), Ok(format!("{first}Last.").as_str()));
    let second = format!("Different. {}", "Same. ".repeat(599));
    assert!(merge(&base, &first, &second).is_err());
}

/// Short texts of few sentences, so that clashes and equal sentences are frequent.
fn any_text() -> impl Strategy<Value = String> {
    let sentence = proptest::sample::select(vec!["A.", "B.", "C!", "D", "e f.", "我。", "」x", "\"", "."]);
    let gap = proptest::sample::select(vec![" ", "\n", "\n\n", "", "  "]);
    proptest::collection::vec((gap, sentence), 0..6)
        .prop_map(|units| units.into_iter().flat_map(|(gap, sentence)| [gap, sentence]).collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn sentences_put_together_are_the_text(text in ".{0,80}", joined in any_text()) {
        for text in [text, joined] {
            let apart = sentences(&text);
            let again: String = apart.units.iter().flat_map(|unit| [unit.gap, unit.sentence]).chain([apart.tail]).collect();
            prop_assert_eq!(&again, &text);
            prop_assert!(apart.units.iter().all(|unit| unit.sentence.trim() == unit.sentence));
        }
    }

    #[test]
    fn what_only_one_changed_is_theirs(base in any_text(), text in any_text()) {
        prop_assert_eq!(merge(&base, &text, &base), Ok(text.clone()));
        prop_assert_eq!(merge(&base, &base, &text), Ok(text.clone()));
        prop_assert_eq!(merge(&base, &text, &text), Ok(text));
    }

    #[test]
    fn no_sentence_is_one_that_nobody_wrote(base in any_text(), first in any_text(), second in any_text()) {
        let written: BTreeSet<&str> = taken_apart(&first).into_iter().chain(taken_apart(&second)).collect();
        let kept = both(&base, &first, &second);
        for text in merge(&base, &first, &second).iter().chain([&kept]) {
            prop_assert!(taken_apart(text).iter().all(|sentence| written.contains(sentence)), "{:?}", text);
        }
        // What was written anew is in the merged text, or the two clash.
        if let Ok(merged) = merge(&base, &first, &second) {
            let before: BTreeSet<&str> = taken_apart(&base).into_iter().collect();
            let there: BTreeSet<&str> = taken_apart(&merged).into_iter().collect();
            prop_assert!(written.difference(&before).all(|new| there.contains(new)), "{:?}", merged);
        }
    }

    #[test]
    fn two_versions_clash_whoever_comes_first(base in any_text(), first in any_text(), second in any_text()) {
        let one = merge(&base, &first, &second).err();
        let other = merge(&base, &second, &first).err();
        let turned = other.map(|clash| Clash { first_deleted: clash.second_deleted, second_deleted: clash.first_deleted });
        prop_assert_eq!(one, turned);
    }
}
