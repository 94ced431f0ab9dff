//! One hash over many sources.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use sha2::{Digest as _, Sha256};

/// The hash of `sources`, files or folders below `root`: of the names and contents of all files, whatever the order in
/// which the sources are named. Hidden files are left out: editors leave them lying about.
///
/// # Errors
/// A source cannot be read, or is not there.
pub fn source_hash(root: &Path, sources: &[impl AsRef<Path>]) -> io::Result<String> {
    let mut files = Vec::new();
    for source in sources {
        collect(&root.join(source), &mut files)?;
    }
    files.sort_unstable();
    files.dedup();
    let mut hash = Sha256::new();
    for file in &files {
        let name = file.strip_prefix(root).unwrap_or(file).to_string_lossy();
        let content = fs::read(file)?;
        // With their lengths, so that no two sets of files read the same.
        for part in [name.as_bytes(), &content] {
            hash.update(part.len().to_le_bytes());
            hash.update(part);
        }
    }
    Ok(hex::encode(hash.finalize()))
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    if !fs::metadata(path)?.is_dir() {
        files.push(path.to_owned());
        return Ok(());
    }
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        if !entry.file_name().to_string_lossy().starts_with('.') {
            collect(&entry.path(), files)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_contents_count_and_order_and_hidden_files_do_not() {
        let root = tempfile::tempdir().unwrap();
        let write = |name: &str, content: &str| {
            let path = root.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        };
        let hash = || source_hash(root.path(), &["src", "Cargo.toml"]).unwrap();
        write("Cargo.toml", "");
        write("src/a/b.rs", "one");
        let first = hash();
        assert_eq!(
            source_hash(root.path(), &["Cargo.toml", "src/a", "src"]).unwrap(),
            first
        );
        write("src/.swap", "typing");
        assert_eq!(hash(), first);
        write("src/a/b.rs", "two");
        let second = hash();
        assert_ne!(second, first);
        fs::rename(root.path().join("src/a/b.rs"), root.path().join("src/b.rs")).unwrap();
        assert_ne!(hash(), second);
        assert!(source_hash(root.path(), &["gone"]).is_err());
    }
}
