//! The whole API, from what it is made of.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::SignedDuration;
use ledger::Currency;
use poem::{Response, endpoint::BoxEndpoint};
use service::{BODY_LIMIT_BYTES, ByPath, Check, Clock, Down, Ids, Known, Setup};
use store::MoneyStore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::desk::{Desk, Means};
use crate::grpc::Grpc;
use crate::{accounts, chaining, holds, idempotency, ledger as views, payments, reconciliation, transfers};

const DESCRIPTION: &str = "\
Move money between accounts, and read what moved.

Every transfer is a balanced ledger transaction, posted when it is answered. Name each request that moves money by an \
`Idempotency-Key`: sent again, within a day, it is answered the same (`Idempotency-Replayed: true`) and moves nothing; \
the keys of transfers, reversals, batches, payments and refunds are good for ever.

Errors are `application/problem+json`, each with a stable `code`. Amounts are decimal strings beside their currency; \
numbers are taken as well. Lists are `{items, next_cursor}`, newest first.";

/// What the payments API works with.
pub struct PaymentsDeps {
    /// Where everything is kept.
    pub store: Arc<dyn MoneyStore>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// New ids.
    pub ids: Arc<dyn Ids>,
    /// The currency of a company that says nothing else.
    pub default_currency: Currency,
    /// Whether an account for an unknown company creates the company. Only while nobody has to sign in.
    pub allow_unknown_company: bool,
    /// What is taken and kept.
    pub limits: Limits,
}

/// What is taken, and how long it is kept.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// How large a file of settlements may be, in bytes.
    pub settlements_bytes: usize,
    /// For how long an answer is given again to the same request.
    pub answers_kept: SignedDuration,
}

impl Default for Limits {
    /// 16 MiB, 24 hours.
    fn default() -> Self {
        Self {
            settlements_bytes: 16 << 20,
            answers_kept: SignedDuration::from_hours(24),
        }
    }
}

/// What the operations share.
pub(crate) struct Shared {
    pub(crate) store: Arc<dyn MoneyStore>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) desk: Desk,
    pub(crate) default_currency: Currency,
    pub(crate) allow_unknown_company: bool,
    pub(crate) limits: Limits,
}

pub(crate) type State = Arc<Shared>;

/// What goes on beside the requests: carrying out what was taken, freeing holds whose time ran out, forgetting old answers,
/// and chaining the ledger's transactions.
pub struct Background {
    stop: CancellationToken,
    work: TaskTracker,
}

impl Background {
    /// Takes no more, carries out what was taken, and ends. To be called once no request is under way, and before the
    /// store is closed.
    pub async fn stop(self) {
        self.stop.cancel();
        self.work.close();
        self.work.wait().await;
    }
}

/// The payments API, ready to be served.
pub struct PaymentsApi {
    /// Over REST.
    pub rest: BoxEndpoint<'static, Response>,
    /// Over gRPC.
    pub grpc: Grpc,
    /// What goes on beside both.
    pub background: Background,
}

/// Starts what goes on beside the requests. Needs a tokio runtime.
///
/// # Panics
/// If two types of the API have one schema name: at start, and in every test.
pub fn start(deps: PaymentsDeps) -> PaymentsApi {
    let PaymentsDeps {
        store,
        clock,
        ids,
        default_currency,
        allow_unknown_company,
        limits,
    } = deps;
    let (stop, work) = (CancellationToken::new(), TaskTracker::new());
    let means = Means {
        store: store.clone(),
        clock: Arc::clone(&clock),
        ids: Arc::clone(&ids),
    };
    let desk = Desk::open(means, stop.clone(), &work);
    work.spawn(idempotency::clean(
        Arc::clone(&store),
        Arc::clone(&clock),
        limits.answers_kept,
        stop.clone(),
    ));
    work.spawn(holds::expire(
        store.clone(),
        Arc::clone(&clock),
        desk.clone(),
        stop.clone(),
    ));
    work.spawn(chaining::extend(Arc::clone(&store), stop.clone()));
    let setup = Setup::new("MoneyFlow payments", DESCRIPTION)
        .ids(Arc::clone(&ids))
        .hot_path("/api/v1/transfers")
        .hot_path("/api/v1/payments")
        .body_limit(limits.settlements_bytes.max(BODY_LIMIT_BYTES))
        .check(StoreCheck(Arc::clone(&store)));
    let check = Arc::new(StoreCheck(Arc::clone(&store)));
    let state = Arc::new(Shared {
        store,
        clock,
        desk,
        default_currency,
        allow_unknown_company,
        limits,
    });
    let api = (
        accounts::api(&state),
        transfers::api(&state),
        holds::api(&state),
        payments::api(&state),
        views::api(&state),
        reconciliation::api(&state),
    );
    PaymentsApi {
        rest: service::mount(Known(ByPath(api)), setup),
        grpc: Grpc { state, ids, check },
        background: Background { stop, work },
    }
}

struct StoreCheck(Arc<dyn MoneyStore>);

#[async_trait]
impl Check for StoreCheck {
    fn name(&self) -> &'static str {
        "store"
    }

    async fn check(&self) -> Result<(), Down> {
        self.0.ping().await.map_err(|error| Down(error.to_string()))
    }
}
