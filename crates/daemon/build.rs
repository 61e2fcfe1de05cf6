//! Lists the files of the web app, if it was built, so that the program holds them.

#![expect(clippy::expect_used, reason = "a build that cannot go on says so")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// Where `cargo xtask web` puts them. The folder itself is in the tree: cargo looks whether anything in it has changed.
const DIST: &str = "../../clients/web/dist";

fn main() {
    println!("cargo::rerun-if-changed={DIST}");
    let own = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo says where"));
    let dist = own.join(DIST);
    let mut files = Vec::new();
    list(&dist, &mut files);
    files.sort();
    let mut table = String::from("const FILES: &[File] = &[\n");
    for file in files.iter().filter(|file| file.extension().is_none_or(|extension| extension != "br")) {
        let path = file.strip_prefix(&dist).expect("it is below").to_str().expect("our names are UTF-8");
        let mut packed = file.clone().into_os_string();
        packed.push(".br");
        let packed = PathBuf::from(packed);
        let packed =
            if packed.exists() { format!("Some(include_bytes!({packed:?}))") } else { "None".to_owned() };
        let _ = writeln!(
            table,
            "    File {{ path: {:?}, bytes: include_bytes!({file:?}), packed: {packed} }},",
            format!("/{path}")
        );
    }
    table.push_str("];\n");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo says where")).join("files.rs");
    fs::write(out, table).expect("the build folder can be written");
}

/// The files below a folder but those whose names begin with a dot; none if there is no such folder.
fn list(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        }
        if path.is_dir() { list(&path, into) } else { into.push(path) }
    }
}
