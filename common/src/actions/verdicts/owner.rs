//! Who else writes the object: a GitOps controller would take the change back, so it belongs into the repository.
//!
//! In: labels, annotations and live managedFields. A label that several tools use counts only when a field manager confirms it.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde_json::{Value, json};

use super::{Seen, computed, ok};
use crate::actions::kind;
use crate::actions::object::Object;
use crate::api::remediation_plan::{Verdict, VerdictLevel};

/// Who manages an object from outside the cluster.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Owner {
    /// An Argo CD Application.
    Argo(String),
    /// A Flux Kustomization or HelmRelease.
    Flux(String),
    /// A Helm release that nobody reconciles.
    Helm(String),
    /// Something that says it manages the object.
    Other(String),
}

impl Owner {
    /// What that means for a change, in one sentence.
    pub fn sentence(&self) -> String {
        match self {
            Self::Argo(name) => format!("Argo CD Application {name} writes it: what is changed by hand is taken back"),
            Self::Flux(name) => format!("Flux {name} writes it: what is changed by hand is taken back"),
            Self::Helm(name) => format!("it is of Helm release {name}, whose next upgrade sets fields back"),
            Self::Other(who) => format!("it says that {who} manages it, which may take changes back"),
        }
    }
}

/// Reads the owner from metadata, as far as it says so without managedFields: stores hold none.
pub fn of_metadata(metadata: &ObjectMeta) -> Option<Owner> {
    of(&Object(json!({ "metadata": metadata })))
}

/// Reads the owner from an object's own metadata.
pub fn of(object: &Object) -> Option<Owner> {
    let has_manager = |names: &[&str]| {
        object
            .list("/metadata/managedFields")
            .iter()
            .any(|entry| entry.get("manager").and_then(Value::as_str).is_some_and(|manager| names.contains(&manager)))
    };
    if let Some(id) = object.annotation("argocd.argoproj.io/tracking-id") {
        return Some(Owner::Argo(id.split(':').next().unwrap_or(id).to_owned()));
    }
    if let Some(name) = object.label("argocd.argoproj.io/instance") {
        return Some(Owner::Argo(name.to_owned()));
    }
    if has_manager(&["argocd-controller", "argocd-application-controller"]) {
        let name = object.label("app.kubernetes.io/instance").unwrap_or("of unknown name");
        return Some(Owner::Argo(name.to_owned()));
    }
    for tool in ["kustomize", "helm"] {
        if let Some(name) = object.label(&format!("{tool}.toolkit.fluxcd.io/name")) {
            let namespace = object.label(&format!("{tool}.toolkit.fluxcd.io/namespace")).unwrap_or_default();
            return Some(Owner::Flux(format!("{namespace}/{name}")));
        }
    }
    if has_manager(&["kustomize-controller", "helm-controller"]) {
        return Some(Owner::Flux("of unknown name".to_owned()));
    }
    let managed_by = object.label("app.kubernetes.io/managed-by");
    if let Some(release) = object.annotation("meta.helm.sh/release-name") {
        return Some(Owner::Helm(release.to_owned()));
    }
    match managed_by {
        Some("Helm") => {
            Some(Owner::Helm(object.label("app.kubernetes.io/instance").unwrap_or("of unknown name").to_owned()))
        }
        Some(other) => Some(Owner::Other(other.to_owned())),
        None => None,
    }
}

pub fn check(seen: &Seen<'_>) -> Vec<Verdict> {
    // A pod that is evicted or deleted is nobody's desired state.
    let objects = seen
        .writes()
        .filter(|write| write.object.kind != kind::POD.kind)
        .filter_map(|write| seen.before.find(&write.object));
    let mut verdicts: Vec<Verdict> = objects.filter_map(|object| Some(told(object, &of(object)?, seen))).collect();
    verdicts.dedup();
    if verdicts.is_empty() {
        verdicts.push(ok("gitops", "no GitOps or Helm owner"));
    }
    verdicts
}

fn told(object: &Object, owner: &Owner, seen: &Seen<'_>) -> Verdict {
    let short = object.reference().short();
    match owner {
        Owner::Argo(application) => {
            let text = format!("{short} belongs to Argo CD Application {application}: propose to the repository");
            computed("gitops", VerdictLevel::Block, text)
        }
        Owner::Flux(name) => {
            let text = format!("{short} belongs to Flux {name}: propose to the repository");
            computed("gitops", VerdictLevel::Block, text)
        }
        Owner::Helm(release) => {
            let fields: Vec<String> = seen
                .writes()
                .filter(|write| write.object.same_object(&object.reference()))
                .flat_map(|write| &write.touched)
                .map(|field| crate::actions::change::readable_path(&field.path))
                .collect();
            let text =
                format!("{short} is of Helm release {release}: its next upgrade sets {} back", fields.join(", "));
            computed("helm", VerdictLevel::Warn, text)
        }
        Owner::Other(who) => computed(
            "gitops",
            VerdictLevel::Warn,
            format!("{short} says it is managed by {who}, which may take the change back"),
        ),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn owner(metadata: &Value) -> Option<Owner> {
        of(&Object(json!({"kind": "Deployment", "metadata": metadata})))
    }

    #[test]
    fn owners_are_told_from_metadata() {
        let tracking = json!({"annotations": {"argocd.argoproj.io/tracking-id": "shop:apps/Deployment:shop/web"}});
        assert_eq!(owner(&tracking), Some(Owner::Argo("shop".to_owned())));
        let flux = json!({"labels": {"kustomize.toolkit.fluxcd.io/name": "apps", "kustomize.toolkit.fluxcd.io/namespace": "flux-system"}});
        assert_eq!(owner(&flux), Some(Owner::Flux("flux-system/apps".to_owned())));
        let helm = json!({"labels": {"app.kubernetes.io/managed-by": "Helm"}, "annotations": {"meta.helm.sh/release-name": "web"}});
        assert_eq!(owner(&helm), Some(Owner::Helm("web".to_owned())));
        assert_eq!(
            owner(&json!({"labels": {"app.kubernetes.io/managed-by": "pulumi"}})),
            Some(Owner::Other("pulumi".to_owned()))
        );
    }

    #[test]
    fn a_label_that_argo_shares_with_others_counts_only_with_its_field_manager() {
        let label = json!({"app.kubernetes.io/instance": "web"});
        assert_eq!(owner(&json!({"labels": label})), None);
        let managed = json!({"labels": label, "managedFields": [{"manager": "argocd-controller"}]});
        assert_eq!(owner(&managed), Some(Owner::Argo("web".to_owned())));
    }

    #[test]
    fn a_helm_release_that_flux_reconciles_belongs_to_flux() {
        let both = json!({
            "labels": {"helm.toolkit.fluxcd.io/name": "web", "helm.toolkit.fluxcd.io/namespace": "apps", "app.kubernetes.io/managed-by": "Helm"},
            "annotations": {"meta.helm.sh/release-name": "web"},
        });
        assert_eq!(owner(&both), Some(Owner::Flux("apps/web".to_owned())));
    }
}
