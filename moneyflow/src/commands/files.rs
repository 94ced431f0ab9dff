//! Reading what the arguments name.

use std::io::Read as _;
use std::path::Path;

use anyhow::Context as _;
use rules::model::MAX_DOCUMENT_BYTES;
use serde_json::Value;

/// The bytes of a file, or of stdin for `-`.
pub(crate) fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    if path == Path::new("-") {
        let mut bytes = Vec::new();
        std::io::stdin()
            .lock()
            .read_to_end(&mut bytes)
            .context("stdin cannot be read")?;
        return Ok(bytes);
    }
    std::fs::read(path).with_context(|| format!("{} cannot be read", path.display()))
}

/// The JSON of a file, every digit kept; no larger than what the services take.
pub(crate) fn read_json(path: &Path) -> anyhow::Result<Value> {
    let bytes = read(path)?;
    anyhow::ensure!(
        bytes.len() <= MAX_DOCUMENT_BYTES,
        "{} has {} bytes: expected at most {MAX_DOCUMENT_BYTES}",
        path.display(),
        bytes.len()
    );
    rules::json::parse(&bytes).with_context(|| path.display().to_string())
}
