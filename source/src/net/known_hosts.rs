//! Whether a host key is the one to expect, by the lines of a `known_hosts` file as sshd(8) describes them.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use russh::keys::PublicKey;

/// What the lines say of a key.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Verdict {
    /// It is expected.
    Known,
    /// It must not be used any more.
    Revoked,
    /// Other keys are expected of this host.
    Another,
    /// No line is about this host.
    Unknown,
}

/// The keys that lines expect of one host.
#[derive(Clone, Debug, Default)]
pub struct Expected {
    keys: Vec<PublicKey>,
    revoked: Vec<PublicKey>,
}

impl Expected {
    /// Reads the lines about a host. Lines about its port come before lines about its name alone, as in OpenSSH. Lines of certificate
    /// authorities count for nothing: no host certificate is asked for.
    pub fn of(lines: &str, host: &str, port: u16) -> Self {
        let host = host.to_ascii_lowercase();
        let mut found = Self::about(lines, &name(&host, port));
        if found.keys.is_empty() && port != 22 {
            let by_name = Self::about(lines, &host);
            found.keys = by_name.keys;
            found.revoked.extend(by_name.revoked);
        }
        found
    }

    fn about(lines: &str, name: &str) -> Self {
        let mut expected = Self::default();
        for line in lines.lines().map(str::trim).filter(|it| !it.is_empty() && !it.starts_with('#')) {
            let mut words = line.split_whitespace();
            let (marker, hosts) = match words.next() {
                Some(marker) if marker.starts_with('@') => (Some(marker), words.next()),
                first => (None, first),
            };
            let (Some(hosts), Some(kind), Some(key)) = (hosts, words.next(), words.next()) else { continue };
            if !are_about(hosts, name) {
                continue;
            }
            let Ok(key) = PublicKey::from_openssh(&format!("{kind} {key}")) else { continue };
            match marker {
                None => expected.keys.push(key),
                Some("@revoked") => expected.revoked.push(key),
                Some(_) => {}
            }
        }
        expected
    }

    /// Keys that are expected; a server with several is asked for one of their kinds.
    pub fn keys(&self) -> &[PublicKey] {
        &self.keys
    }

    /// Judges the key that a server offers. A revoked one is refused whatever else stands there.
    pub fn judge(&self, key: &PublicKey) -> Verdict {
        let is_among = |keys: &[PublicKey]| keys.iter().any(|it| it.key_data() == key.key_data());
        if is_among(&self.revoked) {
            Verdict::Revoked
        } else if is_among(&self.keys) {
            Verdict::Known
        } else if self.keys.is_empty() {
            Verdict::Unknown
        } else {
            Verdict::Another
        }
    }
}

/// How a line names a host.
pub fn name(host: &str, port: u16) -> String {
    if port == 22 { host.to_owned() } else { format!("[{host}]:{port}") }
}

/// Patterns with commas between them; one that matches after `!` outweighs all others.
fn are_about(hosts: &str, name: &str) -> bool {
    let mut are = false;
    for pattern in hosts.split(',') {
        match pattern.strip_prefix('!') {
            Some(negated) if is_like(&negated.to_ascii_lowercase(), name) => return false,
            Some(_) => {}
            None => are |= is_hash_of(pattern, name) || is_like(&pattern.to_ascii_lowercase(), name),
        }
    }
    are
}

/// `|1|salt|hash`, both in Base64: HMAC-SHA1 of the name.
fn is_hash_of(pattern: &str, name: &str) -> bool {
    let parts = pattern.strip_prefix("|1|").and_then(|rest| rest.split_once('|'));
    let Some((Ok(salt), Ok(hash))) = parts.map(|(salt, hash)| (STANDARD.decode(salt), STANDARD.decode(hash))) else {
        return false;
    };
    hmac::verify(&hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &salt), name.as_bytes(), &hash).is_ok()
}

