//! One pass over a text: find, judge, replace.
//!
//! All expressions are one automaton, so that a text without secrets is read once. A line in which something was replaced is looked at
//! again until nothing matches: a replacement may complete another pattern. Each match takes a word or sign that no marker holds, so
//! that ends, and what comes out is stable.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::LazyLock;

use regex_automata::Input;
use regex_automata::meta::Regex;

use super::known::Known;
use super::patterns::{PATTERNS, Pattern, value_of};
use super::words;

/// Drawn once per process and kept in memory only: nobody can look a value up by its pseudonym.
static FINGERPRINTS: LazyLock<RandomState> = LazyLock::new(RandomState::new);

/// Hex digits of a pseudonym: few enough to say nothing about the value, enough to tell some hundred values apart.
const DIGITS: u32 = 6;

/// A set of expressions, ready to run.
pub struct Engine {
    automaton: Regex,
    patterns: Vec<&'static Pattern>,
    leaving: bool,
}

#[derive(Clone, Copy)]
struct Hit<'t> {
    start: usize,
    end: usize,
    name: &'static str,
    value: &'t str,
}

impl Engine {
    /// The patterns for one depth, and expressions of the installation's own.
    pub fn new(leaving: bool, custom: &[String]) -> Self {
        let patterns: Vec<&Pattern> = PATTERNS.iter().filter(|pattern| leaving || !pattern.leaving_only).collect();
        let looks: Vec<&str> =
            patterns.iter().map(|pattern| pattern.looks).chain(custom.iter().map(String::as_str)).collect();
        let automaton = Regex::new_many(&looks).expect("our patterns are valid, and custom ones were checked");
        Self { automaton, patterns, leaving }
    }

    /// The text without secrets.
    pub fn clean<'a>(&self, text: &'a str, known: &Known) -> Cow<'a, str> {
        let mut search = Search { engine: self, known, text, ahead: [Ahead::Unread; SOURCES.len()] };
        let mut next = search.next(0);
        if next.is_none() {
            return Cow::Borrowed(text);
        }
        let mut out = String::with_capacity(text.len());
        let mut from = 0;
        while let Some(mut hit) = next {
            let begin = text[from..hit.start].rfind('\n').map_or(from, |at| from + at + 1);
            out.push_str(&text[from..begin]);
            // The line, with everything in it replaced.
            let mut line = String::new();
            let mut at = begin;
            let end = loop {
                line.push_str(&text[at..hit.start]);
                self.mark(&mut line, &hit);
                at = hit.end;
                let end = text[at..].find('\n').map_or(text.len(), |more| at + more);
                next = search.next(at);
                match next {
                    Some(other) if other.start < end => hit = other,
                    _ => break end,
                }
            };
            line.push_str(&text[at..end]);
            out.push_str(&self.clean(&line, known));
            from = end;
        }
        out.push_str(&text[from..]);
        Cow::Owned(out)
    }

    fn mark(&self, out: &mut String, hit: &Hit<'_>) {
        let _ = if self.leaving {
            let fingerprint = FINGERPRINTS.hash_one(hit.value) & ((1 << (4 * DIGITS)) - 1);
            write!(out, "[REDACTED:{}#{fingerprint:06x}]", hit.name)
        } else {
            write!(out, "[REDACTED:{}]", hit.name)
        };
    }

    fn by_looks<'t>(&self, text: &'t str, mut from: usize) -> Option<Hit<'t>> {
        while let Some(found) = self.automaton.find(Input::new(text).range(from..)) {
            let matched = &text[found.range()];
            let hit = |name, value| Hit { start: found.start(), end: found.end(), name, value };
            match self.patterns.get(found.pattern().as_usize()) {
                None => return Some(hit("custom", matched)),
                Some(pattern) if (pattern.holds)(matched) => {
                    return Some(hit(pattern.name, if pattern.is_assignment { value_of(matched) } else { matched }));
                }
                // Something else may begin within what was no secret after all.
                Some(_) => from = found.start() + matched.chars().next().map_or(1, char::len_utf8),
            }
        }
        None
    }
}

/// How far one way of looking has come.
#[derive(Clone, Copy)]
enum Ahead<'t> {
    Unread,
    At(Hit<'t>),
    Nothing,
}

/// The ways of looking. Where two hits begin together the first decides: an assignment says more than its value and covers it.
const SOURCES: [for<'e, 't> fn(&Search<'e, 't>, usize) -> Option<Hit<'t>>; 3] = [
    |search, from| search.engine.by_looks(search.text, from),
    |search, from| {
        let (start, end) = search.known.find(search.text, from)?;
        Some(Hit { start, end, name: "known", value: &search.text[start..end] })
    },
    |search, from| {
        let (name, start, end) = words::find(search.text, from, search.engine.leaving)?;
        Some(Hit { start, end, name, value: &search.text[start..end] })
    },
];

/// A walk through a text from secret to secret. What one way of looking found further on is kept until the walk gets there: each way
/// reads the text once.
struct Search<'e, 't> {
    engine: &'e Engine,
    known: &'e Known,
    text: &'t str,
    ahead: [Ahead<'t>; SOURCES.len()],
}

impl<'t> Search<'_, 't> {
    /// The first secret at or after `from`, which never goes back.
    fn next(&mut self, from: usize) -> Option<Hit<'t>> {
        let mut first: Option<Hit<'t>> = None;
        for (index, look) in SOURCES.iter().enumerate() {
            let passed = match self.ahead[index] {
                Ahead::Unread => true,
                Ahead::At(hit) => hit.start < from,
                Ahead::Nothing => false,
            };
            if passed {
                self.ahead[index] = look(self, from).map_or(Ahead::Nothing, Ahead::At);
            }
            if let Ahead::At(hit) = self.ahead[index]
                && first.is_none_or(|other| hit.start < other.start)
            {
                first = Some(hit);
            }
        }
        first
    }
}
