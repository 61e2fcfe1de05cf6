//! Linking a new device, on the device that is in the vault already.

use haven_core::time::Timestamp;
use haven_crypto::linking::{Candidate, Existing, Farewell, LinkSecret, LinkingFault, Offer, Welcome};
use haven_crypto::wrap::wrap;
use haven_feed::FeedId;
use haven_feed::ids::{Position, Vector};
use haven_feed::roster::body::AddFeed;
use haven_feed::roster::{Link, LinkFault, WrapContext, link};

use super::{Engine, Work, history, unreadable};
use crate::command::{Fault, LinkEnd, LinkStarted, Reply, Ticket};
use crate::io::{Table, draw};
use crate::keys::meta;
use crate::limits;
use crate::sync::Outgoing;
use crate::view::Linking;

/// What is known of the linking in progress.
#[derive(Default)]
pub(super) struct LinkingState {
    open: Option<OpenLinking>,
    /// Who was let in last and has given no sign yet.
    awaited: Option<Awaited>,
    shown: Option<Linking>,
    /// How many were begun.
    pub(super) begun: u64,
    /// The client that waits for the new device to be enrolled.
    pub(super) confirming: Option<Ticket>,
}

struct OpenLinking {
    mailbox: [u8; 16],
    existing: Existing,
    offer: Offer,
    ends_ms: u64,
    expires: Timestamp,
    /// The link that adds the new device, sent and not yet confirmed by the server.
    adding: Option<(Link, FeedId)>,
    /// What the new device said while that link was on its way: it keeps nothing.
    left: Option<Farewell>,
}

/// A device that was let in and is waited for. It says by its first record that it is in, or in the mailbox that it isn't.
struct Awaited {
    device: FeedId,
    mailbox: [u8; 16],
    existing: Existing,
    ends_ms: u64,
}

impl LinkingState {
    /// Whether the link that adds a new device is on its way.
    pub(super) fn is_adding(&self) -> bool {
        self.open.as_ref().is_some_and(|open| open.adding.is_some())
    }

    pub(super) fn shown(&self) -> Linking {
        self.shown.clone().unwrap_or(Linking::None)
    }
}

impl Engine {
    pub(super) fn start_link(&mut self, work: &mut Work<'_, '_>) -> Result<LinkStarted, Fault> {
        self.may_make_link()?;
        self.cancel_link(work);
        self.wait_no_longer(work);
        self.linking.begun += 1;
        let secret = LinkSecret::drawn(|place| work.cx.entropy.fill(place));
        let offer = Offer { space: self.space, head: self.roster.head() };
        let lifetime = i64::try_from(limits::LINK_LIFETIME_MS).unwrap_or(i64::MAX);
        let expires = Timestamp::from_millis(work.cx.now.wall_ms.saturating_add(lifetime));
        let mailbox = secret.mailbox_id();
        self.linking.open = Some(OpenLinking {
            mailbox,
            existing: Existing::new(&secret, offer),
            offer,
            ends_ms: work.cx.now.mono_ms + limits::LINK_LIFETIME_MS,
            expires,
            adding: None,
            left: None,
        });
        self.show_linking(work, Linking::Waiting { expires });
        work.step.send.push(Outgoing::OpenMailbox { mailbox });
        Ok(LinkStarted { code: secret.code(), expires })
    }

    /// Who was let in already stays in: its words are still shown then.
    pub(super) fn cancel_link(&mut self, work: &mut Work<'_, '_>) {
        self.end_link(work, Linking::None, LinkEnd::Cancelled);
    }

    /// Ends the linking in progress, if any, and answers whoever waits for it.
    fn end_link(&mut self, work: &mut Work<'_, '_>, shown: Linking, why: LinkEnd) {
        let Some(open) = self.linking.open.take() else { return };
        if let Some(ticket) = self.linking.confirming.take() {
            work.step.reply.push((ticket, Err(Fault::LinkVoid(why))));
        }
        let farewell = open.existing.farewell(farewell(why), draw(work.cx.entropy));
        work.step.send.push(Outgoing::CloseMailbox { mailbox: open.mailbox, farewell });
        self.show_linking(work, shown);
    }

    fn void(&mut self, work: &mut Work<'_, '_>, why: LinkEnd) {
        self.end_link(work, Linking::Void { why }, why);
    }

