//! Bedrock as it answers, with keys and with a role. Shapes of answers are those of Amazon's API references: Converse, and
//! AssumeRoleWithWebIdentity.

use std::collections::BTreeMap;
use std::io::Write as _;

use futures::future::join_all;
use http::header::AUTHORIZATION;

use super::*;
use crate::llm::aws::sign::{self, Request};
use crate::llm::aws::sts::Role;
use crate::llm::aws::{Credentials, Identity, Source};
use crate::llm::tokens::Purse;

const ID: &str = "ASIAQWERTYUIOPASDFGH";
const SECRET: &str = "aws-secret-nobody-may-see-0001/abc+defghi";
const SESSION: &str = "IQoJb3JpZ2luX2VjE-session-nobody-may-see-0001";
const WEB_TOKEN: &str = "eyJhbGciOiJSUzI1NiJ9.web-token-nobody-may-see.0001";
const MODEL: &str = "eu.anthropic.claude-sonnet-4-5-20250929-v1:0";

fn converse(content: &Value, stop: &str) -> Value {
    json!({
        "metrics": { "latencyMs": 1275 },
        "output": { "message": { "role": "assistant", "content": content } },
        "stopReason": stop,
        "usage": { "inputTokens": 30, "outputTokens": 628, "totalTokens": 658 },
    })
}

fn good() -> Value {
    let input: Value = serde_json::from_str(GOOD).unwrap();
    let tool = json!({ "toolUse": { "toolUseId": "tooluse_hbTgdi0CSLq_hM4P8csZJA", "name": "give_analysis", "input": input } });
    converse(&json!([tool]), "tool_use")
}

/// What the service says of credentials whose time is over.
fn expired() -> Reply {
    Reply::Says(403, json!({ "message": "The security token included in the request is expired" }).to_string())
}

fn issued(session: &str) -> String {
    format!(
        r#"<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <AssumeRoleWithWebIdentityResult>
    <SubjectFromWebIdentityToken>system:serviceaccount:chatcli-system:chatcli-operator</SubjectFromWebIdentityToken>
    <Audience>sts.amazonaws.com</Audience>
    <AssumedRoleUser>
      <Arn>arn:aws:sts::123456789012:assumed-role/models/chatcli-operator</Arn>
      <AssumedRoleId>AROACLKWSDQRAOEXAMPLE:chatcli-operator</AssumedRoleId>
    </AssumedRoleUser>
    <Credentials>
      <SessionToken>{session}</SessionToken>
      <SecretAccessKey>{SECRET}</SecretAccessKey>
      <Expiration>{}</Expiration>
      <AccessKeyId>{ID}</AccessKeyId>
    </Credentials>
    <Provider>arn:aws:iam::123456789012:oidc-provider/oidc.eks.eu-central-1.amazonaws.com/id/EXAMPLE</Provider>
  </AssumeRoleWithWebIdentityResult>
  <ResponseMetadata><RequestId>ad4156e9-bce1-11e2-82e6-6b6efEXAMPLE</RequestId></ResponseMetadata>
</AssumeRoleWithWebIdentityResponse>"#,
        jiff::Timestamp::now() + jiff::SignedDuration::from_hours(1)
    )
}

fn keys(token: Option<&str>) -> Source {
    Source::Keys(Credentials { id: ID.into(), secret: SECRET.into(), token: token.map(Into::into) })
}

fn asks(provider: &Provider, source: Source, model: &str) -> Builtin {
    let (purse, clock) = (Arc::<Purse>::default(), Clock::system());
    let key = Key::aws(Identity { source, region: "eu-central-1".into(), purse, clock });
    Builtin { key, ..provider.as_provider("BEDROCK", Some(model)) }
}

/// A service that issues credentials, and the role that is taken there.
struct Issuer {
    provider: Provider,
    file: tempfile::NamedTempFile,
}

