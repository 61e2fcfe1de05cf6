use haven_api::convert::exercise::{from_pb, to_pb};
use haven_api::drafts::SavedDraft;
use haven_api::journal::Draft;
use haven_api::practice::{Exercise, HarmQuestion};
use haven_api::walk::{End, Intro, Notice, Reviewed, Subject};
use haven_core::content::Library;
use haven_core::time::Timestamp;

use super::*;

pub(in super::super) fn exercise(id: &str) -> Exercise {
    let library = Library::built_in().unwrap();
    from_pb(to_pb(library.get(&id.parse().unwrap()).unwrap(), false, "en", "112")).unwrap()
}

/// A walk through a built-in exercise, at this page, as the device would tell of it.
pub(in super::super) fn told(id: &str, page: Page) -> Told {
    let summary = exercise(id).summary;
    let has_back = !matches!(page, Page::Intro(_));
    Told {
        draft: SavedDraft {
            id: [1; 16],
            draft: Draft::default(),
            entry: None,
            base_version: None,
            saved: Timestamp::default(),
            held: false,
            meant: None,
            typed: Default::default(),
        },
        subject: Subject {
            made_with: summary.exercise,
            title: summary.title,
            is_measure: false,
            minutes: summary.minutes,
            people: Vec::new(),
        },
        at: "here".to_owned(),
        page,
        has_back,
        hint: String::new(),
        is_kept: false,
        later: Vec::new(),
        emergency: String::new(),
        heavy: false,
    }
}

pub(in super::super) fn shown(told: Told, offer: Offer) -> Walk {
    Walk::begin(told, offer)
}

/// A question of an exercise.
pub(in super::super) fn question(id: &str, field: &str, number: u32, answer: Option<Value>) -> Page {
    let exercise = exercise(id);
    let field = exercise.fields.iter().find(|it| it.id == field).unwrap().clone();
    Page::Question(Box::new(Question {
        answer_id: field.id.clone(),
        field,
        answer,
        number,
        total: u32::try_from(exercise.fields.len()).unwrap(),
        offered: Vec::new(),
        sentence: String::new(),
        breaths: Vec::new(),
        stop_label: String::new(),
        recalled: Vec::new(),
        stem: String::new(),
        declinable: false,
        suggested: String::new(),
        links: Vec::new(),
        people: Vec::new(),
        not_safe: Vec::new(),
    }))
}

pub(in super::super) fn intro(id: &str) -> Page {
    Page::Intro(Intro {
        purpose: exercise(id).purpose,
        notices: Vec::new(),
        evidence: None,
        source: String::new(),
        goes_on: false,
        questions: 5,
        begun: None,
    })
}

pub(in super::super) fn harm(id: &str) -> HarmQuestion {
    exercise(id).harm_question.unwrap()
}

fn held(choose_another: bool) -> Page {
    Page::Held(Held {
        question: harm("need-line"),
        choose_another,
        instead: Vec::new(),
        notice: String::new(),
    })
}

pub(in super::super) fn end(open: &[&str], has_answers: bool) -> Page {
    Page::End(End {
        open: open.iter().map(|label| (*label).to_owned()).collect(),
        heavy: false,
        has_answers,
        review: Vec::new(),
        unfit: Vec::new(),
    })
}

fn at(id: &str, page: Page) -> Walk {
    shown(told(id, page), Offer::default())
}

pub(in super::super) fn press(walk: &mut Walk, code: KeyCode) -> Act {
    walk.key(KeyEvent::new(code, KeyModifiers::NONE))
}

fn ctrl_c(walk: &mut Walk) -> Act {
    walk.key(KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL))
}

/// Whether a key asks for this.
fn asks(walk: &mut Walk, code: KeyCode, act: &Act) -> bool {
    press(walk, code) == *act
}

