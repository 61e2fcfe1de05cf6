//! What a doctor finds who may look at a device but not into the journal: whether its file hangs together, what waits for
//! the person, and how it stands with the server. No finding tells a word, a name or a number of entries.

use haven_api::alarms;
use haven_api::daemon::{Finding, Level};
use haven_api::error::{ApiError, ErrorReason as Reason};
use haven_engine::sync::SyncState;
use haven_engine::view::Status;

use crate::host::DialFault;
use crate::keeper::order::Examined;
use crate::limits::{CHECK_MS, CLOCK_MS_MIN, CLOCK_SKEW_MS};
use crate::link::{Met, NoIdentity, meet};
use crate::node::Node;
use crate::services::of_problem;
use crate::snapshot::{Snapshot, Stage};

const AFTER_UNLOCKING: &str = "Run `haven unlock`, then `haven doctor` again.";

impl Node {
    /// Checks what can be checked in the present state of the vault.
    pub async fn check_up(&self) -> Vec<Finding> {
        let snapshot = self.snapshot();
        let mut findings = vec![journal(snapshot.stage)];
        match self.examine().await {
            Ok(examined) => findings.extend(stored(&snapshot, &examined)),
            Err(refused) => findings.push(bad("storage", &ApiError::from(refused))),
        }
        let met = self.meet_server(&snapshot.view.status).await;
        findings.extend(server(&snapshot, met.as_ref()));
        findings.push(self.clock(met.as_ref()));
        findings
    }

    /// Has the server that is set prove its identity, as long as a person would wait; nothing without a server.
    async fn meet_server(&self, status: &Status) -> Option<Result<Met, NoIdentity>> {
        let url = status.server.as_deref()?;
        Some(tokio::select! {
            met = meet(self.host(), url) => met,
            () = self.host().sleep(CHECK_MS) => Err(Some(DialFault::Unreachable)),
        })
    }

    /// Compares the clock with what cannot be, and with the server's.
    fn clock(&self, met: Option<&Result<Met, NoIdentity>>) -> Finding {
        let set = "Set the clock; entries get its time, nothing else depends on it.";
        if self.host().now().wall_ms < CLOCK_MS_MIN {
            return found("clock", Level::Warning, "the clock is far in the past", set);
        }
        let ahead_ms = match met {
            Some(Ok(met)) => met.ahead_ms,
            _ => None,
        };
        match ahead_ms {
            None => good("clock", "the clock is plausible; no other clock is known to compare it with"),
            Some(ahead) if ahead.unsigned_abs() < CLOCK_SKEW_MS => {
                good("clock", "the clock agrees with the server's")
            }
            Some(ahead) => {
                let minutes = ahead.unsigned_abs() / 60_000;
                let which = if ahead > 0 { "ahead of" } else { "behind" };
                let what = format!("the clock is {minutes} minutes {which} the server's");
                found("clock", Level::Warning, what, set)
            }
        }
    }
}

fn journal(stage: Stage) -> Finding {
    good(
        "journal",
        match stage {
            Stage::None => "there is no journal yet",
            Stage::Locked => "the journal is locked",
            Stage::Unlocked => "the journal is open",
        },
    )
}

/// What was found in the store, and what waits for the person there.
fn stored(snapshot: &Snapshot, examined: &Examined) -> Vec<Finding> {
    let mut findings = vec![file(examined)];
    if examined.went_back {
        findings.push(alarm("JOURNAL_WENT_BACK"));
    }
    findings.push(if examined.has_aside {
        Finding { check: "records".to_owned(), ..alarm("RECORD_PUT_ASIDE") }
    } else {
        good("records", "no record was put aside")
    });
    let waiting = &snapshot.view.status.alarms;
    let others = waiting.iter().filter(|shown| shown.kind != "RECORD_PUT_ASIDE");
    findings.extend(others.map(|shown| alarm(shown.kind)));
    if waiting.is_empty() {
        findings.push(match (examined.has_alarms, snapshot.stage) {
            (true, Stage::Locked) => found(
                "alarms",
                Level::Warning,
                "there are alarms, which can be read once the journal is open",
                AFTER_UNLOCKING,
            ),
            _ => good("alarms", "no alarm waits"),
        });
    }
    findings
}

fn file(examined: &Examined) -> Finding {
    let damaged = |why: &str| bad("storage", &ApiError::new(Reason::StorageDamaged, "").because(why));
    match &examined.problems {
        Ok(problems) => match problems.as_slice() {
            [] => good("storage", "the journal's file opens and is whole"),
            [first, ..] => damaged(&format!("the journal's file is damaged: {first}")),
        },
        Err(fault) => damaged(&fault.to_string()),
    }
}

fn alarm(kind: &str) -> Finding {
    let words = alarms::says(kind);
    found("alarms", Level::Warning, format!("{}: {}", words.what, words.why), words.next)
}

/// How it stands with the server: whether it answers and is the one it was, and how syncing goes.
fn server(snapshot: &Snapshot, met: Option<&Result<Met, NoIdentity>>) -> Vec<Finding> {
    let status = &snapshot.view.status;
    let Some(met) = met else {
        return match snapshot.stage {
            Stage::None => Vec::new(),
            Stage::Unlocked => vec![good("server", "no server is set")],
            Stage::Locked => {
                let what = "which server is set, if any, isn't known while the journal is locked";
                vec![found("server", Level::Warning, what, AFTER_UNLOCKING)]
            }
        };
    };
    vec![answers(status, met), syncing(status)]
}

fn answers(status: &Status, met: &Result<Met, NoIdentity>) -> Finding {
    match met {
        Ok(met) if Some(met.key) != status.server_key => {
            bad("server", &ApiError::new(Reason::ServerIdentityChanged, ""))
        }
        Ok(_) => good("server", "the server answers, and it's the one you trust"),
        Err(Some(fault)) => {
            let next = ApiError::from(*fault).next;
            found("server", Level::Warning, format!("the server was not reached: {fault}"), next)
        }
        Err(None) => {
            let next = "Compare the address in `haven server show` with the server's own.";
            found("server", Level::Bad, "what answers there isn't a Haven server", next)
        }
    }
}

fn syncing(status: &Status) -> Finding {
    let last = match status.synced {
        Some(moment) => format!("last in step at {moment}"),
        None => "never in step yet".to_owned(),
    };
    match (status.problem, status.sync) {
        (Some(problem), _) => {
            let problem = of_problem(problem, "");
            found("sync", Level::Warning, format!("{}; {last}", problem.why), problem.next)
        }
        (None, SyncState::Idle) => good("sync", "this device and the server have the same"),
        (None, _) => good("sync", format!("on its way; {last}")),
    }
}

fn bad(check: &str, error: &ApiError) -> Finding {
    let what = if error.why.is_empty() { &error.what } else { &error.why };
    found(check, Level::Bad, what.as_str(), error.next.as_str())
}

fn good(check: &str, what: impl Into<String>) -> Finding {
    found(check, Level::Good, what, "")
}

fn found(check: &str, level: Level, what: impl Into<String>, next: impl Into<String>) -> Finding {
    Finding { check: check.to_owned(), level, what: what.into(), next: next.into() }
}
