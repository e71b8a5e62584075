//! Images that cannot be pulled: told apart by what the registry, or the way to it, answered.
//!
//! In: waiting containers and `Failed` Events. Out: findings on the workload's image field. A rollback is a remedy only where the older
//! revision does not depend on what is broken: a registry that is down is down for its older tags too.

use k8s_openapi::api::core::v1::Event;

use super::case::{Case, event_receipt, pod_ref, template_path, waiting_receipt};
use super::codes::Code;
use super::draft::{Draft, receipt};
use crate::api::ai_insight::Finding;
use crate::facts::containers::View;
use crate::facts::revisions::Revision;

const REASONS: &[&str] = &[
    "ImagePullBackOff",
    "ErrImagePull",
    "InvalidImageName",
    "ErrImageNeverPull",
    "RegistryUnavailable",
    "ImageInspectError",
];

/// One finding per container that waits for its image.
pub fn image(case: &Case<'_>) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::new();
    let mut seen: Vec<(&str, &str)> = Vec::new();
    for (container, waiting) in case.waiting(REASONS) {
        let name = container.spec.image.as_deref().unwrap_or_default();
        if seen.contains(&(container.name(), name)) {
            continue;
        }
        seen.push((container.name(), name));
        // Since 1.31 the back-off repeats why; before, only the Event says it.
        let event = case.events_of(container.pod, "Failed").find(|event| {
            let message = event.message.as_deref().unwrap_or_default();
            message.starts_with("Failed to pull image") && message.contains(name)
        });
        let said =
            format!("{} {}", waiting.message, event.and_then(|event| event.message.as_deref()).unwrap_or_default());
        let secret = pull_secret(case, &container);
        let code = match classify(waiting.reason, &said) {
            // Who comes without credentials is often told "not found" about what is private.
            Code::ImagePullDenied if secret.is_some() => Code::PullSecretMissing,
            code => code,
        };
        let mut draft = Draft::of(code, statement(case, code, name))
            .cause(&case.facts.subject, format!("{}.image", template_path(case.facts, &container)))
            .receipt(waiting_receipt(&container, &waiting));
        if let (Code::PullSecretMissing, Some((name, event))) = (code, &secret) {
            draft = draft.cause(&case.neighbour("Secret", name), "").receipt(event_receipt(event));
        }
        if code == Code::ImageNoSpace {
            draft = draft.receipts(container.pod.node.as_deref().map(|node| {
                receipt(
                    format!("it runs on node {node}"),
                    pod_ref(container.pod),
                    ".spec.nodeName",
                    node,
                    Some(case.facts.now),
                )
            }));
        }
        if let Some(event) = event {
            draft = draft.receipt(event_receipt(event));
        }
        draft = draft.receipts(case.rollout_receipt()).receipts(case.good_revision_receipt());
        findings.push(judge(case, draft, code, &container, name));
    }
    findings
}

/// The pull secret that the kubelet could not find, with its Event.
fn pull_secret<'a>(case: &Case<'a>, container: &View<'a>) -> Option<(String, &'a Event)> {
    let event = case.events_of(container.pod, "FailedToRetrieveImagePullSecret").next()?;
    let said = event.message.as_deref()?;
    let secrets = container.pod.spec.as_ref()?.image_pull_secrets.as_ref()?;
    let name = secrets.iter().map(|it| it.name.as_str()).find(|name| said.contains(*name))?;
    Some((name.to_owned(), event))
}

