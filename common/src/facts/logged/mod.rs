//! What a container's log said lately: how many lines a minute, how many of them errors, and a few of these.
//!
//! In: the bytes of a log with timestamps, as they come. Out: [`Logged`]. Never: keeps a line but a few redacted errors; what is held of a
//! log is bounded, however much is written and however long its lines are.

pub mod hearing;
pub mod line;

use std::collections::VecDeque;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use k8s_openapi::api::core::v1::PodSpec;

use super::LogTail;
use crate::{naming, redact};
use line::{Line, Reader};

/// How far back a log is known.
pub const PAST: SignedDuration = SignedDuration::from_mins(60);
/// Minutes of it, the one that goes on included.
const MINUTES: usize = 60;
/// How many lines of the past are read when a log is opened: an hour of a program that says less than six lines a second.
pub const TAIL: usize = 20_000;
/// Bytes of a line that are looked at; what says its level stands in front.
const LONGEST: usize = 4096;
/// Lines of one minute that are judged. A program that writes more is judged by these; it costs no more than one that writes as many.
const JUDGED: u32 = 6_000;
/// Different errors of which one line is kept.
const EXAMPLES: usize = 5;
/// Bytes kept of such a line: what a receipt shows.
const EXAMPLE: usize = 400;
/// An error that is logged less than one of so many times as often as the most frequent one is not what the trouble is about.
const RARE: u32 = 3;
/// A kept line gives way to a newer one like it after this long: a receipt should still be in the log when somebody looks.
const FRESH: SignedDuration = SignedDuration::from_secs(60);

/// What one minute of a log held.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Minute {
    /// Lines that were judged; the rest of an error's stack trace is no line.
    pub lines: u32,
    /// Errors among them.
    pub errors: u32,
}

/// An error that was logged, and how often one like it was.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Example {
    /// When the line was written.
    pub at: Timestamp,
    /// The line, redacted and cut.
    pub line: String,
    /// How often a line like it was written lately, numbers left aside; halved with every minute.
    pub weight: u32,
    /// What is left of the line without its numbers, as a digest.
    shape: String,
}

/// What is known of the logs of a subject's containers.
#[derive(Clone, Debug, Default)]
pub struct Logs {
    /// Those that are read.
    pub heard: Vec<Logged>,
    /// Containers whose logs are to be watched and are not read now: that nothing was heard of them says nothing.
    pub unheard: Vec<String>,
}

/// What is known of one container's log.
#[derive(Clone, Debug, Default)]
pub struct Logged {
    /// The pod and container; as its lines the errors that are logged most, each of a kind once, the most frequent last.
    pub said: LogTail,
    /// All that were kept, the most frequent last.
    pub examples: Vec<Example>,
    /// When the first of [`minutes`](Self::minutes) begins.
    pub from: Timestamp,
    /// The first minute is that in which the container was started: nothing came before.
    pub from_start: bool,
    /// Minute by minute, the last one being the one that goes on.
    pub minutes: Vec<Minute>,
    /// Since when its errors are known to be trouble, where an anomaly says so.
    pub raised: Option<Timestamp>,
}

impl Logged {
    /// When a minute begins.
    pub fn start_of(&self, minute: usize) -> Timestamp {
        self.from + SignedDuration::from_mins(i64::try_from(minute).unwrap_or(0))
    }

    /// Which minute a moment falls into; the first one for everything before it.
    pub fn minute_of(&self, moment: Timestamp) -> usize {
        usize::try_from(moment.duration_since(self.from).as_mins()).unwrap_or(0)
    }
}

/// Listens to one container's log.
pub struct Listener {
    pod: String,
    container: String,
    /// What the program was given as secrets stands in here.
    spec: Option<Arc<PodSpec>>,
    reader: Reader,
    line: Vec<u8>,
    /// Unix minute of the newest bucket, which is the last.
    newest: i64,
    minutes: VecDeque<Minute>,
    /// Unix minute from which on the log is known.
    known_from: i64,
    from_start: bool,
    examples: Vec<Example>,
    last: Option<Timestamp>,
    /// Lines up to here were heard before the log was opened again.
    heard_until: Option<Timestamp>,
    first_line: Option<i64>,
    lines: u64,
    caught_up: bool,
}

