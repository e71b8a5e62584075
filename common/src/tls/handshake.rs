//! A real handshake with a server, to see what it serves rather than what its Secret says.

use std::net::ToSocketAddrs as _;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, SignatureScheme};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

/// What a server showed.
#[derive(Clone, Debug)]
pub struct Served {
    /// Its chain, its own certificate first. It has proven that it holds the key.
    pub chain: Vec<CertificateDer<'static>>,
    /// `TLSv1_3` or `TLSv1_2`.
    pub protocol: String,
    /// True when it speaks HTTP/2, which gRPC needs.
    pub speaks_http2: bool,
}

/// Why there was no handshake.
#[derive(Debug, thiserror::Error)]
pub enum NoHandshake {
    /// The name does not resolve.
    #[error("{address} does not resolve: {why}")]
    Unresolved {
        /// As given.
        address: String,
        /// The resolver's words.
        why: String,
    },
    /// Nobody listens.
    #[error("{0} refuses connections: the Service has no endpoints, or the port is another")]
    Refused(String),
    /// Nobody answers.
    #[error("{0} did not answer within {1:?}: a NetworkPolicy, a firewall or a wrong address")]
    Silent(String, Duration),
    /// Something answers, and it is not TLS.
    #[error("{0} does not speak TLS: it is served in clear text, or something else listens there")]
    NotTls(String),
    /// It ended the handshake.
    #[error("{address} ended the handshake: {why}")]
    Ended {
        /// As given.
        address: String,
        /// Why, in rustls' words.
        why: String,
    },
}

/// Connects to `address` (`host:port`), says it wants `name`, and brings back what is served. Trusts nobody and checks no name: that is
/// [`verify`](super::verify)'s business, which finds every problem instead of the first.
pub async fn look(address: &str, name: &str, limit: Duration) -> Result<Served, NoHandshake> {
    let silent = || NoHandshake::Silent(address.to_owned(), limit);
    tokio::time::timeout(limit, connect(address, name)).await.map_err(|_| silent())?
}

async fn connect(address: &str, name: &str) -> Result<Served, NoHandshake> {
    let unresolved = |why: String| NoHandshake::Unresolved { address: address.to_owned(), why };
    let owned = address.to_owned();
    let resolved = tokio::task::spawn_blocking(move || owned.to_socket_addrs().map(Vec::from_iter))
        .await
        .map_err(|why| unresolved(why.to_string()))?
        .map_err(|why| unresolved(why.to_string()))?;
    let ended = |why: String| NoHandshake::Ended { address: address.to_owned(), why };
    let stream = TcpStream::connect(resolved.as_slice()).await.map_err(|why| match why.kind() {
        std::io::ErrorKind::ConnectionRefused => NoHandshake::Refused(address.to_owned()),
        _ => ended(why.to_string()),
    })?;
    let wanted = ServerName::try_from(name.to_owned()).map_err(|why| ended(why.to_string()))?;
    let provider = Arc::new(aws_lc_rs::default_provider());
    let witness = Arc::new(Witness { provider: Arc::clone(&provider), chain: Mutex::default() });
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|why| ended(why.to_string()))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::clone(&witness) as Arc<dyn ServerCertVerifier>)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let tls = TlsConnector::from(Arc::new(config)).connect(wanted, stream).await.map_err(|why| {
        match why.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
            Some(rustls::Error::InvalidMessage(_)) => NoHandshake::NotTls(address.to_owned()),
            Some(rustls::Error::NoApplicationProtocol) => ended("it speaks neither HTTP/2 nor HTTP/1.1".to_owned()),
            Some(inner) => ended(inner.to_string()),
            None if why.kind() == std::io::ErrorKind::UnexpectedEof => NoHandshake::NotTls(address.to_owned()),
            None => ended(why.to_string()),
        }
    })?;
    let (_, session) = tls.get_ref();
    let protocol = session.protocol_version().map(|version| format!("{version:?}")).unwrap_or_default();
    let speaks_http2 = session.alpn_protocol() == Some(b"h2");
    let chain = std::mem::take(&mut *witness.chain.lock().unwrap_or_else(PoisonError::into_inner));
    Ok(Served { chain, protocol, speaks_http2 })
}

/// Remembers the chain; the signature of the handshake is checked, so that the server is known to hold the key.
#[derive(Debug)]
struct Witness {
    provider: Arc<CryptoProvider>,
    chain: Mutex<Vec<CertificateDer<'static>>>,
}

impl ServerCertVerifier for Witness {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let seen = std::iter::once(end_entity).chain(intermediates).map(|der| der.clone().into_owned()).collect();
        *self.chain.lock().unwrap_or_else(PoisonError::into_inner) = seen;
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signed, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signed, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
