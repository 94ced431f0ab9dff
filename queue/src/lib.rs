//! The queue as a trait, its conformance suite, and the embedded kind.
