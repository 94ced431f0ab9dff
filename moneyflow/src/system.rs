//! The whole system in one process: composer, router, payments API and worker over one store and one queue.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use async_trait::async_trait;
use composer_api::{ComposerDeps, Notices, PaymentsDoor, QueueDepth, QueueFigures};
use ledger::Currency;
use orchestrator::{Deps, Limits, Observer, Sharing, Worker};
use payments_api::grpc::Grpc;
use payments_api::{PaymentsApi, PaymentsDeps};
use poem::Endpoint;
use queue::Queue;
use router::{HttpRuleSource, QueueHealth, RouterConfig, RouterDeps};
use service::{Check, SystemClock, SystemIds};
use store::{MoneyStore, Store};
use tasks::Tasks;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::distant_queue::DistantQueue;
use crate::ui;

/// How long requests under way may take once the system is to stop.
const GRACE: Duration = Duration::from_secs(10);
/// The currency of companies that say nothing else.
pub(crate) const DEFAULT_CURRENCY: &str = "BRL";

/// The ports to listen on; 0 is any free one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ports {
    pub(crate) composer: u16,
    pub(crate) router: u16,
    pub(crate) payments: u16,
    pub(crate) grpc: u16,
    pub(crate) worker: u16,
}

/// The parts that every service needs.
#[derive(Clone)]
pub(crate) struct Parts {
    pub(crate) tasks: Arc<Tasks>,
    pub(crate) clock: Arc<SystemClock>,
    pub(crate) ids: Arc<SystemIds>,
}

impl Parts {
    pub(crate) fn new() -> anyhow::Result<Self> {
        let tasks = Tasks::built_in().map_err(anyhow::Error::msg)?;
        Ok(Self {
            tasks: Arc::new(tasks),
            clock: Arc::new(SystemClock),
            ids: Arc::new(SystemIds),
        })
    }
}

/// A service that listens.
pub(crate) struct Listening {
    pub(crate) address: SocketAddr,
    stop: CancellationToken,
    server: JoinHandle<usize>,
}

impl Listening {
    /// Serves an endpoint until it is stopped.
    pub(crate) fn start<E>(
        listener: TcpListener,
        endpoint: E,
        stop: CancellationToken,
    ) -> anyhow::Result<Self>
    where
        E: Endpoint + 'static,
    {
        let address = address_of(&listener)?;
        let server = tokio::spawn(service::serve(listener, endpoint, stop.clone(), GRACE));
        Ok(Self {
            address,
            stop,
            server,
        })
    }

    /// Serves payments over gRPC until it is stopped.
    fn start_grpc(listener: TcpListener, grpc: Grpc) -> anyhow::Result<Self> {
        let (address, stop) = (address_of(&listener)?, CancellationToken::new());
        let serving = payments_api::grpc::serve(grpc, listener, stop.clone(), GRACE);
        let server = tokio::spawn(serving.context("the gRPC services cannot be described")?);
        Ok(Self {
            address,
            stop,
            server,
        })
    }

