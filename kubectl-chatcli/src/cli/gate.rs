//! `kubectl chatcli gate` and `wait`: incidents as exit codes.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use clap::{Args, ValueEnum};
use common::api::IssueSeverity;
use common::api::keys::OPERATOR_NAMESPACE;

use super::RequestTimeout;

/// Pass or fail a pipeline by the incidents of a namespace
///
/// Made to run after a rollout. Fails as soon as an incident graver than --max-severity is open; with --for it keeps looking that long
/// before it passes. Exit codes: 0 none, 1 there is one, 2 it cannot be told (no operator watches, no rights, no connection): a pipeline
/// never passes because nobody looked.
#[derive(Args, Clone, Debug)]
#[command(after_help = "\
Examples:
  kubectl chatcli gate -n prod --max-severity medium --since 10m --for 5m
  kubectl chatcli gate -n prod --object deploy/checkout --for 5m
  kubectl chatcli gate -n prod -o junit --report report.xml")]
pub struct GateArgs {
    /// Gravest severity that still passes
    #[arg(long, value_name = "SEVERITY", default_value = "low")]
    pub max_severity: SeverityArg,
    /// Only incidents that opened, or came back, within this time
    #[arg(long, value_name = "DURATION")]
    pub since: Option<RequestTimeout>,
    /// Keep looking this long before passing
    #[arg(long = "for", value_name = "DURATION", default_value = "0")]
    pub period: RequestTimeout,
    /// Only incidents about this object; may be repeated
    #[arg(long = "object", value_name = "KIND/NAME")]
    pub objects: Vec<String>,
    /// All namespaces
    #[arg(short = 'A', long)]
    pub all_namespaces: bool,
    /// Namespace of the operator, which must be watching
    #[arg(long, value_name = "NAMESPACE", default_value = OPERATOR_NAMESPACE)]
    pub operator_namespace: String,
    /// Form of the output
    #[arg(short, long, value_name = "FORM")]
    pub output: Option<GateOutput>,
    /// Write the output to this file, and say on stdout only how it ended
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,
}

impl GateArgs {
    /// How long to look; zero looks once.
    pub fn period(&self) -> Duration {
        self.period.0.unwrap_or_default()
    }
}

/// Severities, and none.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum SeverityArg {
    /// Every incident fails
    None,
    /// Medium and above fail
    Low,
    /// High and above fail
    Medium,
    /// Only critical fails
    High,
}

impl SeverityArg {
    /// True where an incident of this severity fails.
    pub fn is_exceeded_by(self, severity: IssueSeverity) -> bool {
        match self {
            Self::None => true,
            Self::Low => severity > IssueSeverity::Low,
            Self::Medium => severity > IssueSeverity::Medium,
            Self::High => severity > IssueSeverity::High,
        }
    }
}

/// Forms of the outcome.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum GateOutput {
    /// One JSON object
    Json,
    /// JUnit XML, for the test report of a pipeline
    Junit,
    /// SARIF 2.1.0, for code scanning
    Sarif,
}

/// Wait until an incident, plan or approval request is in a state
///
/// Exit codes: 0 it is, 1 it is not in time or never will be, 2 it cannot be told.
#[derive(Args, Clone, Debug)]
#[command(after_help = "\
Examples:
  kubectl chatcli wait web-oom-kill-90c41d77aa -n shop --for=state=Resolved --timeout 10m
  kubectl chatcli wait plan/web-oom-kill-90c41d77aa-plan-1 -n shop --for=state=Completed,RolledBack
  kubectl chatcli wait web-oom-kill-90c41d77aa -n shop --for=condition=Remediating")]
pub struct WaitArgs {
    /// Incident, or plan/NAME, or request/NAME
    #[arg(value_name = "ISSUE|plan/NAME|request/NAME")]
    pub subject: String,
    /// What to wait for: state=NAME[,NAME…], condition=TYPE[=STATUS], or delete
    #[arg(long = "for", value_name = "WHAT")]
    pub what: WaitFor,
    /// How long to wait
    #[arg(long, value_name = "DURATION", default_value = "30s")]
    pub timeout: RequestTimeout,
}

/// What is waited for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum WaitFor {
    /// `status.state` is one of these.
    State(Vec<String>),
    /// A condition has a status.
    Condition(String, String),
    /// It is gone.
    Delete,
}

impl FromStr for WaitFor {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bad = || format!("`{text}` cannot be waited for; write state=Resolved, condition=Remediating or delete");
        if text == "delete" {
            return Ok(Self::Delete);
        }
        let (what, value) = text.split_once('=').ok_or_else(bad)?;
        if value.is_empty() {
            return Err(bad());
        }
        match what {
            "state" => Ok(Self::State(value.split(',').map(str::to_owned).collect())),
            "condition" => {
                let (name, status) = value.split_once('=').unwrap_or((value, "True"));
                Ok(Self::Condition(name.to_owned(), status.to_owned()))
            }
            _ => Err(bad()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gate_fails_above_its_limit_only() {
        assert!(!SeverityArg::Medium.is_exceeded_by(IssueSeverity::Medium));
        assert!(SeverityArg::Medium.is_exceeded_by(IssueSeverity::High));
        assert!(SeverityArg::None.is_exceeded_by(IssueSeverity::Low));
        assert!(!SeverityArg::High.is_exceeded_by(IssueSeverity::High));
    }

    #[test]
    fn what_is_waited_for_reads_as_kubectl_wait_reads_it() {
        assert_eq!("state=Resolved,Contained".parse(), Ok(WaitFor::State(vec!["Resolved".into(), "Contained".into()])));
        assert_eq!("condition=Verified".parse(), Ok(WaitFor::Condition("Verified".into(), "True".into())));
        assert_eq!("condition=Verified=False".parse(), Ok(WaitFor::Condition("Verified".into(), "False".into())));
        assert_eq!("delete".parse(), Ok(WaitFor::Delete));
        assert!("resolved".parse::<WaitFor>().is_err() && "state=".parse::<WaitFor>().is_err());
    }
}
