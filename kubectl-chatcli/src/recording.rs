//! What an API server answered, kept in one file and answered again without it.
//!
//! In: a [`Cluster`]. Out: a cluster that keeps every answer it is given, or one that gives only kept answers. Never: keeps anything but
//! reads; keeps what `redact` calls secret. What was not asked then is not found now, as with a real server.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use common::{redact, tls};
use http::{Method, Request, Response};
use jiff::Timestamp;
use k8s_openapi::ByteString;
use kube::Client;
use kube::client::Body;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tower::{BoxError, service_fn};

use crate::failure::Failure;
use crate::kube::Cluster;

/// Version of the file.
const FORMAT: u32 = 1;

/// Answers by path and query. Text that is not JSON, such as a log, is kept as a string.
pub type Answers = BTreeMap<String, Value>;

/// The file.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Recording {
    /// Version of the format.
    pub version: u32,
    /// When it was made; ages are measured from here again.
    pub recorded_at: Timestamp,
    /// The namespace that was worked in.
    pub namespace: String,
    /// What was asked about: an incident's name, or `KIND/NAME`.
    pub subject: String,
    /// What the API server answered.
    pub answers: Answers,
}

impl Recording {
    /// A recording of these answers, cleaned.
    pub fn new(subject: &str, namespace: &str, recorded_at: Timestamp, mut answers: Answers) -> Self {
        for (path, answer) in &mut answers {
            // Base64 looks like a credential; what is left of a Secret is none.
            let certificates: Vec<Option<Value>> = if is_of_secrets(path) {
                secrets(answer).map(|secret| certificate(secret).cloned()).collect()
            } else {
                Vec::new()
            };
            clean(answer);
            for (text, kept) in secrets(answer).map(certificate).zip(certificates) {
                if let (Some(text), Some(kept)) = (text, kept) {
                    *text = kept;
                }
            }
        }
        Self { version: FORMAT, recorded_at, namespace: namespace.to_owned(), subject: subject.to_owned(), answers }
    }

    /// Reads a file's text.
    pub fn read(text: &str, name: &str) -> Result<Self, Failure> {
        let broken = |why: String| Failure::new(format!("{name} is no recording: {why}"));
        let read: Self = serde_saphyr::from_str(text).map_err(|why| broken(why.to_string()))?;
        if read.version != FORMAT {
            return Err(broken(format!("it has version {}, this plugin reads {FORMAT}", read.version)));
        }
        Ok(read)
    }

    /// A cluster that answers from it.
    pub fn cluster(&self) -> Cluster {
        let answers = Arc::new(self.answers.clone());
        let service = service_fn(move |request: Request<Body>| {
            let answer = replay(&answers, &request);
            async move { Ok::<_, BoxError>(answer) }
        });
        Cluster::answering(Client::new(service, self.namespace.clone()), &self.namespace)
    }
}

/// A cluster that keeps what the other one answers to reads, and where it keeps it.
pub fn keeping(cluster: &Cluster) -> (Cluster, Arc<Mutex<Answers>>) {
    let kept = Arc::new(Mutex::new(Answers::new()));
    let (client, keep) = (cluster.client(), Arc::clone(&kept));
    let service = service_fn(move |request: Request<Body>| {
        let (client, keep) = (client.clone(), Arc::clone(&keep));
        async move {
            let path = (*request.method() == Method::GET).then(|| request.uri().to_string());
            let (head, body) = client.send(request).await?.into_parts();
            let bytes = body.collect_bytes().await?;
            if let Some(path) = path {
                let value = serde_json::from_slice(&bytes)
                    .unwrap_or_else(|_| Value::from(String::from_utf8_lossy(&bytes).into_owned()));
                // A refusal is an answer too: what may not be read is part of the story.
                if head.status.is_success() || value["kind"] == "Status" {
                    let value = if is_of_secrets(&path) { without_keys(value) } else { value };
                    keep.lock().unwrap_or_else(PoisonError::into_inner).insert(path, value);
                }
            }
            Ok::<_, BoxError>(Response::from_parts(head, Body::from(bytes)))
        }
    });
    (cluster.with(Client::new(service, cluster.namespace())), kept)
}

