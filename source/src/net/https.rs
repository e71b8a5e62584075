//! Git over https, without redirects: who is dialled is decided by whoever wrote the URL, not by the server it names.

use std::any::Any;
use std::cell::RefCell;
use std::io::{self, BufRead, Read, Write};
use std::rc::Rc;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use common::source::{Access, Refusal, Remote};
use gix_transport::client::blocking_io::http::{GetResponse, Http, PostBodyDataKind, PostResponse};
use http::header::{AUTHORIZATION, HOST, HeaderMap, HeaderName, HeaderValue, LOCATION};
use http::{Method, Request, StatusCode, Uri};
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio_rustls::TlsConnector;

use super::address::{CONNECT, dial};
use super::exchange::Exchange;
use super::place::Place;
use crate::refused::{Refused, quoted};

/// User that goes with a token; servers look at the token alone.
const TOKEN_USER: &str = "x-access-token";
/// Headers of an answer are kept whole.
const LARGEST_HEAD: usize = 64 << 10;

/// A client of one server.
#[derive(Clone)]
pub struct Client {
    exchange: Exchange,
    place: Place,
    private_hosts: Vec<String>,
    authorization: Option<HeaderValue>,
    tls: Arc<ClientConfig>,
}

impl Client {
    /// Nothing is dialled yet.
    pub fn new(exchange: Exchange, place: Place, remote: &Remote) -> Result<Self, Refused> {
        let authorization = authorization(&remote.access)?;
        let tls = tls(remote.authorities.as_deref())?;
        Ok(Self { exchange, place, private_hosts: remote.private_hosts.clone(), authorization, tls })
    }

    /// Sends one request on a connection of its own.
    fn ask(&self, method: Method, url: &str, headers: HeaderMap, body: Vec<u8>) -> io::Result<Reply> {
        let request = self.request(method, url, headers, body).map_err(|refused| self.exchange.refuse(refused))?;
        let mut sender = self.exchange.wait(self.connect()).map_err(|refused| self.exchange.refuse(refused))?;
        let answer =
            self.exchange.wait_for_server(sender.send_request(request))?.map_err(|error| self.broken(&error))?;
        let (head, body) = answer.into_parts();
        if let Some(refused) = self.judge(head.status, head.headers.get(LOCATION)) {
            return Err(self.exchange.refuse(refused));
        }
        let mut lines = Vec::new();
        for (name, value) in &head.headers {
            lines.extend_from_slice(&[name.as_str().as_bytes(), b": ", value.as_bytes(), b"\n"].concat());
        }
        self.exchange.count(lines.len())?;
        Ok(Reply { head: lines, body, _connection: sender })
    }

    fn request(
        &self,
        method: Method,
        url: &str,
        headers: HeaderMap,
        body: Vec<u8>,
    ) -> Result<Request<Full<Bytes>>, Refused> {
        let unusable =
            || Refused::new(Refusal::Unreachable, "the URL of the repository makes no request; check spec.url");
        let uri: Uri = url.parse().map_err(|_| unusable())?;
        let authority = uri.authority().ok_or_else(unusable)?;
        let mut request = Request::builder()
            .method(method)
            .uri(uri.path_and_query().map_or("/", |path| path.as_str()))
            .header(HOST, authority.as_str())
            .body(Full::new(Bytes::from(body)))
            .map_err(|_| unusable())?;
        request.headers_mut().extend(headers);
        if let Some(authorization) = &self.authorization {
            request.headers_mut().insert(AUTHORIZATION, authorization.clone());
        }
        Ok(request)
    }

    async fn connect(&self) -> Result<http1::SendRequest<Full<Bytes>>, Refused> {
        let host = &self.place.host;
        let unreachable = |why: String| {
            Refused::new(Refusal::Unreachable, format!("no https with {host}:{}: {why}", self.place.port))
        };
        let tcp = dial(host, self.place.port, &self.private_hosts).await?;
        let name = ServerName::try_from(host.clone())
            .map_err(|_| unreachable("its name can stand in no certificate".to_owned()))?;
        let stream = tokio::time::timeout(CONNECT, TlsConnector::from(Arc::clone(&self.tls)).connect(name, tcp)).await;
        let stream = stream.map_err(|_| unreachable(format!("no TLS handshake within {} s", CONNECT.as_secs())))?;
        let stream = stream.map_err(|error| unreachable(error.to_string()))?;
        let builder = http1::Builder::new().max_buf_size(LARGEST_HEAD).handshake(TokioIo::new(stream)).await;
        let (sender, connection) = builder.map_err(|error| unreachable(error.to_string()))?;
        tokio::spawn(connection);
        Ok(sender)
    }

