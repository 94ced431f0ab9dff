//! One SQLite file: a single writer that groups commits, a few readers, one process.
