//! A device that removes another by the command, and a kit that is replaced: one link, and an answer once it stands.

use std::sync::Arc;

use haven_crypto::kit::Kit;
use haven_engine::command::{Command, Fault, KitVerdict, Reply};
use haven_engine::engine::Input;
use haven_engine::limits::{CHANGE_MS, CHANGE_TRIES_MAX};
use haven_engine::sync::{Incoming, Refusal, Request};
use haven_feed::ids::{FeedId, Vector};
use haven_feed::roster::Link;
use haven_feed::roster::body::Body;
use haven_sim::device::Asked;

use super::lab::{Lab, Who, vector_of, write};
use super::{NOTHING, empty};

fn new_kit() -> Kit {
    Kit::from_entropy([8; 16])
}

fn asked(lab: &mut Lab, command: Command) -> Asked {
    lab.laptop.ask(command, 0, &mut lab.chance)
}

/// The person asks for it, and the link that leaves the laptop for it.
fn begun(lab: &mut Lab, command: Command) -> Link {
    lab.laptop.outbox.clear();
    assert!(matches!(asked(lab, command), Asked::Pending));
    let mut links = lab.sent_links();
    assert_eq!(links.len(), 1);
    links.remove(0)
}

fn remove(feed: FeedId) -> Command {
    Command::RemoveDevice { feed, kit: None }
}

fn refused_at_once(lab: &mut Lab, command: Command) -> Fault {
    let Asked::Answered(Err(fault)) = asked(lab, command) else { unreachable!("it was not refused at once") };
    fault
}

/// What was answered since: one answer.
fn answer(lab: &mut Lab) -> Result<(u32, u64), Fault> {
    let mut answers = lab.laptop.late_answers();
    assert_eq!(answers.len(), 1);
    let Reply::Changed { epoch, aside } = answers.remove(0)? else { unreachable!("another answer") };
    Ok((epoch, aside))
}

fn is_removed(lab: &Lab, feed: FeedId) -> bool {
    lab.laptop.view.status.devices.iter().any(|device| device.feed == feed && device.removed)
}

/// The server refuses the link since another one came first.
fn moved(lab: &mut Lab) {
    lab.say(Incoming::Refused { request: Request::AppendLink, refusal: Refusal::RosterMoved });
}

#[test]
fn a_device_that_is_removed_hears_of_it_and_the_others_go_on_without_it() {
    let mut lab = Lab::linked();
    let tablet = lab.feed(Who::Tablet);
    let t1 = lab.record(Who::Tablet, None, &empty());
    lab.records(&[&t1]);
    let (mut phone, mut gone) = (lab.device(Who::Phone), lab.device(Who::Tablet));

    let link = begun(&mut lab, remove(tablet));
    let Body::Change(change) = link.body() else { panic!("another link") };
    assert_eq!(change.removed, [(tablet, Some(t1.position()))].into(), "what is known here counts");
    assert!(!is_removed(&lab, tablet), "not before the server has it");
    lab.takes(&link);
    lab.appended(&link);
    assert_eq!(answer(&mut lab).unwrap(), (1, 0));
    assert!(is_removed(&lab, tablet));

    let links = Incoming::Links { space: lab.roster.space(), links: vec![link.bytes().to_vec()] };
    let hello = lab.greeting(Vector::default());
    for device in [&mut phone, &mut gone] {
        for incoming in [hello.clone(), links.clone()] {
            device.input(Input::Server(incoming), 0, &mut lab.chance);
        }
        write(device, "written after that", &mut lab.chance);
    }
    let this_is_removed = |device: &haven_sim::device::Device| {
        device.view.status.devices.iter().any(|shown| shown.this && shown.removed)
    };
    assert!(!this_is_removed(&phone) && this_is_removed(&gone));
    let goes_on = lab.written(&phone, lab.feed(Who::Phone));
    assert_eq!(goes_on.last().unwrap().header().epoch, 1);
    lab.records(&goes_on.iter().collect::<Vec<_>>());
    let later = lab.written(&gone, tablet);
    lab.records(&later.iter().skip(1).collect::<Vec<_>>());
    assert_eq!(lab.laptop.view.len(), 1, "the phone's is in the journal, and the tablet's is not");
}

