//! `<name>-mcp`: the Model Context Protocol servers. A ConfigMap; a Secret where one of them has environment, which is often a token.

use k8s_openapi::ByteString;
use serde_json::{Value, json};

use super::{Child, ChildKind};
use crate::instance::subject::Subject;

pub(in crate::instance) const SUFFIX: &str = "-mcp";
const FILE: &str = "mcp_servers.json";

/// Where the pod finds it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::instance) enum Source<'a> {
    /// A ConfigMap that somebody else keeps.
    Existing(&'a str),
    /// Our ConfigMap.
    Public,
    /// Our Secret.
    Private,
}

pub(in crate::instance) fn source(subject: &Subject) -> Option<Source<'_>> {
    let mcp = subject.spec.mcp.as_ref().filter(|mcp| mcp.enabled)?;
    Some(match mcp.existing_config_map.as_deref().filter(|name| !name.is_empty()) {
        Some(name) => Source::Existing(name),
        None if mcp.servers.iter().any(|server| !server.env.is_empty()) => Source::Private,
        None => Source::Public,
    })
}

pub(in crate::instance) fn build(subject: &Subject) -> Option<Child> {
    let text = text(subject);
    let (kind, content) = match source(subject)? {
        Source::Existing(_) => return None,
        Source::Public => (ChildKind::ConfigMap, json!({ "data": { (FILE): text } })),
        Source::Private => (ChildKind::Secret, json!({ "data": { (FILE): ByteString(text.into_bytes()) } })),
    };
    Some(Child::owned(kind, subject, subject.child(SUFFIX), content))
}

/// What the server reads. Empty fields are left out, and no server at all is `null`, as the Go encoder writes it.
fn text(subject: &Subject) -> String {
    let servers = subject.spec.mcp.iter().flat_map(|mcp| &mcp.servers).map(|server| {
        let mut entry = json!(server);
        if let Some(fields) = entry.as_object_mut() {
            fields.retain(|_, value| !matches!(value, Value::String(text) if text.is_empty()));
        }
        entry
    });
    let servers: Vec<Value> = servers.collect();
    let document = json!({ "mcpServers": if servers.is_empty() { Value::Null } else { json!(servers) } });
    format!("{document:#}")
}
