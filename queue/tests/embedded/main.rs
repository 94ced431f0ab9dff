//! The embedded kind: it does what every queue must do, and what is peculiar to a file.

#![expect(
    clippy::expect_used,
    reason = "a test fails by panicking, also in the functions it shares"
)]
#![expect(clippy::indexing_slicing, reason = "likewise")]

mod file;
mod model;
mod support;

/// With the memory that it has unless told otherwise.
mod with_memory {
    use crate::support::EmbeddedHarness;

    queue::conformance_suite!(EmbeddedHarness::default());
}

/// With next to nothing kept in memory, so that nearly everything is read from the file.
mod without_memory {
    use crate::support::EmbeddedHarness;

    queue::conformance_suite!(EmbeddedHarness::with_buffer(500));
}
