//! A real diary of 3,415 days.

use std::io::{BufRead as _, BufReader};
use std::path::Path;

use flate2::read::GzDecoder;

/// The diary's entries, as lines of JSON.
pub fn pepys() -> Vec<String> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../corpus/pepys.jsonl.gz");
    let lines = BufReader::new(GzDecoder::new(std::fs::File::open(file).unwrap())).lines();
    lines.map(Result::unwrap).collect()
}
