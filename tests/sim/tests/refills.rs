//! A server that lost everything, and a device that was removed: what each device does then, against the simulated server.

#![expect(clippy::unwrap_used, reason = "the helpers of a test may fail it")]

#[path = "promises/lab.rs"]
#[expect(dead_code, reason = "shared with the promises, which use all of it")]
mod lab;

use haven_engine::command::{Command, Fault, ServerChoice};
use haven_engine::engine::Input;
use haven_engine::limits::REFILL_PIECE_BYTES;
use haven_engine::sync::{Incoming, Outgoing, Problem, Refusal, Request, SyncState};
use haven_feed::limits::LINK_BYTES_MAX;
use haven_sim::chance::Chance;
use haven_sim::device::{Asked, Device};
use haven_sim::server::SimServer;

use lab::{Lab, Who, alarms_of, write};

/// A device on the simulated server, message by message.
struct Wire {
    server: SimServer,
    connection: u32,
    connections: u32,
    now: u64,
    /// The pieces of rosters that were sent.
    pieces: usize,
}

impl Wire {
    fn new(chance: &mut Chance) -> Self {
        Self { server: SimServer::new(chance), connection: 0, connections: 0, now: 0, pieces: 0 }
    }

    fn choice(&self, with_invite: bool) -> ServerChoice {
        let (server_key, invite) = self.server.introduction();
        ServerChoice { url: "http://sim".into(), server_key, invite: with_invite.then_some(invite) }
    }

    fn set(&self, device: &mut Device, with_invite: bool, chance: &mut Chance) {
        let asked = device.ask(Command::SetServer(self.choice(with_invite)), self.now, chance);
        assert!(matches!(asked, Asked::Answered(Ok(_))));
    }

    /// Connects, and connects again whenever the device wants to, until it wants no more.
    fn talk(&mut self, device: &mut Device, chance: &mut Chance) {
        for _ in 0..8 {
            if !std::mem::take(&mut device.wants_connection) {
                return;
            }
            self.connect(device);
            self.exchange(device, usize::MAX, chance);
        }
    }

    fn connect(&mut self, device: &mut Device) {
        self.now += 60_000;
        self.connections += 1;
        self.connection = self.connections;
        device.outbox.clear();
        device.inbox.clear();
        device.inbox.push_back(Incoming::Connected);
    }

    /// Carries so many messages to the server, and everything back.
    fn exchange(&mut self, device: &mut Device, messages: usize, chance: &mut Chance) {
        for _ in 0..messages.min(2_000) {
            while let Some(incoming) = device.inbox.pop_front() {
                device.input(Input::Server(incoming), self.now, chance);
            }
            let Some(outgoing) = device.outbox.pop_front() else { return };
            self.pieces += usize::from(matches!(outgoing, Outgoing::CreateSpace { .. }));
            let sent = self.server.take(self.connection, outgoing, chance);
            device
                .inbox
                .extend(sent.into_iter().filter(|(to, _)| *to == self.connection).map(|(_, said)| said));
        }
    }

    fn lose(&mut self, device: &mut Device, chance: &mut Chance) {
        self.server.hang_up(self.connection);
        device.outbox.clear();
        device.inbox.clear();
        device.input(Input::Server(Incoming::Offline), self.now, chance);
    }
}

