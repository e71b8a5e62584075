//! `kubectl chatcli scan`: all trouble now, grouped by cause, by the operator's rules and the caller's rights.

use common::diagnosis::codes::Code;
use common::facts::Facts;
use common::facts::logged::hearing;
use common::signals::Assessment;
use common::{diagnosis, signals};
use futures::{FutureExt as _, StreamExt as _, stream};

use super::Context;
use crate::certificates;
use crate::cli::{ScanArgs, ScanOutput, Structured};
use crate::facts;
use crate::failure::{Exit, Failure};
use crate::kube::Cluster;
use crate::output::scan::{Columns, Report, remarks, table};
use crate::output::structured;
use crate::survey::Landscape;
use crate::survey::causes::{Troubled, group, of_certificate};
use crate::volumes;

/// Subjects whose events, logs and references are read at once.
const AT_ONCE: usize = 8;
/// Subjects that are asked in depth: a cluster in flames gets a bounded number of reads from us, the rest is judged from the lists.
const IN_DEPTH: usize = 100;

/// Workloads whose logs are read with `--logs`; each may cost six reads of a few megabytes.
const LISTENED: usize = 50;

/// Runs the command.
pub async fn run(args: ScanArgs, context: &Context<'_>) -> Result<Exit, Failure> {
    let cluster = context.cluster().await?;
    let namespace = (!args.all_namespaces).then(|| cluster.namespace().to_owned());
    let busy = context.ui.busy("reading pods, workloads and nodes");
    // Boxed: eleven lists at once are a future too large for the stack it would be copied on.
    let landscape = Landscape::read(&cluster, namespace.as_deref()).boxed_local().await?;
    busy.now("asking why");
    let report = report(&landscape, namespace, args.logs, &cluster, context).await;
    drop(busy);
    let exit = if report.causes.is_empty() { Exit::Ok } else { Exit::Differs };
    let exit = exit.after(show(&report, &args, context))?;
    if exit == Exit::Differs {
        return Ok(exit);
    }
    match landscape.blind.first() {
        None => Ok(exit),
        Some(failure) => {
            Err(Failure::new(format!("nothing was found, but not everything was seen: {}", failure.message())))
        }
    }
}

async fn report(
    landscape: &Landscape,
    namespace: Option<String>,
    logs: bool,
    cluster: &Cluster,
    context: &Context<'_>,
) -> Report {
    let mut firing = Vec::new();
    let mut may_recover = Vec::new();
    let mut subjects = landscape.subjects(context.clock.now);
    let secrets = landscape.secrets(&subjects);
    let uncounted = volumes::look(&mut subjects, &cluster.client()).await;
    let unheard = if logs { listen(&mut subjects, cluster).await } else { Vec::new() };
    for facts in subjects {
        let seen = signals::assess(&facts);
        match (seen.firing.is_empty(), seen.pending.first()) {
            (false, _) => firing.push((facts, seen)),
            (true, Some(pending)) => may_recover.push(format!("{}: {}", facts.subject.short(), pending.description)),
            (true, None) => {}
        }
    }
    let mut not_known: Vec<String> = landscape.blind.iter().map(|failure| failure.message().to_owned()).collect();
    not_known.extend(landscape.without_nodes.as_ref().map(|failure| failure.message().to_owned()));
    not_known.extend(landscape.without_ingresses.as_ref().map(|failure| failure.message().to_owned()));
    not_known.extend(uncounted);
    not_known.extend(unheard);
    if firing.len() > IN_DEPTH {
        not_known.push(format!(
            "events and logs of {} objects were not read; look at one namespace with -n",
            firing.len() - IN_DEPTH
        ));
    }
    let troubled: Vec<(Troubled, Vec<String>)> = stream::iter(firing.into_iter().enumerate())
        .map(|(index, one)| explained(one, index < IN_DEPTH, cluster))
        .buffered(AT_ONCE)
        .filter_map(|one| async { one })
        .collect()
        .await;
    let (troubled, gaps): (Vec<Troubled>, Vec<Vec<String>>) = troubled.into_iter().unzip();
    let mut gaps: Vec<String> = gaps.into_iter().flatten().collect();
    gaps.sort();
    gaps.dedup();
    not_known.extend(gaps);
    let certificates = certificates::look(secrets, cluster, namespace.as_deref(), context.clock.now).await;
    not_known.extend(certificates.gaps);
    let mut causes = group(troubled);
    let mut warnings = Vec::new();
    for (held, finding) in certificates.findings {
        let is_over = finding.code == Code::CertificateExpired.as_str();
        if is_over { &mut causes } else { &mut warnings }.extend(of_certificate(&held, finding));
    }
    Report { at: context.clock.now, namespace, scanned: landscape.extent(), causes, warnings, may_recover, not_known }
}

/// Reads the logs of workloads that have some, up to a number. Gives what stays unknown.
async fn listen(subjects: &mut [Facts], cluster: &Cluster) -> Vec<String> {
    let mut speaking: Vec<&mut Facts> =
        subjects.iter_mut().filter(|facts| !hearing::speakers(facts).is_empty()).collect();
    let left_out = speaking.len().saturating_sub(LISTENED);
    speaking.truncate(LISTENED);
    let client = cluster.client();
    stream::iter(speaking.iter_mut()).for_each_concurrent(AT_ONCE, |facts| facts::listen(&client, facts)).await;
    let mut refused = speaking.iter().filter_map(|facts| facts.extra.unreadable.first());
    let first = refused.next().map(|(pod, why)| match refused.count() {
        0 => format!("{}: {why}", pod.short()),
        more => format!("{}: {why} (and {more} more workloads)", pod.short()),
    });
    let left_out = (left_out > 0)
        .then(|| format!("logs of {left_out} workloads were not read; look at one: kubectl chatcli explain KIND/NAME"));
    first.into_iter().chain(left_out).collect()
}

/// What the rules say about one subject, with what they wanted and could not have.
async fn explained(
    (mut facts, seen): (Facts, Assessment),
    in_depth: bool,
    cluster: &Cluster,
) -> Option<(Troubled, Vec<String>)> {
    if in_depth {
        facts::deepen(&cluster.client(), &mut facts).await;
    }
    let gaps = facts.extra.unreadable.iter().map(|(_, why)| why.clone()).collect();
    let findings = diagnosis::diagnose(&facts);
    Some((Troubled::new(&facts, seen.firing, findings)?, gaps))
}

fn show(report: &Report, args: &ScanArgs, context: &Context<'_>) -> Result<(), Failure> {
    match args.output {
        Some(ScanOutput::Json) => return context.ui.print(&structured::value(report, Structured::Json)?),
        Some(ScanOutput::Yaml) => return context.ui.print(&structured::value(report, Structured::Yaml)?),
        Some(ScanOutput::Name) => {
            for group in &report.causes {
                context.ui.print(&group.object.short())?;
            }
            return Ok(());
        }
        Some(ScanOutput::Wide) | None => {}
    }
    if !report.causes.is_empty() || !report.warnings.is_empty() {
        let columns = Columns { namespace: args.all_namespaces, wide: args.output.is_some() };
        context.ui.print(&table(report, columns, &context.clock).render())?;
    }
    for line in remarks(report, &context.scope()) {
        context.ui.note(&line);
    }
    Ok(())
}
