//! Reads: beside the writer, in snapshots, and unable to write.

#![expect(
    clippy::unwrap_used,
    reason = "a test fails by panicking, also in the functions it shares"
)]

use std::sync::mpsc;

use sqlite::{Database, Migration, OpenOptions, ReadError};
use tempfile::TempDir;

const MIGRATIONS: &[Migration] = &[Migration {
    version: 1,
    name: "notes",
    sql: "CREATE TABLE notes (id INTEGER PRIMARY KEY) STRICT;",
}];

fn open(folder: &TempDir, readers: usize) -> Database {
    let options = OpenOptions {
        readers,
        ..OpenOptions::new("test", MIGRATIONS)
    };
    Database::open(folder.path().join("notes.sqlite"), options).unwrap()
}

fn count(connection: &rusqlite::Connection) -> rusqlite::Result<i64> {
    connection.query_row("SELECT count(*) FROM notes", [], |row| row.get(0))
}

fn insert(connection: &rusqlite::Connection) -> rusqlite::Result<usize> {
    connection.execute("INSERT INTO notes DEFAULT VALUES", [])
}

#[tokio::test]
async fn a_read_keeps_its_snapshot_while_others_write() {
    let folder = tempfile::tempdir().unwrap();
    let database = open(&folder, 2);
    let (first_read, has_read) = tokio::sync::oneshot::channel();
    let (go_on, may_go_on) = mpsc::channel();
    let reading = tokio::spawn({
        let database = database.clone();
        async move {
            let job = move |connection: &rusqlite::Connection| {
                let before = count(connection)?;
                first_read.send(()).unwrap();
                may_go_on.recv().unwrap();
                Ok::<_, rusqlite::Error>((before, count(connection)?))
            };
            database.read(job).await
        }
    });
    has_read.await.unwrap();
    database
        .write(insert)
        .await
        .expect("a reader does not hold the writer up");
    go_on.send(()).unwrap();

    assert_eq!(reading.await.unwrap().unwrap(), (0, 0));
    assert_eq!(
        database.read(count).await.unwrap(),
        1,
        "the next read sees what was committed"
    );
}

#[tokio::test]
async fn a_read_cannot_write() {
    let folder = tempfile::tempdir().unwrap();
    let database = open(&folder, 1);
    assert!(database.read(insert).await.is_err());
    assert_eq!(database.read(count).await.unwrap(), 0);
}

#[tokio::test]
async fn a_panic_or_a_stray_rollback_does_not_cost_a_connection() {
    let folder = tempfile::tempdir().unwrap();
    let database = open(&folder, 1);
    let panicked = database
        .read(|_| -> rusqlite::Result<()> { panic!("unreadable") })
        .await;
    assert!(matches!(panicked, Err(ReadError::Panicked(text)) if text == "unreadable"));
    database
        .read(|connection| connection.execute_batch("ROLLBACK"))
        .await
        .unwrap();
    assert_eq!(database.read(count).await.unwrap(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn more_reads_than_connections_wait_their_turn() {
    let folder = tempfile::tempdir().unwrap();
    let database = open(&folder, 2);
    let reads: Vec<_> = (0..50)
        .map(|_| {
            let database = database.clone();
            tokio::spawn(async move { database.read(count).await })
        })
        .collect();
    for read in reads {
        assert_eq!(read.await.unwrap().unwrap(), 0);
    }
}
