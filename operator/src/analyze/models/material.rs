//! What a model is told about an incident: findings and receipts first, then what else was seen, by value, within a budget of tokens.
//!
//! In: findings, facts, what was tried. Out: text in which every fact has a number. Pure. Cleaning is not done here: everything that is made
//! here passes `llm::Question::new`. Left out from the start are values of environment variables, data of ConfigMaps and annotations:
//! names are enough to reason with.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use common::api::ai_insight::Finding;
use common::api::{Issue, RemediationPlan};
use common::facts::Pod;
use common::facts::containers::{self, View};
use common::facts::revisions::{self, changes, rollout};
use common::facts::{Facts, Subject};
use common::naming;
use common::redact::{self, Known};
use jiff::Timestamp;
use k8s_openapi::api::core::v1::Container;
use std::fmt::Write as _;
use std::sync::Arc;

use crate::analyze::beside::{Beside, code};
use crate::analyze::measures::Trend;
use crate::source::Code;

/// Tokens of the material where an Instance does not say how long a context may be.
pub const TOKENS: usize = 6000;
/// Longest fact.
const LONGEST: usize = 600;
/// Longest line of a log.
const LINE: usize = 300;
/// Share of what is left that one kind of fact may take.
const SHARE: f64 = 0.6;

/// What a model is told.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Material {
    /// The text.
    pub text: String,
    /// What each receipt says, r1 first.
    pub receipts: Vec<String>,
    /// The same for the same facts: times left out.
    pub content: String,
}

/// One kind of facts.
struct Section {
    title: &'static str,
    /// How much it usually helps; the highest gets room first.
    value: u8,
    /// The most telling first.
    facts: Vec<Fact>,
    /// Shown the other way round: what happened last stands last.
    is_story: bool,
    /// Bytes of it at most, whatever room there is.
    most: usize,
}

impl Section {
    fn cleaned(self, secrets: &Known) -> Self {
        Self { facts: self.facts.into_iter().map(|fact| fact.cleaned(secrets)).collect(), ..self }
    }
}

struct Fact {
    text: String,
    /// The same fact tomorrow reads the same without it.
    at: Option<Timestamp>,
    /// Bytes of it that are told.
    most: usize,
    /// Lines that stand below it as they are: code is not read without its line breaks.
    block: Option<String>,
}

impl Fact {
    fn new(text: impl Into<String>) -> Self {
        Self::at(text, None)
    }

    fn at(text: impl Into<String>, at: Option<Timestamp>) -> Self {
        Self { text: text.into(), at, most: LONGEST, block: None }
    }

    /// Before it is cut: half a secret is recognised by nobody.
    fn cleaned(self, secrets: &Known) -> Self {
        let clean = |text: &str| redact::secrets_and(text, secrets).into_owned();
        Self { text: clean(&self.text), block: self.block.as_deref().map(clean), ..self }
    }

    fn size(&self, now: Timestamp) -> usize {
        self.line(Some(now)).len() + self.block.as_ref().map_or(0, String::len) + 8
    }

    fn line(&self, now: Option<Timestamp>) -> String {
        let text = short(&self.text.split_whitespace().collect::<Vec<_>>().join(" "), self.most);
        match (self.at, now) {
            (Some(at), Some(now)) => format!("{text} ({})", ago(now, at)),
            _ => text,
        }
    }
}

/// Everything within `tokens`. Findings and their receipts are never left out.
pub fn gather(
    issue: &Issue,
    findings: &[Finding],
    facts: Option<&Facts>,
    beside: &Beside,
    plans: &[Arc<RemediationPlan>],
    now: Timestamp,
    tokens: usize,
) -> Material {
    let mut made = Material::default();
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    let secrets = Known::of_pods(facts.into_iter().flat_map(Facts::pod_specs));
    let spec = &issue.spec;
    let _ = writeln!(
        made.text,
        "INCIDENT\n{} {} of {}, severity {}, risk {}: {}\n",
        spec.signal_type.as_deref().unwrap_or("trouble"),
        issue.metadata.name.as_deref().unwrap_or_default(),
        spec.resource,
        spec.severity,
        spec.risk_score.unwrap_or(0),
        short(&redact::secrets_and(&spec.description, &secrets), LONGEST),
    );
    made.text.push_str("WHAT THE RULES FOUND\n");
    for (index, finding) in findings.iter().take(4).enumerate() {
        rule(&mut made, &mut known, &secrets, index + 1, finding, now);
    }
    let mut sections = facts.map(sections).unwrap_or_default();
    sections.extend(aside(beside));
    if let (Code::Unread(why), Some(gaps)) = (&beside.code, sections.iter_mut().find(|section| section.title == GAPS)) {
        gaps.facts.push(Fact::new(why.as_str()));
    }
    let sections = sections.into_iter().chain(attempts(plans));
    let sections = sections.map(|section| section.cleaned(&secrets));
    fill(&mut made, &mut known, &sections.collect::<Vec<_>>(), now, tokens.saturating_mul(4));
    made.content = naming::hash(&[&made.content], 32);
    made
}

