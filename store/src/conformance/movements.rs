//! Money moved from outside of a run.

use jiff::Timestamp;
use ledger::{
    Account, AccountKind, AccountStatus, Books, EntryDraft, HoldDraft, HoldStatus, Posting, TransactionDraft,
};
use uuid::Uuid;

use super::MoneyStoreFactory;
use super::fixture::{all_pages, at, first, id, key, money};
use super::payments::{Payment, Transfer, pay};
use crate::{
    AccountDetails, AccountFilter, AnswerKey, BatchWrite, DueHold, EntryFilter, HoldFilter, KeptRequest,
    LoadedMovements, MoneyStore, MovementIntent, MovementWrite, NewTransaction, PageRequest, Span,
    StoreError, StoredAnswer, StoredTransaction, TransferBatch, verify_ledger,
};

/// 1.00, say, from one account to another, under a reference.
#[derive(Debug, Clone)]
pub(super) struct Movement {
    pub(super) company_id: Uuid,
    pub(super) from: &'static str,
    pub(super) to: &'static str,
    pub(super) minor: i64,
    pub(super) reference: String,
    pub(super) reverses: Option<Uuid>,
}

impl Movement {
    pub(super) fn new(company_id: Uuid, reference: &str) -> Self {
        Self {
            company_id,
            from: "bank",
            to: "alice",
            minor: 100,
            reference: reference.to_owned(),
            reverses: None,
        }
    }

    fn answer(&self) -> StoredAnswer {
        StoredAnswer {
            key: AnswerKey {
                company_id: self.company_id,
                route: "POST /transfers".to_owned(),
                key: self.reference.clone(),
            },
            fingerprint: [7; 32],
            content: format!("posted {}", self.reference),
            created_at: at(0),
        }
    }

    pub(super) fn intent(&self) -> MovementIntent {
        let mut intent = MovementIntent::default();
        intent.answers.insert(self.answer().key);
        let keys = [self.from, self.to].map(|code| key(self.company_id, code));
        intent.footprint.accounts.extend(keys);
        intent.transactions.extend(self.reverses);
        intent
    }

    /// What it comes to on what was loaded; nothing, if it was answered before.
    pub(super) fn decide(&self, loaded: LoadedMovements) -> MovementWrite {
        if !loaded.answers.is_empty() {
            return MovementWrite::default();
        }
        let mut books = Books::new();
        let keys = self.intent().footprint.accounts;
        loaded
            .accounts
            .into_iter()
            .for_each(|account| books.load(account));
        for key in keys {
            books.foresee(key);
        }
        let posting = books.post(self.company_id, &self.draft(), &mut id).unwrap();
        let mut write = MovementWrite {
            answers: vec![self.answer()],
            ..MovementWrite::default()
        };
        write.batch.transactions.push(NewTransaction {
            transaction: self.stored(posting),
            content_hash: self.draft().content_hash(),
        });
        collect(&books, &mut write.batch);
        write
    }

    fn draft(&self) -> TransactionDraft {
        let entries = vec![
            EntryDraft::debit(self.from.parse().unwrap(), money(self.minor)),
            EntryDraft::credit(self.to.parse().unwrap(), money(self.minor)),
        ];
        TransactionDraft::new(entries).unwrap()
    }

    fn stored(&self, posting: Posting) -> StoredTransaction {
        let created_at = at(i64::try_from(posting.entries[0].number).unwrap());
        let transaction = StoredTransaction {
            id: id(),
            company_id: self.company_id,
            reference: self.reference.clone(),
            run_id: None,
            node_id: None,
            description: None,
            metadata: "{}".to_owned(),
            reverses: self.reverses,
            entries: Vec::new(),
            created_at,
        };
        transaction.with_entries(posting.entries, id)
    }

    pub(super) async fn carry_out(self, store: &dyn MoneyStore) -> Result<(), StoreError> {
        let intent = self.intent();
        store
            .move_money(intent, Box::new(move |loaded| self.decide(loaded)))
            .await
    }
}

pub(super) fn collect(books: &Books, write: &mut BatchWrite) {
    for changed in books.changed() {
        let accounts = if changed.is_new {
            &mut write.opened_accounts
        } else {
            &mut write.changed_accounts
        };
        accounts.push(changed.account.clone());
    }
}

/// What the store has of an intent. Nothing is written.
async fn look(store: &dyn MoneyStore, intent: MovementIntent) -> LoadedMovements {
    let (tell, told) = std::sync::mpsc::channel();
    let decide = move |loaded| {
        tell.send(loaded).unwrap();
        MovementWrite::default()
    };
    store.move_money(intent, Box::new(decide)).await.unwrap();
    told.recv().unwrap()
}

