//! Words left in memory, where no daemon could take them: the next command does.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use haven_api::drafts::SavedDraft;
use haven_api::journal::Edit;

use super::folder::{self, Folder};
use super::{About, random};
use crate::ask::Words;
use crate::cx::{Cx, Haven};
use crate::fault::Fault;
use crate::{daemon, kept};

/// Words that nobody has but this command, until they are safe.
pub(crate) struct Hand {
    about: About,
    words: Arc<Mutex<Vec<u8>>>,
}

impl Hand {
    /// Takes words in hand; those of a pipe come in while it is read.
    pub(crate) fn new(about: About, words: &str) -> Self {
        Self { about, words: Arc::new(Mutex::new(words.as_bytes().to_vec())) }
    }

    /// Where the words of a pipe go as they are read.
    pub(crate) fn words(&self) -> Arc<Mutex<Vec<u8>>> {
        Arc::clone(&self.words)
    }

    /// Leaves the words for the next command, since this one ends here, and says so; `None` if there are none.
    pub(crate) fn leave(self) -> Option<String> {
        let text = Words::read(&self.words.lock().unwrap_or_else(PoisonError::into_inner)).text;
        if text.trim().is_empty() {
            return None;
        }
        let left = put(self.about, &text);
        Some(left.map_or_else(
            |fault| format!("The words couldn't be kept: {}.", fault.why()),
            |folder| stays(&folder),
        ))
    }
}

/// Which journal words belong to: the folder of its data, also where that was moved, since only the daemon could tell a journal by
/// more, and it may be the one that does not answer.
#[derive(Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub(super) struct Journal {
    /// Where its daemon listens.
    socket: PathBuf,
    /// The file system and the number of its folder there.
    folder: Option<(u64, u64)>,
}

impl Journal {
    /// The one that this command is about.
    ///
    /// # Errors
    /// Nothing tells where it is.
    pub(super) fn here() -> Result<Self, Fault> {
        let socket = daemon::socket()?;
        let found = socket.parent().and_then(|folder| fs::metadata(folder).ok());
        Ok(Self { socket, folder: found.map(|found| (found.dev(), found.ino())) })
    }

    fn is(&self, other: &Self) -> bool {
        self.socket == other.socket || (self.folder.is_some() && self.folder == other.folder)
    }

    /// The folder that it was in.
    fn was_in(&self) -> &Path {
        self.socket.parent().unwrap_or(&self.socket)
    }
}

/// Says that the words of a command that ends here stay in memory.
pub(super) fn stays(folder: &Folder) -> String {
    folder.leave();
    format!(
        "Your words are kept in {}, which is memory and gone when the machine is turned off. The next `haven` command takes them over.",
        folder.file().display()
    )
}

/// Leaves words where they are, since nobody takes them, and says so.
pub(super) fn in_memory(folder: &Folder, fault: &Fault) -> String {
    folder.leave();
    format!(
        "The words are in {} for now, which is memory and gone when the machine is turned off; they could not be kept, because {}. \
         Put that right: the next `haven` command takes them over.",
        folder.file().display(),
        fault.why()
    )
}

/// Leaves words in memory where no daemon takes them, for the next command, and says so.
///
/// # Errors
/// There is no place for them.
pub(crate) fn leave(saved: &SavedDraft, fault: &Fault) -> Result<String, Fault> {
    let about = About { draft: None, keep: saved.id, ..About::of_draft(saved) };
    Ok(in_memory(&put(about, &saved.draft.text)?, fault))
}

/// The same for a change to an entry, as that was named.
///
/// # Errors
/// There is no place for it.
pub(crate) fn leave_change(named: &str, change: &Edit, fault: &Fault) -> Result<String, Fault> {
    let text = change.text.clone().unwrap_or_default();
    Ok(in_memory(&put(About::of_change(named, change), &text)?, fault))
}

fn put(about: About, text: &str) -> Result<Folder, Fault> {
    let keep = if about.keep == [0; 16] { random()? } else { about.keep };
    // Nothing stood there before: all of it is to be kept.
    let about = About { keep, before: String::new(), journal: Journal::here()?, ..about };
    let folder = Folder::make(&about)?;
    let unwritten = |error: std::io::Error| Fault::system("the words can't be kept", &error);
    fs::write(folder.file(), text).map_err(unwritten)?;
    folder.leave();
    Ok(folder)
}

/// Turns words that were left behind, when something was killed or interrupted or a window stayed open, into drafts.
pub(crate) async fn rescue(haven: &mut Haven, cx: &Cx) {
    let Ok(here) = Journal::here() else { return };
    for folder in folder::left_behind() {
        let about = folder.about::<About>();
        let text = folder.words().map(|words| words.text).unwrap_or_default();
        let before = about.as_ref().map_or("", |about| &about.before);
        if text.trim().is_empty() || text == before {
            if folder.may_be_open() {
                folder.leave();
            }
            continue;
        }
        // From here on they stay, whatever ends this command.
        folder.leave();
        let Some(about) = about else { continue };
        if !about.journal.is(&here) {
            tell_astray(cx, &about, &folder);
            continue;
        }
        let how = match take(haven, &about, text).await {
            Ok(how) => {
                folder.close();
                how
            }
            Err(fault) => in_memory(&folder, &fault),
        };
        cx.note(&format!("Words were left behind earlier, in an editor or a pipe. {how}"));
    }
}

/// Says of words of another journal how to get at them, if that is not where it was; else its own commands find them.
fn tell_astray(cx: &Cx, about: &About, folder: &Folder) {
    let was_in = about.journal.was_in();
    if daemon::has_journal(was_in) {
        return;
    }
    let file = folder.file();
    cx.note(&format!(
        "Words were left behind earlier for a journal in {}, where none is now. They're in {}: `haven add - < {}` takes them into this \
         journal, and `rm -r {}` takes them out of memory then.",
        was_in.display(),
        file.display(),
        file.display(),
        folder.path().display(),
    ));
}

async fn take(haven: &mut Haven, about: &About, text: String) -> Result<String, Fault> {
    if let Some(named) = &about.named {
        return kept::keep_change(haven, named, about.change(text)).await;
    }
    let saved = about.saved_draft(text);
    Ok(kept::keep(haven, saved.clone()).await?.how(&saved.draft))
}
