//! What a fetched repository holds, at a glance.

use std::collections::HashMap;

use common::source::Index;
use gix::Repository;
use gix::bstr::ByteSlice as _;

use crate::files;
use crate::history::{self, History};
use crate::refused::Refused;

pub mod names;

/// Commits that are told.
const MOST_COMMITS: usize = 20;
/// Languages that are told.
const MOST_LANGUAGES: usize = 5;
/// Files that are told, of either sort.
const MOST_FILES: usize = 30;

/// Looks at the head of a history.
pub fn of(repository: &Repository, history: &History) -> Result<Index, Refused> {
    let Some(head) = history.nodes().first() else {
        return Ok(Index::default());
    };
    let commits =
        history.nodes().iter().take(MOST_COMMITS).map(|it| history::tell(repository, it)).collect::<Result<_, _>>()?;
    let paths: Vec<String> =
        files::of(repository, head.id)?.iter().filter(|it| it.path.is_utf8()).map(files::Entry::text).collect();
    Ok(Index { commits, ..of_paths(&paths) })
}

/// What the paths of a commit say, nearest to the root first.
fn of_paths(paths: &[String]) -> Index {
    let own: Vec<&str> = paths.iter().map(String::as_str).filter(|it| !names::is_foreign(it)).collect();
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for language in own.iter().filter_map(|it| names::language(it)) {
        *counts.entry(language).or_default() += 1;
    }
    let mut languages: Vec<(&str, usize)> = counts.into_iter().collect();
    languages.sort_by_key(|(name, files)| (std::cmp::Reverse(*files), *name));
    let those = |is_one: fn(&str) -> bool| {
        own.iter().filter(|it| is_one(it)).take(MOST_FILES).map(|it| (*it).to_owned()).collect()
    };
    Index {
        commits: Vec::new(),
        languages: languages.into_iter().take(MOST_LANGUAGES).map(|(name, _)| name.to_owned()).collect(),
        entrypoints: those(names::is_entrypoint),
        config_files: those(names::is_config),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index(paths: &[&str]) -> Index {
        of_paths(&paths.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn languages_are_told_by_number_of_files_and_then_by_name() {
        let index = index(&["a.py", "b.py", "c.go", "d.rs", "README.md", "x.ts", "y.java", "z.rb"]);
        assert_eq!(index.languages, ["Python", "Go", "Java", "Ruby", "Rust"]);
    }

    #[test]
    fn code_of_others_counts_for_nothing() {
        let index = index(&[
            "main.go",
            "vendor/x/a.py",
            "vendor/x/b.py",
            "web/node_modules/y/index.js",
            "web/node_modules/y/Dockerfile",
        ]);
        assert_eq!(index.languages, ["Go"]);
        assert_eq!(index.entrypoints, ["main.go"]);
        assert!(index.config_files.is_empty());
    }

    #[test]
    fn at_most_thirty_files_are_told_those_nearest_to_the_root_first() {
        let paths: Vec<String> = ["Dockerfile".to_owned()]
            .into_iter()
            .chain((0..40).map(|it| format!("services/{it}/Dockerfile")))
            .collect();
        let index = of_paths(&paths);
        assert_eq!(index.config_files.len(), MOST_FILES);
        assert_eq!(index.config_files[0], "Dockerfile");
    }
}
