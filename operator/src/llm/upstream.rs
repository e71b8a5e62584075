//! An Instance's own ChatCLI server, asked over gRPC.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use common::redact;
use futures::future::BoxFuture;
use proto::{
    AgenticHistoryEntry, AgenticStepRequest, AgenticStepResponse, AnalyzeIssueRequest, AnalyzeIssueResponse,
    SuggestedAction,
};
use serde_json::{Value, json};
use tonic::{Code, Response, Status};

use super::chatcli::{Balanced, TooLarge, Unreachable, find, was_never_seen};
use super::decode::Readable;
use super::{Analyst, Answer, LlmError, Past, Question, Said, SaidStep, Usage};

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

    fn step_request(&self, question: &Question) -> AgenticStepRequest {
        let (incident, of) = (question.incident(), question.step().cloned().unwrap_or_default());
        let past = |past: &Past| AgenticHistoryEntry {
            step_number: past.number,
            ai_message: past.reasoning.clone(),
            action: past.action.clone(),
            params: past.params.clone().into_iter().collect(),
            observation: past.observation.clone(),
        };
        AgenticStepRequest {
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
            kubernetes_context: format!(
                "The facts below are numbered as receipts. End every sentence of the reasoning, and of the story where it is over, with \
                 the receipts it rests on, like [r1] or [r2, r5]; an action whose reasoning names none is not carried out.\n{}",
                question.prompt()
            ),
            history: of.history.iter().map(past).collect(),
            max_steps: of.most,
            current_step: of.number,
            insight_analysis: of.guidance.analysis.clone(),
            #[allow(
                clippy::cast_possible_truncation,
                reason = "the protocol has 32 bits for a number between 0 and 1"
            )]
            insight_confidence: of.guidance.confidence as f32,
            insight_recommendations: of.guidance.recommendations.clone(),
            insight_suggested_actions: of
                .guidance
                .actions
                .iter()
                .map(|action| SuggestedAction {
                    name: action.name.clone(),
                    action: action.action.clone(),
                    description: action.description.clone(),
                    params: action.params.clone().into_iter().collect(),
                })
                .collect(),
        }
    }

    async fn ask(&self, question: &Question) -> Result<Answer<Said>, LlmError> {
        let request = self.request(question);
        let sent = common::costs::estimate(&request.kubernetes_context);
        let call = self.server.call(request, |mut client, request| async move { client.analyze_issue(request).await });
        let answer = self.in_time(call).await?;
        self.read(&analysis_as_json(&answer), answer.provider, sent)
    }

    async fn ask_step(&self, question: &Question) -> Result<Answer<SaidStep>, LlmError> {
        let request = self.step_request(question);
        let told: usize = request.history.iter().map(|past| past.ai_message.len() + past.observation.len()).sum();
        let sent = common::costs::estimate(&request.kubernetes_context) + u64::try_from(told / 4).unwrap_or(0);
        let call = self.server.call(request, |mut client, request| async move { client.agentic_step(request).await });
        let answer = self.in_time(call).await?;
        self.read(&step_as_json(&answer), String::new(), sent)
    }

    async fn in_time<A>(&self, call: impl Future<Output = Result<Response<A>, Status>>) -> Result<A, LlmError> {
        match tokio::time::timeout(self.deadline, call).await {
            Err(_) => Err(LlmError::Lost(format!("no answer within {} s", self.deadline.as_secs()))),
            Ok(Err(status)) if status.code() == Code::Unauthenticated && self.server.refuses_the_token() => {
                Err(LlmError::Auth(format!("the server refuses the token of {}", self.server.token_from())))
            }
            Ok(Err(status)) => Err(classify(&status)),
            Ok(Ok(answer)) => Ok(answer.into_inner()),
        }
    }

    fn read<T: Readable>(&self, answer: &Value, provider: String, sent: u64) -> Result<Answer<T>, LlmError> {
        let raw = answer.to_string();
        let usage = Usage { input: sent, output: common::costs::estimate(&raw) };
        match T::read(answer) {
            Err(said) => Err(LlmError::Unusable { said, raw, usage }),
            Ok(said) => Ok(Answer {
                said,
                raw,
                usage,
                way: self.way(),
                provider: if provider.is_empty() { self.provider.clone() } else { provider },
                // The server gives the catalogue's title; the id that was sent says more.
                model: self.model.clone(),
            }),
        }
    }
}

/// In the form every other answer has.
fn analysis_as_json(answer: &AnalyzeIssueResponse) -> Value {
    let actions: Vec<Value> = answer.suggested_actions.iter().map(action_as_json).collect();
    json!({
        "analysis": answer.analysis, "confidence": answer.confidence, "recommendations": answer.recommendations, "actions": actions,
    })
}

fn step_as_json(answer: &AgenticStepResponse) -> Value {
    json!({
        "reasoning": answer.reasoning,
        "resolved": answer.resolved,
        "next_action": answer.next_action.as_ref().map(action_as_json),
        "divergence_reason": answer.divergence_reason,
        "diverges_from_insight": answer.diverges_from_insight,
        "postmortem_summary": answer.postmortem_summary,
        "root_cause": answer.root_cause,
        "impact": answer.impact,
        "lessons_learned": answer.lessons_learned,
        "prevention_actions": answer.prevention_actions,
    })
}

fn action_as_json(action: &SuggestedAction) -> Value {
    let params: BTreeMap<_, _> = action.params.iter().collect();
    json!({ "name": action.name, "action": action.action, "description": action.description, "params": params })
}

impl Analyst for Upstream {
    fn analyze<'a>(&'a self, question: &'a Question) -> BoxFuture<'a, Result<Answer, LlmError>> {
        Box::pin(self.ask(question))
    }

    fn next_step<'a>(&'a self, question: &'a Question) -> BoxFuture<'a, Result<Answer<SaidStep>, LlmError>> {
        Box::pin(self.ask_step(question))
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
