//! A git server on this machine: git's own `http-backend` behind TLS and a token, and repositories made by git itself.
//!
//! In: files and their commits. Out: a URL, an authority to trust. Never: takes anything from the caller's git configuration.

use std::io::Result as Io;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::serve::Listener;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use common::tls;
use jiff::{SignedDuration, Timestamp};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tempfile::TempDir;
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// The user that a token is sent for.
const USER: &str = "x-access-token";
/// Largest question of a fetch.
const QUESTION: usize = 1024 * 1024;

/// Ends when dropped.
pub struct GitServer {
    port: u16,
    folder: Arc<TempDir>,
    authority: String,
    serving: JoinHandle<()>,
}

/// What a request needs.
#[derive(Clone)]
struct Shared {
    folder: Arc<TempDir>,
    authorization: String,
}

impl GitServer {
    /// Serves repositories to who sends this token.
    pub async fn start(token: &str) -> Result<Self> {
        let names = ["localhost".to_owned()];
        let (now, valid_for) = (Timestamp::now(), SignedDuration::from_hours(24));
        let made = tls::make(&tls::Request { names: &names, key: tls::KeyKind::default(), now, valid_for })?;
        let chain = CertificateDer::pem_slice_iter(made.certificate.as_bytes()).collect::<Result<Vec<_>, _>>()?;
        let key = PrivateKeyDer::from_pem_slice(made.key.as_bytes())?;
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(chain, key)?;
        let socket = TcpListener::bind("127.0.0.1:0").await?;
        let port = socket.local_addr()?.port();
        let listener = Shielded { socket, acceptor: TlsAcceptor::from(Arc::new(config)) };
        let folder = Arc::new(TempDir::new()?);
        let authorization = format!("Basic {}", STANDARD.encode(format!("{USER}:{token}")));
        let shared = Shared { folder: Arc::clone(&folder), authorization };
        let router = Router::new().fallback(answer).with_state(shared);
        let serving = tokio::spawn(async move {
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self { port, folder, authority: made.authority.clone(), serving })
    }

    /// Where a repository is.
    pub fn url(&self, repository: &str) -> String {
        format!("https://localhost:{}/{repository}.git", self.port)
    }

    /// The authority of its certificate, as PEM.
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// Commits files to the branch `main` of a repository, which is made where it is not there. Gives the commit's id.
    pub fn commit(&self, repository: &str, subject: &str, files: &[(&str, &str)], at: Timestamp) -> Result<String> {
        let work = self.folder.path().join(format!("{repository}.work"));
        let bare = self.folder.path().join(format!("{repository}.git"));
        if !work.exists() {
            git(self.folder.path(), at, &["init", "--quiet", "--bare", "--initial-branch=main", path(&bare)?])?;
            git(self.folder.path(), at, &["init", "--quiet", "--initial-branch=main", path(&work)?])?;
        }
        for (name, text) in files {
            let file = work.join(name);
            file.parent().map_or(Ok(()), std::fs::create_dir_all)?;
            std::fs::write(file, text)?;
        }
        git(&work, at, &["add", "--all"])?;
        git(&work, at, &["commit", "--quiet", "--message", subject])?;
        git(&work, at, &["push", "--quiet", path(&bare)?, "main"])?;
        git(&work, at, &["rev-parse", "HEAD"])
    }
}

impl Drop for GitServer {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

fn path(path: &Path) -> Result<&str> {
    path.to_str().context("a path that is text")
}

fn git(folder: &Path, at: Timestamp, arguments: &[&str]) -> Result<String> {
    let date = format!("{} +0000", at.as_second());
    let ran = Command::new("git")
        .args(arguments)
        .current_dir(folder)
        .envs([("GIT_CONFIG_GLOBAL", "/dev/null"), ("GIT_CONFIG_NOSYSTEM", "1")])
        .envs([("GIT_AUTHOR_NAME", "Ana"), ("GIT_AUTHOR_EMAIL", "ana@git.example"), ("GIT_AUTHOR_DATE", &date)])
        .envs([
            ("GIT_COMMITTER_NAME", "Ana"),
            ("GIT_COMMITTER_EMAIL", "ana@git.example"),
            ("GIT_COMMITTER_DATE", &date),
        ])
        .stdin(Stdio::null())
        .output()
        .context("cannot run git: install it")?;
    ensure!(ran.status.success(), "git {}: {}", arguments.join(" "), String::from_utf8_lossy(&ran.stderr));
    Ok(String::from_utf8(ran.stdout)?.trim().to_owned())
}

/// Connections behind TLS.
struct Shielded {
    socket: TcpListener,
    acceptor: TlsAcceptor,
}

impl Listener for Shielded {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, SocketAddr) {
        loop {
            let Ok((stream, from)) = self.socket.accept().await else { continue };
            // Who does not like the certificate goes away; the next one may.
            if let Ok(stream) = self.acceptor.accept(stream).await {
                return (stream, from);
            }
        }
    }

