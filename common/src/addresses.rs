//! Where an address leads that somebody else names: to the world, into the cluster's own network, or to what only a node may ask.
//!
//! In: an IP address, as it was resolved. Out: its [`Place`]. Never: resolves or dials; who may go where is for the caller to say.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Where an address leads.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Place {
    /// Global unicast: in none of the special-purpose blocks of the IANA registry (RFC 6890).
    Public,
    /// Loopback, private, shared, or set aside for something that a network may use for itself.
    Inside,
    /// What only its own link or node knows, such as a cloud's metadata service, and what is no single host.
    Forbidden,
}

/// Where an address leads, whichever way it is spelled.
pub fn place(address: IpAddr) -> Place {
    match address.to_canonical() {
        IpAddr::V4(it) => place_v4(it),
        IpAddr::V6(it) if it.is_loopback() => Place::Inside,
        IpAddr::V6(it) => place_v6(it),
    }
}

fn place_v4(address: Ipv4Addr) -> Place {
    match address.octets() {
        [0 | 224..=239, ..] | [169, 254, ..] | [255, 255, 255, 255] => Place::Forbidden,
        [10 | 127 | 240..=255, ..]
        | [100, 64..=127, ..]
        | [172, 16..=31, ..]
        | [192, 0, 0 | 2, _]
        | [192, 88, 99, _]
        | [192, 168, ..]
        | [198, 18 | 19, ..]
        | [198, 51, 100, _]
        | [203, 0, 113, _] => Place::Inside,
        _ => Place::Public,
    }
}

fn place_v6(address: Ipv6Addr) -> Place {
    let embedded = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        place_v4(Ipv4Addr::new(a, b, c, d))
    };
    match address.segments() {
        // NAT64 (RFC 6052), 6to4 (RFC 3056), and IPv4-compatible addresses: an IPv4 address is inside.
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] | [0, 0, 0, 0, 0, 0, high, low] => {
            embedded(high, low)
        }
        // Link-local, site-local, multicast; the metadata service of one cloud has a unique local address.
        [0xfe80..=0xffff, ..] | [0xfd00, 0xec2, ..] => Place::Forbidden,
        // But for Teredo, benchmarking, ORCHID and documentation.
        [first, second, ..]
            if first & 0xe000 == 0x2000
                && !matches!((first, second), (0x2001, 0..=0x1ff | 0xdb8) | (0x3fff, 0..=0xfff)) =>
        {
            Place::Public
        }
        _ => Place::Inside,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all_lead(addresses: &[&str], wanted: Place) {
        for address in addresses {
            assert_eq!(place(address.parse().unwrap()), wanted, "{address}");
        }
    }

    #[test]
    fn the_world_is_public() {
        all_lead(
            &[
                "8.8.8.8",
                "140.82.121.4",
                "172.32.0.1",
                "100.128.0.1",
                "192.0.1.1",
                "2606:4700::1111",
                "64:ff9b::8c52:7904",
                "::ffff:140.82.121.4",
            ],
            Place::Public,
        );
    }

    #[test]
    fn a_network_of_ones_own_is_inside_in_every_spelling() {
        all_lead(
            &[
                "10.96.0.1",
                "127.0.0.1",
                "127.9.9.9",
                "172.16.0.1",
                "172.31.255.255",
                "192.168.1.1",
                "100.64.0.1",
                "192.0.0.8",
                "198.18.0.1",
                "203.0.113.7",
                "240.0.0.1",
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
                "100::1",
            ],
            Place::Inside,
        );
    }

    #[test]
    fn what_only_a_node_may_ask_is_forbidden_in_every_spelling() {
        all_lead(
            &[
                "169.254.169.254",
                "::ffff:169.254.169.254",
                "64:ff9b::a9fe:a9fe",
                "2002:a9fe:a9fe::",
                "fe80::1",
                "fec0::1",
                "fd00:ec2::254",
                "0.0.0.0",
                "::",
                "224.0.0.1",
                "ff02::1",
                "255.255.255.255",
            ],
            Place::Forbidden,
        );
    }
}
