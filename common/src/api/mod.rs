//! The API group `platform.chatcli.io/v1alpha1`: one file per kind, plus what they share.
//!
//! Field names, enums and defaults are upstream's; what we add is optional. Required scalars are always written, even when zero,
//! because stored schemas demand them.

mod action_rules;
pub mod ai_insight;
pub mod anomaly;
pub mod approval_policy;
pub mod approval_request;
pub mod approval_vote;
pub mod audit_event;
pub mod chaos_experiment;
pub mod chat_cli_instance;
pub mod cluster_registration;
mod crds;
pub mod env;
pub mod escalation_policy;
mod formats;
pub mod incident_sla;
pub mod instance;
pub mod issue;
pub mod keys;
pub mod notification_policy;
pub mod post_mortem;
pub mod remediation_plan;
pub mod runbook;
pub mod service_level_objective;
pub mod shared;
pub mod source_repository;

pub use ai_insight::AIInsight;
pub use anomaly::Anomaly;
pub use approval_policy::ApprovalPolicy;
pub use approval_request::ApprovalRequest;
pub use approval_vote::ApprovalVote;
pub use audit_event::AuditEvent;
pub use chaos_experiment::ChaosExperiment;
pub use chat_cli_instance::ChatCLIInstance;
pub use cluster_registration::ClusterRegistration;
pub use crds::crds;
pub use escalation_policy::EscalationPolicy;
pub use incident_sla::IncidentSLA;
pub use instance::Instance;
pub use issue::Issue;
pub use notification_policy::NotificationPolicy;
pub use post_mortem::PostMortem;
pub use remediation_plan::RemediationPlan;
pub use runbook::Runbook;
pub use service_level_objective::ServiceLevelObjective;
pub use shared::*;
pub use source_repository::SourceRepository;
