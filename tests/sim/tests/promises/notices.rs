//! What is told, by what proof, and when it ends: an alarm that garbage can raise for good is one that nobody reads any more.

use bytes::Bytes;
use haven_core::entry::Edit;
use haven_engine::command::{Command, Reply};
use haven_engine::engine::Input;
use haven_engine::io::Table;
use haven_engine::sync::{Incoming, Refusal, Request, SyncState};
use haven_feed::ids::{FeedId, Position, RecordId, RosterHead, Vector};
use haven_feed::record::VerifiedRecord;
use haven_feed::roster::Link;
use haven_sim::device::Asked;
use haven_store::faulty::Blind;

use super::lab::{Lab, Who, alarms_of, content, vector_of, write};
use super::{NOTHING, empty};

fn bytes_of(links: &[Link]) -> Vec<Vec<u8>> {
    links.iter().map(|link| link.bytes().to_vec()).collect()
}

fn head_of(links: &[Link]) -> RosterHead {
    links.last().unwrap().head()
}

/// A link that nobody signed, or nobody who could, is refused and counted, in whatever place it claims to stand.
#[test]
fn only_a_signed_second_link_is_a_fork() {
    let mut lab = Lab::linked();
    let signed = lab.aside(|lab| lab.change(&[], None)).remove(0);
    let old = lab.links.len();
    lab.change(&[], None);
    lab.links(old);
    for (at, told) in [(200, "LINK_REFUSED"), (50, "LINK_REFUSED"), (74, "LINK_REFUSED")] {
        let mut garbage = signed.bytes().to_vec();
        garbage[at] ^= 1;
        lab.shows_links(&[garbage]);
        assert_eq!(lab.alarms(), [told], "at {at}");
    }
    lab.add_entry("nobody is kept from anything");
    assert!(!lab.pushed().is_empty());
    lab.shows_links(&bytes_of(&[signed]));
    let mut alarms = lab.alarms();
    alarms.sort_unstable();
    assert_eq!(alarms, ["LINK_REFUSED", "ROSTER_FORKED"]);
}

/// A record under a name that nobody here has, which claims another roster: garbage like any other.
#[test]
fn a_record_by_nobody_says_nothing_of_the_roster() {
    let mut lab = Lab::linked();
    let record = lab.record(Who::Phone, None, &empty());
    let mut bytes = record.to_husk().bytes().to_vec();
    bytes[36..44].copy_from_slice(&[7; 8]);
    bytes[64..96].copy_from_slice(&[8; 32]);
    lab.say(Incoming::Records { space: lab.roster.space(), records: vec![bytes.into()] });
    assert_eq!(lab.alarms(), ["RECORD_REFUSED"]);
}

/// A server that merely says to have another roster gets nothing, and is told to keep something back. It's asked for all of it once
/// more, at once and not for ever; when it shows the other link, signed, that is a fork.
#[test]
fn a_server_that_claims_another_roster_has_to_show_it() {
    let mut lab = Lab::linked();
    lab.acknowledge();
    let other = lab.aside(|lab| lab.change(&[], None));
    let old = lab.links.len();
    lab.change(&[], None);
    lab.links(old);
    let served = vector_of(lab.own().last().unwrap());
    let (last, hello) = (lab.roster.head().seq, lab.greeting_at(served, head_of(&other)));
    assert_eq!(lab.connect(), Some(last));
    lab.add_entry("not for whoever has another list");
    for from_the_beginning in [false, true] {
        lab.say(hello.clone());
        assert_eq!(lab.alarms().len(), usize::from(from_the_beginning));
        lab.caught_up();
        assert_eq!(lab.alarms(), ["ROSTER_WITHHELD"]);
        assert_eq!(lab.laptop.wants_connection, !from_the_beginning, "once more, and not for ever");
        assert_eq!(lab.pushed().len(), 0);
        if !from_the_beginning {
            assert_eq!(lab.connect(), Some(0), "it has to show where the two part");
        }
    }
    lab.connect();
    lab.say(hello);
    let shown = [bytes_of(&lab.links[1..old]), bytes_of(&other)].concat();
    lab.shows_links(&shown);
    lab.caught_up();
    assert_eq!(lab.alarms(), ["ROSTER_FORKED"]);
    assert_eq!(lab.pushed().len(), 0);
}

