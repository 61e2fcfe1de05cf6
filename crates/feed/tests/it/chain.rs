//! Runs of a feed.

use haven_feed::chain::{ChainFault, RunFault, Tip, Tips, tip_of_unverified, verify_run};
use haven_feed::record::{Header, VerifiedRecord};
use haven_feed::roster::Roster;
use haven_feed::{FeedId, LinkHash, Position, RecordId, RosterHead, SpaceId};

use crate::world::{Keyed, Space, arrived, header, seal, write};

/// A phone and a laptop in a vault; the laptop was added by link 1.
fn vault() -> (Keyed, Keyed, Space) {
    let (phone, laptop, paper) = (Keyed::new(1), Keyed::new(2), Keyed::new(3));
    let mut space = Space::vault(&phone, &paper);
    space.add(&phone, &laptop);
    (phone, laptop, space)
}

fn fault(roster: &Roster, from: Option<Tip>, run: &[VerifiedRecord]) -> Option<(usize, ChainFault)> {
    let verdict = verify_run(roster, from, &arrived(run));
    verdict.err().map(|RunFault { index, fault }| (index, fault))
}

#[test]
fn an_honest_run_holds_whole_or_in_pieces() {
    let (phone, _, space) = vault();
    let run = write(&space.roster, &phone, None, 9, 1);
    assert_eq!(verify_run(&space.roster, None, &arrived(&run)).unwrap(), run);
    for cut in 1..9 {
        let pieces = arrived(&run);
        let (head, tail) = pieces.split_at(cut);
        let from = tip_of_unverified(head.last().unwrap());
        assert!(verify_run(&space.roster, None, head).is_ok());
        assert_eq!(verify_run(&space.roster, Some(from), tail).unwrap(), run[cut..]);
    }
}

#[test]
fn husks_hold_the_chain_together() {
    let (phone, _, space) = vault();
    let run = write(&space.roster, &phone, None, 4, 1);
    let mixed = [run[0].to_husk(), run[1].clone(), run[2].to_husk(), run[3].clone()];
    assert_eq!(fault(&space.roster, None, &mixed), None);
}

#[test]
fn reordered_dropped_and_repeated_records_stop_the_run() {
    let (phone, _, space) = vault();
    let run = write(&space.roster, &phone, None, 4, 1);
    let pick = |order: &[usize]| -> Vec<VerifiedRecord> { order.iter().map(|i| run[*i].clone()).collect() };
    let cases: [(&[usize], usize, u64, u64); 7] = [
        (&[1, 0, 2, 3], 0, 1, 2),
        (&[0, 2, 1, 3], 1, 2, 3),
        (&[0, 1, 3], 2, 3, 4),
        (&[1, 2, 3], 0, 1, 2),
        (&[0, 0, 1], 1, 2, 1),
        (&[0, 1, 2, 3, 1], 4, 5, 2),
        (&[3, 2, 1, 0], 0, 1, 4),
    ];
    for (order, index, expected, found) in cases {
        let stopped = fault(&space.roster, None, &pick(order));
        assert_eq!(stopped, Some((index, ChainFault::NotNext { expected, found })), "{order:?}");
    }
}

#[test]
fn a_second_history_does_not_continue_the_first() {
    let (phone, _, space) = vault();
    let one = write(&space.roster, &phone, None, 3, 1);
    let other = write(&space.roster, &phone, None, 3, 2);
    let spliced = [one[0].clone(), one[1].clone(), other[2].clone()];
    assert_eq!(fault(&space.roster, None, &spliced), Some((2, ChainFault::Forked)));
    assert_eq!(fault(&space.roster, Some(Tip::of(&one[1])), &other[2..]), Some((0, ChainFault::Forked)));
}

/// Runs one record with this header, signed by `signer`, after `tip`.
fn verdict(space: &Space, tip: Option<Tip>, signer: &Keyed, header: Header) -> Option<ChainFault> {
    fault(&space.roster, tip, &[seal(&header, 1, &signer.signer)]).map(|(_, fault)| fault)
}