fn rule(
    made: &mut Material,
    known: &mut BTreeMap<String, usize>,
    secrets: &Known,
    number: usize,
    finding: &Finding,
    now: Timestamp,
) {
    let mut ids = Vec::new();
    let mut lines = String::new();
    for receipt in finding.evidence.iter().take(12) {
        let value = receipt.value.as_deref().map(|value| format!(" = {value}")).unwrap_or_default();
        let place = format!("{} {}", receipt.object.short(), receipt.field_path);
        let fact =
            Fact::at(format!("{} ({place}{value})", receipt.statement), receipt.time.as_ref().map(|time| time.0));
        let fact = fact.cleaned(secrets);
        let (id, is_new) = receive(made, known, &fact);
        ids.push(format!("r{id}"));
        if is_new {
            let _ = writeln!(lines, "  r{id}: {}", fact.line(Some(now)));
        }
    }
    let _ = writeln!(
        made.text,
        "finding {number}: {} [{}], confidence {:.2}{}\n  receipts: {}\n{lines}",
        finding.statement,
        finding.code,
        finding.confidence,
        finding.confidence_reason.as_deref().map(|why| format!(" because {why}")).unwrap_or_default(),
        if ids.is_empty() { "none".to_owned() } else { ids.join(", ") },
    );
    for rival in &finding.ruled_out {
        let _ = writeln!(made.text, "  ruled out: {}, {}", rival.what, rival.because);
    }
    for remedy in &finding.remedies {
        let _ = writeln!(made.text, "  the rules would: {}", remedy.why);
    }
    made.content.push_str(&finding.code);
    made.content.push_str(&finding.statement);
}

/// The receipt's number; an equal fact has it already.
fn receive(made: &mut Material, known: &mut BTreeMap<String, usize>, fact: &Fact) -> (usize, bool) {
    let line = fact.line(None);
    if let Some(id) = known.get(&line) {
        return (*id, false);
    }
    made.receipts.push(line.clone());
    made.content.push_str(&line);
    made.content.push_str(fact.block.as_deref().unwrap_or_default());
    known.insert(line, made.receipts.len());
    (made.receipts.len(), true)
}

/// The most valuable sections first, none of them all that is left; then in the order they were made.
fn fill(made: &mut Material, known: &mut BTreeMap<String, usize>, sections: &[Section], now: Timestamp, room: usize) {
    let mut left = room.saturating_sub(made.text.len());
    let mut order: Vec<usize> = (0..sections.len()).collect();
    order.sort_by_key(|index| std::cmp::Reverse(sections[*index].value));
    let mut kept = vec![0_usize; sections.len()];
    for index in order {
        let section = &sections[index];
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a size")]
        let share = ((left as f64 * SHARE) as usize).min(section.most);
        let mut taken = section.title.len() + 2;
        for fact in &section.facts {
            let size = fact.size(now);
            if taken + size > share {
                break;
            }
            taken += size;
            kept[index] += 1;
        }
        if kept[index] > 0 {
            left = left.saturating_sub(taken);
        }
    }
    for (section, count) in sections.iter().zip(kept).filter(|(_, count)| *count > 0) {
        let _ = writeln!(made.text, "\n{}", section.title);
        let mut shown: Vec<&Fact> = section.facts.iter().take(count).collect();
        if section.is_story {
            shown.reverse();
        }
        for fact in shown {
            let (id, is_new) = receive(made, known, fact);
            if is_new {
                let _ = writeln!(made.text, "r{id}: {}", fact.line(Some(now)));
                made.text.push_str(fact.block.as_deref().unwrap_or_default());
            }
        }
        if section.facts.len() > count {
            let _ = writeln!(made.text, "({} more left out)", section.facts.len() - count);
        }
    }
}

/// Title of what could not be read.
const GAPS: &str = "NOT KNOWN";

