//! Whether a line of a log reports an error, in whatever format the program writes.
//!
//! In: lines of one container, in order. Out: for each whether it is an error, part of what came before, or neither. What a program says of
//! a line's level counts; prose counts only where it can mean nothing else. Never: takes a stack trace for many errors.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

/// What a line is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Line {
    /// Reports an error.
    Error,
    /// Belongs to the line before: a frame of a stack trace, a detail.
    Continued,
    /// Anything else.
    Ordinary,
}

/// Reads the lines of one container, one after the other.
#[derive(Debug, Default)]
pub struct Reader {
    after: After,
}

/// What the lines before opened.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
enum After {
    #[default]
    Nothing,
    /// A line that says its level, or an error: a stack trace may follow.
    Told,
    /// A Python traceback: it ends with the first line that is not indented.
    Python,
    /// A Go panic: frames are not indented.
    Go,
    /// A Rust panic: its message is the next line.
    Rust,
}

/// How far into a line its level stands. Behind it, words are prose.
const HEAD: usize = 160;

/// Keys under which structured logs keep the level, in lower case.
const LEVEL_KEYS: [&str; 9] =
    ["level", "severity", "log_level", "loglevel", "lvl", "levelname", "log.level", "@l", "severitytext"];
/// Keys under which access logs keep the status of the answer, in lower case.
const STATUS_KEYS: [&str; 6] =
    ["status", "status_code", "statuscode", "response_code", "http_status", "http.status_code"];

/// Beginnings that only the rest of a report has.
const REST: [&str; 12] = [
    "Caused by:",
    "Suppressed:",
    "During handling of the above exception",
    "The above exception was",
    "goroutine ",
    "created by ",
    "exit status ",
    "[signal ",
    "stack backtrace:",
    "note: run with `RUST_BACKTRACE",
    "}",
    "]",
];