impl Issuer {
    async fn saying(script: impl Fn(usize) -> Reply + Send + Sync + 'static) -> Self {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        writeln!(file, "{WEB_TOKEN}").unwrap();
        Self { provider: Provider::with(script).await, file }
    }

    async fn issuing() -> Self {
        Self::saying(|nth| Reply::Says(200, issued(&format!("{SESSION}-{nth}")))).await
    }

    fn role(&self) -> Source {
        Source::Role(Role {
            arn: "arn:aws:iam::123456789012:role/models".into(),
            session: "chatcli-operator".into(),
            token_file: self.file.path().into(),
            url: format!("{}/", self.provider.base),
        })
    }
}

/// The signature that what arrived would have to have.
fn is_signed_by(heard: &Heard, credentials: &Credentials, service: &str) {
    let text = |name: &str| heard.headers[name].to_str().unwrap();
    let (authorization, moment) = (text(AUTHORIZATION.as_str()), text("x-amz-date"));
    let at = jiff::civil::DateTime::strptime("%Y%m%dT%H%M%SZ", moment).unwrap();
    let at = at.to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp();
    let headers = [("content-type", text("content-type")), ("host", text("host"))];
    let request = Request { method: "POST", path: &heard.path, headers: &headers, body: &heard.bytes };
    let wanted = sign::sign(credentials, "eu-central-1", service, &request, at).unwrap();
    assert_eq!(authorization, wanted[0].1.to_str().unwrap());
    assert!(authorization.contains("SignedHeaders=content-type;host;x-amz-date"), "{authorization}");
}

#[tokio::test]
async fn with_keys_a_signed_question_is_asked_and_the_tools_answer_read() {
    let provider = Provider::saying(200, &good()).await;
    let answer = asks(&provider, keys(Some(SESSION)), MODEL).analyze(&question()).await.unwrap();
    assert_eq!((answer.said.analysis.as_str(), answer.usage), ("It ended [r1].", Usage { input: 30, output: 628 }));
    assert_eq!((answer.provider.as_str(), answer.model.as_str()), ("BEDROCK", MODEL));
    let heard = &provider.heard()[0];
    assert_eq!(heard.path, "/model/eu.anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse");
    assert_eq!(heard.headers["x-amz-security-token"], SESSION);
    is_signed_by(heard, &Credentials { id: ID.into(), secret: SECRET.into(), token: Some(SESSION.into()) }, "bedrock");
    assert_eq!(heard.body["toolConfig"]["toolChoice"]["tool"]["name"], "give_analysis");
    assert!(heard.body["system"][0]["text"].as_str().unwrap().contains("BOUNDARY"));
    assert!(!String::from_utf8_lossy(&heard.bytes).contains(SECRET));
}

#[tokio::test]
async fn a_model_that_cannot_be_made_to_use_a_tool_answers_in_text() {
    let provider = Provider::saying(200, &converse(&json!([{ "text": format!("Sure: {GOOD}") }]), "end_turn")).await;
    let answer = asks(&provider, keys(None), "meta.llama3-3-70b-instruct-v1:0").analyze(&question()).await.unwrap();
    assert_eq!(answer.said.confidence, Some(0.9));
    let heard = &provider.heard()[0];
    assert!(heard.body["toolConfig"].is_null() && heard.headers.get("x-amz-security-token").is_none());
}

#[tokio::test]
async fn what_bedrock_withholds_or_cuts_off_says_so_and_was_paid_for() {
    for (stop, word) in [("max_tokens", "limit of tokens"), ("guardrail_intervened", "withheld: guardrail_intervened")]
    {
        let provider = Provider::saying(200, &converse(&json!([{ "text": "{" }]), stop)).await;
        let error = asks(&provider, keys(None), MODEL).analyze(&question()).await.unwrap_err();
        assert!(error.to_string().contains(word) && error.may_have_cost(), "{error}");
    }
}

