//! Every text is there, is used, and says nothing it must not say.

use super::{BUILT_IN, library};
use crate::exercise::{DEFAULT_LANGUAGE, Exercise};

/// Words that never begin a word of a text, each for its reason; with a bar behind them, never are a word of a text.
const NEVER: [(&str, &[&str]); 9] = [
    (
        "names an illness or a measure of one",
        &[
            "diagnos", "disorder", "syndrome", "symptom", "patholog", "patient", "clinic", "trauma",
            "depressi", "anxiety", "ptsd", "narciss", "codepend", "neurotic", "toxic",
        ],
    ),
    (
        "claims to be medicine",
        &[
            "treat",
            "cure",
            "heal|",
            "heals",
            "healing",
            "remedy",
            "screen",
            "risk",
            "prescri",
            "intervention",
        ],
    ),
    (
        "puts a person into a style",
        &[
            "avoidant",
            "preoccupied",
            "dismissive",
            "fearful",
            "disorgani",
            "insecure",
            "secure",
            "anxiously",
            "attachment",
            "needy",
            "clingy",
        ],
    ),
    (
        "counts or compares people",
        &[
            "percent",
            "average",
            "normal",
            "abnormal",
            "your score",
            "scores",
            "rank",
            "better than others",
            "streak",
        ],
    ),
    (
        "promises",
        &[
            "proven",
            "guarantee",
            "you will feel",
            "will help",
            "will make you",
            "will calm",
            "works for",
            "lowers",
            "reduces",
            "improves",
            "best exercise",
            "transform",
            "instantly",
        ],
    ),
    (
        "pushes",
        &["should|", "must|", "ought|", "you have to", "you need to", "make sure", "simply", "don't forget"],
    ),
    (
        "tells somebody what to feel",
        &[
            "calm down",
            "just relax",
            "relax and",
            "try to relax",
            "let go",
            "trust yourself",
            "love yourself",
            "be kind to",
            "forgive",
            "believe in",
            "feel your",
            "be brave",
            "stay strong",
            "be yourself",
            "accept that",
        ],
    ),
    (
        "is a phrase worn smooth",
        &[
            "journey",
            "inner child",
            "red flag",
            "gaslight",
            "self-care",
            "self-love",
            "safe space",
            "growth",
            "you've got this",
            "you are not alone",
            "one day at a time",
            "it gets better",
            "everything happens",
            "soulmate",
            "baggage",
            "trigger",
            "mindful",
            "empower",
            "closure",
            "boundar",
            "toolbox",
            "hold space",
        ],
    ),
    (
        "is somebody else's method",
        &[
            "dear man",
            "ideal parent",
            "nonviolent",
            "non-violent",
            "nvc",
            "a.r.e",
            "urge surf",
            "surf",
            "cyclic sigh",
            "box breath",
            "5-4-3-2-1",
            "gottman",
            "emdr",
            "dbt",
            "cbt",
            "somatic",
        ],
    ),
];

/// Returns the first of the words that the text says.
fn says<'a>(text: &str, words: &[&'a str]) -> Option<&'a str> {
    let lower = text.to_lowercase();
    let in_word = |c: char| c.is_alphanumeric();
    let is_said = |word: &str| {
        let (start, whole) = word.strip_suffix('|').map_or((word, false), |start| (start, true));
        lower.match_indices(start).any(|(at, _)| {
            let ends = !lower[at + start.len()..].starts_with(in_word);
            !lower[..at].ends_with(in_word) && (ends || !whole)
        })
    };
    words.iter().copied().find(|word| is_said(word))
}

/// Everything of an exercise that a person reads, with its name.
fn read_by_people(exercise: &Exercise) -> Vec<(String, String)> {
    let texts = exercise.texts.iter().map(|(_, key, text)| (key.to_owned(), text.to_owned()));
    let note = exercise.evidence.note.clone().map(|note| (format!("{}, evidence", exercise.id), note));
    texts.chain(note).collect()
}

#[test]
fn no_text_says_what_must_never_be_said() {
    let mut found = Vec::new();
    for exercise in library().iter() {
        for (key, text) in read_by_people(exercise) {
            let wrong = NEVER.iter().filter_map(|(why, words)| Some((*why, says(&text, words)?)));
            found.extend(wrong.map(|(why, word)| format!("{key}: \"{word}\" {why}")));
        }
    }
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn the_search_for_words_finds_them() {
    let cases = [
        ("This will Treat you", "treat", true),
        ("a retreat in the hills", "treat", false),
        ("be calm down there", "calm down", true),
        ("what you should.", "should|", true),
        ("your shoulder", "should|", false),
        ("you do not have to", "you have to", false),
    ];
    for (text, word, found) in cases {
        assert_eq!(says(text, &[word]).is_some(), found, "{text}");
    }
}

#[test]
fn texts_are_quiet_and_plain() {
    for exercise in library().iter() {
        for (key, text) in read_by_people(exercise) {
            let loud = text.contains(['!', '*', '#', '\t', '—', '–']);
            assert!(!loud && text.trim() == text && !text.contains("  "), "{key}: {text}");
            let shouted = |word: &str| word.len() > 1 && word.chars().all(|c| c.is_ascii_uppercase());
            assert!(!text.split_whitespace().any(shouted), "{key}: {text}");
        }
    }
}

#[test]
fn no_figure_stands_without_its_source() {
    for exercise in library().iter() {
        let note = exercise.evidence.note.as_deref().unwrap_or_default();
        let has_figure = note.contains(|c: char| c.is_ascii_digit() || c == '%');
        assert!(!has_figure || !exercise.evidence.refs.is_empty(), "{}: {note}", exercise.id);
    }
}

#[test]
fn every_built_in_exercise_has_words_of_its_own_for_everything() {
    for (name, text) in BUILT_IN {
        let exercise = Exercise::load(text, None).unwrap();
        assert_eq!(name, format!("{}.toml", exercise.id));
        assert!(exercise.title.is_some() && exercise.purpose.is_some(), "{name}");
        assert!(exercise.evidence.note.is_some(), "{name}");
        assert!(exercise.fields.iter().all(|field| field.help.is_some()), "{name}");
        let options = exercise.fields.iter().flat_map(|field| field.shape.options());
        assert!(options.into_iter().all(|option| option.label.is_some()), "{name}");
        let english = exercise.texts.iter().filter(|(language, _, _)| *language == DEFAULT_LANGUAGE);
        let unused: Vec<&str> = english
            .map(|(_, key, _)| key)
            .filter(|key| {
                text.matches(&format!("\"{key}\"")).count() < 2 && text.contains(&format!("\"{key}\" ="))
            })
            .collect();
        assert_eq!(unused, Vec::<&str>::new(), "{name}");
    }
}

#[test]
fn every_shared_notice_is_used() {
    let shared: std::collections::BTreeMap<String, std::collections::BTreeMap<String, String>> =
        toml::from_str(include_str!("../../../content/notices.toml")).unwrap();
    let library = library();
    for key in shared[DEFAULT_LANGUAGE].keys() {
        let used = library.iter().any(|exercise| exercise.texts.find(DEFAULT_LANGUAGE, key).is_some());
        assert!(used, "{key}");
    }
}

#[test]
fn titles_differ_and_fit_a_line() {
    let library = library();
    let mut titles: Vec<&str> = library.iter().map(|exercise| exercise.title(DEFAULT_LANGUAGE)).collect();
    assert!(titles.iter().all(|title| title.chars().count() <= 40), "{titles:?}");
    titles.sort_unstable();
    titles.dedup();
    assert_eq!(titles.len(), library.iter().count());
}