static TIME: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"^\s*\[?\d{4}[-/]\d{2}[-/]\d{2}[T ]\d{2}:\d{2}:\d{2}[.,\d]*(?:Z|[+-]\d{2}:?\d{2})?\]?\s*")
});
static COLOUR: LazyLock<Regex> = LazyLock::new(|| pattern("\u{1b}\\[[0-9;]*m"));
static PRIORITY: LazyLock<Regex> = LazyLock::new(|| pattern(r"^<(\d{1,3})>"));
static KLOG: LazyLock<Regex> = LazyLock::new(|| pattern(r"^([IWEF])\d{4} \d{2}:\d{2}:\d{2}"));
/// Of Apache, nginx and Envoy; of gin; of morgan.
static ANSWER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#""(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|CONNECT|TRACE) [^"]*" (\d{3})\b|^\[GIN\] [^|]+\| +(\d{3}) \||^(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) \S+ (\d{3}) [\d.]+ ?ms"#,
    )
});
static LOGFMT: LazyLock<Regex> =
    LazyLock::new(|| pattern(r#"(?i)(?:^|\s)(?:level|severity|log_level|loglevel|lvl)="?([a-z]+)"#));
static LOGFMT_STATUS: LazyLock<Regex> =
    LazyLock::new(|| pattern(r#"(?:^|\s)(?:status|status_code|response_code)="?5\d\d\b"#));
/// A level in structured text that was cut off.
static JSON_LEVEL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r#"(?i)[{,]\s*"(?:level|severity|log_level|loglevel|lvl|levelname|log\.level)"\s*:\s*"?(\w+)"#)
});
/// A level in the head of a line: in capitals anywhere, else in brackets, between tabs, or before a colon at the start.
static LEVEL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(ERROR|ERR|FATAL|CRITICAL|CRIT|SEVERE|PANIC|EMERG|EMERGENCY|ALERT|INFO|INFORMATION|WARN|WARNING|WRN|INF|DBG|DEBUG|TRACE|NOTICE|VERBOSE|FINE|FINER|CONFIG|LOG)\b|[\[<](?:[\w.]+:)?(error|err|eror|crit|critical|alert|emerg|fatal|panic|info|warn|warning|notice|debug|trace|verbose)[\]>]|(?:^|\t)(error|fatal|panic|dpanic|info|warn|debug)\t|^(error|fatal|panic|critical|crit|fail|info|warn|warning|debug|verbose|silly|dbug|trce)(?:: |:$)",
    )
});
static NOTHING_BEFORE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)(?:\b(?:no|zero|without|any|if|on|0)[ \-]|[\w/.\-]=|/)$"));
static NOTHING_AFTER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"(?i)^S?(?:["']? *= *["']?(?:0\b|nil\b|null\b|none\b|<nil>|false\b|"|')|["']? *: *["']?(?:0|nil|null|none|<nil>|false|"|') *(?:$|[,;)\]}|])|\(0\)|/)"#,
    )
});
/// What programs write when nobody caught it.
static UNCAUGHT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:panic: |fatal error: |Traceback \(most recent call last\)|Exception in thread |Unhandled |Uncaught |UnhandledPromiseRejection|\(node:\d+\) UnhandledPromiseRejection|thread '[^']*' (?:\(\d+\) )?panicked at|terminate called after throwing|Segmentation fault|http: panic serving |PHP (?:Fatal|Parse) error|npm ERR! |[\w.$:]*(?:Error|Exception)(?: \[\w+\])?: |(?i:error|fatal|critical)(?:: |! )|(?i:error) (?:while|when|during|in|from|at|\w+ing) )",
    )
});
/// The name of an exception at the start of a line.
static EXCEPTION: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^[\w.$:]+(?:Error|Exception|Throwable|Fault|Failure)\b(?::| \[|$)"));
static FRAME: LazyLock<Regex> = LazyLock::new(|| pattern(r"^\s+(?:at \S|\.\.\. \d+ (?:more|common frames))"));
static GO_FRAME: LazyLock<Regex> = LazyLock::new(|| pattern(r"^[\w./*()\-{}$\[\]]+\(.*\)$"));
/// What PostgreSQL adds to an error, each in a line of its own.
static DETAIL: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b(?:DETAIL|HINT|STATEMENT|CONTEXT|QUERY|LOCATION):  "));
/// Redis knows no errors, only warnings: what failed is in the words.
static REDIS: LazyLock<Regex> = LazyLock::new(|| pattern(r"^\d+:[A-Z] \d{2} \w{3} \d{4} [\d:.]+ ([.\-*#]) (.*)$"));
static FAILED: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)\b(?:error|failed|fatal|can't|cannot|unable to)\b"));

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a valid pattern")
}

/// A log line without the time it begins with, which differs in every line.
pub fn without_time(line: &str) -> &str {
    TIME.find(line).map_or(line, |time| &line[time.end()..]).trim()
}

impl Reader {
    /// What the next line is.
    pub fn read(&mut self, line: &str) -> Line {
        let plain = if line.contains('\u{1b}') { COLOUR.replace_all(line, "") } else { Cow::Borrowed(line) };
        let text = plain.trim_end();
        if text.is_empty() {
            return if self.after == After::Nothing { Line::Ordinary } else { Line::Continued };
        }
        if self.continues(text) {
            return Line::Continued;
        }
        let told = level(text);
        let body = without_time(text);
        let is_error = told.unwrap_or_else(|| UNCAUGHT.is_match(body));
        self.after = match is_error || told.is_some() {
            false => After::Nothing,
            true if body.starts_with("Traceback ") => After::Python,
            true if body.starts_with("panic: ") || body.starts_with("fatal error: ") => After::Go,
            true if body.contains("' panicked at ") || body.contains(") panicked at ") => After::Rust,
            true => After::Told,
        };
        if is_error { Line::Error } else { Line::Ordinary }
    }

    /// Whether the line belongs to what came before.
    fn continues(&mut self, text: &str) -> bool {
        if FRAME.is_match(text) || text.starts_with("Caused by:") {
            return true;
        }
        let is_indented = text.starts_with([' ', '\t']);
        match self.after {
            After::Nothing => false,
            _ if is_indented || DETAIL.is_match(text) || REST.iter().any(|start| text.starts_with(start)) => true,
            After::Python | After::Rust => {
                self.after = After::Told;
                true
            }
            After::Go => GO_FRAME.is_match(text),
            After::Told if text.starts_with("Traceback ") => {
                self.after = After::Python;
                true
            }
            After::Told => EXCEPTION.is_match(text),
        }
    }
}

