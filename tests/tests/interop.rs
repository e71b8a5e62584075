//! The operator's side of the ChatCLI protocol against a Go server that speaks the published one, over loopback: slow, silent, restarted,
//! with new certificates, tired of us. The witness is what the server wrote down: a call it handled is a call somebody pays for.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use common::redact::Known;
use futures::future::join_all;
use kit::loopback::{Server, Settings, Wire};
use kit::servers::certificate;
use operator::llm::breaker::Pace;
use operator::llm::chatcli::{Access, Balanced, Servers, Target, Trust, ask};
use operator::llm::desk::Way;
use operator::llm::upstream::Upstream;
use operator::llm::{Answer, Desk, Incident, LlmError, Question};
use operator::runtime::http::Reach;
use operator::runtime::{Clock, ObjectKey};
use proto::{AnalyzeIssueRequest, GetServerInfoRequest};
use serde_json::json;

const TOKEN: &str = "a-token";
const NAME: &str = "chatcli.shop.svc.cluster.local";
const ANALYZE: &str = "AnalyzeIssue";

fn answering() -> Settings {
    let answer = json!({ "analysis": "It ended [r1].", "confidence": 0.85, "recommendations": ["look [r1]"], "provider": "OPENAI" });
    Settings::default().with("CHATCLI_ANSWER_AnalyzeIssue", &answer.to_string())
}

fn taking(delay: &str) -> Settings {
    answering().with("CHATCLI_DELAY_AnalyzeIssue", delay)
}

fn access(trust: Option<Trust>, token: &str) -> Result<Access> {
    let token =
        (!token.is_empty()).then(|| anyhow::Ok((format!("Bearer {token}").parse()?, "Secret token".to_owned())));
    Ok(Access { trust, token: token.transpose()? })
}

fn plain(server: &Server) -> Result<Arc<Balanced>> {
    Ok(reaching(server, access(None, "")?))
}

fn reaching(server: &Server, access: Access) -> Arc<Balanced> {
    let balanced = Balanced::new(access);
    balanced.follow(&[Target::Pod(server.address())]);
    Arc::new(balanced)
}

fn way(server: &Arc<Balanced>, deadline: Duration) -> Way {
    let (server, account) = (Arc::clone(server), "shop/chatcli".to_owned());
    let upstream = Upstream { server, provider: "OPENAI".to_owned(), model: "gpt-4o".to_owned(), account, deadline };
    Way { analyst: Box::new(upstream), pace: Pace::default(), retries: 2 }
}

fn question() -> Question {
    let incident =
        Incident { name: "web-fails".into(), kind: "Deployment".into(), resource: "web".into(), ..Incident::default() };
    Question::new(incident, "r1: it ended", "content".into(), &Known::NOTHING, "BOUNDARY")
}

fn desk() -> Desk {
    Desk::new(Reach::Inside, Clock::system())
}

async fn asked(server: &Arc<Balanced>) -> Result<Answer, LlmError> {
    desk().ask(&[way(server, Duration::from_secs(30))], &question()).await
}

#[tokio::test]
async fn an_answer_that_takes_its_time_is_waited_for_and_asked_for_once() -> Result<()> {
    let server = Server::start(&taking("2s")).await?;
    let answer = asked(&plain(&server)?).await?;
    assert_eq!((answer.said.analysis.as_str(), answer.said.confidence), ("It ended [r1].", Some(0.85)));
    assert_eq!(server.count("arrived", ANALYZE)?, 1);
    let request = &server.calls()?[0].request;
    assert_eq!(
        (&request["issueName"], &request["provider"], &request["model"]),
        (&json!("web-fails"), &json!("OPENAI"), &json!("gpt-4o"))
    );
    Ok(())
}

