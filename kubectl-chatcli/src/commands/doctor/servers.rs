//! ChatCLI servers: everything that keeps one from being ready and reachable, each with its cause. The rows of the troubleshooting table in
//! the production guide (`no ready Instance found`, `connection refused`, the two x509 errors) among them.
//!
//! What the operator says in the Instance's conditions is taken as said; what it cannot say, or may not have seen yet, is looked at with the
//! caller's own rights.

mod references;

use common::api::instance::{InstanceSpec, InstanceStatus};
use common::api::keys::conditions;
use common::api::{Condition, Instance};
use common::tls::{Material, inspect, service_names};
use jiff::Timestamp;
use kube::ResourceExt as _;
use serde_json::Value;

use super::unread;
use crate::kube::{Cluster, Kind, typed};
use crate::output::certificate;
use crate::output::checks::Check;

/// Looks at every Instance.
pub async fn look(cluster: &Cluster, home: &str, now: Timestamp) -> Vec<Check> {
    let (instances, _) = match cluster.list(&Kind::ours("Instance", "instances"), None, None).await {
        Ok(found) => found,
        Err(failure) => return vec![unread("servers", &failure)],
    };
    if instances.is_empty() {
        return vec![Check::ok("servers", "no ChatCLI server; findings come from rules alone")];
    }
    let mut checks = Vec::new();
    for object in &instances {
        let (name, namespace) = (object.name_any(), object.namespace().unwrap_or_default());
        match typed::<Instance>(object) {
            Ok(instance) => {
                let server = Server {
                    label: format!("server {namespace}/{name}"),
                    name,
                    namespace,
                    spec: instance.spec,
                    status: instance.status.unwrap_or_default(),
                };
                checks.extend(server.checks(cluster, home, now).await);
            }
            Err(failure) => checks.push(unread(&format!("server {namespace}/{name}"), &failure)),
        }
    }
    checks
}

/// One Instance.
struct Server {
    label: String,
    name: String,
    namespace: String,
    spec: InstanceSpec,
    status: InstanceStatus,
}

impl Server {
    async fn checks(&self, cluster: &Cluster, home: &str, now: Timestamp) -> Vec<Check> {
        let secrets = references::Held::read(self, cluster).await;
        let mut checks = vec![self.ready()];
        checks.extend(self.concerns(&secrets));
        checks.extend(self.reached(cluster).await);
        checks.extend(secrets.problems(self));
        checks.extend(references::granted(self, cluster, home).await);
        checks.extend(self.certificate(&secrets, now));
        checks.extend(secrets.provider_key(self));
        checks
    }

    fn condition(&self, kind: &str) -> Option<&Condition> {
        self.status.conditions.iter().find(|condition| condition.type_ == kind)
    }

    fn fail(&self, message: impl Into<String>) -> Check {
        Check::fail(&self.label, message)
    }

    fn show(&self) -> String {
        format!("kubectl chatcli instance show {} -n {}", self.name, self.namespace)
    }

    /// `no ready Instance found`. An upstream operator's status has no condition `Ready`, and calls a server ready that nobody reaches.
    fn ready(&self) -> Check {
        let Some(ready) = self.condition(conditions::READY) else {
            let why = if self.status.ready {
                "its status is of another operator, which does not ask whether the server answers"
            } else {
                "the operator has not looked at it yet (logs say: no ready Instance found)"
            };
            return Check::warn(&self.label, why).next("is the operator running? see the checks operator and leader");
        };
        if ready.status == "True" {
            let answers = self.condition(conditions::REACHABLE).map(|reachable| reachable.message.as_str());
            return Check::ok(&self.label, format!("ready; {}", answers.unwrap_or("serving")));
        }
        self.fail(format!("not ready (logs say: no ready Instance found): {}: {}", ready.reason, ready.message))
            .next(self.remedy(ready))
    }

    /// Every concern that is not well, beside the one that `Ready` repeats.
    fn concerns(&self, secrets: &references::Held) -> Vec<Check> {
        let told = self.condition(conditions::READY).map(|ready| ready.reason.as_str()).unwrap_or_default();
        let bad = self.status.conditions.iter().filter(|condition| {
            let is_sum =
                [conditions::READY, conditions::ADOPTED, conditions::MIGRATED].contains(&condition.type_.as_str());
            condition.status == "False" && !is_sum && condition.reason != told
        });
        // Endpoints and references are looked at below, and named with what helps.
        bad.filter(|condition| condition.reason != "NoEndpoints" && !secrets.tells(self, condition))
            .map(|condition| {
                let message = format!("{}=False, {}: {}", condition.type_, condition.reason, condition.message);
                self.fail(message).next(self.remedy(condition))
            })
            .collect()
    }

