//! The ledger: it cannot be changed, it adds up, and it can be looked at.

use std::collections::HashMap;

use ledger::{Account, AccountKind, Direction, Hold};
use uuid::Uuid;

use super::StoreFactory;
use super::fixture::{all_pages, at, id, money};
use super::payments::{Payment, Transfer, pay};
use crate::{AccountFilter, EntryFilter, LedgerVisitor, Span, Store, StoredEntry, Visit};

/// Notes all that it is shown.
#[derive(Default)]
struct Notes {
    accounts: Vec<Account>,
    holds: usize,
    by_account: Vec<StoredEntry>,
    by_transaction: Vec<StoredEntry>,
    empty: usize,
    patience: Option<usize>,
}

impl Notes {
    fn go_on(&mut self) -> Visit {
        match &mut self.patience {
            Some(0) => panic!("shown something after asking to stop"),
            Some(1) => {
                self.patience = Some(0);
                Visit::Stop
            }
            Some(patience) => {
                *patience -= 1;
                Visit::Next
            }
            None => Visit::Next,
        }
    }
}

/// A visitor whose notes can be had back through the trait object: it hands them in when it is dropped.
struct Visitor(Notes, std::sync::mpsc::Sender<Notes>);

impl Drop for Visitor {
    fn drop(&mut self) {
        let _nobody_asks = self.1.send(std::mem::take(&mut self.0));
    }
}

impl LedgerVisitor for Visitor {
    fn account(&mut self, account: &Account) -> Visit {
        self.0.accounts.push(account.clone());
        self.0.go_on()
    }

    fn hold(&mut self, _hold: &Hold) -> Visit {
        self.0.holds += 1;
        self.0.go_on()
    }

    fn entry_of_account(&mut self, entry: &StoredEntry) -> Visit {
        self.0.by_account.push(entry.clone());
        self.0.go_on()
    }

    fn entry_of_transaction(&mut self, entry: &StoredEntry) -> Visit {
        self.0.by_transaction.push(entry.clone());
        self.0.go_on()
    }

    fn empty_transaction(&mut self, _transaction_id: Uuid) -> Visit {
        self.0.empty += 1;
        self.0.go_on()
    }
}

async fn visit(store: &dyn Store, patience: Option<usize>) -> Notes {
    let (send, receive) = std::sync::mpsc::channel();
    let visitor = Visitor(
        Notes {
            patience,
            ..Notes::default()
        },
        send,
    );
    drop(store.visit_ledger(Box::new(visitor)).await.unwrap());
    receive.recv().unwrap()
}

/// Three batches of two companies: 60 payments, 120 ledger transactions, 240 entries.
async fn sixty_payments(store: &dyn Store) -> Vec<Payment> {
    let companies = [id(), id()];
    let mut all = Vec::new();
    for batch in 0..3_i64 {
        let payments: Vec<_> = (0..20_i64)
            .map(|number| {
                let company_id = companies[usize::from(number % 3 == 0)];
                let mut payment = Payment::new(company_id, &format!("{batch}.{number}"));
                payment.claim.accepted_at = at(batch * 1_000 + number);
                payment.transfers[0].minor = 100 + number;
                payment
                    .transfers
                    .push(Transfer::new(company_id, "bank", "receivables", 1 + batch));
                payment
            })
            .collect();
        pay(store, payments.clone()).await.unwrap();
        all.extend(payments);
    }
    all
}

/// The database itself refuses to change or delete what was posted, also to those who go past the store.
pub async fn entries_and_transactions_stay_as_they_are(factory: &impl StoreFactory) {
    let store = factory.open().await;
    pay(&*store, vec![Payment::new(id(), "e1")]).await.unwrap();
    for sql in [
        "UPDATE transactions SET description = 'another'",
        "UPDATE transactions SET reference = reference",
        "DELETE FROM transactions",
        "UPDATE entries SET amount = amount + 1",
        "UPDATE entries SET balance_after = balance_after",
        "DELETE FROM entries",
    ] {
        let refused = factory.execute(sql).await.unwrap_err();
        assert!(refused.contains("never"), "{sql}: {refused}");
    }
    factory.execute("UPDATE companies SET name = name").await.unwrap();
    let notes = visit(&*store, None).await;
    assert_eq!((notes.by_account.len(), notes.by_transaction.len()), (2, 2));
}

/// Every account is what its entries make it, and every entry's balance is that of the entries up to it.
pub async fn balances_are_the_sums_of_entries(factory: &impl StoreFactory) {
    let store = factory.open().await;
    sixty_payments(&*store).await;
    let notes = visit(&*store, None).await;
    let mut sums: HashMap<Uuid, (i64, i64, u64)> = HashMap::new();
    for entry in &notes.by_account {
        let account = notes
            .accounts
            .iter()
            .find(|account| account.id() == entry.account_id)
            .unwrap();
        let (debits, credits, number) = sums.entry(entry.account_id).or_default();
        match entry.direction {
            Direction::Debit => *debits += entry.amount.minor(),
            Direction::Credit => *credits += entry.amount.minor(),
        }
        *number += 1;
        let balance = match account.kind().normal_side() {
            Direction::Debit => *debits - *credits,
            Direction::Credit => *credits - *debits,
        };
        assert_eq!((entry.number, entry.balance_after), (*number, money(balance)));
        assert_eq!(
            (&entry.account, entry.company_id),
            (&account.key().code, account.key().company_id)
        );
    }
    for account in &notes.accounts {
        let stored = (
            account.posted_debits(),
            account.posted_credits(),
            account.entries(),
        );
        assert_eq!(stored, sums[&account.id()]);
    }
    assert_eq!(notes.accounts.len(), 6);
}

