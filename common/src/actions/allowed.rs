//! What an installation allows beyond the published lists: further diagnostic commands, further kinds that ApplyManifest takes.
//!
//! In: the operator's flags, once, at start. Out: yes or no. Never: shrinks a published list, or opens a kind by which rights are gained.

use std::sync::OnceLock;

use super::kind::{self, Kind};
use super::{diagnostic, manifest};

/// Kinds that an installation may add to those ApplyManifest takes. All others are pods without a template to judge, reach beyond the
/// namespace, or hold rights, secrets or limits: naming one would let the author of a ConfigMap do what they may not.
const ADDABLE: &[&Kind] = &[&kind::PERSISTENT_VOLUME_CLAIM, &kind::VERTICAL_POD_AUTOSCALER];

static COMMANDS: OnceLock<Vec<String>> = OnceLock::new();
static KINDS: OnceLock<Vec<&'static Kind>> = OnceLock::new();

/// An entry that cannot be taken.
#[derive(Debug, Eq, PartialEq, thiserror::Error)]
pub enum BadEntry {
    /// The command would not do what it looks like.
    #[error("\"{command}\" cannot be allowed: {why}")]
    Command {
        /// As it was given.
        command: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// ApplyManifest never takes this kind.
    #[error("kind \"{kind}\" cannot be allowed: beside the published kinds only {} can be added", names(ADDABLE))]
    Kind {
        /// As it was given.
        kind: String,
    },
    /// The lists are read once per process, and were read with other entries.
    #[error("the allow list was set before, to other entries")]
    TooLate,
}

/// Allows further diagnostic commands, each exactly as it is written.
pub fn also_run(commands: &[String]) -> Result<(), BadEntry> {
    let read = read_commands(commands)?;
    if *COMMANDS.get_or_init(|| read.clone()) == read { Ok(()) } else { Err(BadEntry::TooLate) }
}

/// Allows ApplyManifest further kinds, by name.
pub fn also_apply(kinds: &[String]) -> Result<(), BadEntry> {
    let read = read_kinds(kinds)?;
    if *KINDS.get_or_init(|| read.clone()) == read { Ok(()) } else { Err(BadEntry::TooLate) }
}

/// The command may be run.
pub(super) fn may_run(command: &str) -> bool {
    diagnostic::ALLOWED.contains(&command) || COMMANDS.get().is_some_and(|own| own.iter().any(|it| it == command))
}

/// Every kind that may be applied.
pub(super) fn kinds() -> impl Iterator<Item = &'static Kind> {
    manifest::ALLOWED.iter().copied().chain(KINDS.get().into_iter().flatten().copied())
}

fn entries(given: &[String]) -> impl Iterator<Item = &str> {
    given.iter().map(|entry| entry.trim()).filter(|entry| !entry.is_empty())
}

fn read_commands(given: &[String]) -> Result<Vec<String>, BadEntry> {
    const OF_A_SHELL: &[char] = &['|', '&', ';', '<', '>', '$', '`', '"', '\'', '\\', '*', '\n'];
    let read = |command: &str| {
        let wrong = |why| BadEntry::Command { command: command.to_owned(), why };
        if command.contains(OF_A_SHELL) {
            return Err(wrong("no shell runs it, so pipes, quotes, variables and patterns would be plain text"));
        }
        if command.split(' ').any(str::is_empty) || command.contains('\t') {
            return Err(wrong("its words must be separated by one space each"));
        }
        Ok(command.to_owned())
    };
    entries(given).map(read).collect()
}

fn read_kinds(given: &[String]) -> Result<Vec<&'static Kind>, BadEntry> {
    let is_published = |name: &str| manifest::ALLOWED.iter().any(|known| known.kind == name);
    let read = |name: &str| {
        let found = ADDABLE.iter().copied().find(|known| known.kind == name);
        found.ok_or_else(|| BadEntry::Kind { kind: name.to_owned() })
    };
    entries(given).filter(|name| !is_published(name)).map(read).collect()
}

fn names(kinds: &[&Kind]) -> String {
    kinds.iter().map(|kind| kind.kind).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(entries: &[&str]) -> Vec<String> {
        entries.iter().map(|entry| (*entry).to_owned()).collect()
    }

    #[test]
    fn commands_are_trimmed_and_empty_entries_are_none() {
        assert_eq!(
            read_commands(&given(&[" uptime ", "", "cat /proc/uptime"])).unwrap(),
            ["uptime", "cat /proc/uptime"]
        );
    }

    #[test]
    fn a_command_that_only_a_shell_understands_is_refused_naming_it() {
        for command in ["ps | grep java", "echo $HOME", "ls *.log", "a && b", "sh -c 'id'"] {
            let problem = read_commands(&given(&[command])).unwrap_err().to_string();
            assert!(problem.contains(command) && problem.contains("no shell"), "{problem}");
        }
        assert!(read_commands(&given(&["df  -h"])).unwrap_err().to_string().contains("one space"));
    }

    #[test]
    fn a_kind_may_be_added_where_no_right_is_gained_by_it() {
        assert_eq!(read_kinds(&given(&["PersistentVolumeClaim"])).unwrap(), [&kind::PERSISTENT_VOLUME_CLAIM]);
        assert!(read_kinds(&given(&["Deployment"])).unwrap().is_empty(), "it is on the published list");
    }

    #[test]
    fn a_dangerous_or_unknown_kind_ends_the_start_and_says_what_can_be_added() {
        for name in ["Secret", "ClusterRole", "RoleBinding", "Pod", "Namespace", "HPA"] {
            let problem = read_kinds(&given(&[name])).unwrap_err().to_string();
            assert!(problem.contains(name) && problem.contains("PersistentVolumeClaim"), "{problem}");
        }
    }

    #[test]
    fn what_nobody_added_is_as_published() {
        assert!(may_run("df -h"));
        assert!(!may_run("rm -rf /"));
        assert_eq!(kinds().count(), manifest::ALLOWED.len());
    }
}
