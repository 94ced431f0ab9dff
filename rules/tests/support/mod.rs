//! What the tests share: a catalogue of tasks, random rules with events and answers, and running them.

pub(crate) mod cases;
pub(crate) mod catalogue;
pub(crate) mod genes;
pub(crate) mod stepping;
mod values;
