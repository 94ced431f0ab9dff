//! How many payments are read for a page of them: about as many as it shows, whatever it is asked for by.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up fails")]

mod support;

use jiff::Timestamp;
use ledger::PaymentState;
use store::{PageRequest, PaymentFilter, Payments as _, Span};
use store_postgres::PostgresStore;
use support::{Database, execute};
use uuid::Uuid;

/// 4,000 payments of four companies in turn, a second apart; each company pays between two accounts. Their ids say nothing
/// of when that was. One in 500 was cancelled, one in 50 is through a provider.
const PAID: &str = "INSERT INTO payments (id, company_id, source_account_id, destination_account_id, amount, captured, refunded,
        events, created_at, updated_at, payment_type, state, currency, authorizing, capturing, provider, metadata)
    SELECT gen_random_uuid(), ('00000000-0000-7000-8000-' || lpad((n % 4)::text, 12, '0'))::uuid,
        ('00000000-0000-7000-8000-' || lpad((n % 4 + 10)::text, 12, '0'))::uuid,
        ('00000000-0000-7000-8000-' || lpad((n % 4 + 20)::text, 12, '0'))::uuid,
        100, CASE WHEN n % 500 = 0 THEN 0 ELSE 100 END, 0, 2, t, t, 'internal',
        CASE WHEN n % 500 = 0 THEN 'cancelled' ELSE 'captured' END, 'BRL', 'automatic', 'automatic',
        CASE WHEN n % 50 = 0 THEN 'acme' END, '{}'
    FROM generate_series(0, 3999) n, LATERAL (SELECT timestamptz '2026-01-01 00:00:00Z' + n * interval '1 second') AS at (t)";

/// What may be read for fifty payments: each from an index and its table, four times if they are of four companies.
const FEW_ROWS: i64 = 450;

/// A part of the companies' ids, and of their accounts'.
fn numbered(number: u128) -> Uuid {
    Uuid::from_u128(0x0000_0000_0000_7000_8000_0000_0000_0000 + number)
}

/// So many seconds after the first payment.
fn after(seconds: i64) -> Timestamp {
    let first: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
    Timestamp::from_second(first.as_second() + seconds).unwrap()
}

#[tokio::test]
async fn a_page_is_read_and_no_more() {
    let database = Database::migrated().await;
    execute(&database.url, PAID).await.unwrap();
    execute(&database.url, "VACUUM ANALYZE payments").await.unwrap();
    let early = PaymentFilter {
        created: Span {
            from: Some(after(400)),
            to: Some(after(800)),
        },
        ..PaymentFilter::default()
    };
    let of_company = PaymentFilter {
        company_id: Some(numbered(1)),
        ..early.clone()
    };
    let of_account = PaymentFilter {
        account_id: Some(numbered(0x11)),
        ..early.clone()
    };
    let of_provider = PaymentFilter {
        provider: Some("acme".to_owned()),
        ..early.clone()
    };
    let cancelled = PaymentFilter {
        state: Some(PaymentState::Cancelled),
        ..PaymentFilter::default()
    };
    let cancelled_of_company = PaymentFilter {
        company_id: Some(numbered(0)),
        ..cancelled.clone()
    };
    for (filter, shown) in [
        (PaymentFilter::default(), 50),
        (early, 50),
        (of_company, 50),
        (of_account, 50),
        (of_provider, 8),
        (cancelled, 8),
        (cancelled_of_company, 8),
    ] {
        let mut page = PageRequest {
            limit: 50,
            after: None,
        };
        let list = async |store: PostgresStore| store.list_payments(filter.clone(), page).await;
        let (found, rows) = database.rows_read(&["payments"], list).await;
        assert_eq!(found.items.len(), shown, "{filter:?}");
        let is_newest_first = found.items.is_sorted_by(|a, b| a.created_at > b.created_at);
        assert!(is_newest_first, "{filter:?}");
        assert!(rows < FEW_ROWS, "{filter:?}: {rows}");

        let Some(next) = found.next else { continue };
        page.after = Some(next);
        let list = async |store: PostgresStore| store.list_payments(filter.clone(), page).await;
        let (behind, rows) = database.rows_read(&["payments"], list).await;
        let shown_last = found.items.last().unwrap().created_at;
        assert!(behind.items.iter().all(|payment| payment.created_at < shown_last));
        assert!(rows < FEW_ROWS, "the page behind, {filter:?}: {rows}");
    }
}
