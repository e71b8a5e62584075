//! Reads what a subject's containers logged in the last hour, once, with the caller's own rights, under a deadline.
//!
//! In: [`Facts`]. Out: [`Logs`], and in `Extra::unreadable` what could not be read. Never: reads more than a few pods of a workload, holds a
//! log in memory.

use std::time::Duration;

use futures::AsyncBufReadExt as _;
use futures::future::join_all;
use k8s_openapi::api::core::v1::Pod as LivePod;
use kube::api::LogParams;
use kube::{Api, Client};

use super::{Listener, Logs, PAST, TAIL};
use crate::facts::containers::{self, Role, View};
use crate::facts::membership::ready_since;
use crate::facts::reading::object;
use crate::facts::{Facts, Subject};

/// Pods of one workload that are listened to. What ails a workload shows in each of its pods; the second is for the case that one is idle.
const PODS: usize = 2;
/// Containers of one pod that are listened to.
const CONTAINERS: usize = 3;
/// Bytes of one log that are read: half again what [`TAIL`] lines of 500 bytes take.
const BYTES: usize = 16 << 20;
/// How long reading one log may take.
const DEADLINE: Duration = Duration::from_secs(10);

/// Whose logs tell of a subject: running containers of its pods that have been ready for longest, of those that are not ready last. None of
/// what comes and goes by itself.
pub fn speakers(facts: &Facts) -> Vec<View<'_>> {
    if matches!(facts.object, Subject::Job(_) | Subject::CronJob(_) | Subject::Node(_)) {
        return Vec::new();
    }
    let mut pods: Vec<_> = facts.current_pods().collect();
    pods.sort_by_key(|pod| {
        let since = ready_since(pod);
        (since.is_none(), since, pod.metadata.name.clone())
    });
    let pods = pods.into_iter().take(PODS);
    pods.flat_map(|pod| {
        let apps = containers::of(pod).filter(|it| it.role == Role::App && it.running_since().is_some());
        apps.take(CONTAINERS)
    })
    .collect()
}

/// How a log is asked for, its past included.
pub fn question(container: &str) -> LogParams {
    LogParams {
        container: Some(container.to_owned()),
        since_seconds: Some(PAST.as_secs()),
        tail_lines: i64::try_from(TAIL).ok(),
        timestamps: true,
        ..LogParams::default()
    }
}

/// Adds what the subject's speakers logged.
pub async fn hear(client: &Client, facts: &mut Facts) {
    let asked: &Facts = facts;
    let heard = join_all(speakers(asked).into_iter().map(|speaker| async move {
        let name = (speaker.pod_name().to_owned(), speaker.name().to_owned());
        let read = tokio::time::timeout(DEADLINE, read(client, asked, &speaker)).await;
        (name, read.unwrap_or_else(|_| Err(format!("not read within {} s", DEADLINE.as_secs()))))
    }))
    .await;
    let mut logs = Logs::default();
    for ((pod, container), read) in heard {
        match read {
            Ok(listener) => logs.heard.extend(listener.logged(facts.now)),
            Err(why) => {
                let pod = object("Pod", &facts.subject.namespace, &pod);
                facts.extra.unreadable.push((pod, format!("log of {container}: {why}")));
            }
        }
    }
    facts.logs = logs;
}

async fn read(client: &Client, facts: &Facts, speaker: &View<'_>) -> Result<Listener, String> {
    let (pod, container) = (speaker.pod_name(), speaker.name());
    let started = speaker.running_since();
    let mut listener = Listener::new(pod, container, speaker.pod.spec.clone(), started, facts.now);
    let api: Api<LivePod> = Api::namespaced(client.clone(), &facts.subject.namespace);
    let params = LogParams { limit_bytes: i64::try_from(BYTES).ok(), ..question(container) };
    let stream = api.log_stream(pod, &params).await.map_err(|error| match error {
        kube::Error::Api(status) => status.message.clone(),
        other => other.to_string(),
    })?;
    let mut stream = std::pin::pin!(stream);
    let mut total = 0;
    loop {
        let bytes = stream.fill_buf().await.map_err(|error| error.to_string())?;
        if bytes.is_empty() {
            break;
        }
        listener.hear(bytes, facts.now);
        let length = bytes.len();
        total += length;
        stream.consume_unpin(length);
    }
    // What was cut off is the newest.
    if total >= BYTES {
        return Err(format!("its last {TAIL} lines are more than {} MiB", BYTES >> 20));
    }
    listener.caught_up();
    Ok(listener)
}

