//! Which commit a release is.

use gix::ObjectId;
use gix::bstr::BString;

/// Digits of an abbreviated id; git shows no fewer, and fewer are met by chance.
const SHORTEST_ID: usize = 7;

/// The commit that the first of these names leads to, and the name. `history` is newest first; tags are full names.
pub fn running<'a>(
    releases: &'a [String],
    history: &[ObjectId],
    tags: &[(BString, ObjectId)],
) -> Option<(ObjectId, &'a str)> {
    releases.iter().find_map(|name| commit(name.trim(), history, tags).map(|id| (id, name.as_str())))
}

fn commit(name: &str, history: &[ObjectId], tags: &[(BString, ObjectId)]) -> Option<ObjectId> {
    tagged(name, tags).or_else(|| abbreviated(name, history)).or_else(|| {
        // `sha-3f9a1c2`, `main-3f9a1c2`, and `1.4.0-5-g3f9a1c2` as `git describe` writes it
        let (_, last) = name.rsplit_once(['-', '_', '.'])?;
        abbreviated(last, history).or_else(|| abbreviated(last.strip_prefix('g')?, history))
    })
}

/// `v1.2.3` and `1.2.3` are one version; where there are both tags, the one spelt as the release counts.
fn tagged(name: &str, tags: &[(BString, ObjectId)]) -> Option<ObjectId> {
    let short = |full: &BString| full.strip_prefix(b"refs/tags/").map(<[u8]>::to_vec).unwrap_or_default();
    let of = |is_it: &dyn Fn(&[u8]) -> bool| tags.iter().find(|(full, _)| is_it(&short(full))).map(|(_, id)| *id);
    of(&|tag| tag == name.as_bytes())
        .or_else(|| of(&|tag| !name.is_empty() && version(tag) == version(name.as_bytes())))
}

fn version(tag: &[u8]) -> &[u8] {
    match tag {
        [b'v', rest @ ..] if rest.first().is_some_and(u8::is_ascii_digit) => rest,
        _ => tag,
    }
}

/// The one commit whose id begins so.
fn abbreviated(digits: &str, history: &[ObjectId]) -> Option<ObjectId> {
    if digits.len() < SHORTEST_ID || !digits.bytes().all(|it| it.is_ascii_hexdigit()) {
        return None;
    }
    let digits = digits.to_ascii_lowercase();
    let mut those = history.iter().filter(|id| id.to_string().starts_with(&digits));
    those.next().filter(|_| those.next().is_none()).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "3f9a1c20b7d4e5f60718293a4b5c6d7e8f901234";
    const OLD: &str = "3f9a1c2ff7d4e5f60718293a4b5c6d7e8f901234";

    fn id(hex: &str) -> ObjectId {
        ObjectId::from_hex(hex.as_bytes()).unwrap()
    }

    fn runs(name: &str) -> Option<String> {
        let tags = [("v1.2.3", OLD), ("1.2.3", HEAD), ("v2.0.0", HEAD), ("canary", OLD)];
        let tags: Vec<_> = tags.iter().map(|(name, it)| (BString::from(format!("refs/tags/{name}")), id(it))).collect();
        commit(name, &[id(HEAD), id(OLD)], &tags).map(|it| it.to_string())
    }

    #[test]
    fn a_commit_is_found_by_its_id_whole_or_abbreviated_in_any_image_tag() {
        for name in [
            HEAD,
            "3f9a1c20",
            "3F9A1C20B7",
            "sha-3f9a1c20",
            "git-3f9a1c20",
            "main-3f9a1c20",
            "1.4.0-5-g3f9a1c20",
            "release_3f9a1c20",
        ] {
            assert_eq!(runs(name).as_deref(), Some(HEAD), "{name}");
        }
    }

    #[test]
    fn an_abbreviation_that_is_short_ambiguous_or_unknown_names_nothing() {
        for name in ["3f9a1c", "3f9a1c2", "sha-3f9a1c2", "deadbeef", "latest", "", "-"] {
            assert_eq!(runs(name), None, "{name}");
        }
    }

    #[test]
    fn a_version_is_the_same_with_and_without_its_v_and_its_own_spelling_comes_first() {
        assert_eq!(runs("2.0.0").as_deref(), Some(HEAD));
        assert_eq!(runs("v2.0.0").as_deref(), Some(HEAD));
        assert_eq!(runs("v1.2.3").as_deref(), Some(OLD));
        assert_eq!(runs("1.2.3").as_deref(), Some(HEAD));
        assert_eq!(runs("vcanary"), None);
    }

    #[test]
    fn the_first_name_that_leads_to_a_commit_counts() {
        let releases = ["latest".to_owned(), "3f9a1c2f".to_owned(), HEAD.to_owned()];
        let (commit, name) = running(&releases, &[id(HEAD), id(OLD)], &[]).unwrap();
        assert_eq!((commit.to_string().as_str(), name), (OLD, "3f9a1c2f"));
    }
}