fn sections(facts: &Facts) -> Vec<Section> {
    let section = |title, value, facts, is_story| Section { title, value, facts, is_story, most: usize::MAX };
    vec![
        section("THE RESOURCE", 60, resource(facts), false),
        section("WHAT CHANGED LAST", 90, changed(facts), false),
        section("CONTAINERS THAT ARE NOT WELL", 95, sick(facts), false),
        section("LAST LOG LINES", 85, logs(facts), true),
        section("EVENTS", 80, events(facts), true),
        section("AROUND IT", 50, around(facts), false),
        section(GAPS, 40, gaps(facts), false),
    ]
}

/// What the facts of the resource do not hold.
fn aside(beside: &Beside) -> Vec<Section> {
    let section = |title, value, facts| Section { title, value, facts, is_story: false, most: usize::MAX };
    let facts = |lines: Vec<String>| lines.into_iter().map(Fact::new).collect();
    let trends = beside.trends.iter().map(Trend::sentence).collect();
    vec![
        source(&beside.code),
        section("WHAT WAS MEASURED", 75, facts(trends)),
        section("OTHER INCIDENTS AROUND THAT TIME", 55, facts(beside.others.clone())),
        section("WHO ELSE WRITES IT", 65, beside.owner.iter().map(|owner| Fact::new(owner.sentence())).collect()),
    ]
}

/// After the logs, which say where it broke: what runs, what was changed, then the code itself.
fn source(found: &Code) -> Section {
    let mut facts = Vec::new();
    if let Code::Told(told) = found {
        facts.extend(code::summary(told).into_iter().map(Fact::new));
        let quoted = |title, text| Fact { block: Some(text), ..Fact::new(title) };
        let snippets = told.says.snippets.iter();
        facts.extend(snippets.map(|snippet| quoted(code::snippet_title(snippet), code::numbered(snippet))));
        let files = told.says.config.iter();
        facts.extend(files.map(|file| quoted(code::file_title(file), code::indented(&file.text))));
    }
    Section { title: "ITS SOURCE CODE", value: 82, facts, is_story: false, most: code::MOST }
}

fn resource(facts: &Facts) -> Vec<Fact> {
    let mut all = Vec::new();
    let subject = facts.subject.short();
    let ready = facts.current_pods().filter(|pod| common::facts::membership::ready_since(pod).is_some()).count();
    all.push(Fact::new(format!(
        "{subject} wants {} pods, has {}, {ready} of them ready",
        facts.object.desired(),
        facts.current_pods().count()
    )));
    if let Subject::Deployment(deployment) = &facts.object {
        for condition in deployment.status.iter().flat_map(|status| status.conditions.iter().flatten()) {
            all.push(Fact::at(
                format!(
                    "condition {} is {}: {} {}",
                    condition.type_,
                    condition.status,
                    condition.reason.as_deref().unwrap_or_default(),
                    condition.message.as_deref().unwrap_or_default()
                ),
                condition.last_transition_time.as_ref().map(|time| time.0),
            ));
        }
    }
    if let Subject::Node(node) = &facts.object {
        for condition in node.status.iter().flat_map(|status| status.conditions.iter().flatten()) {
            all.push(Fact::at(
                format!(
                    "node condition {} is {}: {}",
                    condition.type_,
                    condition.status,
                    condition.message.as_deref().unwrap_or_default()
                ),
                condition.last_transition_time.as_ref().map(|time| time.0),
            ));
        }
    }
    let spec = facts.object.pod_spec();
    let containers = spec.iter().flat_map(|spec| spec.init_containers.iter().flatten().chain(&spec.containers));
    all.extend(containers.map(|container| Fact::new(described(container))));
    all
}

/// Everything of a container but what may be secret: values of variables.
fn described(container: &Container) -> String {
    let mut text =
        format!("container {}: image {}", container.name, container.image.as_deref().unwrap_or("of the template"));
    let words = |list: &Option<Vec<String>>| list.iter().flatten().cloned().collect::<Vec<_>>().join(" ");
    let (command, args) = (words(&container.command), words(&container.args));
    if !command.is_empty() {
        let _ = write!(text, "; command {command}");
    }
    if !args.is_empty() {
        let _ = write!(text, "; args {args}");
    }
    if let Some(resources) = &container.resources {
        let of = |list: &Option<BTreeMap<_, k8s_openapi::apimachinery::pkg::api::resource::Quantity>>| {
            let parts = list.iter().flatten().map(|(name, amount): (&String, _)| format!("{name}={}", amount.0));
            parts.collect::<Vec<_>>().join(" ")
        };
        let (requests, limits) = (of(&resources.requests), of(&resources.limits));
        let _ = write!(text, "; requests {}; limits {}", or_none(&requests), or_none(&limits));
    }
    let variables: Vec<&str> = container.env.iter().flatten().map(|variable| variable.name.as_str()).collect();
    if !variables.is_empty() {
        let _ = write!(text, "; variables {}", variables.join(" "));
    }
    let probes = [
        ("liveness", &container.liveness_probe),
        ("readiness", &container.readiness_probe),
        ("startup", &container.startup_probe),
    ];
    for (name, probe) in probes {
        let Some(probe) = probe else { continue };
        let how = if let Some(get) = &probe.http_get {
            format!("GET {} on {:?}", get.path.as_deref().unwrap_or("/"), get.port)
        } else if probe.tcp_socket.is_some() {
            "a connection".to_owned()
        } else {
            "a command".to_owned()
        };
        let _ = write!(
            text,
            "; {name} probe {how} every {} s, {} failures",
            probe.period_seconds.unwrap_or(10),
            probe.failure_threshold.unwrap_or(3)
        );
    }
    text
}

