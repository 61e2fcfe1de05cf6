//! Words that were not saved yet.

use haven_api::drafts::DraftId;
use haven_api::error::{ApiError, ErrorReason};

use super::writing::tell;
use crate::args::DraftCommand;
use crate::cx::{Cx, Haven};
use crate::editor::{self, About};
use crate::fault::Fault;
use crate::limits::ID_SHOWN;
use crate::shapes::{DraftShape, Id, hex};
use crate::when;

pub(super) async fn run(cx: &Cx, command: DraftCommand) -> Result<(), Fault> {
    if matches!(command, DraftCommand::Edit { .. }) && !cx.asks {
        let next = "Run this in a terminal.";
        return Err(Fault::usage("not opened", "there is no terminal to open an editor in", next));
    }
    let haven = cx.haven().await?;
    match command {
        DraftCommand::List => list(cx, &haven).await,
        DraftCommand::Show { id } => show(cx, &haven, &id).await,
        DraftCommand::Edit { id } => edit(cx, &haven, &id).await,
        DraftCommand::Save { id } => {
            let id = find(&haven, &id).await?;
            tell(cx, haven.commit_draft(id).await?.id.to_string())
        }
        DraftCommand::Discard { id } => {
            let id = find(&haven, &id).await?;
            haven.discard_draft(id).await?;
            tell(cx, hex(&id))
        }
    }
}

async fn list(cx: &Cx, haven: &Haven) -> Result<(), Fault> {
    let drafts = haven.drafts().await?;
    if drafts.is_empty() {
        cx.nothing("No draft waits for you.");
    }
    cx.tell_all(drafts.iter().map(DraftShape::of), |style| {
        let line = |draft: &haven_api::drafts::DraftSummary| {
            let id = &hex(&draft.id)[..ID_SHOWN];
            format!(
                "{}  {}  {}\n",
                style.faint(id),
                when::local(draft.saved),
                style.bold(&style.line(&draft.title))
            )
        };
        drafts.iter().map(line).collect()
    })
}

#[derive(serde::Serialize)]
struct Shown<'a> {
    #[serde(flatten)]
    id: Id,
    entry: Option<String>,
    title: &'a str,
    text: &'a str,
    tags: &'a [String],
    saved: String,
}

async fn show(cx: &Cx, haven: &Haven, id: &str) -> Result<(), Fault> {
    let saved = haven.draft(find(haven, id).await?).await?;
    let shown = Shown {
        id: Id { id: hex(&saved.id) },
        entry: saved.entry.map(|entry| entry.to_string()),
        title: &saved.draft.title,
        text: &saved.draft.text,
        tags: &saved.draft.tags,
        saved: saved.saved.to_string(),
    };
    cx.tell(&shown, |style| {
        format!("{}\n{}\n", style.bold(&style.line(shown.title)), style.words(shown.text))
    })
}

async fn edit(cx: &Cx, haven: &Haven, id: &str) -> Result<(), Fault> {
    let saved = haven.draft(find(haven, id).await?).await?;
    match editor::compose(cx, haven, About::of_draft(&saved)).await? {
        Some(written) => tell(cx, written.id.to_string()),
        None => {
            cx.note("Nothing was changed; the draft is still there.");
            Ok(())
        }
    }
}

/// The one draft that an id or the beginning of one names.
async fn find(haven: &Haven, id: &str) -> Result<DraftId, Fault> {
    let all = haven.drafts().await?;
    let fits =
        |draft: &&haven_api::drafts::DraftSummary| hex(&draft.id).starts_with(&id.to_ascii_lowercase());
    let mut found = all.iter().filter(fits);
    match (found.next(), found.next()) {
        (Some(one), None) => Ok(one.id),
        (None, _) => Err(ApiError::new(ErrorReason::NotFound, "there is no such draft")
            .with_next("`haven draft list` shows them.")
            .into()),
        _ => Err(ApiError::new(ErrorReason::AmbiguousId, "no one draft was named").into()),
    }
}
