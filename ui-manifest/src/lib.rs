//! What a built browser application consists of, and which sources it was built from.
//!
//! The build tool writes a [`Manifest`] beside the files that it made. Whoever embeds them asks [`Manifest::is_current`]
//! first: what was built from other sources than those that lie there now is not served. This room is the one place that
//! says how sources are hashed; it knows neither the build tool nor what embeds.

mod source_hash;

use std::{fs, io, path::Path};

use serde::{Deserialize, Serialize};

pub use source_hash::source_hash;

/// The manifest's name in the folder of the built files.
pub const FILE_NAME: &str = "manifest.json";
/// The folder of the built files, in the target directory.
pub const DIST_FOLDER: &str = "ui/dist";

/// A built application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The hash of what it was built from, see [`source_hash`].
    pub source_hash: String,
    /// How much was done for its size.
    pub effort: Effort,
    /// The files and folders that it was built from, relative to the workspace.
    pub sources: Vec<String>,
    /// What is served.
    pub files: Vec<BuiltFile>,
}

/// How much is done for the size of what is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effort {
    /// Little: it is built often, and served to whoever works on it.
    Quick,
    /// All that helps: it is served to users.
    Full,
}

/// A file that is served. Beside it lie `<name>.br` and `<name>.gz`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BuiltFile {
    /// Its path below the root of the site, without a leading slash. It holds the hash, except for the page itself.
    pub name: String,
    /// Its media type.
    pub content_type: String,
    /// SHA-256 of its content, in hexadecimal.
    pub hash: String,
    /// Its size.
    pub size_bytes: usize,
    /// Its size, compressed by brotli.
    pub brotli_bytes: usize,
    /// Its size, compressed by gzip.
    pub gzip_bytes: usize,
}

/// Why a manifest cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    /// It cannot be opened.
    #[error("the manifest of the browser application cannot be read: {0}")]
    Unreadable(#[from] io::Error),
    /// It is not one.
    #[error("the manifest of the browser application is broken: {0}")]
    Broken(#[from] serde_json::Error),
}

impl Manifest {
    /// Reads the manifest in the folder `dist`; none if nothing was built yet.
    ///
    /// # Errors
    /// There is one, and it cannot be read.
    pub fn read(dist: &Path) -> Result<Option<Self>, ManifestError> {
        match fs::read(dist.join(FILE_NAME)) {
            Ok(text) => Ok(Some(serde_json::from_slice(&text)?)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Whether the sources below `workspace` are those that it was built from. A source that is gone says no.
    pub fn is_current(&self, workspace: &Path) -> bool {
        source_hash(workspace, &self.sources).is_ok_and(|hash| hash == self.source_hash)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_application_is_current_until_a_source_changes() {
        let workspace = tempfile::tempdir().unwrap();
        let source = workspace.path().join("main.rs");
        fs::write(&source, "fn main() {}").unwrap();
        let sources = vec!["main.rs".to_owned()];
        let manifest = Manifest {
            source_hash: source_hash(workspace.path(), &sources).unwrap(),
            effort: Effort::Full,
            sources,
            files: Vec::new(),
        };
        assert!(manifest.is_current(workspace.path()));
        fs::write(&source, "fn main() { }").unwrap();
        assert!(!manifest.is_current(workspace.path()));
        fs::remove_file(&source).unwrap();
        assert!(!manifest.is_current(workspace.path()));
    }

    #[test]
    fn no_manifest_is_no_fault_and_a_broken_one_is() {
        let dist = tempfile::tempdir().unwrap();
        assert_eq!(Manifest::read(dist.path()).unwrap(), None);
        fs::write(dist.path().join(FILE_NAME), "{").unwrap();
        assert!(matches!(
            Manifest::read(dist.path()),
            Err(ManifestError::Broken(_))
        ));
    }
}
