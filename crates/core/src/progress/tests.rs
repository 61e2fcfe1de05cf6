//! The views over journals made up for the purpose: small ones by hand, and any at all.

mod any;
mod fixture;
mod told;

use fixture::{Journal, date, person};

use super::*;
use crate::exercise::Sign;
use crate::measure::{Advice, Side, Target, Verdict};
use crate::sentence::tests::said;

#[test]
fn the_plane_has_a_trail_for_each_person_in_their_order_and_one_in_general() {
    let mut journal = Journal::new();
    journal.check_in("2026-01-01", Some(2), 4);
    journal.check_in("2026-01-03", None, 4);
    journal.check_in("2026-01-02", Some(1), 7);
    journal.check_in("2026-01-20", Some(1), 4);
    journal.check_in("2026-01-05", Some(9), 4);
    let plane = plane(&journal.frame(), &"two-axis".parse().unwrap(), &journal.entries).unwrap();
    let targets: Vec<Target> = plane.trails.iter().map(|trail| trail.target).collect();
    let people = [1, 2, 9].map(|byte| Target::Person(person(byte)));
    assert_eq!(
        targets,
        [&people[..], &[Target::General]].concat(),
        "nine is not in the list and comes after it"
    );
    let first = &plane.trails[0].points;
    assert_eq!((first[0].worry, first[0].distance), (5.0, 4.0));
    assert_eq!(first[0].sides, [Side::Above, Side::Middle]);
    assert_eq!((plane.range, plane.middle, plane.noise), ((1.0, 7.0), 4.0, None));
    assert_eq!(said(&plane.caption), "middle of the scale, not a cut-off");
    let few = "Answers so far: 2. It takes 4 before we say whether something changed.";
    assert_eq!(said(&plane.trails[0].says), few);
}

#[test]
fn a_trail_of_our_own_questions_cannot_tell_and_its_gaps_stay() {
    let mut journal = Journal::new();
    for day in ["2026-01-01", "2026-01-29", "2026-02-27", "2026-03-01"] {
        journal.check_in(day, Some(1), 7);
    }
    let plane = plane(&journal.frame(), &"two-axis".parse().unwrap(), &journal.entries).unwrap();
    let joined: Vec<bool> = plane.trails[0].points.iter().map(|point| point.joined).collect();
    assert_eq!(joined, [false, true, false, true], "29 days are more than twice fourteen");
    let expected = "4 answers from 2026-01-01 to 2026-03-01. Whether they differ by more than chance, we can't tell: there is no published rule for that.";
    assert_eq!(said(&plane.trails[0].says), expected);
}

#[test]
fn a_trail_with_a_rule_says_its_verdict_and_has_a_ring() {
    let mut journal = Journal::new();
    for (day, point) in [("2026-01-01", 1), ("2026-02-01", 3), ("2026-03-01", 5), ("2026-04-01", 2)] {
        journal.measure("my-rs", day, Some(1), &[point; 9]);
    }
    let id = "my-rs".parse().unwrap();
    let plane = plane(&journal.frame(), &id, &journal.entries).unwrap();
    let noise = plane.noise.unwrap();
    assert_eq!((noise.worry, noise.distance, noise.provisional), (2.0, 1.5, true));
    assert!(noise.sources.iter().all(|source| source.starts_with("Provisional")));
    let expected = "From 2026-01-01 to 2026-04-01: worry not clearly changed, distance not clearly changed.";
    assert_eq!(said(&plane.trails[0].says), expected);
    journal.measure("my-rs", "2026-05-01", Some(1), &[7; 9]);
    let plane = super::plane(&journal.frame(), &id, &journal.entries).unwrap();
    // One throughout is anxiety 1 and avoidance 5, seven throughout 7 and 3.
    let expected =
        "From 2026-01-01 to 2026-05-01: worry changed more than chance, distance changed more than chance.";
    assert_eq!(said(&plane.trails[0].says), expected);
}

#[test]
fn a_measure_without_two_axes_has_no_plane() {
    let journal = Journal::new();
    for id in ["phq-9", "no-such-thing"] {
        assert_eq!(plane(&journal.frame(), &id.parse().unwrap(), &journal.entries), None);
    }
}

