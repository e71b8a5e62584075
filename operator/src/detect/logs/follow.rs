//! One log, followed for as long as its pod is there.
//!
//! In: an [`Ear`] and whose log it is to hear. Out: what it heard, and a word to the detector when there is news. Never: ends by itself, asks
//! again and again where it was refused, holds more of a log than the ear and one chunk.

use std::sync::Arc;
use std::time::Duration;

use common::facts::logged::hearing::question;
use futures::AsyncBufReadExt as _;
use jiff::SignedDuration;
use k8s_openapi::api::core::v1::Pod;
use kube::api::LogParams;
use kube::{Api, Resource as _};
use tokio::time::{Instant, timeout, timeout_at};

use super::NOTICE;
use super::allot::Target;
use crate::runtime::heard::Ear;
use crate::runtime::queue::jitter;
use crate::runtime::{Context, Note};

/// How long the API server may take to begin an answer.
const OPENING: Duration = Duration::from_secs(30);
/// A pause of this length in the past of a log is its end.
const SETTLED: Duration = Duration::from_secs(2);
/// News are told at most this often: an error a second is not sixty news a minute.
const NEWS: Duration = Duration::from_secs(5);
/// Silence after which a log is opened once more, because a connection that died says nothing either. Fifty silent logs cost two requests
/// a minute.
const SILENCE: Duration = Duration::from_secs(1800);
/// First wait after a stream ended …
const FIRST_RETRY: Duration = Duration::from_secs(1);
/// … and the longest.
const LAST_RETRY: Duration = Duration::from_secs(300);
/// A stream that lasted this long was no failure.
const LASTED: Duration = Duration::from_secs(60);
/// Wait after a refusal: somebody has to grant something first.
const REFUSED: Duration = Duration::from_secs(1800);

/// How a stream ended.
#[derive(Debug)]
enum Ended {
    /// It was closed, or silent for long.
    Closed,
    /// The API server refuses it.
    Refused(String),
    /// It broke, or did not begin.
    Failed(String),
}

/// Follows a log until it is told to stop.
pub async fn follow(ctx: Arc<Context>, target: Target, ear: Arc<Ear>) {
    let (mut failures, mut told) = (0, false);
    loop {
        let began = Instant::now();
        let ended = listen(&ctx, &target, &ear).await;
        if began.elapsed() >= LASTED {
            failures = 0;
        }
        failures += 1;
        let wait = match ended {
            Ended::Refused(why) => {
                if !std::mem::replace(&mut told, true) {
                    tracing::warn!(pod = %target.pod, container = target.container, why, "its log may not be followed");
                    tell(
                        &ctx,
                        &target,
                        "LogRefused",
                        format!("the log of container {} may not be followed: {why}", target.container),
                    );
                }
                ctx.metrics.log_stream_ended("refused");
                REFUSED
            }
            Ended::Failed(why) => {
                tracing::debug!(pod = %target.pod, container = target.container, why, "its log is opened again later");
                ctx.metrics.log_stream_ended("failed");
                backoff(failures)
            }
            Ended::Closed => {
                ctx.metrics.log_stream_ended("closed");
                backoff(failures)
            }
        };
        tokio::time::sleep(wait).await;
    }
}

/// Tells people beside the pod, once.
pub fn tell(ctx: &Context, target: &Target, reason: &'static str, message: String) {
    if let Some(pod) = ctx.stores.pods.get(&target.pod) {
        let note =
            Note::new(reason, "Detecting", message).warning().once(format!("{}.{}", target.uid, target.container));
        ctx.events.tell(pod.object_ref(&()), note);
    }
}

async fn listen(ctx: &Context, target: &Target, ear: &Ear) -> Ended {
    let mut params = LogParams { follow: true, ..question(&target.container) };
    // The API counts in whole seconds; what comes twice for that is not heard twice.
    if let Some(last) = ear.listener().again() {
        params.since_seconds = None;
        params.since_time = Some(last - SignedDuration::from_secs(1));
    }
    let api: Api<Pod> = Api::namespaced(ctx.clients.read.clone(), &target.pod.namespace);
    let stream = match timeout(OPENING, api.log_stream(&target.pod.name, &params)).await {
        Err(_) => return Ended::Failed(format!("no answer within {} s", OPENING.as_secs())),
        Ok(Err(kube::Error::Api(status))) if matches!(status.code, 401 | 403) => {
            return Ended::Refused(status.message.clone());
        }
        Ok(Err(error)) => return Ended::Failed(error.to_string()),
        Ok(Ok(stream)) => stream,
    };
    let _open = ctx.metrics.log_stream_opened();
    let mut stream = std::pin::pin!(stream);
    let mut news: Option<Instant> = None;
    loop {
        let is_past = !ear.listener().is_caught_up();
        let until = Instant::now() + if is_past { SETTLED } else { SILENCE };
        match timeout_at(news.map_or(until, |news| news.min(until)), stream.fill_buf()).await {
            Ok(Ok([])) => {
                ear.listener().caught_up();
                notice(ctx, target);
                return Ended::Closed;
            }
            Ok(Ok(bytes)) => {
                let heard = ear.listener().hear(bytes, ctx.clock.now());
                let length = bytes.len();
                stream.consume_unpin(length);
                ctx.metrics.log_heard(heard);
                if heard.errors > 0 && news.is_none() {
                    news = Some(Instant::now() + NEWS);
                }
            }
            Ok(Err(error)) => return Ended::Failed(error.to_string()),
            Err(_) if is_past => {
                ear.listener().caught_up();
                news = Some(Instant::now());
            }
            Err(_) if news.is_some() => {}
            Err(_) => return Ended::Closed,
        }
        if news.is_some_and(|news| news <= Instant::now()) {
            news = None;
            notice(ctx, target);
        }
    }
}

fn notice(ctx: &Context, target: &Target) {
    ctx.noticed(NOTICE, target.pod.clone());
}

fn backoff(failures: u32) -> Duration {
    let full = FIRST_RETRY.saturating_mul(1 << failures.saturating_sub(1).min(16)).min(LAST_RETRY);
    full.mul_f64(0.5 + jitter() / 2.0)
}
