//! Payments against the ledger: each moved what its events say, by transactions of its own, and holds what it has reserved.
//!
//! Which entries that takes is said by [`PaymentLegs`], as it was when they were posted. What a payment's events are, and
//! that they make it what it is, was checked before.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Display;

use ledger::{
    Account, Direction, EntryDraft, Hold, HoldState, HoldStatus, Money, PaymentLegs, PaymentState,
    TransactionDraft, TransferEnd, TransferError,
};
use uuid::Uuid;

use crate::{PaymentPage, PaymentRecord, StoredEntry, StoredPaymentEvent, StoredTransaction};

/// What the ledger says of a page of payments, by id.
pub(super) struct Ledger<'p> {
    accounts: HashMap<Uuid, &'p Account>,
    holds: HashMap<Uuid, &'p Hold>,
    transactions: HashMap<Uuid, &'p StoredTransaction>,
}

impl<'p> Ledger<'p> {
    pub(super) fn of(page: &'p PaymentPage) -> Self {
        let (accounts, holds) = (page.accounts.iter(), page.holds.iter());
        let transactions = page.transactions.iter();
        Self {
            accounts: accounts.map(|account| (account.id(), account)).collect(),
            holds: holds.map(|hold| (hold.id(), hold)).collect(),
            transactions: transactions
                .map(|transaction| (transaction.id, transaction))
                .collect(),
        }
    }
}

/// Compares a payment with the ledger: what differs first, in a sentence.
pub(super) fn compare(
    payment: &PaymentRecord,
    events: &[StoredPaymentEvent],
    ledger: &Ledger<'_>,
) -> Result<(), String> {
    let mut followed = Followed::new(payment, ledger);
    for event in events {
        followed.event(event).map_err(|problem| {
            format!(
                "its event {} ({}) {problem}",
                event.number,
                event.event.state.name()
            )
        })?;
    }
    followed.check_capture()?;
    let was_reserved = events
        .iter()
        .any(|event| event.event.state == PaymentState::Authorized);
    followed.check_hold(was_reserved)
}

/// A payment whose events are being followed.
struct Followed<'p> {
    payment: &'p PaymentRecord,
    ledger: &'p Ledger<'p>,
    /// The transaction that captured it, once that is known.
    captured_by: Option<Uuid>,
    refunded: Money,
    /// The transactions that were named so far.
    named: BTreeSet<Uuid>,
}

impl<'p> Followed<'p> {
    fn new(payment: &'p PaymentRecord, ledger: &'p Ledger<'p>) -> Self {
        Self {
            payment,
            ledger,
            captured_by: None,
            refunded: Money::new(0, payment.life.amount().currency()),
            named: BTreeSet::new(),
        }
    }

    /// An event that captures or refunds has a transaction, which does just that; any other has none.
    fn event(&mut self, event: &StoredPaymentEvent) -> Result<(), String> {
        let (amount, transaction_id) = match (event.event.amount, event.transaction_id) {
            (None, None) => return Ok(()),
            (None, Some(id)) => return Err(format!("moves nothing, and names transaction {id}")),
            (Some(amount), None) => return Err(format!("moves {amount}, and names no transaction")),
            (Some(amount), Some(id)) => (amount, id),
        };
        let found = self.ledger.transactions.get(&transaction_id);
        let found = found.ok_or_else(|| format!("names transaction {transaction_id}, which is not there"))?;
        self.check_owner(found)?;
        let captures = event.event.state == PaymentState::Captured;
        let draft = match self.captured_by {
            Some(captured_by) if !captures => self.legs()?.giving_back(amount, self.refunded, captured_by),
            _ => self.legs()?.taking(amount),
        };
        let draft = draft.map_err(|error: TransferError| format!("cannot have moved {amount}: {error}"))?;
        check_moves(found, &draft)?;
        if captures {
            self.captured_by = Some(transaction_id);
        } else {
            let refunded = self.refunded.checked_add(amount);
            self.refunded = refunded.map_err(|error| error.to_string())?;
        }
        Ok(())
    }

    /// The transaction is this payment's, and no other event's.
    fn check_owner(&mut self, found: &StoredTransaction) -> Result<(), String> {
        let (id, payment) = (found.id, self.payment);
        if found.company_id != payment.company_id {
            let company_id = found.company_id;
            return Err(format!(
                "names transaction {id}, which is of company {company_id}"
            ));
        }
        if !payment.is_reference(&found.reference) {
            let reference = &found.reference;
            return Err(format!("names transaction {id}, which was posted as {reference}"));
        }
        if !self.named.insert(id) {
            return Err(format!("names transaction {id}, as an event before it does"));
        }
        Ok(())
    }

