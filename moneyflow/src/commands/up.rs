//! `moneyflow up`: the whole system in one process.

use std::sync::Arc;

use orchestrator::Unobserved;

use crate::backends::{Migrations, Places};
use crate::cli::UpArgs;
use crate::demo;
use crate::output::say;
use crate::system::{self, Ports, System};
use crate::ui;

pub(crate) async fn run(arguments: UpArgs) -> anyhow::Result<()> {
    let host = arguments.host.host;
    system::check_open(host, arguments.host.allow_open)?;
    let places = Places::of(&arguments.storage)?;
    let store = places.open_store(Migrations::Apply).await?;
    let queue = places.open_queue().await?;
    let ports = Ports {
        composer: arguments.composer_port,
        router: arguments.router_port,
        payments: arguments.payments_port,
        grpc: arguments.grpc_port,
        worker: arguments.worker_port,
    };
    let system = System::start(
        store,
        queue,
        Arc::new(Unobserved),
        host,
        ports,
        arguments.limits.read(),
    )
    .await?;
    // Also while the demo company is made: what was begun is finished.
    let stopped = system::stop_requested()?;
    let demo = if arguments.no_demo {
        None
    } else {
        Some(demo::set_up(&system).await?)
    };
    welcome(&system, &places, demo.as_ref());
    stopped.await;
    say("stopping: what was taken is being finished");
    system.stop().await;
    say("stopped");
    Ok(())
}

/// Says where to look. The last line says that the system is ready.
fn welcome(system: &System, places: &Places, demo: Option<&demo::Demo>) {
    let composer = system.composer.url();
    say("MoneyFlow is up.");
    if ui::embedded().is_some() {
        say(format!("  in the browser {composer}/"));
    }
    say(format!("  composer API   {composer}   (docs: {composer}/docs)"));
    let router = system.router.server.url();
    say(format!("  router         {router}   (docs: {router}/docs)"));
    let payments = system.payments.rest.url();
    say(format!("  payments API   {payments}   (docs: {payments}/docs)"));
    let grpc = system.payments.grpc.address;
    say(format!(
        "  over gRPC      {grpc}   (payment.v1.PaymentService; it describes itself by reflection)"
    ));
    say(format!("  worker health  {}/readyz", system.worker.server.url()));
    say(format!("  database       {}", places.store));
    say(format!("  queue          {}", places.queue));
    if let Some(demo) = demo {
        say(format!("  demo company   {} ({})", demo.company_id, demo.note));
    }
    if system.composer.address.ip().is_loopback() {
        say("  Open to everyone on this machine, and to nobody else: no sign-in is needed.");
    } else {
        say("  Open to everyone who can reach it: no sign-in is needed.");
    }
    say("Stop with Ctrl+C.");
}
