//! The device's side of the exchange, against servers that lie, forget and withhold.

use bytes::Bytes;
use haven_feed::alarm::Alarm;
use haven_feed::chain::ChainFault;
use haven_feed::exchange::device::{DeviceExchange, Hello, Local, Reason, Received};
use haven_feed::exchange::{Pins, Run};
use haven_feed::keys::Signature;
use haven_feed::record::{Header, RecordKind, VerifiedRecord};
use haven_feed::roster::SpaceKind;
use haven_feed::roster::link::{LinkFault, next, unchecked};
use haven_feed::{FeedId, LinkHash, MemberId, Position, RecordId, RosterHead, StoreId, Vector};

use crate::world::{Held, Keyed, Space, header, seal, write};

const STORE: StoreId = StoreId::from_bytes([1; 16]);
const OTHER_STORE: StoreId = StoreId::from_bytes([2; 16]);

/// The laptop, with six records of its own and eight of the phone's, at a server that has them all.
struct Laptop {
    phone: Keyed,
    laptop: Keyed,
    space: Space,
    phones: Vec<VerifiedRecord>,
    own: Vec<VerifiedRecord>,
    held: Held,
    exchange: DeviceExchange,
}

fn laptop() -> Laptop {
    let (phone, laptop, paper) = (Keyed::new(1), Keyed::new(2), Keyed::new(3));
    let mut space = Space::vault(&phone, &paper);
    space.add(&phone, &laptop);
    let phones = write(&space.roster, &phone, None, 8, 1);
    let own = write(&space.roster, &laptop, None, 6, 1);
    let held = Held::of(&[phones.clone(), own.clone()].concat());
    let mut this = Laptop { phone, laptop, space, phones, own, held, exchange: DeviceExchange::default() };
    assert_eq!(this.hello(this.server_with(8, 6)), []);
    assert_eq!(this.caught_up(), []);
    this
}

