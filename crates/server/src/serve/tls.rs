//! TLS 1.3 and HTTP/2, nothing older.

use std::io;
use std::sync::Arc;

use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::version::TLS13;
use tokio_rustls::server::TlsStream;

use super::ServeFault;
use crate::options::TlsFiles;

/// A certificate, ready to serve.
#[derive(Clone)]
pub(crate) struct Tls(TlsAcceptor);

impl Tls {
    /// Reads a certificate and its key.
    pub(crate) fn read(files: &TlsFiles) -> Result<Self, ServeFault> {
        let certs =
            CertificateDer::pem_file_iter(&files.cert).map_err(|_| ServeFault::Tls("it cannot be read"))?;
        let certs = certs.collect::<Result<Vec<_>, _>>().map_err(|_| ServeFault::Tls("it is not PEM"))?;
        let key = PrivateKeyDer::from_pem_file(&files.key);
        let key = key.map_err(|_| ServeFault::Tls("its key cannot be read or is not PEM"))?;
        let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_protocol_versions(&[&TLS13])
            .map_err(|_| ServeFault::Tls("TLS 1.3 is not available"))?;
        let mut config = config
            .with_no_client_auth()
            .with_single_cert(certs, key)
            .map_err(|_| ServeFault::Tls("the certificate and the key do not fit each other"))?;
        config.alpn_protocols = vec![b"h2".to_vec()];
        Ok(Self(TlsAcceptor::from(Arc::new(config))))
    }

    /// Shakes hands.
    pub(crate) async fn accept(&self, stream: TcpStream) -> io::Result<TlsStream<TcpStream>> {
        self.0.accept(stream).await
    }
}
