//! What was read before anything is said: the target and whatever the action needs beside it.
//!
//! In: a target and [`Need`]s. Out: [`Live`]. What cannot be read is kept as such with the missing verb; nothing here takes absence of
//! data for an answer.

use std::collections::{BTreeMap, BTreeSet};

use futures::future::join_all;
use jiff::Timestamp;
use kube::Client;
use serde_json::Value;

use super::kind::{self, Kind};
use super::object::Object;
use super::refusal::Refusal;
use super::wire;
use crate::api::ResourceRef;
use crate::api::keys::labels;
use crate::decisions::brakes::is_protected;
use crate::naming;

/// One thing to read.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Need {
    /// One object of the target's namespace by kind and name.
    One(&'static Kind, String),
    /// All objects of a kind in the target's namespace; for a cluster-scoped kind all there are.
    Every(&'static Kind),
    /// Objects of a kind that the target's own label selector selects (its ReplicaSets, its pods).
    Selected(&'static Kind),
    /// The target's scale subresource.
    Scale,
}

/// Something that could not be read.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("cannot {verb} {resource}: {why}")]
pub struct Unreadable {
    /// `get` or `list`.
    pub verb: &'static str,
    /// `poddisruptionbudgets.policy`.
    pub resource: String,
    /// The server's words.
    pub why: String,
}

impl From<Unreadable> for Refusal {
    fn from(unreadable: Unreadable) -> Self {
        Self::CannotRead { verb: unreadable.verb.to_owned(), resource: unreadable.resource, why: unreadable.why }
    }
}

/// For whom and when the world is read.
#[derive(Clone, Copy, Debug)]
pub struct Scope<'a> {
    /// The object acted on. With a UID, a namesake created later is refused.
    pub target: &'a ResourceRef,
    /// The moment; chosen once per plan and kept, so that what is derived from it stays the same.
    pub now: Timestamp,
    /// Keys the hashes of secret values; the plan's UID.
    pub plan_uid: &'a str,
    /// The operator's own namespace, which is protected.
    pub operator_namespace: &'a str,
    /// Objects an earlier preview of the same step chose (a pod to delete); kept while they still qualify.
    pub chosen: &'a [ResourceRef],
}

/// The world as read for one step.
#[derive(Clone, Debug)]
pub struct Live {
    /// See [`Scope::now`].
    pub now: Timestamp,
    /// The object acted on.
    pub target: Object,
    /// See [`Scope::chosen`].
    pub chosen: Vec<ResourceRef>,
    /// See [`Scope::plan_uid`].
    pub plan_uid: String,
    /// 0-based index of the step, for names that two steps of a plan must not share.
    pub step: i32,
    namespace: Result<Option<Object>, Unreadable>,
    protected: bool,
    read: BTreeMap<Need, Result<Vec<Object>, Unreadable>>,
}

/// Why nothing could be said at all.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The target is gone, or is another object of the same name.
    #[error("{0}")]
    TargetGone(String),
    /// The target's kind is unknown here.
    #[error("no action works on a {0}")]
    UnknownKind(String),
    /// The target cannot be read.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
}

/// Reads the target, its namespace and everything asked for, at once.
pub async fn read(client: &Client, scope: &Scope<'_>, needs: &[Need]) -> Result<Live, ReadError> {
    let wanted = scope.target;
    let kind = Kind::named(&wanted.kind).ok_or_else(|| ReadError::UnknownKind(wanted.kind.clone()))?;
    let (target, namespace) = futures::join!(
        one(client, kind, &wanted.namespace, &wanted.name),
        namespace_of(client, &wanted.namespace, kind.namespaced),
    );
    let target = target?.ok_or_else(|| ReadError::TargetGone(format!("{wanted} does not exist")))?;
    if let Some(uid) = &wanted.uid
        && target.uid() != uid
    {
        let text = format!("{wanted} was replaced: its UID is {}, not {uid}", target.uid());
        return Err(ReadError::TargetGone(text));
    }
    let needs: BTreeSet<&Need> = needs.iter().collect();
    let answers =
        join_all(needs.into_iter().map(|need| async { (need.clone(), satisfy(client, need, kind, &target).await) }))
            .await;
    let mut live = Live::of(target, scope.now);
    live.namespace = namespace;
    live.protected = kind.namespaced && is_protected(&wanted.namespace, scope.operator_namespace);
    live.chosen = scope.chosen.to_vec();
    scope.plan_uid.clone_into(&mut live.plan_uid);
    live.read = answers.into_iter().collect();
    Ok(live)
}

