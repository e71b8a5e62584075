//! Repositories for tests.

use common::api::SourceRepository;
use serde_json::json;

/// Of Deployment web of its own namespace.
pub fn repository(namespace: &str, name: &str) -> SourceRepository {
    let mut made = SourceRepository::new(
        name,
        serde_json::from_value(json!({
            "url": "https://git.example/shop/web.git", "resource": { "kind": "Deployment", "name": "web" },
        }))
        .unwrap(),
    );
    made.metadata.namespace = Some(namespace.to_owned());
    made.metadata.generation = Some(1);
    made
}
