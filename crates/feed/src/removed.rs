//! What becomes of the records of a removed feed: the same answer on every device, in whatever order it hears.
//!
//! A removed device, or a thief with its keys, can still sign records that its chain allows, with any date it likes. So
//! a verified record of a removed feed counts only when it is an ancestor of a record that somebody else named: the head
//! in the removal itself, or a position in the vector (or an explicit acceptance) of an accepted record of another feed.
//! The rest is kept aside, readable, and can be accepted by hand. No honest writing is lost; no dishonest one slips in.

use crate::ids::Position;
use crate::record::VerifiedRecord;
use crate::roster::Removal;

/// How a run of a removed feed is settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settled {
    /// How many records of the run count, from its beginning; the rest is to be kept aside.
    pub accepted: usize,
    /// A named position that the run contradicts: the feed has two histories.
    pub contradicted: Option<Position>,
}

/// Settles a verified run of a removed feed.
///
/// `covers` are the positions of this feed that accepted records of other feeds name, in any order. A cover the run does
/// not reach says nothing yet: settle again when more of the feed has arrived, or when somebody names more.
pub fn settle(removal: &Removal, covers: &[Position], run: &[VerifiedRecord]) -> Settled {
    let mut settled = Settled { accepted: 0, contradicted: None };
    let named = || removal.head.iter().chain(covers);
    for (index, record) in run.iter().enumerate() {
        let position = record.position();
        for cover in named().filter(|cover| cover.seq == position.seq) {
            if cover.id == position.id {
                settled.accepted = index + 1;
            } else {
                settled.contradicted.get_or_insert(*cover);
            }
        }
    }
    settled
}
