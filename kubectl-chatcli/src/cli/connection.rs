//! kubectl's own client flags.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use clap::Args;

/// Which cluster, which namespace, as whom: the same flags, with the same meaning, as kubectl's.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Connection")]
pub struct Connection {
    /// Namespace to work in
    #[arg(short, long, global = true, value_name = "NAMESPACE")]
    pub namespace: Option<String>,
    /// Kubeconfig file to use
    #[arg(long, global = true, value_name = "FILE")]
    pub kubeconfig: Option<PathBuf>,
    /// Kubeconfig context to use
    #[arg(long, global = true, value_name = "NAME")]
    pub context: Option<String>,
    /// Kubeconfig cluster to use
    #[arg(long, global = true, value_name = "NAME", hide_short_help = true)]
    pub cluster: Option<String>,
    /// Kubeconfig user to use
    #[arg(long, global = true, value_name = "NAME", hide_short_help = true)]
    pub user: Option<String>,
    /// Address of the API server
    #[arg(short, long, global = true, value_name = "URL", hide_short_help = true)]
    pub server: Option<String>,
    /// Bearer token
    #[arg(long, global = true, value_name = "TOKEN", hide_short_help = true)]
    pub token: Option<String>,
    /// User to act as
    #[arg(long = "as", global = true, value_name = "USER", hide_short_help = true)]
    pub impersonate: Option<String>,
    /// Group to act as; may be repeated
    #[arg(long = "as-group", global = true, value_name = "GROUP", hide_short_help = true)]
    pub impersonate_groups: Vec<String>,
    /// UID to act as
    #[arg(long = "as-uid", global = true, value_name = "UID", hide_short_help = true)]
    pub impersonate_uid: Option<String>,
    /// File with the API server's certificate authority
    #[arg(long, global = true, value_name = "FILE", hide_short_help = true)]
    pub certificate_authority: Option<String>,
    /// Client certificate file
    #[arg(long, global = true, value_name = "FILE", hide_short_help = true)]
    pub client_certificate: Option<String>,
    /// Client key file
    #[arg(long, global = true, value_name = "FILE", hide_short_help = true)]
    pub client_key: Option<String>,
    /// Name to expect in the server's certificate
    #[arg(long, global = true, value_name = "NAME", hide_short_help = true)]
    pub tls_server_name: Option<String>,
    /// Do not check the server's certificate; insecure
    #[arg(long, global = true, hide_short_help = true)]
    pub insecure_skip_tls_verify: bool,
    /// Give up on a request after this long, such as 5s or 2m; 0 waits for ever
    #[arg(long, global = true, value_name = "DURATION", default_value = "0", hide_short_help = true)]
    pub request_timeout: RequestTimeout,
}

/// `0`, seconds, or a duration such as `1m30s`.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct RequestTimeout(pub Option<Duration>);

impl FromStr for RequestTimeout {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Ok(seconds) = text.parse::<u64>() {
            return Ok(Self((seconds > 0).then(|| Duration::from_secs(seconds))));
        }
        let bad = || format!("`{text}` is no duration; write 30s, 2m or 1h");
        let span: jiff::SignedDuration = text.parse().map_err(|_| bad())?;
        Duration::try_from(span).map(|limit| Self((!limit.is_zero()).then_some(limit))).map_err(|_| bad())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timeout_is_read_as_kubectl_reads_it() {
        let seconds = |text: &str| text.parse::<RequestTimeout>().unwrap().0.map(|limit| limit.as_secs());
        assert_eq!(seconds("0"), None);
        assert_eq!(seconds("0s"), None);
        assert_eq!(seconds("5"), Some(5));
        assert_eq!(seconds("1m30s"), Some(90));
        assert!("-5s".parse::<RequestTimeout>().is_err());
        assert!("soon".parse::<RequestTimeout>().is_err());
    }
}
