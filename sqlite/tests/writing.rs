//! What becomes of jobs: grouped, undone alone, on disk once answered.

#![expect(
    clippy::unwrap_used,
    reason = "a test fails by panicking, also in the functions it shares"
)]

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, mpsc};

use sqlite::{Database, JobError, Migration, OpenOptions, Submitted, WriteError};
use tempfile::TempDir;

const MIGRATIONS: &[Migration] = &[Migration {
    version: 1,
    name: "notes",
    sql: "CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;",
}];

/// What a job says when it refuses, beside what SQLite says.
#[derive(Debug)]
enum Refusal {
    Unwanted,
    Sqlite(rusqlite::Error),
}

impl From<rusqlite::Error> for Refusal {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl JobError for Refusal {
    fn sqlite(&self) -> Option<&rusqlite::Error> {
        match self {
            Self::Unwanted => None,
            Self::Sqlite(error) => Some(error),
        }
    }
}

fn open(folder: &TempDir) -> Database {
    open_with(folder, OpenOptions::new("test", MIGRATIONS))
}

fn open_with(folder: &TempDir, options: OpenOptions) -> Database {
    Database::open(folder.path().join("notes.sqlite"), options).unwrap()
}

fn insert(connection: &rusqlite::Connection, id: i64) -> rusqlite::Result<usize> {
    connection.execute("INSERT INTO notes (id, text) VALUES (?1, 'a note')", [id])
}

async fn stored(database: &Database) -> Vec<i64> {
    database
        .read(|connection| {
            let mut statement = connection.prepare("SELECT id FROM notes ORDER BY id")?;
            statement
                .query_map([], |row| row.get(0))?
                .collect::<rusqlite::Result<_>>()
        })
        .await
        .unwrap()
}

/// Keeps the writer busy in a group of its own making until the returned sender is dropped, so that what is submitted
/// meanwhile shares that group.
async fn hold_writer(database: &Database) -> (mpsc::Sender<()>, Submitted<(), rusqlite::Error>) {
    let (release, released) = mpsc::channel::<()>();
    let held = database
        .submit(move |_| {
            let _ended = released.recv();
            Ok::<_, rusqlite::Error>(())
        })
        .await
        .unwrap();
    (release, held)
}

fn patient() -> OpenOptions {
    OpenOptions {
        group_time: std::time::Duration::from_mins(1),
        ..OpenOptions::new("test", MIGRATIONS)
    }
}

#[tokio::test]
async fn what_was_answered_survives_though_nothing_is_closed() {
    let folder = tempfile::tempdir().unwrap();
    let database = open(&folder);
    database.write(|connection| insert(connection, 1)).await.unwrap();

    // What a killed process leaves behind: the files as they are at this moment.
    let copy = tempfile::tempdir().unwrap();
    for name in ["notes.sqlite", "notes.sqlite-wal"] {
        std::fs::copy(folder.path().join(name), copy.path().join(name)).unwrap();
    }

    assert_eq!(stored(&open(&copy)).await, [1]);
}

#[tokio::test]
async fn closing_finishes_what_was_taken_on_and_leaves_one_file() {
    let folder = tempfile::tempdir().unwrap();
    let database = open(&folder);
    let (release, held) = hold_writer(&database).await;
    let mut waiting = Vec::new();
    for id in 1..=50 {
        waiting.push(
            database
                .submit(move |connection| insert(connection, id))
                .await
                .unwrap(),
        );
    }
    let closing = tokio::spawn({
        let database = database.clone();
        async move { database.close().await }
    });
    drop(release);
    closing.await.unwrap();

    held.done().await.unwrap();
    for job in waiting {
        job.done().await.unwrap();
    }
    assert!(matches!(
        database.write(|connection| insert(connection, 99)).await,
        Err(WriteError::Closed)
    ));
    let read = database.read(|connection| insert(connection, 99)).await;
    assert!(matches!(read, Err(WriteError::Closed)));
    assert!(
        !Path::new(&format!("{}-wal", database.path().display())).exists(),
        "the log is in the file"
    );
    assert_eq!(stored(&open(&folder)).await.len(), 50);
}

#[tokio::test]
async fn many_writes_share_few_commits() {
    let folder = tempfile::tempdir().unwrap();
    let database = open_with(&folder, patient());
    let before = database.stats();
    let (release, held) = hold_writer(&database).await;
    let mut jobs = Vec::new();
    for id in 1..=100 {
        jobs.push(
            database
                .submit(move |connection| insert(connection, id))
                .await
                .unwrap(),
        );
    }
    drop(release);
    held.done().await.unwrap();
    for job in jobs {
        job.done().await.unwrap();
    }

    let after = database.stats();
    assert_eq!(after.jobs - before.jobs, 101);
    assert_eq!(
        after.commits - before.commits,
        2,
        "101 jobs in groups of up to 64"
    );
    assert_eq!(stored(&database).await.len(), 100);
}

#[tokio::test]
async fn a_job_that_refuses_is_undone_alone() {
    let folder = tempfile::tempdir().unwrap();
    let database = open_with(&folder, patient());
    let (release, held) = hold_writer(&database).await;
    let first = database.submit(|connection| insert(connection, 1)).await.unwrap();
    let refused = database
        .submit(|connection| {
            insert(connection, 2)?;
            Err::<(), _>(Refusal::Unwanted)
        })
        .await
        .unwrap();
    let conflict = database
        .submit(|connection| {
            insert(connection, 3)?;
            insert(connection, 1)?;
            Ok::<_, Refusal>(())
        })
        .await
        .unwrap();
    let last = database.submit(|connection| insert(connection, 4)).await.unwrap();
    drop(release);

    held.done().await.unwrap();
    first.done().await.unwrap();
    assert!(matches!(
        refused.done().await,
        Err(WriteError::Job(Refusal::Unwanted))
    ));
    assert!(matches!(
        conflict.done().await,
        Err(WriteError::Job(Refusal::Sqlite(_)))
    ));
    last.done().await.unwrap();
    assert_eq!(database.stats().commits, 1, "they shared one group");
    assert_eq!(stored(&database).await, [1, 4]);
}

#[tokio::test]
async fn the_first_job_of_a_group_is_undone_alone_too() {
    let folder = tempfile::tempdir().unwrap();
    let database = open_with(&folder, patient());
    let (release, released) = mpsc::channel::<()>();
    let refused = database
        .submit(move |connection| {
            insert(connection, 1)?;
            let _released = released.recv();
            Err::<(), _>(Refusal::Unwanted)
        })
        .await
        .unwrap();
    let next = database.submit(|connection| insert(connection, 2)).await.unwrap();
    drop(release);
    assert!(matches!(
        refused.done().await,
        Err(WriteError::Job(Refusal::Unwanted))
    ));
    next.done().await.unwrap();
    assert_eq!(database.stats().commits, 1, "they shared one group");
    assert_eq!(stored(&database).await, [2]);
}

#[tokio::test]
async fn a_job_that_panics_is_undone_alone_and_the_writer_lives_on() {
    let folder = tempfile::tempdir().unwrap();
    let database = open_with(&folder, patient());
    let (release, held) = hold_writer(&database).await;
    let panicking = database
        .submit(|connection| -> rusqlite::Result<()> {
            insert(connection, 1)?;
            panic!("no such note");
        })
        .await
        .unwrap();
    let neighbour = database.submit(|connection| insert(connection, 2)).await.unwrap();
    drop(release);

    held.done().await.unwrap();
    match panicking.done().await {
        Err(WriteError::Panicked(text)) => assert_eq!(text, "no such note"),
        other => panic!("expected the panic's text, got {other:?}"),
    }
    neighbour.done().await.unwrap();
    database.write(|connection| insert(connection, 3)).await.unwrap();
    assert_eq!(stored(&database).await, [2, 3]);
}

#[tokio::test]
async fn a_group_that_is_lost_stores_nothing_and_every_job_hears_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let database = open_with(&folder, patient());
    let (release, held) = hold_writer(&database).await;
    let before = database.submit(|connection| insert(connection, 1)).await.unwrap();
    let breaker = database
        .submit(|connection| connection.execute_batch("ROLLBACK"))
        .await
        .unwrap();
    let after = database.submit(|connection| insert(connection, 2)).await.unwrap();
    drop(release);