    /// Stops listening and waits for the requests under way.
    pub(crate) async fn stop(self) {
        self.stop.cancel();
        if let Err(error) = self.server.await {
            tracing::error!(%error, "a server did not end well");
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

fn address_of(listener: &TcpListener) -> anyhow::Result<SocketAddr> {
    listener
        .local_addr()
        .context("the address that is listened on is unknown")
}

/// What the composer sees of a queue; nothing by default.
#[derive(Default)]
pub(crate) struct SeenQueue {
    depth: Option<Arc<dyn QueueDepth>>,
    /// What `/readyz` says of it.
    check: Option<Arc<dyn Check>>,
    relays_events: bool,
}

impl SeenQueue {
    /// One that this process has open.
    pub(crate) fn open(queue: Arc<dyn Queue>) -> Self {
        Self {
            relays_events: queue.events().is_some(),
            depth: Some(Arc::new(Depth(queue))),
            check: None,
        }
    }

    /// One on a broker, where others work with it.
    pub(crate) fn distant(queue: DistantQueue) -> Self {
        Self {
            depth: Some(Arc::new(queue.clone())),
            check: Some(Arc::new(queue)),
            relays_events: true,
        }
    }
}

/// The composer, listening.
pub(crate) async fn start_composer(
    parts: &Parts,
    store: Arc<dyn Store>,
    queue: SeenQueue,
    payments_url: &str,
    (host, port): (IpAddr, u16),
) -> anyhow::Result<Listening> {
    let listener = service::bind(&host.to_string(), port).await?;
    let stop = CancellationToken::new();
    let SeenQueue {
        depth,
        check,
        relays_events,
    } = queue;
    let deps = ComposerDeps {
        store,
        tasks: parts.tasks.clone(),
        clock: parts.clock.clone(),
        ids: parts.ids.clone(),
        notices: Notices::new(),
        relays_events,
        queue_depth: depth,
        default_currency: DEFAULT_CURRENCY.parse::<Currency>()?,
        // Until sign-in exists nobody has to sign in, so companies come with their first rule.
        allow_unknown_company: true,
        payments: PaymentsDoor::new(payments_url)?,
        ui: ui::embedded(),
        checks: check.into_iter().collect(),
        shutdown: stop.clone(),
    };
    Listening::start(listener, composer_api::endpoint(deps), stop)
}

/// The router, listening, with the work that outlives its requests.
pub(crate) struct RunningRouter {
    pub(crate) server: Listening,
    work: TaskTracker,
}

impl RunningRouter {
    pub(crate) async fn start(
        parts: &Parts,
        queue: Arc<dyn Queue>,
        composer_url: &str,
        host: IpAddr,
        port: u16,
    ) -> anyhow::Result<Self> {
        let listener = service::bind(&host.to_string(), port).await?;
        let (stop, work) = (CancellationToken::new(), TaskTracker::new());
        let health: Arc<dyn Check> = Arc::new(QueueHealth::new(queue.clone()));
        let deps = RouterDeps {
            publisher: queue.publisher(),
            rules: Arc::new(HttpRuleSource::new(composer_url)?),
            tasks: parts.tasks.clone(),
            clock: parts.clock.clone(),
            ids: parts.ids.clone(),
            checks: vec![health],
            shutdown: stop.clone(),
            work: work.clone(),
        };
        let endpoint = router::endpoint(deps, RouterConfig::default());
        Ok(Self {
            server: Listening::start(listener, endpoint, stop)?,
            work,
        })
    }

    pub(crate) async fn stop(self) {
        self.server.stop().await;
        self.work.close();
        self.work.wait().await;
    }
}

/// The payments API, listening over REST and gRPC, with what goes on beside its requests.
pub(crate) struct RunningPayments {
    pub(crate) rest: Listening,
    pub(crate) grpc: Listening,
    background: payments_api::Background,
}

impl RunningPayments {
    pub(crate) async fn start(
        parts: &Parts,
        store: Arc<dyn MoneyStore>,
        host: IpAddr,
        [port, grpc_port]: [u16; 2],
        limits: payments_api::Limits,
    ) -> anyhow::Result<Self> {
        let rest_listener = service::bind(&host.to_string(), port).await?;
        let grpc_listener = service::bind(&host.to_string(), grpc_port).await?;
        let deps = PaymentsDeps {
            store,
            clock: parts.clock.clone(),
            ids: parts.ids.clone(),
            default_currency: DEFAULT_CURRENCY.parse::<Currency>()?,
            // Until sign-in exists nobody has to sign in, so companies come with their first account.
            allow_unknown_company: true,
            limits,
        };
        let PaymentsApi {
            rest,
            grpc,
            background,
        } = payments_api::start(deps);
        Ok(Self {
            rest: Listening::start(rest_listener, rest, CancellationToken::new())?,
            grpc: Listening::start_grpc(grpc_listener, grpc)?,
            background,
        })
    }

    /// Finishes the requests under way, and what they asked for.
    pub(crate) async fn stop(self) {
        tokio::join!(self.rest.stop(), self.grpc.stop());
        self.background.stop().await;
    }
}

/// The worker, with its health.
pub(crate) struct RunningWorker {
    pub(crate) server: Listening,
    worker: Worker,
}

impl RunningWorker {
    pub(crate) async fn start(
        parts: &Parts,
        store: Arc<dyn Store>,
        queue: Arc<dyn Queue>,
        observer: Arc<dyn Observer>,
        sharing: Sharing,
        (host, port): (IpAddr, u16),
    ) -> anyhow::Result<Self> {
        let listener = service::bind(&host.to_string(), port).await?;
        let deps = Deps {
            store,
            queue,
            tasks: parts.tasks.clone(),
            clock: parts.clock.clone(),
            ids: parts.ids.clone(),
            observer,
        };
        let worker = Worker::start(&deps, Limits::default(), sharing);
        let endpoint = orchestrator::endpoint(&deps, &worker);
        let server = Listening::start(listener, endpoint, CancellationToken::new())?;
        Ok(Self { server, worker })
    }

    /// Takes no more, finishes its batches, and ends.
    pub(crate) async fn stop(self) {
        self.worker.stop().await;
        self.server.stop().await;
    }
}

/// The whole system, running.
pub(crate) struct System {
    pub(crate) store: Arc<dyn Store>,
    queue: Arc<dyn Queue>,
    pub(crate) composer: Listening,
    pub(crate) router: RunningRouter,
    pub(crate) payments: RunningPayments,
    pub(crate) worker: RunningWorker,
}

impl System {
    pub(crate) async fn start(
        store: Arc<dyn MoneyStore>,
        queue: Arc<dyn Queue>,
        observer: Arc<dyn Observer>,
        host: IpAddr,
        ports: Ports,
        limits: payments_api::Limits,
    ) -> anyhow::Result<Self> {
        let shared = Parts::new()?;
        let seen = SeenQueue::open(queue.clone());
        let payments_ports = [ports.payments, ports.grpc];
        let payments = RunningPayments::start(&shared, store.clone(), host, payments_ports, limits).await?;
        let payments_url = reachable(payments.rest.address);
        let at = (host, ports.composer);
        let composer = start_composer(&shared, store.clone(), seen, &payments_url, at).await?;
        let composer_url = reachable(composer.address);
        let router = RunningRouter::start(&shared, queue.clone(), &composer_url, host, ports.router).await?;
        let worker = RunningWorker::start(
            &shared,
            store.clone(),
            queue.clone(),
            observer,
            Sharing::new(worker_name()),
            (host, ports.worker),
        )
        .await?;
        Ok(Self {
            store,
            queue,
            composer,
            router,
            payments,
            worker,
        })
    }

    /// Stops taking events, finishes what was begun, and closes store and queue.
    pub(crate) async fn stop(self) {
        self.router.stop().await;
        self.payments.stop().await;
        self.composer.stop().await;
        self.worker.stop().await;
        self.queue.close().await;
        self.store.close().await;
    }
}

/// How people find this process among the workers: its host and its number there.
pub(crate) fn worker_name() -> String {
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let host = match host.trim() {
        "" => "localhost",
        host => host,
    };
    format!("{host}/{}", std::process::id())
}

/// The URL by which this process reaches an address that it listens on itself.
fn reachable(address: SocketAddr) -> String {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(std::net::Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(std::net::Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    format!("http://{}", SocketAddr::new(ip, address.port()))
}

/// Asks the queue how full it is, for the composer.
pub(crate) struct Depth(pub(crate) Arc<dyn Queue>);

#[async_trait]
impl QueueDepth for Depth {
    async fn depth(&self) -> Result<QueueFigures, String> {
        let depths = self.0.depths().await.map_err(|error| error.to_string())?;
        let oldest = depths.iter().filter_map(|depth| depth.oldest_age).max();
        Ok(QueueFigures {
            ready: depths.iter().map(|depth| depth.ready).sum(),
            in_flight: depths.iter().map(|depth| depth.in_flight).sum(),
            oldest_age_ms: oldest.map(|age| u64::try_from(age.as_millis()).unwrap_or(u64::MAX)),
        })
    }
}

/// From now on, being asked to stop (SIGINT or SIGTERM) does not end the process: it ends the wait for what this gives. Asked a
/// second time it ends at once.
pub(crate) fn stop_requested() -> anyhow::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        tokio::spawn(async move {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
            crate::output::remark(
                "moneyflow: asked twice: ending at once; what was not finished runs at the next start",
            );
            std::process::exit(1);
        });
    })
}

/// Refuses to serve others while nobody has to sign in, unless that is wanted.
pub(crate) fn check_open(host: IpAddr, allow_open: bool) -> anyhow::Result<()> {
    if host.is_loopback() || allow_open {
        return Ok(());
    }
    anyhow::bail!(
        "{host} is reachable from other machines, and nobody has to sign in: listen on 127.0.0.1, or say --allow-open \
         (MONEYFLOW_ALLOW_OPEN=true) if something in front keeps others out"
    )
}
