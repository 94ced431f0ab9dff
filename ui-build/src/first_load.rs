//! What the first visit loads, and how much that may be.

use anyhow::ensure;
use ui_manifest::{BuiltFile, Manifest};

/// All that a page such as the overview loads before it shows anything, compressed by brotli.
const LIMIT_BYTES: usize = 300_000;

/// What comes later, and only to those who open a rule or a run, look at money, or begin with an example. All else counts,
/// also what is new.
const LATER: [&str; 5] = [
    "assets/canvas-",
    "assets/money-",
    "assets/engine-",
    "assets/worker-",
    "assets/examples-",
];

/// The size of the first load, compressed by brotli.
pub(crate) fn size_bytes(manifest: &Manifest) -> usize {
    let comes_first = |file: &&BuiltFile| !LATER.iter().any(|name| file.name.starts_with(name));
    let first = manifest.files.iter().filter(comes_first);
    first.map(|file| file.brotli_bytes).sum()
}

/// Fails if the first load is larger than it may be.
pub(crate) fn hold(manifest: &Manifest) -> anyhow::Result<()> {
    let size_bytes = size_bytes(manifest);
    ensure!(
        size_bytes < LIMIT_BYTES,
        "the first load is {size_bytes} bytes and has to stay below {LIMIT_BYTES}: docs/performance.md says what fills it"
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use ui_manifest::Effort;

    use super::*;

    fn built(files: &[(&str, usize)]) -> Manifest {
        let files = files.iter().map(|(name, brotli_bytes)| BuiltFile {
            name: (*name).to_owned(),
            content_type: String::new(),
            hash: String::new(),
            size_bytes: brotli_bytes * 4,
            brotli_bytes: *brotli_bytes,
            gzip_bytes: brotli_bytes * 2,
        });
        Manifest {
            source_hash: String::new(),
            effort: Effort::Full,
            sources: Vec::new(),
            files: files.collect(),
        }
    }

    #[test]
    fn what_comes_later_does_not_count() {
        let manifest = built(&[
            ("index.html", 1),
            ("assets/style-0.css", 20),
            ("assets/pages-0.wasm", 300),
            ("assets/something-new-0.js", 4_000),
            ("assets/canvas-0.wasm", LIMIT_BYTES),
            ("assets/canvas-0.js", LIMIT_BYTES),
            ("assets/money-0.wasm", LIMIT_BYTES),
            ("assets/engine-0.wasm", LIMIT_BYTES),
            ("assets/worker-0.js", LIMIT_BYTES),
        ]);
        assert_eq!(size_bytes(&manifest), 4_321);
        assert!(hold(&manifest).is_ok());
    }

    #[test]
    fn the_limit_is_held() {
        let pages = |bytes| built(&[("index.html", 1_000), ("assets/pages-0.wasm", bytes)]);
        assert!(hold(&pages(LIMIT_BYTES - 1_001)).is_ok());
        let refused = hold(&pages(LIMIT_BYTES - 1_000)).unwrap_err().to_string();
        assert!(refused.contains("300000"), "{refused}");
    }
}
