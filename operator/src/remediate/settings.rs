//! What an administrator has set for incidents: `spec.aiops` of an Instance.
//!
//! In: the Instances there are, the namespace of an incident. Out: the numbers that hold for it. Upstream takes those of whichever Instance a
//! list names first; here it is the Instance of the incident's own namespace, else of the operator's, else the oldest of all.

use common::api::Instance;
use jiff::SignedDuration;
use kube::ResourceExt as _;

/// Attempts before a person is asked.
const MAX_ATTEMPTS: i32 = 5;
/// Steps a model may name.
const AGENTIC_STEPS: i32 = 10;

/// What holds for the incidents of a namespace.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Settings {
    /// Attempts before a person is asked.
    pub max_attempts: i32,
    /// How long after its end a returning fault re-opens an incident; after that it is a new one.
    pub cooldown: SignedDuration,
    /// Whether an incident that was handed to people ends by itself when its signals are clear.
    pub auto_resolve: bool,
    /// Steps a model may name for one incident.
    pub agentic_steps: i32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            max_attempts: MAX_ATTEMPTS,
            cooldown: crate::detect::COOLDOWN,
            auto_resolve: true,
            agentic_steps: AGENTIC_STEPS,
        }
    }
}

impl Settings {
    /// Those of a namespace.
    pub fn of<'a>(
        instances: impl IntoIterator<Item = &'a Instance>,
        namespace: &str,
        operator_namespace: &str,
    ) -> Self {
        let rank = |instance: &&Instance| {
            let home = instance.namespace().unwrap_or_default();
            let near = [namespace, operator_namespace].iter().position(|place| *place == home).unwrap_or(2);
            (near, instance.creation_timestamp(), home, instance.name_any())
        };
        let with_settings = instances.into_iter().filter(|instance| instance.spec.aiops.is_some());
        let Some(aiops) = with_settings.min_by_key(rank).and_then(|instance| instance.spec.aiops.as_ref()) else {
            return Self::default();
        };
        let usual = Self::default();
        Self {
            max_attempts: aiops.max_remediation_attempts.unwrap_or(usual.max_attempts),
            cooldown: aiops
                .resolution_cooldown_minutes
                .map_or(usual.cooldown, |it| SignedDuration::from_mins(it.into())),
            auto_resolve: aiops.enable_auto_resolve.unwrap_or(usual.auto_resolve),
            agentic_steps: aiops.agentic_max_steps.unwrap_or(usual.agentic_steps),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn instance(namespace: &str, aiops: &Value) -> Instance {
        let spec = json!({ "provider": "OPENAI", "aiops": aiops });
        serde_json::from_value(json!({
            "apiVersion": "platform.chatcli.io/v1alpha1", "kind": "Instance",
            "metadata": { "name": "prod", "namespace": namespace }, "spec": spec
        }))
        .unwrap()
    }

    #[test]
    fn the_nearest_instance_that_says_something_is_heard() {
        let all = [
            instance("elsewhere", &json!({ "maxRemediationAttempts": 1 })),
            instance("chatcli-system", &json!({ "maxRemediationAttempts": 2, "enableAutoResolve": false })),
            instance("shop", &json!({ "maxRemediationAttempts": 3, "resolutionCooldownMinutes": 30 })),
            instance("bare", &Value::Null),
        ];
        let of = |namespace: &str| Settings::of(&all, namespace, "chatcli-system");
        assert_eq!(
            of("shop"),
            Settings { max_attempts: 3, cooldown: SignedDuration::from_mins(30), ..Settings::default() }
        );
        assert_eq!((of("bare").max_attempts, of("bare").auto_resolve), (2, false));
        assert_eq!(Settings::of(&all[..1], "shop", "chatcli-system").max_attempts, 1);
        assert_eq!(Settings::of([], "shop", "chatcli-system"), Settings::default());
    }
}