    assert!(matches!(held.done().await, Err(WriteError::Unavailable(_))));
    assert!(matches!(before.done().await, Err(WriteError::Unavailable(_))));
    assert!(matches!(breaker.done().await, Err(WriteError::Unavailable(_))));
    assert!(matches!(after.done().await, Err(WriteError::Unavailable(_))));
    assert_eq!(database.stats().failed_groups, 1);
    database.write(|connection| insert(connection, 3)).await.unwrap();
    assert_eq!(stored(&database).await, [3]);
}

#[tokio::test]
async fn a_commit_that_fails_stores_nothing_of_its_group() {
    const DEFERRED: &[Migration] = &[Migration {
        version: 1,
        name: "notes",
        sql: "CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL,
                  reply_to INTEGER REFERENCES notes (id) DEFERRABLE INITIALLY DEFERRED) STRICT;",
    }];
    let folder = tempfile::tempdir().unwrap();
    let options = OpenOptions {
        migrations: DEFERRED,
        ..patient()
    };
    let database = open_with(&folder, options);
    let (release, held) = hold_writer(&database).await;
    let neighbour = database.submit(|connection| insert(connection, 1)).await.unwrap();
    let orphan = database
        .submit(|connection| connection.execute("INSERT INTO notes VALUES (2, 'a reply', 7)", []))
        .await
        .unwrap();
    drop(release);

    assert!(matches!(held.done().await, Err(WriteError::Unavailable(_))));
    assert!(matches!(neighbour.done().await, Err(WriteError::Unavailable(_))));
    assert!(matches!(orphan.done().await, Err(WriteError::Unavailable(_))));
    database.write(|connection| insert(connection, 3)).await.unwrap();
    assert_eq!(stored(&database).await, [3]);
}