/// Accounts by id; entries by account and number, then by transaction and position.
pub async fn shows_the_ledger_in_its_order(factory: &impl StoreFactory) {
    let store = factory.open().await;
    sixty_payments(&*store).await;
    let notes = visit(&*store, None).await;
    assert_eq!((notes.by_account.len(), notes.by_transaction.len()), (240, 240));
    assert_eq!((notes.holds, notes.empty), (0, 0));
    assert!(notes.accounts.is_sorted_by_key(Account::id));
    assert!(
        notes
            .by_account
            .is_sorted_by_key(|entry| (entry.account_id, entry.number))
    );
    assert!(
        notes
            .by_transaction
            .is_sorted_by_key(|entry| (entry.transaction_id, entry.position))
    );
    let mut sorted = notes.by_account;
    sorted.sort_by_key(|entry| (entry.transaction_id, entry.position));
    assert_eq!(sorted, notes.by_transaction);
}

/// A visitor who has seen enough is left alone.
pub async fn stops_showing_when_asked_to(factory: &impl StoreFactory) {
    let store = factory.open().await;
    pay(&*store, vec![Payment::new(id(), "e1")]).await.unwrap();
    for patience in 1..=6 {
        let notes = visit(&*store, Some(patience)).await;
        assert_eq!(
            notes.accounts.len() + notes.by_account.len() + notes.by_transaction.len(),
            patience
        );
    }
}

/// Accounts are listed by id, newest first, by company and code.
pub async fn lists_accounts(factory: &impl StoreFactory) {
    let store = factory.open().await;
    let payments = sixty_payments(&*store).await;
    let company_id = Some(payments[0].claim.company_id);
    let code = Some("bank".parse().unwrap());
    let list = |filter: AccountFilter| {
        let store = &store;
        async move { all_pages!(2_u32, page => store.list_accounts(filter.clone(), page)) }
    };
    let all = list(AccountFilter::default()).await;
    assert_eq!(all.len(), 6);
    assert!(all.is_sorted_by_key(|account| std::cmp::Reverse(account.id())));
    let of_company = list(AccountFilter {
        company_id,
        ..AccountFilter::default()
    })
    .await;
    assert_eq!(
        of_company,
        kept(&all, |account| Some(account.key().company_id) == company_id)
    );
    let of_code = list(AccountFilter {
        code: code.clone(),
        ..AccountFilter::default()
    })
    .await;
    assert_eq!(
        of_code,
        kept(&all, |account| Some(&account.key().code) == code.as_ref())
    );
    let of_both = list(AccountFilter {
        company_id,
        code,
        ..AccountFilter::default()
    })
    .await;
    assert_eq!(
        of_both,
        kept(&of_code, |account| Some(account.key().company_id) == company_id)
    );
    assert_eq!((of_company.len(), of_code.len(), of_both.len()), (3, 2, 1));
    let of_kind = list(AccountFilter {
        company_id,
        kind: Some(AccountKind::Asset),
        ..AccountFilter::default()
    })
    .await;
    assert_eq!(
        of_kind,
        kept(&of_company, |account| account.kind() == AccountKind::Asset)
    );
    for (prefix, found) in [("r", 4), ("rec", 2), ("bank", 2), ("banks", 0), ("B", 0)] {
        let filter = AccountFilter {
            code_prefix: Some(prefix.parse().unwrap()),
            ..AccountFilter::default()
        };
        let of_prefix = list(filter).await;
        assert_eq!(
            of_prefix,
            kept(&all, |account| account.key().code.as_str().starts_with(prefix))
        );
        assert_eq!(of_prefix.len(), found, "{prefix}");
    }
    for (currency, found) in [("BRL", 6), ("USD", 0)] {
        let filter = AccountFilter {
            currency: Some(currency.parse().unwrap()),
            ..AccountFilter::default()
        };
        assert_eq!(list(filter).await.len(), found, "{currency}");
    }
}