/// Is this the answer about one Secret, or about all of them?
fn is_of_secrets(path: &str) -> bool {
    let path = path.split('?').next().unwrap_or(path);
    path.rsplit('/').take(2).any(|part| part == "secrets")
}

/// A Secret's certificate is for everybody to see; nothing else in it is kept, not even until the file is written.
fn without_keys(mut answer: Value) -> Value {
    for secret in secrets(&mut answer) {
        if let Some(data) = secret.get_mut("data").and_then(Value::as_object_mut) {
            data.retain(|key, _| key == tls::keys::CERTIFICATE);
        }
        if let Some(text) = certificate(secret) {
            let held: ByteString = serde_json::from_value(text.take()).unwrap_or_default();
            *text = json!(ByteString(tls::only_certificates(&held.0).into_bytes()));
        }
        if let Some(fields) = secret.as_object_mut() {
            fields.remove("stringData");
        }
        if let Some(annotations) = secret.pointer_mut("/metadata/annotations").and_then(Value::as_object_mut) {
            // The whole Secret stands there once more.
            annotations.remove("kubectl.kubernetes.io/last-applied-configuration");
        }
    }
    answer
}

/// The Secrets of an answer: one, or those of a list.
fn secrets(answer: &mut Value) -> impl Iterator<Item = &mut Value> {
    let is_list = answer.get("items").is_some_and(Value::is_array);
    let (one, many) = if is_list { (None, answer["items"].as_array_mut()) } else { (Some(answer), None) };
    one.into_iter().chain(many.into_iter().flatten())
}

fn certificate(secret: &mut Value) -> Option<&mut Value> {
    secret.get_mut("data")?.get_mut(tls::keys::CERTIFICATE)
}

fn replay(answers: &Answers, request: &Request<Body>) -> Response<Body> {
    let path = request.uri().to_string();
    let found = (*request.method() == Method::GET).then(|| answers.get(&path)).flatten();
    let (status, text) = match found {
        Some(Value::String(text)) => (200, text.clone()),
        Some(value) if value["kind"] == "Status" => {
            (value["code"].as_u64().and_then(|code| u16::try_from(code).ok()).unwrap_or(500), value.to_string())
        }
        Some(value) => (200, value.to_string()),
        None => {
            let name = request.uri().path().rsplit('/').next().unwrap_or_default();
            let body = json!({ "kind": "Status", "apiVersion": "v1", "status": "Failure", "code": 404, "reason": "NotFound",
                "message": format!("{path} was not recorded"), "details": { "name": name } });
            (404, body.to_string())
        }
    };
    let mut response = Response::new(Body::from(text.into_bytes()));
    *response.status_mut() = http::StatusCode::from_u16(status).unwrap_or_default();
    response
}

/// Takes credentials out: in texts, in fields and ConfigMap keys whose names say what they are, and in environment variables.
fn clean(value: &mut Value) {
    match value {
        Value::String(text) => {
            if let std::borrow::Cow::Owned(cleaned) = redact::secrets(text) {
                *text = cleaned;
            }
        }
        Value::Array(items) => items.iter_mut().for_each(clean),
        Value::Object(fields) => {
            let name = fields.get("name").and_then(Value::as_str).map(str::to_owned);
            for (key, field) in fields.iter_mut() {
                let told = if key == "value" { name.as_deref().unwrap_or(key) } else { key };
                match field {
                    Value::String(text) if names_a_secret(told, text) => "[REDACTED]".clone_into(text),
                    other => clean(other),
                }
            }
        }
        _ => {}
    }
}

