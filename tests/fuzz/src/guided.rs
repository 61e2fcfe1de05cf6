//! What stands between libFuzzer and a target: it hands over seeds, and watches how much memory an input takes.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::path::Path;
use std::sync::{Mutex, OnceLock};
use std::{fs, io, panic, process};

use crate::memory::{self, GROWTH_MAX};
use crate::target::{self, Target};

/// Inputs between two looks at the memory, which cost as much as a hundred small inputs.
const INPUTS_A_LOOK: usize = 64;

static TARGET: OnceLock<&'static Target> = OnceLock::new();
static RECENT: Mutex<Recent> = Mutex::new(Recent { inputs: VecDeque::new(), before: u64::MAX, most: 0 });

/// The inputs since the last look.
struct Recent {
    inputs: VecDeque<Vec<u8>>,
    /// The memory at the last look, in bytes. Before the first one libFuzzer makes its tables: those are no input's growth.
    before: u64,
    /// The most that any stretch of inputs grew by, in bytes.
    most: u64,
}

/// Looks on while libFuzzer runs a target.
#[derive(Clone, Copy)]
pub struct Watch;

impl Watch {
    /// Chooses the target, and writes its seeds to a folder.
    ///
    /// Panics where there is no such target or no such folder: nothing has begun yet.
    pub fn begin(name: &str, seeds: Option<OsString>) {
        // A panic that is caught is none: the guard catches those of the library below it. libFuzzer's own hook would end here.
        panic::set_hook(Box::new(|_| {}));
        let Some(target) = target::named(name) else {
            report(&format!("there is no target called {name}"));
            process::exit(2);
        };
        if let Some(folder) = seeds
            && let Err(error) = write(target, Path::new(&folder))
        {
            report(&format!("the seeds can't be written: {error}"));
            process::exit(2);
        }
        // What is made once stays, and is no input's growth.
        (target.seeds)().iter().for_each(|seed| (target.run)(seed));
        let _ = TARGET.set(target);
    }

    /// Gives the target an input. Ends the process where the target panics or the process grows too much; libFuzzer then keeps
    /// the input.
    pub fn look(bytes: &[u8]) {
        let target = TARGET.get().expect("it has begun");
        run(target, bytes);
        let mut recent = RECENT.lock().expect("nobody panics with it");
        recent.inputs.push_back(bytes.to_vec());
        if recent.inputs.len() < INPUTS_A_LOOK {
            return;
        }
        let inputs = std::mem::take(&mut recent.inputs);
        let grew = memory::high_water().saturating_sub(recent.before);
        if grew > recent.most {
            recent.most = grew;
            report(&format!("growth: {} KiB", grew / 1024));
        }
        if grew > GROWTH_MAX {
            single_out(target, inputs);
        }
        memory::forget();
        recent.before = memory::now();
    }
}

fn run(target: &Target, bytes: &[u8]) {
    let run = || (target.run)(bytes);
    if let Err(cause) = panic::catch_unwind(run) {
        let why = cause.downcast_ref::<String>().map(String::as_str);
        let why = why.or_else(|| cause.downcast_ref::<&str>().copied()).unwrap_or("no reason given");
        report(&format!("panicked: {why}"));
        process::abort();
    }
}

/// Finds which of some inputs takes so much, by giving each again; keeps it, and ends.
fn single_out(target: &Target, inputs: VecDeque<Vec<u8>>) {
    for input in inputs {
        let grew = memory::growth(|| run(target, &input));
        if grew > GROWTH_MAX {
            report(&format!("one input of {} bytes grew by {} KiB", input.len(), grew / 1024));
            let file = std::env::var("HAVEN_FUZZ_GROWN").unwrap_or_else(|_| "grown".to_owned());
            if let Err(error) = fs::write(&file, &input) {
                report(&format!("{file} can't be written: {error}"));
            }
            process::exit(3);
        }
    }
}

fn write(target: &Target, folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    for (number, seed) in (target.seeds)().iter().enumerate() {
        fs::write(folder.join(format!("seed-{number}")), seed)?;
    }
    Ok(())
}

#[expect(clippy::print_stderr, reason = "libFuzzer says what it does there as well")]
fn report(text: &str) {
    eprintln!("haven: {text}");
}
