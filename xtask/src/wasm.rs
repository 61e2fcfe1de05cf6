//! WebAssembly: the toolchain that can build it, the build, and the bindings.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::fault::Fault;
use crate::repo::Repo;
use crate::say;
use crate::shell::{self, Shell};

const TARGET: &str = "wasm32-unknown-unknown";
const CORE: &str = "clients/web/wasm";
/// The rooms that must build for WebAssembly whatever else does (I2).
const PURE: &[&str] = &["haven-core", "haven-feed", "haven-crypto", "haven-engine"];

/// A cargo that can build for WebAssembly, and what it must be told.
#[derive(Debug)]
pub struct Toolchain {
    cargo: &'static str,
    shell: Shell,
    folder: PathBuf,
}

/// How much the compiler should do.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Profile {
    /// Quick to build.
    Debug,
    /// Small and quick to run.
    Release,
}

/// Where the bindings were written.
#[derive(Debug)]
pub struct Built {
    /// The folder for Node.js.
    pub node: PathBuf,
    /// The folder for browsers.
    pub web: PathBuf,
}

/// Builds the web app's core, optimised, with its bindings.
///
/// # Errors
/// When no toolchain can build it, or the build fails.
pub fn command(repo: &Repo) -> Result<(), Fault> {
    let built = Toolchain::find(repo)?.build(repo, Profile::Release)?;
    say::line(&built.node.display().to_string());
    say::line(&built.web.display().to_string());
    Ok(())
}

/// Lists the tests of the web app's core that run under Node.js.
///
/// # Errors
/// When the tree cannot be listed.
pub fn node_tests(repo: &Repo) -> Result<Vec<String>, Fault> {
    let folder = format!("{CORE}/tests/");
    let mut files = repo.files()?;
    files.retain(|path| path.starts_with(&folder) && path.ends_with(".mjs"));
    Ok(files)
}

impl Toolchain {
    /// Finds a toolchain: rustup's if the target is installed, else Debian's where that is wanted or all there is.
    ///
    /// # Errors
    /// When there is neither; the fault names the command that helps.
    pub fn find(repo: &Repo) -> Result<Self, Fault> {
        let shell = Shell::new(repo);
        let folder = repo.target().join("wasm");
        let shell = shell.with("CARGO_TARGET_DIR", folder.join("build"));
        if has_library(&shell, "rustc") {
            return Ok(Self { cargo: "cargo", shell, folder });
        }
        let wants_debian = env::var("HAVEN_WASM_STD").is_ok_and(|value| value == "debian");
        if wants_debian || shell::find("rustup").is_none() {
            shell.run("bash", &["scripts/wasm-std.sh"])?;
            return Ok(Self { cargo: "/usr/bin/cargo", shell: debian(shell), folder });
        }
        Err(Fault::new(
            format!("build for {TARGET}"),
            "the compiler has no standard library for it",
            format!(
                "rustup target add {TARGET}   (or, on Debian without rustup's downloads: HAVEN_WASM_STD=debian)"
            ),
        ))
    }

    /// Checks that the pure rooms build for WebAssembly.
    ///
    /// # Errors
    /// When one does not.
    pub fn check_pure_rooms(&self, repo: &Repo) -> Result<(), Fault> {
        let packages: Vec<&str> = PURE.iter().flat_map(|package| ["--package", package]).collect();
        self.cargo(repo, &[&["check", "--lib"], &packages[..]].concat())
    }

    /// Builds the web app's core and writes its bindings for Node.js and for browsers.
    ///
    /// # Errors
    /// When it does not build, or is no `cdylib`.
    pub fn build(&self, repo: &Repo, profile: Profile) -> Result<Built, Fault> {
        check_is_cdylib(repo)?;
        let (flags, name): (&[&str], _) = match profile {
            Profile::Debug => (&[], "debug"),
            Profile::Release => (&["--release"], "release"),
        };
        self.cargo(repo, &[&["build", "--lib", "--package", "haven-wasm"], flags].concat())?;
        let module = self.folder.join("build").join(TARGET).join(name).join("haven_wasm.wasm");
        let built =
            Built { node: self.folder.join(name).join("node"), web: self.folder.join(name).join("web") };
        bind(repo, &module, "nodejs", &built.node)?;
        bind(repo, &module, "web", &built.web)?;
        Ok(built)
    }

    fn cargo(&self, _: &Repo, arguments: &[&str]) -> Result<(), Fault> {
        let (verb, rest) = arguments.split_first().unwrap_or((&"check", &[]));
        self.shell.run(self.cargo, &[&[*verb, "--target", TARGET], rest].concat())
    }
}

/// What Debian's toolchain must be told: its own compiler, its own linker, and clang for ring's C code.
fn debian(shell: Shell) -> Shell {
    shell
        .with("RUSTUP_TOOLCHAIN", "debian-web")
        .with("RUSTC", "/usr/bin/rustc")
        .with("RUSTDOC", "/usr/bin/rustdoc")
        .with("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", "/usr/bin/wasm-ld-19")
        .with("CC_wasm32_unknown_unknown", "clang-19")
        .with("AR_wasm32_unknown_unknown", "llvm-ar-19")
}

fn has_library(shell: &Shell, rustc: &str) -> bool {
    let Ok(folder) = shell.read(rustc, &["--print", "target-libdir", "--target", TARGET]) else {
        return false;
    };
    let Ok(entries) = fs::read_dir(folder.trim()) else { return false };
    entries.flatten().any(|entry| entry.file_name().to_string_lossy().starts_with("libstd-"))
}

/// Writes the bindings with the generator, a program of its own because hardly anything else needs what it links.
fn bind(repo: &Repo, module: &Path, kind: &str, folder: &Path) -> Result<(), Fault> {
    let (module, folder) = (module.display().to_string(), folder.display().to_string());
    let program =
        ["run", "--quiet", "--package", "xtask", "--features", "bindgen", "--bin", "xtask-bindgen", "--"];
    Shell::new(repo).run("cargo", &[&program[..], &[kind, &module, &folder]].concat())
}

#[derive(Deserialize)]
struct Manifest {
    lib: Option<Library>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Library {
    #[serde(default)]
    crate_type: Vec<String>,
}

fn check_is_cdylib(repo: &Repo) -> Result<(), Fault> {
    let path = format!("{CORE}/Cargo.toml");
    let text =
        fs::read_to_string(repo.path(&path)).map_err(|error| Fault::io(format!("read {path}"), &error))?;
    let manifest: Manifest = toml::from_str(&text)
        .map_err(|error| Fault::new(format!("read {path}"), error.to_string(), "Mend that line."))?;
    if manifest.lib.is_some_and(|library| library.crate_type.iter().any(|kind| kind == "cdylib")) {
        return Ok(());
    }
    let next =
        "The web app's core is not written yet; `cargo xtask test --only wasm` checks the rooms below it.";
    Err(Fault::new("build the web app's core", format!("{CORE} is not a cdylib"), next))
}
