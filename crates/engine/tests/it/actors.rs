//! Nobody writes under another device's name.

use haven_engine::actor::actor;
use haven_engine::content::{Changes, Content, decode};

use crate::lab::Lab;

/// What the second device wrote, which the third then signs as its own, for a document of its own: it says the same nonce, and so
/// announces another name. In one message or in two, whichever comes first, only what the second signed counts.
#[test]
fn a_change_under_another_devices_name_is_put_aside_in_one_message_or_in_two() {
    let mut lab = Lab::new();
    let mut second = lab.run(1);
    second.add_entry("words of the second device");
    let honest = lab.written(1, &second);
    let inside = lab.inside(honest.last().unwrap());
    let said = decode(&inside).unwrap();
    let name = |device| said.nonces.iter().map(|nonce| actor(&lab.feed(device), nonce)).next();
    assert_ne!(name(1), name(2), "two devices that draw the same have two names");
    let items = vec![Changes { document: [9; 16], changes: said.items[0].changes.clone() }];
    let forged =
        lab.record(2, &Content { full: true, nonces: said.nonces.clone(), items, ..Content::default() });
    for together in [true, false] {
        for forged_first in [true, false] {
            let mut first = lab.run(0);
            let mut records: Vec<_> = honest.iter().collect();
            let at = if forged_first { 0 } else { records.len() };
            records.insert(at, &forged);
            match together {
                true => first.hear(&records),
                false => records.iter().for_each(|record| first.hear(&[record])),
            }
            assert_eq!(first.shows(), (1, vec!["RECORD_PUT_ASIDE"]), "{together} {forged_first}");
        }
    }
}

/// Two devices may announce the same nonce: each has a name of its own, and what each wrote counts.
#[test]
fn the_same_nonce_makes_two_names() {
    let mut lab = Lab::new();
    let announcing = Content { full: true, nonces: [[3; 8]].into(), ..Content::default() };
    let (one, other) = (lab.record(1, &announcing), lab.record(2, &announcing));
    for together in [true, false] {
        let mut first = lab.run(0);
        match together {
            true => first.hear(&[&one, &other]),
            false => [&one, &other].iter().for_each(|record| first.hear(&[record])),
        }
        assert_eq!(first.shows(), (0, vec![]), "{together}");
    }
}
