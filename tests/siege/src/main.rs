//! Besieges the server beside it: `cargo xtask siege [NAME] [--seconds N]`. A line for each siege; the last word is the exit code.

use std::io::Write as _;
use std::process::ExitCode;
use std::time::Duration;

use haven_siege::outcome::HEAD;
use haven_siege::siege::Siege;

/// How long a siege goes on unless told otherwise, in seconds.
const SECONDS: u64 = 10;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let Some((sieges, length)) = asked(std::env::args().skip(1)) else {
        let names: Vec<&str> = Siege::ALL.iter().map(|siege| siege.name()).collect();
        say(&format!("usage: haven-siege [NAME] [--seconds N]\nNAME is one of {}", names.join(", ")));
        return ExitCode::from(2);
    };
    say(HEAD);
    let mut failed = 0;
    for siege in sieges {
        let outcome = siege.lay(length).await;
        say(&outcome.to_string());
        failed += usize::from(outcome.fault().is_some());
    }
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// What was asked for: which sieges, and for how long each. None if it can't be understood.
fn asked(mut arguments: impl Iterator<Item = String>) -> Option<(Vec<Siege>, Duration)> {
    let (mut sieges, mut seconds) = (Vec::new(), SECONDS);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--seconds" => seconds = arguments.next()?.parse().ok()?,
            name => sieges.push(Siege::named(name)?),
        }
    }
    if sieges.is_empty() {
        sieges = Siege::ALL.to_vec();
    }
    Some((sieges, Duration::from_secs(seconds)))
}

fn say(line: &str) {
    // Nobody may be listening any more.
    let _ = writeln!(std::io::stdout(), "{line}");
}
