//! One request over HTTP/1.1, on a connection of its own: a call takes longer than a handshake, and a kept connection would have to be minded.
//!
//! What is told apart is whether the question was sent: before that nothing can have cost anything.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use common::addresses::{self, Place};
use http::header::{CONTENT_TYPE, HOST, HeaderName, HeaderValue, RETRY_AFTER, USER_AGENT};
use http::{Method, Request, Uri};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use jiff::Timestamp;
use jiff::fmt::rfc2822;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_util::task::AbortOnDropHandle;

/// Longest a connection may take.
const CONNECT: Duration = Duration::from_secs(10);
/// Largest answer that is read.
const LARGEST: usize = 4 << 20;
/// What a body is where nothing else is said.
pub const JSON: &str = "application/json";
/// What exchanges of tokens take.
pub const FORM: &str = "application/x-www-form-urlencoded";

/// Whom the operator may be sent to. An Instance names the address, and its author may not be somebody who may talk to whatever the
/// operator can reach.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Reach {
    /// Public addresses, encrypted.
    Public,
    /// Anything but what only a node may ask, such as the metadata of a cloud.
    Inside,
}

/// Sends requests.
#[derive(Debug)]
pub struct Http {
    reach: Reach,
    tls: OnceLock<Arc<ClientConfig>>,
}

/// What came back.
#[derive(Debug)]
pub struct Reply {
    /// Status code.
    pub status: u16,
    /// When to come back, as it says.
    pub retry_after: Option<Duration>,
    /// Body.
    pub body: Bytes,
}

/// Why nothing came back.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum HttpError {
    /// Nothing was sent.
    NotSent(String),
    /// It was sent, in part or whole.
    Lost(String),
}

impl HttpError {
    /// In words.
    pub fn words(&self) -> &str {
        match self {
            Self::NotSent(words) | Self::Lost(words) => words,
        }
    }
}

/// What stands in the `Host` header of a request to this address.
pub fn authority(uri: &Uri) -> String {
    uri.authority().map(|authority| authority.as_str().to_owned()).unwrap_or_default()
}

trait Wire: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Wire for T {}

impl Http {
    /// Nothing is opened yet.
    pub fn new(reach: Reach) -> Self {
        Self { reach, tls: OnceLock::new() }
    }

    /// Posts JSON, or what `headers` say. Everything after the connection stands happens within `deadline`.
    pub async fn post(
        &self,
        url: &str,
        headers: Vec<(HeaderName, HeaderValue)>,
        body: Vec<u8>,
        deadline: Duration,
    ) -> Result<Reply, HttpError> {
        let uri: Uri = url.parse().map_err(|_| HttpError::NotSent(format!("{url} is no address")))?;
        let stream = self.connect(&uri).await.map_err(HttpError::NotSent)?;
        let mut request = Request::builder()
            .method(Method::POST)
            .uri(uri.path_and_query().map_or("/", |path| path.as_str()))
            .header(HOST, authority(&uri))
            .header(CONTENT_TYPE, JSON)
            .header(USER_AGENT, concat!("chatcli-operator/", env!("CARGO_PKG_VERSION")))
            .body(Full::new(Bytes::from(body)))
            .map_err(|error| HttpError::NotSent(error.to_string()))?;
        for (name, value) in headers {
            request.headers_mut().insert(name, value);
        }

        let (mut sender, connection) =
            http1::handshake(TokioIo::new(stream)).await.map_err(|error| HttpError::NotSent(error.to_string()))?;
        let _connection = AbortOnDropHandle::new(tokio::spawn(connection));
        let exchange = async {
            let answer = sender.send_request(request).await.map_err(|error| lost(&error))?;
            let status = answer.status().as_u16();
            let retry_after = answer.headers().get(RETRY_AFTER).and_then(|value| pause(value, Timestamp::now()));
            let body = Limited::new(answer.into_body(), LARGEST).collect().await;
            let body = body.map_err(|error| format!("the answer broke off: {error}"))?.to_bytes();
            Ok(Reply { status, retry_after, body })
        };
        match tokio::time::timeout(deadline, exchange).await {
            Err(_) => Err(HttpError::Lost(format!("no answer within {} s", deadline.as_secs()))),
            Ok(outcome) => outcome.map_err(HttpError::Lost),
        }
    }

