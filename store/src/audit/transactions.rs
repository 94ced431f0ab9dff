//! Transactions against their entries: balanced in every currency, complete, in order.

use std::collections::BTreeMap;

use ledger::{Currency, Direction};
use uuid::Uuid;

use super::Difference;
use crate::StoredEntry;

/// The transaction whose entries are being seen, and what was seen before.
#[derive(Default)]
pub(super) struct Transactions {
    current: Option<Current>,
    seen: u64,
    entries: u64,
}

struct Current {
    id: Uuid,
    company_id: Uuid,
    entries: u32,
    sums: BTreeMap<Currency, i128>,
}

impl Transactions {
    pub(super) fn count(&self) -> u64 {
        self.seen
    }

    /// The next entry, in the order of transactions.
    pub(super) fn entry(&mut self, entry: &StoredEntry) -> Result<(), Difference> {
        if self
            .current
            .as_ref()
            .is_none_or(|current| current.id != entry.transaction_id)
        {
            self.end_current()?;
            self.seen += 1;
            self.current = Some(Current {
                id: entry.transaction_id,
                company_id: entry.company_id,
                entries: 0,
                sums: BTreeMap::new(),
            });
        }
        self.entries += 1;
        let Some(current) = &mut self.current else {
            return Ok(());
        };
        if entry.position != current.entries || entry.company_id != current.company_id {
            let problem = format!(
                "entry {} stands where entry {} should",
                entry.position, current.entries
            );
            return Err(wrong(current.id, problem));
        }
        current.entries += 1;
        let signed = match entry.direction {
            Direction::Debit => i128::from(entry.amount.minor()),
            Direction::Credit => -i128::from(entry.amount.minor()),
        };
        *current.sums.entry(entry.amount.currency()).or_default() += signed;
        Ok(())
    }

    fn end_current(&mut self) -> Result<(), Difference> {
        let Some(current) = self.current.take() else {
            return Ok(());
        };
        if current.entries < 2 {
            return Err(wrong(current.id, "it has one entry, and must have two"));
        }
        match current.sums.into_iter().find(|(_, sum)| *sum != 0) {
            None => Ok(()),
            Some((currency, sum)) => {
                let problem = format!("its debits exceed its credits by {sum} minor units of {currency}");
                Err(wrong(current.id, problem))
            }
        }
    }

    /// Ends the last transaction; both walks must have seen the same entries.
    pub(super) fn finish(&mut self, entries_of_accounts: u64) -> Result<(), Difference> {
        self.end_current()?;
        if self.entries != entries_of_accounts {
            let problem = format!(
                "{} entries belong to transactions, and {entries_of_accounts} to accounts",
                self.entries
            );
            return Err(Difference::of("the ledger", problem));
        }
        Ok(())
    }
}

fn wrong(transaction_id: Uuid, problem: impl Into<String>) -> Difference {
    Difference::of(format!("transaction {transaction_id}"), problem)
}