pub(super) async fn account(store: &dyn MoneyStore, company_id: Uuid, code: &str) -> Account {
    let filter = AccountFilter {
        company_id: Some(company_id),
        code: Some(code.parse().unwrap()),
        ..AccountFilter::default()
    };
    let found = store.list_detailed_accounts(filter, first(9)).await.unwrap();
    found.items[0].account.clone()
}

async fn transaction_of(store: &dyn MoneyStore, movement: &Movement) -> Uuid {
    let mut intent = MovementIntent::default();
    let reference = (movement.company_id, movement.reference.clone());
    intent.footprint.references.insert(reference);
    look(store, intent).await.references[0].transaction_id
}

/// A movement, its accounts and its answer are there together, and the ledger is whole.
pub async fn a_transfer_is_stored_with_its_answer(factory: &impl MoneyStoreFactory) {
    let store = factory.open_for_money().await;
    let movement = Movement::new(id(), "t1");
    movement.clone().carry_out(&*store).await.unwrap();
    let alice = account(&*store, movement.company_id, "alice").await;
    assert_eq!(alice.balance(), money(100));
    let mut intent = movement.intent();
    intent.footprint.accounts.clear();
    intent.accounts.extend([alice.id(), id()]);
    let loaded = look(&*store, intent).await;
    assert_eq!(loaded.answers, [movement.answer()]);
    assert_eq!(loaded.accounts, [alice], "an account is found by its id");
    let transaction_id = transaction_of(&*store, &movement).await;
    let stored = store.find_transaction(transaction_id).await.unwrap().unwrap();
    assert_eq!((stored.run_id, stored.entries.len()), (None, 2));
    assert_eq!(verify_ledger(&*store).await.unwrap().difference, None);
}

/// An entry out of its order is refused with all that was to be written, the answers too.
pub async fn a_group_that_is_refused_leaves_nothing(factory: &impl MoneyStoreFactory) {
    let store = factory.open_for_money().await;
    let movement = Movement::new(id(), "t1");
    let broken = movement.clone();
    let decide = move |loaded| {
        let mut write = broken.decide(loaded);
        write.batch.transactions[0].transaction.entries[0].number = 9;
        write
    };
    let refused = store.move_money(movement.intent(), Box::new(decide)).await;
    assert!(matches!(refused, Err(StoreError::Refused { .. })), "{refused:?}");
    let loaded = look(&*store, movement.intent()).await;
    assert!(loaded.answers.is_empty() && loaded.accounts.is_empty());
}

/// What rules post and what callers move is one ledger, on the same accounts.
pub async fn a_batch_and_a_movement_write_one_ledger(factory: &impl MoneyStoreFactory) {
    let store = factory.open_for_money().await;
    let company_id = id();
    let mut payment = Payment::new(company_id, "e1");
    payment.transfers = vec![Transfer::new(company_id, "bank", "alice", 50)];
    pay(&*store, vec![payment]).await.unwrap();
    Movement::new(company_id, "t1").carry_out(&*store).await.unwrap();
    let alice = account(&*store, company_id, "alice").await;
    assert_eq!((alice.balance(), alice.entries()), (money(150), 2));
    assert_eq!(verify_ledger(&*store).await.unwrap().difference, None);
}

/// A transaction is found with its accounts and the sum of what was taken back of it.
pub async fn tells_how_much_was_taken_back(factory: &impl MoneyStoreFactory) {
    let store = factory.open_for_money().await;
    let movement = Movement::new(id(), "t1");
    movement.clone().carry_out(&*store).await.unwrap();
    let original = transaction_of(&*store, &movement).await;
    let intent = || MovementIntent {
        transactions: [original, id()].into_iter().collect(),
        ..MovementIntent::default()
    };
    let loaded = look(&*store, intent()).await;
    assert_eq!((loaded.transactions.len(), loaded.accounts.len()), (1, 2));
    assert_eq!(loaded.transactions[0].reversed, []);
    for (reference, minor) in [("r1", 30), ("r2", 20)] {
        let back = Movement {
            from: "alice",
            to: "bank",
            minor,
            reference: reference.to_owned(),
            reverses: Some(original),
            ..movement.clone()
        };
        back.carry_out(&*store).await.unwrap();
    }
    let found = look(&*store, intent()).await.transactions;
    assert_eq!(found[0].reversed, [money(50)]);
    assert_eq!(found[0].transaction.id, original);
}

