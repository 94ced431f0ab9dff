//! The whole API, from what it is made of.

use std::{future::Future, sync::Arc};

use async_trait::async_trait;
use ledger::Currency;
use poem::{Response, endpoint::BoxEndpoint};
use service::{ByPath, Check, Clock, Down, Ids, Known, Problem, Setup};
use store::Store;
use tasks::Tasks;
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;

use crate::{
    Notices, PaymentsDoor, QueueDepth, catalogue, companies, dead_letters, partitions, payment_rules,
    payments_door, publications, runs, statistics,
    ui::{self, Ui},
};

const DESCRIPTION: &str = "\
Compose payment rules, publish them, and see what they do.

A rule is saved under its company and name; every save is a new version, published at once unless it is a draft. Runs \
are what events made of rules: which nodes ran, what was compared, which ledger transactions were posted.

Errors are `application/problem+json`, each with a stable `code`. Amounts are decimal strings beside their currency. \
Lists are `{items, next_cursor}`, newest first.";

/// What the composer works with.
pub struct ComposerDeps {
    /// Where everything is kept.
    pub store: Arc<dyn Store>,
    /// The tasks that rules may name.
    pub tasks: Arc<Tasks>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// New ids.
    pub ids: Arc<dyn Ids>,
    /// Where it is announced that a company published something. Whoever runs in the same process may listen.
    pub notices: Notices,
    /// How full the queue is, for the statistics; none where it cannot be asked.
    pub queue_depth: Option<Arc<dyn QueueDepth>>,
    /// Whether events are sent on to whoever listens: where they are not, nothing is said of how far that lags.
    pub relays_events: bool,
    /// The currency of a company that says nothing else.
    pub default_currency: Currency,
    /// Whether a rule for an unknown company creates the company. Only while nobody has to sign in.
    pub allow_unknown_company: bool,
    /// Where accounts, payments and the ledger are answered, which the browser application asks for here.
    pub payments: PaymentsDoor,
    /// The browser application; none in a program that was built without it.
    pub ui: Option<Ui>,
    /// What `/readyz` looks at besides the store.
    pub checks: Vec<Arc<dyn Check>>,
    /// Ends the streams of events, which would hold a graceful shutdown open.
    pub shutdown: CancellationToken,
}

/// What the operations share.
pub(crate) type State = Arc<ComposerDeps>;

/// The composer's API, ready to be served: rules, companies, runs, statistics, and what every service has;
/// beside it the browser application.
///
/// # Panics
/// If two types of the API have one schema name: at start, and in every test.
pub fn endpoint(deps: ComposerDeps) -> BoxEndpoint<'static, Response> {
    let mut setup = Setup::new("MoneyFlow composer", description(&deps.payments))
        .ids(Arc::clone(&deps.ids))
        .hot_path("/companies/{company_id}/published-rules")
        .check(StoreCheck(Arc::clone(&deps.store)));
    for check in &deps.checks {
        setup = setup.check(Shared(Arc::clone(check)));
    }
    let setup = payments_door::mount(setup, &deps.payments);
    let setup = ui::mount(setup, deps.ui.as_ref());
    let state = Arc::new(deps);
    let api = (
        payment_rules::api(&state),
        companies::api(&state),
        publications::api(&state),
        runs::api(&state),
        catalogue::api(&state),
        dead_letters::api(&state),
        statistics::api(&state),
        partitions::api(&state),
    );
    service::mount(Known(ByPath(api)), setup)
}

/// What stands above the operations in `/docs`.
fn description(payments: &PaymentsDoor) -> String {
    format!(
        "{DESCRIPTION}\n\nAccounts, transfers, holds, payments and the ledger are asked for below `/api/v1` here too, and \
         answered by the payments API: [its documentation]({}).",
        payments.docs()
    )
}

/// Runs what must not be left half done in a task of its own: a handler is dropped when its client hangs up.
///
/// # Errors
/// What the work came to, or that it panicked.
pub(crate) async fn to_its_end<T, F>(work: F) -> Result<T, Problem>
where
    T: Send + 'static,
    F: Future<Output = Result<T, Problem>> + Send + 'static,
{
    tokio::spawn(work.in_current_span())
        .await
        .map_err(Problem::internal)?
}

/// Runs what only computes, and may take milliseconds, where it holds nobody else up.
///
/// # Errors
/// That it panicked.
pub(crate) async fn aside<T, F>(work: F) -> Result<T, Problem>
where
    T: Send + 'static,
    F: FnOnce() -> T + Send + 'static,
{
    tokio::task::spawn_blocking(work).await.map_err(Problem::internal)
}

struct StoreCheck(Arc<dyn Store>);

#[async_trait]
impl Check for StoreCheck {
    fn name(&self) -> &'static str {
        "store"
    }

    async fn check(&self) -> Result<(), Down> {
        self.0.ping().await.map_err(|error| Down(error.to_string()))
    }
}

struct Shared(Arc<dyn Check>);

#[async_trait]
impl Check for Shared {
    fn name(&self) -> &str {
        self.0.name()
    }

    async fn check(&self) -> Result<(), Down> {
        self.0.check().await
    }

    async fn note(&self) -> Option<String> {
        self.0.note().await
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;
    use tokio::sync::oneshot;

    use super::*;

    #[tokio::test]
    async fn work_goes_on_when_its_client_hangs_up() {
        let (release, released) = oneshot::channel::<()>();
        let (done, is_done) = oneshot::channel();
        let work = async move {
            released.await.unwrap();
            done.send(()).unwrap();
            Ok(())
        };
        // Asked once for its answer, which is not there yet, and dropped.
        assert!(to_its_end(work).now_or_never().is_none());
        release.send(()).unwrap();
        is_done.await.unwrap();
    }

    #[tokio::test]
    async fn a_panic_is_a_fault_of_ours() {
        let fault = to_its_end::<(), _>(async { panic!("broken") }).await;
        assert_eq!(fault.unwrap_err().code(), "internal_error");
        let fault = aside::<(), _>(|| panic!("broken")).await;
        assert_eq!(fault.unwrap_err().code(), "internal_error");
    }
}
