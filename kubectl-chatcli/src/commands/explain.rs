//! `kubectl chatcli explain`: why, with receipts.

use common::api::ai_insight::Finding;
use common::diagnosis::codes::Code;
use common::{diagnosis, signals};
use kube::ResourceExt as _;

use super::plan::preview;
use super::plan::subject::{self, Subject};
use super::{Context, resolve};
use crate::certificates;
use crate::cli::{ExplainArgs, Structured};
use crate::facts;
use crate::failure::{Exit, Failure};
use crate::kube::{Cluster, Kind, typed};
use crate::output::explanation::{Explanation, Meaning, Previewed, page};
use crate::output::{explanation, incident, model, structured};
use crate::story::Story;

/// Runs the command.
pub async fn run(args: ExplainArgs, context: &Context<'_>) -> Result<Exit, Failure> {
    if let Some(code) = Code::ALL.iter().find(|code| code.as_str() == args.subject) {
        return of_code(*code, &args, context);
    }
    with(&args, &context.cluster().await?, context).await
}

/// The same, of a cluster already at hand.
pub async fn with(args: &ExplainArgs, cluster: &Cluster, context: &Context<'_>) -> Result<Exit, Failure> {
    if let Some((prefix, name)) = args.subject.split_once('/')
        && let Some(kind) = facts::kind(prefix)
    {
        if args.show_prompt {
            return Err(Failure::new("only an incident is asked about").hint("list them: kubectl chatcli issues"));
        }
        return live(&kind, name, args, cluster, context).await;
    }
    if let Some(("ing" | "ingress" | "ingresses" | "ingress.networking.k8s.io", name)) = args.subject.split_once('/') {
        return ingress(name, args, cluster, context).await;
    }
    if let Some((prefix, _)) = args.subject.split_once('/')
        && !prefix.starts_with("issue")
    {
        return Err(Failure::new(format!("cannot explain a {prefix}")).hint(format!("these can be: {}", facts::KINDS)));
    }
    let issue = resolve::issue(cluster, &args.subject).await?;
    if args.facts {
        let resource = &issue.spec.resource;
        let Some(kind) = facts::kind(&resource.kind) else {
            return Err(Failure::new(format!("{} is about a {}, which cannot be read", args.subject, resource.kind)));
        };
        return live(&kind, &resource.name, args, cluster, context).await;
    }
    let story = Story::read(cluster, issue).await;
    if args.show_prompt { prompt_of(&story, args, context) } else { incident_of(&story, args, cluster, context).await }
}

/// What a cause means, from the codes' own documentation; no cluster is needed.
fn of_code(code: Code, args: &ExplainArgs, context: &Context<'_>) -> Result<Exit, Failure> {
    if args.preview {
        return Err(Failure::new(format!(
            "{} is a cause wherever it is found: there is nothing to preview",
            code.as_str()
        ))
        .hint("name an incident or a workload that has it: kubectl chatcli scan -A"));
    }
    if let Some(form) = args.output {
        context.ui.print(&structured::value(&Meaning::of(code), form)?)?;
    } else {
        context.ui.print(&explanation::code(code, context.ui.width()))?;
    }
    Ok(Exit::Ok)
}

/// What left the cluster.
fn prompt_of(story: &Story, args: &ExplainArgs, context: &Context<'_>) -> Result<Exit, Failure> {
    let name = story.issue.name_any();
    let status = story.insight.as_ref().and_then(|insight| insight.status.as_ref());
    let Some(transcript) = status.and_then(|status| status.transcript.as_ref()) else {
        return Err(Failure::new(format!("no model was asked about {name}: nothing left the cluster")));
    };
    if let Some(form) = args.output {
        context.ui.print(&structured::value(transcript, form)?)?;
    } else {
        context.ui.print(&model::exchange(transcript, status.and_then(|status| status.model.as_ref())))?;
    }
    Ok(Exit::Ok)
}

/// What the operator found.
async fn incident_of(
    story: &Story,
    args: &ExplainArgs,
    cluster: &Cluster,
    context: &Context<'_>,
) -> Result<Exit, Failure> {
    let name = story.issue.name_any();
    let status = story.issue.status.clone().unwrap_or_default();
    let Some(answer) = story.insight.as_ref().and_then(|insight| insight.status.as_ref()) else {
        let failure = Failure::new(format!("{name} has no explanation: it is {}", status.state));
        let scope = context.scope();
        return Err(if status.state.is_open() {
            failure.hint(format!("follow it until there is one: kubectl chatcli issues {name}{scope} --watch"))
        } else {
            failure.hint(format!("see what happened: kubectl chatcli issues {name}{scope}"))
        });
    };
    let remedy = Remedy { wanted: args.preview, subject: subject::of_story(story), cluster, context };
    if let Some(form) = args.output {
        return remedy.structured(&answer.findings, form).await;
    }
    if answer.findings.is_empty() {
        // Written by ChatCLI's Go operator, which knows no findings: its prose is the answer.
        context.ui.print(answer.analysis.as_deref().unwrap_or("nothing is known about the cause"))?;
    }
    let explanation = Explanation {
        findings: &answer.findings,
        folded_in: &status.folded_in,
        gaps: &story.gaps,
        beside: explanation::beside(answer),
        model: model::said(answer),
        next: incident::after_explaining(story, &context.scope()),
    };
    context.ui.print(&page(&explanation, &context.clock, context.ui.width()))?;
    remedy.page().await
}