/// Every device of the vault can do it, whether it founded it or came later: the whole roster goes up and lets it in, and its
/// records follow.
#[test]
fn a_device_that_was_added_later_refills_an_empty_server() {
    for who in ["the phone", "the laptop"] {
        let mut lab = Lab::new();
        let mut wire = Wire::new(&mut lab.chance);
        let mut device = match who {
            "the phone" => lab.device(Who::Phone),
            _ => {
                lab.links(1);
                std::mem::replace(&mut lab.laptop, Lab::new().laptop)
            }
        };
        write(&mut device, "kept", &mut lab.chance);
        wire.set(&mut device, true, &mut lab.chance);
        wire.talk(&mut device, &mut lab.chance);
        let status = &device.view.status;
        assert_eq!((status.problem, status.sync), (None, SyncState::Idle), "{who}");
        assert_eq!((wire.server.links().len(), wire.pieces), (3, 1), "{who}");
        assert_eq!(wire.server.vector().len(), 1, "{who}: the records follow");

        // The server is wiped. Nothing happens before a person agrees; then any device fills it again.
        wire.server.wipe(&mut lab.chance);
        wire.lose(&mut device, &mut lab.chance);
        wire.talk(&mut device, &mut lab.chance);
        assert_eq!(device.view.status.problem, Some(Problem::LostData), "{who}");
        assert_eq!(wire.server.links().len(), 0, "{who}");
        wire.set(&mut device, true, &mut lab.chance);
        wire.talk(&mut device, &mut lab.chance);
        let status = &device.view.status;
        assert_eq!((status.problem, status.sync), (None, SyncState::Idle), "{who}");
        assert_eq!((wire.server.links().len(), wire.server.vector().len()), (3, 1), "{who}");
        assert!(status.alarms.is_empty(), "{who}");
    }
}

/// Makes the roster too long for one message, and says how many links it has.
fn lengthen(lab: &mut Lab) -> usize {
    let mut size = 0;
    while size < REFILL_PIECE_BYTES + LINK_BYTES_MAX {
        lab.change(&[], None);
        size += lab.links.last().unwrap().bytes().len();
    }
    lab.links.len()
}

/// A roster that does not fit one message goes up in pieces. One that breaks off leaves no space and costs nothing, also when
/// another device comes to its end.
#[test]
fn a_long_roster_goes_up_in_pieces_and_may_break_off() {
    let mut lab = Lab::new();
    let all = lengthen(&mut lab);
    let mut wire = Wire::new(&mut lab.chance);
    let (mut phone, mut tablet) = (lab.device(Who::Phone), lab.device(Who::Tablet));
    for (device, messages) in [(&mut phone, 3), (&mut tablet, 3)] {
        wire.set(device, true, &mut lab.chance);
        std::mem::take(&mut device.wants_connection);
        wire.connect(device);
        wire.exchange(device, messages, &mut lab.chance);
        assert_eq!(wire.server.links().len(), 0, "half a roster is no space");
    }
    let the_tablets = std::mem::replace(&mut wire.connection, 1);
    wire.lose(&mut phone, &mut lab.chance);
    // The phone begins again while the tablet is in the middle of it: the tablet is told so, and finds the space there.
    wire.talk(&mut phone, &mut lab.chance);
    assert_eq!((phone.view.status.problem, wire.server.links().len()), (None, all));
    wire.connection = the_tablets;
    wire.exchange(&mut tablet, usize::MAX, &mut lab.chance);
    wire.talk(&mut tablet, &mut lab.chance);
    for device in [&phone, &tablet] {
        assert_eq!((device.view.status.problem, device.view.status.sync), (None, SyncState::Idle));
    }
    assert!(wire.pieces >= 4, "{} pieces", wire.pieces);
}

/// A vault of which one device was away for a while: a lab, the device that knows only so many links, and one that knows all.
fn away(lab: &mut Lab, links: usize) -> (Device, Device) {
    let newer = lab.device(Who::Tablet);
    let rest = lab.links.split_off(links);
    let mut older = lab.device(Who::Phone);
    lab.links.extend(rest);
    write(&mut older, "by who was away", &mut lab.chance);
    (older, newer)
}

const UNKNOWN: Option<Problem> = Some(Problem::Refused(Request::LogIn, Refusal::FeedUnknown));