/// The claim is over with the next answer that agrees.
#[test]
fn a_roster_that_was_only_claimed_is_told_no_more_once_the_server_agrees() {
    let mut lab = Lab::linked();
    let other = lab.aside(|lab| lab.change(&[], None));
    let old = lab.links.len();
    lab.change(&[], None);
    lab.links(old);
    lab.connect();
    lab.say(lab.greeting_at(Vector::default(), head_of(&other)));
    lab.caught_up();
    assert_eq!(lab.alarms(), ["ROSTER_WITHHELD"]);
    assert_eq!(lab.connect(), Some(0));
    lab.hello(Vector::default());
    lab.links(0);
    lab.caught_up();
    assert_eq!(lab.alarms(), NOTHING);
    assert!(!lab.pushed().is_empty());
}

/// Nothing can be known of who made what is of another version. So the word that an update is needed stands as long as a server
/// sends such a thing, and no longer.
#[test]
fn what_only_looks_newer_asks_for_an_update_as_long_as_it_comes() {
    let mut lab = Lab::linked();
    let mut record = lab.record(Who::Phone, None, &empty()).bytes().to_vec();
    let mut link = lab.aside(|lab| lab.change(&[], None)).remove(0).bytes().to_vec();
    (record[0], link[1]) = (9, 9);
    let space = lab.roster.space();
    let records = Incoming::Records { space, records: vec![Bytes::from(record)] };
    for newer in [records, Incoming::Links { space, links: vec![link] }] {
        lab.connect();
        lab.hello(Vector::default());
        lab.caught_up();
        assert_eq!(lab.alarms(), NOTHING);
        lab.say(newer.clone());
        for restarts in [false, true] {
            assert_eq!(lab.alarms(), ["UPDATE_NEEDED"]);
            if restarts {
                lab.restart();
            }
            lab.connect();
            lab.hello(Vector::default());
            lab.say(newer.clone());
            lab.caught_up();
        }
        assert_eq!(lab.alarms(), ["UPDATE_NEEDED"], "it's still there");
        lab.connect();
        lab.hello(Vector::default());
        lab.caught_up();
        assert_eq!(lab.alarms(), NOTHING);
    }
}

/// Something critical that a member wrote asks for an update, whatever a server sends or not, until its author is removed and it
/// does not count any more; and again once somebody who remains has seen it.
#[test]
fn what_does_not_count_asks_for_no_update() {
    for (restarts, removal_first) in [(false, false), (true, false), (false, true), (true, true)] {
        let mut lab = Lab::linked();
        let t1 = lab.record(Who::Tablet, None, &empty());
        let t2 = lab.record(Who::Tablet, Some(&t1), &content(&[], &[(250, vec![1])]));
        if !removal_first {
            lab.records(&[&t1, &t2]);
            lab.connect();
            lab.hello(vector_of(&t2));
            lab.caught_up();
            assert_eq!(lab.alarms(), ["UPDATE_NEEDED"], "it's ours, and waits");
        }
        if restarts {
            lab.restart();
            lab.hello(vector_of(&t2));
        }
        let old = lab.links.len();
        lab.remove(Who::Tablet, Some(t1.position()));
        lab.links(old);
        if removal_first {
            lab.records(&[&t1, &t2]);
        }
        assert_eq!(lab.alarms(), ["REMOVED_DEVICE_WROTE"]);
        let p1 = lab.record(Who::Phone, None, &content(&[(lab.feed(Who::Tablet), t2.position())], &[]));
        lab.records(&[&p1]);
        assert_eq!(lab.alarms(), ["UPDATE_NEEDED"]);
        // And with whoever had seen it.
        let old = lab.links.len();
        lab.change_by(Who::Laptop, &[(lab.feed(Who::Phone), None)], None);
        lab.links(old);
        assert_eq!(lab.alarms(), ["REMOVED_DEVICE_WROTE"; 2]);
    }
}

