//! An ssh server that runs what it is told to, as `sshd` does: here, `git-upload-pack`.

use std::process::Stdio;
use std::sync::Arc;

use common::source::{Access, Remote};
use russh::keys::ssh_key::private::{Ed25519Keypair, KeypairData};
use russh::keys::ssh_key::{Cipher, Kdf, LineEnding};
use russh::keys::{PrivateKey, PublicKey};
use russh::server::{Auth, ChannelOpenHandle, Config, Handler, Msg, Session, VerifiedPublicKey};
use russh::{Channel, ChannelId};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::process::{ChildStdin, Command};

/// A key that follows from a number.
pub fn key(number: u8) -> PrivateKey {
    PrivateKey::new(KeypairData::Ed25519(Ed25519Keypair::from_seed(&[number; 32])), "").unwrap()
}

/// The private key as a Secret holds it.
pub fn pem(key: &PrivateKey) -> String {
    key.to_openssh(LineEnding::LF).unwrap().to_string()
}

/// The private key behind a passphrase.
pub fn sealed(key: &PrivateKey) -> String {
    let kdf = Kdf::Bcrypt { salt: vec![7; 16], rounds: 4 };
    pem(&key.encrypt_with(Cipher::Aes256Ctr, kdf, 7, "open sesame").unwrap())
}

/// How it behaves.
#[derive(Clone, Copy, Debug, Default)]
pub struct Manner {
    /// Speaks the first version of the protocol, as one does that lets no environment through.
    pub is_old: bool,
    /// Runs nothing, and says nothing.
    pub hangs: bool,
}

/// A server that runs until it is dropped. It lets in whoever has key 1; its own are 10 and 11.
pub struct Ssh {
    port: u16,
    _runtime: tokio::runtime::Runtime,
}

impl Ssh {
    /// Begins to listen.
    pub fn start(manner: Manner) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let port = listener.local_addr().unwrap().port();
        let config =
            Config { keys: vec![key(10)], auth_rejection_time: std::time::Duration::ZERO, ..Config::default() };
        let config = Arc::new(config);
        runtime.spawn(async move {
            while let Ok((tcp, _)) = listener.accept().await {
                let config = Arc::clone(&config);
                tokio::spawn(async move {
                    let client = Client { manner, protocol: String::new(), stdin: None };
                    if let Ok(session) = russh::server::run_stream(config, tcp, client).await {
                        let _ = session.await;
                    }
                });
            }
        });
        Self { port, _runtime: runtime }
    }

    /// The line of its key in a `known_hosts` file.
    pub fn line(&self, host_key: &PublicKey) -> String {
        format!("[localhost]:{} {}", self.port, host_key.to_openssh().unwrap())
    }

    /// A repository on it, opened by key 1, with the host key that it has.
    pub fn remote(&self, path: &std::path::Path) -> Remote {
        let access = Access::Ssh { key: pem(&key(1)), known_hosts: self.line(key(10).public_key()) };
        Remote { access, ..super::remote(&format!("ssh://git@localhost:{}{}", self.port, path.display())) }
    }
}

struct Client {
    manner: Manner,
    protocol: String,
    stdin: Option<ChildStdin>,
}

impl Handler for Client {
    type Error = russh::Error;

    async fn auth_publickey(&mut self, user: &str, offered: VerifiedPublicKey<'_>) -> Result<Auth, russh::Error> {
        let is_let_in = user == "git" && offered.public_key.key_data() == key(1).public_key().key_data();
        Ok(if is_let_in { Auth::Accept } else { Auth::reject() })
    }

    async fn channel_open_session(
        &mut self,
        _: Channel<Msg>,
        reply: ChannelOpenHandle,
        _: &mut Session,
    ) -> Result<(), russh::Error> {
        reply.accept().await;
        Ok(())
    }

    async fn env_request(
        &mut self,
        _: ChannelId,
        name: &str,
        value: &str,
        _: &mut Session,
    ) -> Result<(), russh::Error> {
        if name == "GIT_PROTOCOL" && !self.manner.is_old {
            value.clone_into(&mut self.protocol);
        }
        Ok(())
    }

    async fn exec_request(
        &mut self,
        channel: ChannelId,
        command: &[u8],
        session: &mut Session,
    ) -> Result<(), russh::Error> {
        if self.manner.hangs {
            return Ok(());
        }
        let mut child = Command::new("sh")
            .arg("-c")
            .arg(String::from_utf8_lossy(command).into_owned())
            .env("GIT_PROTOCOL", &self.protocol)
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .kill_on_drop(true)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        self.stdin = child.stdin.take();
        let handle = session.handle();
        tokio::spawn(async move {
            let (mut out, mut err) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
            let mut piece = vec![0; 16 << 10];
            while let Ok(amount @ 1..) = out.read(&mut piece).await {
                let _ = handle.data(channel, piece[..amount].to_vec()).await;
            }
            let mut words = Vec::new();
            let _ = err.read_to_end(&mut words).await;
            let _ = handle.extended_data(channel, 1, words).await;
            let status = child.wait().await.ok().and_then(|it| it.code()).unwrap_or(255);
            let _ = handle.exit_status_request(channel, status.unsigned_abs()).await;
            let _ = handle.close(channel).await;
        });
        Ok(())
    }

    async fn data(&mut self, _: ChannelId, data: &[u8], _: &mut Session) -> Result<(), russh::Error> {
        if let Some(stdin) = &mut self.stdin {
            let _ = stdin.write_all(data).await;
        }
        Ok(())
    }

    async fn channel_eof(&mut self, _: ChannelId, _: &mut Session) -> Result<(), russh::Error> {
        self.stdin = None;
        Ok(())
    }
}
