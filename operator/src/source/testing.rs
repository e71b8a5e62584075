//! Repositories and programs for tests.

use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use common::api::SourceRepository;
use serde_json::json;
use tempfile::TempDir;
use tokio::sync::{Mutex, MutexGuard};

/// A script in place of `chatcli-source`, in a folder of its own.
pub struct Script {
    pub folder: TempDir,
    // A file cannot be run while another process that is just being started still holds it open for writing.
    _alone: MutexGuard<'static, ()>,
}

impl Script {
    pub async fn saying(text: &str) -> Self {
        static ALONE: Mutex<()> = Mutex::const_new(());
        let alone = ALONE.lock().await;
        let folder = TempDir::new().unwrap();
        let script = Self { folder, _alone: alone };
        std::fs::write(script.program(), format!("#!/bin/sh\n{text}\n")).unwrap();
        std::fs::set_permissions(script.program(), std::fs::Permissions::from_mode(0o755)).unwrap();
        script
    }

    pub fn program(&self) -> PathBuf {
        self.folder.path().join("chatcli-source")
    }
}

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