async fn namespace_of(client: &Client, name: &str, namespaced: bool) -> Result<Option<Object>, Unreadable> {
    if namespaced { one(client, &kind::NAMESPACE, "", name).await } else { Ok(None) }
}

/// Reads one object; `None` when it does not exist.
pub async fn one(client: &Client, kind: &Kind, namespace: &str, name: &str) -> Result<Option<Object>, Unreadable> {
    let body = wire::get(client, &kind.path(namespace, name), &kind.resource(), "get").await?;
    Ok(body.map(Object))
}

async fn satisfy(client: &Client, need: &Need, kind: &Kind, target: &Object) -> Result<Vec<Object>, Unreadable> {
    match need {
        Need::One(kind, name) => Ok(one(client, kind, target.namespace(), name).await?.into_iter().collect()),
        Need::Every(kind) => list(client, kind, target.namespace(), "").await,
        Need::Selected(kind) => match selector_query(target) {
            Some(query) => list(client, kind, target.namespace(), &query).await,
            None => Ok(Vec::new()),
        },
        Need::Scale => {
            let path = format!("{}/scale", kind.path(target.namespace(), target.name()));
            let resource = format!("{}/scale", kind.resource());
            let body = wire::get(client, &path, &resource, "get").await?;
            Ok(body.map(Object).into_iter().collect())
        }
    }
}

async fn list(client: &Client, kind: &Kind, namespace: &str, query: &str) -> Result<Vec<Object>, Unreadable> {
    let path = format!("{}{query}", kind.list_path(namespace));
    let body = wire::get(client, &path, &kind.resource(), "list").await?.unwrap_or_default();
    let items = match body.get("items") {
        Some(Value::Array(items)) => items.clone(),
        _ => Vec::new(),
    };
    // Items of a list come without kind and apiVersion; everything downstream wants to name its object.
    Ok(items
        .into_iter()
        .map(|mut item| {
            item["kind"] = kind.kind.into();
            item["apiVersion"] = kind.api_version().into();
            Object(item)
        })
        .collect())
}

/// `?labelSelector=…` for the target's own selector.
fn selector_query(target: &Object) -> Option<String> {
    let selector = target.at("/spec/selector")?;
    let mut terms: Vec<String> = Object(selector.clone())
        .strings("/matchLabels")
        .into_iter()
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    for expression in Object(selector.clone()).list("/matchExpressions") {
        let expression = Object(expression.clone());
        let key = expression.text("/key");
        let values: Vec<&str> = expression.list("/values").iter().filter_map(Value::as_str).collect();
        terms.push(match expression.text("/operator") {
            "In" => format!("{key} in ({})", values.join(",")),
            "NotIn" => format!("{key} notin ({})", values.join(",")),
            "Exists" => key.to_owned(),
            "DoesNotExist" => format!("!{key}"),
            _ => return None,
        });
    }
    (!terms.is_empty()).then(|| format!("?labelSelector={}", percent_encode(&terms.join(","))))
}

