//! Words written in the person's own editor: in memory only, removed on every path, and never lost.
//!
//! The words lie in a private folder of a memory file system while the editor is open. Whatever goes wrong after that, they
//! become a draft of the daemon's; if even that fails, the folder stays until the next command that finds the journal open.

mod folder;
mod program;

use std::collections::BTreeMap;

use haven_api::drafts::SavedDraft;
use haven_api::error::{ApiError, ErrorReason};
use haven_api::journal::{Draft, Edit, Entry, ExerciseChoice, Written};
use haven_core::answers::ValueMap;
use haven_core::id::EntryId;
use haven_core::time::{CivilTime, Timestamp};
use serde::{Deserialize, Serialize};

use self::folder::Folder;
use crate::cx::{Cx, Haven};
use crate::fault::{Exit, Fault};
use crate::limits::UNLOCK_TRIES;
use crate::{ask, daemon};

/// What is being written, apart from the text.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct About {
    title: String,
    tags: Vec<String>,
    people: Vec<String>,
    kind: Option<String>,
    at: Option<String>,
    exercise: Option<(String, Option<u32>)>,
    answers: BTreeMap<String, serde_json::Value>,
    entry: Option<String>,
    base: Option<String>,
    draft: Option<[u8; 16]>,
    /// The text that the editor was opened with.
    before: String,
    /// The socket of the daemon it belongs to.
    socket: String,
}

impl About {
    /// A new entry, its text still to be written.
    pub(crate) fn new_entry(draft: &Draft) -> Self {
        Self {
            title: draft.title.clone(),
            tags: draft.tags.clone(),
            people: draft.people.clone(),
            kind: draft.kind.map(|kind| kind.to_string()),
            at: draft.at.as_ref().map(CivilTime::to_string),
            exercise: draft.exercise.as_ref().map(|choice| (choice.id.to_string(), choice.version)),
            answers: json(&draft.answers),
            before: draft.text.clone(),
            ..Self::default()
        }
    }

    /// A change to the text of an entry.
    pub(crate) fn of_entry(entry: &Entry) -> Self {
        let summary = &entry.summary;
        Self {
            title: summary.title.clone(),
            tags: summary.tags.iter().map(ToString::to_string).collect(),
            people: summary.people.iter().map(|person| person.id.to_string()).collect(),
            kind: Some(summary.kind.to_string()),
            at: Some(summary.at.to_string()),
            exercise: summary.exercise.as_ref().map(|made| (made.id.to_string(), Some(made.version))),
            answers: json(&entry.answers),
            entry: Some(summary.id.to_string()),
            base: Some(entry.version.clone()),
            draft: None,
            before: entry.text.clone(),
            socket: String::new(),
        }
    }

    /// Going on with a draft.
    pub(crate) fn of_draft(saved: &SavedDraft) -> Self {
        Self {
            entry: saved.entry.map(|id| id.to_string()),
            base: saved.base_version.clone(),
            draft: Some(saved.id),
            ..Self::new_entry(&saved.draft)
        }
    }

    fn draft(&self, text: String) -> Draft {
        Draft {
            kind: self.kind.as_ref().and_then(|kind| kind.parse().ok()),
            at: self.at.as_ref().and_then(|at| at.parse().ok()),
            title: self.title.clone(),
            text,
            tags: self.tags.clone(),
            people: self.people.clone(),
            exercise: self
                .exercise
                .as_ref()
                .and_then(|(id, version)| Some(ExerciseChoice { id: id.parse().ok()?, version: *version })),
            answers: self
                .answers
                .iter()
                .map(|(field, answer)| (field.clone(), answer.clone().into()))
                .collect(),
        }
    }

    fn saved_draft(&self, text: String) -> Result<SavedDraft, Fault> {
        let id = self.draft.map_or_else(random, Ok)?;
        let entry: Option<EntryId> = self.entry.as_ref().and_then(|id| id.parse().ok());
        let base_version = self.base.clone();
        Ok(SavedDraft { id, draft: self.draft(text), entry, base_version, saved: Timestamp::default() })
    }
}

/// Opens the editor and saves what was written; `None` if there is nothing to save.
///
/// # Errors
/// The editor failed, or the words could not be saved; they are kept then, and the error says where.
pub(crate) async fn compose(cx: &Cx, haven: &Haven, mut about: About) -> Result<Option<Written>, Fault> {
    about.socket = daemon::socket()?.display().to_string();
    let folder = Folder::make(&about)?;
    let ended_well = program::run(cx, &folder).await?;
    let text = folder.text()?;
    if text == about.before || (text.trim().is_empty() && about.entry.is_none()) {
        return if ended_well { Ok(None) } else { Err(failed("nothing had been written")) };
    }
    if !ended_well {
        let next = keep(cx, haven, &about, text, folder).await;
        return Err(failed("the editor ended with an error").with_next(next));
    }
    match save(cx, haven, &about, &text).await {
        Ok(written) => Ok(Some(written)),
        Err(fault) => {
            let next = keep(cx, haven, &about, text, folder).await;
            Err(fault.with_next(next))
        }
    }
}

fn failed(why: &str) -> Fault {
    Fault::usage("not saved", why, "Try again; VISUAL or EDITOR names the editor.").exiting(Exit::Failed)
}