/// A link that a member named stays missed over a restart, with whose word it is, although nobody names it again.
#[test]
fn a_link_that_was_named_is_missed_after_a_restart() {
    let mut lab = Lab::linked();
    let old = lab.links.len();
    let hello = lab.greeting(Vector::default());
    lab.change(&[], None);
    let p1 = lab.record(Who::Phone, None, &empty());
    lab.records(&[&p1]);
    for _ in 0..3 {
        assert_eq!(lab.alarms(), ["ROSTER_WITHHELD"]);
        assert_eq!(lab.laptop.view.status.alarms[0].said_by.as_deref(), Some("Phone"));
        lab.restart();
        lab.say(hello.clone());
        lab.caught_up();
    }
    lab.links(old);
    lab.caught_up();
    assert_eq!(lab.alarms(), NOTHING);
}

/// Whoever is removed cannot have known a link after its removal: its word for one is over.
#[test]
fn a_link_that_a_removed_device_named_is_missed_no_more() {
    let mut lab = Lab::linked();
    let mut p1 = None;
    lab.aside(|lab| {
        lab.change(&[], None);
        lab.change(&[], None);
        p1 = Some(lab.record(Who::Phone, None, &empty()));
    });
    lab.records(&[&p1.unwrap()]);
    assert_eq!(lab.alarms(), ["ROSTER_WITHHELD"]);
    let old = lab.links.len();
    lab.change_by(Who::Tablet, &[(lab.feed(Who::Phone), None)], None);
    lab.links(old);
    for _ in 0..2 {
        lab.caught_up();
        assert_eq!(lab.alarms(), NOTHING);
        lab.restart();
        lab.hello(Vector::default());
    }
}

/// The disk cannot be read while a removal is heard of: what the removed device wrote is taken back once it can, in the next session or
/// after a restart.
#[test]
fn a_removal_that_could_not_be_settled_is_settled_later() {
    for restarts in [false, true] {
        let mut lab = Lab::linked();
        let mut tablet = lab.device(Who::Tablet);
        write(&mut tablet, "by a thief", &mut lab.chance);
        let t1 = lab.written(&tablet, lab.feed(Who::Tablet)).remove(0);
        lab.records(&[&t1]);
        assert_eq!(lab.laptop.view.len(), 1, "there was no reason to doubt it");
        lab.laptop.disk.blind(Some(Blind::Record(lab.feed(Who::Tablet), 1)));
        let old = lab.links.len();
        lab.remove(Who::Tablet, None);
        lab.links(old);
        assert_eq!(lab.laptop.view.len(), 1, "it can't be seen which words those are");
        lab.laptop.disk.blind(None);
        if restarts {
            lab.restart();
        } else {
            lab.caught_up();
        }
        for _ in 0..2 {
            assert_eq!((lab.laptop.view.len(), lab.alarms()), (0, vec!["REMOVED_DEVICE_WROTE"]));
            lab.restart();
        }
    }
}

/// So many large records of the phone that not all stay opened in memory. Each waits for the tablet's first.
fn large(lab: &mut Lab, waits_for: &VerifiedRecord) -> Vec<VerifiedRecord> {
    let seen = [(lab.feed(Who::Tablet), waits_for.position())];
    let mut records: Vec<VerifiedRecord> = Vec::new();
    for n in 0..8_u8 {
        let plain = content(&seen, &[(100, vec![n; 4 * 1024 * 1024 - 200])]);
        let record = lab.record(Who::Phone, records.last(), &plain);
        records.push(record);
    }
    records
}

/// The disk does not give back a record whose turn has come. It waits, told as that, with what comes after it; and goes when the disk
/// gives it back, in the next session or after a restart.
#[test]
fn what_the_disk_does_not_give_back_waits_until_it_does() {
    for restarts in [false, true] {
        let mut lab = Lab::linked();
        let t1 = lab.record(Who::Tablet, None, &empty());
        let phones = large(&mut lab, &t1);
        lab.records(&phones.iter().collect::<Vec<_>>());
        lab.laptop.disk.blind(Some(Blind::Record(lab.feed(Who::Phone), 3)));
        lab.records(&[&t1]);
        lab.caught_up();
        assert_eq!((lab.alarms(), lab.rows(Table::Quarantine)), (vec!["DISK_UNREADABLE"], 0));
        lab.add_entry("nobody is told that it's here");
        assert!(lab.names(&phones[1]) && !lab.names(&phones[2]) && !lab.names(&phones[7]));
        lab.laptop.disk.blind(None);
        if restarts {
            lab.restart();
        } else {
            lab.caught_up();
        }
        lab.add_entry("and now it is");
        assert_eq!(lab.alarms(), NOTHING);
        assert!(lab.names(&phones[7]));
    }
}

