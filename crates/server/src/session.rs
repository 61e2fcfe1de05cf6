//! Who is who: challenges that are good for one log-in, tokens that are good for a quarter of an hour. In memory only:
//! after a restart everybody logs in again.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use haven_feed::auth::Challenge;
use haven_feed::digest::{Digest, digest};
use haven_feed::roster::consent::Role;
use haven_feed::{MemberId, Nonce, SpaceId};
use haven_wire::session::Token;
use tokio::time::Instant;

use crate::limits::{NONCE_LIFETIME, NONCES_MAX, TOKEN_LIFETIME, TOKENS_PER_MEMBER_MAX};

/// What is kept of a token: whoever reads our memory or times our lookups learns none.
const TOKEN_LABEL: &str = "haven/1/token";

/// Tokens that are not worth a look for old ones among them.
const TOKENS_SWEPT_MIN: usize = 1_024;

/// One member's access to one space.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Session {
    /// The space; zero to look for the spaces of a paper.
    pub(crate) space: SpaceId,
    /// As what.
    pub(crate) role: Role,
    /// The member.
    pub(crate) member: MemberId,
}

/// All challenges and sessions.
#[derive(Default)]
pub(crate) struct Sessions {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    challenges: BTreeMap<Nonce, Challenge>,
    /// Nonces in the order of issue, which is the order of expiry.
    issued: VecDeque<(Instant, Nonce)>,
    tokens: BTreeMap<Digest, (Session, Instant)>,
    /// Tokens of each member, the oldest first.
    of_member: BTreeMap<Session, VecDeque<Digest>>,
    /// How many tokens there may be before the old ones are looked for: twice what the last look left.
    tokens_swept: usize,
}

impl Sessions {
    /// Keeps a challenge until it is answered or old.
    pub(crate) fn issue(&self, challenge: Challenge, now: Instant) {
        let mut state = self.state();
        state.expire_nonces(now);
        if state.issued.len() >= NONCES_MAX {
            state.forget_oldest_nonce();
        }
        state.challenges.insert(challenge.nonce, challenge);
        state.issued.push_back((now + NONCE_LIFETIME, challenge.nonce));
    }

    /// Gives a challenge out, once, whatever becomes of it.
    pub(crate) fn redeem(&self, nonce: &Nonce, session: Session, now: Instant) -> Option<Challenge> {
        let mut state = self.state();
        state.expire_nonces(now);
        let challenge = state.challenges.remove(nonce)?;
        let asked = Session { space: challenge.space, role: challenge.role, member: challenge.member };
        (asked == session).then_some(challenge)
    }

    /// Opens a session.
    pub(crate) fn open(&self, token: &Token, session: Session, now: Instant) {
        let mut state = self.state();
        state.sweep_tokens(now);
        let key = key_of(token);
        let mine = state.of_member.entry(session).or_default();
        mine.push_back(key);
        let surplus = if mine.len() > TOKENS_PER_MEMBER_MAX { mine.pop_front() } else { None };
        if let Some(surplus) = surplus {
            state.tokens.remove(&surplus);
        }
        state.tokens.insert(key, (session, now + TOKEN_LIFETIME));
    }

    /// Finds the session of a token.
    pub(crate) fn find(&self, token: &Token, now: Instant) -> Option<Session> {
        let (session, until) = self.state().tokens.get(&key_of(token)).copied()?;
        (now < until).then_some(session)
    }

