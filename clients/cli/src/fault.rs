//! How a command fails: the envelope that people and scripts read, and the exit code.

use std::io::{self, IsTerminal as _, Write as _};
use std::path::Path;

use haven_api::error::{ApiError, ErrorReason, refused};
use serde::Serialize;

use crate::limits::CANDIDATE_SHOWN;
use crate::text::{columns, shown, wrapped};

/// What to do about a file that cannot be read.
fn next_for(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => {
            "Check how the name is written; `ls` shows what's there."
        }
        io::ErrorKind::IsADirectory => "Name a file inside it.",
        io::ErrorKind::PermissionDenied => "Check who owns the file; `ls -l` shows who may read it.",
        _ => "Check the name and the rights of the file.",
    }
}

/// The exit codes that scripts rely on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Exit {
    /// It was done.
    Done = 0,
    /// It failed, or was done in part.
    Failed = 1,
    /// The command or what it was given cannot be used.
    Usage = 2,
    /// The journal is locked, or the passphrase is wrong.
    Locked = 3,
    /// The daemon cannot be reached.
    Daemon = 4,
    /// Nothing has that id or name.
    NotFound = 5,
    /// The person has to decide or confirm.
    Decision = 6,
    /// The server cannot be reached, or it took too long.
    Server = 7,
    /// Interrupted by a signal.
    Interrupted = 130,
}

/// Why a command ends before its end.
#[derive(Debug, PartialEq)]
pub(crate) struct Fault {
    error: Box<ApiError>,
    exit: Exit,
}

impl Fault {
    /// Says what cannot be used, and what to do instead.
    pub(crate) fn usage(what: impl Into<String>, why: impl Into<String>, next: impl Into<String>) -> Self {
        ApiError::new(ErrorReason::InvalidArgument, what).because(why).with_next(next).into()
    }

    /// Says that the person has to decide.
    pub(crate) fn decision(what: impl Into<String>, why: impl Into<String>, next: impl Into<String>) -> Self {
        ApiError::new(ErrorReason::ConfirmationNeeded, what).because(why).with_next(next).into()
    }

