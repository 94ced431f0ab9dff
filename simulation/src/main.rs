//! Replays seeds: `cargo run -p simulation -- --seed 42 --trace`.

use std::process::ExitCode;

use clap::Parser;
use simulation::{Reader, Report, Simulator};

/// Runs seeds of the simulation. Fails with the first one that does not hold.
#[derive(Parser)]
struct Arguments {
    /// Only this seed.
    #[arg(long)]
    seed: Option<u64>,
    /// So many seeds.
    #[arg(long, default_value_t = 1_000, conflicts_with = "seed")]
    seeds: u64,
    /// The first of them.
    #[arg(long, default_value_t = 0, conflicts_with = "seed")]
    from: u64,
    /// Print all that happens, and what the worker logs.
    #[arg(long)]
    trace: bool,
}

fn main() -> Result<ExitCode, Box<dyn std::error::Error>> {
    let arguments = Arguments::parse();
    let reader = if arguments.trace {
        Reader::Stdout
    } else {
        Reader::Nobody
    };
    if arguments.trace {
        tracing_subscriber::fmt()
            .without_time()
            .with_max_level(tracing::Level::INFO)
            .init();
    }
    let (from, seeds) = arguments
        .seed
        .map_or((arguments.from, arguments.seeds), |seed| (seed, 1));
    let simulator = Simulator::new()?;
    let mut runs = 0;
    for seed in from..from.saturating_add(seeds) {
        let report = simulator.run(seed, reader)?;
        if let Some(violation) = &report.violation {
            eprintln!("seed {seed}: {violation}");
            eprintln!("replay it: cargo run -p simulation -- --seed {seed} --trace");
            return Ok(ExitCode::FAILURE);
        }
        runs += report.runs;
        if seeds == 1 {
            describe(&report);
        }
    }
    println!("{seeds} seeds held, with {runs} runs");
    Ok(ExitCode::SUCCESS)
}

fn describe(report: &Report) {
    let (seed, hash) = (report.seed, report.trace_hash);
    let (steps, seconds) = (report.steps, report.simulated.as_secs());
    println!("seed {seed}: {steps} steps in {seconds} simulated seconds, trace {hash:016x}");
}
