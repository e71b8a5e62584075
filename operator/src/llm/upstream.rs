//! An Instance's own ChatCLI server, asked over gRPC.

use std::sync::Arc;
use std::time::Duration;

use common::redact;
use futures::future::BoxFuture;
use proto::{AnalyzeIssueRequest, AnalyzeIssueResponse};
use tonic::{Code, Status};

use super::chatcli::{Balanced, TooLarge, Unreachable, find, was_never_seen};
use super::{Analyst, Answer, LlmError, Question, Said, SaidAction, Usage, decode};

/// Longest an analysis may take: the server asks its provider meanwhile.
pub const DEADLINE: Duration = Duration::from_secs(180);

/// The server of one Instance.
pub struct Upstream {
    /// Its pods.
    pub server: Arc<Balanced>,
    /// Provider sent, so that the server's own default, which may be no id, is never used.
    pub provider: String,
    /// Model sent.
    pub model: String,
    /// `namespace/name` of the Instance.
    pub account: String,
    /// Longest an analysis may take.
    pub deadline: Duration,
}

impl Upstream {
    fn request(&self, question: &Question) -> AnalyzeIssueRequest {
        let incident = question.incident();
        AnalyzeIssueRequest {
            issue_name: incident.name.clone(),
            namespace: incident.namespace.clone(),
            resource_kind: incident.kind.clone(),
            resource_name: incident.resource.clone(),
            signal_type: incident.signal.clone(),
            severity: incident.severity.clone(),
            description: incident.description.clone(),
            risk_score: incident.risk,
            provider: self.provider.clone(),
            model: self.model.clone(),
            // The protocol has no part for instructions: how to cite stands in front of the data, outside its boundary.
            kubernetes_context: format!(
                "The facts below are numbered as receipts. End every sentence of the analysis, every recommendation and every \
                 description of an action with the receipts it rests on, like [r1] or [r2, r5]; what names none is thrown away.\n{}",
                question.prompt()
            ),
            previous_failure_context: incident.tried.clone(),
        }
    }

    async fn ask(&self, question: &Question) -> Result<Answer, LlmError> {
        let request = self.request(question);
        let sent = common::costs::estimate(&request.kubernetes_context);
        let call = self.server.call(request, |mut client, request| async move { client.analyze_issue(request).await });
        let answer = match tokio::time::timeout(self.deadline, call).await {
            Err(_) => return Err(LlmError::Lost(format!("no answer within {} s", self.deadline.as_secs()))),
            Ok(Err(status)) if status.code() == Code::Unauthenticated && self.server.refuses_the_token() => {
                return Err(LlmError::Auth(format!("the server refuses the token of {}", self.server.token_from())));
            }
            Ok(Err(status)) => return Err(classify(&status)),
            Ok(Ok(answer)) => answer.into_inner(),
        };
        let raw = as_json(&answer);
        let usage = Usage { input: sent, output: common::costs::estimate(&raw) };
        let said = decode::json(&serde_json::from_str(&raw).unwrap_or_default());
        match said {
            Err(said) => Err(LlmError::Unusable { said, raw, usage }),
            Ok(said) => Ok(Answer {
                said: Said { confidence: said.confidence, ..said },
                raw,
                usage,
                way: self.way(),
                provider: if answer.provider.is_empty() { self.provider.clone() } else { answer.provider },
                // The server gives the catalogue's title; the id that was sent says more.
                model: self.model.clone(),
            }),
        }
    }
}

/// In the form every other answer has.
fn as_json(answer: &AnalyzeIssueResponse) -> String {
    let actions: Vec<SaidAction> = answer
        .suggested_actions
        .iter()
        .map(|action| SaidAction {
            name: action.name.clone(),
            action: action.action.clone(),
            description: action.description.clone(),
            params: action.params.clone().into_iter().collect(),
        })
        .collect();
    let actions: Vec<_> = actions
        .iter()
        .map(|it| serde_json::json!({ "name": it.name, "action": it.action, "description": it.description, "params": it.params }))
        .collect();
    serde_json::json!({
        "analysis": answer.analysis, "confidence": answer.confidence, "recommendations": answer.recommendations, "actions": actions,
    })
    .to_string()
}

impl Analyst for Upstream {
    fn analyze<'a>(&'a self, question: &'a Question) -> BoxFuture<'a, Result<Answer, LlmError>> {
        Box::pin(self.ask(question))
    }

    fn name(&self) -> String {
        format!("the server of {}", self.account)
    }

    fn asks(&self) -> (&str, &str) {
        (&self.provider, &self.model)
    }

    fn way(&self) -> &'static str {
        "upstream"
    }
}

/// What a code means; the words are in the server's language and decide nothing.
fn classify(status: &Status) -> LlmError {
    if let Some(large) = find::<TooLarge>(status) {
        return LlmError::TooLong(large.to_string());
    }
    if let Some(own) = find::<Unreachable>(status) {
        return LlmError::Unreachable(own.to_string());
    }
    let words = redact::leaving(status.message());
    let words =
        format!("{:?} {}", status.code(), redact::cut(&words.split_whitespace().collect::<Vec<_>>().join(" "), 300));
    if was_never_seen(status) {
        return LlmError::Unreachable(words);
    }
    match status.code() {
        // The server counts calls per connection before it looks at the token: most often this means "too often".
        Code::Unauthenticated => {
            LlmError::RateLimited { said: words, retry_after: Some(super::breaker::LONGEST_PAUSE.mul_f64(0.7)) }
        }
        Code::ResourceExhausted => LlmError::RateLimited { said: words, retry_after: None },
        Code::PermissionDenied => LlmError::Auth(words),
        Code::InvalidArgument | Code::Unimplemented => LlmError::Refused(words),
        // A connection that broke after the question was on it, also one that no longer answers pings, is `Unavailable` as well; an answer
        // larger than what is read is `OutOfRange`.
        Code::DeadlineExceeded | Code::Cancelled | Code::Unknown | Code::Unavailable | Code::OutOfRange => {
            LlmError::Lost(words)
        }
        _ => LlmError::Server(words),
    }
}
