//! Taking a device out, and putting another kit in the old one's place. One link does all of it: either it stands in the server's
//! roster, or nothing happened. Whoever asked is answered once it stands there and here.

use std::collections::BTreeMap;

use haven_crypto::epoch::EpochRoot;
use haven_crypto::feedkeys::FeedSecrets;
use haven_crypto::kit::Kit;
use haven_crypto::wrap::wrap;
use haven_feed::FeedId;
use haven_feed::ids::LinkHash;
use haven_feed::roster::body::{Change, Replaced};
use haven_feed::roster::consent::{self, Role, Terms};
use haven_feed::roster::epoch::EpochBlock;
use haven_feed::roster::{Link, LinkFault, WrapContext, link};

use super::{Engine, Work};
use crate::command::{Fault, KitVerdict, Reply, Ticket};
use crate::io::draw;
use crate::limits::{CHANGE_MS, CHANGE_TRIES_MAX};
use crate::sync::Refusal;

/// A change of the roster that is on its way.
pub(super) struct Changing {
    /// Who waits for it.
    ticket: Ticket,
    removed: Option<FeedId>,
    paper: Option<FeedSecrets>,
    /// The links that were sent for it, at most one to a place. Any of them may turn out to stand in the roster.
    sent: Vec<Link>,
    /// Whether the last of them is on its way in this session.
    awaited: bool,
    /// The head on which the server refused it: there has to be another first.
    refused_on: Option<LinkHash>,
    tries: usize,
    ends_ms: u64,
}

impl Engine {
    /// Begins to take a device out of the vault, with the paper replaced in the same link if there is a new kit.
    pub(super) fn remove_device(
        &mut self,
        work: &mut Work<'_, '_>,
        ticket: Ticket,
        feed: FeedId,
        kit: Option<&Kit>,
    ) -> Result<(), Fault> {
        if feed == self.keys.feed {
            return Err(Fault::OwnRemoval);
        }
        self.can_be_removed(&feed)?;
        self.begin_change(work, ticket, Some(feed), kit)
    }

    /// Begins to put another kit in the place of the present one.
    pub(super) fn renew_kit(
        &mut self,
        work: &mut Work<'_, '_>,
        ticket: Ticket,
        kit: &Kit,
    ) -> Result<(), Fault> {
        self.begin_change(work, ticket, None, Some(kit))
    }

    /// Says of a kit what the roster here says of its keys. What was replaced stays so; that nobody has replaced it since is known
    /// only from a server that has sent all it has.
    pub(super) fn verify_kit(&self, kit: &Kit) -> KitVerdict {
        let keys = kit.paper_secrets().keys();
        let valid = self.roster.paper().is_some_and(|paper| paper.keys == keys);
        let former = self.roster.former(&keys.paper_id().into());
        let is_former = !valid && former.is_some_and(|it| it.role == Role::Paper && it.sign == keys.sign);
        let replaced = if is_former { Some(true) } else { self.session.is_caught_up().then_some(false) };
        KitVerdict { valid, replaced, space: self.space }
    }

    fn can_be_removed(&self, feed: &FeedId) -> Result<(), Fault> {
        let member = self.roster.feed(feed).ok_or(Fault::DeviceUnknown)?;
        if member.removed.is_none() { Ok(()) } else { Err(Fault::DeviceGone) }
    }

    fn begin_change(
        &mut self,
        work: &mut Work<'_, '_>,
        ticket: Ticket,
        removed: Option<FeedId>,
        kit: Option<&Kit>,
    ) -> Result<(), Fault> {
        self.may_make_link()?;
        if self.changing.is_some() || self.linking.is_adding() {
            return Err(Fault::ChangeUnderWay);
        }
        self.changing = Some(Changing {
            ticket,
            removed,
            paper: kit.map(Kit::paper_secrets),
            sent: Vec::new(),
            awaited: false,
            refused_on: None,
            tries: 0,
            ends_ms: work.cx.now.mono_ms.saturating_add(CHANGE_MS),
        });
        self.go_on_changing(work);
        Ok(())
    }

    /// Sends the link, as soon as this device knows all the server has and no other link of its own is on its way there: the server's
    /// answer names a place only.
    pub(super) fn go_on_changing(&mut self, work: &mut Work<'_, '_>) {
        let is_free = self.session.link_sent.is_none()
            && self.exchange.links_to_push(&self.roster).is_none()
            && self.session.is_caught_up();
        let head = self.roster.head().hash;
        let may_be_sent =
            |changing: &mut Changing| is_free && !changing.awaited && changing.refused_on != Some(head);
        let Some(mut changing) = self.changing.take_if(may_be_sent) else { return };
        match self.changing_link(work, &changing) {
            Ok(link) => {
                self.send_link(work, &link);
                changing.awaited = true;
                changing.sent.retain(|sent| sent.seq() != link.seq());
                changing.sent.push(link);
                self.changing = Some(changing);
            }
            Err(fault) => work.step.reply.push((changing.ticket, Err(fault))),
        }
    }

