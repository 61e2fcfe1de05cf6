//! Whether every dependency's licence is one that deny.toml allows.
//!
//! `cargo deny` says the same and more, but is not on every machine; this needs nothing.

use std::collections::BTreeMap;
use std::fs;

use serde::Deserialize;

use super::Finding;
use crate::fault::Fault;
use crate::repo::Repo;

const DENY: &str = "deny.toml";

/// What deny.toml allows.
#[derive(Debug, Deserialize)]
struct Deny {
    licenses: Licences,
}

#[derive(Debug, Deserialize)]
struct Licences {
    allow: Vec<String>,
    #[serde(default)]
    exceptions: Vec<Exception>,
}

#[derive(Debug, Deserialize)]
struct Exception {
    #[serde(rename = "crate")]
    name: String,
    allow: Vec<String>,
}

/// Checks the licences, given by the names of the crates.
///
/// # Errors
/// When deny.toml cannot be read.
pub fn check(repo: &Repo, licences: &BTreeMap<String, Option<String>>) -> Result<Vec<Finding>, Fault> {
    let text =
        fs::read_to_string(repo.path(DENY)).map_err(|error| Fault::io(format!("read {DENY}"), &error))?;
    let deny: Deny =
        toml::from_str(&text).map_err(|error| Fault::new(DENY, error.to_string(), "Mend that line."))?;
    let refused = licences.iter().filter(|(name, licence)| !deny.licenses.allows(name, licence.as_deref()));
    let finding = |(name, licence): (&String, &Option<String>)| {
        let what =
            format!("`{name}` comes under {}", licence.as_deref().unwrap_or("no licence that it names"));
        Finding::new("Cargo.lock", what, "Do without it, or allow its licence in deny.toml and say why.")
    };
    Ok(refused.map(finding).collect())
}

impl Licences {
    fn allows(&self, name: &str, licence: Option<&str>) -> bool {
        let allowed = |id: &str| {
            let excepted = self.exceptions.iter().filter(|exception| exception.name == name);
            let mut ids = self.allow.iter().chain(excepted.flat_map(|exception| &exception.allow));
            ids.any(|other| other == id)
        };
        licence.is_some_and(|licence| satisfied(licence, &allowed))
    }
}

/// Whether an SPDX expression can be satisfied with the allowed licences (SPDX 2.3, annex D). The old way of writing
/// OR as a slash is read too.
fn satisfied(expression: &str, allowed: &dyn Fn(&str) -> bool) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let mut words: Vec<&str> = spaced.split_whitespace().rev().collect();
    // What cannot be read to its end allows nothing.
    either(&mut words, allowed).unwrap_or(false) && words.is_empty()
}

fn either(words: &mut Vec<&str>, allowed: &dyn Fn(&str) -> bool) -> Option<bool> {
    let mut result = both(words, allowed)?;
    while words.last() == Some(&"OR") {
        words.pop();
        result |= both(words, allowed)?;
    }
    Some(result)
}

fn both(words: &mut Vec<&str>, allowed: &dyn Fn(&str) -> bool) -> Option<bool> {
    let mut result = one(words, allowed)?;
    while words.last() == Some(&"AND") {
        words.pop();
        result &= one(words, allowed)?;
    }
    Some(result)
}

fn one(words: &mut Vec<&str>, allowed: &dyn Fn(&str) -> bool) -> Option<bool> {
    let word = words.pop()?;
    if word == "(" {
        let result = either(words, allowed)?;
        return (words.pop() == Some(")")).then_some(result);
    }
    // "Or any later version" is the licence itself too.
    let id = word.trim_end_matches('+');
    if words.last() != Some(&"WITH") {
        return Some(allowed(id));
    }
    words.pop();
    Some(allowed(&format!("{id} WITH {}", words.pop()?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(expression: &str, expected: bool) {
        let allowed = |id: &str| matches!(id, "MIT" | "ISC" | "Apache-2.0 WITH LLVM-exception");
        assert_eq!(satisfied(expression, &allowed), expected, "{expression}");
    }

    #[test]
    fn an_expression_is_satisfied_by_what_is_allowed() {
        check("MIT", true);
        check("GPL-3.0", false);
        check("MIT OR GPL-3.0", true);
        check("GPL-3.0/MIT", true);
        check("GPL-3.0 / MIT", true);
        check("MIT AND GPL-3.0", false);
        check("MIT AND ISC", true);
        check("(GPL-3.0 OR MIT) AND ISC", true);
        check("GPL-3.0 OR MIT AND ISC", true);
        check("MIT AND (GPL-3.0 OR LGPL-2.1)", false);
        check("Apache-2.0 WITH LLVM-exception", true);
        check("Apache-2.0", false);
        check("MIT+", true);
    }

    #[test]
    fn what_cannot_be_read_allows_nothing() {
        for expression in ["", "MIT OR", "(MIT", "MIT)", "MIT ISC", "Apache-2.0 WITH"] {
            check(expression, false);
        }
    }

    #[test]
    fn an_exception_holds_for_its_crate_only() {
        let exception = Exception { name: "imbl".to_owned(), allow: vec!["MPL-2.0".to_owned()] };
        let licences = Licences { allow: vec!["MIT".to_owned()], exceptions: vec![exception] };
        assert!(licences.allows("imbl", Some("MPL-2.0+")));
        assert!(!licences.allows("other", Some("MPL-2.0+")));
        assert!(!licences.allows("other", None));
    }
}
