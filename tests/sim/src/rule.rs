//! What has to be shown of a device that was removed, told once more and plainly: whatever is, or comes before, a record that
//! whoever removed it named, or that a record of another device names which counts itself.

use std::collections::BTreeMap;

use haven_feed::ids::{FeedId, Position, RecordId};

/// A feed as the devices that remain hold it, from its first record on.
#[derive(Default)]
pub struct Held {
    /// The ids, in order.
    pub ids: Vec<RecordId>,
    /// What each record that opens names.
    pub names: Vec<(u64, Vec<(FeedId, Position)>)>,
}

/// The heads that removals have named, by who was removed.
pub type Removed = BTreeMap<FeedId, Option<Position>>;

/// The last record that counts of each feed that was removed. `hears`: whether what a record says of a feed is to be heard.
pub fn counted(
    removed: &Removed,
    held: &BTreeMap<FeedId, Held>,
    hears: &dyn Fn(&FeedId, u64, &FeedId) -> bool,
) -> BTreeMap<FeedId, u64> {
    let is_held = |feed: &FeedId, position: &Position| {
        let place = usize::try_from(position.seq).ok().and_then(|seq| seq.checked_sub(1));
        let id = held.get(feed).zip(place).and_then(|(held, place)| held.ids.get(place));
        id == Some(&position.id)
    };
    let mut bounds: BTreeMap<FeedId, u64> = BTreeMap::new();
    for (feed, head) in removed {
        let head = head.filter(|head| is_held(feed, head));
        bounds.insert(*feed, head.map_or(0, |head| head.seq));
    }
    loop {
        let before = bounds.clone();
        for (by, theirs) in held {
            let counting =
                theirs.names.iter().filter(|(seq, _)| before.get(by).is_none_or(|last| seq <= last));
            for (seq, names) in counting {
                for (feed, position) in names {
                    let counts = feed != by && hears(by, *seq, feed) && is_held(feed, position);
                    if let Some(bound) = bounds.get_mut(feed).filter(|_| counts) {
                        *bound = position.seq.max(*bound);
                    }
                }
            }
        }
        if bounds == before {
            return bounds;
        }
    }
}