fn judge(case: &Case<'_>, draft: Draft, code: Code, container: &View<'_>, name: &str) -> Finding {
    let good = case.way_back().map(|(_, good)| good);
    let served = good.is_some_and(|good| good.ready > 0);
    let other_image =
        |good: Revision<'_>, _: Revision<'_>| image_of(good, container.name()).is_some_and(|image| image != name);
    let other_registry = |good: Revision<'_>, _: Revision<'_>| {
        image_of(good, container.name()).is_some_and(|image| registry(image) != registry(name))
    };
    let other_repository = |good: Revision<'_>, _: Revision<'_>| {
        image_of(good, container.name()).is_some_and(|image| repository(image) != repository(name))
    };
    match code {
        Code::PullSecretMissing => draft
            .confidence(0.95, "the kubelet could not find the secret, and the registry refused who came without")
            .rules_out("registry", format!("{} answered", registry(name)))
            .remedy(case.rollback(other_repository, "pulls from another repository"))
            .advice(
                "create the pull secret in this namespace, or correct imagePullSecrets; secrets are changed by people",
            ),
        Code::ImageNoSpace => draft
            .confidence(0.93, "the runtime says so")
            .rules_out("registry", format!("{} answered", registry(name)))
            .advice("free disk on the node: its image file system is full"),
        Code::RegistryCertificate => draft
            .confidence(0.93, "the error of the way to the registry is in the pull error itself")
            .rules_out("tag", "the registry was not asked, so nobody has said the tag is missing")
            .remedy(case.rollback(other_registry, "pulls from another registry"))
            .advice(format!("make the nodes trust {}, or renew its certificate", registry(name))),
        Code::RegistryUnreachable | Code::RegistryLimits => draft
            .confidence(0.93, "the error of the way to the registry is in the pull error itself")
            .rules_out("tag", "the registry was not reached, so nobody has said the tag is missing")
            .remedy(case.rollback(other_registry, "pulls from another registry"))
            .advice(format!(
                "check that nodes reach {}: network, DNS, certificate, proxy; pods start by themselves once it answers",
                registry(name)
            )),
        Code::ImageTagMissing => draft
            .confidence(0.97, "the registry itself says it has no such image")
            .rules_out("registry", format!("{} answered", registry(name)))
            .remedy(case.rollback(other_image, if served { "still serves" } else { "used another image" }))
            .advice(format!("push {name}, or set an image that exists")),
        Code::ImagePullDenied => draft
            .confidence(0.9, "the registry refuses; whether name or credentials are wrong, it does not say")
            .rules_out("registry", format!("{} answered", registry(name)))
            .remedy(case.rollback(other_image, if served { "still serves" } else { "used another image" }))
            .advice("check the repository's name and the pod's imagePullSecrets; secrets are changed by people"),
        Code::ImageNameInvalid | Code::ImagePlatformMissing | Code::ImageNotPresent => draft
            .confidence(0.97, "the kubelet says so")
            .remedy(case.rollback(other_image, if served { "still serves" } else { "used another image" }))
            .advice("set an image that these nodes can run"),
        _ => draft
            .confidence(0.5, "the image cannot be pulled; why is not in the error we know how to read")
            .remedy(case.rollback(other_image, if served { "still serves" } else { "used another image" }))
            .advice("read the pull error above"),
    }
    .done()
}

fn statement(case: &Case<'_>, code: Code, image: &str) -> String {
    let subject = case.subject();
    let registry = registry(image);
    match code {
        Code::ImageTagMissing => format!("{subject} cannot start: registry {registry} has no image {image}"),
        Code::ImagePullDenied => format!("{subject} cannot start: registry {registry} refuses {image}"),
        Code::RegistryUnreachable => {
            format!("{subject} cannot start: registry {registry} cannot be reached for {image}")
        }
        Code::RegistryCertificate => {
            format!("{subject} cannot start: the node does not trust registry {registry} for {image}")
        }
        Code::PullSecretMissing => {
            format!("{subject} cannot start: its pull secret is missing, and registry {registry} refuses {image}")
        }
        Code::ImageNoSpace => format!("{subject} cannot start: the node has no room for image {image}"),
        Code::RegistryLimits => format!("{subject} cannot start: registry {registry} limits pulls of {image}"),
        Code::ImageNameInvalid => format!("{subject} cannot start: {image} is not a valid image name"),
        Code::ImagePlatformMissing => {
            format!("{subject} cannot start: {image} does not exist for the node's architecture")
        }
        Code::ImageNotPresent => format!("{subject} cannot start: {image} is not on the node and may not be pulled"),
        _ => format!("{subject} cannot start: image {image} cannot be pulled"),
    }
}