/// Entries are listed in the reverse order of posting, by every filter and by several at once.
pub async fn lists_entries(factory: &impl StoreFactory) {
    let store = factory.open().await;
    let payments = sixty_payments(&*store).await;
    let list = |filter: EntryFilter| {
        let store = &store;
        async move { all_pages!(7_u32, page => store.list_entries(filter.clone(), page)) }
    };
    let all = list(EntryFilter::default()).await;
    assert_eq!(all.len(), 240);
    assert!(
        all.is_sorted_by_key(|entry| std::cmp::Reverse(entry.id)),
        "the fixture's ids are in order"
    );
    let some = all
        .iter()
        .find(|entry| entry.run_id == Some(payments[31].run_id()))
        .unwrap();
    for bits in 0..128_u8 {
        let filter = EntryFilter {
            company_id: (bits & 1 > 0).then_some(some.company_id),
            account: (bits & 2 > 0).then(|| some.account.clone()),
            run_id: (bits & 4 > 0).then_some(some.run_id).flatten(),
            transaction_id: (bits & 8 > 0).then_some(some.transaction_id),
            account_id: (bits & 16 > 0).then_some(some.account_id),
            dated: Span {
                from: (bits & 32 > 0).then_some(some.created_at),
                to: (bits & 64 > 0).then(|| at(2_003)),
            },
        };
        let expected = kept(&all, |entry| matches(entry, &filter));
        assert_eq!(list(filter.clone()).await, expected, "{filter:?}");
    }
    assert_eq!(
        list(EntryFilter {
            company_id: Some(id()),
            ..EntryFilter::default()
        })
        .await,
        []
    );
}

fn matches(entry: &StoredEntry, filter: &EntryFilter) -> bool {
    filter
        .company_id
        .is_none_or(|company_id| company_id == entry.company_id)
        && filter
            .account
            .as_ref()
            .is_none_or(|account| *account == entry.account)
        && filter.run_id.is_none_or(|run_id| Some(run_id) == entry.run_id)
        && filter
            .account_id
            .is_none_or(|account_id| account_id == entry.account_id)
        && filter
            .transaction_id
            .is_none_or(|transaction_id| transaction_id == entry.transaction_id)
        && filter.dated.holds(entry.created_at)
}

fn kept<T: Clone>(all: &[T], keep: impl Fn(&T) -> bool) -> Vec<T> {
    all.iter().filter(|item| keep(item)).cloned().collect()
}

/// A transaction is read by its id, with its entries in their order.
pub async fn finds_transactions(factory: &impl StoreFactory) {
    let store = factory.open().await;
    let payment = sixty_payments(&*store).await.swap_remove(31);
    let details = store.find_run(payment.run_id()).await.unwrap().unwrap();
    assert_eq!(details.transactions.len(), 2);
    for transaction in details.transactions {
        assert_eq!(transaction.entries.len(), 2);
        assert!(transaction.entries.is_sorted_by_key(|entry| entry.position));
        assert_eq!(
            store.find_transaction(transaction.id).await,
            Ok(Some(transaction))
        );
    }
    assert_eq!(store.find_transaction(id()).await, Ok(None));
}

/// All accounts of a kind are summed up, of one company or of all; together, debits are credits.
pub async fn sums_up_the_accounts(factory: &impl StoreFactory) {
    let store = factory.open().await;
    assert_eq!(store.trial_balance(None).await, Ok(Vec::new()));
    let (company_id, other) = (id(), id());
    let mut payment = Payment::new(company_id, "e1");
    payment.transfers = vec![
        Transfer::new(company_id, "receivables", "revenue", 700),
        Transfer::new(company_id, "bank", "receivables", 500),
        Transfer::new(company_id, "royalty_expense", "royalties_payable", 30),
    ];
    pay(&*store, vec![payment, Payment::new(other, "e1")])
        .await
        .unwrap();

    let totals = async |company_id| {
        let totals = store.trial_balance(company_id).await.unwrap();
        let sums = totals.iter().map(|total| {
            assert_eq!(total.posted_debits.currency(), total.posted_credits.currency());
            let (debits, credits) = (total.posted_debits.minor(), total.posted_credits.minor());
            (total.kind, total.accounts, debits, credits)
        });
        sums.collect::<Vec<_>>()
    };
    let of_one = [
        (AccountKind::Asset, 2, 1_200, 500),
        (AccountKind::Liability, 1, 0, 30),
        (AccountKind::Revenue, 1, 0, 700),
        (AccountKind::Expense, 1, 30, 0),
    ];
    assert_eq!(totals(Some(company_id)).await, of_one);
    let of_all = [
        (AccountKind::Asset, 3, 1_300, 500),
        (AccountKind::Liability, 1, 0, 30),
        (AccountKind::Revenue, 2, 0, 800),
        (AccountKind::Expense, 1, 30, 0),
    ];
    assert_eq!(totals(None).await, of_all);
    assert_eq!(totals(Some(id())).await, []);

    // Two full accounts together are more than one could hold.
    let (rich, most) = (id(), i64::MAX);
    let mut payment = Payment::new(rich, "e1");
    payment.transfers = vec![
        Transfer::new(rich, "bank", "revenue", most),
        Transfer::new(rich, "cash", "royalties_payable", most),
    ];
    pay(&*store, vec![payment]).await.unwrap();
    let of_rich = [
        (AccountKind::Asset, 2, 2 * i128::from(most), 0),
        (AccountKind::Liability, 1, 0, most.into()),
        (AccountKind::Revenue, 1, 0, most.into()),
    ];
    assert_eq!(totals(Some(rich)).await, of_rich);
}