/// A batch of transfers is found by its key, and by nobody else's; under a key that has one no other is kept.
pub async fn knows_the_batches_that_were_carried_out(factory: &impl MoneyStoreFactory) {
    let store = factory.open_for_money().await;
    let key = |company_id, key: &str| AnswerKey {
        company_id,
        route: "POST /transfers/batch".to_owned(),
        key: key.to_owned(),
    };
    let company_id = id();
    let batch = |fingerprint| TransferBatch {
        id: id(),
        request: KeptRequest {
            key: key(company_id, "k"),
            fingerprint,
        },
    };
    let keep = |batch: &TransferBatch| {
        let write = MovementWrite {
            batches: vec![batch.clone()],
            ..MovementWrite::default()
        };
        store.move_money(MovementIntent::default(), Box::new(move |_| write))
    };
    let kept = batch([7; 32]);
    keep(&kept).await.unwrap();
    keep(&batch([8; 32])).await.unwrap_err();
    let ask = |key| MovementIntent {
        batches: [key].into_iter().collect(),
        ..MovementIntent::default()
    };
    assert_eq!(look(&*store, ask(key(company_id, "k"))).await.batches, [kept]);
    for nobodys in [key(company_id, "j"), key(id(), "k")] {
        assert_eq!(look(&*store, ask(nobodys)).await.batches, []);
    }
}

