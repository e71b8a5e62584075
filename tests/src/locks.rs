//! One cluster, several test programs: what only one of them may do at a time.
//!
//! The kernel drops a lock when its holder dies, so nothing has to be cleaned up after a crash.

use std::fs::{File, TryLockError};
use std::io;
use std::path::PathBuf;

/// Held as long as it lives.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

/// Takes the lock `name` among all programs that share this user's cluster, whichever checkout they were built from; waits for its turn.
pub fn take(name: &str) -> io::Result<Lock> {
    // beside the cluster's own state, see tests/cluster/README.md
    let state = std::env::var_os("XDG_STATE_HOME").map_or_else(|| PathBuf::from("/var/tmp"), PathBuf::from);
    let folder = state.join("kubectl-chatcli-kit");
    std::fs::create_dir_all(&folder)?;
    let file = File::options().create(true).write(true).truncate(false).open(folder.join(format!("{name}.lock")))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            crate::say(&format!("waiting for another test program ({name})"));
            file.lock()?;
        }
        Err(TryLockError::Error(error)) => return Err(error),
    }
    Ok(Lock { _file: file })
}
