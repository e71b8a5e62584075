//! Volumes that keep a pod from being placed or started.
//!
//! In: the scheduler's sentence, mount Events, the claims and their Events, the names of StorageClasses. Out: findings on the claim. Never:
//! touches data.

use std::sync::LazyLock;

use k8s_openapi::api::core::v1::{PersistentVolumeClaim, PodCondition};
use regex::Regex;

use super::case::{Case, event_receipt, schedulers_word};
use super::codes::Code;
use super::config;
use super::draft::{Draft, receipt, remedy};
use super::said;
use crate::api::ai_insight::{Finding, Remedy};
use crate::api::{ActionType, ResourceRef};
use crate::facts::Pod;
use crate::facts::quantity::{bytes, mebibytes};
use crate::facts::volumes::{CountedBy, Full, VolumeUse};
use crate::facts::{containers, membership, reading, references};

/// A claim with this class wants a volume that was made by hand.
const NO_CLASS: &str = "";

/// Does the scheduler's sentence speak of volumes?
pub fn is_about_volumes(said: &str) -> bool {
    const WORDS: [&str; 8] = [
        "persistentvolume",
        "persistent volume",
        "volume node affinity",
        "volume binding",
        "volume count",
        "volume zone",
        "pvc(s)",
        "free storage",
    ];
    let lower = said.to_lowercase();
    WORDS.iter().any(|words| lower.contains(words))
}

/// Not bound yet.
pub fn is_pending(claim: &PersistentVolumeClaim) -> bool {
    claim.status.as_ref().and_then(|status| status.phase.as_deref()) == Some("Pending")
}

/// The claim that a sentence names, or else the first of the pod that is not bound.
pub fn named(said: &str) -> Option<&str> {
    static CLAIM: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r#"persistentvolumeclaim "([^"]+)""#).expect("a valid pattern"));
    Some(CLAIM.captures(said)?.get(1)?.as_str())
}

/// A pod that cannot be placed for the sake of a volume.
pub fn unplaced(case: &Case<'_>, pod: &Pod, condition: &PodCondition, short: &str) -> Draft {
    let said = condition.message.as_deref().unwrap_or_default();
    let subject = case.subject();
    let word = schedulers_word(pod, condition);
    let claim = |name: &str| ResourceRef {
        api_version: Some("v1".to_owned()),
        ..case.neighbour("PersistentVolumeClaim", name)
    };
    let mounted = || references::claims_of(pod).first().map_or_else(|| case.facts.subject.clone(), |name| claim(name));
    let unbound = case.facts.extra.claims.iter().find(|claim| {
        is_pending(claim) && references::claims_of(pod).iter().any(|name| Some(name) == claim.metadata.name.as_ref())
    });
    let lost = case
        .facts
        .extra
        .claims
        .iter()
        .find(|claim| claim.status.as_ref().and_then(|status| status.phase.as_deref()) == Some("Lost"));
    let missing = named(said).filter(|name| said.contains(&format!("\"{name}\" not found")));
    let draft = if let Some(name) = missing {
        Draft::of(
            Code::ClaimMissing,
            format!("{subject} cannot be placed: PersistentVolumeClaim {name} does not exist"),
        )
        .cause(&claim(name), "")
        .receipt(word)
        .confidence(0.97, "the scheduler names the claim it cannot find")
        .advice(format!("create claim {name}, or correct claimName"))
    } else if let Some(found) = lost {
        let object = claim(found.metadata.name.as_deref().unwrap_or_default());
        Draft::of(Code::ClaimLost, format!("{subject} cannot be placed: the volume of {} is gone", object.short()))
            .cause(&object, ".status.phase")
            .receipt(word)
            .receipt(receipt("its volume is lost", object.clone(), ".status.phase", "Lost", Some(case.facts.now)))
            .confidence(0.95, "Kubernetes itself calls the claim lost")
            .advice("restore the volume from a backup; a new claim starts empty")
    } else if let Some(found) = unbound {
        pending(case, found).receipt(word)
    } else if said.contains("ReadWriteOncePod") {
        Draft::of(
            Code::VolumeInUse,
            format!("{subject} cannot be placed: its volume is for one pod only, and another pod has it"),
        )
        .cause(&mounted(), ".spec.accessModes")
        .receipt(word)
        .confidence(0.93, "the scheduler names the access mode that keeps a second pod out")
        .advice("let the old pod go first (strategy Recreate), or use an access mode for several pods")
    } else if said.contains("volume node affinity conflict") || said.contains("PersistentVolume's node affinity") {
        Draft::of(Code::VolumeElsewhere, format!("{subject} cannot be placed: its volume is where no node can take it"))
            .cause(&mounted(), ".spec.volumeName")
            .receipt(word)
            .confidence(0.93, "the scheduler names the conflict")
            .advice("add a node where the volume is, or move the data")
    } else {
        Draft::of(Code::UnschedulableVolume, format!("{subject} cannot be placed: {short}"))
            .cause(&case.facts.subject, ".spec.template.spec.volumes")
            .receipt(word)
            .confidence(0.8, "the scheduler says so; the claim itself was not read")
            .advice("look at the volume claims of the pod: kubectl get pvc")
    };
    draft.rules_out("image", "not reached: no node was chosen")
}

