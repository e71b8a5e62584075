//! The plugin at a terminal of 80 columns, and what a person sees there.
//!
//! In: a command line, and keys. Out: the screen as a terminal draws it, line by line. Never: knows what the plugin means to write; progress
//! that was drawn over is not there any more.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

use crate::connection::Connection;
use crate::programs::{Build, Programs};

/// Columns of what an ssh session opens with.
pub const COLUMNS: u16 = 80;
/// More than any answer has, so that nothing scrolls away.
const ROWS: u16 = 600;
/// Longest until something is said: an install waits for a pod.
const PATIENCE: Duration = Duration::from_secs(180);

/// A command that runs in it.
pub struct Terminal {
    keys: File,
    written: Receiver<Vec<u8>>,
    drawn: vt100::Parser,
    child: Child,
}

impl Terminal {
    /// Runs the plugin with a person's kubeconfig.
    pub fn running(person: &Connection, arguments: &[&str]) -> Result<Self> {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY)?;
        grantpt(&master)?;
        unlockpt(&master)?;
        tcsetwinsize(&master, Winsize { ws_row: ROWS, ws_col: COLUMNS, ws_xpixel: 0, ws_ypixel: 0 })?;
        let name = ptsname(&master, Vec::new())?.into_string().context("the name of a terminal")?;
        let side = || Ok::<_, std::io::Error>(Stdio::from(OpenOptions::new().read(true).write(true).open(&name)?));
        // The terminal is its own: Ctrl-C would reach it and nobody else.
        let child = Command::new("setsid")
            .arg("--ctty")
            .arg(Programs::built(Build::Debug)?.plugin)
            .args(arguments)
            .env_clear()
            .envs([("TERM", "xterm-256color"), ("TZ", "UTC")])
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("KUBECONFIG", person.kubeconfig())
            .stdin(side()?)
            .stdout(side()?)
            .stderr(side()?)
            .spawn()
            .context("setsid does not start")?;
        let keys = File::from(master);
        let mut output = keys.try_clone()?;
        let (send, written) = channel();
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            // The terminal hangs up when nobody holds its other side any more.
            while let Ok(length) = output.read(&mut bytes) {
                if length == 0 || send.send(bytes[..length].to_vec()).is_err() {
                    return;
                }
            }
        });
        Ok(Self { keys, written, drawn: vt100::Parser::new(ROWS, COLUMNS, 0), child })
    }

    /// Waits until a text is on the screen.
    pub fn shows(&mut self, text: &str) -> Result<()> {
        let end = Instant::now() + PATIENCE;
        while !self.screen().contains(text) {
            let Ok(bytes) = self.written.recv_timeout(end.saturating_duration_since(Instant::now())) else {
                bail!("{text:?} never came:\n{}", self.screen());
            };
            self.drawn.process(&bytes);
        }
        Ok(())
    }

    /// What a person types.
    pub fn types(&mut self, keys: &str) -> Result<()> {
        self.keys.write_all(keys.as_bytes())?;
        Ok(())
    }

    /// Waits for its end: the exit code, and the whole screen.
    pub fn ends(mut self) -> Result<(i32, String)> {
        let end = Instant::now() + PATIENCE;
        loop {
            // Whoever does not read keeps the program from writing.
            while let Ok(bytes) = self.written.recv_timeout(Duration::from_millis(50)) {
                self.drawn.process(&bytes);
            }
            if let Some(status) = self.child.try_wait()? {
                return Ok((status.code().unwrap_or(-1), self.screen()));
            }
            if Instant::now() > end {
                self.child.kill()?;
                bail!("it goes on:\n{}", self.screen());
            }
        }
    }

    fn screen(&self) -> String {
        self.drawn.screen().contents()
    }
}

/// A screen as it can be compared with one of another day: lines that were folded are whole again, and what differs from run to run (names,
/// times, digests) is a word for what it is.
pub fn comparable(screen: &str, names: &[(&str, &str)]) -> String {
    let whole = unfolded(screen);
    let mut text = names.iter().fold(whole, |text, (from, to)| text.replace(from, to));
    for (pattern, word) in PATTERNS {
        let pattern = regex::Regex::new(pattern).expect("a pattern of ours");
        text = pattern.replace_all(&text, *word).into_owned();
    }
    text
}

/// Patterns of what is another one each time, and what stands for it.
const PATTERNS: &[(&str, &str)] = &[
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", "<time>"),
    (r"\b\d\d:\d\d:\d\d\b", "<time>"),
    (r"sha256:[0-9a-f]+", "<digest>"),
    (r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", "<uid>"),
    (r"-[bcdfghjklmnpqrstvwxz2456789]{8,10}-[bcdfghjklmnpqrstvwxz2456789]{5}\b", "-<pod>"),
    (r"approval-[a-z0-9-]+-[0-9a-f]{8}-[ar]-[0-9a-f]{16}", "<vote>"),
    (r"-[0-9a-f]{10}\b", "-<hash>"),
    (r"INC-\d{8}-\d+", "<incident id>"),
    (r"\b\d+(\.\d+)?( ?(ms|s|m|min|h)\b|m\d+s\b)", "<span>"),
    (r"127\.0\.0\.1:\d+", "<registry>"),
    (r" {3,}", "  "),
];

/// A line is folded where its next word would not have fitted.
fn unfolded(screen: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    let mut last = 0;
    for line in screen.lines().map(str::trim_end) {
        let first_word = line.split_whitespace().next().unwrap_or_default().chars().count();
        let columns = usize::from(COLUMNS);
        // A longer line was broken by the terminal, and one that fills it has something at its right end.
        let may_be_folded = last <= columns && !(last == columns && lines.last().is_some_and(|line| is_spread(line)));
        let is_folded = line.starts_with(' ') && may_be_folded && last + 1 + first_word > columns;
        match lines.last_mut() {
            Some(before) if is_folded => {
                before.push(' ');
                before.push_str(line.trim_start());
            }
            _ => lines.push(line.to_owned()),
        }
        last = line.chars().count();
    }
    lines.join("\n")
}

fn is_spread(line: &str) -> bool {
    line.trim_start().contains("  ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folded_lines_are_whole_again_and_short_ones_stay() {
        let short = "a ".repeat(39);
        let screen = format!("{short}\n    b\nshort\n  indented");
        assert_eq!(
            unfolded(&screen),
            format!("{}\n    b\nshort\n  indented", short.trim_end()),
            "it would have fitted"
        );
        let full = format!("{}abcdef", "a ".repeat(37));
        assert_eq!(unfolded(&format!("{full}\n  and on")), format!("{full} and on"));
        let spread = format!("  what{}when", " ".repeat(70));
        assert_eq!(unfolded(&format!("{spread}\n  and on")), format!("{spread}\n  and on"), "it ends at the right");
    }

    #[test]
    fn what_differs_each_time_is_named() {
        let screen = "checkout-pod-not-ready-3f9a1c20b7 at 14:03:22, for 17s, sha256:abc12";
        assert_eq!(comparable(screen, &[]), "checkout-pod-not-ready-<hash> at <time>, for <span>, <digest>");
    }
}
