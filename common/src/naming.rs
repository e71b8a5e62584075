//! Deterministic names and digests: the same input gives the same object on every try, so the API server arbitrates races.

use sha2::{Digest, Sha256};

/// Longest object name that still fits a label value.
pub const MAX_NAME: usize = 63;

/// First `len` hex digits of SHA-256 over the parts, each ended by a zero byte so that `ab|c` and `a|bc` differ.
pub fn hash(parts: &[&str], len: usize) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part.as_bytes());
        hasher.update([0]);
    }
    hex(&hasher.finalize())[..len.min(64)].to_owned()
}

/// Lower-case hex.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// A DNS-1123 name: lower case, anything else becomes `-`, trimmed at both ends.
pub fn sanitise(text: &str) -> String {
    let mapped: String = text
        .to_lowercase()
        .chars()
        .map(|c| if c.is_ascii_lowercase() || c.is_ascii_digit() || c == '.' || c == '-' { c } else { '-' })
        .collect();
    mapped.trim_matches(['-', '.']).to_owned()
}

/// `<stem>-<hash>`, at most [`MAX_NAME`] long; the stem is cut, never the hash.
pub fn with_hash(stem: &str, hash: &str) -> String {
    let room = MAX_NAME.saturating_sub(hash.len() + 1);
    format!("{}-{hash}", cut(&sanitise(stem), room))
}

/// `<stem><suffix>`, at most [`MAX_NAME`] long; a cut stem gets a hash of the whole so that two long names stay two names.
pub fn with_suffix(stem: &str, suffix: &str) -> String {
    if stem.len() + suffix.len() <= MAX_NAME {
        return format!("{stem}{suffix}");
    }
    let digest = hash(&[stem], 8);
    let room = MAX_NAME.saturating_sub(suffix.len() + digest.len() + 1);
    format!("{}-{digest}{suffix}", cut(stem, room))
}

fn cut(text: &str, room: usize) -> &str {
    text[..text.len().min(room)].trim_end_matches(['-', '.'])
}

/// A label value: the text itself, or a hash where it is longer than 63 characters.
pub fn label_value(text: &str) -> String {
    if text.len() <= MAX_NAME { text.to_owned() } else { hash(&[text], 40) }
}

/// `<source>-<signal>-<10 hex>`: same resource, signal, object and episode = same Anomaly.
pub fn anomaly(source: &str, signal: &str, resource_uid: &str, object: &str, episode: i64) -> String {
    let digest = hash(&[resource_uid, signal, object, &episode.to_string()], 10);
    with_hash(&format!("{source}-{}", signal.replace('_', "-")), &digest)
}

/// `<resource, cut to 30>-<signal>-<10 hex>`: same resource and episode = same Issue.
pub fn issue(resource_name: &str, signal: &str, resource_uid: &str, episode: i64) -> String {
    let stem = format!("{}-{}", cut(&sanitise(resource_name), 30), signal.replace('_', "-"));
    with_hash(&stem, &hash(&[resource_uid, &episode.to_string()], 10))
}

/// `<issue>-insight`.
pub fn insight(issue: &str) -> String {
    with_suffix(issue, "-insight")
}

/// `<issue>-plan-<attempt>`.
pub fn plan(issue: &str, attempt: i32) -> String {
    with_suffix(issue, &format!("-plan-{attempt}"))
}

/// `<plan>-step-<number>`: the plan that carries out one step of an agentic plan.
pub fn step_plan(plan: &str, number: i32) -> String {
    with_suffix(plan, &format!("-step-{number}"))
}

/// `approval-<plan>`.
pub fn approval_request(plan: &str) -> String {
    let full = format!("approval-{plan}");
    if full.len() <= MAX_NAME { full } else { with_hash(&full, &hash(&[plan], 8)) }
}

/// `pm-<issue>`.
pub fn post_mortem(issue: &str) -> String {
    let full = format!("pm-{issue}");
    if full.len() <= MAX_NAME { full } else { with_hash(&full, &hash(&[issue], 8)) }
}

/// `<request, cut>-<8 hex of digest>-<a|r>-<16 hex of SHA-256(username)>`: one voice per person, decision and preview.
pub fn vote(request: &str, digest: &str, approve: bool, username: &str) -> String {
    let digest = digest.trim_start_matches("sha256:");
    let tail = format!(
        "-{}-{}-{}",
        &digest[..digest.len().min(8)],
        if approve { "a" } else { "r" },
        hex(&Sha256::digest(username.as_bytes()))[..16].to_owned()
    );
    format!("{}{tail}", cut(request, MAX_NAME - tail.len()))
}

/// Another vote of the same person on the same preview: one that says more (accepts a blocker, breaks the glass), or one cast again after the
/// guards of votes were changed. What makes it another one makes its name.
pub fn another_vote(first: &str, differs_by: &[&str]) -> String {
    let tail = format!("-{}", hash(differs_by, 6));
    format!("{}{tail}", cut(first, MAX_NAME.max(first.len()) - tail.len()))
}

/// `<planUID>.<step>.<try>`, with `.<n>` behind it for each request of a step after its first: two of them may go to one object, and the
/// trace of the one must not pass for the other's.
pub fn operation_id(plan_uid: &str, step: i32, attempt: i32, request: usize) -> String {
    let id = format!("{plan_uid}.{step}.{attempt}");
    if request == 0 { id } else { format!("{id}.{request}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_within_a_label_and_keep_their_hash() {
        let name = issue(&"a".repeat(80), "deploy_failing", "uid", 1);
        assert!(name.len() <= MAX_NAME, "{name}");
        assert!(name.ends_with(&hash(&["uid", "1"], 10)));
    }

    #[test]
    fn children_of_long_issues_do_not_collide() {
        let a = format!("{}-one", "x".repeat(60));
        let b = format!("{}-two", "x".repeat(60));
        assert_ne!(plan(&a, 1), plan(&b, 1));
        assert!(approval_request(&plan(&a, 1)).len() <= MAX_NAME);
    }

    #[test]
    fn another_vote_has_another_name_each_time_it_says_something_else() {
        let first = vote("approval-web-plan-1", "sha256:abcdef0123", true, "alice");
        let names: std::collections::BTreeSet<_> =
            [first.clone(), another_vote(&first, &["emergency"]), another_vote(&first, &["pdb"])].into();
        assert_eq!(names.len(), 3);
        assert!(another_vote(&"x".repeat(63), &["pdb"]).len() <= MAX_NAME);
    }

    #[test]
    fn another_episode_is_another_issue() {
        assert_ne!(issue("web", "oom_kill", "uid", 1), issue("web", "oom_kill", "uid", 2));
    }
}
