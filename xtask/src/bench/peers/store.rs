//! restic: encrypted backup of a folder, the bulk bound.

use std::path::Path;

use super::command::Bench;
use crate::fault::Fault;

/// restic: everything stored once, everything restored, and the space it takes.
pub(super) fn restic(bench: &Bench) -> Result<Vec<String>, Fault> {
    let (files, repository) = (bench.files("files")?, bench.path("repository"));
    let shell = bench.shell().with("RESTIC_PASSWORD", "measured").with("RESTIC_REPOSITORY", &repository);
    let run = |arguments: &[&str]| shell.read(&bench.program, arguments).map(|_| ());
    run(&["init"])?;
    let stored = bench.times("backup of 10,000 files", 1, || run(&["backup", "--quiet", &files]))?;
    let share = size(Path::new(&repository)) as f64 / bench.bytes() as f64;
    let target = bench.path("restored");
    let restored = bench.times("restore of 10,000 files", 1, || {
        run(&["restore", "latest", "--quiet", "--target", &target])
    })?;
    Ok(vec![stored, restored, format!("  bytes in the repository a byte of text: {share:.2}")])
}

/// The bytes of all files below a folder.
fn size(folder: &Path) -> u64 {
    let Ok(listed) = std::fs::read_dir(folder) else { return 0 };
    let sizes = listed.flatten().map(|entry| {
        let path = entry.path();
        if path.is_dir() { size(&path) } else { path.metadata().map_or(0, |meta| meta.len()) }
    });
    sizes.sum()
}
