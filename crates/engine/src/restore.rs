//! Restoring a vault on a new device from its recovery kit, when no other device is left: finds the vaults of the paper on a server,
//! verifies their rosters from genesis, shows what it found, and only once its person has said which one it is lets the paper add this
//! device. Pure; the shell carries one message at a time.

mod fault;
mod messages;
mod vault;

use std::collections::VecDeque;

use bytes::Bytes;
use haven_crypto::feedkeys::FeedSecrets;
use haven_crypto::kit::Kit;
use haven_crypto::limits::NAME_BYTES_MAX;
use haven_feed::auth::Challenge;
use haven_feed::exchange::Pins;
use haven_feed::ids::{FeedId, MemberId, Nonce, SpaceId, StoreId, Vector};
use haven_feed::keys::{SignKey, Signature};
use haven_feed::roster::consent::Role;

pub use self::fault::RestoreFault;
pub use self::messages::{RestoreInput, RestoreSend, RestoreStep};
use self::vault::Candidate;
pub use self::vault::FoundVault;
use crate::command::ServerChoice;
use crate::io::{Commit, Entropy};
use crate::join::begun;
use crate::keys::Keys;
use crate::limits;
use crate::sync::{Refusal, check_invite};
use crate::vault::{LocalKey, Unlocked};

/// Where it stands.
enum Phase {
    /// Looking for the paper's vaults.
    Finding,
    /// Reading the roster of one that may be.
    Entering(SpaceId),
    /// Looking at the newest records of one that is.
    Looking(Box<Candidate>, Vec<(FeedId, u64, u64)>),
    /// The person looks at what was found.
    Asking,
    /// Adding this device to the one that was chosen.
    Adding,
    /// Added.
    Linked,
}

/// A device on its way back into a vault.
pub struct Restoring {
    paper: FeedSecrets,
    /// This device's, until they are sealed.
    secrets: Option<FeedSecrets>,
    name: String,
    invite: Option<String>,
    /// The server, once it has proved who it is.
    server: Option<(SignKey, StoreId)>,
    phase: Phase,
    queue: VecDeque<SpaceId>,
    found: Vec<Candidate>,
    chosen: Option<Candidate>,
    tries: u8,
    /// Why the last one that was passed over is none.
    passed: Option<RestoreFault>,
}

impl Restoring {
    /// Begins with the typed code, under the name this device shall have. A mistyped code asks nobody anything.
    ///
    /// # Errors
    /// The code is mistyped or of another kind, or the name is too long.
    pub fn start(
        code: &str,
        name: &str,
        invite: Option<String>,
        entropy: &mut dyn Entropy,
    ) -> Result<(Self, RestoreStep), RestoreFault> {
        let paper = Kit::parse(code).map_err(RestoreFault::of_code)?.paper_secrets();
        if name.len() > NAME_BYTES_MAX {
            return Err(RestoreFault::NameTooLong);
        }
        let restoring = Self {
            paper,
            secrets: Some(FeedSecrets::drawn(|place| entropy.fill(place))),
            name: name.to_owned(),
            invite,
            server: None,
            phase: Phase::Finding,
            queue: VecDeque::new(),
            found: Vec::new(),
            chosen: None,
            tries: 0,
            passed: None,
        };
        let first = restoring.challenge(SpaceId::ZERO);
        Ok((restoring, first))
    }

    /// Takes the answer to what was sent last.
    ///
    /// # Errors
    /// Restoring is over.
    pub fn step(
        &mut self,
        input: RestoreInput,
        entropy: &mut dyn Entropy,
    ) -> Result<RestoreStep, RestoreFault> {
        match input {
            RestoreInput::Challenged { nonce, server_key, store_id, signature } => {
                self.answer(nonce, server_key, store_id, signature)
            }
            RestoreInput::Found(spaces) if matches!(self.phase, Phase::Finding) => {
                self.queue = spaces.into();
                self.next()
            }
            RestoreInput::LoggedIn => Ok(RestoreStep::Send(RestoreSend::ListLinks { space: self.space()? })),
            RestoreInput::Links(links) => match self.phase {
                Phase::Entering(space) => self.enter(space, links),
                Phase::Adding => self.follow(links, entropy),
                _ => Err(RestoreFault::OutOfTurn),
            },
            RestoreInput::Holds(vector) => self.look(&vector),
            RestoreInput::Records(records) => self.record(records),
            RestoreInput::Appended if matches!(self.phase, Phase::Adding) => self.added(),
            RestoreInput::Refused(refusal) => self.refused(refusal),
            RestoreInput::Found(_) | RestoreInput::Appended => Err(RestoreFault::OutOfTurn),
        }
    }

