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
    /// The database could not do it now; the same may be tried again, and is no datum's fault. Nothing was stored,
    /// unless the connection was lost while a commit was confirmed: then the claim on an event tells.
    #[error("the database is unavailable ({outage}): {message}")]
    Unavailable {
        /// What kind of trouble it is.
        outage: Outage,
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

/// Why a database is unavailable: what an operator would do differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outage {
    /// It cannot be reached, is starting or stopping, or the connection was lost.
    Connection,
    /// Others were in the way: a deadlock, a serialization failure, a lock that took too long. Trying again at once
    /// is right.
    Contention,
    /// Somebody keeps what is needed locked, and may do so for long. Only movements of money tell this from contention.
    Locked,
    /// There is no room left: on its disk, in its memory, among its connections.
    Exhausted,
    /// Anything else.
    Other,
}

impl Outage {
    /// The outage as it is written in logs and metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Connection => "connection",
            Self::Contention => "contention",
            Self::Locked => "locked",
            Self::Exhausted => "exhausted",
            Self::Other => "other",
        }
    }
}

impl std::fmt::Display for Outage {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.as_str())
    }
}
