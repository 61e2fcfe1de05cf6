//! `cargo xtask bench`: measures, beside the floors of the same run.
//!
//! Absolute figures drift from machine to machine and from hour to hour; ratios taken in one run hold. So every run
//! measures first what this machine could do at best (its floors), and every figure stands beside the floor it rests on,
//! the CPU time it took and the load of the machine. A measurement never fails because a target was missed.

pub mod floor;
pub mod peers;
pub mod samples;
pub mod table;
pub mod usage;

use self::floor::Floors;
use self::table::Table;
use crate::fault::Fault;
use crate::repo::Repo;
use crate::say;

/// Measures and prints the table.
///
/// # Errors
/// When the floors cannot be measured, as on a full disk.
pub fn command(repo: &Repo, peers: bool) -> Result<(), Fault> {
    let mut table = Table::default();
    say::progress("measuring the floors of this machine");
    Floors::measure(repo, &mut table)?;
    table.lines().iter().for_each(|line| say::line(line));
    if peers {
        peers::found().iter().for_each(|line| say::line(line));
    }
    say::progress(
        "these are the floors only: what is measured against them needs programs that are not written yet",
    );
    Ok(())
}
