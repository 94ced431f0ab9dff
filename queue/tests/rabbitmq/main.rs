//! The RabbitMQ kind: it does what every queue must do, and what is peculiar to a broker.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking, also in the functions it shares"
)]
#![expect(clippy::indexing_slicing, reason = "likewise")]

mod events;
mod faults;
mod foreign;
mod pressure;
mod proxy;
mod refusals;
mod support;

mod conformance {
    use crate::support::RabbitHarness;

    queue::conformance_suite!(RabbitHarness::default());
}