    fn broken(&self, error: &hyper::Error) -> io::Error {
        let message = format!(
            "{} speaks no HTTP to the end: {}; check spec.url, or try again",
            self.place.host,
            quoted(&error.to_string())
        );
        self.exchange.refuse(Refused::new(Refusal::Unreachable, message))
    }

    fn judge(&self, status: StatusCode, location: Option<&HeaderValue>) -> Option<Refused> {
        let place = &self.place;
        let refused = match status {
            StatusCode::OK => return None,
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN if self.authorization.is_some() => Refused::new(
                Refusal::Unauthorized,
                format!(
                    "{place} refuses the credential (HTTP {}); renew it in the Secret, with the right to read this repository",
                    status.as_u16()
                ),
            ),
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Refused::new(
                Refusal::Unauthorized,
                format!(
                    "{place} wants a credential (HTTP {}), or there is no such repository; set spec.authType and spec.secretRef",
                    status.as_u16()
                ),
            ),
            StatusCode::NOT_FOUND | StatusCode::GONE => Refused::new(
                Refusal::NotFound,
                format!(
                    "there is no repository at {place} (HTTP {}), or the credential may not see it; check spec.url",
                    status.as_u16()
                ),
            ),
            _ if status.is_redirection() => {
                let to = location.and_then(|it| it.to_str().ok()).map_or_else(|| "nowhere".to_owned(), destination);
                Refused::new(
                    Refusal::Unreachable,
                    format!(
                        "{place} points to {to}, and redirects are not followed; put the repository's final address into spec.url"
                    ),
                )
            }
            _ => Refused::new(
                Refusal::Unreachable,
                format!("{place} answers with HTTP {}; look at the server, or try again", status.as_u16()),
            ),
        };
        Some(refused)
    }
}

/// Where a redirect points to, without user and query, which may hold credentials.
fn destination(location: &str) -> String {
    let bare = location.split(['?', '#']).next().unwrap_or_default();
    let bare = match bare.split_once("://") {
        Some((scheme, rest)) => {
            let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
            format!("{scheme}://{}/{path}", authority.rsplit('@').next().unwrap_or_default())
        }
        None => bare.to_owned(),
    };
    quoted(&bare)
}

fn authorization(access: &Access) -> Result<Option<HeaderValue>, Refused> {
    let (user, password) = match access {
        Access::None => return Ok(None),
        Access::Token(token) => (TOKEN_USER, token),
        Access::Basic { username, password } => (username.as_str(), password),
        Access::Ssh { .. } => {
            return Err(Refused::new(
                Refusal::CredentialInvalid,
                "a key opens no https address; use a token, or an ssh:// address in spec.url",
            ));
        }
    };
    // The line end that most editors and `echo` leave behind is not meant.
    let password = password.trim();
    if password.is_empty() {
        return Err(Refused::new(
            Refusal::CredentialInvalid,
            "the token or password in the Secret is empty; fill it in",
        ));
    }
    if user.contains(':') {
        return Err(Refused::new(
            Refusal::CredentialInvalid,
            "the username in the Secret holds a colon, which HTTP cannot send; correct it",
        ));
    }
    let mut header = HeaderValue::try_from(format!("Basic {}", STANDARD.encode(format!("{user}:{password}"))))
        .map_err(|_| {
            Refused::new(
                Refusal::CredentialInvalid,
                "the credential in the Secret cannot be sent over HTTP; correct it",
            )
        })?;
    header.set_sensitive(true);
    Ok(Some(header))
}

fn tls(authorities: Option<&str>) -> Result<Arc<ClientConfig>, Refused> {
    let untrusted = |why: String| {
        Refused::new(
            Refusal::CredentialInvalid,
            format!("the authorities to trust cannot be used: {why}; give them as PEM certificates"),
        )
    };
    let mut roots = RootCertStore::empty();
    if let Some(pem) = authorities.filter(|it| !it.trim().is_empty()) {
        for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
            let certificate = certificate.map_err(|error| untrusted(error.to_string()))?;
            roots.add(certificate).map_err(|error| untrusted(error.to_string()))?;
        }
    } else {
        let _ = roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    }
    if roots.is_empty() {
        return Err(untrusted("there are none".to_owned()));
    }
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| untrusted(error.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}

struct Reply {
    head: Vec<u8>,
    body: Incoming,
    // hyper ends a connection whose sender is dropped.
    _connection: http1::SendRequest<Full<Bytes>>,
}

/// A request that is sent when its answer is read: until then its body is still being written.
struct Pending {
    client: Client,
    request: Option<(Method, String, HeaderMap)>,
    written: Vec<u8>,
    reply: Option<Reply>,
}

impl Pending {
    fn reply(&mut self) -> io::Result<&mut Reply> {
        if let Some((method, url, headers)) = self.request.take() {
            self.reply = Some(self.client.ask(method, &url, headers, std::mem::take(&mut self.written))?);
        }
        self.reply.as_mut().ok_or_else(|| io::Error::other("the request failed before"))
    }
}

