//! Places in source files that stack traces in logs name.
//!
//! In: log tails. Out: file and line, innermost first: where it broke, then who called. Never: reads a file, takes a library's frame for the
//! program's own (its file name might fit one of the repository).

use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::LogTail;
use crate::source::Frame;

/// Lines without a frame that may stand inside one trace: Python prints the code, Go and Rust the function.
const GAP: usize = 3;

/// One way to print a frame.
struct Style {
    pattern: Regex,
    /// The innermost frame stands last.
    is_reversed: bool,
    /// Is it the program's own?
    frame: fn(&Captures<'_>) -> Option<String>,
}

static STYLES: LazyLock<Vec<Style>> = LazyLock::new(|| {
    let style = |pattern: &str, is_reversed, frame| Style { pattern: compiled(pattern), is_reversed, frame };
    vec![
        // at com.shop.Cart.total(Cart.java:42)
        style(
            r"\bat (?:[\w.@-]*/+)*(?P<class>[\w$.]+)\.[\w$<>]+\((?P<file>[\w$-]+\.(?:java|kt|scala|groovy)):(?P<line>\d+)\)",
            false,
            of_class,
        ),
        //   File "/app/shop/cart.py", line 42, in total
        style(r#"File "(?P<file>[^"]+)", line (?P<line>\d+)"#, true, as_printed),
        //    at total (file:///app/src/cart.js:42:13)
        style(
            r"\bat (?:.*\()?(?:async )?(?:file://|webpack:///?)?(?P<file>[^\s():]+\.[cm]?[jt]sx?):(?P<line>\d+):\d+\)?\s*$",
            false,
            as_printed,
        ),
        // /app/lib/cart.rb:42:in 'Cart#total'
        style(r"(?P<file>[^\s:]+\.rb):(?P<line>\d+):in ", false, as_printed),
        //    at Shop.Cart.Total() in /src/Cart.cs:line 42
        style(r"\bat .+ in (?P<file>[^\s:]+\.(?:cs|fs|vb)):line (?P<line>\d+)", false, as_printed),
        // <tab>/app/internal/cart.go:42 +0x1d
        style(r"(?:^|\s)(?P<file>/[^\s:]+\.go):(?P<line>\d+)(?: \+0x[0-9a-f]+)?\s*$", false, as_printed),
        // thread 'main' panicked at src/cart.rs:42:5:          and below it          at ./src/cart.rs:42:5
        style(r"\bat (?:\./)?(?P<file>[^\s:']+\.rs):(?P<line>\d+)(?::\d+)?:?\s*$", false, as_printed),
    ]
});

/// Where libraries and runtimes lie, in paths and, for Java, in names of classes.
const LIBRARIES: [&str; 13] = [
    "/go/pkg/mod/",
    "/usr/local/go/",
    "/usr/lib/go",
    "/vendor/",
    "/site-packages/",
    "/dist-packages/",
    "/lib/python",
    "/node_modules/",
    "node:",
    "/gems/",
    "/lib/ruby/",
    "/rustc/",
    "/.cargo/registry/",
];
const RUNTIME_CLASSES: [&str; 12] = [
    "java.",
    "javax.",
    "jdk.",
    "sun.",
    "com.sun.",
    "kotlin.",
    "kotlinx.",
    "scala.",
    "groovy.",
    "org.springframework.",
    "org.apache.",
    "io.netty.",
];

/// The places, innermost first, of the newest trace first; each once, at most so many.
pub fn frames(logs: &[LogTail], most: usize) -> Vec<Frame> {
    let mut all: Vec<Frame> = Vec::new();
    for tail in logs {
        // Loggers that print JSON put a whole trace into one line.
        let lines = tail.lines.iter().flat_map(|line| {
            line.replace("\\n", "\n")
                .replace("\\t", "\t")
                .replace("\\\"", "\"")
                .lines()
                .map(str::to_owned)
                .collect::<Vec<_>>()
        });
        for frame in traces(lines).into_iter().rev().flatten() {
            if !all.contains(&frame) {
                all.push(frame);
            }
        }
    }
    all.truncate(most);
    all
}

/// Each trace of a log in the order it was printed, its frames innermost first.
fn traces(lines: impl Iterator<Item = String>) -> Vec<Vec<Frame>> {
    let mut traces = Vec::new();
    let mut open = Trace::default();
    let mut gap = 0;
    for line in lines {
        if line.trim_start().starts_with("Caused by:") && !open.frames.is_empty() {
            open.begin_cause();
            gap = 0;
        } else if let Some((frame, is_reversed)) = frame(&line) {
            open.add(frame, is_reversed);
            gap = 0;
        } else {
            gap += 1;
            if gap > GAP {
                traces.extend(open.close());
                open = Trace::default();
            }
        }
    }
    traces.extend(open.close());
    traces
}

/// Frames as they are being read.
#[derive(Default)]
struct Trace {
    /// Of the part being read.
    frames: Vec<Frame>,
    /// Of the parts before: what a Java trace prints first was thrown last.
    outer: Vec<Frame>,
    is_reversed: bool,
}

impl Trace {
    /// A library's frame belongs to the trace, and is not told.
    fn add(&mut self, frame: Option<Frame>, is_reversed: bool) {
        self.is_reversed = is_reversed;
        self.frames.extend(frame);
    }

    fn begin_cause(&mut self) {
        let mut part = std::mem::take(&mut self.frames);
        part.append(&mut self.outer);
        self.outer = part;
    }

    fn close(mut self) -> Option<Vec<Frame>> {
        if self.is_reversed {
            self.frames.reverse();
        }
        self.frames.append(&mut self.outer);
        (!self.frames.is_empty()).then_some(self.frames)
    }
}

/// The frame of a line, if it is one; nothing inside where it is a library's.
fn frame(line: &str) -> Option<(Option<Frame>, bool)> {
    STYLES.iter().find_map(|style| {
        let found = style.pattern.captures(line)?;
        let number: u32 = found["line"].parse().ok()?;
        let file = (style.frame)(&found).filter(|_| number > 0);
        Some((file.map(|file| Frame { file, line: number }), style.is_reversed))
    })
}

fn as_printed(found: &Captures<'_>) -> Option<String> {
    let file = &found["file"];
    let is_library = LIBRARIES.iter().any(|place| file.contains(place)) || file.starts_with('<') || file.len() > 1024;
    (!is_library).then(|| file.to_owned())
}

/// Java prints the bare name; the class says in which folder the file is.
fn of_class(found: &Captures<'_>) -> Option<String> {
    let class = &found["class"];
    if RUNTIME_CLASSES.iter().any(|library| class.starts_with(library)) {
        return None;
    }
    let file = &found["file"];
    Some(match class.rsplit_once('.') {
        Some((package, _)) => format!("{}/{file}", package.replace('.', "/")),
        None => file.to_owned(),
    })
}

fn compiled(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a constant pattern compiles")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(log: &str) -> Vec<String> {
        let tail = LogTail { lines: log.lines().map(str::to_owned).collect(), ..LogTail::default() };
        frames(&[tail], 20).iter().map(|frame| format!("{}:{}", frame.file, frame.line)).collect()
    }

    #[test]
    fn the_root_cause_of_a_java_trace_comes_first_and_the_library_is_left_out() {
        let log = r"2026-11-26T10:00:00Z ERROR java.lang.IllegalStateException: cannot price
	at com.shop.Cart.total(Cart.java:42)
	at org.springframework.web.Servlet.service(Servlet.java:900)
	at java.base/java.lang.Thread.run(Thread.java:840)
Caused by: java.lang.NullPointerException: rate
	at app//com.shop.tax.Rates$Table.lookup(Rates.java:17)
	at com.shop.Cart.total(Cart.java:40)
	... 12 more";
        assert_eq!(of(log), ["com/shop/tax/Rates.java:17", "com/shop/Cart.java:40", "com/shop/Cart.java:42"]);
    }

    #[test]
    fn a_python_trace_is_told_from_its_end() {
        let log = r#"Traceback (most recent call last):
  File "/app/main.py", line 9, in <module>
    run()
  File "/app/shop/cart.py", line 42, in total
    return sum(rates[item] for item in self)
           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  File "/usr/lib/python3.13/json/decoder.py", line 355, in raw_decode
KeyError: 'book'"#;
        assert_eq!(of(log), ["/app/shop/cart.py:42", "/app/main.py:9"]);
    }

    #[test]
    fn a_go_panic_is_read_without_the_runtime_and_modules() {
        let log = "panic: runtime error: index out of range [3] with length 3

goroutine 1 [running]:
main.total(...)
	/app/cmd/shop/cart.go:42
net/http.(*conn).serve(0xc0000b6000)
	/usr/local/go/src/net/http/server.go:1995 +0x8cc
github.com/lib/pq.(*conn).query(0xc0000b6000)
	/go/pkg/mod/github.com/lib/pq@v1.10.9/conn.go:900 +0x1d
main.main()
	/app/cmd/shop/main.go:12 +0x1d
exit status 2";
        assert_eq!(of(log), ["/app/cmd/shop/cart.go:42", "/app/cmd/shop/main.go:12"]);
    }

    #[test]
    fn node_prints_places_in_brackets_and_without() {
        let log = "TypeError: Cannot read properties of undefined (reading 'rate')
    at Cart.total (/app/src/cart.js:42:13)
    at async file:///app/src/main.mjs:7:1
    at Module._compile (node:internal/modules/cjs/loader:1554:14)
    at next (/app/node_modules/express/lib/router/index.js:280:10)";
        assert_eq!(of(log), ["/app/src/cart.js:42", "/app/src/main.mjs:7"]);
    }

    #[test]
    fn a_trace_inside_a_line_of_json_is_found() {
        let log = r#"{"level":"error","stack":"Error: no rate\n    at total (/app/src/cart.ts:42:13)\n    at /app/src/main.ts:7:1"}"#;
        assert_eq!(of(log)[..1], ["/app/src/cart.ts:42"]);
        let log = r#"{"exc":"Traceback (most recent call last):\n  File \"/app/cart.py\", line 42, in total\n"}"#;
        assert_eq!(of(log), ["/app/cart.py:42"]);
    }

    #[test]
    fn ruby_rust_and_dotnet_are_read() {
        assert_eq!(
            of(
                "/app/lib/cart.rb:42:in 'Cart#total': no rate (KeyError)\n\tfrom /usr/local/bundle/gems/rack/x.rb:9:in 'call'\n\tfrom /app/main.rb:3:in '<main>'"
            ),
            ["/app/lib/cart.rb:42", "/app/main.rb:3"]
        );
        assert_eq!(
            of(
                "thread 'main' panicked at src/cart.rs:42:5:\nno rate\nstack backtrace:\n   0: rust_begin_unwind\n             at /rustc/0f0f/library/std/src/panicking.rs:695:5\n   1: shop::main\n             at ./src/main.rs:7:5"
            ),
            ["src/cart.rs:42", "src/main.rs:7"]
        );
        assert_eq!(of("   at Shop.Cart.Total() in /src/Shop/Cart.cs:line 42"), ["/src/Shop/Cart.cs:42"]);
    }

    #[test]
    fn the_newest_trace_comes_first_and_each_place_once() {
        let log = "    at a (/app/a.js:1:1)\n    at b (/app/b.js:2:1)\nlistening\nlistening\nlistening\nlistening\n    at c (/app/c.js:3:1)\n    at b (/app/b.js:2:1)";
        assert_eq!(of(log), ["/app/c.js:3", "/app/b.js:2", "/app/a.js:1"]);
    }

    #[test]
    fn a_line_that_only_names_a_file_is_no_frame() {
        assert!(of("main.go:42: listening\nsee docs at /app/readme.md:3\nloaded config.js").is_empty());
    }
}
