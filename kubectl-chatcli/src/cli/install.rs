//! `kubectl chatcli install` and `uninstall`.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use common::api::keys::OPERATOR_NAMESPACE;
use common::decisions::Autonomy;

use super::{DryRun, RequestTimeout, Structured};

/// What is chosen about the operator's Deployment.
#[derive(Args, Clone, Debug, Default)]
pub struct ChoiceArgs {
    /// Image of the operator, as --set image=IMAGE
    #[arg(long, value_name = "IMAGE")]
    pub image: Option<String>,
    /// Choose a value, such as replicas=2; may be repeated, and wins over files
    #[arg(long, value_name = "KEY=VALUE")]
    pub set: Vec<String>,
    /// Choose the values in a YAML file, `-` for stdin; may be repeated, the later file wins
    #[arg(short = 'f', long, value_name = "FILE")]
    pub values: Vec<PathBuf>,
}

impl ChoiceArgs {
    /// True where nothing is chosen.
    pub fn is_empty(&self) -> bool {
        self.image.is_none() && self.set.is_empty() && self.values.is_empty()
    }

    /// Every assignment, `--image` as the last.
    pub fn assignments(&self) -> Vec<String> {
        self.set.iter().cloned().chain(self.image.iter().map(|image| format!("image={image}"))).collect()
    }
}

/// Install the operator into the cluster, or bring it up to this version
///
/// Applies CRDs, namespace, RBAC, admission policies and the operator, in this order, by server-side apply, and waits until it is
/// ready. Doing it twice is doing it once. As installed the operator sees, explains and previews; it changes nothing without a vote
/// or an `auto` rule.
///
/// --set and -f choose replicas, resources, where the operator runs, what it logs and a few things more; every key stands in
/// docs/reference/values.md. What is not chosen is as shipped, also where it was chosen before: `upgrade` is what keeps it.
#[derive(Args, Clone, Debug)]
#[command(after_help = "\
Examples:
  kubectl chatcli install --dry-run=client -o yaml > chatcli.yaml    for GitOps
  kubectl chatcli install --image registry.example.org/chatcli-operator:v0.1.0
  kubectl chatcli install -f values.yaml --set replicas=2 --set resources.limits.memory=512Mi
  kubectl chatcli install --autonomy auto -n shop                    reversible fixes in shop run by themselves")]
pub struct InstallArgs {
    /// What is chosen about the operator's Deployment.
    #[command(flatten)]
    pub choices: ChoiceArgs,
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
    #[arg(long, value_name = "USER", conflicts_with_all = ["image", "set", "values"])]
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
/// values (docs/reference/values.md), the default autonomy and who the operator is stay as they were chosen at install, unless told
/// otherwise; `--set KEY=null` takes a value back.
#[derive(Args, Clone, Debug)]
#[command(after_help = "\
Examples:
  kubectl chatcli upgrade --dry-run=server                  what would change
  kubectl chatcli upgrade --set resources.limits.memory=512Mi --dry-run=server
  kubectl chatcli upgrade --image registry.example.org/chatcli-operator:v0.1.0 --yes")]
pub struct UpgradeArgs {
    /// What is chosen about the operator's Deployment.
    #[command(flatten)]
    pub choices: ChoiceArgs,
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