#[test]
fn an_answer_sheet_that_lacks_a_score_makes_no_point() {
    let mut journal = Journal::new();
    journal.check_in("2026-01-01", Some(1), 7);
    journal.entries[0].answers.retain(|id, _| id.as_str() != "d1" && id.as_str() != "d2");
    let plane = plane(&journal.frame(), &"two-axis".parse().unwrap(), &journal.entries).unwrap();
    assert_eq!(plane.trails, []);
}

#[test]
fn pairs_have_a_middle_from_five_on_and_stand_beside_waiting() {
    let mut journal = Journal::new();
    for day in 1..=4 {
        journal.pair("x-breath", day, 60, 40);
    }
    let one = |journal: &Journal| before_after(&journal.frame(), &journal.entries).remove(0);
    assert_eq!(one(&journal).median, None);
    let few = "Times with both ratings so far: 4. From 5 on, you'll see what is typical.";
    assert_eq!(said(&one(&journal).says), few);
    journal.pair("x-breath", 5, 50, 60);
    assert_eq!((one(&journal).median, one(&journal).range), (Some(-20.0), (0, 100)));
    let expected = "Typically, over 5 times, your rating afterwards was 20 lower than before. Times you just waited so far: 0; from 5 on, you'll see them side by side. Neither says why.";
    assert_eq!(said(&one(&journal).says), expected);
    for day in 1..=6 {
        journal.pair("x-wait", day, 40, 40 - 10 * i32::from(day == 6));
    }
    let expected = "Typically, over 5 times, your rating afterwards was 20 lower than before. When you just waited, over 6 times, it was the same as before. Neither says why.";
    assert_eq!(said(&one(&journal).says), expected);
    let comparison = one(&journal).comparison.unwrap();
    assert_eq!((comparison.exercise.as_str(), comparison.pairs.len()), ("x-wait", 6));
    let all: Vec<String> = before_after(&journal.frame(), &journal.entries)
        .iter()
        .map(|view| view.exercise.to_string())
        .collect();
    assert_eq!(all, ["x-breath", "x-wait"], "by name, whatever the numbers");
    let alone = &before_after(&journal.frame(), &journal.entries)[1];
    let expected =
        "Typically, over 6 times, your rating afterwards was the same as before. That doesn't say why.";
    assert_eq!(said(&alone.says), expected);
}

#[test]
fn an_exercise_that_was_not_finished_makes_no_pair() {
    let mut journal = Journal::new();
    journal.pair("x-breath", 1, 60, 40);
    journal.entries[0].answers.retain(|id, _| id.as_str() != "suds_after");
    assert_eq!(before_after(&journal.frame(), &journal.entries), []);
}

#[test]
fn moments_are_counted_by_month_and_empty_months_are_gaps() {
    let mut journal = Journal::new();
    for (day, who, urge) in [
        ("2026-01-05", Some(1), "reach"),
        ("2026-01-06", Some(1), "reach"),
        ("2026-01-07", None, "check"),
        ("2026-02-01", Some(2), "leave"),
        ("2026-04-01", Some(2), "leave"),
    ] {
        journal.moment(day, who, urge);
    }
    let moments = moments(&journal.frame(), &journal.entries);
    let shown: Vec<(i16, i8, bool, String)> =
        moments.months.iter().map(|m| (m.year, m.month, m.joined, said(&m.says))).collect();
    let of = |month: &str, count: &str| format!("You logged {count} in {month} 2026.");
    assert_eq!(
        shown,
        [
            (2026, 1, false, of("January", "3 moments")),
            (2026, 2, true, of("February", "one moment")),
            (2026, 4, false, of("April", "one moment"))
        ]
    );
    let january: Vec<(&str, Option<crate::id::PersonId>, usize)> =
        moments.months[0].counts.iter().map(|c| (c.urge.as_str(), c.person, c.count)).collect();
    assert_eq!(january, [("check", None, 1), ("reach", Some(person(1)), 2)]);
    let mut of_one = moments.months[0].clone();
    of_one.keep_only(person(1));
    assert_eq!(said(&of_one.says), "You logged 2 moments with P1 in January 2026.");
    assert_eq!(moments.together, []);
}

