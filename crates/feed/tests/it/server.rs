//! The server's side of the exchange.

use haven_feed::chain::ChainFault;
use haven_feed::exchange::Run;
use haven_feed::exchange::server::{LinkAdmission, LinkRefusal, Refusal, ServerSpace};
use haven_feed::limits::PUSH_BATCH_RECORDS;
use haven_feed::record::{Record, VerifiedRecord, finish};
use haven_feed::roster::link::{LinkFault, next};
use haven_feed::{FeedId, RecordId, Vector};

use crate::world::{Held, Keyed, Space, arrived, header, write};

struct Server {
    phone: Keyed,
    laptop: Keyed,
    space: Space,
    server: ServerSpace,
    held: Held,
}

/// A server that holds four records of the phone.
fn server() -> (Server, Vec<VerifiedRecord>) {
    let (phone, laptop, paper) = (Keyed::new(1), Keyed::new(2), Keyed::new(3));
    let mut space = Space::vault(&phone, &paper);
    space.add(&phone, &laptop);
    let run = write(&space.roster, &phone, None, 8, 1);
    let held = Held::of(&run[..4]);
    let server = ServerSpace::new(space.roster.clone(), held.tips.clone());
    (Server { phone, laptop, space, server, held }, run)
}

impl Server {
    /// How many records are new and repeated, or why the push is refused.
    fn verdict(&self, records: &[VerifiedRecord]) -> Result<(usize, usize), Refusal> {
        self.push(&arrived(records))
    }

    fn push(&self, records: &[Record]) -> Result<(usize, usize), Refusal> {
        let admission = self.server.admit(records, &self.held.history())?;
        Ok((admission.new.len(), admission.duplicates))
    }
}

#[test]
fn pushes_are_idempotent() {
    let (s, run) = server();
    let pick = |order: &[usize]| -> Vec<VerifiedRecord> { order.iter().map(|i| run[*i].clone()).collect() };
    let cases: [(&[usize], (usize, usize)); 7] = [
        (&[], (0, 0)),
        (&[4, 5, 6, 7], (4, 0)),
        (&[0, 1, 2, 3], (0, 4)),
        (&[2, 3, 4, 5], (2, 2)),
        (&[1], (0, 1)),
        (&[4, 4, 5, 4], (2, 2)),
        (&[3, 4, 0, 5], (2, 2)),
    ];
    for (order, expected) in cases {
        assert_eq!(s.verdict(&pick(order)), Ok(expected), "{order:?}");
    }
    let thousandfold = vec![run[1].clone(); 1000];
    assert_eq!(s.verdict(&thousandfold), Ok((0, 1000)));
}

#[test]
fn gaps_are_named_and_nothing_of_the_push_is_kept() {
    let (s, run) = server();
    let gap = |expected| Err(Refusal::Gap { feed: s.phone.feed(), expected });
    assert_eq!(s.verdict(&run[5..]), gap(5));
    let holed = [run[4].clone(), run[6].clone()];
    assert_eq!(s.verdict(&holed), gap(6));
    assert_eq!(s.server.vector().seq(&s.phone.feed()), 4);
}

/// A server that was refilled from the middle knows no ids before; the device goes on from where the server is.
#[test]
fn what_is_not_held_any_more_is_a_gap() {
    let (mut s, run) = server();
    s.held.records.clear();
    assert_eq!(s.verdict(&run[..2]), Err(Refusal::Gap { feed: s.phone.feed(), expected: 5 }));
    assert_eq!(s.verdict(&run[3..6]), Ok((2, 1)), "the tip is always known");
}

#[test]
fn a_second_history_is_refused_where_it_begins() {
    let (s, run) = server();
    let other = write(&s.space.roster, &s.phone, None, 8, 2);
    let forked = |seq| Err(Refusal::Forked { feed: s.phone.feed(), seq });
    assert_eq!(s.verdict(&other[..1]), forked(1));
    assert_eq!(s.verdict(&other[3..4]), forked(4));
    assert_eq!(s.verdict(&other[4..]), forked(4));
    assert_eq!(s.verdict(&[run[4].clone(), other[4].clone()]), forked(5));
}

#[test]
fn nobody_can_forge_a_second_history() {
    let (s, run) = server();
    let forged = finish(run[1].header(), &[0; 16], &[0; 32], &[0; 272], &s.laptop.signer).unwrap();
    let refusal = Refusal::Record { index: 0, fault: ChainFault::BadSignature };
    assert_eq!(s.verdict(&[forged]), Err(refusal));
}

#[test]
fn what_does_not_hold_is_refused_with_its_place() {
    let (s, run) = server();
    let stranger = Keyed::new(9);
    let by_stranger = write(&s.space.roster, &stranger, None, 1, 1);
    let elsewhere = Space::vault(&s.phone, &stranger);
    let cases = [
        (by_stranger, ChainFault::UnknownFeed),
        (write(&elsewhere.roster, &s.phone, None, 1, 1), ChainFault::OtherSpace),
    ];
    for (records, fault) in cases {
        let push = [run[4..6].to_vec(), records].concat();
        assert_eq!(s.verdict(&push), Err(Refusal::Record { index: 2, fault }));
    }
    let mut further = s.space.clone();
    let body = further.advancing();
    further.append(s.phone.as_feed(), body).unwrap();
    let ahead = write(&further.roster, &s.laptop, None, 1, 1);
    assert_eq!(s.verdict(&ahead), Err(Refusal::RosterAhead { named: 2 }));
}