impl Listener {
    /// One that is about to hear the log of a container of this pod, started at `started`, from [`PAST`] before `now` on.
    pub fn new(
        pod: &str,
        container: &str,
        spec: Option<Arc<PodSpec>>,
        started: Option<Timestamp>,
        now: Timestamp,
    ) -> Self {
        let oldest = oldest_before(minute(now));
        let started = started.map(minute).filter(|started| *started >= oldest);
        let known_from = started.unwrap_or(oldest);
        Self {
            pod: pod.to_owned(),
            container: container.to_owned(),
            spec,
            reader: Reader::default(),
            line: Vec::new(),
            newest: known_from,
            minutes: VecDeque::from([Minute::default()]),
            known_from,
            from_start: started.is_some(),
            examples: Vec::new(),
            last: None,
            heard_until: None,
            first_line: None,
            lines: 0,
            caught_up: false,
        }
    }

    /// Hears the next bytes of the log. Gives the number of lines that were judged, and of errors among them.
    pub fn hear(&mut self, mut bytes: &[u8], now: Timestamp) -> Minute {
        let mut heard = Minute::default();
        while let Some(end) = bytes.iter().position(|byte| *byte == b'\n') {
            self.keep(&bytes[..end]);
            bytes = &bytes[end + 1..];
            let line = std::mem::take(&mut self.line);
            match self.take(&String::from_utf8_lossy(&line), now) {
                Some(Line::Error) => (heard.lines, heard.errors) = (heard.lines + 1, heard.errors + 1),
                Some(Line::Ordinary) => heard.lines += 1,
                Some(Line::Continued) | None => {}
            }
            self.line = line;
            self.line.clear();
        }
        self.keep(bytes);
        heard
    }

    /// Of a line without end only the beginning is kept.
    fn keep(&mut self, bytes: &[u8]) {
        let room = LONGEST.saturating_sub(self.line.len()).min(bytes.len());
        self.line.extend_from_slice(&bytes[..room]);
    }

    /// Takes one line; `None` where it is not judged. What bears no time is the kubelet's own word.
    fn take(&mut self, line: &str, now: Timestamp) -> Option<Line> {
        let (stamp, text) = line.split_once(' ').unwrap_or((line, ""));
        let at: Timestamp = stamp.parse().ok()?;
        // A node whose clock is ahead.
        let at = at.min(now);
        if self.heard_until.is_some_and(|until| at <= until) {
            return None;
        }
        self.heard_until = None;
        self.last = Some(at);
        self.lines += 1;
        self.first_line.get_or_insert(minute(at));
        self.advance(minute(at));
        let bucket = self.bucket(minute(at))?;
        if bucket.lines >= JUDGED {
            return None;
        }
        let judged = self.reader.read(text);
        let bucket = self.bucket(minute(at))?;
        if judged != Line::Continued {
            bucket.lines += 1;
        }
        if judged == Line::Error {
            bucket.errors += 1;
            self.remember(at, text);
        }
        Some(judged)
    }

    fn advance(&mut self, to: i64) {
        while self.newest < to {
            self.newest += 1;
            self.examples.iter_mut().for_each(|example| example.weight /= 2);
            self.minutes.push_back(Minute::default());
            if self.minutes.len() > MINUTES {
                self.minutes.pop_front();
            }
        }
    }

    fn bucket(&mut self, minute: i64) -> Option<&mut Minute> {
        let back = usize::try_from(self.newest - minute).ok().filter(|back| *back < MINUTES)?;
        while self.minutes.len() <= back {
            self.minutes.push_front(Minute::default());
        }
        let index = self.minutes.len() - 1 - back;
        self.minutes.get_mut(index)
    }

    fn remember(&mut self, at: Timestamp, text: &str) {
        let text = line::without_time(text);
        let shape: String = text.chars().filter(|c| !c.is_ascii_digit()).take(EXAMPLE).collect();
        let shape = naming::hash(&[&shape], 16);
        let known = self.examples.iter().position(|example| example.shape == shape);
        if let Some(example) = known.and_then(|index| self.examples.get_mut(index)) {
            example.weight = example.weight.saturating_add(1);
            if at.duration_since(example.at) < FRESH {
                return;
            }
        }
        let secrets = redact::Known::of_pods(self.spec.as_deref());
        let line = redact::secrets_and(text, &secrets);
        let end = (0..=EXAMPLE.min(line.len())).rev().find(|end| line.is_char_boundary(*end)).unwrap_or(0);
        let line = line[..end].trim().to_owned();
        let weight = known.map_or(1, |index| self.examples.remove(index).weight);
        if self.examples.len() >= EXAMPLES {
            let rarest =
                (0..self.examples.len()).min_by_key(|index| (self.examples[*index].weight, self.examples[*index].at));
            rarest.map(|index| self.examples.remove(index));
        }
        self.examples.push(Example { at, line, weight, shape });
    }