#[test]
fn what_came_together_is_said_from_ten_moments_on_each_side() {
    let mut journal = Journal::new();
    for day in 1..=9 {
        journal.moment(&format!("2026-01-{day:02}"), Some(1), "reach");
        journal.moment(&format!("2026-02-{day:02}"), Some(2), if day < 4 { "reach" } else { "leave" });
    }
    assert_eq!(moments(&journal.frame(), &journal.entries).together, []);
    journal.moment("2026-01-10", Some(1), "check");
    assert_eq!(
        moments(&journal.frame(), &journal.entries).together,
        [],
        "nine on the other side are too few"
    );
    journal.moment("2026-02-10", None, "leave");
    let together = moments(&journal.frame(), &journal.entries).together;
    assert_eq!(together.len(), 1, "with the second person there are still nine");
    assert_eq!((together[0].person, together[0].urge.as_str()), (person(1), "reach"));
    assert_eq!((together[0].with, together[0].without), ((9, 10), (3, 10)));
    let expected =
        "Of the 10 moments you logged with P1, 9 came with this urge: reach. Of the 10 others, 3 did.";
    assert_eq!(said(&together[0].says), expected);
}

#[test]
fn a_moment_counts_in_the_month_in_which_it_was() {
    let mut journal = Journal::new();
    journal.moment("2026-03-02", None, "reach");
    journal.set("when", crate::answers::Answer::DateTime("2026-02-27T22:00".parse().unwrap()));
    journal.moment("2026-03-03", None, "reach");
    journal.set("when", crate::answers::Answer::DateTime("2030-01-01".parse().unwrap()));
    let months: Vec<i8> =
        moments(&journal.frame(), &journal.entries).months.iter().map(|month| month.month).collect();
    assert_eq!(months, [2, 3], "a time to come is a slip, and the entry's own date counts");
}

#[test]
fn a_belief_is_followed_over_weeks_and_a_missing_answer_is_a_gap() {
    let mut journal = Journal::new();
    for day in 1..=5 {
        journal.belief(day, 80, 60, [Some(50), None]);
    }
    journal.belief(6, 90, 80, [None, Some(20)]);
    let beliefs = beliefs(&journal.frame(), &journal.entries).remove(0);
    assert_eq!((beliefs.range, beliefs.lines.len()), ((0, 100), 6));
    let later: Vec<_> = beliefs.lines[5].later.iter().map(|l| (l.days, l.due, l.rating)).collect();
    assert_eq!(later, [(7, date("2026-01-13"), None), (28, date("2026-02-03"), Some(20))]);
    let steps: Vec<_> = beliefs.steps.iter().map(|s| (s.days, s.count, s.median)).collect();
    assert_eq!(steps, [(0, 6, Some(-20.0)), (7, 5, Some(-30.0)), (28, 1, None)]);
    let says: Vec<String> = beliefs.steps.iter().map(|step| said(&step.says)).collect();
    let expected = [
        "Typically, over 6 times, your belief in the thought was 20 lower than before, right afterwards.",
        "Typically, over 5 times, your belief in the thought was 30 lower than before, 7 days later.",
        "Times with both ratings so far: 1. From 5 on, you'll see what is typical.",
    ];
    assert_eq!(says, expected);
}

#[test]
fn predictions_are_counted_by_how_sure_one_was() {
    let mut journal = Journal::new();
    for (sure, result) in [
        (80, Some("as-feared")),
        (85, Some("not")),
        (100, Some("not")),
        (90, Some("partly")),
        (20, Some("not")),
        (79, None),
    ] {
        journal.prediction(sure, result);
    }
    let calibration = calibration(&journal.frame(), &journal.entries);
    let counts: Vec<_> =
        calibration.ranges.iter().map(|r| (r.from, r.to, r.as_feared, r.partly, r.not)).collect();
    assert_eq!(counts, [(20, 39, 0, 0, 1), (80, 100, 1, 1, 2)]);
    assert_eq!(calibration.open, 1);
    let expected = "When you were 80 to 100 percent sure, things went the way you feared 1 of 4 times.";
    assert_eq!(said(&calibration.ranges[1].says), expected);
}

