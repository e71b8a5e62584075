//! Flags and environment: one struct. Upstream's flags are accepted, so that its manifests start this operator unchanged.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{ArgAction, Parser, ValueEnum};
use common::actions;
use common::api::keys;
use common::decisions::Autonomy;

use crate::runtime::prometheus::{self, Prometheus};

/// Everything that can be set from outside.
#[derive(Clone, Debug, Parser)]
#[command(
    name = "chatcli-operator",
    version,
    about = "Turns trouble in a Kubernetes cluster into one explained incident"
)]
pub struct Config {
    /// Address of /metrics; `0` turns it off.
    #[arg(long, default_value = ":8080", value_name = "ADDRESS")]
    pub metrics_bind_address: String,

    /// Address of /healthz and /readyz; `0` turns them off.
    #[arg(long, default_value = ":8081", value_name = "ADDRESS")]
    pub health_probe_bind_address: String,

    /// Accepted and ignored: the Lease is always held, because it is also how two operators notice each other.
    #[arg(long, num_args = 0..=1, require_equals = true, default_value_t = true, default_missing_value = "true", action = ArgAction::Set)]
    pub leader_elect: bool,

    /// Kubeconfig to use; without it KUBECONFIG, ~/.kube/config, then the pod's own ServiceAccount.
    #[arg(long, value_name = "FILE")]
    pub kubeconfig: Option<PathBuf>,

    /// Namespace of the operator: its Lease, its state, Issues of Nodes.
    #[arg(long, env = "POD_NAMESPACE", value_name = "NAMESPACE")]
    pub namespace: Option<String>,

    /// Name under which the Lease is held. The same name continues at once after a crash, so it must be unique to this process.
    #[arg(long, env = "POD_NAME", value_name = "NAME")]
    pub identity: Option<String>,

    /// What may happen in a namespace that does not say so itself.
    #[arg(long, env = "CHATCLI_AUTONOMY", value_enum, default_value_t = Autonomy::Approve)]
    pub autonomy: Autonomy,

    /// Address at which Alertmanager's webhook (version 4) is taken, path `/webhook/alertmanager`; `0` turns it off.
    #[arg(long, env = "CHATCLI_ALERT_WEBHOOK_ADDRESS", default_value = "0", value_name = "ADDRESS")]
    pub alert_webhook_bind_address: String,

    /// File with the bearer token that Alertmanager has to send. Read at each notification, so that a mounted Secret may change.
    #[arg(long, env = "CHATCLI_ALERT_WEBHOOK_TOKEN_FILE", value_name = "FILE")]
    pub alert_webhook_token_file: Option<PathBuf>,

    /// Regular expressions of secrets of your own, comma-separated: what they match is hidden as `[REDACTED:custom]`. A bad one ends the
    /// start.
    #[arg(long, env = "CHATCLI_LOG_SCRUB_PATTERNS", value_delimiter = ',', value_name = "REGEX")]
    pub log_scrub_pattern: Vec<String>,

    /// Commands that ExecDiagnostic may run beside the published ones, comma-separated, each exactly as a step has it; no shell runs them. A bad
    /// one ends the start.
    #[arg(long, env = "CHATCLI_ALLOWED_DIAGNOSTIC_COMMANDS", value_delimiter = ',', value_name = "COMMAND")]
    pub allowed_diagnostic_command: Vec<String>,

    /// Kinds that ApplyManifest may apply beside the published ones, comma-separated: PersistentVolumeClaim, VerticalPodAutoscaler. The
    /// operator needs the rights on them. Any other ends the start.
    #[arg(long, env = "CHATCLI_ALLOWED_RESOURCE_TYPES", value_delimiter = ',', value_name = "KIND")]
    pub allowed_resource_type: Vec<String>,

    /// File to which every audit event is added as a line of JSON, before it is in the API server; absolute.
    #[arg(long, env = "CHATCLI_AUDIT_LOG_PATH", value_name = "FILE")]
    pub audit_log_path: Option<PathBuf>,

    /// Days after which AuditEvents are removed.
    #[arg(long, env = "CHATCLI_AUDIT_RETENTION_DAYS", value_name = "DAYS", default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=3650))]
    pub audit_retention_days: u32,

    /// AuditEvents kept per namespace; the oldest go first.
    #[arg(long, env = "CHATCLI_AUDIT_MAX_EVENTS", value_name = "EVENTS", default_value_t = 10_000)]
    pub audit_max_events: usize,

