//! Words that were not saved yet.

use haven_api::drafts::{DraftId, SavedDraft};
use haven_api::error::{ApiError, ErrorReason};
use haven_api::journal::Draft;
use haven_core::entry::opening;
use haven_core::id::PersonId;
use haven_core::limits::{TEXT_BYTES_MAX, TITLE_CHARS_MAX};

use super::meant;
use super::writing::{tell, tell_composed};
use crate::args::{DraftCommand, DraftSaveArgs};
use crate::cx::{Cx, Haven};
use crate::editor::{self, About};
use crate::fault::Fault;
use crate::kept::{cut_title, fits_title, part_title, parts, with_head};
use crate::limits::{ID_SHOWN, PART_TITLE_CHARS_MAX};
use crate::shapes::{DraftShape, Id, hex};
use crate::text::{Style, wrapped};
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
        DraftCommand::Save(args) => save(cx, &haven, args).await,
        DraftCommand::Discard { id } => {
            let id = find(&haven, &id).await?;
            haven.discard_draft(id).await?;
            tell(cx, hex(&id))
        }
    }
}

async fn save(cx: &Cx, haven: &Haven, args: DraftSaveArgs) -> Result<(), Fault> {
    let id = find(haven, &args.id).await?;
    let mut saved = haven.draft(id).await?;
    if said_anew(&mut saved.draft, &args) {
        haven.save_draft(saved.clone()).await?;
    }
    if args.split {
        return save_split(cx, haven, saved).await;
    }
    if saved.meant.is_some() || args.entry.is_some() || args.new {
        return meant::save(cx, haven, saved, &args).await;
    }
    match haven.commit_draft(id).await {
        Ok(written) => tell(cx, written.id.to_string()),
        Err(error) if matches!(error.reason, ErrorReason::TooLarge | ErrorReason::InvalidArgument) => {
            Err(editor::explained(haven, id, error).await)
        }
        Err(error) if error.reason == ErrorReason::NotFound => {
            let next = unclear(&saved).map_or_else(|| error.next.clone(), |who| who_next(id, &who));
            Err(Fault::from(error).with_next(next))
        }
        Err(error) => Err(error.into()),
    }
}

/// Says anew what a draft is called, when it happened and whom it is about; tells whether anything was said. A title that no entry
/// takes goes on in the text: a draft has no history that it could be found in.
fn said_anew(draft: &mut Draft, args: &DraftSaveArgs) -> bool {
    if let Some(title) = &args.title {
        if !fits_title(&draft.title) {
            draft.text = with_head(&draft.title, &draft.text);
        }
        draft.title.clone_from(title);
    }
    if let Some(at) = &args.at {
        draft.at = Some(at.clone());
    }
    if !args.people.is_empty() {
        draft.people.clone_from(&args.people);
    }
    args.title.is_some() || args.at.is_some() || !args.people.is_empty()
}

/// Makes entries of a draft that is too long for one: what is too long of the title goes into the text, and the text into several
/// entries. It goes once all of them are there.
async fn save_split(cx: &Cx, haven: &Haven, mut saved: SavedDraft) -> Result<(), Fault> {
    let is_long = saved.draft.text.len() > TEXT_BYTES_MAX;
    let chars_max = if is_long { PART_TITLE_CHARS_MAX } else { TITLE_CHARS_MAX };
    let (title, head) = cut_title(&saved.draft.title, chars_max);
    let (title, text) = (title.to_owned(), with_head(head, &saved.draft.text));
    (saved.draft.title, saved.draft.text) = (title, text);
    let id = saved.id;
    if saved.draft.text.len() <= TEXT_BYTES_MAX && saved.meant.is_none() {
        haven.save_draft(saved).await?;
        let written = haven.commit_draft(id).await?;
        let written = [Id { id: written.id.to_string() }];
        return cx.tell_all(&written, |_| format!("{}\n", written[0].id));
    }
    if saved.entry.is_some() || saved.meant.is_some() {
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

/// The names in a draft of which nobody can tell whom they mean.
pub(crate) fn unclear(saved: &SavedDraft) -> Option<String> {
    let is_name = |person: &&String| person.parse::<PersonId>().is_err();
    let names: Vec<&str> = saved.draft.people.iter().filter(is_name).map(String::as_str).collect();
    (!names.is_empty()).then(|| names.join(", "))
}

/// What to do where a draft is about somebody who cannot be told.
pub(crate) fn who_next(id: DraftId, who: &str) -> String {
    let short = &hex(&id)[..ID_SHOWN];
    format!(
        "Who {who} is isn't clear. Add them with `haven people add NAME` and run `haven draft save {short}`, or say who is meant with \
         `haven draft save {short} --person PERSON`."
    )
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
                (title, ..) => style.bold(&shortened(title, style)),
            };
            let problem = match draft.problem.as_str() {
                "" => String::new(),
                problem => format!("    not saved yet: {problem}\n"),
            };
            format!("{}  {}  {title}\n{problem}", style.faint(id), when::local(draft.saved))
        };
        let words: String = drafts.iter().map(line).collect();
        wrapped(&words, style.columns)
    })
}

/// A title as far as a list shows it: in a draft it may be as long as a text.
fn shortened(title: &str, style: Style) -> String {
    let shown = opening(title);
    let more = if shown.len() < title.trim().len() { " …" } else { "" };
    format!("{}{more}", style.line(shown))
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
    /// How the entry was named that it was written for while the journal was locked.
    #[serde(skip_serializing_if = "Option::is_none")]
    meant: Option<&'a str>,
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
        meant: saved.meant.as_deref(),
    };
    let about = unclear(&saved).map(|who| format!("About: {who}\n")).unwrap_or_default();
    let for_entry = saved.meant.as_ref().map(|meant| format!("For the entry: {meant}\n")).unwrap_or_default();
    cx.tell(&shown, |style| {
        let head = format!(
            "{}\n{}{}",
            style.bold(&style.line(shown.title)),
            style.words(&about),
            style.words(&for_entry)
        );
        format!("{head}{}\n", style.words(shown.text))
    })
}

async fn edit(cx: &Cx, haven: &Haven, id: &str) -> Result<(), Fault> {
    let saved = haven.draft(find(haven, id).await?).await?;
    let (id, about) = (saved.id, saved.draft.clone());
    match editor::compose(cx, haven, About::of_draft(&saved)).await {
        // It was written without seeing what it changes; the new words are kept.
        Err(fault) if fault.reason() == ErrorReason::ConfirmationNeeded => {
            meant::save(cx, haven, haven.draft(id).await?, &DraftSaveArgs::of(id)).await
        }
        composed => tell_composed(cx, composed?, &about, "Nothing was changed; the draft is still there."),
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
        (None, _) => Err(ApiError::new(ErrorReason::NotFound, "there's no such draft")
            .with_next("`haven draft list` shows them.")
            .into()),
        _ => Err(ApiError::new(ErrorReason::AmbiguousId, "no one draft was named").into()),
    }
}