/// What it wrote and nobody had is put aside, and counted where somebody asks once more.
#[test]
fn what_a_device_wrote_while_it_was_being_removed_is_put_aside_and_told() {
    let mut lab = Lab::linked();
    let tablet = lab.feed(Who::Tablet);
    let t1 = lab.record(Who::Tablet, None, &empty());
    let link = begun(&mut lab, remove(tablet));
    lab.takes(&link);
    // It came after the link was made, and before the server took that.
    lab.records(&[&t1]);
    lab.appended(&link);
    assert_eq!(answer(&mut lab).unwrap(), (1, 1));
    assert!(lab.alarms().contains(&"REMOVED_DEVICE_WROTE"), "{:?}", lab.alarms());
    assert!(matches!(refused_at_once(&mut lab, remove(tablet)), Fault::DeviceGone));
}

#[test]
fn what_was_not_sent_before_leaves_under_the_new_epoch() {
    let mut lab = Lab::linked();
    lab.laptop.outbox.clear();
    for text in ["one", "two", "three", "four", "five", "six", "seven"] {
        lab.add_entry(text);
    }
    let before = lab.pushed();
    assert!(before.iter().all(|record| record.header().epoch == 0));
    let sent = usize::try_from(before.last().unwrap().position().seq).unwrap();
    assert!(sent < lab.own().len(), "there is something left to send");
    let tablet = lab.feed(Who::Tablet);
    let link = begun(&mut lab, remove(tablet));
    lab.takes(&link);
    lab.appended(&link);
    answer(&mut lab).unwrap();
    let own = lab.own();
    assert!(own.iter().skip(sent).all(|record| record.header().epoch == 1));
    for pair in own.windows(2) {
        assert_eq!(pair[1].header().prev, pair[0].id());
    }
    let vector = before.iter().map(|record| (record.header().feed, record.position())).collect();
    lab.say(Incoming::Pushed { space: lab.roster.space(), vector });
    let after = lab.pushed();
    assert!(!after.is_empty() && after.iter().all(|record| record.header().epoch == 1));
}

#[test]
fn what_cannot_be_removed_is_refused_by_name_and_nothing_is_sent() {
    let mut lab = Lab::linked();
    let (laptop, tablet, stranger) = (lab.laptop_feed(), lab.feed(Who::Tablet), FeedId::from_bytes([9; 8]));
    lab.laptop.outbox.clear();
    assert!(matches!(refused_at_once(&mut lab, remove(laptop)), Fault::OwnRemoval));
    assert!(matches!(refused_at_once(&mut lab, remove(stranger)), Fault::DeviceUnknown));
    lab.say(Incoming::Offline);
    assert!(matches!(refused_at_once(&mut lab, remove(tablet)), Fault::ServerUnreachable));
    assert_eq!(lab.sent_links(), []);

    let mut alone = Lab::new();
    alone.links.truncate(1);
    assert!(matches!(refused_at_once(&mut alone, Command::RenewKit(Arc::new(new_kit()))), Fault::NoServer));

    let mut lab = Lab::linked();
    let phone = lab.feed(Who::Phone);
    let old = lab.links.len();
    lab.change(&[(tablet, None)], Some(lab.laptop_feed()));
    lab.links(old);
    assert!(matches!(refused_at_once(&mut lab, remove(phone)), Fault::NewKeyUnreadable));

    let mut lab = Lab::linked();
    let old = lab.links.len();
    lab.remove_laptop();
    lab.links(old);
    assert!(matches!(refused_at_once(&mut lab, remove(phone)), Fault::Removed));
}

/// Only one change at a time: the server's answer names a place, not a link.
#[test]
fn a_second_change_waits_until_the_first_is_over() {
    let mut lab = Lab::linked();
    let (phone, tablet) = (lab.feed(Who::Phone), lab.feed(Who::Tablet));
    let link = begun(&mut lab, remove(tablet));
    assert!(matches!(refused_at_once(&mut lab, remove(phone)), Fault::ChangeUnderWay));
    lab.takes(&link);
    lab.appended(&link);
    answer(&mut lab).unwrap();
    begun(&mut lab, remove(phone));
}

#[test]
fn a_change_is_made_anew_behind_a_link_that_came_first() {
    let mut lab = Lab::linked();
    let tablet = lab.feed(Who::Tablet);
    let first = begun(&mut lab, remove(tablet));
    moved(&mut lab);
    assert_eq!(lab.sent_links(), [], "what came first is not known yet");
    let old = lab.links.len();
    lab.change(&[], None);
    lab.links(old);
    let links = lab.sent_links();
    assert_eq!(links.len(), 1);
    assert_eq!((links[0].prev(), links[0].seq()), (lab.roster.head().hash, first.seq() + 1));
    lab.takes(&links[0]);
    lab.appended(&links[0]);
    assert_eq!(answer(&mut lab).unwrap(), (2, 0));
    assert!(is_removed(&lab, tablet));
}

