//! What a failed request means to the person who made it.

use std::error::Error;
use std::io;

use common::api::keys;
use kube::core::Status;

use super::Kind;
use crate::failure::Failure;

/// What was being asked of the API server.
#[derive(Clone, Debug, Default)]
pub struct Doing {
    verb: String,
    resource: String,
    group: String,
    namespace: Option<String>,
    name: Option<String>,
    is_plain: bool,
}

impl Doing {
    /// A verb on a kind.
    pub fn new(verb: &str, kind: &Kind) -> Self {
        Self {
            verb: verb.to_owned(),
            resource: kind.resource.plural.clone(),
            group: kind.resource.group.clone(),
            ..Self::default()
        }
    }

    /// Something that is about the server itself.
    pub fn plain(verb: &str) -> Self {
        Self { verb: verb.to_owned(), resource: "the API server".to_owned(), is_plain: true, ..Self::default() }
    }

    /// Where.
    #[must_use]
    pub fn in_namespace(mut self, namespace: Option<&str>) -> Self {
        self.namespace = namespace.map(str::to_owned);
        self
    }

    /// Which one.
    #[must_use]
    pub fn named(mut self, name: &str) -> Self {
        self.name = Some(name.to_owned());
        self
    }

    /// The kind is served and there is no object of that name.
    ///
    /// A missing CRD is also a 404, but its status names no object.
    pub fn is_absence(&self, status: &Status) -> bool {
        status.code == 404 && status.details.as_ref().is_some_and(|details| !details.name.is_empty())
    }

    fn qualified(&self) -> String {
        if self.group.is_empty() { self.resource.clone() } else { format!("{}.{}", self.resource, self.group) }
    }

    /// How one asks the API server whether one may.
    fn can_i(&self) -> String {
        let name = self.name.as_ref().map(|name| format!("/{name}")).unwrap_or_default();
        let place = match &self.namespace {
            Some(namespace) => format!(" -n {namespace}"),
            None if name.is_empty() => " -A".to_owned(),
            None => String::new(),
        };
        format!("kubectl auth can-i {} {}{name}{place}", self.verb, self.qualified())
    }

    fn phrase(&self) -> String {
        let verb = match self.verb.as_str() {
            "get" | "list" | "watch" => "read",
            "patch" => "apply",
            other => other,
        };
        let what = self.name.as_ref().map_or_else(|| self.resource.clone(), |name| format!("{}/{name}", self.resource));
        let place = match &self.namespace {
            Some(namespace) => format!(" in namespace {namespace}"),
            None if self.name.is_none() && self.group == keys::GROUP => " in all namespaces".to_owned(),
            None => String::new(),
        };
        format!("cannot {verb} {what}{place}")
    }
}

/// The sentence and the way out.
pub fn failure(doing: &Doing, problem: &kube::Error, address: &str) -> Failure {
    match problem {
        kube::Error::Api(status) => answered(doing, status, address),
        kube::Error::SerdeError(cause) => {
            Failure::new(format!("{}: the answer makes no sense: {cause}", doing.phrase()))
                .hint(format!("is {address} a Kubernetes API server?"))
        }
        other => unreachable(other, address),
    }
}

fn answered(doing: &Doing, status: &Status, address: &str) -> Failure {
    if let Some((policy, reason)) = denied_by_admission(&status.message) {
        return Failure::new(format!("{}: {reason}", doing.phrase()))
            .hint(format!("refused by the admission policy {policy}"));
    }
    // By code: the library's `is_not_found` and `is_forbidden` miss answers that are no `Status`, such as a missing group's plain text.
    if status.code == 403 {
        return forbidden(doing, status);
    }
    if status.code == 404 && !doing.is_absence(status) {
        return not_served(doing, address);
    }
    if status.code == 401 {
        return Failure::new("the API server does not accept your credentials")
            .hint("log in again, or check: kubectl auth whoami");
    }
    let message = status.message.trim();
    Failure::new(format!("{}: {}", doing.phrase(), if message.is_empty() { status.reason.as_str() } else { message }))
}