    fn local_addr(&self) -> Io<SocketAddr> {
        self.socket.local_addr()
    }
}

async fn answer(State(shared): State<Shared>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let given = head.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    if given != Some(&shared.authorization) {
        return (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, "Basic realm=\"git\"")]).into_response();
    }
    let Ok(question) = to_bytes(body, QUESTION).await else { return StatusCode::PAYLOAD_TOO_LARGE.into_response() };
    let of = |name: &str| head.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    let variables = [
        ("GIT_PROJECT_ROOT", shared.folder.path().display().to_string()),
        ("GIT_HTTP_EXPORT_ALL", "1".to_owned()),
        ("GIT_CONFIG_GLOBAL", "/dev/null".to_owned()),
        ("GIT_CONFIG_NOSYSTEM", "1".to_owned()),
        ("GIT_PROTOCOL", of("git-protocol")),
        ("REQUEST_METHOD", head.method.to_string()),
        ("PATH_INFO", head.uri.path().to_owned()),
        ("QUERY_STRING", head.uri.query().unwrap_or_default().to_owned()),
        ("CONTENT_TYPE", of("content-type")),
        ("CONTENT_LENGTH", question.len().to_string()),
        ("HTTP_CONTENT_ENCODING", of("content-encoding")),
        ("REMOTE_USER", USER.to_owned()),
        ("REMOTE_ADDR", "127.0.0.1".to_owned()),
    ];
    match backend(variables, question).await {
        Ok(answer) => answer,
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

/// Git's own server, as any web server runs it (RFC 3875).
async fn backend(variables: [(&str, String); 13], question: Bytes) -> Result<Response> {
    let mut child = tokio::process::Command::new("git")
        .arg("http-backend")
        .envs(variables)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .context("cannot run git http-backend: install git")?;
    let mut stdin = child.stdin.take().context("a standard input")?;
    let ask = async {
        let _ = stdin.write_all(&question).await;
        drop(stdin);
    };
    let ((), ran) = tokio::join!(ask, child.wait_with_output());
    let said = ran?.stdout;
    let end = said.windows(4).position(|four| four == b"\r\n\r\n").context("an answer with a head")?;
    let (mut status, mut headers) = (StatusCode::OK, HeaderMap::new());
    for line in String::from_utf8_lossy(&said[..end]).lines() {
        let Some((name, value)) = line.split_once(':') else { continue };
        if name.eq_ignore_ascii_case("status") {
            status = value.trim().split(' ').next().unwrap_or_default().parse()?;
        } else {
            headers.insert(header::HeaderName::from_bytes(name.as_bytes())?, value.trim().parse()?);
        }
    }
    Ok((status, headers, Body::from(said[end + 4..].to_vec())).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Git itself as the client; the environment keeps the token out of its arguments, too.
    async fn clone(server: &GitServer, token: &str, into: &Path) -> Result<bool> {
        let authority = into.with_extension("pem");
        std::fs::write(&authority, server.authority())?;
        let header = format!("Authorization: Basic {}", STANDARD.encode(format!("{USER}:{token}")));
        let cloned = tokio::process::Command::new("git")
            .args(["clone", "--quiet", "--depth=1", &server.url("web"), path(into)?])
            .envs([("GIT_CONFIG_GLOBAL", "/dev/null"), ("GIT_CONFIG_NOSYSTEM", "1"), ("GIT_TERMINAL_PROMPT", "0")])
            .envs([
                ("GIT_CONFIG_COUNT", "1"),
                ("GIT_CONFIG_KEY_0", "http.extraHeader"),
                ("GIT_CONFIG_VALUE_0", &header),
            ])
            .envs([("GIT_SSL_CAINFO", path(&authority)?), ("no_proxy", "localhost")])
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .await?;
        Ok(cloned.success())
    }

    #[tokio::test]
    async fn the_token_opens_it_and_another_does_not() -> Result<()> {
        let server = GitServer::start("the-token").await?;
        server.commit("web", "Begin", &[("shop/cart.py", "one\n")], Timestamp::now())?;
        server.commit("web", "Go on", &[("shop/cart.py", "two\n")], Timestamp::now())?;
        let folder = TempDir::new()?;
        assert!(!clone(&server, "another", &folder.path().join("refused")).await?);
        let cloned = folder.path().join("cloned");
        assert!(clone(&server, "the-token", &cloned).await?);
        assert_eq!(std::fs::read_to_string(cloned.join("shop/cart.py"))?, "two\n");
        Ok(())
    }
}
