//! Runs seeds by hand: `cargo xtask sim --seeds N --from S`. A failure prints its seed and its trace.

use std::process::ExitCode;

use haven_sim::world::run;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let (mut seeds, mut from) = (1_000_u64, 0_u64);
    while let Some(flag) = arguments.next() {
        let value = arguments.next().and_then(|value| value.parse().ok());
        match (flag.as_str(), value) {
            ("--seeds", Some(value)) => seeds = value,
            ("--from", Some(value)) => from = value,
            _ => {
                say("usage: haven-sim --seeds N --from S");
                return ExitCode::from(2);
            }
        }
    }
    for seed in from..from.saturating_add(seeds) {
        let outcome = run(seed);
        if let Some(broken) = &outcome.broken {
            say(&format!("seed {seed}: {broken}\n{}", outcome.trace.join("\n")));
            return ExitCode::FAILURE;
        }
        if run(seed).fingerprint() != outcome.fingerprint() {
            say(&format!("seed {seed}: two runs of it differ"));
            return ExitCode::FAILURE;
        }
    }
    say(&format!("{seeds} passed, 0 failed (seeds {from} to {})", from.saturating_add(seeds) - 1));
    ExitCode::SUCCESS
}

#[expect(clippy::print_stdout, reason = "a command's output")]
fn say(text: &str) {
    println!("{text}");
}
