//! Joining a vault on a new device: reads the code that an existing device shows, proves its keys, shows three words, compares
//! three that the other device shows once it has let this one in, and only then follows the roster until it is in it. Pure; the
//! shell carries the messages.

use haven_crypto::code::CodeFault;
use haven_crypto::feedkeys::FeedSecrets;
pub use haven_crypto::linking::{Farewell, LinkingFault};
use haven_crypto::linking::{Joiner, LinkSecret, Offer, Welcome};
use haven_crypto::local::LocalKey;
use haven_crypto::words;
use haven_feed::auth::Challenge;
use haven_feed::exchange::Pins;
use haven_feed::ids::{FeedId, Nonce, SpaceId, StoreId};
use haven_feed::keys::{SignKey, Signature};
use haven_feed::roster::consent::Role;
use haven_feed::roster::{Link, LinkFault, Roster};
use thiserror::Error;

use crate::command::ServerChoice;
use crate::engine::encode_server;
use crate::io::{Commit, Entropy, Table, Write, draw};
use crate::keys::{Keys, meta};
use crate::limits;
use crate::sync::Refusal;
use crate::vault::{KdfCost, Unlocked, VaultFault, first_commit, guarded};

/// How long to wait before asking again whether the roster has this device.
const POLL_MS: u64 = 300;

/// What the shell is to do for a joining device.
pub enum JoinSend {
    /// Watch a mailbox by its id, from its first message on.
    Watch {
        /// Its id.
        mailbox: [u8; 16],
    },
    /// Put a message into a mailbox.
    Post {
        /// Its id.
        mailbox: [u8; 16],
        /// Its place.
        index: u32,
        /// Sealed.
        message: Vec<u8>,
    },
    /// Ask for a challenge; answered by [`JoinInput::Challenged`].
    Challenge {
        /// The space.
        space: SpaceId,
        /// As this feed.
        feed: FeedId,
    },
    /// Log in; answered by [`JoinInput::LoggedIn`].
    LogIn {
        /// The space.
        space: SpaceId,
        /// As this feed.
        feed: FeedId,
        /// The server's nonce.
        nonce: [u8; 32],
        /// Over the login digest.
        signature: [u8; 64],
    },
    /// List the roster's links from genesis on; answered by [`JoinInput::Links`].
    ListLinks {
        /// The space.
        space: SpaceId,
    },
    /// Send [`JoinInput::Again`] after a while.
    Retry {
        /// How long.
        after_ms: u64,
    },
}

/// What a joining device hears.
pub enum JoinInput {
    /// A message in the mailbox.
    Mailbox {
        /// Its place.
        index: u32,
        /// Sealed.
        message: Vec<u8>,
    },
    /// The last message of a mailbox that was closed.
    Farewell(Vec<u8>),
    /// The mailbox was closed, and no more was said.
    Closed,
    /// The server's answer to a challenge.
    Challenged {
        /// Its nonce.
        nonce: [u8; 32],
        /// Its identity key.
        server_key: [u8; 32],
        /// Which store it is.
        store_id: [u8; 16],
        /// Its signature.
        signature: [u8; 64],
    },
    /// The session is open.
    LoggedIn,
    /// The roster's links.
    Links(Vec<Vec<u8>>),
    /// The server refused.
    Refused(Refusal),
    /// The wait is over.
    Again,
}

/// What a step of joining brings.
#[derive(Default)]
pub struct JoinStep {
    /// What to send.
    pub send: Vec<JoinSend>,
    /// Words one to three, to be shown once known.
    pub words: Option<String>,
    /// Whether the other device has let this one in, so far as it says: words four to six are wanted, by [`Joining::compare`].
    pub wants_words: bool,
    /// Whether this device is in the roster; then [`Joining::seal`].
    pub linked: bool,
}

