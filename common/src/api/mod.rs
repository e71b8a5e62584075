//! The API group `platform.chatcli.io/v1alpha1`: one file per kind, plus what they share.
//!
//! Field names, enums and defaults are upstream's; what we add is optional. Required scalars are always written, even when zero,
//! because stored schemas demand them.

pub mod ai_insight;
pub mod anomaly;
pub mod approval_policy;
pub mod approval_request;
pub mod approval_vote;
mod crds;
pub mod issue;
pub mod keys;
pub mod post_mortem;
pub mod remediation_plan;
pub mod runbook;
pub mod shared;

pub use ai_insight::AIInsight;
pub use anomaly::Anomaly;
pub use approval_policy::ApprovalPolicy;
pub use approval_request::ApprovalRequest;
pub use approval_vote::ApprovalVote;
pub use crds::crds;
pub use issue::Issue;
pub use post_mortem::PostMortem;
pub use remediation_plan::RemediationPlan;
pub use runbook::Runbook;
pub use shared::*;
