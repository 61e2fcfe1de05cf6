//! Lists the targets, and repeats what was found: `cargo run --package haven-fuzz -- repeat NAME FILE`.

use std::process::ExitCode;
use std::{env, fs};

use haven_fuzz::{memory, quiet, target};

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["list"] => {
            target::all().for_each(|target| say(&format!("{:<12} {}", target.name, target.about)));
            ExitCode::SUCCESS
        }
        ["repeat", name, file] => repeat(name, file),
        _ => {
            say("usage: haven-fuzz list\n       haven-fuzz repeat NAME FILE");
            ExitCode::from(2)
        }
    }
}

fn repeat(name: &str, file: &str) -> ExitCode {
    let Some(target) = target::named(name) else {
        say(&format!("there is no target called {name}"));
        return ExitCode::from(2);
    };
    let bytes = match fs::read(file) {
        Ok(bytes) => bytes,
        Err(error) => {
            say(&format!("{file} can't be read: {error}"));
            return ExitCode::from(2);
        }
    };
    // What is made once stays, and is not this input's.
    (target.seeds)().iter().take(1).for_each(|seed| (target.run)(seed));
    quiet::hush();
    let grew = memory::growth(|| (target.run)(&bytes));
    say(&format!("{name} survives these {} bytes, and grew by {} KiB", bytes.len(), grew / 1024));
    if grew > memory::GROWTH_MAX { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

#[expect(clippy::print_stdout, reason = "a command's output")]
fn say(text: &str) {
    println!("{text}");
}