    /// The vaults that this kit restores; more than one where somebody used the same kit again.
    pub fn found(&self) -> impl Iterator<Item = FoundVault> + '_ {
        self.found.iter().map(Candidate::shown)
    }

    /// The person says that it is this one. Nothing was written anywhere before.
    ///
    /// # Errors
    /// None was found under that id, or one was chosen already.
    pub fn choose(&mut self, space: SpaceId) -> Result<RestoreStep, RestoreFault> {
        let at = self.found.iter().position(|found| found.roster.space() == space);
        let at = at.filter(|_| matches!(self.phase, Phase::Asking)).ok_or(RestoreFault::OutOfTurn)?;
        self.chosen = Some(self.found.swap_remove(at));
        self.phase = Phase::Adding;
        Ok(self.challenge(space))
    }

    /// Goes on after a connection broke while this device was being added: whether it was is read from the roster. Nothing before the
    /// person has chosen.
    pub fn again(&mut self) -> Option<RestoreStep> {
        let chosen = self.chosen.as_ref().filter(|_| matches!(self.phase, Phase::Adding))?;
        Some(self.challenge(chosen.roster.space()))
    }

    /// Makes the vault on this device, under a local key that its passphrase protects already: between the link and the disk nothing
    /// slow comes any more.
    ///
    /// # Errors
    /// This device is not in the roster, or its wrap does not open.
    pub fn seal(
        &mut self,
        local: LocalKey,
        wrapped: Vec<u8>,
        url: &str,
        entropy: &mut dyn Entropy,
    ) -> Result<(Unlocked, Commit), RestoreFault> {
        let (Phase::Linked, Some((key, store))) = (&self.phase, self.server) else {
            return Err(RestoreFault::OutOfTurn);
        };
        let vault = self.chosen.take().ok_or(RestoreFault::OutOfTurn)?;
        let secrets = self.secrets.take().ok_or(RestoreFault::OutOfTurn)?;
        let mut keys = Keys::new(local.into(), secrets, vault.roots);
        keys.learn(&vault.roster);
        // Nobody else has told this device anything that the server could be held to.
        let pins = Pins::linked(Some(store), vault.roster.head(), &Vector::default(), keys.feed);
        let server =
            ServerChoice { url: url.to_owned(), server_key: *key.as_bytes(), invite: self.invite.take() };
        Ok(begun(keys, &vault.links, &pins, &server, wrapped, entropy))
    }

    fn id(&self) -> MemberId {
        self.paper.keys().paper_id().into()
    }

    fn challenge(&self, space: SpaceId) -> RestoreStep {
        RestoreStep::Send(RestoreSend::Challenge { space, paper: self.id() })
    }

    /// The space that is being talked about; zero while spaces are looked for.
    fn space(&self) -> Result<SpaceId, RestoreFault> {
        match &self.phase {
            Phase::Finding => Ok(SpaceId::ZERO),
            Phase::Entering(space) => Ok(*space),
            Phase::Looking(candidate, _) => Ok(candidate.roster.space()),
            Phase::Adding => {
                let chosen = self.chosen.as_ref().ok_or(RestoreFault::OutOfTurn)?;
                Ok(chosen.roster.space())
            }
            Phase::Asking | Phase::Linked => Err(RestoreFault::OutOfTurn),
        }
    }

    /// Proves the paper's keys to a server that has proved its own; from the first time on to no other one.
    fn answer(
        &mut self,
        nonce: [u8; 32],
        server_key: [u8; 32],
        store_id: [u8; 16],
        signature: [u8; 64],
    ) -> Result<RestoreStep, RestoreFault> {
        let (space, paper) = (self.space()?, self.id());
        let server = SignKey::from_bytes(server_key).map_err(|_| RestoreFault::OtherServer)?;
        let store = StoreId::from_bytes(store_id);
        let challenge = Challenge {
            server,
            nonce: Nonce::from_bytes(nonce),
            space,
            role: Role::Paper,
            member: paper,
            store,
        };
        let pinned = self.server.map_or(server, |(pinned, _)| pinned);
        let signature = Signature::from_bytes(signature);
        let answer = challenge.answer(&pinned, &signature, self.paper.signer());
        let signature = *answer.map_err(|_| RestoreFault::OtherServer)?.as_bytes();
        if let (None, Some(invite)) = (self.server, &self.invite) {
            check_invite(invite, &server_key)?;
        }
        self.server = Some((server, store));
        Ok(RestoreStep::Send(match self.phase {
            Phase::Finding => {
                RestoreSend::FindSpaces { keys: self.paper.keys().to_bytes().to_vec(), nonce, signature }
            }
            _ => RestoreSend::LogIn { space, paper, nonce, signature },
        }))
    }

    /// Goes on to the next space that the server named; once there is none, to the person.
    fn next(&mut self) -> Result<RestoreStep, RestoreFault> {
        if let Some(space) = self.queue.pop_front() {
            self.phase = Phase::Entering(space);
            return Ok(self.challenge(space));
        }
        if self.found.is_empty() {
            return Err(self.passed.take().unwrap_or(RestoreFault::NoVault));
        }
        self.phase = Phase::Asking;
        Ok(RestoreStep::Found)
    }

    fn pass_over(&mut self, why: RestoreFault) -> Result<RestoreStep, RestoreFault> {
        self.passed = Some(why);
        self.next()
    }

    fn enter(&mut self, space: SpaceId, links: Vec<Vec<u8>>) -> Result<RestoreStep, RestoreFault> {
        match Candidate::read(space, links, &self.paper) {
            Ok(candidate) => {
                let roster_seq = candidate.roster.head().seq;
                self.phase = Phase::Looking(Box::new(candidate), Vec::new());
                Ok(RestoreStep::Send(RestoreSend::Look { space, roster_seq }))
            }
            Err(why) => self.pass_over(why),
        }
    }

    fn look(&mut self, vector: &Vector) -> Result<RestoreStep, RestoreFault> {
        let Phase::Looking(candidate, asked) = &mut self.phase else { return Err(RestoreFault::OutOfTurn) };
        *asked = candidate.newest_of(vector);
        self.fetch()
    }

    /// Asks for the next record to look at; once there is none, the vault is one of those found.
    fn fetch(&mut self) -> Result<RestoreStep, RestoreFault> {
        match std::mem::replace(&mut self.phase, Phase::Finding) {
            Phase::Looking(candidate, asked) => match asked.last() {
                Some((feed, seq, _)) => {
                    let fetch =
                        RestoreSend::Fetch { space: candidate.roster.space(), feed: *feed, seq: *seq };
                    self.phase = Phase::Looking(candidate, asked);
                    Ok(RestoreStep::Send(fetch))
                }
                None => {
                    self.found.push(*candidate);
                    self.next()
                }
            },
            _ => Err(RestoreFault::OutOfTurn),
        }
    }

    fn record(&mut self, records: Vec<Bytes>) -> Result<RestoreStep, RestoreFault> {
        let Phase::Looking(candidate, asked) = &mut self.phase else { return Err(RestoreFault::OutOfTurn) };
        let (feed, seq, left) = asked.pop().ok_or(RestoreFault::OutOfTurn)?;
        match records.into_iter().next() {
            Some(record) => {
                if let Err(why) = candidate.note(feed, seq, record) {
                    return self.pass_over(why);
                }
            }
            // Its body is gone: the one before it may be there.
            None if seq > 1 && left > 1 => asked.push((feed, seq - 1, left - 1)),
            None => {}
        }
        self.fetch()
    }

    /// Reads the roster once more, which must go on from what was shown, and makes the link that adds this device behind it.
    fn follow(
        &mut self,
        links: Vec<Vec<u8>>,
        entropy: &mut dyn Entropy,
    ) -> Result<RestoreStep, RestoreFault> {
        let shown = self.chosen.as_ref().ok_or(RestoreFault::OutOfTurn)?.roster.head();
        let vault = Candidate::read(self.space()?, links, &self.paper)?;
        if vault.roster.hash_at(shown.seq) != Some(shown.hash) {
            return Err(RestoreFault::Forged);
        }
        let secrets = self.secrets.as_ref().ok_or(RestoreFault::OutOfTurn)?;
        let is_in = vault.roster.is_current(&secrets.keys().id());
        let vault = self.chosen.insert(vault);
        if is_in {
            self.phase = Phase::Linked;
            return Ok(RestoreStep::Linked);
        }
        if self.tries >= limits::RESTORE_TRIES_MAX {
            return Err(RestoreFault::Moved);
        }
        self.tries += 1;
        let link = vault.adding(&self.paper, secrets, &self.name, entropy)?;
        let head = vault.roster.head();
        let bytes = link.bytes().to_vec();
        vault.adding = Some(link);
        Ok(RestoreStep::Send(RestoreSend::Append {
            space: vault.roster.space(),
            head_seq: head.seq,
            head: head.hash,
            link: bytes,
        }))
    }

    fn added(&mut self) -> Result<RestoreStep, RestoreFault> {
        let vault = self.chosen.as_mut().ok_or(RestoreFault::OutOfTurn)?;
        let link = vault.adding.take().ok_or(RestoreFault::OutOfTurn)?;
        vault.roster.append(&link).map_err(|fault| RestoreFault::of_roster(&fault))?;
        vault.links.push(link);
        self.phase = Phase::Linked;
        Ok(RestoreStep::Linked)
    }

    fn refused(&mut self, refusal: Refusal) -> Result<RestoreStep, RestoreFault> {
        let why = match refusal {
            Refusal::Replaced => RestoreFault::Replaced,
            Refusal::FeedUnknown | Refusal::SpaceUnknown => RestoreFault::NoVault,
            refusal => RestoreFault::Refused(refusal),
        };
        match (&self.phase, refusal) {
            (Phase::Adding, Refusal::RosterMoved) => {
                Ok(RestoreStep::Send(RestoreSend::ListLinks { space: self.space()? }))
            }
            // Another one that it named may be the one.
            (Phase::Entering(_), Refusal::Replaced | Refusal::FeedUnknown | Refusal::SpaceUnknown) => {
                self.pass_over(why)
            }
            _ => Err(why),
        }
    }
}

#[cfg(test)]
mod tests;
