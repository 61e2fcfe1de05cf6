//! Links that this device makes: what it takes to make one, how it leaves, and how it comes to stand in the roster here.

use haven_feed::roster::{Author, Link};

use super::{Engine, Work};
use crate::command::Fault;
use crate::sync::Outgoing;

impl Engine {
    /// Whether this device may make a link now: it belongs to the vault, has the newest key to hand on, and a server that orders links.
    pub(super) fn may_make_link(&self) -> Result<(), Fault> {
        if self.is_removed() {
            return Err(Fault::Removed);
        }
        if self.server.is_none() {
            return Err(Fault::NoServer);
        }
        if !self.keys.epochs.contains_key(&self.roster.epoch()) {
            return Err(Fault::NewKeyUnreadable);
        }
        if self.session.is_live() { Ok(()) } else { Err(Fault::ServerUnreachable) }
    }

    /// This device as the author of a link.
    pub(super) fn author(&self) -> Author<'_> {
        Author { id: self.keys.feed.into(), signer: self.keys.device.signer() }
    }

    /// Sends a link that stands on the head of the roster here.
    pub(super) fn send_link(&self, work: &mut Work<'_, '_>, link: &Link) {
        let head = self.roster.head();
        work.step.send.push(Outgoing::AppendLink {
            space: self.space,
            head_seq: head.seq,
            head: head.hash,
            link: link.bytes().to_vec(),
        });
    }

    /// Takes an own link into the roster here, now that the server says it has it. It may have come with the others already. If
    /// another one stands in its place, the server did not take it: says no then.
    pub(super) fn take_own_link(&mut self, work: &mut Work<'_, '_>, link: &Link) -> bool {
        if self.roster.hash_at(link.seq()) != Some(link.hash()) && self.roster.append(link).is_err() {
            return false;
        }
        self.store_link(work, link);
        self.roster_changed(work);
        true
    }
}
