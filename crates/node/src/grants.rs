//! The grants of pages and plug-ins: what may be made, who is let in, and what ends. Of a token only its hash is kept: whoever
//! reads a copy of where they are kept gets in nowhere.

mod kept;

use std::collections::BTreeSet;

use haven_api::error::{ApiError, ErrorReason};
use haven_api::grants::{GRANT_NAME_MAX, Grant, Scope};
use haven_core::time::Timestamp;
use haven_feed::digest::mac;

pub use self::kept::Unreadable;

use self::kept::{Kept, Kind, token_hash};

/// Random bytes of a token: nobody guesses 256 bits.
pub const TOKEN_BYTES: usize = 32;

/// Bytes that whoever wants a proof chooses: no proof can be kept for them beforehand.
pub const NONCE_BYTES: usize = 32;

/// What stands before such bytes when a proof is made.
const DOOR: &str = "haven/1/door";

/// Plug-ins with a grant: more than anybody looks through.
pub const PLUGINS_MAX: usize = 64;

/// Pages with a session; one more ends the one that was used the longest ago.
pub const PAGES_MAX: usize = 16;

/// Addresses that wait for a browser; one more ends the oldest.
const CODES_MAX: usize = 4;

/// How long an address waits for its browser.
const CODE_MS: i64 = 60 * 1_000;

/// How long a page's session lives unused: half a day. The journal behind it is locked long before.
const PAGE_IDLE_MS: i64 = 12 * 60 * 60 * 1_000;

/// To what a use is rounded.
const USED_MS: i64 = 60 * 1_000;

/// What a page's grant is called.
const PAGE_NAME: &str = "web page";

/// Every grant that has not ended. `now_ms` is milliseconds since 1970 everywhere.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grants(Vec<Kept>);

/// A token or code as it is shown, once.
pub struct Shown {
    /// What was granted by it.
    pub grant: Grant,
    /// The secret.
    pub token: String,
}

impl Grants {
    /// Makes a grant for a plug-in.
    ///
    /// # Errors
    /// `INVALID_ARGUMENT`: the name, the scopes or the end does not fit, or there are too many.
    pub fn create(
        &mut self,
        name: &str,
        scopes: BTreeSet<Scope>,
        ends: Option<Timestamp>,
        now_ms: i64,
        random: [u8; TOKEN_BYTES],
    ) -> Result<Shown, ApiError> {
        let now = Timestamp::from_millis(now_ms);
        self.clear(now);
        let refused = |why: String| Err(ApiError::invalid("no token was made", why));
        let name = name.trim();
        let long = name.chars().count();
        if long == 0 || long > GRANT_NAME_MAX || name.chars().any(char::is_control) {
            return refused(format!("a name has 1 to {GRANT_NAME_MAX} characters, on one line"));
        }
        if scopes.is_empty() {
            return refused("it would allow nothing".to_owned());
        }
        if ends.is_some_and(|ends| ends <= now) {
            return refused("it would have ended already".to_owned());
        }
        let mut plugins = self.0.iter().filter(|kept| kept.kind == Kind::Plugin);
        if plugins.clone().count() >= PLUGINS_MAX {
            return Err(ApiError::invalid("no token was made", format!("there are {PLUGINS_MAX} already"))
                .with_next("End one that nothing uses any more.")
                .at_terminal("End one that nothing uses with `haven token revoke ID`."));
        }
        if plugins.any(|kept| kept.name == name) {
            return Err(ApiError::invalid("no token was made", format!("there is one called {name:?}"))
                .with_next("Give it another name, or end the other first.")
                .at_terminal("Give it another name, or end the other with `haven token revoke ID`."));
        }
        Ok(self.keep(Kind::Plugin, name, scopes, ends, now, random))
    }

    /// Makes the code of an address for a browser.
    pub fn code(&mut self, now_ms: i64, random: [u8; TOKEN_BYTES]) -> Shown {
        let now = Timestamp::from_millis(now_ms);
        self.clear(now);
        self.make_room(Kind::Code, CODES_MAX);
        self.keep(Kind::Code, PAGE_NAME, Scope::ALL.into(), Some(later(now, CODE_MS)), now, random)
    }

    /// Trades a code for a page's session; the code is good for nothing afterwards.
    pub fn begin(&mut self, code: &str, now_ms: i64, random: [u8; TOKEN_BYTES]) -> Option<Shown> {
        let now = Timestamp::from_millis(now_ms);
        self.clear(now);
        let hash = token_hash(code)?;
        let at = self.0.iter().position(|kept| kept.kind == Kind::Code && kept.hash == hash)?;
        self.0.remove(at);
        self.make_room(Kind::Page, PAGES_MAX);
        Some(self.keep(Kind::Page, PAGE_NAME, Scope::ALL.into(), Some(later(now, PAGE_IDLE_MS)), now, random))
    }