fn percent_encode(text: &str) -> String {
    use std::fmt::Write as _;
    text.bytes().fold(String::with_capacity(text.len() * 2), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

impl Live {
    /// A world of one object; tests and callers that already hold objects add the rest with [`Live::with`].
    pub fn of(target: Object, now: Timestamp) -> Self {
        Self {
            now,
            target,
            chosen: Vec::new(),
            plan_uid: String::new(),
            step: 0,
            namespace: Ok(None),
            protected: false,
            read: BTreeMap::new(),
        }
    }

    /// The same world with one more need satisfied.
    #[must_use]
    pub fn with(mut self, need: Need, objects: Vec<Object>) -> Self {
        self.read.insert(need, Ok(objects));
        self
    }

    /// The same world, in a protected namespace.
    #[must_use]
    pub fn in_protected_namespace(mut self) -> Self {
        self.protected = true;
        self
    }

    /// What was read for a need; unread is unreadable, never empty.
    pub fn all(&self, need: &Need) -> Result<&[Object], Unreadable> {
        match self.read.get(need) {
            Some(Ok(objects)) => Ok(objects),
            Some(Err(unreadable)) => Err(unreadable.clone()),
            None => Err(Unreadable { verb: "read", resource: format!("{need:?}"), why: "nobody asked for it".into() }),
        }
    }

    /// One object by kind and name; `None` when it does not exist.
    pub fn one(&self, kind: &'static Kind, name: &str) -> Result<Option<&Object>, Unreadable> {
        Ok(self.all(&Need::One(kind, name.to_owned()))?.first())
    }

    /// The namespace the target lives in, with its labels and annotations.
    pub fn namespace(&self) -> Result<Option<&Object>, Unreadable> {
        self.namespace.as_ref().map(Option::as_ref).map_err(Clone::clone)
    }

    /// ReplicaSets the target controls, the highest revision first.
    pub fn replica_sets(&self) -> Result<Vec<&Object>, Unreadable> {
        let mut owned: Vec<&Object> = self
            .all(&Need::Selected(&kind::REPLICA_SET))?
            .iter()
            .filter(|set| set.controller_uid() == Some(self.target.uid()))
            .collect();
        owned.sort_by_key(|set| std::cmp::Reverse(revision(set)));
        Ok(owned)
    }

    /// Pods the target controls, by UID along the owner chain; a namesake's pods are not among them.
    pub fn pods(&self) -> Result<Vec<&Object>, Unreadable> {
        let mut owners = BTreeSet::from([self.target.uid()]);
        if self.target.kind() == kind::DEPLOYMENT.kind {
            owners.extend(self.replica_sets()?.into_iter().map(Object::uid));
        }
        let pods = self.all(&Need::Selected(&kind::POD))?;
        Ok(pods.iter().filter(|pod| pod.controller_uid().is_some_and(|uid| owners.contains(uid))).collect())
    }

    /// HorizontalPodAutoscalers that scale the target. KEDA works through one of these too.
    pub fn autoscalers(&self) -> Result<Vec<&Object>, Unreadable> {
        let all = self.all(&Need::Every(&kind::HORIZONTAL_POD_AUTOSCALER))?;
        let group = |version: &str| version.split_once('/').map_or(String::new(), |(group, _)| group.to_owned());
        let own = group(self.target.text("/apiVersion"));
        Ok(all
            .iter()
            .filter(|scaler| {
                scaler.text("/spec/scaleTargetRef/kind") == self.target.kind()
                    && scaler.text("/spec/scaleTargetRef/name") == self.target.name()
                    && group(scaler.text("/spec/scaleTargetRef/apiVersion")) == own
            })
            .collect())
    }

    /// `<stem>-<word>-<8 hex>`, at most 63 long: the name of what this step of this plan creates, the same on every try.
    pub fn name_for(&self, stem: &str, word: &str) -> String {
        let digest = naming::hash(&[&self.plan_uid, &self.step.to_string()], 8);
        naming::with_suffix(stem, &format!("-{word}-{digest}"))
    }

    /// Replaces the copy of an object by what the server answered to a dry run, so that the next step builds on it.
    pub fn overlay(&mut self, object: &Object) {
        if self.target.uid() == object.uid() {
            self.target = object.clone();
        }
        for objects in self.read.values_mut().flatten() {
            for copy in objects.iter_mut().filter(|copy| copy.uid() == object.uid() && copy.kind() == object.kind()) {
                *copy = object.clone();
            }
        }
    }

    /// The copy of an object this world holds.
    pub fn find(&self, reference: &ResourceRef) -> Option<&Object> {
        std::iter::once(&self.target)
            .chain(self.read.values().flatten().flatten())
            .find(|object| object.kind() == reference.kind && object.reference().same_object(reference))
    }

    /// The rules that hold for every action, asked again here although the gates ask them first.
    pub(super) fn may_be_changed(&self) -> Result<(), Refusal> {
        if self.protected {
            return Err(Refusal::Protected(self.target.namespace().to_owned()));
        }
        if let Some(namespace) = self.namespace()? {
            automation_is_on(namespace)?;
        }
        if self.target.is_terminating() {
            return Err(Refusal::TargetGone(format!("{} is being deleted", self.target.reference())));
        }
        automation_is_on(&self.target)
    }
}

/// Refuses an object that carries the opt-out label.
pub(super) fn automation_is_on(object: &Object) -> Result<(), Refusal> {
    match object.label(labels::AUTOMATION) {
        Some("off") => Err(Refusal::AutomationOff(object.reference().to_string())),
        _ => Ok(()),
    }
}

/// Revision a Deployment's controller gave a ReplicaSet; 0 when there is none.
pub fn revision(replica_set: &Object) -> i64 {
    replica_set.annotation(REVISION).and_then(|text| text.parse().ok()).unwrap_or(0)
}

/// Where the Deployment controller keeps the revision number, on the Deployment and on its ReplicaSets.
pub const REVISION: &str = "deployment.kubernetes.io/revision";
