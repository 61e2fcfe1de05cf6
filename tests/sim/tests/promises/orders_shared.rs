//! The same in a shared space: what devices of the other party say, in whatever order that party and its devices are put out.

use haven_feed::ids::{FeedId, Position, RecordId, Vector};
use haven_feed::record::VerifiedRecord;
use haven_sim::chance::Chance;

use super::lab::{Lab, Who, content, vector_of};
use super::orders::{named_and_told, send_all, send_anything};
use super::place;

const WITHDRAWN: u8 = 2;
const BOTH: [Who; 2] = [Who::Phone, Who::Tablet];

/// What the two have written, the tablet for the other party; the phone as well, or honestly for the owner: then it names what it can
/// have read.
fn written(lab: &mut Lab, both_theirs: bool, chance: &mut Chance) -> Vec<VerifiedRecord> {
    let (mut all, mut readable) = (Vec::<VerifiedRecord>::new(), Vec::<bool>::new());
    for n in 0..10 {
        let by = chance.below(BOTH.len());
        let is_honest = by == 0 && !both_theirs;
        let feed = lab.feed(BOTH[by]);
        let is_own = |n: &usize| all[*n].header().feed == feed;
        let before = (0..all.len()).rfind(is_own);
        let others: Vec<usize> =
            (0..all.len()).filter(|n| !is_own(n) && (!is_honest || readable[*n])).collect();
        let mut seen: Vec<(FeedId, Position)> = Vec::new();
        let mut is_readable = before.is_none_or(|before| readable[before]);
        if let Some(other) = chance.pick(&others).copied().filter(|_| !chance.once_in(3)) {
            seen.push((all[other].header().feed, all[other].position()));
            is_readable &= readable[other];
        } else if !is_honest && chance.once_in(4) {
            let nowhere = Position { seq: 9, id: RecordId::from_bytes([7; 32]) };
            seen.push((lab.feed(BOTH[1 - by]), nowhere));
            is_readable = false;
        }
        let gone = chance.pick(&all).filter(|_| !is_honest && n % 3 == 0);
        let mut items: Vec<(u8, Vec<u8>)> = gone.map(|gone| (WITHDRAWN, place(gone))).into_iter().collect();
        items.push((100, vec![n]));
        let after = before.map(|before| all[before].clone());
        all.push(lab.record(BOTH[by], after.as_ref(), &content(&seen, &items)));
        readable.push(is_readable);
    }
    all
}

/// What the laptop names in the end, and what is told.
type Outcome = (Vec<(FeedId, u64)>, Vec<&'static str>);

/// The other party puts its devices out, and mostly the owner that party. All of it comes in an order, and then all that there is.
fn outcome(config: u64, order: u64) -> Outcome {
    let mut chance = Chance::new(config);
    let both_theirs = chance.once_in(2);
    let (mut lab, party) = Lab::shared_with(both_theirs);
    let all = written(&mut lab, both_theirs, &mut chance);
    let mut heard = lab.links.len();
    for who in if both_theirs { &BOTH[..] } else { &BOTH[1..] } {
        let feed = lab.feed(*who);
        let of: Vec<_> = all.iter().filter(|record| record.header().feed == feed).collect();
        let head = chance.pick(&of).map(|record| record.position());
        lab.change_by_party(&party, (feed, head));
    }
    if !chance.once_in(3) {
        lab.remove_party(&party);
    }
    let mut has = Vector::default();
    all.iter().for_each(|record| has.advance_all(&vector_of(record)));
    if order > 0 {
        send_anything(&mut lab, &all, &has, &mut heard, &mut Chance::new(1_000 * config + order));
    }
    lab.links(heard);
    let feeds = BOTH.map(|who| lab.feed(who));
    for _ in 0..2 {
        send_all(&mut lab, &all, &has, &feeds);
    }
    named_and_told(&mut lab)
}

#[test]
fn whatever_the_other_party_said_has_one_outcome_in_every_order() {
    let (mut names, mut aside) = (0, 0);
    for config in 0..40 {
        let first = outcome(config, 0);
        for order in 1..4 {
            assert_eq!(outcome(config, order), first, "world {config}, order {order}");
        }
        names += first.0.len();
        aside += usize::from(first.1.contains(&"REMOVED_DEVICE_WROTE"));
    }
    assert!(names > 40 && aside > 10, "{names} names, and in {aside} worlds some don't count");
}
