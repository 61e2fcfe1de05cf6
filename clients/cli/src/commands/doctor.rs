//! Checking that everything is as it should be. Tells nothing of what was written, so that it can be shown to others.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::Path;

use haven_api::daemon::{Finding, Level};
use serde::Serialize;

use crate::cx::Cx;
use crate::daemon;
use crate::fault::{Exit, Fault};
use crate::text::Style;

#[derive(Serialize)]
struct FindingShape<'a> {
    check: &'a str,
    level: &'static str,
    what: &'a str,
    next: &'a str,
}

impl<'a> FindingShape<'a> {
    fn of(finding: &'a Finding) -> Self {
        Self { check: &finding.check, level: word(finding.level), what: &finding.what, next: &finding.next }
    }
}

fn word(level: Level) -> &'static str {
    match level {
        Level::Good => "good",
        Level::Warning => "warning",
        Level::Bad => "bad",
    }
}

pub(super) async fn run(cx: &Cx) -> Result<Exit, Fault> {
    let mut findings =
        vec![found("program", Level::Good, &format!("haven {}", env!("CARGO_PKG_VERSION")), "")];
    let unreached = asked(cx, &mut findings).await.err().map(daemon::explained);
    findings.extend(unreached.as_ref().map(unreachable));
    findings.extend(places());
    cx.tell_all(findings.iter().map(FindingShape::of), |style| {
        findings.iter().map(|finding| in_words(finding, style)).collect()
    })?;
    let is_bad = findings.iter().any(|finding| finding.level == Level::Bad);
    let exit = if is_bad { Exit::Failed } else { Exit::Done };
    Ok(unreached.map(|fault| fault.exit()).filter(|exit| *exit == Exit::Daemon).unwrap_or(exit))
}

/// What the daemon finds, as far as it answers.
async fn asked(cx: &Cx, findings: &mut Vec<Finding>) -> Result<(), Fault> {
    let haven = cx.device().await?;
    findings.push(release(&haven.daemon().await?.version));
    findings.extend(haven.diagnose().await?);
    Ok(())
}

fn found(check: &str, level: Level, what: &str, next: &str) -> Finding {
    Finding { check: check.to_owned(), level, what: what.to_owned(), next: next.to_owned() }
}

fn release(version: &str) -> Finding {
    if version == env!("CARGO_PKG_VERSION") {
        return found("daemon", Level::Good, &format!("havend {version} answers"), "");
    }
    let next = "Run `haven daemon stop`; the next command starts the one that's installed.";
    found(
        "daemon",
        Level::Warning,
        &format!("havend {version} answers, another release than this program"),
        next,
    )
}

fn unreachable(fault: &Fault) -> Finding {
    found("daemon", Level::Bad, &fault.why(), fault.next())
}

/// Who may look into the folders, as far as they are there.
fn places() -> Vec<Finding> {
    let socket = daemon::socket().ok();
    let config = super::config::path().ok();
    let named = [("socket", socket.as_deref().and_then(Path::parent)), ("settings", config.as_deref())];
    named.into_iter().filter_map(|(check, path)| private(check, path?)).collect()
}

fn private(check: &str, path: &Path) -> Option<Finding> {
    let found_there = fs::metadata(path).ok()?;
    if found_there.uid() != rustix::process::geteuid().as_raw() {
        let next = "Set HAVEN_HOME to a folder of your own.";
        return Some(found(check, Level::Bad, "it belongs to another user", next));
    }
    if found_there.permissions().mode() & 0o022 != 0 {
        return Some(found(
            check,
            Level::Bad,
            "others may write there",
            "Take their right to write away with chmod.",
        ));
    }
    Some(found(check, Level::Good, "only you may write there", ""))
}

fn in_words(finding: &Finding, style: Style) -> String {
    let level = match finding.level {
        Level::Good => style.faint(word(Level::Good)),
        other => style.bold(word(other)),
    };
    let next =
        if finding.next.is_empty() { String::new() } else { format!("\n         next: {}", finding.next) };
    format!("{level:<7}  {}: {}{next}\n", finding.check, finding.what)
}
