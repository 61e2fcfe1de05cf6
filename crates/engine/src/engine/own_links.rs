//! Links that this device makes: what it takes to make one, how it leaves, and how it comes to stand in the roster here. And what
//! links of other devices did, for the person to know.

use haven_feed::FeedId;
use haven_feed::roster::body::Body;
use haven_feed::roster::{Author, Link, SpaceKind};

use super::alarms::Raised;

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

    /// Tells what other devices did to the vault: whom they let in or took out, and that they replaced the kit.
    pub(super) fn tell_of_others(&mut self, work: &mut Work<'_, '_>, links: &[Link]) {
        if self.roster.kind() != SpaceKind::Vault {
            return;
        }
        let own = self.keys.feed;
        for link in links.iter().filter(|link| link.author() != own.into()) {
            let by = FeedId::from_bytes(*link.author().as_bytes());
            let news: Vec<Raised> = match link.body() {
                Body::AddFeed(body) => vec![Raised::DeviceAdded { feed: body.keys.id(), by }],
                Body::Change(body) => {
                    let removed = body.removed.keys().map(|feed| Raised::DeviceRemoved { feed: *feed, by });
                    removed.chain(body.replaced.as_ref().map(|_| Raised::KitReplaced { by })).collect()
                }
                Body::Genesis(_) | Body::AddParty(_) => Vec::new(),
            };
            // That it was let in or taken out itself, it knows without that.
            for raised in news.into_iter().filter(|raised| raised.feed() != Some(own)) {
                self.raise(work, raised);
            }
        }
    }
}