#[test]
fn what_a_header_claims_must_fit_the_roster() {
    let (phone, laptop, mut space) = vault();
    let body = space.advancing();
    space.append(phone.as_feed(), body).unwrap();
    let good = header(&space.roster, laptop.feed(), None);
    let at = |seq: u64| RosterHead { seq, hash: space.roster.hash_at(seq).unwrap() };
    let beyond = RosterHead { seq: 3, hash: LinkHash::from_bytes([1; 32]) };
    let stranger = FeedId::from_bytes([1; 8]);
    let cases = [
        (good, None),
        (Header { roster: at(1), epoch: 0, ..good }, None),
        (Header { space: SpaceId::from_bytes([1; 32]), ..good }, Some(ChainFault::OtherSpace)),
        (Header { roster: at(0), epoch: 0, ..good }, Some(ChainFault::NotMember)),
        (Header { epoch: 0, ..good }, Some(ChainFault::WrongEpoch { expected: 1, found: 0 })),
        (Header { epoch: 2, ..good }, Some(ChainFault::WrongEpoch { expected: 1, found: 2 })),
        (Header { roster: at(1), ..good }, Some(ChainFault::WrongEpoch { expected: 0, found: 1 })),
        (Header { roster: beyond, ..good }, Some(ChainFault::RosterAhead { named: 3, held: 2 })),
        (Header { roster: RosterHead { seq: u64::MAX, ..beyond }, ..good }, {
            Some(ChainFault::RosterAhead { named: u64::MAX, held: 2 })
        }),
        (Header { roster: RosterHead { seq: 2, ..beyond }, ..good }, Some(ChainFault::RosterForked)),
        (Header { feed: stranger, ..good }, Some(ChainFault::UnknownFeed)),
        // Who is unknown here may have been added by a link that is not known here either: that link comes first.
        (Header { feed: stranger, roster: beyond, ..good }, {
            Some(ChainFault::RosterAhead { named: 3, held: 2 })
        }),
        // And what a stranger says of the roster is nobody's word.
        (Header { feed: stranger, roster: RosterHead { seq: 2, ..beyond }, ..good }, {
            Some(ChainFault::UnknownFeed)
        }),
        (Header { feed: phone.feed(), ..good }, Some(ChainFault::BadSignature)),
    ];
    for (header, expected) in cases {
        assert_eq!(verdict(&space, None, &laptop, header), expected, "{header:?}");
    }
}

#[test]
fn epochs_and_rosters_never_go_back_within_a_feed() {
    let (phone, _, mut space) = vault();
    let before = space.roster.clone();
    let body = space.advancing();
    space.append(phone.as_feed(), body).unwrap();
    let first = write(&space.roster, &phone, None, 1, 1);
    let tip = Some(Tip::of(&first[0]));
    assert_eq!(fault(&space.roster, tip, &write(&space.roster, &phone, tip, 2, 1)), None);
    let older = write(&before, &phone, tip, 1, 1);
    assert_eq!(fault(&space.roster, tip, &older), Some((0, ChainFault::RosterBackwards)));
}

#[test]
fn a_removed_feed_cannot_write_knowing_that_it_was_removed() {
    let (phone, laptop, mut space) = vault();
    let before = space.roster.clone();
    let written = write(&before, &laptop, None, 2, 1);
    space.remove(&phone, &laptop, Some(written[1].position()));
    let tip = Some(Tip::of(&written[1]));
    assert_eq!(fault(&space.roster, None, &written), None);
    assert_eq!(
        fault(&space.roster, tip, &write(&before, &laptop, tip, 1, 1)),
        None,
        "for accepted() to judge"
    );
    let after = write(&space.roster, &laptop, tip, 1, 1);
    assert_eq!(fault(&space.roster, tip, &after), Some((0, ChainFault::NotMember)));
}

/// A body sealed under a stolen old epoch key is worth nothing without the key of a feed.
#[test]
fn a_record_by_somebody_who_only_has_the_epoch_key_is_refused() {
    let (phone, laptop, space) = vault();
    let header = header(&space.roster, phone.feed(), None);
    for thief in [laptop, Keyed::new(9)] {
        assert_eq!(verdict(&space, None, &thief, header), Some(ChainFault::BadSignature));
    }
}

#[test]
fn the_server_cannot_make_it_look_as_if_an_author_forked() {
    let (phone, _, space) = vault();
    let run = write(&space.roster, &phone, None, 2, 1);
    let thief = Keyed::new(9);
    let forged = Header { prev: RecordId::from_bytes([1; 32]), ..*run[1].header() };
    let stopped = verdict(&space, Some(Tip::of(&run[0])), &thief, forged);
    assert_eq!(stopped, Some(ChainFault::BadSignature));
}

#[test]
fn the_last_number_is_not_followed_by_the_first() {
    let (phone, _, space) = vault();
    let last = Position { seq: u64::MAX, id: RecordId::from_bytes([1; 32]) };
    let tip = Some(Tip { position: last, roster_seq: 0 });
    let first = header(&space.roster, phone.feed(), None);
    let expected = Some(ChainFault::NotNext { expected: u64::MAX, found: 1 });
    assert_eq!(verdict(&space, tip, &phone, first), expected);
}

#[test]
fn a_run_is_of_one_feed() {
    let (phone, laptop, space) = vault();
    let mixed =
        [write(&space.roster, &phone, None, 1, 1), write(&space.roster, &laptop, None, 1, 1)].concat();
    assert_eq!(fault(&space.roster, None, &mixed), Some((1, ChainFault::OtherFeed)));
}

#[test]
fn tips_only_move_forward() {
    let (phone, _, space) = vault();
    let run = write(&space.roster, &phone, None, 3, 1);
    let mut tips = Tips::default();
    for index in [1, 0, 2, 1] {
        tips.advance_to(&run[index]);
    }
    assert_eq!(tips.get(&phone.feed()), Some(Tip::of(&run[2])));
    assert_eq!(tips.vector().get(&phone.feed()), Some(run[2].position()));
}
