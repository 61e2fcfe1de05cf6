//! The way to the journal's page from the desktop's menu: one file by the Desktop Entry Specification 1.5, and its icon.

mod entry;

use std::env;
use std::fs;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use haven_api::error::{ApiError, ErrorReason};
use haven_api::settings::APP_NAME;
use serde::Serialize;
use tempfile::NamedTempFile;

use self::entry::{Launcher, Unwritable};
use super::desktop_folder;
use crate::cx::{Cx, Haven};
use crate::fault::Fault;

/// The entry and the icon, in the folder of the desktop's data. The same for every name the app has, so that one replaces the other;
/// and as neutral as the name: these can be seen too.
const ENTRY: &str = "applications/own-notes.desktop";
const ICON: &str = "icons/hicolor/scalable/apps/own-notes.svg";

/// How both files begin, behind what makes it a comment there: only what begins so is written over or removed.
const MARK: &str = "Made by `haven open --install-launcher`";

/// Bytes that are read to find the mark.
const MARK_BYTES_MAX: u64 = 256;

#[derive(Serialize)]
struct InstalledShape<'a> {
    launcher: &'a str,
    icon: &'a str,
}

#[derive(Serialize)]
struct RemovedShape<'a> {
    launcher: &'a str,
}

/// Where the two files are.
struct Place {
    entry: PathBuf,
    icon: PathBuf,
}

/// A name that the app may have where others see it, with the icon that goes with it.
struct Look {
    name: &'static str,
    icon: &'static str,
}

const NOTES: Look = Look { name: "Notes", icon: include_str!("launcher/notes.svg") };
const HAVEN: Look = Look { name: "Haven", icon: include_str!("launcher/haven.svg") };

/// Puts it into the menu, or puts it right there.
pub(super) async fn install(cx: &Cx) -> Result<(), Fault> {
    let place = Place::find("nothing was installed")?;
    let look = look(&cx.device().await?).await?;
    for file in [&place.entry, &place.icon] {
        if is_ours(file)? == Some(false) {
            return Err(foreign("nothing was installed", file));
        }
    }
    let (program, home) = (program()?, env::var_os("HAVEN_HOME").filter(|home| !home.is_empty()));
    let home = home.map(std::path::absolute).transpose().map_err(|error| unwritten(&place.entry, &error))?;
    let launcher = Launcher { name: look.name, program: &program, home: home.as_deref(), icon: &place.icon };
    let text = launcher.to_text(MARK).map_err(|unwritable| unfit(&unwritable))?;
    write(&place.icon, &format!("<!-- {MARK} -->\n{}", look.icon))?;
    write(&place.entry, &text)?;
    let (entry, icon) = (place.entry.display().to_string(), place.icon.display().to_string());
    cx.tell(&InstalledShape { launcher: &entry, icon: &icon }, |_| {
        format!(
            "{} is in your menu now; some desktops show it only when you sign in again. It opens your journal in the browser.\n\
             The file is {entry}.\n",
            look.name
        )
    })?;
    if look.name == NOTES.name {
        cx.note(
            "Its name says nothing of what it is, since others may see it. `haven config set app.name haven` and this command \
             again give it Haven's own.",
        );
    }
    Ok(())
}

/// Takes it out of the menu.
pub(super) fn remove(cx: &Cx) -> Result<(), Fault> {
    let place = Place::find("nothing was removed")?;
    match is_ours(&place.entry)? {
        None => {
            let none = ApiError::new(ErrorReason::NotFound, "nothing was removed");
            let none = none.because(format!("there's no {}", place.entry.display()));
            return Err(none.with_next("There's nothing to do: it isn't in your menu.").into());
        }
        Some(false) => return Err(foreign("nothing was removed", &place.entry)),
        Some(true) => {}
    }
    let refused =
        |path: &Path, error: &io::Error| Fault::system(format!("{} can't be removed", path.display()), error);
    fs::remove_file(&place.entry).map_err(|error| refused(&place.entry, &error))?;
    if is_ours(&place.icon)? == Some(true) {
        fs::remove_file(&place.icon).map_err(|error| refused(&place.icon, &error))?;
    }
    let entry = place.entry.display().to_string();
    cx.tell(&RemovedShape { launcher: &entry }, |_| {
        "It's out of your menu. `haven open` opens your journal as before.\n".to_owned()
    })
}

impl Place {
    fn find(what: &str) -> Result<Self, Fault> {
        if !cfg!(target_os = "linux") {
            let missing = ApiError::new(ErrorReason::Unsupported, what);
            let missing = missing.because("this system's menu can't be written to by Haven yet");
            return Err(missing
                .with_next(
                    "`haven open` opens your journal; a bookmark can't, it needs a new address each time.",
                )
                .into());
        }
        let folder = desktop_folder("XDG_DATA_HOME", ".local/share").ok_or_else(|| {
            Fault::usage(what, "neither XDG_DATA_HOME nor HOME is set", "Set HOME to your own folder.")
        })?;
        Ok(Self { entry: folder.join(ENTRY), icon: folder.join(ICON) })
    }
}

/// How the app looks to others, as it is set.
async fn look(haven: &Haven) -> Result<Look, Fault> {
    let set = haven.settings(Some(APP_NAME)).await?;
    let is_haven = set.first().is_some_and(|name| name.value == "haven");
    Ok(if is_haven { HAVEN } else { NOTES })
}

/// This program, as the menu has to call it: its folder need not be where the desktop looks for programs.
fn program() -> Result<PathBuf, Fault> {
    let lost = |error: &io::Error| Fault::system("this program can't be found on the disk", error);
    let program = env::current_exe().map_err(|error| lost(&error))?;
    // A program that was replaced while it ran has a name that leads nowhere.
    fs::metadata(&program).map_err(|error| lost(&error))?;
    Ok(program)
}

/// Whether a file is one of these; `None` if there is none.
fn is_ours(path: &Path) -> Result<Option<bool>, Fault> {
    let mut begins = Vec::new();
    let read = fs::File::open(path).and_then(|file| file.take(MARK_BYTES_MAX).read_to_end(&mut begins));
    match read {
        Ok(_) => Ok(Some(["# ", "<!-- "].iter().any(|comment| {
            begins.strip_prefix(comment.as_bytes()).is_some_and(|rest| rest.starts_with(MARK.as_bytes()))
        }))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        // What can't be looked at, such as a folder, is nobody's to replace.
        Err(_) => Ok(Some(false)),
    }
}

/// Writes a file as a whole: the menu sees the one before or this one.
fn write(path: &Path, text: &str) -> Result<(), Fault> {
    let folder = path.parent().unwrap_or(path);
    let written = fs::create_dir_all(folder).and_then(|()| {
        let mut new = NamedTempFile::new_in(folder)?;
        new.write_all(text.as_bytes())?;
        new.as_file().sync_all()?;
        new.persist(path).map_err(|error| error.error)?;
        fs::File::open(folder)?.sync_all()
    });
    written.map_err(|error| unwritten(path, &error))
}

fn unwritten(path: &Path, error: &io::Error) -> Fault {
    Fault::system(format!("{} can't be written", path.display()), error)
}

fn foreign(what: &str, path: &Path) -> Fault {
    let why = format!("{} isn't one that Haven made", path.display());
    Fault::decision(what, why, "Look at it, and move it away if you don't need it; then try again.")
}

fn unfit(unwritable: &Unwritable) -> Fault {
    let next = "Give the folder another name, or use `haven open`.";
    Fault::usage("nothing was installed", unwritable.to_string(), next)
}
