//! Words that were not saved yet.

use haven_api::drafts::DraftId;
use haven_api::error::{ApiError, ErrorReason};
use haven_api::journal::Draft;
use haven_core::limits::TEXT_BYTES_MAX;

use super::writing::{tell, tell_composed};
use crate::args::DraftCommand;
use crate::cx::{Cx, Haven};
use crate::editor::{self, About};
use crate::fault::Fault;
use crate::kept::{Kept, part_title, parts};
use crate::limits::ID_SHOWN;
use crate::shapes::{DraftShape, Id, hex};
use crate::text::wrapped;
use crate::when;

pub(super) async fn run(cx: &Cx, command: DraftCommand) -> Result<(), Fault> {
    if matches!(command, DraftCommand::Edit { .. }) && !cx.asks {
        let next = "Run this in a terminal.";
        return Err(Fault::usage("not opened", "there's no terminal to open an editor in", next));
    }
    let haven = cx.haven().await?;
    match command {
        DraftCommand::List => list(cx, &haven).await,
        DraftCommand::Show { id } => show(cx, &haven, &id).await,
        DraftCommand::Edit { id } => edit(cx, &haven, &id).await,
        DraftCommand::Save { id, people, split } => {
            let id = find(&haven, &id).await?;
            if !people.is_empty() {
                name(&haven, id, people).await?;
            }
            if split { save_split(cx, &haven, id).await } else { save(cx, &haven, id).await }
        }
        DraftCommand::Discard { id } => {
            let id = find(&haven, &id).await?;
            haven.discard_draft(id).await?;
            tell(cx, hex(&id))
        }
    }
}

async fn save(cx: &Cx, haven: &Haven, id: DraftId) -> Result<(), Fault> {
    let written = haven.commit_draft(id).await.map_err(|error| {
        let next = match error.reason {
            ErrorReason::TooLarge => Some(Kept::Draft(id).how_after(error.reason)),
            _ => None,
        };
        let fault = Fault::from(error);
        match next {
            Some(next) => fault.with_next(next),
            None => fault,
        }
    })?;
    tell(cx, written.id.to_string())
}

/// Says anew whom a draft is about.
async fn name(haven: &Haven, id: DraftId, people: Vec<String>) -> Result<(), Fault> {
    let mut saved = haven.draft(id).await?;
    saved.draft.people = people;
    haven.save_draft(saved).await?;
    Ok(())
}

/// Makes several entries of a draft that holds more than one. It goes once all of them are there.
async fn save_split(cx: &Cx, haven: &Haven, id: DraftId) -> Result<(), Fault> {
    let saved = haven.draft(id).await?;
    if saved.entry.is_some() {
        let next = "Shorten it with `haven draft edit`, or add the rest as an entry of its own.";
        return Err(Fault::usage("not split", "it is a change to one entry", next));
    }
    let parts = parts(&saved.draft.text, TEXT_BYTES_MAX);
    let mut written = Vec::new();
    for (index, part) in parts.iter().enumerate() {
        let title = part_title(&saved.draft.title, index + 1, parts.len());
        let draft = Draft { title, text: (*part).to_owned(), ..saved.draft.clone() };
        written.push(Id { id: haven.add(draft).await?.id.to_string() });
    }
    haven.discard_draft(id).await?;
    cx.tell_all(&written, |_| written.iter().map(|it| format!("{}\n", it.id)).collect())
}

async fn list(cx: &Cx, haven: &Haven) -> Result<(), Fault> {
    let drafts = haven.drafts().await?;
    if drafts.is_empty() {
        cx.nothing("No draft waits for you.");
    }
    cx.tell_all(drafts.iter().map(DraftShape::of), |style| {
        let line = |draft: &haven_api::drafts::DraftSummary| {
            let id = &hex(&draft.id)[..ID_SHOWN];
            let title = match (draft.title.as_str(), draft.opening.as_str(), &draft.exercise) {
                ("", "", Some(made_with)) => made_with.id.to_string(),
                ("", opening, _) => style.line(opening),
                (title, ..) => style.bold(&style.line(title)),
            };
            let problem = match draft.problem.as_str() {
                "" => String::new(),
                problem => format!("    no entry yet: {problem}\n"),
            };
            format!("{}  {}  {title}\n{problem}", style.faint(id), when::local(draft.saved))
        };
        let words: String = drafts.iter().map(line).collect();
        wrapped(&words, style.columns)
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
    people: &'a [String],
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
        people: &saved.draft.people,
        saved: saved.saved.to_string(),
    };
    cx.tell(&shown, |style| {
        format!("{}\n{}\n", style.bold(&style.line(shown.title)), style.words(shown.text))
    })
}

async fn edit(cx: &Cx, haven: &Haven, id: &str) -> Result<(), Fault> {
    let saved = haven.draft(find(haven, id).await?).await?;
    let composed = editor::compose(cx, haven, About::of_draft(&saved)).await?;
    tell_composed(cx, composed, "Nothing was changed; the draft is still there.")
}

/// The one draft that an id or the beginning of one names.
async fn find(haven: &Haven, id: &str) -> Result<DraftId, Fault> {
    let all = haven.drafts().await?;
    let fits =
        |draft: &&haven_api::drafts::DraftSummary| hex(&draft.id).starts_with(&id.to_ascii_lowercase());
    let mut found = all.iter().filter(fits);
    match (found.next(), found.next()) {
        (Some(one), None) => Ok(one.id),
        (None, _) => Err(ApiError::new(ErrorReason::NotFound, "there's no such draft")
            .with_next("`haven draft list` shows them.")
            .into()),
        _ => Err(ApiError::new(ErrorReason::AmbiguousId, "no one draft was named").into()),
    }
}
