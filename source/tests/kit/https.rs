//! An https server that runs `git http-backend`, and some that behave badly.

use std::convert::Infallible;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use common::source::Remote;
use futures::{StreamExt as _, stream};
use http::{Request, Response, StatusCode};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt as _, Full, StreamBody};
use hyper::body::{Bytes, Frame, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// How it behaves.
#[derive(Clone, Debug, Default)]
pub struct Manner {
    /// User and password it wants.
    pub login: Option<(&'static str, &'static str)>,
    /// Speaks the first version of the protocol, as old servers do.
    pub is_old: bool,
    /// Answers everything with this status, and this `Location`.
    pub status: Option<(u16, &'static str)>,
    /// Answers to this request, counted from 1, and to all after it never.
    pub hangs_at: Option<usize>,
    /// Answers to this request, counted from 1, with the first half of what it should say, and nothing more.
    pub stalls_at: Option<usize>,
    /// The same, and hangs up.
    pub breaks_at: Option<usize>,
    /// Sends these bytes as the body of this request, counted from 1.
    pub garbage: Option<(usize, Vec<u8>)>,
}

/// A server that runs until it is dropped.
pub struct Https {
    port: u16,
    authority: String,
    requests: Arc<AtomicUsize>,
    _runtime: tokio::runtime::Runtime,
}

impl Https {
    /// Shows the repositories of a folder.
    pub fn start(shown: PathBuf, manner: Manner) -> Self {
        let key = rcgen::KeyPair::generate().unwrap();
        let certificate = rcgen::CertificateParams::new(["localhost".to_owned(), "127.0.0.1".to_owned()])
            .unwrap()
            .self_signed(&key)
            .unwrap();
        let chain = vec![CertificateDer::from(certificate.der().to_vec())];
        let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(chain, PrivateKeyDer::try_from(key.serialize_der()).unwrap())
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let port = listener.local_addr().unwrap().port();
        let requests = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&requests);
        runtime.spawn(async move {
            while let Ok((tcp, _)) = listener.accept().await {
                let (acceptor, shown, manner, counted) =
                    (acceptor.clone(), shown.clone(), manner.clone(), Arc::clone(&counted));
                tokio::spawn(async move {
                    let Ok(tls) = acceptor.accept(tcp).await else { return };
                    let service = service_fn(move |request| {
                        let number = counted.fetch_add(1, Ordering::SeqCst) + 1;
                        let (shown, manner) = (shown.clone(), manner.clone());
                        async move { Ok::<_, Infallible>(answer(request, number, shown, manner).await) }
                    });
                    let _ =
                        hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(tls), service).await;
                });
            }
        });
        Self { port, authority: certificate.pem(), requests, _runtime: runtime }
    }

    /// The repository on it, reached by this host name.
    pub fn remote_at(&self, host: &str) -> Remote {
        Remote {
            authorities: Some(self.authority.clone()),
            ..super::remote(&format!("https://{host}:{}/shop.git", self.port))
        }
    }

    /// The repository on it.
    pub fn remote(&self) -> Remote {
        self.remote_at("localhost")
    }

    /// Requests that have arrived.
    pub fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }
}

type Body = BoxBody<Bytes, std::io::Error>;

async fn answer(request: Request<Incoming>, number: usize, shown: PathBuf, manner: Manner) -> Response<Body> {
    let (stalls, breaks) = (manner.stalls_at == Some(number), manner.breaks_at == Some(number));
    let whole = whole(request, number, shown, manner).await;
    if !(stalls || breaks) {
        return whole.map(|body| body.map_err(|never| match never {}).boxed());
    }
    let (mut head, body) = whole.into_parts();
    head.headers.remove("content-length");
    let bytes = body.collect().await.unwrap().to_bytes();
    let half = stream::iter([Ok(Frame::data(bytes.slice(..bytes.len() / 2)))]);
    let rest = if stalls {
        stream::pending().left_stream()
    } else {
        stream::iter([Err(std::io::ErrorKind::ConnectionReset.into())]).right_stream()
    };
    Response::from_parts(head, BoxBody::new(StreamBody::new(half.chain(rest))))
}

async fn whole(request: Request<Incoming>, number: usize, shown: PathBuf, manner: Manner) -> Response<Full<Bytes>> {
    if manner.hangs_at.is_some_and(|it| number >= it) {
        std::future::pending::<()>().await;
    }
    if let Some((status, location)) = manner.status {
        return Response::builder().status(status).header("location", location).body(Full::default()).unwrap();
    }
    if let Some((at, body)) = manner.garbage.filter(|(at, _)| *at == number) {
        let kind = if at == 1 { "advertisement" } else { "result" };
        let kind = format!("application/x-git-upload-pack-{kind}");
        return Response::builder().header("content-type", kind).body(Full::from(body)).unwrap();
    }
    if let Some((user, password)) = manner.login {
        let expected = format!("Basic {}", STANDARD.encode(format!("{user}:{password}")));
        if request.headers().get("authorization").is_none_or(|it| it != expected.as_str()) {
            let wanted =
                Response::builder().status(StatusCode::UNAUTHORIZED).header("www-authenticate", "Basic realm=\"git\"");
            return wanted.body(Full::default()).unwrap();
        }
    }
    backend(request, shown, manner.is_old).await
}

/// As a web server runs it: CGI, RFC 3875.
async fn backend(request: Request<Incoming>, shown: PathBuf, is_old: bool) -> Response<Full<Bytes>> {
    let header =
        |name: &str| request.headers().get(name).and_then(|it| it.to_str().ok()).unwrap_or_default().to_owned();
    let mut backend = tokio::process::Command::new("git");
    backend
        .arg("http-backend")
        .env("GIT_PROJECT_ROOT", shown)
        .env("GIT_HTTP_EXPORT_ALL", "1")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("REQUEST_METHOD", request.method().as_str())
        .env("PATH_INFO", request.uri().path())
        .env("QUERY_STRING", request.uri().query().unwrap_or_default())
        .env("CONTENT_TYPE", header("content-type"))
        .env("GIT_PROTOCOL", if is_old { String::new() } else { header("git-protocol") })
        .kill_on_drop(true)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let body = request.into_body().collect().await.unwrap().to_bytes();
    let mut backend = backend.env("CONTENT_LENGTH", body.len().to_string()).spawn().unwrap();
    let mut stdin = backend.stdin.take().unwrap();
    let feed = tokio::spawn(async move {
        let _ = stdin.write_all(&body).await;
    });
    let mut output = Vec::new();
    backend.stdout.take().unwrap().read_to_end(&mut output).await.unwrap();
    let _ = feed.await;

    let end = output.windows(4).position(|it| it == b"\r\n\r\n").unwrap();
    let head = String::from_utf8_lossy(&output[..end]).into_owned();
    let mut response = Response::builder();
    for (name, value) in head.lines().filter_map(|it| it.split_once(": ")) {
        response = match name {
            "Status" => response.status(value.split(' ').next().unwrap()),
            _ => response.header(name, value),
        };
    }
    response.body(Full::from(output[end + 4..].to_vec())).unwrap()
}
