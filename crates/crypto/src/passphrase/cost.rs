//! How hard a new passphrase is stretched: as hard as its device bears, and never below the floor.

use crate::limits;

/// What stretching costs, whoever does it: this device at every unlock, and a thief at every guess.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KdfCost {
    /// Memory, in KiB.
    pub m_kib: u32,
    /// Passes over the memory.
    pub t: u32,
    /// Lanes.
    pub p: u32,
}

impl KdfCost {
    /// The least that is accepted: 64 MiB, three passes, one lane.
    pub const FLOOR: Self =
        Self { m_kib: limits::KDF_MEMORY_KIB_MIN, t: limits::KDF_PASSES_MIN, p: limits::KDF_LANES_MIN };
}

/// Chooses what stretching costs on this device: what takes [`limits::KDF_MS`] by one trial at the floor, which `measure` makes and
/// tells the milliseconds of. Memory goes first, since a thief's machine pays for it twice, by the time and by how many guesses
/// fit beside each other; then passes. Lanes stay one: they are computed one after another here.
///
/// What this comes to stands in the device's own wrapped key, and never comes from outside. A time that no machine reaches, such as
/// 0 from whoever does not measure, gives the floor.
pub fn calibrated(measure: impl FnOnce(KdfCost) -> u64) -> KdfCost {
    within(limits::KDF_MEMORY_KIB_CHOSEN, measure(KdfCost::FLOOR))
}

/// Time grows with memory times passes, so what fits is counted in passes over the floor's memory.
fn within(m_kib_max: u32, floor_ms: u64) -> KdfCost {
    if floor_ms < limits::KDF_FLOOR_MS_MIN {
        return KdfCost::FLOOR;
    }
    let KdfCost { mut m_kib, t, p } = KdfCost::FLOOR;
    let fits = u64::from(t) * limits::KDF_MS / floor_ms;
    let mut fits = u32::try_from(fits).unwrap_or(u32::MAX);
    while m_kib * 2 <= m_kib_max && fits / 2 >= t {
        (m_kib, fits) = (m_kib * 2, fits / 2);
    }
    KdfCost { m_kib, t: fits.clamp(t, limits::KDF_PASSES_MAX), p }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: u32 = 1024;

    fn check(m_kib_max: u32, floor_ms: u64, mib: u32, passes: u32) {
        let cost = within(m_kib_max, floor_ms);
        assert_eq!((cost.m_kib / MIB, cost.t, cost.p), (mib, passes, 1), "{floor_ms} ms");
    }

    #[test]
    fn a_device_takes_memory_first_and_then_passes() {
        for (floor_ms, mib, passes) in [
            (5_000, 64, 3),
            (500, 64, 3),
            (375, 64, 4),
            (250, 128, 3),
            (200, 128, 3),
            (125, 256, 3),
            (100, 256, 3),
            (50, 256, 7),
            (25, 256, 15),
        ] {
            check(256 * MIB, floor_ms, mib, passes);
        }
    }

    #[test]
    fn a_browser_takes_passes_and_never_more_memory() {
        for (floor_ms, passes) in [(5_000, 3), (500, 3), (250, 6), (100, 15), (50, 30), (25, 32)] {
            check(64 * MIB, floor_ms, 64, passes);
        }
    }

    #[test]
    fn a_clock_that_stands_still_or_lies_gives_the_floor() {
        for floor_ms in [0, 1, limits::KDF_FLOOR_MS_MIN - 1, u64::MAX] {
            assert_eq!(within(256 * MIB, floor_ms), KdfCost::FLOOR, "{floor_ms}");
        }
    }

    #[test]
    fn the_trial_is_made_once_and_at_the_floor_and_nothing_is_out_of_bounds_or_far_too_long() {
        for floor_ms in 0..3_000 {
            let mut trials = Vec::new();
            let cost = calibrated(|trial| {
                trials.push(trial);
                floor_ms
            });
            assert_eq!(trials, [KdfCost::FLOOR]);
            assert_eq!(cost.params([1; 16]).check(), Ok(()), "{floor_ms}");
            let work = u64::from(cost.m_kib / limits::KDF_MEMORY_KIB_MIN * cost.t);
            let takes = floor_ms * work / u64::from(limits::KDF_PASSES_MIN);
            assert!(takes <= limits::KDF_MS.max(floor_ms), "{floor_ms}: {takes}");
            let bears = (limits::KDF_FLOOR_MS_MIN..limits::KDF_MS).contains(&floor_ms);
            assert!(!bears || takes * 2 > limits::KDF_MS, "{floor_ms}: {takes}");
        }
    }
}
