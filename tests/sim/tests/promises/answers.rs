//! What a server answers to what it was asked: each case was a way once.

use haven_engine::command::{Command, Fault, LinkEnd, Reply};
use haven_engine::join::{JoinInput, JoinSend, JoinStep, Joining};
use haven_engine::sync::{Incoming, Outgoing, Problem, Refusal, Request, SyncState};
use haven_engine::view::Linking;
use haven_feed::ids::Vector;
use haven_feed::limits::{FEEDS_FOR_STANDING, FEEDS_MAX};
use haven_sim::device::Asked;

use crate::lab::{Lab, Who, content, vector_of};
use crate::{NOTHING, empty};

/// Whoever answers at the address says that there is no such vault, and has not proved to be the server. An invite is shown to nobody
/// else, and nobody else says that the server lost anything.
#[test]
fn an_invite_is_shown_to_nobody_but_the_server_it_is_of() {
    let unknown = || Incoming::Refused { request: Request::LogIn, refusal: Refusal::SpaceUnknown };
    let mut lab = Lab::new();
    lab.set_server(true);
    lab.laptop.wants_connection = false;
    lab.laptop.outbox.clear();
    let shown = |lab: &mut Lab| {
        lab.laptop.outbox.drain(..).filter(|said| matches!(said, Outgoing::CreateSpace { .. })).count()
    };
    lab.say(Incoming::Connected);
    lab.say(unknown());
    assert_eq!(shown(&mut lab), 0);
    assert_eq!(lab.laptop.view.status.problem, Some(Problem::OtherServer));
    assert_eq!(lab.alarms(), ["OTHER_SERVER"]);
    assert!(lab.laptop.wants_connection, "it is tried again");
    // Proved once is not proved in the next connection.
    lab.say(Incoming::Connected);
    lab.prove();
    lab.say(Incoming::Offline);
    lab.say(Incoming::Connected);
    lab.say(unknown());
    assert_eq!(shown(&mut lab), 0);
    lab.say(Incoming::Connected);
    lab.prove();
    lab.say(unknown());
    assert_eq!(shown(&mut lab), 1);
    lab.say(Incoming::SpaceCreated);
    assert_eq!(lab.alarms(), NOTHING);

    // The same later: what was never lost is not told as lost.
    let mut lab = Lab::linked();
    lab.say(Incoming::Connected);
    lab.say(unknown());
    assert_eq!(lab.alarms(), ["OTHER_SERVER"]);
}

/// The server lacks links, and answers to each of them with the link that it had before, or with one that nobody knows.
#[test]
fn a_link_is_not_sent_for_ever() {
    for (answer, problem) in
        [(1, Some(Problem::Refused(Request::AppendLink, Refusal::Other))), (u64::MAX, None)]
    {
        let mut lab = Lab::linked();
        lab.acknowledge();
        lab.say(Incoming::Offline);
        lab.laptop.outbox.clear();
        let Incoming::Hello { space, store_id, vector, husks, .. } = lab.greeting(lab.laptop_vector()) else {
            unreachable!()
        };
        let roster_head = lab.roster.hash_at(1).unwrap();
        lab.say(Incoming::Hello { space, store_id, vector, roster_seq: 1, roster_head, husks });
        let mut sent = 0;
        for _ in 0..20 {
            let links = |said: &Outgoing| matches!(said, Outgoing::AppendLink { .. });
            let asked = lab.laptop.outbox.drain(..).filter(links).count();
            if asked == 0 {
                break;
            }
            sent += asked;
            lab.say(Incoming::LinkAppended { space, seq: answer });
        }
        assert_eq!((sent, lab.laptop.view.status.problem), (1, problem));
    }
}

/// The server says to every push that it took it, and that it has nothing. The person hears that it does not go.
#[test]
fn a_push_that_is_answered_and_not_taken_is_told() {
    let mut lab = Lab::linked();
    lab.add_entry("where does it go");
    lab.laptop.wants_connection = false;
    let pushes = lab.laptop.outbox.drain(..).filter(|said| matches!(said, Outgoing::Push { .. })).count();
    assert!(pushes > 0);
    let space = lab.roster.space();
    for _ in 0..pushes {
        assert_eq!(lab.laptop.view.status.problem, None);
        lab.say(Incoming::Pushed { space, vector: Vector::default() });
    }
    assert_eq!(lab.pushed().len(), 0);
    let expected = Problem::Refused(Request::Push, Refusal::Other);
    assert_eq!(lab.laptop.view.status.problem, Some(expected));
    assert!(lab.laptop.wants_connection, "it is tried again, later");
    assert_ne!(lab.laptop.view.status.sync, SyncState::Idle);
}

