//! Certificates of TLS Secrets, read with the caller's own rights.
//!
//! In: who names which Secret. Out: the certificate of each that is one for TLS, and who uses it. Never: keeps a private key (it is not even
//! read out of the answer), or looks at a Secret of another type (the API server leaves them out).

use common::api::ResourceRef;
use common::api::ai_insight::Finding;
use common::diagnosis::certificates::{Held, Use, judge};
use common::facts::surroundings::is_meant_to_run;
use common::facts::{Facts, Subject, references};
use common::tls::{self, keys};
use jiff::Timestamp;
use k8s_openapi::ByteString;
use k8s_openapi::api::networking::v1::Ingress;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::api::ListParams;
use kube::core::{ObjectList, Request};
use serde::Deserialize;

use crate::failure::Failure;
use crate::kube::{Cluster, Doing, Kind, PAGE};

/// Type of the Secrets that are looked at.
const TYPE: &str = "kubernetes.io/tls";

/// A Secret that something names, and the place that does.
pub type Named = (ResourceRef, Use);

/// A TLS Secret without its private key: what is not a field here is dropped while the answer is read.
#[derive(Clone, Debug, Deserialize)]
struct TlsSecret {
    metadata: ObjectMeta,
    #[serde(rename = "type", default)]
    type_: String,
    data: Option<Contents>,
}

#[derive(Clone, Debug, Default, Deserialize)]
struct Contents {
    #[serde(rename = "tls.crt")]
    certificate: Option<ByteString>,
}

/// What was found of the certificates, and what was not.
#[derive(Debug, Default)]
pub struct Seen {
    /// Those that are over or soon over, the first to end first.
    pub findings: Vec<(Held, Finding)>,
    /// What could not be read, one sentence each.
    pub gaps: Vec<String>,
}

/// Secrets that a workload mounts. One that is not meant to run needs none.
pub fn mounted_by(facts: &Facts) -> Vec<Named> {
    let Some(spec) = facts.object.pod_spec().filter(|_| is_meant_to_run(&facts.object)) else { return Vec::new() };
    let prefix = match &facts.object {
        Subject::Pod(_) => ".spec",
        Subject::CronJob(_) => ".spec.jobTemplate.spec.template.spec",
        _ => ".spec.template.spec",
    };
    let named = references::secrets_mounted(spec).into_iter().map(|(name, path)| {
        let secret = ResourceRef::new("Secret", &facts.subject.namespace, name);
        (secret, Use { object: facts.subject.clone(), field_path: format!("{prefix}.{path}") })
    });
    named.collect()
}

/// Secrets that an Ingress names.
pub fn named_by(ingress: &Ingress) -> Vec<Named> {
    let namespace = ingress.metadata.namespace.clone().unwrap_or_default();
    let object = ResourceRef::new("Ingress", &namespace, ingress.metadata.name.clone().unwrap_or_default());
    let all = ingress.spec.iter().flat_map(|spec| spec.tls.iter().flatten()).enumerate();
    let named = all.filter_map(|(index, tls)| {
        let name = tls.secret_name.as_ref().filter(|name| !name.is_empty())?;
        let field_path = format!(".spec.tls[{index}].secretName");
        Some((ResourceRef::new("Secret", &namespace, name), Use { object: object.clone(), field_path }))
    });
    named.collect()
}

/// Those of a workload: what it mounts, and what the Ingresses before it serve.
pub async fn about(facts: &Facts, cluster: &Cluster) -> Seen {
    let served = facts.around.ingresses.iter().flat_map(|ingress| named_by(ingress));
    let named = mounted_by(facts).into_iter().chain(served).collect();
    look(named, cluster, Some(&facts.subject.namespace), facts.now).await
}

/// Reads the Secrets that are named and judges their certificates; asks nothing where none is named.
pub async fn look(named: Vec<Named>, cluster: &Cluster, namespace: Option<&str>, now: Timestamp) -> Seen {
    if named.is_empty() {
        return Seen::default();
    }
    match list(cluster, namespace).await {
        Ok(secrets) => of(&secrets, named, now),
        Err(failure) => {
            let gap = format!("whether certificates are over or soon will be: {}", failure.message());
            Seen { findings: Vec::new(), gaps: vec![gap] }
        }
    }
}

fn of(secrets: &[TlsSecret], mut named: Vec<Named>, now: Timestamp) -> Seen {
    let mut seen = Seen::default();
    for secret in secrets.iter().filter(|secret| secret.type_ == TYPE) {
        let place = secret.metadata.namespace.clone().unwrap_or_default();
        let object = ResourceRef::new("Secret", place, secret.metadata.name.clone().unwrap_or_default());
        let (ours, others): (Vec<_>, Vec<_>) = named.into_iter().partition(|(secret, _)| secret.same_object(&object));
        named = others;
        if ours.is_empty() {
            continue;
        }
        let text = secret.data.as_ref().and_then(|data| data.certificate.as_ref());
        let text = text.map(|bytes| bytes.0.as_slice()).unwrap_or_default();
        match tls::chain(text).map(|chain| chain.into_iter().next()) {
            Ok(Some(certificate)) => {
                let annotations = secret.metadata.annotations.as_ref();
                let held = Held {
                    secret: object,
                    certificate,
                    used_by: ours.into_iter().map(|(_, user)| user).collect(),
                    written_from: annotations.and_then(|all| all.get("cert-manager.io/certificate-name")).cloned(),
                };
                if let Some(finding) = judge(&held, now) {
                    seen.findings.push((held, finding));
                }
            }
            Ok(None) => seen.gaps.push(format!("{}: {} holds no certificate", object.short(), keys::CERTIFICATE)),
            Err(problem) => seen.gaps.push(format!("{}: {problem}", object.short())),
        }
    }
    seen.findings.sort_by_key(|(held, _)| held.certificate.not_after);
    seen
}

async fn list(cluster: &Cluster, namespace: Option<&str>) -> Result<Vec<TlsSecret>, Failure> {
    let kind = Kind::of("", "v1", "Secret", "secrets");
    let doing = Doing::new("list", &kind).in_namespace(namespace);
    let path =
        namespace.map_or_else(|| "/api/v1/secrets".to_owned(), |name| format!("/api/v1/namespaces/{name}/secrets"));
    let mut params = ListParams::default().fields(&format!("type={TYPE}")).limit(PAGE);
    let mut found = Vec::new();
    loop {
        let request = Request::new(&path)
            .list(&params)
            .map_err(|problem| Failure::new(format!("cannot ask for secrets: {problem}")))?;
        let page: ObjectList<TlsSecret> = cluster.call(&doing, cluster.client().request(request)).await?;
        found.extend(page.items);
        match page.metadata.continue_.filter(|token| !token.is_empty()) {
            Some(token) => params = params.continue_token(&token),
            None => return Ok(found),
        }
    }
}
