//! Where effects become ledger transactions, holds and events: in memory, all or none of a node's.

use std::collections::{BTreeSet, HashMap};

use ledger::reference::reserved_beginning;
use ledger::{
    Account, AccountKey, Books, BooksError, Hold, HoldDraft, HoldStatus, Money, PostedEntry, Posting,
    TransactionDraft,
};
use rules::NodeError;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::effect::amount_members;
use crate::{Effect, EventDraft, Numbering, TaskError};

/// What effects need to know of the store before they can be applied.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Needs {
    /// Accounts, whether they exist yet or not.
    pub accounts: BTreeSet<AccountKey>,
    /// Holds, as (company, hold).
    pub holds: BTreeSet<(Uuid, Uuid)>,
    /// References of transactions, as (company, reference).
    pub references: BTreeSet<(Uuid, String)>,
    /// Companies whose invoices are numbered.
    pub invoice_numbers: BTreeSet<Uuid>,
}

impl Needs {
    /// Adds what another needs.
    pub fn merge(&mut self, other: Self) {
        self.accounts.extend(other.accounts);
        self.holds.extend(other.holds);
        self.references.extend(other.references);
        self.invoice_numbers.extend(other.invoice_numbers);
    }
}

/// A transaction that a company posted before under a reference of its own choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnownTransaction {
    /// Its id.
    pub id: Uuid,
    /// The hash of its content.
    pub content_hash: [u8; 32],
}

/// A ledger transaction that was posted to the books.
#[derive(Debug, Clone, PartialEq)]
pub struct PostedTransaction {
    /// Its id.
    pub id: Uuid,
    /// Its reference, unique in the company.
    pub reference: String,
    /// The node that posted it.
    pub node_id: String,
    /// What it says.
    pub draft: TransactionDraft,
    /// Its entries, with the balances that they left.
    pub entries: Vec<PostedEntry>,
    /// The hash of its content.
    pub content_hash: [u8; 32],
}

/// An event that a node sent out.
#[derive(Debug, Clone, PartialEq)]
pub struct SentEvent {
    /// The node that sent it.
    pub node_id: String,
    /// Its type.
    pub event_type: String,
    /// What it says.
    pub data: Map<String, Value>,
}

/// Why effects were not applied. Nothing of them happened.
#[derive(Debug, Clone, PartialEq)]
pub enum ApplyError {
    /// The node fails with this.
    Rejected(NodeError),
    /// The store was not asked for all that they need.
    Unforeseen(Box<Needs>),
}

/// Whose effects are applied.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Origin<'o> {
    pub(crate) company_id: Uuid,
    pub(crate) run_id: Uuid,
    pub(crate) node_id: &'o str,
    /// What tells a node's transaction from that of its compensation.
    pub(crate) suffix: &'static str,
    /// The moment that counts for expiries, in milliseconds since the Unix epoch.
    pub(crate) accepted_at_ms: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// Works with what was loaded, and with nothing else.
    Enforcing,
    /// Learns what is needed; nothing is refused for want of it.
    Dry,
    /// Everything begins empty.
    FromScratch,
}

/// The books of a batch and what else effects touch.
#[derive(Debug)]
pub struct Desk {
    mode: Mode,
    books: Books,
    transactions: HashMap<(Uuid, String), Option<KnownTransaction>>,
    /// The last invoice number of each company.
    invoice_numbers: HashMap<Uuid, u64>,
    holds_asked: BTreeSet<(Uuid, Uuid)>,
}

/// What a node's effects came to.
#[derive(Debug, Default)]
pub(crate) struct Applied {
    /// Nothing happened: the transaction had been posted before, under the same reference.
    pub(crate) is_repeat: bool,
    /// What joins the node's output.
    pub(crate) yields: Map<String, Value>,
    pub(crate) transactions: Vec<PostedTransaction>,
    pub(crate) events: Vec<SentEvent>,
}

impl Desk {
    fn of(mode: Mode, books: Books) -> Self {
        Self {
            mode,
            books,
            transactions: HashMap::new(),
            invoice_numbers: HashMap::new(),
            holds_asked: BTreeSet::new(),
        }
    }

    /// A desk for a real batch: load what the store found, and say what it did not find.
    pub fn enforcing() -> Self {
        Self::of(Mode::Enforcing, Books::new())
    }

    /// A desk that learns what a run may touch.
    pub fn dry() -> Self {
        Self::of(Mode::Dry, Books::dry())
    }

