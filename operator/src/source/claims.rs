//! Whose code a repository is, and which of several speaks for a workload. Pure.

use std::sync::Arc;

use common::api::{ResourceRef, SourceRepository};
use kube::ResourceExt as _;

use super::decide::Trouble;

/// The workload a repository speaks for. Outside the operator's namespace it may be one of its own namespace only: elsewhere, whoever makes
/// a repository would choose what is told about the incidents of others.
pub fn workload(repository: &SourceRepository, home: &str) -> Result<ResourceRef, Trouble> {
    let workload = repository.workload();
    let own = repository.namespace().unwrap_or_default();
    if own == home || workload.namespace == own {
        return Ok(workload);
    }
    Err(Trouble::for_a_person(
        "ResourceElsewhere",
        format!(
            "spec.resource.namespace is {}, and an object of namespace {own} may name workloads of {own} only: create it in {}, or in {home}, \
             whose objects may name any",
            workload.namespace, workload.namespace
        ),
    ))
}

/// The one that speaks for a workload: of the workload's namespace before one of the operator's, then by name.
pub fn elected(
    candidates: &[Arc<SourceRepository>],
    workload: &ResourceRef,
    home: &str,
) -> Option<Arc<SourceRepository>> {
    let speaks = |repository: &&Arc<SourceRepository>| {
        repository.metadata.deletion_timestamp.is_none()
            && self::workload(repository, home).is_ok_and(|named| named.same_object(workload))
    };
    candidates
        .iter()
        .filter(speaks)
        .min_by_key(|repository| {
            let namespace = repository.namespace().unwrap_or_default();
            (namespace != workload.namespace, repository.name_any(), namespace)
        })
        .cloned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::testing::repository;

    const HOME: &str = "chatcli-system";

    fn in_and_of(namespace: &str, name: &str, of: &str) -> Arc<SourceRepository> {
        let mut made = repository(namespace, name);
        made.spec.resource.namespace = of.to_owned();
        Arc::new(made)
    }

    #[test]
    fn one_of_the_operators_namespace_may_name_a_workload_of_any() {
        assert_eq!(workload(&in_and_of(HOME, "web", "shop"), HOME).unwrap().path(), "Deployment/shop/web");
    }

    #[test]
    fn one_elsewhere_speaks_for_its_own_namespace_only() {
        assert_eq!(workload(&in_and_of("shop", "web", ""), HOME).unwrap().path(), "Deployment/shop/web");
        assert_eq!(workload(&in_and_of("mallory", "web", "shop"), HOME).unwrap_err().reason, "ResourceElsewhere");
    }

    #[test]
    fn the_namespaces_own_goes_before_the_operators_and_then_the_name_decides() {
        let all = [
            in_and_of(HOME, "a", "shop"),
            in_and_of("shop", "c", ""),
            in_and_of("shop", "b", "shop"),
            in_and_of("mallory", "0", "shop"),
        ];
        let named = |all: &[Arc<SourceRepository>]| {
            elected(all, &ResourceRef::new("Deployment", "shop", "web"), HOME).map(|it| it.name_any())
        };
        assert_eq!(named(&all).as_deref(), Some("b"));
        assert_eq!(named(&all[..1]).as_deref(), Some("a"));
        assert_eq!(named(&all[3..]), None);
    }

    #[test]
    fn one_that_is_being_deleted_speaks_for_nobody() {
        let mut going = repository("shop", "web");
        going.metadata.deletion_timestamp = Some(common::api::Time(jiff::Timestamp::UNIX_EPOCH));
        assert_eq!(elected(&[Arc::new(going)], &ResourceRef::new("Deployment", "shop", "web"), HOME), None);
    }
}
