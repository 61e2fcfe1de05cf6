//! Giving every entry out in an open format.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, BufWriter, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use haven_api::journal::ExportFormat;
use haven_core::import::is_entry;
use serde::Serialize;

use super::vault::exists;
use crate::args::ExportCommand;
use crate::cx::{Cx, write};
use crate::fault::Fault;
use crate::text::count;

/// A file in a folder that an export writes into, for as long as it is not whole.
const MARK: &str = "INCOMPLETE.txt";

const MARKED: &str =
    "This export was stopped before its end: not everything is here. Delete this folder, and export again.\n";

/// What is behind the name of a file that is not whole yet.
const UNFINISHED: &str = ".incomplete";

#[derive(Serialize)]
struct Exported {
    exported: u64,
    drafts: u64,
}

pub(super) async fn run(cx: &Cx, command: ExportCommand) -> Result<(), Fault> {
    match command {
        ExportCommand::Jsonl { file } if file == Path::new("-") => to_stdout(cx).await,
        ExportCommand::Jsonl { file } => to_file(cx, file).await,
        ExportCommand::Markdown { dir, history } => to_folder(cx, &dir, history).await,
    }
}

async fn to_stdout(cx: &Cx) -> Result<(), Fault> {
    let haven = cx.haven().await?;
    let drafts = haven.drafts().await?.len() as u64;
    let mut export = haven.export(ExportFormat::Jsonl).await?;
    while let Some(batch) = export.next().await? {
        let mut text = batch.lines.join("\n");
        if !text.is_empty() {
            text.push('\n');
            write(text.as_bytes())?;
        }
    }
    if drafts > 0 {
        cx.note(&left_out(drafts));
    }
    Ok(())
}

async fn to_file(cx: &Cx, path: PathBuf) -> Result<(), Fault> {
    let haven = cx.haven().await?;
    let drafts = haven.drafts().await?.len() as u64;
    let called = path.display().to_string();
    let mut file = NewFile::make(path)?;
    let mut export = haven.export(ExportFormat::Jsonl).await?;
    let mut exported = 0;
    while let Some(batch) = export.next().await? {
        for line in batch.lines {
            file.write(line.as_bytes())?;
            file.write(b"\n")?;
            exported += u64::from(is_entry(line.as_bytes()));
        }
    }
    file.finish()?;
    tell(cx, &Exported { exported, drafts }, exported, &called)
}

async fn to_folder(cx: &Cx, dir: &Path, history: bool) -> Result<(), Fault> {
    let haven = cx.haven().await?;
    let drafts = haven.drafts().await?.len() as u64;
    let mut export = haven.export(ExportFormat::Markdown { history }).await?;
    make_folder(dir)?;
    // Until the last page is there the folder says of itself that it is not whole, whatever ends this program.
    let mark = Mark::set(dir)?;
    let (mut exported, mut entries) = (0, 0);
    while let Some(batch) = export.next().await? {
        for page in batch.files {
            entries += u64::from(!BESIDE.iter().any(|end| page.name.ends_with(end)));
            let mut file = NewFile::make(dir.join(plain_name(&page.name)?))?;
            file.write(page.content.as_bytes())?;
            file.finish()?;
            exported += 1;
        }
    }
    mark.take_away()?;
    tell(cx, &Exported { exported, drafts }, entries, &dir.display().to_string())
}

/// How the names of files end that stand beside that of their entry: what met in it, and its history.
const BESIDE: [&str; 2] = [".met.md", ".history.md"];

/// Says what was written, and where; more files than entries are told too.
fn tell(cx: &Cx, exported: &Exported, entries: u64, place: &str) -> Result<(), Fault> {
    let rest = if exported.drafts > 0 { left_out(exported.drafts) } else { String::new() };
    cx.tell(exported, |_| {
        let files = match exported.exported - entries {
            0 => String::new(),
            _ => format!(" as {} files", exported.exported),
        };
        format!(
            "{}, those in the trash too, written to {place}{files}: readable for everybody who can open it.\n{rest}",
            count(entries, "entry", "entries")
        )
    })
}

fn left_out(drafts: u64) -> String {
    let isnt = if drafts == 1 { "isn't" } else { "aren't" };
    format!("{} {isnt} in it; see `haven draft list`.\n", count(drafts, "draft", "drafts"))
}

/// Says in a folder that what is there is not whole.
struct Mark<'a> {
    dir: &'a Path,
}

impl<'a> Mark<'a> {
    fn set(dir: &'a Path) -> Result<Self, Fault> {
        let mut mark = NewFile::make(dir.join(MARK))?;
        mark.write(MARKED.as_bytes())?;
        mark.finish()?;
        Ok(Self { dir })
    }

    /// Takes it away once every page is on the disk.
    fn take_away(self) -> Result<(), Fault> {
        keep(self.dir)
            .and_then(|()| fs::remove_file(self.dir.join(MARK)))
            .and_then(|()| keep(self.dir))
            .map_err(|error| refused(self.dir, &error))
    }
}

/// Makes what changed in a folder durable.
fn keep(dir: &Path) -> io::Result<()> {
    File::open(dir).and_then(|dir| dir.sync_all())
}

