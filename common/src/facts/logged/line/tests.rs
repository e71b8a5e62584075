//! Lines as common programs write them, each labelled by a person.

use super::*;

/// One line alone.
fn alone(line: &str) -> Line {
    Reader::default().read(line)
}

/// What a block of lines comes to: errors and other lines; continuations are neither.
fn counted(block: &str) -> (usize, usize) {
    let mut reader = Reader::default();
    let read: Vec<Line> = block.lines().map(|line| reader.read(line)).collect();
    let count = |kind| read.iter().filter(|line| **line == kind).count();
    (count(Line::Error), count(Line::Ordinary))
}

const ERRORS: &[&str] = &[
    // nginx
    r#"2026/11/21 12:00:00 [error] 31#31: *1 connect() failed (111: Connection refused) while connecting to upstream, client: 10.0.0.1, server: _, request: "GET / HTTP/1.1""#,
    r"2026/11/21 12:00:00 [emerg] 1#1: host not found in upstream",
    r"2026/11/21 12:00:00 [crit] 31#31: *7 SSL_do_handshake() failed",
    r#"10.0.0.1 - - [21/Nov/2026:12:00:00 +0000] "GET /cart HTTP/1.1" 502 157 "-" "curl/8.0""#,
    // Apache
    r"[Sat Nov 21 12:00:00.123456 2026] [proxy:error] [pid 7:tid 9] (111)Connection refused: AH00957: HTTP: attempt to connect failed",
    // Spring, logback, log4j
    "2026-11-21T12:00:00.123Z ERROR 1 --- [shop] [nio-8080-exec-1] o.a.c.c.C.[.[.[/].[dispatcherServlet] : Servlet.service() threw exception",
    "12:00:00.123 [main] ERROR com.shop.Cart - cannot reserve stock",
    "[2026-11-21 12:00:00,123] ERROR [Broker id=1] Error while processing (kafka.server.ReplicaManager)",
    "Nov 21, 2026 12:00:00 PM org.apache.catalina.core.StandardWrapperValve invoke SEVERE: Servlet.service() threw",
    r#"Exception in thread "main" java.lang.OutOfMemoryError: Java heap space"#,
    r#"{"@timestamp":"2026-11-21T12:00:00Z","log.level":"ERROR","message":"cannot reserve stock"}"#,
    r#"{"@timestamp":"2026-11-21T12:00:00Z","log":{"level":"error"},"message":"x"}"#,
    // Go: slog, zap, logrus, klog, zerolog, the standard log
    r#"time=2026-11-21T12:00:00.000Z level=ERROR msg="cannot reserve stock" err="connection refused""#,
    r#"{"time":"2026-11-21T12:00:00Z","level":"ERROR","msg":"cannot reserve stock"}"#,
    r#"{"level":"error","ts":1764000000.1,"caller":"cart/cart.go:12","msg":"cannot reserve stock","stacktrace":"main.main"}"#,
    "2026-11-21T12:00:00.000Z\tERROR\tcart/cart.go:12\tcannot reserve stock",
    "2026-11-21T12:00:00.000Z\terror\tcart/cart.go:12\tcannot reserve stock",
    "\u{1b}[31mERRO\u{1b}[0m level=error msg=\"x\"",
    r#"time="2026-11-21T12:00:00Z" level=fatal msg="cannot listen""#,
    "E1121 12:00:00.123456       1 reflector.go:150] failed to list *v1.Pod: forbidden",
    "F1121 12:00:00.123456       1 main.go:9] no configuration",
    "2026/11/21 12:00:00 http: panic serving 10.0.0.1:4711: runtime error: invalid memory address",
    "panic: runtime error: index out of range [3] with length 3",
    "2026/11/21 12:00:00.000000 ERROR cannot reserve stock: dial tcp 10.96.0.7:80: connect: connection refused",
    "2026/11/21 12:00:00 error connecting to db: timeout",
    "[GIN] 2026/11/21 - 12:00:00 | 500 |    1.2ms |    10.0.0.1 | GET      \"/cart\"",
    // Python
    "ERROR:root:cannot reserve stock",
    "2026-11-21 12:00:00,123 - shop.cart - CRITICAL - cannot reserve stock",
    "[2026-11-21 12:00:00,123] ERROR in app: Exception on /cart [GET]",
    "[2026-11-21 12:00:00 +0000] [7] [ERROR] Worker (pid:9) was sent SIGKILL!",
    "Traceback (most recent call last):",
    r#"{"asctime":"2026-11-21","levelname":"ERROR","message":"x"}"#,
    r#"INFO:     10.0.0.1:4711 - "GET /cart HTTP/1.1" 500 Internal Server Error"#,
    // node: pino, bunyan, winston, console
    r#"{"level":50,"time":1764000000000,"pid":1,"hostname":"web","msg":"cannot reserve stock"}"#,
    r#"{"name":"web","hostname":"web","pid":1,"level":60,"msg":"gone","time":"2026-11-21T12:00:00Z","v":0}"#,
    "error: cannot reserve stock",
    "2026-11-21T12:00:00.000Z [error]: cannot reserve stock",
    r#"{"level":"error","message":"cannot reserve stock","service":"web"}"#,
    "TypeError: Cannot read properties of undefined (reading 'id')",
    "Error: connect ECONNREFUSED 10.96.0.7:5432",
    "Uncaught Exception: boom",
    "GET /cart 500 12.345 ms - 21",
    "npm ERR! code ELIFECYCLE",
    // Rust
    "2026-11-21T12:00:00.000000Z ERROR shop::cart: cannot reserve stock error=connection refused",
    "[2026-11-21T12:00:00Z ERROR shop] cannot reserve stock",
    "thread 'tokio-runtime-worker' panicked at src/main.rs:4:5:",
    // .NET, PHP, Ruby
    "fail: Microsoft.AspNetCore.Server.Kestrel[13]",
    "PHP Fatal error:  Uncaught Error: Call to undefined function",
    "E, [2026-11-21T12:00:00.123456 #7] ERROR -- : cannot reserve stock",
    // Databases, queues, proxies
    r#"2026-11-21 12:00:00.123 UTC [77] ERROR:  relation "carts" does not exist at character 15"#,
    r#"2026-11-21 12:00:00.123 UTC [78] FATAL:  password authentication failed for user "shop""#,
    "2026-11-21T12:00:00.123456Z 0 [ERROR] [MY-010119] [Server] Aborting",
    r#"{"t":{"$date":"2026-11-21T12:00:00Z"},"s":"E","c":"STORAGE","id":1,"ctx":"x","msg":"WiredTiger error"}"#,
    "1:M 21 Nov 2026 12:00:00.123 # Can't save in background: fork: Cannot allocate memory",
    "2026-11-21 12:00:00.123 [error] <0.123.0> closing AMQP connection",
    "[2026-11-21 12:00:00.123][1][error][upstream] [source/common/upstream/x.cc:12] connection failed",
    "[2026-11-21 12:00:00.123][1][critical][main] exiting",
    r#"[2026-11-21T12:00:00.123Z] "GET /cart HTTP/1.1" 503 UF,URX upstream_reset 0 91 2 - "-" "curl""#,
    r#"{"response_code":503,"method":"GET","path":"/cart","response_flags":"UH"}"#,
    r#"level=info msg="request served" method=GET status=504"#,
    r#"2026-11-21 12:00:00.123 UTC [77] ERROR:  null value in column "id" violates not-null constraint"#,
    "ERROR: no space left on device",
    // syslog
    "<11>1 2026-11-21T12:00:00Z web shop 7 - - cannot reserve stock",
    // A line that was cut off.
    r#"{"level":"error","msg":"cannot reserve st"#,
];

