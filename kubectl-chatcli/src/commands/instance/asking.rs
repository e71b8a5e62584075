//! `instance create` as a conversation: what the flags do not say is asked for, each answer is judged at once, and nothing is written before
//! the last one.

use common::actions::Quantity;
use common::api::instance::PROVIDERS;
use common::tls::service_names;

use super::target;
use crate::cli::{DryRun, GenerateArgs, InstanceCreateArgs, IssueArgs, KeyArg, NameArgs, Validity};
use crate::commands::{Context, tls};
use crate::failure::Failure;
use crate::kube::{Cluster, Kind, nearest};

/// The arguments with every gap filled in. Who gave a name and a provider is not asked anything.
pub fn complete(args: &InstanceCreateArgs, context: &Context<'_>) -> Result<InstanceCreateArgs, Failure> {
    let mut args = args.clone();
    if let Some(name) = &args.name {
        is_service_name(name).map_err(Failure::new)?;
    }
    if args.name.is_some() && args.provider.is_some() {
        return Ok(args);
    }
    if args.name.is_none() {
        let name = ask(context, "Name of the server and of its Service", Some("chatcli"), is_service_name)?;
        args.name = Some(name.ok_or_else(|| missing("a name", "kubectl chatcli instance create NAME"))?);
    }
    if args.provider.is_none() {
        // Not in the question: one that is longer than a line is drawn twice.
        let known = format!("Model providers: {}", PROVIDERS.join(", "));
        let provider = ask(context, "Model provider (? lists them)", None, |text| {
            if text == "?" { Err(known.clone()) } else { provider(text).map(drop) }
        })?;
        let provider = provider.ok_or_else(|| missing("a model provider", "--provider PROVIDER"))?;
        args.provider = Some(provider.to_uppercase());
    }
    if args.model.is_none() {
        args.model = optional(context, "Model (Enter: the provider's own choice)", |_| Ok(()))?;
    }
    if args.api_keys.is_none() {
        args.api_keys = optional(context, "Secret with the provider's keys (Enter: none)", is_object_name)?;
    }
    if args.server_token.is_none() {
        let question = "Secret with its callers' token, SECRET[/KEY] (Enter: everybody may call)";
        args.server_token = optional(context, question, |text| is_object_name(text.split('/').next().unwrap_or(text)))?;
    }
    if args.tls.is_none() {
        args.tls = optional(context, "Secret with its certificate (Enter: none, plain text)", is_object_name)?;
    }
    if args.sessions.is_none() {
        args.sessions = optional(context, "Size of a volume for sessions, such as 1Gi (Enter: none)", is_size)?;
    }
    while let Some(workload) =
        optional(context, "Workload to watch, KIND/NAMESPACE/NAME (Enter: no more)", is_workload)?
    {
        args.watch.push(workload);
    }
    Ok(args)
}

/// Makes the certificate that was named and is not there, if the person wants that. Returns without a word where nothing is missing.
pub async fn offer_certificate(
    secret: &str,
    name: &str,
    cluster: &Cluster,
    context: &Context<'_>,
) -> Result<(), Failure> {
    let kind = Kind::of("", "v1", "Secret", "secrets");
    // Who may not look is not asked: the operator will say what is missing.
    let Ok(None) = cluster.find(&kind, Some(cluster.namespace()), secret).await else { return Ok(()) };
    let names = service_names(name, cluster.namespace(), CLUSTER_DOMAIN);
    context.ui.note(&format!("there is no secret {secret}; a certificate for {} can be made", names[0]));
    if !context.ui.confirm("Make it now?")? {
        context.ui.note(&format!(
            "the server waits for it: kubectl chatcli tls generate {secret} -n {}",
            cluster.namespace()
        ));
        return Ok(());
    }
    let request = GenerateArgs {
        secret: secret.to_owned(),
        names: NameArgs { addresses: names, cluster_domain: CLUSTER_DOMAIN.to_owned(), ..NameArgs::default() },
        issue: IssueArgs { key: KeyArg::Ecdsa, valid_for: Validity::YEAR },
        rotate: false,
        dry_run: DryRun::None,
        output: None,
    };
    tls::generate(&request, context).await.map(drop)
}