/// Why a claim is not bound.
fn pending(case: &Case<'_>, found: &PersistentVolumeClaim) -> Draft {
    let name = found.metadata.name.as_deref().unwrap_or_default();
    let subject = case.subject();
    let object = ResourceRef {
        api_version: Some("v1".to_owned()),
        uid: found.metadata.uid.clone(),
        ..case.neighbour("PersistentVolumeClaim", name)
    };
    let class = found.spec.as_ref().and_then(|spec| spec.storage_class_name.as_deref());
    let classes = case.facts.extra.storage_classes.as_deref();
    let events: Vec<_> = case
        .facts
        .extra
        .events
        .iter()
        .rev()
        .filter(|event| {
            event.involved_object.kind.as_deref() == Some("PersistentVolumeClaim")
                && event.involved_object.name.as_deref() == Some(name)
                && event.reason.as_deref() != Some("WaitForFirstConsumer")
        })
        .take(2)
        .map(event_receipt)
        .collect();
    let phase =
        receipt(format!("claim {name} is pending"), object.clone(), ".status.phase", "Pending", Some(case.facts.now));
    let no_such = match class {
        Some(NO_CLASS) => None,
        Some(class) => classes
            .is_some_and(|all| !all.iter().any(|other| other == class))
            .then(|| (format!("StorageClass {class}, which does not exist"), class.to_owned())),
        None => classes.map(|all| {
            let has = if all.is_empty() { "there is none" } else { "none of those there is the default" };
            (format!("the default StorageClass, and {has}"), String::new())
        }),
    };
    let draft = if let Some((what, value)) = no_such {
        Draft::of(Code::ClaimClassMissing, format!("{subject} cannot be placed: claim {name} asks for {what}"))
            .cause(&object, ".spec.storageClassName")
            .receipt(receipt(
                format!("it asks for {what}"),
                object.clone(),
                ".spec.storageClassName",
                if value.is_empty() { "not set" } else { &value },
                Some(case.facts.now),
            ))
            .confidence(0.95, "the StorageClasses were listed")
            .advice(
                "a claim's class cannot be changed: make the claim anew with a class that exists, or create the class",
            )
    } else {
        let asks = found.spec.as_ref().map(|spec| {
            let modes = spec.access_modes.clone().unwrap_or_default().join(", ");
            let size = spec
                .resources
                .as_ref()
                .and_then(|it| it.requests.as_ref())
                .and_then(|it| it.get("storage"))
                .map(|it| it.0.clone())
                .unwrap_or_default();
            format!("{size} {modes} {}", class.map(|class| format!("class \"{class}\"")).unwrap_or_default())
        });
        let asks = asks.unwrap_or_default();
        Draft::of(
            Code::ClaimUnbound,
            format!("{subject} cannot be placed: no volume fits claim {name} ({})", asks.trim()),
        )
        .cause(&object, ".spec")
        .receipt(receipt(
            format!("it asks for {}", asks.trim()),
            object.clone(),
            ".spec",
            asks.trim(),
            Some(case.facts.now),
        ))
        .confidence(0.88, "the claim is pending, and its class exists or is not needed")
        .advice("see its Events and the provisioner; without one, create a volume of that size, class and access mode")
    };
    draft.receipt(phase).receipts(events)
}

/// Volumes of claims that have run full.
pub fn full(case: &Case<'_>) -> Vec<Finding> {
    let found = case.facts.extra.volumes.iter().filter_map(|volume| Some((volume, volume.full()?)));
    found.map(|(volume, full)| judge_full(case, volume, full)).collect()
}

