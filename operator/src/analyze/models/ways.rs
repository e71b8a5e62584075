//! Whom to ask about an incident: the Instance that may hear of it, and the ways it offers.
//!
//! What is known of a namespace is told to an Instance of that namespace, to one of the operator's own namespace, or to the one an
//! administrator named with --model-instance; never to one that anybody made elsewhere.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use common::api::Instance;
use common::api::instance::FallbackSpec;
use k8s_openapi::api::core::v1::Secret;
use kube::{Api, ResourceExt as _};

use crate::config::ModelMode;
use crate::llm::aws::sts::Role;
use crate::llm::breaker::Pace;
use crate::llm::builtin::{self, Builtin, Key};
use crate::llm::chatcli::Servers;
use crate::llm::desk::{Desk, Way};
use crate::llm::providers;
use crate::llm::upstream::{self, Upstream};
use crate::runtime::{Context, ObjectKey, ReadError, read};

/// Tries after the first where the Instance does not say.
const RETRIES: u32 = 2;

/// The Instance that is asked about incidents of a namespace; none where rules alone shall answer.
pub fn instance_for(ctx: &Context, namespace: &str) -> Option<Arc<Instance>> {
    if ctx.config.model_mode == ModelMode::Rules {
        return None;
    }
    if let Some(named) = &ctx.config.model_instance {
        return ctx.stores.instances.get(&named_instance(named, &ctx.namespace));
    }
    let of = |wanted: &str| {
        let mut all = ctx.stores.instances.filter(|instance| {
            instance.namespace().as_deref() == Some(wanted) && instance.metadata.deletion_timestamp.is_none()
        });
        all.sort_by_key(|instance| (!instance.status.as_ref().is_some_and(|status| status.ready), instance.name_any()));
        all.into_iter().next()
    };
    of(namespace).or_else(|| of(&ctx.namespace))
}

/// The ways of an Instance, best first; where there is none, why.
pub async fn of(
    ctx: &Context,
    servers: &Servers,
    desk: &Desk,
    instance: &Instance,
) -> Result<(Vec<Way>, String), ReadError> {
    let key = ObjectKey::of(instance);
    let account = key.to_string();
    let spec = &instance.spec;
    let fallback = spec.fallback.as_ref().filter(|fallback| fallback.enabled);
    let pace = fallback.map(pace).unwrap_or_default();
    let retries = fallback.and_then(|it| it.max_retries).and_then(|it| u32::try_from(it).ok()).unwrap_or(RETRIES);
    let mode = ctx.config.model_mode;
    let (mut ways, mut missing) = (Vec::new(), Vec::new());

    if matches!(mode, ModelMode::Auto | ModelMode::Upstream) {
        match servers.get(&key) {
            Some(server) => {
                let model = providers::model_for_server(&spec.provider, spec.model.as_deref());
                let provider = spec.provider.clone();
                let deadline = upstream::DEADLINE.min(ctx.config.model_deadline());
                let server = Arc::new(server.apart());
                let analyst = Upstream { server, provider, model, account: account.clone(), deadline };
                ways.push(Way { analyst: Box::new(analyst), pace, retries });
            }
            None => missing.push("its server cannot be asked".to_owned()),
        }
    }
    if matches!(mode, ModelMode::Auto | ModelMode::Builtin) {
        let (mut settings, role) = match settings(ctx, instance).await? {
            Ok(settings) => (settings, own_role(ctx, &key)),
            Err(why) => {
                missing.push(why);
                (BTreeMap::new(), None)
            }
        };
        if let Some(region) = ctx.config.aws_region.as_ref().filter(|_| role.is_some()) {
            settings.entry("AWS_REGION".to_owned()).or_insert_with(|| region.clone());
        }
        let others =
            fallback.into_iter().flat_map(|it| &it.providers).map(|it| (it.name.as_str(), it.model.as_deref()));
        for (name, model) in std::iter::once((spec.provider.as_str(), spec.model.as_deref())).chain(others) {
            match direct(desk, &account, name, model, &settings, role.as_ref(), ctx.config.model_deadline()) {
                Ok(analyst) => ways.push(Way { analyst: Box::new(analyst), pace, retries }),
                Err(why) => missing.push(why),
            }
        }
    }
    Ok((ways, format!("Instance {account}: {}", missing.join("; "))))
}

fn direct(
    desk: &Desk,
    account: &str,
    name: &str,
    model: Option<&str>,
    settings: &BTreeMap<String, String>,
    role: Option<&Role>,
    deadline: Duration,
) -> Result<Builtin, String> {
    let provider = providers::find(name)?;
    let key = Key::of(provider, settings, role, desk)?;
    // Without this setting a server that nobody runs would be looked for at every incident.
    if provider.name == "OLLAMA" && settings.get("OLLAMA_ENABLED").is_none_or(|value| value != "true") {
        return Err("OLLAMA_ENABLED is not true".to_owned());
    }
    Ok(Builtin {
        http: Arc::clone(&desk.http),
        provider,
        endpoint: provider.endpoint(model, |name| settings.get(name).cloned()),
        key,
        account: account.to_owned(),
        deadline: builtin::DEADLINE.min(deadline),
    })
}

