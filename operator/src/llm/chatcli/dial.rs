//! One connection: TCP, our own handshake so that its error can be told in words, HTTP/2, and the question whether anybody is there.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper_util::rt::TokioIo;
use proto::chat_cli_service_client::ChatCliServiceClient;
use proto::{GetServerInfoRequest, HealthRequest};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::transport::{Channel, Endpoint, Uri};
use tonic::{Code, Request};

use super::unreachable::Unreachable;

/// Longest a connection may take.
const CONNECT: Duration = Duration::from_secs(5);
/// Longest a small question may take.
const ANSWER: Duration = Duration::from_secs(3);
/// Pings keep a connection and notice a dead one; the server ends connections that ping more often than every 20 s.
const PING: Duration = Duration::from_secs(30);
const _: () = assert!(PING.as_secs() > 20, "the server ends connections that ping so often");
const PONG: Duration = Duration::from_secs(5);

/// Where a server is.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub enum Target {
    /// One of its pods.
    Pod(SocketAddr),
    /// A name outside of our sight, resolved at each connection.
    Host(String, u16),
}

impl std::fmt::Display for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Pod(address) => address.fmt(f),
            Self::Host(host, port) => write!(f, "{host}:{port}"),
        }
    }
}

/// Whom to take for the server.
#[derive(Clone)]
pub struct Trust {
    name: String,
    config: Arc<ClientConfig>,
    has_authority: bool,
}

impl Trust {
    /// Whoever has a certificate for `name`, issued by an authority of `ca` (PEM), or of the system where there is none.
    pub fn new(name: &str, ca: Option<&[u8]>) -> Result<Self, Unreachable> {
        let mut roots = RootCertStore::empty();
        match ca {
            Some(pem) => {
                for certificate in CertificateDer::pem_slice_iter(pem) {
                    let certificate = certificate.map_err(|error| Unreachable::BadAuthority(error.to_string()))?;
                    roots.add(certificate).map_err(|error| Unreachable::BadAuthority(error.to_string()))?;
                }
                if roots.is_empty() {
                    return Err(Unreachable::BadAuthority("it is empty".to_owned()));
                }
            }
            // A certificate that this program cannot read is one it cannot trust either.
            None => drop(roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs)),
        }
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let mut config = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&rustls::version::TLS13])
            .map_err(|error| Unreachable::Handshake(error.to_string()))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = vec![b"h2".to_vec()];
        Ok(Self { name: name.to_owned(), config: Arc::new(config), has_authority: ca.is_some() })
    }
}

/// How a server is talked to.
#[derive(Clone)]
pub struct Access {
    /// TLS; plain text where there is none.
    pub trust: Option<Trust>,
    /// Bearer token, and the name of the Secret it came from.
    pub token: Option<(MetadataValue<Ascii>, String)>,
}

impl Access {
    /// A request with the token on it.
    pub fn request<T>(&self, message: T) -> Request<T> {
        let mut request = Request::new(message);
        if let Some((token, _)) = &self.token {
            request.metadata_mut().insert("authorization", token.clone());
        }
        request
    }

    /// A channel that connects when it is first used, and again whenever it has to.
    pub(super) fn channel(&self, target: &Target) -> Channel {
        let (target, trust) = (target.clone(), self.trust.clone());
        // The connector below knows the way; the name only fills the authority of the requests.
        let endpoint = Endpoint::from_static("http://chatcli")
            .connect_timeout(CONNECT)
            .http2_keep_alive_interval(PING)
            .keep_alive_timeout(PONG)
            .keep_alive_while_idle(true);
        endpoint.connect_with_connector_lazy(tower::service_fn(move |_: Uri| {
            let (target, trust) = (target.clone(), trust.clone());
            async move { connect(&target, trust.as_ref()).await.map(TokioIo::new) }
        }))
    }
}

/// Either kind of connection.
trait Wire: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Wire for T {}

async fn connect(target: &Target, trust: Option<&Trust>) -> Result<Box<dyn Wire>, Unreachable> {
    let tcp = tokio::time::timeout(CONNECT, reach(target)).await.map_err(|_| Unreachable::Deadline(CONNECT))??;
    // Small questions and small answers: waiting to fill a packet would only delay them.
    let _ = tcp.set_nodelay(true);
    let Some(trust) = trust else { return Ok(Box::new(tcp)) };
    let name = ServerName::try_from(trust.name.clone()).map_err(|_| Unreachable::UnknownHost(trust.name.clone()))?;
    let handshake = TlsConnector::from(Arc::clone(&trust.config)).connect(name, tcp);
    match tokio::time::timeout(CONNECT, handshake).await {
        Err(_) => Err(Unreachable::Deadline(CONNECT)),
        Ok(Ok(stream)) => Ok(Box::new(stream)),
        Ok(Err(error)) => Err(match error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
            Some(inner) => Unreachable::handshake(inner, &trust.name, trust.has_authority),
            None => Unreachable::Handshake(error.to_string()),
        }),
    }
}

async fn reach(target: &Target) -> Result<TcpStream, Unreachable> {
    let failed =
        |error: std::io::Error| Unreachable::NoConnection { address: target.to_string(), problem: plain(&error) };
    match target {
        Target::Pod(address) => TcpStream::connect(address).await.map_err(failed),
        Target::Host(host, port) => {
            let found = tokio::net::lookup_host((host.as_str(), *port)).await;
            let found: Vec<SocketAddr> = found.map_err(|_| Unreachable::UnknownHost(host.clone()))?.collect();
            TcpStream::connect(found.as_slice()).await.map_err(failed)
        }
    }
}

/// Without the number that differs between systems.
fn plain(error: &std::io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or(&text).to_lowercase()
}

/// A server that answered.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Reached {
    /// Its version, as it says.
    pub version: String,
    /// The connection was encrypted.
    pub encrypted: bool,
}

/// Asks whether it is there, and, where there is a token, whether it accepts that; on a connection of its own.
pub async fn ask(target: &Target, access: &Access) -> Result<Reached, Unreachable> {
    // Before HTTP/2 has a chance to hide it in an error of its own.
    drop(connect(target, access.trust.as_ref()).await?);
    let mut client = ChatCliServiceClient::new(access.channel(target));
    let health = client.health(Request::new(HealthRequest {}));
    let health =
        tokio::time::timeout(CONNECT + ANSWER, health).await.map_err(|_| Unreachable::Deadline(CONNECT + ANSWER))?;
    let health = health.map_err(|status| Unreachable::status(&status, None))?.into_inner();
    if let Some((_, secret)) = &access.token {
        let info = client.get_server_info(access.request(GetServerInfoRequest {}));
        let info = tokio::time::timeout(ANSWER, info).await.map_err(|_| Unreachable::Deadline(ANSWER))?;
        match info {
            Err(status) if status.code() != Code::Unimplemented => {
                return Err(Unreachable::status(&status, Some(secret)));
            }
            _ => {}
        }
    }
    Ok(Reached { version: health.version, encrypted: access.trust.is_some() })
}
