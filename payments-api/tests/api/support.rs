//! A payments API on a store of its own, and requests to it.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use jiff::Timestamp;
use ledger::{AccountKey, Books, EntryDraft, Money, TransactionDraft};
use payments_api::grpc::Grpc;
use payments_api::{Background, Limits, PaymentsApi, PaymentsDeps, start};
use poem::{
    Body, Endpoint as _, Request, Response,
    endpoint::BoxEndpoint,
    http::{HeaderMap, Method},
};
use serde_json::{Value, json};
use service::{Clock as _, Ids as _, ManualClock, SystemIds};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use store::{
    LoadedMovements, MoneyStore, MovementIntent, MovementWrite, NewTransaction, StoredTransaction,
    verify_ledger, verify_payments,
};
use store_postgres::PostgresStore;
use store_sqlite::SqliteStore;
use tempfile::TempDir;
use uuid::Uuid;

use crate::grpc_support::GrpcServer;

const SERVER: &str = "MONEYFLOW_TEST_DATABASE_URL";

/// The company of the tests.
pub(crate) const COMPANY: &str = "b5aa9687-d61f-467c-973e-f55d446981dc";

/// How large a file of settlements may be.
pub(crate) const SETTLEMENTS_LIMIT_BYTES: usize = 2 << 20;

/// Declares each test of a file twice: on SQLite and on PostgreSQL.
macro_rules! on_every_kind {
    ($($test:ident),* $(,)?) => {
        mod sqlite {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $test() {
                    super::$test(&$crate::support::Bank::on_sqlite()).await;
                }
            )*
        }
        mod postgres {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $test() {
                    super::$test(&$crate::support::Bank::on_postgres().await).await;
                }
            )*
        }
    };
}
pub(crate) use on_every_kind;

/// What keeps a store's place until the test is over.
enum Place {
    Folder { _folder: TempDir },
    Database { database: Database },
}

pub(crate) struct Bank {
    pub(crate) endpoint: Arc<BoxEndpoint<'static, Response>>,
    grpc: Mutex<Option<Grpc>>,
    pub(crate) store: Arc<dyn MoneyStore>,
    pub(crate) clock: Arc<ManualClock>,
    _background: Background,
    place: Place,
}

