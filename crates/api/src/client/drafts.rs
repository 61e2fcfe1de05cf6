//! What is being written and not saved yet.

use haven_core::time::Timestamp;

use super::{Client, Transport, fitting};
use crate::convert::saved::{from_pb, id_to_pb, sealing_to_pb, summary_from_pb, to_pb};
use crate::convert::{read, sent};
use crate::drafts::{DraftId, DraftSummary, SavedDraft, Sealed, Sealing};
use crate::error::ApiError;
use crate::journal::Written;
use crate::pb;

impl<T: Transport> Client<T> {
    /// Keeps the present state of an open editor; it is durable when this returns.
    ///
    /// # Errors
    /// `LOCKED`, `INVALID_ARGUMENT`, `TOO_LARGE`; `NOT_FOUND` for the entry, people and exercises.
    pub async fn save_draft(&self, mut draft: SavedDraft) -> Result<Timestamp, ApiError> {
        draft.draft.at = draft.draft.at.or_else(|| self.now());
        let request = pb::SaveDraftRequest { draft: Some(to_pb(draft)) };
        let saved = self.draft_service().save_draft(fitting(request)?).await?.into_inner();
        Ok(Timestamp::from_millis(saved.saved_ms))
    }

    /// Names the drafts, the last changed first.
    ///
    /// # Errors
    /// `LOCKED`.
    pub async fn drafts(&self) -> Result<Vec<DraftSummary>, ApiError> {
        let listed = self.draft_service().list_drafts(pb::ListDraftsRequest {}).await?.into_inner();
        listed.drafts.into_iter().map(summary_from_pb).collect()
    }

    /// Reads a draft.
    ///
    /// # Errors
    /// `LOCKED`, `NOT_FOUND`.
    pub async fn draft(&self, id: DraftId) -> Result<SavedDraft, ApiError> {
        let request = pb::GetDraftRequest { draft_id: id_to_pb(id) };
        let answer = self.draft_service().get_draft(request).await?.into_inner();
        from_pb(sent(answer.draft, "draft")?)
    }

    /// Forgets a draft; also if there is none.
    ///
    /// # Errors
    /// `LOCKED`.
    pub async fn discard_draft(&self, id: DraftId) -> Result<(), ApiError> {
        self.draft_service().discard_draft(pb::DiscardDraftRequest { draft_id: id_to_pb(id) }).await?;
        Ok(())
    }

    /// Keeps words while the vault is locked; they are durable when this returns, and become an entry or a draft when it is
    /// unlocked.
    ///
    /// # Errors
    /// `NO_VAULT`, `INVALID_ARGUMENT`, `TOO_LARGE`; `LOCKED` if as much waits as may.
    pub async fn seal_draft(&self, sealing: Sealing) -> Result<Sealed, ApiError> {
        let request = fitting(sealing_to_pb(sealing))?;
        let sealed = self.draft_service().seal_draft(request).await?.into_inner();
        Ok(Sealed {
            id: read(&sealed.id, "id")?,
            waiting: sealed.waiting,
            problem: sealed.problem.map(ApiError::from),
        })
    }

    /// Makes a draft an entry, or a change to its entry, and forgets it.
    ///
    /// # Errors
    /// `LOCKED`, `NOT_FOUND`, `INVALID_ARGUMENT`, `TOO_LARGE`; `CONFIRMATION_NEEDED` for what was written without seeing the entry
    /// that it changes.
    pub async fn commit_draft(&self, id: DraftId) -> Result<Written, ApiError> {
        self.commit(id, false).await
    }

    /// The same for a draft that was written without seeing the entry it changes, once its person has seen both.
    ///
    /// # Errors
    /// As [`Self::commit_draft`].
    pub async fn commit_seen_draft(&self, id: DraftId) -> Result<Written, ApiError> {
        self.commit(id, true).await
    }

    async fn commit(&self, id: DraftId, confirmed: bool) -> Result<Written, ApiError> {
        let request = pb::CommitDraftRequest { draft_id: id_to_pb(id), confirmed };
        let written = self.draft_service().commit_draft(request).await?.into_inner();
        Ok(Written {
            id: read(&written.id, "id")?,
            version: written.version,
            complete: written.complete,
            unchanged: false,
        })
    }
}