#[tokio::test]
async fn a_caller_that_leaves_does_not_undo_its_job() {
    let folder = tempfile::tempdir().unwrap();
    let database = open(&folder);
    drop(database.submit(|connection| insert(connection, 1)).await.unwrap());
    // Jobs run in the order in which they were submitted.
    database.write(|connection| insert(connection, 2)).await.unwrap();
    assert_eq!(stored(&database).await, [1, 2]);
}

#[tokio::test]
async fn a_full_disk_is_unavailable_until_there_is_space() {
    let folder = tempfile::tempdir().unwrap();
    let database = open(&folder);
    let limit = |pages: i64| {
        let database = database.clone();
        async move {
            let set = move |connection: &rusqlite::Connection| {
                connection.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()))
            };
            database.write(set).await.unwrap();
        }
    };
    let fill = |connection: &rusqlite::Connection| {
        connection.execute(
            "INSERT INTO notes (id, text) VALUES (2, ?1)",
            ["x".repeat(1_000_000)],
        )
    };
    database.write(|connection| insert(connection, 1)).await.unwrap();
    limit(10).await;

    assert!(matches!(
        database.write(fill).await,
        Err(WriteError::Unavailable(_))
    ));
    assert_eq!(stored(&database).await, [1]);

    limit(100_000).await;
    database.write(fill).await.unwrap();
    assert_eq!(stored(&database).await, [1, 2]);
}

#[tokio::test]
async fn hooks_stand_on_both_sides_of_every_commit() {
    let folder = tempfile::tempdir().unwrap();
    let calls = Arc::new([AtomicU64::new(0), AtomicU64::new(0)]);
    let (before, after) = (Arc::clone(&calls), Arc::clone(&calls));
    let options = OpenOptions {
        before_commit: Some(Arc::new(move || {
            before[0].fetch_add(1, Ordering::SeqCst);
        })),
        after_commit: Some(Arc::new(move || {
            assert_eq!(
                after[0].load(Ordering::SeqCst),
                after[1].fetch_add(1, Ordering::SeqCst) + 1
            );
        })),
        ..OpenOptions::new("test", MIGRATIONS)
    };
    let database = open_with(&folder, options);
    for id in 1..=3 {
        database
            .write(move |connection| insert(connection, id))
            .await
            .unwrap();
    }
    assert_eq!(calls.each_ref().map(|count| count.load(Ordering::SeqCst)), [3, 3]);
}
