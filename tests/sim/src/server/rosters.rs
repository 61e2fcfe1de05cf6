//! Rosters as they come to a server: whole with an invite, or link by link.

use bytes::Bytes;
use haven_engine::sync::{Incoming, Refusal, Request};
use haven_feed::chain::Tips;
use haven_feed::exchange::server::{LinkAdmission, LinkRefusal, ServerSpace};
use haven_feed::invite::{Invite, InviteProof};
use haven_feed::roster::{Link, Roster};

use super::{Connection, Sent, SimServer, Space, refused};

/// A piece of a roster: the place of the link before it, its links, and whether there are more.
type Piece = (u64, Vec<Vec<u8>>, bool);

impl SimServer {
    /// The space is there, and the invite spent, with the last piece of its roster and not before. One that was there is brought
    /// the links that it lacks.
    pub(super) fn create_space(
        &mut self,
        from: Connection,
        invite: &InviteProof,
        genesis: Vec<u8>,
        piece: Piece,
    ) -> Vec<Sent> {
        let refused = |refusal| vec![(from, refused(Request::CreateSpace, refusal))];
        let Ok(begun) = Roster::genesis(genesis.clone()) else { return refused(Refusal::Other) };
        let ours = Invite::from_entropy(self.invite, &self.identity.key());
        if invite.ticket() != ours.ticket() || invite.check(&begun.space()).is_err() {
            return refused(Refusal::InviteInvalid);
        }
        if self.space.as_ref().is_some_and(|space| begun.space() == space.id) {
            return self.extend(from, piece);
        }
        if self.invite_used {
            return refused(Refusal::InviteUsed);
        }
        let (after_seq, links, more) = piece;
        let before = self.staged.take();
        let staged = if after_seq == 0 { Some((begun, vec![genesis.into()])) } else { before };
        let Some((mut roster, mut held)) = staged.filter(|(roster, _)| roster.head().seq == after_seq) else {
            return refused(Refusal::RefillOver);
        };
        for link in links {
            let appended = Link::parse(link.clone()).is_ok_and(|link| roster.append(&link).is_ok());
            if !appended {
                return refused(Refusal::Other);
            }
            held.push(Bytes::from(link));
        }
        let (id, seq) = (roster.space(), roster.head().seq);
        if more {
            self.staged = Some((roster, held));
            return vec![(from, Incoming::SpaceStaged { seq })];
        }
        self.invite_used = true;
        let state = ServerSpace::new(roster, Tips::default());
        self.space = Some(Space { id, state, links: held, arrived: Vec::new() });
        vec![(from, Incoming::SpaceCreated)]
    }

    /// Appends what is lacking of a roster; the invite is not spent by it.
    fn extend(&mut self, from: Connection, (after_seq, links, more): Piece) -> Vec<Sent> {
        let refused = |refusal| vec![(from, refused(Request::CreateSpace, refusal))];
        let (mut sent, mut extended, brought) = (Vec::new(), false, after_seq + links.len() as u64);
        for link in links {
            match self.take_link(from, &link) {
                Ok((_, told)) => {
                    extended |= told.is_some();
                    sent.extend(told.into_iter().flatten());
                }
                Err(refusal) => {
                    let refusal =
                        if refusal == Refusal::RosterMoved { Refusal::SpaceExists } else { refusal };
                    sent.extend(refused(refusal));
                    return sent;
                }
            }
        }
        sent.extend(match (more, extended) {
            (true, _) => vec![(from, Incoming::SpaceStaged { seq: brought })],
            (false, true) => vec![(from, Incoming::SpaceCreated)],
            (false, false) => refused(Refusal::SpaceExists),
        });
        sent
    }

    pub(super) fn append_link(&mut self, from: Connection, link: &[u8]) -> Vec<Sent> {
        let space = self.space.as_ref().filter(|_| self.member(from)).map(|space| space.id);
        let Some(space) = space else {
            return vec![(from, refused(Request::AppendLink, Refusal::Unauthenticated))];
        };
        match self.take_link(from, link) {
            Ok((seq, told)) => {
                let answer = (from, Incoming::LinkAppended { space, seq });
                std::iter::once(answer).chain(told.into_iter().flatten()).collect()
            }
            Err(refusal) => vec![(from, refused(Request::AppendLink, refusal))],
        }
    }

    /// Takes a link. Gives its place, and what the others are told unless it was there.
    fn take_link(&mut self, from: Connection, link: &[u8]) -> Result<(u64, Option<Vec<Sent>>), Refusal> {
        let (Some(space), Ok(parsed)) = (&mut self.space, Link::parse(link.to_vec())) else {
            return Err(Refusal::Other);
        };
        let id = space.id;
        match space.state.admit_link(&parsed) {
            Ok(LinkAdmission::Appended(roster)) => {
                space.links.push(link.to_vec().into());
                // Those whom it removes still hear of it.
                let others: Vec<Connection> = self.others(from).collect();
                if let Some(space) = &mut self.space {
                    space.state.commit_roster(*roster);
                }
                let mut sent = Vec::new();
                for to in others {
                    let fooled = self.sessions.get(&to).is_some_and(|session| session.fooled.is_some());
                    if fooled || (self.colludes && !self.member(to)) {
                        let session = self.sessions.entry(to).or_default();
                        session.fooled = session.fooled.or(Some(parsed.seq() - 1));
                        continue;
                    }
                    sent.push((to, Incoming::Links { space: id, links: vec![link.to_vec()] }));
                    if !self.member(to) {
                        let refusal = Refusal::FeedRemoved;
                        sent.push((to, Incoming::Refused { request: Request::Pull, refusal }));
                    }
                }
                Ok((parsed.seq(), Some(sent)))
            }
            Ok(LinkAdmission::Duplicate) => Ok((parsed.seq(), None)),
            Err(LinkRefusal::Moved { .. }) => Err(Refusal::RosterMoved),
            Err(LinkRefusal::Fault(_)) => Err(Refusal::Other),
        }
    }
}