fn or_none(text: &str) -> &str {
    if text.is_empty() { "none" } else { text }
}

fn changed(facts: &Facts) -> Vec<Fact> {
    let Some(rollout) = rollout(facts, &revisions::all(facts)) else { return Vec::new() };
    let mut all = vec![Fact::at(
        format!(
            "revision {} is rolled out, {}",
            rollout.current.number,
            if rollout.completed { "and was complete" } else { "and was never complete" }
        ),
        rollout.current.made(),
    )];
    if let Some(good) = rollout.good {
        let differences = rollout.current.pod_spec().into_iter().flat_map(|spec| {
            spec.containers.iter().filter_map(|after| {
                let before = good.container(&after.name)?;
                let changed = changes(before, after);
                let image = if before.image == after.image {
                    String::new()
                } else {
                    format!(" (image was {})", before.image.as_deref().unwrap_or_default())
                };
                (!changed.is_empty()).then(|| format!("{}: {}{image}", after.name, changed.join(", ")))
            })
        });
        let differences: Vec<String> = differences.collect();
        all.push(Fact::at(
            format!(
                "before it revision {}, which differs in {}",
                good.number,
                if differences.is_empty() { "nothing a container has".to_owned() } else { differences.join("; ") }
            ),
            good.made(),
        ));
    }
    all
}

fn sick(facts: &Facts) -> Vec<Fact> {
    let mut views: Vec<View<'_>> =
        facts.current_pods().flat_map(containers::of).filter(|view| !view.is_ready() && !view.is_done()).collect();
    views.sort_by_key(|view| std::cmp::Reverse(view.restarts()));
    let mut all = Vec::new();
    for view in views.iter().take(8) {
        let mut text = format!("pod {} container {}, {} restarts", view.pod_name(), view.name(), view.restarts());
        if let Some(waiting) = view.waiting() {
            let _ = write!(text, "; waits: {} {}", waiting.reason, waiting.message);
        }
        let end = view.latest_end();
        if let Some(end) = &end {
            let life = end.life().map(|life| format!(" after {} s", life.as_secs())).unwrap_or_default();
            let _ = write!(text, "; ended{life}: {} exit code {} {}", end.reason, end.exit_code, end.message);
        }
        all.push(Fact::at(text, end.and_then(|end| end.finished)));
    }
    all.extend(facts.current_pods().filter_map(unscheduled));
    all
}

fn unscheduled(pod: &Pod) -> Option<Fact> {
    let conditions = pod.status.as_ref()?.conditions.as_ref()?;
    let it = conditions.iter().find(|it| it.type_ == "PodScheduled" && it.status == "False")?;
    let name = pod.metadata.name.as_deref().unwrap_or_default();
    Some(Fact::new(format!("pod {name} is not scheduled: {}", it.message.as_deref().unwrap_or_default())))
}

/// The newest lines of each tail in turn: the first of what is cut is the oldest of all.
fn logs(facts: &Facts) -> Vec<Fact> {
    let tails: Vec<_> = facts.extra.logs.iter().filter(|tail| !tail.lines.is_empty()).collect();
    let longest = tails.iter().map(|tail| tail.lines.len()).max().unwrap_or(0);
    let mut all = Vec::new();
    for back in 0..longest {
        // The tail read first comes last in a turn, so that it stands first when turned round.
        for tail in tails.iter().rev().filter(|tail| back < tail.lines.len()) {
            let line = &tail.lines[tail.lines.len() - 1 - back];
            if line.trim().is_empty() {
                continue;
            }
            let life = if tail.previous { " (life before)" } else { "" };
            let text = format!("log {}/{}{life}: {}", tail.pod, tail.container, line.trim());
            all.push(Fact { most: text.len() - line.trim().len() + LINE, ..Fact::new(text) });
        }
    }
    all
}

