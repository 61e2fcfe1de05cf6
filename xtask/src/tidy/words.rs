//! Words that have no place in the tree, or not in that part of it.
//!
//! The list is written in pieces (`concat!`), so that this file may be checked by its own rules.

use std::fs;

use super::Finding;
use super::source::{Source, Token, is_generated};
use crate::fault::Fault;
use crate::repo::Repo;

/// Words that may stand in no file at all, comments and documents included.
const NOWHERE: &[(&str, &str)] = &[
    (concat!("FIX", "ME"), "Mend it, or open an issue and name it in a TODO."),
    (concat!("/wo", "rk/"), "A path of one machine: say where it is relative to the project."),
    (concat!("/ro", "ot/"), "A path of one machine: say where it is relative to the project."),
    (concat!("/ho", "me/"), "A path of one machine: say where it is relative to the project."),
    (concat!("../sha", "red"), "The project holds what it needs itself."),
    (concat!("registry.np", "mjs.org"), "Leave the registry to the person's own settings."),
    (concat!("files.python", "hosted.org"), "Leave the registry to the person's own settings."),
    (concat!("pypi", ".org/simple"), "Leave the registry to the person's own settings."),
    (concat!("deb.deb", "ian.org"), "Leave the mirror to the person's own settings."),
    (concat!("static.crates", ".io"), "Leave the registry to the person's own settings."),
    (concat!("index.crates", ".io"), "Leave the registry to the person's own settings."),
];

/// Files larger than this are data, not text that a person wrote (bytes).
const TEXT_SIZE_MAX: u64 = 1 << 20;

/// Where a rule holds.
#[derive(Clone, Copy)]
enum Area {
    /// Every Rust file, tests included.
    Everywhere,
    /// Whatever ships or builds what ships; tests excepted.
    Shipped,
    /// Library code: not the binaries, which own standard output.
    Libraries,
    /// The rooms that take time and entropy as arguments.
    Pure,
}

struct Rule {
    words: &'static [&'static str],
    area: Area,
    next: &'static str,
}

const fn rule(area: Area, words: &'static [&'static str], next: &'static str) -> Rule {
    Rule { words, area, next }
}

const NO_STUB: &str = "Write it, or leave it out and say so.";
const NO_PANIC: &str = "Return an error named by its fault; `expect` only where the line above proves it.";
const NO_PRINT: &str = "Return the words; the binary prints them.";
const NO_ORDER: &str = "Hash order differs from run to run: use a BTreeMap or BTreeSet.";
const NO_CLOCK: &str = "Time is an argument here.";
const NO_RNG: &str = "Entropy is an argument here.";
const NO_IO: &str = "This room does no input or output: the shell does it and passes the result in.";
const NO_GLOBAL: &str = "State has one owner: pass it in.";

const RULES: &[Rule] = &[
    rule(Area::Everywhere, &["todo", "!"], NO_STUB),
    rule(Area::Everywhere, &["unimplemented", "!"], NO_STUB),
    rule(
        Area::Everywhere,
        &["#", "[", "ignore"],
        "A test that is switched off tests nothing: mend or delete it.",
    ),
    rule(Area::Shipped, &[".", "unwrap", "(", ")"], NO_PANIC),
    rule(Area::Shipped, &["panic", "!"], NO_PANIC),
    rule(Area::Libraries, &["println", "!"], NO_PRINT),
    rule(Area::Libraries, &["eprintln", "!"], NO_PRINT),
    rule(Area::Libraries, &["print", "!"], NO_PRINT),
    rule(Area::Libraries, &["eprint", "!"], NO_PRINT),
    rule(Area::Libraries, &["dbg", "!"], NO_PRINT),
    rule(Area::Pure, &["HashMap"], NO_ORDER),
    rule(Area::Pure, &["HashSet"], NO_ORDER),
    rule(Area::Pure, &["SystemTime"], NO_CLOCK),
    rule(Area::Pure, &["Instant", "::", "now"], NO_CLOCK),
    rule(Area::Pure, &["Zoned", "::", "now"], NO_CLOCK),
    rule(Area::Pure, &["Timestamp", "::", "now"], NO_CLOCK),
    rule(Area::Pure, &["thread_rng"], NO_RNG),
    rule(Area::Pure, &["SystemRandom"], NO_RNG),
    rule(Area::Pure, &["OsRng"], NO_RNG),
    rule(Area::Pure, &["std", "::", "env"], NO_IO),
    rule(Area::Pure, &["std", "::", "fs"], NO_IO),
    rule(Area::Pure, &["std", "::", "net"], NO_IO),
    rule(Area::Pure, &["std", "::", "process"], NO_IO),
    rule(Area::Pure, &["static", "mut"], NO_GLOBAL),
    rule(Area::Pure, &["lazy_static"], NO_GLOBAL),
    rule(Area::Pure, &["thread_local"], NO_GLOBAL),
    rule(Area::Pure, &["OnceLock"], NO_GLOBAL),
    rule(Area::Pure, &["LazyLock"], NO_GLOBAL),
    rule(Area::Pure, &["OnceCell"], NO_GLOBAL),
    rule(Area::Pure, &["async"], "A room without input or output has nothing to wait for."),
];

