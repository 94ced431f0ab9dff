//! `moneyflow serve …`: one service in its own process.

use std::sync::Arc;
use std::time::Duration;

use orchestrator::{Sharing, Unobserved};

use crate::backends::{Migrations, Places};
use crate::cli::{Serve, ServeComposerArgs, ServePaymentsArgs, ServeRouterArgs, ServeWorkerArgs};
use crate::output::say;
use crate::system::{self, Parts, RunningPayments, RunningRouter, RunningWorker, SeenQueue};

pub(crate) async fn run(service: Serve) -> anyhow::Result<()> {
    match service {
        Serve::ComposerApi(arguments) => composer(arguments).await,
        Serve::PaymentsApi(arguments) => payments(arguments).await,
        Serve::Router(arguments) => router(arguments).await,
        Serve::Orchestrator(arguments) => orchestrator(arguments).await,
    }
}

async fn composer(arguments: ServeComposerArgs) -> anyhow::Result<()> {
    system::check_open(arguments.host.host, arguments.host.allow_open)?;
    let places = Places::of(&arguments.storage)?;
    let store = places.open_store(Migrations::Require).await?;
    let (queue, reaching) = match places.watch_queue() {
        Some((queue, reaching)) => (SeenQueue::distant(queue), Some(reaching)),
        None => (SeenQueue::default(), None),
    };
    let at = (arguments.host.host, arguments.composer_port);
    let parts = Parts::new()?;
    let composer = system::start_composer(&parts, store.clone(), queue, &arguments.payments_url, at).await?;
    say(format!("The composer API is up: {}", composer.url()));
    system::stop_requested()?.await;
    composer.stop().await;
    if let Some(reaching) = reaching {
        reaching.close().await;
    }
    store.close().await;
    say("stopped");
    Ok(())
}

async fn payments(arguments: ServePaymentsArgs) -> anyhow::Result<()> {
    system::check_open(arguments.host.host, arguments.host.allow_open)?;
    let places = Places::of(&arguments.storage)?;
    let store = places.open_store(Migrations::Require).await?;
    let (host, ports) = (
        arguments.host.host,
        [arguments.payments_port, arguments.grpc_port],
    );
    let limits = arguments.limits.read();
    let payments = RunningPayments::start(&Parts::new()?, store.clone(), host, ports, limits).await?;
    say(format!("The payments API is up: {}", payments.rest.url()));
    say(format!("Over gRPC: {}", payments.grpc.address));
    system::stop_requested()?.await;
    payments.stop().await;
    store.close().await;
    say("stopped");
    Ok(())
}

async fn router(arguments: ServeRouterArgs) -> anyhow::Result<()> {
    system::check_open(arguments.host.host, arguments.host.allow_open)?;
    let queue = Places::of(&arguments.storage)?.open_queue().await?;
    let (host, port) = (arguments.host.host, arguments.router_port);
    let router =
        RunningRouter::start(&Parts::new()?, queue.clone(), &arguments.composer_url, host, port).await?;
    say(format!("The router is up: {}", router.server.url()));
    system::stop_requested()?.await;
    router.stop().await;
    queue.close().await;
    say("stopped");
    Ok(())
}

async fn orchestrator(arguments: ServeWorkerArgs) -> anyhow::Result<()> {
    system::check_open(arguments.host.host, arguments.host.allow_open)?;
    let places = Places::of(&arguments.storage)?;
    let store = places.open_store(Migrations::Require).await?;
    let queue = places.open_queue().await?;
    let (host, port) = (arguments.host.host, arguments.worker_port);
    let parts = Parts::new()?;
    let worker = RunningWorker::start(
        &parts,
        store.clone(),
        queue.clone(),
        Arc::new(Unobserved),
        sharing(Duration::from_secs(arguments.partition_lease_s)),
        (host, port),
    )
    .await?;
    say(format!(
        "The orchestrator is up; its health: {}/readyz",
        worker.server.url()
    ));
    system::stop_requested()?.await;
    worker.stop().await;
    queue.close().await;
    store.close().await;
    say("stopped");
    Ok(())
}

/// Leases that are renewed three times before they would run out.
fn sharing(lease: Duration) -> Sharing {
    Sharing {
        lease,
        renew_every: lease / 3,
        name: system::worker_name(),
    }
}
