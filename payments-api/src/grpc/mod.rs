//! Payments over gRPC: `payment.v1.PaymentService`, with the standard health and reflection.
//!
//! What is asked for here is carried out by the same order, at the same desk, as what is asked for over REST. This module
//! owns what differs: the shapes of the `.proto`, statuses in place of problems, deadlines, and HTTP/2.

mod authorize;
mod door;
mod health;
mod requests;
mod server;
mod service;
mod shape;
mod status;
mod timeout;

/// What was made of `proto/payment/v1/payment.proto`: messages, client and server.
#[allow(
    missing_docs,
    clippy::all,
    clippy::pedantic,
    reason = "it is generated; the .proto explains it"
)]
pub mod proto {
    tonic::include_proto!("payment.v1");

    /// The file as reflection gives it out, with what it imports.
    pub(super) const DESCRIPTION: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/payment_v1.bin"));
}

pub use server::{Grpc, serve};