#[tokio::test]
async fn a_server_that_hangs_is_given_up_at_the_deadline_and_nobody_else_is_asked() -> Result<()> {
    let (hanging, good) = (Server::start(&taking("10m")).await?, Server::start(&answering()).await?);
    let ways = [way(&plain(&hanging)?, Duration::from_secs(1)), way(&plain(&good)?, Duration::from_secs(30))];
    let (desk, began) = (desk(), Instant::now());
    let error = desk.ask(&ways, &question()).await.unwrap_err();
    assert!(matches!(error, LlmError::Lost(_)) && error.may_have_cost(), "{error:?}");
    assert!(began.elapsed() < Duration::from_secs(60), "it ends by itself");
    assert_eq!(hanging.count("handled", ANALYZE)?, 1);
    assert_eq!(good.count("arrived", ANALYZE)?, 0, "what may have been paid for is not asked of somebody else");
    assert!(matches!(desk.ask(&ways[..1], &question()).await, Err(LlmError::Resting { .. })));
    Ok(())
}

#[tokio::test]
async fn a_server_restarted_in_order_finishes_what_it_works_on_and_is_found_again() -> Result<()> {
    let mut server = Server::start(&taking("2s")).await?;
    let balanced = plain(&server)?;
    let under_way = tokio::spawn({
        let balanced = Arc::clone(&balanced);
        async move { asked(&balanced).await }
    });
    server.handles(ANALYZE, 1).await?;
    server.stop().await?;
    assert_eq!(under_way.await??.said.confidence, Some(0.85), "the call under way is not lost");
    server.again(&answering()).await?;
    asked(&balanced).await?;
    assert_eq!(server.count("handled", ANALYZE)?, 2, "and none was repeated");
    Ok(())
}

#[tokio::test]
async fn a_server_killed_in_mid_call_is_not_asked_again_for_it() -> Result<()> {
    let mut server = Server::start(&taking("10m")).await?;
    let balanced = plain(&server)?;
    let under_way = tokio::spawn({
        let balanced = Arc::clone(&balanced);
        async move { asked(&balanced).await }
    });
    server.handles(ANALYZE, 1).await?;
    server.kill().await?;
    let error = under_way.await?.unwrap_err();
    assert!(matches!(error, LlmError::Lost(_)) && error.may_have_cost(), "{error:?}");

    // Nobody there: nothing was sent, nothing is paid, and in words a person can use.
    let one = [way(&balanced, Duration::from_secs(5))];
    let error = one[0].analyst.analyze(&question()).await.unwrap_err();
    assert!(
        matches!(&error, LlmError::Unreachable(words) if words.contains("cannot connect to 127.0.0.1")),
        "{error:?}"
    );

    server.again(&answering()).await?;
    asked(&balanced).await?;
    assert_eq!(server.count("handled", ANALYZE)?, 2, "the lost one and this one");
    Ok(())
}

#[tokio::test]
async fn a_server_that_answers_no_ping_any_more_is_given_up_and_not_asked_again_for_it() -> Result<()> {
    let server = Server::start(&taking("10m")).await?;
    let balanced = plain(&server)?;
    let under_way = tokio::spawn({
        let balanced = Arc::clone(&balanced);
        async move { desk().ask(&[way(&balanced, Duration::from_secs(120))], &question()).await }
    });
    server.handles(ANALYZE, 1).await?;
    server.freeze()?;
    let error = under_way.await?.unwrap_err();
    assert!(matches!(&error, LlmError::Lost(words) if words.starts_with("Unavailable")), "{error:?}");
    server.thaw()?;
    let reached = ask(&Target::Pod(server.address()), &access(None, "")?).await?;
    assert!(!reached.encrypted, "it lives");
    assert_eq!(server.count("handled", ANALYZE)?, 1, "{error:?}");
    Ok(())
}

#[tokio::test]
async fn an_absence_is_waited_out_within_one_question() -> Result<()> {
    let mut server = Server::start(&answering()).await?;
    let balanced = plain(&server)?;
    asked(&balanced).await?;
    server.stop().await?;
    let (settings, desk, question) = (answering(), desk(), question());
    let patient = [Way { retries: 6, ..way(&balanced, Duration::from_secs(30)) }];
    let (answer, again) = tokio::join!(desk.ask(&patient, &question), server.again(&settings));
    again?;
    answer?;
    assert_eq!(server.count("handled", ANALYZE)?, 2);
    Ok(())
}

