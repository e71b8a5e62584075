//! Which addresses may be dialled.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

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
    is_public(address) || (is_private_host && is_inside(address))
}

/// Loopback, RFC 1918, shared address space (RFC 6598), unique local (RFC 4193).
fn is_inside(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(it) => it.is_loopback() || it.is_private() || (it.octets()[0] == 100 && it.octets()[1] & 0xc0 == 64),
        // The metadata service of one cloud has a unique local address.
        IpAddr::V6(it) => it.is_loopback() || (it.is_unique_local() && it.segments()[..2] != [0xfd00, 0xec2]),
    }
}

fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(it) => is_public_v4(it),
        IpAddr::V6(it) => is_public_v6(it),
    }
}

/// Not one of the special-purpose blocks of the IANA registry (RFC 6890).
fn is_public_v4(address: Ipv4Addr) -> bool {
    !matches!(
        address.octets(),
        [0 | 10 | 127 | 224..=255, ..]
            | [100, 64..=127, ..]
            | [169, 254, ..]
            | [172, 16..=31, ..]
            | [192, 0, 0 | 2, _]
            | [192, 88, 99, _]
            | [192, 168, ..]
            | [198, 18 | 19, ..]
            | [198, 51, 100, _]
            | [203, 0, 113, _]
    )
}

/// Global unicast, and where an IPv4 address is inside it, that one too.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let segments = address.segments();
    let embedded = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        is_public_v4(Ipv4Addr::new(a, b, c, d))
    };
    match segments {
        // NAT64; 6to4
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => embedded(high, low),
        // Teredo, benchmarking, ORCHID; documentation
        [0x2001, 0..=0x1ff | 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] => false,
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn an_address_that_is_not_public_is_refused_in_every_spelling() {
        for refused in [
            "127.0.0.1",
            "127.9.9.9",
            "0.0.0.0",
            "10.1.2.3",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "192.0.0.8",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "240.0.0.1",
            "203.0.113.7",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::7f00:1",
            "64:ff9b::7f00:1",
            "64:ff9b:1::1",
            "2002:7f00:1::",
            "2001::1",
            "2001:db8::1",
            "fc00::1",
            "fd12::1",
            "fd00:ec2::254",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "100::1",
        ] {
            assert!(!may_dial(ip(refused), false), "{refused}");
        }
    }

    #[test]
    fn a_public_address_may_be_dialled() {
        for public in [
            "140.82.121.4",
            "172.32.0.1",
            "100.128.0.1",
            "192.0.1.1",
            "2606:50c0:8000::153",
            "64:ff9b::8c52:7904",
            "::ffff:140.82.121.4",
        ] {
            assert!(may_dial(ip(public), false), "{public}");
        }
    }

    #[test]
    fn a_private_host_may_be_inside_but_never_on_the_link_of_a_node() {
        for inside in ["127.0.0.1", "10.96.0.12", "192.168.1.1", "100.64.0.1", "::1", "fd12::1", "::ffff:10.0.0.1"] {
            assert!(may_dial(ip(inside), true), "{inside}");
        }
        for never in [
            "169.254.169.254",
            "fe80::1",
            "fd00:ec2::254",
            "0.0.0.0",
            "::",
            "224.0.0.1",
            "255.255.255.255",
            "::ffff:169.254.169.254",
        ] {
            assert!(!may_dial(ip(never), true), "{never}");
        }
    }

    #[test]
    fn a_host_is_the_same_in_another_case_and_with_a_final_dot() {
        assert!(is_same_host("Git.Example.com.", "git.example.com"));
        assert!(is_same_host("[::1]", "::1"));
        assert!(!is_same_host("example.com", "git.example.com"));
    }
}
