//! What a fetched repository says about an incident.

use std::path::Path;

use common::source::{Commit, Context, File, Incident, Limits, Snippet};
use gix::bstr::ByteSlice as _;
use gix::{ObjectId, Repository};

use crate::cache::Cache;
use crate::files::{self, Entry};
use crate::history::{self, History};
use crate::refused::Refused;

mod frames;
mod releases;
mod suspects;

/// Snippets that are told.
const MOST_SNIPPETS: usize = 5;
/// Lines before and after the one that a frame names.
const AROUND: u32 = 5;
/// Characters of one line; a bundled file has all of its program in one.
const LONGEST_LINE: usize = 300;
/// Bytes of a configuration file.
const MOST_CONFIG: usize = 2000;
/// Commits around the beginning of an incident.
const MOST_COMMITS: usize = 50;

/// Looks at what the last sync fetched. Where it cannot be read, the next sync makes it anew.
pub fn context(path: &Path, limits: &Limits, incident: &Incident) -> Result<Context, Refused> {
    let cache = Cache::at(path, limits);
    let _reading = cache.reading()?;
    let (repository, fetched) = cache.open()?;
    let history = History::of(&repository, fetched.head);
    let told = history.and_then(|history| tell(&repository, &history, &fetched.tags, limits, incident));
    told.inspect_err(|_| cache.mark())
}

fn tell(
    repository: &Repository,
    history: &History,
    tags: &[(gix::bstr::BString, ObjectId)],
    limits: &Limits,
    incident: &Incident,
) -> Result<Context, Refused> {
    let ids: Vec<ObjectId> = history.ids().collect();
    let found = releases::running(&incident.releases, &ids, tags);
    let running = found.and_then(|(id, _)| history.node(id)).map(|node| history::tell(repository, node)).transpose()?;
    let around = around(repository, history, incident)?;
    let read = found.map_or(ids.first().copied(), |(id, _)| Some(id));
    let read = read.ok_or_else(|| Refused::lost("it holds no commit"))?;
    let files = files::of(repository, read)?;
    Ok(Context {
        running,
        running_by: found.map(|(_, name)| name.to_owned()),
        suspect: suspects::nearest_and_largest(&around, incident.at).map(|it| it.id.clone()),
        around,
        snippets: snippets(repository, read, &files, limits, incident)?,
        config: config(repository, &files, limits, incident)?,
    })
}

fn around(repository: &Repository, history: &History, incident: &Incident) -> Result<Vec<Commit>, Refused> {
    let mut around = Vec::new();
    for node in history.nodes() {
        if suspects::is_around(history::time_of(repository, node)?, incident.at) {
            around.push(node);
        }
    }
    let mut around = around
        .into_iter()
        .take(MOST_COMMITS)
        .map(|node| history::tell(repository, node))
        .collect::<Result<Vec<_>, _>>()?;
    around.sort_by_key(|it| std::cmp::Reverse(it.at));
    Ok(around)
}

fn snippets(
    repository: &Repository,
    commit: ObjectId,
    files: &[Entry],
    limits: &Limits,
    incident: &Incident,
) -> Result<Vec<Snippet>, Refused> {
    let readable: Vec<(&Entry, &str)> = files.iter().filter_map(|it| Some((it, it.path.to_str().ok()?))).collect();
    let paths: Vec<&str> = readable.iter().map(|(_, path)| *path).collect();
    let mut snippets: Vec<Snippet> = Vec::new();
    for frame in &incident.frames {
        if snippets.len() == MOST_SNIPPETS {
            break;
        }
        let Some(at) = frames::place(&frame.file, &paths, &incident.paths) else { continue };
        let (entry, path) = readable[at];
        if snippets.iter().any(|it| it.path == path && it.line == frame.line) {
            continue;
        }
        let Some(text) = files::text(repository, entry, limits)? else { continue };
        let Some((first, text)) = excerpt(&text, frame.line) else { continue };
        snippets.push(Snippet { path: path.to_owned(), line: frame.line, first, text, commit: commit.to_string() });
    }
    Ok(snippets)
}

/// Lines around one of them, and the number of the first. None where the text has no such line: it is of another version then.
fn excerpt(text: &str, line: u32) -> Option<(u32, String)> {
    let first = line.saturating_sub(AROUND).max(1);
    let count = line.saturating_add(AROUND).saturating_sub(first).saturating_add(1);
    let lines: Vec<String> = text
        .lines()
        .skip(first as usize - 1)
        .take(count as usize)
        .map(|it| it.chars().take(LONGEST_LINE).collect())
        .collect();
    let has_line = line > 0 && lines.len() > (line - first) as usize;
    has_line.then(|| (first, lines.join("\n")))
}

fn config(
    repository: &Repository,
    files: &[Entry],
    limits: &Limits,
    incident: &Incident,
) -> Result<Vec<File>, Refused> {
    let paths: Vec<&str> = files.iter().map(|it| it.path.to_str().unwrap_or_default()).collect();
    let mut config = Vec::new();
    for at in frames::config(&paths, incident.dockerfile.as_deref(), &incident.paths) {
        if let Some(text) = files::text(repository, &files[at], limits)? {
            config.push(File { path: paths[at].to_owned(), text: cut(text, MOST_CONFIG) });
        }
    }
    Ok(config)
}

/// No more than this many bytes, whole characters.
fn cut(mut text: String, bytes: usize) -> String {
    let end = (0..=bytes.min(text.len())).rev().find(|it| text.is_char_boundary(*it)).unwrap_or_default();
    text.truncate(end);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbered(lines: u32) -> String {
        (1..=lines).map(|it| it.to_string()).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn a_snippet_is_five_lines_before_and_five_after_where_there_are_that_many() {
        assert_eq!(excerpt(&numbered(40), 20), Some((15, "15\n16\n17\n18\n19\n20\n21\n22\n23\n24\n25".to_owned())));
        assert_eq!(excerpt(&numbered(3), 1), Some((1, "1\n2\n3".to_owned())));
        assert_eq!(excerpt(&numbered(40), 40), Some((35, "35\n36\n37\n38\n39\n40".to_owned())));
    }

    #[test]
    fn a_line_that_the_file_does_not_have_gives_no_snippet() {
        for line in [0, 41, u32::MAX] {
            assert_eq!(excerpt(&numbered(40), line), None, "{line}");
        }
    }

    #[test]
    fn a_text_is_cut_between_characters() {
        assert_eq!(cut("häuser".to_owned(), 2), "h");
        assert_eq!(cut("kurz".to_owned(), 2000), "kurz");
    }
}
