//! Runs seeds.

use std::sync::Arc;
use std::time::Duration;

use tasks::Tasks;
use tokio::runtime::Builder;

use crate::judge::Violation;
use crate::trace::Reader;
use crate::world::World;
use crate::{panics, scenario};

/// Runs seeds, each in a world of its own.
pub struct Simulator {
    tasks: Arc<Tasks>,
}

/// What came of a seed.
#[derive(Debug, Clone)]
pub struct Report {
    /// The seed.
    pub seed: u64,
    /// What did not hold, if something did not.
    pub violation: Option<Violation>,
    /// The hash of all that happened, in order: the same for the same seed and the same program.
    pub trace_hash: u64,
    /// How much happened.
    pub steps: u64,
    /// How long it took, in the simulated time.
    pub simulated: Duration,
    /// How many runs were stored.
    pub runs: usize,
}

impl Simulator {
    /// A simulator with the tasks that are built in.
    ///
    /// # Errors
    /// In words, why there is none.
    pub fn new() -> Result<Self, String> {
        let tasks = Tasks::built_in()?;
        Ok(Self {
            tasks: Arc::new(tasks),
        })
    }

    /// Runs a seed to its end, or until something does not hold.
    ///
    /// # Errors
    /// The machine has no runtime for it.
    pub fn run(&self, seed: u64, reader: Reader) -> std::io::Result<Report> {
        // One thread, and a time that goes on only when nobody has anything to do.
        let runtime = Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()?;
        let (report, panicked) = panics::noticing(|| {
            runtime.block_on(async {
                let world = World::new(seed, self.tasks.clone(), reader);
                let played = scenario::play(&world).await;
                report(seed, &world, played.err())
            })
        });
        let panicked = panicked.map(|panicked| format!("it panicked: {panicked}"));
        Ok(Report {
            violation: report.violation.clone().or(panicked),
            ..report
        })
    }
}

fn report(seed: u64, world: &World, violation: Option<Violation>) -> Report {
    Report {
        seed,
        violation,
        trace_hash: world.trace.hash(),
        steps: world.trace.steps(),
        simulated: world.clock.elapsed(),
        runs: world.store.inspect(|tables| tables.runs.len()),
    }
}
