use haven_api::practice::{Count, Scale, Weight};
use haven_core::exercise::{ItemKind, Phase};
use ratatui::crossterm::event::{KeyCode, KeyModifiers};
use serde_json::{Value as Json, json};

use super::*;

fn field(shape: Shape) -> Field {
    Field {
        id: "f".to_owned(),
        phase: Phase::Main,
        required: false,
        label: "What?".to_owned(),
        help: String::new(),
        after: Vec::new(),
        on: None,
        recall: Vec::new(),
        from: None,
        shape,
    }
}

fn scale(min: i32, max: i32) -> Scale {
    Scale { min, max, step: 1, anchors: Vec::new(), bounds: None }
}

fn choices() -> Vec<Choice> {
    let choice = |id: &str| Choice {
        id: id.to_owned(),
        label: format!("the {id}"),
        notice: String::new(),
        group: String::new(),
    };
    vec![choice("a"), choice("b"), choice("c")]
}

/// Types keys: letters as they are, and names in angle brackets.
fn typed(control: &mut Control, keys: &str) {
    let mut rest = keys;
    while let Some(letter) = rest.chars().next() {
        let end = rest.find('>').filter(|_| letter == '<');
        let (name, len) =
            end.map_or((&rest[..letter.len_utf8()], letter.len_utf8()), |end| (&rest[1..end], end + 1));
        let code = match name {
            "enter" => KeyCode::Enter,
            "up" => KeyCode::Up,
            "down" => KeyCode::Down,
            "left" => KeyCode::Left,
            "right" => KeyCode::Right,
            "back" => KeyCode::Backspace,
            "home" => KeyCode::Home,
            "pgup" => KeyCode::PageUp,
            "pgdn" => KeyCode::PageDown,
            _ => KeyCode::Char(letter),
        };
        control.key(KeyEvent::new(code, KeyModifiers::NONE), 20);
        rest = &rest[len..];
    }
}

fn answered(control: &Control) -> Json {
    match control.answered() {
        Answered::Nothing => Json::Null,
        Answered::Value(value) => value.into(),
        Answered::Stranger(name) => json!({ "new": name }),
    }
}

fn check(shape: &Shape, before: &Json, keys: &str, after: &Json) {
    let offer = Offer {
        people: vec![("id-ann".to_owned(), "Ann".to_owned()), ("id-bea".to_owned(), "Bea".to_owned())],
        entries: vec![("id-dawn".to_owned(), "Dawn".to_owned()), ("id-noon".to_owned(), "Noon".to_owned())],
        items: vec!["call".to_owned(), "visit".to_owned()],
        suggested: "2026-12-01".to_owned(),
        now: "2026-11-24T21:30".to_owned(),
        ..Offer::default()
    };
    let before = Some(Value::from(before.clone())).filter(|before| *before != Value::Null);
    let mut control = Control::of(&field(shape.clone()), offer, before.as_ref());
    typed(&mut control, keys);
    assert_eq!(&answered(&control), after, "{keys}");
}

#[test]
fn words_are_written_and_corrected() {
    let line = Shape::Text { chars_max: 100 };
    check(&line, &Json::Null, "", &Json::Null);
    check(&line, &Json::Null, "  ", &Json::Null);
    check(&line, &Json::Null, "hélo<left><left>l<home>x<back>H", &json!("Hhéllo"));
    check(&line, &json!("was"), "<back>y", &json!("way"));
    check(&line, &Json::Null, "<down><down>", &json!("visit"));
    check(&line, &Json::Null, "<up>", &json!("visit"));
    check(&line, &json!("mine"), "<down>!", &json!("mine!"));
    check(&Shape::LongText { chars_max: None }, &Json::Null, "a<enter>b", &json!("a\nb"));
}

#[test]
fn a_day_begins_where_it_is_suggested() {
    let date = Shape::Date { suggest: Some("P7D".to_owned()) };
    check(&date, &Json::Null, "<down>", &json!("2026-12-01"));
    check(&date, &Json::Null, "<down><down><down>", &json!("2026-12-03"));
    check(&date, &json!("2026-03-01"), "<up>", &json!("2026-02-28"));
    check(&Shape::DateTime, &Json::Null, "<up><up>", &json!("2026-11-23T21:30"));
    check(&Shape::DateTime, &Json::Null, "2026-11-24", &json!("2026-11-24"));
}

#[test]
fn a_dial_shows_no_number_before_it_is_turned() {
    let percent = Shape::Scale(scale(0, 100));
    check(&percent, &Json::Null, "", &Json::Null);
    check(&percent, &Json::Null, "72", &json!(72));
    check(&percent, &Json::Null, "<right><right><up>", &json!(11));
    check(&percent, &Json::Null, "<left><left>", &json!(99));
    check(&percent, &json!(5), "<back>", &Json::Null);
    check(&percent, &json!(5), "<left><left><left><left><left><left>", &json!(0));
    check(&Shape::Scale(scale(-5, 5)), &Json::Null, "-3", &json!(-3));
}