    /// Ends all sessions of a member.
    pub(crate) fn end(&self, session: Session) {
        let mut state = self.state();
        for key in state.of_member.remove(&session).unwrap_or_default() {
            state.tokens.remove(&key);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn expire_nonces(&mut self, now: Instant) {
        while self.issued.front().is_some_and(|(until, _)| *until <= now) {
            self.forget_oldest_nonce();
        }
    }

    fn forget_oldest_nonce(&mut self) {
        if let Some((_, nonce)) = self.issued.pop_front() {
            self.challenges.remove(&nonce);
        }
    }

    /// Drops old tokens once there may be as many as good ones.
    fn sweep_tokens(&mut self, now: Instant) {
        if self.tokens.len() < self.tokens_swept.max(TOKENS_SWEPT_MIN) {
            return;
        }
        self.tokens.retain(|_, (_, until)| now < *until);
        let tokens = &self.tokens;
        self.of_member.retain(|_, mine| {
            mine.retain(|key| tokens.contains_key(key));
            !mine.is_empty()
        });
        self.tokens_swept = 2 * self.tokens.len();
    }
}

fn key_of(token: &Token) -> Digest {
    digest(TOKEN_LABEL, &[token.as_bytes()])
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use haven_feed::StoreId;
    use haven_feed::keys::Signer;

    use super::*;

    fn session(n: u8) -> Session {
        Session {
            space: SpaceId::from_bytes([n; 32]),
            role: Role::Feed,
            member: MemberId::from_bytes([n; 8]),
        }
    }

    fn challenge(nonce: u64, session: Session) -> Challenge {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&nonce.to_be_bytes());
        Challenge {
            server: Signer::from_seed(&[1; 32]).key(),
            nonce: Nonce::from_bytes(bytes),
            space: session.space,
            role: session.role,
            member: session.member,
            store: StoreId::from_bytes([1; 16]),
        }
    }

    fn token(n: u8) -> Token {
        Token::from_bytes([n; 32])
    }

    #[test]
    fn a_nonce_is_good_once_for_a_minute_and_for_its_feed() {
        let (sessions, start) = (Sessions::default(), Instant::now());
        let redeemed = |n: u64, by: u8, after: Duration| {
            let issued = challenge(n, session(1));
            sessions.issue(issued, start);
            let first = sessions.redeem(&issued.nonce, session(by), start + after).is_some();
            let second = sessions.redeem(&issued.nonce, session(1), start + after).is_some();
            (first, second)
        };
        assert_eq!(redeemed(1, 1, Duration::ZERO), (true, false));
        assert_eq!(redeemed(2, 1, NONCE_LIFETIME - Duration::from_millis(1)), (true, false));
        assert_eq!(redeemed(3, 1, NONCE_LIFETIME), (false, false));
        assert_eq!(redeemed(4, 2, Duration::ZERO), (false, false), "a wrong member spends it");
        let issued = challenge(6, session(1));
        sessions.issue(issued, start);
        let as_paper = Session { role: Role::Paper, ..session(1) };
        assert!(sessions.redeem(&issued.nonce, as_paper, start).is_none(), "another role");
        assert!(
            sessions.redeem(&challenge(5, session(1)).nonce, session(1), start).is_none(),
            "never issued"
        );
    }

    #[test]
    fn nonces_are_bounded_and_the_newest_stay() {
        let (sessions, start) = (Sessions::default(), Instant::now());
        let count = NONCES_MAX as u64 + 10;
        (0..count).for_each(|n| sessions.issue(challenge(n, session(1)), start));
        assert_eq!(sessions.state().challenges.len(), NONCES_MAX);
        let good = |n| sessions.redeem(&challenge(n, session(1)).nonce, session(1), start).is_some();
        assert_eq!([good(9), good(10), good(count - 1)], [false, true, true]);
    }

    #[test]
    fn a_token_is_good_until_it_is_old_replaced_or_ended() {
        let (sessions, start) = (Sessions::default(), Instant::now());
        sessions.open(&token(1), session(1), start);
        let found = |n, after| sessions.find(&token(n), start + after);
        assert_eq!(found(1, Duration::ZERO), Some(session(1)));
        assert_eq!(found(2, Duration::ZERO), None);
        assert_eq!(found(1, TOKEN_LIFETIME - Duration::from_millis(1)), Some(session(1)));
        assert_eq!(found(1, TOKEN_LIFETIME), None);

        let start = start + TOKEN_LIFETIME;
        for n in 0..=u8::try_from(TOKENS_PER_MEMBER_MAX).expect("few") {
            sessions.open(&token(100 + n), session(1), start);
        }
        sessions.open(&token(50), session(2), start);
        let alive = |n| sessions.find(&token(n), start).is_some();
        assert_eq!([alive(100), alive(101), alive(108), alive(50)], [false, true, true, true]);
        sessions.end(session(1));
        assert_eq!([alive(101), alive(108), alive(50)], [false, false, true]);
    }

    #[test]
    fn nothing_stays_behind() {
        let (sessions, start) = (Sessions::default(), Instant::now());
        sessions.issue(challenge(1, session(1)), start);
        let many = u32::try_from(TOKENS_SWEPT_MIN).expect("few");
        let feed = |n: u32| Session {
            member: MemberId::from_bytes([[0; 4], n.to_be_bytes()].concat().try_into().expect("8")),
            ..session(1)
        };
        for n in 0..many {
            let token = Token::from_bytes([n.to_be_bytes(); 8].concat().try_into().expect("32"));
            sessions.open(&token, feed(n), start);
        }
        sessions.issue(challenge(2, session(1)), start + TOKEN_LIFETIME);
        sessions.open(&token(1), session(2), start + TOKEN_LIFETIME);
        let state = sessions.state();
        assert_eq!((state.challenges.len(), state.issued.len()), (1, 1));
        assert_eq!((state.tokens.len(), state.of_member.len()), (1, 1));
    }
}
