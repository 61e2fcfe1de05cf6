//! Arriving links.

use bytes::Bytes;

use super::DeviceExchange;
use crate::alarm::Alarm;
use crate::ids::RosterHead;
use crate::roster::{Link, LinkFault, Roster};

/// What came of arriving links.
#[derive(Debug, Default)]
pub struct Linked {
    /// The links that were appended to the roster, to be stored.
    pub appended: Vec<Link>,
    /// What is wrong.
    pub alarms: Vec<Alarm>,
}

impl DeviceExchange {
    /// Appends arriving links to the roster, as far as they hold.
    pub fn links(&mut self, roster: &mut Roster, links: impl IntoIterator<Item = Bytes>) -> Linked {
        let mut linked = Linked::default();
        for bytes in links {
            match take_link(roster, bytes) {
                Ok(Taken::Appended(link)) => {
                    self.roster_shown(roster, link.head());
                    linked.appended.push(*link);
                }
                Ok(Taken::Held(head)) => self.roster_shown(roster, head),
                Err(alarm) => {
                    self.forked_roster |= matches!(alarm, Alarm::RosterForked { .. });
                    linked.alarms.push(alarm);
                    break;
                }
            }
        }
        self.pins.link = self.pins.link.filter(|named| roster.is_current(&named.by));
        linked
    }
}

/// What an arriving link turned out to be.
enum Taken {
    Appended(Box<Link>),
    Held(RosterHead),
}

fn take_link(roster: &mut Roster, bytes: Bytes) -> Result<Taken, Alarm> {
    let next = roster.head().seq + 1;
    let link = Link::parse(bytes).map_err(|fault| Alarm::LinkRefused { seq: next, fault })?;
    let seq = link.seq();
    if link.space() == roster.space() && roster.hash_at(seq) == Some(link.hash()) {
        return Ok(Taken::Held(link.head()));
    }
    match roster.append(&link) {
        Ok(()) => Ok(Taken::Appended(Box::new(link))),
        Err(LinkFault::NotNext { .. }) if seq >= next => {
            Err(Alarm::RosterWithheld { named: seq, held: next - 1, by: None })
        }
        // Only a second link that is signed says so: a server can make up any that is not.
        Err(LinkFault::NotNext { .. }) if roster.knows_signer(&link) => Err(Alarm::RosterForked { seq }),
        Err(LinkFault::Forked) if roster.knows_signer(&link) => Err(Alarm::RosterForked { seq: seq - 1 }),
        Err(fault) => Err(Alarm::LinkRefused { seq, fault }),
    }
}