fn start_link(lab: &mut Lab) -> String {
    match lab.laptop.ask(Command::StartLink, 0, &mut lab.chance) {
        Asked::Answered(Ok(Reply::LinkStarted(started))) => started.code,
        _ => unreachable!(),
    }
}

/// What the laptop and a new device say to each other up to words one to three, which come back.
fn talk(lab: &mut Lab, code: &str) -> String {
    let (mut joining, mut step) = Joining::start(code, "Watch", &mut lab.chance).unwrap();
    let mut words = None;
    for _ in 0..2 {
        for send in std::mem::take(&mut step.send) {
            let JoinSend::Post { mailbox, index, message } = send else { continue };
            // Whoever listens anew is told all of it once more.
            for message in [message.clone(), message] {
                lab.say(Incoming::MailboxMessage { mailbox, index, message });
            }
        }
        let answers: Vec<Outgoing> = lab.laptop.outbox.drain(..).collect();
        for answer in answers {
            let Outgoing::PostMessage { index, message, .. } = answer else { continue };
            let JoinStep { send, words: shown, .. } =
                joining.step(JoinInput::Mailbox { index, message }, &mut lab.chance).unwrap();
            step.send.extend(send);
            words = words.or(shown);
        }
    }
    words.unwrap()
}

/// A session lasts for a quarter of an hour, and is over as a device is linked: before the mailbox is opened, or before the link is
/// appended. The linking goes on in the next one; the server may have the link by then, and show it with the others.
#[test]
fn a_session_that_is_over_ends_no_linking() {
    let over = |request| Incoming::Refused { request, refusal: Refusal::Unauthenticated };
    let again = |lab: &mut Lab, request| {
        lab.say(over(request));
        assert!(lab.laptop.wants_connection, "{request:?}");
        lab.connect();
        lab.hello(lab.laptop_vector());
    };
    for is_shown in [false, true] {
        let mut lab = Lab::linked();
        lab.acknowledge();
        let code = start_link(&mut lab);
        again(&mut lab, Request::Mailbox);
        assert!(matches!(lab.laptop.view.status.linking, Linking::Waiting { .. }));
        assert!(lab.laptop.outbox.iter().any(|said| matches!(said, Outgoing::OpenMailbox { .. })));
        let words = talk(&mut lab, &code);
        lab.laptop.ask(Command::ConfirmLink { words }, 0, &mut lab.chance);
        again(&mut lab, Request::AppendLink);
        let link = lab.laptop.outbox.drain(..).find_map(|said| match said {
            Outgoing::AppendLink { link, .. } => Some(link),
            _ => None,
        });
        let (link, space, seq) = (link.unwrap(), lab.roster.space(), lab.roster.head().seq + 1);
        if is_shown {
            lab.shows_links(&[link]);
        } else {
            lab.say(Incoming::LinkAppended { space, seq });
        }
        assert!(matches!(lab.laptop.view.status.linking, Linking::Comparing { .. }), "shown {is_shown}");
        let welcomed = |said: &Outgoing| matches!(said, Outgoing::PostMessage { index: 4, .. });
        assert!(lab.laptop.outbox.iter().any(welcomed), "shown {is_shown}");
        assert_eq!((lab.laptop.view.status.devices.len(), lab.alarms()), (4, vec![]));
    }
}

/// A new device is to be let in. Before the answer the server shows another link in its place, and then says that it took the one
/// that it was sent. The list of devices stays what it is, on the disk too, and the linking is over.
#[test]
fn another_link_in_the_place_of_ones_own_is_no_answer() {
    let mut lab = Lab::linked();
    lab.acknowledge();
    let code = start_link(&mut lab);
    let words = talk(&mut lab, &code);
    let confirmed = lab.laptop.ask(Command::ConfirmLink { words }, 0, &mut lab.chance);
    assert!(matches!(confirmed, Asked::Pending));
    let old = lab.links.len();
    lab.change(&[], None);
    lab.links(old);
    let (space, seq) = (lab.roster.space(), lab.roster.head().seq);
    lab.say(Incoming::LinkAppended { space, seq });
    assert!(matches!(lab.laptop.view.status.linking, Linking::Void { .. }));
    let welcomed = |said: &Outgoing| matches!(said, Outgoing::PostMessage { index: 4, .. });
    assert!(!lab.laptop.outbox.iter().any(welcomed));
    for _ in 0..2 {
        assert_eq!(lab.laptop.view.status.devices.len(), 3);
        lab.restart();
        lab.add_entry("it goes on");
        assert_eq!(lab.own().last().unwrap().header().roster, lab.roster.head());
    }
}