#[test]
fn one_walks_forward_back_and_out() {
    let mut walk = at("slow-breath", intro("slow-breath"));
    assert!(asks(&mut walk, KeyCode::BackTab, &Act::Nothing), "nothing is before it");
    assert!(asks(&mut walk, KeyCode::Enter, &Act::Step(Step::On)));
    walk.show(told("slow-breath", question("slow-breath", "suds_before", 1, None)), Offer::default());
    assert!(asks(&mut walk, KeyCode::Char('7'), &Act::Nothing));
    assert!(asks(&mut walk, KeyCode::BackTab, &Act::Back));
    assert_eq!(walk.noted(), Some(Value::from(7)), "it is kept before one goes back");
    assert!(asks(&mut walk, KeyCode::Tab, &Act::Step(Step::Answer(Value::from(7)))));
    press(&mut walk, KeyCode::Esc);
    assert!(walk.is_leaving && walk.noted() == Some(Value::from(7)));
    press(&mut walk, KeyCode::Esc);
    assert!(!walk.is_leaving);
    press(&mut walk, KeyCode::Esc);
    press(&mut walk, KeyCode::BackTab);
    assert!(!walk.is_leaving);
    press(&mut walk, KeyCode::Esc);
    assert!(asks(&mut walk, KeyCode::Char('9'), &Act::Nothing), "nothing is typed behind the question");
    assert!(asks(&mut walk, KeyCode::Enter, &Act::Leave));
    assert_eq!(walk.noted(), Some(Value::from(7)));
    let skip = walk_skip(&mut at("slow-breath", question("slow-breath", "suds_before", 1, None)));
    assert!(skip == Act::Step(Step::Skip));
}

fn walk_skip(walk: &mut Walk) -> Act {
    walk.key(KeyEvent::new(KeyCode::Char('x'), KeyModifiers::CONTROL))
}

#[test]
fn what_is_not_taken_stays_on_the_screen_with_why() {
    let page = || question("kept-word", "by", 1, None);
    let mut walk = at("kept-word", page());
    press(&mut walk, KeyCode::Char('x'));
    assert!(asks(&mut walk, KeyCode::Enter, &Act::Step(Step::Answer(Value::from("x")))));
    walk.stay_with(Told { hint: "Give a date.".to_owned(), ..told("kept-word", page()) });
    assert!(walk.hint == "Give a date." && walk.noted() == Some(Value::from("x")));
    press(&mut walk, KeyCode::Down);
    assert!(walk.hint.is_empty());

    let mut walk = at("slow-breath", question("slow-breath", "suds_before", 1, Some(Value::from(9))));
    press(&mut walk, KeyCode::Esc);
    assert!(ctrl_c(&mut walk) == Act::Interrupt);
    assert_eq!(walk.noted(), Some(Value::from(9)));
}

#[test]
fn a_stop_is_said_and_one_may_go_back_from_it() {
    let notice = Page::Notice(Notice { words: vec!["Stop here.".to_owned()], instead: None, is_last: true });
    let mut walk = at("slow-breath", notice);
    assert!(asks(&mut walk, KeyCode::BackTab, &Act::Back));
    assert!(asks(&mut walk, KeyCode::Enter, &Act::Step(Step::On)));
    assert_eq!(walk.noted(), None, "nothing is answered on it");
    assert!(asks(&mut at("slow-breath", end(&[], true)), KeyCode::Enter, &Act::Finish));
}

#[test]
fn what_is_no_answer_is_looked_at_before_it_is_saved() {
    let Page::End(end) = end(&[], true) else { unreachable!() };
    let unfit =
        Reviewed { label: "By when?".to_owned(), words: "soon".to_owned(), at: "question:by".to_owned() };
    let mut walk = at("kept-word", Page::End(End { unfit: vec![unfit], ..end }));
    assert!(asks(&mut walk, KeyCode::Enter, &Act::Step(Step::To("question:by".to_owned()))));
}

#[test]
fn an_answer_at_the_gate_is_chosen_and_then_given() {
    use CouldHarm::{No, NotSure, Yes};
    for (keys, answer) in [
        (&[KeyCode::Char('n')][..], No),
        (&[KeyCode::Char('y'), KeyCode::Char('n')], No),
        (&[KeyCode::Down], No),
        (&[KeyCode::Up, KeyCode::Up, KeyCode::Up], No),
        (&[KeyCode::Char('y')], Yes),
        (&[KeyCode::Char('n'), KeyCode::Char('y')], Yes),
        (&[KeyCode::Up], Yes),
        (&[KeyCode::Down, KeyCode::Down, KeyCode::Down, KeyCode::Down], Yes),
        (&[KeyCode::Down, KeyCode::Down], NotSure),
        (&[KeyCode::Char('?')], NotSure),
    ] {
        let mut walk = at("need-line", Page::Gate(harm("need-line")));
        assert!(keys.iter().all(|key| asks(&mut walk, *key, &Act::Nothing)), "a letter only chooses");
        assert!(asks(&mut walk, KeyCode::Enter, &Act::Step(Step::CouldHarm(answer))), "{keys:?}");
        // Whoever comes back chooses anew.
        walk.show(told("need-line", Page::Gate(harm("need-line"))), Offer::default());
        assert_eq!(walk.chosen, None);
    }
}

