//! A Pod as the stores keep it: of one template there may be hundreds, and what they share is held once.
//!
//! In: a Pod as the API server sends it. Out: the same, with the one field in which pods of a template differ, their node, beside the spec.

use std::borrow::Cow;
use std::sync::Arc;

use k8s_openapi::api::core::v1::{self, PodSpec, PodStatus};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::Resource;
use serde::{Deserialize, Serialize};

/// A Pod. Its spec is that of its template, without the node.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(from = "v1::Pod", into = "v1::Pod")]
pub struct Pod {
    /// Metadata.
    pub metadata: ObjectMeta,
    /// What it runs; shared with its siblings once [`share`](Self::share) was called. `nodeName` is in [`node`](Self::node).
    pub spec: Option<Arc<PodSpec>>,
    /// The node it was put on.
    pub node: Option<String>,
    /// How it is.
    pub status: Option<PodStatus>,
}

impl Pod {
    /// Takes the spec of a sibling in place of an equal one of its own.
    pub fn share(&mut self, sibling: &Self) {
        if self.spec == sibling.spec {
            self.spec.clone_from(&sibling.spec);
        }
    }
}

impl From<v1::Pod> for Pod {
    fn from(pod: v1::Pod) -> Self {
        let v1::Pod { metadata, mut spec, status } = pod;
        let node = spec.as_mut().and_then(|spec| spec.node_name.take());
        Self { metadata, spec: spec.map(Arc::new), node, status }
    }
}

impl From<Pod> for v1::Pod {
    fn from(pod: Pod) -> Self {
        let mut spec = pod.spec.map(Arc::unwrap_or_clone);
        if let Some(spec) = &mut spec {
            spec.node_name = pod.node;
        }
        Self { metadata: pod.metadata, spec, status: pod.status }
    }
}

impl Resource for Pod {
    type DynamicType = ();
    type Scope = <v1::Pod as Resource>::Scope;

    fn kind(dynamic: &()) -> Cow<'_, str> {
        v1::Pod::kind(dynamic)
    }

    fn group(dynamic: &()) -> Cow<'_, str> {
        v1::Pod::group(dynamic)
    }

    fn version(dynamic: &()) -> Cow<'_, str> {
        v1::Pod::version(dynamic)
    }

    fn plural(dynamic: &()) -> Cow<'_, str> {
        v1::Pod::plural(dynamic)
    }

    fn meta(&self) -> &ObjectMeta {
        &self.metadata
    }

    fn meta_mut(&mut self) -> &mut ObjectMeta {
        &mut self.metadata
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn pod(name: &str, node: &str, image: &str) -> Pod {
        let spec = json!({ "nodeName": node, "containers": [{ "name": "app", "image": image }] });
        serde_json::from_value(json!({ "metadata": { "name": name }, "spec": spec })).unwrap()
    }

    #[test]
    fn it_is_written_as_it_was_read() {
        let read = json!({ "apiVersion": "v1", "kind": "Pod", "metadata": { "name": "a" }, "spec": { "nodeName": "n1", "containers": [] } });
        let pod: Pod = serde_json::from_value(read.clone()).unwrap();
        assert_eq!(serde_json::to_value(pod).unwrap(), read);
    }

    #[test]
    fn pods_of_one_template_share_it_wherever_they_run() {
        let (first, mut second, mut other) =
            (pod("a", "n1", "app:v1"), pod("b", "n2", "app:v1"), pod("c", "n1", "app:v2"));
        second.share(&first);
        other.share(&first);
        assert!(Arc::ptr_eq(first.spec.as_ref().unwrap(), second.spec.as_ref().unwrap()));
        assert_eq!((second.node.as_deref(), other.node.as_deref()), (Some("n2"), Some("n1")));
        assert_eq!(other.spec.unwrap().containers[0].image.as_deref(), Some("app:v2"));
    }
}
