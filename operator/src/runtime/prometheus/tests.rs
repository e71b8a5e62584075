use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::http::StatusCode;
use axum::routing::post;

use super::*;

/// A server that answers every query so.
async fn answering(status: u16, body: &'static str) -> (Prometheus, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let answer = move || {
        count.fetch_add(1, Ordering::SeqCst);
        async move { (StatusCode::from_u16(status).unwrap(), body) }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = Router::new().route("/api/v1/query_range", post(answer));
    tokio::spawn(async move { axum::serve(listener, router).await });
    (Prometheus::at(&format!("http://{address}/"), None), asked)
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

async fn ask(prometheus: &Prometheus, now: i64) -> Result<Vec<Series>, String> {
    prometheus.range("up", (at(0), at(60)), Duration::from_secs(15), at(now)).await
}

#[tokio::test]
async fn values_that_are_no_numbers_are_left_out() {
    let body = r#"{"status":"success","data":{"resultType":"matrix","result":[
        {"metric":{"pod":"web-1","container":"app"},"values":[[10.5,"1.5"],[25.5,"NaN"],[40.5,"+Inf"],[55.5,"2"]]}]}}"#;
    let (prometheus, _) = answering(200, body).await;
    let found = ask(&prometheus, 60).await.unwrap();
    assert_eq!((found[0].pod.as_str(), found[0].container.as_str()), ("web-1", "app"));
    let half = |second| at(second) + jiff::SignedDuration::from_millis(500);
    assert_eq!(found[0].points, [(half(10), 1.5), (half(55), 2.0)]);
}

#[tokio::test]
async fn a_refused_query_is_said_and_the_next_one_is_asked() {
    let refused = r#"{"status":"error","errorType":"bad_data","error":"invalid parameter"}"#;
    let (prometheus, asked) = answering(400, refused).await;
    assert_eq!(ask(&prometheus, 60).await, Err("invalid parameter".to_owned()));
    assert_eq!(ask(&prometheus, 61).await, Err("invalid parameter".to_owned()));
    assert_eq!(asked.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn one_that_fails_rests_for_a_minute() {
    let (prometheus, asked) = answering(502, "<html>bad gateway</html>").await;
    assert!(ask(&prometheus, 60).await.unwrap_err().contains("status 502"));
    assert!(ask(&prometheus, 119).await.unwrap_err().contains("not asked before"));
    assert!(ask(&prometheus, 120).await.unwrap_err().contains("status 502"));
    assert_eq!(asked.load(Ordering::SeqCst), 2);
}

#[test]
fn an_address_names_a_host_and_no_password() {
    for good in ["", "http://prometheus.monitoring:9090", "https://thanos.example.org/tenant/"] {
        assert_eq!(address(good), Ok(good.to_owned()));
    }
    for bad in ["prometheus:9090", "ftp://prometheus", "http://", "http://me:secret@prometheus"] {
        let said = address(bad).unwrap_err();
        assert!(!said.contains("secret"), "{said}");
    }
}
