//! ConfigMap `<name>`: the server's environment, as far as it is no secret.

use std::collections::BTreeMap;

use common::api::instance::{FallbackSpec, ServerSecuritySpec, WatcherSpec};
use serde_json::json;

use super::{Child, ChildKind};
use crate::instance::subject::Subject;

pub(in crate::instance) fn build(subject: &Subject) -> Child {
    Child::owned(ChildKind::ConfigMap, subject, subject.child(""), json!({ "data": environment(subject) }))
}

fn environment(subject: &Subject) -> BTreeMap<String, String> {
    let spec = &subject.spec;
    let mut env = Environment::default();
    env.set("LLM_PROVIDER", Some(&spec.provider));
    env.set("LLM_MODEL", spec.model.as_ref());
    env.set("CHATCLI_SERVER_PORT", spec.server.as_ref().and_then(|server| server.port));
    if let Some(fallback) = spec.fallback.as_ref().filter(|fallback| fallback.enabled && !fallback.providers.is_empty())
    {
        fall_back(&mut env, fallback);
    }
    if let Some(security) = spec.server.as_ref().and_then(|server| server.security.as_ref()) {
        harden(&mut env, security);
    }
    if let Some(watcher) = spec.watcher.as_ref().filter(|watcher| watcher.enabled == Some(true)) {
        watch(&mut env, watcher);
    }
    env.0
}

fn fall_back(env: &mut Environment, fallback: &FallbackSpec) {
    let names: Vec<&str> = fallback.providers.iter().map(|provider| provider.name.as_str()).collect();
    env.set("CHATCLI_FALLBACK_ENABLED", Some(true));
    env.set("CHATCLI_FALLBACK_PROVIDERS", Some(names.join(",")));
    for provider in &fallback.providers {
        env.set(&format!("CHATCLI_FALLBACK_MODEL_{}", provider.name), provider.model.as_ref());
    }
    env.set("CHATCLI_FALLBACK_MAX_RETRIES", fallback.max_retries.filter(|retries| *retries > 0));
    env.set("CHATCLI_FALLBACK_COOLDOWN_BASE", fallback.cooldown_base.as_ref());
    env.set("CHATCLI_FALLBACK_COOLDOWN_MAX", fallback.cooldown_max.as_ref());
}

fn harden(env: &mut Environment, security: &ServerSecuritySpec) {
    env.set("CHATCLI_RATE_LIMIT_RPS", security.rate_limit_rps);
    env.set("CHATCLI_RATE_LIMIT_BURST", security.rate_limit_burst);
    env.set("CHATCLI_MAX_RECV_MSG_SIZE", security.max_recv_msg_size);
    env.set("CHATCLI_MAX_SEND_MSG_SIZE", security.max_send_msg_size);
    env.set("CHATCLI_MAX_CONCURRENT_STREAMS", security.max_concurrent_streams);
    env.set("CHATCLI_BIND_ADDRESS", security.bind_address.as_ref());
    env.set("CHATCLI_AUDIT_LOG_PATH", security.audit_log_path.as_ref());
    env.set("CHATCLI_DEBUG", security.debug.filter(|on| *on));
    env.set("CHATCLI_GRPC_REFLECTION", security.enable_reflection.filter(|on| *on));
}

fn watch(env: &mut Environment, watcher: &WatcherSpec) {
    // The two names stand there even when empty: so the server tells "several targets" from "not configured".
    env.0.insert("CHATCLI_WATCH_DEPLOYMENT".to_owned(), watcher.deployment.clone().unwrap_or_default());
    env.0.insert("CHATCLI_WATCH_NAMESPACE".to_owned(), watcher.namespace.clone().unwrap_or_default());
    env.set("CHATCLI_WATCH_INTERVAL", watcher.interval.as_ref());
    env.set("CHATCLI_WATCH_WINDOW", watcher.window.as_ref());
    env.set("CHATCLI_WATCH_MAX_LOG_LINES", watcher.max_log_lines.filter(|lines| *lines > 0));
}

#[derive(Default)]
struct Environment(BTreeMap<String, String>);

impl Environment {
    /// Absent and empty values are left to the server's own defaults.
    fn set(&mut self, name: &str, value: Option<impl ToString>) {
        if let Some(value) = value.map(|value| value.to_string()).filter(|value| !value.is_empty()) {
            self.0.insert(name.to_owned(), value);
        }
    }
}
