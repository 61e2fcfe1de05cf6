//! The house rules that a machine can check, so that no review has to.
//!
//! Each room below checks one kind of rule and returns findings; nothing here changes a file, save the ratchet when
//! it is asked to lower its entries.

pub mod docs;
pub mod edges;
pub mod lengths;
pub mod map;
pub mod sentences;
pub mod source;
pub mod words;

use std::fmt;
use std::time::Instant;

use self::lengths::Ratchet;
use self::map::Map;
use self::source::Source;
use crate::fault::Fault;
use crate::repo::Repo;
use crate::{generate, say};

/// One breach of a rule.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Finding {
    /// The file, and the line where there is one.
    pub place: String,
    /// What is wrong there.
    pub what: String,
    /// What to do about it.
    pub next: String,
}

impl Finding {
    /// Makes a finding.
    pub fn new(place: impl Into<String>, what: impl Into<String>, next: impl Into<String>) -> Self {
        Self { place: place.into(), what: what.into(), next: next.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}\n    {}", self.place, self.what, self.next)
    }
}

/// Checks every rule and returns the breaches in order of place.
///
/// # Errors
/// When git or cargo cannot be asked, or a file that is listed cannot be read.
pub fn check(repo: &Repo) -> Result<Vec<Finding>, Fault> {
    let files = repo.files()?;
    let mut findings = words::texts(repo, &files)?;
    findings.extend(docs::check(repo, &files)?);
    let sources = source::read_all(repo, &files, &mut findings)?;
    findings.extend(sources.iter().flat_map(words::tokens));
    findings.extend(sources.iter().flat_map(sentences::check));
    findings.extend(Ratchet::load(repo)?.check(&lengths::measure(repo, &files, &sources)?));
    let graph = edges::Graph::load(repo)?;
    let map = Map::load(repo, &mut findings)?;
    findings.extend(map.check(repo, &graph));
    findings.extend(graph.check(&map));
    findings.extend(graph.check_bans(repo)?);
    if !generate::generated_is_fresh(repo)? {
        findings.push(Finding::new(
            "proto",
            "the generated code belongs to other protos",
            "Run `cargo xtask generate`.",
        ));
    }
    findings.sort();
    Ok(findings)
}

/// Runs the check for a person and prints what it found.
///
/// # Errors
/// When a rule is broken, or the check itself cannot run.
pub fn command(repo: &Repo, lower: bool) -> Result<(), Fault> {
    let begun = Instant::now();
    if lower {
        lower_ratchet(repo)?;
    }
    let findings = check(repo)?;
    for finding in &findings {
        say::line(&finding.to_string());
    }
    if findings.is_empty() {
        say::progress(&format!("tidy: nothing to say ({:.1} s)", begun.elapsed().as_secs_f64()));
        return Ok(());
    }
    let count = findings.len();
    Err(Fault::new(
        "tidy",
        format!("{count} finding(s), listed above"),
        "Mend them, then run `cargo xtask tidy` again.",
    ))
}

fn lower_ratchet(repo: &Repo) -> Result<(), Fault> {
    let files = repo.files()?;
    let sources: Vec<Source> = source::read_all(repo, &files, &mut Vec::new())?;
    let measured = lengths::measure(repo, &files, &sources)?;
    Ratchet::load(repo)?.lowered(&measured).save(repo)
}
