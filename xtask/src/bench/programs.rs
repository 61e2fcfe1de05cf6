//! The programs that are measured and those that measure, built with optimisation.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::Value;

use crate::fault::Fault;
use crate::repo::Repo;
use crate::say;
use crate::shell::Shell;

/// Packages with what is built of each.
const BUILT: &[(&str, &str, &str)] = &[
    ("haven", "--bin", "haven"),
    ("havend", "--bin", "havend"),
    ("haven-server", "--bin", "haven-server"),
    ("haven-server", "--example", "load"),
    ("haven-e2e", "--bin", "measure"),
    ("haven-crypto", "--example", "sealing"),
    ("haven-engine", "--example", "documents"),
    ("haven-store", "--example", "commits"),
];

/// Where the programs are.
pub struct Programs {
    folder: PathBuf,
}

/// What a measuring program said: one object a line, each with its name under "what".
pub struct Said(Vec<Value>);

impl Programs {
    /// Builds them all, in one go so that what they share is built once.
    ///
    /// # Errors
    /// When one does not build.
    pub fn build(repo: &Repo) -> Result<Self, Fault> {
        say::progress("building everything with optimisation (the first time takes several minutes)");
        let mut arguments = vec!["build", "--release"];
        arguments
            .extend(BUILT.iter().flat_map(|(package, kind, name)| ["--package", *package, *kind, *name]));
        Shell::new(repo).run("cargo", &arguments)?;
        Ok(Self { folder: repo.binaries(true) })
    }

    /// The folder of the programs that people run.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Runs a program that measures.
    ///
    /// # Errors
    /// When it fails, or says something that is not JSON.
    pub fn ask(&self, program: &str, arguments: &[&str]) -> Result<Said, Fault> {
        let is_example = BUILT.iter().any(|(_, kind, name)| *kind == "--example" && *name == program);
        let folder = if is_example { self.folder.join("examples") } else { self.folder.clone() };
        let said = Shell::anywhere().read(&folder.join(program).display().to_string(), arguments)?;
        Said::parse(program, &said)
    }
}

impl Said {
    fn parse(program: &str, said: &str) -> Result<Self, Fault> {
        let lines: Result<Vec<Value>, _> = said.lines().map(serde_json::from_str).collect();
        let parsed = lines.map_err(|error| {
            Fault::new(format!("read what {program} measured"), error.to_string(), "Run it by hand and look.")
        });
        parsed.map(Self)
    }

    /// A number of one thing that was measured.
    ///
    /// # Errors
    /// When it was not.
    pub fn number(&self, what: &str, name: &str) -> Result<f64, Fault> {
        let said = self.0.iter().find(|line| line["what"] == what).and_then(|line| line[name].as_f64());
        said.ok_or_else(|| {
            let why = format!("\"{name}\" of \"{what}\" is missing");
            Fault::new(
                "read a measurement",
                why,
                "Change this chore together with the program that measures.",
            )
        })
    }

    /// A time of one thing that was measured, told in nanoseconds.
    ///
    /// # Errors
    /// When it was not.
    pub fn time(&self, what: &str, name: &str) -> Result<Duration, Fault> {
        Ok(Duration::from_secs_f64(self.number(what, name)? / 1e9))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_measurement_is_found_by_its_name() {
        let said =
            Said::parse("x", "{\"what\":\"kdf\",\"p50_ns\":1500}\n{\"what\":\"aead\",\"ns\":2}\n").unwrap();
        assert_eq!(said.time("kdf", "p50_ns").unwrap(), Duration::from_nanos(1500));
        assert!(said.time("aead", "p50_ns").is_err() && said.time("hkdf", "ns").is_err());
        assert!(Said::parse("x", "kdf 1500 ns").is_err());
    }
}
