//! docs/THREATS.md names the tests that hold each case: they are there, and no case here is left out of it.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// What a file says after each `fn `.
fn functions(text: &str) -> impl Iterator<Item = &str> {
    text.split("fn ").skip(1).filter_map(|rest| rest.split_once('(')).map(|(name, _)| name)
}

fn collect(folder: &Path, names: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, names);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            names.extend(functions(&fs::read_to_string(&path).unwrap()).map(str::to_owned));
        }
    }
}

#[test]
fn the_table_of_cases_names_tests_that_are_there_and_leaves_out_none_of_these() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let table = fs::read_to_string(root.join("docs/THREATS.md")).unwrap();
    let quoted: BTreeSet<&str> = table.split('`').skip(1).step_by(2).collect();
    let mut there = BTreeSet::new();
    for folder in ["crates", "tests"] {
        collect(&root.join(folder), &mut there);
    }
    let is_name = |name: &&str| name.matches('_').count() > 1 && !name.contains(['/', ' ', '.']);
    let missing: Vec<_> =
        quoted.iter().copied().filter(is_name).filter(|name| !there.contains(*name)).collect();
    assert_eq!(missing, [""; 0], "named, and not there");

    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/evil");
    let files: Vec<_> = fs::read_dir(&here).unwrap().map(|entry| entry.unwrap().path()).collect();
    let cases = |path: &&std::path::PathBuf| !path.ends_with("main.rs") && !path.ends_with("table.rs");
    assert!(files.iter().filter(cases).count() >= 7, "the cases lie here");
    for file in files.iter().filter(cases) {
        let text = fs::read_to_string(file).unwrap();
        let cases = text.split("start_paused = true)]").skip(1).filter_map(|rest| functions(rest).next());
        let left_out: Vec<_> = cases.filter(|case| !quoted.contains(case)).collect();
        assert_eq!(left_out, [""; 0], "not in the table");
    }
}