#[tokio::test]
async fn what_is_secret_is_neither_on_the_wire_nor_in_what_the_server_wrote_down() -> Result<()> {
    const CANARIES: [&str; 5] =
        ["Canary-name-4711", "Canary-described-4712", "Canary-tried-4713", "Canary-told-4714", "Canary known 4715"];
    let server = Server::start(&answering().with("CHATCLI_SERVER_TOKEN", TOKEN)).await?;
    let wire = Wire::to(server.address()).await?;
    let balanced = Balanced::new(access(None, TOKEN)?);
    balanced.follow(&[Target::Pod(wire.address())]);
    let [name, described, tried, told, known] = CANARIES;
    let incident = Incident {
        name: format!("password={name}"),
        kind: "Deployment".into(),
        description: format!("postgres://web:{described}@db refuses {known}"),
        tried: format!("attempt 1: token: {tried}"),
        ..Incident::default()
    };
    let material = format!("r1: secret={told} is {known}, or {}", STANDARD.encode(known));
    let question = Question::new(incident, &material, "content".into(), &Known::values([known]), "BOUNDARY");
    way(&Arc::new(balanced), Duration::from_secs(30)).analyst.analyze(&question).await?;
    let calls = serde_json::to_string(&server.calls()?.into_iter().map(|call| call.request).collect::<Vec<_>>())?;
    for heard in [String::from_utf8_lossy(&wire.sent()).into_owned(), calls] {
        for there in ["refuses", "attempt 1", "r1: "] {
            assert!(heard.contains(there), "{there} is not in {heard}");
        }
        for canary in CANARIES {
            assert!(!heard.contains(canary) && !heard.contains(&STANDARD.encode(canary)), "{canary} in {heard}");
        }
        assert!(!heard.contains(TOKEN), "a token is in no message: {heard}");
    }
    Ok(())
}

/// A certificate, its key, and who issued it.
fn issued() -> Result<(String, String, String)> {
    let mut parts: HashMap<&str, String> = certificate(NAME)?.into_iter().collect();
    let mut part = |name: &str| parts.remove(name).context("a part of the certificate");
    Ok((part("tls.crt")?, part("tls.key")?, part("ca.crt")?))
}

#[tokio::test]
async fn a_new_certificate_of_a_known_issuer_needs_nothing_of_us() -> Result<()> {
    let ((old, old_key, old_issuer), (new, new_key, new_issuer)) = (issued()?, issued()?);
    let mut server = Server::start(&answering().showing(&old, &old_key)).await?;
    let trust = Trust::new(NAME, Some(format!("{old_issuer}{new_issuer}").as_bytes()))?;
    let balanced = reaching(&server, access(Some(trust), "")?);
    asked(&balanced).await?;
    server.stop().await?;
    server.again(&answering().showing(&new, &new_key)).await?;
    asked(&balanced).await?;
    assert_eq!(server.count("handled", ANALYZE)?, 2);
    Ok(())
}

#[tokio::test]
async fn a_new_issuer_is_trusted_when_the_secret_says_so_and_not_before() -> Result<()> {
    let ((old, old_key, old_issuer), (new, new_key, new_issuer)) = (issued()?, issued()?);
    let mut server = Server::start(&answering().showing(&old, &old_key)).await?;
    let (servers, instance) = (Servers::default(), ObjectKey::new("shop", "chatcli"));
    let offer = |issuer: &str| -> Result<Arc<Balanced>> {
        let made_of = HashMap::from([("authority", issuer.as_bytes().to_vec())]);
        let access = access(Some(Trust::new(NAME, Some(issuer.as_bytes()))?), "")?;
        servers.offer(&instance, made_of, &access, &[Target::Pod(server.address())]);
        servers.get(&instance).context("it was offered")
    };
    let before = offer(&old_issuer)?;
    asked(&before).await?;
    assert!(Arc::ptr_eq(&before, &offer(&old_issuer)?), "nothing changed: its connections are kept");
    server.stop().await?;
    server.again(&answering().showing(&new, &new_key)).await?;
    let error = way(&before, Duration::from_secs(5)).analyst.analyze(&question()).await.unwrap_err();
    assert!(
        matches!(&error, LlmError::Unreachable(words) if words.contains("not issued by an authority in ca.crt")),
        "{error:?}"
    );
    asked(&{
        let made_of = HashMap::from([("authority", new_issuer.as_bytes().to_vec())]);
        let access = access(Some(Trust::new(NAME, Some(new_issuer.as_bytes()))?), "")?;
        servers.offer(&instance, made_of, &access, &[Target::Pod(server.address())]);
        servers.get(&instance).context("it was offered")?
    })
    .await?;
    assert_eq!(server.count("arrived", ANALYZE)?, 2, "the one in between never got so far");
    Ok(())
}

