//! Words written in the person's own editor: in memory only, removed on every path, and never lost.
//!
//! The words lie in a private folder of a memory file system while the editor is open. Whatever goes wrong after that, they
//! become a draft of the daemon's, or are sealed while the journal is locked; if even that fails, the folder stays until the
//! next command. An editor that gives the prompt back at once may be a window that is still open: it is waited for.

mod folder;
mod left;
mod program;
mod window;

use std::collections::BTreeMap;

use haven_api::drafts::{Becomes, DraftId, SavedDraft, Sealed, Sealing};
use haven_api::error::{ApiError, ErrorReason};
use haven_api::journal::{Draft, Edit, Entry, ExerciseChoice, Written};
use haven_core::answers::ValueMap;
use haven_core::entry::says_nothing;
use haven_core::id::EntryId;
use haven_core::time::{CivilTime, Timestamp};
use serde::{Deserialize, Serialize};

use self::folder::Folder;
pub(crate) use self::left::{Hand, leave, leave_change, rescue};
use self::left::{Journal, in_memory};
use crate::cx::{Cx, Haven, aside};
use crate::fault::{Exit, Fault};
use crate::{ask, daemon, kept, unlock, when};

/// What is being written, apart from the text.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct About {
    title: String,
    tags: Vec<String>,
    people: Vec<String>,
    kind: Option<String>,
    at: Option<String>,
    exercise: Option<(String, Option<u32>)>,
    answers: BTreeMap<String, serde_json::Value>,
    /// What was typed at questions and is no answer yet.
    typed: BTreeMap<String, serde_json::Value>,
    entry: Option<String>,
    base: Option<String>,
    draft: Option<[u8; 16]>,
    /// The draft that the words become if they cannot be saved.
    keep: [u8; 16],
    /// The text that the editor was opened with.
    before: String,
    /// The entry that it changes, as that was named where nobody could look it up.
    named: Option<String>,
    /// Tags to take away from that.
    untags: Vec<String>,
    /// The journal it belongs to.
    journal: Journal,
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
            before: entry.text.clone(),
            ..Self::default()
        }
    }

    /// A change to an entry that could not be looked up yet.
    pub(crate) fn of_change(named: &str, change: &Edit) -> Self {
        Self {
            title: change.title.clone().unwrap_or_default(),
            tags: change.add_tags.clone(),
            people: change.add_people.clone(),
            at: change.at.as_ref().map(CivilTime::to_string),
            named: Some(named.to_owned()),
            untags: change.remove_tags.clone(),
            ..Self::default()
        }
    }

    /// The change that such words are.
    fn change(&self, text: String) -> Edit {
        let Draft { title, text, at, tags, people, .. } = self.draft(text);
        Edit {
            title: Some(title).filter(|title| !title.is_empty()),
            text: Some(text),
            at,
            add_tags: tags,
            remove_tags: self.untags.clone(),
            add_people: people,
            ..Edit::default()
        }
    }

    /// Going on with a draft.
    pub(crate) fn of_draft(saved: &SavedDraft) -> Self {
        Self {
            entry: saved.entry.map(|id| id.to_string()),
            base: saved.base_version.clone(),
            typed: json(&saved.typed),
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
            answers: values(&self.answers),
        }
    }

    /// The words as they are sealed while the journal is locked.
    fn sealing(&self, text: String) -> Sealing {
        let saved = self.saved_draft(text);
        let SavedDraft { id, mut draft, entry, base_version, typed, .. } = saved;
        // Which of them are answers is looked at once the journal is open.
        draft.answers.extend(typed);
        let becomes = match (self.draft, entry) {
            (None, None) => Becomes::Entry,
            // It was saved as far as its person is concerned, so it waits for nobody once the journal is open.
            _ => Becomes::Draft { id, entry, base_version, held: false },
        };
        if draft.at.is_none() {
            draft.at = Some(when::here());
        }
        Sealing { draft, becomes }
    }

    /// The words as a draft that only their person saves.
    pub(crate) fn saved_draft(&self, text: String) -> SavedDraft {
        let entry: Option<EntryId> = self.entry.as_ref().and_then(|id| id.parse().ok());
        SavedDraft {
            id: self.draft.unwrap_or(self.keep),
            draft: self.draft(text),
            entry,
            base_version: self.base.clone(),
            saved: Timestamp::default(),
            held: true,
            meant: None,
            typed: values(&self.typed),
        }
    }

    /// Gives the words a draft of their own to be kept in.
    ///
    /// # Errors
    /// There are no random numbers.
    pub(crate) fn keepable(mut self) -> Result<Self, Fault> {
        self.keep = random()?;
        Ok(self)
    }

    /// Whether nothing stood there before.
    fn is_new(&self) -> bool {
        self.before.trim().is_empty()
    }
}

