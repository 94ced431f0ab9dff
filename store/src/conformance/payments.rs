//! Payments as the orchestrator would commit them: a claim, a run, its ledger transactions and its event.

use std::collections::HashMap;
use std::sync::mpsc;

use jiff::Timestamp;
use ledger::{AccountKey, Books, EntryDraft, TransactionDraft};
use uuid::Uuid;

use super::fixture::{at, brl, claim, id, money};
use crate::{
    BatchEnd, BatchIntent, BatchWrite, Claim, ClaimOutcome, Counter, CounterKey, EventSource, Footprint,
    Loaded, NewTransaction, OutboxEvent, RunError, RunRecord, RunStatus, Store, StoreError,
    StoredTransaction, Verdict,
};

/// An amount from one account to another: a ledger transaction of two entries.
#[derive(Debug, Clone)]
pub struct Transfer {
    /// The account that is debited.
    pub from: AccountKey,
    /// The account that is credited.
    pub to: AccountKey,
    /// How much, in minor units.
    pub minor: i64,
}

/// A payment event, and what its run does.
#[derive(Debug, Clone)]
pub struct Payment {
    /// The claim; the run is the first of its pinned ones.
    pub claim: Claim,
    /// The rule's name.
    pub rule_name: String,
    /// What it posts.
    pub transfers: Vec<Transfer>,
    /// How many events it sends out.
    pub events: u32,
    /// The states and outputs of its nodes.
    pub nodes: String,
    /// How it ends.
    pub status: RunStatus,
    /// When it ends.
    pub finished_at: Option<Timestamp>,
}

impl Payment {
    /// A payment of a company that posts 1.00 from `receivables` to `revenue`, and sends one event.
    pub fn new(company_id: Uuid, event_id: &str) -> Self {
        let claim = claim(company_id, event_id, &format!("{{\"event_id\":\"{event_id}\"}}"));
        Self {
            claim,
            rule_name: "default".to_owned(),
            transfers: vec![Transfer::new(company_id, "receivables", "revenue", 100)],
            events: 1,
            nodes: r#"{"post":{"state":"success","output":{"amount":"1.00"}}}"#.to_owned(),
            status: RunStatus::Succeeded,
            finished_at: Some(at(5)),
        }
    }

    /// The id of its run.
    pub fn run_id(&self) -> Uuid {
        self.claim.runs[0].run_id
    }

    /// The run as it is stored.
    pub fn run(&self) -> RunRecord {
        let pinned = self.claim.runs[0];
        let error = (self.status != RunStatus::Succeeded).then(|| RunError {
            code: "insufficient_funds".to_owned(),
            message: "there is too little".to_owned(),
            node_id: Some("post".to_owned()),
        });
        RunRecord {
            id: pinned.run_id,
            claim_id: self.claim.id,
            company_id: self.claim.company_id,
            event_id: self.claim.event_id.clone(),
            rule_id: pinned.rule_id,
            rule_name: self.rule_name.clone(),
            rule_version: pinned.version,
            status: self.status,
            error,
            nodes: self.nodes.clone(),
            correlation_id: format!("correlation-{}", self.claim.event_id),
            traceparent: Some(format!("trace-{}", self.claim.event_id)),
            accepted_at: self.claim.accepted_at,
            started_at: at(1),
            finished_at: self.finished_at,
        }
    }

    fn outbox_key(&self) -> CounterKey {
        CounterKey {
            company_id: self.claim.company_id,
            counter: Counter::Outbox,
        }
    }
}

impl Transfer {
    /// A transfer between two accounts of a company.
    pub fn new(company_id: Uuid, from: &str, to: &str, minor: i64) -> Self {
        let key = |code: &str| AccountKey::new(company_id, code.parse().unwrap(), brl());
        Self {
            from: key(from),
            to: key(to),
            minor,
        }
    }

    fn draft(&self) -> TransactionDraft {
        let amount = money(self.minor);
        let entries = vec![
            EntryDraft::debit(self.from.code.clone(), amount),
            EntryDraft::credit(self.to.code.clone(), amount),
        ];
        TransactionDraft::new(entries)
            .unwrap()
            .with_description("a transfer")
    }
}

/// What a batch of payments may touch.
pub(super) fn footprint(payments: &[Payment]) -> Footprint {
    let mut footprint = Footprint::default();
    for payment in payments {
        for transfer in &payment.transfers {
            footprint
                .accounts
                .extend([transfer.from.clone(), transfer.to.clone()]);
        }
        if payment.events > 0 {
            footprint.counters.insert(payment.outbox_key());
        }
    }
    footprint
}

