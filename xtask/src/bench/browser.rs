//! The size of what a browser loads, if it is built.

use std::path::Path;

use super::journal::Figure;
use super::quantity::{Quantity, Target};
use super::rows::row;
use super::table::Row;
use super::usage::Usage;
use crate::fault::Fault;
use crate::repo::Repo;
use crate::shell::{Shell, find};

/// What the core may weigh with SQLite, compressed, in kB.
const CORE_KB_MAX: u64 = 1_050;
/// Compresses a file as a web server would once, and prints the size.
const COMPRESS: &str = "const {readFileSync: read} = require('fs'), {brotliCompressSync: press} = require('zlib'); \
                        console.log(press(read(process.argv[1])).length)";

/// Compresses what `cargo xtask wasm` built last, or does nothing if it did not or Node.js is not there.
///
/// # Errors
/// When the folder cannot be read or compressing fails.
pub(super) fn measure(repo: &Repo) -> Result<Vec<Row>, Fault> {
    let folder = repo.target().join("wasm/release/web");
    let (Ok(listed), Some(_)) = (std::fs::read_dir(folder), find("node")) else { return Ok(Vec::new()) };
    let mut rows = Vec::new();
    for entry in listed {
        let file = entry.map_err(|error| Fault::io("look at what was built", &error))?.path();
        if file.extension().is_some_and(|extension| extension == "wasm") {
            rows.push(weigh(&file)?);
        }
    }
    Ok(rows)
}

fn weigh(file: &Path) -> Result<Row, Fault> {
    let before = Usage::now();
    let said = Shell::anywhere().read("node", &["-e", COMPRESS, &file.display().to_string()])?;
    let bytes = said.trim().parse().map_err(|_| Fault::new("compress the core", said, "Run it by hand."))?;
    let figure = Figure { value: Quantity::Bytes(bytes), late: None, usage: Usage::now().since(before) };
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let target = Target::at_most(Quantity::Bytes(CORE_KB_MAX * 1_000));
    Ok(row("wasm", &format!("{name}, brotli"), &figure, target, None))
}
