//! Embeds `manifests/`, so that `install` brings what this version was tested with.
//!
//! Cargo runs this again when a file appears, changes or goes.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// Folders that `install` applies, in this order.
const FOLDERS: [&str; 4] = ["crds", "rbac", "admission", "operator"];

fn main() -> io::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join("manifests");
    println!("cargo:rerun-if-changed={}", root.display());
    let mut code =
        "/// Folder, file name and text of every manifest.\npub const FILES: &[(&str, &str, &str)] = &[\n".to_owned();
    for folder in FOLDERS {
        let path = root.join(folder);
        println!("cargo:rerun-if-changed={}", path.display());
        let mut files: Vec<PathBuf> = fs::read_dir(&path)?.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>()?;
        files.retain(|file| file.extension().is_some_and(|extension| extension == "yaml"));
        files.sort();
        for file in files {
            println!("cargo:rerun-if-changed={}", file.display());
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            let _ = writeln!(code, "    ({folder:?}, {name:?}, include_str!({:?})),", file.display().to_string());
        }
    }
    code.push_str("];\n");
    let out = env::var_os("OUT_DIR").map(PathBuf::from).ok_or_else(|| io::Error::other("cargo sets OUT_DIR"))?;
    fs::write(out.join("manifests.rs"), code)
}
