//! What `install --set` can choose is understood by the operator it installs. Needs no cluster.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use clap::Parser as _;
use operator::config::Config;
use plugin::choices;
use plugin::manifests::{Values, rendered};

/// The operator's settings where these were chosen.
fn started(chosen: &[&str]) -> Config {
    let sets: Vec<_> = chosen.iter().map(|&assignment| assignment.to_owned()).collect();
    let values = Values { choices: choices::read(None, &[], &sets).unwrap(), ..Values::default() };
    let manifests = rendered(&values).unwrap();
    let deployment = manifests.iter().find(|manifest| manifest.kind.resource.kind == "Deployment").unwrap();
    let args = deployment.object.data["spec"]["template"]["spec"]["containers"][0]["args"].clone();
    let args: Vec<String> = serde_json::from_value(args).unwrap();
    Config::try_parse_from(std::iter::once("chatcli-operator".to_owned()).chain(args)).unwrap()
}

#[test]
fn what_is_chosen_is_what_the_operator_is_told() {
    let config =
        started(&["modelInstance=ops/chatcli", "auditRetentionDays=3650", "logStreams=0", "clusterDomain=example.org"]);
    assert_eq!(config.model_instance.as_deref(), Some("ops/chatcli"));
    assert_eq!((config.audit_retention_days, config.cluster_domain.as_str()), (3650, "example.org"));
    assert_eq!(config.log_streams, 0);
}

#[test]
fn every_word_that_may_be_chosen_is_one_of_the_operators() {
    for key in choices::keys::KEYS {
        if let choices::keys::Takes::Word(words) = key.takes {
            for word in words {
                started(&[&format!("{}={word}", key.name)]);
            }
        }
    }
}

#[test]
fn as_shipped_is_what_the_operator_does_by_itself() {
    let (config, told) = (started(&[]), |name: &str| started(&[name]));
    assert_eq!(config.audit_retention_days, told("auditRetentionDays=30").audit_retention_days);
    assert_eq!(config.log_streams, told("logStreams=50").log_streams);
    assert_eq!(config.cluster_domain, told("clusterDomain=cluster.local").cluster_domain);
    assert_eq!(config.model_mode, told("modelMode=auto").model_mode);
}
