//! What a device that restores a vault asks of the server, and hears.

use bytes::Bytes;
use haven_feed::ids::{FeedId, LinkHash, MemberId, SpaceId, Vector};

use crate::sync::Refusal;

/// What the shell is to ask of the server, always as the paper.
pub enum RestoreSend {
    /// A challenge; answered by [`RestoreInput::Challenged`].
    Challenge {
        /// The space; zero to look for spaces.
        space: SpaceId,
        /// The paper.
        paper: MemberId,
    },
    /// The vaults of the paper; answered by [`RestoreInput::Found`].
    FindSpaces {
        /// The paper's public keys.
        keys: Vec<u8>,
        /// The server's nonce.
        nonce: [u8; 32],
        /// Over the login digest.
        signature: [u8; 64],
    },
    /// A session; answered by [`RestoreInput::LoggedIn`].
    LogIn {
        /// The space.
        space: SpaceId,
        /// The paper.
        paper: MemberId,
        /// The server's nonce.
        nonce: [u8; 32],
        /// Over the login digest.
        signature: [u8; 64],
    },
    /// The roster from genesis on; answered by [`RestoreInput::Links`].
    ListLinks {
        /// The space.
        space: SpaceId,
    },
    /// What the server holds of each feed; answered by [`RestoreInput::Holds`].
    Look {
        /// The space.
        space: SpaceId,
        /// The last link that is known here.
        roster_seq: u64,
    },
    /// One record with its body; answered by [`RestoreInput::Records`].
    Fetch {
        /// The space.
        space: SpaceId,
        /// Whose.
        feed: FeedId,
        /// Its place.
        seq: u64,
    },
    /// Append the link that adds this device; answered by [`RestoreInput::Appended`].
    Append {
        /// The space.
        space: SpaceId,
        /// The place of the head it stands on.
        head_seq: u64,
        /// That head.
        head: LinkHash,
        /// The link.
        link: Vec<u8>,
    },
}

/// What the server answers.
pub enum RestoreInput {
    /// To a challenge.
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
    /// The vaults that it says are the paper's.
    Found(Vec<SpaceId>),
    /// The session is open.
    LoggedIn,
    /// The roster's links.
    Links(Vec<Vec<u8>>),
    /// What it says to hold of each feed.
    Holds(Vector),
    /// The record, or none.
    Records(Vec<Bytes>),
    /// The link is in the roster.
    Appended,
    /// No.
    Refused(Refusal),
}

/// What comes next.
pub enum RestoreStep {
    /// Ask this.
    Send(RestoreSend),
    /// Show what [`super::Restoring::found`] tells, and wait for [`super::Restoring::choose`].
    Found,
    /// This device is in the roster; then [`super::Restoring::seal`].
    Linked,
}
