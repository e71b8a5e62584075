//! Where a repository is, from its URL.

use std::fmt;

use common::source::Refusal;
use http::Uri;
use percent_encoding::percent_decode_str;

use crate::refused::Refused;

/// User of an ssh server where the URL names none.
const GIT: &str = "git";

/// A repository on a server.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Place {
    /// How to get there.
    pub scheme: Scheme,
    /// Name or address, without brackets.
    pub host: String,
    /// Port.
    pub port: u16,
    /// Path on the server: as in the URL for https, as the server's shell gets it for ssh.
    pub path: String,
}

/// How to get to a server.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Scheme {
    /// HTTP over TLS.
    Https,
    /// SSH, as this user.
    Ssh(String),
}

impl Place {
    /// Reads `https://…`, `ssh://…` or `git@host:path`. A password in it is refused: it would stand in the object's `spec`, which everybody
    /// may read. A user alone in an `https` URL, as some servers write it, goes nowhere.
    pub fn of(url: &str) -> Result<Self, Refused> {
        let place = if url.contains("://") {
            Self::of_uri(url)?
        } else {
            Self::of_scp(url).ok_or_else(|| unreadable("it is neither https://…, nor ssh://…, nor git@host:path"))?
        };
        if !is_host(&place.host) {
            return Err(unreadable("its host is no host name"));
        }
        if place.path.trim_matches('/').is_empty() || place.path.starts_with('-') {
            return Err(unreadable("it names no repository on its host"));
        }
        Ok(place)
    }

    fn of_uri(url: &str) -> Result<Self, Refused> {
        let uri: Uri = url.parse().map_err(|_| unreadable("it is no URL"))?;
        let authority = uri.authority().ok_or_else(|| unreadable("it names no host"))?;
        let user = match authority.as_str().rsplit_once('@') {
            Some((user, _)) if user.contains(':') => {
                let message = "spec.url holds a password, which everybody who reads the object sees; take it out, and put it into the Secret that spec.secretRef names";
                return Err(Refused::new(Refusal::CredentialInvalid, message));
            }
            Some((user, _)) => Some(user),
            None => None,
        };
        if uri.query().is_some() || url.contains('#') {
            return Err(unreadable("it has a query or a fragment, which name no repository"));
        }
        let host = authority.host().trim_matches(['[', ']']).to_owned();
        let path = uri.path();
        match uri.scheme_str() {
            Some("https") => Ok(Self {
                scheme: Scheme::Https,
                host,
                port: authority.port_u16().unwrap_or(443),
                path: path.to_owned(),
            }),
            Some("ssh") => {
                let decoded = |text: &str| {
                    percent_decode_str(text)
                        .decode_utf8()
                        .map(std::borrow::Cow::into_owned)
                        .map_err(|_| unreadable("it is not UTF-8"))
                };
                let path = decoded(path)?;
                // `/~user/…` is how a URL writes a path that the server's shell knows as `~user/…`.
                let path = if path.starts_with("/~") { path[1..].to_owned() } else { path };
                Ok(Self {
                    scheme: Scheme::Ssh(decoded(user.unwrap_or(GIT))?),
                    host,
                    port: authority.port_u16().unwrap_or(22),
                    path,
                })
            }
            _ => Err(unreadable("it begins neither with https:// nor with ssh://")),
        }
    }

    fn of_scp(url: &str) -> Option<Self> {
        let (user, rest) = url.split_once('@')?;
        let (host, path) = match rest.strip_prefix('[') {
            Some(bracketed) => bracketed.split_once("]:")?,
            None => rest.split_once(':')?,
        };
        // Brackets hold an IPv6 address, or a name and a port.
        let (host, port) = match host.rsplit_once(':') {
            Some((name, port)) if !name.contains(':') => (name, port.parse().ok()?),
            _ => (host, 22),
        };
        Some(Self { scheme: Scheme::Ssh(user.to_owned()), host: host.to_owned(), port, path: path.to_owned() })
    }

