//! How hard a passphrase is stretched, and who may say so.

use haven_engine::io::{Commit, Reader as _, Store as _, Table};
use haven_engine::vault::VaultFault;
use haven_node::node;

use crate::device::{Device, STRONG};
use crate::disk::Disk;

/// Memory in KiB, passes and lanes, as they stand before the passphrase is asked for (PROTOCOL.md).
fn cost(disk: &Disk) -> [u32; 3] {
    let wrapped = disk.get(Table::Meta, b"wrap").unwrap().unwrap();
    [1, 5, 9].map(|at| u32::from_be_bytes(wrapped[at..at + 4].try_into().unwrap()))
}

fn plant(disk: &Disk, cost: [u32; 3]) {
    let mut wrapped = disk.get(Table::Meta, b"wrap").unwrap().unwrap();
    for (at, number) in [1, 5, 9].into_iter().zip(cost) {
        wrapped[at..at + 4].copy_from_slice(&number.to_be_bytes());
    }
    let mut commit = Commit::default();
    commit.put(Table::Meta, b"wrap", wrapped);
    disk.clone().apply(commit).unwrap();
}

/// The measure is injected: a trial of 250 ms leaves room for twice the floor. A device that does not measure takes the floor.
#[tokio::test(start_paused = true)]
async fn a_new_passphrase_is_stretched_as_hard_as_the_device_bears() {
    let disk = Disk::default();
    let device = Device::with_store(disk.clone());
    device.host.trial_takes(250);
    device.client.init("Laptop", STRONG.to_owned(), None).await.unwrap();
    assert_eq!(cost(&disk), [128 * 1024, 3, 1]);
    device.client.lock().await.unwrap();
    device.client.unlock(STRONG.to_owned()).await.unwrap();

    device.host.trial_takes(375);
    let other = "another brook tulip anchor".to_owned();
    device.client.change_passphrase(STRONG.to_owned(), other.clone()).await.unwrap();
    assert_eq!(cost(&disk), [64 * 1024, 4, 1], "measured again for the new passphrase");
    device.client.lock().await.unwrap();
    device.client.unlock(other.clone()).await.unwrap();

    device.host.trial_takes(0);
    device.client.change_passphrase(other, STRONG.to_owned()).await.unwrap();
    assert_eq!(cost(&disk), [64 * 1024, 3, 1]);
}

/// Cases D1 and D2: somebody who can write to the disk makes guesses cheap, or the machine run out of memory. The device says so before
/// a passphrase is asked for, and nothing is written.
#[tokio::test(start_paused = true)]
async fn a_cost_out_of_bounds_is_refused_before_the_passphrase_is_asked_for() {
    for planted in
        [[8, 1, 1], [64 * 1024, 2, 1], [64 * 1024 * 1024, 3, 1], [64 * 1024, 33, 1], [64 * 1024, 3, 9]]
    {
        let disk = Disk::default();
        let device = Device::initialised(Device::with_store(disk.clone())).await;
        device.client.lock().await.unwrap();
        plant(&disk, planted);
        let found = node::start(device.host.clone(), Box::new(disk.clone())).err();
        assert!(matches!(found, Some(VaultFault::Altered)), "{planted:?}: {found:?}");
        assert_eq!(cost(&disk), planted, "nothing was mended unasked");
    }
}

/// Within the bounds the cost is in the key: lowered, the right passphrase opens nothing.
#[tokio::test(start_paused = true)]
async fn a_cost_that_was_lowered_within_the_bounds_opens_nothing() {
    let disk = Disk::default();
    let device = Device::with_store(disk.clone());
    device.host.trial_takes(375);
    device.client.init("Laptop", STRONG.to_owned(), None).await.unwrap();
    device.client.lock().await.unwrap();
    plant(&disk, [64 * 1024, 3, 1]);
    let lowered = Device::with_store(disk.clone());
    lowered.client.unlock(STRONG.to_owned()).await.unwrap_err();
    plant(&disk, [64 * 1024, 4, 1]);
    Device::with_store(disk).client.unlock(STRONG.to_owned()).await.unwrap();
}
