//! Imports that meet what another device imported or wrote.

use haven_sim::world::importing::{beside_the_entry_itself, the_same_line_apart};

#[test]
fn the_same_line_imported_on_two_devices_is_one_entry_that_is_settled_once() {
    for seed in 0..20 {
        assert_eq!(the_same_line_apart(seed), Ok(()), "seed {seed}");
    }
}

#[test]
fn an_import_beside_the_entry_itself_loses_nothing_and_all_devices_agree() {
    for seed in 0..10 {
        for (met, edits_both) in [(false, false), (false, true), (true, false), (true, true)] {
            let outcome = beside_the_entry_itself(seed, met, edits_both);
            assert_eq!(outcome, Ok(()), "seed {seed}, met {met}, both edit {edits_both}");
        }
    }
}
