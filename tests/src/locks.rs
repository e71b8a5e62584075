//! One cluster, several test programs: what only one of them may do at a time.
//!
//! The kernel drops a lock when its holder dies, so nothing has to be cleaned up after a crash.

use std::fs::{File, TryLockError};
use std::io;

use crate::place;

/// Held as long as it lives.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

/// Takes the lock `name` among all programs of this build folder, waiting for its turn.
pub fn take(name: &str) -> io::Result<Lock> {
    let folder = place::target().join("kit");
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
