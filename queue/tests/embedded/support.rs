//! Queues in folders that vanish with them.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use queue::Queue;
use queue::conformance::{Harness, Settings};
use queue::embedded::{EmbeddedOptions, EmbeddedQueue};
use tempfile::TempDir;

/// Opens embedded queues, and crashes them by copying their files while they are in use: what a killed process leaves
/// behind is its files as they are at that moment.
pub(crate) struct EmbeddedHarness {
    buffer_bytes: usize,
    /// By the address of the queue.
    opened: Mutex<HashMap<usize, (TempDir, Settings)>>,
}

impl Default for EmbeddedHarness {
    fn default() -> Self {
        Self::with_buffer(EmbeddedOptions::default().buffer_bytes)
    }
}

impl EmbeddedHarness {
    pub(crate) fn with_buffer(buffer_bytes: usize) -> Self {
        Self {
            buffer_bytes,
            opened: Mutex::default(),
        }
    }

    async fn open_in(&self, folder: TempDir, settings: Settings) -> Arc<dyn Queue> {
        let options = EmbeddedOptions {
            max_messages: settings.max_messages,
            delivery_limit: settings.delivery_limit,
            buffer_bytes: self.buffer_bytes,
            ..EmbeddedOptions::default()
        };
        let queue = EmbeddedQueue::open(file(&folder), options)
            .await
            .expect("a queue in a new folder");
        let queue: Arc<dyn Queue> = Arc::new(queue);
        self.opened
            .lock()
            .expect("no panic")
            .insert(address(&queue), (folder, settings));
        queue
    }
}

#[async_trait]
impl Harness for EmbeddedHarness {
    async fn open(&self, settings: Settings) -> Arc<dyn Queue> {
        self.open_in(tempfile::tempdir().expect("a folder"), settings)
            .await
    }

    async fn crash(&self, queue: Arc<dyn Queue>) -> Arc<dyn Queue> {
        let (folder, settings) = self
            .opened
            .lock()
            .expect("no panic")
            .remove(&address(&queue))
            .expect("a queue of this harness");
        let copy = copy_of(&file(&folder));
        self.open_in(copy, settings).await
    }
}

/// The queue's file in a folder.
pub(crate) fn file(folder: &TempDir) -> PathBuf {
    folder.path().join("queue.sqlite")
}

/// A folder with a copy of the file and its log, but for the lock, which dies with its process.
pub(crate) fn copy_of(file: &Path) -> TempDir {
    let copy = tempfile::tempdir().expect("a folder");
    for suffix in ["", "-wal"] {
        let name = format!("{}{suffix}", file.file_name().expect("a name").to_string_lossy());
        let source = file.with_file_name(&name);
        if source.exists() {
            std::fs::copy(&source, copy.path().join(&name)).expect("room for a copy");
        }
    }
    copy
}

fn address(queue: &Arc<dyn Queue>) -> usize {
    Arc::as_ptr(queue).cast::<()>() as usize
}
