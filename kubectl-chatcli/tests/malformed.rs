//! Objects and kubeconfigs that no sane program wrote: the plugin says what is wrong with them, and never falls over.
//!
//! Every field of every answer of the API server may be of the wrong type, absurd, or missing. What is broken follows from a number, so a
//! run that fails can be repeated.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[allow(dead_code, reason = "what was asked is of no interest here")]
mod support;

use serde_json::{Value, json};
use support::{Answers, Server, plugin, run, serving};

const OBJECTS: u64 = 500;
const KUBECONFIGS: u64 = 200;

const COMMANDS: &[&[&str]] = &[
    &["status"],
    &["issues", "-o", "wide"],
    &["issues", "checkout-pod-not-ready-3f9a1c20b7"],
    &["explain", "checkout-pod-not-ready-3f9a1c20b7"],
    &["plan", "list", "-o", "wide"],
    &["plan", "show", "checkout-pod-not-ready-3f9a1c20b7-plan-1"],
    &["plan", "preview", "checkout-pod-not-ready-3f9a1c20b7-plan-1"],
    &["approvals"],
    &["approve", "checkout-pod-not-ready-3f9a1c20b7-plan-1", "--dry-run=client", "--yes"],
    &["postmortem", "list"],
    &["postmortem", "pm-worker-oom-kill-90c41d77aa"],
    &["gate", "-o", "junit"],
];

/// Numbers that follow from a first one (splitmix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut number = self.0;
        number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((number ^ (number >> 31)) % u64::try_from(sides.max(1)).unwrap()).unwrap()
    }
}

/// Something that does not belong there.
fn nonsense(dice: &mut Dice) -> Value {
    let texts =
        ["", "\u{1b}[31mred\u{1b}]8;;x\u{7}", "2026-13-45T99:00:00Z", "-1", "∞", "a/b/c/d", "\u{0}\u{202e}", "NaN"];
    match dice.roll(9) {
        0 => Value::Null,
        1 => json!(-1),
        2 => json!(i64::MAX),
        3 => json!(1e308),
        4 => json!([]),
        5 => json!({ "": [null] }),
        6 => json!(true),
        7 => json!("x".repeat(5_000)),
        _ => json!(texts[dice.roll(texts.len())]),
    }
}

/// Breaks one place, however deep.
fn break_one(value: &mut Value, dice: &mut Dice) {
    match value {
        Value::Object(fields) if !fields.is_empty() && dice.roll(6) > 0 => {
            let name = fields.keys().nth(dice.roll(fields.len())).unwrap().clone();
            if dice.roll(12) == 0 {
                fields.remove(&name);
            } else {
                break_one(fields.get_mut(&name).unwrap(), dice);
            }
        }
        Value::Array(items) if !items.is_empty() && dice.roll(6) > 0 => {
            let index = dice.roll(items.len());
            if dice.roll(12) == 0 {
                let again = items[index].clone();
                items.push(again);
            } else {
                break_one(&mut items[index], dice);
            }
        }
        other => *other = nonsense(dice),
    }
}

/// Breaks something in the object rather than the object.
fn break_below(object: &mut Value, dice: &mut Dice) {
    let part = ["metadata", "spec", "status"][dice.roll(3)];
    match object.get_mut(part) {
        Some(part) => break_one(part, dice),
        None => break_one(object, dice),
    }
}

/// A server with both incidents, here and there broken.
fn broken(dice: &mut Dice) -> Answers {
    let all = concat!(include_str!("fixtures/checkout.yaml"), "\n---\n", include_str!("fixtures/worker.yaml"));
    let mut answers = serving(all);
    for (_, body) in answers.values_mut() {
        for _ in 0..dice.roll(4) {
            // What a list is made of is seldom wrong; what is in it may be.
            let inside = dice.roll(8) > 0;
            match body.get_mut("items").and_then(Value::as_array_mut).filter(|items| inside && !items.is_empty()) {
                Some(items) => {
                    let index = dice.roll(items.len());
                    break_below(&mut items[index], dice);
                }
                None => break_below(body, dice),
            }
        }
    }
    answers
}

#[test]
fn no_object_is_so_malformed_that_a_command_falls_over() {
    for seed in 0..OBJECTS {
        let mut dice = Dice(seed);
        let answers = broken(&mut dice);
        let command = COMMANDS[dice.roll(COMMANDS.len())];
        let server = Server::answering(answers);
        let ran = run(server.plugin(), &[command, &["-n", "shop"]].concat());
        assert!((0..=2).contains(&ran.code), "seed {seed}: {command:?} ended with {}\n{}", ran.code, ran.err);
        assert!(!ran.err.contains("panicked"), "seed {seed}: {command:?}\n{}", ran.err);
        assert!(!ran.out.contains("\u{1b}]8"), "seed {seed}: {command:?} lets an object speak to the terminal");
        assert!(ran.code == 0 || !ran.err.is_empty() || !ran.out.is_empty(), "seed {seed}: {command:?} says nothing");
    }
}

#[test]
fn no_kubeconfig_is_so_malformed_that_the_plugin_falls_over() {
    let whole = json!({
        "apiVersion": "v1", "kind": "Config", "current-context": "one",
        "clusters": [{ "name": "one", "cluster": { "server": "https://127.0.0.1:1", "certificate-authority-data": "Zm9v" } }],
        "contexts": [{ "name": "one", "context": { "cluster": "one", "user": "ann", "namespace": "shop" } }],
        "users": [{ "name": "ann", "user": { "token": "t", "client-certificate-data": "Zm9v", "client-key-data": "Zm9v",
            "exec": { "apiVersion": "client.authentication.k8s.io/v1", "command": "/nonexistent", "args": [] } } }]
    });
    let folder = std::env::temp_dir().join(format!("chatcli-malformed-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("config");
    for seed in 0..KUBECONFIGS {
        let mut dice = Dice(seed);
        let mut config = whole.clone();
        for _ in 0..=dice.roll(3) {
            break_one(&mut config, &mut dice);
        }
        let mut text = config.to_string().into_bytes();
        if dice.roll(4) == 0 {
            text.truncate(dice.roll(text.len()));
        }
        std::fs::write(&file, &text).unwrap();
        let mut command = plugin();
        command.env("KUBECONFIG", &file);
        let ran = run(command, &["issues", "--request-timeout=1s"]);
        assert_eq!(ran.code, 1, "seed {seed}: {}\n{}", ran.err, String::from_utf8_lossy(&text));
        assert!(ran.err.starts_with("error: ") && !ran.err.contains("panicked"), "seed {seed}: {}", ran.err);
    }
    std::fs::remove_dir_all(&folder).unwrap();
}