#[test]
fn husks_and_records_of_other_feeds_refill_a_server() {
    let (s, run) = server();
    let laptops = write(&s.space.roster, &s.laptop, None, 3, 1);
    let empty = ServerSpace::new(s.space.roster.clone(), Default::default());
    let refill: Vec<VerifiedRecord> =
        run.iter().zip(&laptops).flat_map(|(one, other)| [one.to_husk(), other.clone()]).collect();
    let admission = empty.admit(&arrived(&refill), &|_: &FeedId, _: u64| None).unwrap();
    assert_eq!(admission.new, refill);
    let mut filled = empty;
    filled.commit(&admission);
    assert_eq!(filled.vector().get(&s.laptop.feed()), Some(laptops[2].position()));
}

#[test]
fn pushes_have_a_largest_size() {
    let (s, run) = server();
    let many = vec![run[0].clone(); PUSH_BATCH_RECORDS + 1];
    assert_eq!(s.verdict(&many), Err(Refusal::TooLarge));
    let large = finish(
        &header(&s.space.roster, s.laptop.feed(), None),
        &[0; 16],
        &[0; 32],
        &vec![0; 600 * 1024],
        &s.laptop.signer,
    );
    let large = large.unwrap();
    assert_eq!(s.verdict(std::slice::from_ref(&large)), Ok((1, 0)));
    assert_eq!(s.verdict(&[large.clone(), large]), Err(Refusal::TooLarge));
}

#[test]
fn the_missing_is_what_a_vector_lacks() {
    let (mut s, run) = server();
    let phone = s.phone.feed();
    let laptops = write(&s.space.roster, &s.laptop, None, 2, 1);
    let admission = s.server.admit(&arrived(&laptops), &s.held.history()).unwrap();
    s.server.commit(&admission);
    let all = |feed: FeedId, from_seq, to_seq| Run { feed, from_seq, to_seq };
    let mut everything = vec![all(phone, 1, 4), all(s.laptop.feed(), 1, 2)];
    everything.sort_by_key(|run| run.feed);
    assert_eq!(s.server.missing(&Vector::default()), everything);
    let some: Vector =
        [(phone, run[1].position()), (s.laptop.feed(), laptops[1].position())].into_iter().collect();
    assert_eq!(s.server.missing(&some), [all(phone, 3, 4)]);
    let more: Vector = [(phone, run[7].position())].into_iter().collect();
    assert_eq!(s.server.missing(&more), [all(s.laptop.feed(), 1, 2)]);
}

#[test]
fn links_are_compared_and_appended() {
    let (s, _) = server();
    let tablet = Keyed::new(4);
    let one = next(&s.space.roster, s.phone.as_feed(), s.space.adding(&tablet, None)).unwrap();
    let other = next(&s.space.roster, s.laptop.as_feed(), s.space.advancing()).unwrap();
    let mut server = s.server.clone();
    let Ok(LinkAdmission::Appended(roster)) = server.admit_link(&one) else {
        panic!("the next link is appended")
    };
    server.commit_roster(*roster);
    let head = one.head();
    assert_eq!(server.roster().head(), head);
    assert!(matches!(server.admit_link(&one), Ok(LinkAdmission::Duplicate)));
    assert!(matches!(server.admit_link(&s.space.links[0]), Ok(LinkAdmission::Duplicate)));
    let late = server.admit_link(&other).map(drop);
    assert_eq!(late, Err(LinkRefusal::Moved { head }));
    let stranger =
        haven_feed::roster::link::unchecked(server.roster(), tablet.as_paper(), s.space.advancing());
    let refused = server.admit_link(&stranger.unwrap()).map(drop);
    assert_eq!(refused, Err(LinkRefusal::Fault(LinkFault::UnknownAuthor)));
}

#[test]
fn a_space_begins_with_its_genesis_only() {
    let (s, _) = server();
    let begun = ServerSpace::begin(s.space.links[0].bytes().clone()).unwrap();
    assert_eq!(begun.roster().space(), s.space.roster.space());
    assert_eq!(begun.vector(), Vector::default());
    assert!(ServerSpace::begin(s.space.links[1].bytes().clone()).is_err());
}

#[test]
fn an_unknown_record_id_in_a_vector_harms_nobody() {
    let (s, _) = server();
    let wild = haven_feed::Position { seq: u64::MAX, id: RecordId::from_bytes([1; 32]) };
    let vector: Vector = [(s.phone.feed(), wild), (FeedId::from_bytes([1; 8]), wild)].into_iter().collect();
    assert_eq!(s.server.missing(&vector), []);
}

/// A husk that came first does not keep the body out, and a repeated husk changes nothing.
#[test]
fn a_body_takes_the_place_of_its_husk() {
    let (mut s, run) = server();
    let husks: Vec<VerifiedRecord> = run.iter().map(VerifiedRecord::to_husk).collect();
    let admission = s.server.admit(&arrived(&husks[4..]), &s.held.history()).unwrap();
    assert_eq!(admission.new, husks[4..]);
    s.held.keep(&admission.new);
    s.server.commit(&admission);
    let both = [&husks[..], &run[..]].concat();
    let admission = s.server.admit(&arrived(&both), &s.held.history()).unwrap();
    assert_eq!(admission.bodies, run[4..], "the first four are there with their bodies");
    assert_eq!((admission.new.len(), admission.duplicates), (0, 12));
}
