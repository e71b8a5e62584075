//! What a Prometheus has measured about an incident: how its pods' use and traffic changed with it, and whether memory grows with age.
//!
//! In: facts about a workload, the moment its incident began. Out: sentences ([`around`]), and looks at the use of memory ([`memory`]). Never:
//! asks about pods of a neighbour with a similar name, waits longer than one query may take.

mod queries;
mod trend;

use std::time::Duration;

use common::facts::Facts;
use common::facts::containers;
use common::facts::memory::{MeasuredBy, MemoryUse};
use common::facts::volumes::{self, CountedBy, Room, VolumeUse};
use futures::future::join_all;
use jiff::{SignedDuration, Timestamp};

use crate::runtime::prometheus::{Prometheus, Series};
pub use trend::Trend;

/// How far back from the incident's begin.
const BEFORE: SignedDuration = SignedDuration::from_mins(30);
/// How far on, where that is not still to come.
const AFTER: SignedDuration = SignedDuration::from_mins(15);
/// Between two values.
const STEP: Duration = Duration::from_secs(60);
/// Lives of a container that are looked at began at most so long ago.
const LONGEST_LIFE: SignedDuration = SignedDuration::from_hours(6);
/// How old the last count of a volume may be.
const COUNTED: SignedDuration = SignedDuration::from_mins(10);
/// Looks per life: a curve, not every point of it.
const LOOKS: u64 = 60;

/// How what is measured of the workload changed around `at`; the strongest change first.
pub async fn around(prometheus: &Prometheus, facts: &Facts, at: Timestamp) -> Vec<Trend> {
    let span = (at - BEFORE, (at + AFTER).min(facts.now));
    let asked = queries::about(facts).into_iter().map(|measure| async move {
        let found = prometheus.range(&measure.query, span, STEP, facts.now).await;
        let series = found.inspect_err(|why| tracing::debug!(measure = measure.what, "Prometheus: {why}")).ok()?;
        trend::of(&measure, &series.into_iter().next()?.points, at)
    });
    let mut trends: Vec<Trend> = join_all(asked).await.into_iter().flatten().collect();
    trends.sort_by(|a, b| b.change().total_cmp(&a.change()));
    trends
}

/// Looks at the memory of the subject's containers over this life and the one before.
///
/// # Errors
/// Why the Prometheus did not tell.
pub async fn memory(prometheus: &Prometheus, facts: &Facts) -> Result<Vec<MemoryUse>, String> {
    let lives = lives(facts);
    let Some(first) = lives.iter().map(|life| life.from).min() else { return Ok(Vec::new()) };
    let first = first.max(facts.now - LONGEST_LIFE);
    let Some(query) = queries::memory_by_container(facts) else { return Ok(Vec::new()) };
    let seconds = facts.now.duration_since(first).as_secs().unsigned_abs();
    let step = Duration::from_secs((seconds / LOOKS).max(15));
    let found = prometheus.range(&query, (first, facts.now), step, facts.now).await?;
    Ok(found.iter().flat_map(|series| looks(&lives, series)).collect())
}

/// How full the volumes of the subject's claims are, as its kubelets told the Prometheus last.
///
/// # Errors
/// Why the Prometheus did not tell.
pub async fn volumes(prometheus: &Prometheus, facts: &Facts) -> Result<Vec<VolumeUse>, String> {
    let claims = volumes::mounted(facts);
    if claims.is_empty() {
        return Ok(Vec::new());
    }
    let namespace = &facts.subject.namespace;
    let span = (facts.now - COUNTED, facts.now);
    let found = prometheus.range(&queries::volumes(namespace, &claims), span, STEP, facts.now).await?;
    Ok(claims.into_iter().filter_map(|claim| volume(&found, namespace, claim)).collect())
}

fn volume(found: &[Series], namespace: &str, claim: String) -> Option<VolumeUse> {
    let last = |metric: &str| {
        let series = found.iter().filter(|series| series.metric == metric && series.claim == claim);
        series.filter_map(|series| Some((series.points.last()?, &series.node))).max_by_key(|((at, _), _)| *at)
    };
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bytes and inodes, never negative")]
    let number = |metric: &str| last(metric).map(|((_, value), _)| value.max(0.0) as u64);
    let [free, all, inodes_free, inodes] = queries::VOLUME;
    let ((at, _), node) = last(free)?;
    Some(VolumeUse {
        namespace: namespace.to_owned(),
        node: node.clone(),
        at: *at,
        bytes: Room { free: number(free)?, all: number(all)? },
        inodes: number(inodes_free).zip(number(inodes)).map(|(free, all)| Room { free, all }),
        by: CountedBy::Prometheus,
        claim,
    })
}

/// One life of one container.
struct Life<'a> {
    pod: &'a str,
    container: &'a str,
    from: Timestamp,
    to: Timestamp,
}

fn lives(facts: &Facts) -> Vec<Life<'_>> {
    facts.pods.iter().flat_map(|pod| containers::of(pod)).flat_map(|it| lives_of(it, facts.now)).collect()
}

fn lives_of(container: containers::View<'_>, now: Timestamp) -> impl Iterator<Item = Life<'_>> {
    let life = move |from, to| Life { pod: container.pod_name(), container: container.name(), from, to };
    let ended = [container.ended(), container.previous_end()].into_iter().flatten();
    let ended = ended.filter_map(move |end| Some(life(end.started?, end.finished?)));
    ended.chain(container.running_since().map(|since| life(since, now)))
}

/// The points of a series that lie in a known life; what was measured in others has no age.
fn looks(lives: &[Life<'_>], series: &Series) -> Vec<MemoryUse> {
    let own: Vec<&Life<'_>> =
        lives.iter().filter(|life| life.pod == series.pod && life.container == series.container).collect();
    let look = |(at, value): &(Timestamp, f64)| {
        let life = own.iter().find(|life| life.from <= *at && *at <= life.to)?;
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bytes in use")]
        Some(MemoryUse {
            pod: series.pod.clone(),
            container: series.container.clone(),
            at: *at,
            age: at.duration_since(life.from),
            bytes: value.max(0.0) as u64,
            by: MeasuredBy::Prometheus,
        })
    };
    series.points.iter().filter_map(look).collect()
}

#[cfg(test)]
mod tests;
