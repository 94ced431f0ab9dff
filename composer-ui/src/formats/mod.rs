//! How values are written for a person.

mod duration;
mod json;
mod time;

pub(crate) use duration::took;
pub(crate) use json::pretty;
pub(crate) use time::{Clock, before_now, clock, millis_of};
