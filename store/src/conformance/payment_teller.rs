//! Payments with all that they move, as the payments API would make them.

use ledger::{
    AccountCode, AccountKey, Books, EntryDraft, Exchange, HoldDraft, Payment, PaymentChange, PaymentEvent,
    PaymentLegs, Posting, Rounding, TransactionDraft, TransferEnd, chart,
};
use uuid::Uuid;

use super::fixture::{at, brl, id, money};
use crate::{
    Decline, MoneyStore, MovementIntent, MovementWrite, NewTransaction, PaymentRecord, PaymentType, Step,
    StoredPaymentEvent, StoredTransaction,
};

/// Whoever makes payments of 1.00 BRL of one company: from `alice` to `bob`, or to `carla`, who is in yen.
pub(super) struct Teller {
    company_id: Uuid,
    books: Books,
    keys: Vec<AccountKey>,
    write: MovementWrite,
}

impl Teller {
    /// A new company with its accounts.
    pub(super) fn new() -> Self {
        let mut teller = Self {
            company_id: id(),
            books: Books::new(),
            keys: Vec::new(),
            write: MovementWrite::default(),
        };
        for key in [
            teller.key("alice", "BRL"),
            teller.key("bob", "BRL"),
            teller.key("carla", "JPY"),
            teller.key("exchange", "BRL"),
            teller.key("exchange", "JPY"),
        ] {
            teller.books.foresee(key.clone());
            let kind = chart::opening_kind(key.code.as_str());
            let opened = teller.books.open_account(id(), key.clone(), kind, true);
            opened.unwrap();
            teller.keys.push(key);
        }
        teller
    }

    fn key(&self, code: &str, currency: &str) -> AccountKey {
        let code: AccountCode = code.parse().unwrap();
        AccountKey::new(self.company_id, code, currency.parse().unwrap())
    }

    fn account_id(&self, code: &str, currency: &str) -> Uuid {
        self.books.account(&self.key(code, currency)).unwrap().id()
    }

    /// Stores everything.
    pub(super) async fn store(mut self, store: &dyn MoneyStore) {
        let mut intent = MovementIntent::default();
        intent.footprint.accounts.extend(self.keys);
        let batch = &mut self.write.batch;
        let opened = self.books.changed().map(|changed| changed.account.clone());
        batch.opened_accounts = opened.collect();
        let placed = self.books.changed_holds().map(|changed| changed.hold.clone());
        batch.placed_holds = placed.collect();
        let write = self.write;
        store.move_money(intent, Box::new(move |_| write)).await.unwrap();
    }

    /// A payment that was just taken. It is described by a name.
    pub(super) fn taken(&mut self, name: &str, exchange: Option<Exchange>) -> Counter<'_> {
        let destination = match exchange {
            None => self.account_id("bob", "BRL"),
            Some(_) => self.account_id("carla", "JPY"),
        };
        let (life, event) = Payment::pending(money(100)).unwrap();
        let payment = PaymentRecord {
            id: id(),
            company_id: self.company_id,
            payment_type: PaymentType::Internal,
            source_account_id: self.account_id("alice", "BRL"),
            destination_account_id: Some(destination),
            authorization: Step::Manual,
            capture: Step::Manual,
            provider: None,
            exchange,
            description: Some(name.to_owned()),
            metadata: "{}".to_owned(),
            life,
            hold_id: None,
            transaction_id: None,
            decline: None,
            created_at: at(1),
            updated_at: at(1),
        };
        let mut counter = Counter {
            teller: self,
            payment,
        };
        counter.note(event, None);
        counter
    }
}

/// Yen for reais.
pub(super) fn for_yen() -> Exchange {
    let (to, rate) = ("JPY".parse().unwrap(), "29.705".parse().unwrap());
    Exchange::new(to, rate, Rounding::Floor).unwrap()
}

/// A payment at the teller's.
pub(super) struct Counter<'t> {
    teller: &'t mut Teller,
    payment: PaymentRecord,
}