#[test]
fn the_signs_are_seven_series_from_either_way_of_answering() {
    let mut journal = Journal::new();
    journal.measure("seven-signs", "2026-01-01", None, &[1, 2, 3, 3, 4, 5, 6, 7]);
    journal.snapshot("2026-01-15", &[(0, 3), (2, 9), (7, 9)]);
    let signs = signs(&journal.frame(), &journal.entries).unwrap();
    let names: Vec<Sign> = signs.iter().map(|series| series.sign).collect();
    assert_eq!(names, Sign::ALL);
    let numbers = |index: usize| signs[index].points.iter().map(|p| (p.number, p.joined)).collect::<Vec<_>>();
    assert_eq!(numbers(0), [(1.0, false), (3.0, true)]);
    assert_eq!(numbers(1), [(2.5, false)], "half of it is left out in the second");
    assert_eq!(numbers(6), [(7.0, false), (9.0, true)]);
    assert_eq!(said(&signs[0].says), "Answers so far: 2. From 4 on, you'll see their range.");
    journal.measure("seven-signs", "2026-02-01", None, &[8; 8]);
    journal.measure("seven-signs", "2026-04-01", None, &[5; 8]);
    let signs = super::signs(&journal.frame(), &journal.entries).unwrap();
    let expected = "4 answers from 2026-01-01 to 2026-04-01, between 1 and 8. Whether they differ by more than chance, we can't tell.";
    assert_eq!(said(&signs[0].says), expected);
    assert!(!signs[0].points[3].joined, "two months are a gap");
}

#[test]
fn people_move_between_circles_and_stand_in_the_order_of_the_list() {
    let mut journal = Journal::new();
    for (day, who, circle) in [
        ("2026-01-01", 2, "outer"),
        ("2026-01-01", 1, "inner"),
        ("2026-02-01", 2, "outer"),
        ("2026-03-01", 2, "middle"),
    ] {
        journal.place(day, who, circle);
    }
    let circles = circles(&journal.frame(), &journal.entries);
    let placed: Vec<_> = circles.placed.iter().map(|p| (p.person, p.circle.as_str(), p.since)).collect();
    let expected = [(person(1), "inner", date("2026-01-01")), (person(2), "middle", date("2026-03-01"))];
    assert_eq!(placed, expected);
    let moved: Vec<_> = circles.moves.iter().map(|m| (m.person, m.from.as_deref(), m.to.as_str())).collect();
    let expected =
        [(person(2), None, "outer"), (person(1), None, "inner"), (person(2), Some("outer"), "middle")];
    assert_eq!(moved, expected, "being placed where one stood is no move");
    assert_eq!(said(&circles.says.unwrap()), "As you placed them on 2026-03-01.");
    let empty = super::circles(&journal.frame(), []);
    assert_eq!((empty.placed.len(), empty.says), (0, None));
}

#[test]
fn a_line_about_responses_comes_after_five() {
    let mut journal = Journal::new();
    for day in 1..=4 {
        journal.response(day, 2, [3 + day, 5, 6]);
    }
    journal.response(1, 1, [0, 0, 0]);
    let strips = |journal: &Journal| responses(&journal.frame(), &journal.entries);
    let people: Vec<_> = strips(&journal).iter().map(|strip| strip.person).collect();
    assert_eq!(people, [person(1), person(2)], "in the order of the list, not of the numbers");
    let few = "Times you wrote down so far: 4. From 5 on, there's a line about them.";
    assert_eq!(said(&strips(&journal)[1].says), few);
    journal.response(5, 2, [9, 9, 9]);
    let expected = "Over the 5 times you wrote down, you rated feeling understood between 4 and 9.";
    assert_eq!(said(&strips(&journal)[1].says), expected);
    assert_eq!(strips(&journal)[1].times[4].valued, 9);
    assert_eq!(strips(&journal)[1].range, (0, 10), "the ends of the scale, and not of the ratings");
}

#[test]
fn agreements_are_listed_with_what_became_of_them() {
    let mut journal = Journal::new();
    journal.session("2026-01-01", 2, Some("yes"));
    journal.session("2026-01-08", 1, Some("not"));
    journal.session("2026-01-15", 0, Some("yes"));
    journal.session("2026-01-22", 1, Some("partly"));
    journal.session("2026-01-29", 3, None);
    let homework = homework(&journal.frame(), &journal.entries);
    let shown: Vec<_> = homework.agreements.iter().map(|a| (a.things, a.tried)).collect();
    let expected = [(2, Some(Tried::Yes)), (1, Some(Tried::Not)), (1, Some(Tried::Partly)), (3, None)];
    assert_eq!(shown, expected, "a session without an agreement is left out");
    assert_eq!(homework.agreements[0].due, Some(date("2026-01-08")));
    let expected = "Sessions with something agreed: 4. Tried, fully or in part: 2. Not said yet: 1.";
    assert_eq!(said(&homework.says), expected);
}

