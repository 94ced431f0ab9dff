//! The rules of `examples/rules`, with their cases.

use std::fs;
use std::path::{Path, PathBuf};

use rules::Report;
use serde_json::Value;
use tasks::example::Case;

use super::TASKS;

/// A folder of `examples/rules`.
pub(crate) struct Example {
    pub(crate) name: String,
    pub(crate) document: Value,
    pub(crate) report: Report,
    /// Each by its name.
    pub(crate) cases: Vec<(String, Case)>,
}

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/rules")
}

/// Every example, in the order of their names.
pub(crate) fn all() -> Vec<Example> {
    let mut folders = entries(&root());
    folders.retain(|folder| folder.is_dir());
    folders.iter().map(|folder| read(folder)).collect()
}

fn read(folder: &Path) -> Example {
    let document = json(&folder.join("rule.json"));
    let cases = entries(&folder.join("cases"));
    let cases = cases.iter().map(|path| {
        let case = Case::from_json(&json(path));
        (
            stem(path),
            case.unwrap_or_else(|findings| panic!("{}: {findings:#?}", path.display())),
        )
    });
    Example {
        name: stem(folder),
        report: rules::check(&document, &*TASKS),
        document,
        cases: cases.collect(),
    }
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

fn json(path: &Path) -> Value {
    let bytes = fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    rules::json::parse(&bytes).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap().to_string_lossy().into_owned()
}
