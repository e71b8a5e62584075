//! What the release that runs may be called in its repository.
//!
//! In: facts of a workload. Out: names, the surest first: revisions that a build wrote down, versions, tags of the image. Never: asks a
//! registry, looks for a commit inside a tag (who has the repository knows which there are).

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::PodTemplateSpec;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use super::{Facts, Subject};

/// Annotations and labels in which builds write down the commit.
const REVISIONS: [&str; 8] = [
    "org.opencontainers.image.revision",
    "org.label-schema.vcs-ref",
    "app.kubernetes.io/revision",
    "git-commit",
    "git-sha",
    "commit-sha",
    "commit",
    "vcs-revision",
];
/// Annotations and labels in which they write down the version.
const VERSIONS: [&str; 4] =
    ["org.opencontainers.image.version", "app.kubernetes.io/version", "tags.datadoghq.com/version", "version"];
/// Names the container that kubectl takes where none is named.
const DEFAULT_CONTAINER: &str = "kubectl.kubernetes.io/default-container";
/// Tags that name no release.
const MOVING: [&str; 5] = ["latest", "stable", "main", "master", "edge"];
/// Most names.
const MOST: usize = 10;

/// The names, best first.
pub fn names(facts: &Facts) -> Vec<String> {
    let places = [template(&facts.object).and_then(|template| template.metadata.as_ref()), Some(facts.object.meta())];
    let said = |keys: &[&str]| -> Vec<String> {
        let of = |meta: &ObjectMeta, key: &str| {
            let maps = [meta.annotations.as_ref(), meta.labels.as_ref()];
            maps.into_iter().flatten().find_map(|map: &BTreeMap<String, String>| map.get(key)).cloned()
        };
        keys.iter().flat_map(|key| places.into_iter().flatten().filter_map(|meta| of(meta, key))).collect()
    };
    let tag = image(facts, places[0]).and_then(tag);
    let mut names: Vec<String> = Vec::new();
    for name in [said(&REVISIONS), said(&VERSIONS), tag.into_iter().collect()].concat() {
        let name = name.trim().to_owned();
        if !name.is_empty() && name.len() <= 256 && !names.contains(&name) {
            names.push(name);
        }
    }
    names.truncate(MOST);
    names
}

fn template(object: &Subject) -> Option<&PodTemplateSpec> {
    match object {
        Subject::Deployment(object) => object.spec.as_ref().map(|spec| &spec.template),
        Subject::StatefulSet(object) => object.spec.as_ref().map(|spec| &spec.template),
        Subject::DaemonSet(object) => object.spec.as_ref().map(|spec| &spec.template),
        Subject::Job(object) => object.spec.as_ref().map(|spec| &spec.template),
        Subject::CronJob(object) => object.spec.as_ref()?.job_template.spec.as_ref().map(|spec| &spec.template),
        Subject::Pod(_) | Subject::Node(_) => None,
    }
}

/// Of the main container: the tag of a sidecar may be a tag of the repository too, and of another release.
fn image<'a>(facts: &'a Facts, template: Option<&'a ObjectMeta>) -> Option<&'a str> {
    let containers = &facts.object.pod_spec()?.containers;
    let named = template.and_then(|meta| meta.annotations.as_ref()?.get(DEFAULT_CONTAINER));
    let main = containers.iter().find(|container| Some(&container.name) == named).or(containers.first())?;
    main.image.as_deref()
}

fn tag(image: &str) -> Option<String> {
    let image = image.split_once('@').map_or(image, |(image, _)| image);
    let (_, name) = image.rsplit_once('/').unwrap_or(("", image));
    let (_, tag) = name.split_once(':')?;
    (!MOVING.contains(&tag)).then(|| tag.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::deployment;
    use serde_json::json;

    fn of(annotations: &serde_json::Value, image: &str) -> Vec<String> {
        let scene = deployment()
            .set("/spec/template/metadata", json!({ "annotations": annotations }))
            .container("image", json!(image));
        names(&scene.facts(100))
    }

    #[test]
    fn what_a_build_wrote_down_goes_before_what_the_image_is_called() {
        let written =
            json!({ "org.opencontainers.image.revision": "0123456789abcdef", "app.kubernetes.io/version": "1.4.0" });
        assert_eq!(of(&written, "registry:5000/shop/web:v1.4.0"), ["0123456789abcdef", "1.4.0", "v1.4.0"]);
    }

    #[test]
    fn a_tag_that_moves_or_is_not_there_names_no_release() {
        assert!(of(&json!({}), "shop/web:latest").is_empty());
        assert!(of(&json!({}), "registry:5000/shop/web@sha256:0123").is_empty());
    }
}
