//! Who is who: challenges that are good for one log-in, tokens that are good for a quarter of an hour. In memory only:
//! after a restart everybody logs in again.
//!
//! Nothing is kept of a challenge that was only asked for: its nonce says when it was made and proves by whom and for whom. So
//! however many a stranger asks for, those of the members are good.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use haven_feed::digest::{Digest, digest, mac};
use haven_feed::roster::consent::Role;
use haven_feed::{MemberId, Nonce, SpaceId};
use haven_wire::session::Token;
use tokio::time::{Duration, Instant};

use crate::limits::{NONCE_LIFETIME, NONCES_SPENT_MAX, TOKEN_LIFETIME, TOKENS_PER_MEMBER_MAX};

/// Makes a nonce its server's own.
const NONCE_LABEL: &str = "haven/1/nonce";
const COMPARED_LABEL: &str = "haven/1/nonce/compared";

/// Bytes of a nonce that say when it was made, and bytes that make it unlike any other; the rest proves both.
const TIME: usize = 8;
const SALT: usize = 8;
const MAC: usize = 16;

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
pub(crate) struct Sessions {
    /// Makes the nonces of this run, and no other run's.
    key: [u8; 32],
    /// What their times count from.
    started: Instant,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Nonces that were answered, for better or worse, and are not old.
    spent: BTreeSet<Nonce>,
    /// The same in the order of their answers.
    answered: VecDeque<(Instant, Nonce)>,
    tokens: BTreeMap<Digest, (Session, Instant)>,
    /// Tokens of each member, the oldest first.
    of_member: BTreeMap<Session, VecDeque<Digest>>,
    /// How many tokens there may be before the old ones are looked for: twice what the last look left.
    tokens_swept: usize,
}

impl Sessions {
    /// Begins a run with a key that nobody else has.
    pub(crate) fn begin(key: [u8; 32], started: Instant) -> Self {
        Self { key, started, state: Mutex::default() }
    }

    /// Makes the nonce of a challenge.
    pub(crate) fn nonce(&self, session: Session, salt: [u8; SALT], now: Instant) -> Nonce {
        let ms = u64::try_from(now.duration_since(self.started).as_millis()).unwrap_or(u64::MAX);
        let mut nonce = [0; TIME + SALT + MAC];
        nonce[..TIME].copy_from_slice(&ms.to_be_bytes());
        nonce[TIME..TIME + SALT].copy_from_slice(&salt);
        let proof = self.proof(&nonce[..TIME + SALT], session);
        nonce[TIME + SALT..].copy_from_slice(&proof);
        Nonce::from_bytes(nonce)
    }

    /// Says whether a nonce was made here for this session and is neither old nor answered, and spends it, whatever becomes of the
    /// answer. Beyond the limit the oldest answer is forgotten: whoever could send it once more has read the traffic that the token
    /// came by, and so has that too.
    pub(crate) fn redeem(&self, nonce: &Nonce, session: Session, now: Instant) -> bool {
        let Some(until) = self.good_until(nonce, session) else { return false };
        let mut state = self.state();
        state.forget_old_nonces(now);
        if until <= now || !state.spent.insert(*nonce) {
            return false;
        }
        state.answered.push_back((now + NONCE_LIFETIME, *nonce));
        if state.answered.len() > NONCES_SPENT_MAX {
            state.forget_oldest_nonce();
        }
        true
    }

    /// Until when a nonce is good, if it was made here for this session.
    fn good_until(&self, nonce: &Nonce, session: Session) -> Option<Instant> {
        let (said, proof) = nonce.as_bytes().split_at(TIME + SALT);
        // Compared by what they hash to: how long it takes tells nothing about either.
        let compared = |proof: &[u8]| mac(&self.key, COMPARED_LABEL, &[proof]);
        if compared(proof) != compared(&self.proof(said, session)) {
            return None;
        }
        let made = Duration::from_millis(u64::from_be_bytes(*said.first_chunk()?));
        self.started.checked_add(made)?.checked_add(NONCE_LIFETIME)
    }

