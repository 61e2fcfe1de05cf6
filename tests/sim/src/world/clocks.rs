//! Clocks that somebody sets while nothing else happens.

use super::{DEVICES, World};

const YEAR_MS: i64 = 365 * 24 * 3_600_000;

/// Everybody has everything, and then the clock of one device, or of all, is set. The device says nothing of it by itself; once it
/// looks, it owes the others a sign of life, and all have the same again. Asked after that, it has nothing more to say.
///
/// # Errors
/// What did not hold.
pub fn set_at_rest(seed: u64, years: i64, all: bool) -> Result<(), String> {
    let mut world = World::begun(seed)?;
    world.settle()?;
    let written: Vec<u64> = world.devices.iter().map(super::Device::written).collect();
    let set = if all { DEVICES } else { 1 };
    world.devices.iter_mut().take(set).for_each(|device| device.set_clock(years * YEAR_MS));
    world.settle()?;
    for (device, before) in written.into_iter().enumerate() {
        let signs = world.devices[device].written() - before;
        if signs != u64::from(device < set) {
            return Err(format!("device {device} gave {signs} signs of life"));
        }
    }
    world.check()
}
