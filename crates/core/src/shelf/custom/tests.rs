use super::Defined::{Exercise as E, Measure as M};
use super::*;
use crate::answers::{Answer, Answers, Seconds};
use crate::entry::{Draft, Entry, EntryKind};
use crate::id::EntryId;
use crate::progress::{Frame, histories};
use crate::time::Timestamp;
use crate::today::today;

const BREATH: &str = include_str!("../../../content/exercises/slow-breath.toml");
const TEAPOT: &str = include_str!("../../../../../tests/data/teapot-mood.toml");

fn exercise(id: &str, version: u32) -> String {
    let text = BREATH.replacen("id = \"slow-breath\"", &format!("id = \"{id}\""), 1);
    text.replacen("version = 1", &format!("version = {version}"), 1)
}

fn measure(id: &str, version: u32) -> String {
    let text = TEAPOT.replacen("id = \"teapot-mood\"", &format!("id = \"{id}\""), 1);
    text.replacen("version = 1", &format!("version = {version}"), 1)
}

/// The same questions with another key.
fn turned(id: &str, version: u32) -> String {
    let text = measure(id, version).replace("reverse = [2]", "reverse = [1]");
    let text = text.replace("answers = [4, 0, 4]", "answers = [0, 4, 4]");
    text.replace("answers = [1, 3, 0]", "answers = [3, 1, 0]")
}

fn built_in() -> Shelf {
    Shelf::built_in().unwrap()
}

/// The shelf with these definitions, in this order: what it is, as what, its text, whether it was taken back.
fn with(kept: &[(Defined, &str, &str, bool)]) -> Shelf {
    let read: Vec<_> = kept.iter().map(|(_, reference, ..)| reference.parse().unwrap()).collect();
    let kept = kept.iter().zip(&read);
    built_in().with_custom(kept.map(|((defined, _, text, is_removed), reference)| Kept {
        defined: *defined,
        reference,
        text,
        is_removed: *is_removed,
    }))
}

fn refused(shelf: &Shelf, defined: Defined, definition: &str) -> String {
    let faults = shelf.check(defined, definition).unwrap_err();
    faults.iter().map(|fault| format!("{fault}\n")).collect()
}

#[test]
fn an_id_of_havens_own_is_refused_and_never_replaced() {
    let shelf = built_in();
    for id in ["slow-breath", "phq-9"] {
        let expected = format!(
            "something that comes with Haven has the id {id} already; give it an id of its own, such as id = \"my-{id}\"\n"
        );
        assert_eq!(refused(&shelf, E, &exercise(id, 2)), expected);
        assert_eq!(refused(&shelf, M, &measure(id, 2)), expected);
        let reference = format!("{id}@2");
        let with = with(&[(E, &reference, &exercise(id, 2), false), (M, &reference, &measure(id, 2), false)]);
        let id = id.parse().unwrap();
        assert_eq!(with.exercises.get(&id), shelf.exercises.get(&id));
        assert_eq!(with.measures.get(&id), shelf.measures.get(&id));
        assert!(!with.exercises.is_custom(&id) && !with.measures.is_custom(&id));
    }
}

#[test]
fn exercises_and_measures_share_their_ids_and_the_first_definition_says_which_it_is() {
    let (breath, teapot) = (exercise("my-own", 1), measure("my-own", 1));
    let kept = [(E, "my-own@1", &*breath, true), (M, "my-own@1", &*teapot, false)];
    let shelf = with(&kept);
    let id = "my-own".parse().unwrap();
    assert!(shelf.exercises.get(&id).is_some() && shelf.measures.get(&id).is_none());
    assert!(
        refused(&shelf, M, &measure("my-own", 2)).contains("an exercise that you added has the id my-own")
    );
    let shelf = with(&[kept[1], kept[0]]);
    assert!(shelf.exercises.get(&id).is_none() && shelf.measures.get(&id).is_some());
    assert!(
        refused(&shelf, E, &exercise("my-own", 2)).contains("a measure that you added has the id my-own")
    );
}

#[test]
fn a_next_version_is_greater_and_keeps_what_old_entries_are_made_of() {
    let shelf = with(&[
        (E, "my-own@2", &exercise("my-own", 2), false),
        (M, "my-tea@2", &measure("my-tea", 2), false),
    ]);
    assert!(refused(&shelf, E, &exercise("my-own", 2)).contains("version 2 is not greater than 2"));
    let renamed = exercise("my-own", 3).replace("\"pattern\"", "\"form\"");
    assert!(refused(&shelf, E, &renamed).contains("the field pattern was removed"));
    assert_eq!(shelf.check(E, &exercise("my-own", 3)).map(|it| it.version), Ok(3));

    assert!(refused(&shelf, M, &measure("my-tea", 2)).contains("version 2 is not greater than 2"));
    assert!(refused(&shelf, M, &turned("my-tea", 3)).contains("not those of the version before"));
    let reworded = measure("my-tea", 3).replace("rattled", "clattered");
    assert_eq!(shelf.check(M, &reworded).map(|it| it.version), Ok(3));
}

