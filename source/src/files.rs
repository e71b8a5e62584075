//! Files of a commit: which there are, and what is in them. Never anything but blobs below its tree: no link is followed.

use std::collections::VecDeque;

use common::source::Limits;
use gix::bstr::{BStr, BString, ByteSlice as _};
use gix::objs::{Kind, TreeRefIter};
use gix::{ObjectId, Repository};

use crate::refused::Refused;

/// Files that are looked at. Trees may hold one another, so that a small repository has more paths than there are numbers.
const MOST_FILES: usize = 100_000;
/// Folders that are looked at.
const MOST_FOLDERS: usize = 50_000;
/// Bytes of a path; what no file system would take is no file of anybody's program.
const LONGEST_PATH: usize = 4096;
/// Bytes in which a binary file shows itself by a zero, as git looks for it.
const BINARY: usize = 8000;

/// A regular file of a commit.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Entry {
    /// Path from the root, as bytes: git knows no encoding.
    pub path: BString,
    /// Its content.
    pub id: ObjectId,
}

impl Entry {
    /// Path as text.
    pub fn text(&self) -> String {
        self.path.to_str_lossy().into_owned()
    }
}

/// Regular files of a commit, those nearest to the root first, within a folder as git orders them.
pub fn of(repository: &Repository, commit: ObjectId) -> Result<Vec<Entry>, Refused> {
    let root =
        repository.find_commit(commit).and_then(|it| it.tree_id().map(gix::Id::detach)).map_err(Refused::lost)?;
    let mut files = Vec::new();
    let mut folders = VecDeque::from([(BString::default(), root)]);
    let mut visited = 0;
    while let Some((folder, id)) = folders.pop_front() {
        visited += 1;
        if visited > MOST_FOLDERS {
            break;
        }
        let tree = repository.find_tree(id).map_err(Refused::lost)?;
        for entry in TreeRefIter::from_bytes(&tree.data, repository.object_hash()) {
            let entry = entry.map_err(Refused::lost)?;
            if !is_name(entry.filename) || folder.len() + entry.filename.len() >= LONGEST_PATH {
                continue;
            }
            let mut path = folder.clone();
            if !path.is_empty() {
                path.push(b'/');
            }
            path.extend_from_slice(entry.filename);
            if entry.mode.is_tree() && folders.len() < MOST_FOLDERS {
                folders.push_back((path, entry.oid.to_owned()));
            } else if entry.mode.is_blob() {
                files.push(Entry { path, id: entry.oid.to_owned() });
            }
            if files.len() == MOST_FILES {
                return Ok(files);
            }
        }
    }
    Ok(files)
}

/// What git itself would not check out is no file.
fn is_name(name: &BStr) -> bool {
    !matches!(name.as_bytes(), b"" | b"." | b"..")
        && !name.eq_ignore_ascii_case(b".git")
        && !name.contains(&b'/')
        && !name.contains(&0)
}

/// Text of a file; none where it is larger than the limit, was not sent for that reason, or is no text.
pub fn text(repository: &Repository, entry: &Entry, limits: &Limits) -> Result<Option<String>, Refused> {
    let Some(header) = repository.try_find_header(entry.id).map_err(Refused::lost)? else {
        return Ok(None);
    };
    if header.kind() != Kind::Blob || header.size() > limits.blob {
        return Ok(None);
    }
    let blob = repository.find_object(entry.id).map_err(Refused::lost)?;
    let is_binary = blob.data.iter().take(BINARY).any(|it| *it == 0);
    Ok((!is_binary).then(|| blob.data.to_str_lossy().into_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_git_would_not_check_out_is_no_name() {
        for name in ["", ".", "..", ".git", ".GIT", "a/b", "../x", "a\0b"] {
            assert!(!is_name(name.into()), "{name:?}");
        }
        for name in ["...", ".gitignore", "a b", "-rf"] {
            assert!(is_name(name.into()), "{name:?}");
        }
    }
}
