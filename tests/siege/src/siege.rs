//! Which sieges there are, and how one goes.

use std::time::Duration;

use crate::attack::Attack;
use crate::camp::Camp;
use crate::outcome::{Memory, Outcome};
use crate::process::allow_many_connections;

/// How long the server may take to close what the besiegers left open, before it's said that it doesn't.
const CLOSED_MAX: Duration = Duration::from_secs(15);
/// The part of a siege's time that an honest member is listened to in peace, before and after.
const PEACE_PART: u32 = 10;
/// The least of it: some dozens of calls.
const PEACE_MIN: Duration = Duration::from_millis(250);

/// One way to be in the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Siege {
    /// A byte of preface and headers a second.
    Loris,
    /// Calls that are taken back at once.
    Resets,
    /// Headers that never end.
    Continuations,
    /// Pings.
    Pings,
    /// Settings.
    Settings,
    /// Answers that there is no room for, by whoever asked.
    Windows,
    /// Connections that say nothing.
    Idle,
    /// Requests that never end.
    Unfinished,
    /// A member's pulls that it never reads.
    Unread,
    /// Challenges that nobody answers.
    Challenges,
    /// Connections that go as they come.
    Connections,
    /// Invites that are guessed.
    Invites,
}

impl Siege {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::Loris,
        Self::Resets,
        Self::Continuations,
        Self::Pings,
        Self::Settings,
        Self::Windows,
        Self::Idle,
        Self::Unfinished,
        Self::Unread,
        Self::Challenges,
        Self::Connections,
        Self::Invites,
    ];

    /// What it's called.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Loris => "loris",
            Self::Resets => "resets",
            Self::Continuations => "continuations",
            Self::Pings => "pings",
            Self::Settings => "settings",
            Self::Windows => "windows",
            Self::Idle => "idle",
            Self::Unfinished => "unfinished",
            Self::Unread => "unread",
            Self::Challenges => "challenges",
            Self::Connections => "connections",
            Self::Invites => "invites",
        }
    }

    /// The one of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|siege| siege.name() == name)
    }

    /// Lays it to a new server for so long.
    pub async fn lay(self, length: Duration) -> Outcome {
        allow_many_connections();
        let camp = Camp::pitch().await;
        let descriptors = camp.descriptors();
        let peace = (length / PEACE_PART).max(PEACE_MIN);
        let before = camp.honest().listen(peace).await;
        let begun = camp.process.resident();
        camp.forget_peak();

        let attack = Attack::begin(self, camp.target());
        let during = camp.honest().listen(length).await;
        let highest = camp.is_running().then(|| camp.process.peak());
        let acts = attack.end();

        let left = camp.left_open(descriptors, CLOSED_MAX).await;
        let after = camp.honest().listen(peace).await;
        let memory = highest.filter(|_| camp.is_running()).map(|highest| Memory {
            before: begun,
            highest,
            after: camp.process.resident(),
        });
        Outcome { siege: self, acts, before, during, after, memory, left }
    }
}