/// What is said of an account replaces what was said before; of other accounts nothing is known.
pub async fn keeps_what_is_known_of_an_account(factory: &impl MoneyStoreFactory) {
    let store = factory.open_for_money().await;
    let movement = Movement::new(id(), "t1");
    movement.clone().carry_out(&*store).await.unwrap();
    let alice = account(&*store, movement.company_id, "alice").await;
    let unsaid = AccountDetails::unsaid(alice.id());
    let read = || async { store.find_account(alice.id()).await.unwrap().unwrap().details };
    assert_eq!(read().await, unsaid);
    for version in [1, 2] {
        let said = AccountDetails {
            owner: Some("Alice".to_owned()),
            metadata: format!(r#"{{"tier":{version}.00}}"#),
            version,
            ..unsaid.clone()
        };
        let write = MovementWrite {
            details: vec![said.clone()],
            ..MovementWrite::default()
        };
        let intent = MovementIntent {
            details: [alice.id()].into_iter().collect(),
            ..MovementIntent::default()
        };
        let keep = store.move_money(intent.clone(), Box::new(move |_| write));
        keep.await.unwrap();
        assert_eq!(read().await, said);
        let loaded = look(&*store, intent).await;
        assert_eq!((loaded.details, loaded.accounts.len()), (vec![said], 1));
    }
    assert_eq!(store.find_account(id()).await.unwrap(), None);
}

/// An account may be opened, frozen and closed without an entry.
pub async fn a_change_of_status_is_stored(factory: &impl MoneyStoreFactory) {
    let store = factory.open_for_money().await;
    let key = key(id(), "alice");
    let intent = || {
        let mut intent = MovementIntent::default();
        intent.footprint.accounts.insert(key.clone());
        intent
    };
    let change = |change: fn(&mut Books, &ledger::AccountKey)| {
        let key = key.clone();
        let decide = move |loaded: LoadedMovements| {
            let mut books = Books::new();
            loaded
                .accounts
                .into_iter()
                .for_each(|account| books.load(account));
            books.foresee(key.clone());
            change(&mut books, &key);
            let mut write = MovementWrite::default();
            collect(&books, &mut write.batch);
            write
        };
        store.move_money(intent(), Box::new(decide))
    };
    let status = || async { look(&*store, intent()).await.accounts[0].status() };
    change(|books, key| {
        books
            .open_account(id(), key.clone(), AccountKind::Liability, false)
            .unwrap();
    })
    .await
    .unwrap();
    assert_eq!(status().await, AccountStatus::Open);
    change(|books, key| books.freeze(key).unwrap()).await.unwrap();
    assert_eq!(status().await, AccountStatus::Frozen);
    change(|books, key| books.close(key).unwrap()).await.unwrap();
    assert_eq!(status().await, AccountStatus::Closed);
}

/// Entries of one account, and of no other of its code, by time and page by page.
pub async fn lists_the_entries_of_one_account(factory: &impl MoneyStoreFactory) {
    let store = factory.open_for_money().await;
    let company_id = id();
    for number in 0..5 {
        let movement = Movement::new(company_id, &format!("t{number}"));
        movement.carry_out(&*store).await.unwrap();
    }
    let of_alice = EntryFilter {
        company_id: Some(company_id),
        account_id: Some(account(&*store, company_id, "alice").await.id()),
        ..EntryFilter::default()
    };
    let entries = all_pages!(2, page => store.list_entries(of_alice.clone(), page));
    let numbers: Vec<u64> = entries.iter().map(|entry| entry.number).collect();
    assert_eq!(numbers, [5, 4, 3, 2, 1]);
    assert_eq!(entries[0].balance_after, money(500));
    let dated = EntryFilter {
        dated: Span {
            from: Some(at(2)),
            to: Some(at(4)),
        },
        ..of_alice.clone()
    };
    let entries = store.list_entries(dated, first(9)).await.unwrap();
    let numbers: Vec<u64> = entries.items.iter().map(|entry| entry.number).collect();
    assert_eq!(numbers, [3, 2]);
    let nobodys = EntryFilter {
        account_id: Some(id()),
        ..of_alice
    };
    let nobodys = store.list_entries(nobodys, first(9)).await.unwrap();
    assert_eq!(nobodys.items, []);
}

/// Holds placed and settled by movements are found by their ids, and by their time while they are pending.
pub async fn finds_holds_and_those_that_are_due(factory: &impl MoneyStoreFactory) {
    let store = factory.open_for_money().await;
    let movement = Movement::new(id(), "t1");
    movement.clone().carry_out(&*store).await.unwrap();
    let company_id = movement.company_id;
    let [alice, bank] = [
        account(&*store, company_id, "alice").await.id(),
        account(&*store, company_id, "bank").await.id(),
    ];
    let [late, early, lasting] = [id(), id(), id()];
    for (hold_id, expires_at) in [(late, Some(at(9))), (early, Some(at(5))), (lasting, None)] {
        place_hold(&*store, company_id, hold_id, expires_at).await;
    }
    let found = store.find_hold(late).await.unwrap().unwrap();
    assert_eq!((found.account_id, found.to_account_id), (alice, bank));
    assert_eq!(
        (found.hold.id(), found.hold.status()),
        (late, HoldStatus::Pending)
    );
    assert_eq!(store.find_hold(id()).await.unwrap(), None);

    let due_hold = |hold_id, moment| DueHold {
        company_id,
        hold_id,
        expires_at: at(moment),
    };
    let [early_due, late_due] = [due_hold(early, 5), due_hold(late, 9)];
    let due = |moment, limit| store.due_holds(at(moment), None, limit);
    assert_eq!(due(4, 9).await.unwrap(), []);
    assert_eq!(due(5, 9).await.unwrap(), [early_due]);
    assert_eq!(due(9, 9).await.unwrap(), [early_due, late_due]);
    assert_eq!(due(9, 1).await.unwrap(), [early_due]);
    let due_after = |after| store.due_holds(at(9), Some(after), 9);
    assert_eq!(due_after(early_due).await.unwrap(), [late_due]);
    assert_eq!(due_after(late_due).await.unwrap(), []);
    let at_once = due_hold(Uuid::nil(), 9);
    assert_eq!(
        due_after(at_once).await.unwrap(),
        [late_due],
        "by their ids, if due at once"
    );
    on_books(&*store, company_id, early, move |books| {
        books.expire_hold(company_id, early).unwrap();
    })
    .await;
    assert_eq!(due(9, 9).await.unwrap(), [late_due]);
    let found = store.find_hold(early).await.unwrap().unwrap();
    assert_eq!(found.hold.status(), HoldStatus::Expired);
    assert_eq!(verify_ledger(&*store).await.unwrap().difference, None);
}

/// Holds are listed by whose they are, on which account or for which, and where they stand: newest first.
pub async fn lists_holds(factory: &impl MoneyStoreFactory) {
    let store = factory.open_for_money().await;
    let [ours, other] = [id(), id()];
    let [oldest, middle, newest, foreign] = [id(), id(), id(), id()];
    for company_id in [ours, other] {
        Movement::new(company_id, "t1").carry_out(&*store).await.unwrap();
    }
    for (company_id, hold_id) in [(ours, oldest), (ours, middle), (other, foreign), (ours, newest)] {
        place_hold(&*store, company_id, hold_id, None).await;
    }
    on_books(&*store, ours, middle, move |books| {
        books.release_hold(ours, middle).unwrap();
    })
    .await;

    let of = HoldFilter {
        company_id: Some(ours),
        ..HoldFilter::default()
    };
    let pending = HoldFilter {
        status: Some(HoldStatus::Pending),
        ..of.clone()
    };
    let on = |code| HoldFilter {
        account: Some(key(ours, code)),
        ..HoldFilter::default()
    };
    let mut all = [oldest, middle, newest, foreign];
    all.sort_unstable_by(|one, next| next.cmp(one));
    for (filter, expected) in [
        (HoldFilter::default(), all.to_vec()),
        (of.clone(), vec![newest, middle, oldest]),
        (pending.clone(), vec![newest, oldest]),
        (on("alice"), vec![newest, middle, oldest]),
        (on("bank"), vec![newest, middle, oldest]),
        (on("nobody"), vec![]),
    ] {
        let found = store.list_holds(filter.clone(), first(9)).await.unwrap();
        let found: Vec<Uuid> = found.items.iter().map(|found| found.hold.id()).collect();
        assert_eq!(found, expected, "{filter:?}");
    }

    let page = store.list_holds(of.clone(), first(2)).await.unwrap();
    assert_eq!((page.items.len(), page.next), (2, Some(middle)));
    assert_eq!(
        page.items[0].account_id,
        account(&*store, ours, "alice").await.id()
    );
    assert_eq!(
        page.items[0].to_account_id,
        account(&*store, ours, "bank").await.id()
    );
    let behind = PageRequest {
        limit: 2,
        after: page.next,
    };
    let page = store.list_holds(of, behind).await.unwrap();
    assert_eq!((page.items[0].hold.id(), page.next), (oldest, None));
}

/// Reserves 0.10 on one of the accounts that are there for the other.
async fn place_hold(store: &dyn MoneyStore, company_id: Uuid, hold_id: Uuid, expires_at: Option<Timestamp>) {
    on_books(store, company_id, hold_id, move |books| {
        let draft = HoldDraft {
            id: hold_id,
            account: "alice".parse().unwrap(),
            to: "bank".parse().unwrap(),
            amount: money(10),
            expires_at_ms: expires_at.map(Timestamp::as_millisecond),
        };
        books.place_hold(company_id, &draft, &mut id).unwrap();
    })
    .await;
}

/// Does something with a hold between the accounts that are there.
async fn on_books(
    store: &dyn MoneyStore,
    company_id: Uuid,
    hold_id: Uuid,
    act: impl FnOnce(&mut Books) + Send + 'static,
) {
    let mut intent = MovementIntent::default();
    intent.footprint.holds.insert((company_id, hold_id));
    let keys = ["alice", "bank"].map(|code| key(company_id, code));
    intent.footprint.accounts.extend(keys);
    let decide = move |loaded: LoadedMovements| {
        let mut books = Books::new();
        loaded
            .accounts
            .into_iter()
            .for_each(|account| books.load(account));
        loaded.holds.into_iter().for_each(|hold| books.load_hold(hold));
        act(&mut books);
        let mut write = MovementWrite::default();
        collect(&books, &mut write.batch);
        for changed in books.changed_holds() {
            let holds = if changed.is_new {
                &mut write.batch.placed_holds
            } else {
                &mut write.batch.changed_holds
            };
            holds.push(changed.hold.clone());
        }
        write
    };
    store.move_money(intent, Box::new(decide)).await.unwrap();
}

/// A transaction is found by the reference that its company gave it, and by no other company.
pub async fn finds_a_reference(factory: &impl MoneyStoreFactory) {
    let store = factory.open_for_money().await;
    let movement = Movement::new(id(), "t1");
    movement.clone().carry_out(&*store).await.unwrap();
    let find = |company_id, reference: &str| store.find_reference(company_id, reference.to_owned());
    let found = find(movement.company_id, "t1").await.unwrap();
    assert_eq!(found, Some(transaction_of(&*store, &movement).await));
    assert_eq!(find(movement.company_id, "t2").await.unwrap(), None);
    assert_eq!(find(id(), "t1").await.unwrap(), None);
}

/// Answers are forgotten by age, no more at once than asked for.
pub async fn forgets_old_answers(factory: &impl MoneyStoreFactory) {
    let store = factory.open_for_money().await;
    let company_id = id();
    for reference in ["t1", "t2", "t3"] {
        Movement::new(company_id, reference)
            .carry_out(&*store)
            .await
            .unwrap();
    }
    assert_eq!(store.forget_answers(at(0), 9).await, Ok(0));
    assert_eq!(store.forget_answers(at(1), 2).await, Ok(2));
    assert_eq!(store.forget_answers(at(1), 2).await, Ok(1));
    let intent = Movement::new(company_id, "t1").intent();
    assert_eq!(look(&*store, intent).await.answers, []);
}
