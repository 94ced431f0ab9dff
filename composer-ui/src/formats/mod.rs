//! How values are written for a person.

mod amount;
mod decimal;
mod duration;
mod json;
mod time;

pub(crate) use amount::{amount, is_zero};
pub(crate) use decimal::{plain_tenths, tenths};
pub(crate) use duration::took;
pub(crate) use json::pretty;
pub(crate) use time::{Clock, before_now, clock, millis_of};