    fn show_linking(&mut self, work: &mut Work<'_, '_>, shown: Linking) {
        self.linking.shown = Some(shown);
        work.show();
    }

    /// A message of the new device: its commitment, then what it committed to; or, at any time, that it keeps nothing.
    pub(super) fn mailbox(&mut self, work: &mut Work<'_, '_>, mailbox: [u8; 16], index: u32, message: &[u8]) {
        if index == limits::LINK_LEFT_INDEX {
            return self.left_there(work, mailbox, message);
        }
        let Some(open) = self.linking.open.as_mut().filter(|open| open.mailbox == mailbox) else { return };
        match index {
            1 => {
                let (nonce, entropy) = (draw(work.cx.entropy), draw(work.cx.entropy));
                match open.existing.answer(message, nonce, entropy) {
                    Ok(message) => {
                        // Durable before the answer leaves: the code is used up, whatever happens now.
                        let used = self.keys.seal(Table::Meta, meta::LINK_USED, &mailbox, work.cx.entropy);
                        work.step.commit.put(Table::Meta, meta::LINK_USED, used);
                        work.step.send.push(Outgoing::PostMessage { mailbox, index: 2, message });
                    }
                    // It was heard before: who listens once more is told all of it.
                    Err(LinkingFault::OutOfTurn) => {}
                    Err(fault) => self.void(work, reason(fault)),
                }
            }
            3 => match open.existing.receive(message) {
                Ok(()) => {
                    let device = open.existing.answering().unwrap_or_default().to_owned();
                    let expires = open.expires;
                    self.show_linking(work, Linking::Answered { device, expires });
                }
                Err(LinkingFault::OutOfTurn) => {}
                Err(fault) => self.void(work, reason(fault)),
            },
            // Our own messages come back to us as well.
            _ => {}
        }
    }

    /// The new device keeps nothing, and says why. Whoever has the code can say so too, so that nothing is undone for it: who was
    /// let in stays in the roster, and the person is told.
    fn left_there(&mut self, work: &mut Work<'_, '_>, mailbox: [u8; 16], message: &[u8]) {
        if let Some(open) = self.linking.open.as_mut().filter(|open| open.mailbox == mailbox) {
            let left = open.existing.left(message);
            if open.adding.is_some() {
                open.left = left.or(open.left);
            } else if left.is_some() {
                self.void(work, LinkEnd::LeftThere);
            }
            return;
        }
        let awaited = self.linking.awaited.as_ref().filter(|awaited| awaited.mailbox == mailbox);
        if let Some(why) = awaited.and_then(|awaited| awaited.existing.left(message)) {
            self.told_not_in(work, why);
        }
    }

    fn told_not_in(&mut self, work: &mut Work<'_, '_>, why: Farewell) {
        self.wait_no_longer(work);
        let why = match why {
            Farewell::WrongWords => LinkEnd::OtherWordsThere,
            _ => LinkEnd::StoppedThere,
        };
        self.show_linking(work, Linking::Void { why });
    }

    /// Whoever was let in is waited for no longer: its mailbox is of no use any more.
    fn wait_no_longer(&mut self, work: &mut Work<'_, '_>) -> Option<FeedId> {
        let Awaited { device, mailbox, .. } = self.linking.awaited.take()?;
        work.step.send.push(Outgoing::CloseMailbox { mailbox, farewell: Vec::new() });
        Some(device)
    }

    /// Listens again to whoever is waited for, once the server is there again. A linking goes on where a session ended that was over
    /// in the middle of it.
    pub(super) fn listen_again(&self, work: &mut Work<'_, '_>) {
        if let Some(OpenLinking { mailbox, adding, offer, .. }) = &self.linking.open {
            work.step.send.push(Outgoing::OpenMailbox { mailbox: *mailbox });
            if let Some((link, _)) = adding.as_ref().filter(|_| self.roster.head() == offer.head) {
                self.send_link(work, link);
            }
        }
        if let Some(Awaited { mailbox, .. }) = self.linking.awaited {
            work.step.send.push(Outgoing::OpenMailbox { mailbox });
        }
    }

