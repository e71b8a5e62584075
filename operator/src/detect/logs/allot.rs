//! Which logs are followed. Pure.

use std::collections::BTreeMap;
use std::sync::Arc;

use common::facts::Facts;
use common::facts::logged::hearing::speakers;
use jiff::Timestamp;
use k8s_openapi::api::core::v1::PodSpec;

use crate::runtime::ObjectKey;
use crate::runtime::subjects::SubjectKey;

/// A container whose log is worth following.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// Its pod.
    pub pod: ObjectKey,
    /// UID of the pod: a namesake is another one.
    pub uid: String,
    /// Its name.
    pub container: String,
    /// What the pod runs.
    pub spec: Option<Arc<PodSpec>>,
    /// When this life of it began, as far as is known when it was first looked at.
    pub started: Option<Timestamp>,
}

impl Target {
    /// What makes it the same one: a container that was started anew is.
    pub fn id(&self) -> (String, String) {
        (self.uid.clone(), self.container.clone())
    }
}

/// The logs that tell of a subject.
pub fn targets(facts: &Facts) -> Vec<Target> {
    let of = |meta: &kube::api::ObjectMeta| {
        (
            meta.uid.clone().unwrap_or_default(),
            ObjectKey::new(meta.namespace.clone().unwrap_or_default(), meta.name.clone().unwrap_or_default()),
        )
    };
    let speakers = speakers(facts).into_iter();
    speakers
        .map(|speaker| {
            let (uid, pod) = of(&speaker.pod.metadata);
            let container = speaker.name().to_owned();
            Target { pod, uid, container, spec: speaker.pod.spec.clone(), started: speaker.running_since() }
        })
        .collect()
}

/// Workloads and containers of theirs.
pub type Allotted<'a> = Vec<(&'a SubjectKey, &'a Target)>;

/// Whose logs are followed, at most so many, and whose are not: every workload gets its first before one gets its second.
pub fn allot(wanted: &BTreeMap<SubjectKey, Vec<Target>>, most: usize) -> (Allotted<'_>, Allotted<'_>) {
    let ranked = wanted.iter().flat_map(|(key, targets)| targets.iter().enumerate().map(move |it| (it.0, key, it.1)));
    let mut ranked: Vec<_> = ranked.collect();
    ranked.sort_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)));
    let mut chosen: Vec<_> = ranked.into_iter().map(|(_, key, target)| (key, target)).collect();
    let left_out = chosen.split_off(most.min(chosen.len()));
    (chosen, left_out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runtime::subjects::Kind;

    fn wanted(workloads: &[(&str, usize)]) -> BTreeMap<SubjectKey, Vec<Target>> {
        let target = |name: &str, number: usize| Target {
            pod: ObjectKey::new("shop", format!("{name}-{number}")),
            uid: format!("{name}-{number}"),
            container: "app".to_owned(),
            spec: None,
            started: None,
        };
        let targets = |name: &str, count| (0..count).map(|number| target(name, number)).collect();
        workloads
            .iter()
            .map(|(name, count)| (SubjectKey::new(Kind::Deployment, "shop", name), targets(name, *count)))
            .collect()
    }

    fn names(allotted: &[(&SubjectKey, &Target)]) -> Vec<String> {
        allotted.iter().map(|(_, target)| target.uid.clone()).collect()
    }

    #[test]
    fn every_workload_is_heard_before_one_is_heard_twice() {
        let wanted = wanted(&[("cart", 2), ("pay", 2), ("web", 1)]);
        let (chosen, left_out) = allot(&wanted, 4);
        assert_eq!(names(&chosen), ["cart-0", "pay-0", "web-0", "cart-1"]);
        assert_eq!(names(&left_out), ["pay-1"]);
    }

    #[test]
    fn where_there_is_room_nobody_is_left_out() {
        assert!(allot(&wanted(&[("cart", 2)]), 50).1.is_empty());
    }
}
