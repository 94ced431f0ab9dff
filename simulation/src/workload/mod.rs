//! What is asked of the worker: companies with their rules, and the messages that a router would publish for them.

mod company;
mod messages;
mod rules;

use queue::Message;
use service::SeededIds;

pub(crate) use company::Company;
pub(crate) use messages::{POISON_EVENT, UNSTORABLE_EVENT};

use crate::{Dice, MemoryStore, VirtualClock};

/// The workload of a seed.
pub(crate) struct Workload {
    /// The companies, each with its rules saved.
    pub(crate) companies: Vec<Company>,
    /// What is published, in this order.
    pub(crate) messages: Vec<Message>,
}

/// What a workload is made with.
pub(crate) struct Maker<'m> {
    pub(crate) dice: &'m Dice,
    pub(crate) ids: &'m SeededIds,
    pub(crate) clock: VirtualClock,
    pub(crate) store: &'m MemoryStore,
}

impl Workload {
    /// Makes companies, saves their rules, and writes the messages.
    ///
    /// # Errors
    /// A rule or a message that cannot be written: a fault of the simulation itself.
    pub(crate) async fn make(maker: &Maker<'_>) -> Result<Self, String> {
        let mut companies: Vec<Company> = Vec::new();
        for _ in 0..maker.dice.between(1, 4) {
            // Some share a partition, so that they share batches.
            let beside = companies.first().filter(|_| maker.dice.happens(400));
            let partition = beside.map(Company::partition);
            companies.push(Company::make(maker, partition).await?);
        }
        let messages = messages::write(maker, &companies)?;
        Ok(Self { companies, messages })
    }
}
