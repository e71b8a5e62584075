//! `kubectl chatcli tls …`.

use std::str::FromStr;

use clap::{Args, Subcommand, ValueEnum};
use common::api::keys::OPERATOR_NAMESPACE;
use jiff::SignedDuration;

use super::{DryRun, RequestTimeout, Structured};

/// Make, look at, check and renew the certificates of ChatCLI servers
#[derive(Args, Clone, Debug)]
#[command(arg_required_else_help = true)]
pub struct TlsArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: TlsCommand,
}

/// What can be done with certificates.
#[derive(Clone, Debug, Subcommand)]
#[allow(missing_docs, reason = "each is documented where its arguments are, which is what --help prints")]
pub enum TlsCommand {
    Generate(GenerateArgs),
    Inspect(InspectArgs),
    Check(CheckArgs),
    Rotate(RotateArgs),
}

/// Under which names the server is reached.
#[derive(Args, Clone, Debug, Default)]
pub struct NameArgs {
    /// Service in the namespace whose names to include; without it, the Services of the Instances that use the Secret. May be repeated
    #[arg(long = "service", value_name = "SERVICE")]
    pub services: Vec<String>,
    /// Further DNS name or IP address, such as an Ingress host; may be repeated
    #[arg(long = "address", value_name = "NAME|IP")]
    pub addresses: Vec<String>,
    /// DNS domain of the cluster
    #[arg(long, value_name = "DOMAIN", default_value = "cluster.local")]
    pub cluster_domain: String,
}

/// What kind of certificate.
#[derive(Args, Clone, Debug)]
pub struct IssueArgs {
    /// Kind of private key
    #[arg(long, value_name = "KIND", default_value = "ecdsa")]
    pub key: KeyArg,
    /// How long it is valid: days as 365d, or hours as 720h; at most 825d
    #[arg(long, value_name = "DURATION", default_value = "365d")]
    pub valid_for: Validity,
}

/// Kinds of private key.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum KeyArg {
    /// ECDSA on P-256
    Ecdsa,
    /// RSA with 2048 bits, for old clients
    Rsa,
    /// RSA with 4096 bits
    Rsa4096,
}

/// `365d`, `720h`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Validity(pub SignedDuration);

impl Validity {
    /// What `--valid-for` is without a word.
    pub const YEAR: Self = Self(SignedDuration::from_hours(365 * 24));
}

impl FromStr for Validity {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bad = || format!("`{text}` is no duration; write 365d or 720h");
        let (count, hours) = match text.strip_suffix('d') {
            Some(days) => (days, 24),
            None => (text.strip_suffix('h').ok_or_else(bad)?, 1),
        };
        let count: i64 = count.parse().map_err(|_| bad())?;
        if !(1..=100_000).contains(&count) {
            return Err(bad());
        }
        Ok(Self(SignedDuration::from_hours(count * hours)))
    }
}

/// Make a certificate authority and a certificate for a server, as a Secret
///
/// The certificate carries every name the Services are reached under, which is what handshakes fail for most often, and the Secret holds
/// ca.crt, from which the operator takes its trust. The authority's own key is thrown away. A Secret that exists is left alone unless
/// --rotate is given.
#[derive(Args, Clone, Debug)]
#[command(after_help = "\
Examples:
  kubectl chatcli tls generate chatcli-tls -n chatcli-system
  kubectl chatcli tls generate chatcli-tls -n chatcli-system --service chatcli-prod --address chatcli.example.org
  kubectl chatcli tls generate chatcli-tls --service chatcli-prod --dry-run=client -o yaml | kubeseal > sealed.yaml")]
pub struct GenerateArgs {
    /// Secret to make
    pub secret: String,
    /// Names.
    #[command(flatten)]
    pub names: NameArgs,
    /// Kind.
    #[command(flatten)]
    pub issue: IssueArgs,
    /// Replace the certificate where the Secret exists; the old authority stays trusted until it expires
    #[arg(long)]
    pub rotate: bool,
    /// Where to stop
    #[arg(long, value_name = "STAGE", default_value = "none")]
    pub dry_run: DryRun,
    /// With --dry-run=client: the Secret, private key included, in this form
    #[arg(short, long, value_name = "FORM")]
    pub output: Option<Structured>,
}

/// Show what a TLS Secret holds; never its key
#[derive(Args, Clone, Debug)]
pub struct InspectArgs {
    /// Secret to look at
    pub secret: String,
    /// Form of the output
    #[arg(short, long, value_name = "FORM")]
    pub output: Option<Structured>,
}

/// Say why a TLS handshake fails, or that it will not
///
/// Looks at the Secret (contents, names, authority, validity, whether the key fits, who may read it) and, with --connect, at what a server
/// really serves. Exits with 1 when a handshake would fail.
#[derive(Args, Clone, Debug)]
#[command(after_help = "\
Examples:
  kubectl chatcli tls check chatcli-tls -n chatcli-system
  kubectl -n chatcli-system port-forward svc/chatcli-prod 50051 &
  kubectl chatcli tls check chatcli-tls -n chatcli-system --connect 127.0.0.1:50051")]
pub struct CheckArgs {
    /// Secret to check
    pub secret: String,
    /// Names.
    #[command(flatten)]
    pub names: NameArgs,
    /// Also make a handshake with the server at this address, asking for the first name
    #[arg(long, value_name = "HOST:PORT")]
    pub connect: Option<String>,
    /// Namespace of the operator, which has to read the Secret
    #[arg(long, value_name = "NAMESPACE", default_value = OPERATOR_NAMESPACE)]
    pub operator_namespace: String,
    /// How long to wait for the server at --connect
    #[arg(long, value_name = "DURATION", default_value = "5s")]
    pub timeout: RequestTimeout,
    /// Form of the output
    #[arg(short, long, value_name = "FORM")]
    pub output: Option<Structured>,
}

/// Replace the certificate in a Secret
///
/// Keeps the names of the old certificate and adds those of the Services. Clients trust the old and the new one until the old authority
/// expires. Shows which workloads use the Secret; --restart rolls them, one after another, as `kubectl rollout restart` does.
#[derive(Args, Clone, Debug)]
#[command(after_help = "\
Examples:
  kubectl chatcli tls rotate chatcli-tls -n chatcli-system --dry-run=client
  kubectl chatcli tls rotate chatcli-tls -n chatcli-system --restart --yes")]
pub struct RotateArgs {
    /// Secret to renew
    pub secret: String,
    /// Names.
    #[command(flatten)]
    pub names: NameArgs,
    /// Kind.
    #[command(flatten)]
    pub issue: IssueArgs,
    /// Restart the workloads that use the Secret
    #[arg(long)]
    pub restart: bool,
    /// Do not ask
    #[arg(short, long)]
    pub yes: bool,
    /// Where to stop
    #[arg(long, value_name = "STAGE", default_value = "none")]
    pub dry_run: DryRun,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_validity_is_days_or_hours() {
        let hours = |text: &str| text.parse::<Validity>().map(|validity| validity.0.as_hours());
        assert_eq!(hours("365d"), Ok(8760));
        assert_eq!(hours("720h"), Ok(720));
        for bad in ["365", "-1d", "0d", "1y", "d"] {
            assert!(hours(bad).is_err(), "{bad}");
        }
    }
}
