//! A place where a worker runs: one process after another, each until it dies or is replaced.

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use orchestrator::{Deps, Limits, Sharing, Unobserved, Worker};
use queue::TakeLimits;
use service::SeededIds;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::faults::{FaultyQueue, FaultyStore, Process};
use crate::world::World;

/// How many processes a place may see: each has a number of its own.
const PROCESSES_PER_SLOT: u32 = 1_000;

/// A place for a worker.
pub(super) struct Slot {
    number: u32,
    world: Arc<World>,
    limits: Limits,
    lease: Duration,
}

/// Why a process is no more.
enum End {
    Died,
    Replaced,
    Stopped,
}

impl Slot {
    pub(super) fn new(number: u32, world: Arc<World>) -> Self {
        let limits = Limits {
            take: TakeLimits {
                messages: world.dice.pick([1, 2, 5, 512]),
                ..TakeLimits::default()
            },
            nodes: world.dice.pick([1, 10, 20_000]),
            events: world.dice.pick([1, 3, 1_000]),
        };
        let lease = Duration::from_secs(world.dice.pick([1, 1, 3, 10]));
        Self {
            number,
            world,
            limits,
            lease,
        }
    }

    /// Runs one process after another, until it is told to stop. Says which one did.
    pub(super) async fn run(self, stop: CancellationToken) -> Option<String> {
        sleep(self.world.dice.up_to_ms(1_000 * self.number)).await;
        for count in 1..PROCESSES_PER_SLOT {
            let process = Process::start(self.number * PROCESSES_PER_SLOT + count, self.world.clone());
            let worker = self.start(&process);
            match self.watch(&process, worker, &stop).await {
                End::Died | End::Replaced => sleep(self.world.dice.up_to_ms(1_000)).await,
                End::Stopped => return Some(process.to_string()),
            }
        }
        None
    }

    fn start(&self, process: &Arc<Process>) -> Worker {
        let number = process.number();
        self.world.trace.note(
            process,
            format_args!("starts: {:?}, lease {:?}", self.limits, self.lease),
        );
        // Clocks differ from machine to machine.
        let off_ms = i64::from(self.world.dice.pick([0, 0, 700, 5_000]));
        let clock = self.world.clock.off_by(SignedDuration::from_millis(off_ms));
        let deps = Deps {
            store: Arc::new(FaultyStore::new(process.clone())),
            queue: Arc::new(FaultyQueue::new(process.clone())),
            tasks: self.world.tasks.clone(),
            clock: Arc::new(clock),
            ids: Arc::new(SeededIds::new(u64::from(number) + 10)),
            observer: Arc::new(Unobserved),
        };
        let sharing = Sharing {
            lease: self.lease,
            renew_every: self.lease / 3,
            ..Sharing::new(process.to_string())
        };
        Worker::start(&deps, self.limits, sharing)
    }

    /// Until the process is no more.
    async fn watch(&self, process: &Process, worker: Worker, stop: &CancellationToken) -> End {
        let life = Duration::from_millis(u64::from(self.world.dice.between(500, 30_000)));
        let end = tokio::select! {
            biased;
            () = process.death() => {
                // Nobody hears of it at once: the broker keeps its consumers for a while.
                sleep(self.world.dice.up_to_ms(3_000)).await;
                return End::Died;
            }
            () = stop.cancelled() => End::Stopped,
            () = self.replaced(life) => End::Replaced,
        };
        process_stops(process, worker).await;
        // Who died while stopping, when all was to stop, has nothing more to stop for.
        end
    }

    /// Waits until somebody replaces the process, which nobody does any more once all is calm.
    async fn replaced(&self, life: Duration) {
        sleep(life).await;
        if self.world.sky.is_clear() {
            std::future::pending::<()>().await;
        }
    }
}

/// Lets a worker finish what it began, unless it dies before.
async fn process_stops(process: &Process, worker: Worker) {
    tokio::select! {
        biased;
        () = process.death() => {}
        () = worker.stop() => {}
    }
}
