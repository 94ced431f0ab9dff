//! Opening connections, and the settings of each.

use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use crate::error::OpenError;
use crate::options::OpenOptions;

/// What the log is cut back to once it was copied: a burst that made it grow does not keep the disk.
const LOG_LIMIT_BYTES: u32 = 64 * 1024 * 1024;

/// Prepared statements kept per connection. More than any user of this crate has.
const STATEMENTS: usize = 256;

/// Opens the connection that writes, creating the file if there is none.
pub(crate) fn open_writer(path: &Path, options: &OpenOptions) -> Result<Connection, OpenError> {
    let failed = |source| OpenError::Sqlite {
        path: path.to_owned(),
        source,
    };
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_EXRESCODE;
    let connection = Connection::open_with_flags(path, flags).map_err(failed)?;
    connection.busy_timeout(options.busy_timeout).map_err(failed)?;
    let mode: String = connection
        .query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))
        .map_err(failed)?;
    if mode != "wal" {
        return Err(OpenError::NotWal {
            path: path.to_owned(),
            mode,
        });
    }
    set_up_writer(&connection, options).map_err(failed)?;
    Ok(connection)
}

/// Opens a connection that reads. The file must exist, and the writer must have it open.
pub(crate) fn open_reader(path: &Path, options: &OpenOptions) -> Result<Connection, OpenError> {
    let failed = |source| OpenError::Sqlite {
        path: path.to_owned(),
        source,
    };
    let flags =
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_EXRESCODE;
    let connection = Connection::open_with_flags(path, flags).map_err(failed)?;
    connection.busy_timeout(options.busy_timeout).map_err(failed)?;
    set_up_shared(&connection, options.cache_kib / 8).map_err(failed)?;
    connection
        .pragma_update(None, "query_only", true)
        .map_err(failed)?;
    Ok(connection)
}

fn set_up_writer(connection: &Connection, options: &OpenOptions) -> rusqlite::Result<()> {
    connection.pragma_update(None, "synchronous", "FULL")?;
    // On Apple's systems a plain fsync leaves data in the drive's cache. Elsewhere these do nothing.
    connection.pragma_update(None, "fullfsync", true)?;
    connection.pragma_update(None, "checkpoint_fullfsync", true)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update_and_check(None, "wal_autocheckpoint", options.checkpoint_pages, |_| Ok(()))?;
    connection.pragma_update_and_check(None, "journal_size_limit", LOG_LIMIT_BYTES, |_| Ok(()))?;
    set_up_shared(connection, options.cache_kib)
}

fn set_up_shared(connection: &Connection, cache_kib: u32) -> rusqlite::Result<()> {
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    // A negative size counts KiB instead of pages.
    connection.pragma_update(None, "cache_size", -i64::from(cache_kib.max(256)))?;
    // A failing disk must surface as an error, not as a signal that kills the process.
    connection.pragma_update_and_check(None, "mmap_size", 0, |_| Ok(()))
}