/// Why joining ended.
#[derive(Debug, Error)]
pub enum JoinFault {
    /// The code is mistyped, or not a linking code.
    #[error(transparent)]
    Code(CodeFault),
    /// The code is of a kind that only a later version makes.
    #[error("the other device uses a newer Haven, and its codes can't be read here")]
    CodeNewer,
    /// The code is over: unknown to the server, used, or past its two minutes.
    #[error("the code has run out: it's good for two minutes and one device")]
    CodeOver,
    /// The existing device ended the linking, and says why.
    #[error("the other device ended the linking")]
    Ended(Farewell),
    /// The mailbox was closed without a word.
    #[error("the other device ended the linking, or lost its connection")]
    Closed,
    /// A message did not fit the code.
    #[error(transparent)]
    Linking(#[from] LinkingFault),
    /// The server is not the one the existing device uses.
    #[error("this isn't the server that the other device uses")]
    OtherServer,
    /// The roster that the server shows is not the one the existing device showed.
    #[error("the server shows another list of devices than the other device did")]
    RosterForged,
    /// The server refused.
    #[error("the server refused")]
    Refused(Refusal),
    /// The words are not such words at all; joining goes on, and they may be given again.
    #[error("these aren't three words as the other device shows them")]
    WordsMistyped,
    /// The words are not those that this device and the other one have in common.
    #[error("these aren't the words that your other device shows")]
    OtherWords,
    /// The other device uses a newer Haven, whose journal holds what this one can't read: it would show less than there is.
    #[error("the other device uses a newer Haven, and this one couldn't read all that's in the journal")]
    Newer,
    /// Messages came in another order than they can.
    #[error("the other device said something that doesn't fit here")]
    OutOfTurn,
    /// The vault could not be made on this device.
    #[error(transparent)]
    Vault(#[from] VaultFault),
}

impl JoinFault {
    fn of_code(fault: CodeFault) -> Self {
        match fault {
            CodeFault::Incompatible => Self::CodeNewer,
            fault => Self::Code(fault),
        }
    }

    /// A link of a later version is no forgery: this device has to be updated before it can follow the roster.
    fn of_roster(fault: LinkFault) -> Self {
        match fault {
            LinkFault::Incompatible(_) => Self::Linking(LinkingFault::Incompatible),
            _ => Self::RosterForged,
        }
    }

    /// What the other device is told of it; nothing where it knows, or nobody listens there any more.
    pub fn to_tell(&self) -> Option<Farewell> {
        match self {
            Self::OtherWords => Some(Farewell::WrongWords),
            Self::Newer | Self::Linking(LinkingFault::Incompatible) => Some(Farewell::UpdateNeeded),
            Self::Linking(_) | Self::OutOfTurn => Some(Farewell::Misbehaved),
            Self::OtherServer | Self::RosterForged | Self::Refused(_) | Self::Vault(_) => {
                Some(Farewell::Other)
            }
            Self::Code(_)
            | Self::CodeNewer
            | Self::CodeOver
            | Self::Ended(_)
            | Self::Closed
            | Self::WordsMistyped => None,
        }
    }
}

/// A device on its way into a vault.
pub struct Joining {
    mailbox: [u8; 16],
    /// Message 1 as it went out. Whoever finds another in its place came too late.
    first: Vec<u8>,
    /// Whether the other device has ours, and so speaks with this device and no other.
    is_heard: bool,
    joiner: Joiner,
    secrets: FeedSecrets,
    offered: Option<Offer>,
    /// Whether message 4 came.
    let_in: bool,
    /// What it says, once words four to six were compared.
    welcome: Option<Welcome>,
    roster: Option<(Roster, Vec<Link>)>,
}

/// Whether these are three words such as a device shows, whichever they are.
pub fn could_be_words(typed: &str) -> bool {
    words::parse::<3>(typed).is_ok()
}

impl Joining {
    /// Begins with the typed or scanned code, under the name this device shall have.
    ///
    /// # Errors
    /// The code is mistyped or of another kind, or the name is longer than 64 bytes.
    pub fn start(code: &str, name: &str, entropy: &mut dyn Entropy) -> Result<(Self, JoinStep), JoinFault> {
        let secret = LinkSecret::parse(code).map_err(JoinFault::of_code)?;
        let secrets = FeedSecrets::drawn(|place| entropy.fill(place));
        let mut joiner = Joiner::new(&secret, secrets.keys(), name, draw(entropy))?;
        let message = joiner.commit(draw(entropy))?;
        let mailbox = secret.mailbox_id();
        let first = message.clone();
        let send = vec![JoinSend::Watch { mailbox }, JoinSend::Post { mailbox, index: 1, message }];
        let joining = Self {
            mailbox,
            first,
            is_heard: false,
            joiner,
            secrets,
            offered: None,
            let_in: false,
            welcome: None,
            roster: None,
        };
        Ok((joining, JoinStep { send, ..JoinStep::default() }))
    }

    /// Takes one input. A message out of turn, such as one that was heard before, changes nothing.
    ///
    /// # Errors
    /// Joining is over; begin again with a new code.
    pub fn step(&mut self, input: JoinInput, entropy: &mut dyn Entropy) -> Result<JoinStep, JoinFault> {
        match self.take(input, entropy) {
            Err(JoinFault::Linking(LinkingFault::OutOfTurn)) => Ok(JoinStep::default()),
            taken => taken,
        }
    }

    fn take(&mut self, input: JoinInput, entropy: &mut dyn Entropy) -> Result<JoinStep, JoinFault> {
        match input {
            // Another device used the code first. What is said there is not for this one, and this one has no say in it.
            JoinInput::Mailbox { index: 1, message } if message != self.first => Err(JoinFault::CodeOver),
            JoinInput::Mailbox { index: 1, .. } => {
                self.is_heard = true;
                Ok(JoinStep::default())
            }
            JoinInput::Mailbox { index: 2, message } => self.reveal(&message, entropy),
            JoinInput::Mailbox { index: 4, message } => {
                self.joiner.receive(&message)?;
                self.let_in = true;
                Ok(JoinStep { wants_words: true, ..JoinStep::default() })
            }
            // Once this device is let in, only the words and the roster tell the rest.
            JoinInput::Farewell(_) | JoinInput::Closed | JoinInput::Refused(Refusal::MailboxGone)
                if self.let_in =>
            {
                Ok(JoinStep::default())
            }
            JoinInput::Farewell(message) => {
                Err(self.joiner.farewell(&message).map_or(JoinFault::Closed, JoinFault::Ended))
            }
            JoinInput::Closed => Err(JoinFault::Closed),
            // Our own messages come back to us as well.
            JoinInput::Mailbox { .. } => Ok(JoinStep::default()),
            JoinInput::Challenged { nonce, server_key, store_id, signature } => {
                self.log_in(nonce, server_key, store_id, signature)
            }
            JoinInput::LoggedIn => Ok(sends(JoinSend::ListLinks { space: self.offer()?.space })),
            JoinInput::Links(links) => self.follow(links),
            JoinInput::Refused(Refusal::FeedUnknown) => Ok(sends(JoinSend::Retry { after_ms: POLL_MS })),
            JoinInput::Refused(Refusal::MailboxGone) => Err(JoinFault::CodeOver),
            JoinInput::Refused(refusal) => Err(JoinFault::Refused(refusal)),
            JoinInput::Again => self.ask(),
        }
    }

    /// Compares words four to six, as the person read them from the other device. Before that this device asks nothing of the
    /// vault it was offered, and keeps nothing of it.
    ///
    /// # Errors
    /// [`JoinFault::WordsMistyped`]: give them again. [`JoinFault::OutOfTurn`]: none are wanted. After anything else joining is over.
    pub fn compare(&mut self, typed: &str) -> Result<JoinStep, JoinFault> {
        let welcome = self.joiner.compare(typed).map_err(|fault| match fault {
            LinkingFault::Mistyped(_) => JoinFault::WordsMistyped,
            LinkingFault::OtherWords => JoinFault::OtherWords,
            LinkingFault::OutOfTurn => JoinFault::OutOfTurn,
            fault => fault.into(),
        })?;
        // Manifests are drawn and not built: behind one there may be records that no server has any more.
        if welcome.manifest.is_some() {
            return Err(JoinFault::Newer);
        }
        self.welcome = Some(welcome);
        self.ask()
    }

    /// What tells the other device that this one keeps nothing, and why; nothing from a device that it never heard, whose word
    /// would end the linking of another. Of use until the mailbox is closed.
    pub fn leave(&self, why: Farewell, entropy: &mut dyn Entropy) -> Option<JoinSend> {
        let message = self.is_heard.then(|| self.joiner.leave(why, draw(entropy)))?;
        Some(JoinSend::Post { mailbox: self.mailbox, index: limits::LINK_LEFT_INDEX, message })
    }

    fn reveal(&mut self, message: &[u8], entropy: &mut dyn Entropy) -> Result<JoinStep, JoinFault> {
        let message = self.joiner.reveal(message, &self.secrets, draw(entropy))?;
        self.is_heard = true;
        self.offered = self.joiner.offer();
        let words = self.joiner.words().map(|words| words.join(" "));
        let send = vec![JoinSend::Post { mailbox: self.mailbox, index: 3, message }];
        Ok(JoinStep { send, words, ..JoinStep::default() })
    }

    fn offer(&self) -> Result<Offer, JoinFault> {
        self.offered.ok_or(JoinFault::OutOfTurn)
    }

    fn ask(&self) -> Result<JoinStep, JoinFault> {
        Ok(sends(JoinSend::Challenge { space: self.offer()?.space, feed: self.secrets.keys().id() }))
    }

    fn log_in(
        &self,
        nonce: [u8; 32],
        server_key: [u8; 32],
        store_id: [u8; 16],
        signature: [u8; 64],
    ) -> Result<JoinStep, JoinFault> {
        let welcome = self.welcome.as_ref().ok_or(JoinFault::OutOfTurn)?;
        let challenge = Challenge {
            server: SignKey::from_bytes(server_key).map_err(|_| JoinFault::OtherServer)?,
            nonce: Nonce::from_bytes(nonce),
            space: self.offer()?.space,
            role: Role::Feed,
            member: self.secrets.keys().id().into(),
            store: StoreId::from_bytes(store_id),
        };
        let signature = Signature::from_bytes(signature);
        let answer = challenge.answer(&welcome.server_key, &signature, self.secrets.signer());
        let signature = *answer.map_err(|_| JoinFault::OtherServer)?.as_bytes();
        let feed = self.secrets.keys().id();
        Ok(sends(JoinSend::LogIn { space: challenge.space, feed, nonce, signature }))
    }

    /// Verifies the roster from genesis; it must contain what the existing device showed, and this device.
    fn follow(&mut self, links: Vec<Vec<u8>>) -> Result<JoinStep, JoinFault> {
        let offer = self.offer()?;
        let links: Vec<Link> =
            links.into_iter().map(Link::parse).collect::<Result<_, _>>().map_err(JoinFault::of_roster)?;
        let roster = Roster::replay(&links).map_err(JoinFault::of_roster)?;
        let shown = roster.hash_at(offer.head.seq) == Some(offer.head.hash);
        if roster.space() != offer.space || !shown {
            return Err(JoinFault::RosterForged);
        }
        if !roster.is_current(&self.secrets.keys().id()) {
            return Ok(sends(JoinSend::Retry { after_ms: POLL_MS }));
        }
        self.roster = Some((roster, links));
        Ok(JoinStep { linked: true, ..JoinStep::default() })
    }

    /// Makes the vault on this device, under a passphrase of its own. Slow: stretches the passphrase.
    ///
    /// # Errors
    /// Words four to six were not compared, this device is not in the roster yet, the wrap for it does not open, or the passphrase is too long.
    pub fn seal(
        self,
        passphrase: &str,
        cost: KdfCost,
        url: &str,
        entropy: &mut dyn Entropy,
    ) -> Result<(Unlocked, Commit), JoinFault> {
        let (local, wrapped) = guarded(passphrase, cost, entropy)?;
        self.seal_with(local, wrapped, url, entropy)
    }

    /// The same with a local key that is wrapped already; the simulator wraps it with nothing.
    ///
    /// # Errors
    /// As [`Joining::seal`].
    pub fn seal_with(
        self,
        local: LocalKey,
        wrapped: Vec<u8>,
        url: &str,
        entropy: &mut dyn Entropy,
    ) -> Result<(Unlocked, Commit), JoinFault> {
        let (roster, links) = self.roster.ok_or(JoinFault::OutOfTurn)?;
        let welcome = self.welcome.ok_or(JoinFault::OutOfTurn)?;
        let mut keys = Keys::new(local.into(), self.secrets, std::collections::BTreeMap::new());
        keys.learn(&roster);
        if !keys.roots.contains_key(&roster.epoch()) {
            return Err(JoinFault::RosterForged);
        }
        // Whoever added this device speaks for what it knew.
        let added = roster.feed(&keys.feed).map(|member| member.added_seq);
        let author = links.iter().find(|link| Some(link.seq()) == added).map(Link::author);
        let by = roster.feeds().map(|(feed, _)| feed).find(|feed| Some((*feed).into()) == author);
        let by = by.ok_or(JoinFault::RosterForged)?;
        let pins = Pins::linked(Some(welcome.store), roster.head(), &welcome.vector, by);
        let server_key = *welcome.server_key.as_bytes();
        let server = ServerChoice { url: url.to_owned(), server_key, invite: None };
        Ok(begun(keys, &links, &pins, &server, wrapped, entropy))
    }
}

/// A vault as it begins on a device that came into one there is: its keys, the whole roster, and its server.
pub(crate) fn begun(
    keys: Keys,
    links: &[Link],
    pins: &Pins,
    server: &ServerChoice,
    wrapped: Vec<u8>,
    entropy: &mut dyn Entropy,
) -> (Unlocked, Commit) {
    let space = links[0].space();
    let mut commit = first_commit(&keys, space, wrapped, entropy);
    for link in links {
        commit.writes.push(Write::Link { space, seq: link.seq(), bytes: link.bytes().to_vec() });
    }
    for (key, plain) in [(meta::PINS, pins.encode()), (meta::SERVER, encode_server(server))] {
        commit.put(Table::Meta, key, keys.seal(Table::Meta, key, &plain, entropy));
    }
    (Unlocked { keys, space }, commit)
}

fn sends(send: JoinSend) -> JoinStep {
    JoinStep { send: vec![send], ..JoinStep::default() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::{create_with, local_key};

    /// Bytes that are different at every draw.
    struct Counting(u8);

    impl Entropy for Counting {
        fn fill(&mut self, bytes: &mut [u8]) {
            self.0 += 1;
            bytes.fill(self.0);
        }
    }

    /// What a joiner makes of a roster of genesis and these links; it was offered genesis.
    fn followed(change: impl FnOnce(&mut Vec<Vec<u8>>)) -> Result<JoinStep, JoinFault> {
        let mut entropy = Counting(0);
        let created = create_with(local_key([1; 32]), vec![1], "Laptop", &mut entropy).ok().unwrap();
        let genesis = created.commit.writes.iter().find_map(|write| match write {
            Write::Link { bytes, .. } => Some(Link::parse(bytes.clone()).unwrap()),
            _ => None,
        });
        let genesis = genesis.unwrap();
        let code = LinkSecret::from_entropy([2; 16]).code();
        let (mut joining, _) = Joining::start(&code, "Phone", &mut entropy).unwrap();
        joining.offered = Some(Offer { space: genesis.space(), head: genesis.head() });
        let mut links = vec![genesis.bytes().to_vec()];
        change(&mut links);
        joining.follow(links)
    }

    /// The next link with something in it that a later version wrote.
    fn later(links: &mut Vec<Vec<u8>>, at: usize, says: u8) {
        let mut link = links[0].clone();
        link[at] = says;
        links.push(link);
    }

    #[test]
    fn links_of_a_later_version_ask_the_joiner_for_an_update() {
        assert!(followed(|_| ()).is_ok());
        // The version, two kinds of links, and the suite of the first keys.
        for (at, says) in [(0, 2), (1, 5), (1, 6), (119, 2)] {
            let fault = followed(|links| later(links, at, says)).err();
            assert!(matches!(fault, Some(JoinFault::Linking(LinkingFault::Incompatible))), "{at}: {fault:?}");
            let fault = followed(|links| links[0][at] = says).err();
            assert!(matches!(fault, Some(JoinFault::Linking(LinkingFault::Incompatible))), "{at}: {fault:?}");
        }
        let forged = |links: &mut Vec<Vec<u8>>| links[0][200] ^= 1;
        assert!(matches!(followed(forged).err(), Some(JoinFault::RosterForged)));
        assert!(matches!(followed(|links| later(links, 1, 0)).err(), Some(JoinFault::RosterForged)));
    }
}