    /// A desk on which every account is empty, for simulations.
    pub fn from_scratch() -> Self {
        Self::of(Mode::FromScratch, Books::from_scratch())
    }

    /// Says that all of this was asked of the store: what is not loaded besides does not exist.
    pub fn foresee(&mut self, needs: &Needs) {
        needs
            .accounts
            .iter()
            .for_each(|key| self.books.foresee(key.clone()));
        needs
            .holds
            .iter()
            .for_each(|(_, hold_id)| self.books.absent_hold(*hold_id));
        for key in &needs.references {
            self.transactions.entry(key.clone()).or_insert(None);
        }
        for company_id in &needs.invoice_numbers {
            self.invoice_numbers.entry(*company_id).or_insert(0);
        }
    }

    /// Loads an account.
    pub fn load_account(&mut self, account: Account) {
        self.books.load(account);
    }

    /// Loads a hold.
    pub fn load_hold(&mut self, hold: Hold) {
        self.books.load_hold(hold);
    }

    /// Loads a transaction that has a reference of its company's choice.
    pub fn load_transaction(&mut self, company_id: Uuid, reference: String, known: KnownTransaction) {
        self.transactions.insert((company_id, reference), Some(known));
    }

    /// Loads a company's last invoice number.
    pub fn load_invoice_number(&mut self, company_id: Uuid, last: u64) {
        self.invoice_numbers.insert(company_id, last);
    }

    /// What was touched so far: for a dry desk, what the store must be asked for.
    pub fn touched(&self) -> Needs {
        Needs {
            accounts: self.books.touched().cloned().collect(),
            holds: self.holds_asked.clone(),
            references: self.transactions.keys().cloned().collect(),
            invoice_numbers: self.invoice_numbers.keys().copied().collect(),
        }
    }

    /// The books, to read what changed.
    pub fn books(&self) -> &Books {
        &self.books
    }

    /// The last invoice number of each company that was loaded or foreseen.
    pub fn invoice_numbers(&self) -> impl Iterator<Item = (Uuid, u64)> {
        self.invoice_numbers
            .iter()
            .map(|(company_id, last)| (*company_id, *last))
    }

    /// Applies a node's effects, all or none.
    pub(crate) fn apply(
        &mut self,
        effects: Vec<Effect>,
        origin: Origin<'_>,
        new_id: &mut dyn FnMut() -> Uuid,
    ) -> Result<Applied, ApplyError> {
        let checkpoint = self.books.checkpoint();
        let last_invoice = self.invoice_numbers.get(&origin.company_id).copied();
        let mut applied = Applied::default();
        let mut outcome = Ok(());
        for effect in effects {
            outcome = self.apply_one(effect, origin, new_id, &mut applied);
            if outcome.is_err() {
                break;
            }
        }
        match outcome {
            Ok(()) => {
                self.books.keep(checkpoint);
                Ok(applied)
            }
            Err(error) => {
                self.books.rollback_to(checkpoint);
                self.forget(&applied, last_invoice, origin.company_id);
                Err(error)
            }
        }
    }

    /// Takes back what effects left outside of the books. What was asked for stays known to have been.
    fn forget(&mut self, applied: &Applied, last_invoice: Option<u64>, company_id: Uuid) {
        let chosen = applied
            .transactions
            .iter()
            .filter_map(|transaction| transaction.draft.reference());
        for reference in chosen {
            self.transactions.insert((company_id, reference.to_owned()), None);
        }
        if let Some(last) = self.invoice_numbers.get_mut(&company_id) {
            *last = last_invoice.unwrap_or(0);
        }
    }

    fn apply_one(
        &mut self,
        effect: Effect,
        origin: Origin<'_>,
        new_id: &mut dyn FnMut() -> Uuid,
        applied: &mut Applied,
    ) -> Result<(), ApplyError> {
        match effect {
            Effect::Post(draft) => self.post(draft, origin, new_id, applied),
            Effect::Event(event) => self.send(event, origin, applied),
            Effect::PlaceHold(draft) => self.place_hold(&draft, origin, new_id),
            Effect::CaptureHold {
                hold_id,
                amount,
                metadata,
            } => self.capture(hold_id, amount.as_ref(), metadata, origin, new_id, applied),
            Effect::ReleaseHold { hold_id } => {
                self.holds_asked.insert((origin.company_id, hold_id));
                let released = self.books.release_hold(origin.company_id, hold_id);
                released.map_err(|error| refusal(error, origin))
            }
        }
    }

