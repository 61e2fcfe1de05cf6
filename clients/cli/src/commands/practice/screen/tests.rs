use haven_core::exercise::{Breath, Part};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::crossterm::event::KeyCode;

use super::super::controls::Offer;
use super::super::walk::tests::{end, harm, intro, press, question, shown, told};
use super::*;
use crate::commands::support::AfraidLines;

/// What a person sees, without the room at the ends.
fn seen(walk: &mut Walk, width: u16, height: u16, still: bool) -> String {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    terminal.draw(|frame| draw(walk, frame, still)).unwrap();
    let buffer = terminal.backend().buffer();
    let row = |y| (0..width).map(|x| buffer[(x, y)].symbol()).collect::<String>();
    (0..height).map(|y| format!("{}\n", row(y).trim_end())).collect()
}

#[test]
fn a_scale_shows_its_words_and_no_number_yet() {
    let page = question("slow-breath", "suds_before", 1, None);
    let mut walk = shown(told("slow-breath", page), Offer::default());
    let expected = "\x20A few slow breaths              1 of 5

 How heavy is it right now?
 Your own measure, from nothing to the
 most you can imagine. There's no right
 number.

 ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░
 –   0 to 100

      0  not heavy at all
     50  heavy, and I can still carry
         it
    100  the most I can imagine

 ← → ↑ ↓ or digits · Enter next ·
 Shift-Tab back · Ctrl-X leave open ·
 Esc leave for now
";
    assert_eq!(seen(&mut walk, 40, 18, false), expected);
}

#[test]
fn breathing_counts_in_words_where_nothing_may_move() {
    let breath = |part, seconds| Breath { part, seconds };
    let breaths = Some(vec![breath(Part::In, 4), breath(Part::Out, 6)]);
    let stop = "Did you feel dizzy, tingly or short of breath?".to_owned();
    let page = question("slow-breath", "timer", 3, None);
    let mut walk = shown(told("slow-breath", page), Offer { breaths, stop, ..Offer::default() });
    press(&mut walk, KeyCode::Char(' '));
    walk.tick(6_000);
    let (moving, still) = (seen(&mut walk, 60, 20, false), seen(&mut walk, 60, 20, true));
    for shown in [&moving, &still] {
        assert!(shown.contains("short of breath? If so,\n press s to stop.\n"), "{shown}");
        assert!(shown.contains("Out… 4\n") && shown.contains("0:06 of 5:00\n"), "{shown}");
    }
    assert!(moving.contains('█') && !still.contains('█'), "{still}");
}

#[test]
fn what_is_written_on_is_seen_on_a_small_screen() {
    let page = question("trigger-chain", "feelings", 5, None);
    let mut walk = shown(told("trigger-chain", page), Offer::default());
    assert!(seen(&mut walk, 40, 14, false).contains("↓ more"));
    for letter in "stung".chars() {
        press(&mut walk, KeyCode::Char(letter));
    }
    assert!(seen(&mut walk, 40, 14, false).contains("> your own word: stung\n"));
    // Too small for anything, and still no panic.
    for (width, height) in [(1, 1), (3, 2), (10, 3)] {
        seen(&mut walk, width, height, false);
    }
}

#[test]
fn the_end_names_what_is_open() {
    let mut walk = shown(told("slow-breath", intro("slow-breath")), Offer::default());
    assert!(seen(&mut walk, 80, 24, false).contains(" Enter begin · Esc leave\n"));
    walk.show(told("slow-breath", end(&["How would you like to breathe?"], true)), Offer::default());
    let seen_at_end = seen(&mut walk, 80, 24, false);
    let open = "Still open, which is all right:\n   How would you like to breathe?";
    assert!(seen_at_end.contains(open) && seen_at_end.contains("Enter save"), "{seen_at_end}");
    walk.show(told("slow-breath", end(&[], false)), Offer::default());
    assert!(seen(&mut walk, 80, 24, false).contains("Nothing was answered, so there's nothing to save."));
}

#[test]
fn whom_to_call_is_on_the_screen_however_small_it_is() {
    for (keys, width, height) in
        [("y", 80, 24), ("y", 40, 20), ("y", 40, 16), ("?", 40, 20), ("unsafe", 80, 24), ("unsafe", 40, 20)]
    {
        let instead = vec![Suggested { exercise: "people-map".parse().unwrap(), title: "Map".to_owned() }];
        let notice = if keys == "unsafe" { "You've noted it." } else { "" }.to_owned();
        let question = harm("need-line");
        let page = match keys {
            "?" => Page::Unsure(question, instead),
            _ => Page::Held(Held { question, choose_another: false, instead, notice }),
        };
        let mut walk = shown(told("need-line", page), Offer::default());
        walk.lines = AfraidLines {
            numbers: "In an emergency\n  call 112\nIf someone close frightens you\n  call 116 016".to_owned(),
            more: "Others: `haven help-now`.",
        };
        for _ in 0..40 {
            let shown = seen(&mut walk, width, height, false);
            assert!(shown.contains("call 112") && shown.contains("call 116 016"), "{keys} {shown}");
            assert!(shown.matches("trust that fear").count() <= 1, "said once: {shown}");
            press(&mut walk, KeyCode::Down);
        }
        let end = seen(&mut walk, width, height, false);
        assert!(end.contains("Others:") && !end.contains("↓ more"), "all of it can be read: {end}");
    }
}

#[test]
fn somebody_marked_as_not_safe_is_marked_where_they_can_be_chosen() {
    let people = vec![("a".to_owned(), "Ada".to_owned()), ("b".to_owned(), "Ben".to_owned())];
    let offer = Offer { people, not_safe: vec!["b".to_owned()], ..Offer::default() };
    let mut walk = shown(told("need-line", question("need-line", "person", 1, None)), offer);
    let screen = seen(&mut walk, 40, 20, false);
    assert!(screen.contains("  Ada\n") && screen.contains("  Ben  (marked not safe)\n"), "{screen}");
    "Ben".chars().for_each(|letter| drop(press(&mut walk, KeyCode::Char(letter))));
    assert!(!seen(&mut walk, 40, 20, false).contains("Enter adds"));
}