/// The same of a record that never was in memory since the process began.
#[test]
fn what_the_disk_does_not_give_back_at_the_start_waits_too() {
    let mut lab = Lab::linked();
    let t1 = lab.record(Who::Tablet, None, &empty());
    let waits = content(&[(lab.feed(Who::Tablet), t1.position())], &[]);
    let p1 = lab.record(Who::Phone, None, &waits);
    let p2 = lab.record(Who::Phone, Some(&p1), &empty());
    lab.records(&[&p1, &p2]);
    lab.laptop.disk.blind(Some(Blind::Record(lab.feed(Who::Phone), 1)));
    lab.restart();
    assert!(lab.alarms().contains(&"DISK_UNREADABLE"));
    lab.laptop.disk.blind(None);
    let has: Vector =
        [&p2, &t1].map(|record| (record.header().feed, record.position())).into_iter().collect();
    lab.hello(has);
    lab.records(&[&t1]);
    lab.caught_up();
    lab.add_entry("of my own");
    assert!(lab.names(&p2));
    assert_eq!(lab.alarms(), NOTHING);
}

/// What a change is about cannot be read just now. Its place counts, so that nobody waits; and the words are there after the next
/// start, or in the next session, with what was written on top of them.
#[test]
fn a_change_to_what_the_disk_does_not_give_back_is_tried_again() {
    for restarts in [false, true] {
        let mut lab = Lab::linked();
        lab.add_entry("It rained.");
        let own = lab.own();
        let mut phone = lab.device(Who::Phone);
        lab.serve(&mut phone, vector_of(own.last().unwrap()), &own);
        let id = phone.view.rows().next().unwrap().entry.id;
        let mut phones = 0;
        for text in ["It rained. I stayed in.", "It rained. I stayed in and read."] {
            let edit = Edit { text: Some(text.into()), ..Edit::default() };
            let asked = phone.ask(Command::Edit { id, base: None, edit }, 0, &mut lab.chance);
            assert!(matches!(asked, Asked::Answered(Ok(Reply::Entry(_)))));
            let written = lab.written(&phone, lab.feed(Who::Phone));
            let new: Vec<&VerifiedRecord> = written[phones..].iter().collect();
            let first = std::mem::replace(&mut phones, written.len()) == 0;
            if first {
                lab.laptop.disk.blind(Some(Blind::Table(Table::Rows)));
            }
            lab.records(&new);
            lab.laptop.disk.blind(None);
            if first {
                assert_eq!(lab.alarms(), ["RECORD_PUT_ASIDE"]);
                assert_eq!(lab.laptop.view.rows().next().unwrap().entry.text, "It rained.");
            }
            if restarts {
                lab.restart();
            }
            if !restarts && !first {
                lab.caught_up();
            }
            if !first || restarts {
                assert_eq!(lab.laptop.view.rows().next().unwrap().entry.text, text);
                assert_eq!((lab.alarms(), lab.rows(Table::Quarantine)), (vec![], 0));
            }
        }
    }
}

/// Whoever began an epoch has put something else in the place of the key before it. Everybody who holds both keys is told, by whom;
/// and so is whoever comes later and can't read what is older, which nobody blames on a key still to come.
#[test]
fn a_key_that_does_not_lead_back_is_told_by_whom() {
    for spoilt in [vec![7; 65], vec![7; 1]] {
        let mut lab = Lab::linked();
        lab.add_entry("before");
        let own = lab.own();
        let old = lab.links.len();
        lab.change_with(Who::Phone, &[], None, |_| spoilt);
        lab.links(old);
        for _ in 0..2 {
            assert_eq!(lab.alarms(), ["OLD_KEY_LOST"]);
            assert_eq!(lab.laptop.view.status.alarms[0].device.as_deref(), Some("Phone"));
            lab.restart();
        }
        let mut late = lab.device_with(Who::Tablet, 1);
        lab.serve(&mut late, vector_of(own.last().unwrap()), &own);
        assert_eq!((late.view.len(), alarms_of(&late)), (0, vec!["OLD_KEY_LOST"]));
        // The next epoch leads back as far as it can.
        lab.change(&[], None);
        lab.links(old);
        assert_eq!(lab.alarms(), ["OLD_KEY_LOST"]);
    }
}

