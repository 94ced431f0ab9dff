//! Money, accounts, double-entry transactions and holds. No I/O.
