//! How fast logs are cleaned on one core, in MB/s: tails as they are read, in which one line in ten holds something to hide.
//! `cargo run --release -p chatcli-common --example redaction`; `make bench` shows it beside its goal.

#![allow(clippy::print_stdout, reason = "it is run for what it prints")]

use std::borrow::Cow;
use std::hint::black_box;
use std::time::Instant;

use common::redact;

/// As much as is read of one container.
const TAIL: usize = 65_536;
/// Measured over this much.
const AMOUNT: usize = 64 * 1024 * 1024;

fn main() {
    println!("inside\t{:.1}", speed(redact::secrets));
    println!("leaving\t{:.1}", speed(redact::leaving));
}

fn speed(clean: fn(&str) -> Cow<'_, str>) -> f64 {
    let tail = tail();
    let rounds = AMOUNT / tail.len();
    black_box(clean(&tail));
    let begin = Instant::now();
    for _ in 0..rounds {
        black_box(clean(black_box(&tail)));
    }
    (rounds * tail.len()) as f64 / begin.elapsed().as_secs_f64() / 1e6
}

/// Nine lines of ordinary talk, then one with a credential or an address.
fn tail() -> String {
    const TALK: [&str; 9] = [
        "2026-03-02T14:02:11.123Z INFO  checkout-service starting version=1.24.3 profile=production",
        "2026-03-02T14:02:11.456Z DEBUG com.example.shop.checkout.CheckoutServiceImpl - placing order 18234",
        "2026-03-02T14:02:11.789Z INFO  GET /api/v1/orders/18234 200 12ms bytes=5120",
        "2026-03-02T14:02:12.001Z WARN  retrying in 8s (attempt 4 of 6): cart.shop.svc.cluster.local: no such host",
        "\tat org.springframework.web.servlet.FrameworkServlet.service(FrameworkServlet.java:897)",
        "2026-03-02T14:02:12.202Z INFO  pod web-7d9f4c8b6d-x2v1k uid=0f3a9c1e-7f1b-4c39-8f0e-2f6a1b9d3c4e ready",
        "2026-03-02T14:02:12.300Z INFO  pulled app@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        "2026-03-02T14:02:12.404Z INFO  memory usage 512Mi of 1Gi, cpu 120m of 500m",
        "2026-03-02T14:02:12.505Z ERROR panic: runtime error: index out of range [5] with length 3",
    ];
    const TELLING: [&str; 4] = [
        "connect: host=db port=5432 password=hunter2 user=web",
        "dial tcp 10.1.2.3:8080: connect: connection refused",
        "Authorization: Bearer abcdefghijklmnopqrstuvwxyz0123456789",
        "DSN postgres://web:s3cr3t@db:5432/shop user=ops@example.com",
    ];
    let mut tail = String::with_capacity(TAIL + 1024);
    for telling in TELLING.iter().cycle() {
        for line in TALK.iter().chain([telling]) {
            tail.push_str(line);
            tail.push('\n');
        }
        if tail.len() >= TAIL {
            break;
        }
    }
    tail
}
