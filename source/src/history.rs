//! The fetched commits, and what each of them changed.

use std::collections::{BinaryHeap, HashSet};

use common::source::Commit;
use gix::bstr::{BStr, BString, ByteSlice as _};
use gix::diff::tree::Recorder;
use gix::diff::tree::recorder::Location;
use gix::diff::tree::visit::{Action, Change};
use gix::objs::{CommitRef, TreeRefIter};
use gix::{ObjectId, Repository};
use jiff::Timestamp;

use crate::refused::Refused;

/// Commits that are looked at. A branch of many merges has more within its depth than the depth says.
const MOST_COMMITS: usize = 20_000;
/// Paths that one commit tells.
const MOST_PATHS: usize = 50;
/// Changes that are looked at for them: folders may hold one another, so that a small commit has changes without end.
const MOST_CHANGES: usize = 50_000;
/// Characters of a subject and of a name.
const MOST_TEXT: usize = 200;

/// Fetched commits from a head on, as `git log` orders them: newest first, and none before a commit it is a parent of on its way.
#[derive(Clone, Debug)]
pub struct History(Vec<Node>);

/// One commit of a history.
#[derive(Clone, Debug)]
pub struct Node {
    /// Its id.
    pub id: ObjectId,
    /// First of its parents; none for the first commit of all.
    parent: Option<ObjectId>,
    /// Whether its parents are beyond the fetched depth.
    is_cut: bool,
}

impl History {
    /// Walks from a head to the fetched depth.
    pub fn of(repository: &Repository, head: ObjectId) -> Result<Self, Refused> {
        let cut: HashSet<ObjectId> =
            repository.shallow_commits().map_err(Refused::lost)?.iter().flat_map(|it| it.iter().copied()).collect();
        let mut nodes = Vec::new();
        let mut seen = HashSet::from([head]);
        // Of equally old ones the one that was met first.
        let mut next = BinaryHeap::from([(i64::MAX, 0_i64, head)]);
        while let Some((_, _, id)) = next.pop() {
            if nodes.len() == MOST_COMMITS {
                break;
            }
            let commit = repository.find_commit(id).map_err(Refused::lost)?;
            let commit = commit.decode().map_err(Refused::lost)?;
            let parents: Vec<ObjectId> = commit.parents().collect();
            let is_cut = cut.contains(&id);
            nodes.push(Node { id, parent: parents.first().copied(), is_cut });
            for parent in parents.into_iter().filter(|_| !is_cut) {
                if seen.insert(parent) {
                    let its = repository.find_commit(parent).map_err(Refused::lost)?;
                    let age = its.decode().map_err(Refused::lost)?.committer().map_or(0, |it| it.seconds());
                    next.push((age, -i64::try_from(seen.len()).unwrap_or(i64::MAX), parent));
                }
            }
        }
        Ok(Self(nodes))
    }

    /// Newest first.
    pub fn nodes(&self) -> &[Node] {
        &self.0
    }

    /// Ids, newest first.
    pub fn ids(&self) -> impl Iterator<Item = ObjectId> {
        self.0.iter().map(|it| it.id)
    }

    /// A commit of it.
    pub fn node(&self, id: ObjectId) -> Option<&Node> {
        self.0.iter().find(|it| it.id == id)
    }
}

/// Author's time. One that no calendar has, as broken tools write, gives way to the committer's.
fn time(commit: &CommitRef<'_>) -> Timestamp {
    let seconds = |it: gix::Result<gix::actor::SignatureRef<'_>>| {
        it.ok().and_then(|it| it.time().ok()).and_then(|it| Timestamp::from_second(it.seconds).ok())
    };
    seconds(commit.author()).or_else(|| seconds(commit.committer())).unwrap_or_default()
}

/// Author's time of a commit of a history.
pub fn time_of(repository: &Repository, node: &Node) -> Result<Timestamp, Refused> {
    let commit = repository.find_commit(node.id).map_err(Refused::lost)?;
    Ok(time(&commit.decode().map_err(Refused::lost)?))
}

/// Tells a commit.
pub fn tell(repository: &Repository, node: &Node) -> Result<Commit, Refused> {
    let commit = repository.find_commit(node.id).map_err(Refused::lost)?;
    let commit = commit.decode().map_err(Refused::lost)?;
    let author = commit.author().map(|it| line(it.name)).unwrap_or_default();
    Ok(Commit {
        id: node.id.to_string(),
        subject: line(commit.message().title),
        author,
        at: time(&commit),
        files: changed(repository, node, commit.tree())?,
    })
}

/// The first line that is not empty, as text.
fn line(text: &BStr) -> String {
    let text = text.to_str_lossy();
    let line = text.lines().map(str::trim).find(|it| !it.is_empty()).unwrap_or_default();
    line.chars().filter(|it| !it.is_control()).take(MOST_TEXT).collect()
}

/// Paths of files that differ from the first parent's, in the order of the tree.
fn changed(repository: &Repository, node: &Node, tree: ObjectId) -> Result<Vec<String>, Refused> {
    if node.is_cut {
        return Ok(Vec::new());
    }
    let before = match node.parent {
        Some(parent) => repository.find_commit(parent).and_then(|it| it.tree()).map_err(Refused::lost)?.data.clone(),
        None => Vec::new(),
    };
    let after = repository.find_tree(tree).map_err(Refused::lost)?;
    let kind = repository.object_hash();
    let mut paths = Paths::default();
    let compared = gix::diff::tree(
        TreeRefIter::from_bytes(&before, kind),
        TreeRefIter::from_bytes(&after.data, kind),
        gix::diff::tree::State::default(),
        &repository.objects,
        &mut paths,
    );
    match compared {
        Ok(()) | Err(gix::diff::tree::Error::Cancelled) => {
            Ok(paths.found.iter().map(|it| it.to_str_lossy().into_owned()).collect())
        }
        Err(error) => Err(Refused::lost(error)),
    }
}

/// Collects paths, and stops when it has enough: a commit may change a million.
struct Paths {
    way: Recorder,
    found: Vec<BString>,
    seen: usize,
}

impl Default for Paths {
    fn default() -> Self {
        Self { way: Recorder::default().track_location(Some(Location::Path)), found: Vec::new(), seen: 0 }
    }
}

impl gix::diff::tree::Visit for Paths {
    fn pop_front_tracked_path_and_set_current(&mut self) {
        self.way.pop_front_tracked_path_and_set_current();
    }

    fn push_back_tracked_path_component(&mut self, component: &BStr) {
        self.way.push_back_tracked_path_component(component);
    }

    fn push_path_component(&mut self, component: &BStr) {
        self.way.push_path_component(component);
    }

    fn pop_path_component(&mut self) {
        self.way.pop_path_component();
    }

    fn visit(&mut self, change: Change) -> Action {
        self.seen += 1;
        if !change.entry_mode().is_tree() {
            let path = self.way.path_clone();
            // A file that becomes a symbolic link is told as one gone and one new.
            if self.found.last() != Some(&path) {
                self.found.push(path);
            }
        }
        if self.found.len() < MOST_PATHS && self.seen < MOST_CHANGES { Action::Continue(()) } else { Action::Break(()) }
    }
}