/// The batch of payments, with what they may touch.
pub fn intent(payments: &[Payment]) -> BatchIntent {
    let claims = payments.iter().map(|payment| payment.claim.clone()).collect();
    BatchIntent {
        leases: Vec::new(),
        claims,
        footprint: footprint(payments),
    }
}

/// Runs the payments whose events are new on what was loaded, and says what to write.
pub fn settle(payments: &[Payment], loaded: &Loaded) -> BatchWrite {
    let mut books = Books::new();
    loaded
        .accounts
        .iter()
        .cloned()
        .for_each(|account| books.load(account));
    footprint(payments)
        .accounts
        .into_iter()
        .for_each(|key| books.foresee(key));
    let mut counters: HashMap<CounterKey, u64> = loaded.counters.iter().copied().collect();
    let mut write = BatchWrite::default();
    for (payment, outcome) in payments.iter().zip(&loaded.claims) {
        if *outcome == ClaimOutcome::Fresh {
            run(payment, &mut books, &mut counters, &mut write);
        }
    }
    for changed in books.changed() {
        let accounts = if changed.is_new {
            &mut write.opened_accounts
        } else {
            &mut write.changed_accounts
        };
        accounts.push(changed.account.clone());
    }
    write.counters = counters.into_iter().filter(|(_, last)| *last > 0).collect();
    write
}

fn run(
    payment: &Payment,
    books: &mut Books,
    counters: &mut HashMap<CounterKey, u64>,
    write: &mut BatchWrite,
) {
    for (number, transfer) in payment.transfers.iter().enumerate() {
        let draft = transfer.draft();
        let posting = books.post(payment.claim.company_id, &draft, &mut id).unwrap();
        let transaction = stored(payment, number, posting);
        write.transactions.push(NewTransaction {
            transaction,
            content_hash: draft.content_hash(),
        });
    }
    for _ in 0..payment.events {
        let number = counters.entry(payment.outbox_key()).or_default();
        *number += 1;
        write.events.push(event(payment, *number));
    }
    write.runs.push(payment.run());
}

fn stored(payment: &Payment, number: usize, posting: ledger::Posting) -> StoredTransaction {
    let transaction = StoredTransaction {
        id: id(),
        company_id: payment.claim.company_id,
        reference: format!("{}:post:{number}", payment.run_id()),
        run_id: Some(payment.run_id()),
        node_id: Some("post".to_owned()),
        description: Some("a transfer".to_owned()),
        metadata: r#"{"order":"42"}"#.to_owned(),
        reverses: None,
        entries: Vec::new(),
        created_at: payment.claim.accepted_at,
    };
    transaction.with_entries(posting.entries, id)
}

fn event(payment: &Payment, number: u64) -> OutboxEvent {
    OutboxEvent {
        id: id(),
        company_id: payment.claim.company_id,
        number,
        partition: 7,
        event_type: "invoice.generated".to_owned(),
        data: format!(r#"{{"number":{number}}}"#),
        source: EventSource::Node {
            run_id: payment.run_id(),
            node_id: "post".to_owned(),
        },
        correlation_id: format!("correlation-{}", payment.claim.event_id),
        traceparent: Some("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".to_owned()),
        created_at: at(5),
    }
}

/// Commits payments in one batch. Those whose events were claimed before do nothing.
///
/// # Errors
/// What the store said.
pub async fn pay(store: &dyn Store, payments: Vec<Payment>) -> Result<BatchEnd, StoreError> {
    pay_with(store, payments, |_| ()).await
}

/// Like [`pay`], after a change to what would have been written.
pub(super) async fn pay_with(
    store: &dyn Store,
    payments: Vec<Payment>,
    change: impl FnOnce(&mut BatchWrite) + Send + 'static,
) -> Result<BatchEnd, StoreError> {
    let intent = intent(&payments);
    let decide = move |loaded: Loaded| {
        let mut write = settle(&payments, &loaded);
        change(&mut write);
        Verdict::Commit(Box::new(write))
    };
    store.run_batch(intent, Box::new(decide)).await
}

/// What the store has of a footprint. Nothing is written.
pub(super) async fn load(store: &dyn Store, footprint: Footprint) -> Loaded {
    load_for(store, Vec::new(), footprint).await
}

/// What a batch would be told. Nothing is written.
pub(super) async fn load_for(store: &dyn Store, claims: Vec<Claim>, footprint: Footprint) -> Loaded {
    let (tell, told) = mpsc::channel();
    let decide = move |loaded: Loaded| {
        tell.send(loaded).unwrap();
        Verdict::Widen
    };
    let intent = BatchIntent {
        leases: Vec::new(),
        claims,
        footprint,
    };
    assert_eq!(
        store.run_batch(intent, Box::new(decide)).await,
        Ok(BatchEnd::Widened)
    );
    told.recv().unwrap()
}
