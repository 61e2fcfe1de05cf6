//! Documents: links that lead somewhere, decisions that are numbered once and say what they must.

use std::collections::BTreeMap;
use std::fs;

use super::Finding;
use crate::fault::Fault;
use crate::repo::Repo;

const DECISIONS: &str = "docs/decisions/";
/// The three parts of a decision note.
const PARTS: [&str; 3] = ["**Context.**", "**Choice.**", "**Consequences.**"];
/// A decision note fits on a page (lines).
const DECISION_LINES_MAX: usize = 80;

/// Checks every document.
///
/// # Errors
/// When one cannot be read.
pub fn check(repo: &Repo, files: &[String]) -> Result<Vec<Finding>, Fault> {
    let mut findings = Vec::new();
    let mut numbers: BTreeMap<&str, &str> = BTreeMap::new();
    for path in files.iter().filter(|path| path.ends_with(".md")) {
        let text =
            fs::read_to_string(repo.path(path)).map_err(|error| Fault::io(format!("read {path}"), &error))?;
        for link in links(&text).filter(|link| !leads_somewhere(repo, path, link)) {
            findings.push(Finding::new(
                path,
                format!("links to {link}, which is not there"),
                "Correct the link.",
            ));
        }
        let Some(name) = path.strip_prefix(DECISIONS) else { continue };
        findings.extend(decision(path, &text));
        let number = name.split('-').next().unwrap_or_default();
        if let Some(other) = numbers.insert(number, path) {
            findings.push(Finding::new(
                path,
                format!("has the number of {other}"),
                "Take the next free number.",
            ));
        }
    }
    Ok(findings)
}

/// The targets of a text's links that stay inside the tree, fenced blocks left out.
fn links(text: &str) -> impl Iterator<Item = &str> {
    let prose = text.split("```").step_by(2);
    let targets = prose.flat_map(|part| part.split("](").skip(1).filter_map(|rest| rest.split(')').next()));
    targets.filter(|target| {
        !target.contains("://") && !target.starts_with(['#', '<']) && !target.starts_with("mailto:")
    })
}

fn leads_somewhere(repo: &Repo, from: &str, link: &str) -> bool {
    let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
    let file = link.split('#').next().unwrap_or(link);
    repo.path(folder).join(file).exists()
}

fn decision(path: &str, text: &str) -> Option<Finding> {
    let missing: Vec<&str> = PARTS.into_iter().filter(|part| !text.contains(part)).collect();
    if !missing.is_empty() {
        return Some(Finding::new(
            path,
            format!("has no {}", missing.join(", ")),
            "A decision says all three.",
        ));
    }
    let lines = text.lines().count();
    let next = "One page is enough for a decision.";
    (lines > DECISION_LINES_MAX).then(|| Finding::new(path, format!("has {lines} lines"), next))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_links_inside_the_tree_are_followed() {
        let text = "[a](docs/A.md) [b](https://example.org/) [c](#part)\n```\n[d](gone.md)\n```\nand [e](B.md#part).";
        assert_eq!(links(text).collect::<Vec<_>>(), ["docs/A.md", "B.md#part"]);
    }

    #[test]
    fn a_link_is_read_from_its_document() {
        let repo = Repo::find().unwrap();
        for (from, link, expected) in [
            ("README.md", "xtask/Cargo.toml", true),
            ("xtask/README.md", "Cargo.toml", true),
            ("xtask/README.md", "../Cargo.toml#part", true),
            ("README.md", "docs/no-such-file.md", false),
        ] {
            assert_eq!(leads_somewhere(&repo, from, link), expected, "{from} {link}");
        }
    }

    #[test]
    fn a_decision_has_three_parts_and_one_page() {
        let whole = PARTS.join(" x\n");
        assert_eq!(decision("d", &whole), None);
        assert!(decision("d", "**Context.** only").is_some());
        assert!(decision("d", &format!("{whole}{}", "\nline".repeat(DECISION_LINES_MAX))).is_some());
    }
}
