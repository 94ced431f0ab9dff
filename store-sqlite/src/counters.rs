//! Counters: sequences without gaps.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, OptionalExtension, params};
use store::CounterKey;

use crate::fault::Fault;
use crate::value::integer;

const FIND: &str = "SELECT last FROM counters WHERE company_id = ?1 AND counter = ?2";

const MOVE: &str = "INSERT INTO counters (company_id, counter, last) VALUES (?1, ?2, ?3)
    ON CONFLICT (company_id, counter) DO UPDATE SET last = excluded.last WHERE last = ?4";

/// The counters that a batch has read; those that do not exist stand at zero.
pub(crate) struct Counters(BTreeMap<CounterKey, u64>);

impl Counters {
    /// Reads counters, in the order of their keys.
    pub(crate) fn load(connection: &Connection, keys: &BTreeSet<CounterKey>) -> Result<Self, Fault> {
        let mut statement = connection.prepare_cached(FIND)?;
        let mut counters = BTreeMap::new();
        for key in keys {
            let found: Option<i64> = statement
                .query_row(params![key.company_id.as_bytes(), key.counter.as_str()], |row| {
                    row.get(0)
                })
                .optional()?;
            let last = found.unwrap_or(0);
            let last = u64::try_from(last)
                .map_err(|_| Fault::corrupt("counters", &key.company_id, &format!("{last} is below zero")))?;
            counters.insert(*key, last);
        }
        Ok(Self(counters))
    }

    /// Those that exist.
    pub(crate) fn existing(&self) -> Vec<(CounterKey, u64)> {
        self.0
            .iter()
            .filter(|(_, last)| **last > 0)
            .map(|(key, last)| (*key, *last))
            .collect()
    }

    /// Moves counters forward from where they were read.
    pub(crate) fn advance(&self, connection: &Connection, moved: &[(CounterKey, u64)]) -> Result<(), Fault> {
        let mut statement = connection.prepare_cached(MOVE)?;
        for (key, last) in moved {
            let name = key.counter.as_str();
            let Some(read) = self.0.get(key) else {
                return Err(Fault::refused(format!(
                    "counter {name} of company {} was not read",
                    key.company_id
                )));
            };
            let row = params![key.company_id.as_bytes(), name, integer(*last)?, integer(*read)?];
            if last < read || statement.execute(row)? != 1 {
                let company = key.company_id;
                return Err(Fault::refused(format!(
                    "counter {name} of company {company} cannot go from {read} to {last}"
                )));
            }
        }
        Ok(())
    }
}
