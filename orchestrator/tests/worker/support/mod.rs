//! What the tests share: a system of its own for each, on real kinds of store and queue that can be told to fail.

mod bus;
mod company;
mod faulty_store;
mod news;
mod nodes;
mod outcome;
mod system;
mod watched_queue;

pub(crate) use bus::{Bus, number};
pub(crate) use company::{Company, Pinned, accepted_again};
pub(crate) use faulty_store::{End, Fault, FaultyStore, LeaseStore};
pub(crate) use news::{Heard, News};
pub(crate) use nodes::{after, transfer};
pub(crate) use outcome::{minor, nodes_of, order_of_events, statuses};
pub(crate) use system::{System, nobody};
pub(crate) use watched_queue::WatchedQueue;
