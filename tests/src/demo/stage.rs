//! How the demo speaks: headings, sentences, commands with their real output, and what is being waited for.
#![allow(clippy::print_stdout, reason = "the terminal is this program's output")]
#![allow(clippy::unused_self, reason = "one speaks on a stage; it is a value so that the clock of a scene is its own")]

use std::io::{IsTerminal, Write};
use std::process::Stdio;
use std::time::Instant;

use anyhow::{Result, ensure};

use crate::connection::Connection;
use crate::plugin;
use crate::programs::Build;

/// The terminal, and the time since the curtain rose.
pub struct Stage {
    begin: Instant,
    colour: bool,
}

impl Stage {
    pub fn new() -> Self {
        let colour = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
        Self { begin: Instant::now(), colour }
    }

    /// Somebody can answer.
    pub fn has_audience(&self) -> bool {
        std::io::stdin().is_terminal() && std::io::stdout().is_terminal()
    }

    pub fn heading(&mut self, text: &str) {
        println!("\n{}", self.bold(&format!("== {text}")));
        self.begin = Instant::now();
    }

    pub fn tell(&self, text: &str) {
        println!("{}", format!("   {text}").trim_end());
    }

    /// Something that took a while is over.
    pub fn done(&self, text: &str) {
        println!("   {text} ({:.0} s)", self.begin.elapsed().as_secs_f64());
    }

    /// Runs the plugin, showing the command as one would type it, and its output as it is.
    pub fn plugin(&self, person: &Connection, arguments: &[&str]) -> Result<()> {
        self.plugin_may_exit(person, arguments, &[0])
    }

    /// Runs the plugin where it lists a lot: the list is counted, its last line shown.
    pub fn plugin_in_short(&self, person: &Connection, arguments: &[&str]) -> Result<()> {
        println!("\n{}", self.bold(&format!("$ kubectl chatcli {}", arguments.join(" "))));
        let output = plugin::command(person, Build::Debug)?.args(arguments).stderr(Stdio::inherit()).output()?;
        ensure!(output.status.success(), "kubectl chatcli {} ended with {}", arguments.join(" "), output.status);
        let text = String::from_utf8_lossy(&output.stdout);
        let lines: Vec<&str> = text.lines().collect();
        if let Some((last, list)) = lines.split_last() {
            println!(
                "… {} objects, from {} to {}",
                list.len(),
                list.first().unwrap_or(last),
                list.last().unwrap_or(last)
            );
            println!("{last}");
        }
        Ok(())
    }

    /// The same for a command whose exit code speaks, as that of a diff does.
    pub fn plugin_may_exit(&self, person: &Connection, arguments: &[&str], codes: &[i32]) -> Result<()> {
        let typed: Vec<String> = arguments.iter().map(|word| quoted(word)).collect();
        println!("\n{}", self.bold(&format!("$ kubectl chatcli {}", typed.join(" "))));
        let mut command = plugin::command(person, Build::Debug)?;
        let status = command.args(arguments).stdout(Stdio::inherit()).stderr(Stdio::inherit()).status()?;
        let code = status.code().unwrap_or(-1);
        ensure!(codes.contains(&code), "kubectl chatcli {} ended with {status}", typed.join(" "));
        Ok(())
    }

    /// Shows what a person does with another tool; the caller does the same through the API.
    pub fn somebody_types(&self, command: &str) {
        println!("\n{}", self.bold(&format!("$ {command}")));
    }

    pub fn asks(&self, question: &str) -> Result<bool> {
        print!("   {question} [y/N] ");
        std::io::stdout().flush()?;
        let mut answer = String::new();
        std::io::stdin().read_line(&mut answer)?;
        Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
    }

    fn bold(&self, text: &str) -> String {
        if self.colour { format!("\u{1b}[1m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}

fn quoted(word: &str) -> String {
    if word.contains([' ', '\'', '"', '$']) { format!("'{}'", word.replace('\'', r"'\''")) } else { word.to_owned() }
}
