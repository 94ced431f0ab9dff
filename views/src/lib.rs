//! What is stored, as more than one API shows it: ledger transactions and their entries, lists, JSON that passes through.
//!
//! It stands between `store`, which knows no HTTP, and `service`, which knows no storage, so that two APIs cannot show one
//! thing in two ways. It asks no store and answers no request by itself.

pub mod ledger;
pub mod lists;
pub mod stored_json;