    fn post(
        &mut self,
        draft: TransactionDraft,
        origin: Origin<'_>,
        new_id: &mut dyn FnMut() -> Uuid,
        applied: &mut Applied,
    ) -> Result<(), ApplyError> {
        let content_hash = draft.content_hash();
        let chosen = draft.reference().map(str::to_owned);
        if let Some(reference) = &chosen {
            refuse_taken_beginning(reference, origin)?;
        }
        if let Some(reference) = &chosen
            && let Some(known) = self.known_transaction(origin.company_id, reference)?
        {
            return repeat(known, content_hash, reference, applied);
        }
        let posting = self
            .books
            .post(origin.company_id, &draft, new_id)
            .map_err(|error| refusal(error, origin))?;
        let id = new_id();
        if let Some(reference) = &chosen {
            let known = KnownTransaction { id, content_hash };
            self.transactions
                .insert((origin.company_id, reference.clone()), Some(known));
        }
        applied
            .yields
            .insert("transaction_id".to_owned(), id.to_string().into());
        applied.transactions.push(PostedTransaction {
            id,
            reference: chosen.unwrap_or_else(|| default_reference(origin)),
            node_id: origin.node_id.to_owned(),
            draft,
            entries: posting.entries,
            content_hash,
        });
        Ok(())
    }

    fn known_transaction(
        &mut self,
        company_id: Uuid,
        reference: &str,
    ) -> Result<Option<KnownTransaction>, ApplyError> {
        let key = (company_id, reference.to_owned());
        match (self.transactions.get(&key), self.mode) {
            (Some(known), _) => Ok(*known),
            (None, Mode::Enforcing) => {
                let needs = Needs {
                    references: BTreeSet::from([key]),
                    ..Needs::default()
                };
                Err(ApplyError::Unforeseen(Box::new(needs)))
            }
            (None, Mode::Dry | Mode::FromScratch) => {
                self.transactions.insert(key, None);
                Ok(None)
            }
        }
    }

    fn send(
        &mut self,
        event: EventDraft,
        origin: Origin<'_>,
        applied: &mut Applied,
    ) -> Result<(), ApplyError> {
        let mut data = event.data;
        if event.numbering == Numbering::Invoice {
            let number = self.next_invoice_number(origin.company_id)?;
            data.insert("invoice_number".to_owned(), number.into());
            applied.yields.insert("invoice_number".to_owned(), number.into());
        }
        applied.events.push(SentEvent {
            node_id: origin.node_id.to_owned(),
            event_type: event.event_type,
            data,
        });
        Ok(())
    }

    fn next_invoice_number(&mut self, company_id: Uuid) -> Result<u64, ApplyError> {
        if self.mode == Mode::Enforcing && !self.invoice_numbers.contains_key(&company_id) {
            let needs = Needs {
                invoice_numbers: BTreeSet::from([company_id]),
                ..Needs::default()
            };
            return Err(ApplyError::Unforeseen(Box::new(needs)));
        }
        let last = self.invoice_numbers.entry(company_id).or_insert(0);
        *last = last.saturating_add(1);
        Ok(*last)
    }

    fn place_hold(
        &mut self,
        draft: &HoldDraft,
        origin: Origin<'_>,
        new_id: &mut dyn FnMut() -> Uuid,
    ) -> Result<(), ApplyError> {
        let placed = self.books.place_hold(origin.company_id, draft, new_id);
        placed.map_err(|error| refusal(error, origin))
    }

    fn capture(
        &mut self,
        hold_id: Uuid,
        amount: Option<&Value>,
        metadata: Map<String, Value>,
        origin: Origin<'_>,
        new_id: &mut dyn FnMut() -> Uuid,
        applied: &mut Applied,
    ) -> Result<(), ApplyError> {
        self.holds_asked.insert((origin.company_id, hold_id));
        self.refuse_expired(hold_id, origin)?;
        let amount = self.amount_of_hold(origin.company_id, hold_id, amount)?;
        let posting = self
            .books
            .capture_hold(origin.company_id, hold_id, amount)
            .map_err(|error| refusal(error, origin))?;
        let Some(captured) = posting.entries.first().map(|entry| entry.amount) else {
            // A dry desk does not know what an earlier run has held.
            return Ok(());
        };
        let draft = draft_of(&posting).map_err(|error| ApplyError::Rejected(error.into()))?;
        let draft = draft.with_description("Capture").with_metadata(metadata);
        let (id, content_hash) = (new_id(), draft.content_hash());
        applied
            .yields
            .insert("transaction_id".to_owned(), id.to_string().into());
        applied.yields.extend(amount_members(captured));
        applied.transactions.push(PostedTransaction {
            id,
            reference: default_reference(origin),
            node_id: origin.node_id.to_owned(),
            draft,
            entries: posting.entries,
            content_hash,
        });
        Ok(())
    }