/// What came of an editor.
pub(crate) enum Composed {
    /// An entry was written or changed.
    Written(Written),
    /// The words wait sealed for the journal to be unlocked.
    Sealed(Sealed),
    /// There was nothing to save.
    Nothing,
    /// A window may still be open; what is saved in it is taken over by the next command.
    Open,
}

/// Opens the editor and saves what was written.
///
/// # Errors
/// The editor failed, or the words could not be saved; they are kept then, and the error says where.
pub(crate) async fn compose(cx: &Cx, haven: &Haven, about: About) -> Result<Composed, Fault> {
    let (mut haven, mut about) = (haven.clone(), about.keepable()?);
    about.journal = Journal::here()?;
    let folder = Folder::make(&about)?;
    let ended = program::run(cx, &folder).await?;
    let mut words = folder.words()?;
    if ended.well && ended.at_once && words.text == about.before {
        match window::wait(cx, &mut haven, &mut about, &folder).await? {
            window::Ended::Done => words = folder.words()?,
            window::Ended::Open => return Ok(Composed::Open),
        }
    }
    let is_blank = says_nothing(&words.text);
    if words.text == about.before || (is_blank && (about.is_new() || !ended.well)) {
        return if ended.well { Ok(Composed::Nothing) } else { Err(failed("nothing had been written")) };
    }
    // Whatever ends this command from here on, they stay until they are safe.
    *cx.parting.borrow_mut() = left::stays(&folder);
    let refused = match words.strange {
        _ if !ended.well => Some(failed("the editor ended with an error")),
        Some(place) => Some(place.fault()),
        None if is_blank && !may_be_empty(cx, &about).await? => {
            safe(cx, &folder);
            return Ok(Composed::Nothing);
        }
        None => None,
    };
    let outcome = match refused {
        Some(fault) => Err(fault),
        None => save(cx, &mut haven, &about, &words.text, &folder).await,
    };
    match outcome {
        // Sealed words are safe, whatever else went wrong.
        Err(fault) if folder.stays() => {
            let next = keep(&mut haven, &about, words.text, &folder).await;
            cx.parting.take();
            Err(fault.with_next(next))
        }
        Ok(composed) => {
            safe(cx, &folder);
            Ok(composed)
        }
        failed => failed,
    }
}

/// The words are in the journal, or sealed: the folder goes.
fn safe(cx: &Cx, folder: &Folder) {
    folder.close();
    cx.parting.take();
}

fn failed(why: &str) -> Fault {
    Fault::usage("not saved", why, "Try again; VISUAL or EDITOR names the editor.").exiting(Exit::Failed)
}

/// Asks before a text is emptied. A draft is thrown away by a command of its own.
async fn may_be_empty(cx: &Cx, about: &About) -> Result<bool, Fault> {
    if about.draft.is_some() {
        aside("The text is empty, so the draft stays as it was; `haven draft discard` throws it away.");
        return Ok(false);
    }
    ask::may_be_empty(cx).await
}

