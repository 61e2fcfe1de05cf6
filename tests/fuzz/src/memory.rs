//! How much memory this process has had at once, as its system tells it.

use std::fs;

/// The most that any input may make a process grow by, in bytes: a phone has room for that beside everything else.
pub const GROWTH_MAX: u64 = 64 << 20;

/// The most memory that this process has had at once since the last [`forget`], in bytes; 0 where the system does not tell.
pub fn high_water() -> u64 {
    line("VmHWM:")
}

/// The memory that it has now, in bytes.
pub fn now() -> u64 {
    line("VmRSS:")
}

/// Makes the high water what the memory is now.
pub fn forget() {
    // Where this cannot be written, the high water stays what it was, and a growth is found all the same.
    let _ = fs::write("/proc/self/clear_refs", "5");
}

/// How much the process grew by at its highest while `run` ran, in bytes.
pub fn growth(run: impl FnOnce()) -> u64 {
    forget();
    let before = now();
    run();
    high_water().saturating_sub(before)
}

fn line(name: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let kib =
        status.lines().find_map(|line| line.strip_prefix(name)?.trim().strip_suffix(" kB")?.parse().ok());
    kib.unwrap_or(0_u64) * 1024
}