fn judge_full(case: &Case<'_>, volume: &VolumeUse, full: Full) -> Finding {
    let name = volume.claim.as_str();
    let claim = case.neighbour("PersistentVolumeClaim", name);
    let words = full.in_words();
    let (object, path) = match volume.by {
        CountedBy::Prometheus => (claim.clone(), "kubelet_volume_stats_available_bytes".to_owned()),
        CountedBy::Kubelet => {
            (reading::object("Node", "", &volume.node), format!("stats/summary[{}/{name}]", volume.namespace))
        }
    };
    let subject = case.subject();
    let said = said::said(case).into_iter().find(|it| it.code == Code::DiskFull.as_str());
    let (confidence, reason) = match (&said, case.sick.is_empty()) {
        (Some(_), _) => (0.97, "who counts it and who writes to it say the same"),
        (None, true) => (0.9, "it is counted; nothing fails yet, or nothing says so"),
        (None, false) => (0.75, "it is counted; that its containers fail for it, their logs do not say"),
    };
    Draft::of(Code::VolumeFull, format!("{subject} has no room to write: the volume of claim {name} is full, {words}"))
        .cause(&claim, ".status.capacity[storage]")
        .receipt(receipt(format!("the volume of claim {name}: {words}"), object, path, &words, Some(volume.at)))
        .receipts(said.into_iter().flat_map(|it| it.evidence))
        .confidence(confidence, reason)
        .remedy(grow(case, name).filter(|_| matches!(full, Full::Bytes(_))))
        .advice(match full {
            Full::Bytes(_) => format!("free room in it, or make claim {name} larger if its StorageClass allows that"),
            Full::Inodes(_) => "remove files: there is room for bytes, and none for more files".to_owned(),
        })
        .done()
}

/// Half as much again, of a gibibyte and more in whole ones. Without a class nobody is there to make it larger.
fn grow(case: &Case<'_>, name: &str) -> Option<Remedy> {
    let found = case.facts.extra.claims.iter().find(|claim| claim.metadata.name.as_deref() == Some(name))?;
    let spec = found.spec.as_ref()?;
    spec.storage_class_name.as_deref().filter(|class| *class != NO_CLASS)?;
    let asked = bytes(spec.resources.as_ref()?.requests.as_ref()?.get("storage")?)?;
    let more = asked + asked / 2;
    let size = if asked < 1 << 30 { mebibytes(more) } else { format!("{}Gi", more.div_ceil(1 << 30)) };
    let why = format!("makes claim {name} half as large again");
    Some(remedy(ActionType::ResizePVC, [("pvc", name.to_owned()), ("size", size)], why))
}

/// Volumes that cannot be attached or mounted; missing ConfigMaps and Secrets have their own rule.
pub fn volumes(case: &Case<'_>) -> Vec<Finding> {
    let stuck = case.sick.iter().filter(|container| container.is_being_prepared());
    let found = stuck
        .flat_map(|container| {
            case.events_of(container.pod, "FailedMount").chain(case.events_of(container.pod, "FailedAttachVolume"))
        })
        .find(|event| {
            let said = event.message.as_deref().unwrap_or_default();
            let is_named = config::parse(said).is_some() || said.contains("references non-existent");
            !is_named && !containers::kubelet_is_behind(said)
        });
    let named = case.sick.iter().any(|container| {
        case.events_of(container.pod, "FailedMount").any(|event| {
            let said = event.message.as_deref().unwrap_or_default();
            config::parse(said).is_some() || said.contains("references non-existent")
        })
    });
    // `timed out waiting for the condition` repeats what a more exact Event has said.
    let Some(event) = found.filter(|_| !named) else { return Vec::new() };
    let said = event.message.as_deref().unwrap_or_default().trim();
    let code = if said.contains("hostPath type check failed")
        || said.contains("path does not exist")
        || said.contains("does not exist")
    {
        Code::VolumePathMissing
    } else if said.contains("Multi-Attach")
        || said.contains("already exclusively attached")
        || said.contains("already used by")
    {
        Code::VolumeInUse
    } else {
        Code::VolumeNotMounting
    };
    let newest = case.sick.iter().find(|container| container.is_being_prepared());
    let rollback = newest
        .filter(|container| membership::ready_since(container.pod).is_none())
        .and_then(|container| case.rollback_of_pending(container.pod, "mounts other volumes"));
    vec![
        Draft::of(code, format!("{} cannot start: {said}", case.subject()))
            .cause(&case.facts.subject, ".spec.template.spec.volumes")
            .receipt(event_receipt(event))
            .confidence(0.85, "the kubelet says so")
            .rules_out("image", "not reached: volumes are mounted first")
            .remedy(rollback)
            .advice(match code {
                Code::VolumePathMissing => {
                    "create the path on the node or correct it, or use a volume that follows the pod"
                }
                Code::VolumeInUse => {
                    "see which pod holds the volume; one that allows a single node needs the Recreate strategy"
                }
                _ => "look at the volume, its driver and the node it should be on",
            })
            .done(),
    ]
}