#[tokio::test]
async fn a_role_is_taken_once_with_the_token_of_this_process_and_serves_all_questions() {
    let (provider, issuer) = (Provider::saying(200, &good()).await, Issuer::issuing().await);
    let bedrock = asks(&provider, issuer.role(), MODEL);
    let question = question();
    for answer in join_all((0..10).map(|_| bedrock.analyze(&question))).await {
        answer.unwrap();
    }
    assert_eq!((issuer.provider.count(), provider.count()), (1, 10));
    let asked = &issuer.provider.heard()[0];
    assert_eq!(asked.headers["content-type"], "application/x-www-form-urlencoded");
    let form: BTreeMap<String, String> = form_urlencoded::parse(&asked.bytes).into_owned().collect();
    assert_eq!((form["Action"].as_str(), form["Version"].as_str()), ("AssumeRoleWithWebIdentity", "2011-06-15"));
    assert_eq!(form["RoleArn"], "arn:aws:iam::123456789012:role/models");
    assert_eq!((form["RoleSessionName"].as_str(), form["WebIdentityToken"].as_str()), ("chatcli-operator", WEB_TOKEN));
    let session = format!("{SESSION}-0");
    is_signed_by(
        &provider.heard()[9],
        &Credentials { id: ID.into(), secret: SECRET.into(), token: Some(session) },
        "bedrock",
    );
    for heard in provider.heard() {
        assert!(
            !format!("{:?}{:?}", heard.headers, heard.bytes).contains("web-token"),
            "the token goes to its issuer only"
        );
    }
}

#[tokio::test]
async fn credentials_that_ended_early_are_renewed_once_and_the_question_asked_again() {
    let issuer = Issuer::issuing().await;
    let provider = Provider::with(|nth| if nth == 0 { expired() } else { Reply::Says(200, good().to_string()) }).await;
    asks(&provider, issuer.role(), MODEL).analyze(&question()).await.unwrap();
    let tokens: Vec<_> = provider.heard().iter().map(|heard| heard.headers["x-amz-security-token"].clone()).collect();
    assert_eq!(tokens, [format!("{SESSION}-0"), format!("{SESSION}-1")]);

    let (issuer, provider) = (Issuer::issuing().await, Provider::with(|_| expired()).await);
    let error = asks(&provider, issuer.role(), MODEL).analyze(&question()).await.unwrap_err();
    assert!(matches!(error, LlmError::Auth(_)) && !error.may_have_cost(), "{error:?}");
    assert_eq!((issuer.provider.count(), provider.count()), (2, 2), "once, and no more");
}

#[tokio::test]
async fn what_no_renewal_can_change_is_not_renewed() {
    let denied = "User: arn:aws:sts::123456789012:assumed-role/models/chatcli-operator is not authorized to perform: bedrock:InvokeModel";
    let (issuer, provider) = (Issuer::issuing().await, Provider::saying(403, &json!({ "Message": denied })).await);
    let error = asks(&provider, issuer.role(), MODEL).analyze(&question()).await.unwrap_err();
    assert!(matches!(&error, LlmError::Auth(words) if words.contains("bedrock:InvokeModel")), "{error:?}");
    assert_eq!((issuer.provider.count(), provider.count()), (1, 1));

    let provider = Provider::with(|_| expired()).await;
    let error = asks(&provider, keys(Some(SESSION)), MODEL).analyze(&question()).await.unwrap_err();
    assert!(matches!(error, LlmError::Auth(_)), "{error:?}");
    assert_eq!(provider.count(), 1, "there are no other keys");
}

