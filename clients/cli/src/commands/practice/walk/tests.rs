use haven_api::convert::exercise::{from_pb, to_pb};
use haven_core::answers::ValueMap;
use haven_core::content::Library;

use super::*;

/// A walk through a built-in exercise.
pub(in super::super) fn begun(id: &str, is_unsafe: bool, is_held: bool) -> Walk {
    let library = Library::built_in().unwrap();
    let exercise = from_pb(to_pb(library.get(&id.parse().unwrap()).unwrap(), false, "en")).unwrap();
    Walk::begin(Stepper::new(exercise, ValueMap::new()), is_unsafe, is_held)
}

/// Does what whoever walks does, as long as nothing of the device's is needed.
pub(in super::super) fn press(walk: &mut Walk, code: KeyCode) -> Act {
    let act = walk.key(KeyEvent::new(code, KeyModifiers::NONE));
    match act {
        Act::Ask => walk.ask(|_, _| Offer::default()),
        Act::Answered(reply) => {
            if !walk.reply(reply, "") {
                walk.ask(|_, _| Offer::default());
            }
        }
        other => return other,
    }
    Act::Nothing
}

fn asked(walk: &Walk) -> &str {
    if !matches!(walk.page, Page::Question(_)) {
        return "";
    }
    walk.stepper.field().map_or("", |field| &field.id)
}

#[test]
fn one_walks_forward_back_and_out() {
    let mut walk = begun("slow-breath", false, false);
    press(&mut walk, KeyCode::Enter);
    assert_eq!(asked(&walk), "suds_before");
    press(&mut walk, KeyCode::Char('7'));
    press(&mut walk, KeyCode::Tab);
    assert_eq!(asked(&walk), "pattern");
    press(&mut walk, KeyCode::BackTab);
    assert_eq!(walk.stepper.answer(), Some(&Value::from(7)));
    press(&mut walk, KeyCode::BackTab);
    assert!(matches!(walk.page, Page::Intro));
    press(&mut walk, KeyCode::Esc);
    press(&mut walk, KeyCode::Esc);
    assert!(matches!(walk.page, Page::Intro));
    press(&mut walk, KeyCode::Esc);
    assert_eq!(press(&mut walk, KeyCode::Enter), Act::Leave);
}

#[test]
fn what_does_not_fit_is_said_and_what_stands_there_is_noted() {
    let mut walk = begun("slow-breath", false, false);
    press(&mut walk, KeyCode::Enter);
    press(&mut walk, KeyCode::Char('-'));
    press(&mut walk, KeyCode::Enter);
    assert_eq!((asked(&walk), walk.hint.is_empty()), ("suds_before", false));
    walk.note();
    assert!(walk.stepper.answers().is_empty());
    press(&mut walk, KeyCode::Backspace);
    press(&mut walk, KeyCode::Char('9'));
    press(&mut walk, KeyCode::Char('9'));
    press(&mut walk, KeyCode::Esc);
    assert_eq!(walk.key(KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL)), Act::Interrupt);
    walk.note();
    assert_eq!(walk.stepper.answers().get("suds_before"), Some(&Value::from(99)));
}

#[test]
fn a_stop_is_said_and_ends_it_unless_one_goes_back() {
    let mut walk = begun("slow-breath", false, false);
    walk.stepper.go_to("dizzy");
    walk.ask(|_, _| Offer::default());
    press(&mut walk, KeyCode::Char('y'));
    press(&mut walk, KeyCode::Enter);
    assert!(matches!(&walk.page, Page::Notice(notice) if notice.is_last));
    press(&mut walk, KeyCode::BackTab);
    assert_eq!(asked(&walk), "dizzy");
    press(&mut walk, KeyCode::Enter);
    press(&mut walk, KeyCode::Enter);
    assert!(matches!(walk.page, Page::End));
    assert_eq!(press(&mut walk, KeyCode::Enter), Act::Finish);
}