const ORDINARY: &[&str] = &[
    "listening on :8080",
    "",
    "0 errors",
    "finished: errors: 0, warnings: 2",
    "ERRORS: 0",
    "ERROR: none",
    "ERROR=0 WARN=2",
    "done with 0 ERROR",
    "no error",
    "no ERROR found",
    "error=nil",
    "error=<nil>",
    "retry on error is enabled",
    r#"time=2026-11-21T12:00:00.000Z level=INFO msg="tried again" error=nil"#,
    r#"time=2026-11-21T12:00:00.000Z level=WARN msg="ERROR budget is low""#,
    r#"{"level":"info","msg":"errors: 0","error":null}"#,
    r#"{"level":"warn","msg":"ERROR budget is low"}"#,
    r#"{"level":30,"msg":"error page served","time":1}"#,
    r#"{"level":"info","msg":"request","status":404}"#,
    r#"{"level":"info","detail":"{\"level\":\"error\"}"}"#,
    r#"{"msg":"no level, no status","error":"x"}"#,
    "INFO  c.shop.Cart - last ERROR was yesterday",
    "WARN  c.shop.Cart - ERROR is near",
    "2026-11-21 12:00:00.123 UTC [77] LOG:  checkpoint complete",
    "I1121 12:00:00.123456       1 main.go:9] ERROR budget untouched",
    "W1121 12:00:00.123456       1 main.go:9] something failed",
    r#"10.0.0.1 - - [21/Nov/2026:12:00:00 +0000] "GET /error/500 HTTP/1.1" 200 500 "-" "ERROR-bot""#,
    r#"10.0.0.1 - - [21/Nov/2026:12:00:00 +0000] "GET /missing HTTP/1.1" 404 157 "-" "curl""#,
    r#"INFO:     10.0.0.1:4711 - "GET /cart HTTP/1.1" 200 OK"#,
    "[GIN] 2026/11/21 - 12:00:00 | 200 |    1.2ms |    10.0.0.1 | GET      \"/errors\"",
    "GET /cart 200 12.345 ms - 500",
    "1:M 21 Nov 2026 12:00:00.123 * Background saving terminated with success",
    "1:M 21 Nov 2026 12:00:00.123 # WARNING Memory overcommit must be enabled!",
    "[2026-11-21 12:00:00.123][1][info][main] all dependencies initialized, error counters reset",
    "2026/11/21 12:00:00 [warn] 31#31: an upstream response is buffered",
    "2026/11/21 12:00:00 [notice] 1#1: exit",
    "warn: Microsoft.AspNetCore.DataProtection[60]",
    "<14>1 2026-11-21T12:00:00Z web shop 7 - - ERROR budget is fine",
    "loaded /etc/shop/ERROR/templates",
    "2026-11-21T12:00:00.000000Z  INFO shop::cart: reserved error_count=0",
    "The errors of yesterday are gone",
    "exceptions handled so far: 3",
];