    /// Says what the system refused.
    pub(crate) fn system(what: impl Into<String>, error: &io::Error) -> Self {
        let reason = match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => ErrorReason::StorageFull,
            io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied => {
                ErrorReason::StorageReadOnly
            }
            _ => ErrorReason::StorageFailed,
        };
        let next = match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => {
                "Check how the folder is written; it has to be there already."
            }
            io::ErrorKind::InvalidFilename => "Give it a shorter name.",
            _ => "Look at the owner and rights of the file and its folder, and at the free space.",
        };
        ApiError::new(reason, what).because(refused(error)).with_next(next).into()
    }

    /// Says why a file that was named cannot be read.
    pub(crate) fn unreadable(path: &Path, error: &io::Error) -> Self {
        Self::usage(format!("{} can't be read", path.display()), refused(error), next_for(error))
    }

    /// Ends quietly: whoever read our output has seen enough.
    pub(crate) fn pipe_closed() -> Self {
        Self { error: Box::new(ApiError::new(ErrorReason::Cancelled, "nobody reads on")), exit: Exit::Done }
    }

    /// Ends because of a signal.
    pub(crate) fn interrupted() -> Self {
        Self {
            error: Box::new(ApiError::new(ErrorReason::Cancelled, "stopped before it was done").because("")),
            exit: Exit::Interrupted,
        }
    }

    /// Ends with another code than the reason's own.
    pub(crate) fn exiting(mut self, exit: Exit) -> Self {
        self.exit = exit;
        self
    }

    /// Says what to do next, where more is known than usual.
    pub(crate) fn with_next(mut self, next: impl Into<String>) -> Self {
        self.error.next = next.into();
        self
    }

    /// Says why, where more is known than usual.
    pub(crate) fn because(mut self, why: impl Into<String>) -> Self {
        self.error.why = why.into();
        self
    }

    /// Whether it is for this reason and says no more than is usual of it.
    pub(crate) fn is_usual(&self, reason: ErrorReason) -> bool {
        *self.error == *Self::from(ApiError::new(reason, self.error.what.clone())).error
    }

    /// What failed.
    #[cfg(test)]
    pub(crate) fn what(&self) -> &str {
        &self.error.what
    }

    /// Why it failed, or what, if nobody knows why.
    pub(crate) fn why(&self) -> String {
        if self.error.why.is_empty() { self.error.what.clone() } else { self.error.why.clone() }
    }

    /// What to do next.
    pub(crate) fn next(&self) -> &str {
        &self.error.next
    }

    /// What was meant, perhaps.
    pub(crate) fn candidates(&self) -> &[String] {
        &self.error.candidates
    }

    /// Says which of several things it is about.
    pub(crate) fn of(mut self, id: &str) -> Self {
        self.error.what = format!("{id}: {}", self.error.what);
        self
    }

    /// Whether the next thing would fail for the same reason.
    pub(crate) fn is_about_all(&self) -> bool {
        let is_reason = matches!(self.error.reason, ErrorReason::NoVault | ErrorReason::Cancelled);
        is_reason || matches!(self.exit, Exit::Done | Exit::Locked | Exit::Daemon | Exit::Interrupted)
    }

    /// The exit code.
    pub(crate) fn exit(&self) -> Exit {
        self.exit
    }

    /// The reason.
    pub(crate) fn reason(&self) -> ErrorReason {
        self.error.reason
    }

    /// Tells it on stderr, as JSON or in words.
    pub(crate) fn tell(&self, json: bool) {
        if self.exit == Exit::Done {
            return;
        }
        let is_seen = io::stderr().is_terminal();
        let told =
            if json { self.json() } else { wrapped(&shown(&self.words(), is_seen), columns(io::stderr())) };
        // Nobody is left to hear that this failed.
        let _ = io::stderr().write_all(told.as_bytes());
    }

    fn json(&self) -> String {
        let error = Told {
            reason: self.error.name(),
            what: &self.error.what,
            why: &self.error.why,
            next: &self.error.next,
            candidates: &self.error.candidates,
            faults: self.error.faults.iter().map(ToldFault::of).collect(),
        };
        let mut line = serde_json::to_string(&Envelope { error }).expect("texts are always JSON");
        line.push('\n');
        line
    }

    fn words(&self) -> String {
        let error = &self.error;
        if self.exit == Exit::Interrupted {
            // Whoever stopped it knows why; to stop is no mistake.
            return format!("Stopped. {}", error.next).trim_end().to_owned() + "\n";
        }
        let mut told = format!("error: {}\n", error.what);
        let mut add = |label: &str, text: &str| {
            if !text.is_empty() {
                told.push_str(&format!("  {label}{text}\n"));
            }
        };
        // Several faults say themselves what the why would say of the first.
        add("why:  ", if error.faults.len() > 1 { "" } else { &error.why });
        if error.faults.len() > 1 {
            error.faults.iter().for_each(|fault| add("- ", &fault.to_string()));
        }
        // What is only near stands in the next step, as a question.
        if matches!(error.reason, ErrorReason::AmbiguousId | ErrorReason::ConfirmationNeeded)
            && !error.candidates.is_empty()
        {
            let short = |id: &String| id.chars().take(CANDIDATE_SHOWN).collect::<String>();
            add("one of: ", &error.candidates.iter().map(short).collect::<Vec<_>>().join(" "));
        }
        add("next: ", &error.next);
        told
    }
}

#[derive(Serialize)]
struct Envelope<'a> {
    error: Told<'a>,
}

#[derive(Serialize)]
struct Told<'a> {
    reason: &'static str,
    what: &'a str,
    why: &'a str,
    next: &'a str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    candidates: &'a [String],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    faults: Vec<ToldFault<'a>>,
}

/// One thing that is wrong with what was sent.
#[derive(Serialize)]
pub(crate) struct ToldFault<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'a str>,
    what: &'a str,
    next: &'a str,
}

impl<'a> ToldFault<'a> {
    /// Writes a fault as scripts read it.
    pub(crate) fn of(fault: &'a haven_core::fault::Fault) -> Self {
        Self { line: fault.line, field: fault.field.as_deref(), what: &fault.what, next: &fault.next }
    }
}

impl From<ApiError> for Fault {
    fn from(mut error: ApiError) -> Self {
        let exit = exit_of(error.reason);
        // Here is a terminal: the step with commands is the one to tell.
        if !error.at_terminal.is_empty() {
            error.next = std::mem::take(&mut error.at_terminal);
        }
        if error.next.is_empty() {
            complete(&mut error);
        }
        Self { error: Box::new(error), exit }
    }
}

