//! A program that misbehaves: small scripts in its place, because the fault is what is under test.

use std::time::Instant;

use common::source::{Access, Ask, Limits, Refusal, Remote};

use super::*;
use crate::source::testing::Script;

const TOKEN: &str = "canary-token-4711";

fn request() -> Request {
    let remote = Remote {
        url: "https://git.example/web".to_owned(),
        branch: "main".to_owned(),
        access: Access::Token(TOKEN.to_owned()),
        private_hosts: Vec::new(),
        authorities: None,
    };
    let limits = Limits { seconds: 60, bytes: 1, objects: 1, blob: 1 };
    Request { cache: "/nowhere".into(), limits, ask: Ask::Sync(remote) }
}

async fn asked(script: &str, patience: Duration) -> Result<Answer, Failure> {
    let script = Script::saying(script).await;
    Program::at(script.program()).ask(&request(), patience, &Known::values([TOKEN])).await
}

const LONG: Duration = Duration::from_secs(30);
const SHORT: Duration = Duration::from_secs(2);
const REFUSED: &str = r#"{"refused":{"refusal":"Unauthorized","message":"no"}}"#;

#[tokio::test]
async fn an_answer_is_taken_and_the_question_comes_over_standard_input_alone() {
    let script = Script::saying(&format!(
        "cat > \"$(/usr/bin/dirname \"$0\")/heard\"; /usr/bin/env > \"$(/usr/bin/dirname \"$0\")/environment\"; \
         echo \"$#\" > \"$(/usr/bin/dirname \"$0\")/arguments\"; echo '{REFUSED}'"
    ))
    .await;
    let answer = Program::at(script.program()).ask(&request(), LONG, &Known::NOTHING).await.unwrap();
    assert_eq!(answer, Answer::Refused { refusal: Refusal::Unauthorized, message: "no".to_owned() });
    let read = |name: &str| std::fs::read_to_string(script.folder.path().join(name)).unwrap();
    assert!(read("heard").contains(TOKEN));
    assert_eq!(read("arguments").trim(), "0");
    // What a shell sets by itself.
    let own = ["PWD=", "SHLVL=", "_=", "OLDPWD="];
    let environment = read("environment");
    assert!(environment.lines().all(|line| own.iter().any(|name| line.starts_with(name))), "{environment}");
}

#[tokio::test]
async fn one_that_hangs_is_killed_with_all_it_started() {
    let script = Script::saying("/bin/sleep 300 & echo $! > \"$(/usr/bin/dirname \"$0\")/child\"; wait").await;
    let began = Instant::now();
    let late = Program::at(script.program()).ask(&request(), SHORT, &Known::NOTHING).await.unwrap_err();
    assert!(matches!(late, Failure::Late(_)), "{late}");
    assert!(began.elapsed() < LONG);
    let child = std::fs::read_to_string(script.folder.path().join("child")).unwrap();
    let state = || std::fs::read_to_string(format!("/proc/{}/stat", child.trim())).unwrap_or_default();
    // Whoever adopts it may take a moment to bury it.
    while !(state().is_empty() || state().contains(") Z ")) {
        assert!(began.elapsed() < LONG, "{}", state());
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn one_that_reads_nothing_does_not_hold_anybody_up() {
    let answer = asked(&format!("exec 0<&-; echo '{REFUSED}'"), LONG).await;
    assert!(matches!(answer, Ok(Answer::Refused { .. })), "{answer:?}");
}

#[tokio::test]
async fn ten_megabytes_are_no_answer() {
    let broken = asked("/usr/bin/head -c 10000000 /dev/zero; /bin/sleep 300", LONG).await.unwrap_err();
    assert!(broken.to_string().contains("larger than"), "{broken}");
}

#[tokio::test]
async fn ten_megabytes_beside_the_answer_are_dropped() {
    let answer = asked(&format!("/usr/bin/head -c 10000000 /dev/zero >&2; echo '{REFUSED}'"), LONG).await;
    assert!(matches!(answer, Ok(Answer::Refused { .. })), "{answer:?}");
}

#[tokio::test]
async fn garbage_is_no_answer() {
    let broken = asked("echo 'hello'", LONG).await.unwrap_err();
    assert!(broken.to_string().contains("its answer is none"), "{broken}");
}

#[tokio::test]
async fn one_that_fails_says_why_without_the_token() {
    let broken = asked(&format!("echo 'cannot log in with {TOKEN}' >&2; exit 1"), LONG).await.unwrap_err();
    let told = broken.to_string();
    assert!(told.contains("exit status: 1: cannot log in with") && !told.contains(TOKEN), "{told}");
}

#[tokio::test]
async fn one_that_a_limit_ended_is_told_from_one_that_failed() {
    let ended = asked("kill -XCPU $$", LONG).await.unwrap_err();
    assert!(matches!(ended, Failure::Exhausted), "{ended}");
}

#[tokio::test]
async fn one_that_is_not_there_is_missing() {
    let missing = Program::at("/nowhere/chatcli-source".into()).ask(&request(), LONG, &Known::NOTHING).await;
    assert!(matches!(missing, Err(Failure::Missing { .. })), "{missing:?}");
}