fn not_served(doing: &Doing, address: &str) -> Failure {
    if doing.is_plain {
        return Failure::new(format!("what answers at {address} is no Kubernetes API server"))
            .hint("check the context: kubectl config current-context");
    }
    let failure = Failure::new(format!("the cluster does not know {}", doing.qualified()));
    if doing.group == keys::GROUP {
        failure.hint("install chatcli first: kubectl chatcli install")
    } else {
        failure.hint(format!("is {address} a Kubernetes API server? See what it serves: kubectl api-resources"))
    }
}

fn forbidden(doing: &Doing, status: &Status) -> Failure {
    // Nobody may create anything in a namespace that is being deleted; the server says so with the same number.
    let causes = status.details.as_ref().map(|details| details.causes.as_slice()).unwrap_or_default();
    if causes.iter().any(|cause| cause.reason == "NamespaceTerminating") {
        let namespace = doing.namespace.as_deref().unwrap_or("it");
        return Failure::new(format!("{}: namespace {namespace} is being deleted", doing.phrase()))
            .hint(format!("wait until it is gone: kubectl wait --for=delete namespace/{namespace} --timeout=2m"));
    }
    let failure =
        Failure::new(format!("{}: you lack the verb {:?} on {}", doing.phrase(), doing.verb, doing.qualified()))
            .of_rights();
    // The server's wording since RBAC exists: `User "ann" cannot list resource …`.
    let user = status.message.split("User \"").nth(1).and_then(|rest| rest.split('"').next());
    if doing.group != keys::GROUP {
        let who = user.unwrap_or("you");
        return failure.hint(format!("have it granted to {who}, then check: {}", doing.can_i()));
    }
    let (user, role) = (user.unwrap_or("USER"), role_with(&doing.verb, &doing.resource));
    failure.hint(match &doing.namespace {
        Some(namespace) => format!(
            "bind the ClusterRole {role}: kubectl create rolebinding {role} --clusterrole={role} --user={user} -n {namespace}"
        ),
        None => format!("bind the ClusterRole {role}, or look at one namespace with -n: kubectl create clusterrolebinding {role} --clusterrole={role} --user={user}"),
    })
}

/// The least of the shipped roles (`manifests/rbac/roles.yaml`) that has a verb on a kind of ours.
fn role_with(verb: &str, resource: &str) -> &'static str {
    match (verb, resource) {
        ("get" | "list" | "watch", _) => "chatcli-viewer",
        ("create", "approvalvotes") => "chatcli-approver",
        ("patch", "issues" | "postmortems") => "chatcli-responder",
        (_, "anomalies" | "issues" | "remediationplans" | "runbooks") => "chatcli-author",
        _ => "chatcli-role-superadmin",
    }
}

/// The policy's name and its message, where a ValidatingAdmissionPolicy or webhook said no.
fn denied_by_admission(message: &str) -> Option<(&str, &str)> {
    if let Some((_, rest)) = message.split_once("ValidatingAdmissionPolicy '") {
        let (policy, rest) = rest.split_once('\'')?;
        let (_, reason) = rest.split_once("denied request: ")?;
        return Some((policy, reason));
    }
    let (_, rest) = message.split_once("admission webhook \"")?;
    let (webhook, rest) = rest.split_once('"')?;
    Some((webhook, rest.trim_start_matches(" denied the request").trim_start_matches(": ")))
}

