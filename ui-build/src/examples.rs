//! The example rules as one file, of which the application takes the one that is chosen.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::Context as _;
use serde_json::value::RawValue;

/// The documents by the names of their folders, each as it is written but for the space around it.
pub(crate) fn by_name(folder: &Path) -> anyhow::Result<String> {
    let entries = fs::read_dir(folder).with_context(|| format!("{} cannot be read", folder.display()))?;
    let mut documents: BTreeMap<String, Box<RawValue>> = BTreeMap::new();
    for entry in entries {
        let entry = entry?;
        let path = entry.path().join("rule.json");
        if !path.is_file() {
            continue;
        }
        let text = fs::read_to_string(&path).with_context(|| format!("{} cannot be read", path.display()))?;
        let document =
            serde_json::from_str(&text).with_context(|| format!("{} is no JSON", path.display()))?;
        documents.insert(entry.file_name().to_string_lossy().into_owned(), document);
    }
    Ok(serde_json::to_string(&documents)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_keep_every_digit() {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in [("b", "{\"total\": 1.10}\n"), ("a", "[]")] {
            fs::create_dir(folder.path().join(name)).unwrap();
            fs::write(folder.path().join(name).join("rule.json"), text).unwrap();
        }
        fs::write(folder.path().join("README.md"), "# Examples").unwrap();
        assert_eq!(by_name(folder.path()).unwrap(), r#"{"a":[],"b":{"total": 1.10}}"#);
        fs::write(folder.path().join("a/rule.json"), "{").unwrap();
        assert!(
            by_name(folder.path())
                .unwrap_err()
                .to_string()
                .contains("is no JSON")
        );
    }
}
