//! The ports as a worker finds them when everything goes wrong that a seed asks for.
//!
//! Every call of a worker passes through its [`Process`], which delays it, fails it before or after its effect, freezes
//! the whole process at it, or kills it there. The worker's tasks only ever wait for such a call or for a timer, so
//! its awaits are the points at which faults happen.

mod errors;
mod faulty_queue;
mod faulty_store;
mod process;
mod weather;

pub(crate) use faulty_queue::FaultyQueue;
pub(crate) use faulty_store::FaultyStore;
pub(crate) use process::Process;
pub(crate) use weather::{Sky, Weather};
