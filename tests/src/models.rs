//! A provider of models on this machine: real HTTP over loopback, answers by script, and every byte that arrived.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::namespace::TestNamespace;
use crate::servers::{Server, secret};

/// What it does with a request.
#[derive(Clone, Debug)]
pub enum Say {
    /// Answers.
    Status(u16, String),
    /// Never answers, and keeps the connection.
    Nothing,
    /// Answers, after so long.
    After(Duration, Box<Say>),
}

/// One request, as it arrived.
#[derive(Clone, Debug)]
pub struct Heard {
    /// Head and body.
    pub bytes: Vec<u8>,
    /// Request line and headers.
    pub head: String,
    /// Body, where it is JSON.
    pub body: Value,
}

type Script = Arc<dyn Fn(&Heard, usize) -> Say + Send + Sync>;

/// Ends when dropped.
pub struct Model {
    port: u16,
    heard: Arc<Mutex<Vec<Heard>>>,
    count: watch::Receiver<usize>,
    serving: JoinHandle<()>,
}

impl Model {
    /// Answers by script: the request, and how many came before it.
    pub async fn saying(script: impl Fn(&Heard, usize) -> Say + Send + Sync + 'static) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let port = listener.local_addr()?.port();
        let heard: Arc<Mutex<Vec<Heard>>> = Arc::default();
        let (counted, count) = watch::channel(0);
        let (script, all): (Script, _) = (Arc::new(script), Arc::clone(&heard));
        let serving = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (script, all, counted) = (Arc::clone(&script), Arc::clone(&all), counted.clone());
                tokio::spawn(async move {
                    let _ = answer(stream, &script, &all, &counted).await;
                });
            }
        });
        Ok(Self { port, heard, count, serving })
    }

    /// Where it is.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/v1/chat/completions", self.port)
    }

    /// Everything that arrived.
    pub fn heard(&self) -> Vec<Heard> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits until so many requests have arrived.
    pub async fn has_heard(&self, wanted: usize, within: Duration) -> Result<()> {
        let mut count = self.count.clone();
        let enough = tokio::time::timeout(within, count.wait_for(|count| *count >= wanted)).await;
        enough.with_context(|| format!("{} of {wanted} requests after {within:?}", self.heard().len()))??;
        Ok(())
    }
}

impl Drop for Model {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn answer(
    mut stream: TcpStream,
    script: &Script,
    all: &Mutex<Vec<Heard>>,
    counted: &watch::Sender<usize>,
) -> Result<()> {
    let mut bytes = Vec::new();
    let heard = loop {
        let mut chunk = [0; 8192];
        let read = stream.read(&mut chunk).await?;
        anyhow::ensure!(read > 0, "the request broke off");
        bytes.extend_from_slice(&chunk[..read]);
        let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let length =
            head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length:")?.trim().parse().ok());
        let body = &bytes[end + 4..];
        if body.len() >= length.unwrap_or(0) {
            let body = serde_json::from_slice(body).unwrap_or_default();
            break Heard { bytes, head, body };
        }
    };
    let before = {
        let mut all = all.lock().unwrap_or_else(PoisonError::into_inner);
        all.push(heard.clone());
        all.len() - 1
    };
    let say = script(&heard, before);
    counted.send_modify(|count| *count += 1);
    let mut say = say;
    while let Say::After(wait, then) = say {
        tokio::time::sleep(wait).await;
        say = *then;
    }
    match say {
        Say::After(..) => {}
        Say::Nothing => {
            // Until the other side gives up.
            while stream.read(&mut [0; 1024]).await? > 0 {}
        }
        Say::Status(status, body) => {
            let length = body.len();
            let head =
                format!("HTTP/1.1 {status} S\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n");
            stream.write_all(head.as_bytes()).await?;
            stream.write_all(body.as_bytes()).await?;
            stream.shutdown().await?;
        }
    }
    Ok(())
}

/// An Instance whose provider is a model, asked with this key; `more` is merged into its spec.
pub async fn instance<'a>(namespace: &'a TestNamespace, model: &Model, key: &str, more: &Value) -> Result<Server<'a>> {
    let mut spec = json!({
        "provider": "OPENAI", "model": "gpt-4o", "apiKeys": { "name": "keys" },
        "extraEnv": [{ "name": "OPENAI_API_URL", "value": model.url() }],
    });
    json_patch::merge(&mut spec, more);
    let server = Server::named(namespace, "chatcli", spec);
    secret(namespace, "keys", &[("OPENAI_API_KEY", key)]).await?;
    server.grant().await?;
    server.ask().await?;
    Ok(server)
}

/// An answer of OpenAI's chat completions, as that API gives it.
pub fn completion(content: &str) -> Say {
    let body = json!({
        "id": "chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT", "object": "chat.completion", "created": 1_741_569_952, "model": "gpt-4o-2024-08-06",
        "choices": [{
            "index": 0,
            "message": { "role": "assistant", "content": content, "refusal": null, "annotations": [] },
            "logprobs": null, "finish_reason": "stop",
        }],
        "usage": {
            "prompt_tokens": 1117, "completion_tokens": 146, "total_tokens": 1263,
            "prompt_tokens_details": { "cached_tokens": 0, "audio_tokens": 0 },
            "completion_tokens_details": { "reasoning_tokens": 0, "audio_tokens": 0, "accepted_prediction_tokens": 0, "rejected_prediction_tokens": 0 },
        },
        "service_tier": "default", "system_fingerprint": "fp_fc9f1d7035",
    });
    Say::Status(200, body.to_string())
}
