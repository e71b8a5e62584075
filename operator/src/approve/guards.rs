//! The admission objects that make votes evidence: are they there, are they ours, do they work?
//!
//! In: the API server's answers. Out: the identity of every guard, to be sealed into a request, or why no vote can be trusted. Never: repairs
//! them; that is the administrator's word to say.
//!
//! Three questions, because each alone can be fooled: is the content what this program ships (an edited rule), is it the very object a request
//! was opened under (deleted, a vote cast, created again), and does the server refuse a forged vote right now (not yet in effect).

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use common::{
    api::{
        ApprovalVote, NameRef,
        approval_request::SealedGuard,
        approval_vote::{ApprovalVoteSpec, VoteDecision, Voter},
        keys::{ADMISSION_PARAMS, OPERATOR_NAMESPACE, OPERATOR_SERVICE_ACCOUNT},
    },
    naming,
};
use k8s_openapi::api::{
    admissionregistration::v1::{ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding},
    authentication::v1::SelfSubjectReview,
    core::v1::ConfigMap,
};
use kube::{
    Api, ResourceExt as _,
    api::{ApiResource, DynamicObject, ListParams, PostParams},
};
use serde::Deserialize as _;
use serde_json::Value;

use crate::runtime::{Change, Context, Controller, Error, Next, Object, ObjectKey, ReadError, Stores, read};

/// Found on every guard; also what the watches select by.
pub(super) const LABEL: &str = "app.kubernetes.io/part-of=chatcli";

const SHIPPED: &[&str] = &[
    include_str!("../../../manifests/admission/audit.yaml"),
    include_str!("../../../manifests/admission/authors.yaml"),
    include_str!("../../../manifests/admission/brakes.yaml"),
    include_str!("../../../manifests/admission/deletions.yaml"),
    include_str!("../../../manifests/admission/marks.yaml"),
    include_str!("../../../manifests/admission/params-guard.yaml"),
    include_str!("../../../manifests/admission/plans.yaml"),
    include_str!("../../../manifests/admission/policies.yaml"),
    include_str!("../../../manifests/admission/requests.yaml"),
    include_str!("../../../manifests/admission/votes.yaml"),
];

/// Why no vote can be trusted now.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{0}")]
pub struct Unverified(pub String);

