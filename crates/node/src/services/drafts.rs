//! What open editors hold.

use std::collections::BTreeSet;
use std::sync::Arc;

use haven_api::convert::draft::{kept_to_pb, unfit};
use haven_api::convert::entry::exercise_ref_to_pb;
use haven_api::convert::saved::{id_from_pb, id_to_pb, sealing_from_pb};
use haven_api::convert::value::{map_from_pb, map_to_pb};
use haven_api::drafts::{Becomes, Sealing};
use haven_api::error::ApiError;
use haven_api::pb;
use haven_api::pb::draft_service_server::DraftService;
use haven_core::entry::{Draft, EntryError, EntryKind, Tag, opening, says_nothing};
use haven_core::time::Timestamp;
use haven_engine::command::{Command, DraftId, DraftSave, DraftShown, Fault, Reply};
use haven_engine::drops::{self, Dropped};
use tonic::{Request, Response, Status};

use super::desk::{Desk, now};
use super::{names, unexpected};
use crate::host::Host;
use crate::keeper::order::Refused;
use crate::node::Node;

pub(super) struct Drafts {
    pub(super) node: Node,
    pub(super) desk: Arc<Desk>,
}

#[tonic::async_trait]
impl DraftService for Drafts {
    async fn save_draft(
        &self,
        request: Request<pb::SaveDraftRequest>,
    ) -> Result<Response<pb::SaveDraftResponse>, Status> {
        let saved_ms = self.save(request.into_inner().draft.unwrap_or_default()).await?;
        Ok(Response::new(pb::SaveDraftResponse { saved_ms }))
    }

    async fn list_drafts(
        &self,
        _: Request<pb::ListDraftsRequest>,
    ) -> Result<Response<pb::ListDraftsResponse>, Status> {
        let mut drafts = self.all().await?;
        drafts.sort_by_key(|draft| std::cmp::Reverse(draft.saved));
        let drafts = drafts.iter().map(|it| pb::DraftSummary {
            draft_id: id_to_pb(it.id.0),
            entry_id: it.entry.map(|id| id.to_string()).unwrap_or_default(),
            title: it.draft.title.clone(),
            saved_ms: it.saved.as_millis(),
            exercise: it.draft.exercise.as_ref().map(exercise_ref_to_pb),
            opening: opening(&it.draft.text),
            problem: it.problem.as_ref().map(Fault::to_string).unwrap_or_default(),
        });
        Ok(Response::new(pb::ListDraftsResponse { drafts: drafts.collect() }))
    }

    async fn get_draft(
        &self,
        request: Request<pb::GetDraftRequest>,
    ) -> Result<Response<pb::GetDraftResponse>, Status> {
        let id = draft_id(&request.into_inner().draft_id)?;
        let found = self.all().await?.into_iter().find(|draft| draft.id == id);
        let found = found.ok_or(Refused::Fault(Fault::DraftUnknown))?;
        let mut kept = kept_to_pb(&found.draft);
        kept.people.extend(found.named);
        let draft = pb::SavedDraft {
            draft_id: id_to_pb(id.0),
            draft: Some(kept),
            entry_id: found.entry.map(|id| id.to_string()).unwrap_or_default(),
            base_version: found.base.map(|base| base.to_string()).unwrap_or_default(),
            saved_ms: found.saved.as_millis(),
            held: found.held,
            meant: found.meant.unwrap_or_default(),
            typed: map_to_pb(found.typed),
        };
        Ok(Response::new(pb::GetDraftResponse { draft: Some(draft) }))
    }

    async fn discard_draft(
        &self,
        request: Request<pb::DiscardDraftRequest>,
    ) -> Result<Response<pb::DiscardDraftResponse>, Status> {
        self.discard(draft_id(&request.into_inner().draft_id)?).await?;
        Ok(Response::new(pb::DiscardDraftResponse {}))
    }

    async fn commit_draft(
        &self,
        request: Request<pb::CommitDraftRequest>,
    ) -> Result<Response<pb::CommitDraftResponse>, Status> {
        let pb::CommitDraftRequest { draft_id: id, confirmed } = request.into_inner();
        Ok(Response::new(self.commit(draft_id(&id)?, confirmed).await?))
    }

    async fn seal_draft(
        &self,
        request: Request<pb::SealDraftRequest>,
    ) -> Result<Response<pb::SealDraftResponse>, Status> {
        let dropped = dropped(&**self.node.host(), sealing_from_pb(request.into_inner())?)?;
        let draft = match &dropped.becomes {
            drops::Becomes::Draft { id, .. } => Some(*id),
            _ => None,
        };
        let problem = misfit(&dropped).map(|fault| pb::ErrorDetail::from(unfit(fault)));
        let id = self.node.seal(dropped).await?;
        let id = draft.map_or_else(|| id.to_string(), |draft| id_to_pb(draft.0));
        Ok(Response::new(pb::SealDraftResponse { id, waiting: self.node.snapshot().waiting, problem }))
    }
}