impl Bank {
    pub(crate) fn on_sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options = store_sqlite::Options::default();
        let store = SqliteStore::open(folder.path().join("store.db"), options).unwrap();
        Self::new(Arc::new(store), Place::Folder { _folder: folder })
    }

    pub(crate) async fn on_postgres() -> Self {
        let database = Database::create().await;
        let options = store_postgres::Options::default();
        let store = PostgresStore::connect(&database.url, options).await.unwrap();
        Self::new(Arc::new(store), Place::Database { database })
    }

    fn new(store: Arc<dyn MoneyStore>, place: Place) -> Self {
        let now: Timestamp = "2026-01-01T00:00:03Z".parse().unwrap();
        let clock = Arc::new(ManualClock::at(now));
        let PaymentsApi {
            rest,
            grpc,
            background,
        } = begin(&store, &clock);
        Self {
            endpoint: Arc::new(rest),
            grpc: Mutex::new(Some(grpc)),
            store,
            clock,
            _background: background,
            place,
        }
    }

    /// Another process on the same store.
    pub(crate) fn another(&self) -> (Arc<BoxEndpoint<'static, Response>>, Background) {
        let PaymentsApi { rest, background, .. } = begin(&self.store, &self.clock);
        (Arc::new(rest), background)
    }

    /// The same process over gRPC; once.
    pub(crate) async fn over_grpc(&self) -> GrpcServer {
        let grpc = self.grpc.lock().unwrap().take();
        GrpcServer::of(grpc.unwrap()).await
    }

    /// Another process on the same store, over gRPC.
    pub(crate) async fn another_over_grpc(&self) -> (GrpcServer, Background) {
        let PaymentsApi { grpc, background, .. } = begin(&self.store, &self.clock);
        (GrpcServer::of(grpc).await, background)
    }

    /// Somebody else on the same server, who keeps locked what a statement locks.
    pub(crate) async fn keep_locked(&self, sql: String) -> Keeper {
        let Place::Database { database } = &self.place else {
            panic!("only a server locks rows");
        };
        let mut connection = PgConnection::connect(&database.url).await.unwrap();
        let begin = AssertSqlSafe(format!("BEGIN; {sql}"));
        sqlx::raw_sql(begin).execute(&mut connection).await.unwrap();
        Keeper(connection)
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        Reply::of(self.begin(path, "*/*").await).await
    }

    /// The answer to a GET whose body has not been read.
    pub(crate) async fn begin(&self, path: &str, accept: &str) -> Response {
        let request = Request::builder().uri(path.parse().unwrap());
        let request = request.header("accept", accept).finish();
        self.endpoint.get_response(request).await
    }

    /// A POST without a key.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> Reply {
        self.send(Method::POST, path, &[], body).await
    }

    /// A POST under a key.
    pub(crate) async fn post_as(&self, key: &str, path: &str, body: &Value) -> Reply {
        self.send(Method::POST, path, &[("Idempotency-Key", key)], body)
            .await
    }

    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: &Value,
    ) -> Reply {
        send(&self.endpoint, method, path, headers, body).await
    }

    /// Opens an account with so much on it, and gives its id.
    pub(crate) async fn account(&self, code: &str, initial_balance: &str) -> String {
        self.account_in(code, "BRL", initial_balance).await
    }

    pub(crate) async fn account_in(&self, code: &str, currency: &str, initial_balance: &str) -> String {
        let account = json!({
            "company_id": COMPANY, "code": code, "currency": currency, "initial_balance": initial_balance,
        });
        let opened = self.post("/api/v1/accounts", &account).await;
        opened.json(201)["id"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn balance(&self, account_id: &str) -> String {
        let path = format!("/api/v1/accounts/{account_id}/balance");
        self.get(&path).await.json(200)["balance"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    pub(crate) async fn transfer(&self, key: &str, from: &str, to: &str, amount: impl Into<Value>) -> Reply {
        self.post_as(key, "/api/v1/transfers", &transfer(from, to, amount))
            .await
    }

    /// Posts so many cents from one account to another under a reference, past the API, as a rule may.
    pub(crate) async fn post_under(&self, reference: &str, from: &str, to: &str, minor: i64) {
        let amount = Money::new(minor, "BRL".parse().unwrap());
        let draft = TransactionDraft::new(vec![
            EntryDraft::debit(from.parse().unwrap(), amount),
            EntryDraft::credit(to.parse().unwrap(), amount),
        ]);
        self.post_all(vec![(reference.to_owned(), draft.unwrap())]).await;
    }

    /// Posts transactions in reais under references, past the API, on accounts that are there.
    pub(crate) async fn post_all(&self, drafts: Vec<(String, TransactionDraft)>) {
        let company_id = COMPANY.parse().unwrap();
        let mut intent = MovementIntent::default();
        let entries = drafts.iter().flat_map(|(_, draft)| draft.entries());
        let keys =
            entries.map(|entry| AccountKey::new(company_id, entry.account.clone(), entry.amount.currency()));
        intent.footprint.accounts.extend(keys);
        let now = self.clock.now();
        let decide = move |loaded| posted(loaded, company_id, drafts, now);
        self.store.move_money(intent, Box::new(decide)).await.unwrap();
    }

    /// The ledger agrees with itself, and payments with what happened to them.
    pub(crate) async fn verify(&self) {
        let audit = verify_ledger(&*self.store).await.unwrap();
        assert_eq!(audit.difference, None);
        let audit = verify_payments(&*self.store).await.unwrap();
        assert_eq!(audit.difference, None);
    }
}

fn posted(
    loaded: LoadedMovements,
    company_id: Uuid,
    drafts: Vec<(String, TransactionDraft)>,
    created_at: Timestamp,
) -> MovementWrite {
    let mut books = Books::new();
    loaded
        .accounts
        .into_iter()
        .for_each(|account| books.load(account));
    let mut write = MovementWrite::default();
    let run_id = Some(SystemIds.next());
    for (reference, draft) in drafts {
        let posting = books.post(company_id, &draft, &mut || SystemIds.next()).unwrap();
        let transaction = StoredTransaction {
            id: SystemIds.next(),
            company_id,
            reference,
            run_id,
            node_id: Some("node".to_owned()),
            description: None,
            metadata: "{}".to_owned(),
            reverses: None,
            entries: Vec::new(),
            created_at,
        };
        let transaction = transaction.with_entries(posting.entries, || SystemIds.next());
        write.batch.transactions.push(NewTransaction {
            transaction,
            content_hash: draft.content_hash(),
        });
    }
    let changed = books.changed().map(|changed| changed.account.clone());
    write.batch.changed_accounts.extend(changed);
    write
}

fn begin(store: &Arc<dyn MoneyStore>, clock: &Arc<ManualClock>) -> PaymentsApi {
    start(PaymentsDeps {
        store: Arc::clone(store),
        clock: clock.clone(),
        ids: Arc::new(SystemIds),
        default_currency: "BRL".parse().unwrap(),
        allow_unknown_company: true,
        limits: Limits {
            settlements_bytes: SETTLEMENTS_LIMIT_BYTES,
            ..Limits::default()
        },
    })
}

pub(crate) async fn send(
    endpoint: &BoxEndpoint<'static, Response>,
    method: Method,
    path: &str,
    headers: &[(&str, &str)],
    body: &Value,
) -> Reply {
    let mut request = Request::builder()
        .method(method)
        .uri(path.parse().unwrap())
        .header("content-type", "application/json");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let body = if body.is_null() {
        Body::empty()
    } else {
        Body::from(body.to_string())
    };
    Reply::of(endpoint.get_response(request.body(body)).await).await
}

/// A transfer in reais.
pub(crate) fn transfer(from: &str, to: &str, amount: impl Into<Value>) -> Value {
    json!({
        "company_id": COMPANY, "source_account_id": from, "destination_account_id": to, "amount": amount.into(),
        "currency": "BRL",
    })
}

/// Where payments are.
pub(crate) const PAYMENTS: &str = "/api/v1/payments";

/// An internal payment in reais.
pub(crate) fn payment(from: &str, to: &str, amount: &str) -> Value {
    let mut body = transfer(from, to, amount);
    body["payment_type"] = json!("internal");
    body
}

pub(crate) async fn pay(bank: &Bank, key: &str, payment: &Value) -> Reply {
    bank.post_as(key, PAYMENTS, payment).await
}

/// The payment that is made.
pub(crate) async fn paid(bank: &Bank, key: &str, payment: &Value) -> Value {
    pay(bank, key, payment).await.json(201)
}

/// Asks for something to happen to a payment, a refund under a key of its own.
pub(crate) async fn act(bank: &Bank, payment_id: &str, request: &str, body: &Value) -> Reply {
    let path = format!("{PAYMENTS}/{payment_id}/{request}");
    if request == "refund" {
        let key = SystemIds.next().to_string();
        bank.post_as(&key, &path, body).await
    } else {
        bank.post(&path, body).await
    }
}

/// An answer, all of it.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Reply {
    pub(crate) async fn of(response: Response) -> Self {
        let (parts, body) = response.into_parts();
        Self {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body: body.into_bytes().await.unwrap(),
        }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub(crate) fn is_replayed(&self) -> bool {
        self.header("idempotency-replayed") == Some("true")
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    /// The content of an answer of this status.
    #[track_caller]
    pub(crate) fn json(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text());
        rules::json::parse(&self.body).unwrap()
    }

    /// The code of a problem, and the members that it names.
    #[track_caller]
    pub(crate) fn problem(&self, status: u16) -> (String, Vec<String>) {
        let problem = self.json(status);
        assert_eq!(self.header("content-type"), Some("application/problem+json"));
        let errors = problem["errors"].as_array().cloned().unwrap_or_default();
        let pointer = |fault: &Value| fault["pointer"].as_str().unwrap().to_owned();
        let code = problem["code"].as_str().unwrap().to_owned();
        (code, errors.iter().map(pointer).collect())
    }

    /// That it is refused with this status and code, which names this member.
    #[track_caller]
    pub(crate) fn refused(&self, status: u16, code: &str, pointer: &str) {
        let (found, pointers) = self.problem(status);
        assert_eq!(
            (found.as_str(), pointers.as_slice()),
            (code, &[pointer.to_owned()][..]),
            "{}",
            self.text()
        );
    }
}

/// A database that goes away with this.
/// Who keeps something locked.
pub(crate) struct Keeper(PgConnection);

impl Keeper {
    pub(crate) async fn let_go(mut self) {
        sqlx::raw_sql("ROLLBACK").execute(&mut self.0).await.unwrap();
    }
}

struct Database {
    name: String,
    server: String,
    url: String,
}

impl Database {
    async fn create() -> Self {
        let server = std::env::var(SERVER).unwrap_or_else(|_| {
            panic!("{SERVER} is not set: run `make test`, which starts private servers, or set it to a superuser's URL")
        });
        let name = format!("moneyflow_test_{}", SystemIds.next().simple());
        execute(&server, format!("CREATE DATABASE {name}")).await;
        let (before, after) = server.split_once('?').unwrap_or((&server, ""));
        let (host, _) = before.rsplit_once('/').unwrap();
        let question = if after.is_empty() { "" } else { "?" };
        let url = format!("{host}/{name}{question}{after}");
        Self { name, server, url }
    }
}

async fn execute(url: &str, sql: String) {
    let mut connection = PgConnection::connect(url).await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(sql))
        .execute(&mut connection)
        .await
        .unwrap();
}

impl Drop for Database {
    fn drop(&mut self) {
        let drop = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        let server = self.server.clone();
        // On a thread of its own: tests drop this inside of their runtime, which must not be blocked on.
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.unwrap().block_on(execute(&server, drop));
        });
        let _the_server_may_be_gone = dropped.join();
    }
}
