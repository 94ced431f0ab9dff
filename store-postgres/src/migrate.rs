//! Migrations: which ones there are, which ones a database lacks, and applying them.
//!
//! What was applied is in `schema_migrations`, with the hash of its text. Each migration is one database transaction.
//! Whoever applies them holds an advisory lock meanwhile, so that several processes may start at once.

use sha2::{Digest, Sha256};
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use crate::connect::OpenError;

/// One step of the schema. Once released it is never edited: its text's hash is recorded where it was applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Migration {
    /// Its place in the order, from 1.
    pub version: u32,
    /// What it does, in a few words.
    pub name: &'static str,
    /// One or more statements, which run in one database transaction.
    pub sql: &'static str,
}

/// All migrations, in order. What was applied anywhere is never edited.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        version: 1,
        name: "companies and rules",
        sql: include_str!("../../migrations/postgres/0001_companies_and_rules.sql"),
    },
    Migration {
        version: 2,
        name: "ledger",
        sql: include_str!("../../migrations/postgres/0002_ledger.sql"),
    },
    Migration {
        version: 3,
        name: "posting",
        sql: include_str!("../../migrations/postgres/0003_posting.sql"),
    },
    Migration {
        version: 4,
        name: "runs",
        sql: include_str!("../../migrations/postgres/0004_runs.sql"),
    },
    Migration {
        version: 5,
        name: "partitions and outbox",
        sql: include_str!("../../migrations/postgres/0005_partitions_and_outbox.sql"),
    },
    Migration {
        version: 6,
        name: "lists",
        sql: include_str!("../../migrations/postgres/0006_lists.sql"),
    },
    Migration {
        version: 7,
        name: "movements",
        sql: include_str!("../../migrations/postgres/0007_movements.sql"),
    },
    Migration {
        version: 8,
        name: "holds",
        sql: include_str!("../../migrations/postgres/0008_holds.sql"),
    },
    Migration {
        version: 9,
        name: "payments",
        sql: include_str!("../../migrations/postgres/0009_payments.sql"),
    },
    Migration {
        version: 10,
        name: "events of payments",
        sql: include_str!("../../migrations/postgres/0010_events_of_payments.sql"),
    },
    Migration {
        version: 11,
        name: "ledger chain",
        sql: include_str!("../../migrations/postgres/0011_ledger_chain.sql"),
    },
    Migration {
        version: 12,
        name: "payments in two currencies",
        sql: include_str!("../../migrations/postgres/0012_payments_in_two_currencies.sql"),
    },
    Migration {
        version: 13,
        name: "holds by company",
        sql: include_str!("../../migrations/postgres/0013_holds_by_company.sql"),
    },
    Migration {
        version: 14,
        name: "payments by time",
        sql: include_str!("../../migrations/postgres/0014_payments_by_time.sql"),
    },
    Migration {
        version: 15,
        name: "holds of payments",
        sql: include_str!("../../migrations/postgres/0015_holds_of_payments.sql"),
    },
    Migration {
        version: 16,
        name: "guarded rows",
        sql: include_str!("../../migrations/postgres/0016_guarded_rows.sql"),
    },
    Migration {
        version: 17,
        name: "transfer batches",
        sql: include_str!("../../migrations/postgres/0017_transfer_batches.sql"),
    },
];

/// Any number that nobody else is likely to lock in the same database: "moneyflw" in ASCII.
const MIGRATION_LOCK: i64 = 0x6d6f_6e65_7966_6c77;

const HISTORY: &str = "CREATE TABLE IF NOT EXISTS schema_migrations (
        version    bigint      NOT NULL,
        name       text        NOT NULL,
        sha256     bytea       NOT NULL,
        applied_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT schema_migrations_version_key PRIMARY KEY (version)
    )";

const HAS_HISTORY: &str = "SELECT to_regclass('schema_migrations') IS NOT NULL";

const APPLIED: &str = "SELECT version, sha256 FROM schema_migrations ORDER BY version";

const RECORD: &str = "INSERT INTO schema_migrations (version, name, sha256) VALUES ($1, $2, $3)";

/// Ids of database transactions begin anew in a server into which a database was restored: revisions must go on growing.
const REBASE: &str = "UPDATE run_revision SET base = newest.revision - pg_current_xact_id()::text::bigint + 1
    FROM (SELECT max(revision) >> 20 AS revision FROM runs) newest
    WHERE newest.revision > base + pg_snapshot_xmax(pg_current_snapshot())::text::bigint";

