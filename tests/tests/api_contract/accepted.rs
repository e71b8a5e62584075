//! What must keep working.

use anyhow::Result;

use crate::fixtures::{changes, seeds};
use crate::server::Server;

#[tokio::test(flavor = "multi_thread")]
async fn every_documented_example_and_everything_that_upstream_runs_is_accepted() -> Result<()> {
    let server = Server::ours("accepted").await?;
    for namespace in ["production", "chatcli-system"] {
        server.make_namespace(namespace).await?;
    }
    let mut refused = Vec::new();
    let seeds = seeds()?;
    assert_eq!(seeds.len(), 39, "the documents have 39 examples of our kinds");
    for (file, object) in seeds {
        if let Err(words) = server.apply(&object).await? {
            refused.push(format!("{file}: {words}"));
        }
    }
    for (kind, changes) in changes("accepted.yaml")? {
        for change in changes {
            if let Err(words) = server.would_create(&change.of(&kind)?).await? {
                refused.push(format!("{kind} {change:?}: {words}"));
            }
        }
    }
    assert!(refused.is_empty(), "{}", refused.join("\n"));
    Ok(())
}
