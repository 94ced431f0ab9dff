//! Webhooks in, enriched events out to the queue.