    /// The past has been read; from now on lines are heard as they are written.
    pub fn caught_up(&mut self) {
        if self.caught_up {
            return;
        }
        self.caught_up = true;
        // The tail was too short for the hour: what came before its first line is not known.
        if self.lines >= TAIL as u64
            && let Some(first) = self.first_line
        {
            // The first minute itself was cut somewhere.
            self.known_from = self.known_from.max(first + 1);
            self.from_start = false;
        }
    }

    /// Whether the past has been read.
    pub fn is_caught_up(&self) -> bool {
        self.caught_up
    }

    /// The log is opened once more: what it repeats is not heard again. Gives the time to ask from.
    pub fn again(&mut self) -> Option<Timestamp> {
        self.line.clear();
        self.heard_until = self.last;
        self.last
    }

    /// What is known; `None` while the past is still being read.
    pub fn logged(&self, now: Timestamp) -> Option<Logged> {
        if !self.caught_up {
            return None;
        }
        let newest = minute(now).max(self.newest);
        let oldest = oldest_before(newest);
        let from = self.known_from.max(oldest).min(newest);
        let minutes = (from..=newest).map(|minute| {
            let back = usize::try_from(self.newest - minute).ok();
            let index = back.and_then(|back| self.minutes.len().checked_sub(back + 1));
            index.and_then(|index| self.minutes.get(index)).copied().unwrap_or_default()
        });
        let start = Timestamp::from_second(from * 60).unwrap_or(now);
        let mut examples: Vec<Example> = self.examples.iter().filter(|it| it.at >= start).cloned().collect();
        examples.sort_by_key(|example| (example.weight, example.at));
        let most = examples.last().map_or(0, |example| example.weight);
        let often = examples.iter().filter(|example| example.weight.saturating_mul(RARE) >= most);
        let lines = often.map(|example| example.line.clone()).collect();
        Some(Logged {
            said: LogTail { pod: self.pod.clone(), container: self.container.clone(), previous: false, lines },
            examples,
            from: start,
            from_start: self.from_start && from == self.known_from,
            minutes: minutes.collect(),
            raised: None,
        })
    }
}

/// The Unix minute.
fn minute(moment: Timestamp) -> i64 {
    moment.as_second().div_euclid(60)
}

