//! Writes what was decided about one subject.

use std::sync::Arc;

use common::api::Anomaly;
use common::api::anomaly::AnomalyStatus;
use common::api::keys::managers;
use futures::StreamExt as _;

use super::decide::Move;
use crate::runtime::{Context, Error, WriteError, status};

/// What the detector owns of an Anomaly's status.
const STATUS: status::Owner = status::Owner {
    manager: managers::DETECTOR,
    fields: &["active", "count", "firstSeen", "lastSeen", "clearedAt", "reason", "observedGeneration"],
    conditions: &[],
};
/// Writes about one subject at once.
const AT_ONCE: usize = 8;

/// Writes everything, and fails with the first error afterwards.
pub async fn apply(ctx: &Context, moves: Vec<Move>) -> Result<(), Error> {
    let results: Vec<Result<(), WriteError>> =
        futures::stream::iter(moves).map(|one| write(ctx, one)).buffer_unordered(AT_ONCE).collect().await;
    results.into_iter().collect::<Result<(), _>>().map_err(Error::from)
}

async fn write(ctx: &Context, one: Move) -> Result<(), WriteError> {
    match one {
        Move::Raise(mut anomaly) => {
            let first_status = anomaly.status.take().unwrap_or_default();
            match ctx.create(managers::DETECTOR, &*anomaly).await {
                Ok(created) => {
                    tracing::info!(
                        anomaly = anomaly.metadata.name,
                        namespace = anomaly.metadata.namespace,
                        signal = anomaly.spec.signal_type.as_str(),
                        resource = %anomaly.spec.resource,
                        "{}",
                        anomaly.spec.description.as_deref().unwrap_or_default()
                    );
                    report(ctx, &created, &first_status).await
                }
                // Written by an earlier life of this process; the watch brings it and the next turn goes on with it.
                Err(WriteError::AlreadyExists(_)) => Ok(()),
                Err(error) => Err(error),
            }
        }
        Move::Report(anomaly, status) => report(ctx, &anomaly, &status).await,
    }
}

async fn report(ctx: &Context, anomaly: &Arc<Anomaly>, part: &AnomalyStatus) -> Result<(), WriteError> {
    let mut part = serde_json::to_value(part).unwrap_or_default();
    // The correlator's.
    if let Some(fields) = part.as_object_mut() {
        fields.remove("correlated");
    }
    status::apply(ctx, anomaly, &STATUS, part).await?;
    Ok(())
}
