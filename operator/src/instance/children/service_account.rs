//! ServiceAccount `<name>`: who the server is. Labels only, so that IRSA and pull secrets that others add stay.

use serde_json::json;

use super::{Child, ChildKind};
use crate::instance::subject::Subject;

pub(in crate::instance) fn build(subject: &Subject) -> Child {
    Child::owned(ChildKind::ServiceAccount, subject, subject.child(""), json!({}))
}
