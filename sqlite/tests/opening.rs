//! Who may open a file: one at a time, and only with a schema that fits.

#![expect(
    clippy::unwrap_used,
    reason = "a test fails by panicking, also in the functions it shares"
)]

use std::error::Error;
use std::path::PathBuf;

use sqlite::{Database, Migration, MigrationPolicy, OpenError, OpenOptions, pending};
use tempfile::TempDir;

const FIRST: Migration = Migration {
    version: 1,
    name: "notes",
    sql: "CREATE TABLE notes (text TEXT) STRICT;",
};
const SECOND: Migration = Migration {
    version: 2,
    name: "authors",
    sql: "ALTER TABLE notes ADD COLUMN author TEXT; CREATE INDEX notes_by_author ON notes (author);",
};
const BROKEN: Migration = Migration {
    version: 2,
    name: "broken",
    sql: "CREATE TABLE half (a INTEGER); CREATE TABLE notes (b TEXT);",
};

fn file() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notes.sqlite");
    (folder, path)
}

fn options(migrations: &'static [Migration]) -> OpenOptions {
    OpenOptions::new("test", migrations)
}

#[tokio::test]
async fn a_second_open_is_refused_and_names_file_and_holder() {
    let (folder, path) = file();
    let database = Database::open(&path, options(&[FIRST])).unwrap();
    // Another way to spell the same file.
    let other_name = folder.path().join(".").join("notes.sqlite");

    let refusal = Database::open(other_name, options(&[FIRST])).unwrap_err();

    assert!(matches!(refusal, OpenError::InUse { .. }), "{refusal}");
    let text = refusal.to_string();
    assert!(text.contains("notes.sqlite"), "{text}");
    assert!(text.contains(&std::process::id().to_string()), "{text}");
    database.close().await;
    Database::open(&path, options(&[FIRST])).expect("closing frees the file");
}

#[tokio::test]
async fn the_file_can_be_opened_again_as_soon_as_the_last_handle_is_dropped() {
    let (_folder, path) = file();
    for _ in 0..20 {
        let database = Database::open(&path, options(&[FIRST])).unwrap();
        let second_handle = database.clone();
        drop(database);
        assert!(
            Database::open(&path, options(&[FIRST])).is_err(),
            "a handle is left"
        );
        drop(second_handle);
    }
}

#[tokio::test]
async fn migrations_are_applied_once_each_and_recorded() {
    let (_folder, path) = file();
    assert_eq!(pending(&path, &[FIRST, SECOND]).unwrap(), [FIRST, SECOND]);
    Database::open(&path, options(&[FIRST])).unwrap().close().await;
    assert_eq!(pending(&path, &[FIRST, SECOND]).unwrap(), [SECOND]);

    let database = Database::open(&path, options(&[FIRST, SECOND])).unwrap();

    assert_eq!(
        pending(&path, &[FIRST, SECOND]).unwrap(),
        [],
        "also while the file is in use"
    );
    let recorded: Vec<(u32, String)> = database
        .read(|connection| {
            let mut statement =
                connection.prepare("SELECT version, name FROM schema_migrations ORDER BY version")?;
            let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
            rows.collect::<rusqlite::Result<_>>()
        })
        .await
        .unwrap();
    assert_eq!(recorded, [(1, "notes".to_owned()), (2, "authors".to_owned())]);
    database.close().await;
    Database::open(&path, options(&[FIRST, SECOND])).expect("nothing is applied twice");
}

#[tokio::test]
async fn a_required_schema_is_not_applied_by_the_way() {
    let (_folder, path) = file();
    Database::open(&path, options(&[FIRST])).unwrap().close().await;
    let required = |migrations| OpenOptions {
        policy: MigrationPolicy::Require,
        ..options(migrations)
    };

    let refusal = Database::open(&path, required(&[FIRST, SECOND])).unwrap_err();

    assert!(
        matches!(refusal, OpenError::Unmigrated { missing: 1, .. }),
        "{refusal}"
    );
    assert_eq!(pending(&path, &[FIRST, SECOND]).unwrap(), [SECOND]);
    Database::open(&path, required(&[FIRST])).expect("a schema that fits is opened");
}

