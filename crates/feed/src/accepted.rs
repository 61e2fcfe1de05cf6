//! What counts of removed feeds: one rule, with one answer on every device, in whatever order it hears.
//!
//! A removed device, or a thief with its keys, can still sign records that its chain allows, with any date it likes. So a
//! verified record of a removed feed counts only when it is an ancestor of a position that somebody else named: the head in
//! the removal itself, or a position in the vector (or an explicit acceptance) of a record of another feed that counts. That
//! is the least fixpoint over what the records say, decided before anything is applied. The rest stays where it is, readable,
//! and counts as soon as somebody names it. No honest writing is lost; no dishonest one slips in.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::ids::{FeedId, Position, RecordId, Vector};
use crate::roster::Roster;

/// What one opened record says of other feeds: its vector, and what it accepts explicitly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Says {
    /// The feed of the record.
    pub by: FeedId,
    /// Its number.
    pub seq: u64,
    /// The positions it names.
    pub names: Vec<(FeedId, Position)>,
}

/// Up to where the records of removed feeds count. Every verified record of a feed that is a member counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Accepted {
    bounds: BTreeMap<FeedId, u64>,
    /// Where somebody who counts names another record than the one that is held, and a feed that does; none when the removal
    /// itself does.
    pub contradicted: BTreeMap<(FeedId, u64), Option<FeedId>>,
}

impl Accepted {
    /// Says whether a held record counts.
    pub fn counts(&self, feed: &FeedId, seq: u64) -> bool {
        self.bounds.get(feed).is_none_or(|bound| seq <= *bound)
    }

    /// Returns the last number that counts of a removed feed; none for a member.
    pub fn bound(&self, feed: &FeedId) -> Option<u64> {
        self.bounds.get(feed).copied()
    }
}

/// Decides what counts, from the roster, what is held, what counted before (`settled`) and what the records at hand say.
///
/// A position that is not held yet says nothing: ask again when more has arrived. Nothing that counted stops to count unless
/// a further removal comes; then `settled` is left empty and every record that is held says again what it says.
pub fn accepted(
    roster: &Roster,
    held: &dyn Fn(&FeedId, u64) -> Option<RecordId>,
    settled: &Vector,
    says: &[Says],
) -> Accepted {
    let mut accepted = Accepted::default();
    for (feed, member) in roster.feeds() {
        let Some(removal) = member.removed else { continue };
        accepted.bounds.insert(feed, settled.seq(&feed));
        if let Some(head) = removal.head {
            accepted.hear(feed, head, None, held);
        }
    }
    // Of each feed what was not heard yet, its next record last. When more of a feed counts, it goes on where it stopped, so that each
    // record is looked at once: whoever names and is named in turn by the ten thousand keeps nobody busy.
    let mut unheard: BTreeMap<FeedId, Vec<&Says>> = BTreeMap::new();
    for said in says.iter().filter(|said| roster.feed(&said.by).is_some()) {
        unheard.entry(said.by).or_default().push(said);
    }
    unheard.values_mut().for_each(|of| of.sort_by_key(|said| Reverse(said.seq)));
    let mut open: BTreeSet<FeedId> = unheard.keys().copied().collect();
    while let Some(by) = open.pop_first() {
        let Some(of) = unheard.get_mut(&by) else { continue };
        while let Some(said) = of.pop_if(|said| accepted.counts(&by, said.seq)) {
            for (feed, position) in &said.names {
                if roster.vouches(&by, feed) && accepted.hear(*feed, *position, Some(by), held) {
                    open.insert(*feed);
                }
            }
        }
    }
    accepted
}

impl Accepted {
    /// Hears a name that counts, and says whether more counts for it.
    fn hear(
        &mut self,
        feed: FeedId,
        position: Position,
        by: Option<FeedId>,
        held: &dyn Fn(&FeedId, u64) -> Option<RecordId>,
    ) -> bool {
        let Some(bound) = self.bounds.get_mut(&feed) else { return false };
        match held(&feed, position.seq) {
            Some(id) if id != position.id => {
                // What a removal says is heard first, and stands.
                self.contradicted.entry((feed, position.seq)).or_insert(by);
            }
            Some(_) if position.seq > *bound => {
                *bound = position.seq;
                return true;
            }
            _ => {}
        }
        false
    }
}

impl Roster {
    /// Says whether what a record of `by` names of `feed` counts for it once it is removed. In a vault every other feed
    /// vouches. In a shared space a party vouches for its own feeds, and the owner for those of a party that is gone.
    pub fn vouches(&self, by: &FeedId, feed: &FeedId) -> bool {
        let (Some(witness), Some(member)) = (self.feed(by), self.feed(feed)) else { return false };
        let party = member.party.filter(|party| self.party(party).is_some()).or(self.owner());
        by != feed && witness.party == party
    }
    /// Says whether it may come to count by that one day: the owner vouches for a party's feeds as soon as that party is gone.
    pub fn may_vouch(&self, by: &FeedId, feed: &FeedId) -> bool {
        let is_owners = |feed: &FeedId| self.feed(feed).is_some_and(|member| member.party == self.owner());
        self.vouches(by, feed) || (is_owners(by) && !is_owners(feed))
    }
}