#[test]
fn a_digit_beyond_the_scale_is_not_taken() {
    let (five, percent) = (Shape::Scale(scale(0, 5)), Shape::Scale(scale(0, 100)));
    check(&percent, &Json::Null, "250", &json!(25));
    check(&percent, &Json::Null, "705", &json!(70));
    check(&percent, &Json::Null, "1000", &json!(100));
    check(&percent, &Json::Null, "070", &json!(70));
    check(&percent, &Json::Null, "00", &json!(0));
    check(&percent, &Json::Null, "-7", &json!(7));
    check(&percent, &Json::Null, "705<back>5", &json!(75));
    check(&percent, &json!(65), "40", &json!(40));
    check(&percent, &Json::Null, "<up>40", &json!(40));
    check(&five, &Json::Null, "34", &json!(4));
    check(&five, &Json::Null, "39", &json!(3));
    check(&five, &Json::Null, "92", &json!(2));
    check(&five, &json!(3), "4", &json!(4));
    check(&Shape::Scale(scale(-5, 5)), &Json::Null, "-34", &json!(-3));
    let feelings =
        Shape::Emotions { strength: scale(1, 100), suggestions: choices(), count: Count { min: 0, max: 9 } };
    check(&feelings, &Json::Null, "705", &json!([{"name": "a", "strength": 70}]));
    check(&feelings, &Json::Null, "70<down><up>5", &json!([{"name": "a", "strength": 5}]));
}

#[test]
fn entries_are_chosen_and_not_typed() {
    let links =
        Shape::List { of: ItemKind::Link, count: Count { min: 0, max: 10 }, chars_max: 64, weight: None };
    check(&links, &Json::Null, "", &Json::Null);
    check(&links, &Json::Null, "<down> ", &json!(["id-noon"]));
    check(&links, &json!(["id-noon"]), " ", &json!(["id-dawn", "id-noon"]));
}

#[test]
fn one_or_several_are_picked() {
    let one = Shape::Choice(choices());
    check(&one, &Json::Null, "", &Json::Null);
    check(&one, &Json::Null, "<down><down>", &json!("b"));
    check(&one, &Json::Null, "3", &Json::Null); // no digit stands beside an option
    check(&one, &json!("b"), "<up><up>", &json!("a"));
    check(&one, &json!("b"), "<back>", &Json::Null);
    let several = Shape::Multi(choices(), Count { min: 0, max: 3 });
    check(&several, &Json::Null, " <down><down> ", &json!(["a", "c"]));
    check(&several, &json!(["a"]), " ", &Json::Null);
    check(&several, &json!(["a"]), "29", &json!(["a"]));
    check(&Shape::Bool { stop: None }, &Json::Null, "n", &json!(false));
    check(&Shape::Consent, &json!(false), "y", &json!(true));
}

#[test]
fn somebody_is_found_or_new() {
    check(&Shape::Person, &Json::Null, "<down>", &json!("id-ann"));
    check(&Shape::Person, &Json::Null, "be<down>", &json!("id-bea"));
    check(&Shape::Person, &Json::Null, "Bea", &json!("id-bea"));
    check(&Shape::Person, &Json::Null, "Be", &json!({"new": "Be"}));
    check(&Shape::Person, &json!("id-bea"), "", &json!("id-bea"));
    check(&Shape::Person, &Json::Null, "Bea<back><back><back>", &Json::Null);
}

#[test]
fn rows_take_items_and_their_numbers() {
    let count = Count { min: 0, max: 3 };
    let list = |weight| Shape::List { of: ItemKind::Text, count, chars_max: 40, weight };
    let weighed = list(Some(Weight { min: 0, max: 100, sum: Some(100) }));
    check(&list(None), &Json::Null, "a<enter>b<enter><enter>", &json!(["a", "b"]));
    check(&list(None), &json!(["a", "b"]), "<back><back>", &json!(["a"]));
    check(&list(None), &json!(["a", "b"]), "<up>x", &json!(["ax", "b"]));
    check(&list(None), &Json::Null, "a<enter>b<enter>c<enter>d", &json!(["a", "b", "cd"]));
    let both = json!([{"text": "tired", "weight": 60}, {"text": "busy", "weight": 40}]);
    check(&weighed, &Json::Null, "tired<enter>60<enter>busy<enter>4x0", &both);
    check(
        &weighed,
        &both,
        "<right><back><back>30",
        &json!([{"text": "tired", "weight": 60}, {"text": "busy", "weight": 30}]),
    );
    check(&weighed, &Json::Null, "tired", &json!(["tired"]));
}

