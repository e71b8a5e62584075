//! The JSON-lines audit log: one object a line, on disk before the event is in the API server.

use std::fs::File;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use serde_json::Value;

/// The file, where one is configured and can be written.
#[derive(Debug)]
pub struct Log(Option<File>);

impl Log {
    /// Opens it for appending, readable by its owner only. A path that is not absolute or cannot be opened is told and costs the log, never the
    /// operator.
    pub fn open(path: Option<&Path>) -> Self {
        let Some(path) = path.filter(|path| !path.as_os_str().is_empty()) else { return Self(None) };
        if !path.is_absolute() {
            tracing::error!(path = %path.display(), "no audit log: CHATCLI_AUDIT_LOG_PATH has to be absolute");
            return Self(None);
        }
        match File::options().append(true).create(true).mode(0o600).open(path) {
            Ok(file) => Self(Some(file)),
            Err(error) => {
                tracing::error!(path = %path.display(), %error, "no audit log: it cannot be opened");
                Self(None)
            }
        }
    }

    /// Adds a line and waits until it is on disk; also told to the program's own log, without its details.
    pub fn append(&mut self, line: &Value) {
        let word = |key: &str| line[key].as_str().unwrap_or_default().to_owned();
        tracing::info!(
            target: "operator::audit",
            actor = word("actor"), action = word("action"), resource = word("resource"), result = word("result"),
            "audit"
        );
        let Some(file) = &mut self.0 else { return };
        let written = file.write_all(format!("{line}\n").as_bytes()).and_then(|()| file.sync_data());
        if let Err(error) = written {
            tracing::error!(%error, "a line could not be written to the audit log");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use serde_json::json;

    use super::*;

    #[test]
    fn lines_are_added_to_what_is_there_and_only_the_owner_reads_them() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("audit.jsonl");
        for action in ["first", "second"] {
            Log::open(Some(&path)).append(&json!({ "action": action }));
        }
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "{\"action\":\"first\"}\n{\"action\":\"second\"}\n");
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_path_that_is_not_absolute_is_no_log_and_no_failure() {
        Log::open(Some(Path::new("audit.jsonl"))).append(&json!({}));
        assert!(!Path::new("audit.jsonl").exists());
    }
}