/// What the rules say now, from what the caller may read; nothing has to be installed.
async fn live(
    kind: &Kind,
    name: &str,
    args: &ExplainArgs,
    cluster: &Cluster,
    context: &Context<'_>,
) -> Result<Exit, Failure> {
    let busy = context.ui.busy("reading");
    let facts = facts::gather(cluster, kind, name, context.clock.now).await?;
    drop(busy);
    let Some(facts) = facts else {
        let place =
            if kind.resource.kind == "Node" { String::new() } else { format!(" in namespace {}", cluster.namespace()) };
        return Err(Failure::new(format!("no {} {name:?}{place}", kind.resource.kind.to_lowercase()))
            .hint(format!("list what there is: kubectl get {}", kind.resource.plural)));
    };
    if args.facts {
        context.ui.print(&structured::value(&facts::told(&facts), args.output.unwrap_or(Structured::Yaml))?)?;
        return Ok(Exit::Ok);
    }
    let subject = facts.subject.short();
    let held = certificates::about(&facts, cluster).await;
    let seen = signals::assess(&facts);
    // Without a sign of trouble the rules have nothing to explain; their "unknown" would be an alarm.
    let mut findings =
        if seen.firing.is_empty() && seen.pending.is_empty() { Vec::new() } else { diagnosis::diagnose(&facts) };
    let remedy = Remedy {
        wanted: args.preview,
        subject: subject::first_remedy(name, &facts.subject, &findings),
        cluster,
        context,
    };
    findings.extend(held.findings.into_iter().map(|(_, finding)| finding));
    let unread = facts.extra.unreadable.iter().map(|(what, why)| format!("{}: {why}", what.short()));
    let gaps: Vec<_> = unread.chain(held.gaps).collect();
    if let Some(form) = args.output {
        return remedy.structured(&findings, form).await;
    }
    if findings.is_empty() {
        context.ui.print(&format!("{subject} shows no sign of trouble"))?;
        for gap in &gaps {
            context.ui.note(&format!("not known: {gap}"));
        }
        return Ok(Exit::Ok);
    }
    if let ([], Some(pending)) = (seen.firing.as_slice(), seen.pending.first()) {
        context.ui.note(&format!("note: {subject} may still recover by itself: {}", pending.description));
    }
    let explanation = Explanation { findings: &findings, gaps: &gaps, ..Explanation::default() };
    context.ui.print(&page(&explanation, &context.clock, context.ui.width()))?;
    remedy.page().await
}

/// What may be wrong with an Ingress itself: the certificates it serves. What it leads to is explained by the workload behind it.
async fn ingress(name: &str, args: &ExplainArgs, cluster: &Cluster, context: &Context<'_>) -> Result<Exit, Failure> {
    if args.facts || args.show_prompt {
        return Err(Failure::new("of an ingress only its certificates are looked at")
            .hint("name the workload behind it: kubectl chatcli explain KIND/NAME"));
    }
    let kind = Kind::of("networking.k8s.io", "v1", "Ingress", "ingresses");
    let namespace = cluster.namespace();
    let Some(found) = cluster.find(&kind, Some(namespace), name).await? else {
        return Err(Failure::new(format!("no ingress {name:?} in namespace {namespace}"))
            .hint("list what there is: kubectl get ingresses"));
    };
    let named = certificates::named_by(&typed(&found)?);
    let held = certificates::look(named, cluster, Some(namespace), context.clock.now).await;
    let findings: Vec<Finding> = held.findings.into_iter().map(|(_, finding)| finding).collect();
    let remedy = Remedy { wanted: args.preview, subject: None, cluster, context };
    if let Some(form) = args.output {
        return remedy.structured(&findings, form).await;
    }
    if findings.is_empty() {
        context.ui.print(&format!("ingress/{name} serves no certificate that is known to be over or soon will be"))?;
        for gap in &held.gaps {
            context.ui.note(&format!("not known: {gap}"));
        }
    } else {
        let explanation = Explanation { findings: &findings, gaps: &held.gaps, ..Explanation::default() };
        context.ui.print(&page(&explanation, &context.clock, context.ui.width()))?;
    }
    remedy.page().await
}

/// What `--preview` shows after the causes.
struct Remedy<'a> {
    /// Whether it was asked for.
    wanted: bool,
    /// `None` where the rules propose none.
    subject: Option<Subject>,
    cluster: &'a Cluster,
    context: &'a Context<'a>,
}

impl Remedy<'_> {
    async fn page(&self) -> Result<Exit, Failure> {
        if !self.wanted {
            return Ok(Exit::Ok);
        }
        let Some(subject) = &self.subject else {
            self.context.ui.note("note: the rules propose no change, so there is nothing to preview");
            return Ok(Exit::Ok);
        };
        self.context.ui.print("")?;
        let answer = preview::of(subject, self.cluster, self.context).await?;
        preview::show(subject, &answer, self.context)?;
        Ok(Exit::Ok)
    }

    /// The findings alone keep the form they have without a preview.
    async fn structured(&self, findings: &[Finding], form: Structured) -> Result<Exit, Failure> {
        let text = if self.wanted {
            let preview = match &self.subject {
                Some(subject) => Some(preview::of(subject, self.cluster, self.context).await?.preview),
                None => None,
            };
            structured::value(&Previewed { findings, preview }, form)?
        } else {
            structured::value(&findings, form)?
        };
        self.context.ui.print(&text)?;
        Ok(Exit::Ok)
    }
}
