//! One HTTP exchange with the API server, with a deadline and without retry.
//!
//! In: method, path, body. Out: status, warnings and body as they came, or that no answer came. What a status means is decided by the
//! verbs: the same 429 is "try later" for a patch and a PodDisruptionBudget's no for an eviction.

use std::time::Duration;

use http::{Method, Request};
use kube::Client;
use kube::client::Body;
use serde_json::Value;

use super::live::Unreadable;

/// Longest wait for one answer. Longer than the slowest admission webhook may take (10 s), so that an answer is rarely lost.
pub const DEADLINE: Duration = Duration::from_secs(15);

/// What the server said.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    /// Texts of the `Warning` headers.
    pub warnings: Vec<String>,
    pub body: Value,
}

impl Answer {
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// `message` of a `Status`, or the body as it is.
    pub fn message(&self) -> String {
        match (&self.body, self.body.get("message").and_then(Value::as_str)) {
            (_, Some(message)) => message.to_owned(),
            (Value::String(text), None) => text.trim().to_owned(),
            _ => format!("the API server answered {}", self.status),
        }
    }

    /// `reason` of a `Status`.
    pub fn reason(&self) -> &str {
        self.body.get("reason").and_then(Value::as_str).unwrap_or_default()
    }

    /// RBAC said no (and not an admission plugin, a quota or a webhook, which answer 403 too).
    pub fn is_rbac_denial(&self) -> bool {
        self.status == 403 && {
            let message = self.message();
            message.contains("User \"") && message.contains(" cannot ")
        }
    }
}

/// No answer came; whether the request was carried out is unknown.
#[derive(Clone, Debug, thiserror::Error)]
#[error("no answer from the API server: {0}")]
pub struct Lost(pub String);

/// Sends one request.
pub async fn call(
    client: &Client,
    method: Method,
    path: &str,
    content_type: Option<&str>,
    body: Vec<u8>,
) -> Result<Answer, Lost> {
    call_for(client, method, path, "application/json", content_type, body).await
}

async fn call_for(
    client: &Client,
    method: Method,
    path: &str,
    accept: &str,
    content_type: Option<&str>,
    body: Vec<u8>,
) -> Result<Answer, Lost> {
    let mut request = Request::builder().method(method).uri(path).header(http::header::ACCEPT, accept);
    if let Some(content_type) = content_type {
        request = request.header(http::header::CONTENT_TYPE, content_type);
    }
    let request = request.body(Body::from(body)).map_err(|error| Lost(error.to_string()))?;
    let exchange = async {
        let response = client.send(request).await.map_err(|error| Lost(error.to_string()))?;
        let status = response.status().as_u16();
        let warnings = response.headers().get_all(http::header::WARNING).iter().filter_map(warning_text).collect();
        let bytes = response.into_body().collect_bytes().await.map_err(|error| Lost(error.to_string()))?;
        let body = serde_json::from_slice(&bytes)
            .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(&bytes).into_owned()));
        Ok(Answer { status, warnings, body })
    };
    tokio::time::timeout(DEADLINE, exchange)
        .await
        .unwrap_or_else(|_| Err(Lost(format!("none within {} s", DEADLINE.as_secs()))))
}

/// The text of `299 - "text"`.
fn warning_text(header: &http::HeaderValue) -> Option<String> {
    let text = header.to_str().ok()?;
    let quoted = text.splitn(3, ' ').nth(2)?;
    let inner = quoted.strip_prefix('"')?.strip_suffix('"')?;
    Some(inner.replace("\\\"", "\"").replace("\\\\", "\\"))
}

/// Reads one path. Reads may be repeated: twice more when the server is busy or the answer is lost.
pub async fn get(client: &Client, path: &str, resource: &str, verb: &'static str) -> Result<Option<Value>, Unreadable> {
    get_for(client, path, resource, verb, "application/json").await
}

/// Lists the metadata of objects: labels and names without the bodies.
pub async fn get_metadata(client: &Client, path: &str, resource: &str) -> Result<Option<Value>, Unreadable> {
    get_for(client, path, resource, "list", "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1").await
}

async fn get_for(
    client: &Client,
    path: &str,
    resource: &str,
    verb: &'static str,
    accept: &str,
) -> Result<Option<Value>, Unreadable> {
    const TRIES: u32 = 3;
    let unreadable = |why: String| Unreadable { verb, resource: resource.to_owned(), why };
    let mut why = String::new();
    for attempt in 0..TRIES {
        if attempt > 0 {
            tokio::time::sleep(Duration::from_millis(100 * u64::from(attempt))).await;
        }
        match call_for(client, Method::GET, path, accept, None, Vec::new()).await {
            Ok(answer) if answer.is_success() => return Ok(Some(answer.body)),
            Ok(answer) if answer.status == 404 => return Ok(None),
            Ok(answer) if matches!(answer.status, 429 | 500..) => why = answer.message(),
            Ok(answer) => return Err(unreadable(answer.message())),
            Err(lost) => why = lost.to_string(),
        }
    }
    Err(unreadable(why))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_warning_header_is_told_without_its_wrapping() {
        let header = http::HeaderValue::from_static(r#"299 - "metadata.name: \"x\" is bad""#);
        assert_eq!(warning_text(&header).as_deref(), Some(r#"metadata.name: "x" is bad"#));
    }

    #[test]
    fn a_quota_refusal_is_no_missing_right() {
        let answer = |message: &str| Answer {
            status: 403,
            warnings: vec![],
            body: serde_json::json!({"reason": "Forbidden", "message": message}),
        };
        assert!(!answer("pods \"x\" is forbidden: exceeded quota: small").is_rbac_denial());
        assert!(
            answer("deployments.apps \"x\" is forbidden: User \"bob\" cannot patch resource \"deployments\"")
                .is_rbac_denial()
        );
    }
}