/// Body of a request; it fits into memory, since what is asked for is a few hundred ids.
pub struct Written(Rc<RefCell<Pending>>);

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().written.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Head or body of an answer.
pub struct Answered {
    pending: Rc<RefCell<Pending>>,
    part: Part,
    piece: Bytes,
}

#[derive(Eq, PartialEq)]
enum Part {
    Head,
    Body,
    End,
}

impl Answered {
    fn next(&mut self) -> io::Result<Bytes> {
        let mut pending = self.pending.borrow_mut();
        let client = pending.client.clone();
        let reply = pending.reply()?;
        if self.part == Part::Head {
            self.part = Part::End;
            return Ok(Bytes::from(std::mem::take(&mut reply.head)));
        }
        loop {
            let Some(frame) = client.exchange.wait_for_server(reply.body.frame())? else {
                self.part = Part::End;
                return Ok(Bytes::new());
            };
            let Ok(data) = frame.map_err(|error| client.broken(&error))?.into_data() else { continue };
            client.exchange.count(data.len())?;
            if !data.is_empty() {
                return Ok(data);
            }
        }
    }
}

impl BufRead for Answered {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.piece.is_empty() && self.part != Part::End {
            self.piece = self.next()?;
        }
        Ok(&self.piece)
    }

    fn consume(&mut self, amount: usize) {
        let _ = self.piece.split_to(amount);
    }
}

impl Read for Answered {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let amount = self.fill_buf()?.read(into)?;
        self.consume(amount);
        Ok(amount)
    }
}

impl Client {
    fn prepare(
        &self,
        method: Method,
        url: &str,
        headers: impl IntoIterator<Item = impl AsRef<str>>,
    ) -> Rc<RefCell<Pending>> {
        let headers = headers.into_iter().filter_map(|line| {
            let (name, value) = line.as_ref().split_once(':')?;
            Some((name.trim().parse::<HeaderName>().ok()?, value.trim().parse::<HeaderValue>().ok()?))
        });
        let request = Some((method, url.to_owned(), headers.collect()));
        Rc::new(RefCell::new(Pending { client: self.clone(), request, written: Vec::new(), reply: None }))
    }
}

impl Http for Client {
    type Headers = Answered;
    type PostBody = Written;
    type ResponseBody = Answered;

    fn get(
        &mut self,
        url: &str,
        _: &str,
        headers: impl IntoIterator<Item = impl AsRef<str>>,
    ) -> gix::Result<GetResponse<Answered, Answered>> {
        let pending = self.prepare(Method::GET, url, headers);
        Ok(GetResponse { headers: answered(&pending, Part::Head), body: answered(&pending, Part::Body) })
    }

    fn post(
        &mut self,
        url: &str,
        _: &str,
        headers: impl IntoIterator<Item = impl AsRef<str>>,
        _: PostBodyDataKind,
    ) -> gix::Result<PostResponse<Answered, Answered, Written>> {
        let pending = self.prepare(Method::POST, url, headers);
        let post_body = Written(Rc::clone(&pending));
        Ok(PostResponse { post_body, headers: answered(&pending, Part::Head), body: answered(&pending, Part::Body) })
    }

    fn configure(&mut self, _: &dyn Any) -> gix::Result {
        Ok(())
    }
}

fn answered(pending: &Rc<RefCell<Pending>>, part: Part) -> Answered {
    Answered { pending: Rc::clone(pending), part, piece: Bytes::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_redirect_is_told_without_what_it_may_carry() {
        assert_eq!(destination("https://me:s3cret@other.example/login?token=abc#x"), "https://other.example/login");
        assert_eq!(destination("/shop/web.git"), "/shop/web.git");
    }

    #[test]
    fn an_empty_or_mismatched_credential_is_told_before_anything_is_sent() {
        for access in [
            Access::Token("\n".to_owned()),
            Access::Basic { username: "a:b".to_owned(), password: "c".to_owned() },
            Access::Ssh { key: String::new(), known_hosts: String::new() },
        ] {
            assert_eq!(authorization(&access).unwrap_err().refusal, Refusal::CredentialInvalid);
        }
    }

    #[test]
    fn a_line_end_behind_a_token_is_not_sent() {
        let header = authorization(&Access::Token("t0ken\n".to_owned())).unwrap().unwrap();
        assert_eq!(header.to_str().unwrap(), format!("Basic {}", STANDARD.encode("x-access-token:t0ken")));
    }

    #[test]
    fn authorities_that_are_none_are_told() {
        assert_eq!(tls(Some("no pem")).unwrap_err().refusal, Refusal::CredentialInvalid);
    }
}
