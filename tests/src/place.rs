//! Where things are: the repository, the build folder, and a folder for what a test run leaves behind.

use std::path::{Path, PathBuf};

/// The root of the repository.
pub fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests are a folder of the repository")
}

/// Cargo's build folder: found from the running program, because `CARGO_TARGET_DIR` may have moved it.
pub fn target() -> PathBuf {
    let program = std::env::current_exe().expect("a running program has a path");
    program
        .ancestors()
        .find(|folder| folder.join("CACHEDIR.TAG").exists())
        .map_or_else(|| repository().join("target"), Path::to_path_buf)
}

/// Logs and kubeconfigs of this test program; kept after the run, so that a failure can be looked at.
pub fn traces() -> PathBuf {
    let program = std::env::current_exe().ok();
    let name =
        program.as_deref().and_then(Path::file_stem).map_or("kit".into(), |stem| stem.to_string_lossy().into_owned());
    // the hash that cargo appends to a test program's name is noise here
    let name = name.rsplit_once('-').map_or(name.as_str(), |(stem, hash)| if hash.len() == 16 { stem } else { &name });
    let folder = target().join("kit").join(name);
    std::fs::create_dir_all(&folder).expect("the build folder is writable");
    folder
}
