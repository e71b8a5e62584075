//! A Runbook to start from, with the comments its author needs. Pure.

use std::fmt::Write as _;

use common::actions;
use common::api::runbook::TriggerSignal;
use common::api::{ActionType, IssueSeverity, RemediationAction};

/// What is known before a person edits it.
#[derive(Clone, Debug)]
pub struct Draft {
    /// Name.
    pub name: String,
    /// Namespace; the caller's where absent.
    pub namespace: Option<String>,
    /// Where it comes from, one sentence.
    pub origin: String,
    /// Purpose.
    pub description: String,
    /// Signal that triggers it.
    pub signal: TriggerSignal,
    /// Severity that triggers it.
    pub severity: IssueSeverity,
    /// Kind it acts on.
    pub kind: String,
    /// Steps.
    pub actions: Vec<RemediationAction>,
}

/// The YAML.
pub fn yaml(draft: &Draft) -> String {
    let mut text = format!("# {}\n", one_line(&draft.origin));
    text.push_str(
        "# Check it:  kubectl chatcli runbook lint -f FILE\n# See it:    kubectl chatcli plan preview -f FILE --target KIND/NAME\n\
         apiVersion: platform.chatcli.io/v1alpha1\nkind: Runbook\nmetadata:\n",
    );
    let _ = writeln!(text, "  name: {}", quoted(&draft.name));
    if let Some(namespace) = &draft.namespace {
        let _ = writeln!(text, "  namespace: {}", quoted(namespace));
    }
    let _ = writeln!(text, "spec:\n  description: {}", quoted(&draft.description));
    let _ = writeln!(
        text,
        "  # All three must fit an incident. Of several runbooks that fit, the first by name is tried first.\n  trigger:\n    \
         signalType: {} # `*` answers any signal\n    severity: {}\n    resourceKind: {}",
        quoted(draft.signal.as_str()),
        draft.severity,
        quoted(&draft.kind)
    );
    text.push_str("  steps:\n");
    for (index, action) in draft.actions.iter().enumerate() {
        step(&mut text, index, action);
    }
    text.push_str(
        "  # Attempts before a person is asked; can only lower the operator's own limit.\n  maxAttempts: 1\n",
    );
    text
}

fn step(text: &mut String, index: usize, action: &RemediationAction) {
    step_comment(text, action);
    let name = format!("{} {}", index + 1, action.action_type);
    let _ = writeln!(text, "    - name: {}\n      action: {}", quoted(&name), action.action_type);
    step_body(text, action);
}

/// What a step does and can do, before it.
pub(super) fn step_comment(text: &mut String, action: &RemediationAction) {
    if let Ok(entry) = actions::find(action.action_type) {
        for line in wrapped(entry.spec.about) {
            let _ = writeln!(text, "    # {line}");
        }
        let _ = writeln!(text, "    # Class: {}.", entry.spec.class);
    }
}

/// The parameters of a step with what each means, and those that it could have as well.
pub(super) fn step_body(text: &mut String, action: &RemediationAction) {
    let known = parameters(action.action_type);
    if !action.params.is_empty() {
        text.push_str("      params:\n");
    }
    for (param, value) in &action.params {
        if let Some((_, about)) = known.iter().find(|(name, _)| name == param)
            && !about.is_empty()
        {
            let _ = writeln!(text, "        # {about}");
        }
        let _ = writeln!(text, "        {}: {}", quoted(param), quoted(value));
    }
    let unused: Vec<_> = known.iter().filter(|(name, _)| !action.params.contains_key(name)).collect();
    if !unused.is_empty() {
        text.push_str("      # Further parameters:\n");
        for (name, about) in unused {
            let _ = writeln!(text, "      #   {name}: {about}");
        }
    }
}

/// Names of an action's parameters with the first sentence about each, from its schema.
fn parameters(action: ActionType) -> Vec<(String, String)> {
    let Ok(entry) = actions::find(action) else { return Vec::new() };
    let schema = (entry.schema)(&mut schemars::SchemaGenerator::default());
    let properties =
        schema.get("properties").and_then(|properties| properties.as_object()).cloned().unwrap_or_default();
    properties
        .into_iter()
        .map(|(name, property)| {
            let about = property.get("description").and_then(|text| text.as_str()).unwrap_or_default();
            (name, one_line(about.split("\n\n").next().unwrap_or_default()))
        })
        .collect()
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn wrapped(text: &str) -> Vec<String> {
    crate::output::style::wrapped(&one_line(text), 110, "").lines().map(str::to_owned).collect()
}

/// A JSON string is a YAML string, whatever is in it.
pub(super) fn quoted(text: &str) -> String {
    let plain = !text.is_empty()
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
        && text.starts_with(|c: char| c.is_ascii_alphabetic())
        && !["true", "false", "yes", "no", "on", "off", "null", "y", "n"].contains(&text.to_lowercase().as_str());
    if plain { text.to_owned() } else { serde_json::Value::from(text).to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::checks::any_failed;
    use crate::runbook::lint::lint;

    fn draft(action: ActionType, params: &[(&str, &str)]) -> Draft {
        Draft {
            name: "more-memory".into(),
            namespace: Some("shop".into()),
            origin: "From incident worker-oom-kill".into(),
            description: "It needs: \"more\" # memory".into(),
            signal: TriggerSignal::Any,
            severity: IssueSeverity::High,
            kind: "Deployment".into(),
            actions: vec![RemediationAction {
                action_type: action,
                params: params.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect(),
            }],
        }
    }

    #[test]
    fn what_is_written_can_be_read_back_and_passes_the_lint() {
        let text = yaml(&draft(ActionType::AdjustResources, &[("memory_limit", "128Mi")]));
        let read: common::api::Runbook = serde_saphyr::from_str(&text).unwrap();
        assert_eq!(read.spec.description.as_deref(), Some("It needs: \"more\" # memory"));
        assert_eq!(read.spec.steps[0].params["memory_limit"], "128Mi");
        let checks = lint(&[read], &[]);
        assert!(!any_failed(&checks), "{checks:?}");
    }

    #[test]
    fn the_author_is_told_what_else_there_is() {
        insta::assert_snapshot!(yaml(&draft(ActionType::ScaleDeployment, &[("replicas", "4")])));
    }

    #[test]
    fn a_word_that_yaml_takes_for_something_else_is_quoted() {
        assert_eq!(quoted("on"), "\"on\"");
        assert_eq!(quoted("4"), "\"4\"");
        assert_eq!(quoted("*"), "\"*\"");
        assert_eq!(quoted("web-1"), "web-1");
    }
}
