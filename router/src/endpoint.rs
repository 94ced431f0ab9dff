//! Puts the router together.

use std::num::NonZeroUsize;
use std::sync::Arc;

use async_trait::async_trait;
use poem::{Endpoint, Response};
use queue::Publisher;
use service::{Check, Clock, Down, Ids, Setup};
use tasks::Tasks;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::RuleSource;
use crate::api::RouterApi;
use crate::batch::MAX_BATCH_BYTES;
use crate::health::RulesHealth;
use crate::intake::{Intake, Memory};
use crate::rules_cache::{RuleCache, follow};

/// What the router needs.
pub struct RouterDeps {
    /// Where accepted events go.
    pub publisher: Arc<dyn Publisher>,
    /// Where the published rules come from.
    pub rules: Arc<dyn RuleSource>,
    /// What rules are compiled against.
    pub tasks: Arc<Tasks>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// New ids.
    pub ids: Arc<dyn Ids>,
    /// What `/readyz` looks at besides the rules, such as [`QueueHealth`](crate::QueueHealth).
    pub checks: Vec<Arc<dyn Check>>,
    /// Ends the work in the background.
    pub shutdown: CancellationToken,
    /// The work that outlives a request: wait for it after the server has ended, and before the queue is closed.
    pub work: TaskTracker,
}

/// The router's bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RouterConfig {
    /// Companies whose rules are kept; beyond, those of the one that was longest without an event are dropped.
    pub cached_companies: NonZeroUsize,
    /// Accepted events that are remembered to tell duplicates, some 120 bytes each.
    pub remembered_events: usize,
    /// Events of one request that are published at once, at the cost of one.
    pub batch_size: NonZeroUsize,
}

impl Default for RouterConfig {
    /// 10,000 companies, 200,000 events, 256 at once.
    fn default() -> Self {
        const COMPANIES: NonZeroUsize = NonZeroUsize::new(10_000).unwrap();
        const AT_ONCE: NonZeroUsize = NonZeroUsize::new(256).unwrap();
        Self {
            cached_companies: COMPANIES,
            remembered_events: 200_000,
            batch_size: AT_ONCE,
        }
    }
}

/// The whole service, ready for [`service::serve`]. Within a tokio runtime: it begins to follow the changes of
/// published rules, until `shutdown` is cancelled.
pub fn endpoint(deps: RouterDeps, config: RouterConfig) -> impl Endpoint<Output = Response> + 'static {
    let cache = RuleCache::new(deps.rules, deps.tasks, config.cached_companies, deps.work.clone());
    let cache = Arc::new(cache);
    deps.work.spawn(follow(Arc::clone(&cache), deps.shutdown));
    let setup = Setup::new("MoneyFlow Router", DESCRIPTION)
        .ids(Arc::clone(&deps.ids))
        .hot_path("/payment")
        .body_limit(MAX_BATCH_BYTES)
        .check(RulesHealth::new(Arc::clone(&cache)));
    let setup = deps
        .checks
        .into_iter()
        .fold(setup, |setup, check| setup.check(Shared(check)));
    let intake = Intake {
        cache,
        memory: Arc::new(Memory::new(config.remembered_events)),
        publisher: deps.publisher,
        clock: deps.clock,
        ids: deps.ids,
    };
    let api = RouterApi {
        intake: Arc::new(intake),
        work: deps.work,
        batch_size: config.batch_size.get(),
    };
    service::mount(api, setup)
}

const DESCRIPTION: &str = "Takes payment events, matches each with the published rules of its company, and answers \
once it is stored for processing. An event is named by `event_id`, `id` or the header `webhook-id`; sending it again \
changes nothing.";

/// A check that somebody else looks at, too.
struct Shared(Arc<dyn Check>);

#[async_trait]
impl Check for Shared {
    fn name(&self) -> &str {
        self.0.name()
    }

    async fn check(&self) -> Result<(), Down> {
        self.0.check().await
    }
}
