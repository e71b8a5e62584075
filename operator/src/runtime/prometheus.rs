//! Range queries to a Prometheus, or to what speaks its API.
//!
//! In: a query and a span of time. Out: series. Never: retries; one that fails rests for a minute, so that an explanation does not wait
//! again and again for a server that is down.

use std::sync::Mutex;
use std::time::Duration;

use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use jiff::Timestamp;
use serde::Deserialize;

use super::http::{FORM, Http, Reach};

/// Longest one query may take. What is asked here helps, it is never waited for.
const DEADLINE: Duration = Duration::from_secs(3);
/// How long nobody is asked after a failure.
const REST: Duration = Duration::from_secs(60);
/// Bytes of an error that are shown.
const WORDS: usize = 300;

/// A Prometheus.
pub struct Prometheus {
    url: String,
    token: Option<std::path::PathBuf>,
    http: Http,
    rests_until: Mutex<Option<Timestamp>>,
}

/// What was measured, oldest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Series {
    /// The pod it is of, where the query keeps it.
    pub pod: String,
    /// The container it is of, where the query keeps it.
    pub container: String,
    /// The volume claim it is of, where the query keeps it.
    pub claim: String,
    /// The node it is of, where the query keeps it.
    pub node: String,
    /// The metric, where the query keeps its name.
    pub metric: String,
    /// When, and how much. Never infinite, never not a number.
    pub points: Vec<(Timestamp, f64)>,
}

#[derive(Deserialize)]
struct Answer {
    data: Option<Data>,
    error: Option<String>,
}

#[derive(Deserialize)]
struct Data {
    #[serde(default)]
    result: Vec<Found>,
}

#[derive(Deserialize)]
struct Found {
    #[serde(default)]
    metric: Labels,
    #[serde(default)]
    values: Vec<(f64, String)>,
}

#[derive(Default, Deserialize)]
struct Labels {
    #[serde(default)]
    pod: String,
    #[serde(default)]
    container: String,
    #[serde(default)]
    persistentvolumeclaim: String,
    #[serde(default)]
    node: String,
    #[serde(default, rename = "__name__")]
    name: String,
}

impl Prometheus {
    /// The one at this address, e.g. `http://prometheus.monitoring:9090`; its administrator chose it, so it may be inside the cluster.
    /// `token` is a file whose content is sent as a bearer token, read at each query so that it may be rotated.
    pub fn at(url: &str, token: Option<std::path::PathBuf>) -> Self {
        let url = format!("{}/api/v1/query_range", url.trim_end_matches('/'));
        Self { url, token, http: Http::new(Reach::Inside), rests_until: Mutex::default() }
    }

    /// The values of `query` from `from` to `to`, `step` apart.
    ///
    /// # Errors
    /// A sentence: it rests, cannot be reached, does not answer in time, or refuses the query.
    pub async fn range(
        &self,
        query: &str,
        (from, to): (Timestamp, Timestamp),
        step: Duration,
        now: Timestamp,
    ) -> Result<Vec<Series>, String> {
        if let Some(until) = self.rests_until().filter(|until| now < *until) {
            return Err(format!("Prometheus failed a moment ago and is not asked before {until:.0}"));
        }
        let form = form_urlencoded::Serializer::new(String::new())
            .append_pair("query", query)
            .append_pair("start", &from.as_second().to_string())
            .append_pair("end", &to.as_second().to_string())
            .append_pair("step", &step.as_secs().max(1).to_string())
            .finish();
        let mut headers = vec![(CONTENT_TYPE, HeaderValue::from_static(FORM))];
        if let Some(file) = &self.token {
            let token = std::fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
            let value = HeaderValue::from_str(&format!("Bearer {}", token.trim()));
            let mut value = value.map_err(|_| format!("{} holds no token", file.display()))?;
            value.set_sensitive(true);
            headers.push((AUTHORIZATION, value));
        }
        let sent =
            tokio::time::timeout(DEADLINE, self.http.post(&self.url, headers, form.into_bytes(), DEADLINE)).await;
        let failed = |why: String| {
            *self.rests_until.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(now + REST);
            tracing::warn!(url = self.url, "Prometheus: {why}; it is not asked for a minute");
            why
        };
        let reply = match sent {
            Err(_) => return Err(failed(format!("no answer within {} s", DEADLINE.as_secs()))),
            Ok(Err(error)) => return Err(failed(error.words().to_owned())),
            Ok(Ok(reply)) => reply,
        };
        let answer: Option<Answer> = serde_json::from_slice(&reply.body).ok();
        match answer {
            // A refused query is this query's trouble; the server is well.
            Some(Answer { error: Some(error), .. }) => Err(common::redact::cut(&error, WORDS)),
            Some(Answer { data: Some(data), .. }) => Ok(data.result.into_iter().map(series).collect()),
            _ => Err(failed(format!("status {}, and no answer of a Prometheus", reply.status))),
        }
    }

    fn rests_until(&self) -> Option<Timestamp> {
        *self.rests_until.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

fn series(found: Found) -> Series {
    let points = found.values.into_iter().filter_map(|(at, value)| {
        #[allow(clippy::cast_possible_truncation, reason = "milliseconds of a date")]
        let at = Timestamp::from_millisecond((at * 1000.0) as i64).ok()?;
        Some((at, value.parse::<f64>().ok().filter(|value| value.is_finite())?))
    });
    let Labels { pod, container, persistentvolumeclaim: claim, node, name: metric } = found.metric;
    Series { pod, container, claim, node, metric, points: points.collect() }
}

/// Whether this can be the address of a Prometheus; empty means none.
///
/// # Errors
/// What is wrong with it.
pub fn address(text: &str) -> Result<String, String> {
    let text = text.trim();
    let uri: http::Uri = match text {
        "" => return Ok(String::new()),
        _ => text.parse().map_err(|_| "is no address; expected http://HOST:PORT".to_owned())?,
    };
    match (uri.scheme_str(), uri.host(), uri.authority()) {
        (Some("http" | "https"), Some(_), Some(authority)) if !authority.as_str().contains('@') => Ok(text.to_owned()),
        (_, _, Some(authority)) if authority.as_str().contains('@') => {
            Err("holds a password; give a token by --prometheus-token-file".to_owned())
        }
        _ => Err("is no address; expected http://HOST:PORT or https://HOST".to_owned()),
    }
}

#[cfg(test)]
mod tests;
