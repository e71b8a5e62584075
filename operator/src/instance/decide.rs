//! What has to be written for one server, and what is to be said about it. Pure.

use std::collections::BTreeSet;

use common::api::instance::Retention;
use common::api::keys::annotations;
use common::instances::digests;
use jiff::Timestamp;
use k8s_openapi::api::core::v1::PersistentVolumeClaim;
use serde_json::{Value, json};

use super::adopt;
use super::children::{
    Child, ChildKind, Place, config, deployment, digest_of, mcp, service, service_account, sessions, watch_config,
    watcher,
};
use super::compare::contains;
use super::gather::Seen;
use super::references::{self, Problem};
use super::subject::Subject;

/// Everything a turn depends on.
pub(super) struct Input<'a> {
    pub(super) now: Timestamp,
    pub(super) subject: &'a Subject,
    pub(super) seen: &'a Seen,
    /// Namespace whose Instances reach others.
    pub(super) operator_namespace: &'a str,
    /// Tag of the image where the spec names none.
    pub(super) app_version: &'a str,
}

/// One write.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Move {
    /// Our finalizer, before anything that no owner reference reaches.
    Hold,
    /// No finalizer of ours any more.
    LetGo,
    /// An object as it shall be.
    Apply(Child),
    /// The Deployment becomes the subject's and stays as it was found until this would be another digest.
    Keep(String),
    /// Replicas of the Deployment.
    Scale(i32),
    /// Something that is not wanted any more; by UID, so that a namesake made meanwhile stays.
    Delete(Place, String),
}

/// What a turn comes to.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Turn {
    /// In this order; the first that fails ends the turn.
    pub(super) moves: Vec<Move>,
    /// What keeps the server from being what was asked for, by condition.
    pub(super) references: Option<Problem>,
    pub(super) persistent: Option<Problem>,
    pub(super) unauthorized: Option<Problem>,
    /// What was found and is kept.
    pub(super) adopted: Vec<String>,
    /// It is going; nothing is said about it any more.
    pub(super) is_ending: bool,
}

/// Decides.
pub(super) fn decide(input: &Input<'_>) -> Turn {
    let Input { subject, seen, .. } = *input;
    if subject.is_ending {
        return ending(input);
    }
    if seen.is_replaced {
        let moves = if subject.is_held { vec![Move::LetGo] } else { Vec::new() };
        return Turn { moves, ..Turn::default() };
    }
    let mut turn = Turn { references: first_problem(input), unauthorized: missing_grants(input), ..Turn::default() };
    let children = children(input, &mut turn);
    hold(input, &children, &mut turn);
    let is_withheld = turn.references.as_ref().is_some_and(|problem| problem.withholds);
    let mut rollout = None;
    for child in children {
        if child.place.kind == ChildKind::Deployment {
            rollout = Some(child);
        } else {
            put(child, seen, &mut turn);
        }
    }
    let rollout = rollout.filter(|_| !is_withheld);
    // Rights and secrets go at once; what else pods may still mount goes when no such pod is left.
    prune(input, |kind| kind <= ChildKind::ClusterRoleBinding || kind == ChildKind::Secret, &mut turn);
    if !rollout.is_some_and(|child| roll_out(child, subject, seen, &mut turn)) && !is_withheld {
        prune(input, |kind| kind > ChildKind::ClusterRoleBinding && kind != ChildKind::Secret, &mut turn);
    }
    scale(input, &mut turn);
    turn.adopted.extend(kept_service(subject, seen));
    turn
}

/// A Service of a kind that we do not make: what somebody chose for it stays, because its address cannot change in place.
fn kept_service(subject: &Subject, seen: &Seen) -> Option<String> {
    let (namespace, name) = (subject.namespace().to_owned(), subject.child(""));
    let spec = &seen.made.get(&Place { kind: ChildKind::Service, namespace, name: name.clone() })?["spec"];
    if spec["clusterIP"] == "None" {
        return Some(format!(
            "Service {name} was found headless and stays so, because clusterIP cannot change in place: clients that need one address \
             have it after kubectl delete service {name} -n {}",
            subject.namespace()
        ));
    }
    let kind = spec["type"].as_str().filter(|kind| *kind != "ClusterIP")?;
    Some(format!("Service {name} was found as a {kind} and stays one"))
}

