//! What a vote is sealed to: SHA-256 over the canonical form of everything a plan would do.
//!
//! In: a plan's actions and the steps as planned. Out: `sha256:<64 hex>`. Pure, and computed from what is persisted, so that anybody can
//! repeat it. Field paths and values go in; diff text, warnings, status, versions and server-made values do not.

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::secrets;
use crate::api::RemediationAction;
use crate::api::remediation_plan::{ActionClass, StepStatus, Verdict, VerdictLevel, WriteRecord};
use crate::naming;

/// Version of the form below. A plan sealed under another version asks again.
const FORMAT: u32 = 1;

/// Everything that is sealed.
#[derive(Clone, Copy, Debug)]
pub struct DigestInput<'a> {
    /// UID of the plan.
    pub plan_uid: &'a str,
    /// Attempt of the plan.
    pub attempt: i32,
    /// Its actions, in order.
    pub actions: &'a [RemediationAction],
    /// The steps as planned, one for each action.
    pub steps: &'a [StepStatus],
    /// The gravest class among them.
    pub class: ActionClass,
    /// Verdicts; only those that block are sealed.
    pub verdicts: &'a [Verdict],
    /// Digest of the policy rule that decides, where one matched.
    pub policy_digest: Option<&'a str>,
}

/// The digest.
pub fn digest(input: &DigestInput<'_>) -> String {
    let steps: Vec<Value> =
        input.actions.iter().zip(input.steps).map(|(action, step)| sealed_step(input, action, step)).collect();
    let mut blockers: Vec<&str> = input
        .verdicts
        .iter()
        .filter(|verdict| verdict.level == VerdictLevel::Block)
        .map(|verdict| verdict.check.as_str())
        .collect();
    blockers.sort_unstable();
    blockers.dedup();
    let sealed = json!({
        "format": FORMAT,
        "plan": input.plan_uid,
        "attempt": input.attempt,
        "steps": steps,
        "class": input.class,
        "blockers": blockers,
        "policy": input.policy_digest,
    });
    format!("sha256:{}", naming::hex(&Sha256::digest(canonical(&sealed).as_bytes())))
}

fn sealed_step(input: &DigestInput<'_>, action: &RemediationAction, step: &StepStatus) -> Value {
    let params: serde_json::Map<String, Value> = action
        .params
        .iter()
        .map(|(name, value)| {
            let value = Value::from(value.as_str());
            let secret = secrets::is_secret_name(name);
            (name.clone(), if secret { secrets::keyed_hash(input.plan_uid, &value).into() } else { value })
        })
        .collect();
    let writes = |records: &[WriteRecord]| records.iter().map(sealed_write).collect::<Vec<_>>();
    json!({
        "type": action.action_type,
        "params": params,
        "writes": writes(&step.writes),
        "undo": writes(&step.undo),
    })
}

fn sealed_write(record: &WriteRecord) -> Value {
    // The payload is sealed as what it means, not as it happens to be spelled; its guards are in it.
    let payload = serde_json::from_str(&record.payload).unwrap_or_else(|_| Value::from(record.payload.as_str()));
    json!({
        "kind": record.kind,
        "object": record.object,
        "payload": payload,
        "touched": record.touched,
    })
}

/// RFC 8785: keys ordered by UTF-16 code units, no white space, numbers and strings as ECMAScript writes them.
pub fn canonical(value: &Value) -> String {
    let mut text = String::new();
    write(value, &mut text);
    text
}

fn write(value: &Value, out: &mut String) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(flag) => out.push_str(if *flag { "true" } else { "false" }),
        Value::Number(number) => write_number(number, out),
        Value::String(text) => write_string(text, out),
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write(item, out);
            }
            out.push(']');
        }
        Value::Object(map) => {
            let mut keys: Vec<&String> = map.keys().collect();
            keys.sort_by(|a, b| a.encode_utf16().cmp(b.encode_utf16()));
            out.push('{');
            for (index, key) in keys.into_iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_string(key, out);
                out.push(':');
                write(&map[key], out);
            }
            out.push('}');
        }
    }
}

