//! Tests across processes: private servers, faults under load, and what must hold afterwards.
//!
//! This crate owns the servers that tests need ([`servers`]; the binary `with-servers` lends them to any command), a real
//! browser ([`browser`]), the program's own processes ([`process`], [`system`]), payments under load ([`load`]) and the checks that follow
//! every fault ([`checks`]). It starts the program as its users do and knows no room of it, only the command line, the
//! HTTP API, the topology of the broker and the names of a few tables. It is never part of what is shipped.
//!
//! Errors are read by people alone, so they are [`anyhow::Error`]s.

pub mod audit;
pub mod browser;
pub mod checks;
pub mod load;
mod patience;
mod ports;
pub mod postgres;
pub mod process;
pub mod rabbitmq;
pub mod rules_under_test;
pub mod servers;
pub mod supervised;
pub mod system;

pub use patience::{Patience, until};
pub use ports::free_port;
