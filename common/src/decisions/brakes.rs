//! What stops the operator whatever policies and votes say.

use std::collections::BTreeMap;

use crate::api::keys::{PROTECTED_NAMESPACES, annotations, labels};

/// Labels and annotations, as objects carry them.
pub type Marks = BTreeMap<String, String>;

/// Everything around a target that can hold the operator back. Absent marks mean the object has none, not that it could not be read:
/// whoever cannot read it must not ask.
#[derive(Clone, Copy, Debug)]
pub struct Surroundings<'a> {
    /// Namespace of the target; empty for cluster-scoped objects.
    pub namespace: &'a str,
    /// Namespace of the operator.
    pub operator_namespace: &'a str,
    /// Annotations of the target.
    pub target_annotations: Option<&'a Marks>,
    /// Labels of the target.
    pub target_labels: Option<&'a Marks>,
    /// Annotations of its Namespace.
    pub namespace_annotations: Option<&'a Marks>,
    /// Labels of its Namespace.
    pub namespace_labels: Option<&'a Marks>,
    /// Annotations of the operator's Namespace: the switch for the whole cluster.
    pub cluster_annotations: Option<&'a Marks>,
}

/// One thing that stops the operator.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Brake {
    /// Somebody paused automation. Goes away by itself.
    Paused {
        /// `workload`, `namespace shop` or `cluster`.
        by: String,
    },
    /// The namespace is never touched.
    ProtectedNamespace(String),
    /// The label `platform.chatcli.io/automation: "off"`.
    AutomationOff {
        /// `workload` or `namespace shop`.
        by: String,
    },
}

impl Brake {
    /// Reason in CamelCase.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Paused { .. } => "Paused",
            Self::ProtectedNamespace(_) => "Protected",
            Self::AutomationOff { .. } => "AutomationOff",
        }
    }

    /// One sentence.
    pub fn message(&self) -> String {
        match self {
            Self::Paused { by } => format!("automation is paused for the {by}"),
            Self::ProtectedNamespace(namespace) => format!("nothing in namespace {namespace} is ever changed"),
            Self::AutomationOff { by } => format!("the {by} carries the label {}: off", labels::AUTOMATION),
        }
    }
}

/// Every brake that is on; the lasting ones first.
pub fn brakes(around: &Surroundings<'_>) -> Vec<Brake> {
    let namespace = || format!("namespace {}", around.namespace);
    let mut on = Vec::new();
    if is_protected(around.namespace, around.operator_namespace) {
        on.push(Brake::ProtectedNamespace(around.namespace.to_owned()));
    }
    for (marks, by) in [(around.target_labels, "workload".to_owned()), (around.namespace_labels, namespace())] {
        if value(marks, labels::AUTOMATION).is_some_and(|word| word.eq_ignore_ascii_case("off")) {
            on.push(Brake::AutomationOff { by });
        }
    }
    let places = [
        (around.cluster_annotations, "cluster".to_owned()),
        (around.namespace_annotations, namespace()),
        (around.target_annotations, "workload".to_owned()),
    ];
    for (marks, by) in places {
        if value(marks, annotations::PAUSED).is_some_and(is_pause) {
            on.push(Brake::Paused { by });
        }
    }
    on
}

/// kube-system and its siblings, and the operator's own namespace.
pub fn is_protected(namespace: &str, operator_namespace: &str) -> bool {
    PROTECTED_NAMESPACES.contains(&namespace) || namespace == operator_namespace
}

/// Anything but a clear no pauses: who writes the annotation wants it quiet, whatever word they choose.
pub fn is_pause(word: &str) -> bool {
    !matches!(word.to_ascii_lowercase().as_str(), "false" | "no" | "off" | "0")
}

fn value<'a>(marks: Option<&'a Marks>, key: &str) -> Option<&'a str> {
    marks?.get(key).map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marks(key: &str, value: &str) -> Marks {
        Marks::from([(key.to_owned(), value.to_owned())])
    }

    fn quiet() -> Surroundings<'static> {
        Surroundings {
            namespace: "shop",
            operator_namespace: "chatcli-system",
            target_annotations: None,
            target_labels: None,
            namespace_annotations: None,
            namespace_labels: None,
            cluster_annotations: None,
        }
    }

    #[test]
    fn nothing_holds_an_ordinary_workload_back() {
        assert_eq!(brakes(&quiet()), []);
    }

    #[test]
    fn kube_system_and_the_operators_own_namespace_are_out_of_bounds() {
        for namespace in ["kube-system", "kube-public", "kube-node-lease", "chatcli-system"] {
            let around = Surroundings { namespace, ..quiet() };
            assert_eq!(brakes(&around), [Brake::ProtectedNamespace(namespace.into())]);
        }
    }

    #[test]
    fn a_pause_holds_on_the_workload_its_namespace_and_the_cluster() {
        let on = marks(annotations::PAUSED, "true");
        let paused = |around: &Surroundings<'_>| brakes(around).iter().map(Brake::message).collect::<Vec<_>>();
        let workload = Surroundings { target_annotations: Some(&on), ..quiet() };
        let namespace = Surroundings { namespace_annotations: Some(&on), ..quiet() };
        let cluster = Surroundings { cluster_annotations: Some(&on), ..quiet() };
        assert_eq!(paused(&workload), ["automation is paused for the workload"]);
        assert_eq!(paused(&namespace), ["automation is paused for the namespace shop"]);
        assert_eq!(paused(&cluster), ["automation is paused for the cluster"]);
    }

    #[test]
    fn a_pause_in_unexpected_words_is_a_pause() {
        for (word, pauses) in [("true", true), ("until monday", true), ("", true), ("false", false), ("Off", false)] {
            let on = marks(annotations::PAUSED, word);
            assert_eq!(
                !brakes(&Surroundings { target_annotations: Some(&on), ..quiet() }).is_empty(),
                pauses,
                "{word:?}"
            );
        }
    }

    #[test]
    fn the_automation_label_takes_a_workload_out() {
        let off = marks(labels::AUTOMATION, "off");
        let around = Surroundings { target_labels: Some(&off), ..quiet() };
        assert_eq!(brakes(&around), [Brake::AutomationOff { by: "workload".into() }]);
    }
}