/// Whoever was away may fill a server first: it has a list of devices from before another one was added. That one brings the links
/// between with an invite; whoever fills first, in the end everybody has everything.
#[test]
fn a_server_that_was_filled_with_an_older_list_is_brought_the_newer_one() {
    for older_first in [true, false] {
        let mut lab = Lab::new();
        let (mut phone, mut tablet) = away(&mut lab, 2);
        write(&mut tablet, "by the newer one", &mut lab.chance);
        let mut wire = Wire::new(&mut lab.chance);
        if older_first {
            wire.set(&mut phone, true, &mut lab.chance);
            wire.talk(&mut phone, &mut lab.chance);
            assert_eq!((phone.view.status.problem, wire.server.links().len()), (None, 2));
            // Without an invite it is told, and nothing is sent; it can only wait.
            let pieces = wire.pieces;
            wire.set(&mut tablet, false, &mut lab.chance);
            wire.talk(&mut tablet, &mut lab.chance);
            assert_eq!(tablet.view.status.problem, UNKNOWN);
            assert_eq!((wire.server.links().len(), wire.pieces), (2, pieces));
        }
        wire.set(&mut tablet, true, &mut lab.chance);
        wire.talk(&mut tablet, &mut lab.chance);
        wire.set(&mut phone, false, &mut lab.chance);
        for device in [&mut phone, &mut tablet] {
            wire.lose(device, &mut lab.chance);
            wire.talk(device, &mut lab.chance);
        }
        for device in [&phone, &tablet] {
            let status = &device.view.status;
            assert_eq!((status.problem, status.sync), (None, SyncState::Idle), "{older_first}");
            assert_eq!((device.view.len(), status.devices.len()), (2, 3), "{older_first}");
            assert_eq!(alarms_of(device), [""; 0], "{older_first}");
        }
        assert_eq!((wire.server.links().len(), wire.pieces), (3, if older_first { 2 } else { 1 }));
    }
}

/// The same to a device that knew the server before. The server that was wiped has another store: it gets nothing before the person
/// agrees, also from who has an invite. The one that a backup was put back into is the one that was agreed to, and what it lost is told.
#[test]
fn an_older_list_on_a_server_that_was_known_is_mended_and_told() {
    for wiped in [true, false] {
        let mut lab = Lab::new();
        let (mut phone, mut tablet) = away(&mut lab, 2);
        let mut wire = Wire::new(&mut lab.chance);
        let mut copied = None;
        if !wiped {
            wire.set(&mut phone, true, &mut lab.chance);
            wire.talk(&mut phone, &mut lab.chance);
            copied = Some(wire.server.copy());
        }
        write(&mut tablet, "by the newer one", &mut lab.chance);
        wire.set(&mut tablet, true, &mut lab.chance);
        wire.talk(&mut tablet, &mut lab.chance);
        assert_eq!((tablet.view.status.problem, wire.server.links().len()), (None, 3), "{wiped}");
        match copied {
            Some(copied) => wire.server.go_back(copied),
            None => {
                wire.server.wipe(&mut lab.chance);
                wire.set(&mut phone, true, &mut lab.chance);
                wire.talk(&mut phone, &mut lab.chance);
            }
        }
        assert_eq!(wire.server.links().len(), 2, "{wiped}");

        let pieces = wire.pieces;
        wire.lose(&mut tablet, &mut lab.chance);
        wire.talk(&mut tablet, &mut lab.chance);
        if wiped {
            assert_eq!(
                (tablet.view.status.problem, wire.pieces),
                (UNKNOWN, pieces),
                "nobody agreed to this store"
            );
            wire.set(&mut tablet, true, &mut lab.chance);
            wire.talk(&mut tablet, &mut lab.chance);
            assert_eq!(alarms_of(&tablet), [""; 0]);
        } else {
            assert_eq!(alarms_of(&tablet), ["SERVER_ROLLED_BACK"], "what was served before stays pinned");
        }
        let status = &tablet.view.status;
        assert_eq!(
            (status.problem, status.sync, wire.pieces),
            (None, SyncState::Idle, pieces + 1),
            "{wiped}"
        );
        assert_eq!((wire.server.links().len(), wire.server.vector().len()), (3, 2), "{wiped}");
    }
}