/// The first problem with what others provide; one that withholds the server goes before one that does not.
fn first_problem(input: &Input<'_>) -> Option<Problem> {
    let Input { now, subject, seen, .. } = *input;
    let mut problems: Vec<Problem> = seen
        .references
        .iter()
        .filter_map(|(reference, found)| references::problem(subject, reference, found, now))
        .collect();
    problems.sort_by_key(|problem| !problem.withholds);
    problems.into_iter().next()
}

fn children(input: &Input<'_>, turn: &mut Turn) -> Vec<Child> {
    let Input { subject, seen, .. } = *input;
    let mut children = vec![service_account::build(subject)];
    children.extend(watcher::build(subject, input.operator_namespace));
    let (config, watch, servers) = (config::build(subject), watch_config::build(subject), mcp::build(subject));
    children.extend(service::build(subject));
    if let Some(claim) = sessions::build(subject) {
        children.push(storable(claim, input, turn));
    }
    // From what is being written, not from what was read: so a change is one rollout, not two.
    let carried = live_deployment(subject, seen).map(|live| &live["spec"]["template"]["metadata"]["annotations"]);
    let carried = |name: &str| carried.and_then(|all| all[name].as_str()).map(ToOwned::to_owned);
    let mut noted = references::digests_of(subject, &seen.references, carried);
    for (name, child) in
        [(digests::CONFIG, Some(&config)), (digests::WATCH_CONFIG, watch.as_ref()), (digests::MCP, servers.as_ref())]
    {
        if let Some(child) = child {
            noted.insert(name.to_owned(), digest_of(&child.body["data"]));
        }
    }
    children.push(config);
    children.extend(watch);
    children.extend(servers);
    let around = deployment::Surroundings { app_version: input.app_version, digests: &noted };
    children.push(deployment::build(subject, &around));
    children.sort_by(|a, b| a.place.cmp(&b.place));
    children
}

/// The claim, unless it asks for what cannot be changed about the one that exists.
fn storable(mut claim: Child, input: &Input<'_>, turn: &mut Turn) -> Child {
    let (subject, seen) = (input.subject, input.seen);
    let name = &claim.place.name;
    let refuse = |reason, message| Some(Problem { reason, message, withholds: false });
    if subject.replicas_asked() > subject.replicas() {
        turn.persistent = refuse(
            "NeedsReadWriteMany",
            format!(
                "{} replicas cannot share the claim {name}, which one node mounts at a time, so 1 runs: set \
                 spec.persistence.accessMode to ReadWriteMany on a class that offers it, or spec.replicas to 1",
                subject.replicas_asked()
            ),
        );
    }
    let Some(live) = seen.made.get(&claim.place) else { return claim };
    let exists: PersistentVolumeClaim = serde_json::from_value(live.clone()).unwrap_or_default();
    let spec = exists.spec.unwrap_or_default();
    let wanted_class = claim.body["spec"]["storageClassName"].as_str();
    let class = spec.storage_class_name.as_deref();
    if wanted_class.is_some() && wanted_class != class {
        turn.persistent = refuse(
            "StorageClassDiffers",
            format!(
                "the claim {name} was made with StorageClass {}, which cannot be changed: keep that in \
                 spec.persistence.storageClassName, or move the sessions and delete the claim",
                class.unwrap_or("<none>")
            ),
        );
        claim.body["spec"]["storageClassName"] = json!(class);
    }
    let modes = spec.access_modes.unwrap_or_default();
    if claim.body["spec"]["accessModes"] != json!(modes) {
        turn.persistent = refuse(
            "AccessModeDiffers",
            format!(
                "the claim {name} was made as {}, which cannot be changed: move the sessions and delete the claim",
                modes.join(", ")
            ),
        );
        claim.body["spec"]["accessModes"] = json!(modes);
    }
    let size = spec.resources.and_then(|resources| resources.requests?.get("storage").cloned());
    if let Some(size) = size.map(|size| size.0)
        && common::actions::Quantity::parse(&size) > common::actions::Quantity::parse(subject.size())
    {
        turn.persistent = refuse(
            "ClaimShrinks",
            format!("the claim {name} has {size} and cannot become {}: a volume only grows", subject.size()),
        );
        claim.body["spec"]["resources"]["requests"]["storage"] = json!(size);
    }
    if turn.persistent.is_none()
        && let Some(class) = &seen.storage_class
    {
        let (Ok(words) | Err(words)) = class;
        turn.persistent = refuse("ClaimPending", format!("the claim {name} has no volume: {words}"));
    }
    claim.sealed()
}

