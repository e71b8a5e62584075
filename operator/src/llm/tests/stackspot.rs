//! StackSpot as it answers: a token first, then its agent.

use super::*;
use crate::llm::stackspot::Client;
use crate::llm::tokens::Purse;

const SECRET: &str = "client-key&nobody=may+see-0001";

fn token(nth: usize) -> String {
    json!({ "access_token": format!("eyJ.stackspot-token-{nth}"), "expires_in": 1199, "refresh_expires_in": 0,
            "token_type": "Bearer", "not-before-policy": 0, "scope": "profile email" })
    .to_string()
}

fn agent(message: &str) -> Value {
    json!({
        "message": message, "stop_reason": "stop", "tokens": { "user": 812, "enrichment": 190, "output": 77 },
        "upload_ids": [], "knowledge_source_id": [], "source": [], "cross_account_source": [], "tools_id": [],
    })
}

async fn identity() -> Provider {
    Provider::with(|nth| Reply::Says(200, token(nth))).await
}

fn asks(agent: &Provider, identity: &Provider) -> Builtin {
    let mut client = Client::new("client-1", SECRET, None, Arc::<Purse>::default(), Clock::system());
    assert_eq!(client.url, "https://idm.stackspot.com/zup/oidc/oauth/token");
    client.url = format!("{}/zup/oidc/oauth/token", identity.base);
    Builtin { key: Key::stackspot(client), ..agent.as_provider("STACKSPOT", Some("ignored")) }
}

#[tokio::test]
async fn a_secret_is_exchanged_once_and_the_agent_asked_with_the_token() {
    let (provider, identity) = (Provider::saying(200, &agent(&format!("Here: {GOOD}"))).await, identity().await);
    let stackspot = asks(&provider, &identity);
    for _ in 0..3 {
        let answer = stackspot.analyze(&question()).await.unwrap();
        assert_eq!((answer.said.confidence, answer.usage), (Some(0.9), Usage { input: 1002, output: 77 }));
    }
    assert_eq!((identity.count(), provider.count()), (1, 3));
    let asked = &identity.heard()[0];
    assert_eq!(asked.path, "/zup/oidc/oauth/token");
    let form = "grant_type=client_credentials&client_id=client-1&client_secret=client-key%26nobody%3Dmay%2Bsee-0001";
    assert_eq!(asked.bytes, form, "a secret with signs of its own is encoded");
    let heard = &provider.heard()[0];
    assert_eq!(
        (heard.path.as_str(), &heard.headers["authorization"]),
        ("/v1/agent/default/chat", &"Bearer eyJ.stackspot-token-0".parse().unwrap())
    );
    assert_eq!((&heard.body["streaming"], &heard.body["return_ks_in_response"]), (&json!(false), &json!(false)));
    let prompt = heard.body["user_prompt"].as_str().unwrap();
    assert!(
        prompt.contains("Answer with one JSON object") && prompt.ends_with("BOUNDARY\nr1: it ended\nBOUNDARY"),
        "{prompt}"
    );
}

#[tokio::test]
async fn a_token_that_is_refused_is_renewed_once() {
    let identity = identity().await;
    let provider = Provider::with(|nth| match nth {
        0 => Reply::Says(401, json!({ "message": "token expired" }).to_string()),
        _ => Reply::Says(200, agent(GOOD).to_string()),
    })
    .await;
    asks(&provider, &identity).analyze(&question()).await.unwrap();
    let shown: Vec<_> = provider.heard().iter().map(|heard| heard.headers["authorization"].clone()).collect();
    assert_eq!(shown, ["Bearer eyJ.stackspot-token-0", "Bearer eyJ.stackspot-token-1"]);

    let (identity, provider) = (self::identity().await, Provider::saying(403, &json!({ "message": "no" })).await);
    let error = asks(&provider, &identity).analyze(&question()).await.unwrap_err();
    assert!(matches!(error, LlmError::Auth(_)), "{error:?}");
    assert_eq!((identity.count(), provider.count()), (2, 2), "once, and no more");
}

#[tokio::test]
async fn a_secret_that_is_refused_is_told_and_not_shown() {
    let refusal = json!({ "error": "invalid_client", "error_description": format!("Invalid client secret {SECRET}") });
    let (identity, provider) = (Provider::saying(401, &refusal).await, Provider::saying(200, &agent(GOOD)).await);
    let stackspot = asks(&provider, &identity);
    let error = stackspot.analyze(&question()).await.unwrap_err();
    assert!(matches!(&error, LlmError::Auth(words) if words.contains("Invalid client secret")), "{error:?}");
    assert_eq!(provider.count(), 0);
    assert!(!format!("{error} {error:?} {stackspot:?}").contains("nobody=may"), "{error}");
}

#[tokio::test]
async fn a_token_in_the_agents_answer_stays_out_of_what_is_kept() {
    let said = json!({ "analysis": "You sent eyJ.stackspot-token-0 [r1].", "confidence": 0.5 }).to_string();
    let (identity, provider) = (identity().await, Provider::saying(200, &agent(&said)).await);
    let answer = asks(&provider, &identity).analyze(&question()).await.unwrap();
    assert!(answer.raw.contains("You sent [REDACTED:known]") && !format!("{answer:?}").contains("stackspot-token"));
}

#[tokio::test]
async fn an_empty_message_is_asked_for_once_more_and_then_unusable() {
    let (identity, provider) = (identity().await, Provider::saying(200, &agent("")).await);
    let error = asks(&provider, &identity).analyze(&question()).await.unwrap_err();
    assert!(matches!(&error, LlmError::Unusable { usage, .. } if usage.input == 2004), "{error:?}");
    assert_eq!(provider.count(), 2);
}
