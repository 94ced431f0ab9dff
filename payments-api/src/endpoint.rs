//! The whole API, from what it is made of.

use std::sync::Arc;

use async_trait::async_trait;
use ledger::Currency;
use poem::{Response, endpoint::BoxEndpoint};
use service::{BODY_LIMIT_BYTES, ByPath, Check, Clock, Down, Ids, Known, Setup};
use store::MoneyStore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::desk::{Desk, Means};
use crate::{accounts, holds, idempotency, ledger as views, payments, reconciliation, transfers};

const DESCRIPTION: &str = "\
Move money between accounts, and read what moved.

Every transfer is a balanced ledger transaction, posted when it is answered. Name each request that moves money by an \
`Idempotency-Key`: sent again, within a day, it is answered the same (`Idempotency-Replayed: true`) and moves nothing; \
the keys of transfers, payments and refunds are good for ever.

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
    /// How large a file of settlements may be, in bytes. Every other body has its own limit.
    pub settlements_limit_bytes: usize,
}

/// What the operations share.
pub(crate) struct Shared {
    pub(crate) store: Arc<dyn MoneyStore>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) desk: Desk,
    pub(crate) default_currency: Currency,
    pub(crate) allow_unknown_company: bool,
    pub(crate) settlements_limit_bytes: usize,
}

pub(crate) type State = Arc<Shared>;

/// What goes on beside the requests: carrying out what was taken, freeing holds whose time ran out, and forgetting old
/// answers.
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

/// The payments API, ready to be served, and what goes on beside it. Needs a tokio runtime.
///
/// # Panics
/// If two types of the API have one schema name: at start, and in every test.
pub fn start(deps: PaymentsDeps) -> (BoxEndpoint<'static, Response>, Background) {
    let PaymentsDeps {
        store,
        clock,
        ids,
        default_currency,
        allow_unknown_company,
        settlements_limit_bytes,
    } = deps;
    let (stop, work) = (CancellationToken::new(), TaskTracker::new());
    let means = Means {
        store: Arc::clone(&store),
        clock: Arc::clone(&clock),
        ids: Arc::clone(&ids),
    };
    let desk = Desk::open(means, stop.clone(), &work);
    work.spawn(idempotency::clean(
        Arc::clone(&store),
        Arc::clone(&clock),
        stop.clone(),
    ));
    work.spawn(holds::expire(
        Arc::clone(&store),
        Arc::clone(&clock),
        desk.clone(),
        stop.clone(),
    ));
    let setup = Setup::new("MoneyFlow payments", DESCRIPTION)
        .ids(ids)
        .hot_path("/api/v1/transfers")
        .hot_path("/api/v1/payments")
        .body_limit(settlements_limit_bytes.max(BODY_LIMIT_BYTES))
        .check(StoreCheck(Arc::clone(&store)));
    let state = Arc::new(Shared {
        store,
        clock,
        desk,
        default_currency,
        allow_unknown_company,
        settlements_limit_bytes,
    });
    let api = (
        accounts::api(&state),
        transfers::api(&state),
        holds::api(&state),
        payments::api(&state),
        views::api(&state),
        reconciliation::api(&state),
    );
    let endpoint = service::mount(Known(ByPath(api)), setup);
    (endpoint, Background { stop, work })
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
