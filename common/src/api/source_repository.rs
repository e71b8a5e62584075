//! `SourceRepository`: the code behind a workload.

use kube::{CustomResource, KubeSchema};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use super::{
    formats,
    shared::{Condition, ResourceRef, Time, conditions_schema},
};

/// Which repository, and whose code it is.
#[derive(Clone, CustomResource, Debug, Deserialize, KubeSchema, PartialEq, Serialize)]
#[kube(
    group = "platform.chatcli.io",
    version = "v1alpha1",
    kind = "SourceRepository",
    plural = "sourcerepositories",
    namespaced,
    status = "SourceRepositoryStatus",
    derive = "PartialEq",
    shortname = "srcrepo",
    shortname = "sourcerepo",
    category = "chatcli",
    category = "aiops",
    printcolumn(name = "URL", type_ = "string", json_path = ".spec.url"),
    printcolumn(name = "Branch", type_ = "string", json_path = ".spec.branch"),
    printcolumn(name = "Ready", type_ = "boolean", json_path = ".status.ready"),
    printcolumn(name = "Resource", type_ = "string", json_path = ".spec.resource.name", priority = "1"),
    printcolumn(name = "Head", type_ = "string", json_path = ".status.headCommit.sha", priority = "1"),
    printcolumn(name = "Synced", type_ = "date", json_path = ".status.lastSyncedAt", priority = "1"),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp")
)]
#[x_kube(
    validation = Rule::new("!has(self.authType) || self.authType == 'none' || (has(self.secretRef) && self.secretRef != '')")
        .message("this authType needs a Secret").field_path(".secretRef"),
    validation = Rule::new("!has(self.authType) || !(self.authType in ['token', 'basic']) || self.url.startsWith('https://')")
        .message("authType token and basic work over https:// only").field_path(".authType"),
    validation = Rule::new("!has(self.authType) || self.authType != 'ssh' || !self.url.startsWith('https://')")
        .message("authType ssh needs an ssh:// or git@ URL").field_path(".authType")
)]
#[serde(rename_all = "camelCase")]
pub struct SourceRepositorySpec {
    /// Repository: `https://…`, `ssh://…` or `git@host:path`.
    #[schemars(schema_with = "url_schema")]
    pub url: String,
    /// Branch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "branch_schema", extend("default" = "main"))]
    pub branch: Option<String>,
    /// How to authenticate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = "none"))]
    pub auth_type: Option<SourceRepositoryAuthType>,
    /// Name of a Secret in the same namespace; keys `token`, or `username` and `password`, or `ssh-key` with `known_hosts`, the host keys
    /// to expect. Key `ca.crt` holds the authorities to trust for https, where they are not the public ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "formats::optional_object_name")]
    pub secret_ref: Option<String>,
    /// Workload it belongs to: of the object's own namespace where it names none. Another namespace may be named by objects of the operator's
    /// namespace only.
    pub resource: ResourceRef,
    /// Source roots to look at; empty = all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(schema_with = "paths_schema")]
    pub paths: Vec<String>,
    /// Dockerfile path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 1024))]
    pub dockerfile: Option<String>,
    /// Main language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 63))]
    pub language: Option<String>,
    /// Minutes between two syncs, at least 5.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 5), extend("default" = 30))]
    pub sync_interval_minutes: Option<i32>,
}

/// Only what a git client resolves to a remote host: no `file:`, no `ext::`, no host that begins with `-` and reads as an option.
fn url_schema(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "string",
        "maxLength": 2048,
        "pattern": r"^((https|ssh)://[A-Za-z0-9_\[%][^\s]*|git@[A-Za-z0-9\[][^\s:]*:[^\s-][^\s]*)$",
        "x-kubernetes-validations": [
            { "rule": "!self.contains('ext::')", "message": "ext:: runs a command" },
            { "rule": "!self.contains('@-') && !self.contains('://-')", "message": "a host must not begin with -" },
        ],
    })
}

/// A branch name, not an option and not a name that git refuses.
fn branch_schema(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "string",
        "maxLength": 244,
        "pattern": r"^[A-Za-z0-9][A-Za-z0-9._/-]*$",
        "x-kubernetes-validations": [{
            "rule": "!self.contains('..') && !self.contains('//') && !self.contains('/.') && !self.endsWith('/') && !self.endsWith('.') && !self.endsWith('.lock')",
            "message": "git refuses this branch name",
        }],
    })
}

fn paths_schema(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "array",
        "maxItems": 64,
        "items": {
            "type": "string",
            "minLength": 1,
            "maxLength": 1024,
            "x-kubernetes-validations": [{
                "rule": "!self.matches('(^|/)[.][.](/|$)')",
                "message": "a path must stay inside the repository",
            }],
        },
    })
}

impl SourceRepository {
    /// The workload it says it belongs to.
    pub fn workload(&self) -> ResourceRef {
        let named = &self.spec.resource;
        let own = self.metadata.namespace.as_deref().unwrap_or_default();
        let namespace = if named.namespace.is_empty() { own } else { &named.namespace };
        ResourceRef::new(&named.kind, namespace, &named.name)
    }
}

/// How to authenticate.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SourceRepositoryAuthType {
    /// Not at all.
    #[default]
    None,
    /// With a key.
    Ssh,
    /// With a token.
    Token,
    /// With user and password.
    Basic,
}

/// What was read.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SourceRepositoryStatus {
    /// Fetched, by the operator that runs now, and indexed.
    #[serde(default)]
    pub ready: bool,
    /// Last success.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_synced_at: Option<Time>,
    /// Newest commit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub head_commit: Option<GitCommitInfo>,
    /// The last 20 commits.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub recent_commits: Vec<GitCommitInfo>,
    /// Clone path inside upstream's operator; read, never relied on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub local_path: Option<String>,
    /// Last error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// Up to 5, most files first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub detected_languages: Vec<String>,
    /// Entry points found.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub entrypoint_files: Vec<String>,
    /// Config files found.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub config_files: Vec<String>,
    /// Standard conditions: `Ready`, whose reason says what keeps it from being so.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(schema_with = "conditions_schema")]
    pub conditions: Vec<Condition>,
    /// Generation this status speaks of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
}

/// One commit.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GitCommitInfo {
    /// Hash.
    pub sha: String,
    /// Message.
    pub message: String,
    /// Author.
    pub author: String,
    /// Commit time.
    pub timestamp: Time,
    /// Files.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files_changed: Vec<String>,
}