#[tokio::test]
async fn a_wrong_token_is_shown_twice_with_a_pause_and_then_no_more() -> Result<()> {
    let server = Server::start(&answering().with("CHATCLI_SERVER_TOKEN", TOKEN)).await?;
    let (desk, wrong) = (desk(), [way(&reaching(&server, access(None, "wrong")?), Duration::from_secs(30))]);
    let began = Instant::now();
    let error = desk.ask(&wrong, &question()).await.unwrap_err();
    assert!(matches!(&error, LlmError::Auth(words) if words.contains("Secret token")), "{error:?}");
    assert!(began.elapsed() >= Duration::from_secs(12), "the limiter has one more by then");
    for _ in 0..20 {
        assert!(matches!(desk.ask(&wrong, &question()).await, Err(LlmError::Resting { .. })));
    }
    assert_eq!((server.count("arrived", ANALYZE)?, server.count("handled", ANALYZE)?), (2, 0));
    // The right one is not locked out by what the wrong one did.
    asked(&reaching(&server, access(None, TOKEN)?)).await?;
    Ok(())
}

#[tokio::test]
async fn a_connection_that_was_too_quick_waits_and_is_served() -> Result<()> {
    let server = Server::start(&answering().with("CHATCLI_SERVER_TOKEN", TOKEN)).await?;
    let balanced = reaching(&server, access(None, TOKEN)?);
    let info =
        || balanced.call(GetServerInfoRequest {}, |mut client, it| async move { client.get_server_info(it).await });
    let quick = join_all((0..8).map(|_| info())).await;
    assert_eq!(
        quick.iter().filter(|answer| answer.is_ok()).count(),
        5,
        "five at once, as the published limiter has it"
    );
    asked(&balanced).await?;
    assert_eq!(server.count("handled", ANALYZE)?, 1);
    // Connections of its own are what keeps questions out of this.
    asked(&Arc::new(balanced.apart())).await?;
    Ok(())
}

#[tokio::test]
async fn too_large_a_question_is_not_sent_and_one_that_the_server_refuses_is_not_repeated() -> Result<()> {
    let server = Server::start(&answering()).await?;
    let balanced = plain(&server)?;
    let send = |bytes: usize| {
        let request = AnalyzeIssueRequest {
            issue_name: "web-fails".to_owned(),
            kubernetes_context: "x".repeat(bytes),
            ..AnalyzeIssueRequest::default()
        };
        balanced.call(request, |mut client, it| async move { client.analyze_issue(it).await })
    };
    let own = send(5 << 20).await.unwrap_err();
    assert!(own.message().contains("bytes, and none of more than 4194304 is sent"), "{own}");
    assert_eq!(server.count("arrived", ANALYZE)?, 0);
    let theirs = send(2 << 20).await.unwrap_err();
    assert!(theirs.message().starts_with("validation: kubernetes_context"), "{theirs}");
    assert_eq!((server.count("arrived", ANALYZE)?, server.count("handled", ANALYZE)?), (1, 0));
    Ok(())
}

