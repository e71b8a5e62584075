//! `ApprovalVote`: one person's voice on one preview. Created once, never changed; the API server vouches for who cast it.

use kube::{CustomResource, KubeSchema};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::shared::NameRef;

/// The vote.
#[derive(Clone, CustomResource, Debug, Deserialize, KubeSchema, PartialEq, Serialize)]
#[kube(
    group = "platform.chatcli.io",
    version = "v1alpha1",
    kind = "ApprovalVote",
    namespaced,
    derive = "PartialEq",
    shortname = "av",
    shortname = "vote",
    category = "chatcli",
    category = "aiops",
    printcolumn(name = "Request", type_ = "string", json_path = ".spec.requestRef.name"),
    printcolumn(name = "Decision", type_ = "string", json_path = ".spec.decision"),
    printcolumn(name = "Voter", type_ = "string", json_path = ".spec.voter.username"),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp")
)]
#[x_kube(validation = Rule::new("self == oldSelf").message("a vote cannot be changed; cast another one"))]
#[x_kube(validation = Rule::new("!has(self.emergency) || !self.emergency || (self.decision == 'Approve' && has(self.reason) && size(self.reason) > 0)").message("an emergency vote approves, and says why in spec.reason").field_path(".emergency"))]
#[serde(rename_all = "camelCase")]
pub struct ApprovalVoteSpec {
    /// The request voted on.
    pub request_ref: NameRef,
    /// Digest of the preview the voter saw, `sha256:<64 hex>`.
    #[schemars(length(max = 128), regex(pattern = r"^sha256:[0-9a-f]{64}$"))]
    pub plan_digest: String,
    /// The decision.
    pub decision: VoteDecision,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 4096))]
    pub reason: Option<String>,
    /// Verdict checks the voter accepts although they block, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 64))]
    pub override_blockers: Vec<String>,
    /// Break-glass: this yes alone decides, whatever quorum and change window say. Takes the verb `approve-emergency` and a reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub emergency: Option<bool>,
    /// Who votes; the API server refuses anything but the caller.
    pub voter: Voter,
}

/// Yes or no.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
pub enum VoteDecision {
    /// Yes.
    Approve,
    /// No. Outweighs any number of approvals.
    Reject,
}

/// A caller as the API server sees it.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Voter {
    /// User name.
    #[schemars(length(min = 1, max = 1024))]
    pub username: String,
    /// UID, where the authenticator gives one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uid: Option<String>,
    /// Groups claimed; each is checked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 256))]
    pub groups: Vec<String>,
}