#[test]
fn somebody_who_is_always_first_is_not_raced_for_ever() {
    let mut lab = Lab::linked();
    let tablet = lab.feed(Who::Tablet);
    begun(&mut lab, remove(tablet));
    let mut sent = 1;
    while lab.laptop.view.status.devices.iter().all(|device| !device.removed) {
        moved(&mut lab);
        if sent == CHANGE_TRIES_MAX {
            break;
        }
        let old = lab.links.len();
        lab.change(&[], None);
        lab.links(old);
        sent += lab.sent_links().len();
    }
    assert_eq!(sent, CHANGE_TRIES_MAX);
    assert!(matches!(answer(&mut lab), Err(Fault::RosterMoved)));
}

#[test]
fn a_device_that_another_one_removes_first_is_not_removed_twice() {
    let mut lab = Lab::linked();
    let tablet = lab.feed(Who::Tablet);
    begun(&mut lab, remove(tablet));
    moved(&mut lab);
    let old = lab.links.len();
    lab.remove(Who::Tablet, None);
    lab.links(old);
    assert!(matches!(answer(&mut lab), Err(Fault::DeviceGone)));
    assert_eq!(lab.sent_links(), []);
}

/// The connection is lost before the server answers. Whoever asked is answered by what the roster says then.
#[test]
fn what_came_of_a_change_is_found_out_by_the_roster() {
    for taken in [true, false] {
        let mut lab = Lab::linked();
        let tablet = lab.feed(Who::Tablet);
        let link = begun(&mut lab, remove(tablet));
        let old = lab.links.len();
        if taken {
            lab.takes(&link);
        }
        lab.say(Incoming::Offline);
        assert_eq!(lab.laptop.late_answers().len(), 0, "nobody knows yet");
        lab.connect();
        lab.hello(lab.laptop_vector());
        if taken {
            lab.links(old);
        }
        lab.caught_up();
        if !taken {
            assert_eq!(lab.sent_links(), std::slice::from_ref(&link), "the very same once more");
            lab.takes(&link);
            lab.appended(&link);
        }
        assert_eq!(answer(&mut lab).unwrap(), (1, 0));
        assert!(is_removed(&lab, tablet));
    }
}

#[test]
fn a_change_of_which_nothing_is_heard_is_told_as_such() {
    let mut lab = Lab::linked();
    let tablet = lab.feed(Who::Tablet);
    begun(&mut lab, remove(tablet));
    lab.say(Incoming::Offline);
    lab.laptop.input(Input::Wake, CHANGE_MS, &mut lab.chance);
    assert!(matches!(answer(&mut lab), Err(Fault::ChangeUnknown)));
    assert!(!is_removed(&lab, tablet), "nothing is half done");
}

/// The device goes down between its link and the answer: what the server took is all there is.
#[test]
fn after_a_crash_the_roster_says_whether_a_device_was_removed() {
    for taken in [true, false] {
        let mut lab = Lab::linked();
        let tablet = lab.feed(Who::Tablet);
        let link = begun(&mut lab, remove(tablet));
        let old = lab.links.len();
        if taken {
            lab.takes(&link);
        }
        lab.restart();
        lab.connect();
        lab.hello(lab.laptop_vector());
        if taken {
            lab.links(old);
        }
        lab.caught_up();
        assert_eq!(is_removed(&lab, tablet), taken);
        assert_eq!(lab.alarms(), NOTHING);
        lab.add_entry("and it goes on");
        assert_eq!(lab.own().last().unwrap().header().epoch, u32::from(taken));
    }
}

#[test]
fn a_server_that_refuses_a_change_is_told_with_its_reason() {
    let mut lab = Lab::linked();
    let tablet = lab.feed(Who::Tablet);
    begun(&mut lab, remove(tablet));
    lab.say(Incoming::Refused { request: Request::AppendLink, refusal: Refusal::Quota });
    assert!(matches!(answer(&mut lab), Err(Fault::ServerRefused(why)) if why.contains("full")));
}

fn verdict(lab: &mut Lab, kit: Kit) -> KitVerdict {
    let asked = asked(lab, Command::VerifyKit(Arc::new(kit)));
    let Asked::Answered(Ok(Reply::Kit(verdict))) = asked else { unreachable!("no verdict") };
    verdict
}