    /// What helps against a condition that is not well.
    fn remedy(&self, condition: &Condition) -> String {
        let (name, namespace) = (&self.name, &self.namespace);
        let tls = self.spec.server.as_ref().and_then(|server| server.tls.as_ref()?.secret_name.as_deref());
        match (condition.reason.as_str(), tls) {
            ("GrantMissing" | "SecretAccessMissing", _) => {
                format!("kubectl chatcli instance grant {name} -n {namespace} | kubectl apply -f -")
            }
            ("CertificateNotYetValid", _) => "synchronise the clocks: see the check clock".to_owned(),
            (reason, Some(secret)) if ["Certificate", "Authority"].iter().any(|word| reason.contains(word)) => {
                format!("kubectl chatcli tls check {secret} -n {namespace}")
            }
            ("NoEndpoints" | "ConnectionFailed" | "DeploymentNotReady" | "DeadlineExceeded", _) => {
                format!("kubectl chatcli explain deploy/{name} -n {namespace}")
            }
            ("PlainTextServer" | "TokenRefused", _) => format!("kubectl rollout restart deploy/{name} -n {namespace}"),
            _ => self.show(),
        }
    }

    /// `connection refused` after a good handshake: the Service has no endpoints, or another port.
    async fn reached(&self, cluster: &Cluster) -> Option<Check> {
        let (name, namespace) = (&self.name, Some(self.namespace.as_str()));
        let services = Kind::of("", "v1", "Service", "services");
        let service = match cluster.find(&services, namespace, name).await {
            Ok(Some(service)) => service,
            Ok(None) => return Some(self.fail(format!("there is no service {name}")).next(self.show())),
            Err(failure) => return Some(unread(&self.label, &failure)),
        };
        let port = i64::from(self.spec.server.as_ref().and_then(|server| server.port).unwrap_or(50051));
        let ports = service.data["spec"]["ports"].as_array().cloned().unwrap_or_default();
        if !ports.iter().any(|offered| offered["port"].as_i64() == Some(port)) {
            let message = format!("service {name} does not offer port {port} (logs say: connection refused)");
            return Some(self.fail(message).next(self.show()));
        }
        let slices = Kind::of("discovery.k8s.io", "v1", "EndpointSlice", "endpointslices");
        let selector = format!("kubernetes.io/service-name={name}");
        let found = match cluster.list(&slices, namespace, Some(&selector)).await {
            Ok((found, _)) => found,
            Err(failure) => return Some(unread(&self.label, &failure)),
        };
        let endpoints = found.iter().flat_map(|slice| slice.data["endpoints"].as_array().cloned().unwrap_or_default());
        let ready = endpoints.filter(|endpoint| endpoint["conditions"]["ready"] != Value::Bool(false)).count();
        (ready == 0).then(|| {
            self.fail(format!("service {name} has no endpoints (logs say: connection refused)"))
                .next(format!("kubectl chatcli explain deploy/{name} -n {}", self.namespace))
        })
    }

    /// Everything about the certificate that a handshake would refuse, or will soon.
    fn certificate(&self, secrets: &references::Held, now: Timestamp) -> Vec<Check> {
        let Some(server) = &self.spec.server else { return Vec::new() };
        let Some(tls) = server.tls.as_ref().filter(|tls| tls.enabled == Some(true)) else { return Vec::new() };
        let Some(secret) = tls.secret_name.as_deref() else { return Vec::new() };
        let Some(data) = secrets.data(secret) else { return Vec::new() };
        // What is dialled: the address where one is set, else the Service's full name.
        let dialled = match server.address.as_deref().filter(|address| !address.is_empty()) {
            Some(address) => vec![address.rsplit_once(':').map_or(address, |(host, _)| host).to_owned()],
            None => service_names(&self.name, &self.namespace, "cluster.local").into_iter().take(1).collect(),
        };
        let remedy = format!("kubectl chatcli tls check {secret} -n {}", self.namespace);
        let problems = inspect(&Material::of(data), &dialled, now).problems;
        let named = |problem| Check { name: self.label.clone(), ..certificate::problem(problem, &remedy) };
        problems.iter().map(named).collect()
    }
}