/// `DB_PASSWORD: hunter2` is one only together with its name.
fn names_a_secret(name: &str, value: &str) -> bool {
    let pair = format!("{name}={value}");
    // References by name, such as `secretName`, say where a secret is, not what it is.
    !name.ends_with("Name") && redact::secrets(value) == value && redact::secrets(&pair) != pair.as_str()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_named_a_secret_is_not_kept_and_where_it_is_stays() {
        let mut pod = json!({ "env": [{ "name": "DB_PASSWORD", "value": "hunter2" }, { "name": "PORT", "value": "8080" }],
            "volumes": [{ "secret": { "secretName": "app-credentials" } }], "data": { "api_key": "abcdefgh1234", "mode": "fast" } });
        clean(&mut pod);
        assert_eq!(
            pod["env"],
            json!([{ "name": "DB_PASSWORD", "value": "[REDACTED]" }, { "name": "PORT", "value": "8080" }])
        );
        assert_eq!(pod["volumes"][0]["secret"]["secretName"], "app-credentials");
        assert_eq!(pod["data"], json!({ "api_key": "[REDACTED]", "mode": "fast" }));
    }

    #[test]
    fn of_secrets_only_certificates_are_kept() {
        assert!(is_of_secrets("/api/v1/namespaces/shop/secrets?fieldSelector=type%3Dkubernetes.io%2Ftls"));
        assert!(is_of_secrets("/api/v1/secrets") && is_of_secrets("/api/v1/namespaces/shop/secrets/web-tls"));
        assert!(!is_of_secrets("/api/v1/namespaces/secrets/pods/web"));
        let names = ["web".to_owned()];
        let valid_for = jiff::SignedDuration::from_hours(1);
        let now = Timestamp::UNIX_EPOCH;
        let made = tls::make(&tls::Request { names: &names, key: tls::KeyKind::default(), now, valid_for }).unwrap();
        let base64 = |text: &str| json!(ByteString(text.as_bytes().to_vec()));
        // Some put the key behind the certificate.
        let both = base64(&format!("{}{}", made.certificate, *made.key));
        let secret = json!({ "metadata": { "name": "web-tls", "annotations": {
                "kubectl.kubernetes.io/last-applied-configuration": "{\"data\":{\"tls.key\":\"QUFB\"}}" } },
            "data": { "tls.crt": both, "tls.key": "QUFB", "ca.crt": "Q0E=" } });
        let wanted = json!({ "metadata": { "name": "web-tls", "annotations": {} }, "data": { "tls.crt": base64(&made.certificate) } });
        assert_eq!(without_keys(secret.clone()), wanted);
        assert_eq!(without_keys(json!({ "items": [secret] })), json!({ "items": [wanted] }));
    }

    #[tokio::test]
    async fn what_was_not_asked_then_is_not_found_now() {
        let deployment = json!({ "apiVersion": "apps/v1", "kind": "Deployment", "metadata": { "name": "web", "namespace": "shop" } });
        let answers = Answers::from([("/apis/apps/v1/namespaces/shop/deployments/web".to_owned(), deployment)]);
        let recording = Recording::new("deploy/web", "shop", Timestamp::UNIX_EPOCH, answers);
        let text = serde_saphyr::to_string(&recording).unwrap();
        let cluster = Recording::read(&text, "file").unwrap().cluster();
        let kind = crate::kube::Kind::of("apps", "v1", "Deployment", "deployments");
        let found = cluster.find(&kind, Some("shop"), "web").await.unwrap().unwrap();
        assert_eq!(found.metadata.name.as_deref(), Some("web"));
        assert!(cluster.find(&kind, Some("shop"), "api").await.unwrap().is_none());
    }

    #[test]
    fn a_file_of_another_version_is_refused_by_name() {
        let text = "version: 9\nrecordedAt: 2026-01-01T00:00:00Z\nnamespace: shop\nsubject: web\nanswers: {}\n";
        let failure = Recording::read(text, "old.yaml").unwrap_err();
        assert_eq!(failure.message(), "old.yaml is no recording: it has version 9, this plugin reads 1");
    }
}