#[test]
fn a_kit_that_was_replaced_says_so_and_the_new_one_counts() {
    let mut lab = Lab::linked();
    let space = lab.roster.space();
    let valid = |replaced| KitVerdict { valid: true, replaced, space };
    let invalid = |replaced| KitVerdict { valid: false, replaced, space };
    assert_eq!(verdict(&mut lab, new_kit()), invalid(Some(false)));
    let link = begun(&mut lab, Command::RenewKit(Arc::new(new_kit())));
    assert_eq!(verdict(&mut lab, new_kit()), invalid(Some(false)), "not before the server has it");
    lab.takes(&link);
    lab.appended(&link);
    assert_eq!(answer(&mut lab).unwrap(), (1, 0));
    assert_eq!(verdict(&mut lab, new_kit()), valid(Some(false)));
    assert!(matches!(begin_again(&mut lab), Fault::KitUsed));

    // With a device that goes, the paper goes too.
    let (tablet, newest) = (lab.feed(Who::Tablet), Kit::from_entropy([9; 16]));
    let link = begun(&mut lab, Command::RemoveDevice { feed: tablet, kit: Some(Arc::new(newest)) });
    lab.takes(&link);
    lab.appended(&link);
    assert_eq!(answer(&mut lab).unwrap(), (2, 0));
    assert_eq!(verdict(&mut lab, new_kit()), invalid(Some(true)));
    lab.say(Incoming::Offline);
    assert_eq!(verdict(&mut lab, new_kit()), invalid(Some(true)), "that is for good");
    assert_eq!(verdict(&mut lab, Kit::from_entropy([9; 16])), valid(None), "nobody else was asked");
}

fn begin_again(lab: &mut Lab) -> Fault {
    refused_at_once(lab, Command::RenewKit(Arc::new(new_kit())))
}

/// The new epoch is wrapped to the new paper, and to the old one no more.
#[test]
fn the_new_kit_opens_the_new_epoch_and_the_old_one_does_not() {
    let mut lab = Lab::linked();
    let old = lab.roster.paper().unwrap().id;
    let link = begun(&mut lab, Command::RenewKit(Arc::new(new_kit())));
    lab.takes(&link);
    let paper = new_kit().paper_secrets();
    let (made, context) = lab.roster.wrap_for(paper.keys().paper_id().into()).unwrap();
    let id = lab.roster.epoch_block(1).unwrap().id;
    assert!(haven_crypto::wrap::unwrap(paper.kem(), &context, made, &id).is_ok());
    assert!(lab.roster.wrap_for(old.into()).is_none());
    lab.records(&[]);
    let p1 = lab.record(Who::Phone, None, &empty());
    lab.appended(&link);
    lab.records(&[&p1]);
    lab.add_entry("of my own");
    assert!(lab.names(&p1) && vector_of(&p1).seq(&lab.feed(Who::Phone)) == 1);
}

/// Whoever has another device of the vault can add and remove; the person hears of it on each of the others, and once.
#[test]
fn what_another_device_does_to_the_vault_is_told_and_what_this_one_does_is_not() {
    let mut lab = Lab::linked();
    assert_eq!(lab.laptop.alarms(true), NOTHING, "it let both of them in itself");
    let old = lab.links.len();
    lab.remove(Who::Tablet, None);
    for _ in 0..2 {
        lab.links(old);
        assert_eq!(lab.laptop.alarms(true), ["DEVICE_REMOVED"]);
        let told = &lab.laptop.view.status.alarms[0];
        assert_eq!((told.device.as_deref(), told.said_by.as_deref()), (Some("Tablet"), Some("Phone")));
        lab.restart();
    }
    lab.connect();
    lab.hello(lab.laptop_vector());
    lab.caught_up();
    let phone = lab.feed(Who::Phone);
    let mut other = lab.device_with(Who::Phone, 1);
    let link = begun(&mut lab, Command::RenewKit(Arc::new(new_kit())));
    lab.takes(&link);
    lab.appended(&link);
    assert_eq!(lab.laptop.alarms(true), ["DEVICE_REMOVED"]);
    let links = Incoming::Links { space: lab.roster.space(), links: vec![link.bytes().to_vec()] };
    for incoming in [lab.greeting(Vector::default()), links] {
        other.input(Input::Server(incoming), 0, &mut lab.chance);
    }
    assert_eq!((other.alarms(true), other.feed), (vec!["KIT_REPLACED"], phone));
}
