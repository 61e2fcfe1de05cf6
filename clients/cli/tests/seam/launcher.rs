//! The way in from the desktop's menu: what's written, what's left alone, and how it's told.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

use crate::daemon::Daemon;

/// A desktop's folder beside a daemon.
struct Desktop {
    daemon: Daemon,
    data: TempDir,
}

impl Desktop {
    fn new() -> Self {
        Self { daemon: Daemon::start(), data: tempfile::tempdir().unwrap() }
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_haven"));
        command.args(arguments).env_clear().env("HAVEN_HOME", self.daemon.home());
        command.env("XDG_DATA_HOME", self.data.path()).env("LC_ALL", "C").output().unwrap()
    }

    fn entry(&self) -> PathBuf {
        self.data.path().join("applications/own-notes.desktop")
    }

    fn icon(&self) -> PathBuf {
        self.data.path().join("icons/hicolor/scalable/apps/own-notes.svg")
    }

    /// Every file in the folder.
    fn files(&self) -> Vec<PathBuf> {
        let mut found = Vec::new();
        let mut folders = vec![self.data.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for inside in fs::read_dir(folder).unwrap().map(|inside| inside.unwrap().path()) {
                if inside.is_dir() { folders.push(inside) } else { found.push(inside) }
            }
        }
        found.sort();
        found
    }
}

fn json(output: &Output) -> Value {
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The reason and the exit code of a refusal.
fn refused(output: &Output) -> (String, Option<i32>) {
    let told: Value = serde_json::from_slice(&output.stderr).unwrap();
    for part in ["what", "why", "next"] {
        assert!(!told["error"][part].as_str().unwrap().is_empty(), "{told}");
    }
    (told["error"]["reason"].as_str().unwrap().to_owned(), output.status.code())
}

fn shown(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn it_is_put_into_the_menu_under_a_neutral_name_with_its_own_journal_and_taken_out_again() {
    let desktop = Desktop::new();
    // The second time it only puts right what is there.
    for _ in 0..2 {
        let told = json(&desktop.run(&["open", "--install-launcher", "--json"]));
        assert_eq!(
            (&told["launcher"], &told["icon"]),
            (&shown(&desktop.entry()).into(), &shown(&desktop.icon()).into())
        );
        assert_eq!(desktop.files(), [desktop.entry(), desktop.icon()], "and nothing half written");
    }
    let text = fs::read_to_string(desktop.entry()).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines.contains(&"Name=Notes"), "{text}");
    assert!(lines.contains(&&*format!("Icon={}", desktop.icon().display())), "{text}");
    let command = format!(
        "Exec=env \"HAVEN_HOME={}\" \"{}\" open",
        desktop.daemon.home().display(),
        fs::canonicalize(env!("CARGO_BIN_EXE_haven")).unwrap().display()
    );
    assert!(lines.contains(&&*command), "{text}");
    assert!(fs::read_to_string(desktop.icon()).unwrap().contains("<svg"));
    let told = json(&desktop.run(&["open", "--remove-launcher", "--json"]));
    assert_eq!(told["launcher"], shown(&desktop.entry()));
    assert!(desktop.files().is_empty());
    let again = desktop.run(&["open", "--remove-launcher", "--json"]);
    assert_eq!(refused(&again), ("NOT_FOUND".to_owned(), Some(5)));
}

#[test]
fn what_haven_did_not_make_is_neither_replaced_nor_removed() {
    let desktop = Desktop::new();
    for path in [desktop.entry(), desktop.icon()] {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, "[Desktop Entry]\nName=Mine\n").unwrap();
        let output = desktop.run(&["open", "--install-launcher", "--json"]);
        assert_eq!(refused(&output), ("CONFIRMATION_NEEDED".to_owned(), Some(6)));
        assert_eq!(desktop.files(), std::slice::from_ref(&path), "nothing was written");
        fs::remove_file(path).unwrap();
    }
    fs::write(desktop.entry(), "[Desktop Entry]\nName=Mine\n").unwrap();
    let output = desktop.run(&["open", "--remove-launcher", "--json"]);
    assert_eq!(refused(&output), ("CONFIRMATION_NEEDED".to_owned(), Some(6)));
    assert_eq!(fs::read_to_string(desktop.entry()).unwrap(), "[Desktop Entry]\nName=Mine\n");
}

#[test]
fn one_thing_is_asked_for_at_a_time() {
    let desktop = Desktop::new();
    let output = desktop.run(&["open", "--install-launcher", "--remove-launcher", "--json"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(desktop.files().is_empty());
}
