//! How often a batch goes to the server and back, as counted on the wire.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot be set up fails"
)]

mod support;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use store::conformance::{Payment, Transfer, pay};
use store::{BatchEnd, Store};
use store_postgres::{MigrationPolicy, Options, PostgresStore};
use support::Database;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};

/// The round trips of each batch, in order.
type Counts = Arc<Mutex<Vec<u64>>>;

/// Passes bytes between clients and the server, and counts, from each batch's `BEGIN` to its `COMMIT`, what the client waits
/// for an answer to: the messages `Sync` and `Query` of PostgreSQL's protocol.
struct Proxy {
    address: String,
    counts: Counts,
    /// All others, in between, on all connections.
    others: Arc<AtomicU64>,
}

impl Proxy {
    async fn start(server: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let counts = Counts::default();
        let others = Arc::<AtomicU64>::default();
        let (counted, seen) = (Arc::clone(&counts), Arc::clone(&others));
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (from_client, mut to_client) = client.into_split();
                let server = TcpStream::connect(&server).await.unwrap();
                let (mut from_server, to_server) = server.into_split();
                tokio::spawn(async move { tokio::io::copy(&mut from_server, &mut to_client).await });
                let (counted, seen) = (Arc::clone(&counted), Arc::clone(&seen));
                tokio::spawn(forward(from_client, to_server, counted, seen));
            }
        });
        Self {
            address,
            counts,
            others,
        }
    }
}

/// A client's messages: the first has no type; all others are a type, a length that counts itself, and so many bytes.
async fn forward(
    mut client: OwnedReadHalf,
    mut server: OwnedWriteHalf,
    counts: Counts,
    others: Arc<AtomicU64>,
) -> Option<()> {
    let mut startup = vec![0; 4];
    client.read_exact(&mut startup).await.ok()?;
    relay(&mut client, &mut server, startup).await?;
    let mut in_batch = None;
    loop {
        let mut header = vec![0; 5];
        client.read_exact(&mut header).await.ok()?;
        let kind = header[0];
        let body = relay(&mut client, &mut server, header).await?;
        if kind == b'Q' && body.starts_with(b"BEGIN; LOCK TABLE runs") {
            in_batch = Some(0);
        }
        match (&mut in_batch, kind) {
            (Some(count), b'Q' | b'S') => *count += 1,
            (None, b'Q' | b'S') => _ = others.fetch_add(1, Ordering::Relaxed),
            _ => {}
        }
        if kind == b'Q' && body.starts_with(b"COMMIT") {
            counts.lock().unwrap().extend(in_batch.take());
        }
    }
}

/// Passes on a message whose header, with the length at its end, was read. Its body.
async fn relay(client: &mut OwnedReadHalf, server: &mut OwnedWriteHalf, header: Vec<u8>) -> Option<Vec<u8>> {
    let length = u32::from_be_bytes(header[header.len() - 4..].try_into().unwrap());
    let mut body = vec![0; usize::try_from(length).unwrap() - 4];
    client.read_exact(&mut body).await.ok()?;
    server.write_all(&[&header[..], &body].concat()).await.ok()?;
    Some(body)
}

/// A batch of so many payments, on accounts of this name.
#[derive(Clone, Copy)]
struct Batch(u64, &'static str);

/// Commits batches, one after another on one connection; the round trips of each.
async fn round_trips(batches: &[Batch]) -> Vec<u64> {
    let (_database, store, proxy) = counted(1).await;
    for (place, batch) in (0..).zip(batches) {
        commit(&store, place, *batch).await;
    }
    store.close().await;
    std::mem::take(&mut proxy.counts.lock().unwrap())
}

/// A store on a database of its own, behind a proxy.
async fn counted(max_connections: u32) -> (Database, PostgresStore, Proxy) {
    let database = Database::migrated().await;
    let (before, name) = database.url.rsplit_once('/').unwrap();
    let (user, server) = before.rsplit_once('@').unwrap();
    let proxy = Proxy::start(server.to_owned()).await;
    let url = format!("{user}@{}/{name}?sslmode=disable", proxy.address);
    let options = Options {
        max_connections,
        migrations: MigrationPolicy::Refuse,
        ..Options::default()
    };
    let store = PostgresStore::connect(&url, options).await.unwrap();
    (database, store, proxy)
}

async fn commit(store: &PostgresStore, place: u64, Batch(size, accounts): Batch) {
    let payments = (0..size).map(|number| payment(place, number, accounts)).collect();
    assert_eq!(pay(store, payments).await, Ok(BatchEnd::Committed));
}

/// A payment of one of four companies, that has an account to itself and several transactions and events.
fn payment(batch: u64, number: u64, accounts: &str) -> Payment {
    let company_id = uuid::Uuid::from_u128(u128::from(number % 4) + 1);
    let mut payment = Payment::new(company_id, &format!("{batch}.{number}"));
    let own = format!("{accounts}:{number}");
    payment
        .transfers
        .push(Transfer::new(company_id, "revenue", &own, 10));
    payment.events = 3;
    payment
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_batch_of_500_takes_as_many_round_trips_as_a_batch_of_one() {
    let warm_up = [Batch(4, "a"), Batch(4, "b"), Batch(4, "b")];
    let measured = [Batch(500, "c"), Batch(2, "d"), Batch(500, "c"), Batch(2, "d")];
    let counts = round_trips(&[&warm_up[..], &measured].concat()).await;
    let [first, .., large_new, small_new, large, small] = counts[..] else {
        panic!("seven batches, and not {counts:?}");
    };
    assert!(
        first > small_new,
        "a connection also prepares its statements: {counts:?}"
    );
    // New accounts are looked for once more, and opened.
    assert_eq!((large_new, small_new), (6, 6), "{counts:?}");
    assert_eq!((large, small), (4, 4), "{counts:?}");
}

/// A connection that has just committed answers and is clean: nothing is asked of it between two batches.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn batches_in_a_row_need_nothing_in_between() {
    let (_database, store, proxy) = counted(20).await;
    commit(&store, 0, Batch(2, "a")).await;
    let before = proxy.others.load(Ordering::Relaxed);
    for place in 1..=20 {
        commit(&store, place, Batch(2, "a")).await;
    }
    assert_eq!(proxy.others.load(Ordering::Relaxed), before);
    store.close().await;
}
