//! Webhooks of others on our kinds. None of ours is installed; one that an earlier operator left behind refuses every write once its service
//! is gone.

use kube::ResourceExt as _;
use kube::api::DynamicObject;
use serde_json::Value;

use super::unread;
use crate::kube::{Cluster, Kind};
use crate::output::checks::Check;

const KINDS: &[(&str, &str)] = &[
    ("ValidatingWebhookConfiguration", "validatingwebhookconfigurations"),
    ("MutatingWebhookConfiguration", "mutatingwebhookconfigurations"),
];

/// Looks at every webhook that is asked about our kinds by name.
pub async fn look(cluster: &Cluster) -> Vec<Check> {
    let mut checks = Vec::new();
    let mut asked = Vec::new();
    for (kind, plural) in KINDS {
        let kinds = Kind::of("admissionregistration.k8s.io", "v1", kind, plural);
        let found = match cluster.list(&kinds, None, None).await {
            Ok((found, _)) => found,
            Err(failure) => {
                checks.push(unread("webhook", &failure));
                continue;
            }
        };
        for configuration in &found {
            for webhook in webhooks(configuration).filter(|webhook| is_about_us(webhook)) {
                asked.push(configuration.name_any());
                checks.extend(dangling(cluster, plural, configuration, webhook).await);
            }
        }
    }
    if checks.is_empty() {
        checks.push(Check::ok("webhook", said(&asked)));
    }
    checks
}

fn said(asked: &[String]) -> String {
    if asked.is_empty() {
        return "none is asked about our kinds; admission policies guard them".to_owned();
    }
    format!("{} answer for our kinds", asked.join(", "))
}

fn webhooks(configuration: &DynamicObject) -> impl Iterator<Item = &Value> {
    configuration.data["webhooks"].as_array().into_iter().flatten()
}

/// One that takes every group is the cluster's own business.
fn is_about_us(webhook: &Value) -> bool {
    let rules = webhook["rules"].as_array().into_iter().flatten();
    let mut groups = rules.flat_map(|rule| rule["apiGroups"].as_array().into_iter().flatten());
    groups.any(|group| group == common::api::keys::GROUP)
}

async fn dangling(cluster: &Cluster, plural: &str, configuration: &DynamicObject, webhook: &Value) -> Option<Check> {
    let service = &webhook["clientConfig"]["service"];
    let (name, namespace) = (service["name"].as_str()?, service["namespace"].as_str()?);
    match cluster.find(&Kind::of("", "v1", "Service", "services"), Some(namespace), name).await {
        Ok(Some(_)) => None,
        Ok(None) => {
            let message = format!(
                "{} asks service {namespace}/{name}, which does not exist: {}",
                configuration.name_any(),
                if webhook["failurePolicy"] == "Ignore" {
                    "every write waits for it"
                } else {
                    "every write is refused"
                }
            );
            Some(Check::fail("webhook", message).next(format!("kubectl delete {plural} {}", configuration.name_any())))
        }
        Err(failure) => Some(unread("webhook", &failure)),
    }
}
