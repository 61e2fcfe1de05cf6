//! What is made of other files and kept in the tree all the same: the Rust code of the protocols, written by
//! `xtask-generate`, so that nobody who builds Haven needs a proto compiler; and the schema of exercises, which `core` prints,
//! so that editors find it.

use std::path::{Path, PathBuf};
use std::{fs, io};

use crate::fault::Fault;
use crate::repo::Repo;
use crate::say;
use crate::shell::Shell;

/// One proto package and the room its code lives in.
#[derive(Clone, Copy, Debug)]
pub struct Package {
    /// The package, which also names the generated files.
    pub name: &'static str,
    /// Its folder below `proto/`.
    pub source: &'static str,
    /// The folder of the generated files, below the top of the work tree.
    pub folder: &'static str,
}

/// Every package.
pub const PACKAGES: [Package; 2] = [
    Package { name: "haven.sync.v1", source: "haven/sync/v1", folder: "crates/wire/src/gen" },
    Package { name: "haven.v1", source: "haven/v1", folder: "crates/api/src/gen" },
];

/// The file beside the generated ones that says what they were made of.
const STAMP: &str = "stamp";

/// Where editors find the schema of exercises. A test in `core` holds it to what the loader takes.
const EXERCISE_SCHEMA: &str = "crates/core/content/exercise.schema.json";

/// What else decides how the code looks.
const MAKERS: [&str; 1] = ["xtask/src/bin/generate.rs"];

impl Package {
    /// Lists the package's proto files in order.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn protos(&self, protos: &Path) -> io::Result<Vec<PathBuf>> {
        let listed = fs::read_dir(protos.join(self.source))?;
        let mut files: Vec<PathBuf> = listed.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>()?;
        files.retain(|file| file.extension().is_some_and(|extension| extension == "proto"));
        files.sort();
        Ok(files)
    }

    fn made(&self) -> [String; 2] {
        ["rs", "bin"].map(|extension| format!("{}/{}.{extension}", self.folder, self.name))
    }
}

/// Writes the code and the schema anew, or only compares.
///
/// # Errors
/// When a proto cannot be compiled, or `check` finds that what is in the tree is another than its sources give.
pub fn command(repo: &Repo, check: bool) -> Result<(), Fault> {
    let folder = tempfile::tempdir().map_err(|error| Fault::io("make a folder for the code", &error))?;
    let out = folder.path().to_string_lossy().into_owned();
    let arguments =
        ["run", "--quiet", "--package", "xtask", "--features", "codegen", "--bin", "xtask-generate", "--"];
    Shell::new(repo).run("cargo", &[&arguments[..], &[&out]].concat())?;
    for package in &PACKAGES {
        if check { compare(repo, folder.path(), package)? } else { replace(repo, folder.path(), package)? }
    }
    exercise_schema(repo, check)?;
    say::progress(if check { "generate: all is what its sources give" } else { "generate: written" });
    Ok(())
}

fn exercise_schema(repo: &Repo, check: bool) -> Result<(), Fault> {
    let arguments = ["run", "--quiet", "--package", "haven-core", "--example", "exercise_schema"];
    let fresh = Shell::new(repo).read("cargo", &arguments)?;
    let kept = repo.path(EXERCISE_SCHEMA);
    if !check {
        return fs::write(kept, fresh).map_err(|error| Fault::io("write the schema of exercises", &error));
    }
    if fs::read_to_string(kept).ok() == Some(fresh) {
        return Ok(());
    }
    Err(Fault::new(
        "generate --check",
        format!("{EXERCISE_SCHEMA} is not what the loader gives"),
        "Run `cargo xtask generate` and commit what it writes.",
    ))
}

/// Tells whether the code in the tree belongs to the protos in the tree, by its stamp alone: quick enough for every test
/// run. What was changed by hand shows too.
///
/// # Errors
/// When a proto or a generated file cannot be read.
pub fn generated_is_fresh(repo: &Repo) -> Result<bool, Fault> {
    for package in &PACKAGES {
        let stamp = fs::read_to_string(repo.path(package.folder).join(STAMP)).unwrap_or_default();
        if stamp != stamp_of(repo, package).map_err(|error| Fault::io("read the generated code", &error))? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn compare(repo: &Repo, fresh: &Path, package: &Package) -> Result<(), Fault> {
    for file in package.made() {
        let is_same = fs::read(fresh.join(&file)).ok() == fs::read(repo.path(&file)).ok();
        if !is_same {
            return Err(Fault::new(
                "generate --check",
                format!("{file} is not what proto/ gives"),
                "Run `cargo xtask generate` and commit what it writes.",
            ));
        }
    }
    Ok(())
}

fn replace(repo: &Repo, fresh: &Path, package: &Package) -> Result<(), Fault> {
    let put = || -> io::Result<()> {
        fs::create_dir_all(repo.path(package.folder))?;
        for file in package.made() {
            fs::copy(fresh.join(&file), repo.path(&file))?;
        }
        fs::write(repo.path(package.folder).join(STAMP), stamp_of(repo, package)?)
    };
    put().map_err(|error| Fault::io("write the generated code", &error))
}

fn stamp_of(repo: &Repo, package: &Package) -> io::Result<String> {
    let mut sum = Sum::default();
    for file in package.protos(&repo.path("proto"))? {
        sum.add(&fs::read(file)?);
    }
    for file in MAKERS.iter().map(|file| (*file).to_owned()).chain(package.made()) {
        sum.add(&fs::read(repo.path(&file))?);
    }
    Ok(format!("{:016x}\n", sum.0))
}

/// FNV-1a, 64 bits: tells an oversight, not an attack.
struct Sum(u64);

impl Default for Sum {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Sum {
    fn add(&mut self, bytes: &[u8]) {
        for byte in bytes.iter().chain(&(bytes.len() as u64).to_le_bytes()) {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}
