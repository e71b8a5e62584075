//! Where fetched repositories are: one directory per object UID, of this process alone.
//!
//! In: UIDs. Out: paths, sizes. Never: follows a link, touches anything that is not named like a UID, trusts what an earlier process left.

use std::io;
use std::path::{Path, PathBuf};

/// The directory of all.
#[derive(Clone, Debug)]
pub struct Caches(PathBuf);

impl Caches {
    /// Below this directory.
    pub fn at(root: PathBuf) -> Self {
        Self(root)
    }

    /// Where it is.
    pub fn root(&self) -> &Path {
        &self.0
    }

    /// The directory of a repository.
    pub fn of(&self, uid: &str) -> PathBuf {
        self.0.join(uid)
    }

    /// A bare repository always has this file.
    pub fn holds(&self, uid: &str) -> bool {
        is_uid(uid) && self.of(uid).join("HEAD").is_file()
    }

    /// Makes the root. What an earlier process left is removed: nobody knows whether it is whole, nor how old.
    pub fn begin(&self) -> io::Result<()> {
        std::fs::create_dir_all(&self.0)?;
        self.entries()?.iter().try_for_each(|(_, path)| gone(path))
    }

    /// Whether something can be written there now; asked for one repository at a time.
    pub fn is_writable(&self, uid: &str) -> io::Result<()> {
        let probe = self.0.join(format!(".{uid}.writable"));
        std::fs::write(&probe, [])?;
        std::fs::remove_file(probe)
    }

    /// Removes the directory of a repository and what stands beside it; at once where there is none.
    pub fn remove(&self, uid: &str) -> io::Result<()> {
        let entries = self.entries()?;
        entries.iter().filter(|(owner, _)| owner == uid).try_for_each(|(_, path)| gone(path))
    }

    /// Bytes of all repositories but this one.
    pub fn beside(&self, uid: &str) -> io::Result<u64> {
        let entries = self.entries()?;
        entries.iter().filter(|(owner, _)| owner != uid).map(|(_, path)| size(path)).sum()
    }

    /// What is there of repositories, each with the UID it belongs to: `<uid>`, and `.<uid>.<what>` while it is being made.
    fn entries(&self) -> io::Result<Vec<(String, PathBuf)>> {
        let mut all = Vec::new();
        for entry in std::fs::read_dir(&self.0)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let uid =
                name.strip_prefix('.').and_then(|rest| rest.split_once('.')).map_or(name.as_str(), |(uid, _)| uid);
            if is_uid(uid) {
                all.push((uid.to_owned(), entry.path()));
            }
        }
        Ok(all)
    }
}

fn gone(path: &Path) -> io::Result<()> {
    let removed = match std::fs::symlink_metadata(path) {
        Ok(entry) if entry.is_dir() => std::fs::remove_dir_all(path),
        Ok(_) => std::fs::remove_file(path),
        Err(error) => Err(error),
    };
    match removed {
        Err(gone) if gone.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

fn size(path: &Path) -> io::Result<u64> {
    let mut all = 0;
    let mut left = vec![path.to_owned()];
    while let Some(next) = left.pop() {
        let entry = std::fs::symlink_metadata(&next)?;
        if !entry.is_dir() {
            all += entry.len();
            continue;
        }
        for inside in std::fs::read_dir(next)? {
            left.push(inside?.path());
        }
    }
    Ok(all)
}

/// As the API server makes them; nothing that leads elsewhere.
fn is_uid(name: &str) -> bool {
    name.len() == 36 && name.chars().all(|c| c.is_ascii_hexdigit() || c == '-')
}

#[cfg(test)]
mod tests {
    use super::*;

    const UID: &str = "0f0f0f0f-0000-4000-8000-000000000001";
    const OTHER: &str = "0f0f0f0f-0000-4000-8000-000000000002";

    fn caches() -> (tempfile::TempDir, Caches) {
        let folder = tempfile::TempDir::new().unwrap();
        let caches = Caches::at(folder.path().join("sources"));
        caches.begin().unwrap();
        for uid in [UID, OTHER] {
            std::fs::create_dir_all(caches.of(uid).join("objects/pack")).unwrap();
            std::fs::write(caches.of(uid).join("HEAD"), "ref: refs/heads/main\n").unwrap();
            std::fs::write(caches.of(uid).join("objects/pack/one.pack"), [0; 1000]).unwrap();
        }
        (folder, caches)
    }

    #[test]
    fn a_process_begins_with_none_and_leaves_what_is_not_its_own() {
        let (_folder, caches) = caches();
        std::fs::create_dir(caches.root().join("lost+found")).unwrap();
        caches.begin().unwrap();
        assert!(!caches.holds(UID) && !caches.of(OTHER).exists());
        assert!(caches.root().join("lost+found").exists());
    }

    #[test]
    fn one_is_removed_and_the_others_stay() {
        let (_folder, caches) = caches();
        assert!(caches.holds(UID));
        caches.remove(UID).unwrap();
        caches.remove(UID).unwrap();
        assert!(!caches.holds(UID) && caches.holds(OTHER));
    }

    #[test]
    fn what_stands_beside_one_while_it_is_made_goes_with_it() {
        let (_folder, caches) = caches();
        let new = caches.root().join(format!(".{UID}.new"));
        std::fs::create_dir(&new).unwrap();
        std::fs::write(caches.root().join(format!(".{UID}.lock")), []).unwrap();
        caches.remove(UID).unwrap();
        assert!(!new.exists() && caches.entries().unwrap().iter().all(|(owner, _)| owner == OTHER));
    }

    #[test]
    fn nothing_outside_is_ever_removed() {
        let (folder, caches) = caches();
        caches.remove("..").unwrap();
        caches.remove("").unwrap();
        assert!(folder.path().join("sources").exists());
        std::os::unix::fs::symlink(folder.path(), caches.of(UID).join("link")).unwrap();
        caches.remove(UID).unwrap();
        assert!(caches.holds(OTHER), "a link is removed, not what it leads to");
    }

    #[test]
    fn what_the_others_take_is_known() {
        let (_folder, caches) = caches();
        assert_eq!(caches.beside(UID).unwrap(), 1021);
    }
}