#[test]
fn only_a_clear_no_goes_on_at_once() {
    for (keys, goes_on) in [
        (&[KeyCode::Char('n')][..], true),
        (&[KeyCode::Down, KeyCode::Enter], true),
        (&[KeyCode::Up, KeyCode::Up, KeyCode::Up, KeyCode::Enter], true),
        (&[KeyCode::Char('y')], false),
        (&[KeyCode::Up, KeyCode::Enter], false),
        (&[KeyCode::Down, KeyCode::Down, KeyCode::Down, KeyCode::Down, KeyCode::Enter], false),
    ] {
        let mut walk = begun("need-line", false, false);
        press(&mut walk, KeyCode::Enter);
        assert!(matches!(walk.page, Page::Gate(_)));
        keys.iter().for_each(|key| drop(press(&mut walk, *key)));
        assert_eq!(asked(&walk) == "person", goes_on, "{keys:?}");
        if !goes_on {
            assert!(matches!(walk.page, Page::Held));
            assert_eq!(press(&mut walk, KeyCode::Char('g')), Act::Nothing, "there is no way on");
            assert_eq!(press(&mut walk, KeyCode::Enter), Act::Close);
        }
    }
}

#[test]
fn nothing_is_chosen_for_anybody_and_enter_alone_asks_again() {
    let mut walk = begun("need-line", false, false);
    press(&mut walk, KeyCode::Enter);
    for _ in 0..3 {
        assert!(matches!(walk.page, Page::Gate(None)));
        assert_eq!(press(&mut walk, KeyCode::Enter), Act::Nothing);
        assert!(walk.hint.contains("Choose one of the three"), "{}", walk.hint);
    }
    press(&mut walk, KeyCode::Down);
    assert!(matches!(walk.page, Page::Gate(Some(0))) && walk.hint.is_empty());
}

#[test]
fn whoever_is_not_sure_sees_what_support_there_is_and_then_has_a_way_on() {
    for keys in [&[KeyCode::Down, KeyCode::Down, KeyCode::Enter][..], &[KeyCode::Char('?')]] {
        let unsure = || {
            let mut walk = begun("need-line", false, false);
            press(&mut walk, KeyCode::Enter);
            keys.iter().for_each(|key| drop(press(&mut walk, *key)));
            assert!(matches!(walk.page, Page::Unsure), "{keys:?}");
            walk
        };
        assert_eq!(
            press(&mut unsure(), KeyCode::Enter),
            Act::Close,
            "the answer given without a thought is the safe one"
        );
        assert_eq!(press(&mut unsure(), KeyCode::Esc), Act::Close);
        let mut walk = unsure();
        press(&mut walk, KeyCode::BackTab);
        assert!(matches!(walk.page, Page::Gate(None)));
        let mut walk = unsure();
        press(&mut walk, KeyCode::Char('g'));
        assert_eq!(asked(&walk), "person");
    }
}

#[test]
fn what_turned_unpleasant_is_said_on_the_screen_of_the_timer() {
    let mut walk = begun("safe-presence", false, false);
    press(&mut walk, KeyCode::Enter);
    while asked(&walk) != "timer" {
        walk.stepper.skip();
        let stop = walk.stepper.stop_ahead().map(|field| field.label.clone()).unwrap_or_default();
        walk.ask(|_, _| Offer { stop, ..Offer::default() });
    }
    press(&mut walk, KeyCode::Char(' '));
    assert!(walk.moves());
    press(&mut walk, KeyCode::Char('s'));
    let Page::Notice(notice) = &walk.page else { panic!("nothing was said") };
    assert_eq!(notice.instead.as_ref().map(ExerciseId::as_str), Some("five-senses"));
    assert!(notice.is_last);
    assert_eq!(walk.stepper.answers().get("exit_any_time"), Some(&Value::Bool(true)));
}

#[test]
fn a_gate_that_holds_asks_nothing() {
    let mut walk = begun("need-line", true, true);
    assert!(!walk.unsafe_notice.is_empty());
    assert!(matches!(walk.page, Page::Held));
    assert_eq!(press(&mut walk, KeyCode::Tab), Act::Close);
}
