//! Which editor, and how it is kept from writing the words anywhere else.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::time::Instant;
use std::{env, io};

use super::folder::Folder;
use crate::cx::{Cx, aside};
use crate::fault::Fault;
use crate::limits::EDITOR_AT_ONCE;

/// What vim may keep elsewhere: swap, backups, undo, what was typed and searched. `silent!`: a small vim lacks some of it.
const VIM: &[&str] = &[
    "-n",
    "-i",
    "NONE",
    "-c",
    "silent! set noswapfile nobackup nowritebackup",
    "-c",
    "silent! set noundofile",
    "-c",
    "silent! set viminfo=",
];

/// A person's own nanorc may ask for backups, a history and lock files.
const NANO: &[&str] = &["--ignorercfiles"];

/// Emacs keeps backups and autosaves, perhaps in a folder of its own.
const EMACS: &[&str] = &["--eval", "(setq make-backup-files nil auto-save-default nil create-lockfiles nil)"];

/// How an editor ended.
pub(super) struct Ended {
    /// Without an error.
    pub(super) well: bool,
    /// So soon that it may have left a window open.
    pub(super) at_once: bool,
}

/// Opens the editor on the folder's file and waits for its end.
pub(super) async fn run(cx: &Cx, folder: &Folder) -> Result<Ended, Fault> {
    let chosen = chosen();
    let flags = flags(&chosen);
    if persons().is_none() && cx.asks {
        aside(&hint(&chosen));
    }
    if flags.is_none() {
        crate::commands::once(
            cx,
            "editor",
            &format!("`{chosen}` may keep copies of what you write elsewhere; vim and nano do not."),
        );
    }
    let mut command = Command::new("sh");
    command
        .arg("-c")
        .arg(line(&chosen, flags.unwrap_or_default()))
        .arg(&chosen)
        .arg(folder.file())
        // Temporary copies fall under the same roof.
        .env("TMPDIR", folder.path());
    cx.editing.set(true);
    let begun = Instant::now();
    let ended = wait(command).await;
    cx.editing.set(false);
    let ended = ended.map_err(|error| Fault::system("the editor cannot be opened", &error))?;
    let at_once = begun.elapsed() < EDITOR_AT_ONCE && !(flags.is_some() && stays(&chosen));
    Ok(Ended { well: ended.success(), at_once })
}

/// Whether an editor that is known here keeps the terminal until it is closed: under some names they open a window.
fn stays(chosen: &str) -> bool {
    let name = name(chosen);
    !name.starts_with('g') && !name.contains("client")
}

/// What to set so that this editor is waited for.
pub(super) fn waiting() -> String {
    let chosen = chosen();
    let flag = match name(&chosen) {
        name if name.starts_with('g') && name.contains("vim") => "-f",
        name if name.starts_with("kate") => "--block",
        name if ["code", "codium", "cursor", "gedit", "subl", "zed"]
            .iter()
            .any(|it| name.starts_with(it)) =>
        {
            "--wait"
        }
        _ => return "EDITOR='code --wait'".to_owned(),
    };
    format!("EDITOR='{} {flag}'", chosen.trim())
}

/// The name of the program that a command line begins with.
fn name(chosen: &str) -> &str {
    let program = chosen.split_whitespace().next().unwrap_or_default();
    program.rsplit('/').next().unwrap_or_default()
}

/// The shell's line: it splits what the variable holds, as everywhere else. Our flags come first, so that they hold before
/// anything the person's own flags do.
fn line(chosen: &str, flags: &[&str]) -> String {
    let chosen = chosen.trim_start();
    let (program, rest) = chosen.split_at(chosen.find(char::is_whitespace).unwrap_or(chosen.len()));
    let flags: String = flags.iter().map(|flag| format!(" '{flag}'")).collect();
    format!("exec {program}{flags}{rest} \"$@\"")
}