    fn proof(&self, said: &[u8], Session { space, role, member }: Session) -> [u8; MAC] {
        mac(&self.key, NONCE_LABEL, &[said, space.as_bytes(), &[role as u8], member.as_bytes()]).first()
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
    fn forget_old_nonces(&mut self, now: Instant) {
        while self.answered.front().is_some_and(|(until, _)| *until <= now) {
            self.forget_oldest_nonce();
        }
    }

    fn forget_oldest_nonce(&mut self) {
        if let Some((_, nonce)) = self.answered.pop_front() {
            self.spent.remove(&nonce);
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
    use super::*;

    fn session(n: u8) -> Session {
        Session {
            space: SpaceId::from_bytes([n; 32]),
            role: Role::Feed,
            member: MemberId::from_bytes([n; 8]),
        }
    }

    /// Sessions, and the time they began at.
    fn begun() -> (Sessions, Instant) {
        let start = Instant::now();
        (Sessions::begin([7; 32], start), start)
    }

    fn token(n: u8) -> Token {
        Token::from_bytes([n; 32])
    }

    #[test]
    fn a_nonce_is_good_once_for_a_minute_and_for_whom_it_was_made() {
        let (sessions, start) = begun();
        let made = start + Duration::from_secs(5);
        let redeemed = |salt: u8, by: Session, after: Duration| {
            let nonce = sessions.nonce(session(1), [salt; SALT], made);
            [by, by, session(1)].map(|by| sessions.redeem(&nonce, by, made + after))
        };
        assert_eq!(redeemed(1, session(1), Duration::ZERO), [true, false, false]);
        assert_eq!(redeemed(2, session(1), NONCE_LIFETIME - Duration::from_millis(1)), [true, false, false]);
        assert_eq!(redeemed(3, session(1), NONCE_LIFETIME), [false; 3]);
        for other in [
            session(2),
            Session { role: Role::Paper, ..session(1) },
            Session { member: MemberId::from_bytes([2; 8]), ..session(1) },
        ] {
            assert_eq!(redeemed(4, other, Duration::ZERO)[..2], [false; 2], "{other:?}");
        }
    }

    #[test]
    fn a_nonce_of_another_run_or_with_a_changed_bit_is_none() {
        let (sessions, start) = begun();
        let foreign = Sessions::begin([8; 32], start).nonce(session(1), [1; SALT], start);
        assert!(!sessions.redeem(&foreign, session(1), start));
        let good = *sessions.nonce(session(1), [1; SALT], start).as_bytes();
        for bit in 0..good.len() * 8 {
            let mut changed = good;
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(!sessions.redeem(&Nonce::from_bytes(changed), session(1), start), "bit {bit}");
        }
        assert!(sessions.redeem(&Nonce::from_bytes(good), session(1), start));
    }

    #[test]
    fn however_many_are_asked_for_or_answered_an_honest_one_is_good() {
        let (sessions, start) = begun();
        let honest = sessions.nonce(session(1), [0; SALT], start);
        for n in 0..=NONCES_SPENT_MAX as u64 {
            let nonce = sessions.nonce(session(2), n.to_be_bytes(), start);
            assert!(sessions.redeem(&nonce, session(2), start));
        }
        assert_eq!(sessions.state().spent.len(), NONCES_SPENT_MAX);
        assert!(sessions.redeem(&honest, session(1), start));
        assert!(!sessions.redeem(&honest, session(1), start));
    }

    #[test]
    fn a_token_is_good_until_it_is_old_replaced_or_ended() {
        let (sessions, start) = begun();
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
        let (sessions, start) = begun();
        let answer = |salt: u8, now| {
            let nonce = sessions.nonce(session(1), [salt; SALT], now);
            assert!(sessions.redeem(&nonce, session(1), now));
        };
        answer(1, start);
        let many = u32::try_from(TOKENS_SWEPT_MIN).expect("few");
        let feed = |n: u32| Session {
            member: MemberId::from_bytes([[0; 4], n.to_be_bytes()].concat().try_into().expect("8")),
            ..session(1)
        };
        for n in 0..many {
            let token = Token::from_bytes([n.to_be_bytes(); 8].concat().try_into().expect("32"));
            sessions.open(&token, feed(n), start);
        }
        answer(2, start + TOKEN_LIFETIME);
        sessions.open(&token(1), session(2), start + TOKEN_LIFETIME);
        let state = sessions.state();
        assert_eq!((state.spent.len(), state.answered.len()), (1, 1));
        assert_eq!((state.tokens.len(), state.of_member.len()), (1, 1));
    }
}
