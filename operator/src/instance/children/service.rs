//! Services `<name>` (one address) and `<name>-headless` (the pods' addresses). Neither is ever switched: `clusterIP` cannot change in place.
//!
//! The first leaves out type and address, so that what an earlier operator or an administrator chose for it stays.

use serde_json::{Value, json};

use super::{Child, ChildKind};
use crate::instance::subject::Subject;

pub(in crate::instance) fn build(subject: &Subject) -> [Child; 2] {
    let spec = json!({ "selector": subject.labels(), "ports": ports(subject) });
    let mut headless = spec.clone();
    headless["clusterIP"] = json!("None");
    [
        Child::owned(ChildKind::Service, subject, subject.child(""), json!({ "spec": spec })),
        Child::owned(ChildKind::Service, subject, subject.child("-headless"), json!({ "spec": headless })),
    ]
}

fn ports(subject: &Subject) -> Value {
    let port = |name: &str, port: i32| json!({ "name": name, "port": port, "targetPort": name, "protocol": "TCP" });
    let metrics = subject.metrics_port().map(|number| port("metrics", number));
    std::iter::once(port("grpc", subject.port())).chain(metrics).collect()
}