/// What is lacking may take several pieces. What one of them brought stays, so that a device that breaks off goes on from there.
#[test]
fn a_newer_list_that_breaks_off_goes_on_from_where_it_was() {
    let mut lab = Lab::new();
    let all = lengthen(&mut lab);
    let (mut phone, mut tablet) = away(&mut lab, 2);
    let mut wire = Wire::new(&mut lab.chance);
    wire.set(&mut phone, true, &mut lab.chance);
    wire.talk(&mut phone, &mut lab.chance);
    wire.set(&mut tablet, true, &mut lab.chance);
    std::mem::take(&mut tablet.wants_connection);
    wire.connect(&mut tablet);
    wire.exchange(&mut tablet, 3, &mut lab.chance);
    let held = wire.server.links().len();
    assert!((4..all).contains(&held), "{held} of {all}");
    wire.lose(&mut tablet, &mut lab.chance);
    wire.talk(&mut tablet, &mut lab.chance);
    assert_eq!((tablet.view.status.problem, wire.server.links().len()), (None, all));
}

/// Two lists that part from each other: neither is brought to a server that has the other, and it is not tried at once for ever.
#[test]
fn a_list_that_parts_from_the_servers_is_not_taken() {
    let mut lab = Lab::new();
    let fork = lab.aside(|lab| lab.change(&[], None));
    let held = lab.links.len();
    lab.links.extend(fork);
    let mut phone = lab.device(Who::Phone);
    lab.links.truncate(held);
    let other = lab.add_other();
    let mut other = lab.device(other);
    let mut wire = Wire::new(&mut lab.chance);
    wire.set(&mut phone, true, &mut lab.chance);
    wire.talk(&mut phone, &mut lab.chance);
    let before = wire.server.links();
    let pieces = wire.pieces;
    wire.set(&mut other, true, &mut lab.chance);
    std::mem::take(&mut other.wants_connection);
    wire.connect(&mut other);
    wire.exchange(&mut other, usize::MAX, &mut lab.chance);
    assert_eq!((other.view.status.problem, wire.pieces), (UNKNOWN, pieces + 1), "once in a connection");
    assert!(other.wants_connection, "it is tried again, later");
    assert_eq!((before.len(), wire.server.links()), (4, before));
}

/// A server that never has enough is not sent the roster for ever.
#[test]
fn a_server_that_says_another_link_than_it_was_sent_gets_no_more() {
    for lie in [0, 1, 2, u64::MAX] {
        let mut lab = Lab::new();
        let mut wire = Wire::new(&mut lab.chance);
        let mut phone = lab.device(Who::Phone);
        wire.set(&mut phone, true, &mut lab.chance);
        let feed = lab.feed(Who::Phone);
        let proof = wire.server.challenge_joiner(lab.roster.space(), feed, &mut lab.chance);
        phone.input(Input::Server(proof), 0, &mut lab.chance);
        let refused = Incoming::Refused { request: Request::LogIn, refusal: Refusal::SpaceUnknown };
        phone.input(Input::Server(refused), 0, &mut lab.chance);
        assert!(matches!(phone.outbox.back(), Some(Outgoing::CreateSpace { more: false, .. })));
        phone.outbox.clear();
        phone.input(Input::Server(Incoming::SpaceStaged { seq: lie }), 0, &mut lab.chance);
        assert!(phone.outbox.is_empty(), "{lie}");
        let expected = Problem::Refused(Request::CreateSpace, Refusal::Other);
        assert_eq!(phone.view.status.problem, Some(expected), "{lie}");
    }
}

