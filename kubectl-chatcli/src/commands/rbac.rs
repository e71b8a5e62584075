//! `kubectl chatcli rbac lint`: rights of the operator that are missing, and those that are too many.

use std::collections::BTreeSet;

use common::api::keys::OPERATOR_SERVICE_ACCOUNT;
use kube::api::{DynamicObject, TypeMeta};

use super::{Context, conclude};
use crate::cli::{RbacArgs, RbacCommand, RbacLintArgs};
use crate::failure::{Exit, Failure};
use crate::kube::{Cluster, Kind, Right};
use crate::manifests::{Values, rendered};
use crate::output::checks::Check;
use crate::rights::Rights;

/// Rights named in one line; the rest is counted.
const SHOWN: usize = 6;

/// Runs the command.
pub async fn run(args: RbacArgs, context: &Context<'_>) -> Result<Exit, Failure> {
    let RbacCommand::Lint(args) = args.command;
    let cluster = context.cluster().await?;
    let checks = lint(&args, &cluster, context).await?;
    conclude(&checks, args.output, context)
}

async fn lint(args: &RbacLintArgs, cluster: &Cluster, context: &Context<'_>) -> Result<Vec<Check>, Failure> {
    let home = args.operator_namespace.as_str();
    let needed = needed(home)?;
    let held = held(cluster, home).await?;
    let mut checks = vec![missing("everywhere", &needed, &held, None)];
    checks.extend(surplus("everywhere", &needed, &held, None));
    let mut namespaces: BTreeSet<&str> = BTreeSet::from([home]);
    if args.all_namespaces {
        namespaces.extend(held.within.keys().map(String::as_str));
    }
    namespaces.extend(context.namespace());
    for namespace in namespaces {
        if namespace == home || checks[0].result != crate::output::checks::Level::Ok {
            checks.push(missing(namespace, &needed, &held, Some(namespace)));
        }
        checks.extend(surplus(namespace, &needed, &held, Some(namespace)));
    }
    Ok(checks)
}

/// What the manifests of this version give the operator.
pub fn needed(home: &str) -> Result<Rights, Failure> {
    let values = Values { namespace: home.to_owned(), ..Values::default() };
    let objects: Vec<_> = rendered(&values)?.into_iter().map(|manifest| manifest.object).collect();
    Ok(Rights::of((home, OPERATOR_SERVICE_ACCOUNT), &objects))
}

/// What the cluster gives it.
pub async fn held(cluster: &Cluster, home: &str) -> Result<Rights, Failure> {
    let mut objects = Vec::new();
    for (kind, plural) in [
        ("ClusterRole", "clusterroles"),
        ("ClusterRoleBinding", "clusterrolebindings"),
        ("Role", "roles"),
        ("RoleBinding", "rolebindings"),
    ] {
        let api = Kind::of("rbac.authorization.k8s.io", "v1", kind, plural);
        let (found, _) = cluster.list(&api, None, None).await?;
        objects.extend(found.into_iter().map(|object| named(object, kind)));
    }
    Ok(Rights::of((home, OPERATOR_SERVICE_ACCOUNT), &objects))
}

/// Items of a list do not say of which kind they are.
fn named(mut object: DynamicObject, kind: &str) -> DynamicObject {
    object.types = Some(TypeMeta { api_version: "rbac.authorization.k8s.io/v1".to_owned(), kind: kind.to_owned() });
    object
}

/// One check on what is missing in a namespace, or everywhere.
pub fn missing(place: &str, needed: &Rights, held: &Rights, namespace: Option<&str>) -> Check {
    let mut wanted = needed.everywhere();
    if let Some(namespace) = namespace {
        wanted.extend(needed.of_namespace(namespace));
    }
    let all = wanted.len();
    let lacking: Vec<_> = wanted.into_iter().filter(|right| !held.allow(right, namespace)).collect();
    let name = format!("rights {place}");
    if lacking.is_empty() {
        return Check::ok(name, format!("the operator has all {all} it needs"));
    }
    let message = format!("the operator lacks {}", listed(&lacking));
    let what = if namespace.is_none() {
        "kubectl chatcli doctor --fix, or bind single roles per namespace"
    } else {
        "kubectl chatcli doctor --fix"
    };
    Check::fail(name, message).next(what)
}

fn surplus(place: &str, needed: &Rights, held: &Rights, namespace: Option<&str>) -> Vec<Check> {
    held.beyond(needed, namespace)
        .into_iter()
        .map(|(binding, rights)| {
            let rights: Vec<_> = rights.into_iter().collect();
            let kind = if namespace.is_some() { "rolebinding" } else { "clusterrolebinding" };
            let scope = namespace.map(|namespace| format!(" -n {namespace}")).unwrap_or_default();
            Check::warn(
                format!("surplus {place}"),
                format!("{kind} {binding} gives the operator more than it needs: {}", listed(&rights)),
            )
            .next(format!("kubectl describe {kind} {binding}{scope}"))
        })
        .collect()
}

fn listed(rights: &[Right]) -> String {
    let named: Vec<_> = rights
        .iter()
        .take(SHOWN)
        .map(|right| match &right.name {
            Some(name) => format!("{} ({name})", right.words()),
            None => right.words(),
        })
        .collect();
    let rest = rights.len().saturating_sub(SHOWN);
    if rest > 0 { format!("{} and {rest} more", named.join(", ")) } else { named.join(", ") }
}