const CLUSTER_DOMAIN: &str = "cluster.local";

fn missing(what: &str, flag: &str) -> Failure {
    Failure::new(format!("cannot ask for {what}: this is no terminal")).hint(format!("give it: {flag}"))
}

/// One answer that passes; `None` where nobody can be asked.
fn ask(
    context: &Context<'_>,
    question: &str,
    otherwise: Option<&str>,
    judge: impl Fn(&str) -> Result<(), String>,
) -> Result<Option<String>, Failure> {
    let shown = otherwise.map_or_else(|| question.to_owned(), |text| format!("{question} (Enter: {text})"));
    loop {
        let Some(answer) = context.ui.ask(&shown)? else { return Ok(None) };
        let answer = if answer.is_empty() { otherwise.unwrap_or_default().to_owned() } else { answer };
        match judge(&answer) {
            Ok(()) => return Ok(Some(answer)),
            Err(why) => context.ui.note(&why),
        }
    }
}

/// One answer that passes, or none.
fn optional(
    context: &Context<'_>,
    question: &str,
    judge: impl Fn(&str) -> Result<(), String>,
) -> Result<Option<String>, Failure> {
    let answer = ask(context, question, None, |text| if text.is_empty() { Ok(()) } else { judge(text) })?;
    Ok(answer.filter(|text| !text.is_empty()))
}

/// The provider as it is written, whatever the case.
fn provider(text: &str) -> Result<&'static str, String> {
    let upper = text.to_uppercase();
    PROVIDERS.iter().copied().find(|known| *known == upper).ok_or_else(|| {
        let near = nearest(&upper, PROVIDERS.iter().copied());
        let near = near.map(|near| format!("; did you mean {near}?")).unwrap_or_default();
        format!("{text:?} is no provider{near}")
    })
}

/// RFC 1035, as a Service has to be named.
fn is_service_name(text: &str) -> Result<(), String> {
    let is_letter = |c: char| c.is_ascii_lowercase();
    let fits = text.len() <= 63 && text.starts_with(is_letter) && !text.ends_with('-');
    if fits && text.chars().all(|c| is_letter(c) || c.is_ascii_digit() || c == '-') {
        return Ok(());
    }
    Err(format!("{text:?} names no Service: at most 63 small letters, digits and -, a letter first"))
}

/// RFC 1123, as a Secret has to be named.
fn is_object_name(text: &str) -> Result<(), String> {
    let is_end = |c: Option<char>| c.is_some_and(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    let fits = text.len() <= 253 && is_end(text.chars().next()) && is_end(text.chars().last());
    if fits && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '.')) {
        return Ok(());
    }
    Err(format!("{text:?} names no Secret: small letters, digits, - and ., such as chatcli-api-keys"))
}

fn is_size(text: &str) -> Result<(), String> {
    match Quantity::parse(text) {
        Some(_) => Ok(()),
        None => Err(format!("{text:?} is no size: write it as 1Gi or 500Mi")),
    }
}

fn is_workload(text: &str) -> Result<(), String> {
    target(text).map(drop).map_err(|failure| {
        let hint = failure.hints().first().map(|hint| format!(": {hint}")).unwrap_or_default();
        format!("{}{hint}", failure.message())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_is_taken_in_any_case_and_a_slip_is_answered_with_the_nearest() {
        assert_eq!(provider("ollama"), Ok("OLLAMA"));
        assert_eq!(provider("OPENAY"), Err("\"OPENAY\" is no provider; did you mean OPENAI?".to_owned()));
    }

    #[test]
    fn names_are_judged_as_the_api_server_will() {
        for (name, service, object) in [
            ("chatcli", true, true),
            ("1st", false, true),
            ("a.b", false, true),
            ("A", false, false),
            ("a-", false, false),
            ("", false, false),
        ] {
            assert_eq!((is_service_name(name).is_ok(), is_object_name(name).is_ok()), (service, object), "{name}");
        }
    }
}
