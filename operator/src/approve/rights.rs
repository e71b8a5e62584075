//! May this person do what their plan would do? Asked of the API server, never guessed.

use common::actions::Kind;
use common::api::remediation_plan::{WriteKind, WriteRecord};
use futures::future::join_all;
use k8s_openapi::api::authorization::v1::{ResourceAttributes, SubjectAccessReview, SubjectAccessReviewSpec};
use kube::{Api, api::PostParams};

use crate::runtime::{Context, read};

/// Whether a person may do every one of these writes; `None` when the server could not be asked about one and refused none, and when there is
/// no write to ask about: not knowing what a plan will do is not a yes.
///
/// Groups are not known here: whoever holds a right through a group alone is told no, and then people are asked.
pub async fn may_do(ctx: &Context, person: &str, writes: &[WriteRecord]) -> Option<bool> {
    let answers = join_all(writes.iter().map(|write| may(ctx, person, write))).await;
    if answers.contains(&Some(false)) {
        return Some(false);
    }
    (!answers.is_empty() && answers.iter().all(|answer| *answer == Some(true))).then_some(true)
}

async fn may(ctx: &Context, person: &str, write: &WriteRecord) -> Option<bool> {
    let api: Api<SubjectAccessReview> = Api::all(ctx.clients.read.clone());
    let question = SubjectAccessReview {
        spec: SubjectAccessReviewSpec {
            user: Some(person.to_owned()),
            resource_attributes: Some(attributes(write)?),
            ..SubjectAccessReviewSpec::default()
        },
        ..SubjectAccessReview::default()
    };
    let answer = read(api.create(&PostParams::default(), &question)).await.ok()?;
    answer.status.map(|status| status.allowed && status.denied != Some(true))
}

/// The right a write takes; `None` for a kind whose plural is not known, which is a question left open, not a yes.
fn attributes(write: &WriteRecord) -> Option<ResourceAttributes> {
    let object = &write.object;
    let api_version = object.api_version.as_deref()?;
    let group = api_version.rsplit_once('/').map_or("", |(group, _)| group);
    let (verb, subresource) = match write.kind {
        WriteKind::Patch | WriteKind::Apply => ("patch", None),
        WriteKind::Scale => ("patch", Some("scale")),
        WriteKind::Create => ("create", None),
        WriteKind::Delete => ("delete", None),
        WriteKind::Evict => ("create", Some("eviction")),
        WriteKind::Exec => ("create", Some("exec")),
    };
    Some(ResourceAttributes {
        group: Some(group.to_owned()),
        resource: Some(plural(&object.kind)?.to_owned()),
        subresource: subresource.map(str::to_owned),
        namespace: Some(object.namespace.clone()),
        name: Some(object.name.clone()),
        verb: Some(verb.to_owned()),
        ..ResourceAttributes::default()
    })
}

fn plural(kind: &str) -> Option<&'static str> {
    Kind::named(kind).map(|kind| kind.plural)
}

#[cfg(test)]
mod tests {
    use common::api::ResourceRef;

    use super::*;

    fn write(kind: WriteKind, object: &str, api_version: &str) -> WriteRecord {
        let mut object = ResourceRef::new(object, "shop", "web");
        object.api_version = Some(api_version.to_owned());
        WriteRecord { kind, object, ..WriteRecord::default() }
    }

    #[test]
    fn each_write_asks_for_the_right_it_takes() {
        let right = |write: WriteRecord| {
            let asked = attributes(&write).unwrap();
            (asked.verb.unwrap(), asked.group.unwrap(), asked.resource.unwrap(), asked.subresource.unwrap_or_default())
        };
        let words = |verb: &str, group: &str, resource: &str, sub: &str| {
            (verb.to_owned(), group.to_owned(), resource.to_owned(), sub.to_owned())
        };
        assert_eq!(
            right(write(WriteKind::Scale, "Deployment", "apps/v1")),
            words("patch", "apps", "deployments", "scale")
        );
        assert_eq!(right(write(WriteKind::Evict, "Pod", "v1")), words("create", "", "pods", "eviction"));
        assert_eq!(right(write(WriteKind::Patch, "ConfigMap", "v1")), words("patch", "", "configmaps", ""));
    }

    #[test]
    fn an_unknown_kind_leaves_the_question_open() {
        assert!(attributes(&write(WriteKind::Patch, "Certificate", "cert-manager.io/v1")).is_none());
    }
}
