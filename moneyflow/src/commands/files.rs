//! Reading what the arguments name.

use std::io::Read as _;
use std::path::Path;

use anyhow::Context as _;
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

/// The JSON of a file, every digit kept.
pub(crate) fn read_json(path: &Path) -> anyhow::Result<Value> {
    rules::json::parse(&read(path)?).with_context(|| path.display().to_string())
}
