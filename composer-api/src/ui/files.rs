//! What is served.

use std::{collections::HashMap, sync::Arc};

use bytes::Bytes;

/// A browser application: one page, and the files that it names.
#[derive(Debug, Clone)]
pub struct Ui {
    page: Arc<UiFile>,
    assets: Arc<HashMap<String, UiFile>>,
}

/// A file, with its compressed copies.
#[derive(Debug, Clone)]
pub struct UiFile {
    /// Its media type.
    pub content_type: &'static str,
    /// A hash of its content, visible ASCII without quotes.
    pub hash: &'static str,
    /// The file.
    pub content: Bytes,
    /// The file, compressed by brotli.
    pub brotli: Bytes,
    /// The file, compressed by gzip.
    pub gzip: Bytes,
}

impl Ui {
    /// An application of a page, and files that are served as `/assets/<name>`. A browser keeps those for ever, so a name
    /// must change with the content.
    pub fn new(page: UiFile, assets: impl IntoIterator<Item = (String, UiFile)>) -> Self {
        Self {
            page: Arc::new(page),
            assets: Arc::new(assets.into_iter().collect()),
        }
    }

    pub(super) fn page(&self) -> &UiFile {
        &self.page
    }

    pub(super) fn asset(&self, name: &str) -> Option<&UiFile> {
        self.assets.get(name)
    }
}
