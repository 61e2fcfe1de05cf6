//! The repository keeps its own house rules.

use xtask::repo::Repo;
use xtask::tidy;

#[test]
fn the_repository_is_tidy() {
    let findings = tidy::check(&Repo::find().unwrap()).unwrap();
    let said: Vec<String> = findings.iter().map(ToString::to_string).collect();
    assert!(said.is_empty(), "{}", said.join("\n"));
}