/// Why it is not known that votes can be trusted.
#[derive(Debug, thiserror::Error)]
pub enum GuardError {
    /// They cannot.
    #[error(transparent)]
    Unverified(#[from] Unverified),
    /// The server could not be asked; try again.
    #[error("the guards of votes could not be read: {0}")]
    Read(#[from] ReadError),
}

/// Reads every guard and compares it with what this program ships. Gives their identities, sorted.
pub async fn inspect(ctx: &Context) -> Result<Vec<SealedGuard>, GuardError> {
    let client = &ctx.clients.read;
    let labelled = ListParams::default().labels(LABEL);
    let policies: Api<DynamicObject> =
        Api::all_with(client.clone(), &ApiResource::erase::<ValidatingAdmissionPolicy>(&()));
    let bindings: Api<DynamicObject> =
        Api::all_with(client.clone(), &ApiResource::erase::<ValidatingAdmissionPolicyBinding>(&()));
    let params: Api<ConfigMap> = Api::namespaced(client.clone(), &ctx.namespace);
    let whoami: Api<SelfSubjectReview> = Api::all(client.clone());
    let (post, question) = (PostParams::default(), SelfSubjectReview::default());
    let (policies, bindings, params, me) = futures::try_join!(
        read(policies.list(&labelled)),
        read(bindings.list(&labelled)),
        read(params.get_opt(ADMISSION_PARAMS)),
        read(whoami.create(&post, &question)),
    )?;

    let me = me.status.and_then(|status| status.user_info).and_then(|user| user.username).unwrap_or_default();
    let mut sealed = Vec::new();
    for guard in shipped(&ctx.namespace, &me)? {
        let live = match guard.kind.as_str() {
            POLICY => policies.items.iter(),
            _ => bindings.items.iter(),
        };
        let live = live.into_iter().find(|live| live.name_any() == guard.name);
        sealed.push(guard.compare(live)?);
    }
    sealed.push(compare_params(params.as_ref(), &me, &ctx.namespace)?);
    sealed.sort();
    Ok(sealed)
}

/// [`inspect`], and the proof: a vote in another's name, sent as a dry run, is refused by the policy.
pub async fn prove(ctx: &Context, namespace: &str) -> Result<Vec<SealedGuard>, GuardError> {
    let sealed = inspect(ctx).await?;
    let votes: Api<ApprovalVote> = Api::namespaced(ctx.clients.read.clone(), namespace);
    let dry_run = PostParams { dry_run: true, ..PostParams::default() };
    match read(votes.create(&dry_run, &forged(namespace))).await {
        Ok(_) => Err(Unverified("the API server accepts a vote cast in another's name".to_owned()).into()),
        Err(ReadError::Failed(kube::Error::Api(status))) if was_refused_by_the_policy(&status.message) => Ok(sealed),
        Err(ReadError::Failed(kube::Error::Api(status))) => {
            let message = format!(
                "a vote cast in another's name was not refused by the policy chatcli-votes but: {}",
                status.message
            );
            Err(Unverified(message).into())
        }
        Err(error) => Err(error.into()),
    }
}

/// Proves the guards when the operator starts, after each change to one of them, and once in a while.
pub(super) struct Watchman {
    /// The operator's namespace, which is there when the operator starts, guards or none.
    pub(super) namespace: String,
}

/// How soon guards that did not hold are proven again, and how often those that did.
const AGAIN: (Duration, Duration) = (Duration::from_secs(30), Duration::from_secs(30 * 60));

impl Controller for Watchman {
    type Key = ObjectKey;
    type Error = Error;
    const NAME: &'static str = "voteguards";
    const CONCURRENCY: usize = 1;

    fn wake(&self, _: &Stores, change: &Change) -> Vec<ObjectKey> {
        match &change.object {
            Object::Other { kind, .. } if *kind == super::GUARD => vec![ObjectKey::new("", "guards")],
            Object::Namespace(namespace) if namespace.name_any() == self.namespace => {
                vec![ObjectKey::new("", "guards")]
            }
            _ => Vec::new(),
        }
    }

    async fn reconcile(&self, ctx: &Arc<Context>, _: &ObjectKey) -> Result<Next, Error> {
        match prove(ctx, &ctx.namespace).await {
            Ok(_) => {
                if ctx.metrics.vote_guards_intact.set(1) == 0 {
                    tracing::info!("the guards of votes hold: a forged vote was refused");
                }
                Ok(Next::In(AGAIN.1))
            }
            Err(GuardError::Unverified(Unverified(why))) => {
                ctx.metrics.vote_guards_intact.set(0);
                tracing::warn!(why, "no vote counts until the guards of votes are restored (kubectl chatcli install)");
                Ok(Next::In(AGAIN.0))
            }
            Err(GuardError::Read(error)) => Err(error.into()),
        }
    }
}

fn was_refused_by_the_policy(message: &str) -> bool {
    message.contains("ValidatingAdmissionPolicy 'chatcli-votes'") && message.contains("denied request")
}

/// A vote nobody cast.
fn forged(namespace: &str) -> ApprovalVote {
    let spec = ApprovalVoteSpec {
        request_ref: NameRef::new("a-forged-vote-must-be-refused"),
        plan_digest: format!("sha256:{}", naming::hash(&["forged"], 64)),
        decision: VoteDecision::Approve,
        reason: Some("proof that the guards of votes hold; sent as a dry run".to_owned()),
        override_blockers: Vec::new(),
        emergency: None,
        voter: Voter { username: "somebody-else".to_owned(), ..Voter::default() },
    };
    let mut vote = ApprovalVote::new("a-forged-vote-must-be-refused", spec);
    vote.metadata.namespace = Some(namespace.to_owned());
    vote
}

const POLICY: &str = "ValidatingAdmissionPolicy";

/// One guard as shipped.
#[derive(Clone, Debug)]
struct Guard {
    kind: String,
    name: String,
    spec: Value,
}

static GUARDS: LazyLock<Result<Vec<Guard>, String>> = LazyLock::new(|| {
    let mut guards = Vec::new();
    for text in SHIPPED {
        let objects: Vec<Value> = serde_saphyr::from_multiple(text).map_err(|error| error.to_string())?;
        for object in objects {
            let object = DynamicObject::deserialize(object).map_err(|error| error.to_string())?;
            let kind = object.types.as_ref().map(|types| types.kind.clone()).unwrap_or_default();
            guards.push(Guard { kind, name: object.name_any(), spec: object.data["spec"].clone() });
        }
    }
    Ok(guards)
});

/// What `install` applies for an operator in that namespace, running as that user.
fn shipped(namespace: &str, user: &str) -> Result<Vec<Guard>, Unverified> {
    let guards =
        GUARDS.as_ref().map_err(|error| Unverified(format!("this program's own guards cannot be read: {error}")))?;
    let shipped_user = format!("system:serviceaccount:{OPERATOR_NAMESPACE}:{OPERATOR_SERVICE_ACCOUNT}");
    let here = |text: &str| {
        // The user last: its name may hold the namespace's.
        text.replace(&shipped_user, "\u{0}").replace(OPERATOR_NAMESPACE, namespace).replace('\u{0}', user)
    };
    Ok(guards.iter().map(|guard| Guard { spec: in_texts(&guard.spec, &here), ..guard.clone() }).collect())
}

/// The same with every text replaced.
fn in_texts(value: &Value, change: &impl Fn(&str) -> String) -> Value {
    match value {
        Value::String(text) => Value::String(change(text)),
        Value::Array(items) => items.iter().map(|item| in_texts(item, change)).collect(),
        Value::Object(fields) => fields.iter().map(|(key, item)| (key.clone(), in_texts(item, change))).collect(),
        scalar => scalar.clone(),
    }
}

impl Guard {
    fn compare(&self, live: Option<&DynamicObject>) -> Result<SealedGuard, Unverified> {
        let Some(live) = live else {
            return Err(Unverified(format!("{} {} is missing or has lost its label {LABEL}", self.kind, self.name)));
        };
        if without_defaults(&live.data["spec"]) != without_defaults(&self.spec) {
            return Err(Unverified(format!("{} {} is not the one this version ships", self.kind, self.name)));
        }
        let version = live.metadata.generation.map(|generation| generation.to_string()).unwrap_or_default();
        Ok(SealedGuard {
            kind: self.kind.clone(),
            name: self.name.clone(),
            uid: live.uid().unwrap_or_default(),
            version,
        })
    }
}

fn compare_params(live: Option<&ConfigMap>, me: &str, namespace: &str) -> Result<SealedGuard, Unverified> {
    let Some(live) = live else {
        return Err(Unverified(format!("ConfigMap {namespace}/{ADMISSION_PARAMS} is missing")));
    };
    let says = |key: &str| live.data.as_ref().and_then(|data| data.get(key)).map(String::as_str).unwrap_or_default();
    for (key, expected) in [("operatorUser", me), ("operatorNamespace", namespace)] {
        if says(key) != expected {
            let message = format!(
                "ConfigMap {namespace}/{ADMISSION_PARAMS} says {key} is `{}`, but this operator is `{expected}`",
                says(key)
            );
            return Err(Unverified(message));
        }
    }
    Ok(SealedGuard {
        kind: "ConfigMap".to_owned(),
        name: ADMISSION_PARAMS.to_owned(),
        uid: live.uid().unwrap_or_default(),
        version: live.resource_version().unwrap_or_default(),
    })
}

/// The content without what the server adds by itself. Anything else it holds beyond ours may weaken the guard, and makes it differ.
fn without_defaults(spec: &Value) -> Value {
    match spec {
        Value::Object(fields) => fields
            .iter()
            .filter(|(key, value)| !is_default(key, value))
            .map(|(key, value)| (key.clone(), without_defaults(value)))
            .collect(),
        Value::Array(items) => items.iter().map(without_defaults).collect(),
        scalar => scalar.clone(),
    }
}

fn is_default(key: &str, value: &Value) -> bool {
    match key {
        "matchPolicy" => value == "Equivalent",
        "scope" => value == "*",
        "namespaceSelector" | "objectSelector" => value.as_object().is_some_and(serde_json::Map::is_empty),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const USER: &str = "system:serviceaccount:chatcli-system:chatcli-operator";

    fn votes_guard() -> Guard {
        shipped("chatcli-system", USER)
            .unwrap()
            .into_iter()
            .find(|guard| guard.name == "chatcli-votes" && guard.kind == POLICY)
            .unwrap()
    }

    fn live(spec: &Value) -> DynamicObject {
        let mut live = DynamicObject::new("chatcli-votes", &ApiResource::erase::<ValidatingAdmissionPolicy>(&()))
            .data(json!({ "spec": spec }));
        live.metadata.uid = Some("u".into());
        live.metadata.generation = Some(3);
        live
    }

    #[test]
    fn every_policy_is_shipped_with_its_binding() {
        let guards = shipped("chatcli-system", USER).unwrap();
        let names = |kind: &str| {
            let mut names: Vec<_> =
                guards.iter().filter(|guard| guard.kind == kind).map(|guard| guard.name.clone()).collect();
            names.sort();
            names
        };
        assert_eq!(names(POLICY), names("ValidatingAdmissionPolicyBinding"));
        assert_eq!(names(POLICY).len(), SHIPPED.len());
    }

    #[test]
    fn what_the_server_adds_makes_no_difference() {
        let guard = votes_guard();
        let mut spec = guard.spec.clone();
        spec["matchConstraints"]["matchPolicy"] = json!("Equivalent");
        spec["matchConstraints"]["namespaceSelector"] = json!({});
        spec["matchConstraints"]["objectSelector"] = json!({});
        spec["matchConstraints"]["resourceRules"][0]["scope"] = json!("*");
        assert_eq!(guard.compare(Some(&live(&spec))).unwrap().version, "3");
    }

    #[test]
    fn a_weakened_guard_is_noticed() {
        let guard = votes_guard();
        let weakened: [fn(&mut Value); 5] = [
            |spec| spec["failurePolicy"] = json!("Ignore"),
            |spec| spec["validations"][0]["expression"] = json!("true"),
            |spec| drop(spec["validations"].as_array_mut().unwrap().remove(4)),
            |spec| spec["matchConstraints"]["namespaceSelector"] = json!({"matchLabels": {"guarded": "true"}}),
            |spec| spec["matchConstraints"]["excludeResourceRules"] = json!([{"resources": ["approvalvotes"]}]),
        ];
        for weaken in weakened {
            let mut spec = guard.spec.clone();
            weaken(&mut spec);
            assert!(guard.compare(Some(&live(&spec))).is_err(), "{spec}");
        }
        assert!(guard.compare(None).is_err());
    }

    #[test]
    fn parameters_that_name_another_operator_are_not_ours() {
        let params = |user: &str| ConfigMap {
            data: Some(
                [
                    ("operatorUser".to_owned(), user.to_owned()),
                    ("operatorNamespace".to_owned(), "chatcli-system".to_owned()),
                ]
                .into(),
            ),
            ..ConfigMap::default()
        };
        assert!(compare_params(Some(&params("me")), "me", "chatcli-system").is_ok());
        assert!(compare_params(Some(&params("eve")), "me", "chatcli-system").is_err());
        assert!(compare_params(None, "me", "chatcli-system").is_err());
    }

    #[test]
    fn an_operator_elsewhere_expects_guards_that_name_its_namespace() {
        let text = format!("{:?}", shipped("incidents", "chatcli-system-dev").unwrap());
        assert!(text.contains("incidents") && text.contains("'chatcli-system-dev'"));
        assert!(!text.replace("chatcli-system-dev", "").contains("chatcli-system"));
    }

    #[test]
    fn only_the_policys_own_refusal_proves_anything() {
        assert!(was_refused_by_the_policy(
            "x is forbidden: ValidatingAdmissionPolicy 'chatcli-votes' with binding 'chatcli-votes' denied request: no"
        ));
        assert!(!was_refused_by_the_policy("User \"op\" cannot create resource \"approvalvotes\""));
    }
}
