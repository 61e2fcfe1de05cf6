//! Killed where it stands, again and again: what was acknowledged is there.

use haven_feed::Vector;
use haven_server::{init, keeper};
use tokio::sync::mpsc;

use crate::client::{Client, within};
use crate::kit::Vault;
use crate::process::Process;
use crate::running::invite_of;

/// How often it is killed.
const KILLS: usize = 24;
/// Pushes at once.
const WRITERS: usize = 4;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_survives_every_kill() {
    let folder = tempfile::tempdir().expect("a folder");
    init(folder.path()).expect("a data folder");
    let mut vault = Vault::with_devices(1, WRITERS as u64);
    let mut promised = Vector::default();
    for kill in 0..KILLS {
        let process = Process::start(folder.path());
        if kill == 0 {
            let client = Client::connect(&process.url, vault.space()).await;
            client.create(&invite_of(folder.path()), &vault).await.expect("created");
        }
        let held = hold_of(&process.url, &vault).await;
        assert_eq!(promised.missing_from(&held).count(), 0, "kill {kill}");
        rewind(&mut vault, &held);
        // Each kill falls after another number of answers, and so into another moment of a commit.
        promised = push_until(process, &mut vault, 1 + kill * 3 % 17).await;
    }
    let process = Process::start(folder.path());
    let held = hold_of(&process.url, &vault).await;
    assert_eq!(promised.missing_from(&held).count(), 0, "after the last kill");
    drop(process);
    let findings = keeper::check(folder.path()).expect("checked");
    assert_eq!(findings.problems, Vec::<String>::new());
    assert!(findings.totals.records >= (KILLS * 5) as u64, "{}", findings.totals.records);
}

/// What the server says it holds, which everybody can also read.
async fn hold_of(url: &str, vault: &Vault) -> Vector {
    let client = Client::enter(url, vault, 0).await;
    let past = client.pull(&Vector::default(), None).await.expect("pulled").past().await.expect("the past");
    let read: u64 = past.vector.iter().map(|(_, position)| position.seq).sum();
    assert_eq!(past.records.len() as u64, read);
    past.vector
}

/// Lets the devices go on from what the server holds, as they do after a lost answer.
fn rewind(vault: &mut Vault, held: &Vector) {
    let roster_seq = vault.roster.head().seq;
    for device in &mut vault.devices {
        device.tip = held.get(&device.feed()).map(|position| haven_feed::chain::Tip { position, roster_seq });
    }
}

/// Pushes from all devices at once and kills the server after so many answers. Returns everything that was acknowledged.
async fn push_until(process: Process, vault: &mut Vault, answers: usize) -> Vector {
    let (acknowledged, mut acknowledgements) = mpsc::unbounded_channel();
    let mut pushing = tokio::task::JoinSet::new();
    for device in 0..WRITERS {
        let client = Client::enter(&process.url, vault, device).await;
        let (records, acknowledged) = (vault.write(device, 400), acknowledged.clone());
        pushing.spawn(async move {
            for records in records.chunks(3) {
                let Ok(vector) = client.push(records.to_vec()).await else { return };
                acknowledged.send(vector).expect("counted");
            }
        });
    }
    drop(acknowledged);
    let mut promised = Vector::default();
    for _ in 0..answers {
        promised.advance_all(&within(acknowledgements.recv()).await.expect("an answer"));
    }
    process.kill();
    within(pushing.join_all()).await;
    while let Ok(vector) = acknowledgements.try_recv() {
        promised.advance_all(&vector);
    }
    promised
}