/// As many devices as devices may let in: the linking ends and says why, and the list stays as it is.
#[test]
fn a_full_list_of_devices_is_told_as_such() {
    let mut lab = Lab::linked();
    let old = lab.links.len();
    lab.crowd(FEEDS_MAX - FEEDS_FOR_STANDING);
    lab.links(old);
    lab.acknowledge();
    let code = start_link(&mut lab);
    let words = talk(&mut lab, &code);
    let confirmed = lab.laptop.ask(Command::ConfirmLink { words }, 0, &mut lab.chance);
    assert!(matches!(confirmed, Asked::Answered(Err(Fault::LinkVoid(LinkEnd::NoRoom)))));
    assert!(matches!(lab.laptop.view.status.linking, Linking::Void { why: LinkEnd::NoRoom }));
    assert!(!lab.laptop.outbox.iter().any(|said| matches!(said, Outgoing::AppendLink { .. })));
    assert_eq!(lab.laptop.view.status.devices.len(), FEEDS_MAX - FEEDS_FOR_STANDING);
}

/// Of a device there are two histories on one server. Another server, which has nothing, is filled with the one that is held here:
/// others wait for what is in it.
#[test]
fn another_server_is_filled_with_what_has_two_histories_elsewhere() {
    for with_store in [[8; 16], [9; 16]] {
        let mut lab = Lab::linked();
        lab.acknowledge();
        let here = lab.record(Who::Tablet, None, &content(&[], &[(100, vec![1])]));
        let other = lab.record(Who::Tablet, None, &content(&[], &[(100, vec![2])]));
        lab.records(&[&here, &other]);
        assert_eq!(lab.alarms(), ["DEVICE_FORKED"]);
        lab.say(Incoming::Offline);
        lab.set_server(false);
        lab.laptop.outbox.clear();
        let Incoming::Hello { space, roster_seq, roster_head, .. } = lab.greeting(Vector::default()) else {
            unreachable!()
        };
        let (vector, husks) = (Vector::default(), Vec::new());
        lab.say(Incoming::Hello { space, store_id: with_store, vector, roster_seq, roster_head, husks });
        let brought = lab.pushed().iter().any(|record| record.id() == here.id());
        assert_eq!(brought, with_store == [8; 16], "the server with two histories has them");
    }
}

/// The server shows a removal, and keeps back what it names as the newest of who was removed.
#[test]
fn what_a_removal_names_and_nobody_sends_is_noticed() {
    let mut lab = Lab::linked();
    let t1 = lab.record(Who::Tablet, None, &content(&[], &[(100, vec![1])]));
    let t2 = lab.record(Who::Tablet, Some(&t1), &content(&[], &[(100, vec![2])]));
    lab.records(&[&t1]);
    assert_eq!(lab.alarms(), NOTHING);
    let old = lab.links.len();
    lab.remove(Who::Tablet, Some(t2.position()));
    lab.links(old);
    for _ in 0..2 {
        assert!(lab.alarms().contains(&"RECORDS_WITHHELD"), "{:?}", lab.alarms());
        let withheld = lab.laptop.view.status.alarms.iter().find(|alarm| alarm.kind == "RECORDS_WITHHELD");
        assert_eq!(withheld.unwrap().said_by.as_deref(), Some("Phone"), "whose word it is");
        lab.restart();
        lab.hello(vector_of(&t1));
        lab.caught_up();
    }
    lab.records(&[&t2]);
    assert_eq!(lab.alarms(), NOTHING);
}

/// Once the author of a removal was removed too, what it named is nobody's word.
#[test]
fn what_a_removed_device_named_in_a_removal_is_not_missed() {
    let mut lab = Lab::linked();
    let named = lab.record(Who::Tablet, None, &empty());
    let old = lab.links.len();
    lab.remove(Who::Tablet, Some(named.position()));
    lab.links(old);
    assert_eq!(lab.alarms(), ["RECORDS_WITHHELD"]);
    let (old, phone) = (lab.links.len(), lab.feed(Who::Phone));
    lab.change_by(Who::Laptop, &[(phone, None)], None);
    lab.links(old);
    assert_eq!(lab.alarms(), NOTHING);
}

/// A record comes that a device signed, and the one before it does not. That the server says it has sent all does not end that.
#[test]
fn a_gap_that_a_record_shows_is_missed_until_it_is_filled() {
    let mut lab = Lab::linked();
    let p1 = lab.record(Who::Phone, None, &empty());
    let p2 = lab.record(Who::Phone, Some(&p1), &empty());
    let p3 = lab.record(Who::Phone, Some(&p2), &empty());
    lab.records(&[&p1]);
    lab.records(&[&p3]);
    assert_eq!(lab.alarms(), ["RECORD_MISSING"]);
    for _ in 0..2 {
        lab.caught_up();
        assert_eq!(lab.alarms(), ["RECORDS_WITHHELD"]);
        lab.restart();
        lab.hello(vector_of(&p1));
    }
    lab.records(&[&p2, &p3]);
    lab.caught_up();
    assert_eq!(lab.alarms(), NOTHING);
}