#[test]
fn lines_of_common_programs_are_told_apart() {
    let wrong: Vec<String> = ERRORS
        .iter()
        .map(|line| (*line, Line::Error))
        .chain(ORDINARY.iter().map(|line| (*line, Line::Ordinary)))
        .filter(|(line, label)| alone(line) != *label)
        .map(|(line, label)| format!("{label:?} was taken for {:?}: {line}", alone(line)))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(ERRORS.len() + ORDINARY.len() >= 100);
}

#[test]
fn one_stack_trace_is_one_error() {
    for trace in [
        "2026-11-21 12:00:00.123 ERROR 1 --- [main] c.shop.Cart : boom\n\njava.lang.IllegalStateException: boom\n\tat shop.Cart.add(Cart.java:12)\n\tat shop.Main.main(Main.java:3)\nCaused by: java.net.ConnectException: Connection refused\n\tat java.net.Socket.connect(Socket.java:1)\n\t... 12 more",
        "Traceback (most recent call last):\n  File \"/app/cart.py\", line 12, in add\n    raise ValueError(\"boom\")\nValueError: boom",
        "ERROR:root:cannot reserve stock\nTraceback (most recent call last):\n  File \"/app/cart.py\", line 12, in add\n    connect()\nConnectionRefusedError: [Errno 111] Connection refused\n\nDuring handling of the above exception, another exception occurred:\n\nTraceback (most recent call last):\n  File \"/app/cart.py\", line 13, in add\n    raise StockError\nshop.StockError: gone",
        "panic: boom\n\ngoroutine 1 [running]:\nmain.add(...)\n\t/app/cart.go:12\nmain.main()\n\t/app/main.go:3 +0x1d\nexit status 2",
        "thread 'main' panicked at src/main.rs:4:5:\ncannot reserve stock: ERROR\nstack backtrace:\n   0: std::panicking::begin_panic\n             at /rustc/lib.rs:1:1\nnote: run with `RUST_BACKTRACE=1` environment variable to display a backtrace",
        "TypeError: Cannot read properties of undefined\n    at add (/app/cart.js:12:3)\n    at main (/app/main.js:3:1) {\n  code: 'X'\n}",
        "2026-11-21 12:00:00 UTC [77] ERROR:  relation \"carts\" does not exist\n2026-11-21 12:00:00 UTC [77] HINT:  create it\n2026-11-21 12:00:00 UTC [77] STATEMENT:  SELECT 1 FROM carts",
        "fail: Microsoft.AspNetCore.Server.Kestrel[13]\n      Connection id \"0HM\" unhandled ERROR\n      System.Exception: boom\n         at Shop.Cart.Add()",
    ] {
        assert_eq!(counted(trace), (1, 0), "{trace}");
    }
}

#[test]
fn the_trace_below_a_warning_is_no_error() {
    let trace = "WARN c.shop.Cart - tried again\njava.net.ConnectException: Connection refused\n\tat shop.Cart.add(Cart.java:1)\nINFO done";
    assert_eq!(counted(trace), (0, 2));
}

#[test]
fn an_error_right_behind_another_counts_for_itself() {
    assert_eq!(counted("ERROR a\nERROR b\nlistening\nTypeError: x\n    at y (z.js:1:1)\nlistening"), (3, 2));
}

#[test]
fn a_frame_that_lost_its_trace_among_other_lines_is_no_line_of_its_own() {
    assert_eq!(
        counted("INFO a\nlistening\n\tat shop.Cart.add(Cart.java:1)\nCaused by: java.io.IOException: ERROR"),
        (0, 2)
    );
}