/// Namespaces that an administrator has to open.
fn missing_grants(input: &Input<'_>) -> Option<Problem> {
    let subject = input.subject;
    if subject.namespace() == input.operator_namespace {
        return None;
    }
    let abroad = watcher::abroad(subject);
    let missing: Vec<&str> = abroad
        .iter()
        .filter(|place| !input.seen.made.contains_key(*place))
        .map(|place| place.namespace.as_str())
        .collect();
    (!missing.is_empty()).then(|| Problem {
        reason: "GrantMissing",
        message: format!(
            "the watcher may not read {}: an Instance reaches other namespaces by itself only from {}; whoever administers them \
             allows it: kubectl chatcli instance grant {} -n {} | kubectl apply -f -",
            missing.join(", "),
            input.operator_namespace,
            subject.name(),
            subject.namespace()
        ),
        withholds: false,
    })
}

/// The finalizer comes before what it stands for and goes after it.
fn hold(input: &Input<'_>, children: &[Child], turn: &mut Turn) {
    let subject = input.subject;
    let is_needed = children.iter().any(|child| child.place.namespace != subject.namespace())
        || input.seen.made.iter().any(|(place, live)| is_ours_abroad(place, live, subject));
    match (is_needed, subject.is_held) {
        (true, false) => turn.moves.push(Move::Hold),
        (false, true) => turn.moves.push(Move::LetGo),
        _ => {}
    }
}

/// Made for the subject where no owner reference reaches: not what an administrator made for it.
fn is_ours_abroad(place: &Place, live: &Value, subject: &Subject) -> bool {
    place.namespace != subject.namespace()
        && (*place == watcher::inherited(subject)
            || (live["metadata"]["annotations"][annotations::INSTANCE] == subject.key.to_string()
                && !adopt::is_earlier(live)))
}

fn put(child: Child, seen: &Seen, turn: &mut Turn) {
    match seen.made.get(&child.place) {
        Some(live) if is_as_applied(live, &child) => {}
        Some(live) => {
            let role = &live["roleRef"]["name"];
            if role.is_string() && *role != child.body["roleRef"]["name"] {
                // Cannot be changed: another role is another binding.
                turn.moves.extend(uid(live).map(|uid| Move::Delete(child.place.clone(), uid)));
            }
            turn.moves.push(Move::Apply(child));
        }
        None => turn.moves.push(Move::Apply(child)),
    }
}

fn is_as_applied(live: &Value, child: &Child) -> bool {
    contains(live, &child.body)
}

/// The Deployment. True when its pods are not as they shall be yet.
fn roll_out(child: Child, subject: &Subject, seen: &Seen, turn: &mut Turn) -> bool {
    let Some(live) = seen.made.get(&child.place) else {
        turn.moves.push(Move::Apply(child));
        return true;
    };
    if adopt::is_earlier(live) {
        let noted = live["metadata"]["annotations"][annotations::KEPT].as_str();
        // Of the pods and how many: who owns them may change without a restart.
        let digest = digest_of(&child.body["spec"]);
        if noted.is_none_or(|noted| noted == digest) {
            if noted.is_none() || !is_owned(live, subject) {
                turn.moves.push(Move::Keep(digest));
            }
            turn.adopted.push(
                "the Deployment was made by an earlier operator and is kept as it was found, without a restart: probes, volumes and \
                 digests come with the next change of the Instance"
                    .to_owned(),
            );
            // Its pods are of the earlier operator and mount what that one made for them.
            return true;
        }
    }
    if is_as_applied(live, &child) {
        return !is_settled(live);
    }
    turn.moves.push(Move::Apply(child));
    true
}

