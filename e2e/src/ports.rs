//! Ports for servers that are stopped and started again.
//!
//! They are taken from below the range that the kernel gives to outgoing connections: a client that keeps calling a
//! server that is down would otherwise be given the server's own port sooner or later, reach itself, and keep the server
//! from coming back.

use std::net::{Ipv4Addr, TcpListener};
use std::sync::atomic::{AtomicU16, Ordering};

use anyhow::Context as _;

/// Below what Linux gives to outgoing connections (32768 and up), above what well-known services use.
const FIRST: u16 = 20_000;
const COUNT: u16 = 12_000;

static NEXT: AtomicU16 = AtomicU16::new(0);

/// A port on which nobody listens. Processes begin to look at different places.
///
/// # Errors
///
/// If all are taken.
pub fn free_port() -> anyhow::Result<u16> {
    let start = u16::try_from(u64::from(std::process::id()) * 61 % u64::from(COUNT))?;
    for _ in 0..COUNT {
        let nth = NEXT.fetch_add(1, Ordering::Relaxed) % COUNT;
        let port = FIRST + (start + nth) % COUNT;
        if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return Ok(port);
        }
    }
    None.context("no free port between 20000 and 32000")
}
