//! `kubectl chatcli gate`: shut while an incident graver than allowed is open.

use std::time::Duration;

use common::api::issue::Issue;
use common::api::keys::LEASE_NAME;
use jiff::{SignedDuration, Timestamp};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::MicroTime;
use kube::api::DynamicObject;

use super::Context;
use crate::cli::{GateArgs, GateOutput, Structured};
use crate::facts;
use crate::failure::{Exit, Failure};
use crate::kube::{Cluster, Kind, typed};
use crate::output::gate::{Hit, Outcome, page, sentence};
use crate::output::{junit, sarif, structured};

/// How often is looked while the gate is watched. A pipeline's patience is minutes; the API server is asked for one list.
const PERIOD: Duration = Duration::from_secs(5);

/// Runs the command.
pub async fn run(args: GateArgs, context: &Context<'_>) -> Result<Exit, Failure> {
    let objects = args.objects.iter().map(|text| object(text)).collect::<Result<Vec<_>, _>>()?;
    let cluster = context.cluster().await?;
    let namespace = (!args.all_namespaces).then(|| cluster.namespace().to_owned());
    // Whether incidents can be read at all is the first question, and has the better answer.
    cluster.list(&Kind::issue(), namespace.as_deref(), None).await?;
    watched(&cluster, &args, context).await?;
    let began = std::time::Instant::now();
    let busy = context.ui.busy("watching for incidents");
    let incidents = loop {
        let (found, _) = cluster.list(&Kind::issue(), namespace.as_deref(), None).await?;
        let hits = above(&found, &args, &objects, Timestamp::now());
        let left = args.period().saturating_sub(began.elapsed());
        if !hits.is_empty() || left.is_zero() {
            break hits;
        }
        tokio::time::sleep(PERIOD.min(left)).await;
    };
    drop(busy);
    // An operator that died meanwhile has seen nothing since.
    if incidents.is_empty() && !args.period().is_zero() {
        watched(&cluster, &args, context).await?;
    }
    let outcome = Outcome { passed: incidents.is_empty(), namespace, seconds: began.elapsed().as_secs(), incidents };
    let exit = if outcome.passed { Exit::Ok } else { Exit::Differs };
    exit.after(show(&outcome, &args, context))
}

fn show(outcome: &Outcome, args: &GateArgs, context: &Context<'_>) -> Result<(), Failure> {
    let text = match args.output {
        None => page(outcome, &context.clock.later()),
        Some(GateOutput::Json) => structured::value(outcome, Structured::Json)?,
        Some(GateOutput::Junit) => junit::document(outcome),
        Some(GateOutput::Sarif) => structured::value(&sarif::document(outcome), Structured::Json)?,
    };
    let Some(path) = &args.report else { return context.ui.print(&text) };
    std::fs::write(path, text)
        .map_err(|why| Failure::new(format!("cannot write the report to {}: {why}", path.display())))?;
    context.ui.print(&sentence(outcome))
}

/// Open incidents that keep the gate shut, the gravest first.
fn above(found: &[DynamicObject], args: &GateArgs, objects: &[(String, String)], now: Timestamp) -> Vec<Hit> {
    let earliest = args.since.and_then(|since| since.0).map(|since| now - signed(since));
    let mut hits: Vec<_> = found
        .iter()
        // One that cannot be read as an Issue has no severity that could be compared.
        .filter_map(|object| typed::<Issue>(object).ok())
        .filter(Issue::is_open)
        .filter(|issue| args.max_severity.is_exceeded_by(issue.spec.severity))
        .filter(|issue| {
            let about = &issue.spec.resource;
            objects.is_empty() || objects.iter().any(|(kind, name)| *kind == about.kind && *name == about.name)
        })
        .map(|issue| Hit::of(&issue, opened(&issue)))
        .filter(|hit| earliest.is_none_or(|earliest| hit.since >= earliest))
        .collect();
    hits.sort_by(|a, b| {
        b.severity.cmp(&a.severity).then_with(|| (&a.namespace, &a.name).cmp(&(&b.namespace, &b.name)))
    });
    hits
}

fn signed(duration: Duration) -> SignedDuration {
    SignedDuration::try_from(duration).unwrap_or(SignedDuration::MAX)
}

/// When this episode of it began.
fn opened(issue: &Issue) -> Timestamp {
    let detected = issue.status.as_ref().and_then(|status| status.detected_at.as_ref());
    detected.or(issue.metadata.creation_timestamp.as_ref()).map_or(Timestamp::UNIX_EPOCH, |at| at.0)
}

fn object(text: &str) -> Result<(String, String), Failure> {
    let bad = || Failure::new(format!("{text:?} is no object")).hint("write KIND/NAME, such as deploy/web");
    let (kind, name) = text.split_once('/').ok_or_else(bad)?;
    Ok((facts::kind(kind).ok_or_else(bad)?.resource.kind, name.to_owned()))
}

/// No incidents mean nothing where no operator looks.
async fn watched(cluster: &Cluster, args: &GateArgs, context: &Context<'_>) -> Result<(), Failure> {
    let kind = Kind::of("coordination.k8s.io", "v1", "Lease", "leases");
    let nobody = |why: String| {
        Failure::new(format!("nobody watches this cluster: {why}"))
            .hint("see why: kubectl chatcli doctor")
            .hint("where it runs in another namespace, add --operator-namespace")
    };
    let lease = match cluster.find(&kind, Some(&args.operator_namespace), LEASE_NAME).await {
        Ok(lease) => lease,
        Err(failure) => {
            context.ui.warn(&format!("whether an operator watches is not known: {}", failure.message()));
            return Ok(());
        }
    };
    let Some(lease) = lease else {
        return Err(nobody(format!("no operator holds the lease in namespace {}", args.operator_namespace)));
    };
    let spec = &lease.data["spec"];
    let renewed: Option<MicroTime> = serde_json::from_value(spec["renewTime"].clone()).ok();
    let lasts = SignedDuration::from_secs(spec["leaseDurationSeconds"].as_i64().unwrap_or(15));
    match renewed {
        Some(renewed) if renewed.0 + lasts * 2 >= Timestamp::now() => Ok(()),
        Some(renewed) => Err(nobody(format!("the operator's lease was last renewed at {}", renewed.0))),
        None => Err(nobody("the operator's lease was never renewed".to_owned())),
    }
}
