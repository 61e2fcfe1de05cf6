//! Who may say what: a record is read as what its author may say in this kind of space, and the rest of it is passed over.
//!
//! | item               | vault | shared space: the owner | the other party |
//! |--------------------|-------|-------------------------|-----------------|
//! | purge              | yes   | -                       | -               |
//! | withdraw           | -     | of its own party        | of its own party|
//! | share              | -     | yes                     | -               |
//! | comment            | -     | yes                     | yes             |
//! | loaded             | yes   | -                       | -               |
//! | accept             | yes   | whom it vouches for     | whom it vouches for |
//! | changes            | yes   | -                       | -               |
//!
//! Which feed somebody vouches for is decided by the roster, and so is whose record may be called gone. Nobody says anything of a
//! feed that was not there yet at the link that the record names.

use haven_feed::ids::FeedId;
use haven_feed::roster::Roster;
use haven_feed::roster::body::SpaceKind;

use super::Content;

/// What somebody is in a space.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Voice {
    /// A device of the person whose vault it is.
    Vault,
    /// A device of whoever shares.
    Owner,
    /// A device of the other party.
    Other,
}

impl Voice {
    /// Looks up what a feed is. It never changes: a feed stays with its party, and a space with its owner.
    pub fn of(roster: &Roster, feed: &FeedId) -> Self {
        let party = roster.feed(feed).and_then(|member| member.party);
        match roster.kind() {
            SpaceKind::Vault => Self::Vault,
            SpaceKind::Shared if party == roster.owner() => Self::Owner,
            SpaceKind::Shared => Self::Other,
        }
    }
}

impl Content<'_> {
    /// Leaves what this voice may say.
    pub fn as_said_by(mut self, voice: Voice) -> Self {
        match voice {
            Voice::Vault => {
                self.withdrawn.clear();
                self.share = None;
                self.comment = None;
            }
            Voice::Owner | Voice::Other => {
                self.purges.clear();
                self.loaded = None;
                self.items.clear();
            }
        }
        if voice == Voice::Other {
            self.share = None;
        }
        self
    }

    /// Leaves what can be so of whose author knew the roster up to a link: of a feed that was added later nobody has seen anything yet.
    /// Whoever hears of that feed only after this record, and whoever heard of it before, then read the same in it.
    pub fn as_known_at(mut self, roster: &Roster, link: u64) -> Self {
        let is_known = |feed: &FeedId| roster.feed(feed).is_some_and(|member| member.added_seq <= link);
        self.seen = self.seen.iter().filter(|(feed, _)| is_known(feed)).collect();
        self.accepts.retain(|(feed, _)| is_known(feed));
        self.withdrawn.retain(|(feed, _)| is_known(feed));
        self.purges.iter_mut().for_each(|purge| purge.bodies.retain(|(feed, _)| is_known(feed)));
        self
    }
}
