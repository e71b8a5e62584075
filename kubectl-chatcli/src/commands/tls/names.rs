//! Under which names a server is reached: those of its Services, and of the Instances that use the Secret.

use common::tls::service_names;
use kube::ResourceExt as _;
use kube::api::DynamicObject;

use crate::cli::NameArgs;
use crate::failure::Failure;
use crate::kube::{Cluster, Kind};

/// Every name, the one the operator dials first. Empty where nothing says what the Secret is for.
pub async fn all(args: &NameArgs, secret: &str, cluster: &Cluster) -> Result<Vec<String>, Failure> {
    let mut names = Vec::new();
    if args.services.is_empty() && args.addresses.is_empty() {
        for instance in users(secret, cluster).await? {
            names.extend(service_names(&instance.name_any(), cluster.namespace(), &args.cluster_domain));
            names.extend(instance.data["spec"]["server"]["address"].as_str().map(host).map(str::to_owned));
        }
    }
    for service in &args.services {
        let found = service_of(service, cluster).await?;
        names.extend(service_names(service, cluster.namespace(), &args.cluster_domain));
        names.extend(outside(&found));
    }
    if !names.is_empty() {
        // What a port-forward is dialled under.
        names.push("localhost".to_owned());
    }
    names.extend(args.addresses.iter().map(|address| host(address).to_owned()));
    let mut seen = std::collections::BTreeSet::new();
    names.retain(|name| seen.insert(name.clone()));
    Ok(names)
}

/// What to do where there is no name.
pub fn none(secret: &str) -> Failure {
    Failure::new(format!(
        "nothing says under which names the server is reached: no Instance uses the secret {secret:?}"
    ))
    .hint("name its Service with --service NAME, or any name or IP address with --address")
}

/// Instances whose server takes its certificate from the Secret.
async fn users(secret: &str, cluster: &Cluster) -> Result<Vec<DynamicObject>, Failure> {
    // A cluster without our kinds has no Instances; --service is the way there.
    let Ok((mut found, _)) = cluster.list(&Kind::ours("Instance", "instances"), Some(cluster.namespace()), None).await
    else {
        return Ok(Vec::new());
    };
    found.retain(|instance| instance.data["spec"]["server"]["tls"]["secretName"] == secret);
    Ok(found)
}

async fn service_of(name: &str, cluster: &Cluster) -> Result<DynamicObject, Failure> {
    let kind = Kind::of("", "v1", "Service", "services");
    let found = cluster.find(&kind, Some(cluster.namespace()), name).await?;
    found.ok_or_else(|| {
        Failure::new(format!("no service {name:?} in namespace {}", cluster.namespace()))
            .hint(format!("list what there is: kubectl get services -n {}", cluster.namespace()))
            .hint("for a name that does not exist yet, use --address")
    })
}

/// Addresses from outside the cluster.
fn outside(service: &DynamicObject) -> Vec<String> {
    let texts = |value: &serde_json::Value| -> Vec<String> {
        value.as_array().into_iter().flatten().filter_map(|one| one.as_str().map(str::to_owned)).collect()
    };
    let mut names = texts(&service.data["spec"]["externalIPs"]);
    for ingress in service.data["status"]["loadBalancer"]["ingress"].as_array().into_iter().flatten() {
        names.extend(["hostname", "ip"].iter().filter_map(|field| ingress[field].as_str().map(str::to_owned)));
    }
    names
}

/// `chatcli.example.org:443` is dialled under `chatcli.example.org`.
fn host(address: &str) -> &str {
    match address.rsplit_once(':') {
        Some((host, port)) if port.chars().all(|c| c.is_ascii_digit()) && !host.contains(':') => host,
        _ => address.trim_start_matches('[').trim_end_matches(']'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_no_part_of_a_name() {
        assert_eq!(host("chatcli.example.org:443"), "chatcli.example.org");
        assert_eq!(host("10.0.0.1"), "10.0.0.1");
        assert_eq!(host("fd00::1"), "fd00::1");
        assert_eq!(host("[fd00::1]"), "fd00::1");
    }
}