/// Another root than the one before it leads nowhere either, and so does one that is sealed for another epoch.
#[test]
fn a_key_that_leads_elsewhere_is_told_too() {
    let mut lab = Lab::linked();
    let mut elsewhere = Vec::new();
    lab.aside(|lab| {
        lab.change_with(Who::Phone, &[], None, |sealed| {
            elsewhere.clone_from(&sealed);
            sealed
        });
    });
    let old = lab.links.len();
    lab.change_with(Who::Tablet, &[], None, |_| elsewhere);
    lab.links(old);
    assert_eq!(lab.alarms(), ["OLD_KEY_LOST"]);
    assert_eq!(lab.laptop.view.status.alarms[0].device.as_deref(), Some("Tablet"));
}

fn stands(lab: &Lab) -> (SyncState, u64) {
    (lab.laptop.view.status.sync, lab.laptop.view.status.pending)
}

/// The server went back. What it lost waits to be sent again, whatever it acknowledged once, also after a restart; and nothing is said
/// to be all there before it is.
#[test]
fn what_a_server_lost_is_waiting_again() {
    let mut lab = Lab::linked();
    lab.add_entry("acknowledged");
    lab.acknowledge();
    let own = lab.own();
    let count = own.len() as u64;
    assert_eq!(stands(&lab), (SyncState::Idle, 0));
    lab.connect();
    lab.hello(vector_of(&own[0]));
    lab.caught_up();
    assert_eq!(stands(&lab), (SyncState::Syncing, count - 1));
    lab.say(Incoming::Offline);
    assert_eq!(stands(&lab), (SyncState::Offline, count - 1));
    lab.restart();
    assert_eq!(stands(&lab), (SyncState::Offline, count - 1));
    lab.hello(vector_of(&own[0]));
    lab.caught_up();
    lab.acknowledge();
    assert_eq!(stands(&lab), (SyncState::Idle, 0));
    lab.restart();
    assert_eq!(stands(&lab), (SyncState::Offline, 0));
    assert_eq!(lab.alarms(), ["SERVER_ROLLED_BACK"]);
}

/// The same of what others wrote and the server lost: this device brings it again, and isn't done before.
#[test]
fn what_a_server_lost_of_others_is_waiting_again() {
    let mut lab = Lab::linked();
    let p1 = lab.record(Who::Phone, None, &empty());
    lab.records(&[&p1]);
    lab.caught_up();
    lab.acknowledge();
    let own = vector_of(lab.own().last().unwrap());
    lab.connect();
    lab.hello(own);
    lab.caught_up();
    assert_eq!(lab.laptop.view.status.sync, SyncState::Syncing);
    lab.acknowledge();
    assert_eq!(stands(&lab), (SyncState::Idle, 0));
}

/// A server that says it never had the journal has nothing of it.
#[test]
fn a_server_that_lost_everything_has_nothing() {
    let mut lab = Lab::linked();
    lab.acknowledge();
    let count = lab.own().len() as u64;
    assert_eq!(lab.laptop.view.status.pending, 0);
    lab.connect();
    lab.prove();
    lab.say(Incoming::Refused { request: Request::LogIn, refusal: Refusal::SpaceUnknown });
    assert_eq!(lab.laptop.view.status.pending, count);
}

/// A server that claims records of a device that nobody has: one alarm that stands, since when it was first so, and not one for each
/// session.
#[test]
fn what_is_claimed_of_no_device_is_told_since_when_it_was_first_so() {
    let mut lab = Lab::linked();
    let nowhere = Position { seq: 3, id: RecordId::from_bytes([7; 32]) };
    let claimed: Vector = [(FeedId::from_bytes([1; 8]), nowhere)].into_iter().collect();
    let mut since = Vec::new();
    for now_ms in [1_000, 90_000] {
        let (greeting, space) = (lab.greeting(claimed.clone()), lab.roster.space());
        for said in [Incoming::Offline, Incoming::Connected, greeting, Incoming::CaughtUp { space }] {
            lab.laptop.input(Input::Server(said), now_ms, &mut lab.chance);
        }
        assert_eq!(lab.alarms(), ["RECORDS_WITHHELD"]);
        since.push(lab.laptop.view.status.alarms[0].since);
    }
    assert_eq!(since[0], since[1]);
}
