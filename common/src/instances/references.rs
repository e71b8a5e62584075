//! What an Instance names and others provide: Secrets and ConfigMaps, and what of each counts.

use crate::api::instance::InstanceSpec;

/// Kind of the object referred to.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[allow(missing_docs, reason = "Kubernetes kinds")]
pub enum Source {
    ConfigMap,
    Secret,
}

/// One reference of the spec.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Reference {
    /// Kind of the object.
    pub source: Source,
    /// Its name; it is in the Instance's namespace.
    pub name: String,
    /// The field that names it.
    pub field: String,
    /// The keys that count; all where there is none.
    pub keys: Vec<&'static str>,
    /// The one key that counts, where the spec names it.
    pub key: Option<String>,
    /// It may be missing.
    pub is_optional: bool,
    /// Annotation of the pods that carries its digest.
    pub annotation: &'static str,
}

/// Annotations of the pods; the first four are upstream's.
pub mod digests {
    /// Data of the watch ConfigMap.
    pub const WATCH_CONFIG: &str = "chatcli.io/watch-config-hash";
    /// Data of the environment's ConfigMap.
    pub const CONFIG: &str = "chatcli.io/configmap-hash";
    /// Keys of providers.
    pub const API_KEYS: &str = "chatcli.io/secret-hash";
    /// Certificate and key.
    pub const TLS: &str = "chatcli.io/tls-hash";
    /// Bearer token.
    pub const TOKEN: &str = "chatcli.io/token-hash";
    /// Signing key.
    pub const JWT: &str = "chatcli.io/jwt-hash";
    /// Agent files.
    pub const AGENTS: &str = "chatcli.io/agents-hash";
    /// Skill files.
    pub const SKILLS: &str = "chatcli.io/skills-hash";
    /// Model Context Protocol servers.
    pub const MCP: &str = "chatcli.io/mcp-hash";
    /// Whatever extra environment refers to.
    pub const ENV: &str = "chatcli.io/env-hash";
}

/// Every reference of a spec.
pub fn references(spec: &InstanceSpec) -> Vec<Reference> {
    let mut all = Vec::new();
    let mut add = |source, name: Option<&str>, field: &str, key: Option<&str>, is_optional, annotation| {
        if let Some(name) = name.filter(|name| !name.is_empty()) {
            let keys = if annotation == digests::TLS { vec!["tls.crt", "tls.key"] } else { Vec::new() };
            let (name, field, key) = (name.to_owned(), field.to_owned(), key.map(ToOwned::to_owned));
            all.push(Reference { source, name, field, keys, key, is_optional, annotation });
        }
    };
    let keys = spec.api_keys.as_ref().map(|keys| keys.name.as_str());
    add(Source::Secret, keys, "spec.apiKeys.name", None, false, digests::API_KEYS);
    if let Some(server) = &spec.server {
        if let Some(tls) = server.tls.as_ref().filter(|tls| tls.enabled == Some(true)) {
            add(Source::Secret, tls.secret_name.as_deref(), "spec.server.tls.secretName", None, false, digests::TLS);
        }
        if let Some(token) = &server.token {
            let key = Some(token_key(&token.key));
            add(Source::Secret, Some(&token.name), "spec.server.token", key, false, digests::TOKEN);
        }
        if let Some(jwt) = server.security.as_ref().and_then(|security| security.jwt_secret_ref.as_ref()) {
            let field = "spec.server.security.jwtSecretRef";
            add(Source::Secret, Some(&jwt.name), field, Some(&jwt.key), false, digests::JWT);
        }
    }
    if let Some(agents) = &spec.agents {
        let (files, skills) = (agents.config_map_ref.as_deref(), agents.skills_config_map_ref.as_deref());
        add(Source::ConfigMap, files, "spec.agents.configMapRef", None, false, digests::AGENTS);
        add(Source::ConfigMap, skills, "spec.agents.skillsConfigMapRef", None, false, digests::SKILLS);
    }
    if let Some(mcp) = spec.mcp.as_ref().filter(|mcp| mcp.enabled) {
        let existing = mcp.existing_config_map.as_deref();
        add(Source::ConfigMap, existing, "spec.mcp.existingConfigMap", None, false, digests::MCP);
    }
    for extra in &spec.extra_env {
        let field = format!("spec.extraEnv[{}]", extra.name);
        let Some(from) = &extra.value_from else { continue };
        if let Some(key) = &from.secret_key_ref {
            let optional = key.optional == Some(true);
            add(Source::Secret, Some(&key.name), &field, Some(&key.key), optional, digests::ENV);
        }
        if let Some(key) = &from.config_map_key_ref {
            let optional = key.optional == Some(true);
            add(Source::ConfigMap, Some(&key.name), &field, Some(&key.key), optional, digests::ENV);
        }
    }
    all
}

/// The key of a token; `token` where it is empty.
pub fn token_key(key: &str) -> &str {
    if key.is_empty() { "token" } else { key }
}