#[test]
fn feelings_have_a_strength_and_may_be_ones_own() {
    let count = Count { min: 1, max: 6 };
    let feelings = |max| Shape::Emotions { strength: scale(1, max), suggestions: choices(), count };
    check(&feelings(5), &Json::Null, "", &Json::Null);
    check(&feelings(5), &Json::Null, "4<down>9", &json!([{"name": "a", "strength": 4}]));
    check(&feelings(5), &Json::Null, "<right><right><left><left>", &Json::Null);
    check(&feelings(5), &Json::Null, "stung<enter>2", &json!([{"name": "stung", "strength": 2}]));
    check(&feelings(5), &Json::Null, "stung<enter>", &json!([{"name": "stung"}]));
    check(&feelings(5), &Json::Null, "stung<enter>2<back>", &Json::Null);
    check(&feelings(100), &Json::Null, "45", &json!([{"name": "a", "strength": 45}]));
    check(
        &feelings(5),
        &json!([{"name": "b", "strength": 2}, {"name": "x", "strength": 1}]),
        "",
        &json!([{"name": "b", "strength": 2}, {"name": "x", "strength": 1}]),
    );
}

#[test]
fn a_clock_runs_only_when_it_was_started() {
    let timer = Shape::Timer { suggested_s: Some(300) };
    let mut clock = Control::of(&field(timer), Offer::default(), None);
    clock.tick(5_000);
    assert_eq!(answered(&clock), Json::Null);
    typed(&mut clock, " ");
    clock.tick(65_000);
    assert!(clock.moves());
    typed(&mut clock, " ");
    clock.tick(5_000);
    assert_eq!((clock.moves(), answered(&clock)), (false, json!("1m5s")));
}

#[test]
fn many_lines_are_pasted_at_once() {
    let mut long = Control::of(&field(Shape::LongText { chars_max: None }), Offer::default(), None);
    let words = "a line of words\r\n".repeat(5_000);
    long.paste(&words);
    assert_eq!(answered(&long).as_str().map(str::len), Some(5_000 * 16 - 1));
    let count = Count { min: 0, max: 3 };
    let list = Shape::List { of: ItemKind::Text, count, chars_max: 40, weight: None };
    let mut list = Control::of(&field(list), Offer::default(), None);
    list.paste("a\nb");
    assert_eq!(answered(&list), json!(["a", "b"]));
}

#[test]
fn rows_of_words_break_between_words_and_know_their_place() {
    let check = |text: &str, columns, shown: &[&str], place| {
        let line = words::Line::new(text);
        assert_eq!((line.shown(columns), line.place(columns)), (shown.to_vec(), place), "{text:?}");
    };
    check("", 5, &[""], (0, 0));
    check("one two", 5, &["one ", "two"], (1, 3));
    check("unbreakable", 4, &["unbr", "eaka", "ble"], (2, 3));
    check("a\n\nb", 5, &["a", "", "b"], (2, 1));
    check("日本語", 4, &["日本", "語"], (1, 2));
}

#[test]
fn forty_feelings_stand_in_groups_of_which_one_is_open() {
    let word = |id: &str, group: &str| Choice {
        id: id.to_owned(),
        label: id.to_owned(),
        notice: String::new(),
        group: group.to_owned(),
    };
    let suggestions = vec![word("a", "one"), word("b", "one"), word("c", "two"), word("d", "three")];
    let shape = Shape::Emotions { strength: scale(1, 5), suggestions, count: Count { min: 0, max: 9 } };
    check(&shape, &Json::Null, "<pgdn>3", &json!([{"name": "c", "strength": 3}]));
    check(
        &shape,
        &Json::Null,
        "<pgdn><pgdn>2<pgup>4",
        &json!([{"name": "c", "strength": 4}, {"name": "d", "strength": 2}]),
    );
    check(&shape, &Json::Null, "<down><down>5", &json!([{"name": "c", "strength": 5}]));
    check(&shape, &Json::Null, "<pgdn><pgdn><pgdn>own<enter>1", &json!([{"name": "own", "strength": 1}]));
    let mut control = Control::of(&field(shape), Offer::default(), None);
    typed(&mut control, "2<pgdn>");
    let Control::Feelings(feelings) = &control else { panic!("feelings") };
    let groups: Vec<&str> = feelings.groups().into_iter().map(|(group, _)| group).collect();
    assert_eq!((groups, feelings.felt(0..2)), (vec!["one", "two", "three"], ": a 2".to_owned()));
}

#[test]
fn a_time_that_was_refused_stays_until_another_is_typed_and_words_are_never_replaced() {
    let press = |words: &mut Words, text: &str| {
        for letter in text.chars() {
            words.key(KeyEvent::new(KeyCode::Char(letter), KeyModifiers::NONE), 40);
        }
    };
    let mut time = Words::new("", Typed::Moment { now: String::new() });
    press(&mut time, "soonish");
    time.refused();
    assert_eq!(time.line.text, "soonish");
    press(&mut time, "9pm");
    assert_eq!(time.line.text, "9pm");
    time.refused();
    time.key(KeyEvent::new(KeyCode::Backspace, KeyModifiers::NONE), 40);
    press(&mut time, ".");
    assert_eq!(time.line.text, "9p.", "mended by hand");
    for typed in [Typed::Lines, Typed::Line { offered: Vec::new() }] {
        let mut words = Words::new("too long", typed);
        words.refused();
        press(&mut words, "!");
        assert_eq!(words.line.text, "too long!");
    }
}