/// Every pod is of the newest template.
fn is_settled(deployment: &Value) -> bool {
    let (spec, status) = (&deployment["spec"], &deployment["status"]);
    let count = |value: &Value| value.as_i64().unwrap_or(0);
    count(&status["observedGeneration"]) >= count(&deployment["metadata"]["generation"])
        && count(&status["updatedReplicas"]) == count(&spec["replicas"])
        && count(&status["replicas"]) == count(&spec["replicas"])
}

/// What of these kinds is not wanted any more.
fn prune(input: &Input<'_>, concerns: impl Fn(ChildKind) -> bool, turn: &mut Turn) {
    let (subject, seen) = (input.subject, input.seen);
    let mut throwaway = Turn::default();
    let wanted: BTreeSet<Place> = children(input, &mut throwaway).into_iter().map(|child| child.place).collect();
    let granted = turn.unauthorized.is_none();
    for (place, live) in seen.made.iter().filter(|(place, _)| concerns(place.kind)) {
        let is_needed = wanted.contains(place) || (*place == watcher::inherited(subject) && !granted);
        let is_ours = is_ours_abroad(place, live, subject) || is_owned(live, subject);
        let keeps_sessions = place.kind == ChildKind::PersistentVolumeClaim && subject.retention() == Retention::Retain;
        if is_needed || !is_ours || keeps_sessions {
            continue;
        }
        turn.moves.extend(uid(live).map(|uid| Move::Delete(place.clone(), uid)));
    }
}

fn is_owned(live: &Value, subject: &Subject) -> bool {
    let owners = live["metadata"]["ownerReferences"].as_array();
    owners.is_some_and(|owners| owners.iter().any(|owner| owner["controller"] == true && owner["uid"] == subject.uid))
}

/// Replicas, where nobody else sets them.
fn scale(input: &Input<'_>, turn: &mut Turn) {
    let (subject, seen) = (input.subject, input.seen);
    let wanted = subject.replicas();
    let is_made =
        turn.moves.iter().any(|step| matches!(step, Move::Apply(child) if child.place.kind == ChildKind::Deployment));
    let live = live_deployment(subject, seen).map(|live| live["spec"]["replicas"].as_i64().unwrap_or(1));
    // A new Deployment starts with one.
    let now = live.or(is_made.then_some(1));
    if !seen.is_autoscaled && now.is_some_and(|now| now != i64::from(wanted)) {
        turn.moves.push(Move::Scale(wanted));
    }
}

/// Everything no owner reference reaches, then the finalizer.
fn ending(input: &Input<'_>) -> Turn {
    let (subject, seen) = (input.subject, input.seen);
    let mut turn = Turn { is_ending: true, ..Turn::default() };
    for (place, live) in &seen.made {
        if is_ours_abroad(place, live, subject) {
            turn.moves.extend(uid(live).map(|uid| Move::Delete(place.clone(), uid)));
        }
    }
    if turn.moves.is_empty() && subject.is_held {
        turn.moves.push(Move::LetGo);
    }
    turn
}

pub(super) fn live_deployment<'a>(subject: &Subject, seen: &'a Seen) -> Option<&'a Value> {
    seen.made.get(&Place {
        kind: ChildKind::Deployment,
        namespace: subject.namespace().to_owned(),
        name: subject.child(""),
    })
}

fn uid(live: &Value) -> Option<String> {
    live["metadata"]["uid"].as_str().map(ToOwned::to_owned)
}