/// Reads words to be sealed. What needs the open journal is left for when it is open.
fn dropped(host: &dyn Host, sealing: Sealing) -> Result<Dropped, ApiError> {
    let Sealing { draft, becomes } = sealing;
    let (becomes, remove_tags) = match becomes {
        Becomes::Entry => (drops::Becomes::Entry, Vec::new()),
        Becomes::Draft { id, entry, base_version, held } => {
            let base = names::version(&base_version.unwrap_or_default())?;
            let editing = entry.map(|entry| (entry, base));
            (drops::Becomes::Draft { id: DraftId(id), editing, held }, Vec::new())
        }
        Becomes::Changes { entry, remove_tags } => (drops::Becomes::Changes(entry), remove_tags),
    };
    let keeps_its_time = matches!(becomes, drops::Becomes::Changes(_));
    let at = if keeps_its_time { draft.at } else { Some(draft.at.map_or_else(|| now(host), Ok)?) };
    let is_blank = [&draft.title, &draft.text].iter().all(|words| says_nothing(words));
    if is_blank && draft.tags.is_empty() && draft.people.is_empty() && draft.exercise.is_none() {
        return Err(unfit(EntryError::Blank));
    }
    Ok(Dropped {
        created: Timestamp::from_millis(host.now().wall_ms),
        at,
        kind: draft.kind,
        title: draft.title,
        text: draft.text,
        tags: tags(&draft.tags)?,
        people: draft.people.into_iter().collect(),
        remove_tags: tags(&remove_tags)?,
        exercise: draft.exercise.map(|choice| (choice.id, choice.version)),
        answers: draft.answers,
        becomes,
    })
}

/// What keeps words from being an entry that can be told of the words alone.
fn misfit(dropped: &Dropped) -> Option<EntryError> {
    let is_entry = matches!(dropped.becomes, drops::Becomes::Entry) && dropped.exercise.is_none();
    let at = dropped.at.clone().filter(|_| is_entry)?;
    let draft = Draft {
        title: dropped.title.clone(),
        text: dropped.text.clone(),
        tags: dropped.tags.clone(),
        ..Draft::new(dropped.kind.unwrap_or(EntryKind::Note), at)
    };
    // Whom it is about is not known yet, and is something to write down.
    draft.validate().err().filter(|fault| *fault != EntryError::Blank)
}

fn tags(tags: &[String]) -> Result<BTreeSet<Tag>, ApiError> {
    let read = |tag: &String| Tag::new(tag).map_err(|fault| ApiError::invalid("a tag can't be used", fault));
    tags.iter().map(read).collect()
}

impl Drafts {
    /// Keeps the state of an editor or of a walk; tells when.
    pub(super) async fn save(&self, saved: pb::SavedDraft) -> Result<i64, Status> {
        let id = draft_id(&saved.draft_id)?;
        let snapshot = self.node.opened()?;
        let held = saved.held;
        let editing = match saved.entry_id.as_str() {
            "" => None,
            text => Some((names::entry(&snapshot.view, text)?, names::version(&saved.base_version)?)),
        };
        let entry = editing.as_ref().and_then(|(id, _)| snapshot.view.entry(*id)).map(|row| &row.entry);
        let draft = saved.draft.unwrap_or_default();
        let typed = map_from_pb(saved.typed);
        if draft.exercise.is_none() && !typed.is_empty() {
            return Err(unfit(EntryError::AnswersWithoutExercise).into());
        }
        let (draft, named) = self.desk.unfinished(&**self.node.host(), &snapshot.view, entry, draft)?;
        let save = DraftSave { id, editing, draft, held, named, meant: None, typed };
        self.node.command(Command::SaveDraft(Box::new(save))).await?;
        Ok(self.node.host().now().wall_ms)
    }

    /// Makes a draft an entry, or a change to one.
    pub(super) async fn commit(
        &self,
        id: DraftId,
        confirmed: bool,
    ) -> Result<pb::CommitDraftResponse, Status> {
        let Reply::Entry(id) = self.node.command(Command::CommitDraft { id, confirmed }).await? else {
            return Err(unexpected());
        };
        let snapshot = self.node.opened()?;
        let row = snapshot.view.entry(id).ok_or_else(unexpected)?;
        let complete = self.desk.complete(&snapshot.view, row.entry.exercise.as_ref(), &row.entry.answers);
        Ok(pb::CommitDraftResponse { id: id.to_string(), version: row.version.to_string(), complete })
    }

    /// Forgets a draft; also if there is none.
    pub(super) async fn discard(&self, id: DraftId) -> Result<(), Status> {
        match self.node.command(Command::DiscardDraft(id)).await {
            Ok(_) | Err(Refused::Fault(Fault::DraftUnknown)) => Ok(()),
            Err(refused) => Err(refused.into()),
        }
    }

    /// Every draft there is.
    pub(super) async fn all(&self) -> Result<Vec<DraftShown>, Status> {
        match self.node.command(Command::ListDrafts).await? {
            Reply::Drafts(drafts) => Ok(drafts),
            _ => Err(unexpected()),
        }
    }
}

pub(super) fn draft_id(text: &str) -> Result<DraftId, ApiError> {
    id_from_pb(text)
        .map(DraftId)
        .ok_or_else(|| ApiError::invalid("no draft was named", "a draft's id has 32 digits, each 0-9 or a-f"))
}