    /// Compares the words; if they are right, sends the link that adds the new device. The answer comes when it is in the
    /// roster.
    pub(super) fn confirm_link(
        &mut self,
        work: &mut Work<'_, '_>,
        ticket: Ticket,
        words: &str,
    ) -> Result<(), Fault> {
        let open = self.linking.open.as_mut().ok_or(Fault::NoLinking)?;
        let candidate = match open.existing.confirm(words) {
            Ok(candidate) => candidate,
            Err(LinkingFault::Mistyped(_)) => return Err(Fault::WordsMistyped),
            Err(LinkingFault::OutOfTurn) => return Err(Fault::LinkWaiting),
            Err(LinkingFault::OtherWords) => {
                self.void(work, LinkEnd::WrongWords);
                return Err(Fault::WrongWords);
            }
            Err(fault) => {
                self.void(work, reason(fault));
                return Err(Fault::LinkVoid(reason(fault)));
            }
        };
        if self.changing.is_some() || self.roster.head() != open.offer.head {
            self.void(work, LinkEnd::RosterMoved);
            return Err(Fault::LinkVoid(LinkEnd::RosterMoved));
        }
        let link = match self.add_feed(work, &candidate) {
            Err(Fault::LinkVoid(why)) => {
                self.void(work, why);
                return Err(Fault::LinkVoid(why));
            }
            added => added?,
        };
        self.send_link(work, &link);
        if let Some(open) = &mut self.linking.open {
            open.adding = Some((link, candidate.keys.id()));
        }
        self.linking.confirming = Some(ticket);
        Ok(())
    }

    fn add_feed(&self, work: &mut Work<'_, '_>, candidate: &Candidate) -> Result<Link, Fault> {
        let feed = candidate.keys.id();
        let epoch = self.roster.epoch();
        let (root, keys) =
            self.keys.roots.get(&epoch).zip(self.keys.epochs.get(&epoch)).ok_or(Fault::NewKeyUnreadable)?;
        let context =
            WrapContext { space: self.space, epoch, recipient: feed.into(), prev: self.roster.head().hash };
        let body = AddFeed {
            keys: candidate.keys.clone(),
            sealed_name: keys
                .seal_name(&candidate.name, feed.into(), draw(work.cx.entropy))
                .map_err(unreadable)?,
            party: None,
            wrap: wrap(root, &candidate.keys.kem, &context, draw(work.cx.entropy)),
            consent: candidate.consent,
        };
        link::next(&self.roster, self.author(), body).map_err(|fault| {
            Fault::LinkVoid(match fault {
                LinkFault::TooManyMembers | LinkFault::RosterFull => LinkEnd::NoRoom,
                _ => LinkEnd::Misbehaved("the new device's keys do not fit"),
            })
        })
    }

    /// The server has a link: if it is the one that adds the new device, welcome it.
    pub(super) fn linking_appended(&mut self, work: &mut Work<'_, '_>, seq: u64) {
        let Some(open) = &mut self.linking.open else { return };
        let Some((link, device)) = open.adding.take_if(|(link, _)| link.seq() == seq) else { return };
        let mailbox = open.mailbox;
        if !self.take_own_link(work, &link) {
            return self.void(work, LinkEnd::RosterMoved);
        }
        self.welcome(work, mailbox);
        let Some(OpenLinking { existing, left, .. }) = self.linking.open.take() else { return };
        let words = existing.words().unwrap_or_default().join(" ");
        if let Some(ticket) = self.linking.confirming.take() {
            work.step.reply.push((ticket, Ok(Reply::Linked { device, words: words.clone() })));
        }
        let ends_ms = work.cx.now.mono_ms + limits::LINK_COMPARED_MS;
        self.linking.awaited = Some(Awaited { device, mailbox, existing, ends_ms });
        match left {
            Some(why) => self.told_not_in(work, why),
            None => self.show_linking(work, Linking::Comparing { device, words }),
        }
    }

    /// A device that was let in writes, at the latest, once it has caught up for the first time; before its words were compared
    /// it can't. Nothing else says so well that it is in.
    pub(super) fn note_signs(&mut self, work: &mut Work<'_, '_>) {
        let is_in = self.linking.awaited.as_ref().is_some_and(|awaited| self.tips.seq(&awaited.device) > 0);
        if is_in && let Some(device) = self.wait_no_longer(work) {
            self.show_linking(work, Linking::Done { device });
        }
    }

