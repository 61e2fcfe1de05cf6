//! Saved drafts, there and back.

use haven_core::time::Timestamp;

use super::draft::{kept_from_pb, to_pb as draft_to_pb};
use super::entry::exercise_ref_from_pb;
use super::{read_some, sent, some, text, unreadable};
use crate::drafts::{DraftId, DraftSummary, SavedDraft};
use crate::error::ApiError;
use crate::pb;

/// Writes the name of a draft.
pub fn id_to_pb(id: DraftId) -> String {
    id.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Reads the name of a draft; `None` if it is no 32 hex letters.
pub fn id_from_pb(text: &str) -> Option<DraftId> {
    let digits = text.as_bytes();
    if digits.len() != 32 || !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    let mut id = DraftId::default();
    for (byte, pair) in id.iter_mut().zip(digits.chunks_exact(2)) {
        let pair = std::str::from_utf8(pair).ok()?;
        *byte = u8::from_str_radix(pair, 16).ok()?;
    }
    Some(id)
}

/// Writes a client's draft.
pub fn to_pb(saved: SavedDraft) -> pb::SavedDraft {
    pb::SavedDraft {
        draft_id: id_to_pb(saved.id),
        draft: Some(draft_to_pb(saved.draft)),
        entry_id: text(saved.entry),
        base_version: saved.base_version.unwrap_or_default(),
        saved_ms: saved.saved.as_millis(),
    }
}

/// Reads a draft as a client.
///
/// # Errors
/// The device wrote something that is none.
pub fn from_pb(saved: pb::SavedDraft) -> Result<SavedDraft, ApiError> {
    Ok(SavedDraft {
        id: id_from_pb(&saved.draft_id).ok_or_else(|| unreadable("draft"))?,
        draft: kept_from_pb(sent(saved.draft, "draft")?)?,
        entry: read_some(&saved.entry_id, "entry")?,
        base_version: some(saved.base_version),
        saved: Timestamp::from_millis(saved.saved_ms),
    })
}

/// Reads what lists show of a draft.
///
/// # Errors
/// The device wrote something that is none.
pub fn summary_from_pb(draft: pb::DraftSummary) -> Result<DraftSummary, ApiError> {
    Ok(DraftSummary {
        id: id_from_pb(&draft.draft_id).ok_or_else(|| unreadable("draft"))?,
        entry: read_some(&draft.entry_id, "entry")?,
        title: draft.title,
        saved: Timestamp::from_millis(draft.saved_ms),
        exercise: draft.exercise.as_ref().map(exercise_ref_from_pb).transpose()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_draft_is_32_hex_letters() {
        let id = std::array::from_fn(|place| u8::try_from(place * 17).unwrap());
        assert_eq!(id_from_pb(&id_to_pb(id)), Some(id));
        for wrong in ["", "00", &"g".repeat(32), &"+1".repeat(16), &"0".repeat(33), &"é".repeat(16)] {
            assert_eq!(id_from_pb(wrong), None, "{wrong}");
        }
    }
}
