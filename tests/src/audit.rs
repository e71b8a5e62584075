//! The API server's audit log: the witness of who wrote what and how often. It sees what a client may have forgotten or never learnt.

use std::fs::File;
use std::io::{BufRead, BufReader, Seek, SeekFrom};
use std::path::PathBuf;

use anyhow::{Context, Result};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

/// The log file.
#[derive(Clone, Debug)]
pub struct AuditLog {
    file: PathBuf,
}

/// A place in the log: what was written before it is history.
#[derive(Clone, Copy, Debug)]
pub struct Mark(u64);

/// One answered request.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Request {
    /// Identity of this request.
    #[serde(rename = "auditID")]
    pub id: String,
    /// `get`, `list`, `watch`, `create`, `update`, `patch`, `delete`, `deletecollection`.
    pub verb: String,
    /// Path and query.
    #[serde(rename = "requestURI")]
    pub uri: String,
    /// Caller.
    pub user: Caller,
    /// Program, as it calls itself.
    #[serde(default)]
    pub user_agent: String,
    /// The object asked for; absent for paths without one.
    #[serde(default)]
    pub object_ref: ObjectRef,
    /// The answer.
    #[serde(default)]
    pub response_status: Answer,
    /// The body, where the policy of the cluster records it.
    #[serde(default)]
    pub request_object: Option<Value>,
    /// What admission and authorization noted about it.
    #[serde(default)]
    pub annotations: std::collections::BTreeMap<String, String>,
    /// When it arrived.
    pub request_received_timestamp: Timestamp,
}

/// Who asked.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Caller {
    /// Name.
    pub username: String,
}

/// What was asked for.
#[derive(Clone, Debug, Default, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[serde(rename_all = "camelCase", default)]
pub struct ObjectRef {
    /// API group; empty for core.
    pub api_group: String,
    /// Plural.
    pub resource: String,
    /// Namespace; empty for cluster-scoped kinds.
    pub namespace: String,
    /// Name; empty for lists and creates with a generated name.
    pub name: String,
    /// `status`, `scale`, `eviction`, …
    pub subresource: String,
}

/// How it was answered.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Answer {
    /// HTTP status.
    #[serde(default)]
    pub code: u16,
}

impl Request {
    /// It changed something: a write that was accepted and was no dry run.
    pub fn is_accepted_write(&self) -> bool {
        matches!(self.verb.as_str(), "create" | "update" | "patch" | "delete" | "deletecollection")
            && (200..300).contains(&self.response_status.code)
            && !self.is_dry_run()
    }

    /// It only asked what would happen.
    pub fn is_dry_run(&self) -> bool {
        self.uri.split_once('?').is_some_and(|(_, query)| query.contains("dryRun=All"))
            || self
                .request_object
                .as_ref()
                .is_some_and(|body| body["dryRun"].as_array().is_some_and(|all| !all.is_empty()))
    }

    /// The operation id the body carries, where the body is recorded.
    pub fn operation_id(&self) -> Option<String> {
        fn search(value: &Value) -> Option<String> {
            match value {
                Value::Object(fields) => fields.iter().find_map(|(key, value)| {
                    match (key.as_str(), value) {
                        (common::api::keys::annotations::OPERATION_ID, Value::String(id)) => Some(id.clone()),
                        // in a JSON Patch the key is in the path, `/` written as `~1`
                        ("path", Value::String(path)) if path.ends_with("platform.chatcli.io~1operation-id") => {
                            fields.get("value").and_then(Value::as_str).map(str::to_owned)
                        }
                        _ => search(value),
                    }
                }),
                Value::Array(items) => items.iter().find_map(search),
                _ => None,
            }
        }
        self.request_object.as_ref().and_then(search)
    }
}

impl AuditLog {
    /// The log in this file.
    pub fn at(file: PathBuf) -> Self {
        Self { file }
    }

    /// The end of the log as of now.
    pub fn mark(&self) -> Result<Mark> {
        Ok(Mark(std::fs::metadata(&self.file).map_or(0, |file| file.len())))
    }

    /// Every request answered since the mark, in the order of the answers.
    ///
    /// The log holds a line before its client has the answer, so what a client has seen is here.
    pub fn since(&self, mark: Mark) -> Result<Vec<Request>> {
        let mut file = File::open(&self.file).with_context(|| format!("no audit log at {}", self.file.display()))?;
        file.seek(SeekFrom::Start(mark.0))?;
        let mut requests = Vec::new();
        let mut reader = BufReader::new(file);
        let mut line = String::new();
        // the last line may be half written
        while reader.read_line(&mut line)? > 0 && line.ends_with('\n') {
            if let Ok(request) = serde_json::from_str::<Request>(&line) {
                requests.push(request);
            }
            line.clear();
        }
        Ok(requests)
    }

    /// Accepted writes of one user since the mark.
    pub fn writes_of(&self, user: &str, mark: Mark) -> Result<Vec<Request>> {
        let all = self.since(mark)?;
        Ok(all.into_iter().filter(|request| request.user.username == user && request.is_accepted_write()).collect())
    }
}