    /// What has expired is not captured, whether or not it was freed yet. The event's acceptance is the moment that counts.
    fn refuse_expired(&self, hold_id: Uuid, origin: Origin<'_>) -> Result<(), ApplyError> {
        let hold = self
            .books
            .hold(hold_id)
            .filter(|hold| hold.company_id() == origin.company_id);
        let expired = hold
            .filter(|hold| hold.status() == HoldStatus::Pending)
            .and_then(Hold::expires_at_ms)
            .is_some_and(|expires_at_ms| expires_at_ms <= origin.accepted_at_ms);
        if !expired {
            return Ok(());
        }
        let message = format!("hold {hold_id} had expired when the event was accepted");
        Err(ApplyError::Rejected(
            TaskError::new("hold_expired", message).into(),
        ))
    }

    /// How much is to be captured; none: all of it, or the books will say what is wrong with the hold.
    fn amount_of_hold(
        &self,
        company_id: Uuid,
        hold_id: Uuid,
        amount: Option<&Value>,
    ) -> Result<Option<Money>, ApplyError> {
        // The books of a batch have the holds of many companies: nobody learns anything of another's.
        let hold = self.books.hold(hold_id);
        let hold = hold.filter(|hold| hold.company_id() == company_id);
        let (Some(amount), Some(hold)) = (amount, hold) else {
            return Ok(None);
        };
        let amount = Money::positive_from_json(amount, hold.amount().currency());
        amount
            .map(Some)
            .map_err(|error| ApplyError::Rejected(TaskError::from(error).into()))
    }
}

/// The transaction that a capture posted, as a caller would have stated it.
fn draft_of(posting: &Posting) -> Result<TransactionDraft, TaskError> {
    let entries = posting.entries.iter();
    let entries =
        entries.map(|entry| ledger::EntryDraft::new(entry.key.code.clone(), entry.direction, entry.amount));
    Ok(TransactionDraft::new(entries.collect())?)
}

/// References that begin with the run's id are given by the desk itself, one a node; others are the payments API's.
fn refuse_taken_beginning(reference: &str, origin: Origin<'_>) -> Result<(), ApplyError> {
    let own = format!("{}:", origin.run_id);
    let error = if reference.starts_with(&own) {
        let message = format!(
            "the reference {reference:?} begins as those that every node has by itself: choose another"
        );
        TaskError::new("reference_conflict", message)
    } else if let Some(beginning) = reserved_beginning(reference) {
        let message = format!(
            "the reference {reference:?} begins with {beginning:?}, as those of the payments API do: choose another"
        );
        TaskError::new("reference_reserved", message)
    } else {
        return Ok(());
    };
    Err(ApplyError::Rejected(error.into()))
}

/// The same reference with the same content is the same transaction, with other content a conflict.
fn repeat(
    known: KnownTransaction,
    content_hash: [u8; 32],
    reference: &str,
    applied: &mut Applied,
) -> Result<(), ApplyError> {
    if known.content_hash == content_hash {
        applied.is_repeat = true;
        applied
            .yields
            .insert("transaction_id".to_owned(), known.id.to_string().into());
        return Ok(());
    }
    let message = format!(
        "the reference {reference:?} belongs to transaction {} of other content",
        known.id
    );
    Err(ApplyError::Rejected(
        TaskError::new("reference_conflict", message).into(),
    ))
}

fn default_reference(origin: Origin<'_>) -> String {
    format!("{}:{}{}", origin.run_id, origin.node_id, origin.suffix)
}

fn refusal(error: BooksError, origin: Origin<'_>) -> ApplyError {
    let needs = match error {
        BooksError::Rejected(rejection) => return ApplyError::Rejected(TaskError::from(rejection).into()),
        BooksError::Unforeseen(accounts) => Needs {
            accounts: accounts.into_iter().collect(),
            ..Needs::default()
        },
        BooksError::UnforeseenHold(hold_id) => Needs {
            holds: BTreeSet::from([(origin.company_id, hold_id)]),
            ..Needs::default()
        },
        other => return ApplyError::Rejected(TaskError::new("corrupt_ledger", other.to_string()).into()),
    };
    ApplyError::Unforeseen(Box::new(needs))
}

#[cfg(test)]
mod tests;
