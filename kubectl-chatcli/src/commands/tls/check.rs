//! `kubectl chatcli tls check`: why a handshake fails, from the Secret and from the server itself.

use std::time::Duration;

use common::api::keys::OPERATOR_SERVICE_ACCOUNT;
use common::tls::{Inspection, Material, Problem, inspect, keys, look, verify};
use kube::api::DynamicObject;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use super::{data, get, names};
use crate::cli::CheckArgs;
use crate::commands::{Context, conclude};
use crate::failure::{Exit, Failure};
use crate::kube::{Cluster, Right};
use crate::output::certificate;
use crate::output::checks::Check;

/// Runs the command.
pub async fn run(args: &CheckArgs, context: &Context<'_>) -> Result<Exit, Failure> {
    let cluster = context.cluster().await?;
    let secret = get(&cluster, &args.secret).await?;
    let names = names::all(&args.names, &args.secret, &cluster).await?;
    // A port-forward's name is a convenience, not something clients in the cluster dial.
    let dialled: Vec<_> = names.into_iter().filter(|name| name != "localhost").collect();
    let data = data(&secret);
    let material = Material::of(&data);
    let seen = inspect(&material, &dialled, context.clock.now);
    let mut checks = of_secret(&seen, &dialled, &args.secret, context);
    checks.push(readable(&cluster, &secret, args).await);
    if let Some(address) = &args.connect {
        checks.extend(of_server(address, &material, &seen, &dialled, args, context).await);
    }
    conclude(&checks, args.output, context)
}

fn of_secret(seen: &Inspection, dialled: &[String], name: &str, context: &Context<'_>) -> Vec<Check> {
    let scope = context.scope();
    let mut checks: Vec<_> =
        seen.problems.iter().map(|problem| certificate::problem(problem, &remedy(problem, name, &scope))).collect();
    let failed = |what: &str| checks.iter().any(|check| check.name == what);
    let mut well = Vec::new();
    if let Some(own) = seen.chain.first() {
        if !failed("names") {
            well.push(if dialled.is_empty() {
                Check::unchecked(
                    "names",
                    format!("it is for {}; nothing says which name is dialled", own.names.join(", ")),
                )
                .next("name the Service: add --service NAME, or --address NAME")
            } else {
                Check::ok("names", format!("it is for {}", dialled.join(", ")))
            });
        }
        if !failed("authority") {
            well.push(Check::ok("authority", format!("ca.crt vouches for it: {}", own.issuer)));
        }
        if !failed("validity") {
            well.push(Check::ok("validity", format!("valid until {}", own.not_after)));
        }
        if !failed("key") && !failed("contents") {
            well.push(Check::ok("key", format!("tls.key fits, {}", own.key)));
        }
    }
    checks.extend(well);
    checks
}

fn remedy(problem: &Problem, name: &str, scope: &str) -> String {
    match problem {
        Problem::Missing { key: keys::AUTHORITY } | Problem::UnknownAuthority { .. } => format!(
            "put the authority's certificate into ca.crt of the secret, or make a new set: kubectl chatcli tls rotate {name}{scope}"
        ),
        Problem::NotYetValid { .. } => "compare the clocks: kubectl chatcli doctor".to_owned(),
        _ => format!("make a new certificate: kubectl chatcli tls rotate {name}{scope}"),
    }
}

/// The operator takes its trust from the Secret, and must be allowed to read it.
async fn readable(cluster: &Cluster, secret: &DynamicObject, args: &CheckArgs) -> Check {
    let name = secret.metadata.name.clone().unwrap_or_default();
    let (namespace, home) = (cluster.namespace(), args.operator_namespace.as_str());
    let right = Right::new("get", "", "secrets").on(&name);
    match cluster.may_account((home, OPERATOR_SERVICE_ACCOUNT), &right, Some(namespace)).await {
        Ok(true) => Check::ok("permissions", format!("the operator in {home} may read it")),
        Ok(false) => Check::fail("permissions", format!("the operator in {home} may not read it")).next(format!(
            "kubectl create role chatcli-read-{name} -n {namespace} --verb=get --resource=secrets --resource-name={name} && kubectl \
             create rolebinding chatcli-read-{name} -n {namespace} --role=chatcli-read-{name} --serviceaccount={home}:{OPERATOR_SERVICE_ACCOUNT}"
        )),
        Err(why) => {
            Check::unchecked("permissions", format!("whether the operator may read it is not known: {}", why.message()))
        }
    }
}

/// What is really served: a Secret that was renewed after the pod started is not what clients see.
async fn of_server(
    address: &str,
    material: &Material<'_>,
    seen: &Inspection,
    dialled: &[String],
    args: &CheckArgs,
    context: &Context<'_>,
) -> Vec<Check> {
    let fallback = seen.chain.first().and_then(|own| own.names.first());
    let Some(name) = dialled.first().or(fallback) else {
        return vec![Check::unchecked("server", "nothing says which name to ask for").next("add --address NAME")];
    };
    let limit = args.timeout.0.unwrap_or(Duration::from_secs(60));
    let served = {
        let _busy = context.ui.busy(format!("shaking hands with {address}"));
        look(address, name, limit).await
    };
    let served = match served {
        Ok(served) => served,
        Err(why) => return vec![Check::fail("server", why.to_string())],
    };
    let roots: Vec<_> =
        CertificateDer::pem_slice_iter(material.authority.unwrap_or_default()).filter_map(Result::ok).collect();
    let problems = verify(&served.chain, &roots, std::slice::from_ref(name), context.clock.now);
    let own = served.chain.first();
    let stored = CertificateDer::pem_slice_iter(material.certificate.unwrap_or_default()).find_map(Result::ok);
    let mut checks = Vec::new();
    if own.is_some() && own != stored.as_ref() {
        checks.push(
            Check::warn("server", "the server serves another certificate than the secret holds")
                .next("its pods read it when they start: kubectl rollout restart, or tls rotate --restart"),
        );
    }
    if !served.speaks_http2 {
        checks.push(Check::fail("server", "the server does not offer HTTP/2, which gRPC needs"));
    }
    checks.extend(problems.iter().filter(|problem| !problem.is_warning()).map(|problem| {
        let mut check = certificate::problem(problem, &remedy(problem, &args.secret, &context.scope()));
        check.name = format!("server {}", check.name);
        check
    }));
    if checks.is_empty() {
        checks.push(Check::ok("server", format!("a handshake as {name} succeeds ({})", served.protocol)));
    }
    checks
}
