//! What goes wrong with the server and on the way to it: nothing is half done, it is told apart, and it passes.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up fails")]

mod support;

use std::collections::BTreeSet;
use std::sync::mpsc;
use std::time::Duration;

use sqlx::Connection as _;
use store::conformance::{Payment, id, intent, pay, settle};
use store::{
    BatchEnd, Batches, Companies, Counter, CounterKey, LockWait, LockedRow, MovementIntent, MovementWrite,
    Movements as _, Outage, Runs, Store, StoreError, Verdict,
};
use store_postgres::{Options, PostgresStore};
use support::line::{Line, State};
use support::{Database, connect, execute};
use uuid::Uuid;

/// Far longer than anything here takes.
const DEADLINE: Duration = Duration::from_mins(1);

fn assert_outage<T: std::fmt::Debug>(result: &Result<T, StoreError>, expected: Outage) {
    assert!(
        matches!(result, Err(StoreError::Unavailable { outage, .. }) if *outage == expected),
        "{result:?}"
    );
}

/// A batch that is deciding, until it is told to go on.
struct Deciding {
    batch: tokio::task::JoinHandle<Result<BatchEnd, StoreError>>,
    go_on: mpsc::Sender<()>,
}

impl Deciding {
    async fn begin(store: &PostgresStore, payment: &Payment) -> Self {
        let (tell, told) = mpsc::channel();
        let (go_on, gone_on) = mpsc::channel();
        let payments = vec![payment.clone()];
        let intent = intent(&payments);
        let decide = move |loaded| {
            tell.send(()).unwrap();
            gone_on.recv_timeout(DEADLINE).unwrap();
            Verdict::Commit(Box::new(settle(&payments, &loaded)))
        };
        let store = store.clone();
        let batch = tokio::spawn(async move { store.run_batch(intent, Box::new(decide)).await });
        let begun = tokio::task::spawn_blocking(move || told.recv_timeout(DEADLINE)).await;
        begun.unwrap().unwrap();
        Self { batch, go_on }
    }

    async fn end(self) -> Result<BatchEnd, StoreError> {
        self.go_on.send(()).unwrap();
        self.batch.await.unwrap()
    }
}

/// After every connection was cut, calls find out by asking: none fails, each gets a new connection.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_recover_when_all_connections_were_cut() {
    let database = Database::migrated().await;
    let store = database.store().await;
    let pings = (0..10).map(|_| store.ping());
    for ping in futures_util::future::join_all(pings).await {
        assert_eq!(ping, Ok(()));
    }
    database.terminate_sessions().await;
    let company_id = id();
    for number in 0..12 {
        let payment = Payment::new(company_id, &format!("e{number}"));
        assert_eq!(pay(&store, vec![payment]).await, Ok(BatchEnd::Committed));
    }
}

/// A connection that is lost in the middle of a batch takes all of the batch with it, and the same again succeeds.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_batch_whose_connection_is_lost_stores_nothing() {
    let database = Database::migrated().await;
    let store = database.store().await;
    let payment = Payment::new(id(), "e1");
    let deciding = Deciding::begin(&store, &payment).await;
    database.terminate_sessions().await;
    assert_outage(&deciding.end().await, Outage::Connection);
    assert_eq!(store.find_run(payment.run_id()).await, Ok(None));
    assert_eq!(pay(&store, vec![payment.clone()]).await, Ok(BatchEnd::Committed));
    assert!(store.find_run(payment.run_id()).await.unwrap().is_some());
}

/// Whoever waits too long for a lock is told that others were in the way.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lock_that_takes_too_long_is_contention() {
    let database = Database::migrated().await;
    let store = database
        .store_with(Options {
            lock_timeout: Duration::from_millis(50),
            ..Options::default()
        })
        .await;
    let company_id = id();
    pay(&store, vec![Payment::new(company_id, "e1")]).await.unwrap();
    let mut other = connect(&database.url).await;
    let lock = "BEGIN; SELECT FROM counters FOR UPDATE";
    sqlx::raw_sql(lock).execute(&mut other).await.unwrap();
    let second = Payment::new(company_id, "e2");
    assert_outage(&pay(&store, vec![second.clone()]).await, Outage::Contention);
    sqlx::raw_sql("ROLLBACK").execute(&mut other).await.unwrap();
    assert_eq!(pay(&store, vec![second]).await, Ok(BatchEnd::Committed));
}

