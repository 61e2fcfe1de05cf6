//! What is sealed again while own records wait for their turn: it stands as it was sealed, and the next record follows it.

use haven_engine::sync::Incoming;
use haven_feed::record::RecordKind;

use super::hostile::purge;
use super::lab::{Lab, Who, content, vector_of};
use super::{NOTHING, empty};

/// Opens the vault once more, writes on, and looks whether the laptop's feed is still one chain.
fn goes_on(lab: &mut Lab, alarms: &[&'static str]) {
    lab.restart();
    assert_eq!(lab.alarms(), alarms);
    lab.add_entry("and it goes on");
    let own = lab.own();
    for pair in own.windows(2) {
        assert_eq!(pair[1].header().prev, pair[0].id(), "record {}", pair[1].position().seq);
    }
}

/// The laptop's disk was put back, and the server keeps the body of a record back that the laptop wrote before. Meanwhile it writes
/// offline, and hears of a removal.
#[test]
fn what_waits_behind_a_husk_of_ones_own_is_sealed_again_too() {
    for restarts in [false, true] {
        let mut lab = Lab::linked();
        lab.acknowledge();
        let own = lab.own();
        let before = lab.record(Who::Laptop, own.last(), &empty());
        let husk = before.to_husk();
        lab.records(&[&husk]);
        lab.say(Incoming::Offline);
        for text in ["written offline, after the tablet was stolen", "and more"] {
            lab.add_entry(text);
        }
        if restarts {
            lab.restart();
        }
        let old = lab.links.len();
        lab.remove(Who::Tablet, None);
        lab.hello(vector_of(&before));
        lab.links(old);
        lab.caught_up();
        let (pushed, epoch) = (lab.pushed(), lab.roster.epoch());
        assert_eq!(pushed.iter().map(|record| record.header().epoch).collect::<Vec<_>>(), [epoch; 2]);
        lab.bodies(lab.laptop_feed(), &[&before]);
        assert_eq!(lab.alarms(), NOTHING);
        goes_on(&mut lab, &NOTHING);
        assert_eq!(lab.laptop.view.len(), 3);
    }
}

/// The tablet calls a record of the laptop gone, and is removed with the next link, so that its word does not count any more. The laptop
/// has written meanwhile what it has not sent.
#[test]
fn what_was_called_gone_and_comes_back_leaves_what_is_sealed_again_as_it_is() {
    let mut lab = Lab::linked();
    lab.hello(lab.laptop_vector());
    lab.add_entry("sent before");
    lab.acknowledge();
    let sent = lab.own().last().unwrap().clone();
    lab.say(Incoming::Offline);
    lab.add_entry("written offline, after the tablet was stolen");
    let (old, at) = (lab.links.len(), lab.roster.head().seq);
    let gone = content(&[], &[(1, purge(&sent))]);
    let t1 = lab.record_at(Who::Tablet, None, at, RecordKind::Data, &gone);
    lab.remove(Who::Tablet, None);
    lab.hello(vector_of(&sent));
    lab.records(&[&t1]);
    lab.links(old);
    lab.caught_up();
    let (pushed, epoch) = (lab.pushed(), lab.roster.epoch());
    assert_eq!(pushed.iter().map(|record| record.header().epoch).collect::<Vec<_>>(), [epoch]);
    goes_on(&mut lab, &["REMOVED_DEVICE_WROTE"]);
    assert_eq!(lab.laptop.view.len(), 3);
}
