//! Which crate may use which.
//!
//! The graph of what ships is the proof of the security claims: a server that links nothing which opens a record
//! cannot open one. Direct edges are held to the drawing in ARCHITECTURE.md, test-only edges to a second drawing
//! beside it, and for the two programs whose claim rests on it the whole tree below them is searched.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::Finding;
use super::map::Map;
use crate::fault::Fault;
use crate::repo::Repo;
use crate::shell::Shell;

/// Nothing of these may be linked, at any depth, by that program.
const BANS: &[(&str, &[&str], &str)] = &[
    (
        "haven-server",
        &["haven-core", "haven-crypto", "haven-engine", "haven-store", "hpke", "argon2", "automerge"],
        "The server cannot read what it links no code to open (I1).",
    ),
    (
        "haven",
        &["haven-engine", "haven-crypto", "haven-store", "automerge", "rusqlite"],
        "The command line holds no journal logic: it asks the daemon (I3).",
    ),
];

/// Dependencies that stay inside one room, with the crates that may name them.
const CONFINED: &[(&str, &[&str])] = &[
    // The vectors hold an automerge upgrade to its bytes, so they must be able to make them.
    ("automerge", &["engine", "vectors"]),
    ("hpke", &["crypto", "vectors"]),
    ("argon2", &["crypto", "vectors"]),
    ("rusqlite", &["store", "server", "web/wasm", "e2e"]),
];

/// The only place that crates come from.
const SOURCE: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// The crates of the workspace and what they depend on.
#[derive(Debug)]
pub struct Graph {
    crates: BTreeMap<String, Member>,
    foreign: Vec<String>,
}

#[derive(Debug)]
struct Member {
    name: String,
    folder: String,
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    workspace_members: Vec<String>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    id: String,
    source: Option<String>,
    manifest_path: String,
    dependencies: Vec<Dependency>,
}

#[derive(Clone, Debug, Deserialize)]
struct Dependency {
    name: String,
    kind: Option<String>,
}

impl Graph {
    /// Asks cargo for the crates and their dependencies.
    ///
    /// # Errors
    /// When cargo cannot tell, as with a broken manifest.
    pub fn load(repo: &Repo) -> Result<Self, Fault> {
        let text = Shell::new(repo).read("cargo", &["metadata", "--format-version", "1"])?;
        let metadata: Metadata = serde_json::from_str(&text).map_err(|error| {
            Fault::new(
                "read cargo's metadata",
                error.to_string(),
                "Check that cargo is the one rust-toolchain.toml names.",
            )
        })?;
        Ok(Self::new(metadata, &format!("{}/", repo.root().display())))
    }

    fn new(metadata: Metadata, root: &str) -> Self {
        let mut graph = Self { crates: BTreeMap::new(), foreign: Vec::new() };
        for package in metadata.packages {
            if metadata.workspace_members.contains(&package.id) {
                let folder =
                    package.manifest_path.trim_start_matches(root).trim_end_matches("/Cargo.toml").to_owned();
                let member = Member { name: package.name, folder, dependencies: package.dependencies };
                graph.crates.insert(short_name(&member.folder), member);
            } else if package.source.as_deref() != Some(SOURCE) {
                graph.foreign.push(package.name);
            }
        }
        graph
    }

    /// The crates' folders.
    pub fn folders(&self) -> impl Iterator<Item = &str> {
        self.crates.values().map(|member| member.folder.as_str())
    }

    /// Compares the direct edges with the drawing.
    #[must_use]
    pub fn check(&self, map: &Map) -> Vec<Finding> {
        let mut findings = Vec::new();
        for (short, member) in &self.crates {
            if !map.edges.contains_key(short) {
                let next = format!("Draw its edges: `{short} <- …`.");
                findings.push(Finding::new("ARCHITECTURE.md", format!("does not draw `{short}`"), next));
            }
            for dependency in &member.dependencies {
                findings.extend(self.check_edge(map, short, member, dependency));
                findings.extend(check_confined(short, member, dependency));
            }
        }
        for name in &self.foreign {
            let what = format!("`{name}` comes from elsewhere than crates.io");
            findings.push(Finding::new(
                "Cargo.lock",
                what,
                "Use a published version, or write what is needed.",
            ));
        }
        findings
    }

    fn check_edge(
        &self,
        map: &Map,
        short: &str,
        member: &Member,
        dependency: &Dependency,
    ) -> Option<Finding> {
        let (used, _) = self.crates.iter().find(|(_, other)| other.name == dependency.name)?;
        let drawn =
            |edges: &super::map::Edges| edges.get(short).is_some_and(|allowed| allowed.contains(used));
        let for_tests = dependency.kind.as_deref() == Some("dev");
        // A crate's tests may use the crate itself with other features.
        if used == short || drawn(&map.edges) || (for_tests && drawn(&map.test_edges)) {
            return None;
        }
        let place = format!("{}/Cargo.toml", member.folder);
        let next =
            "A new edge is a design decision: draw it in ARCHITECTURE.md and note why in docs/decisions.";
        Some(Finding::new(place, format!("uses `{used}`; `{short} <- {used}` is not drawn"), next))
    }

