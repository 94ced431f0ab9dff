//! The worker: takes batches off the queue, steps plans, commits.