#[tokio::test]
async fn a_newer_schema_is_refused_whatever_the_policy() {
    let (_folder, path) = file();
    Database::open(&path, options(&[FIRST, SECOND]))
        .unwrap()
        .close()
        .await;
    for policy in [MigrationPolicy::Apply, MigrationPolicy::Require] {
        let refusal = Database::open(
            &path,
            OpenOptions {
                policy,
                ..options(&[FIRST])
            },
        )
        .unwrap_err();
        assert!(
            matches!(refusal, OpenError::Newer { at: 2, known: 1, .. }),
            "{refusal}"
        );
    }
}

#[tokio::test]
async fn an_edited_migration_is_refused_whatever_the_policy() {
    const EDITED: Migration = Migration {
        version: 1,
        name: "notes",
        sql: "CREATE TABLE notes (text TEXT NOT NULL) STRICT;",
    };
    let (_folder, path) = file();
    Database::open(&path, options(&[FIRST])).unwrap().close().await;
    for policy in [MigrationPolicy::Apply, MigrationPolicy::Require] {
        let refusal = Database::open(
            &path,
            OpenOptions {
                policy,
                ..options(&[EDITED, SECOND])
            },
        )
        .unwrap_err();
        assert!(
            matches!(refusal, OpenError::Edited { version: 1, .. }),
            "{refusal}"
        );
    }
    assert!(matches!(
        pending(&path, &[EDITED]).unwrap_err(),
        OpenError::Edited { .. }
    ));
}

#[tokio::test]
async fn a_migration_that_fails_leaves_nothing_of_itself() {
    let (_folder, path) = file();
    let refusal = Database::open(&path, options(&[FIRST, BROKEN])).unwrap_err();
    assert!(
        matches!(refusal, OpenError::Migration { version: 2, .. }),
        "{refusal}"
    );
    assert!(refusal.source().is_some());

    let database = Database::open(&path, options(&[FIRST])).expect("the file is at the migration before");

    let halves: i64 = database
        .read(|connection| {
            connection.query_row(
                "SELECT count(*) FROM sqlite_schema WHERE name = 'half'",
                [],
                |row| row.get(0),
            )
        })
        .await
        .unwrap();
    assert_eq!(halves, 0);
}

#[test]
fn a_list_out_of_order_is_refused() {
    let (_folder, path) = file();
    let refusal = Database::open(&path, options(&[SECOND, FIRST])).unwrap_err();
    assert!(
        matches!(
            refusal,
            OpenError::Unordered {
                version: 1,
                previous: 2
            }
        ),
        "{refusal}"
    );
}

#[test]
fn what_is_no_database_is_refused() {
    let (_folder, path) = file();
    std::fs::write(&path, "these are not the pages you are looking for".repeat(100)).unwrap();
    assert!(matches!(
        Database::open(&path, options(&[FIRST])).unwrap_err(),
        OpenError::Sqlite { .. }
    ));
}

#[test]
fn a_folder_that_is_missing_is_named() {
    let (folder, _) = file();
    let path = folder.path().join("nowhere").join("notes.sqlite");
    let refusal = Database::open(path, options(&[FIRST])).unwrap_err();
    assert!(matches!(refusal, OpenError::Io { .. }), "{refusal}");
    assert!(refusal.to_string().contains("nowhere"), "{refusal}");
}

#[tokio::test]
async fn what_a_file_is_to_forget_is_cleared_whenever_it_is_opened() {
    let (_folder, path) = file();
    let options = OpenOptions {
        at_open: Some("DELETE FROM notes; INSERT INTO notes VALUES ('opened')"),
        ..options(&[FIRST])
    };
    for _ in 0..2 {
        let database = Database::open(&path, options.clone()).unwrap();
        let left: i64 = database
            .read(|connection| connection.query_row("SELECT count(*) FROM notes", [], |row| row.get(0)))
            .await
            .unwrap();
        assert_eq!(left, 1);
        database.close().await;
    }
}