    /// Searches the whole tree below the programs whose claim rests on what they do not link.
    ///
    /// # Errors
    /// When cargo cannot draw the tree.
    pub fn check_bans(&self, repo: &Repo) -> Result<Vec<Finding>, Fault> {
        let mut findings = Vec::new();
        for (program, banned, reason) in BANS {
            let Some(member) = self.crates.values().find(|member| member.name == *program) else { continue };
            let arguments = [
                "tree",
                "--prefix",
                "none",
                "--format",
                "{p}",
                "--edges",
                "normal,build",
                "--package",
                program,
            ];
            let tree = Shell::new(repo).read("cargo", &arguments)?;
            let linked = linked(&tree);
            for name in banned.iter().filter(|name| linked.contains(name)) {
                let what = format!("links `{name}` (see `cargo tree -p {program} -i {name}`)");
                findings.push(Finding::new(format!("{}/Cargo.toml", member.folder), what, *reason));
            }
        }
        Ok(findings)
    }
}

/// The names in the output of `cargo tree --prefix none --format {p}`.
fn linked(tree: &str) -> Vec<&str> {
    tree.lines().filter_map(|line| line.split_whitespace().next()).collect()
}

fn check_confined(short: &str, member: &Member, dependency: &Dependency) -> Option<Finding> {
    let (_, rooms) = CONFINED.iter().find(|(name, _)| *name == dependency.name)?;
    if rooms.contains(&short) {
        return None;
    }
    let what = format!("names `{}`, which stays in {}", dependency.name, rooms.join(", "));
    Some(Finding::new(format!("{}/Cargo.toml", member.folder), what, "Ask that room for what you need."))
}

/// The name that the drawing uses: the last folder, save for the web app's core.
fn short_name(folder: &str) -> String {
    let last = folder.rsplit('/').next().unwrap_or(folder);
    if last == "wasm" { "web/wasm".to_owned() } else { last.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Uses<'a> = &'a [(&'a str, Option<&'a str>)];

    fn graph(crates: &[(&str, Uses<'_>)]) -> Graph {
        let packages = crates.iter().map(|(folder, uses)| Package {
            name: format!("haven-{}", folder.rsplit('/').next().unwrap()),
            id: (*folder).to_owned(),
            source: None,
            manifest_path: format!("/x/{folder}/Cargo.toml"),
            dependencies: uses
                .iter()
                .map(|(name, kind)| Dependency { name: (*name).to_owned(), kind: kind.map(str::to_owned) })
                .collect(),
        });
        let metadata = Metadata {
            workspace_members: crates.iter().map(|(folder, _)| (*folder).to_owned()).collect(),
            packages: packages.collect(),
        };
        Graph::new(metadata, "/x/")
    }

    fn map(edges: &[(&str, &[&str])], test_edges: &[(&str, &[&str])]) -> Map {
        let read = |edges: &[(&str, &[&str])]| {
            let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
            edges.iter().map(|(from, to)| ((*from).to_owned(), owned(to))).collect()
        };
        let mut map = Map::default();
        map.edges = read(edges);
        map.test_edges = read(test_edges);
        map
    }

    fn check(uses: Uses<'_>, expected: &[&str]) {
        let graph = graph(&[("crates/core", &[]), ("crates/store", &[]), ("crates/engine", uses)]);
        let map = map(&[("core", &[]), ("store", &[]), ("engine", &["core"])], &[("engine", &["store"])]);
        let found = graph.check(&map);
        let said: Vec<&str> = found.iter().map(|finding| finding.what.as_str()).collect();
        assert_eq!(said, expected, "{uses:?}");
    }

    #[test]
    fn only_drawn_edges_pass() {
        check(&[("haven-core", None), ("serde", None)], &[]);
        check(&[("haven-store", None)], &["uses `store`; `engine <- store` is not drawn"]);
        check(&[("haven-store", Some("build"))], &["uses `store`; `engine <- store` is not drawn"]);
    }

    #[test]
    fn a_test_edge_holds_for_tests_only() {
        check(&[("haven-store", Some("dev"))], &[]);
    }

    #[test]
    fn a_confined_dependency_stays_in_its_room() {
        check(&[("automerge", None)], &[]);
        check(
            &[("rusqlite", Some("dev"))],
            &["names `rusqlite`, which stays in store, server, web/wasm, e2e"],
        );
    }

    #[test]
    fn a_crate_that_is_not_drawn_is_a_finding() {
        let found = graph(&[("clients/web/wasm", &[])]).check(&map(&[], &[]));
        assert_eq!(found[0].what, "does not draw `web/wasm`");
    }

    #[test]
    fn names_are_read_from_a_tree() {
        assert_eq!(
            linked("haven-server v0.1.0 (/x)\nring v0.17.14\n\nhpke v0.15.1 (*)\n"),
            ["haven-server", "ring", "hpke"]
        );
    }
}
