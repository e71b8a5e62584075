//! Where a fetched repository is kept: a bare repository that git itself could read, or none at all.
//!
//! A repository is made beside its place and renamed into it when it is whole. One that is brought up to date bears a mark meanwhile, so
//! that what a killed process left is made anew. What was fetched is known by `packed-refs` alone, which is replaced by renaming.

use std::fs::{self, DirBuilder, File};
use std::io::{self, Write as _};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use common::source::{Limits, Refusal};
use gix::bstr::BString;
use gix::{ObjectId, Repository};
use rustix::fs::{FlockOperation, flock};

use crate::limits::largest_object;
use crate::refused::Refused;

/// File with the URL that the repository was fetched from.
const URL: &str = "chatcli-url";
/// File that stands in a repository while it is being changed, and when it was found broken.
const MARK: &str = "chatcli-unfinished";
/// Each update adds a pack; with more of them every look-up takes longer than fetching anew does now and then.
const MOST_PACKS: usize = 50;

/// The place of one repository.
#[derive(Clone, Debug)]
pub struct Cache {
    path: PathBuf,
    limits: Limits,
}

/// What is known of a fetched repository besides its objects.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Fetched {
    /// The branch, as a full name.
    pub branch: BString,
    /// Its newest commit.
    pub head: ObjectId,
    /// Full names of tags, and the commits they mark.
    pub tags: Vec<(BString, ObjectId)>,
}

/// Held while a repository is changed, or while it is read: who reads it is not disturbed by its replacement.
#[derive(Debug)]
pub struct Turn(#[expect(dead_code, reason = "the lock goes with the file")] File);

impl Cache {
    /// The repository at this path, whether there is one or not.
    pub fn at(path: &Path, limits: &Limits) -> Self {
        Self { path: path.to_owned(), limits: *limits }
    }

    /// A folder or file beside the repository, in a name that no other repository's folder has: none begins with a dot.
    fn beside(&self, what: &str) -> PathBuf {
        let name = self.path.file_name().unwrap_or_default().to_string_lossy();
        self.path.with_file_name(format!(".{name}.{what}"))
    }

    /// Waits until nobody else changes the repository, then clears away what a killed process left beside it.
    pub fn turn(&self) -> Result<Turn, Refused> {
        let enter = || {
            let folder = self.path.parent().ok_or(io::ErrorKind::InvalidInput)?;
            DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
            let turn = self.lock("lock", FlockOperation::LockExclusive)?;
            for left in ["new", "old"] {
                gone(&self.beside(left))?;
            }
            Ok(turn)
        };
        enter().map_err(|error| Refused::unwritten(&error))
    }

    /// Waits until nobody puts another repository into the place, and keeps it so.
    pub fn reading(&self) -> Result<Turn, Refused> {
        self.lock("read", FlockOperation::LockShared).map_err(|_| never_fetched())
    }

    fn lock(&self, what: &str, how: FlockOperation) -> io::Result<Turn> {
        let file = File::create(self.beside(what))?;
        flock(&file, how)?;
        Ok(Turn(file))
    }

    /// Takes what is in the place out of it, once nobody reads it, and puts this there. Both by renaming: there is no half of either.
    fn swap(&self, new: Option<&Path>) -> io::Result<()> {
        let _nobody_reads = self.lock("read", FlockOperation::LockExclusive)?;
        let old = self.beside("old");
        if self.path.exists() {
            fs::rename(&self.path, &old)?;
        }
        if let Some(new) = new {
            fs::rename(new, &self.path)?;
        }
        gone(&old)
    }

    /// The repository as it is, for reading.
    pub fn open(&self) -> Result<(Repository, Fetched), Refused> {
        if !self.path.is_dir() {
            return Err(never_fetched());
        }
        let repository = open(&self.path, &self.limits)?;
        let fetched = fetched(&repository)?;
        Ok((repository, fetched))
    }

    /// The repository where it can be brought up to date: whole, of this URL, and not grown too large.
    pub fn kept(&self, url: &str) -> Option<(Repository, Fetched)> {
        let is_of_url = fs::read_to_string(self.path.join(URL)).is_ok_and(|it| it == url);
        let is_whole = !self.path.join(MARK).exists();
        let is_small = size(&self.path).is_ok_and(|it| it <= self.limits.bytes)
            && packs(&self.path).is_ok_and(|it| it < MOST_PACKS);
        if !(is_of_url && is_whole && is_small) {
            return None;
        }
        let (repository, fetched) = self.open().ok()?;
        repository.find_commit(fetched.head).ok()?;
        Some((repository, fetched))
    }

    /// Forgets a repository that was fetched from elsewhere: until the new one is here, nothing is known of it. A folder that holds
    /// anything else is left alone.
    pub fn forget_other(&self, url: &str) -> Result<(), Refused> {
        match fs::read_to_string(self.path.join(URL)) {
            Ok(its) if its == url => Ok(()),
            Ok(_) => self.swap(None).map_err(|error| Refused::unwritten(&error)),
            Err(_) => match fs::remove_dir(&self.path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    let message = format!(
                        "{} holds something that is no fetched repository ({error}); give repositories a folder of their own",
                        self.path.display()
                    );
                    Err(Refused::new(Refusal::CacheLost, message))
                }
                _ => Ok(()),
            },
        }
    }

    /// Marks the repository as one to make anew, until the mark is taken off.
    pub fn mark(&self) {
        // Where it cannot be written it cannot be read either, and that is told by whoever tries.
        let _ = File::create(self.path.join(MARK));
    }

    /// It is whole again.
    pub fn unmark(&self) -> Result<(), Refused> {
        match fs::remove_file(self.path.join(MARK)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(Refused::unwritten(&error)),
            _ => Ok(()),
        }
    }

    /// An empty repository beside the place.
    pub fn begin(&self, url: &str) -> Result<Repository, Refused> {
        let path = self.beside("new");
        let begin = || {
            DirBuilder::new().mode(0o700).create(&path)?;
            gix::create::into(&path, gix::create::Kind::Bare, gix::create::Options::default())
                .map_err(io::Error::other)?;
            // Examples of programs; nothing here starts one.
            fs::remove_dir_all(path.join("hooks"))?;
            fs::write(path.join(URL), url)
        };
        begin().map_err(|error| Refused::unwritten(&error))?;
        open(&path, &self.limits)
    }

    /// Puts the repository that was made beside the place into it.
    pub fn replace(&self) -> Result<(), Refused> {
        let new = self.beside("new");
        let size = size(&new).map_err(|error| Refused::unwritten(&error))?;
        if size > self.limits.bytes {
            let _ = gone(&new);
            let message = format!(
                "the repository takes {size} bytes on disk, more than the {} allowed; allow more, or keep large files out of it",
                self.limits.bytes
            );
            return Err(Refused::new(Refusal::TooLarge, message));
        }
        self.swap(Some(&new)).map_err(|error| Refused::unwritten(&error))
    }

    /// Takes away what was being made beside the place.
    pub fn abandon(&self) {
        let _ = gone(&self.beside("new"));
    }
}