/// Finds the next step where the error names none: a device that refuses words says it behind what is wrong with them.
fn complete(error: &mut ApiError) {
    let (why, next) = match error.faults.len() {
        0 | 1 => parted(&error.why),
        _ => (error.why.clone(), None),
    };
    error.next = next.unwrap_or_else(|| "Correct it, then try again.".to_owned());
    error.why = why;
}

/// Parts what is wrong from what to do instead, which stands behind it.
pub(crate) fn parted(says: &str) -> (String, Option<String>) {
    match says.rsplit_once("; ") {
        Some((why, next)) => (why.to_owned(), Some(sentence(next))),
        None => (says.to_owned(), None),
    }
}

fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    format!("{first}{}.", letters.as_str())
}

/// The exit code of a reason.
pub(crate) fn exit_of(reason: ErrorReason) -> Exit {
    use ErrorReason as R;
    match reason {
        R::InvalidArgument
        | R::TooLarge
        | R::AmbiguousId
        | R::WeakPassphrase
        | R::CodeMalformed
        | R::InviteInvalid => Exit::Usage,
        R::Locked | R::WrongPassphrase | R::TooManyTries => Exit::Locked,
        R::DaemonUnreachable | R::Stopping => Exit::Daemon,
        R::NotFound | R::NoVault | R::NoLink | R::NoServer => Exit::NotFound,
        R::ConfirmationNeeded
        | R::VaultExists
        | R::WrongWords
        | R::ServerIdentityChanged
        | R::ServerLostData => Exit::Decision,
        R::ServerUnreachable | R::TimedOut | R::OutcomeUnknown => Exit::Server,
        _ => Exit::Failed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_stops_it_made_no_mistake() {
        assert_eq!(Fault::interrupted().words(), "Stopped.\n");
        let next = "What you answered is kept. Go on with `haven practice do name-it`.";
        assert_eq!(Fault::interrupted().with_next(next).words(), format!("Stopped. {next}\n"));
        assert!(Fault::interrupted().json().contains("\"what\":\"stopped before it was done\""));
    }

    #[test]
    fn every_reason_has_its_exit_code() {
        let check = |reason, code| assert_eq!(exit_of(reason) as u8, code, "{reason:?}");
        for (reason, code) in [
            (ErrorReason::Internal, 1),
            (ErrorReason::StorageFull, 1),
            (ErrorReason::InvalidArgument, 2),
            (ErrorReason::WeakPassphrase, 2),
            (ErrorReason::Locked, 3),
            (ErrorReason::WrongPassphrase, 3),
            (ErrorReason::TooManyTries, 3),
            (ErrorReason::DaemonUnreachable, 4),
            (ErrorReason::NotFound, 5),
            (ErrorReason::WrongWords, 6),
            (ErrorReason::ServerUnreachable, 7),
            (ErrorReason::TimedOut, 7),
        ] {
            check(reason, code);
        }
    }

    #[test]
    fn every_error_has_a_next_step() {
        let check = |why: &str, expected: (&str, &str)| {
            let fault = Fault::from(ApiError::invalid("not saved", why));
            assert_eq!((fault.error.why.as_str(), fault.next()), expected);
        };
        check(
            "one text is too long; split it into two entries",
            ("one text is too long", "Split it into two entries."),
        );
        check("it is no date", ("it is no date", "Correct it, then try again."));
        check("", ("", "Correct it, then try again."));
    }

    #[test]
    fn an_error_is_one_object_or_three_lines() {
        let fault = Fault::from(ApiError::new(ErrorReason::NotFound, "there's no such entry"));
        assert_eq!(
            fault.json(),
            "{\"error\":{\"reason\":\"NOT_FOUND\",\"what\":\"there's no such entry\",\"why\":\"nothing has that id or \
             name\",\"next\":\"Check the id; `haven list` and `haven search` show them.\"}}\n"
        );
        assert_eq!(
            fault.words(),
            "error: there's no such entry\n  why:  nothing has that id or name\n  next: Check the id; `haven list` \
             and `haven search` show them.\n"
        );
    }
}