#[test]
fn nothing_is_chosen_for_anybody_and_enter_alone_asks_again() {
    let mut walk = at("need-line", Page::Gate(harm("need-line")));
    for _ in 0..3 {
        assert!(asks(&mut walk, KeyCode::Enter, &Act::Nothing) && walk.chosen.is_none());
        assert!(walk.hint.contains("Choose one of the three"), "{}", walk.hint);
    }
    press(&mut walk, KeyCode::Down);
    assert!(walk.chosen == Some(0) && walk.hint.is_empty());
    assert!(asks(&mut walk, KeyCode::BackTab, &Act::Back));
}

#[test]
fn whoever_is_not_sure_closes_it_unless_they_choose_to_go_on() {
    let unsure = || at("need-line", Page::Unsure(harm("need-line"), Vec::new()));
    for closes in [KeyCode::Enter, KeyCode::Esc, KeyCode::Tab] {
        assert!(
            asks(&mut unsure(), closes, &Act::Close),
            "the answer given without a thought is the safe one"
        );
    }
    assert!(ctrl_c(&mut unsure()) == Act::Close);
    assert!(asks(&mut unsure(), KeyCode::BackTab, &Act::Back));
    assert!(asks(&mut unsure(), KeyCode::Char('g'), &Act::Step(Step::On)));
}

#[test]
fn where_it_does_not_go_on_there_is_no_way_on() {
    let mut first = told("need-line", held(false));
    first.has_back = false;
    let mut walk = shown(first, Offer::default());
    assert!(asks(&mut walk, KeyCode::BackTab, &Act::Nothing));
    for page in [held(false), held(true)] {
        let mut walk = at("need-line", page);
        assert!(asks(&mut walk, KeyCode::Char('g'), &Act::Nothing), "there is no way on");
        assert!(asks(&mut walk, KeyCode::BackTab, &Act::Back));
        for closes in [KeyCode::Enter, KeyCode::Tab, KeyCode::Esc] {
            assert!(asks(&mut walk, closes, &Act::Close));
        }
    }
}

#[test]
fn what_turned_unpleasant_is_said_on_the_screen_of_the_timer() {
    let page = question("safe-presence", "timer", 3, None);
    let mut walk =
        shown(told("safe-presence", page), Offer { stop: "Too much?".to_owned(), ..Offer::default() });
    press(&mut walk, KeyCode::Char(' '));
    assert!(walk.moves());
    walk.tick(20_000);
    assert!(asks(&mut walk, KeyCode::Char('s'), &Act::Step(Step::Stop(Value::from("20s")))));
    let mut unstarted = at("safe-presence", question("safe-presence", "timer", 3, None));
    assert!(asks(&mut unstarted, KeyCode::Char('s'), &Act::Nothing), "where nothing is to be stopped at");
}

#[test]
fn somebody_new_is_met_and_a_name_alone_is_not_kept() {
    let mut walk = at("need-line", question("need-line", "person", 1, None));
    "Carl".chars().for_each(|letter| drop(press(&mut walk, KeyCode::Char(letter))));
    assert_eq!(walk.noted(), None);
    assert!(asks(&mut walk, KeyCode::Enter, &Act::Meet("Carl".to_owned())));
}

#[test]
fn a_time_is_taken_as_people_say_it_and_what_means_none_is_said() {
    let asked = exercise("trigger-chain").fields;
    let id = asked.iter().find(|field| matches!(field.shape, haven_api::practice::Shape::DateTime)).unwrap();
    let page = |answer| question("trigger-chain", &id.id, 1, answer);
    let answer = |walk: &mut Walk, typed: &str| -> Value {
        typed.chars().for_each(|letter| drop(press(walk, KeyCode::Char(letter))));
        let Act::Step(Step::Answer(answer)) = press(walk, KeyCode::Enter) else { panic!("{typed}") };
        answer
    };
    let mut walk = at("trigger-chain", page(None));
    assert_eq!(answer(&mut walk, "soonish"), Value::from("soonish"));
    walk.stay_with(Told { hint: "no time".to_owned(), ..told("trigger-chain", page(None)) });
    assert!(walk.hint.contains("tonight, yesterday, 21:30"), "{}", walk.hint);
    let kept = answer(&mut walk, "last night");
    assert!(kept.text().unwrap().parse::<haven_core::time::CivilTime>().unwrap().offset_seconds().is_some());
    // Whoever goes back finds it as it would be typed.
    let mut walk = at("trigger-chain", page(Some(kept.clone())));
    assert_eq!(answer(&mut walk, ""), kept);
}
