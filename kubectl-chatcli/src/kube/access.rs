//! Who may do what, as the API server's authorizer says.

use k8s_openapi::api::authorization::v1::{
    ResourceAttributes, SelfSubjectAccessReview, SelfSubjectAccessReviewSpec, SubjectAccessReview,
    SubjectAccessReviewSpec,
};
use kube::Api;
use kube::api::PostParams;

use super::{Cluster, Doing, Kind};
use crate::failure::Failure;

/// One question.
#[derive(Clone, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub struct Right {
    /// `get`, `patch`, ….
    pub verb: String,
    /// API group; empty for the core group.
    pub group: String,
    /// Plural, with `/subresource` where one is meant.
    pub resource: String,
    /// One object; all where absent.
    pub name: Option<String>,
}

impl Right {
    /// A verb on a resource.
    pub fn new(verb: &str, group: &str, resource: &str) -> Self {
        Self { verb: verb.to_owned(), group: group.to_owned(), resource: resource.to_owned(), name: None }
    }

    /// On one object.
    #[must_use]
    pub fn on(mut self, name: &str) -> Self {
        self.name = Some(name.to_owned());
        self
    }

    /// `patch deployments.apps/scale`.
    pub fn words(&self) -> String {
        let (resource, sub) = self.resource.split_once('/').unwrap_or((&self.resource, ""));
        let group = if self.group.is_empty() { String::new() } else { format!(".{}", self.group) };
        let sub = if sub.is_empty() { String::new() } else { format!("/{sub}") };
        format!("{} {resource}{group}{sub}", self.verb)
    }

    fn attributes(&self, namespace: Option<&str>) -> ResourceAttributes {
        let (resource, sub) = self.resource.split_once('/').unwrap_or((&self.resource, ""));
        ResourceAttributes {
            namespace: namespace.map(str::to_owned),
            verb: Some(self.verb.clone()),
            group: Some(self.group.clone()),
            resource: Some(resource.to_owned()),
            subresource: (!sub.is_empty()).then(|| sub.to_owned()),
            name: self.name.clone(),
            ..ResourceAttributes::default()
        }
    }
}

impl Cluster {
    /// Whether the caller has a right; in all namespaces where `namespace` is `None`.
    pub async fn may_i(&self, right: &Right, namespace: Option<&str>) -> Result<bool, Failure> {
        let review = SelfSubjectAccessReview {
            spec: SelfSubjectAccessReviewSpec {
                resource_attributes: Some(right.attributes(namespace)),
                ..SelfSubjectAccessReviewSpec::default()
            },
            ..SelfSubjectAccessReview::default()
        };
        let kind = Kind::of("authorization.k8s.io", "v1", "SelfSubjectAccessReview", "selfsubjectaccessreviews");
        let api: Api<SelfSubjectAccessReview> = Api::all(self.client());
        let answer = self.call(&Doing::new("create", &kind), api.create(&PostParams::default(), &review)).await?;
        Ok(answer.status.is_some_and(|status| status.allowed))
    }

    /// Whether a ServiceAccount has a right. Asking takes the verb `create` on `subjectaccessreviews`.
    pub async fn may_account(
        &self,
        account: (&str, &str),
        right: &Right,
        namespace: Option<&str>,
    ) -> Result<bool, Failure> {
        let (home, name) = account;
        let review = SubjectAccessReview {
            spec: SubjectAccessReviewSpec {
                user: Some(format!("system:serviceaccount:{home}:{name}")),
                groups: Some(vec![
                    "system:serviceaccounts".to_owned(),
                    format!("system:serviceaccounts:{home}"),
                    "system:authenticated".to_owned(),
                ]),
                resource_attributes: Some(right.attributes(namespace)),
                ..SubjectAccessReviewSpec::default()
            },
            ..SubjectAccessReview::default()
        };
        let kind = Kind::of("authorization.k8s.io", "v1", "SubjectAccessReview", "subjectaccessreviews");
        let api: Api<SubjectAccessReview> = Api::all(self.client());
        let answer = self.call(&Doing::new("create", &kind), api.create(&PostParams::default(), &review)).await?;
        Ok(answer.status.is_some_and(|status| status.allowed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_right_reads_as_kubectl_writes_it() {
        assert_eq!(Right::new("patch", "apps", "deployments/scale").words(), "patch deployments.apps/scale");
        assert_eq!(Right::new("get", "", "secrets").words(), "get secrets");
    }
}