    /// Logs that are followed at most, of workloads that ask for it by the annotation `platform.chatcli.io/watch-logs`; 0 turns it off.
    #[arg(long, env = "CHATCLI_LOG_STREAMS", value_name = "STREAMS", default_value_t = 50)]
    pub log_streams: usize,

    /// Tag of the ChatCLI server's image where an Instance names none.
    #[arg(long, env = "CHATCLI_OPERATOR_APP_VERSION", value_name = "TAG", default_value = "1.188.0")]
    pub app_version: String,

    /// DNS domain of the cluster: what certificates of ChatCLI servers are made for.
    #[arg(long, env = "CHATCLI_CLUSTER_DOMAIN", value_name = "DOMAIN", default_value = "cluster.local")]
    pub cluster_domain: String,

    /// Whether models refine what the rules are not sure of: through a ChatCLI server, by asking the provider of an Instance, or both in
    /// this order. Without an Instance nobody is asked.
    #[arg(long, env = "CHATCLI_MODEL_MODE", value_enum, default_value_t = ModelMode::Auto)]
    pub model_mode: ModelMode,

    /// The Instance that is asked about incidents of every namespace. Without it: one of the incident's own namespace, then one of the
    /// operator's.
    #[arg(long, env = "CHATCLI_MODEL_INSTANCE", value_name = "NAMESPACE/NAME")]
    pub model_instance: Option<String>,

    /// Longest a model may take for one answer.
    #[arg(long, env = "CHATCLI_MODEL_DEADLINE_SECONDS", value_name = "SECONDS", default_value_t = 180, value_parser = clap::value_parser!(u64).range(1..=600))]
    pub model_deadline_seconds: u64,

    /// Whether a model may name steps, one after the other, where the rules are not sure and no remedy is left. Every step passes the gates
    /// and votes of its namespace.
    #[arg(long, env = "CHATCLI_AGENTIC", num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value_t = true, action = ArgAction::Set)]
    pub agentic: bool,

    /// Lets Instances name providers inside the cluster or without TLS. Off, because whoever makes an Instance would choose where the
    /// operator connects to.
    #[arg(long, env = "CHATCLI_ALLOW_HTTP_PROVIDERS", num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value_t = false, action = ArgAction::Set)]
    pub allow_http_providers: bool,

    /// The role that the operator's own ServiceAccount may take at Amazon, for Bedrock. Set by EKS where the ServiceAccount names one. Used
    /// for Instances of the operator's namespace and for --model-instance, and only where these bring no keys.
    #[arg(long, env = "AWS_ROLE_ARN", value_name = "ARN")]
    pub aws_role_arn: Option<String>,

    /// File with the token that is shown for the role.
    #[arg(long, env = "AWS_WEB_IDENTITY_TOKEN_FILE", value_name = "FILE")]
    pub aws_web_identity_token_file: Option<PathBuf>,

    /// What Amazon's log calls the operator when it takes the role.
    #[arg(long, env = "AWS_ROLE_SESSION_NAME", value_name = "NAME", default_value = "chatcli-operator")]
    pub aws_role_session_name: String,

    /// Region in which the role is taken, and Bedrock asked where an Instance that uses the role names none.
    #[arg(long, env = "AWS_REGION", value_name = "REGION")]
    pub aws_region: Option<String>,

    /// Where the role is taken, instead of the region's public address.
    #[arg(long, env = "AWS_ENDPOINT_URL_STS", value_name = "URL")]
    pub aws_sts_url: Option<String>,

    /// Address of a Prometheus, such as http://prometheus.monitoring:9090: what it measured of a workload tells a leak from a limit that is too
    /// low, and goes to a model with the rest. Empty: none.
    #[arg(long, env = "PROMETHEUS_URL", value_name = "URL", default_value = "", value_parser = prometheus::address)]
    pub prometheus_url: String,

    /// File with the bearer token that the Prometheus wants. Read at each query, so that a mounted Secret may change.
    #[arg(long, env = "CHATCLI_PROMETHEUS_TOKEN_FILE", value_name = "FILE")]
    pub prometheus_token_file: Option<PathBuf>,
    /// The program that fetches and reads git repositories; without it `chatcli-source` beside the operator's own.
    #[arg(long, env = "CHATCLI_SOURCE_PROGRAM", value_name = "FILE")]
    pub source_program: Option<PathBuf>,