#[tokio::test]
async fn without_a_role_nobody_is_asked_and_nothing_is_paid() {
    let refusal = |code: &str, words: &str| {
        format!(
            "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender</Type><Code>{code}</Code>\
             <Message>{words}</Message></Error><RequestId>1</RequestId></ErrorResponse>"
        )
    };
    let quoting = format!("Not authorized, and here is your token: {WEB_TOKEN}");
    for (status, body, is_it) in [
        (403, refusal("AccessDenied", &quoting), "Auth"),
        (400, refusal("ExpiredTokenException", "Token expired"), "Auth"),
        (400, refusal("IDPCommunicationError", "cannot reach the provider"), "Server"),
        (400, refusal("Throttling", "Rate exceeded"), "RateLimited"),
        (503, refusal("ServiceUnavailable", "later"), "Server"),
        (200, "<nothing/>".to_owned(), "Server"),
    ] {
        let issuer = Issuer::saying(move |_| Reply::Says(status, body.clone())).await;
        let provider = Provider::saying(200, &good()).await;
        let error = asks(&provider, issuer.role(), MODEL).analyze(&question()).await.unwrap_err();
        assert!(format!("{error:?}").starts_with(is_it), "{status}: {error:?}");
        assert!(!error.may_have_cost() && provider.count() == 0, "{error:?}");
        assert!(!format!("{error} {error:?}").contains("web-token"), "{error}");
    }
    let gone = Issuer::issuing().await;
    let Source::Role(role) = gone.role() else { unreachable!() };
    drop(gone);
    let provider = Provider::saying(200, &good()).await;
    let error = asks(&provider, Source::Role(role), MODEL).analyze(&question()).await.unwrap_err();
    assert!(matches!(&error, LlmError::Auth(words) if words.contains("cannot be read")), "{error:?}");
}

#[tokio::test]
async fn credentials_are_in_no_error_no_print_and_no_answer() {
    let quoted = format!("{ID} {SECRET} {SESSION}");
    let said = json!({ "analysis": format!("It ended with {quoted} [r1]."), "confidence": 0.5 }).to_string();
    let provider = Provider::saying(200, &converse(&json!([{ "text": said }]), "end_turn")).await;
    let bedrock = asks(&provider, keys(Some(SESSION)), "amazon.titan-text-express-v1");
    let answer = bedrock.analyze(&question()).await.unwrap();
    assert!(answer.raw.contains("It ended with"), "{}", answer.raw);
    let refused = Provider::saying(400, &json!({ "message": format!("bad request: {quoted}") })).await;
    let error = asks(&refused, keys(Some(SESSION)), MODEL).analyze(&question()).await.unwrap_err();
    let broken = Provider::with(move |_| Reply::Says(200, format!("no JSON, but {SECRET} {SESSION}"))).await;
    let unusable = asks(&broken, keys(Some(SESSION)), MODEL).analyze(&question()).await.unwrap_err();
    let all = format!("{answer:?} {error} {error:?} {unusable:?} {bedrock:?}");
    for secret in [ID, SECRET, SESSION] {
        assert!(!all.contains(secret), "{secret} in {all}");
    }
}

#[test]
fn which_credentials_an_instance_has_is_decided_by_what_it_brings() {
    let desk = Desk::new(Reach::Public, Clock::system());
    let bedrock = providers::find("BEDROCK").unwrap();
    let role = Role { arn: "r".into(), session: "s".into(), token_file: "/t".into(), url: "https://sts".into() };
    let of = |settings: &[(&str, &str)], role: Option<&Role>| {
        let settings = settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Key::of(bedrock, &settings, role, &desk).map(|_| ())
    };
    let both = [("AWS_ACCESS_KEY_ID", "AKIA"), ("AWS_SECRET_ACCESS_KEY", "x")];
    assert!(of(&both, None).is_ok() && of(&[], Some(&role)).is_ok());
    assert!(of(&[("AWS_BEARER_TOKEN_BEDROCK", "t")], None).is_ok());
    let nothing = of(&[], None).unwrap_err();
    assert!(nothing.contains("AWS_ACCESS_KEY_ID") && nothing.contains("no role"), "{nothing}");
    // A file that an Instance names is no token of this process, and half a pair is a mistake, not a wish for the role.
    let named = [("AWS_ROLE_ARN", "arn"), ("AWS_WEB_IDENTITY_TOKEN_FILE", "/etc/passwd")];
    assert_eq!(of(&named, None), Err(nothing));
    assert!(of(&both[..1], Some(&role)).unwrap_err().contains("one is missing"));
}
