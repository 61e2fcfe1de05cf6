//! The feelings of the journal, counted.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use haven_api::pb;
use haven_core::feeling::{Feelings, named};
use haven_core::fold::fold;
use haven_engine::view::{Filter, View};

/// The feelings that entries name which are not in the trash, the most named first, then by what they are called.
pub(super) fn counted(view: &View, feelings: &Feelings<'_>, language: &str) -> Vec<pb::FeelingCount> {
    let mut counts: BTreeMap<String, pb::FeelingCount> = BTreeMap::new();
    let all = Filter::default();
    // The newest first, so that a word is told as it was written last.
    for row in view.list(&all) {
        let once: BTreeMap<String, &str> =
            named(&row.entry).map(|name| (feelings.key(name), name.trim())).collect();
        for (key, name) in once {
            let told = || told(feelings, name, language);
            counts.entry(key).or_insert_with(told).entries += 1;
        }
    }
    let mut counted: Vec<_> = counts.into_values().collect();
    counted.sort_by_cached_key(|count| (Reverse(count.entries), fold(&count.label)));
    counted
}

fn told(feelings: &Feelings<'_>, name: &str, language: &str) -> pb::FeelingCount {
    let feeling = feelings.id(name).unwrap_or(name).to_owned();
    let label = feelings.label(&feeling, language).unwrap_or(name).to_owned();
    pb::FeelingCount { feeling, label, entries: 0 }
}