/// Saves the words; asks for the passphrase if the journal was locked while they were being written.
async fn save(cx: &Cx, haven: &Haven, about: &About, text: &str) -> Result<Written, Fault> {
    let mut haven = haven.clone();
    for left in (0..=UNLOCK_TRIES).rev() {
        match save_once(&haven, about, text).await {
            // A daemon that locks begins anew, and the connection with it.
            Err(fault) if left > 0 && fault.reason() == ErrorReason::DaemonUnreachable => {
                haven = daemon::reach().await?;
            }
            Err(fault) if left > 0 && fault.reason() == ErrorReason::Locked && cx.asks => {
                cx.note("The journal was locked while you wrote.");
                let passphrase = ask::passphrase(cx, None, "Passphrase: ").await?;
                if let Err(fault) = open_again(&mut haven, passphrase).await {
                    cx.note(&fault.to_string());
                }
            }
            outcome => return outcome,
        }
    }
    save_once(&haven, about, text).await
}

/// Unlocks the journal. A daemon that has just locked may still be handing its socket to its successor, and a connection
/// taken in that instant breaks; unlocking twice does no harm, so the same passphrase is tried once more.
pub(crate) async fn open_again(haven: &mut Haven, passphrase: String) -> Result<(), ApiError> {
    match haven.unlock(passphrase.clone()).await {
        Err(gone) if gone.reason == ErrorReason::DaemonUnreachable => {
            *haven = daemon::reach().await.map_err(|_| gone)?;
            haven.unlock(passphrase).await.map(drop)
        }
        outcome => outcome.map(drop),
    }
}

async fn save_once(haven: &Haven, about: &About, text: &str) -> Result<Written, Fault> {
    if about.draft.is_some() {
        let draft = about.saved_draft(text.to_owned())?;
        let id = draft.id;
        haven.save_draft(draft).await?;
        return Ok(haven.commit_draft(id).await?);
    }
    match &about.entry {
        None => Ok(haven.add(about.draft(text.to_owned())).await?),
        Some(entry) => {
            let edit = Edit { text: Some(text.to_owned()), ..Edit::default() };
            Ok(haven.edit(entry, edit, about.base.as_deref()).await?)
        }
    }
}

/// Keeps words that could not be saved, and says how to get at them.
async fn keep(cx: &Cx, haven: &Haven, about: &About, text: String, folder: Folder) -> String {
    match keep_draft(haven, about, text).await {
        Ok(id) => how_to_get_at(&id),
        Err(fault) => {
            folder.leave();
            let (until, next) = waits_for(fault.reason());
            cx.note(&format!("The words are kept in memory until {until}."));
            format!("{next} the words become a draft then, see `haven draft list`.")
        }
    }
}

/// What words wait for that could not even become a draft, and what to do for that.
fn waits_for(reason: ErrorReason) -> (&'static str, &'static str) {
    use ErrorReason as R;
    match reason {
        R::StorageFull => ("there is room on the disk", "Free some space, then run any command;"),
        R::StorageReadOnly | R::StorageFailed | R::StorageDamaged => {
            ("the disk takes them", "Put the disk right, then run any command;")
        }
        R::DaemonUnreachable | R::Stopping => {
            ("a daemon takes them", "Look with `haven daemon status` what it does. Once one answers,")
        }
        _ => ("the journal is open again", "Run `haven unlock`;"),
    }
}

fn how_to_get_at(id: &str) -> String {
    let short = &id[..crate::limits::ID_SHOWN];
    format!(
        "The words are kept: go on with `haven draft edit {short}`, or save them with `haven draft save {short}`."
    )
}

async fn keep_draft(haven: &Haven, about: &About, text: String) -> Result<String, Fault> {
    let draft = about.saved_draft(text)?;
    let id = crate::shapes::hex(&draft.id);
    match haven.save_draft(draft.clone()).await {
        // A daemon that locks begins anew, and the connection with it.
        Err(error) if error.reason == ErrorReason::DaemonUnreachable => {
            daemon::reach().await?.save_draft(draft).await?;
        }
        outcome => {
            outcome?;
        }
    }
    Ok(id)
}

/// Turns words that an editor left behind, when something was killed, into drafts.
pub(crate) async fn rescue(haven: &Haven, cx: &Cx) {
    let Ok(socket) = daemon::socket() else { return };
    let socket = socket.display().to_string();
    for folder in folder::left_behind() {
        let Some(about) = folder.about::<About>() else { continue };
        if about.socket != socket {
            // Another journal's; its own commands find it.
            folder.leave();
            continue;
        }
        let text = folder.text().unwrap_or_default();
        if text.trim().is_empty() || text == about.before {
            continue;
        }
        match keep_draft(haven, &about, text).await {
            Ok(id) => cx.note(&format!("An editor was cut off earlier. {}", how_to_get_at(&id))),
            Err(fault) => {
                folder.leave();
                let (until, _) = waits_for(fault.reason());
                cx.note(&format!(
                    "An editor was cut off earlier; its words are kept in memory until {until}."
                ));
            }
        }
    }
}

fn json(answers: &ValueMap) -> BTreeMap<String, serde_json::Value> {
    answers.iter().map(|(field, answer)| (field.clone(), answer.clone().into())).collect()
}

/// Sixteen bytes that name a draft.
pub(crate) fn random() -> Result<[u8; 16], Fault> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)
        .map_err(|_| Fault::system("no random numbers", &std::io::ErrorKind::Other.into()))?;
    Ok(bytes)
}
