//! From an admission to what the store does.

use haven_feed::SpaceId;
use haven_feed::chain::Tip;
use haven_feed::exchange::server::Admission;

use crate::store::Change;

/// One change for each stretch of one feed, in the order of the push: that is the order of arrival.
pub(super) fn changes_of(space: SpaceId, admission: &Admission) -> impl Iterator<Item = Change> {
    let stretches = admission.new.chunk_by(|one, next| one.header().feed == next.header().feed);
    stretches.map(move |stretch| {
        let (first, last) = (&stretch[0], &stretch[stretch.len() - 1]);
        let records = stretch.iter().map(|record| record.bytes().clone()).collect();
        let (feed, first) = (first.header().feed, first.header().seq);
        Change::Records { space, feed, first, tip: Tip::of(last), records }
    })
}
