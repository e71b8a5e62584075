//! What `kubectl_complete-chatcli` asks: the words so far in, candidates out, one a line, then `:4` (kubectl: offer no file names).
//!
//! Static candidates come from the clap definitions; names come from the cluster, quickly or not at all. Never fails: a shell has no
//! place to show an error.

use std::time::Duration;

use clap::{Arg, CommandFactory as _, Parser as _};
use kube::ResourceExt;

use super::Context;
use crate::cli::{Cli, CompleteArgs, Connection};
use crate::failure::{Exit, Failure};
use crate::kube::{Cluster, Kind};

/// A shell that hangs at TAB is worse than one that offers nothing.
const PATIENCE: Duration = Duration::from_secs(3);

/// Runs the command.
pub async fn run(args: &CompleteArgs, context: &Context<'_>) -> Result<Exit, Failure> {
    let words: Vec<String> = args.words.iter().map(|word| word.to_string_lossy().into_owned()).collect();
    let (typed, before) = words.split_last().map_or(("", &[][..]), |(last, before)| (last.as_str(), before));
    let mut lines = match wanted(before, typed) {
        Wanted::Words(words) => words,
        Wanted::Names(kinds) => names(&kinds, &connection(before)).await,
    };
    lines.retain(|line| line.starts_with(typed));
    lines.push(":4".to_owned());
    context.ui.print(&lines.join("\n"))?;
    Ok(Exit::Ok)
}

/// What could come next.
#[derive(Debug)]
enum Wanted {
    Words(Vec<String>),
    Names(Vec<Kind>),
}

/// Walks the words through the commands.
fn wanted(before: &[String], typed: &str) -> Wanted {
    let root = Cli::command();
    let mut command = &root;
    let mut path = Vec::new();
    let mut given = 0;
    let mut expects: Option<&Arg> = None;
    for word in before {
        if expects.take().is_some() {
            continue;
        }
        if let Some(flag) = flag(&root, command, word) {
            expects = (flag.get_action().takes_values() && !word.contains('=')).then_some(flag);
        } else if word.starts_with('-') {
            // Not ours; clap will say so.
        } else if let Some(next) = command.find_subcommand(word) {
            command = next;
            path.push(next.get_name());
        } else {
            given += 1;
        }
    }
    if let Some(flag) = expects {
        return of_flag(flag);
    }
    if typed.starts_with('-') {
        let flags = command.get_arguments().chain(root.get_arguments()).filter(|arg| !arg.is_hide_set());
        let mut words: Vec<_> =
            flags.filter_map(|arg| Some(described(&format!("--{}", arg.get_long()?), arg.get_help()))).collect();
        words.sort();
        words.dedup();
        return Wanted::Words(words);
    }
    // `issues` takes a name as well as a command; names are what one looks for.
    if command.has_subcommands() && command.is_arg_required_else_help_set() {
        let shown = command.get_subcommands().filter(|sub| !sub.is_hide_set());
        return Wanted::Words(shown.map(|sub| described(sub.get_name(), sub.get_about())).collect());
    }
    if given > 0 {
        return Wanted::Words(Vec::new());
    }
    match path.as_slice() {
        ["issues" | "explain" | "triage" | "wait" | "record"] | ["issues", "ack" | "snooze"] => {
            Wanted::Names(vec![Kind::issue()])
        }
        ["plan", "preview" | "show" | "undo"] => Wanted::Names(vec![Kind::plan(), Kind::issue()]),
        ["runbook", "show"] => Wanted::Names(vec![Kind::ours("Runbook", "runbooks")]),
        ["runbook", "scaffold"] => Wanted::Names(vec![Kind::issue(), Kind::plan()]),
        ["tls", _] => Wanted::Names(vec![Kind::of("", "v1", "Secret", "secrets")]),
        ["approve" | "reject"] => Wanted::Names(vec![Kind::request()]),
        ["actions"] => {
            Wanted::Words(common::actions::catalogue().iter().map(|action| action.name.to_owned()).collect())
        }
        ["postmortem", "show"] => Wanted::Names(vec![Kind::post_mortem()]),
        _ => Wanted::Words(command.get_positionals().next().map(values).unwrap_or_default()),
    }
}

