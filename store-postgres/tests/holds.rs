//! Holds in lists: how much is read for a page of them where nearly all holds are payments', and which those are.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up fails")]

mod support;

use ledger::{AccountKey, HoldStatus};
use store::{HoldFilter, Movements as _, PageRequest};
use store_postgres::{MIGRATIONS, PostgresStore};
use support::{Database, connect, execute};
use uuid::Uuid;

/// A company with three accounts, and 4,040 holds. All are payments' but one in a hundred. Of those nine are pending, and five
/// go the other way.
const HELD: &str = "INSERT INTO accounts (id, company_id, posted_debits, posted_credits, pending_debits, pending_credits, entries,
            overdraft, code, currency, kind, status)
        SELECT gen_random_uuid(), '00000000-0000-7000-8000-000000000001', 0, 0, 0, 0, 0, true, code, 'BRL', 'liability', 'open'
        FROM unnest(ARRAY['alice', 'bob', 'carla']) AS code;
    CREATE TEMPORARY TABLE held AS SELECT n, gen_random_uuid() AS id, gen_random_uuid() AS payment_id, n % 100 = 7 AS is_free
        FROM generate_series(0, 4039) AS n;
    INSERT INTO holds (id, company_id, amount, account, to_account, currency, status, payment_id)
        SELECT id, '00000000-0000-7000-8000-000000000001', 100,
            CASE WHEN n % 1000 = 7 THEN 'bob' ELSE 'alice' END, CASE WHEN n % 1000 = 7 THEN 'alice' ELSE 'bob' END, 'BRL',
            CASE WHEN n % 1000 IN (7, 107) THEN 'pending' ELSE 'released' END, CASE WHEN NOT is_free THEN payment_id END
        FROM held;
    INSERT INTO payments (id, company_id, source_account_id, hold_id, amount, captured, refunded, events, created_at, updated_at,
            payment_type, state, currency, authorizing, capturing, metadata)
        SELECT payment_id, '00000000-0000-7000-8000-000000000001', id, id, 100, 0, 0, 3, now(), now(), 'internal', 'cancelled',
            'BRL', 'automatic', 'manual', '{}'
        FROM held WHERE NOT is_free";

const PAGE: PageRequest = PageRequest {
    limit: 20,
    after: None,
};

/// What may be read for twenty holds: each from an index and its table, with two accounts, from either side.
const FEW_ROWS: i64 = 250;

fn company_id() -> Uuid {
    "00000000-0000-7000-8000-000000000001".parse().unwrap()
}

fn of_account(code: &str) -> HoldFilter {
    let (code, currency) = (code.parse().unwrap(), "BRL".parse().unwrap());
    HoldFilter {
        account: Some(AccountKey::new(company_id(), code, currency)),
        ..HoldFilter::default()
    }
}

#[tokio::test]
async fn holds_of_payments_are_not_passed_over_one_by_one() {
    let database = Database::migrated().await;
    execute(&database.url, HELD).await.unwrap();
    execute(&database.url, "VACUUM ANALYZE").await.unwrap();
    let of_company = HoldFilter {
        company_id: Some(company_id()),
        ..HoldFilter::default()
    };
    let pending = HoldFilter {
        status: Some(HoldStatus::Pending),
        ..of_company.clone()
    };
    let captured = HoldFilter {
        status: Some(HoldStatus::Captured),
        ..of_company.clone()
    };
    for (filter, shown) in [
        (HoldFilter::default(), 20),
        (of_company, 20),
        (pending, 9),
        (captured, 0),
        (of_account("alice"), 20),
        (of_account("bob"), 20),
        (of_account("carla"), 0),
    ] {
        let list = async |store: PostgresStore| store.list_holds(filter.clone(), PAGE).await;
        let (found, rows) = database.rows_read(&["holds", "payments", "accounts"], list).await;
        assert_eq!(found.items.len(), shown, "{filter:?}");
        let is_newest_first = found.items.is_sorted_by(|a, b| a.hold.id() > b.hold.id());
        assert!(is_newest_first, "{filter:?}");
        assert!(rows < FEW_ROWS, "{filter:?}: {rows}");

        let Some(next) = found.next else { continue };
        let page = PageRequest {
            after: Some(next),
            ..PAGE
        };
        let list = async |store: PostgresStore| store.list_holds(filter.clone(), page).await;
        let (behind, rows) = database.rows_read(&["holds", "payments", "accounts"], list).await;
        assert!(
            behind.items.iter().all(|found| found.hold.id() < next),
            "{filter:?}"
        );
        assert!(rows < FEW_ROWS, "the page behind, {filter:?}: {rows}");
    }
}

/// A database of the time when holds did not say whose they are.
#[tokio::test]
async fn holds_that_payments_had_before_are_theirs() {
    let database = Database::empty().await;
    let place = MIGRATIONS
        .iter()
        .position(|step| step.name == "holds of payments");
    let (before, after) = MIGRATIONS.split_at(place.unwrap());
    for migration in before {
        execute(&database.url, migration.sql).await.unwrap();
    }
    let held = "INSERT INTO holds (id, company_id, amount, account, to_account, currency, status)
            SELECT id, id, 100, 'alice', 'bob', 'BRL', 'pending'
            FROM unnest(ARRAY['00000000-0000-7000-8000-000000000001', '00000000-0000-7000-8000-000000000002']::uuid[]) AS id;
        INSERT INTO payments (id, company_id, source_account_id, hold_id, amount, captured, refunded, events, created_at,
            updated_at, payment_type, state, currency, authorizing, capturing, metadata)
            SELECT '00000000-0000-7000-8000-000000000003', id, id, id, 100, 0, 0, 2, now(), now(), 'internal', 'authorized',
                'BRL', 'automatic', 'manual', '{}'
            FROM holds ORDER BY id DESC LIMIT 1";
    execute(&database.url, held).await.unwrap();
    for migration in after {
        execute(&database.url, migration.sql).await.unwrap();
    }
    let mut connection = connect(&database.url).await;
    let owners: Vec<Option<Uuid>> = sqlx::query_scalar("SELECT payment_id FROM holds ORDER BY id")
        .fetch_all(&mut connection)
        .await
        .unwrap();
    let payment_id = "00000000-0000-7000-8000-000000000003".parse().unwrap();
    assert_eq!(owners, [None, Some(payment_id)]);
}
