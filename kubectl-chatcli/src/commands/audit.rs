//! `kubectl chatcli audit …`: who decided what, and whether the record is whole.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;

use common::api::AuditEvent;
use common::api::keys::AUDIT_HEADS;
use common::audit::{Exported, Head, compare, verify};
use kube::ResourceExt as _;
use kube::api::DynamicObject;

use super::Context;
use crate::cli::{AuditArgs, AuditCommand, AuditListArgs, AuditVerifyArgs};
use crate::failure::{Exit, Failure};
use crate::kube::{Cluster, Kind, typed};
use crate::output::{audit, structured};

/// Runs one of them.
pub async fn run(args: AuditArgs, context: &Context<'_>) -> Result<Exit, Failure> {
    match args.command {
        AuditCommand::List(args) => list(args, context).await,
        AuditCommand::Verify(args) => check(args, context).await,
    }
}

async fn list(args: AuditListArgs, context: &Context<'_>) -> Result<Exit, Failure> {
    let cluster = context.cluster().await?;
    let namespace = (!args.all_namespaces).then_some(cluster.namespace());
    let selector = args.event_type.as_ref().map(|class| format!("{}={class}", common::api::keys::labels::EVENT_TYPE));
    let (mut found, _) = cluster.list(&Kind::audit_event(), namespace, selector.as_deref()).await?;
    if let Some(about) = &args.about {
        let about = super::resolve::bare(about);
        found.retain(|event| {
            event.data["spec"]["resource"]["name"] == about || event.data["spec"]["correlationId"] == about
        });
    }
    found.sort_by_key(audit::turn);
    if let Some(form) = args.output {
        context.ui.print(&structured::list(&found, form)?)?;
    } else if found.is_empty() {
        context.ui.note("No audit events found.");
    } else {
        context.ui.print(&audit::table(&found, args.all_namespaces, &context.clock).render())?;
    }
    Ok(Exit::Ok)
}

async fn check(args: AuditVerifyArgs, context: &Context<'_>) -> Result<Exit, Failure> {
    let cluster = context.cluster().await?;
    let heads = heads(&cluster, &args.operator_namespace).await?;
    let namespace = (!args.all_namespaces).then_some(cluster.namespace());
    let (found, _) = cluster.list(&Kind::audit_event(), namespace, None).await?;
    let mut chains: BTreeMap<String, Vec<AuditEvent>> = match namespace {
        Some(namespace) => BTreeMap::from([(namespace.to_owned(), Vec::new())]),
        None => heads.keys().map(|namespace| (namespace.clone(), Vec::new())).collect(),
    };
    for event in &found {
        chains.entry(event.namespace().unwrap_or_default()).or_default().push(typed(event)?);
    }
    let log = exported(&args.log)?;
    if namespace.is_none() {
        // A chain that was taken away whole, head and all, is known from the log alone.
        for line in log.iter().flatten() {
            chains.entry(line.namespace.clone()).or_default();
        }
    }
    let mut wrong = 0;
    for (namespace, events) in chains {
        let events: Vec<_> = events.into_iter().map(|event| event.spec).collect();
        let report = verify(&namespace, &events, heads.get(&namespace));
        let cut_at = report.cut.as_ref().map_or(0, |cut| cut.sequence);
        let told = log.as_deref().map(|lines| compare(&namespace, &events, cut_at, lines));
        let held = log.iter().flatten().filter(|line| line.namespace == namespace).count();
        wrong += report.findings.len() + told.as_ref().map_or(0, Vec::len);
        let told = told.as_deref().map(|told| (held, told));
        context.ui.print(&audit::report(&namespace, &report, told, &context.clock))?;
    }
    if wrong == 0 {
        return Ok(Exit::Ok);
    }
    let compare = if log.is_some() {
        "compare with the API server's own audit log, which names who wrote what"
    } else {
        "compare with the exported log (--log FILE, written to CHATCLI_AUDIT_LOG_PATH) and the API server's own audit log"
    };
    Err(Failure::new("the record is not whole").hint(compare))
}

/// The lines of all files; none when no file was named.
fn exported(files: &[PathBuf]) -> Result<Option<Vec<Exported>>, Failure> {
    let mut lines = Vec::new();
    for file in files {
        let (name, reader): (String, Box<dyn BufRead>) = if file.as_os_str() == "-" {
            ("standard input".to_owned(), Box::new(std::io::stdin().lock()))
        } else {
            let name = file.display().to_string();
            let opened = File::open(file).map_err(|problem| Failure::new(format!("{name}: {problem}")))?;
            (name, Box::new(BufReader::new(opened)))
        };
        for (number, line) in reader.lines().enumerate() {
            let broken = |problem: &dyn std::fmt::Display| {
                Failure::new(format!("{name}, line {}: not a line of the audit log: {problem}", number + 1))
            };
            let line = line.map_err(|problem| broken(&problem))?;
            if !line.trim().is_empty() {
                lines.extend(Exported::read(&line).map_err(|problem| broken(&problem))?);
            }
        }
    }
    Ok((!files.is_empty()).then_some(lines))
}

/// The heads of all chains; none where the operator has written none yet.
async fn heads(cluster: &Cluster, operator_namespace: &str) -> Result<BTreeMap<String, Head>, Failure> {
    let kind = Kind::of("", "v1", "ConfigMap", "configmaps");
    let found: Option<DynamicObject> = cluster.find(&kind, Some(operator_namespace), AUDIT_HEADS).await?;
    let Some(found) = found else { return Ok(BTreeMap::new()) };
    let data = found.data["data"].as_object().cloned().unwrap_or_default();
    data.into_iter()
        .map(|(namespace, text)| {
            let head = serde_json::from_str(text.as_str().unwrap_or_default()).map_err(|problem| {
                Failure::new(format!(
                    "ConfigMap {operator_namespace}/{AUDIT_HEADS}: the head of {namespace} is broken: {problem}"
                ))
            })?;
            Ok((namespace, head))
        })
        .collect()
}