impl Laptop {
    fn with<T>(&mut self, act: impl FnOnce(&mut DeviceExchange, &Local<'_>) -> T) -> T {
        let history = self.held.history();
        let own = self.laptop.feed();
        let local = Local { roster: &self.space.roster, own, tips: &self.held.tips, history: &history };
        act(&mut self.exchange, &local)
    }

    fn hello(&mut self, hello: Hello) -> Vec<Alarm> {
        self.with(|exchange, local| exchange.hello(local, hello))
    }

    fn caught_up(&mut self) -> Vec<Alarm> {
        self.with(|exchange, local| exchange.caught_up(local))
    }

    fn pushes(&mut self) -> Vec<Run> {
        self.with(|exchange, local| exchange.to_push(local))
    }

    fn named(&mut self, positions: &[(FeedId, Position)]) -> Vec<Alarm> {
        let vector: Vector = positions.iter().copied().collect();
        let by = self.phone.feed();
        self.with(|exchange, local| exchange.named(local, by, &vector))
    }

    /// Takes what arrives and keeps it, as the engine would.
    fn receive(&mut self, records: &[VerifiedRecord]) -> Received {
        self.receive_bytes(records.iter().map(|record| record.bytes().clone()).collect())
    }

    fn receive_bytes(&mut self, records: Vec<Bytes>) -> Received {
        let received = self.with(|exchange, local| exchange.records(local, records));
        self.held.keep(&received.accepted);
        self.held.keep(&received.of_removed);
        self.held.keep(&received.bodies);
        received
    }

    /// A server that has so many records of the phone and of the laptop.
    fn server_with(&self, phones: usize, own: usize) -> Hello {
        let newest = |records: &[VerifiedRecord], count: usize| records[..count].last().cloned();
        let newest = [newest(&self.phones, phones), newest(&self.own, own)];
        let vector =
            newest.iter().flatten().map(|record| (record.header().feed, record.position())).collect();
        Hello { store: STORE, vector, roster: self.space.roster.head(), husks: Vec::new() }
    }

    /// The laptop as it was with so many records of the phone, knowing no server.
    fn behind(phones: usize) -> Self {
        let mut this = laptop();
        this.held = Held::of(&[this.phones[..phones].to_vec(), this.own.clone()].concat());
        this.exchange = DeviceExchange::default();
        this
    }

    fn run(&self, records: &[VerifiedRecord], from_seq: u64) -> Run {
        let last = records.last().unwrap();
        Run { feed: last.header().feed, from_seq, to_seq: last.header().seq }
    }
}

#[test]
fn yesterdays_server_raises_an_alarm_and_is_filled_again() {
    for (phones, own) in [(3, 6), (8, 2), (0, 6), (0, 0), (7, 5)] {
        let mut this = laptop();
        let before = this.held.tips.clone();
        let alarms = this.hello(this.server_with(phones, own));
        let went_back = [(this.phone.feed(), 8, phones as u64), (this.laptop.feed(), 6, own as u64)];
        let mut expected: Vec<Alarm> = went_back
            .into_iter()
            .filter(|(_, seen, offered)| offered < seen)
            .map(|(feed, seen, offered)| Alarm::Rollback { feed, seen, offered })
            .collect();
        let by_feed = |alarm: &Alarm| match alarm {
            Alarm::Rollback { feed, .. } => Some(*feed),
            _ => None,
        };
        expected.sort_by_key(by_feed);
        assert_eq!(alarms, expected, "{phones} and {own}");
        let runs = this.pushes();
        assert_eq!(runs.len(), expected.len());
        if own < 6 {
            assert_eq!(runs[0], this.run(&this.own, own as u64 + 1), "its own first");
        }
        assert_eq!(this.held.tips, before, "nothing local is touched");
    }
}

#[test]
fn pins_survive_a_restart() {
    let mut this = laptop();
    let kept = Pins::decode(&this.exchange.pins().encode()).unwrap();
    this.exchange = DeviceExchange::new(kept);
    let alarms = this.hello(this.server_with(3, 6));
    assert_eq!(alarms, [Alarm::Rollback { feed: this.phone.feed(), seen: 8, offered: 3 }]);
}

/// Linking passes what the other device knows: a server cannot show a new device yesterday's state.
#[test]
fn a_newly_linked_device_is_not_shown_yesterday() {
    let mut this = Laptop::behind(0);
    let known = [(this.phone.feed(), this.phones[7].position())].into_iter().collect();
    let by = this.phone.feed();
    let pins = Pins::linked(Some(STORE), this.space.roster.head(), &known, by);
    this.exchange = DeviceExchange::new(pins.clone());
    this.hello(this.server_with(3, 6));
    let three = this.phones[..3].to_vec();
    this.receive(&three);
    assert_eq!(this.caught_up(), [Alarm::Withheld { feed: by, named: 8, held: 3, by: Some(by) }]);
    this.exchange = DeviceExchange::new(pins);
    let older = Hello { roster: this.space.without_last(1).roster.head(), ..this.server_with(8, 6) };
    assert_eq!(this.hello(older), [Alarm::OldRoster { seen: 1, offered: 0 }]);
}

/// What was acknowledged and forgotten is pushed again, whether or not the server admits to have had it.
#[test]
fn a_push_that_was_acknowledged_and_forgotten_is_repeated() {
    let mut this = laptop();
    let tip = haven_feed::chain::Tip::of(&this.own[5]);
    let more = write(&this.space.roster, &this.laptop, Some(tip), 2, 1);
    this.held.keep(&more);
    assert_eq!(this.pushes(), [this.run(&more, 7)]);
    let acknowledged: Vector = [(this.laptop.feed(), more[1].position())].into_iter().collect();
    assert_eq!(this.with(|exchange, local| exchange.pushed(local, &acknowledged)), []);
    assert_eq!(this.pushes(), []);
    let alarms = this.hello(this.server_with(8, 6));
    assert_eq!(alarms, [Alarm::Rollback { feed: this.laptop.feed(), seen: 8, offered: 6 }]);
    assert_eq!(this.pushes(), [this.run(&more, 7)]);
}

#[test]
fn a_lost_or_emptied_space_deletes_nothing_and_asks_first() {
    let mut this = laptop();
    let before = (this.held.tips.clone(), this.exchange.pins().clone());
    assert_eq!(this.exchange.space_unknown(), [Alarm::SpaceLost]);
    assert_eq!(this.pushes(), []);
    let empty = Hello { store: OTHER_STORE, ..this.server_with(0, 0) };
    assert_eq!(this.hello(empty), [Alarm::NewStore { before: STORE, now: OTHER_STORE }]);
    assert_eq!(this.pushes(), [], "nothing is pushed before the person consents");
    assert_eq!((this.held.tips.clone(), this.exchange.pins().clone()), before);
    this.with(|exchange, local| exchange.consent(local));
    let (own, phones) = (this.run(&this.own, 1), this.run(&this.phones, 1));
    assert_eq!(this.pushes(), [own, phones]);
    assert_eq!(this.exchange.pins().store, Some(OTHER_STORE));
    assert_eq!(DeviceExchange::default().space_unknown(), [], "a space that never was there is not lost");
}

/// What the old store was seen to have is no measure for the one the person accepted in its place.
#[test]
fn a_store_that_was_accepted_owes_nothing_of_the_one_before() {
    let mut this = laptop();
    let begun = Hello {
        store: OTHER_STORE,
        roster: this.space.without_last(1).roster.head(),
        ..this.server_with(0, 0)
    };
    assert_eq!(this.hello(begun.clone()), [Alarm::NewStore { before: STORE, now: OTHER_STORE }]);
    this.with(|exchange, local| exchange.consent(local));
    assert_eq!(this.exchange.pins().roster, Some(begun.roster), "pinned is what it has");
    assert_eq!(this.exchange.pins().served, Vector::default());
    assert_eq!(this.hello(begun.clone()), [], "it has not gone back");
    // From here on it is held to what it has.
    this.exchange.links_pushed(&this.space.roster, this.space.roster.head());
    assert_eq!(this.hello(begun), [Alarm::OldRoster { seen: 1, offered: 0 }]);
}

#[test]
fn a_space_that_was_created_anew_is_filled_and_no_older_mark_speaks_against_it() {
    let mut this = laptop();
    let named = this.exchange.pins().named.clone();
    this.exchange.created();
    let pins = this.exchange.pins();
    assert_eq!((pins.store, pins.roster, pins.served.len()), (None, None, 0));
    assert_eq!(pins.named, named, "what devices named of each other is not the server's");
    assert_eq!(this.hello(Hello { store: OTHER_STORE, ..this.server_with(0, 0) }), []);
    let (own, phones) = (this.run(&this.own, 1), this.run(&this.phones, 1));
    assert_eq!(this.pushes(), [own, phones]);
}

#[test]
fn a_new_store_pins_nothing_before_consent() {
    let mut this = laptop();
    this.hello(Hello { store: OTHER_STORE, ..this.server_with(8, 6) });
    assert_eq!(this.exchange.pins().store, Some(STORE));
    assert_eq!(this.hello(this.server_with(8, 6)), [], "the old store may come back");
}

#[test]
fn the_server_roster_goes_back_or_aside() {
    let mut this = laptop();
    let old = this.space.without_last(1).roster.head();
    let cases = [
        (old, vec![Alarm::OldRoster { seen: 1, offered: 0 }], Some(0)),
        (RosterHead { seq: 1, hash: LinkHash::from_bytes([1; 32]) }, vec![], None),
        (
            RosterHead { seq: 0, hash: LinkHash::from_bytes([1; 32]) },
            vec![Alarm::OldRoster { seen: 1, offered: 0 }],
            None,
        ),
    ];
    for (roster, alarms, links) in cases {
        let hello = Hello { roster, ..this.server_with(8, 6) };
        assert_eq!(this.hello(hello), alarms);
        assert_eq!(this.exchange.links_to_push(&this.space.roster), links);
        // That it has another one is its word: it has to show it.
        let claims = links.is_none();
        let kept_back = Alarm::RosterWithheld { named: roster.seq, held: 1, by: None };
        assert_eq!(this.caught_up(), if claims { vec![kept_back] } else { vec![] });
        assert_eq!(this.exchange.wants_links(), claims);
        let asked = this.exchange.to_pull_links(&this.space.roster);
        assert_eq!((asked, this.exchange.wants_links()), (if claims { 0 } else { 1 }, false));
        this.exchange.disconnected();
    }
}

#[test]
fn nothing_is_pushed_while_the_server_knows_more_of_the_roster() {
    let mut this = laptop();
    let mut further = this.space.clone();
    further.remove(&this.laptop, &this.phone, None);
    let tip = haven_feed::chain::Tip::of(&this.own[5]);
    let more = write(&this.space.roster, &this.laptop, Some(tip), 1, 1);
    this.held.keep(&more);
    this.hello(Hello { roster: further.roster.head(), ..this.server_with(8, 6) });
    assert_eq!(this.pushes(), [], "somebody may have been removed");
    assert_eq!(this.caught_up(), [Alarm::RosterWithheld { named: 2, held: 1, by: None }]);
    let link = further.links[2].bytes().clone();
    let linked = this.exchange.links(&mut this.space.roster, [link]);
    assert_eq!((linked.appended.len(), linked.alarms.len()), (1, 0));
    assert_eq!(this.pushes(), [this.run(&more, 7)]);
    assert_eq!(this.exchange.pins().roster, Some(further.roster.head()));
}

#[test]
fn links_are_appended_as_far_as_they_hold() {
    let mut this = laptop();
    let roster = this.space.roster.clone();
    let tablet = Keyed::new(4);
    let good = next(&roster, this.phone.as_feed(), this.space.adding(&tablet, None)).unwrap();
    let other = next(&roster, this.phone.as_feed(), this.space.advancing()).unwrap();
    let mut forged = good.bytes().to_vec();
    let at = forged.len() - 1;
    forged[at] ^= 1;
    let mut further = this.space.clone();
    further.add(&this.phone, &tablet);
    let body = further.advancing();
    further.append(this.phone.as_feed(), body).unwrap();
    let known = this.space.links[1].bytes().clone();
    let spoilt = |link: &haven_feed::roster::Link, at: usize| -> Bytes {
        let mut bytes = link.bytes().to_vec();
        bytes[at] ^= 1;
        bytes.into()
    };
    let refused = |seq, fault| vec![Alarm::LinkRefused { seq, fault }];
    let not_next = LinkFault::NotNext { expected: 3, found: 2 };
    let cases: [(&str, Vec<Bytes>, u64, Vec<Alarm>); 9] = [
        ("the next", vec![good.bytes().clone()], 2, vec![]),
        ("known ones", vec![known.clone(), known, good.bytes().clone(), good.bytes().clone()], 2, vec![]),
        ("forged", vec![forged.into()], 1, {
            vec![Alarm::LinkRefused { seq: 2, fault: LinkFault::BadSignature }]
        }),
        (
            "a gap",
            vec![further.links[3].bytes().clone()],
            1,
            vec![Alarm::RosterWithheld { named: 3, held: 1, by: None }],
        ),
        (
            "another next",
            vec![good.bytes().clone(), other.bytes().clone()],
            2,
            vec![Alarm::RosterForked { seq: 2 }],
        ),
        ("another next, unsigned", vec![good.bytes().clone(), spoilt(&other, 300)], 2, refused(2, not_next)),
        ("after another, unsigned", vec![spoilt(&good, 50)], 1, refused(2, LinkFault::Forked)),
        ("of another history", vec![other.bytes().clone(), further.links[3].bytes().clone()], 2, {
            vec![Alarm::RosterForked { seq: 2 }]
        }),
        ("no link", vec![Bytes::from_static(b"\x01")], 1, {
            vec![Alarm::LinkRefused { seq: 2, fault: LinkFault::Malformed("kind") }]
        }),
    ];
    for (what, links, head, alarms) in cases {
        let mut grown = roster.clone();
        let linked = this.exchange.links(&mut grown, links);
        assert_eq!((grown.head().seq, linked.alarms), (head, alarms), "{what}");
        assert_eq!(linked.appended.len() as u64, head - 1, "{what}");
    }
}

#[test]
fn what_arrives_in_order_is_accepted_once() {
    let mut this = Laptop::behind(2);
    this.hello(this.server_with(8, 6));
    let all = this.phones.clone();
    let received = this.receive(&all);
    assert_eq!(received.accepted, all[2..]);
    let again = this.receive(&vec![all[4].clone(); 1000]);
    assert!(again.accepted.is_empty() && again.refused.is_empty() && again.alarms.is_empty());
    assert_eq!(this.caught_up(), []);
    assert_eq!(this.exchange.pins().served.seq(&this.phone.feed()), 8);
}

#[test]
fn a_gap_is_seen_and_said_and_nothing_after_it_is_applied() {
    let mut this = Laptop::behind(2);
    this.hello(this.server_with(8, 6));
    let holed = [&this.phones[2..4], &this.phones[5..]].concat();
    let received = this.receive(&holed);
    let feed = this.phone.feed();
    assert_eq!(received.accepted, this.phones[2..4]);
    assert_eq!(received.alarms, [Alarm::Gap { feed, expected: 5, found: 6 }]);
    assert_eq!(this.caught_up(), [Alarm::Withheld { feed, named: 8, held: 4, by: None }]);
    let rest = this.phones[4..].to_vec();
    assert_eq!(this.receive(&rest).accepted, rest, "honest again, it goes on");
    assert_eq!(this.caught_up(), []);
}

#[test]
fn one_bad_feed_does_not_stop_the_others() {
    let mut this = Laptop::behind(2);
    this.held = Held::default();
    let mut bad = this.phones[1].bytes().to_vec();
    bad[207] ^= 1;
    let husk = bad[..272].to_vec();
    let bytes =
        |records: &[VerifiedRecord]| -> Vec<Bytes> { records.iter().map(|it| it.bytes().clone()).collect() };
    let batch = [
        bytes(&this.phones[..1]),
        vec![husk.clone().into()],
        bytes(&this.phones[2..]),
        vec![Bytes::from_static(b"nonsense")],
        bytes(&this.own),
    ]
    .concat();
    let received = this.receive_bytes(batch);
    assert_eq!(received.accepted, [&this.phones[..1], &this.own[..]].concat());
    let fault = ChainFault::BadSignature;
    assert_eq!(received.refused[0].reason, Reason::Chain(fault));
    assert_eq!(received.refused[0].bytes, husk);
    assert!(matches!(received.refused[1].reason, Reason::Unreadable(_)));
    assert_eq!(received.alarms[0], Alarm::RecordRefused { feed: this.phone.feed(), seq: 2, fault });
    assert!(matches!(received.alarms[1], Alarm::Unreadable(_)));
}

#[test]
fn a_newer_record_is_kept_untouched() {
    let mut this = Laptop::behind(7);
    let mut newer = this.phones[7].bytes().to_vec();
    newer[1] = 2;
    let received = this.receive_bytes(vec![newer.clone().into()]);
    assert_eq!(received.refused[0].bytes, newer);
    assert!(
        matches!(received.alarms[..], [Alarm::Unreadable(fault)] if fault.to_string().contains("update needed"))
    );
}

#[test]
fn records_of_unknown_kinds_keep_the_chain() {
    let mut this = Laptop::behind(8);
    let tip = haven_feed::chain::Tip::of(&this.phones[7]);
    let of_kind =
        Header { kind: RecordKind::Other(9), ..header(&this.space.roster, this.phone.feed(), Some(tip)) };
    let unknown = seal(&of_kind, 1, &this.phone.signer);
    let next = write(&this.space.roster, &this.phone, Some(haven_feed::chain::Tip::of(&unknown)), 1, 1);
    let received = this.receive(&[unknown, next[0].clone()]);
    assert_eq!(received.accepted.len(), 2);
}

/// Two devices were shown different histories of the phone. The first record that crosses tells.
#[test]
fn equivocation_is_found_from_what_a_record_names() {
    let mut this = laptop();
    let (feed, by) = (this.phone.feed(), Some(this.phone.feed()));
    let other = write(&this.space.roster, &this.phone, None, 9, 2);
    assert_eq!(this.named(&[(feed, this.phones[4].position())]), []);
    assert_eq!(this.named(&[(feed, other[4].position())]), [Alarm::Contradicted { feed, seq: 5, by }]);
    assert_eq!(this.named(&[(feed, other[7].position())]), [Alarm::Contradicted { feed, seq: 8, by }]);
    assert_eq!(this.named(&[(feed, other[8].position())]), [], "beyond what is held it is only a name yet");
    let tip = haven_feed::chain::Tip::of(&this.phones[7]);
    let ninth = write(&this.space.roster, &this.phone, Some(tip), 1, 1);
    assert_eq!(this.named(&[(feed, ninth[0].position())]), [Alarm::Contradicted { feed, seq: 9, by }]);
    let received = this.receive(&ninth);
    assert_eq!(received.alarms, [Alarm::Contradicted { feed, seq: 9, by }]);
    assert_eq!(received.accepted, ninth, "a claim keeps no record out");
    // The other history itself, signed: that is a fork, and both are kept.
    let received = this.receive(&other[4..5]);
    assert_eq!(received.alarms, [Alarm::Fork { feed, seq: 5 }]);
    assert_eq!(received.refused[0].bytes, other[4].bytes());
}

#[test]
fn both_histories_are_kept_and_the_other_is_asked_for_from_its_beginning() {
    let mut this = laptop();
    let feed = this.phone.feed();
    let tip = haven_feed::chain::Tip::of(&this.phones[4]);
    let other = write(&this.space.roster, &this.phone, Some(tip), 5, 2);
    let vector = [(feed, other[4].position()), (this.laptop.feed(), this.own[5].position())];
    let hello = Hello { vector: vector.into_iter().collect(), ..this.server_with(8, 6) };
    assert_eq!(this.hello(hello), [], "the tenth record is not known here");
    let received = this.receive(&other[3..]);
    assert_eq!(received.alarms, [Alarm::Fork { feed, seq: 8 }]);
    assert_eq!(this.pushes(), [], "nothing follows what the server has");
    let pull = this.with(|exchange, local| exchange.to_pull(local));
    assert_eq!((pull.seq(&feed), pull.seq(&this.laptop.feed())), (0, 6));
    let served = [&this.phones[..5], &other[..]].concat();
    let received = this.receive(&served);
    let kept: Vec<&Bytes> = received.refused.iter().map(|refused| &refused.bytes).collect();
    assert_eq!(kept, other.iter().map(VerifiedRecord::bytes).collect::<Vec<_>>());
    // The last follows one that is not the newest here: it's for whoever keeps them to see where it belongs.
    let reasons: Vec<Reason> = received.refused.iter().map(|refused| refused.reason).collect();
    assert_eq!(reasons, [[Reason::Fork; 4].as_slice(), &[Reason::Either]].concat());
    assert_eq!(received.alarms, [Alarm::Fork { feed, seq: 6 }], "said once, where it begins");
    assert!(received.accepted.is_empty());
}

#[test]
fn a_server_with_another_history_is_caught_at_hello() {
    let mut this = laptop();
    let feed = this.phone.feed();
    let other = write(&this.space.roster, &this.phone, None, 8, 2);
    let vector = [(feed, other[7].position()), (this.laptop.feed(), this.own[5].position())];
    let hello = Hello { vector: vector.into_iter().collect(), ..this.server_with(8, 6) };
    assert_eq!(this.hello(hello), [Alarm::Contradicted { feed, seq: 8, by: None }]);
    let doubted = |this: &Laptop| this.exchange.doubted().collect::<Vec<_>>();
    assert_eq!(doubted(&this), [(feed, 8)], "it has to show what it claims");
    let pull = this.with(|exchange, local| exchange.to_pull(local));
    assert_eq!(pull.seq(&feed), 8, "a claim alone costs nothing");
    assert_eq!(this.receive(&other[7..]).alarms, [Alarm::Fork { feed, seq: 8 }]);
    assert_eq!(doubted(&this), []);
    let pull = this.with(|exchange, local| exchange.to_pull(local));
    assert_eq!(pull.seq(&feed), 0, "the other history is asked for from its beginning");
}

/// One liar's vector slows nobody down: what others name of this device is a claim.
#[test]
fn a_liar_silences_nobody() {
    let mut this = laptop();
    let tip = haven_feed::chain::Tip::of(&this.own[5]);
    let more = write(&this.space.roster, &this.laptop, Some(tip), 2, 1);
    this.held.keep(&more);
    let feed = this.laptop.feed();
    let lie = Position { seq: 2, id: RecordId::from_bytes([0xbb; 32]) };
    assert_eq!(
        this.named(&[(feed, lie)]),
        [Alarm::Contradicted { feed, seq: 2, by: Some(this.phone.feed()) }]
    );
    assert_eq!(this.pushes(), [this.run(&more, 7)]);
    assert_eq!(this.exchange.doubted().count(), 0);
}

/// A husk keeps its place; the body that comes later takes it, and only the one that was signed.
#[test]
fn a_body_takes_the_place_of_its_husk() {
    let mut this = Laptop::behind(0);
    let husks: Vec<VerifiedRecord> = this.phones.iter().map(VerifiedRecord::to_husk).collect();
    let received = this.receive(&husks);
    assert_eq!((received.accepted, received.alarms), (husks.clone(), vec![]));
    let mut altered = this.phones[2].bytes().to_vec();
    altered[210] ^= 1;
    let received = this.receive_bytes(vec![altered.into()]);
    let fault = ChainFault::BadSignature;
    assert_eq!(received.alarms, [Alarm::RecordRefused { feed: this.phone.feed(), seq: 3, fault }]);
    let twice = [this.phones.clone(), this.phones.clone(), husks].concat();
    let received = this.receive(&twice);
    assert_eq!(received.bodies, this.phones, "each once");
    assert!(received.accepted.is_empty() && received.refused.is_empty() && received.alarms.is_empty());
    // In one batch too.
    let mut this = Laptop::behind(0);
    let both = [this.phones[0].to_husk(), this.phones[0].clone()];
    let received = this.receive(&both);
    assert_eq!((received.accepted, received.bodies), (vec![both[0].clone()], vec![both[1].clone()]));
}

/// A disk was cloned, or a backup restored: the server has records of our own feed that we never wrote here.
#[test]
fn a_clone_of_this_device_is_found() {
    let mut this = laptop();
    let feed = this.laptop.feed();
    let tip = haven_feed::chain::Tip::of(&this.own[5]);
    let by_clone = write(&this.space.roster, &this.laptop, Some(tip), 2, 2);
    let vector = [(this.phone.feed(), this.phones[7].position()), (feed, by_clone[1].position())];
    let hello = Hello { vector: vector.into_iter().collect(), ..this.server_with(8, 6) };
    assert_eq!(this.hello(hello), [Alarm::Cloned { held: 6, offered: 8 }]);
    let mine = write(&this.space.roster, &this.laptop, Some(tip), 1, 3);
    this.held.keep(&mine);
    let received = this.receive(&by_clone);
    assert_eq!(received.alarms, [Alarm::Fork { feed, seq: 7 }]);
    assert_eq!(received.refused.len(), 2);
}

#[test]
fn a_server_cannot_frame_a_device_as_forked() {
    let mut this = laptop();
    let forged = seal(this.phones[4].header(), 9, &Keyed::new(9).signer);
    let received = this.receive(&[forged]);
    let fault = ChainFault::BadSignature;
    assert_eq!(received.alarms, [Alarm::RecordRefused { feed: this.phone.feed(), seq: 5, fault }]);
}

/// The links that removed a device are withheld: the next record of anybody who knows them tells.
#[test]
fn withheld_and_forked_rosters_are_found_from_records() {
    let mut this = laptop();
    let tablet = Keyed::new(4);
    let tip = haven_feed::chain::Tip::of(&this.phones[7]);
    let mut further = this.space.clone();
    further.add(&this.phone, &tablet);
    further.remove(&this.phone, &tablet, None);
    let knowing = write(&further.roster, &this.phone, Some(tip), 1, 1);
    let received = this.receive(&knowing);
    let withheld = [Alarm::RosterWithheld { named: 3, held: 1, by: Some(this.phone.feed()) }];
    assert_eq!(received.alarms, withheld);
    assert!(received.accepted.is_empty());
    this.exchange = DeviceExchange::new(Pins::decode(&this.exchange.pins().encode()).unwrap());
    this.hello(this.server_with(8, 6));
    assert_eq!(this.caught_up(), withheld, "after a restart too");
    let (laptop, phone) = (Keyed::new(2), Keyed::new(1));
    let mut without = this.space.clone();
    without.remove(&laptop, &phone, None);
    let removal = without.links[2].bytes().clone();
    let mut roster = this.space.roster.clone();
    assert_eq!(this.exchange.links(&mut roster, [removal]).appended.len(), 1);
    assert_eq!(this.exchange.pins().link, None, "nobody knows a link after its own removal");

    let mut aside = this.space.without_last(1);
    aside.add(&this.phone, &tablet);
    let elsewhere = write(&aside.roster, &this.phone, Some(tip), 1, 1);
    assert_eq!(this.receive(&elsewhere).alarms, [Alarm::RosterForked { seq: 1 }]);
}

/// What nobody of ours signed says nothing of the roster.
#[test]
fn a_strangers_record_forks_no_roster() {
    let mut this = laptop();
    let (stranger, tablet) = (Keyed::new(9), Keyed::new(4));
    let mut aside = this.space.without_last(1);
    aside.add(&this.phone, &tablet);
    let elsewhere = write(&aside.roster, &stranger, None, 1, 1);
    let fault = ChainFault::UnknownFeed;
    let refused = Alarm::RecordRefused { feed: stranger.feed(), seq: 1, fault };
    assert_eq!(this.receive(&elsewhere).alarms, [refused]);
}

/// A second link counts by who signed it and where it stands: whoever was removed before that place, or came after it, makes no fork, and
/// neither does a paper that was replaced.
#[test]
fn who_signs_a_second_link_was_a_member_there() {
    let (phone, laptop, tablet, paper) = (Keyed::new(1), Keyed::new(2), Keyed::new(4), Keyed::new(3));
    let mut space = Space::vault(&phone, &paper);
    space.add(&phone, &laptop);
    let early = space.clone();
    space.add(&phone, &tablet);
    space.remove(&phone, &laptop, None);
    let replacing = space.replacing_paper(&Keyed::new(5));
    space.append(phone.as_feed(), replacing).unwrap();
    let replaced = space.clone();
    let advancing = space.advancing();
    space.append(phone.as_feed(), advancing).unwrap();
    let at = |space: &Space, by: &Keyed| unchecked(&space.roster, by.as_feed(), space.advancing()).unwrap();
    let before_last = space.without_last(1);
    for (who, link, is_fork) in [
        ("a member", at(&early, &laptop), true),
        ("one that came later", at(&early, &tablet), false),
        ("one that was removed before", at(&before_last, &laptop), false),
        ("one that stayed", at(&before_last, &tablet), true),
        ("a stranger", at(&early, &Keyed::new(9)), false),
        ("the paper", unchecked(&early.roster, paper.as_paper(), early.advancing()).unwrap(), true),
        ("a former one", unchecked(&replaced.roster, paper.as_paper(), replaced.advancing()).unwrap(), false),
    ] {
        assert_eq!(space.roster.knows_signer(&link), is_fork, "{who}");
        let alarms =
            DeviceExchange::default().links(&mut space.roster.clone(), [link.bytes().clone()]).alarms;
        assert_eq!(matches!(alarms[..], [Alarm::RosterForked { .. }]), is_fork, "{who}");
    }
}

#[test]
fn strangers_feeds_are_refused_and_said() {
    let mut this = laptop();
    let stranger = Keyed::new(9);
    let received = this.receive(&write(&this.space.roster, &stranger, None, 1, 1));
    let fault = ChainFault::UnknownFeed;
    assert_eq!(received.alarms, [Alarm::RecordRefused { feed: stranger.feed(), seq: 1, fault }]);
}

#[test]
fn records_of_a_removed_feed_come_apart() {
    let mut this = Laptop::behind(4);
    let head = Some(this.phones[5].position());
    let (own, phone) = (Keyed::new(2), Keyed::new(1));
    this.space.remove(&own, &phone, head);
    let all = this.phones.clone();
    let received = this.receive(&all);
    assert!(received.accepted.is_empty() && received.alarms.is_empty());
    assert_eq!(received.of_removed, all[4..]);
}

#[test]
fn what_others_name_and_nobody_serves_is_withheld() {
    let mut this = laptop();
    let feed = this.phone.feed();
    let beyond = Position { seq: 11, id: RecordId::from_bytes([1; 32]) };
    let stranger = FeedId::from_bytes([1; 8]);
    assert_eq!(this.named(&[(feed, beyond), (stranger, beyond)]), []);
    let withheld = [Alarm::Withheld { feed, named: 11, held: 8, by: Some(feed) }];
    assert_eq!(this.caught_up(), withheld);
    this.exchange = DeviceExchange::new(Pins::decode(&this.exchange.pins().encode()).unwrap());
    this.hello(this.server_with(8, 6));
    assert_eq!(this.caught_up(), withheld, "after a restart too");
}

/// Whoever removes a feed may name any record as its newest. Once the author is no member any more, nobody misses it: whether it was a
/// paper whose keys were replaced, or a party that was removed.
#[test]
fn what_a_removal_names_is_missed_as_long_as_its_author_is_a_member() {
    let beyond = Some(Position { seq: 11, id: RecordId::from_bytes([1; 32]) });
    let (phone, paper, new) = (Keyed::new(1), Keyed::new(3), Keyed::new(4));
    let mut this = laptop();
    let body = this.space.removing(phone.feed(), beyond);
    this.space.append(paper.as_paper(), body).unwrap();
    this.hello(this.server_with(8, 6));
    let by = Some(FeedId::from_bytes(*MemberId::from(paper.keys.paper_id()).as_bytes()));
    assert_eq!(this.caught_up(), [Alarm::Withheld { feed: phone.feed(), named: 11, held: 8, by }]);
    let body = this.space.replacing(this.laptop.as_feed(), &new);
    this.space.append(this.laptop.as_feed(), body).unwrap();
    this.hello(this.server_with(8, 6));
    assert_eq!(this.caught_up(), []);

    let (laptop, owner, desk, therapist) = (Keyed::new(1), Keyed::new(2), Keyed::new(3), Keyed::new(4));
    let mut space = Space::begin(SpaceKind::Shared, &laptop, &owner);
    let party = space.adding_party(&therapist);
    space.append(laptop.as_feed(), party).unwrap();
    let theirs = space.adding(&desk, Some(therapist.keys.party_id()));
    space.append(therapist.as_party(), theirs).unwrap();
    let body = space.removing(desk.feed(), beyond);
    space.append(therapist.as_party(), body).unwrap();
    let missed = |space: &Space| {
        let (held, exchange) = (Held::default(), DeviceExchange::default());
        let (tips, history) = (&held.tips, held.history());
        let local = Local { roster: &space.roster, own: laptop.feed(), tips, history: &history };
        exchange.caught_up(&local)
    };
    assert_eq!(missed(&space).len(), 1);
    let body = space.removing_party(therapist.keys.party_id());
    space.append(laptop.as_feed(), body).unwrap();
    assert_eq!(missed(&space), []);
}

/// A server may claim any vector; only what is held here becomes a mark that an honest one must reach.
#[test]
fn a_boastful_server_poisons_no_pin() {
    let mut this = laptop();
    let boast = Position { seq: u64::MAX, id: RecordId::from_bytes([1; 32]) };
    let vector: Vector =
        [(this.phone.feed(), boast), (FeedId::from_bytes([1; 8]), boast)].into_iter().collect();
    let beyond = RosterHead { seq: u64::MAX, hash: LinkHash::from_bytes([1; 32]) };
    let alarms = this.hello(Hello { store: STORE, vector, roster: beyond, husks: Vec::new() });
    assert_eq!(alarms, [Alarm::Rollback { feed: this.laptop.feed(), seen: 6, offered: 0 }]);
    assert!(this.caught_up().len() >= 2);
    assert_eq!(this.hello(this.server_with(8, 6)), []);
    assert_eq!(this.caught_up(), []);
}

#[test]
fn an_acknowledgement_of_another_history_is_told() {
    let mut this = laptop();
    let other = write(&this.space.roster, &this.laptop, None, 6, 2);
    let feed = this.laptop.feed();
    let vector: Vector = [(feed, other[5].position())].into_iter().collect();
    let alarms = this.with(|exchange, local| exchange.pushed(local, &vector));
    assert_eq!(alarms, [Alarm::Contradicted { feed, seq: 6, by: None }]);
}

#[test]
fn an_acknowledgement_of_more_than_was_written_is_told_and_not_believed() {
    let mut this = laptop();
    this.hello(this.server_with(3, 3));
    let pushes = this.pushes();
    let (feed, id) = (this.laptop.feed(), RecordId::from_bytes([9; 32]));
    let vector: Vector = [(feed, Position { seq: u64::MAX, id })].into_iter().collect();
    let alarms = this.with(|exchange, local| exchange.pushed(local, &vector));
    assert!(matches!(alarms[..], [Alarm::Cloned { offered: u64::MAX, .. }]), "{alarms:?}");
    assert_eq!(this.pushes(), pushes);
}

#[test]
fn after_the_session_ends_nothing_is_pushed() {
    let mut this = laptop();
    this.hello(this.server_with(3, 3));
    assert_eq!(this.pushes().len(), 2);
    this.exchange.disconnected();
    assert_eq!(this.pushes(), []);
}

#[test]
fn an_unsigned_record_is_no_record() {
    let mut this = Laptop::behind(0);
    let unsigned = [&this.phones[0].bytes()[..208], Signature::from_bytes([0; 64]).as_bytes()].concat();
    let received = this.receive_bytes(vec![unsigned.into()]);
    assert_eq!(received.refused[0].reason, Reason::Chain(ChainFault::BadSignature));
}

/// A server that has the same list of devices, and claims that somebody has written the last record there can be.
#[test]
fn the_last_number_there_is_is_a_claim_like_any_other() {
    let mut this = laptop();
    let last = Position { seq: u64::MAX, id: RecordId::from_bytes([1; 32]) };
    let mut hello = this.server_with(3, 3);
    hello.vector.set(this.phone.feed(), Some(last));
    this.hello(hello);
    assert_eq!(this.pushes().len(), 1, "one's own");
}
