//! Where the measured system lives: a folder that goes with the measurement, or one that stays.

use std::path::PathBuf;

use service::{Ids as _, SystemIds};
use tempfile::TempDir;

use crate::backends::Places;
use crate::cli::{BenchPlace, StorageArgs};

/// Where the measured system lives.
pub(super) enum Folder {
    Temporary(TempDir),
    Named(PathBuf),
}

impl Folder {
    pub(super) fn of(place: &BenchPlace) -> anyhow::Result<Self> {
        let Some(folder) = &place.data_dir else {
            return Ok(Self::Temporary(TempDir::with_prefix("moneyflow-bench-")?));
        };
        if folder.join("moneyflow.db").exists() {
            anyhow::bail!(
                "{} holds a system already: a measurement needs a new one",
                folder.display()
            );
        }
        Ok(Self::Named(folder.clone()))
    }

    /// The store's place, and the queue's: in the folder, unless a URL says more. On a broker the queues' names begin with a
    /// prefix, and something of this measurement's own.
    pub(super) fn places(
        &self,
        place: &BenchPlace,
        queue_url: Option<String>,
        prefix: &str,
    ) -> anyhow::Result<Places> {
        let data_dir = match self {
            Self::Temporary(folder) => folder.path().to_owned(),
            Self::Named(folder) => folder.clone(),
        };
        Places::of(&StorageArgs {
            data_dir,
            database_url: place.database_url.clone(),
            queue_url,
            queue_prefix: format!("{prefix}-{}", SystemIds.next().simple()),
        })
    }
}
