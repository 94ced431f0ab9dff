//! What every HTTP service shares: time and ids, telemetry, problem+json, limits, health.
