//! What becomes of the records of a removed feed.

use haven_feed::Position;
use haven_feed::RecordId;
use haven_feed::record::VerifiedRecord;
use haven_feed::removed::{Settled, settle};
use haven_feed::roster::Removal;

use crate::world::{Keyed, Space, write};

fn phone_writes(filling: u8) -> Vec<VerifiedRecord> {
    let (phone, laptop, paper) = (Keyed::new(1), Keyed::new(2), Keyed::new(3));
    let mut space = Space::vault(&laptop, &paper);
    space.add(&laptop, &phone);
    write(&space.roster, &phone, None, 8, filling)
}

fn removal(head: Option<Position>) -> Removal {
    Removal { seq: 5, head }
}

#[test]
fn only_ancestors_of_what_others_named_count() {
    let run = phone_writes(1);
    let at = |seq: usize| run[seq - 1].position();
    let elsewhere = |seq: u64| Position { seq, id: RecordId::from_bytes([1; 32]) };
    let cases = [
        ("nothing named", None, Vec::new(), 0, None),
        ("the head of the removal", Some(at(5)), vec![], 5, None),
        ("somebody saw more", Some(at(5)), vec![at(7)], 7, None),
        ("somebody saw less", Some(at(5)), vec![at(2)], 5, None),
        ("only somebody saw it", None, vec![at(3)], 3, None),
        ("many saw some", Some(at(1)), vec![at(4), at(2), at(6)], 6, None),
        ("beyond what came", Some(elsewhere(9)), vec![elsewhere(12)], 0, None),
        ("another history is named", None, vec![elsewhere(3)], 0, Some(elsewhere(3))),
        ("both histories are named", Some(at(2)), vec![elsewhere(3)], 2, Some(elsewhere(3))),
    ];
    for (what, head, covers, accepted, contradicted) in cases {
        assert_eq!(settle(&removal(head), &covers, &run), Settled { accepted, contradicted }, "{what}");
    }
}

/// A thief with the phone's keys writes on after the removal, backdated or not: the chain allows it, nobody named it.
#[test]
fn a_thief_adds_nothing() {
    let run = phone_writes(1);
    let head = Some(run[4].position());
    assert_eq!(settle(&removal(head), &[], &run).accepted, 5);
    let (honest, stolen) = run.split_at(5);
    assert_eq!(settle(&removal(head), &[], honest).accepted, 5);
    assert_eq!(settle(&removal(head), &[], stolen).accepted, 0);
}

/// A thief rewrites the past from the beginning: the head that was named is not in his history.
#[test]
fn a_rewritten_past_is_a_fork() {
    let (honest, rewritten) = (phone_writes(1), phone_writes(2));
    let head = Some(honest[4].position());
    let settled = settle(&removal(head), &[honest[1].position()], &rewritten);
    assert_eq!(settled, Settled { accepted: 0, contradicted: Some(honest[1].position()) });
}

/// In whatever order covers become known, and however the run is cut, the same records count in the end.
#[test]
fn the_order_of_hearing_does_not_matter() {
    let run = phone_writes(1);
    let head = Some(run[1].position());
    let covers = [run[6].position(), run[2].position(), run[4].position()];
    for rotation in 0..covers.len() {
        for cut in 0..run.len() {
            let mut heard = Vec::new();
            let mut accepted = 0;
            for step in 0..covers.len() {
                heard.push(covers[(rotation + step) % covers.len()]);
                let arrived = if step == 0 { cut.max(accepted) } else { run.len() };
                accepted += settle(&removal(head), &heard, &run[accepted..arrived]).accepted;
            }
            assert_eq!(accepted, 7, "rotation {rotation}, cut {cut}");
        }
    }
}