#[test]
fn measures_say_what_their_rule_says_and_when_to_ask_again() {
    let mut journal = Journal::new();
    journal.measure("gad-7", "2026-01-01", None, &[2, 2, 2, 2, 2, 2, 2]);
    journal.measure("gad-7", "2026-01-15", None, &[2, 2, 2, 2, 2, 2, 0]);
    journal.measure("gad-7", "2026-06-01", None, &[2, 2, 2, 2, 2, 0, 0]);
    journal.measure("scs-sf", "2026-01-01", None, &[1; 12]);
    journal.measure("scs-sf", "2026-05-30", None, &[1, 5, 5, 1, 5, 5, 5, 1, 1, 5, 1, 1]);
    journal.measure("pswq", "2026-05-01", None, &[3; 16]);
    let histories = histories(&journal.frame(), &journal.entries);
    let ids: Vec<&str> = histories.iter().map(|history| history.measure.as_str()).collect();
    assert_eq!(ids, ["gad-7", "pswq", "scs-sf"]);
    let verdicts = |changes: &[crate::measure::ScoreChange]| {
        changes.iter().map(|change| (change.difference, change.verdict)).collect::<Vec<_>>()
    };
    let gad = &histories[0];
    assert_eq!(verdicts(&gad.since_last), [(Some(-2.0), Verdict::NotClearly)]);
    assert_eq!(verdicts(&gad.since_first), [(Some(-4.0), Verdict::MoreThanChance)]);
    assert_eq!(said(&gad.says[0].sentences[0]), "From 2026-01-01 to 2026-06-01: changed more than chance.");
    let joined: Vec<bool> = gad.results.iter().map(|dated| dated.joined).collect();
    assert_eq!(joined, [false, true, false]);
    assert_eq!(gad.again, Advice::Wait { from: date("2026-06-15") });
    let pswq = &histories[1];
    assert_eq!((pswq.since_first.len(), pswq.says.len()), (0, 0), "one result is no change");
    assert_eq!(pswq.again, Advice::Ready);
    assert_eq!(
        said(&histories[2].says[0].sentences[0]),
        "From 2026-01-01 to 2026-05-30: we can't tell whether that's more than chance."
    );
}

#[test]
fn a_provisional_rule_is_called_provisional() {
    let mut journal = Journal::new();
    journal.measure("my-rs", "2026-01-01", Some(1), &[1; 9]);
    journal.measure("my-rs", "2026-03-01", Some(1), &[7; 9]);
    let histories = histories(&journal.frame(), &journal.entries);
    let more = "From 2026-01-01 to 2026-03-01: changed more than chance.";
    let provisional = "The limit used here is provisional; nobody has published one.";
    for (says, subscale) in histories[0].says.iter().zip(["avoidance", "anxiety"]) {
        let sentences: Vec<String> = says.sentences.iter().map(said).collect();
        assert_eq!(
            (says.subscale.as_str(), sentences),
            (subscale, vec![more.to_owned(), provisional.to_owned()])
        );
    }
}

#[test]
fn a_sheet_without_a_score_is_compared_with_nothing_and_asks_for_no_patience() {
    let mut journal = Journal::new();
    journal.measure("gad-7", "2026-01-01", None, &[3; 7]);
    let day = journal.frame().today.to_string();
    journal.measure("gad-7", &day, None, &[0; 3]);
    let found = histories(&journal.frame(), &journal.entries);
    assert_eq!((found[0].since_first.len(), found[0].since_last.len(), found[0].says.len()), (0, 0, 0));
    assert_eq!((found[0].results.len(), found[0].again), (2, Advice::Ready));
    journal.measure("gad-7", "2026-03-01", None, &[0; 7]);
    let found = histories(&journal.frame(), &journal.entries);
    let more = "From 2026-01-01 to 2026-03-01: changed more than chance.";
    assert_eq!(said(&found[0].says[0].sentences[0]), more, "the two that have a score");
    assert_eq!(found[0].since_last.len(), 1);
}