async fn wait(mut command: Command) -> io::Result<ExitStatus> {
    let ended = tokio::task::spawn_blocking(move || command.status()).await;
    ended.unwrap_or_else(|_| Err(io::ErrorKind::Interrupted.into()))
}

/// The editor, the person's own if they chose one.
fn chosen() -> String {
    let usual = || ["nano", "vi"].into_iter().find(|name| found(name).is_some()).unwrap_or("vi").to_owned();
    persons().unwrap_or_else(usual)
}

/// The editor that the person chose.
fn persons() -> Option<String> {
    let set = |name| env::var(name).ok().filter(|editor| !editor.trim().is_empty());
    set("VISUAL").or_else(|| set("EDITOR"))
}

/// How to get out again of an editor that the person didn't choose.
fn hint(chosen: &str) -> String {
    let how = match name(chosen) {
        "nano" => "Ctrl-O and Enter save, Ctrl-X leaves",
        _ => "i begins to write; Esc, then :wq and Enter, saves and leaves",
    };
    format!("This opens {chosen}: {how}. To take another editor, set EDITOR, such as EDITOR=nano.")
}

/// The flags that keep an editor from writing elsewhere; `None` for one that nobody here knows.
fn flags(chosen: &str) -> Option<&'static [&'static str]> {
    let program = chosen.split_whitespace().next()?;
    let program = found(program).unwrap_or_else(|| PathBuf::from(program));
    // A link tells what hides behind a name such as vi or editor.
    let real = program.canonicalize().unwrap_or(program);
    let name = real.file_name()?.to_str()?;
    match name {
        _ if name.starts_with("vim") || name.starts_with("nvim") => Some(VIM),
        _ if name.starts_with("nano") => Some(NANO),
        _ if name.starts_with("emacs") => Some(EMACS),
        _ => None,
    }
}

fn found(program: &str) -> Option<PathBuf> {
    if program.contains('/') {
        return Some(PathBuf::from(program));
    }
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).map(|folder| folder.join(program)).find(|file| Path::is_file(file))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_flags_come_before_the_persons() {
        assert_eq!(
            line("vim -c 'set wrap'", &["-n", "-c", "a b"]),
            "exec vim '-n' '-c' 'a b' -c 'set wrap' \"$@\""
        );
        assert_eq!(line(" code", &[]), "exec code \"$@\"");
        assert!([VIM, NANO, EMACS].concat().iter().all(|flag| !flag.contains('\'')));
    }

    #[test]
    fn an_editor_that_nobody_chose_says_how_to_leave_it() {
        assert!(hint("nano").contains("Ctrl-X leaves") && hint("nano").contains("EDITOR="));
        assert!(hint("vi").contains(":wq") && hint("vi").contains("This opens vi"));
    }

    #[test]
    fn names_that_open_a_window_may_leave_at_once() {
        for (chosen, expected) in [
            ("vim -n", true),
            ("/usr/bin/nano", true),
            ("emacs -nw", true),
            ("gvim", false),
            ("emacsclient -n", false),
            ("/opt/gvim/gvim", false),
        ] {
            assert_eq!(stays(chosen), expected, "{chosen}");
        }
    }

    #[test]
    fn known_editors_are_kept_in_place_even_behind_a_link() {
        let dir = tempfile::tempdir().unwrap();
        let check = |name: &str, target: &str, known: Option<&[&str]>| {
            let link = dir.path().join(name);
            std::fs::write(dir.path().join(target), "").unwrap();
            std::os::unix::fs::symlink(dir.path().join(target), &link).unwrap();
            assert_eq!(flags(&format!("{} -x", link.display())), known, "{name} -> {target}");
        };
        check("vi", "vim.tiny", Some(VIM));
        check("editor", "nvim", Some(VIM));
        check("pico", "nano", Some(NANO));
        check("e", "emacs-nox", Some(EMACS));
        check("code", "electron", None);
        check("vi2", "busybox", None);
    }
}