/// No configuration but the repository's own, which nobody else writes; replacement objects and the like are not looked for.
fn open(path: &Path, limits: &Limits) -> Result<Repository, Refused> {
    let options = gix::open::Options::isolated().open_path_as_is(true).with(gix::sec::Trust::Full).config_overrides([
        format!("gitoxide.objects.allocLimit={}", largest_object(limits)),
        "gitoxide.objects.noReplace=true".to_owned(),
    ]);
    options.open(path).map(|it| it.to_thread_local()).map_err(Refused::lost)
}

/// Writes what was fetched, all at once, in git's own format.
pub fn record(repository: &Repository, fetched: &Fetched) -> Result<(), Refused> {
    let branch = (fetched.branch.clone(), fetched.head);
    let mut refs: Vec<_> = fetched.tags.iter().chain([&branch]).collect();
    refs.sort();
    let write = || {
        let folder = repository.git_dir();
        let beside = folder.join("packed-refs.new");
        let mut file = File::create(&beside)?;
        file.write_all(b"# pack-refs with: peeled fully-peeled sorted \n")?;
        for (name, id) in refs {
            file.write_all(format!("{id} ").as_bytes())?;
            file.write_all(name)?;
            file.write_all(b"\n")?;
        }
        file.flush()?;
        fs::rename(&beside, folder.join("packed-refs"))?;
        // Only for people who look at the cache with git.
        fs::write(folder.join("HEAD"), [b"ref: ", fetched.branch.as_slice(), b"\n"].concat())
    };
    write().map_err(|error| Refused::unwritten(&error))
}

fn fetched(repository: &Repository) -> Result<Fetched, Refused> {
    let mut heads = Vec::new();
    let mut tags = Vec::new();
    let packed = repository.refs.cached_packed_buffer().map_err(Refused::lost)?;
    let packed = packed.ok_or_else(|| Refused::lost("it holds no branch"))?;
    for reference in packed.iter().map_err(Refused::lost)? {
        let reference = reference.map_err(Refused::lost)?;
        let name = reference.name.as_bstr();
        let entry = (name.to_owned(), reference.target());
        if name.starts_with(b"refs/tags/") { tags.push(entry) } else { heads.push(entry) }
    }
    let (branch, head) = heads.pop().ok_or_else(|| Refused::lost("it holds no branch"))?;
    Ok(Fetched { branch, head, tags })
}

fn never_fetched() -> Refused {
    let message =
        "the repository has not been fetched, or its cache was lost with the pod; the next sync makes it anew";
    Refused::new(Refusal::CacheLost, message)
}

fn gone(path: &Path) -> io::Result<()> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn size(folder: &Path) -> io::Result<u64> {
    fs::read_dir(folder)?.try_fold(0, |sum, entry| {
        let entry = entry?;
        let its = entry.metadata()?;
        Ok(sum + if its.is_dir() { size(&entry.path())? } else { its.len() })
    })
}

fn packs(folder: &Path) -> io::Result<usize> {
    let packs = fs::read_dir(folder.join("objects/pack"))?;
    Ok(packs
        .filter(|entry| entry.as_ref().is_ok_and(|it| it.path().extension().is_some_and(|it| it == "pack")))
        .count())
}