#[test]
fn the_first_definition_of_a_version_counts_and_what_cannot_be_read_is_left_out() {
    let (first, other) = (exercise("my-own", 1), exercise("my-own", 1).replace("minutes = 5", "minutes = 6"));
    let newer = exercise("my-own", 2).replace("schema = 1", "schema = 2");
    let shelf = with(&[
        (E, "my-own@2", &newer, false),
        (E, "my-own@1", &first, false),
        (E, "my-own@1", &other, false),
        (E, "my-other@1", "no toml", false),
        (E, "my-third@1", &first, false),
        (M, "my-tea@1", &measure("my-tea", 2), false),
    ]);
    let mine = shelf.exercises.get(&"my-own".parse().unwrap()).unwrap();
    assert_eq!((mine.version, mine.minutes), (1, 5));
    assert_eq!(shelf.exercises.iter().count(), built_in().exercises.iter().count() + 1);
    assert_eq!(shelf.measures.iter().count(), built_in().measures.iter().count());
}

#[test]
fn what_was_taken_back_is_not_offered_and_still_reads_its_entries() {
    let (breath, teapot) = (exercise("my-own", 1), measure("my-tea", 1));
    let shelf = with(&[(E, "my-own@1", &breath, true), (M, "my-tea@1", &teapot, true)]);
    for id in ["my-own", "my-tea"] {
        assert!(shelf.find(&id.parse().unwrap(), None).is_none(), "{id} cannot be begun");
        assert!(shelf.made_with(&format!("{id}@1").parse().unwrap()).is_some(), "{id} can be read");
    }
    assert!(!shelf.exercises.iter().any(|exercise| exercise.id.as_str() == "my-own"));
    assert!(!shelf.measures.iter().any(|measure| measure.id.as_str() == "my-tea"));

    assert!(shelf.check(E, &breath).is_ok() && shelf.check(M, &teapot).is_ok(), "it comes back as it was");
    assert!(shelf.check(E, &exercise("my-own", 2)).is_ok(), "or in a later version");
    let other = breath.replace("minutes = 5", "minutes = 6");
    assert!(
        refused(&shelf, E, &other).contains("version 1 is not greater than 1"),
        "and not as something else"
    );
    let back = with(&[(E, "my-own@1", &breath, true), (E, "my-own@1", &breath, false)]);
    assert!(back.exercises.offered(&"my-own".parse().unwrap()).is_some());
    assert!(refused(&back, E, &breath).contains("version 1 is not greater than 1"));
}

fn entry(number: u8, made_with: &str, at: &str, answers: &[(&str, i32)]) -> Entry {
    let draft = Draft::new(EntryKind::Measure, at.parse().unwrap());
    let answers: Answers =
        answers.iter().map(|(id, point)| (id.parse().unwrap(), Answer::Scale(*point))).collect();
    Entry {
        id: EntryId::from_bytes([number; 16]),
        kind: draft.kind,
        at: draft.at,
        title: String::new(),
        text: String::new(),
        tags: draft.tags,
        people: draft.people,
        exercise: Some(made_with.parse().unwrap()),
        answers,
        import_id: None,
        created: Timestamp::default(),
        modified: Timestamp::default(),
        trashed: None,
    }
}

fn frame<'a>(shelf: &'a Shelf, today: &str) -> Frame<'a> {
    let Shelf { exercises, measures, .. } = shelf;
    Frame { people: &[], exercises, measures, today: today.parse().unwrap() }
}

#[test]
fn scores_of_versions_added_apart_that_disagree_are_never_set_side_by_side() {
    let (first, second) = (measure("my-tea", 1), turned("my-tea", 2));
    let entries = [
        entry(1, "my-tea@1", "2026-01-01", &[("steam", 4), ("lid", 0), ("spout", 4)]),
        entry(2, "my-tea@2", "2026-02-01", &[("steam", 4), ("lid", 0), ("spout", 4)]),
        entry(3, "my-tea@3", "2026-03-01", &[("steam", 4), ("lid", 0), ("spout", 4)]),
    ];
    let numbers = |shelf: &Shelf| {
        let found = histories(&frame(shelf, "2026-04-01"), &entries);
        let results = found.iter().flat_map(|history| &history.results);
        results.map(|dated| (dated.entry, dated.result.number("total"))).collect::<Vec<_>>()
    };
    let kept = [(M, "my-tea@1", &*first, false), (M, "my-tea@2", &*second, false)];
    assert_eq!(numbers(&with(&kept)), [(entries[1].id, Some(4.0))], "the version offered counts");
    let taken_back = [kept[0], (M, "my-tea@2", &*second, true)];
    assert_eq!(numbers(&with(&taken_back)), [(entries[0].id, Some(12.0))]);
}

#[test]
fn an_exercise_that_was_taken_back_asks_nothing_later_and_can_still_be_gone_on_with() {
    let later = "[[field]]\nid = \"still\"\nkind = \"scale\"\nmin = 0\nmax = 10\nrequired = false\nphase = \"later\"\n\
                 after = [\"P7D\"]\nlabel = \"sb.title\"\n\n[i18n.en]";
    let breath = exercise("my-own", 1).replacen("[i18n.en]", later, 1);
    let full = [("suds_before", 50), ("suds_after", 40)];
    let mut done = entry(1, "my-own@1", "2026-01-01", &full);
    done.answers.insert("pattern".parse().unwrap(), Answer::Choice("4-6".to_owned()));
    done.answers.insert("timer".parse().unwrap(), Answer::Duration(Seconds::new(60).unwrap()));
    let begun = entry(2, "my-own@1", "2026-01-08", &full[..1]);
    let entries = [done, begun];
    for (is_removed, asked) in [(false, 1), (true, 0)] {
        let shelf = with(&[(E, "my-own@1", &breath, is_removed)]);
        let today = today(&frame(&shelf, "2026-01-09"), &entries, None);
        assert_eq!((today.later.len(), today.open.len()), (asked, 1), "{is_removed}: {today:?}");
    }
}