/// The crates that are pure: no clock, no entropy, no hash order, no globals, no input or output.
const PURE: &[&str] = &["crates/core/src/", "crates/feed/src/", "crates/crypto/src/", "crates/engine/src/"];

impl Area {
    fn holds(self, path: &str, token: &Token) -> bool {
        let binary = path.ends_with("/main.rs")
            || path.contains("/bin/")
            || path.starts_with("clients/cli/")
            || path.ends_with("/build.rs");
        match self {
            Self::Everywhere => true,
            // Test programs may stop where they stand; chores may not.
            Self::Shipped => !token.test && !path.starts_with("tests/"),
            Self::Libraries => !token.test && path.starts_with("crates/") && !binary,
            Self::Pure => !token.test && PURE.iter().any(|room| path.starts_with(room)),
        }
    }
}

/// Checks the words of every text file.
///
/// # Errors
/// When a file cannot be read.
pub fn texts(repo: &Repo, files: &[String]) -> Result<Vec<Finding>, Fault> {
    let mut findings = Vec::new();
    for path in files {
        let fault = |error: std::io::Error| Fault::io(format!("read {path}"), &error);
        let file = repo.path(path);
        if fs::metadata(&file).map_err(fault)?.len() > TEXT_SIZE_MAX || is_generated(path) {
            continue;
        }
        // What is not UTF-8 is no text, and a picture may hold any bytes.
        if let Ok(text) = String::from_utf8(fs::read(&file).map_err(fault)?) {
            findings.extend(check_text(path, &text));
        }
    }
    Ok(findings)
}

fn check_text(path: &str, text: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (needle, next) in NOWHERE.iter().filter(|(needle, _)| text.contains(needle)) {
        for (number, _) in text.lines().enumerate().filter(|(_, line)| line.contains(needle)) {
            findings.push(Finding::new(
                format!("{path}:{}", number + 1),
                format!("says \"{needle}\""),
                *next,
            ));
        }
    }
    findings
}

/// Checks the words of one Rust file.
#[must_use]
pub fn tokens(source: &Source) -> Vec<Finding> {
    let mut findings = matches(&source.path, &source.tokens);
    for path in imports(&source.tokens) {
        // A plain `use` is in the words already; only what was spelled with braces is new.
        findings.extend(matches(&source.path, &path));
    }
    findings.sort();
    findings.dedup();
    findings
}

fn matches(path: &str, tokens: &[Token]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        // Nearly every word begins no rule; this comparison decides how long the whole check takes.
        let candidates = RULES.iter().filter(|rule| rule.words[0] == token.text);
        let found =
            candidates.filter(|rule| begins(&tokens[at..], rule.words) && rule.area.holds(path, token));
        findings.extend(found.map(|rule| {
            let what = format!("says \"{}\"", rule.words.concat());
            Finding::new(format!("{path}:{}", token.line), what, rule.next)
        }));
    }
    findings
}

fn begins(tokens: &[Token], words: &[&str]) -> bool {
    tokens.len() >= words.len() && tokens.iter().zip(words).all(|(token, word)| token.text == *word)
}

/// Spells out every `use` with braces: `use std::{fs, net}` as `std::fs` and `std::net`.
fn imports(tokens: &[Token]) -> Vec<Vec<Token>> {
    let mut paths = Vec::new();
    for (at, _) in tokens.iter().enumerate().filter(|(_, token)| token.text == "use") {
        let end = tokens[at..].iter().position(|token| token.text == ";").map_or(at, |offset| at + offset);
        if tokens[at..end].iter().any(|token| token.text == "{") {
            spell(&tokens[at + 1..end], &mut Vec::new(), &mut paths);
        }
    }
    paths
}