    async fn connect(&self, uri: &Uri) -> Result<Box<dyn Wire>, String> {
        let host = uri.host().ok_or("the address names no host")?.trim_matches(['[', ']']);
        let is_encrypted = match uri.scheme_str() {
            Some("https") => true,
            Some("http") if self.reach == Reach::Inside => false,
            Some("http") => {
                return Err("the address begins with http://: the operator would have to be started with --allow-http-providers".to_owned());
            }
            _ => return Err("the address begins neither with https:// nor with http://".to_owned()),
        };
        let port = uri.port_u16().unwrap_or(if is_encrypted { 443 } else { 80 });
        let found = tokio::time::timeout(CONNECT, tokio::net::lookup_host((host, port))).await;
        let found = found.map_err(|_| format!("the name {host} is not resolved within {} s", CONNECT.as_secs()))?;
        let found: Vec<SocketAddr> = found.map_err(|_| format!("the name {host} cannot be resolved"))?.collect();
        // Looked at after the name is resolved, and what was looked at is what is dialled.
        let allowed: Vec<SocketAddr> = found.into_iter().filter(|address| may_ask(self.reach, address.ip())).collect();
        if allowed.is_empty() {
            return Err(format!(
                "{host} is an address inside: the operator would have to be started with --allow-http-providers"
            ));
        }
        let tcp = tokio::time::timeout(CONNECT, TcpStream::connect(allowed.as_slice())).await;
        let tcp = tcp.map_err(|_| format!("no connection to {host}:{port} within {} s", CONNECT.as_secs()))?;
        let tcp = tcp.map_err(|error| format!("no connection to {host}:{port}: {error}"))?;
        let _ = tcp.set_nodelay(true);
        if !is_encrypted {
            return Ok(Box::new(tcp));
        }
        let name = ServerName::try_from(host.to_owned()).map_err(|_| format!("{host} is no name for a certificate"))?;
        let handshake = TlsConnector::from(self.tls()?).connect(name, tcp);
        let stream = tokio::time::timeout(CONNECT, handshake).await;
        let stream = stream.map_err(|_| format!("no TLS handshake with {host} within {} s", CONNECT.as_secs()))?;
        Ok(Box::new(stream.map_err(|error| format!("no TLS with {host}: {error}"))?))
    }

    fn tls(&self) -> Result<Arc<ClientConfig>, String> {
        if let Some(config) = self.tls.get() {
            return Ok(Arc::clone(config));
        }
        let mut roots = RootCertStore::empty();
        let _ = roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Arc::clone(self.tls.get_or_init(|| Arc::new(config))))
    }
}

fn lost(error: &hyper::Error) -> String {
    if error.is_incomplete_message() { "the connection ended without an answer".to_owned() } else { error.to_string() }
}

/// Seconds, or a date, as HTTP allows both.
fn pause(value: &HeaderValue, now: Timestamp) -> Option<Duration> {
    let text = value.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let until = rfc2822::parse(text).ok()?.timestamp();
    // One that is over already asks for nothing.
    Some(Duration::try_from(until.duration_since(now)).unwrap_or_default())
}

fn may_ask(reach: Reach, address: IpAddr) -> bool {
    match addresses::place(address) {
        Place::Public => true,
        Place::Inside => reach == Reach::Inside,
        Place::Forbidden => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instance_cannot_send_the_operator_to_what_only_a_node_may_ask() {
        let may = |reach, address: &str| may_ask(reach, address.parse().unwrap());
        assert!(!may(Reach::Inside, "169.254.169.254"));
        assert!(!may(Reach::Public, "10.96.0.1") && may(Reach::Inside, "10.96.0.1"));
        assert!(!may(Reach::Public, "64:ff9b::a60:1"), "nor by way of NAT64");
        assert!(may(Reach::Public, "8.8.8.8"));
    }

    #[test]
    fn a_pause_is_read_as_seconds_or_as_a_date() {
        let asked =
            |text: &'static str| pause(&HeaderValue::from_static(text), "2026-11-25T21:59:30Z".parse().unwrap());
        assert_eq!(asked("7"), Some(Duration::from_secs(7)));
        assert_eq!(asked("Wed, 25 Nov 2026 22:00:00 GMT"), Some(Duration::from_secs(30)));
        assert_eq!(asked("Wed, 25 Nov 2026 21:00:00 GMT"), Some(Duration::ZERO));
        for nonsense in ["-1", "soon", "inf", "NaN"] {
            assert_eq!(asked(nonsense), None, "{nonsense}");
        }
    }
}