/// What went wrong, from the runtime's words. Order matters: an unreachable registry may also say "not found" about a host.
fn classify(reason: &str, said: &str) -> Code {
    match reason {
        "InvalidImageName" => return Code::ImageNameInvalid,
        "ErrImageNeverPull" => return Code::ImageNotPresent,
        _ => {}
    }
    let said = said.to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| said.contains(word));
    if says(&["toomanyrequests", "too many requests", "rate limit"]) {
        Code::RegistryLimits
    } else if says(&["no space left on device"]) {
        Code::ImageNoSpace
    } else if says(&["x509:", "server gave http response to https client", "tls: "]) {
        Code::RegistryCertificate
    } else if says(&[
        "connection refused",
        "i/o timeout",
        "no such host",
        "no route to host",
        "network is unreachable",
        "tls handshake timeout",
        "connection reset",
        "context deadline exceeded",
        "service unavailable",
        "bad gateway",
        "gateway timeout",
        "500 internal server error",
        "unexpected eof",
        "server misbehaving",
    ]) {
        Code::RegistryUnreachable
    } else if says(&["no match for platform", "no matching manifest", "exec format error"]) {
        Code::ImagePlatformMissing
    } else if says(&[
        "pull access denied",
        "unauthorized",
        "authorization failed",
        "no basic auth credentials",
        "403 forbidden",
        "401 ",
        "denied: ",
        "insufficient_scope",
    ]) {
        Code::ImagePullDenied
    } else if says(&["not found", "manifest unknown", "manifest_unknown", "name unknown", "does not exist"]) {
        Code::ImageTagMissing
    } else {
        Code::Unknown
    }
}

fn image_of<'a>(revision: Revision<'a>, container: &str) -> Option<&'a str> {
    revision.container(container)?.image.as_deref()
}

/// An image name without tag and digest.
fn repository(image: &str) -> &str {
    let image = image.split('@').next().unwrap_or(image);
    // A colon before the last slash is a registry's port.
    let from = image.rfind('/').unwrap_or(0);
    image[from..].find(':').map_or(image, |at| &image[..from + at])
}

/// Host part of an image name; Docker Hub where there is none.
fn registry(image: &str) -> &str {
    match image.split_once('/') {
        Some((host, _)) if host.contains(['.', ':']) || host == "localhost" => host,
        _ => "docker.io",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_runtimes_words_are_told_apart() {
        let back_off = "ImagePullBackOff";
        for (said, code) in [
            (
                "rpc error: code = NotFound desc = failed to pull and unpack image \"localhost:5000/shop/web:nope\": failed to resolve reference \"localhost:5000/shop/web:nope\": localhost:5000/shop/web:nope: not found",
                Code::ImageTagMissing,
            ),
            (
                "failed to do request: Head \"https://127.0.0.1:1/v2/x/manifests/y\": dial tcp 127.0.0.1:1: connect: connection refused",
                Code::RegistryUnreachable,
            ),
            ("dial tcp: lookup registry.nowhere: no such host", Code::RegistryUnreachable),
            (
                "pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed",
                Code::ImagePullDenied,
            ),
            ("429 Too Many Requests - Server message: toomanyrequests", Code::RegistryLimits),
            ("no match for platform in manifest: not found", Code::ImagePlatformMissing),
            ("something new", Code::Unknown),
        ] {
            assert_eq!(classify(back_off, said), code, "{said}");
        }
    }

    #[test]
    fn a_repository_is_what_stands_before_the_tag() {
        assert_eq!(repository("localhost:5000/shop/web:1"), "localhost:5000/shop/web");
        assert_eq!(repository("localhost:5000/web"), "localhost:5000/web");
        assert_eq!(repository("nginx:1@sha256:0"), "nginx");
    }

    #[test]
    fn a_registry_is_the_host_part() {
        assert_eq!(registry("localhost:5000/shop/web:1"), "localhost:5000");
        assert_eq!(registry("shop/web:1"), "docker.io");
        assert_eq!(registry("nginx"), "docker.io");
    }
}
