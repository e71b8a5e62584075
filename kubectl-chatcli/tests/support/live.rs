//! The checkout incident in a cluster that changes while somebody looks at it.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::{Answers, Server, path, reply, serving, status};

const ISSUE: &str = "checkout-pod-not-ready-3f9a1c20b7";
const CHECKOUT: &str = include_str!("../fixtures/checkout.yaml");

/// The incident, who is asking, and every object that may be written.
pub fn answers() -> Answers {
    let mut answers = serving(CHECKOUT);
    let review = json!({ "apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview", "metadata": {},
        "status": { "userInfo": { "username": "ann" } } });
    answers.insert(("POST".into(), "/apis/authentication.k8s.io/v1/selfsubjectreviews".into()), (201, review));
    let vote = json!({ "apiVersion": "platform.chatcli.io/v1alpha1", "kind": "ApprovalVote", "metadata": { "name": "v", "namespace": "shop" } });
    answers.insert(("POST".into(), path("approvalvotes", "")), (201, vote));
    let issue = answers[&("GET".to_owned(), path("issues", ISSUE))].1.clone();
    answers.insert(("PATCH".into(), path("issues", ISSUE)), (200, issue));
    let deployment = json!({ "apiVersion": "apps/v1", "kind": "Deployment", "metadata": { "name": "checkout", "namespace": "shop" } });
    answers.insert(("PATCH".into(), "/apis/apps/v1/namespaces/shop/deployments/checkout".into()), (200, deployment));
    answers
}

/// What waits for votes.
pub const REQUEST: &str = "approval-checkout-pod-not-ready-3f9a1c20b7-plan-1";

/// A cluster that changes while somebody looks at it.
#[derive(Clone)]
pub struct Live(Arc<Mutex<Answers>>);

impl Live {
    /// As the fixture has it.
    pub fn new() -> Self {
        let mut answers = answers();
        let plan = json!({ "apiVersion": "platform.chatcli.io/v1alpha1", "kind": "RemediationPlan", "metadata": { "name": "p", "namespace": "shop" } });
        answers.insert(("POST".into(), path("remediationplans", "")), (201, plan));
        Self(Arc::new(Mutex::new(answers)))
    }

    /// Answers as it is at each moment.
    pub fn server(&self) -> Server {
        let live = self.clone();
        let requests = path("approvalrequests", "");
        Server::replying(move |method, path| {
            // Whoever watches the request sees that it changes.
            if method == "WATCH" && path == requests && live.has(("NEXT", "")) {
                let now = live.change(bob_approves);
                live.0.lock().unwrap().remove(&("NEXT".to_owned(), String::new()));
                let event = json!({ "type": "MODIFIED", "object": now });
                return (200, "application/json", format!("{event}\n"));
            }
            if method == "WATCH" {
                // Nothing happened before it ended; whoever cares watches again.
                return (200, "application/json", String::new());
            }
            reply(&live.0.lock().unwrap(), method, path)
        })
    }

    fn has(&self, (method, path): (&str, &str)) -> bool {
        self.0.lock().unwrap().contains_key(&(method.to_owned(), path.to_owned()))
    }

    /// The request, changed, wherever it is served.
    pub fn change(&self, change: impl Fn(&mut Value)) -> Value {
        self.amend("approvalrequests", REQUEST, change)
    }

    /// Any object, changed, wherever it is served.
    pub fn amend(&self, plural: &str, name: &str, change: impl Fn(&mut Value)) -> Value {
        let mut answers = self.0.lock().unwrap();
        let (_, object) = answers.get_mut(&("GET".to_owned(), path(plural, name))).unwrap();
        change(object);
        object["metadata"]["resourceVersion"] = json!("2");
        let now = object.clone();
        let (_, list) = answers.get_mut(&("GET".to_owned(), path(plural, ""))).unwrap();
        let item = list["items"].as_array_mut().unwrap().iter_mut().find(|item| item["metadata"]["name"] == name);
        *item.unwrap() = now.clone();
        now
    }

    /// The next who watches the request sees that bob approves it.
    pub fn changes_when_watched(&self) {
        self.0.lock().unwrap().insert(("NEXT".into(), String::new()), (0, Value::Null));
    }

    /// It is deleted.
    pub fn remove(&self, plural: &str, name: &str) {
        self.0.lock().unwrap().remove(&("GET".to_owned(), path(plural, name)));
    }

    /// It may not be done.
    pub fn forbids(&self, method: &str, path: &str) {
        let refused = status(403, "Forbidden", "it is forbidden: User \"ann\" cannot do this", "");
        self.0.lock().unwrap().insert((method.to_owned(), path.to_owned()), refused);
    }
}

/// Somebody else decides.
pub fn bob_approves(request: &mut Value) {
    request["status"]["state"] = json!("Approved");
    request["status"]["decisions"] =
        json!([{ "approver": "bob", "decision": "approved", "timestamp": "2026-03-02T14:03:00Z" }]);
}
