//! A grant as it is kept: lines of text, one a grant, its fields parted by tabs.
//!
//! ```text
//! haven grants 1
//! plugin <TAB> id <TAB> hash of the token <TAB> scopes <TAB> made <TAB> used <TAB> ends <TAB> name
//! ```
//!
//! Ids and hashes are hexadecimal, scopes their names with blanks between, times milliseconds since 1970 or `-`.

use std::collections::BTreeSet;

use haven_api::grants::{Grant, Scope};
use haven_core::id::{hex, parse_hex};
use haven_core::time::Timestamp;
use haven_feed::digest::digest;

use super::{Grants, TOKEN_BYTES};

/// What stands before a token when it is hashed.
const LABEL: &str = "haven/1/grant";

/// What every token begins with, so that one that lies about is known for what it is.
const PREFIX: &str = "haven_";

/// The first line of what is kept.
const HEAD: &str = "haven grants 1";

/// Bytes of an id, taken from the hash.
const ID_BYTES: usize = 8;

/// What is kept was written by a later release, or is damaged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unreadable;

/// What a grant is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A program that somebody gave a token.
    Plugin,
    /// A page of the app.
    Page,
    /// An address that waits for a browser.
    Code,
}

/// One grant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Kept {
    pub(super) kind: Kind,
    pub(super) id: String,
    pub(super) hash: [u8; 32],
    pub(super) scopes: BTreeSet<Scope>,
    pub(super) made: Timestamp,
    pub(super) used: Option<Timestamp>,
    pub(super) ends: Option<Timestamp>,
    pub(super) name: String,
}

/// The hash of a token; `None` for what is none.
pub(super) fn token_hash(token: &str) -> Option<[u8; 32]> {
    let digits = token.strip_prefix(PREFIX)?;
    (digits.len() == TOKEN_BYTES * 2).then(|| *digest(LABEL, &[digits.as_bytes()]).as_bytes())
}

impl Kind {
    const ALL: [Self; 3] = [Self::Plugin, Self::Page, Self::Code];

    fn as_str(self) -> &'static str {
        match self {
            Self::Plugin => "plugin",
            Self::Page => "page",
            Self::Code => "code",
        }
    }
}

impl Kept {
    /// Makes a grant, and its token of random bytes.
    pub(super) fn new(
        kind: Kind,
        name: &str,
        scopes: BTreeSet<Scope>,
        ends: Option<Timestamp>,
        made: Timestamp,
        random: [u8; TOKEN_BYTES],
    ) -> (Self, String) {
        let digits = hex(&random);
        let hash = digest(LABEL, &[digits.as_bytes()]);
        let id = hex(&hash.first::<ID_BYTES>());
        let name = name.to_owned();
        let kept = Self { kind, id, hash: *hash.as_bytes(), scopes, made, used: None, ends, name };
        (kept, format!("{PREFIX}{digits}"))
    }

    pub(super) fn is_over(&self, now: Timestamp) -> bool {
        self.ends.is_some_and(|ends| ends <= now)
    }

    pub(super) fn grant(&self) -> Grant {
        Grant {
            id: self.id.clone(),
            name: self.name.clone(),
            scopes: self.scopes.clone(),
            is_page: self.kind != Kind::Plugin,
            made: self.made,
            used: self.used,
            ends: self.ends,
        }
    }

    fn line(&self) -> String {
        let scopes: Vec<_> = self.scopes.iter().map(|scope| scope.as_str()).collect();
        let time = |time: Option<Timestamp>| {
            time.map_or_else(|| "-".to_owned(), |time| time.as_millis().to_string())
        };
        [
            self.kind.as_str(),
            &self.id,
            &hex(&self.hash),
            &scopes.join(" "),
            &time(Some(self.made)),
            &time(self.used),
            &time(self.ends),
            &self.name,
        ]
        .join("\t")
    }

    fn read(line: &str) -> Option<Self> {
        let fields: Vec<&str> = line.splitn(8, '\t').collect();
        let &[kind, id, hash, scopes, made, used, ends, name] = fields.as_slice() else { return None };
        let hash = parse_hex(hash).ok()?;
        let time = |text: &str| match text {
            "-" => Some(None),
            ms => Some(Some(Timestamp::from_millis(ms.parse().ok()?))),
        };
        Some(Self {
            kind: Kind::ALL.into_iter().find(|known| known.as_str() == kind)?,
            id: Some(id).filter(|id| *id == hex(&hash[..ID_BYTES]))?.to_owned(),
            hash,
            scopes: scopes.split(' ').map(|scope| scope.parse().ok()).collect::<Option<_>>()?,
            made: time(made)??,
            used: time(used)?,
            ends: time(ends)?,
            name: name.to_owned(),
        })
    }
}

impl Grants {
    /// Writes what is to be kept.
    pub fn to_text(&self) -> String {
        let lines = self.0.iter().map(Kept::line);
        std::iter::once(HEAD.to_owned()).chain(lines).map(|line| line + "\n").collect()
    }

    /// Reads what was kept.
    ///
    /// # Errors
    /// [`Unreadable`].
    pub fn from_text(text: &str) -> Result<Self, Unreadable> {
        let mut lines = text.lines();
        if lines.next() != Some(HEAD) {
            return Err(Unreadable);
        }
        lines.map(Kept::read).collect::<Option<_>>().map(Self).ok_or(Unreadable)
    }
}