#[cfg(test)]
mod tests {
    use kube::client::Body;

    use super::*;
    use crate::signals;
    use crate::testing::{at, deployment, pod};

    /// The facts about `web` at noon and 25 minutes, once what the API server answers for a log was heard.
    async fn heard(log: impl AsRef<[u8]>) -> Facts {
        let log = log.as_ref().to_vec();
        let service = tower::service_fn(move |request: http::Request<Body>| {
            let query = request.uri().query().unwrap_or_default().to_owned();
            assert!(query.contains("timestamps=true") && query.contains("sinceSeconds=3600"), "{query}");
            let answer = http::Response::new(Body::from(log.clone()));
            async move { Ok::<_, std::convert::Infallible>(answer) }
        });
        let scene = deployment().pod(pod("web-1").running_since(1).ready_since(2));
        let mut facts = scene.facts(1500);
        hear(&Client::new(service, "shop"), &mut facts).await;
        facts
    }

    fn lines(from: i64, to: i64, text: &str) -> String {
        let lines: Vec<String> = (from..to).step_by(5).map(|second| format!("{} {text}\n", at(second))).collect();
        lines.concat()
    }

    #[tokio::test]
    async fn an_hour_of_a_log_is_enough_to_see_that_errors_rose() {
        let facts = heard(lines(10, 1200, "INFO served") + &lines(1200, 1500, "ERROR boom")).await;
        assert_eq!(signals::assess(&facts).firing.len(), 1);
        let as_ever = |second: i64| if second % 20 == 0 { "ERROR as ever" } else { "INFO served" };
        let line = |second| format!("{} {}\n", at(second), as_ever(second));
        let log = (10..1500).step_by(5).map(line).collect::<Vec<_>>().concat();
        assert_eq!(signals::assess(&heard(log).await).firing, Vec::new());
    }

    #[tokio::test]
    async fn a_log_that_cannot_be_read_is_named_and_says_nothing() {
        let refused = tower::service_fn(|_: http::Request<Body>| async {
            let status = r#"{"kind":"Status","apiVersion":"v1","status":"Failure","message":"pods \"web-1\" is forbidden","reason":"Forbidden","code":403}"#;
            let answer = http::Response::builder().status(403).body(Body::from(status.as_bytes().to_vec())).unwrap();
            Ok::<_, std::convert::Infallible>(answer)
        });
        let mut facts = deployment().pod(pod("web-1").running_since(1).ready_since(2)).facts(1500);
        hear(&Client::new(refused, "shop"), &mut facts).await;
        assert_eq!(facts.extra.unreadable[0].1, "log of app: pods \"web-1\" is forbidden");
        assert!(facts.logs.heard.is_empty());
    }

    #[test]
    fn the_pods_that_have_been_ready_for_longest_speak_for_the_workload() {
        let scene = deployment().replicas(4);
        let ready = |name: &str, since| pod(name).running_since(1).ready_since(since);
        let scene = scene.pod(ready("web-1", 90)).pod(ready("web-2", 5)).pod(ready("web-3", 7));
        let facts = scene.pod(pod("web-4").running_since(1)).facts(1500);
        assert_eq!(speakers(&facts).iter().map(View::pod_name).collect::<Vec<_>>(), ["web-2", "web-3"]);
    }
}
