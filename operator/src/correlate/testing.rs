//! Builders that read like the sentence of the test.

use common::api::anomaly::{AnomalySpec, AnomalyStatus};
use common::api::{Anomaly, NameRef, ResourceRef, SignalType, Source, Time};

use crate::detect::testing::at;

/// An active anomaly of deploy/web in namespace shop.
pub fn anomaly(signal: SignalType, name: &str) -> Anomaly {
    let mut anomaly = Anomaly::new(
        name,
        AnomalySpec {
            source: Source::Watcher,
            signal_type: signal,
            resource: ResourceRef::new("Deployment", "shop", "web").with_uid("web-uid"),
            value: "1".into(),
            threshold: "0".into(),
            description: Some("something is wrong with web".into()),
            severity: None,
            detected_at: None,
            object: None,
            episode: None,
            requested_by: None,
        },
    );
    anomaly.metadata.namespace = Some("shop".into());
    anomaly.metadata.uid = Some(format!("{name}-uid"));
    anomaly.metadata.creation_timestamp = Some(Time(at(0)));
    anomaly.status = Some(AnomalyStatus { active: Some(true), ..AnomalyStatus::default() });
    anomaly
}

/// The same, folded into an Issue already.
pub fn folded(mut anomaly: Anomaly, issue: &common::api::Issue) -> Anomaly {
    if let Some(status) = &mut anomaly.status {
        status.correlated = true;
        status.issue_ref =
            Some(NameRef { name: issue.metadata.name.clone().unwrap_or_default(), uid: issue.metadata.uid.clone() });
    }
    anomaly
}
