//! Filling a server that does not know the vault, or knows it by a roster from before this device: with an invite it is given the
//! whole roster, in pieces if it is long. Any device can do it, also one that was added later; records follow once it is let in.

use haven_feed::invite::Invite;

use super::alarms::Raised;
use super::{Engine, Work};
use crate::limits::REFILL_PIECE_BYTES;
use crate::sync::{Outgoing, Problem, Refusal, Request};

/// How far a refill has come in the present connection.
#[derive(Default)]
pub(super) struct Refill {
    /// Up to which link the server was sent the roster; it has to say so.
    sent: Option<u64>,
    /// The server has the vault, and lacks links of it: what is pinned of it stands.
    extends: bool,
    /// The server said that it has the vault now: it is not given it a second time at once.
    is_over: bool,
}

impl Engine {
    /// The server has never heard of this vault: with an invite it is created there. A server that had it has lost it;
    /// nothing here is changed for that, and it is filled again when the person sets it again.
    pub(super) fn space_unknown(&mut self, work: &mut Work<'_, '_>) {
        let mut alarms = self.exchange.space_unknown();
        if self.session.consented {
            alarms.clear();
        }
        let lost = !alarms.is_empty();
        for alarm in alarms {
            self.raise(work, Raised::Feed(alarm));
        }
        if !lost && !self.session.refill.is_over && self.send_roster(work, 0) {
            return;
        }
        self.fail(
            work,
            match lost {
                true => Problem::LostData,
                false => Problem::Refused(Request::LogIn, Refusal::SpaceUnknown),
            },
        );
    }

    /// The server has the vault, by a roster that this device is not in: one that was filled by a device which had not heard of this
    /// one. With an invite it is brought the links that it lacks, unless it has a store that nobody agreed to.
    pub(super) fn feed_unknown(&mut self, work: &mut Work<'_, '_>) {
        let pinned = self.exchange.pins().store;
        let agreed = self.session.consented || pinned.is_none_or(|store| store == self.session.store);
        if agreed && !self.session.refill.is_over && self.send_roster(work, 0) {
            self.session.refill.extends = true;
            return;
        }
        self.fail(work, Problem::Refused(Request::LogIn, Refusal::FeedUnknown));
    }

    /// The server took the whole roster. If it had the vault before, it also has records of it: what it served stays pinned.
    pub(super) fn space_created(&mut self, work: &mut Work<'_, '_>) {
        if !self.session.refill.extends {
            self.exchange.created();
            self.end_agreed(work);
        }
        self.has_space(work);
    }

    /// The server says that it has the vault now.
    pub(super) fn has_space(&mut self, work: &mut Work<'_, '_>) {
        self.session.refill.is_over = true;
        self.ask_challenge(work);
    }

    /// The server holds the roster up to a link and waits for the rest. One that says anything but what it was sent would have
    /// it sent for ever.
    pub(super) fn space_staged(&mut self, work: &mut Work<'_, '_>, seq: u64) {
        let sent = self.session.refill.sent.take();
        if sent != Some(seq) || !self.send_roster(work, seq) {
            self.fail(work, Problem::Refused(Request::CreateSpace, Refusal::Other));
        }
    }

    /// Sends the piece of the roster after a link. Says whether there is an invite to do it with.
    fn send_roster(&mut self, work: &mut Work<'_, '_>, after_seq: u64) -> bool {
        let invite = self.server.as_ref().and_then(|server| Invite::parse(server.invite.as_ref()?).ok());
        let links = work.cx.reader.links(self.space).unwrap_or_default();
        let Some((invite, genesis)) = invite.zip(links.first().cloned()) else { return false };
        let invite = invite.proof_for(&self.space);
        let next = usize::try_from(after_seq).map_or(usize::MAX, |after| after.saturating_add(1));
        let mut room = REFILL_PIECE_BYTES.saturating_sub(genesis.len());
        let fits = |(index, link): &(usize, &Vec<u8>)| {
            let fits = *index == 0 || link.len() <= room;
            room = room.saturating_sub(link.len());
            fits
        };
        let rest = links.iter().skip(next).enumerate();
        let piece: Vec<Vec<u8>> = rest.take_while(fits).map(|(_, link)| link.clone()).collect();
        let last = after_seq + piece.len() as u64;
        let more = last < self.roster.head().seq;
        self.session.refill.sent = more.then_some(last);
        work.step.send.push(Outgoing::CreateSpace { invite, genesis, after_seq, links: piece, more });
        true
    }
}
