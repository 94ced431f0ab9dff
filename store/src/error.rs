//! What can go wrong, sorted by what the caller can do about it.

/// Why the store did not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The database refused the data itself (SQLSTATE classes 22 and 23 and their like): trying the same
    /// again is of no use. Nothing was stored.
    #[error("the database refused the data: {message}")]
    Refused {
        /// What the database said.
        message: String,
    },
    /// The database could not do it now: a lost connection, a deadlock, a full disk. Nothing was stored;
    /// the same may be tried again.
    #[error("the database is unavailable: {message}")]
    Unavailable {
        /// What the database said.
        message: String,
    },
    /// What was read breaks an invariant: somebody has to look. Names table and row.
    #[error("{table} {row} is corrupt: {message}")]
    Corrupt {
        /// The table.
        table: &'static str,
        /// The row's key.
        row: String,
        /// Which invariant is broken.
        message: String,
    },
}
