//! Many seeds, each with its own faults: whatever they are, what must hold does.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up fails")]

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use simulation::{Reader, Report, Simulator};

/// How many seeds are run unless `MONEYFLOW_SIMULATION_SEEDS` says otherwise.
const SEEDS: u64 = 2_000;

fn seeds() -> u64 {
    match std::env::var("MONEYFLOW_SIMULATION_SEEDS") {
        Ok(seeds) => seeds.parse().unwrap(),
        Err(_) => SEEDS,
    }
}

/// Runs seeds from 0 on, on all processors, until one does not hold.
fn run(simulator: &Simulator, seeds: u64) -> Option<Report> {
    let (next, failed) = (AtomicU64::new(0), Mutex::new(None::<Report>));
    let processors = thread::available_parallelism().unwrap().get();
    thread::scope(|scope| {
        for _ in 0..processors {
            scope.spawn(|| {
                while failed.lock().unwrap().is_none() {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= seeds {
                        return;
                    }
                    let report = simulator.run(seed, Reader::Nobody).unwrap();
                    if report.violation.is_some() {
                        failed.lock().unwrap().get_or_insert(report);
                    }
                }
            });
        }
    });
    failed.into_inner().unwrap()
}

#[test]
fn every_seed_holds() {
    let simulator = Simulator::new().unwrap();
    if let Some(Report { seed, violation, .. }) = run(&simulator, seeds()) {
        panic!(
            "seed {seed}: {}\nreplay it: cargo run -p simulation -- --seed {seed} --trace",
            violation.unwrap_or_default()
        );
    }
}

/// A seed is a complete description of what happens: were it not, a failing one could not be replayed.
#[test]
fn a_seed_happens_the_same_way_each_time() {
    let simulator = Simulator::new().unwrap();
    let mut hashes = Vec::new();
    for seed in 0..25 {
        let [one, again] = [(); 2].map(|()| simulator.run(seed, Reader::Nobody).unwrap());
        assert_eq!(
            (one.trace_hash, one.steps),
            (again.trace_hash, again.steps),
            "seed {seed}"
        );
        hashes.push(one.trace_hash);
    }
    hashes.sort_unstable();
    hashes.dedup();
    assert_eq!(hashes.len(), 25, "no two seeds are the same");
}
