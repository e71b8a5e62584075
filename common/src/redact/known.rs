//! Values that are known to be secret because of where they stand, not because of how they look.
//!
//! In: pod specs. Out: the values a program was given under names such as `DB_PASSWORD`, so that its log can be cleaned of them. Never:
//! keeps a value longer than the text it is looked for in.

use std::collections::BTreeSet;

use aho_corasick::{AhoCorasick, MatchKind};
use base64::Engine as _;
use k8s_openapi::api::core::v1::PodSpec;

/// Shorter values are words, ports and flags: cleaning a log of them would leave no log.
const SHORTEST: usize = 6;

/// Names under which secrets are handed to programs.
const NAMES: [&str; 8] =
    ["PASSWORD", "PASSWD", "PASSPHRASE", "SECRET", "TOKEN", "CREDENTIAL", "PRIVATE_KEY", "API_KEY"];

/// Finds known values, plain and as base64.
pub struct Known(Option<AhoCorasick>);

impl Known {
    /// Nothing is known.
    pub const NOTHING: Self = Self(None);

    /// These values are secret.
    pub fn values<'a>(values: impl IntoIterator<Item = &'a str>) -> Self {
        // Pods of one template have the same ones.
        let mut all: BTreeSet<String> = BTreeSet::new();
        for value in values.into_iter().filter(|value| value.len() >= SHORTEST) {
            if all.insert(value.to_owned()) {
                all.insert(base64::engine::general_purpose::STANDARD.encode(value));
            }
        }
        if all.is_empty() {
            return Self::NOTHING;
        }
        // The longest first: a password that begins with another must go whole.
        Self(AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(all).ok())
    }

    /// Literal environment values of a pod whose names say that they are secret.
    pub fn of_pod(spec: Option<&PodSpec>) -> Self {
        Self::of_pods(spec)
    }

    /// The same of several pods.
    pub fn of_pods<'a>(specs: impl IntoIterator<Item = &'a PodSpec>) -> Self {
        let containers =
            specs.into_iter().flat_map(|spec| spec.containers.iter().chain(spec.init_containers.iter().flatten()));
        let variables = containers.flat_map(|container| container.env.iter().flatten());
        Self::values(variables.filter(|variable| says_secret(&variable.name)).filter_map(|it| it.value.as_deref()))
    }

    /// Where the first one stands, at or after `from`.
    pub fn find(&self, text: &str, from: usize) -> Option<(usize, usize)> {
        let found = self.0.as_ref()?.find(aho_corasick::Input::new(text).range(from..))?;
        Some((found.start(), found.end()))
    }

    /// Is there anything to look for?
    pub fn is_nothing(&self) -> bool {
        self.0.is_none()
    }
}

fn says_secret(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    NAMES.iter().any(|part| name.contains(part))
        // `DB_PASSWORD_FILE` names a path, `TOKEN_URL` a place.
        && !["_FILE", "_PATH", "_URL", "_NAME", "_TTL"].iter().any(|end| name.ends_with(end))
}