/// All money that callers move stands behind a group: it gives up soon, and those who do not name the row go on.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_movement_does_not_wait_long_for_a_locked_row() {
    let database = Database::migrated().await;
    let lock_timeout = DEADLINE * 2;
    let options = Options {
        lock_timeout,
        ..Options::default()
    };
    let store = database.store_with(options).await;
    pay(&store, vec![Payment::new(id(), "e1")]).await.unwrap();
    let mut other = connect(&database.url).await;
    let mut transaction = other.begin().await.unwrap();
    let locked: Uuid = sqlx::query_scalar("SELECT id FROM accounts ORDER BY id LIMIT 1 FOR UPDATE")
        .fetch_one(&mut *transaction)
        .await
        .unwrap();
    let free: Uuid = sqlx::query_scalar("SELECT max(id::text)::uuid FROM accounts")
        .fetch_one(&mut *transaction)
        .await
        .unwrap();
    let touch = |account_id, lock_wait| {
        let intent = MovementIntent {
            accounts: [account_id].into(),
            lock_wait,
            ..MovementIntent::default()
        };
        let moved = store.move_money(intent, Box::new(|_| MovementWrite::default()));
        tokio::time::timeout(DEADLINE, moved)
    };
    for lock_wait in [LockWait::Usual, LockWait::Brief] {
        assert_outage(&touch(locked, lock_wait).await.unwrap(), Outage::Locked);
        assert_eq!(touch(free, lock_wait).await.unwrap(), Ok(()));
    }
    transaction.rollback().await.unwrap();
    assert_eq!(touch(locked, LockWait::Usual).await.unwrap(), Ok(()));
}

/// What somebody has locked is told apart from what is free, also where it is named by way of a hold.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn finds_what_somebody_has_locked() {
    let database = Database::migrated().await;
    let store = database.store().await;
    pay(&store, vec![Payment::new(id(), "e1")]).await.unwrap();
    let mut other = connect(&database.url).await;
    let [locked, free]: [Uuid; 2] = sqlx::query_scalar("SELECT id FROM accounts ORDER BY id LIMIT 2")
        .fetch_all(&mut other)
        .await
        .unwrap()
        .try_into()
        .unwrap();
    let (company_id, hold_id) = (company_of(&mut other, locked).await, id());
    place_hold(&mut other, hold_id, locked, free).await;
    let mut by_key = MovementIntent::default();
    let key = store.find_account(locked).await.unwrap().unwrap();
    by_key.footprint.accounts.insert(key.account.key().clone());
    let nobodys = MovementIntent::from(LockedRow::Account(id()));
    let intents = vec![
        LockedRow::Account(locked).into(),
        LockedRow::Account(free).into(),
        by_key,
        LockedRow::Hold(company_id, hold_id).into(),
        nobodys,
    ];
    let look = || store.find_locked(intents.clone());
    let none = BTreeSet::new;
    assert_eq!(look().await.unwrap(), vec![none(); 5]);

    let mut transaction = other.begin().await.unwrap();
    sqlx::query("SELECT FROM accounts WHERE id = $1 FOR NO KEY UPDATE")
        .bind(locked)
        .execute(&mut *transaction)
        .await
        .unwrap();
    let account = || BTreeSet::from([LockedRow::Account(locked)]);
    assert_eq!(
        look().await.unwrap(),
        [account(), none(), account(), account(), none()]
    );
    sqlx::raw_sql("SELECT FROM holds FOR UPDATE; SELECT FROM counters FOR UPDATE")
        .execute(&mut *transaction)
        .await
        .unwrap();
    let hold = BTreeSet::from([LockedRow::Hold(company_id, hold_id), LockedRow::Account(locked)]);
    assert_eq!(look().await.unwrap()[3], hold);
    let counter = LockedRow::Counter(CounterKey {
        company_id,
        counter: Counter::Outbox,
    });
    assert_eq!(
        store.find_locked(vec![counter.into()]).await.unwrap(),
        [[counter].into()]
    );
    sqlx::raw_sql("LOCK TABLE accounts")
        .execute(&mut *transaction)
        .await
        .unwrap();
    assert_outage(&look().await, Outage::Locked);
    transaction.rollback().await.unwrap();
    assert_eq!(look().await.unwrap(), vec![none(); 5]);
}