    /// The link on the present head: the one that was sent already, if it stands on that.
    fn changing_link(&self, work: &mut Work<'_, '_>, changing: &Changing) -> Result<Link, Fault> {
        let head = self.roster.head();
        if let Some(link) = changing.sent.last().filter(|link| link.prev() == head.hash) {
            return Ok(link.clone());
        }
        if let Some(feed) = &changing.removed {
            self.can_be_removed(feed)?;
        }
        let epoch = self.roster.epoch();
        let present = self.keys.roots.get(&epoch).ok_or(Fault::NewKeyUnreadable)?;
        let root = EpochRoot::drawn(|place| work.cx.entropy.fill(place));
        let keys = root.keys();
        let block = EpochBlock {
            epoch: epoch + 1,
            id: keys.id(),
            sealed_previous: keys.seal_previous(present, draw(work.cx.entropy)),
            wraps: BTreeMap::new(),
        };
        let known = self.tips.vector();
        let removed = changing.removed.iter().map(|feed| (*feed, known.get(feed))).collect();
        let replaced = changing.paper.as_ref().map(|paper| self.consenting(paper, head.hash));
        let mut change = Change { removed, party: None, replaced, epoch: block };
        let author = self.author();
        let recipients = self.roster.recipients(&author.id, &change).map_err(refused)?;
        for (recipient, kem) in recipients {
            let context = WrapContext { space: self.space, epoch: epoch + 1, recipient, prev: head.hash };
            change.epoch.wraps.insert(recipient, wrap(&root, &kem, &context, draw(work.cx.entropy)));
        }
        link::next(&self.roster, author, change).map_err(refused)
    }

    /// The new paper's keys, and its consent to be the vault's after this link.
    fn consenting(&self, paper: &FeedSecrets, after: LinkHash) -> Replaced {
        let keys = paper.keys();
        let terms = Terms::at(Role::Paper, self.space, after, None);
        let consent = consent::sign(&terms, &keys, paper.signer());
        Replaced { keys, consent }
    }

    /// A link stands at this place of the server's roster: by its answer, or since it came with the others.
    pub(super) fn change_appended(&mut self, work: &mut Work<'_, '_>, seq: u64) {
        let Some(changing) = &mut self.changing else { return };
        let Some(link) = changing.sent.iter().find(|link| link.seq() == seq).cloned() else { return };
        let came = self.roster.hash_at(seq) == Some(link.hash());
        if !came && !std::mem::take(&mut changing.awaited) {
            return;
        }
        if !self.take_own_link(work, &link) {
            // Another one stands there: this one is made anew behind it.
            return self.change_moved(work);
        }
        let Some(Changing { ticket, removed, .. }) = self.changing.take() else { return };
        let aside = removed.map_or(0, |feed| self.aside_of(&feed));
        work.step.reply.push((ticket, Ok(Reply::Changed { epoch: self.roster.epoch(), aside })));
    }

    /// How many records of a removed device are here and do not count.
    fn aside_of(&self, feed: &FeedId) -> u64 {
        let counts = self.applied.seq(feed).max(self.counted.now.seq(feed));
        self.tips.seq(feed).saturating_sub(counts)
    }

    /// The server refused a link. What it means for a change that is on its way.
    pub(super) fn change_refused(&mut self, work: &mut Work<'_, '_>, refusal: Refusal) {
        let Some(changing) = self.changing.as_mut().filter(|changing| changing.awaited) else { return };
        changing.awaited = false;
        match refusal {
            Refusal::RosterMoved => self.change_moved(work),
            // It goes on with the next session.
            Refusal::Unauthenticated | Refusal::Busy => {}
            refusal => self.end_change(work, Fault::ServerRefused(in_words(refusal).to_owned())),
        }
    }

    /// Somebody else's link came first.
    fn change_moved(&mut self, work: &mut Work<'_, '_>) {
        let Some(changing) = &mut self.changing else { return };
        changing.refused_on = changing.sent.last().map(Link::prev);
        changing.tries += 1;
        if changing.tries >= CHANGE_TRIES_MAX {
            return self.end_change(work, Fault::RosterMoved);
        }
        self.go_on_changing(work);
    }

    fn end_change(&mut self, work: &mut Work<'_, '_>, fault: Fault) {
        if let Some(changing) = self.changing.take() {
            work.step.reply.push((changing.ticket, Err(fault)));
        }
    }

    /// Ends a change that has come to nothing, or of which nobody can say now what came of it.
    pub(super) fn tend_change(&mut self, work: &mut Work<'_, '_>) {
        let (is_live, is_removed) = (self.session.is_live(), self.is_removed());
        let Some(changing) = &mut self.changing else { return };
        if !is_live {
            (changing.awaited, changing.refused_on) = (false, None);
        }
        if is_removed {
            self.end_change(work, Fault::Removed);
        } else if changing.ends_ms <= work.cx.now.mono_ms {
            let fault =
                if changing.sent.is_empty() { Fault::ServerUnreachable } else { Fault::ChangeUnknown };
            self.end_change(work, fault);
        }
    }

    /// When a change is given up.
    pub(super) fn change_ends(&self) -> Option<u64> {
        self.changing.as_ref().map(|changing| changing.ends_ms)
    }
}

/// Why the roster takes no such link.
fn refused(fault: LinkFault) -> Fault {
    match fault {
        LinkFault::KeyReused | LinkFault::IdTaken => Fault::KitUsed,
        LinkFault::AuthorRemoved => Fault::Removed,
        LinkFault::UnknownMember => Fault::DeviceGone,
        _ => Fault::RosterFull,
    }
}

fn in_words(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::Quota => "the journal's space on the server is full",
        Refusal::ServerStorage => "it can't write to its disk",
        Refusal::FeedRemoved | Refusal::FeedUnknown => "it says that this device isn't one of the journal's",
        _ => "it didn't say why",
    }
}
