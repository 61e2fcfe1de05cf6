//! What a server tries that knows nobody's keys but perhaps a removed device's: each case was a way once.

use haven_engine::sync::Incoming;
use haven_feed::ids::Vector;
use haven_feed::record::VerifiedRecord;

use crate::lab::{Lab, Who, vector_of};

/// A hello of a server that claims to hold these records without their bodies.
fn with_husks(greeting: Incoming, of: &[VerifiedRecord], store: [u8; 16]) -> Incoming {
    let Incoming::Hello { space, vector, roster_seq, roster_head, .. } = greeting else { unreachable!() };
    let husks = of.iter().map(|record| (record.header().feed, record.position().seq)).collect();
    Incoming::Hello { space, store_id: store, vector, roster_seq, roster_head, husks }
}

/// The server claims to hold husks that it never got. Nothing that was not sent leaves by that door: not to a store that
/// nobody agreed to, not while the server knows links that are not known here, and not past the mark of what was sent.
#[test]
fn what_was_never_sent_is_no_body_of_a_husk() {
    for store in [[9; 16], [8; 16]] {
        let mut lab = Lab::linked();
        lab.acknowledge();
        let sent = lab.own().len();
        lab.say(Incoming::Offline);
        lab.add_entry("written after the tablet was stolen");
        let own = lab.own();
        let husks = &own[sent..];
        assert!(!husks.is_empty());
        let old = lab.links.len();
        lab.remove(Who::Tablet, None);
        let has = own[..sent].last().map_or_else(Vector::default, vector_of);
        let hello = with_husks(lab.greeting(has), husks, store);
        lab.say(hello);
        assert_eq!(lab.pushed().len(), 0);
        lab.links(old);
        lab.caught_up();
        let epoch = lab.roster.epoch();
        let pushed = lab.pushed();
        assert!(pushed.iter().all(|record| record.header().epoch == epoch));
        assert_eq!(pushed.len(), if store == [9; 16] { husks.len() } else { 0 });
    }
}
