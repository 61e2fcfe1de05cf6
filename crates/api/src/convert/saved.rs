//! Saved drafts, there and back.

use haven_core::time::Timestamp;

use super::draft::{kept_from_pb, to_pb as draft_to_pb};
use super::entry::exercise_ref_from_pb;
use super::value::{map_from_pb, map_to_pb};
use super::{read_some, sent, some, text, unreadable};
use crate::drafts::{Becomes, DraftId, DraftSummary, SavedDraft, Sealing};
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
        held: saved.held,
        // The device's to say.
        meant: String::new(),
        typed: map_to_pb(saved.typed),
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
        held: saved.held,
        meant: some(saved.meant),
        typed: map_from_pb(saved.typed),
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
        opening: draft.opening,
        problem: draft.problem,
    })
}

/// Writes words to be sealed.
pub fn sealing_to_pb(sealing: Sealing) -> pb::SealDraftRequest {
    let mut saved = pb::SavedDraft { draft: Some(draft_to_pb(sealing.draft)), ..Default::default() };
    match sealing.becomes {
        Becomes::Entry => pb::SealDraftRequest { saved: Some(saved), ..Default::default() },
        Becomes::Draft { id, entry, base_version, held } => {
            saved.held = held;
            saved.draft_id = id_to_pb(id);
            saved.entry_id = text(entry);
            saved.base_version = base_version.unwrap_or_default();
            pb::SealDraftRequest { saved: Some(saved), ..Default::default() }
        }
        Becomes::Changes { entry, remove_tags } => {
            saved.entry_id = entry;
            pb::SealDraftRequest { saved: Some(saved), changes: true, remove_tags }
        }
    }
}

/// Reads words to be sealed. Nothing in them is looked up; a time and a kind are read.
///
/// # Errors
/// A time, a kind, an exercise or an id is none.
pub fn sealing_from_pb(request: pb::SealDraftRequest) -> Result<Sealing, ApiError> {
    let saved = request.saved.unwrap_or_default();
    let mut draft = kept_from_pb(saved.draft.unwrap_or_default())
        .map_err(|fault| ApiError::invalid("the words can't be kept", fault.why))?;
    // Which of them are answers is looked at once the vault is open.
    draft.answers.extend(map_from_pb(saved.typed));
    let becomes = if request.changes {
        Becomes::Changes { entry: saved.entry_id, remove_tags: request.remove_tags }
    } else if saved.draft_id.is_empty() {
        Becomes::Entry
    } else {
        let unnamed =
            || ApiError::invalid("no draft was named", "a draft's id has 32 digits, each 0-9 or a-f");
        let no_entry = |_| ApiError::invalid("no entry was named", "a draft names its entry by the whole id");
        Becomes::Draft {
            id: id_from_pb(&saved.draft_id).ok_or_else(unnamed)?,
            entry: some(saved.entry_id).map(|id| id.parse().map_err(no_entry)).transpose()?,
            base_version: some(saved.base_version),
            held: saved.held,
        }
    };
    Ok(Sealing { draft, becomes })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::Draft;

    #[test]
    fn words_to_be_sealed_arrive_as_they_were_sent() {
        let (id, entry) = ([7; 16], haven_core::id::EntryId::from_bytes([9; 16]));
        let base_version = Some("ab".to_owned());
        for becomes in [
            Becomes::Entry,
            Becomes::Draft { id, entry: None, base_version: None, held: true },
            Becomes::Draft { id, entry: Some(entry), base_version, held: false },
            Becomes::Changes { entry: "09".to_owned(), remove_tags: vec!["sad".to_owned()] },
        ] {
            let people = vec!["somebody new".to_owned()];
            let sealing = Sealing { draft: Draft { people, ..Draft::note("words") }, becomes };
            assert_eq!(sealing_from_pb(sealing_to_pb(sealing.clone())), Ok(sealing));
        }
        let saved = Some(pb::SavedDraft { draft_id: "no".to_owned(), ..Default::default() });
        let wrong = pb::SealDraftRequest { saved, ..Default::default() };
        assert!(sealing_from_pb(wrong).is_err());
    }

    #[test]
    fn the_name_of_a_draft_is_32_hex_letters() {
        let id = std::array::from_fn(|place| u8::try_from(place * 17).unwrap());
        assert_eq!(id_from_pb(&id_to_pb(id)), Some(id));
        for wrong in ["", "00", &"g".repeat(32), &"+1".repeat(16), &"0".repeat(33), &"é".repeat(16)] {
            assert_eq!(id_from_pb(wrong), None, "{wrong}");
        }
    }
}
