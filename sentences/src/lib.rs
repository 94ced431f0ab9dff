//! What the system says, in the reader's language.
//!
//! Rules, tasks, the ledger and the API say in English what is wrong, and what members mean; some of it is stored with a
//! run or a version long before somebody reads it. So the English sentence itself is the key, as in gettext: it is
//! recognised, what it names is taken out, and the sentence is said again in Portuguese with the same names and values.
//!
//! Six books, so that a program holds no more than what it shows: [`FINDINGS`] about rules, of which [`WARNINGS`] are a
//! few, [`FAULTS`] of runs, [`REFUSALS`] of the composer, [`MOVEMENTS`] of the payments API, and [`MEMBERS`] of the tasks' schemas. What stands in none of them is
//! nobody's to guess: it stays as it is.

mod book;
mod faults;
mod findings;
mod members;
mod movements;
mod pattern;
mod refusals;

pub use self::{
    book::{Book, Sentence},
    faults::FAULTS,
    findings::{FINDINGS, WARNINGS},
    members::MEMBERS,
    movements::MOVEMENTS,
    refusals::REFUSALS,
};

#[cfg(test)]
mod complete;
