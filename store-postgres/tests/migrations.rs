//! Opening databases: migrating them, and refusing those that do not fit.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up fails")]

mod support;

use sqlx::PgConnection;
use store::Store;
use store_postgres::{MIGRATIONS, MigrationPolicy, OpenError, Options, PostgresStore, pending};
use support::{Database, connect, execute};

fn refusing() -> Options {
    Options {
        migrations: MigrationPolicy::Refuse,
        ..Options::default()
    }
}

async fn tables(connection: &mut PgConnection) -> i64 {
    sqlx::query_scalar("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace")
        .fetch_one(connection)
        .await
        .unwrap()
}

#[tokio::test]
async fn a_dry_run_changes_nothing() {
    let database = Database::empty().await;
    assert_eq!(pending(&database.url).await.unwrap(), MIGRATIONS);
    let mut connection = connect(&database.url).await;
    assert_eq!(tables(&mut connection).await, 0);
    database.store().await.close().await;
    assert_eq!(pending(&database.url).await.unwrap(), []);
}

#[tokio::test]
async fn an_unmigrated_database_is_refused_and_left_alone() {
    let database = Database::empty().await;
    let refused = PostgresStore::connect(&database.url, refusing())
        .await
        .unwrap_err();
    assert!(matches!(refused, OpenError::Unmigrated { missing } if missing == MIGRATIONS.len()));
    assert!(refused.to_string().contains("moneyflow migrate"), "{refused}");
    assert_eq!(tables(&mut connect(&database.url).await).await, 0);
}

#[tokio::test]
async fn a_database_of_a_newer_binary_is_refused() {
    let database = Database::migrated().await;
    let newer = "INSERT INTO schema_migrations (version, name, sha256) VALUES (1000, 'to come', '')";
    execute(&database.url, newer).await.unwrap();
    for options in [refusing(), Options::default()] {
        let refused = PostgresStore::connect(&database.url, options).await.unwrap_err();
        assert!(
            matches!(refused, OpenError::Newer { at: 1000, .. }),
            "{refused:?}"
        );
    }
    assert!(matches!(
        pending(&database.url).await,
        Err(OpenError::Newer { .. })
    ));
}

#[tokio::test]
async fn an_edited_migration_is_refused() {
    let database = Database::migrated().await;
    let edit = "UPDATE schema_migrations SET sha256 = sha256(sha256) WHERE version = 2";
    execute(&database.url, edit).await.unwrap();
    for options in [refusing(), Options::default()] {
        let refused = PostgresStore::connect(&database.url, options).await.unwrap_err();
        assert!(
            matches!(refused, OpenError::Edited { version: 2, .. }),
            "{refused:?}"
        );
    }
}

/// The race: several processes find the same database without a schema, and each of them migrates it.
#[tokio::test]
async fn many_may_migrate_at_once() {
    let database = Database::empty().await;
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..6 {
        let url = database.url.clone();
        tasks.spawn(async move { PostgresStore::connect(&url, Options::default()).await });
    }
    while let Some(opened) = tasks.join_next().await {
        let store = opened.unwrap().unwrap();
        assert_eq!(store.ping().await, Ok(()));
        store.close().await;
    }
}

#[tokio::test]
async fn a_migration_that_fails_leaves_nothing_and_is_named() {
    let database = Database::empty().await;
    execute(&database.url, "CREATE TABLE counters ()").await.unwrap();
    let failed = PostgresStore::connect(&database.url, Options::default())
        .await
        .unwrap_err();
    assert!(
        matches!(failed, OpenError::Migration { version: 2, .. }),
        "{failed:?}"
    );
    assert_eq!(pending(&database.url).await.unwrap(), &MIGRATIONS[1..]);
    let mut connection = connect(&database.url).await;
    let accounts: bool = sqlx::query_scalar("SELECT to_regclass('accounts') IS NOT NULL")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    assert!(!accounts, "the second migration is undone as a whole");
}

/// What is said about a database that cannot be opened names it, and not its password.
#[tokio::test]
async fn what_is_unreachable_is_named_without_its_password() {
    let nowhere = "postgres://moneyflow:hunter2@127.0.0.1:1/payments";
    let unreachable = PostgresStore::connect(nowhere, Options::default())
        .await
        .unwrap_err();
    assert!(
        matches!(unreachable, OpenError::Unreachable { .. }),
        "{unreachable:?}"
    );
    assert!(
        unreachable.to_string().contains("payments on 127.0.0.1:1"),
        "{unreachable}"
    );

    let missing = support::server_url();
    let (server, _) = missing.rsplit_once('/').unwrap();
    let missing = pending(&format!("{server}/moneyflow_no_such_database"))
        .await
        .unwrap_err();
    assert!(missing.to_string().contains("does not exist"), "{missing}");

    for url in ["postgres://moneyflow:hunter2@host:port/payments", "hunter2"] {
        let error = PostgresStore::connect(url, Options::default()).await.unwrap_err();
        assert!(matches!(error, OpenError::Url { .. }), "{error:?}");
        assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
    }
    assert!(!format!("{unreachable} {unreachable:?}").contains("hunter2"));
}

/// A database that was restored into another server, whose transaction ids begin anew: changes go on growing.
#[tokio::test]
async fn revisions_grow_on_in_a_restored_database() {
    use store::Runs;
    use store::conformance::{Payment, id, pay};

    let database = Database::migrated().await;
    let store = database.store().await;
    pay(&store, vec![Payment::new(id(), "before")]).await.unwrap();
    store.close().await;
    // Ids here begin far below those that gave the revisions.
    let restored = "UPDATE runs SET revision = revision + (1000000000::bigint << 20)";
    execute(&database.url, restored).await.unwrap();

    let store = database.store().await;
    let cursor = store.run_changes(None, None, 9).await.unwrap().cursor;
    let after = Payment::new(id(), "after");
    pay(&store, vec![after.clone()]).await.unwrap();
    let changes = store.run_changes(None, Some(cursor), 9).await.unwrap();
    let shown: Vec<_> = changes.runs.iter().map(|run| run.id).collect();
    assert_eq!(shown, [after.run_id()]);
}
