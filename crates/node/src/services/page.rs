//! Pages of lists: where one ends the next goes on, also when entries were added or removed meanwhile.

use std::sync::Arc;

use haven_core::id::EntryId;
use haven_core::limits::LIST_LIMIT_MAX;
use haven_core::time::{SortKey, Timestamp};
use haven_engine::view::{Place, Row};

use haven_api::error::ApiError;

/// What a client asked for.
pub(super) struct Page {
    limit: usize,
    /// The last entry of the page before.
    after: Option<Place>,
}

/// A page's entries, where to go on, and how many entries there are in all.
pub(super) struct Paged {
    pub(super) rows: Vec<Arc<Row>>,
    pub(super) next: String,
    pub(super) total: u32,
}

impl Page {
    /// Reads a request for a page.
    pub(super) fn read(limit: u32, page: &str) -> Result<Self, ApiError> {
        let limit = match usize::try_from(limit) {
            Ok(0) | Err(_) => LIST_LIMIT_MAX,
            Ok(limit) => limit.min(LIST_LIMIT_MAX),
        };
        let after = match page {
            "" => None,
            page => Some(place(page).ok_or_else(|| {
                ApiError::invalid("no page was named", "a list did not name this one")
                    .with_next("Begin again from the first page.")
            })?),
        };
        Ok(Self { limit, after })
    }

    /// Takes the page from entries that come newest first, and counts them all, or as many as `known` says.
    pub(super) fn take<'a>(&self, rows: impl Iterator<Item = &'a Arc<Row>>, known: Option<u64>) -> Paged {
        let mut paged = Paged { rows: Vec::new(), next: String::new(), total: 0 };
        for row in rows {
            paged.total = paged.total.saturating_add(1);
            if self.after.is_some_and(|after| row.place() >= after) {
                continue;
            }
            if paged.rows.len() < self.limit {
                paged.rows.push(Arc::clone(row));
            } else {
                if paged.next.is_empty() {
                    paged.next = paged.rows.last().map(|last| name(last.place())).unwrap_or_default();
                }
                if known.is_some() {
                    break;
                }
            }
        }
        if let Some(known) = known {
            paged.total = u32::try_from(known).unwrap_or(u32::MAX);
        }
        paged
    }
}

fn name((key, created, id): Place) -> String {
    format!("{}.{}.{}.{id}", key.seconds, key.nanos, created.as_millis())
}

fn place(page: &str) -> Option<Place> {
    let mut parts = page.splitn(4, '.');
    let key = SortKey { seconds: parts.next()?.parse().ok()?, nanos: parts.next()?.parse().ok()? };
    let created = Timestamp::from_millis(parts.next()?.parse().ok()?);
    Some((key, created, parts.next()?.parse::<EntryId>().ok()?))
}
