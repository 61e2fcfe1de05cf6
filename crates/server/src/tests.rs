//! What can only be tried from inside: a store that breaks.

#[expect(dead_code, reason = "shared with the tests from outside, which use all of it")]
#[path = "../tests/it/client.rs"]
mod client;
#[expect(dead_code, reason = "shared with the tests from outside, which use all of it")]
#[path = "../tests/it/kit.rs"]
pub(crate) mod kit;

use bytes::Bytes;
use haven_feed::StoreId;
use haven_feed::Vector;
use haven_feed::invite::Invite;
use haven_wire::pb::ErrorReason;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::identity::Identity;
use crate::options::Limits;
use crate::serve::{Front, ServeFault, run};
use crate::store::memory::MemoryStore;
use crate::store::sqlite::SqliteStore;
use crate::store::{Change, Store, StoreFault};
use client::{Client, reason, within};
use kit::Vault;

/// The invite of each of these servers.
fn invite() -> Invite {
    let secret = [3; 16];
    Invite::from_entropy(secret, Identity::from_seed(&[5; 32]).key())
}
const STORE_ID: StoreId = StoreId::from_bytes([4; 16]);

struct Running {
    url: String,
    stop: oneshot::Sender<()>,
    served: JoinHandle<Result<(), ServeFault>>,
}

impl Running {
    async fn on(mut store: Box<dyn Store>) -> Self {
        store.commit(&[Change::Invite { ticket: invite().ticket() }]).expect("invited");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let (stop, stopped) = oneshot::channel();
        let identity = Identity::from_seed(&[5; 32]);
        let front = Front { listener, tls: None };
        let served =
            tokio::spawn(run(identity, store, Limits::default(), front, async { drop(stopped.await) }));
        Self { url, stop, served }
    }

    async fn end(self) -> Result<(), ServeFault> {
        let _ = self.stop.send(());
        within(self.served).await.expect("no panic")
    }
}

async fn enter(server: &Running, vault: &Vault) -> Client {
    let client = Client::connect(&server.url, vault.space()).await;
    client.create(&invite(), vault).await.expect("created");
    Client::enter(&server.url, vault, 0).await
}

async fn held(client: &Client) -> Vec<Bytes> {
    client.pull(&Vector::default(), None).await.expect("pulled").past().await.expect("the past").records
}

#[tokio::test]
async fn a_full_disk_is_told_and_nothing_of_it_is_acknowledged() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = SqliteStore::create(&folder.path().join("store.db"), STORE_ID).expect("a store");
    store.leave_pages(12).expect("a small disk");
    let server = Running::on(Box::new(store)).await;
    let mut vault = Vault::new(1);
    let client = enter(&server, &vault).await;
    let mut acknowledged = Vec::new();
    let refused = loop {
        let written = vault.write_sized(0, 1, 3_000);
        match client.push(written.clone()).await {
            Ok(_) => acknowledged.extend(written),
            Err(status) => break status,
        }
        assert!(acknowledged.len() < 100, "the disk is small");
    };
    assert_eq!(reason::<()>(Err(refused)), ErrorReason::StorageFull);
    assert_eq!(held(&client).await, acknowledged);
    let link = vault.advancing();
    let _ = client.append(vault.roster.head(), &link).await;
    assert_eq!(held(&client).await, acknowledged, "it still serves");
    server.end().await.expect("a good end");
}

#[tokio::test]
async fn after_a_failed_write_nothing_is_acknowledged_until_a_new_start() {
    let store = MemoryStore::new(STORE_ID);
    let server = Running::on(Box::new(store.clone())).await;
    let mut vault = Vault::with_devices(1, 2);
    let client = enter(&server, &vault).await;
    let written = vault.write(0, 2);
    client.push(written[..1].to_vec()).await.expect("pushed");
    store.fail_next(StoreFault::Failed(266));
    assert_eq!(reason(client.push(written[1..].to_vec()).await), ErrorReason::StorageFailed);
    let again = client.push(written[1..].to_vec()).await;
    assert!(again.is_err(), "not even if the disk would take it again");
    let end = within(server.served).await.expect("no panic");
    assert!(matches!(end, Err(ServeFault::Store(StoreFault::Failed(266)))));
}

#[tokio::test]
async fn a_space_that_could_not_be_written_costs_no_invite() {
    let store = MemoryStore::new(STORE_ID);
    let server = Running::on(Box::new(store.clone())).await;
    let vault = Vault::new(1);
    let client = Client::connect(&server.url, vault.space()).await;
    store.fail_next(StoreFault::Full);
    assert_eq!(reason(client.create(&invite(), &vault).await), ErrorReason::StorageFull);
    client.create(&invite(), &vault).await.expect("created");
    server.end().await.expect("a good end");
}