async fn company_of(connection: &mut sqlx::PgConnection, account_id: Uuid) -> Uuid {
    sqlx::query_scalar("SELECT company_id FROM accounts WHERE id = $1")
        .bind(account_id)
        .fetch_one(connection)
        .await
        .unwrap()
}

async fn place_hold(connection: &mut sqlx::PgConnection, hold_id: Uuid, from: Uuid, to: Uuid) {
    let sql = "INSERT INTO holds (id, company_id, account, to_account, currency, amount, status)
        SELECT $1, f.company_id, f.code, t.code, f.currency, 1, 'pending' FROM accounts f, accounts t
        WHERE f.id = $2 AND t.id = $3";
    let placed = sqlx::query(sql).bind(hold_id).bind(from).bind(to);
    placed.execute(connection).await.unwrap();
}

/// A batch that waits in a circle with somebody who locks in another order is told that others were in the way.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deadlock_is_contention() {
    let database = Database::migrated().await;
    let store = database.store().await;
    let company_id = id();
    pay(&store, vec![Payment::new(company_id, "e1")]).await.unwrap();
    // Accounts first, then counters: the other way round. It has run into its own circle long before the batch gives up.
    let mut other = connect(&database.url).await;
    let patient = "SET deadlock_timeout = '1min'; BEGIN; SELECT FROM accounts FOR UPDATE";
    sqlx::raw_sql(patient).execute(&mut other).await.unwrap();
    let second = Payment::new(company_id, "e2");
    let batch = {
        let (store, second) = (store.clone(), second.clone());
        tokio::spawn(async move { pay(&store, vec![second]).await })
    };
    let waiting = || async {
        let mut watcher = connect(&database.url).await;
        let sql = "SELECT count(*) > 0 FROM pg_locks l JOIN pg_stat_activity a USING (pid)
            WHERE NOT l.granted AND a.datname = current_database()";
        let waits: bool = sqlx::query_scalar(sql).fetch_one(&mut watcher).await.unwrap();
        waits
    };
    support::eventually("the batch waits for the accounts", waiting).await;
    let counters = tokio::spawn(async move {
        let locked = sqlx::raw_sql("SELECT FROM counters FOR UPDATE; ROLLBACK")
            .execute(&mut other)
            .await;
        locked.map(|_| ())
    });
    assert_outage(&batch.await.unwrap(), Outage::Contention);
    counters.await.unwrap().unwrap();
    assert_eq!(pay(&store, vec![second]).await, Ok(BatchEnd::Committed));
}

/// Two batches find an account missing, and both open it: the second one is told that somebody else was faster.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_that_appears_meanwhile_is_contention() {
    let database = Database::migrated().await;
    let store = database.store().await;
    let company_id = id();
    let payments = ["e1", "e2"].map(|event_id| Payment {
        // Without events there is no counter on which the second would wait for the first.
        events: 0,
        ..Payment::new(company_id, event_id)
    });
    let first = Deciding::begin(&store, &payments[0]).await;
    let second = Deciding::begin(&store, &payments[1]).await;
    assert_eq!(first.end().await, Ok(BatchEnd::Committed));
    assert_outage(&second.end().await, Outage::Contention);
    assert_eq!(
        pay(&store, vec![payments[1].clone()]).await,
        Ok(BatchEnd::Committed)
    );
}