    /// The payment names the transaction that captured it.
    fn check_capture(&self) -> Result<(), String> {
        let (kept, captured_by) = (self.payment.transaction_id, self.captured_by);
        if kept == captured_by {
            return Ok(());
        }
        Err(format!(
            "it is kept as captured by {}, and its events say {}",
            transaction_or_none(kept),
            transaction_or_none(captured_by)
        ))
    }

    /// Who was authorized has a hold, which stands where the payment stands; who was not has none.
    fn check_hold(&self, was_reserved: bool) -> Result<(), String> {
        let id = match (was_reserved, self.payment.hold_id) {
            (false, None) => return Ok(()),
            (false, Some(id)) => return Err(format!("it never was authorized, and has hold {id}")),
            (true, None) => return Err("it was authorized, and has no hold".to_owned()),
            (true, Some(id)) => id,
        };
        let found = self.ledger.holds.get(&id);
        let found = found
            .ok_or_else(|| format!("its hold {id} is not there"))?
            .state();
        let expected = self.expected_hold(id)?;
        if *found == expected {
            return Ok(());
        }
        Err(format!(
            "its hold {id} has to be {}, and is {}",
            told_hold(&expected),
            told_hold(found)
        ))
    }

    fn expected_hold(&self, id: Uuid) -> Result<HoldState, String> {
        let figures = self.payment.life.figures();
        let between = self.legs()?.hold(figures.amount.currency());
        let [account, to] = between.map_err(|error| format!("it cannot have been authorized: {error}"))?;
        let (status, captured) = match figures.state {
            PaymentState::Cancelled => (HoldStatus::Released, None),
            PaymentState::Captured | PaymentState::PartiallyRefunded | PaymentState::Refunded => {
                (HoldStatus::Captured, Some(figures.captured))
            }
            _ => (HoldStatus::Pending, None),
        };
        Ok(HoldState {
            id,
            company_id: self.payment.company_id,
            account,
            to,
            amount: figures.amount,
            captured,
            status,
            expires_at_ms: None,
        })
    }

    fn legs(&self) -> Result<PaymentLegs<'p>, String> {
        let accounts = &self.ledger.accounts;
        let end = |id| TransferEnd {
            id,
            found: accounts.get(&id).copied(),
        };
        let destination = self.payment.destination_account_id;
        Ok(PaymentLegs {
            company_id: self.payment.company_id,
            source: end(self.payment.source_account_id),
            destination: end(destination.ok_or("has no destination")?),
            exchange: self.payment.exchange,
        })
    }
}

/// The transaction moves what it has to, no more and no less.
fn check_moves(found: &StoredTransaction, draft: &TransactionDraft) -> Result<(), String> {
    let id = found.id;
    if found.reverses != draft.reverses() {
        return Err(format!(
            "names transaction {id}, which takes back {}, and has to take back {}",
            transaction_or_none(found.reverses),
            transaction_or_none(draft.reverses())
        ));
    }
    let same = |(stored, drafted): (&StoredEntry, &EntryDraft)| {
        stored.account == drafted.account
            && stored.direction == drafted.direction
            && stored.amount == drafted.amount
    };
    let (stored, drafted) = (&found.entries, draft.entries());
    if stored.len() == drafted.len() && stored.iter().zip(drafted).all(same) {
        return Ok(());
    }
    let stored = stored.iter();
    let stored = told_entries(stored.map(|entry| (entry.direction, &entry.account, entry.amount)));
    let drafted = drafted.iter();
    let drafted = told_entries(drafted.map(|entry| (entry.direction, &entry.account, entry.amount)));
    Err(format!(
        "has to be {drafted}, and its transaction {id} is {stored}"
    ))
}

fn told_entries<A: Display>(entries: impl Iterator<Item = (Direction, A, Money)>) -> String {
    let told = entries.map(|(direction, account, amount)| format!("{} {account} {amount}", direction.name()));
    told.collect::<Vec<_>>().join(", ")
}

fn told_hold(hold: &HoldState) -> String {
    let HoldState {
        company_id,
        account,
        to,
        amount,
        captured,
        status,
        expires_at_ms,
        ..
    } = hold;
    let captured = captured.map_or(String::new(), |captured| format!(" with {captured}"));
    let expires = expires_at_ms.map_or(String::new(), |at| format!(", expiring at {at} ms"));
    let status = status.name();
    format!("{status}{captured}, of {amount} from {account} to {to} of company {company_id}{expires}")
}

fn transaction_or_none(id: Option<Uuid>) -> String {
    id.map_or_else(|| "no transaction".to_owned(), |id| format!("transaction {id}"))
}
