//! What must hold after every fault, once everything has settled.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use serde_json::Value;

use crate::audit::QUEUE as AUDIT_QUEUE;
use crate::process::run;
use crate::rabbitmq::QueueDepth;
use crate::rules_under_test::{COMPANIES, Event, RULES, expected, status};
use crate::system::System;
use crate::{Patience, until};

/// However long servers were away: afterwards all work must be done in this time.
const SETTLED: Patience = Patience {
    deadline: Duration::from_mins(3),
    pause: Duration::from_millis(200),
};

/// The broker's figures are a little old: they count once they say the same so many times.
const EMPTY_LOOKS: u32 = 3;

/// What is not as usual, because the test meant it so.
#[derive(Debug, Clone, Copy)]
pub struct Exceptions {
    /// The events that the database refused: their runs failed, have no entries and sent nothing out.
    pub refused: fn(Event) -> bool,
    /// How many dead letters there are.
    pub dead_letters: usize,
}

impl Default for Exceptions {
    fn default() -> Self {
        Self {
            refused: |_| false,
            dead_letters: 0,
        }
    }
}

/// The error of runs whose event the database refused.
const REFUSED: &str = "refused_by_store";

impl System {
    /// Waits until the work is done, then checks everything.
    ///
    /// # Errors
    ///
    /// If it is not done in time, or anything is not as it must be.
    pub async fn check(&mut self) -> anyhow::Result<()> {
        self.check_with(&Exceptions::default()).await
    }

    /// The same, but for what the test meant to be otherwise.
    ///
    /// # Errors
    ///
    /// As [`System::check`].
    pub async fn check_with(&mut self, exceptions: &Exceptions) -> anyhow::Result<()> {
        let checked = self.checks(exceptions).await;
        checked.with_context(|| format!("\n{}", self.last_words()))
    }

    async fn checks(&mut self, exceptions: &Exceptions) -> anyhow::Result<()> {
        self.settled().await?;
        let events = self.load.accepted();
        ensure!(!events.is_empty(), "nothing was accepted: that is no load");
        self.runs_are_once(&events, exceptions).await?;
        self.dead_letters_are(exceptions.dead_letters).await?;
        for company_id in COMPANIES {
            let own = events
                .iter()
                .copied()
                .filter(|event| event.company_id == company_id);
            let expected = expected(own.filter(|event| !(exceptions.refused)(*event)));
            self.balances_are(company_id, &expected.balances_cents).await?;
            self.numbers_are_gapless(company_id, expected.invoices).await?;
            self.events_are_in_order(company_id, expected.invoices).await?;
        }
        self.entries_sum_to_zero().await?;
        self.ledger_agrees().await
    }

    /// Waits until every event that was accepted is in the database, nothing waits in the queues, and nothing is in
    /// anybody's hands.
    ///
    /// # Errors
    ///
    /// If that does not come about in time.
    pub async fn settled(&self) -> anyhow::Result<()> {
        let accepted = i64::try_from(self.load.accepted().len())?;
        until("all events to be claimed", SETTLED, async || {
            let claims = sqlx::query_as("SELECT count(*) FROM claims");
            let (claims,): (i64,) = claims.fetch_one(&mut self.database().await?).await?;
            ensure!(claims >= accepted, "{claims} of {accepted}");
            Ok(Some(()))
        })
        .await?;
        let mut empty_looks = 0;
        until("the queues to be empty", SETTLED, async || {
            empty_looks = if self.full_queues().await?.is_empty() {
                empty_looks + 1
            } else {
                0
            };
            ensure!(
                empty_looks >= EMPTY_LOOKS,
                "not empty: {:?}",
                self.full_queues().await?
            );
            Ok(Some(()))
        })
        .await
    }

    async fn full_queues(&self) -> anyhow::Result<Vec<QueueDepth>> {
        let mut depths = self.servers.rabbitmq.depths().await?;
        ensure!(depths.len() > 1, "the queues are not declared: {depths:?}");
        depths.retain(|depth| depth.name != AUDIT_QUEUE && depth.messages + depth.unacknowledged > 0);
        Ok(depths)
    }

    /// Every event that was answered 200 has one run per rule, ended as it must; nothing else has a run.
    async fn runs_are_once(&self, events: &[Event], exceptions: &Exceptions) -> anyhow::Result<()> {
        let mut runs: BTreeMap<(String, String), Vec<(String, String)>> = BTreeMap::new();
        for run in self.all("/runs").await? {
            let event = (text(&run, "company_id")?, text(&run, "event_id")?);
            let outcome = match run.pointer("/error/code").and_then(Value::as_str) {
                Some(code) if run.get("status") == Some(&Value::from("failed")) => code.to_owned(),
                _ => text(&run, "status")?,
            };
            runs.entry(event)
                .or_default()
                .push((text(&run, "rule_name")?, outcome));
        }
        for event in events {
            let refused = (exceptions.refused)(*event);
            let outcome = if refused { REFUSED } else { status(*event) };
            let expected: Vec<(String, String)> = RULES
                .iter()
                .map(|rule| ((*rule).to_owned(), outcome.to_owned()))
                .collect();
            let mut found = runs
                .remove(&(event.company_id.to_owned(), event.id()))
                .with_context(|| format!("{event:?} was answered 200 and has no run"))?;
            found.sort();
            ensure!(
                found == expected,
                "{event:?} ran as {found:?} instead of {expected:?}"
            );
        }
        ensure!(
            runs.is_empty(),
            "runs of events that were not answered 200: {runs:?}"
        );
        Ok(())
    }

