//! What is stored, as traits, one per aggregate, and the conformance suite every kind passes.
