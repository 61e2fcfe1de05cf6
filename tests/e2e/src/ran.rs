//! What a command left behind.

use std::process::Output;

use serde_json::Value;

/// A command that has ended.
pub struct Ran {
    /// The command, for messages.
    pub line: String,
    /// Its exit code; `None` if a signal ended it.
    pub code: Option<i32>,
    /// What it wrote to stdout.
    pub stdout: String,
    /// What it wrote to stderr.
    pub stderr: String,
}

impl Ran {
    /// Reads the outcome of a process.
    pub fn of(line: String, output: Output) -> Self {
        Self {
            line,
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Its lines of JSON; it must have ended well.
    pub fn lines(&self) -> Vec<Value> {
        assert_eq!(self.code, Some(0), "{}\n{}{}", self.line, self.stdout, self.stderr);
        self.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Its one object; it must have ended well.
    pub fn json(&self) -> Value {
        let mut lines = self.lines();
        assert_eq!(lines.len(), 1, "{}\n{}", self.line, self.stdout);
        lines.remove(0)
    }

    /// Checks that it failed with an exit code, and with an envelope that names a reason and says what and what next.
    pub fn failed(&self, code: i32, reason: &str) {
        assert_eq!(self.code, Some(code), "{}\n{}{}", self.line, self.stdout, self.stderr);
        let told: Value = serde_json::from_str(self.stderr.trim())
            .unwrap_or_else(|_| panic!("{}: no envelope but {:?}", self.line, self.stderr));
        let error = &told["error"];
        assert_eq!(error["reason"], reason, "{}\n{told}", self.line);
        for part in ["what", "next"] {
            assert!(!text(error, part).is_empty(), "{}: no {part} in {told}", self.line);
        }
    }
}

/// The text under a key.
pub fn text<'a>(object: &'a Value, key: &str) -> &'a str {
    object[key].as_str().unwrap_or_else(|| panic!("no text under {key}: {object}"))
}
