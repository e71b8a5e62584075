//! ChatCLI servers: ready, reachable, with a token and a certificate that clients accept. The rows of the troubleshooting table in the
//! production guide (`no ready Instance found`, `connection refused`, the two x509 errors), each with its cause.

use common::tls::{Material, inspect, service_names};
use jiff::Timestamp;
use k8s_openapi::ByteString;
use kube::ResourceExt as _;
use kube::api::DynamicObject;
use serde_json::Value;

use super::unread;
use crate::kube::{Cluster, Kind};
use crate::output::certificate;
use crate::output::checks::Check;

/// Looks at every Instance.
pub async fn look(cluster: &Cluster, _home: &str, now: Timestamp) -> Vec<Check> {
    let (instances, _) = match cluster.list(&Kind::ours("Instance", "instances"), None, None).await {
        Ok(found) => found,
        Err(failure) => return vec![unread("servers", &failure)],
    };
    if instances.is_empty() {
        return vec![Check::ok("servers", "no ChatCLI server; findings come from rules alone")];
    }
    let mut checks = Vec::new();
    for instance in &instances {
        checks.extend(one(cluster, instance, now).await);
    }
    checks
}

async fn one(cluster: &Cluster, instance: &DynamicObject, now: Timestamp) -> Vec<Check> {
    let (name, namespace) = (instance.name_any(), instance.namespace().unwrap_or_default());
    let label = format!("server {namespace}/{name}");
    let mut checks = vec![ready(&label, instance)];
    checks.extend(reached(&label, cluster, instance, &namespace).await);
    let server = &instance.data["spec"]["server"];
    if let Some(secret) = server["token"]["name"].as_str().filter(|name| !name.is_empty()) {
        let key = server["token"]["key"].as_str().unwrap_or("token");
        checks.extend(token(&label, cluster, &namespace, secret, key).await);
    }
    if server["tls"]["enabled"] == true
        && let Some(secret) = server["tls"]["secretName"].as_str()
    {
        checks.extend(tls(&label, cluster, instance, secret, now).await);
    }
    checks
}

/// `no ready Instance found`.
fn ready(label: &str, instance: &DynamicObject) -> Check {
    let status = &instance.data["status"];
    if status["ready"] == true {
        return Check::ok(label, "ready");
    }
    let why = status["conditions"]
        .as_array()
        .into_iter()
        .flatten()
        .find(|condition| condition["status"] == "False")
        .and_then(|condition| condition["message"].as_str())
        .unwrap_or("its status does not say why");
    Check::fail(label, format!("not ready (logs say: no ready Instance found): {why}")).next(format!(
        "kubectl describe instances.platform.chatcli.io {} -n {}",
        instance.name_any(),
        instance.namespace().unwrap_or_default()
    ))
}

/// `connection refused` after a good handshake: the Service has no endpoints, or another port.
async fn reached(label: &str, cluster: &Cluster, instance: &DynamicObject, namespace: &str) -> Option<Check> {
    let name = instance.name_any();
    let services = Kind::of("", "v1", "Service", "services");
    let service = match cluster.find(&services, Some(namespace), &name).await {
        Ok(Some(service)) => service,
        Ok(None) => return Some(Check::fail(label, format!("there is no service {name}"))),
        Err(failure) => return Some(unread(label, &failure)),
    };
    let port = instance.data["spec"]["server"]["port"].as_i64().unwrap_or(50051);
    let ports = service.data["spec"]["ports"].as_array().cloned().unwrap_or_default();
    if !ports.iter().any(|offered| offered["port"].as_i64() == Some(port)) {
        return Some(Check::fail(
            label,
            format!("service {name} does not offer port {port} (logs say: connection refused)"),
        ));
    }
    let slices = Kind::of("discovery.k8s.io", "v1", "EndpointSlice", "endpointslices");
    let selector = format!("kubernetes.io/service-name={name}");
    let found = match cluster.list(&slices, Some(namespace), Some(&selector)).await {
        Ok((found, _)) => found,
        Err(failure) => return Some(unread(label, &failure)),
    };
    let endpoints = found.iter().flat_map(|slice| slice.data["endpoints"].as_array().cloned().unwrap_or_default());
    let ready = endpoints.filter(|endpoint| endpoint["conditions"]["ready"] != Value::Bool(false)).count();
    (ready == 0).then(|| {
        Check::fail(label, format!("service {name} has no endpoints (logs say: connection refused)"))
            .next(format!("kubectl chatcli explain deploy/{name} -n {namespace}"))
    })
}

async fn token(label: &str, cluster: &Cluster, namespace: &str, secret: &str, key: &str) -> Option<Check> {
    let secrets = Kind::of("", "v1", "Secret", "secrets");
    match cluster.find(&secrets, Some(namespace), secret).await {
        Ok(Some(found)) if found.data["data"][key].as_str().is_some_and(|value| !value.is_empty()) => None,
        Ok(Some(_)) => {
            Some(Check::fail(label, format!("secret {secret} has no key {key}: the server starts without a token")))
        }
        Ok(None) => Some(Check::fail(label, format!("its token's secret {secret} does not exist"))),
        Err(failure) => Some(unread(label, &failure)),
    }
}

async fn tls(label: &str, cluster: &Cluster, instance: &DynamicObject, secret: &str, now: Timestamp) -> Vec<Check> {
    let (name, namespace) = (instance.name_any(), instance.namespace().unwrap_or_default());
    let secrets = Kind::of("", "v1", "Secret", "secrets");
    let found = match cluster.find(&secrets, Some(&namespace), secret).await {
        Ok(Some(found)) => found,
        Ok(None) => {
            return vec![
                Check::fail(label, format!("its certificate's secret {secret} does not exist"))
                    .next(format!("kubectl chatcli tls generate {secret} -n {namespace} --address {name}.{namespace}.svc.cluster.local")),
            ];
        }
        Err(failure) => return vec![unread(label, &failure)],
    };
    let data: std::collections::BTreeMap<String, Vec<u8>> = found.data["data"]
        .as_object()
        .into_iter()
        .flatten()
        .filter_map(|(key, value)| {
            let ByteString(bytes) = serde_json::from_value(value.clone()).ok()?;
            Some((key.clone(), bytes))
        })
        .collect();
    // What is dialled: the address where one is set, else the Service's full name.
    let dialled = match instance.data["spec"]["server"]["address"].as_str() {
        Some(address) if !address.is_empty() => vec![address.split(':').next().unwrap_or(address).to_owned()],
        _ => service_names(&name, &namespace, "cluster.local").into_iter().take(1).collect(),
    };
    let seen = inspect(&Material::of(&data), &dialled, now);
    let remedy = format!("kubectl chatcli tls check {secret} -n {namespace}");
    seen.problems
        .iter()
        .map(|problem| {
            let mut check = certificate::problem(problem, &remedy);
            label.clone_into(&mut check.name);
            check
        })
        .collect()
}