/// A process that is stopped in the middle of a batch loses its locks to the server's patience.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_batch_that_idles_is_ended_by_the_server() {
    let database = Database::migrated().await;
    let impatient = Options {
        idle_in_transaction_timeout: Duration::from_millis(50),
        ..Options::default()
    };
    let stopped = database.store_with(impatient).await;
    let store = database.store().await;
    let company_id = id();
    let first = Payment::new(company_id, "e1");
    let deciding = Deciding::begin(&stopped, &first).await;
    // It has locked the company's counter; this gets it, since the other's session is ended.
    let second = Payment::new(company_id, "e2");
    assert_eq!(pay(&store, vec![second]).await, Ok(BatchEnd::Committed));
    assert_outage(&deciding.end().await, Outage::Connection);
    assert_eq!(pay(&stopped, vec![first]).await, Ok(BatchEnd::Committed));
}

/// A full disk is told apart from faults of the data, leaves nothing behind, and passes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_is_exhaustion_and_passes() {
    let database = Database::migrated().await;
    let store = database.store().await;
    let full = "CREATE FUNCTION disk_is_full() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END $$;
        CREATE TRIGGER full_disk BEFORE INSERT ON outbox EXECUTE FUNCTION disk_is_full()";
    execute(&database.url, full).await.unwrap();
    let payment = Payment::new(id(), "e1");
    for _ in 0..3 {
        assert_outage(&pay(&store, vec![payment.clone()]).await, Outage::Exhausted);
        assert_eq!(store.find_run(payment.run_id()).await, Ok(None));
    }
    execute(&database.url, "DROP TRIGGER full_disk ON outbox")
        .await
        .unwrap();
    assert_eq!(pay(&store, vec![payment.clone()]).await, Ok(BatchEnd::Committed));
    assert!(store.find_run(payment.run_id()).await.unwrap().is_some());
}

fn small_and_quick() -> Options {
    Options {
        max_connections: 1,
        acquire_timeout: Duration::from_millis(300),
        ..Options::default()
    }
}

/// With all connections in use there is no room; with none to be made there is no server.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn waiting_for_a_connection_says_what_is_missing() {
    let database = Database::migrated().await;
    let store = database.store_with(small_and_quick()).await;
    let payment = Payment::new(id(), "e1");
    let deciding = Deciding::begin(&store, &payment).await;
    assert_outage(&store.find_company(id()).await, Outage::Exhausted);
    assert_eq!(deciding.end().await, Ok(BatchEnd::Committed));

    let mut line = Line::to(&database.url).await;
    let far = PostgresStore::connect(&line.url, small_and_quick())
        .await
        .unwrap();
    assert_eq!(far.ping().await, Ok(()));
    line.set(State::Down).await;
    for _ in 0..2 {
        assert_outage(&far.ping().await, Outage::Connection);
    }
}

/// A server that says nothing any more, and whose connections stay open, is taken for gone.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_says_nothing_is_gone_after_the_deadline() {
    let database = Database::migrated().await;
    let mut line = Line::to(&database.url).await;
    let hasty = Options {
        deadline: Duration::from_secs(1),
        ..small_and_quick()
    };
    let store = PostgresStore::connect(&line.url, hasty).await.unwrap();
    let payment = Payment::new(id(), "e1");
    let deciding = Deciding::begin(&store, &payment).await;
    line.set(State::Silent).await;
    assert_outage(&deciding.end().await, Outage::Connection);
    let near = database.store().await;
    assert_eq!(near.find_run(payment.run_id()).await, Ok(None));
}

/// A caller who is not patient does not leave an open database transaction to the next one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn callers_who_go_away_leave_nothing_open() {
    let database = Database::migrated().await;
    let one = Options {
        max_connections: 1,
        ..Options::default()
    };
    let store = database.store_with(one).await;
    let company_id = id();
    for number in 0..50 {
        let payment = Payment::new(company_id, &format!("e{number}"));
        // Given up at another moment each time.
        let patience = Duration::from_micros(number * 97);
        let _gave_up_or_not = tokio::time::timeout(patience, pay(&store, vec![payment])).await;
        let _gave_up_or_not = tokio::time::timeout(patience, store.ping()).await;
    }
    let last = Payment::new(company_id, "last");
    assert_eq!(pay(&store, vec![last.clone()]).await, Ok(BatchEnd::Committed));
    let seen_by_others = database.store().await.find_run(last.run_id()).await;
    assert!(seen_by_others.unwrap().is_some());
}
