//! Which addresses may be dialled.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use common::addresses::{self, Place};
use common::source::Refusal;
use tokio::net::TcpStream;

use crate::refused::Refused;

/// Longest until a name is resolved, and until a connection stands.
pub const CONNECT: Duration = Duration::from_secs(10);

/// Dials a host. What is looked at is what is dialled, so a name that changes its address in between gains nothing.
pub async fn dial(host: &str, port: u16, private_hosts: &[String]) -> Result<TcpStream, Refused> {
    let unreachable =
        |why: String| Refused::new(Refusal::Unreachable, format!("{host}:{port} cannot be reached: {why}"));
    let found = tokio::time::timeout(CONNECT, tokio::net::lookup_host((host, port))).await;
    let found = found.map_err(|_| unreachable(format!("its name is not resolved within {} s", CONNECT.as_secs())))?;
    let found: Vec<SocketAddr> =
        found.map_err(|error| unreachable(format!("its name cannot be resolved ({error})")))?.collect();
    let is_private_host = private_hosts.iter().any(|it| is_same_host(it, host));
    let allowed: Vec<SocketAddr> = found.iter().copied().filter(|it| may_dial(it.ip(), is_private_host)).collect();
    if let (true, Some(refused)) = (allowed.is_empty(), found.first()) {
        let message = format!(
            "{host} has the address {}, which is not a public one; if it is a git server of yours, have {host} added to the operator's private git hosts",
            refused.ip()
        );
        return Err(Refused::new(Refusal::HostRefused, message));
    }
    let tcp = tokio::time::timeout(CONNECT, TcpStream::connect(allowed.as_slice())).await;
    let tcp = tcp.map_err(|_| unreachable(format!("no connection within {} s", CONNECT.as_secs())))?;
    let tcp = tcp.map_err(|error| unreachable(error.to_string()))?;
    let _ = tcp.set_nodelay(true);
    Ok(tcp)
}

/// Whether two host names are one: case and a final dot do not count.
fn is_same_host(one: &str, other: &str) -> bool {
    one.trim_matches(['[', ']']).trim_end_matches('.').eq_ignore_ascii_case(other.trim_end_matches('.'))
}

/// A private host may have an address inside, but none of those that only its own link knows, such as a cloud's metadata service.
fn may_dial(address: IpAddr, is_private_host: bool) -> bool {
    match addresses::place(address) {
        Place::Public => true,
        Place::Inside => is_private_host,
        Place::Forbidden => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn a_private_host_may_be_inside_but_never_on_the_link_of_a_node() {
        assert!(may_dial(ip("140.82.121.4"), false));
        assert!(!may_dial(ip("10.96.0.12"), false) && may_dial(ip("10.96.0.12"), true));
        assert!(!may_dial(ip("169.254.169.254"), true));
    }

    #[test]
    fn a_host_is_the_same_in_another_case_and_with_a_final_dot() {
        assert!(is_same_host("Git.Example.com.", "git.example.com"));
        assert!(is_same_host("[::1]", "::1"));
        assert!(!is_same_host("example.com", "git.example.com"));
    }
}
