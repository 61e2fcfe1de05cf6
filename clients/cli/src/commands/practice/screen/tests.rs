use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::crossterm::event::KeyCode;

use super::super::controls::Offer;
use super::super::walk::tests::{begun, press};
use super::*;

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
    let mut walk = begun("slow-breath", false, false);
    press(&mut walk, KeyCode::Enter);
    let shown = "\x20A few slow breaths              1 of 5

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
    assert_eq!(seen(&mut walk, 40, 18, false), shown);
}

#[test]
fn breathing_counts_in_words_where_nothing_may_move() {
    let mut walk = begun("slow-breath", false, false);
    walk.stepper.go_to("pattern");
    walk.stepper.next(Some("4-6".into())).unwrap();
    let stop = walk.stepper.stop_ahead().unwrap().label.clone();
    walk.ask(|_, stepper| Offer { breaths: stepper.breaths(), stop, ..Offer::default() });
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
    let mut walk = begun("trigger-chain", false, false);
    walk.stepper.go_to("feelings");
    walk.ask(|_, _| Offer::default());
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
    let mut walk = begun("slow-breath", false, false);
    assert!(seen(&mut walk, 80, 24, false).contains(" Enter begin · Esc leave\n"));
    walk.stepper.next(Some(haven_core::answers::Value::from(7))).unwrap();
    walk.stepper.end();
    walk.ask(|_, _| Offer::default());
    let shown = seen(&mut walk, 80, 24, false);
    assert!(shown.contains("Still open, which is all right:\n   How would you like to breathe?"), "{shown}");
}