/// A device that was offline learns of its removal from the link that did it, keeps what it has, and asks for no more.
#[test]
fn a_removed_device_learns_of_it_from_the_signed_link() {
    let mut lab = Lab::new();
    let mut wire = Wire::new(&mut lab.chance);
    let mut tablet = lab.device(Who::Tablet);
    write(&mut tablet, "stays readable", &mut lab.chance);
    lab.remove(Who::Tablet, None);
    for _ in 0..3 {
        lab.change(&[], None);
    }
    let mut phone = lab.device(Who::Phone);
    wire.set(&mut phone, true, &mut lab.chance);
    wire.talk(&mut phone, &mut lab.chance);
    write(&mut phone, "written afterwards", &mut lab.chance);
    wire.exchange(&mut phone, usize::MAX, &mut lab.chance);
    assert_eq!(wire.server.links().len(), lab.links.len());

    wire.set(&mut tablet, false, &mut lab.chance);
    wire.talk(&mut tablet, &mut lab.chance);
    assert_eq!(tablet.view.status.problem, Some(Problem::Removed));
    assert_eq!(tablet.view.len(), 1, "what it had, and nothing that came after");
    assert!(!tablet.wants_connection);
    assert!(Problem::Removed.needs_person());

    // Neither another start nor a person who sets the server again makes it ask for anything.
    tablet.crash();
    tablet.start(wire.now, &mut lab.chance).unwrap();
    assert_eq!(tablet.view.status.problem, Some(Problem::Removed), "before anything is heard");
    wire.set(&mut tablet, false, &mut lab.chance);
    tablet.outbox.clear();
    for said in [
        Incoming::Connected,
        Incoming::Offline,
        Incoming::Refused { request: Request::Pull, refusal: Refusal::FeedRemoved },
        Incoming::Anew,
    ] {
        tablet.input(Input::Server(said), wire.now, &mut lab.chance);
        assert_eq!(tablet.view.status.problem, Some(Problem::Removed));
        assert!(tablet.outbox.is_empty(), "it asks for nothing");
    }
    assert_eq!(tablet.view.len(), 1);

    // Its person can still write there. It stays there, over another start too, and nothing waits to be sent.
    write(&mut tablet, "written after the removal", &mut lab.chance);
    assert!(tablet.outbox.is_empty(), "it asks for nothing");
    tablet.crash();
    tablet.start(wire.now, &mut lab.chance).unwrap();
    assert_eq!((tablet.view.len(), tablet.view.status.pending), (2, 0));
    write(&mut tablet, "and after another start", &mut lab.chance);
    let linked = tablet.ask(Command::StartLink, wire.now, &mut lab.chance);
    assert!(matches!(linked, Asked::Answered(Err(Fault::Removed))));
    wire.set(&mut tablet, false, &mut lab.chance);
    wire.talk(&mut tablet, &mut lab.chance);
    assert_eq!(tablet.view.len(), 3);
    assert_eq!(
        wire.server.vector().len(),
        1,
        "nothing of it left the device: the server has the phone's words alone"
    );
}

/// A device whose newest key is garbled has none to give to another: it says that, and not that something can't be opened.
#[test]
fn a_device_without_the_newest_key_lets_no_other_in_and_says_why() {
    let mut lab = Lab::new();
    let mut wire = Wire::new(&mut lab.chance);
    let mut tablet = lab.device(Who::Tablet);
    let garbled = lab.feed(Who::Tablet);
    lab.change(&[], Some(garbled));
    let mut phone = lab.device(Who::Phone);
    wire.set(&mut phone, true, &mut lab.chance);
    wire.talk(&mut phone, &mut lab.chance);
    wire.set(&mut tablet, false, &mut lab.chance);
    wire.talk(&mut tablet, &mut lab.chance);
    let linked = tablet.ask(Command::StartLink, wire.now, &mut lab.chance);
    assert!(matches!(linked, Asked::Answered(Err(Fault::NewKeyUnreadable))));
    write(&mut tablet, "still written here", &mut lab.chance);
    let linked = phone.ask(Command::StartLink, wire.now, &mut lab.chance);
    assert!(matches!(linked, Asked::Answered(Ok(_))), "its other devices can");
}

/// A server's word that a device was removed is a refusal like others: it shows no link, so it is tried again.
#[test]
fn a_servers_word_removes_nobody() {
    for refusal in [Refusal::FeedRemoved, Refusal::FeedUnknown] {
        for request in [Request::LogIn, Request::Pull, Request::Push] {
            let mut lab = Lab::linked();
            lab.laptop.wants_connection = false;
            lab.say(Incoming::Refused { request, refusal });
            let problem = lab.laptop.view.status.problem.unwrap();
            assert_eq!(problem, Problem::Refused(request, refusal));
            assert!(!problem.needs_person(), "it may pass by itself");
            assert!(lab.laptop.wants_connection, "it is tried again");
            lab.laptop.outbox.clear();
            lab.say(Incoming::Connected);
            assert!(matches!(lab.laptop.outbox.back(), Some(Outgoing::Challenge { .. })));
        }
    }
}