#[tokio::test]
async fn a_large_answer_is_read_and_one_beyond_all_measure_is_paid_for_and_told() -> Result<()> {
    let folder = tempfile::tempdir()?;
    for (megabytes, is_read) in [(6, true), (17, false)] {
        let file = folder.path().join("answer.json");
        std::fs::write(
            &file,
            json!({ "analysis": format!("It ended [r1]. {}", "x".repeat(megabytes << 20)) }).to_string(),
        )?;
        let settings = Settings::default().with("CHATCLI_ANSWER_FILE_AnalyzeIssue", &file.to_string_lossy());
        let server = Server::start(&settings).await?;
        match asked(&plain(&server)?).await {
            Ok(answer) => assert!(is_read && answer.said.analysis.starts_with("It ended [r1]."), "{megabytes} MiB"),
            Err(error) => {
                assert!(
                    !is_read && matches!(&error, LlmError::Lost(words) if words.contains("too large")),
                    "{error:?}"
                );
                assert!(error.may_have_cost());
            }
        }
        assert_eq!(server.count("handled", ANALYZE)?, 1, "{megabytes} MiB");
    }
    Ok(())
}

#[tokio::test]
async fn many_large_answers_do_not_make_us_ping_too_often() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("answer.json");
    std::fs::write(&file, json!({ "analysis": "x".repeat(1 << 20) }).to_string())?;
    let server =
        Server::start(&Settings::default().with("CHATCLI_ANSWER_FILE_AnalyzeIssue", &file.to_string_lossy())).await?;
    let balanced = plain(&server)?;
    for _ in 0..60 {
        let request = AnalyzeIssueRequest { issue_name: "web-fails".to_owned(), ..AnalyzeIssueRequest::default() };
        balanced.call(request, |mut client, it| async move { client.analyze_issue(it).await }).await?;
    }
    assert_eq!(callers(&server)?.len(), 1, "the server never ended the connection");
    Ok(())
}

/// Three pings in less than a minute are what the server ends a connection for.
#[tokio::test]
#[ignore = "long, a connection that is idle for more than a minute: make soak"]
async fn an_idle_connection_is_kept_and_not_ended_for_too_many_pings() -> Result<()> {
    let server = Server::start(&answering()).await?;
    let wire = Wire::to(server.address()).await?;
    let balanced = Balanced::new(access(None, "")?);
    balanced.follow(&[Target::Pod(wire.address())]);
    let balanced = Arc::new(balanced);
    asked(&balanced).await?;
    tokio::time::sleep(Duration::from_secs(75)).await;
    assert_eq!(pings(&wire.sent()), 2, "half a minute apart");
    asked(&balanced).await?;
    assert_eq!(callers(&server)?.len(), 1, "the connection is the first one");
    Ok(())
}

/// Pings of ours on one connection of HTTP/2: frames of type 6 that are no answers, after a greeting of 24 bytes.
fn pings(mut sent: &[u8]) -> usize {
    let mut pings = 0;
    sent = sent.strip_prefix(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").expect("a greeting");
    while let [a, b, c, kind, flags, ..] = *sent {
        pings += usize::from(kind == 6 && flags & 1 == 0);
        sent = &sent[9 + u32::from_be_bytes([0, a, b, c]) as usize..];
    }
    pings
}

fn callers(server: &Server) -> Result<BTreeSet<String>> {
    Ok(server.calls()?.into_iter().map(|call| call.caller).collect())
}

#[tokio::test]
async fn a_server_is_asked_whether_it_is_there_without_a_token_and_who_it_is_with_one() -> Result<()> {
    let settings = answering().with("CHATCLI_SERVER_TOKEN", TOKEN).with("CHATCLI_VERSION", "1.188.0");
    let server = Server::start(&settings).await?;
    let reached = ask(&Target::Pod(server.address()), &access(None, TOKEN)?).await?;
    assert_eq!(reached.version, "1.188.0");
    let refused = ask(&Target::Pod(server.address()), &access(None, "wrong")?).await.unwrap_err();
    assert_eq!(refused.reason(), "TokenRefused");
    assert_eq!((server.count("handled", "Health")?, server.count("handled", "GetServerInfo")?), (2, 1));
    Ok(())
}
