//! Where the programs under test are.

use std::env;
use std::path::PathBuf;

/// The folder of `haven`, `havend` and `haven-server`: `HAVEN_BIN_DIR`, or where this test was built.
pub fn folder() -> PathBuf {
    if let Some(folder) = env::var_os("HAVEN_BIN_DIR") {
        return PathBuf::from(folder);
    }
    let own = env::current_exe().unwrap();
    own.ancestors().nth(2).unwrap().to_owned()
}

/// One of the programs.
pub fn find(name: &str) -> PathBuf {
    let program = folder().join(name);
    let next = "build it with `cargo build --bins`, or name its folder in HAVEN_BIN_DIR";
    assert!(program.is_file(), "{} is not there: {next}", program.display());
    program
}