    /// The grant that a token shows, noted as used.
    pub fn admit(&mut self, token: &str, now_ms: i64) -> Option<Grant> {
        let now = Timestamp::from_millis(now_ms);
        let hash = token_hash(token)?;
        let found = self.0.iter_mut().find(|kept| kept.kind != Kind::Code && kept.hash == hash)?;
        if found.is_over(now) {
            return None;
        }
        let used = Timestamp::from_millis(now.as_millis().div_euclid(USED_MS) * USED_MS);
        if found.used.is_none_or(|before| before < used) {
            found.used = Some(used);
            if found.kind == Kind::Page {
                found.ends = Some(later(now, PAGE_IDLE_MS));
            }
        }
        Some(found.grant())
    }

    /// Shows to whoever has a session that this is where it began: HMAC-SHA256(hash of the token, "haven/1/door" || nonce). Against
    /// a program that took the port: it has the hash as little as the token, and may ask nobody who has (a connection of another
    /// account is closed unread). `None` if the grant has ended or never was; it is not noted as used.
    pub fn prove(&mut self, id: &str, nonce: &[u8; NONCE_BYTES], now_ms: i64) -> Option<[u8; 32]> {
        self.clear(Timestamp::from_millis(now_ms));
        let kept = self.0.iter().find(|kept| kept.kind != Kind::Code && kept.id == id)?;
        Some(*mac(&kept.hash, DOOR, &[nonce]).as_bytes())
    }

    /// What has not ended: plug-ins first, then pages, each oldest first.
    pub fn list(&mut self, now_ms: i64) -> Vec<Grant> {
        let now = Timestamp::from_millis(now_ms);
        self.clear(now);
        let of = |kind| self.0.iter().filter(move |kept| kept.kind == kind).map(Kept::grant);
        of(Kind::Plugin).chain(of(Kind::Page)).collect()
    }

    /// Ends a grant, by its id, the beginning of it, or its name.
    ///
    /// # Errors
    /// `NOT_FOUND`, `AMBIGUOUS_ID`.
    pub fn revoke(&mut self, id: &str, now_ms: i64) -> Result<Grant, ApiError> {
        let listed = self.list(now_ms);
        let named: Vec<&Grant> = listed.iter().filter(|grant| grant.name == id && !grant.is_page).collect();
        let begun = || listed.iter().filter(|grant| !id.is_empty() && grant.id.starts_with(id)).collect();
        let found: Vec<&Grant> = if named.is_empty() { begun() } else { named };
        match found.as_slice() {
            [] => Err(ApiError::new(ErrorReason::NotFound, "nothing was ended")
                .because("no token has that id or name")
                .with_next("Choose it from the list of what has access.")
                .at_terminal("`haven token list` shows them.")),
            [grant] => {
                self.0.retain(|kept| kept.id != grant.id);
                Ok((*grant).clone())
            }
            several => Err(ApiError::new(ErrorReason::AmbiguousId, "nothing was ended")
                .with_candidates(several.iter().map(|grant| grant.id.clone()))),
        }
    }

    /// Whether a browser's address or session, or a plug-in's grant, is left.
    pub fn is_empty(&mut self, now_ms: i64) -> bool {
        let now = Timestamp::from_millis(now_ms);
        self.clear(now);
        self.0.is_empty()
    }

    fn keep(
        &mut self,
        kind: Kind,
        name: &str,
        scopes: BTreeSet<Scope>,
        ends: Option<Timestamp>,
        now: Timestamp,
        random: [u8; TOKEN_BYTES],
    ) -> Shown {
        let (kept, token) = Kept::new(kind, name, scopes, ends, now, random);
        let grant = kept.grant();
        self.0.push(kept);
        Shown { grant, token }
    }

    /// Forgets what has ended.
    fn clear(&mut self, now: Timestamp) {
        self.0.retain(|kept| !kept.is_over(now));
    }

    /// Ends those of a kind that were used the longest ago, so that one more is within the limit.
    fn make_room(&mut self, kind: Kind, max: usize) {
        while self.0.iter().filter(|kept| kept.kind == kind).count() >= max {
            let all = self.0.iter().enumerate().filter(|(_, kept)| kept.kind == kind);
            let Some((oldest, _)) = all.min_by_key(|(_, kept)| kept.used.unwrap_or(kept.made)) else {
                return;
            };
            self.0.remove(oldest);
        }
    }
}

fn later(now: Timestamp, ms: i64) -> Timestamp {
    Timestamp::from_millis(now.as_millis().saturating_add(ms))
}

#[cfg(test)]
mod tests;
