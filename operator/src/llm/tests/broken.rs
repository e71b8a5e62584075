//! Answers that are damaged on the way, or are none.

use super::*;

/// Answers each connection with these bytes and ends it.
async fn raw(bytes: &'static [u8]) -> (Provider, Arc<AtomicUsize>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let count: Arc<AtomicUsize> = Arc::default();
    let counted = Arc::clone(&count);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            counted.fetch_add(1, Ordering::SeqCst);
            stream.readable().await.unwrap();
            let _ = stream.try_read(&mut [0; 16_384]);
            stream.writable().await.unwrap();
            let _ = stream.try_write(bytes);
        }
    });
    (Provider { base, heard: Arc::default() }, count)
}

#[tokio::test]
async fn a_byte_that_is_no_utf8_costs_a_character_and_not_the_answer() {
    let mut body = chat(&GOOD.replace("ended", "?nded")).to_string().into_bytes();
    let broken = body.iter().position(|byte| *byte == b'?').unwrap();
    body[broken] = 0xff;
    let mut answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len()).into_bytes();
    answer.extend(body);
    let (provider, count) = raw(answer.leak()).await;
    let answer = one(&provider, "OPENAI", Some("gpt-4o")).await.unwrap();
    assert_eq!(answer.said.analysis, "It \u{fffd}nded [r1].");
    assert_eq!(count.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn an_answer_that_breaks_off_may_have_been_paid_for_and_is_not_asked_for_again() {
    for bytes in [
        b"HTTP/1.1 200 OK\r\ncontent-length: 4000\r\n\r\n{\"choices\": [".as_slice(),
        b"HTTP/1.1 200 OK\r\ncontent-le",
        b"",
    ] {
        let (provider, count) = raw(bytes).await;
        let (result, _) = asked(&provider).await;
        let error = result.unwrap_err();
        assert!(matches!(error, LlmError::Lost(_)) && error.may_have_cost(), "{error:?}");
        assert_eq!(count.load(Ordering::SeqCst), 1, "{error:?}");
    }
}

#[tokio::test]
async fn a_page_of_a_proxy_in_the_answers_place_is_unusable_and_kept_for_the_transcript() {
    let page = "<html><body>Sign in to continue</body></html>";
    let provider = Provider::with(move |_| Reply::Says(200, page.to_owned())).await;
    let (result, _) = asked(&provider).await;
    assert!(matches!(result, Err(LlmError::Unusable { raw, .. }) if raw == page));
    assert_eq!(provider.count(), 1);
}

#[tokio::test]
async fn a_pause_that_the_provider_asks_for_is_kept_before_the_next_try() {
    let provider = Provider::with(|nth| match nth {
        0 => Reply::ComeBack(429, "3"),
        _ => Reply::Says(200, chat(GOOD).to_string()),
    })
    .await;
    let began = Instant::now();
    assert!(asked(&provider).await.0.is_ok());
    assert_eq!(provider.count(), 2);
    assert!(began.elapsed() >= Duration::from_secs(3), "{:?}", began.elapsed());
}