    /// The URL of it, without a user.
    pub fn url(&self) -> String {
        self.to_string()
    }
}

impl fmt::Display for Place {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (scheme, usual) = match self.scheme {
            Scheme::Https => ("https", 443),
            Scheme::Ssh(_) => ("ssh", 22),
        };
        let host = if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() };
        let port = if self.port == usual { String::new() } else { format!(":{}", self.port) };
        let slash = if self.path.starts_with('/') { "" } else { "/" };
        write!(out, "{scheme}://{host}{port}{slash}{}", self.path)
    }
}

/// A name of letters, digits, dots, dashes and underscores that is no option of anything, or an IPv6 address.
fn is_host(host: &str) -> bool {
    let is_name = host.bytes().all(|it| it.is_ascii_alphanumeric() || matches!(it, b'.' | b'-' | b'_'));
    !host.is_empty() && !host.starts_with(['-', '.']) && (is_name || host.parse::<std::net::Ipv6Addr>().is_ok())
}

fn unreadable(why: &str) -> Refused {
    Refused::new(
        Refusal::NotFound,
        format!("spec.url cannot be used: {why}; write it as https://host/path, ssh://git@host/path or git@host:path"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ssh(user: &str, host: &str, port: u16, path: &str) -> Place {
        Place { scheme: Scheme::Ssh(user.to_owned()), host: host.to_owned(), port, path: path.to_owned() }
    }

    #[test]
    fn an_address_is_read_in_the_three_spellings_of_git() {
        let https = Place {
            scheme: Scheme::Https,
            host: "git.example.com".to_owned(),
            port: 443,
            path: "/shop/web.git".to_owned(),
        };
        assert_eq!(Place::of("https://git.example.com/shop/web.git"), Ok(https.clone()));
        assert_eq!(Place::of("https://shop@git.example.com/shop/web.git"), Ok(https));
        assert_eq!(
            Place::of("git@git.example.com:shop/web.git"),
            Ok(ssh("git", "git.example.com", 22, "shop/web.git"))
        );
        assert_eq!(Place::of("git@[::1]:shop/web.git"), Ok(ssh("git", "::1", 22, "shop/web.git")));
        assert_eq!(Place::of("git@[git.example.com:2222]:web"), Ok(ssh("git", "git.example.com", 2222, "web")));
        assert_eq!(
            Place::of("ssh://me@git.example.com:2222/shop/we%20b"),
            Ok(ssh("me", "git.example.com", 2222, "/shop/we b"))
        );
        assert_eq!(Place::of("ssh://git.example.com/~me/web"), Ok(ssh("git", "git.example.com", 22, "~me/web")));
    }

    #[test]
    fn a_password_in_an_address_is_refused_and_not_repeated() {
        let refused = Place::of("https://me:s3cret@git.example.com/web").unwrap_err();
        assert_eq!(refused.refusal, Refusal::CredentialInvalid);
        assert!(!refused.message.contains("s3cret"));
    }

    #[test]
    fn what_is_no_server_and_no_repository_is_refused() {
        for url in [
            "http://git.example.com/web",
            "file:///etc",
            "ext::sh -c id",
            "git://git.example.com/web",
            "https://git.example.com/",
            "ssh://-oProxyCommand=id/web",
            "git@-oProxyCommand=id:web",
            "git@host:-web",
            "https://host/web?service=x",
            "https://ho%20st/web",
            "/etc",
        ] {
            assert!(Place::of(url).is_err(), "{url}");
        }
    }

    #[test]
    fn an_address_is_written_without_its_user() {
        assert_eq!(Place::of("https://me@git.example.com:8443/web").unwrap().url(), "https://git.example.com:8443/web");
        assert_eq!(Place::of("git@git.example.com:shop/web").unwrap().url(), "ssh://git.example.com/shop/web");
    }
}
