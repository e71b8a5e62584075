//! A place for files that another program reads or edits, and nobody else.

use std::path::{Path, PathBuf};
use std::{env, fs, io, process};

/// A private folder, removed when dropped.
pub struct Folder(PathBuf);

impl Folder {
    /// A new one among the temporary files, which only its owner may enter.
    pub fn new() -> io::Result<Self> {
        let moment = jiff::Timestamp::now().as_nanosecond();
        let path = env::temp_dir().join(format!("kubectl-chatcli-{}-{moment}", process::id()));
        let mut builder = fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        // It fails where somebody was faster: nothing of theirs is used.
        builder.create(&path)?;
        Ok(Self(path))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Nothing more can be done about a folder that cannot be removed.
        let _ = fs::remove_dir_all(&self.0);
    }
}
