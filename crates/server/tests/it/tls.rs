//! TLS 1.3 by the server itself.

use std::sync::Arc;

use haven_server::{init, keeper};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::version::{TLS12, TLS13};
use tokio_rustls::rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion};
use tonic::transport::{Channel, Endpoint, Uri};

use crate::client::{Client, within};
use crate::kit::Vault;
use crate::process::Process;

const CERT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/tls/cert.pem");
const KEY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/tls/key.pem");

async fn channel(address: String, versions: &[&'static SupportedProtocolVersion]) -> Option<Channel> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(CERT).expect("PEM")).expect("a certificate");
    let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_protocol_versions(versions)
        .expect("a version");
    let mut config = config.with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec()];
    let connector = TlsConnector::from(Arc::new(config));
    let connect = tower::service_fn(move |_: Uri| {
        let (connector, address) = (connector.clone(), address.clone());
        async move {
            let stream = TcpStream::connect(address).await?;
            let name = "localhost".try_into().expect("a name");
            Ok::<_, std::io::Error>(TokioIo::new(connector.connect(name, stream).await?))
        }
    });
    within(Endpoint::from_static("http://localhost").connect_with_connector(connect)).await.ok()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn devices_speak_tls_and_nothing_older_than_1_3() {
    let folder = tempfile::tempdir().expect("a folder");
    init(folder.path()).expect("a data folder");
    let process =
        Process::start_with(folder.path(), |command| command.args(["--tls-cert", CERT, "--tls-key", KEY]));
    let address = process.url.strip_prefix("https://").expect("TLS").to_owned();
    let mut vault = Vault::new(1);
    let channel_13 = channel(address.clone(), &[&TLS13]).await.expect("a channel");
    let mut client = Client { channel: channel_13, space: vault.space(), token: None };
    let code = keeper::invite(folder.path()).expect("an invite");
    let invite = haven_feed::invite::Invite::parse(&code).expect("a code");
    client.create(&invite, &vault).await.expect("created");
    client.log_in(&vault.devices[0]).await.expect("in");
    client.push(vault.write(0, 1)).await.expect("pushed");
    assert!(channel(address, &[&TLS12]).await.is_none());
}