    async fn dead_letters_are(&self, expected: usize) -> anyhow::Result<()> {
        let letters = self.all("/dead-letters").await?;
        ensure!(
            letters.len() == expected,
            "{expected} dead letters, not these: {letters:?}"
        );
        Ok(())
    }

    /// A company's balances are what its events make them.
    async fn balances_are(&self, company_id: &str, expected: &BTreeMap<&str, u64>) -> anyhow::Result<()> {
        let balances = self
            .all(&format!("/api/v1/ledger/balances?company_id={company_id}"))
            .await?;
        let mut found = BTreeMap::new();
        for balance in &balances {
            found.insert(text(balance, "account")?, text(balance, "balance")?);
        }
        // Accounts that were opened and never used hold nothing.
        found.retain(|_, balance| balance != "0.00");
        let expected: BTreeMap<String, String> = expected
            .iter()
            .map(|(account, cents)| {
                (
                    (*account).to_owned(),
                    format!("{}.{:02}", cents / 100, cents % 100),
                )
            })
            .collect();
        ensure!(
            found == expected,
            "{company_id} has {found:?} instead of {expected:?}"
        );
        Ok(())
    }

    /// The outbox holds each number once, from 1, and as many as there are invoices.
    async fn numbers_are_gapless(&self, company_id: &str, invoices: u64) -> anyhow::Result<()> {
        let query = "SELECT count(*), count(DISTINCT number), coalesce(max(number), 0)::bigint FROM outbox \
                     WHERE company_id = $1::text::uuid";
        let mut database = self.database().await?;
        let row: (i64, i64, i64) = sqlx::query_as(query)
            .bind(company_id)
            .fetch_one(&mut database)
            .await?;
        let invoices = i64::try_from(invoices)?;
        ensure!(
            row == (invoices, invoices, invoices),
            "{company_id}'s outbox has (rows, numbers, last) {row:?} instead of {invoices} each"
        );
        Ok(())
    }

    /// Whoever listens has heard all of a company's events, in order, second copies left out.
    async fn events_are_in_order(&mut self, company_id: &str, invoices: u64) -> anyhow::Result<()> {
        let expected: Vec<u64> = (1..=invoices).collect();
        let audit = &mut self.audit;
        let heard = until("all events to be heard", SETTLED, async || {
            if audit.heard(company_id).sequence.len() < expected.len() {
                audit.catch_up().await?;
            }
            let heard = audit.heard(company_id).sequence;
            // What came too early will not be put right by what comes later.
            let is_in_order = expected.starts_with(&heard);
            ensure!(
                heard.len() >= expected.len() || !is_in_order,
                "{} of {invoices} heard",
                heard.len()
            );
            Ok(Some(heard))
        })
        .await?;
        let differing = heard
            .iter()
            .zip(&expected)
            .position(|(heard, expected)| heard != expected);
        if let Some(place) = differing {
            let around: Vec<&u64> = heard.iter().skip(place.saturating_sub(1)).take(3).collect();
            bail!("{company_id}'s events are out of order after {place} of them: {around:?}");
        }
        ensure!(
            heard == expected,
            "{company_id}: {} events heard, not {invoices}",
            heard.len()
        );
        Ok(())
    }

    /// Past the program: debits equal credits in every transaction and currency, and the balances of accounts are the
    /// sums of their entries.
    async fn entries_sum_to_zero(&self) -> anyhow::Result<()> {
        let mut database = self.database().await?;
        for (what, query) in [
            ("transactions that do not balance", UNBALANCED),
            ("accounts that differ", DIFFERING),
        ] {
            let (found,): (i64,) = sqlx::query_as(query).fetch_one(&mut database).await?;
            ensure!(found == 0, "{found} {what}");
        }
        Ok(())
    }

    async fn ledger_agrees(&self) -> anyhow::Result<()> {
        let out = run(&[
            "ledger",
            "verify",
            "--json",
            "--database-url",
            &self.database_url(),
        ])
        .await?;
        let verified = rules::json::parse(out.trim().as_bytes())?;
        ensure!(verified.get("verified") == Some(&Value::Bool(true)), "{verified}");
        Ok(())
    }
}

const UNBALANCED: &str = "
    SELECT count(*) FROM (
        SELECT FROM entries JOIN accounts ON accounts.number = entries.account_number
        GROUP BY entries.transaction_number, accounts.currency
        HAVING sum(CASE WHEN debit THEN amount ELSE -amount END) <> 0
    ) AS unbalanced";

const DIFFERING: &str = "
    SELECT count(*) FROM accounts LEFT JOIN (
        SELECT account_number, count(*) AS entries,
               coalesce(sum(amount) FILTER (WHERE debit), 0) AS debits,
               coalesce(sum(amount) FILTER (WHERE NOT debit), 0) AS credits
        FROM entries GROUP BY account_number
    ) AS sums ON sums.account_number = accounts.number
    WHERE (accounts.posted_debits, accounts.posted_credits, accounts.entries)
          <> (coalesce(sums.debits, 0), coalesce(sums.credits, 0), coalesce(sums.entries, 0))";

fn text(value: &Value, name: &str) -> anyhow::Result<String> {
    let member = value.get(name).and_then(Value::as_str);
    Ok(member
        .with_context(|| format!("{name} is missing in {value}"))?
        .to_owned())
}