    /// Directory in which fetched repositories are kept, one directory each, for as long as this process lives.
    #[arg(long, env = "CHATCLI_SOURCE_CACHE", value_name = "DIRECTORY", default_value = "/var/cache/chatcli/sources")]
    pub source_cache: PathBuf,

    /// Size of the volume behind it, in MiB; nine tenths of it are used.
    #[arg(long, env = "CHATCLI_SOURCE_CACHE_MEBIBYTES", value_name = "MIB", default_value_t = 1024, value_parser = clap::value_parser!(u64).range(32..=1_048_576))]
    pub source_cache_mebibytes: u64,

    /// Hosts of git repositories that may have an address inside the cluster or of a private network, comma-separated. All others must be
    /// public, because whoever makes a SourceRepository would otherwise choose where the operator connects to.
    #[arg(long, env = "CHATCLI_SOURCE_PRIVATE_HOSTS", value_delimiter = ',', value_name = "HOST")]
    pub source_private_hosts: Vec<String>,

    /// One line per event, for machines or for people.
    #[arg(long, env = "CHATCLI_LOG_FORMAT", value_enum)]
    pub log_format: Option<LogFormat>,

    /// Upstream's development mode: text and debug level.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value_t = false, action = ArgAction::Set)]
    pub zap_devel: bool,

    /// Upstream's name for the log format: `json` or `console`.
    #[arg(long, value_name = "FORMAT")]
    pub zap_encoder: Option<String>,

    /// Lowest level logged: `debug`, `info`, `error`, or a number above 0 for debug. `RUST_LOG` wins.
    #[arg(long, value_name = "LEVEL")]
    pub zap_log_level: Option<String>,

    /// Accepted and ignored: errors carry their cause chain instead of a stack trace.
    #[arg(long, value_name = "LEVEL")]
    pub zap_stacktrace_level: Option<String>,

    /// Accepted and ignored: times are RFC 3339.
    #[arg(long, value_name = "ENCODING")]
    pub zap_time_encoding: Option<String>,
}

/// Who may be asked beyond the rules.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum ModelMode {
    /// A ChatCLI server, else the provider itself, else nobody.
    Auto,
    /// A ChatCLI server only.
    Upstream,
    /// The provider itself only.
    Builtin,
    /// Nobody.
    Rules,
}

/// How log lines look.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum LogFormat {
    /// One JSON object a line.
    Json,
    /// For a person's terminal.
    Text,
}

impl Config {
    /// The operator's namespace: flag or environment, then the pod's own, then the default.
    pub fn operator_namespace(&self) -> String {
        const MOUNTED: &str = "/var/run/secrets/kubernetes.io/serviceaccount/namespace";
        self.namespace
            .clone()
            .filter(|name| !name.is_empty())
            .or_else(|| std::fs::read_to_string(MOUNTED).ok().map(|text| text.trim().to_owned()))
            .filter(|name| !name.is_empty())
            .unwrap_or_else(|| keys::OPERATOR_NAMESPACE.to_owned())
    }

    /// Who holds the Lease. A generated name differs on every start: two processes that nobody told apart must not both lead.
    pub fn holder(&self) -> String {
        self.identity.clone().filter(|name| !name.is_empty()).unwrap_or_else(|| {
            let host = std::fs::read_to_string("/etc/hostname").unwrap_or_default();
            format!("{}-{}-{}", host.trim(), std::process::id(), jiff::Timestamp::now().as_microsecond())
        })
    }

    /// Longest a model may take for one answer.
    pub fn model_deadline(&self) -> std::time::Duration {
        std::time::Duration::from_secs(self.model_deadline_seconds)
    }

    /// The Prometheus to ask, where one is named.
    pub fn prometheus(&self) -> Option<Prometheus> {
        let is_named = !self.prometheus_url.is_empty();
        is_named.then(|| Prometheus::at(&self.prometheus_url, self.prometheus_token_file.clone()))
    }

    /// Adds what the installation allows to the published lists; once per process. The error names the flag.
    pub fn extend_allow_lists(&self) -> Result<(), String> {
        actions::also_run(&self.allowed_diagnostic_command)
            .map_err(|problem| format!("--allowed-diagnostic-command: {problem}"))?;
        actions::also_apply(&self.allowed_resource_type)
            .map_err(|problem| format!("--allowed-resource-type: {problem}"))
    }

