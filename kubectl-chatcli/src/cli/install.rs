//! `kubectl chatcli install` and `uninstall`.

use std::time::Duration;

use clap::Args;
use common::api::keys::OPERATOR_NAMESPACE;
use common::decisions::Autonomy;

use super::{DryRun, RequestTimeout, Structured};

/// Install the operator into the cluster, or bring it up to this version
///
/// Applies CRDs, namespace, RBAC, admission policies and the operator, in this order, by server-side apply, and waits until it is
/// ready. Doing it twice is doing it once. As installed the operator sees, explains and previews; it changes nothing without a vote
/// or an `auto` rule.
#[derive(Args, Clone, Debug)]
#[command(after_help = "\
Examples:
  kubectl chatcli install --dry-run=client -o yaml > chatcli.yaml    for GitOps
  kubectl chatcli install --image registry.example.org/chatcli-operator:v0.1.0
  kubectl chatcli install --autonomy auto -n shop                    reversible fixes in shop run by themselves")]
pub struct InstallArgs {
    /// Image of the operator
    #[arg(long, value_name = "IMAGE")]
    pub image: Option<String>,
    /// Namespace of the operator
    #[arg(long, value_name = "NAMESPACE", default_value = OPERATOR_NAMESPACE)]
    pub operator_namespace: String,
    /// What the operator may do by itself, in the namespace given by -n or everywhere (--all-namespaces)
    #[arg(long, value_name = "LEVEL")]
    pub autonomy: Option<Autonomy>,
    /// Make --autonomy the cluster's default
    #[arg(short = 'A', long, requires = "autonomy", conflicts_with = "namespace")]
    pub all_namespaces: bool,
    /// The operator runs outside the cluster as this user: no Deployment is applied
    #[arg(long, value_name = "USER", conflicts_with = "image")]
    pub operator_user: Option<String>,
    /// Stop another operator of these kinds that is running here, and take its place
    #[arg(long)]
    pub take_over: bool,
    /// Do not ask
    #[arg(short, long)]
    pub yes: bool,
    /// Where to stop
    #[arg(long, value_name = "STAGE", default_value = "none")]
    pub dry_run: DryRun,
    /// With --dry-run=client: the manifests in this form
    #[arg(short, long, value_name = "FORM")]
    pub output: Option<Structured>,
    /// How long to wait until the operator is ready; 0 does not wait
    #[arg(long, value_name = "DURATION", default_value = "3m")]
    pub timeout: RequestTimeout,
}

impl InstallArgs {
    /// How long to wait; zero does not.
    pub fn patience(&self) -> Duration {
        self.timeout.0.unwrap_or_default()
    }
}

/// Bring an installation up to this version, after showing what changes
///
/// Compares every installed object with this version's, as the API server would store it, and applies only what differs. The image, the
/// default autonomy and who the operator is stay as they were chosen at install, unless told otherwise.
#[derive(Args, Clone, Debug)]
#[command(after_help = "\
Examples:
  kubectl chatcli upgrade --dry-run=server                  what would change
  kubectl chatcli upgrade --image registry.example.org/chatcli-operator:v0.1.0 --yes")]
pub struct UpgradeArgs {
    /// Image of the operator
    #[arg(long, value_name = "IMAGE")]
    pub image: Option<String>,
    /// Namespace of the operator
    #[arg(long, value_name = "NAMESPACE", default_value = OPERATOR_NAMESPACE)]
    pub operator_namespace: String,
    /// Do not ask
    #[arg(short, long)]
    pub yes: bool,
    /// Where to stop
    #[arg(long, value_name = "STAGE", default_value = "none")]
    pub dry_run: DryRun,
    /// How long to wait until the operator is ready; 0 does not wait
    #[arg(long, value_name = "DURATION", default_value = "3m")]
    pub timeout: RequestTimeout,
}

/// Remove the operator from the cluster
///
/// Admission policies go first, so that nothing is left guarded by something that is gone. Incidents, plans, votes and reports stay,
/// and so do their CRDs, unless --purge is given.
#[derive(Args, Clone, Debug)]
pub struct UninstallArgs {
    /// Namespace of the operator
    #[arg(long, value_name = "NAMESPACE", default_value = OPERATOR_NAMESPACE)]
    pub operator_namespace: String,
    /// Also remove the CRDs, and with them every incident, plan, vote and report
    #[arg(long)]
    pub purge: bool,
    /// Do not ask
    #[arg(short, long)]
    pub yes: bool,
    /// Where to stop
    #[arg(long, value_name = "STAGE", default_value = "none")]
    pub dry_run: DryRun,
}