    fn welcome(&mut self, work: &mut Work<'_, '_>, mailbox: [u8; 16]) {
        let Some((server_key, store)) = self.server_identity() else { return };
        let tips = self.tips.vector();
        let mut vector: Vector = tips.iter().filter(|(feed, _)| self.roster.is_current(feed)).collect();
        // What was not sent may be sealed again, and has another id then.
        let (own, history) = (self.keys.feed, history(work.cx.reader, self.space));
        if self.sent < self.tips.seq(&own) {
            let sent = self.local(&history).held(&own, self.sent);
            vector.set(own, sent.map(|id| Position { seq: self.sent, id }));
        }
        let welcome = Welcome { manifest: None, server_key, store, vector };
        let entropy = draw(work.cx.entropy);
        let Some(open) = &mut self.linking.open else { return };
        if let Ok(message) = open.existing.welcome(&welcome, entropy) {
            work.step.send.push(Outgoing::PostMessage { mailbox, index: 4, message });
        }
    }

    /// The roster moved while the new device's link was on its way.
    pub(super) fn linking_refused(&mut self, work: &mut Work<'_, '_>) {
        if self.linking.open.as_ref().is_some_and(|open| open.adding.is_some()) {
            self.void(work, LinkEnd::RosterMoved);
        }
    }

    pub(super) fn mailbox_gone(&mut self, work: &mut Work<'_, '_>) {
        self.void(work, LinkEnd::MailboxClosed);
    }

    pub(super) fn linking_lost(&mut self, work: &mut Work<'_, '_>) {
        self.void(work, LinkEnd::Unreachable);
    }

    pub(super) fn expire_link(&mut self, work: &mut Work<'_, '_>) {
        if self.linking.open.as_ref().is_some_and(|open| open.ends_ms <= work.cx.now.mono_ms) {
            self.void(work, LinkEnd::Expired);
        }
        let is_late =
            self.linking.awaited.as_ref().is_some_and(|awaited| awaited.ends_ms <= work.cx.now.mono_ms);
        if is_late && self.wait_no_longer(work).is_some() {
            self.show_linking(work, Linking::Void { why: LinkEnd::NeverIn });
        }
    }

    pub(super) fn link_ends(&self) -> Option<u64> {
        let awaited = self.linking.awaited.as_ref().map(|awaited| awaited.ends_ms);
        self.linking.open.as_ref().map(|open| open.ends_ms).into_iter().chain(awaited).min()
    }
}

/// What the new device is told of an end.
fn farewell(why: LinkEnd) -> Farewell {
    match why {
        LinkEnd::WrongWords => Farewell::WrongWords,
        LinkEnd::Expired => Farewell::Expired,
        LinkEnd::Cancelled => Farewell::Cancelled,
        LinkEnd::RosterMoved => Farewell::RosterMoved,
        LinkEnd::Misbehaved(_) => Farewell::Misbehaved,
        LinkEnd::UpdateNeeded => Farewell::UpdateNeeded,
        LinkEnd::Unreachable
        | LinkEnd::NoRoom
        | LinkEnd::MailboxClosed
        | LinkEnd::NeverIn
        | LinkEnd::LeftThere
        | LinkEnd::OtherWordsThere
        | LinkEnd::StoppedThere => Farewell::Other,
    }
}

/// A fault of the linking's messages.
fn reason(fault: LinkingFault) -> LinkEnd {
    match fault {
        LinkingFault::WrongCode => LinkEnd::Misbehaved("someone with another code answered"),
        LinkingFault::Incompatible => LinkEnd::UpdateNeeded,
        LinkingFault::Tampered => LinkEnd::Misbehaved("a message was altered on the way"),
        LinkingFault::CommitmentMismatch | LinkingFault::BadKeys | LinkingFault::BadConsent => {
            LinkEnd::Misbehaved("the new device did not prove its keys")
        }
        LinkingFault::OtherWords => LinkEnd::WrongWords,
        LinkingFault::TooLarge | LinkingFault::Mistyped(_) | LinkingFault::OutOfTurn | LinkingFault::Over => {
            LinkEnd::Misbehaved("the linking was over already")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_speaks_another_version_is_told_that_an_update_is_needed() {
        assert_eq!(farewell(reason(LinkingFault::Incompatible)), Farewell::UpdateNeeded);
        assert_eq!(farewell(reason(LinkingFault::WrongCode)), Farewell::Misbehaved);
    }
}
