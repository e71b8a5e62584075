//! A change as a person reads it: only the fields that differ, containers by name, secrets as hashes.
//!
//! In: edits between two answers of the API server. Out: a unified diff. Never: decides anything; no digest is made from this text.

use std::fmt::Write as _;

use serde_json::{Value, json};
use similar::{ChangeTag, TextDiff};

use super::edits::Edit;
use super::object::Object;
use super::secrets;

/// Longest diff kept for one step.
pub const LIMIT: usize = 16 * 1024;
/// Unchanged lines shown around a changed one inside a long value.
const CONTEXT: usize = 2;

/// Heads the hunks of one object.
pub fn head(live: &Object, planned: &str) -> String {
    let short = live.reference().short();
    let generation = live.generation().map_or(String::new(), |generation| format!("  generation {generation}"));
    format!("--- live     {short}{generation}\n+++ planned  {planned}\n")
}

/// The hunks of one object: one for each map that holds changed fields.
pub fn hunks(edits: &[Edit], seal: &str) -> String {
    let mut text = String::new();
    let mut holder = None;
    for edit in edits {
        let (parent, key) = edit.path.rsplit_once('/').unwrap_or(("", &edit.path));
        if holder != Some(parent) {
            let _ = writeln!(text, "@@ {} @@", place(parent, edit));
            holder = Some(parent);
        }
        let key = key.replace("~1", "/").replace("~0", "~");
        let is_secret = secrets::in_edit(edit);
        let shown = |value: &Option<Value>| {
            value.as_ref().map_or(String::new(), |value| {
                let value = if is_secret { secrets::masked(value, seal) } else { value.clone() };
                yaml(&json!({ &key: value }))
            })
        };
        push_lines(&mut text, &shown(&edit.before), &shown(&edit.after));
    }
    text
}

/// Cut to what a plan keeps.
pub fn cut(mut text: String) -> String {
    if text.len() > LIMIT {
        let mut end = LIMIT;
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        text.truncate(end);
        text.push_str("\n… cut here: the whole change is in the plan's writes\n");
    }
    text
}

/// `spec.template.spec.containers[app].resources.limits`.
fn place(parent: &str, edit: &Edit) -> String {
    let mut text = String::new();
    let mut pointer = String::new();
    for segment in parent.split('/').skip(1) {
        let _ = write!(pointer, "/{segment}");
        let name = edit.guards.iter().find(|(guard, _)| guard.strip_suffix("/name") == Some(&pointer));
        let segment = segment.replace("~1", "/").replace("~0", "~");
        match name.and_then(|(_, name)| name.as_str()) {
            Some(name) => {
                let _ = write!(text, "[{name}]");
            }
            None if segment.contains(['.', '/']) => {
                let _ = write!(text, "[{segment}]");
            }
            None => {
                let dot = if text.is_empty() { "" } else { "." };
                let _ = write!(text, "{dot}{segment}");
            }
        }
    }
    text
}

fn push_lines(text: &mut String, before: &str, after: &str) {
    let diff = TextDiff::from_lines(before, after);
    for (index, group) in diff.grouped_ops(CONTEXT).iter().enumerate() {
        if index > 0 {
            text.push_str("   …\n");
        }
        for change in group.iter().flat_map(|operation| diff.iter_changes(operation)) {
            let sign = match change.tag() {
                ChangeTag::Delete => '-',
                ChangeTag::Insert => '+',
                ChangeTag::Equal => ' ',
            };
            let _ = writeln!(text, "{sign}  {}", change.value().trim_end_matches('\n'));
        }
    }
}

fn yaml(value: &Value) -> String {
    serde_saphyr::to_string(value).unwrap_or_else(|_| format!("{value}\n"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actions::edits::between;

    fn template(container: &Value) -> Value {
        json!({"spec": {"template": {"spec": {"containers": [container]}}}})
    }

    #[test]
    fn a_diff_shows_the_touched_fields_under_the_container_by_name() {
        let before =
            template(&json!({"name": "app", "image": "a:1", "resources": {"limits": {"memory": "20Mi", "cpu": "1"}}}));
        let after =
            template(&json!({"name": "app", "image": "a:1", "resources": {"limits": {"memory": "64Mi", "cpu": "1"}}}));
        insta::assert_snapshot!(hunks(&between(&before, &after), "plan"), @"
        @@ spec.template.spec.containers[app].resources.limits @@
        -  memory: 20Mi
        +  memory: 64Mi
        ");
    }

    #[test]
    fn a_long_value_shows_the_lines_that_differ() {
        let text = |port: &str| format!("a: 1\nb: 2\nc: 3\nport: {port}\nd: 4\ne: 5\nf: 6\n");
        let before = json!({"data": {"app.yaml": text("80"), "MODE": "on"}});
        let after = json!({"data": {"app.yaml": text("81"), "HOST": "db"}});
        insta::assert_snapshot!(hunks(&between(&before, &after), "plan"), @r#"
        @@ data @@
        -  MODE: "on"
             b: 2
             c: 3
        -    port: 80
        +    port: 81
             d: 4
             e: 5
        +  HOST: db
        "#);
    }

    #[test]
    fn a_secret_value_is_shown_as_a_hash_and_its_neighbours_in_clear() {
        let before = json!({"spec": {}});
        let env = json!([{"name": "DB_PASSWORD", "value": "hunter2"}, {"name": "DB_HOST", "value": "db"}]);
        let text = hunks(&between(&before, &json!({"spec": {"env": env}})), "plan");
        assert!(!text.contains("hunter2") && text.contains("secret, keyed:") && text.contains("value: db"), "{text}");
    }

    #[test]
    fn a_diff_is_cut_on_a_character() {
        let text = cut("€".repeat(LIMIT));
        assert!(text.len() < LIMIT + 100 && text.contains("cut here"));
    }
}