/// `*` stands for any characters, `?` for one.
fn is_like(pattern: &str, name: &str) -> bool {
    let (pattern, name) = (pattern.as_bytes(), name.as_bytes());
    let (mut at, mut read) = (0, 0);
    // Where the last star stands, and how much of the name it has taken.
    let mut star = None;
    while read < name.len() {
        match pattern.get(at) {
            Some(b'*') => {
                star = Some((at, read));
                at += 1;
            }
            Some(b'?') => (at, read) = (at + 1, read + 1),
            Some(it) if *it == name[read] => (at, read) = (at + 1, read + 1),
            _ => {
                let Some((stands, taken)) = star else { return false };
                star = Some((stands, taken + 1));
                (at, read) = (stands + 1, taken + 1);
            }
        }
    }
    pattern[at..].iter().all(|it| *it == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJdD7y3aLq454yWBdwLWbieU1ebz9/cu7/QEXn9OIeZJ";
    const OTHER: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA6rWI3G1sz07DnfFlrouTcysQlj2P+jpNSOEWD9OJ3X";

    fn judged(lines: &str, host: &str, port: u16) -> Verdict {
        Expected::of(lines, host, port).judge(&PublicKey::from_openssh(ONE).unwrap())
    }

    #[test]
    fn a_key_is_known_by_name_list_pattern_port_and_hash() {
        let hashed = hash_of("git.example.com");
        for hosts in [
            "git.example.com",
            "a.example,git.example.com,b.example",
            "*.example.com",
            "git.example.co?",
            "GIT.example.com",
            &hashed,
        ] {
            assert_eq!(judged(&format!("{hosts} {ONE} a comment"), "Git.example.com", 22), Verdict::Known, "{hosts}");
        }
        for hosts in ["[git.example.com]:2222", "git.example.com", &hash_of("[git.example.com]:2222")] {
            assert_eq!(
                judged(&format!("# servers\n\n{hosts} {ONE}"), "git.example.com", 2222),
                Verdict::Known,
                "{hosts}"
            );
        }
    }

    fn hash_of(name: &str) -> String {
        let salt = [7; 20];
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &salt), name.as_bytes());
        format!("|1|{}|{}", STANDARD.encode(salt), STANDARD.encode(tag))
    }

    #[test]
    fn a_host_without_a_line_is_unknown() {
        for lines in [
            String::new(),
            format!("other.example.com {ONE}"),
            format!("*.example.com,!git.example.com {ONE}"),
            format!("[git.example.com]:2222 {ONE}"),
            format!("#git.example.com {ONE}"),
            format!("@cert-authority *.example.com {ONE}"),
            "git.example.com ssh-ed25519 notbase64".to_owned(),
            "|1|x|y ssh-ed25519".to_owned(),
        ] {
            assert_eq!(judged(&lines, "git.example.com", 22), Verdict::Unknown, "{lines}");
        }
    }

    #[test]
    fn another_key_of_a_known_host_is_not_the_one() {
        assert_eq!(judged(&format!("git.example.com {OTHER}"), "git.example.com", 22), Verdict::Another);
        assert_eq!(
            judged(&format!("git.example.com {OTHER}\ngit.example.com {ONE}"), "git.example.com", 22),
            Verdict::Known
        );
    }

    #[test]
    fn a_line_about_the_port_outweighs_one_about_the_name() {
        assert_eq!(
            judged(&format!("git.example.com {ONE}\n[git.example.com]:2222 {OTHER}"), "git.example.com", 2222),
            Verdict::Another
        );
    }

    #[test]
    fn a_revoked_key_is_refused_although_another_line_expects_it() {
        assert_eq!(
            judged(&format!("git.example.com {ONE}\n@revoked * {ONE}"), "git.example.com", 22),
            Verdict::Revoked
        );
        assert_eq!(judged(&format!("@revoked *.example.com {ONE}"), "git.example.com", 2222), Verdict::Revoked);
    }

    #[test]
    fn a_pattern_matches_as_a_shell_would() {
        for (pattern, name, expected) in [
            ("*", "", true),
            ("a*b*c", "axxbyyc", true),
            ("a*b", "ab", true),
            ("a*b", "abc", false),
            ("?", "", false),
            ("??", "ab", true),
            ("", "", true),
        ] {
            assert_eq!(is_like(pattern, name), expected, "{pattern} {name}");
        }
    }
}
