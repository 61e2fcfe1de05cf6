//! Giving every entry out in an open format.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, BufWriter, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use haven_api::journal::ExportFormat;
use serde::Serialize;

use super::vault::exists;
use crate::args::ExportCommand;
use crate::cx::{Cx, write};
use crate::fault::Fault;
use crate::text::count;

#[derive(Serialize)]
struct Exported {
    exported: u64,
}

pub(super) async fn run(cx: &Cx, command: ExportCommand) -> Result<(), Fault> {
    match command {
        ExportCommand::Jsonl { file } if file == Path::new("-") => to_stdout(cx).await,
        ExportCommand::Jsonl { file } => to_file(cx, file).await,
        ExportCommand::Markdown { dir, history } => to_folder(cx, &dir, history).await,
    }
}

async fn to_stdout(cx: &Cx) -> Result<(), Fault> {
    let mut export = cx.haven().await?.export(ExportFormat::Jsonl).await?;
    while let Some(batch) = export.next().await? {
        let mut text = batch.lines.join("\n");
        if !text.is_empty() {
            text.push('\n');
            write(text.as_bytes())?;
        }
    }
    Ok(())
}

async fn to_file(cx: &Cx, path: PathBuf) -> Result<(), Fault> {
    let haven = cx.haven().await?;
    let mut file = NewFile::make(path)?;
    let mut export = haven.export(ExportFormat::Jsonl).await?;
    let mut number = 0;
    while let Some(batch) = export.next().await? {
        for line in batch.lines {
            file.write(line.as_bytes())?;
            file.write(b"\n")?;
            number += 1;
        }
    }
    file.finish()?;
    tell(cx, number)
}

async fn to_folder(cx: &Cx, dir: &Path, history: bool) -> Result<(), Fault> {
    let haven = cx.haven().await?;
    let mut export = haven.export(ExportFormat::Markdown { history }).await?;
    make_folder(dir)?;
    let mut number = 0;
    while let Some(batch) = export.next().await? {
        for page in batch.files {
            let mut file = NewFile::make(dir.join(plain_name(&page.name)?))?;
            file.write(page.content.as_bytes())?;
            file.finish()?;
            number += 1;
        }
    }
    File::open(dir).and_then(|dir| dir.sync_all()).map_err(|error| refused(dir, &error))?;
    tell(cx, number)
}

fn tell(cx: &Cx, exported: u64) -> Result<(), Fault> {
    cx.tell(&Exported { exported }, |_| {
        format!(
            "{} exported, readable for everybody who can open the files.\n",
            count(exported, "item", "items")
        )
    })
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
        let next = "Give the name of a new or an empty folder.";
        return Err(Fault::decision("nothing was exported", format!("{} isn't empty", dir.display()), next));
    }
    Ok(())
}

fn refused(path: &Path, error: &io::Error) -> Fault {
    Fault::system(format!("{} can't be written", path.display()), error)
}

/// A file that did not exist, for its owner only; removed again if the export does not come to its end.
pub(super) struct NewFile {
    path: PathBuf,
    writer: BufWriter<File>,
    is_whole: bool,
}

impl NewFile {
    pub(super) fn make(path: PathBuf) -> Result<Self, Fault> {
        match OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path) {
            Ok(file) => Ok(Self { path, writer: BufWriter::new(file), is_whole: false }),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(exists(&path)),
            Err(error) => Err(refused(&path, &error)),
        }
    }

    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        self.writer.write_all(bytes).map_err(|error| refused(&self.path, &error))
    }

    pub(super) fn finish(mut self) -> Result<(), Fault> {
        let finished = self.writer.flush().and_then(|()| self.writer.get_ref().sync_all());
        finished.map_err(|error| refused(&self.path, &error))?;
        self.is_whole = true;
        Ok(())
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        if !self.is_whole {
            let _ = fs::remove_file(&self.path);
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
        drop(NewFile::make(path.clone()).unwrap());
        assert!(!path.exists());
        let mut file = NewFile::make(path.clone()).unwrap();
        file.write(b"x").unwrap();
        file.finish().unwrap();
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
    fn a_name_leads_nowhere_else() {
        for (name, good) in [("a.md", true), ("../a", false), ("/a", false), (".hidden", false), ("", false)]
        {
            assert_eq!(plain_name(name).is_ok(), good, "{name}");
        }
    }
}
