//! How long files and functions may be: a ratchet.
//!
//! Whatever is too long today is listed in `xtask/ratchet.toml` with its length. A listed thing may not grow, an
//! unlisted one may not pass the limit, and one that shrank must have its entry lowered: lengths only ever fall.

use std::collections::BTreeMap;
use std::fs;

use serde::{Deserialize, Serialize};

use super::Finding;
use super::source::{Source, is_generated, is_test_path};
use crate::fault::Fault;
use crate::repo::Repo;

/// A file longer than this is more than one topic (lines, tests aside).
pub const FILE_LINES_MAX: usize = 500;
/// A function longer than this does not fit on a screen (lines).
pub const FUNCTION_LINES_MAX: usize = 70;

const RATCHET: &str = "xtask/ratchet.toml";
const OTHER_CODE: &[&str] = &[".ts", ".svelte", ".mjs", ".js", ".py", ".sh"];

/// The things that are longer than the limit, each with its length in lines.
#[derive(Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Ratchet {
    /// Files by path.
    #[serde(default)]
    files: BTreeMap<String, usize>,
    /// Functions by `path::name`; of several with one name in one file, the longest.
    #[serde(default)]
    functions: BTreeMap<String, usize>,
}

/// Measures the tree: everything that is longer than its limit.
///
/// # Errors
/// When a file cannot be read.
pub fn measure(repo: &Repo, files: &[String], sources: &[Source]) -> Result<Ratchet, Fault> {
    let mut found = Ratchet::default();
    for source in sources.iter().filter(|source| !is_test_path(&source.path)) {
        record(&mut found.files, source.path.clone(), source.lines, FILE_LINES_MAX);
        for function in &source.functions {
            let name = format!("{}::{}", source.path, function.name);
            record(&mut found.functions, name, function.lines, FUNCTION_LINES_MAX);
        }
    }
    let others = files.iter().filter(|path| OTHER_CODE.iter().any(|ending| path.ends_with(ending)));
    for path in others.filter(|path| !is_generated(path) && !is_test_path(path)) {
        let text =
            fs::read_to_string(repo.path(path)).map_err(|error| Fault::io(format!("read {path}"), &error))?;
        record(&mut found.files, path.clone(), text.lines().count(), FILE_LINES_MAX);
    }
    Ok(found)
}

fn record(found: &mut BTreeMap<String, usize>, name: String, lines: usize, max: usize) {
    if lines > max {
        let longest = found.entry(name).or_default();
        *longest = lines.max(*longest);
    }
}

impl Ratchet {
    /// Reads the list of what is allowed to be too long.
    ///
    /// # Errors
    /// When the file cannot be read or is not what it should be.
    pub fn load(repo: &Repo) -> Result<Self, Fault> {
        let text = fs::read_to_string(repo.path(RATCHET))
            .map_err(|error| Fault::io(format!("read {RATCHET}"), &error))?;
        toml::from_str(&text).map_err(|error| Fault::new(RATCHET, error.to_string(), "Mend that line."))
    }

    /// Writes the list back.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn save(&self, repo: &Repo) -> Result<(), Fault> {
        let head = "# What is longer than it should be, in lines; see tidy::lengths. Entries only ever fall or go.\n\n";
        let body = toml::to_string(self)
            .map_err(|error| Fault::new(RATCHET, error.to_string(), "Edit the file by hand."))?;
        fs::write(repo.path(RATCHET), format!("{head}{body}"))
            .map_err(|error| Fault::io(format!("write {RATCHET}"), &error))
    }

    /// Compares the tree as measured with what is allowed.
    #[must_use]
    pub fn check(&self, found: &Self) -> Vec<Finding> {
        let mut findings = compare("file", FILE_LINES_MAX, &self.files, &found.files);
        findings.extend(compare("function", FUNCTION_LINES_MAX, &self.functions, &found.functions));
        findings
    }

    /// The same list with every entry lowered to what was measured; never raised, never longer.
    #[must_use]
    pub fn lowered(&self, found: &Self) -> Self {
        Self { files: lower(&self.files, &found.files), functions: lower(&self.functions, &found.functions) }
    }
}

fn compare(
    kind: &str,
    max: usize,
    allowed: &BTreeMap<String, usize>,
    found: &BTreeMap<String, usize>,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (name, lines) in found {
        let what = format!("{kind} of {lines} lines");
        match allowed.get(name) {
            None => findings.push(Finding::new(
                name,
                what,
                format!("Split it where the idea splits; {max} is the limit."),
            )),
            Some(listed) if lines > listed => {
                let next = format!("It had {listed} and may not grow: split it where the idea splits.");
                findings.push(Finding::new(name, what, next));
            }
            Some(_) => {}
        }
    }
    for (name, listed) in allowed {
        let lines = found.get(name).copied().unwrap_or(0);
        if lines < *listed {
            let what = format!("{kind} is listed with {listed} lines and is shorter now");
            findings.push(Finding::new(
                name,
                what,
                "Well done. Lower its entry: `cargo xtask tidy --lower`.",
            ));
        }
    }
    findings
}

fn lower(allowed: &BTreeMap<String, usize>, found: &BTreeMap<String, usize>) -> BTreeMap<String, usize> {
    let kept =
        allowed.iter().filter_map(|(name, listed)| Some((name.clone(), *found.get(name)?.min(listed))));
    kept.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ratchet(files: &[(&str, usize)]) -> Ratchet {
        let files = files.iter().map(|(name, lines)| ((*name).to_owned(), *lines)).collect();
        Ratchet { files, functions: BTreeMap::new() }
    }

    fn check(allowed: &[(&str, usize)], found: &[(&str, usize)], expected: usize) {
        let findings = ratchet(allowed).check(&ratchet(found));
        assert_eq!(findings.len(), expected, "{allowed:?} {found:?}: {findings:?}");
    }

    #[test]
    fn lengths_may_only_fall() {
        check(&[], &[], 0);
        check(&[], &[("a.rs", 501)], 1);
        check(&[("a.rs", 600)], &[("a.rs", 600)], 0);
        check(&[("a.rs", 600)], &[("a.rs", 601)], 1);
        check(&[("a.rs", 600)], &[("a.rs", 599)], 1);
        check(&[("a.rs", 600)], &[], 1);
    }

    #[test]
    fn lowering_never_raises_and_never_adds() {
        let allowed = ratchet(&[("a.rs", 600), ("b.rs", 600), ("gone.rs", 600)]);
        let found = ratchet(&[("a.rs", 550), ("b.rs", 700), ("new.rs", 800)]);
        assert_eq!(allowed.lowered(&found), ratchet(&[("a.rs", 550), ("b.rs", 600)]));
    }

    #[test]
    fn only_what_passes_the_limit_is_recorded() {
        let mut found = BTreeMap::new();
        record(&mut found, "a".to_owned(), 70, 70);
        record(&mut found, "b".to_owned(), 71, 70);
        record(&mut found, "b".to_owned(), 90, 70);
        record(&mut found, "b".to_owned(), 80, 70);
        assert_eq!(found, BTreeMap::from([("b".to_owned(), 90)]));
    }
}
