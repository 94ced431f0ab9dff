//! The one binary: every service of MoneyFlow, and the tools around them.
//!
//! This is where the rooms are put together: it opens the kinds of store and queue that the configuration names, and
//! hands them to the services, which know only the ports.

mod backends;
mod cli;
mod commands;
mod demo;
mod distant_queue;
#[cfg(feature = "failpoints")]
mod failpoints;
mod output;
mod system;
mod ui;

use std::process::ExitCode;

use clap::Parser as _;

use crate::cli::Cli;
use crate::output::{Failed, Misuse};

/// A sixth of the worker's processor time was the system's allocator's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What clap ends with, too.
const MISUSE: u8 = 2;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            output::complain(&anyhow::Error::new(error).context("the runtime could not be started"));
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(commands::run(cli)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // A command that has said what is wrong on its own has nothing to add.
            if error.downcast_ref::<Failed>().is_none() {
                output::complain(&error);
            }
            if error.downcast_ref::<Misuse>().is_some() {
                return ExitCode::from(MISUSE);
            }
            ExitCode::FAILURE
        }
    }
}
