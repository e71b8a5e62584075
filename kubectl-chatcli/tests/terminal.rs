//! Triage at a real terminal: a pseudo-terminal of 80 columns, with a person's keys.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[allow(dead_code, reason = "each test program uses its part of the support")]
mod support;

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

use support::live::{Live, bob_approves};
use support::{Server, path};

/// A machine that has other things to do is given its time.
const PATIENCE: Duration = Duration::from_secs(30);

/// The plugin in a terminal.
struct Terminal {
    keys: File,
    screen: Receiver<Vec<u8>>,
    seen: String,
    child: Child,
}

impl Terminal {
    fn running(server: &Server, args: &[&str], editor: &str) -> Self {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&master).unwrap();
        unlockpt(&master).unwrap();
        let name = ptsname(&master, Vec::new()).unwrap().into_string().unwrap();
        let side = || Stdio::from(OpenOptions::new().read(true).write(true).open(&name).unwrap());
        // Ctrl-C reaches who has the terminal as its own.
        let mut command = Command::new("setsid");
        command.args(["--ctty", env!("CARGO_BIN_EXE_kubectl-chatcli")]).env_clear().envs([
            ("TERM", "xterm"),
            ("TZ", "UTC"),
            ("COLUMNS", "80"),
            ("NO_COLOR", "1"),
            ("KUBE_EDITOR", editor),
        ]);
        command.env("PATH", std::env::var_os("PATH").unwrap()).args(server.plugin().get_args()).args(args);
        let child = command.stdin(side()).stdout(side()).stderr(side()).spawn().unwrap();
        let keys = File::from(master);
        let mut output = keys.try_clone().unwrap();
        let (send, screen) = channel();
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            // The terminal hangs up when nobody holds its other side any more.
            while let Ok(length) = output.read(&mut bytes) {
                if length == 0 || send.send(bytes[..length].to_vec()).is_err() {
                    return;
                }
            }
        });
        Self { keys, screen, seen: String::new(), child }
    }

    /// Waits for a text that was not seen before, and returns what led to it.
    fn shows(&mut self, text: &str) -> String {
        let end = Instant::now() + PATIENCE;
        loop {
            if let Some(at) = self.seen.find(text) {
                let rest = self.seen.split_off(at + text.len());
                return std::mem::replace(&mut self.seen, rest);
            }
            let left = end.saturating_duration_since(Instant::now());
            match self.screen.recv_timeout(left) {
                Ok(bytes) => self.seen.push_str(&String::from_utf8_lossy(&bytes)),
                Err(why) => panic!("{text:?} never came ({why}): {}", self.seen),
            }
        }
    }

    fn types(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
    }

    fn ends(mut self) -> ExitStatus {
        let end = Instant::now() + PATIENCE;
        while Instant::now() < end {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            // Whoever does not read keeps the program from writing.
            let _ = self.screen.recv_timeout(Duration::from_millis(20));
        }
        self.child.kill().unwrap();
        panic!("it goes on: {}", self.seen);
    }
}

const TRIAGE: [&str; 3] = ["triage", "-n", "shop"];
const QUESTION: &str = "[n]ext [q]uit: ";

#[test]
fn half_an_answer_to_the_old_screen_is_none_to_the_new_one() {
    let live = Live::new();
    let server = live.server();
    let mut terminal = Terminal::running(&server, &TRIAGE, "false");
    let first = terminal.shows(QUESTION);
    assert!(first.contains("[a]pprove"), "{first}");
    assert!(first.lines().last().unwrap().len() < 80, "the answer has a place beside the question: {first}");
    terminal.types("a");
    // The next watch tells of it; the one that was open has ended as the canned server ends all of its answers.
    live.change(bob_approves);
    live.changes_when_watched();
    let second = terminal.shows(QUESTION);
    assert!(second.contains("has changed: bob approved it, its request is Approved"), "{second}");
    assert!(second.contains("1 of 1 ") && !second.contains("[a]pprove"), "{second}");
    terminal.types("\n");
    terminal.shows("that was the last one");
    assert!(terminal.ends().success());
    assert!(server.stored().is_empty(), "{:?}", server.stored());
}

#[test]
fn the_plan_is_edited_in_the_editor_of_ones_choice() {
    let server = Live::new().server();
    let mut terminal = Terminal::running(&server, &TRIAGE, "sed -i.bak 's/db.shop/db2.shop/'");
    terminal.shows(QUESTION);
    terminal.types("e\n");
    terminal.shows("[c]reate it in your name");
    terminal.types("c\r");
    terminal.shows("-plan-2 created");
    terminal.shows(QUESTION);
    terminal.types("q\n");
    assert!(terminal.ends().success());
    let stored = server.stored();
    let [(request, body)] = stored.as_slice() else { panic!("{stored:?}") };
    assert_eq!(request, &format!("POST {}", path("remediationplans", "")));
    assert!(body.contains("db2.shop.svc"), "{body}");
}

#[test]
fn an_editor_that_fails_changes_nothing_and_the_incident_stays_on_the_table() {
    let server = Live::new().server();
    let mut terminal = Terminal::running(&server, &TRIAGE, "false");
    terminal.shows(QUESTION);
    terminal.types("e\n");
    let told = terminal.shows(QUESTION);
    assert!(told.contains("error: cannot edit: false ended with exit status: 1"), "{told}");
    terminal.types("q\n");
    assert!(terminal.ends().success());
    assert!(server.stored().is_empty(), "{:?}", server.stored());
}

#[test]
fn ctrl_c_at_the_question_leaves_at_once_and_nothing_behind() {
    let server = Live::new().server();
    let mut terminal = Terminal::running(&server, &TRIAGE, "false");
    terminal.shows(QUESTION);
    terminal.types("a\u{3}");
    assert_eq!(terminal.ends().code(), Some(130));
    // The same where the line is read key by key.
    let mut terminal = Terminal::running(&server, &TRIAGE, "false");
    terminal.shows(QUESTION);
    terminal.types("a\n");
    terminal.shows("reason, for the record");
    terminal.types("looks ri\u{3}");
    assert_eq!(terminal.ends().code(), Some(130));
    assert!(server.stored().is_empty(), "{:?}", server.stored());
}

#[test]
fn ctrl_c_in_the_editor_is_the_editors() {
    let server = Live::new().server();
    let editor = "trap 'echo left' INT; echo editing; while ! read -r line; do :; done; echo saved $line; true";
    let mut terminal = Terminal::running(&server, &TRIAGE, editor);
    terminal.shows(QUESTION);
    terminal.types("e\n");
    terminal.shows("editing");
    terminal.types("\u{3}");
    terminal.shows("left");
    terminal.types("q\n");
    terminal.shows("nothing was edited, and nothing is changed");
    terminal.shows(QUESTION);
    terminal.types("\u{3}");
    assert_eq!(terminal.ends().code(), Some(130), "afterwards Ctrl-C leaves again");
}
