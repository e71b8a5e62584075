//! What a repository says, for tests.

use common::source::{Commit, Context, File, Snippet};
use jiff::Timestamp;

use crate::runtime::ObjectKey;
use crate::source::Told;

/// Seconds after the incident began.
pub(in crate::analyze) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + seconds).unwrap()
}

fn commit(id: &str, subject: &str, seconds: i64, files: &[&str]) -> Commit {
    Commit {
        id: id.repeat(40 / id.len()),
        subject: subject.to_owned(),
        author: "Ana".to_owned(),
        at: at(seconds),
        files: files.iter().map(|file| (*file).to_owned()).collect(),
    }
}

/// A crash in a cart whose rates were changed four minutes before.
pub fn told() -> Told {
    let suspect = commit("3f9a1c20", "Look rates up by name", -240, &["shop/cart.py", "shop/rates.py"]);
    let says = Context {
        running: Some(suspect.clone()),
        running_by: Some("v1.4.0".to_owned()),
        around: vec![commit("77aa77aa", "Reword the manual", -60, &["README.md"]), suspect.clone()],
        suspect: Some(suspect.id.clone()),
        snippets: vec![Snippet {
            path: "shop/cart.py".to_owned(),
            line: 42,
            first: 41,
            text: "def total(self):\n    return sum(rates[item] for item in self)\n".to_owned(),
            commit: suspect.id,
        }],
        config: vec![File { path: "Dockerfile".to_owned(), text: "FROM python:3.13\n".to_owned() }],
    };
    Told {
        repository: ObjectKey::new("shop", "web"),
        branch: "main".to_owned(),
        began: at(0),
        since: Some(at(-180)),
        says,
    }
}