fn unreachable(problem: &kube::Error, address: &str) -> Failure {
    let check = "check the context: kubectl config current-context";
    let mut cause: Option<&(dyn Error + 'static)> = Some(problem);
    while let Some(layer) = cause {
        if let Some(io) = layer.downcast_ref::<io::Error>() {
            match io.kind() {
                io::ErrorKind::ConnectionRefused => {
                    return Failure::new(format!("cannot reach the cluster at {address}: connection refused"))
                        .hint(check);
                }
                io::ErrorKind::TimedOut => {
                    return Failure::new(format!("the cluster at {address} did not answer in time"))
                        .hint(format!("{check}, or wait longer with --request-timeout"));
                }
                _ => {}
            }
        }
        cause = layer.source();
    }
    Failure::new(format!("cannot reach the cluster at {address}: {}", root(problem))).hint(check)
}

/// The innermost cause: what went wrong, without the layers it came through.
pub fn root(problem: &dyn Error) -> String {
    let mut deepest = problem;
    while let Some(inner) = deepest.source() {
        deepest = inner;
    }
    deepest.to_string()
}

/// Where a name was probably meant to point; `list` is the command that shows what there is.
pub fn suggestion(name: &str, namespace: &str, there: &[(&str, &str)], list: &str) -> String {
    if let Some((elsewhere, _)) = there.iter().find(|(_, other)| *other == name) {
        return format!("there is one in namespace {elsewhere}: add -n {elsewhere}");
    }
    let here = there.iter().filter(|(place, _)| *place == namespace).map(|(_, other)| *other);
    match nearest(name, here) {
        Some(other) => format!("did you mean {other}?"),
        None => format!("list what there is: kubectl chatcli {list} -A"),
    }
}

/// The word that was probably meant: few edits away, or begun with it.
pub fn nearest<'a>(name: &str, words: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    words
        .map(|word| (distance(name, word), word))
        .min()
        .filter(|(edits, word)| *edits <= word.len() / 3 || word.starts_with(name))
        .map(|(_, word)| word)
}

