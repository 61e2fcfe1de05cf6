//! What help reads from the disk by itself, since it waits for no daemon. Whatever is wrong there, it is as if nothing were.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use haven_api::support::{Country, HELP_COUNTRY, PlanPart, READABLE_BYTES_MAX, READABLE_FILE};
use haven_core::content::Library;
use haven_core::support::Readable;
use rustix::fs::{Mode, OFlags};

use crate::commands::{config, folder_of};
use crate::limits::SETTINGS_READ_MAX;
use crate::text::LANGUAGE;

/// The file of a journal, without which there is no plan that lines could be of.
const JOURNAL: &str = "journal.db";

/// The country that the person has set.
pub(super) fn country() -> Option<Country> {
    let settings = whole(&config::path().ok()?, SETTINGS_READ_MAX)?;
    let settings: toml::Table = std::str::from_utf8(&settings).ok()?.parse().ok()?;
    let (section, name) = HELP_COUNTRY.split_once('.')?;
    Country::typed(settings.get(section)?.get(name)?.as_str()?)
}

/// Whether there may be a journal here. Where that cannot be told, there may be one.
pub(super) fn has_journal() -> bool {
    let folder = folder_of("XDG_DATA_HOME", ".local/share");
    folder.is_none_or(|folder| folder.join(JOURNAL).try_exists().unwrap_or(true))
}

/// The lines of the plan that can be read without a daemon.
pub(super) fn readable() -> Vec<PlanPart> {
    kept().unwrap_or_default()
}

fn kept() -> Option<Vec<PlanPart>> {
    let data = folder_of("XDG_DATA_HOME", ".local/share")?;
    if !data.join(JOURNAL).is_file() {
        return None;
    }
    let kept = Readable::parse(&whole(&data.join(READABLE_FILE), READABLE_BYTES_MAX)?).ok()?;
    // A test reads what is built in; were it damaged all the same, the lines stand under the names of their questions.
    Some(kept.parts(&Library::built_in().unwrap_or_default(), LANGUAGE))
}

/// Reads a file that is no larger than this. What is no file is not waited for.
fn whole(path: &Path, size_max: usize) -> Option<Vec<u8>> {
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = File::from(rustix::fs::open(path, flags, Mode::empty()).ok()?);
    if !file.metadata().ok()?.is_file() {
        return None;
    }
    let mut bytes = Vec::new();
    file.take(size_max as u64 + 1).read_to_end(&mut bytes).ok()?;
    (bytes.len() <= size_max).then_some(bytes)
}