/// Those that the database lacks, in order. Changes nothing.
pub(crate) async fn missing(connection: &mut PgConnection) -> Result<&'static [Migration], OpenError> {
    let has_history: bool = sqlx::query_scalar(HAS_HISTORY)
        .fetch_one(&mut *connection)
        .await?;
    if !has_history {
        return Ok(MIGRATIONS);
    }
    let applied: Vec<(i64, Vec<u8>)> = sqlx::query_as(APPLIED).fetch_all(connection).await?;
    behind(MIGRATIONS, &applied)
}

/// What of `known` comes after what was applied.
fn behind<'m>(known: &'m [Migration], applied: &[(i64, Vec<u8>)]) -> Result<&'m [Migration], OpenError> {
    for (place, (version, sha256)) in applied.iter().enumerate() {
        let Some(migration) = known.get(place) else {
            return Err(OpenError::Newer {
                at: *version,
                known: known.len(),
            });
        };
        if i64::from(migration.version) != *version || hash(migration) != **sha256 {
            return Err(OpenError::Edited {
                version: migration.version,
                name: migration.name,
            });
        }
    }
    Ok(known.get(applied.len()..).unwrap_or_default())
}

fn hash(migration: &Migration) -> [u8; 32] {
    Sha256::digest(migration.sql).into()
}

/// Applies those that the database lacks. Waits for whoever is doing the same.
pub(crate) async fn apply(connection: &mut PgConnection) -> Result<(), OpenError> {
    // Held until the connection closes, which is soon.
    let lock = "SELECT pg_advisory_lock($1)";
    sqlx::query(lock)
        .bind(MIGRATION_LOCK)
        .execute(&mut *connection)
        .await?;
    for migration in missing(connection).await? {
        apply_one(connection, migration)
            .await
            .map_err(|error| OpenError::Migration {
                version: migration.version,
                name: migration.name,
                message: error.to_string(),
            })?;
    }
    Ok(())
}

/// Lets revisions go on growing in a database that was restored into another server. Does nothing in any other.
pub(crate) async fn rebase(connection: &mut PgConnection) -> Result<(), OpenError> {
    sqlx::query(REBASE).execute(connection).await?;
    Ok(())
}

async fn apply_one(connection: &mut PgConnection, migration: &Migration) -> sqlx::Result<()> {
    let mut transaction = connection.begin().await?;
    sqlx::query(HISTORY).execute(&mut *transaction).await?;
    sqlx::raw_sql(AssertSqlSafe(migration.sql))
        .execute(&mut *transaction)
        .await?;
    sqlx::query(RECORD)
        .bind(i64::from(migration.version))
        .bind(migration.name)
        .bind(&hash(migration)[..])
        .execute(&mut *transaction)
        .await?;
    transaction.commit().await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn applied(migrations: &[Migration]) -> Vec<(i64, Vec<u8>)> {
        let row = |migration: &Migration| (i64::from(migration.version), hash(migration).to_vec());
        migrations.iter().map(row).collect()
    }

    #[test]
    fn versions_follow_one_another() {
        for (version, migration) in (1..).zip(MIGRATIONS) {
            assert_eq!(migration.version, version, "{}", migration.name);
        }
    }

    #[test]
    fn what_was_not_applied_is_missing() {
        for count in 0..=MIGRATIONS.len() {
            let missing = behind(MIGRATIONS, &applied(&MIGRATIONS[..count])).unwrap();
            assert_eq!(missing, &MIGRATIONS[count..]);
        }
    }

    #[test]
    fn a_database_that_knows_more_is_newer() {
        let newer = behind(&MIGRATIONS[..2], &applied(MIGRATIONS)).unwrap_err();
        assert!(matches!(newer, OpenError::Newer { at: 3, known: 2 }), "{newer:?}");
    }

    #[test]
    fn a_text_that_differs_was_edited() {
        let mut applied = applied(MIGRATIONS);
        applied[1].1[0] ^= 1;
        let edited = behind(MIGRATIONS, &applied).unwrap_err();
        assert!(
            matches!(edited, OpenError::Edited { version: 2, .. }),
            "{edited:?}"
        );
        // One that was left out: the second is not where it was.
        applied.remove(1);
        assert!(matches!(
            behind(MIGRATIONS, &applied),
            Err(OpenError::Edited { version: 2, .. })
        ));
    }
}