    fn format(&self) -> LogFormat {
        self.log_format.unwrap_or(match self.zap_encoder.as_deref() {
            Some("console") => LogFormat::Text,
            None if self.zap_devel => LogFormat::Text,
            _ => LogFormat::Json,
        })
    }

    fn level(&self) -> &'static str {
        match self.zap_log_level.as_deref() {
            Some("error" | "panic") => "error",
            Some("warn") => "warn",
            Some("debug") => "debug",
            Some(number) if number.parse::<u8>().is_ok_and(|verbosity| verbosity > 0) => "debug",
            None if self.zap_devel => "debug",
            _ => "info",
        }
    }

    /// Installs the one log writer, on stderr.
    pub fn init_logs(&self) {
        use tracing_subscriber::EnvFilter;
        // The watches tell their failures themselves; kube would tell each a second time.
        let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| {
            EnvFilter::new(format!("warn,kube_runtime=error,operator={level},common={level}", level = self.level()))
        });
        let lines = tracing_subscriber::fmt()
            .with_env_filter(filter)
            .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()))
            .with_writer(std::io::stderr);
        // A second call (tests start several operators in one process) keeps the first writer.
        let _ = match self.format() {
            LogFormat::Json => lines.json().flatten_event(true).try_init(),
            LogFormat::Text => lines.try_init(),
        };
    }
}

/// Go's flag package takes `-flag` for `--flag`; manifests written for upstream may use either.
pub fn with_double_dashes(args: impl Iterator<Item = OsString>) -> impl Iterator<Item = OsString> {
    args.map(|arg| match arg.to_str() {
        Some(text) if text.len() > 2 && text.starts_with('-') && !text.starts_with("--") => format!("-{text}").into(),
        _ => arg,
    })
}

/// `:8080` means every interface, as in Go; `0` means off.
pub fn socket_address(text: &str) -> Result<Option<std::net::SocketAddr>, String> {
    if text == "0" || text.is_empty() {
        return Ok(None);
    }
    let full = if text.starts_with(':') { format!("[::]{text}") } else { text.to_owned() };
    full.replace("localhost", "127.0.0.1").parse().map(Some).map_err(|error| format!("address `{text}`: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(args: &[&str]) -> Config {
        let words = std::iter::once("chatcli-operator").chain(args.iter().copied()).map(OsString::from);
        Config::parse_from(with_double_dashes(words))
    }

    #[test]
    fn upstreams_command_line_starts_this_operator() {
        let config = parse(&[
            "--leader-elect",
            "--health-probe-bind-address=:8081",
            "-metrics-bind-address=:8080",
            "--zap-devel",
            "--zap-log-level=2",
            "--zap-stacktrace-level=error",
            "--zap-time-encoding=iso8601",
        ]);
        assert_eq!((config.format(), config.level()), (LogFormat::Text, "debug"));
    }

    #[test]
    fn the_shipped_default_asks_before_it_acts() {
        assert_eq!(parse(&[]).autonomy, Autonomy::Approve);
    }

    #[test]
    fn allow_lists_are_comma_separated_as_upstreams_are() {
        let config = parse(&["--allowed-diagnostic-command=uptime, cat /proc/uptime", "--allowed-resource-type="]);
        assert_eq!(config.allowed_diagnostic_command, ["uptime", " cat /proc/uptime"]);
        assert!(config.extend_allow_lists().is_ok());
        // both lists are read once per process, so the commands are the same
        let config = Config { allowed_resource_type: vec!["Secret".to_owned()], ..config };
        assert!(config.extend_allow_lists().unwrap_err().contains("--allowed-resource-type"));
    }

    #[test]
    fn two_processes_without_a_name_are_two_holders() {
        let config = Config { identity: None, ..parse(&[]) };
        let first = config.holder();
        std::thread::yield_now();
        assert!(!first.is_empty());
        assert_eq!(Config { identity: Some("pod-1".into()), ..config }.holder(), "pod-1");
    }

    #[test]
    fn a_bare_port_means_every_interface_and_zero_means_off() {
        assert_eq!(socket_address(":8081").unwrap().unwrap().port(), 8081);
        assert_eq!(socket_address("0").unwrap(), None);
        assert!(socket_address("nonsense").is_err());
    }
}
