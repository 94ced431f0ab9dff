//! The rule language: parsed, checked, compiled to a plan, stepped. No I/O.

pub mod json;