#[test]
fn answering_again_sooner_than_advised_gets_no_verdict() {
    let mut journal = Journal::new();
    journal.measure("gad-7", "2026-05-01", None, &[3, 3, 3, 3, 3, 3, 3]);
    for (day, expected) in [("2026-05-14", Verdict::TooSoon), ("2026-05-15", Verdict::MoreThanChance)] {
        let mut journal = journal.clone();
        journal.measure("gad-7", day, None, &[0; 7]);
        let histories = histories(&journal.frame(), &journal.entries);
        assert_eq!(histories[0].since_last[0].verdict, expected, "{day}");
        assert_eq!(histories[0].since_first[0].rule.is_some(), expected != Verdict::TooSoon, "{day}");
    }
    journal.measure("gad-7", "2026-05-02", None, &[0; 7]);
    let histories = histories(&journal.frame(), &journal.entries);
    let expected = "From 2026-05-01 to 2026-05-02: answering again so soon can't tell you more.";
    assert_eq!(said(&histories[0].says[0].sentences[0]), expected);
}

#[test]
fn days_are_dots_and_coming_back_is_counted_without_a_streak() {
    let mut journal = Journal::new();
    for day in ["2026-01-01", "2026-01-01", "2026-01-02", "2026-01-09", "2026-01-15", "2026-03-01"] {
        journal.note(day);
    }
    let days = days(&journal.frame(), &journal.entries);
    assert_eq!(days.written.len(), 5);
    assert_eq!(days.says.as_ref().map(said).as_deref(), Some("Times you came back after a week or more: 2."));
    let nobody_was_away = super::days(&journal.frame(), &journal.entries[..2]);
    assert_eq!((nobody_was_away.came_back, nobody_was_away.says), (0, None));
}

#[test]
fn what_is_in_the_trash_or_still_to_come_is_not_counted() {
    let mut journal = Journal::new();
    journal.note("2026-06-02");
    journal.note("2026-06-03");
    journal.note("2026-06-01");
    journal.entries[2].trashed = Some(crate::time::Timestamp::default());
    let days = days(&journal.frame(), &journal.entries);
    assert_eq!(days.written, [date("2026-06-02")], "tomorrow may be today elsewhere, the day after not");
}

#[test]
fn an_entry_of_a_version_this_device_does_not_have_is_read_by_the_newest() {
    let mut journal = Journal::new();
    journal.pair("x-breath", 1, 60, 40);
    journal.measure("gad-7", "2026-01-01", None, &[1; 7]);
    for entry in &mut journal.entries {
        entry.exercise.as_mut().unwrap().version = 99;
    }
    assert_eq!(before_after(&journal.frame(), &journal.entries)[0].pairs.len(), 1);
    assert_eq!(histories(&journal.frame(), &journal.entries)[0].results.len(), 1);
}

/// The fields a view reads are there in every built-in exercise that belongs to it, with options the view knows.
#[test]
fn the_built_in_exercises_have_what_their_views_read() {
    use crate::exercise::{FieldKind, View};
    let library = crate::content::Library::built_in().unwrap();
    for exercise in library.iter() {
        let kind = |id: &str| exercise.field(&id.parse().unwrap()).map(crate::exercise::Field::kind);
        let has = |id: &str, wanted: FieldKind| kind(id) == Some(wanted);
        let options = |id: &str| -> Vec<String> {
            let field = exercise.field(&id.parse().unwrap());
            field.iter().flat_map(|f| f.shape.options()).map(|option| option.id.clone()).collect()
        };
        let id = &exercise.id;
        if exercise.views.contains(&View::Triggers) {
            assert!(has("urge", FieldKind::Choice) && has("person", FieldKind::Person), "{id}");
        }
        if exercise.views.contains(&View::Map) {
            let rated = ["understood", "valued", "cared"].iter().all(|field| has(field, FieldKind::Scale));
            assert!(has("person", FieldKind::Person) && (has("circle", FieldKind::Choice) || rated), "{id}");
        }
        if exercise.views.contains(&View::Belief) {
            assert!(has("sure", FieldKind::Scale), "{id}");
            assert_eq!(options("result"), ["as-feared", "partly", "not"], "{id}");
        }
        if exercise.views.contains(&View::Homework) && kind("homework").is_some() {
            assert!(has("homework", FieldKind::List) && has("homework_due", FieldKind::Date), "{id}");
            assert_eq!(options("tried"), ["yes", "partly", "not"], "{id}");
        }
        if exercise.views.contains(&View::Signs) {
            let measures = crate::measure::Measures::built_in().unwrap();
            let signs = measures.get(&"seven-signs".parse().unwrap()).unwrap();
            assert!(signs.items.iter().all(|item| has(item.id.as_str(), FieldKind::Scale)), "{id}");
        }
    }
}