fn own_role(ctx: &Context, instance: &ObjectKey) -> Option<Role> {
    Role::given(&ctx.config)
        .filter(|_| may_use_own_role(instance, &ctx.namespace, ctx.config.model_instance.as_deref()))
}

/// Only Instances that an administrator made or named: elsewhere, whoever makes one would spend the operator's role, and choose where to.
fn may_use_own_role(instance: &ObjectKey, home: &str, named: Option<&str>) -> bool {
    instance.namespace == home || named.is_some_and(|named| named_instance(named, home) == *instance)
}

fn named_instance(named: &str, home: &str) -> ObjectKey {
    let (namespace, name) = named.split_once('/').unwrap_or((home, named));
    ObjectKey::new(namespace, name)
}

/// The environment that the Instance's server has, as far as it matters here: its Secret, and literal variables, which win.
async fn settings(ctx: &Context, instance: &Instance) -> Result<Result<BTreeMap<String, String>, String>, ReadError> {
    let namespace = instance.namespace().unwrap_or_default();
    let mut settings = BTreeMap::new();
    if let Some(keys) = instance.spec.api_keys.as_ref().filter(|keys| !keys.name.is_empty()) {
        let secrets: Api<Secret> = Api::namespaced(ctx.clients.read.clone(), &namespace);
        match read(secrets.get_opt(&keys.name)).await {
            Ok(Some(secret)) => settings.extend(
                secret
                    .data
                    .unwrap_or_default()
                    .into_iter()
                    .filter_map(|(name, value)| Some((name, String::from_utf8(value.0).ok()?))),
            ),
            Ok(None) => {
                return Ok(Err(format!("Secret {namespace}/{}, which spec.apiKeys names, does not exist", keys.name)));
            }
            Err(ReadError::Failed(kube::Error::Api(status))) if status.code == 403 => {
                return Ok(Err(format!(
                    "the operator may not read Secret {namespace}/{}: kubectl chatcli instance grant {} -n {namespace} | kubectl apply -f -",
                    keys.name,
                    instance.name_any()
                )));
            }
            Err(error) => return Err(error),
        }
    }
    for variable in &instance.spec.extra_env {
        if let Some(value) = &variable.value {
            settings.insert(variable.name.clone(), value.clone());
        }
    }
    Ok(Ok(settings))
}

fn pace(fallback: &FallbackSpec) -> Pace {
    let of = |text: &Option<String>| text.as_deref().and_then(duration);
    let usual = Pace::default();
    Pace {
        base: of(&fallback.cooldown_base).unwrap_or(usual.base),
        longest: of(&fallback.cooldown_max).unwrap_or(usual.longest),
    }
}

/// Go's durations in whole and fractional units, as the schema lets through.
fn duration(text: &str) -> Option<Duration> {
    let mut rest = text.trim().trim_start_matches('+');
    let mut total = 0.0;
    while !rest.is_empty() && rest != "0" {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let number: f64 = rest[..digits].parse().ok()?;
        let units = [
            ("ns", 1e-9),
            ("us", 1e-6),
            ("µs", 1e-6),
            ("μs", 1e-6),
            ("ms", 1e-3),
            ("s", 1.0),
            ("m", 60.0),
            ("h", 3600.0),
        ];
        let (unit, size) = units.iter().find(|(unit, _)| rest[digits..].starts_with(unit))?;
        total += number * size;
        rest = &rest[digits + unit.len()..];
    }
    Duration::try_from_secs_f64(total).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_operators_own_role_serves_no_instance_that_anybody_may_have_made() {
        let may = |instance: &str, named| {
            let (namespace, name) = instance.split_once('/').unwrap();
            may_use_own_role(&ObjectKey::new(namespace, name), "chatcli-system", named)
        };
        assert!(may("chatcli-system/any", None) && may("models/main", Some("models/main")));
        assert!(!may("shop/any", None) && !may("shop/main", Some("main")) && !may("models/other", Some("models/main")));
    }

    #[test]
    fn pauses_are_read_as_the_schema_allows_them() {
        assert_eq!(duration("1m30s"), Some(Duration::from_secs(90)));
        assert_eq!(duration("1.5h"), Some(Duration::from_secs(5400)));
        assert_eq!(duration("300ms"), Some(Duration::from_millis(300)));
        assert_eq!(duration("0"), Some(Duration::ZERO));
        assert_eq!(duration("soon"), None);
    }
}