fn events(facts: &Facts) -> Vec<Fact> {
    let newest = facts.extra.events.iter().rev().take(20);
    newest
        .map(|event| {
            let time = event.last_timestamp.as_ref().map(|time| time.0);
            let time = time.or_else(|| event.event_time.as_ref().map(|time| time.0));
            let object = &event.involved_object;
            let text = format!(
                "{} {} on {} {}: {}",
                event.type_.as_deref().unwrap_or("Event"),
                event.reason.as_deref().unwrap_or_default(),
                object.kind.as_deref().unwrap_or_default(),
                object.name.as_deref().unwrap_or_default(),
                event.message.as_deref().unwrap_or_default()
            );
            Fact::at(text, time)
        })
        .collect()
}

fn around(facts: &Facts) -> Vec<Fact> {
    let mut all = Vec::new();
    for service in &facts.extra.services {
        all.push(Fact::new(format!(
            "{} has {} of {} endpoints ready",
            service.service.short(),
            service.ready_endpoints,
            service.endpoints
        )));
    }
    for scaler in &facts.around.autoscalers {
        let (Some(spec), name) = (scaler.spec.as_ref(), scaler.metadata.name.as_deref().unwrap_or_default()) else {
            continue;
        };
        let now = scaler.status.as_ref().and_then(|status| status.current_replicas).unwrap_or(0);
        let least = spec.min_replicas.unwrap_or(1);
        all.push(Fact::new(format!(
            "autoscaler {name} scales it, {least} to {} replicas, now {now}",
            spec.max_replicas
        )));
    }
    for missing in &facts.extra.missing {
        all.push(Fact::new(match missing.name.as_str() {
            "" => format!("the cluster serves no {}", missing.kind),
            _ => format!("{} does not exist", missing.short()),
        }));
    }
    for map in &facts.extra.config_maps {
        let keys: Vec<&str> = map.data.iter().flatten().map(|(key, _)| key.as_str()).collect();
        let name = map.metadata.name.as_deref().unwrap_or_default();
        all.push(Fact::new(format!("configmap {name} has the keys {}", or_none(&keys.join(" ")))));
    }
    all
}

fn gaps(facts: &Facts) -> Vec<Fact> {
    facts
        .extra
        .unreadable
        .iter()
        .map(|(what, why)| Fact::new(format!("{} could not be read: {why}", what.short())))
        .collect()
}

fn attempts(plans: &[Arc<RemediationPlan>]) -> Option<Section> {
    let facts: Vec<Fact> = tried(plans).into_iter().map(Fact::new).collect();
    (!facts.is_empty()).then_some(Section {
        title: "WHAT WAS TRIED",
        value: 100,
        facts,
        is_story: false,
        most: usize::MAX,
    })
}

/// One line per plan that ended without success, newest first.
pub fn tried(plans: &[Arc<RemediationPlan>]) -> Vec<String> {
    let mut ended: Vec<_> = plans
        .iter()
        .filter_map(|plan| Some((plan, plan.status.as_ref()?)))
        .filter(|(_, status)| ["Failed", "RolledBack"].contains(&status.state.as_str()))
        .collect();
    ended.sort_by_key(|(plan, _)| std::cmp::Reverse(plan.spec.attempt));
    ended
        .iter()
        .take(5)
        .map(|(plan, status)| {
            let actions: Vec<&str> = plan.spec.actions.iter().map(|action| action.action_type.as_str()).collect();
            let result = short(&redact::secrets(status.result.as_deref().unwrap_or("no reason given")), 200);
            format!("attempt {}: {} ended {}: {result}", plan.spec.attempt, actions.join(", "), status.state.as_str())
        })
        .collect()
}

/// At most `limit` bytes, and no half word at their end.
fn short(text: &str, limit: usize) -> String {
    let cut = redact::cut(text, limit);
    match cut.rfind(char::is_whitespace).filter(|end| cut.len() < text.len() && *end > limit / 2) {
        Some(end) => format!("{}…", cut[..end].trim_end()),
        None => cut,
    }
}

fn ago(now: Timestamp, then: Timestamp) -> String {
    let seconds = now.duration_since(then).as_secs();
    match seconds {
        ..0 => "just now".to_owned(),
        0..120 => format!("{seconds} s ago"),
        120..7200 => format!("{} min ago", seconds / 60),
        7200..172_800 => format!("{} h ago", seconds / 3600),
        _ => format!("{} days ago", seconds / 86_400),
    }
}
