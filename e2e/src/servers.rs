//! Both servers, private to whoever starts them.

use anyhow::Context as _;
use tempfile::TempDir;

use crate::postgres::Postgres;
use crate::rabbitmq::RabbitMq;

/// A PostgreSQL and a RabbitMQ of one's own, in a temporary folder. Dropped, they are killed and their data is removed.
#[derive(Debug)]
pub struct Servers {
    /// The database server.
    pub postgres: Postgres,
    /// The broker.
    pub rabbitmq: RabbitMq,
    // Last, so that it goes when nobody writes there any more.
    folder: TempDir,
}

impl Servers {
    /// Starts both, at the same time.
    ///
    /// # Errors
    ///
    /// If one is not installed, or does not come up.
    pub async fn start() -> anyhow::Result<Self> {
        let folder = temporary_folder()?;
        let (postgres, rabbitmq) = (folder.path().join("postgres"), folder.path().join("rabbitmq"));
        let (postgres, rabbitmq) = tokio::try_join!(Postgres::start(&postgres), RabbitMq::start(&rabbitmq))?;
        Ok(Self {
            postgres,
            rabbitmq,
            folder,
        })
    }

    /// Where they keep what they have; others may put their logs beside it.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }
}

/// A folder that goes when it is dropped.
///
/// # Errors
///
/// If none can be made.
pub fn temporary_folder() -> anyhow::Result<TempDir> {
    let made = tempfile::Builder::new().prefix("moneyflow-servers-").tempdir();
    made.context("a temporary folder cannot be made")
}
