//! PersistentVolumeClaim `<name>-sessions`. It has an owner only where retention says that sessions go with the Instance.

use common::api::instance::Retention;
use serde_json::json;

use super::{Child, ChildKind};
use crate::instance::subject::Subject;

pub(in crate::instance) const SUFFIX: &str = "-sessions";

pub(in crate::instance) fn build(subject: &Subject) -> Option<Child> {
    let persistence = subject.spec.persistence.as_ref().filter(|_| subject.is_persistent())?;
    let mut spec = json!({
        "accessModes": [subject.access_mode()],
        "resources": { "requests": { "storage": subject.size() } },
    });
    if let Some(class) = &persistence.storage_class_name {
        spec["storageClassName"] = json!(class);
    }
    let name = subject.child(SUFFIX);
    let content = json!({ "spec": spec });
    Some(match subject.retention() {
        Retention::Retain => Child::kept(ChildKind::PersistentVolumeClaim, subject, name, content),
        Retention::Delete => Child::owned(ChildKind::PersistentVolumeClaim, subject, name, content),
    })
}
