//! What is generated is committed as the code says.

use kit::generate::{repository_root, stale};

#[test]
fn every_generated_file_is_current() {
    let stale: Vec<_> = stale(repository_root()).unwrap().into_iter().map(|output| output.path).collect();
    assert!(stale.is_empty(), "run `make generate`; not current: {stale:?}");
}
