//! The tags of the journal, counted.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use haven_api::pb;
use haven_core::entry::Tag;
use haven_engine::view::{Filter, View};

/// The tags of all entries that are not in the trash, the most used first, then by name.
pub(super) fn counted(view: &View) -> Vec<pb::TagCount> {
    let mut counts: BTreeMap<&Tag, u32> = BTreeMap::new();
    let all = Filter::default();
    for tag in view.list(&all).flat_map(|row| &row.entry.tags) {
        *counts.entry(tag).or_default() += 1;
    }
    let mut counted: Vec<_> = counts.into_iter().collect();
    counted.sort_by_key(|(_, entries)| Reverse(*entries));
    let told = |(tag, entries): (&Tag, u32)| pb::TagCount { tag: tag.as_str().to_owned(), entries };
    counted.into_iter().map(told).collect()
}