/// Whether the line's own level, or the status of the answer it tells of, is an error; `None` where it names neither.
fn level(text: &str) -> Option<bool> {
    if text.starts_with('{')
        && let Some(told) = structured(text)
    {
        return Some(told);
    }
    if let Some(found) = PRIORITY.captures(text) {
        // RFC 5424: the lowest three bits are the severity, 3 is an error.
        return found[1].parse::<u32>().ok().map(|priority| priority % 8 <= 3);
    }
    if let Some(found) = KLOG.captures(text) {
        return Some(matches!(&found[1], "E" | "F"));
    }
    if let Some(found) = ANSWER.captures(text) {
        return found.iter().skip(1).flatten().next().map(|status| status.as_str().starts_with('5'));
    }
    if let Some(found) = LOGFMT.captures(text) {
        return Some(is_error(&found[1]) || LOGFMT_STATUS.is_match(text));
    }
    if let Some(found) = REDIS.captures(text) {
        return Some(&found[1] == "#" && FAILED.is_match(&found[2]));
    }
    in_head(text)
}

/// The first level in the head of a line, words that deny an error left aside.
fn in_head(text: &str) -> Option<bool> {
    let text = without_time(text);
    let end = (0..=HEAD.min(text.len())).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    let mut denied = None;
    for found in LEVEL.captures_iter(&text[..end]) {
        let Some(word) = found.iter().skip(1).flatten().next() else { continue };
        let (before, after) = (&text[..word.start()], &text[word.end()..]);
        // In capitals these two are words of their own everywhere but before a colon.
        if matches!(word.as_str(), "LOG" | "CONFIG") && !after.starts_with(':') {
            continue;
        }
        let error = is_error(word.as_str());
        if error && (NOTHING_BEFORE.is_match(before) || NOTHING_AFTER.is_match(after)) {
            denied = Some(false);
            continue;
        }
        return Some(error);
    }
    denied
}

/// The level, or the status, of a line that is a JSON object.
fn structured(text: &str) -> Option<bool> {
    let Ok(Value::Object(fields)) = serde_json::from_str::<Value>(text) else {
        return JSON_LEVEL.captures(text).map(|found| is_level(&Value::String(found[1].to_owned())));
    };
    let mut level = fields.get("log").and_then(|log| log.get("level")).map(is_level);
    let mut status = None;
    for (key, value) in &fields {
        let key = key.to_ascii_lowercase();
        if LEVEL_KEYS.contains(&key.as_str()) {
            level = Some(is_level(value));
        } else if STATUS_KEYS.contains(&key.as_str()) {
            let number = value.as_u64().or_else(|| value.as_str()?.parse().ok());
            status = number.filter(|number| (100..600).contains(number)).map(|number| number >= 500);
        }
    }
    // MongoDB: severity, component, time.
    if level.is_none() && ["s", "c", "t"].iter().all(|key| fields.contains_key(*key)) {
        level = fields.get("s").map(is_level);
    }
    match (level, status) {
        (None, None) => None,
        (level, status) => Some(level.unwrap_or(false) || status.unwrap_or(false)),
    }
}

/// A level by name or number: bunyan and pino count 10 to 60, GELF as syslog does.
fn is_level(value: &Value) -> bool {
    let number = value.as_u64().or_else(|| value.as_str()?.parse().ok());
    match number {
        Some(number) => number >= 50 || number <= 3,
        None => value.as_str().is_some_and(is_error),
    }
}

fn is_error(name: &str) -> bool {
    const ERRORS: [&str; 15] = [
        "error",
        "err",
        "eror",
        "fatal",
        "panic",
        "dpanic",
        "crit",
        "critical",
        "alert",
        "emerg",
        "emergency",
        "severe",
        "e",
        "f",
        "fail",
    ];
    ERRORS.contains(&name.to_ascii_lowercase().as_str())
}

#[cfg(test)]
mod tests;
