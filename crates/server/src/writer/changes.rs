//! From an admission to what the store does.

use haven_feed::SpaceId;
use haven_feed::chain::Tip;
use haven_feed::exchange::server::Admission;
use haven_feed::record::VerifiedRecord;

use crate::store::Change;

/// One change for each stretch of one feed, in the order of the push: that is the order of arrival. Bodies come after, since a
/// push may bring a husk and then its body.
pub(super) fn changes_of(space: SpaceId, admission: &Admission) -> impl Iterator<Item = Change> {
    let stretches =
        |records| <[VerifiedRecord]>::chunk_by(records, |one, next| one.header().feed == next.header().feed);
    let new = stretches(&admission.new).map(move |stretch| {
        let (first, last) = (&stretch[0], &stretch[stretch.len() - 1]);
        let records = stretch.iter().map(|record| record.bytes().clone()).collect();
        let (feed, first) = (first.header().feed, first.header().seq);
        Change::Records { space, feed, first, tip: Tip::of(last), records }
    });
    let bodies = stretches(&admission.bodies).map(move |stretch| {
        let records = stretch.iter().map(|record| (record.header().seq, record.bytes().clone())).collect();
        Change::Bodies { space, feed: stretch[0].header().feed, records }
    });
    new.chain(bodies)
}
