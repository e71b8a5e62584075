//! Kinds, rights and admission policies: are they there, and are they this version's?

use std::collections::BTreeMap;

use common::api::keys::{ADMISSION_PARAMS, OPERATOR_SERVICE_ACCOUNT};
use kube::ResourceExt as _;
use serde_json::Value;

use super::unread;
use crate::commands::rbac;
use crate::drift::{self, Drift};
use crate::failure::Failure;
use crate::kube::{Cluster, Kind};
use crate::manifests::{Manifest, Stage, Values, rendered};
use crate::output::checks::Check;

/// ValidatingAdmissionPolicy is generally available since.
const OLDEST: (u32, u32) = (1, 30);

/// What was found, and what could be put back.
pub struct Installation {
    /// The checks.
    pub checks: Vec<Check>,
    /// Manifests that are missing or changed, and how.
    pub drifted: Vec<(Manifest, Drift)>,
}

/// The API server itself.
pub fn version((major, minor, shown): &(u32, u32, String)) -> Check {
    if (*major, *minor) >= OLDEST {
        return Check::ok("kubernetes", format!("{shown} enforces the admission policies that guard votes"));
    }
    Check::fail("kubernetes", format!("{shown} is older than {}.{}: votes cannot be guarded", OLDEST.0, OLDEST.1))
        .next("upgrade the cluster; install refuses it")
}

/// Looks at everything but the operator's own Deployment.
pub async fn look(cluster: &Cluster, home: &str) -> Result<Installation, Failure> {
    let mut values = Values { namespace: home.to_owned(), ..Values::default() };
    // Who the operator is was decided at install; another answer here would call every policy changed.
    let maps = Kind::of("", "v1", "ConfigMap", "configmaps");
    if let Ok(Some(params)) = cluster.find(&maps, Some(home), ADMISSION_PARAMS).await {
        let account = format!("system:serviceaccount:{home}:{OPERATOR_SERVICE_ACCOUNT}");
        values.operator_user =
            params.data["data"]["operatorUser"].as_str().filter(|user| **user != account).map(str::to_owned);
    }
    let mut installation = Installation { checks: Vec::new(), drifted: Vec::new() };
    let manifests = rendered(&values)?;
    for (name, stages) in [
        ("kinds", &[Stage::Crds][..]),
        ("roles", &[Stage::Namespace, Stage::Rbac][..]),
        ("admission", &[Stage::Params, Stage::Policies, Stage::Bindings][..]),
    ] {
        let of_stage = manifests.iter().filter(|manifest| stages.contains(&manifest.stage));
        let check = compare(name, of_stage, cluster, &mut installation.drifted).await;
        installation.checks.push(check);
    }
    installation.checks.extend(served(&manifests, cluster).await);
    installation.checks.extend(enforced(&manifests, cluster).await);
    if values.operator_user.is_none() {
        installation.checks.push(rights(cluster, home).await);
    }
    Ok(installation)
}

async fn compare(
    name: &str,
    manifests: impl Iterator<Item = &Manifest>,
    cluster: &Cluster,
    drifted: &mut Vec<(Manifest, Drift)>,
) -> Check {
    let (mut all, mut missing, mut changed) = (0, Vec::new(), Vec::new());
    for manifest in manifests {
        all += 1;
        match drift::of(manifest, cluster).await {
            Ok(Drift::Same) => {}
            // Voters and the like are the administrator's to change; only their absence is wrong.
            Ok(Drift::Differs(_)) if manifest.stage == Stage::Params => {}
            Ok(found) => {
                if found == Drift::Missing { &mut missing } else { &mut changed }.push(manifest.object.name_any());
                drifted.push((manifest.clone(), found));
            }
            Err(failure) => return unread(name, &failure),
        }
    }
    if missing.len() == all {
        return Check::fail(name, "nothing of it is installed").next("kubectl chatcli install");
    }
    if missing.is_empty() && changed.is_empty() {
        return Check::ok(name, format!("all {all} objects are this version's"));
    }
    let mut what = Vec::new();
    for (word, names) in [("missing", &missing), ("not this version's", &changed)] {
        if !names.is_empty() {
            what.push(format!("{word}: {}", names.join(", ")));
        }
    }
    let next = "see and put back: kubectl chatcli doctor --fix; or kubectl chatcli upgrade";
    // An older schema still works; a missing guard does not.
    let check =
        if missing.is_empty() { Check::warn(name, what.join("; ")) } else { Check::fail(name, what.join("; ")) };
    check.next(next)
}

