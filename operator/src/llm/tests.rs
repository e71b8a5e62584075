//! Providers as they really answer, over loopback HTTP: recorded shapes of each wire, and each way in which a call can go wrong.

mod bedrock;
mod broken;
mod stackspot;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use common::redact::Known;
use serde_json::{Value, json};

use super::breaker::Pace;
use super::builtin::{Builtin, Key};
use super::desk::{Desk, Way};
use super::providers::{self, Shape};
use super::{Analyst as _, Answer, Incident, LlmError, Question, Usage};
use crate::runtime::Clock;
use crate::runtime::http::Reach;

const KEY: &str = "sk-test-key-that-nobody-may-see-0001";

/// One request, as the provider saw it.
#[derive(Clone)]
struct Heard {
    path: String,
    headers: HeaderMap,
    /// Where it is JSON.
    body: Value,
    bytes: Bytes,
}

type Script = Arc<dyn Fn(usize) -> Reply + Send + Sync>;

#[derive(Clone)]
enum Reply {
    Says(u16, String),
    ComeBack(u16, &'static str),
    Silence,
}

#[derive(Clone)]
struct Provider {
    base: String,
    heard: Arc<Mutex<Vec<Heard>>>,
}

#[derive(Clone)]
struct Served {
    script: Script,
    count: Arc<AtomicUsize>,
    heard: Arc<Mutex<Vec<Heard>>>,
}

async fn served(State(it): State<Served>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let json = serde_json::from_slice(&body).unwrap_or_default();
    let heard = Heard { path: uri.path().to_owned(), headers, body: json, bytes: body };
    it.heard.lock().unwrap().push(heard);
    match (it.script)(it.count.fetch_add(1, Ordering::SeqCst)) {
        Reply::Says(status, body) => (StatusCode::from_u16(status).unwrap(), body).into_response(),
        Reply::ComeBack(status, after) => {
            (StatusCode::from_u16(status).unwrap(), [("retry-after", after)], r#"{"error":{"message":"slow down"}}"#)
                .into_response()
        }
        Reply::Silence => std::future::pending().await,
    }
}

impl Provider {
    async fn with(script: impl Fn(usize) -> Reply + Send + Sync + 'static) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let heard: Arc<Mutex<Vec<Heard>>> = Arc::default();
        let state = Served { script: Arc::new(script), count: Arc::default(), heard: Arc::clone(&heard) };
        let routes = Router::new().fallback(served).with_state(state);
        tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
        Self { base, heard }
    }

    /// Always the same.
    async fn saying(status: u16, body: &Value) -> Self {
        let body = body.to_string();
        Self::with(move |_| Reply::Says(status, body.clone())).await
    }

    fn heard(&self) -> Vec<Heard> {
        self.heard.lock().unwrap().clone()
    }

    fn count(&self) -> usize {
        self.heard().len()
    }

    /// A provider of the table, at this address.
    fn as_provider(&self, name: &str, model: Option<&str>) -> Builtin {
        let provider = providers::find(name).unwrap();
        let desk = Desk::new(Reach::Inside, Clock::system());
        let mut endpoint = provider.endpoint(model, |_| None);
        let path = endpoint.url.splitn(4, '/').nth(3).unwrap_or_default().to_owned();
        endpoint.url = format!("{}/{path}", self.base);
        let deadline = Duration::from_millis(500);
        Builtin { http: desk.http, provider, endpoint, key: Key::new(KEY), account: "shop/chatcli".into(), deadline }
    }

    /// The same, behind a desk of its own, patient for two retries.
    fn way(&self, name: &str) -> Way {
        let model = (name == "OPENAI").then_some("gpt-4o");
        Way { analyst: Box::new(self.as_provider(name, model)), pace: Pace::default(), retries: 2 }
    }
}

fn question() -> Question {
    let incident = Incident { kind: "Deployment".into(), resource: "web".into(), ..Incident::default() };
    Question::new(incident, "r1: it ended", "content".into(), &Known::NOTHING, "BOUNDARY")
}

const GOOD: &str =
    r#"{"analysis": "It ended [r1].", "confidence": 0.9, "recommendations": ["look [r1]"], "actions": []}"#;

/// Of OpenAI's chat completions.
fn chat(content: &str) -> Value {
    json!({
        "id": "chatcmpl-1", "object": "chat.completion", "created": 1_741_569_952, "model": "gpt-4o-2024-08-06",
        "choices": [{ "index": 0, "message": { "role": "assistant", "content": content, "refusal": null }, "finish_reason": "stop" }],
        "usage": { "prompt_tokens": 82, "completion_tokens": 17, "total_tokens": 99 },
    })
}

async fn one(provider: &Provider, name: &str, model: Option<&str>) -> Result<Answer, LlmError> {
    provider.as_provider(name, model).analyze(&question()).await
}

async fn asked(provider: &Provider) -> (Result<Answer, LlmError>, Desk) {
    let desk = Desk::new(Reach::Inside, Clock::system());
    (desk.ask(&[provider.way("OPENAI")], &question()).await, desk)
}

#[tokio::test]
async fn openais_chat_is_held_to_the_schema_and_read() {
    let provider = Provider::saying(200, &chat(GOOD)).await;
    let answer = one(&provider, "OPENAI", Some("gpt-4o")).await.unwrap();
    assert_eq!((answer.said.analysis.as_str(), answer.usage), ("It ended [r1].", Usage { input: 82, output: 17 }));
    let heard = &provider.heard()[0];
    assert_eq!(heard.path, "/v1/chat/completions");
    assert_eq!(heard.headers["authorization"], format!("Bearer {KEY}"));
    assert_eq!(heard.body["response_format"]["json_schema"]["strict"], true);
    assert_eq!(heard.body["messages"][0]["role"], "system");
    assert!(heard.body["max_completion_tokens"].is_u64() && heard.body["max_tokens"].is_null());
}

#[tokio::test]
async fn openais_responses_are_read() {
    let provider = Provider::saying(
        200,
        &json!({
            "id": "resp_67cb71b351908190a308f3859487620d06981a8637e6bc44", "object": "response", "status": "completed", "error": null,
            "incomplete_details": null, "model": "gpt-5.4",
            "output": [
                { "type": "reasoning", "id": "rs_1", "summary": [] },
                { "type": "message", "id": "msg_1", "status": "completed", "role": "assistant",
                  "content": [{ "type": "output_text", "text": GOOD, "annotations": [] }] },
            ],
            "usage": { "input_tokens": 32, "input_tokens_details": { "cached_tokens": 0 }, "output_tokens": 18,
                       "output_tokens_details": { "reasoning_tokens": 7 }, "total_tokens": 50 },
        }),
    )
    .await;
    let answer = one(&provider, "OPENAI", None).await.unwrap();
    assert_eq!((answer.said.confidence, answer.usage), (Some(0.9), Usage { input: 32, output: 18 }));
    let heard = &provider.heard()[0];
    assert_eq!(heard.path, "/v1/responses");
    assert_eq!(heard.body["text"]["format"]["type"], "json_schema");
    assert_eq!(heard.body["store"], false, "nothing is left behind at the provider");
    assert!(heard.body["instructions"].as_str().unwrap().contains("BOUNDARY"));
}

#[tokio::test]
async fn anthropics_messages_are_read_from_the_tool() {
    let input: Value = serde_json::from_str(GOOD).unwrap();
    let provider = Provider::saying(
        200,
        &json!({
            "id": "msg_01Aq9w938a90dw8q", "type": "message", "role": "assistant", "model": "claude-sonnet-4-6",
            "content": [{ "type": "tool_use", "id": "toolu_01A09q90qw90lq917835lq9", "name": "give_analysis", "input": input }],
            "stop_reason": "tool_use", "stop_sequence": null,
            "usage": { "input_tokens": 472, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 28, "output_tokens": 89 },
        }),
    )
    .await;
    let answer = one(&provider, "CLAUDEAI", None).await.unwrap();
    assert_eq!((answer.said.analysis.as_str(), answer.usage), ("It ended [r1].", Usage { input: 500, output: 89 }));
    let heard = &provider.heard()[0];
    assert_eq!(heard.path, "/v1/messages");
    assert_eq!(
        (&heard.headers["x-api-key"], &heard.headers["anthropic-version"]),
        (&KEY.parse().unwrap(), &"2023-06-01".parse().unwrap())
    );
    assert_eq!(heard.body["tool_choice"]["name"], heard.body["tools"][0]["name"]);
}

#[tokio::test]
async fn googles_candidates_are_read_without_its_thoughts() {
    let provider = Provider::saying(
        200,
        &json!({
            "candidates": [{ "content": { "role": "model", "parts": [{ "text": "hm", "thought": true }, { "text": GOOD }] },
                             "finishReason": "STOP", "index": 0 }],
            "usageMetadata": { "promptTokenCount": 40, "candidatesTokenCount": 12, "thoughtsTokenCount": 30, "totalTokenCount": 82 },
            "modelVersion": "gemini-2.5-flash", "responseId": "x",
        }),
    )
    .await;
    let answer = one(&provider, "GOOGLEAI", None).await.unwrap();
    assert_eq!((answer.said.analysis.as_str(), answer.usage), ("It ended [r1].", Usage { input: 40, output: 42 }));
    let heard = &provider.heard()[0];
    assert_eq!(heard.path, "/v1beta/models/gemini-2.5-flash:generateContent");
    assert_eq!(heard.headers["x-goog-api-key"], KEY);
    assert!(!heard.body["generationConfig"]["responseSchema"].to_string().contains("additionalProperties"));
}

#[tokio::test]
async fn ollamas_own_chat_is_told_how_long_the_prompt_is() {
    let provider = Provider::saying(
        200,
        &json!({ "model": "gpt-oss:20b", "created_at": "2026-11-25T22:00:00Z", "message": { "role": "assistant", "content": GOOD },
                 "done": true, "done_reason": "stop", "prompt_eval_count": 26, "eval_count": 298 }),
    )
    .await;
    let answer = one(&provider, "OLLAMA", None).await.unwrap();
    assert_eq!(answer.usage, Usage { input: 26, output: 298 });
    let heard = &provider.heard()[0];
    assert!(heard.headers.get("authorization").is_none());
    assert!(heard.body["options"]["num_ctx"].as_u64().unwrap() > 6000);
}

#[tokio::test]
async fn every_other_provider_of_the_table_is_asked_in_a_shape_it_speaks() {
    for provider in providers::PROVIDERS.iter().filter(|provider| provider.shape == Shape::Chat) {
        let served = Provider::saying(200, &chat(&format!("Sure! ```json\n{GOOD}\n```"))).await;
        let answer = one(&served, provider.name, Some("m")).await.unwrap();
        assert_eq!(answer.said.analysis, "It ended [r1].", "{}", provider.name);
        assert_eq!(served.heard()[0].headers["authorization"], format!("Bearer {KEY}"), "{}", provider.name);
    }
}

#[tokio::test]
async fn an_answer_that_cannot_be_read_is_asked_for_once_more_and_both_are_counted() {
    let provider =
        Provider::with(|nth| Reply::Says(200, chat(if nth == 0 { "{\"analysis\": " } else { GOOD }).to_string())).await;
    let answer = one(&provider, "OPENAI", Some("gpt-4o")).await.unwrap();
    assert_eq!((provider.count(), answer.usage), (2, Usage { input: 164, output: 34 }));
    let heard = provider.heard();
    assert_eq!(heard[0].body["messages"][1], heard[1].body["messages"][1], "the data stays as it was");
    assert!(heard[1].body["messages"][0]["content"].as_str().unwrap().contains("could not be read"));
}

#[tokio::test]
async fn broken_json_twice_and_an_empty_analysis_are_paid_for_and_not_asked_again() {
    for content in ["{\"analysis\": ", r#"{"analysis": "", "confidence": 1}"#, "I am sorry."] {
        let provider = Provider::saying(200, &chat(content)).await;
        let (result, _) = asked(&provider).await;
        let error = result.unwrap_err();
        assert!(matches!(&error, LlmError::Unusable { usage, .. } if usage.input == 164), "{error:?}");
        assert!(error.may_have_cost());
        assert_eq!(provider.count(), 2);
    }
}

#[tokio::test]
async fn an_answer_cut_off_or_withheld_says_so() {
    let mut cut = chat("{");
    cut["choices"][0]["finish_reason"] = json!("length");
    let provider = Provider::saying(200, &cut).await;
    let error = one(&provider, "OPENAI", Some("gpt-4o")).await.unwrap_err();
    assert!(error.to_string().contains("limit of tokens"), "{error}");
    let blocked = json!({ "promptFeedback": { "blockReason": "SAFETY" }, "usageMetadata": { "promptTokenCount": 5 } });
    let provider = Provider::saying(200, &blocked).await;
    let error = one(&provider, "GOOGLEAI", None).await.unwrap_err();
    assert!(error.to_string().contains("blocked: SAFETY"), "{error}");
}

#[tokio::test]
async fn a_call_that_hangs_ends_at_its_deadline_and_is_not_repeated() {
    let provider = Provider::with(|_| Reply::Silence).await;
    let began = Instant::now();
    let (result, desk) = asked(&provider).await;
    let error = result.unwrap_err();
    assert!(matches!(error, LlmError::Lost(_)) && error.may_have_cost(), "{error:?}");
    assert_eq!(provider.count(), 1);
    assert!(began.elapsed() < Duration::from_secs(30), "it ends by itself");
    assert!(desk.all_rest(&[provider.way("OPENAI")]).is_some(), "and the provider rests");
}

#[tokio::test]
async fn a_provider_that_fails_is_tried_again_and_then_rests() {
    let provider = Provider::with(|nth| {
        if nth == 0 {
            Reply::Says(503, r#"{"error":{"message":"overloaded"}}"#.into())
        } else {
            Reply::Says(200, chat(GOOD).to_string())
        }
    })
    .await;
    assert!(asked(&provider).await.0.is_ok());
    assert_eq!(provider.count(), 2);

    let provider = Provider::saying(500, &json!({ "error": { "message": "boom" } })).await;
    let (result, desk) = asked(&provider).await;
    assert!(matches!(result, Err(LlmError::Server(_))));
    assert_eq!(provider.count(), 3, "one try and two retries");
    assert!(matches!(desk.ask(&[provider.way("OPENAI")], &question()).await, Err(LlmError::Resting { .. })));
    assert_eq!(provider.count(), 3, "who rests is not asked");
}

#[tokio::test]
async fn a_storm_of_429_makes_no_storm_of_retries() {
    let provider = Provider::with(|_| Reply::ComeBack(429, "0")).await;
    let desk = Desk::new(Reach::Inside, Clock::system());
    for _ in 0..50 {
        let _ = desk.ask(&[provider.way("OPENAI")], &question()).await;
    }
    assert_eq!(provider.count(), 3, "the breaker opens after the first question");
}

#[tokio::test]
async fn a_provider_that_asks_for_a_long_pause_is_left_alone_that_long() {
    let provider = Provider::with(|_| Reply::ComeBack(429, "600")).await;
    let (result, desk) = asked(&provider).await;
    assert!(matches!(result, Err(LlmError::RateLimited { retry_after: Some(_), .. })));
    assert_eq!(provider.count(), 1);
    let rest = desk.all_rest(&[provider.way("OPENAI")]).unwrap().duration_since(jiff::Timestamp::now());
    assert!(rest.as_secs() > 500, "{rest:?}");
}

#[tokio::test]
async fn an_expired_key_is_not_tried_again_and_the_key_is_not_in_the_error() {
    let words = format!(
        "Incorrect API key provided: {KEY}. You can find your API key at https://platform.openai.com/account/api-keys."
    );
    let provider = Provider::saying(
        401,
        &json!({ "error": { "message": words, "type": "invalid_request_error", "code": "invalid_api_key" } }),
    )
    .await;
    let (result, _) = asked(&provider).await;
    let error = result.unwrap_err();
    assert!(matches!(error, LlmError::Auth(_)));
    assert!(!format!("{error} {error:?}").contains("nobody-may-see"), "{error}");
    assert_eq!(provider.count(), 1);
    assert!(!format!("{:?}", provider.as_provider("OPENAI", None)).contains("nobody-may-see"));
}

#[tokio::test]
async fn what_cannot_pass_is_told_apart() {
    let says = |message: &str| json!({ "error": { "message": message } });
    for (status, body, is_it) in [
        (404, says("The model `gpt-9` does not exist"), "ModelNotFound"),
        (400, says("This model's maximum context length is 8192 tokens"), "TooLong"),
        (
            400,
            json!({ "type": "error", "error": { "type": "invalid_request_error", "message": "prompt is too long: 250000 tokens" } }),
            "TooLong",
        ),
        (429, says("You exceeded your current quota, please check your plan"), "Auth"),
        (
            400,
            json!([{ "error": { "code": 400, "message": "API key not valid. Please pass a valid API key." } }]),
            "Auth",
        ),
        (422, says("temperature must be 1"), "Refused"),
        (529, json!({ "type": "error", "error": { "type": "overloaded_error", "message": "Overloaded" } }), "Server"),
    ] {
        let provider = Provider::saying(status, &body).await;
        let error = one(&provider, "OPENAI", Some("gpt-4o")).await.unwrap_err();
        assert!(format!("{error:?}").starts_with(is_it), "{status}: {error:?}");
        assert!(!error.may_have_cost());
    }
}

#[tokio::test]
async fn a_failure_in_the_clothes_of_a_success_is_one() {
    let provider = Provider::saying(200, &json!({ "error": { "message": "no credits" } })).await;
    assert!(matches!(one(&provider, "XAI", None).await, Err(LlmError::Server(words)) if words == "no credits"));
}

#[tokio::test]
async fn who_fails_without_cost_gives_way_to_the_fallback_and_who_may_have_cost_does_not() {
    let good = Provider::saying(200, &chat(GOOD)).await;
    let wrong_key = Provider::saying(401, &json!({ "error": { "message": "no" } })).await;
    let desk = Desk::new(Reach::Inside, Clock::system());
    let answer = desk.ask(&[wrong_key.way("XAI"), good.way("OPENAI")], &question()).await.unwrap();
    assert_eq!(answer.provider, "OPENAI");

    let silent = Provider::with(|_| Reply::Silence).await;
    let good = Provider::saying(200, &chat(GOOD)).await;
    let desk = Desk::new(Reach::Inside, Clock::system());
    assert!(desk.ask(&[silent.way("XAI"), good.way("OPENAI")], &question()).await.is_err());
    assert_eq!(good.count(), 0, "nobody pays twice for one question");
}

#[tokio::test]
async fn an_answer_larger_than_four_megabytes_is_not_swallowed() {
    let provider = Provider::saying(200, &chat(&"x".repeat(5 << 20))).await;
    assert!(matches!(one(&provider, "OPENAI", Some("gpt-4o")).await, Err(LlmError::Lost(_))));
}

#[tokio::test]
async fn nobody_there_is_nothing_paid() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let gone = Provider { base: format!("http://{}", listener.local_addr().unwrap()), heard: Arc::default() };
    drop(listener);
    let error = one(&gone, "OPENAI", Some("gpt-4o")).await.unwrap_err();
    assert!(matches!(error, LlmError::Unreachable(_)) && !error.may_have_cost(), "{error:?}");
}

#[tokio::test]
async fn without_leave_no_provider_inside_is_dialled() {
    let provider = Provider::saying(200, &chat(GOOD)).await;
    let mut builtin = provider.as_provider("OPENAI", Some("gpt-4o"));
    builtin.http = Desk::new(Reach::Public, Clock::system()).http;
    let error = builtin.analyze(&question()).await.unwrap_err();
    assert!(error.to_string().contains("--allow-http-providers"), "{error}");
    builtin.endpoint.url = builtin.endpoint.url.replace("http://", "https://");
    assert!(matches!(builtin.analyze(&question()).await, Err(LlmError::Unreachable(_))));
    assert_eq!(provider.count(), 0);
}