fn write_string(text: &str, out: &mut String) {
    use std::fmt::Write as _;
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c < ' ' => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

/// Whole numbers beyond 2^53 are written out in full: Kubernetes has 64-bit integers, and rounding would let two of them collide.
fn write_number(number: &serde_json::Number, out: &mut String) {
    match number.as_f64() {
        Some(float) if number.is_f64() => write_float(float, out),
        _ => out.push_str(&number.to_string()),
    }
}

/// ECMAScript's `Number::toString` over the shortest digits that read back as the same number.
fn write_float(float: f64, out: &mut String) {
    if float == 0.0 {
        out.push('0');
        return;
    }
    if float < 0.0 {
        out.push('-');
    }
    let scientific = format!("{:e}", float.abs());
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let count = i32::try_from(digits.len()).unwrap_or(i32::MAX);
    // Position of the decimal point, counted from the first digit.
    let point = exponent + 1;
    let zeros = |count: i32| "0".repeat(usize::try_from(count).unwrap_or(0));
    if (count..=21).contains(&point) {
        out.push_str(&digits);
        out.push_str(&zeros(point - count));
    } else if (1..=21).contains(&point) {
        let (whole, fraction) = digits.split_at(usize::try_from(point).unwrap_or(0));
        out.push_str(whole);
        out.push('.');
        out.push_str(fraction);
    } else if (-5..=0).contains(&point) {
        out.push_str("0.");
        out.push_str(&zeros(-point));
        out.push_str(&digits);
    } else {
        out.push_str(&digits[..1]);
        if count > 1 {
            out.push('.');
            out.push_str(&digits[1..]);
        }
        out.push('e');
        out.push(if exponent < 0 { '-' } else { '+' });
        out.push_str(&exponent.abs().to_string());
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use jiff::Timestamp;
    use proptest::prelude::*;

    use super::*;
    use crate::actions::{Live, Object, registry};
    use crate::api::{ActionType, ResourceRef};

    /// A Deployment at one moment of its life.
    #[derive(Clone, Debug)]
    struct Moment {
        memory: String,
        replicas: u32,
        available: u32,
        revision: u64,
        label: String,
        other_image: String,
    }

    impl Moment {
        fn deployment(&self) -> Object {
            Object(json!({
                "apiVersion": "apps/v1", "kind": "Deployment",
                "metadata": {
                    "name": "web", "namespace": "shop", "uid": "d", "generation": self.revision,
                    "resourceVersion": self.revision.to_string(), "labels": {"team": self.label},
                    "managedFields": [{"manager": self.label}],
                },
                "spec": {"replicas": self.replicas, "template": {"spec": {"containers": [
                    {"name": "side", "image": self.other_image},
                    {"name": "app", "image": "app:1", "resources": {"limits": {"memory": self.memory}}},
                ]}}},
                "status": {"availableReplicas": self.available, "observedGeneration": self.revision},
            }))
        }
    }

    fn moment() -> impl Strategy<Value = Moment> {
        (0..9_u32, 0..9_u32, 1..9_999_u64, "[a-z]{1,5}", "side:[0-9]{1,3}").prop_map(
            |(replicas, available, revision, label, other_image)| Moment {
                memory: "64Mi".to_owned(),
                replicas,
                available,
                revision,
                label,
                other_image,
            },
        )
    }

    fn sealed(moment: &Moment, wanted: &str, policy: Option<&str>) -> String {
        let params =
            BTreeMap::from([("container", "app"), ("memory_limit", wanted)].map(|(k, v)| (k.to_owned(), v.to_owned())));
        let action = RemediationAction { action_type: ActionType::AdjustResources, params };
        let mut live = Live::of(moment.deployment(), Timestamp::UNIX_EPOCH);
        live.plan_uid = "plan".to_owned();
        let parsed = registry::parse(&action, &ResourceRef::new("Deployment", "shop", "web")).unwrap();
        let change = parsed.change(&live).unwrap();
        let steps = [StepStatus {
            writes: change.writes.iter().map(|write| write.record.clone()).collect(),
            undo: change.undo_records(),
            ..StepStatus::default()
        }];
        digest(&DigestInput {
            plan_uid: "plan",
            attempt: 1,
            actions: &[action],
            steps: &steps,
            class: change.class,
            verdicts: &[],
            policy_digest: policy,
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]

        #[test]
        fn status_scaling_and_edits_elsewhere_leave_the_seal_whole(one in moment(), two in moment()) {
            prop_assert_eq!(sealed(&one, "128Mi", None), sealed(&two, "128Mi", None));
        }

        #[test]
        fn a_touched_field_a_parameter_or_a_policy_that_changes_breaks_it(seen in moment(), memory in 65..120_u32) {
            let seal = sealed(&seen, "128Mi", Some("rule"));
            let edited = Moment { memory: format!("{memory}Mi"), ..seen.clone() };
            prop_assert_ne!(&seal, &sealed(&edited, "128Mi", Some("rule")));
            prop_assert_ne!(&seal, &sealed(&seen, &format!("{memory}Mi"), Some("rule")));
            prop_assert_ne!(&seal, &sealed(&seen, "128Mi", Some("another")));
            prop_assert_ne!(&seal, &sealed(&seen, "128Mi", None));
        }
    }

    #[test]
    fn the_example_of_the_rfc_comes_out_byte_for_byte() {
        // Built and not parsed: how exactly a float is read is the parser's business.
        let value = json!({
            "numbers": [333_333_333.333_333_3_f64, 1e30, 4.50, 2e-3, 1e-27],
            "string": "\u{20ac}$\u{f}\u{a}A'\u{42}\u{22}\u{5c}\\\"/",
            "literals": [null, true, false],
        });
        assert_eq!(
            canonical(&value),
            "{\"literals\":[null,true,false],\"numbers\":[333333333.3333333,1e+30,4.5,0.002,1e-27],\"string\":\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}"
        );
    }

    #[test]
    fn keys_are_ordered_by_utf16_code_units() {
        let value = json!({"\u{20ac}": 1, "\r": 2, "\u{fb33}": 3, "1": 4, "\u{1f600}": 5, "\u{80}": 6, "\u{f6}": 7});
        assert_eq!(canonical(&value), "{\"\\r\":2,\"1\":4,\"\u{80}\":6,\"ö\":7,\"€\":1,\"😀\":5,\"\u{fb33}\":3}");
    }

    #[test]
    fn numbers_are_written_as_ecmascript_writes_them() {
        for (float, text) in [
            (1e21, "1e+21"),
            (1e20, "100000000000000000000"),
            (123_456_789.125, "123456789.125"),
            (1e-6, "0.000001"),
            (1e-7, "1e-7"),
            (-1.5e-9, "-1.5e-9"),
            (5e-324, "5e-324"),
            (f64::MAX, "1.7976931348623157e+308"),
            (-0.0, "0"),
        ] {
            assert_eq!(canonical(&json!(float)), text);
        }
        assert_eq!(canonical(&json!(9_007_199_254_740_993_i64)), "9007199254740993");
    }
}
