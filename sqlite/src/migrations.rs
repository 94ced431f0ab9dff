//! Bringing a file's schema up to what the binary knows.

use std::fmt::Write as _;
use std::path::Path;

use rusqlite::{Connection, OpenFlags, OptionalExtension, TransactionBehavior, params};
use sha2::{Digest, Sha256};

use crate::error::OpenError;

/// One step of a schema. Once released it is never edited: its text's hash is recorded where it was applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Migration {
    /// Its place in the order, from 1.
    pub version: u32,
    /// What it does, in a few words.
    pub name: &'static str,
    /// One or more statements, which run in one transaction.
    pub sql: &'static str,
}

/// What to do about migrations that a file lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MigrationPolicy {
    /// Apply them.
    Apply,
    /// Refuse to open the file: someone else decides when it is migrated.
    Require,
}

/// A row of `schema_migrations`.
struct Applied {
    version: u32,
    name: String,
    checksum: String,
}

const CREATE_RECORD: &str = "CREATE TABLE IF NOT EXISTS schema_migrations (
    version    INTEGER PRIMARY KEY,
    name       TEXT NOT NULL,
    checksum   TEXT NOT NULL,
    applied_at TEXT NOT NULL
) STRICT";

const RECORD: &str = "INSERT INTO schema_migrations (version, name, checksum, applied_at)
    VALUES (?1, ?2, ?3, strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))";

/// The migrations that the file at `path` lacks, in the order in which they would be applied; all of them if there
/// is no such file. Changes nothing, and needs no lock: the file may be in use.
///
/// # Errors
///
/// If the file cannot be read, is newer than `migrations`, or received one that was edited since.
pub fn pending(
    path: impl AsRef<Path>,
    migrations: &'static [Migration],
) -> Result<Vec<Migration>, OpenError> {
    let path = path.as_ref();
    check_order(migrations)?;
    if !path.exists() {
        return Ok(migrations.to_vec());
    }
    let failed = |source| OpenError::Sqlite {
        path: path.to_owned(),
        source,
    };
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(failed)?;
    let applied = applied(&connection).map_err(failed)?;
    Ok(missing(path, migrations, &applied)?.to_vec())
}

/// Brings the file to the newest schema that is known, or refuses it.
pub(crate) fn migrate(
    connection: &mut Connection,
    path: &Path,
    migrations: &'static [Migration],
    policy: MigrationPolicy,
) -> Result<(), OpenError> {
    check_order(migrations)?;
    let applied = applied(connection).map_err(|source| OpenError::Sqlite {
        path: path.to_owned(),
        source,
    })?;
    let missing = missing(path, migrations, &applied)?;
    if policy == MigrationPolicy::Require && !missing.is_empty() {
        return Err(OpenError::Unmigrated {
            path: path.to_owned(),
            missing: missing.len(),
        });
    }
    for migration in missing {
        apply(connection, migration).map_err(|source| OpenError::Migration {
            path: path.to_owned(),
            version: migration.version,
            name: migration.name,
            source,
        })?;
        tracing::info!(file = %path.display(), version = migration.version, name = migration.name, "migrated");
    }
    Ok(())
}

fn check_order(migrations: &[Migration]) -> Result<(), OpenError> {
    let mut previous = 0;
    for migration in migrations {
        if migration.version <= previous {
            return Err(OpenError::Unordered {
                version: migration.version,
                previous,
            });
        }
        previous = migration.version;
    }
    Ok(())
}

fn applied(connection: &Connection) -> rusqlite::Result<Vec<Applied>> {
    let recorded = connection
        .query_row(
            "SELECT 1 FROM sqlite_schema WHERE name = 'schema_migrations'",
            [],
            |_| Ok(()),
        )
        .optional()?;
    if recorded.is_none() {
        return Ok(Vec::new());
    }
    let mut statement =
        connection.prepare("SELECT version, name, checksum FROM schema_migrations ORDER BY version")?;
    let rows = statement.query_map([], |row| {
        Ok(Applied {
            version: row.get(0)?,
            name: row.get(1)?,
            checksum: row.get(2)?,
        })
    })?;
    rows.collect()
}

/// What of the list was not applied. What was applied must be the list's beginning, word for word.
fn missing<'list>(
    path: &Path,
    migrations: &'list [Migration],
    applied: &[Applied],
) -> Result<&'list [Migration], OpenError> {
    let known = migrations.last().map_or(0, |migration| migration.version);
    if let Some(newest) = applied.last().filter(|newest| newest.version > known) {
        return Err(OpenError::Newer {
            path: path.to_owned(),
            at: newest.version,
            known,
        });
    }
    let mut list = migrations;
    for row in applied {
        match list.split_first() {
            Some((first, rest)) if first.version == row.version && checksum(first.sql) == row.checksum => {
                list = rest;
            }
            _ => {
                let name = row.name.clone();
                return Err(OpenError::Edited {
                    path: path.to_owned(),
                    version: row.version,
                    name,
                });
            }
        }
    }
    Ok(list)
}

fn apply(connection: &mut Connection, migration: &Migration) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    transaction.execute_batch(CREATE_RECORD)?;
    transaction.execute_batch(migration.sql)?;
    transaction.execute(
        RECORD,
        params![migration.version, migration.name, checksum(migration.sql)],
    )?;
    transaction.commit()
}

/// SHA-256 of the text, in hexadecimal. Line ends do not count, so that a checkout on Windows is the same.
fn checksum(sql: &str) -> String {
    let digest = Sha256::digest(sql.replace("\r\n", "\n"));
    digest.iter().fold(String::with_capacity(64), |mut text, byte| {
        let _infallible = write!(text, "{byte:02x}");
        text
    })
}