/// A CRD can be there and not be served: a name conflict, a schema the server does not accept.
async fn served(manifests: &[Manifest], cluster: &Cluster) -> Option<Check> {
    let kind = manifests.iter().find(|manifest| manifest.stage == Stage::Crds)?.kind.clone();
    let Ok((found, _)) = cluster.list(&kind, None, None).await else { return None };
    let ours: Vec<_> = manifests.iter().filter(|manifest| manifest.stage == Stage::Crds).collect();
    let refused: Vec<_> = found
        .iter()
        .filter(|crd| ours.iter().any(|manifest| manifest.object.name_any() == crd.name_any()))
        .filter_map(|crd| {
            let bad = conditions(&crd.data).find(|condition| {
                matches!(condition["type"].as_str(), Some("Established" | "NamesAccepted"))
                    && condition["status"] == "False"
            })?;
            Some(format!("{}: {}", crd.name_any(), bad["message"].as_str().unwrap_or_default()))
        })
        .collect();
    (!refused.is_empty()).then(|| {
        Check::fail("kinds", format!("not served: {}", refused.join("; ")))
            .next("kubectl get crd -l app.kubernetes.io/part-of=chatcli")
    })
}

fn conditions(data: &Value) -> impl Iterator<Item = &Value> {
    data["status"]["conditions"].as_array().into_iter().flatten()
}

/// A policy with a broken expression, or a binding that only warns, guards nothing.
async fn enforced(manifests: &[Manifest], cluster: &Cluster) -> Vec<Check> {
    let mut checks = Vec::new();
    let mut weak: BTreeMap<String, String> = BTreeMap::new();
    for manifest in manifests.iter().filter(|manifest| matches!(manifest.stage, Stage::Policies | Stage::Bindings)) {
        let name = manifest.object.name_any();
        let Ok(Some(live)) = cluster.find(&manifest.kind, None, &name).await else { continue };
        if manifest.stage == Stage::Bindings {
            let actions = live.data["spec"]["validationActions"].as_array().cloned().unwrap_or_default();
            if !actions.iter().any(|action| action == "Deny") {
                weak.insert(name, "its binding does not deny".to_owned());
            }
            continue;
        }
        if live.data["spec"]["failurePolicy"] == "Ignore" {
            weak.insert(name.clone(), "it lets everything pass when it fails".to_owned());
        }
        let warnings = live.data["status"]["typeChecking"]["expressionWarnings"].as_array();
        if let Some(warning) = warnings.and_then(|warnings| warnings.first()) {
            let field = warning["fieldRef"].as_str().unwrap_or_default();
            checks.push(Check::warn("admission", format!("policy {name}: {field} does not type-check")));
        }
    }
    if !weak.is_empty() {
        let named: Vec<_> = weak.iter().map(|(name, why)| format!("{name} ({why})")).collect();
        checks.push(
            Check::fail("admission", format!("guards nothing: {}; votes are not counted", named.join(", ")))
                .next("kubectl chatcli doctor --fix"),
        );
    }
    checks
}

async fn rights(cluster: &Cluster, home: &str) -> Check {
    let needed = match rbac::needed(home) {
        Ok(needed) => needed,
        Err(failure) => return unread("rights", &failure),
    };
    match rbac::held(cluster, home).await {
        Ok(held) => {
            let mut check = rbac::missing("everywhere", &needed, &held, None);
            "rights".clone_into(&mut check.name);
            check
        }
        Err(failure) => unread("rights", &failure),
    }
}