fn oldest_before(newest: i64) -> i64 {
    newest + 1 - i64::try_from(MINUTES).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::at;

    fn listener() -> Listener {
        Listener::new("web-1", "app", None, Some(at(0)), at(600))
    }

    fn stamped(seconds: i64, text: &str) -> String {
        format!("{} {text}\n", at(seconds))
    }

    fn logged(listener: &mut Listener, seconds: i64) -> Logged {
        listener.caught_up();
        listener.logged(at(seconds)).unwrap()
    }

    #[test]
    fn lines_are_counted_by_the_minute_they_were_written_in() {
        let mut web = listener();
        for (second, text) in [(5, "ERROR a"), (10, "ok"), (65, "ERROR b"), (66, "\tat shop.Cart.add(Cart.java:1)")] {
            web.hear(stamped(second, text).as_bytes(), at(600));
        }
        let logged = logged(&mut web, 600);
        assert_eq!(logged.minutes.len(), 11);
        assert_eq!(logged.minutes[0], Minute { lines: 2, errors: 1 });
        assert_eq!(logged.minutes[1], Minute { lines: 1, errors: 1 });
        assert!(logged.from_start);
    }

    #[test]
    fn nothing_is_said_of_a_log_before_its_past_was_read() {
        assert!(listener().logged(at(600)).is_none());
    }

    #[test]
    fn a_line_may_come_in_pieces_and_in_no_encoding() {
        let mut web = listener();
        for piece in stamped(5, "ERROR caf? is closed").replace('?', "\u{e9}").as_bytes().chunks(3) {
            web.hear(piece, at(600));
        }
        web.hear(b"2026-11-21T12:00:06Z ERROR \xff\xfe broken\n", at(600));
        let logged = logged(&mut web, 600);
        assert_eq!(logged.minutes[0].errors, 2);
        assert_eq!(logged.said.lines, ["ERROR caf\u{e9} is closed", "ERROR \u{fffd}\u{fffd} broken"]);
    }

    #[test]
    fn ten_megabytes_without_an_end_are_one_line_and_take_no_more_room_than_one() {
        let mut web = listener();
        web.hear(format!("{} ERROR ", at(5)).as_bytes(), at(600));
        for _ in 0..160 {
            web.hear("cart ".repeat(13_107).as_bytes(), at(600));
            assert!(web.line.capacity() <= 2 * LONGEST);
        }
        web.hear(b"\n", at(600));
        let logged = logged(&mut web, 600);
        assert_eq!(logged.minutes[0], Minute { lines: 1, errors: 1 });
        assert!((EXAMPLE - 5..=EXAMPLE).contains(&logged.said.lines[0].len()));
    }

    #[test]
    fn a_flood_is_judged_by_its_first_lines() {
        let mut web = listener();
        let judged: u32 =
            (0..10_000).map(|n| web.hear(stamped(5, &format!("ERROR {n}")).as_bytes(), at(600)).lines).sum();
        assert_eq!(judged, JUDGED);
        assert_eq!(logged(&mut web, 600).minutes[0].errors, JUDGED);
    }

    #[test]
    fn errors_that_differ_in_numbers_are_one_example_and_secrets_are_none() {
        let mut web = listener();
        for second in 0..30 {
            web.hear(stamped(second, &format!("ERROR order {second} failed: password=hunter2")).as_bytes(), at(600));
        }
        web.hear(stamped(40, "ERROR another").as_bytes(), at(600));
        let logged = logged(&mut web, 600);
        let told: Vec<_> = logged.examples.iter().map(|it| (it.weight, it.line.as_str())).collect();
        assert_eq!(told, [(1, "ERROR another"), (30, "ERROR order 0 failed: [REDACTED:password_conn]")]);
        assert_eq!(logged.said.lines, ["ERROR order 0 failed: [REDACTED:password_conn]"], "the other is rare");
    }

    #[test]
    fn few_examples_are_kept_and_the_rarest_gives_way() {
        let mut web = listener();
        for (second, word) in (0..).zip(["a", "b", "c", "a", "d", "e", "f"]) {
            web.hear(stamped(second, &format!("ERROR {word}")).as_bytes(), at(600));
        }
        let kept = logged(&mut web, 600).said.lines;
        assert_eq!(kept, ["ERROR c", "ERROR d", "ERROR e", "ERROR f", "ERROR a"]);
    }

    #[test]
    fn what_is_logged_now_outweighs_what_was_logged_all_hour() {
        let mut web = listener();
        for second in (0..600).step_by(2) {
            web.hear(stamped(second, "ERROR as ever").as_bytes(), at(1200));
        }
        for second in 600..780 {
            web.hear(stamped(second, "ERROR something new").as_bytes(), at(1200));
        }
        assert_eq!(logged(&mut web, 780).said.lines, ["ERROR something new"]);
    }

    #[test]
    fn what_a_log_repeats_after_it_was_opened_again_is_not_counted_twice() {
        let mut web = listener();
        web.hear(stamped(5, "ERROR a").as_bytes(), at(600));
        assert_eq!(web.again(), Some(at(5)));
        web.hear((stamped(5, "ERROR a") + &stamped(7, "ERROR b")).as_bytes(), at(600));
        assert_eq!(logged(&mut web, 600).minutes[0].errors, 2);
    }

    #[test]
    fn a_tail_that_is_too_short_is_no_past() {
        let mut web = listener();
        for n in 0..TAIL {
            web.hear(stamped(300, &format!("line {n}")).as_bytes(), at(600));
        }
        let logged = logged(&mut web, 600);
        assert!(!logged.from_start);
        assert_eq!((logged.from, logged.minutes.len()), (at(360), 5));
    }

    #[test]
    fn a_container_older_than_the_hour_is_known_from_an_hour_ago() {
        let mut old = Listener::new("web-1", "app", None, Some(at(-90_000)), at(600));
        let logged = logged(&mut old, 600);
        assert_eq!((logged.from, logged.from_start, logged.minutes.len()), (at(600 - 59 * 60), false, MINUTES));
    }

    #[test]
    fn what_the_kubelet_says_in_a_logs_place_and_a_clock_that_is_ahead_do_no_harm() {
        let mut web = listener();
        web.hear(b"unable to retrieve container logs for containerd://2f4a\n", at(600));
        web.hear(stamped(86_400, "ERROR tomorrow").as_bytes(), at(600));
        let logged = logged(&mut web, 600);
        assert_eq!(logged.minutes.iter().map(|minute| minute.lines).sum::<u32>(), 1);
        assert_eq!(logged.minutes[10].errors, 1);
    }

    #[test]
    fn a_silent_hour_leaves_nothing_of_the_one_before() {
        let mut web = listener();
        web.hear(stamped(5, "ERROR a").as_bytes(), at(600));
        let later = logged(&mut web, 7200);
        assert_eq!(later.minutes.iter().map(|minute| minute.lines).sum::<u32>(), 0);
        assert!(later.examples.is_empty() && !later.from_start);
    }
}
