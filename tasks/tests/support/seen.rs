//! What can be seen of a run from outside, without the ids in it.

use std::collections::BTreeMap;

use ledger::Money;
use tasks::{PostedTransaction, Run};

/// All that a run came to, in words.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) status: &'static str,
    pub(crate) fault: Option<(String, String)>,
    pub(crate) nodes: BTreeMap<String, &'static str>,
    pub(crate) entries: Vec<String>,
    pub(crate) events: Vec<String>,
}

pub(crate) fn seen(run: &Run<'_>) -> Seen {
    let plan = run.execution.plan();
    let nodes = run.execution.records().iter().enumerate();
    let nodes = nodes.map(|(position, record)| {
        let node_id = plan.node_id(position).unwrap().to_owned();
        (node_id, record.state.as_str())
    });
    let fault = run.end.fault.clone();
    Seen {
        status: run.end.status.as_str(),
        fault: fault.map(|fault| (fault.code, fault.node_id)),
        nodes: nodes.collect(),
        entries: entries(&run.transactions),
        events: run.events.iter().map(|event| event.event_type.clone()).collect(),
    }
}

/// Every entry in words, with the balance that it left: `debit bank 1.00 BRL (1.00 BRL)`.
pub(crate) fn entries(transactions: &[PostedTransaction]) -> Vec<String> {
    let entries = transactions.iter().flat_map(|transaction| &transaction.entries);
    entries
        .map(|entry| {
            format!(
                "{} {} {} ({})",
                entry.direction.name(),
                entry.key.code,
                entry.amount,
                entry.balance_after
            )
        })
        .collect()
}

/// The sum of debits and of credits in each currency.
pub(crate) fn sides<'e>(
    entries: impl Iterator<Item = (&'e str, Money)>,
) -> BTreeMap<&'static str, [i128; 2]> {
    let mut sums = BTreeMap::new();
    for (direction, amount) in entries {
        let [debits, credits] = sums.entry(amount.currency().code()).or_insert([0, 0]);
        let side = if direction == "debit" { debits } else { credits };
        *side += i128::from(amount.minor());
    }
    sums
}
