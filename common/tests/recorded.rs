//! Each recorded fault is seen, gets its cause, and is told in a sentence.

mod recordings;

use std::collections::BTreeSet;

use common::api::SignalType;
use common::diagnosis::diagnose;
use common::facts::Facts;
use common::signals;
use recordings::{names, recorded};

/// Code and remedy of the first finding.
fn diagnosed(facts: &Facts) -> String {
    let finding = diagnose(facts).remove(0);
    let remedy = finding.remedies.first().and_then(|remedy| remedy.actions.first());
    let remedy = remedy.map_or_else(String::new, |action| {
        let params: Vec<String> = action.params.iter().map(|(key, value)| format!(" {key}={value}")).collect();
        format!(" -> {}{}", action.action_type, params.concat())
    });
    format!("{}{remedy}", finding.code)
}

#[test]
fn real_faults_get_their_cause_and_their_remedy() {
    let told = [
        ("missing-tag", "image-tag-missing -> RollbackDeployment toRevision=1"),
        ("registry-down", "registry-unreachable"),
        ("oom", "oom-limit-too-low -> AdjustResources container=app memory_limit=64Mi"),
        ("missing-key", "config-key-missing -> PatchConfig DB_HOST=db configmap=checkout-config"),
        ("missing-map", "config-object-missing"),
        ("missing-secret", "config-object-missing"),
        ("missing-secret-key", "secret-key-missing"),
        ("missing-volume", "config-object-missing"),
        ("no-command", "command-not-found"),
        ("too-big", "unschedulable-resources"),
        ("selector", "unschedulable-placement"),
        ("crash", "config-invalid"),
        ("crash-slow", "app-exits"),
        ("crash-rollout", "bad-rollout -> RollbackDeployment toRevision=1"),
        ("dependency", "dependency-down"),
        ("dependency-soft", "dependency-down"),
        ("liveness", "liveness-probe-failing"),
        ("wrong-port", "probe-wrong-port"),
        ("quota", "quota-exceeded"),
        ("migrate", "job-backoff-exceeded"),
    ];
    for (fault, expected) in told {
        assert_eq!(diagnosed(&recorded(fault).unwrap()), expected, "{fault}");
    }
    assert_eq!(names().unwrap(), BTreeSet::from(told.map(|(fault, _)| fault)).into_iter().collect::<Vec<_>>());
}

#[test]
fn real_faults_are_seen() {
    use SignalType::{DeployFailing, ImagePullError, JobFailed, OomKill, PodNotReady};
    for (fault, signal) in [
        ("missing-tag", ImagePullError),
        ("registry-down", ImagePullError),
        ("oom", OomKill),
        ("missing-key", PodNotReady),
        ("missing-map", PodNotReady),
        ("missing-secret-key", PodNotReady),
        ("too-big", PodNotReady),
        ("quota", DeployFailing),
        ("migrate", JobFailed),
    ] {
        let seen = signals::assess(&recorded(fault).unwrap()).firing;
        assert!(seen.iter().any(|it| it.signal == signal), "{fault}: {seen:?}");
    }
    for fault in ["crash", "crash-slow", "crash-rollout", "dependency", "liveness", "no-command"] {
        let seen = signals::assess(&recorded(fault).unwrap());
        let crash = |signal| matches!(signal, SignalType::CrashloopBackoff | SignalType::PodRestart);
        assert!(seen.firing.iter().any(|it| crash(it.signal)), "{fault}: {seen:?}");
    }
}

#[test]
fn statements_read_as_sentences() {
    let faults = [
        "missing-tag",
        "oom",
        "missing-key",
        "no-command",
        "too-big",
        "crash",
        "dependency",
        "liveness",
        "wrong-port",
        "quota",
        "migrate",
    ];
    let said: Vec<String> =
        faults.iter().map(|fault| diagnose(&recorded(fault).unwrap()).remove(0).statement).collect();
    insta::assert_snapshot!(said.join("\n"));
}