/// A name that leads nowhere else, whoever made it.
fn plain_name(name: &str) -> Result<&str, Fault> {
    let is_plain = !name.is_empty() && !name.starts_with('.') && !name.contains(['/', '\\', '\0']);
    let leads_away = || {
        Fault::usage(
            "the export stopped",
            "the daemon named a file that leads out of the folder",
            "Update Haven.",
        )
    };
    is_plain.then_some(name).ok_or_else(leads_away)
}

/// Makes the folder, for its owner only; an empty one that is there already will do.
fn make_folder(dir: &Path) -> Result<(), Fault> {
    match DirBuilder::new().mode(0o700).create(dir) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(refused(dir, &error)),
        _ => {}
    }
    let mut inside = fs::read_dir(dir).map_err(|error| refused(dir, &error))?;
    if inside.next().is_some() {
        let why = if dir.join(MARK).exists() {
            format!("an export into {} was stopped before its end", dir.display())
        } else {
            format!("{} isn't empty", dir.display())
        };
        let next = "Give the name of a new or an empty folder.";
        return Err(Fault::decision("nothing was exported", why, next));
    }
    Ok(())
}

fn refused(path: &Path, error: &io::Error) -> Fault {
    Fault::system(format!("{} can't be written", path.display()), error)
}

/// A file that did not exist, for its owner only. It has its name once it is whole and on the disk; what was begun is removed
/// again if the export does not come to its end, and says in its name that it is not whole if nobody could.
pub(super) struct NewFile {
    path: PathBuf,
    unfinished: PathBuf,
    writer: BufWriter<File>,
    is_whole: bool,
}

impl NewFile {
    pub(super) fn make(path: PathBuf) -> Result<Self, Fault> {
        free(&path)?;
        let mut name = path.as_os_str().to_owned();
        name.push(UNFINISHED);
        let unfinished = PathBuf::from(name);
        match OpenOptions::new().write(true).create_new(true).mode(0o600).open(&unfinished) {
            Ok(file) => Ok(Self { path, unfinished, writer: BufWriter::new(file), is_whole: false }),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(left_behind(&unfinished)),
            Err(error) => Err(refused(&path, &error)),
        }
    }

    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        self.writer.write_all(bytes).map_err(|error| refused(&self.path, &error))
    }

    pub(super) fn finish(mut self) -> Result<(), Fault> {
        let folder = match self.path.parent() {
            Some(folder) if folder != Path::new("") => folder,
            _ => Path::new("."),
        };
        self.writer
            .flush()
            .and_then(|()| self.writer.get_ref().sync_all())
            .map_err(|error| refused(&self.path, &error))?;
        free(&self.path)?;
        fs::rename(&self.unfinished, &self.path)
            .and_then(|()| keep(folder))
            .map_err(|error| refused(&self.path, &error))?;
        self.is_whole = true;
        Ok(())
    }
}

/// Nothing is written over.
fn free(path: &Path) -> Result<(), Fault> {
    if path.symlink_metadata().is_ok() { Err(exists(path)) } else { Ok(()) }
}

fn left_behind(path: &Path) -> Fault {
    let why =
        format!("{} is left from an export that was stopped, or another one is writing it", path.display());
    Fault::decision("nothing was written", why, "Delete it if no export runs, then try again.")
}

impl Drop for NewFile {
    fn drop(&mut self) {
        if !self.is_whole {
            let _ = fs::remove_file(&self.unfinished);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_file_is_private_never_written_over_and_gone_unless_it_is_whole() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("out");
        let inside = || fs::read_dir(dir.path()).unwrap().count();
        drop(NewFile::make(path.clone()).unwrap());
        assert_eq!(inside(), 0);
        let mut file = NewFile::make(path.clone()).unwrap();
        file.write(b"x").unwrap();
        assert!(!path.exists() && dir.path().join("out.incomplete").exists());
        assert!(NewFile::make(path.clone()).is_err(), "another export is writing it");
        file.finish().unwrap();
        assert_eq!(inside(), 1);
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(NewFile::make(path.clone()).is_err());
        assert_eq!(fs::read(&path).unwrap(), b"x");
    }

    #[test]
    fn a_folder_is_private_and_new_or_empty() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("pages");
        make_folder(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o700);
        make_folder(&path).unwrap();
        fs::write(path.join("mine"), "").unwrap();
        assert!(make_folder(&path).is_err());
    }

    #[test]
    fn a_folder_says_that_it_is_not_whole_until_it_is() {
        let dir = tempfile::tempdir().unwrap();
        let mark = Mark::set(dir.path()).unwrap();
        assert!(fs::read_to_string(dir.path().join(MARK)).unwrap().contains("not everything is here"));
        assert!(make_folder(dir.path()).unwrap_err().why().contains("was stopped before its end"));
        mark.take_away().unwrap();
        make_folder(dir.path()).unwrap();
    }

    #[test]
    fn a_name_leads_nowhere_else() {
        for (name, good) in [("a.md", true), ("../a", false), ("/a", false), (".hidden", false), ("", false)]
        {
            assert_eq!(plain_name(name).is_ok(), good, "{name}");
        }
    }
}