/// Reads one list of import trees, each after the same prefix.
fn spell(tokens: &[Token], prefix: &mut Vec<Token>, paths: &mut Vec<Vec<Token>>) {
    let depth = prefix.len();
    let mut at = 0;
    while at < tokens.len() {
        match tokens[at].text.as_str() {
            "{" => {
                let inner = closing(&tokens[at..]) + at;
                spell(&tokens[at + 1..inner], prefix, paths);
                at = inner;
                prefix.truncate(depth);
            }
            "," => {
                finish(prefix, depth, paths);
            }
            _ => prefix.push(copy(&tokens[at])),
        }
        at += 1;
    }
    finish(prefix, depth, paths);
}

fn finish(prefix: &mut Vec<Token>, depth: usize, paths: &mut Vec<Vec<Token>>) {
    if prefix.len() > depth {
        paths.push(prefix.iter().map(copy).collect());
        prefix.truncate(depth);
    }
}

/// The offset of the brace that closes the one at the start.
fn closing(tokens: &[Token]) -> usize {
    let mut open = 0_usize;
    for (at, token) in tokens.iter().enumerate() {
        match token.text.as_str() {
            "{" => open += 1,
            "}" if open == 1 => return at,
            "}" => open -= 1,
            _ => {}
        }
    }
    tokens.len()
}

fn copy(token: &Token) -> Token {
    Token { text: token.text.clone(), line: token.line, test: token.test }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, text: &str, expected: &[&str]) {
        let found = tokens(&Source::parse(path, text).unwrap());
        let said: Vec<String> =
            found.iter().map(|finding| finding.what.replace("says ", "").replace('"', "")).collect();
        assert_eq!(said, expected, "{path}: {text}");
    }

    #[test]
    fn a_stub_is_found_even_in_a_test() {
        check("crates/core/src/a.rs", concat!("fn a() { to", "do!() }"), &[concat!("to", "do!")]);
        check(
            "crates/core/src/a.rs",
            "#[cfg(test)] mod tests { #[test] #[ignore] fn a() {} }",
            &["#[ignore"],
        );
    }

    #[test]
    fn a_panic_is_found_outside_tests_only() {
        check("crates/core/src/a.rs", "fn a() { b().unwrap(); }", &[".unwrap()"]);
        check("crates/core/src/a.rs", "fn a() { b().unwrap_or(1); }", &[]);
        check("crates/core/src/a.rs", "#[cfg(test)] mod tests { fn a() { b().unwrap(); } }", &[]);
        check("crates/core/tests/a.rs", "fn a() { panic!(\"no\") }", &[]);
        check("tests/sim/src/a.rs", "fn a() { panic!(\"no\") }", &[]);
        check("xtask/src/a.rs", "fn a() { panic!(\"no\") }", &["panic!"]);
    }

    #[test]
    fn only_binaries_print() {
        check("crates/node/src/a.rs", "fn a() { println!(); }", &["println!"]);
        check("crates/daemon/src/main.rs", "fn a() { println!(); }", &[]);
        check("clients/cli/src/print.rs", "fn a() { println!(); }", &[]);
        check("crates/daemon/build.rs", "fn a() { println!(); }", &[]);
    }

    #[test]
    fn pure_rooms_have_no_hash_order_clock_or_file() {
        check("crates/engine/src/a.rs", "use std::collections::HashMap;", &["HashMap"]);
        check("crates/engine/src/a.rs", "fn a() { Instant::now(); }", &["Instant::now"]);
        check("crates/engine/src/a.rs", "fn a() { std::fs::read(p); }", &["std::fs"]);
        check("crates/node/src/a.rs", "use std::collections::HashMap;", &[]);
        check("crates/engine/src/a.rs", "// HashMap\nconst A: &str = \"HashMap\";", &[]);
    }

    #[test]
    fn an_import_with_braces_is_spelled_out() {
        check("crates/feed/src/a.rs", "use std::{collections::BTreeMap, fs};", &["std::fs"]);
        check("crates/feed/src/a.rs", "use std::{fmt, {net::TcpStream, io}};", &["std::net"]);
        check("crates/feed/src/a.rs", "use std::{fmt, io}; use other::fs;", &[]);
    }

    #[test]
    fn a_path_of_one_machine_is_found_in_any_text() {
        let found = check_text("README.md", concat!("fine\nsee /wo", "rk/here\n"));
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].place, "README.md:2");
        assert_eq!(check_text("README.md", "net/worker and a/root"), []);
    }
}
