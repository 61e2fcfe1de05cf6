//! The map: ARCHITECTURE.md, read back.
//!
//! A heading such as "### `crates/core`" names a room; the two fenced blocks `edges` and `test-edges` draw which crate
//! may use which. The drawing is the rule: tidy holds the tree to what is drawn there, so the two cannot drift apart.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use super::Finding;
use super::edges::Graph;
use crate::fault::Fault;
use crate::repo::Repo;

const MAP: &str = "ARCHITECTURE.md";

/// A section without a line of this length says nothing about its room (characters).
const LINE_CHARS_MIN: usize = 80;

/// Which crates a crate may use, by short name.
pub type Edges = BTreeMap<String, BTreeSet<String>>;

/// What ARCHITECTURE.md says.
#[derive(Debug, Default)]
pub struct Map {
    /// The rooms by path, each with the length of the longest line about it in characters.
    rooms: BTreeMap<String, usize>,
    /// The edges of what ships.
    pub edges: Edges,
    /// The further edges that tests may use.
    pub test_edges: Edges,
}

impl Map {
    /// Reads the map; what cannot be understood becomes a finding.
    ///
    /// # Errors
    /// When there is no map.
    pub fn load(repo: &Repo, findings: &mut Vec<Finding>) -> Result<Self, Fault> {
        let text =
            fs::read_to_string(repo.path(MAP)).map_err(|error| Fault::io(format!("read {MAP}"), &error))?;
        Ok(Self::parse(&text, findings))
    }

    fn parse(text: &str, findings: &mut Vec<Finding>) -> Self {
        let mut map = Self::default();
        let mut room = None;
        let mut fence: Option<String> = None;
        for (number, line) in text.lines().enumerate() {
            if let Some(language) = line.strip_prefix("```") {
                fence = if fence.is_some() { None } else { Some(language.to_owned()) };
            } else if let Some(language) = &fence {
                map.drawing(language, line, number + 1, findings);
            } else if line.starts_with('#') {
                room = heading(line);
                map.rooms.extend(room.clone().map(|room| (room, 0)));
            } else if let Some(longest) = room.as_ref().and_then(|room| map.rooms.get_mut(room)) {
                *longest = line.chars().count().max(*longest);
            }
        }
        map
    }

    fn drawing(&mut self, language: &str, line: &str, number: usize, findings: &mut Vec<Finding>) {
        let edges = match language {
            "edges" => &mut self.edges,
            "test-edges" => &mut self.test_edges,
            _ => return,
        };
        let Some((from, to)) = line.split_once("<-") else {
            if !line.trim().is_empty() {
                let what = format!("cannot be read as an edge: {line}");
                findings.push(Finding::new(
                    format!("{MAP}:{number}"),
                    what,
                    "Draw it as `crate <- the crates it uses`.",
                ));
            }
            return;
        };
        let used = to.split_whitespace().filter(|name| *name != "-").map(str::to_owned);
        edges.entry(from.trim().to_owned()).or_default().extend(used);
    }

    /// Compares the map with the tree.
    #[must_use]
    pub fn check(&self, repo: &Repo, graph: &Graph) -> Vec<Finding> {
        let mut findings = Vec::new();
        for room in self.rooms.keys().filter(|room| !repo.path(room).exists()) {
            findings.push(Finding::new(
                MAP,
                format!("names `{room}`, which is not there"),
                "Correct the map.",
            ));
        }
        for folder in graph.folders() {
            match self.rooms.get(folder) {
                None => {
                    let next =
                        format!("Write a section \"### `{folder}`\": what it is, and what it never does.");
                    findings.push(Finding::new(MAP, format!("says nothing about `{folder}`"), next));
                }
                Some(longest) if *longest < LINE_CHARS_MIN => {
                    let what = format!("has no paragraph about `{folder}`");
                    findings.push(Finding::new(MAP, what, "Say what it is, and what it never does."));
                }
                Some(_) => {}
            }
        }
        findings
    }
}

/// The path in a heading that begins with one.
fn heading(line: &str) -> Option<String> {
    let (path, _) = line.trim_start_matches('#').trim().strip_prefix('`')?.split_once('`')?;
    Some(path.trim_end_matches('/').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# The map\n\n### `crates/core`: the nouns\n\nA paragraph.\n\n## Edges\n\n\
                        ```edges\ncore <- -\nengine <- core feed\n```\n\n```test-edges\nengine <- store\n```\n";

    fn set(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn rooms_and_edges_are_read() {
        let mut findings = Vec::new();
        let map = Map::parse(TEXT, &mut findings);
        assert_eq!(findings, []);
        assert_eq!(map.rooms, BTreeMap::from([("crates/core".to_owned(), 12)]));
        assert_eq!(map.edges["core"], set(&[]));
        assert_eq!(map.edges["engine"], set(&["core", "feed"]));
        assert_eq!(map.test_edges["engine"], set(&["store"]));
    }

    #[test]
    fn a_line_that_draws_nothing_is_a_finding() {
        let mut findings = Vec::new();
        Map::parse("```edges\ncore -> feed\n```\n", &mut findings);
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].place, "ARCHITECTURE.md:2");
    }
}