/// Edits between two words (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(from != *to);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;
    use serde_json::json;

    use super::*;

    fn told(doing: &Doing, status: serde_json::Value) -> String {
        let status: Status = serde_json::from_value(status).unwrap();
        failure(doing, &kube::Error::Api(Box::new(status)), "https://cluster.example.org").to_string()
    }

    #[test]
    fn a_403_names_the_verb_and_the_role_to_bind() {
        let doing = Doing::new("list", &Kind::issue()).in_namespace(Some("shop"));
        let status = json!({"code": 403, "reason": "Forbidden",
            "message": "issues.platform.chatcli.io is forbidden: User \"ann\" cannot list resource \"issues\" in API group \"platform.chatcli.io\" in the namespace \"shop\""});
        assert_snapshot!(told(&doing, status), @r#"
        error: cannot read issues in namespace shop: you lack the verb "list" on issues.platform.chatcli.io
        hint: bind the ClusterRole chatcli-viewer: kubectl create rolebinding chatcli-viewer --clusterrole=chatcli-viewer --user=ann -n shop
        "#);
    }

    #[test]
    fn a_403_of_a_namespace_that_goes_is_no_missing_right() {
        let roles = Kind::of("rbac.authorization.k8s.io", "v1", "Role", "roles");
        let status = json!({"code": 403, "reason": "Forbidden", "message": "roles \"x\" is forbidden: unable to create new content in namespace shop because it is being terminated",
            "details": {"name": "x", "causes": [{"reason": "NamespaceTerminating", "field": "metadata.namespace", "message": "namespace shop is being terminated"}]}});
        assert_snapshot!(told(&Doing::new("patch", &roles).in_namespace(Some("shop")).named("x"), status), @r"
        error: cannot apply roles/x in namespace shop: namespace shop is being deleted
        hint: wait until it is gone: kubectl wait --for=delete namespace/shop --timeout=2m
        ");
    }

    #[test]
    fn a_403_on_a_kind_of_others_says_who_lacks_it_and_how_to_check() {
        let pods = Kind::of("", "v1", "Pod", "pods");
        let status = json!({"code": 403, "reason": "Forbidden", "message": "pods is forbidden: User \"ann\" cannot list resource \"pods\" in API group \"\" in the namespace \"shop\""});
        assert_snapshot!(told(&Doing::new("list", &pods).in_namespace(Some("shop")), status.clone()), @r#"
        error: cannot read pods in namespace shop: you lack the verb "list" on pods
        hint: have it granted to ann, then check: kubectl auth can-i list pods -n shop
        "#);
        let node = Kind::of("", "v1", "Node", "nodes");
        assert_snapshot!(told(&Doing::new("get", &node).named("n1"), status), @r#"
        error: cannot read nodes/n1: you lack the verb "get" on nodes
        hint: have it granted to ann, then check: kubectl auth can-i get nodes/n1
        "#);
    }

    /// As the API server matches a rule, but for names.
    fn has(role: &serde_json::Value, verb: &str, resource: &str) -> bool {
        let lists = |rule: &serde_json::Value, field: &str, wanted: &str| {
            rule[field].as_array().is_some_and(|all| all.iter().any(|one| one == wanted))
        };
        role["rules"].as_array().is_some_and(|rules| {
            rules.iter().any(|rule| lists(rule, "verbs", verb) && lists(rule, "resources", resource))
        })
    }

    #[test]
    fn the_role_that_a_403_offers_has_the_verb() {
        let roles: Vec<serde_json::Value> =
            serde_saphyr::from_multiple(include_str!("../../../manifests/rbac/roles.yaml")).unwrap();
        for (verb, resource) in [
            ("get", "issues"),
            ("list", "instances"),
            ("create", "approvalvotes"),
            ("patch", "issues"),
            ("patch", "postmortems"),
            ("patch", "remediationplans"),
            ("create", "instances"),
            ("create", "approvalpolicies"),
        ] {
            let offered = role_with(verb, resource);
            // Superadmin collects its rules from another role.
            let holder = if offered == "chatcli-role-superadmin" { "chatcli-superadmin-rules" } else { offered };
            let role = roles.iter().find(|role| role["metadata"]["name"] == holder).unwrap();
            assert!(has(role, verb, resource), "{offered} has no {verb} on {resource}");
        }
    }

    #[test]
    fn a_missing_crd_says_how_to_install() {
        let status = json!({"code": 404, "reason": "Failed to parse error data", "message": "404 page not found"});
        assert_snapshot!(told(&Doing::new("list", &Kind::issue()), status), @"
        error: the cluster does not know issues.platform.chatcli.io
        hint: install chatcli first: kubectl chatcli install
        ");
    }

    #[test]
    fn a_vote_refused_by_admission_says_why_and_by_whom() {
        let doing = Doing::new("create", &Kind::vote()).in_namespace(Some("shop")).named("v");
        let status = json!({"code": 422, "reason": "Invalid", "message": "approvalvotes.platform.chatcli.io \"v\" is forbidden: ValidatingAdmissionPolicy 'chatcli-votes' with binding 'chatcli-votes' denied request: you may not approve in namespace shop"});
        assert_snapshot!(told(&doing, status), @"
        error: cannot create approvalvotes/v in namespace shop: you may not approve in namespace shop
        hint: refused by the admission policy chatcli-votes
        ");
    }

    #[test]
    fn a_refused_connection_names_the_address() {
        let refused = io::Error::from(io::ErrorKind::ConnectionRefused);
        let failure = failure(&Doing::default(), &kube::Error::Service(refused.into()), "https://cluster.example.org");
        assert_snapshot!(failure.to_string(), @"
        error: cannot reach the cluster at https://cluster.example.org: connection refused
        hint: check the context: kubectl config current-context
        ");
    }

    #[test]
    fn a_near_miss_is_offered() {
        let there = [("shop", "web-oom-kill-90c41d77aa"), ("bank", "api-pod-not-ready-11")];
        let said = |name: &str| suggestion(name, "shop", &there, "issues");
        assert_eq!(said("web-oom-kil-90c41d77aa"), "did you mean web-oom-kill-90c41d77aa?");
        assert_eq!(said("api-pod-not-ready-11"), "there is one in namespace bank: add -n bank");
        assert_eq!(said("zzz"), "list what there is: kubectl chatcli issues -A");
    }
}