fn of_flag(flag: &Arg) -> Wanted {
    match flag.get_long() {
        Some("service") => Wanted::Names(vec![Kind::of("", "v1", "Service", "services")]),
        Some("namespace" | "operator-namespace") => Wanted::Names(vec![Kind::of("", "v1", "Namespace", "namespaces")]),
        _ => Wanted::Words(values(flag)),
    }
}

fn values(arg: &Arg) -> Vec<String> {
    arg.get_possible_values().iter().map(|value| described(value.get_name(), value.get_help())).collect()
}

/// A candidate and its help, parted by a tab, as kubectl expects it.
fn described(word: &str, help: Option<&clap::builder::StyledStr>) -> String {
    help.map_or_else(
        || word.to_owned(),
        |help| format!("{word}\t{}", help.to_string().lines().next().unwrap_or_default()),
    )
}

fn flag<'a>(root: &'a clap::Command, command: &'a clap::Command, word: &str) -> Option<&'a Arg> {
    let name = word.split('=').next().unwrap_or(word);
    let mut flags = command.get_arguments().chain(root.get_arguments());
    if let Some(long) = name.strip_prefix("--") {
        return flags.find(|arg| arg.get_long() == Some(long));
    }
    let short = name.strip_prefix('-').and_then(|letters| letters.chars().last())?;
    flags.find(|arg| arg.get_short() == Some(short))
}

/// Connection flags among the words, in whatever state the rest is.
fn connection(before: &[String]) -> Connection {
    let root = Cli::command();
    let mut line = vec!["kubectl-chatcli".to_owned()];
    let mut words = before.iter();
    while let Some(word) = words.next() {
        let Some(flag) = flag(&root, &root, word) else { continue };
        line.push(word.clone());
        if flag.get_action().takes_values() && !word.contains('=') {
            line.extend(words.next().cloned());
        }
    }
    line.push("version".to_owned());
    Cli::try_parse_from(line).map(|cli| cli.connection).unwrap_or_default()
}

async fn names(kinds: &[Kind], connection: &Connection) -> Vec<String> {
    let reading = async {
        let cluster = Cluster::connect(connection).await.ok()?;
        let mut names = Vec::new();
        for kind in kinds {
            let namespace = (kind.resource.kind != "Namespace").then_some(cluster.namespace());
            let (found, _) = cluster.list(kind, namespace, None).await.ok()?;
            names.extend(found.iter().map(ResourceExt::name_any));
        }
        Some(names)
    };
    tokio::time::timeout(PATIENCE, reading).await.ok().flatten().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offered(line: &str) -> Vec<String> {
        let words: Vec<_> = line.split(' ').map(str::to_owned).collect();
        let (typed, before) = words.split_last().unwrap();
        match wanted(before, typed) {
            Wanted::Words(words) => words
                .into_iter()
                .map(|word| word.split('\t').next().unwrap().to_owned())
                .filter(|word| word.starts_with(typed))
                .collect(),
            Wanted::Names(kinds) => kinds.iter().map(|kind| format!("<{}>", kind.resource.plural)).collect(),
        }
    }

    #[test]
    fn commands_flags_values_and_names_are_offered_where_they_fit() {
        assert_eq!(offered("is"), ["issues"]);
        assert_eq!(offered("plan "), ["list", "show", "preview", "undo"]);
        assert_eq!(offered("issues --out"), ["--output"]);
        assert_eq!(offered("issues -o "), ["wide", "json", "yaml", "name"]);
        assert_eq!(offered("issues -n shop "), ["<issues>"]);
        assert_eq!(offered("issues --namespace=shop "), ["<issues>"]);
        assert_eq!(offered("issues ack "), ["<issues>"]);
        assert_eq!(offered("-n "), ["<namespaces>"]);
        assert_eq!(offered("plan preview "), ["<remediationplans>", "<issues>"]);
        assert_eq!(offered("approve "), ["<approvalrequests>"]);
        assert_eq!(offered("completion "), ["bash", "zsh", "fish", "powershell", "kubectl"]);
    }

    #[test]
    fn a_name_already_given_is_not_asked_again() {
        assert!(offered("explain web ").is_empty());
    }

    #[test]
    fn names_come_from_the_cluster_the_line_points_to() {
        let words: Vec<_> = "approve --context prod --yes -n shop".split(' ').map(str::to_owned).collect();
        let connection = connection(&words);
        assert_eq!((connection.context.as_deref(), connection.namespace.as_deref()), (Some("prod"), Some("shop")));
    }
}