impl Counter<'_> {
    fn note(&mut self, event: PaymentEvent, transaction_id: Option<Uuid>) {
        self.teller.write.payment_events.push(StoredPaymentEvent {
            id: id(),
            payment_id: self.payment.id,
            company_id: self.payment.company_id,
            number: self.payment.life.figures().events,
            event,
            transaction_id,
            reason: None,
            request: None,
            created_at: at(1),
        });
    }

    fn apply(&mut self, change: PaymentChange) -> PaymentEvent {
        self.payment.life.apply(change).unwrap()
    }

    fn legs(&self) -> PaymentLegs<'_> {
        let (books, company_id) = (&self.teller.books, self.payment.company_id);
        let end = |id, keys: &[AccountKey]| {
            let accounts = keys.iter().filter_map(|key| books.account(key));
            let found = accounts.into_iter().find(|account| account.id() == id);
            TransferEnd { id, found }
        };
        PaymentLegs {
            company_id,
            source: end(self.payment.source_account_id, &self.teller.keys),
            destination: end(self.payment.destination_account_id.unwrap(), &self.teller.keys),
            exchange: self.payment.exchange,
        }
    }

    pub(super) fn take(mut self) -> Self {
        let event = self.apply(PaymentChange::CaptureAtOnce);
        let draft = self.legs().taking(money(100)).unwrap();
        let transaction_id = self.post(&draft);
        self.payment.transaction_id = Some(transaction_id);
        self.note(event, Some(transaction_id));
        self
    }

    pub(super) fn reserve(mut self) -> Self {
        let event = self.apply(PaymentChange::Authorize);
        let [account, to] = self.legs().hold(brl()).unwrap();
        let draft = HoldDraft {
            id: id(),
            account,
            to,
            amount: money(100),
            expires_at_ms: None,
        };
        self.teller.books.absent_hold(draft.id);
        let company_id = self.payment.company_id;
        self.teller.books.place_hold(company_id, &draft, &mut id).unwrap();
        self.payment.hold_id = Some(draft.id);
        self.note(event, None);
        self
    }

    pub(super) fn capture(mut self, minor: i64) -> Self {
        let amount = money(minor);
        let event = self.apply(PaymentChange::Capture(Some(amount)));
        let further = self.legs().handing_on(amount).unwrap();
        let (company_id, hold_id) = (self.payment.company_id, self.payment.hold_id.unwrap());
        let books = &mut self.teller.books;
        let posting = books.capture_and_post(company_id, hold_id, Some(amount), &further, &mut id);
        let posting = posting.unwrap();
        let drafted = posting.entries.iter();
        let drafted =
            drafted.map(|entry| EntryDraft::new(entry.key.code.clone(), entry.direction, entry.amount));
        let draft = TransactionDraft::new(drafted.collect()).unwrap();
        let transaction_id = self.write(&draft, posting);
        self.payment.transaction_id = Some(transaction_id);
        self.note(event, Some(transaction_id));
        self
    }

    pub(super) fn refund(mut self, minor: i64) -> Self {
        let before = self.payment.life.figures().refunded;
        let event = self.apply(PaymentChange::Refund(Some(money(minor))));
        let captured_by = self.payment.transaction_id.unwrap();
        let draft = self.legs().giving_back(money(minor), before, captured_by);
        let transaction_id = self.post(&draft.unwrap());
        self.note(event, Some(transaction_id));
        self
    }

    pub(super) fn cancel(mut self) -> Self {
        let event = self.apply(PaymentChange::Cancel);
        if let Some(hold_id) = self.payment.hold_id {
            let company_id = self.payment.company_id;
            self.teller.books.release_hold(company_id, hold_id).unwrap();
        }
        self.note(event, None);
        self
    }

    pub(super) fn decline(mut self) -> Self {
        let event = self.apply(PaymentChange::Decline);
        self.payment.decline = Some(Decline {
            code: "insufficient_funds".to_owned(),
            detail: "There is too little.".to_owned(),
        });
        self.note(event, None);
        self
    }

    /// Leaves it as it is.
    pub(super) fn done(self) {
        self.teller.write.made_payments.push(self.payment);
    }

    fn post(&mut self, draft: &TransactionDraft) -> Uuid {
        let company_id = self.payment.company_id;
        let posting = self.teller.books.post(company_id, draft, &mut id).unwrap();
        self.write(draft, posting)
    }

    fn write(&mut self, draft: &TransactionDraft, posting: Posting) -> Uuid {
        let transaction_id = id();
        let transaction = StoredTransaction {
            id: transaction_id,
            company_id: self.payment.company_id,
            reference: self.payment.reference(id()),
            run_id: None,
            node_id: None,
            description: None,
            metadata: "{}".to_owned(),
            reverses: draft.reverses(),
            entries: Vec::new(),
            created_at: at(1),
        };
        let transaction = transaction.with_entries(posting.entries, id);
        self.teller.write.batch.transactions.push(NewTransaction {
            transaction,
            content_hash: draft.content_hash(),
        });
        transaction_id
    }
}
