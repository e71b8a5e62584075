//! ConfigMap `<name>-watch-config`: what the server's own watcher looks at, as its YAML.

use std::fmt::Write as _;

use common::api::instance::WatcherSpec;
use serde_json::json;

use super::{Child, ChildKind};
use crate::instance::subject::Subject;

pub(in crate::instance) const SUFFIX: &str = "-watch-config";
pub(in crate::instance) const FILE: &str = "watch-config.yaml";

/// The watcher's settings, where it is on and has a list of targets.
pub(in crate::instance) fn watcher(subject: &Subject) -> Option<&WatcherSpec> {
    let watcher = subject.spec.watcher.as_ref()?;
    (watcher.enabled == Some(true) && !watcher.targets.is_empty()).then_some(watcher)
}

pub(in crate::instance) fn build(subject: &Subject) -> Option<Child> {
    let text = yaml(watcher(subject)?);
    let content = json!({ "data": { (FILE): text } });
    Some(Child::owned(ChildKind::ConfigMap, subject, subject.child(SUFFIX), content))
}

/// Written by hand because the order of the keys and the quotes are part of the format.
fn yaml(watcher: &WatcherSpec) -> String {
    let mut text = String::new();
    line(&mut text, "interval", watcher.interval.as_deref().map(quoted));
    line(&mut text, "window", watcher.window.as_deref().map(quoted));
    line(&mut text, "maxLogLines", positive(watcher.max_log_lines));
    line(&mut text, "maxContextChars", positive(watcher.max_context_chars));
    text += "targets:\n";
    for target in &watcher.targets {
        let _ = writeln!(text, "  - deployment: {}", quoted(target.workload()));
        line(&mut text, "    kind", Some(quoted(&format!("{:?}", target.kind))));
        line(&mut text, "    namespace", Some(quoted(target.namespace_or_default())));
        line(&mut text, "    metricsPort", positive(target.metrics_port));
        line(&mut text, "    metricsPath", target.metrics_path.as_deref().filter(|path| !path.is_empty()).map(quoted));
        if !target.metrics_filter.is_empty() {
            text += "    metricsFilter:\n";
            for glob in &target.metrics_filter {
                let _ = writeln!(text, "      - {}", quoted(glob));
            }
        }
    }
    text
}

fn line(text: &mut String, key: &str, value: Option<String>) {
    if let Some(value) = value {
        let _ = writeln!(text, "{key}: {value}");
    }
}

/// A JSON string is a double-quoted YAML string.
fn quoted(text: &str) -> String {
    json!(text).to_string()
}

fn positive(number: Option<i32>) -> Option<String> {
    number.filter(|number| *number > 0).map(|number| number.to_string())
}
