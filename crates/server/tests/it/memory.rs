//! What a server weighs.

use haven_feed::Vector;
use haven_server::init;

use crate::client::Client;
use crate::kit::Vault;
use crate::process::{Process, allow_many_connections};
use crate::running::invite_of;

const MIB: u64 = 1024 * 1024;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_is_light_empty_full_and_listened_to() {
    allow_many_connections();
    let folder = tempfile::tempdir().expect("a folder");
    init(folder.path()).expect("a data folder");
    let process = Process::start(folder.path());
    let empty = process.resident();
    assert!(empty <= 15 * MIB, "{empty} bytes empty");

    let mut vaults: Vec<Vault> = (1..=34).map(Vault::new).collect();
    let mut members = Vec::new();
    for vault in &vaults {
        let client = Client::connect(&process.url, vault.space()).await;
        client.create(&invite_of(folder.path()), vault).await.expect("created");
        members.push(Client::enter(&process.url, vault, 0).await);
    }
    for _ in 0..20 {
        members[0].push(vaults[0].write_sized(0, 500, 1_200)).await.expect("pushed");
    }
    let past =
        members[0].pull(&Vector::default(), None).await.expect("pulled").past().await.expect("the past");
    assert_eq!(past.records.len(), 10_000);
    let full = process.resident();
    assert!(full <= 30 * MIB, "{full} bytes with 10,000 entries");

    let mut listeners = Vec::new();
    for (vault, member) in vaults.iter().zip(&members).skip(1) {
        for _ in 0..30 {
            let listener = member.elsewhere(&process.url).await;
            let mut pull =
                listener.pull(&Vector::default(), Some(vault.roster.head().seq)).await.expect("pulled");
            pull.past().await.expect("the past");
            listeners.push((listener, pull));
        }
    }
    let each = process.resident().saturating_sub(full) / listeners.len() as u64;
    assert!(each <= 40 * 1024, "{each} bytes a listener");
    println!("empty {empty}, full {full}, listener {each}");
}
