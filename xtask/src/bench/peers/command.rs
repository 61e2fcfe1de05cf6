//! What every peer is measured with, and jrnl: a journal on the command line, in one file.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use super::super::samples::Samples;
use super::super::table::duration;
use super::super::usage::Usage;
use crate::corpus::Entry;
use crate::fault::Fault;
use crate::shell::Shell;

/// How often a command is run; one run takes a second and more.
const RUNS: usize = 5;

/// A peer's program, a folder for it, and the journal.
pub(super) struct Bench {
    pub(super) program: String,
    pub(super) folder: PathBuf,
    journal: Vec<Entry>,
}

impl Bench {
    pub(super) fn new(program: &str, folder: &Path, journal: &[Entry]) -> Result<Self, Fault> {
        fs::create_dir_all(folder).map_err(|error| Fault::io("make a peer's folder", &error))?;
        Ok(Self { program: program.to_owned(), folder: folder.to_path_buf(), journal: journal.to_vec() })
    }

    /// A path in the peer's folder.
    pub(super) fn path(&self, name: &str) -> String {
        self.folder.join(name).display().to_string()
    }

    /// The journal as a folder of files, one an entry.
    pub(super) fn files(&self, name: &str) -> Result<String, Fault> {
        let folder = self.folder.join(name);
        let fault = |error: std::io::Error| Fault::io("write the journal as files", &error);
        fs::create_dir_all(&folder).map_err(fault)?;
        for (number, entry) in self.journal.iter().enumerate() {
            let file = folder.join(format!("{}-{number:05}.md", entry.date));
            fs::write(file, &entry.text).map_err(fault)?;
        }
        Ok(folder.display().to_string())
    }

    /// Bytes of text in the journal.
    pub(super) fn bytes(&self) -> usize {
        self.journal.iter().map(|entry| entry.text.len()).sum()
    }

    /// A shell that has nobody's settings.
    pub(super) fn shell(&self) -> Shell {
        let home = self.folder.clone();
        Shell::anywhere()
            .within(&home)
            .with("HOME", home.clone())
            .with("XDG_CONFIG_HOME", home.join("config"))
            .with("XDG_DATA_HOME", home.join("data"))
            .with("XDG_CACHE_HOME", home.join("cache"))
    }

    /// Does something so many times and says in a line what it took.
    pub(super) fn times(
        &self,
        what: &str,
        rounds: usize,
        work: impl FnMut() -> Result<(), Fault>,
    ) -> Result<String, Fault> {
        let before = Usage::now();
        let samples = Samples::take(rounds, work)?;
        let usage = Usage::now().since(before);
        let (middle, count) = (duration(samples.percentile(50)), samples.count());
        Ok(format!("  {what:<44} {middle:>10}, p50 of {count}; CPU {:.2} s in all", usage.cpu_seconds))
    }
}

/// jrnl: a plain file, which is the quickest it can be.
pub(super) fn jrnl(bench: &Bench) -> Result<Vec<String>, Fault> {
    let fault = |error: std::io::Error| Fault::io("write the journal of jrnl", &error);
    let (file, config) = (bench.path("journal.txt"), bench.path("jrnl.yaml"));
    let settings = format!(
        "colors:\n  body: none\n  date: none\n  tags: none\n  title: none\ndefault_hour: 9\ndefault_minute: 0\n\
         editor: ''\nencrypt: false\nhighlight: false\nindent_character: '|'\njournals:\n  default:\n    journal: {file}\n\
         linewrap: 79\ntagsymbols: '@'\ntemplate: false\ntimeformat: '%F %r'\nversion: v4.0\n"
    );
    fs::write(&config, settings).map_err(fault)?;
    let mut text = String::new();
    for entry in &bench.journal {
        // Its entries begin with their date in brackets; the year 1660 is too early for some of its versions' parser.
        let _ = writeln!(text, "[{} 09:00:00 AM] {}\n{}\n", entry.date, entry.title, entry.text);
    }
    fs::write(&file, text).map_err(fault)?;
    let run = |arguments: &[&str]| {
        let arguments = [&["--config-file", config.as_str()], arguments].concat();
        bench.shell().read(&bench.program, &arguments).map(|_| ())
    };
    Ok(vec![
        bench.times("add, 10,000 entries in a plain file", RUNS, || run(&["A few words, kept at once."]))?,
        bench.times("-contains Westminster", RUNS, || run(&["-contains", "Westminster"]))?,
        bench.times("-n 10", RUNS, || run(&["-n", "10"]))?,
    ])
}
