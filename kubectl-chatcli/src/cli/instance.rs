//! `kubectl chatcli instance`.

use clap::{Args, Subcommand, ValueEnum};

use super::{DryRun, Structured};

/// ChatCLI servers: list them, see what one lacks, make one
#[derive(Args, Clone, Debug)]
#[command(visible_alias = "inst")]
pub struct InstanceArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: InstanceCommand,
}

/// What to do with servers.
#[derive(Clone, Debug, Subcommand)]
#[allow(missing_docs, reason = "each is documented where its arguments are, which is what --help prints")]
pub enum InstanceCommand {
    List(InstanceListArgs),
    Show(InstanceShowArgs),
    Create(InstanceCreateArgs),
    Grant(InstanceGrantArgs),
}

/// List ChatCLI servers, of both kinds
#[derive(Args, Clone, Debug)]
#[command(visible_alias = "ls")]
pub struct InstanceListArgs {
    /// All namespaces
    #[arg(short = 'A', long)]
    pub all_namespaces: bool,
    /// Form of the output
    #[arg(short, long, value_name = "FORM")]
    pub output: Option<InstanceOutput>,
}

/// Forms of the list.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum InstanceOutput {
    /// The objects as JSON
    Json,
    /// The objects as YAML
    Yaml,
    /// Only `instance.platform.chatcli.io/NAME`
    Name,
}

/// Show a ChatCLI server, and what it lacks
///
/// Every concern on a line: pods, reachability, Secrets and ConfigMaps, storage, rights of the watcher. What is not well says what to do.
#[derive(Args, Clone, Debug)]
pub struct InstanceShowArgs {
    /// Instance
    pub name: String,
    /// Form of the output
    #[arg(short, long, value_name = "FORM")]
    pub output: Option<Structured>,
}

/// Make a ChatCLI server
///
/// Creates the Instance and prints, where its namespace is not the operator's, the Role that lets the operator read the Secrets it names;
/// an administrator applies that. Secrets are named, never read; at a terminal, whoever leaves out the name or the provider is asked for
/// everything, and a certificate that is not there yet is offered.
#[derive(Args, Clone, Debug)]
#[command(after_help = "\
Examples:
  kubectl chatcli instance create chatcli --provider CLAUDEAI --api-keys chatcli-api-keys -n chatcli-system
  kubectl chatcli instance create chatcli --provider OPENAI --api-keys keys --tls chatcli-tls --server-token chatcli-token \\
    --watch Deployment/shop/web --dry-run=client -o yaml > instance.yaml
  kubectl chatcli instance create")]
pub struct InstanceCreateArgs {
    /// Name of the Instance and of its Service; asked for at a terminal
    pub name: Option<String>,
    /// Model provider, such as CLAUDEAI, OPENAI or OLLAMA; asked for at a terminal
    #[arg(long)]
    pub provider: Option<String>,
    /// Model
    #[arg(long)]
    pub model: Option<String>,
    /// Secret with the provider's keys
    #[arg(long, value_name = "SECRET")]
    pub api_keys: Option<String>,
    /// Secret with tls.crt, tls.key and ca.crt; without it the server speaks plain text
    #[arg(long, value_name = "SECRET")]
    pub tls: Option<String>,
    /// Secret with the token that callers present, and its key unless that is `token`
    // Not `--token`: that is the caller's own, and would end up here.
    #[arg(long, value_name = "SECRET[/KEY]")]
    pub server_token: Option<String>,
    /// Server pods
    #[arg(long, default_value_t = 1)]
    pub replicas: i32,
    /// Keep sessions in a volume of this size, such as 1Gi
    #[arg(long, value_name = "SIZE")]
    pub sessions: Option<String>,
    /// Workload that the server watches; repeatable
    #[arg(long, value_name = "KIND/NAMESPACE/NAME")]
    pub watch: Vec<String>,
    /// Namespace of the operator
    #[arg(long, value_name = "NAMESPACE", default_value = common::api::keys::OPERATOR_NAMESPACE)]
    pub operator_namespace: String,
    /// Where to stop
    #[arg(long, value_name = "WHERE", num_args = 0..=1, require_equals = true, default_value = "none", default_missing_value = "client")]
    pub dry_run: DryRun,
    /// With --dry-run=client: the form of what would be created
    #[arg(short, long, value_name = "FORM")]
    pub output: Option<Structured>,
}

/// Print what an administrator has to allow for a ChatCLI server
///
/// One Role with the names of its Secrets for the operator, and one RoleBinding in each namespace its watcher looks at. Prints; applies
/// nothing.
#[derive(Args, Clone, Debug)]
#[command(after_help = "\
Examples:
  kubectl chatcli instance grant chatcli -n shop | kubectl apply -f -")]
pub struct InstanceGrantArgs {
    /// Instance
    pub name: String,
    /// Namespace of the operator
    #[arg(long, value_name = "NAMESPACE", default_value = common::api::keys::OPERATOR_NAMESPACE)]
    pub operator_namespace: String,
}