/// Saves the words. If the journal is locked they are sealed first, so that nothing can happen to them while the passphrase is
/// asked for.
async fn save(
    cx: &Cx,
    haven: &mut Haven,
    about: &About,
    text: &str,
    folder: &Folder,
) -> Result<Composed, Fault> {
    let mut outcome = save_once(haven, about, text).await;
    // A daemon that locks begins anew, and the connection with it.
    if outcome.as_ref().is_err_and(|fault| fault.reason() == ErrorReason::DaemonUnreachable) {
        *haven = daemon::reach().await?;
        outcome = save_once(haven, about, text).await;
    }
    match outcome {
        Err(fault) if fault.reason() == ErrorReason::Locked => {
            let sealing = about.sealing(text.to_owned());
            let becomes_entry = matches!(sealing.becomes, Becomes::Entry);
            let sealed = haven.seal_draft(sealing).await?;
            safe(cx, folder);
            if sealed.waiting > 0 && !opened_for(cx, haven).await? {
                return Ok(Composed::Sealed(sealed));
            }
            taken(haven, sealed.id, becomes_entry).await.map(Composed::Written)
        }
        outcome => outcome.map(Composed::Written),
    }
}

/// Asks for the passphrase so that words which are sealed already come in at once; tells whether the journal is open.
///
/// # Errors
/// The person interrupts.
pub(crate) async fn opened_for(cx: &Cx, haven: &mut Haven) -> Result<bool, Fault> {
    if !cx.asks {
        return Ok(false);
    }
    aside("The journal is locked. Your words are kept sealed.");
    *cx.parting.borrow_mut() = "Your words are kept sealed, and come in when you unlock.".to_owned();
    match unlock::ask(cx, haven, "Passphrase, to write them in now (Enter leaves them sealed): ").await {
        Err(fault) if fault.exit() != Exit::Interrupted => {
            aside(&format!("{}.", fault.why()));
            Ok(false)
        }
        outcome => outcome,
    }
}

/// What became of sealed words once the journal was opened.
///
/// # Errors
/// They are a draft, and why.
pub(crate) async fn taken(haven: &Haven, id: EntryId, is_entry: bool) -> Result<Written, Fault> {
    if !is_entry {
        return Ok(haven.commit_draft(*id.as_bytes()).await?);
    }
    match haven.entry(&id.to_string(), None).await {
        Ok(entry) => {
            Ok(Written { id: entry.summary.id, version: entry.version, complete: true, unchanged: false })
        }
        Err(error) if error.reason == ErrorReason::NotFound => {
            // Trying to save the draft tells what keeps it from being an entry.
            let draft = *id.as_bytes();
            match haven.commit_draft(draft).await {
                Ok(written) => Ok(written),
                Err(error) => Err(explained(haven, draft, error).await),
            }
        }
        Err(error) => Err(error.into()),
    }
}

/// Says what to do about a draft that is no entry yet.
pub(crate) async fn explained(haven: &Haven, id: DraftId, error: ApiError) -> Fault {
    match haven.draft(id).await {
        Ok(saved) => {
            let next = kept::Kept::Draft(id).how(&saved.draft);
            Fault::from(error).with_next(next)
        }
        Err(_) => error.into(),
    }
}

async fn save_once(haven: &Haven, about: &About, text: &str) -> Result<Written, Fault> {
    if about.draft.is_some() {
        let draft = about.saved_draft(text.to_owned());
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
async fn keep(haven: &mut Haven, about: &About, text: String, folder: &Folder) -> String {
    let saved = about.saved_draft(text);
    match kept::keep(haven, saved.clone()).await {
        Ok(kept) => {
            folder.close();
            kept.how(&saved.draft)
        }
        Err(fault) => in_memory(folder, &fault),
    }
}

fn json(answers: &ValueMap) -> BTreeMap<String, serde_json::Value> {
    answers.iter().map(|(field, answer)| (field.clone(), answer.clone().into())).collect()
}

fn values(answers: &BTreeMap<String, serde_json::Value>) -> ValueMap {
    answers.iter().map(|(field, answer)| (field.clone(), answer.clone().into())).collect()
}

/// Sixteen bytes that name a draft.
pub(crate) fn random() -> Result<[u8; 16], Fault> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)
        .map_err(|_| Fault::system("no random numbers", &std::io::ErrorKind::Other.into()))?;
    Ok(bytes)
}
