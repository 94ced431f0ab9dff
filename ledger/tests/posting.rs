//! Transactions on enforcing books: what they open, number, net and refuse.

mod support;

use ledger::{AccountKind, AccountState, AccountStatus, Books, BooksError, EntryDraft, Money, Rejection};
use support::*;
use uuid::Uuid;

fn foresee(books: &mut Books, codes: &[&str]) {
    for text in codes {
        books.foresee(key(text));
    }
}

#[test]
fn entries_are_numbered_and_carry_their_balance() {
    let mut books = books_of([
        account("bank", AccountKind::Asset, true, 500),
        AccountState {
            entries: 7,
            ..purse("shop", 100)
        },
    ]);
    let posting = post(&mut books, &pair("bank", "shop", 50)).unwrap();
    assert_eq!(balances_after(&posting.entries), [550, 150]);
    assert_eq!(
        posting
            .entries
            .iter()
            .map(|entry| entry.number)
            .collect::<Vec<_>>(),
        [1, 8]
    );
    assert_eq!(posting.entries[1].account_id, purse("shop", 0).id);
    let posting = post(&mut books, &pair("shop", "bank", 20)).unwrap();
    assert_eq!(balances_after(&posting.entries), [130, 530]);
    assert_eq!(posting.entries[0].number, 9);
}

#[test]
fn a_first_mention_opens_the_account() {
    let mut books = books_of([]);
    foresee(
        &mut books,
        &["receivables", "revenue:online", "merchant:42", "reserve"],
    );
    let entries = vec![
        EntryDraft::debit(code("receivables"), brl(30)),
        EntryDraft::credit(code("revenue:online"), brl(10)),
        EntryDraft::credit(code("merchant:42"), brl(10)),
        EntryDraft {
            overdraft: Some(false),
            ..EntryDraft::credit(code("reserve"), brl(10)).of_kind(AccountKind::Equity)
        },
    ];
    let posting = post(&mut books, &draft(entries)).unwrap();
    assert_eq!(posting.entries[0].account_id, Uuid::from_u128(1_000));
    let opened = |text| {
        let account = books.account(&key(text)).unwrap();
        (account.kind(), account.overdraft())
    };
    assert_eq!(opened("receivables"), (AccountKind::Asset, true));
    assert_eq!(opened("revenue:online"), (AccountKind::Revenue, true));
    assert_eq!(opened("merchant:42"), (AccountKind::Liability, true));
    assert_eq!(opened("reserve"), (AccountKind::Equity, false));
    assert!(books.changed().all(|change| change.is_new));
}

#[test]
fn a_later_mention_with_other_terms_is_a_mismatch() {
    let mut books = books_of([purse("shop", 100), account("bank", AccountKind::Asset, true, 0)]);
    let other_kind = draft(vec![
        EntryDraft::debit(code("bank"), brl(1)),
        EntryDraft::credit(code("shop"), brl(1)).of_kind(AccountKind::Revenue),
    ]);
    let refused = rejection(post(&mut books, &other_kind));
    assert_eq!(refused.code(), "account_mismatch");
    assert_eq!(
        refused.to_string(),
        "Account shop (BRL) is of the kind liability, not revenue."
    );
    let other_overdraft = draft(vec![
        EntryDraft {
            overdraft: Some(false),
            ..EntryDraft::debit(code("bank"), brl(1))
        },
        EntryDraft::credit(code("shop"), brl(1)),
    ]);
    let refused = rejection(post(&mut books, &other_overdraft));
    assert_eq!(refused.code(), "account_mismatch");
    assert_eq!(
        refused.to_string(),
        "Account bank (BRL) was opened with overdraft true, not false."
    );
    let same_terms = draft(vec![
        EntryDraft::debit(code("bank"), brl(1)).of_kind(AccountKind::Asset),
        EntryDraft {
            overdraft: Some(false),
            ..EntryDraft::credit(code("shop"), brl(1))
        },
    ]);
    assert!(post(&mut books, &same_terms).is_ok());
}

#[test]
fn terms_may_contradict_each_other_within_one_transaction() {
    let mut books = books_of([]);
    foresee(&mut books, &["a", "b"]);
    let contradictory = draft(vec![
        EntryDraft::debit(code("a"), brl(2)),
        EntryDraft::credit(code("b"), brl(1)).of_kind(AccountKind::Revenue),
        EntryDraft::credit(code("b"), brl(1)).of_kind(AccountKind::Expense),
    ]);
    assert_eq!(
        rejection(post(&mut books, &contradictory)).code(),
        "account_mismatch"
    );
    assert_eq!(books.changed().count(), 0);
    assert!(
        books.account(&key("a")).is_none(),
        "a refused transaction opens nothing"
    );
}

#[test]
fn what_would_overdraw_names_what_is_available_and_needed() {
    let pending = AccountState {
        pending_debits: 30,
        ..purse("shop", 100)
    };
    let mut books = books_of([pending, purse("ana", 0)]);
    let refused = rejection(post(&mut books, &pair("shop", "ana", 71)));
    let expected = Rejection::InsufficientFunds {
        account: key("shop"),
        available: brl(70),
        needed: brl(71),
    };
    assert_eq!(refused, expected);
    assert_eq!(refused.code(), "insufficient_funds");
    assert_eq!(
        refused.to_string(),
        "Account shop (BRL) has 0.70 BRL available, but 0.71 BRL is needed."
    );
    assert_eq!(books.changed().count(), 0);
    assert!(post(&mut books, &pair("shop", "ana", 70)).is_ok());
}

#[test]
fn funds_are_checked_on_the_net_of_a_transaction() {
    let entries = |back| {
        draft(vec![
            EntryDraft::debit(code("shop"), brl(150)),
            EntryDraft::credit(code("ana"), brl(150)),
            EntryDraft::debit(code("ana"), brl(back)),
            EntryDraft::credit(code("shop"), brl(back)),
        ])
    };
    let mut books = books_of([purse("shop", 100), purse("ana", 0)]);
    let refused = rejection(post(&mut books, &entries(49)));
    let expected = Rejection::InsufficientFunds {
        account: key("shop"),
        available: brl(100),
        needed: brl(101),
    };
    assert_eq!(refused, expected);
    let posting = post(&mut books, &entries(50)).unwrap();
    assert_eq!(balances_after(&posting.entries), [-50, 150, 100, 0]);
    assert_eq!(
        posting
            .entries
            .iter()
            .map(|entry| entry.number)
            .collect::<Vec<_>>(),
        [1, 1, 2, 2]
    );
}

#[test]
fn a_frozen_account_refuses_what_lowers_its_balance() {
    let frozen = |state| with_status(AccountStatus::Frozen, state);
    let mut books = books_of([
        frozen(purse("shop", 100)),
        frozen(account("bank", AccountKind::Asset, true, 100)),
        purse("ana", 100),
    ]);
    for (debit, credit) in [("shop", "ana"), ("ana", "bank")] {
        let refused = rejection(post(&mut books, &pair(debit, credit, 1)));
        assert_eq!(refused.code(), "account_frozen", "{debit} to {credit}");
    }
    assert!(post(&mut books, &pair("bank", "shop", 1)).is_ok());
}

#[test]
fn a_closed_account_refuses_every_entry() {
    let mut books = books_of([
        with_status(AccountStatus::Closed, purse("shop", 0)),
        purse("ana", 100),
    ]);
    for (debit, credit) in [("shop", "ana"), ("ana", "shop")] {
        let refused = rejection(post(&mut books, &pair(debit, credit, 1)));
        assert_eq!(refused, Rejection::AccountClosed { account: key("shop") });
        assert_eq!(refused.code(), "account_closed");
    }
}

#[test]
fn a_sum_that_does_not_fit_is_refused() {
    let full = account("bank", AccountKind::Asset, true, i64::MAX);
    let mut books = books_of([full, purse("ana", 0)]);
    let before = seen(&books);
    assert_eq!(
        rejection(post(&mut books, &pair("bank", "ana", 1))).code(),
        "amount_overflow"
    );
    assert_eq!(seen(&books), before);
    let pending = AccountState {
        pending_debits: i64::MAX - 1,
        ..account("shop", AccountKind::Liability, true, 0)
    };
    let mut books = books_of([pending, purse("ana", 0)]);
    assert!(
        post(&mut books, &pair("shop", "ana", 1)).is_ok(),
        "what is posted and pending together is in range"
    );
    assert_eq!(
        rejection(post(&mut books, &pair("shop", "ana", 1))).code(),
        "amount_overflow"
    );
    let exhausted = AccountState {
        entries: u64::MAX,
        ..purse("shop", 100)
    };
    let mut books = books_of([exhausted, purse("ana", 0)]);
    assert_eq!(
        rejection(post(&mut books, &pair("shop", "ana", 1))).code(),
        "amount_overflow"
    );
}

#[test]
fn accounts_not_foreseen_are_all_named_and_nothing_changes() {
    let mut books = books_of([purse("shop", 100)]);
    let entries = vec![
        EntryDraft::debit(code("shop"), brl(3)),
        EntryDraft::credit(code("c"), brl(1)),
        EntryDraft::credit(code("b"), brl(1)),
        EntryDraft::credit(code("c"), brl(1)),
    ];
    let before = seen(&books);
    let unforeseen = post(&mut books, &draft(entries)).unwrap_err();
    assert_eq!(unforeseen, BooksError::Unforeseen(vec![key("b"), key("c")]));
    assert_eq!(
        unforeseen.to_string(),
        "These accounts were neither loaded nor foreseen: b (BRL), c (BRL)."
    );
    assert_eq!(seen(&books), before);
}

#[test]
fn companies_and_currencies_have_accounts_of_their_own() {
    let mut books = Books::from_scratch();
    let usd = |minor| Money::new(minor, "USD".parse().unwrap());
    let both = draft(vec![
        EntryDraft::debit(code("bank"), brl(5)),
        EntryDraft::credit(code("revenue"), brl(5)),
        EntryDraft::debit(code("bank"), usd(3)),
        EntryDraft::credit(code("revenue"), usd(3)),
    ]);
    books.post(COMPANY, &both, &mut ids()).unwrap();
    books.post(Uuid::from_u128(2), &both, &mut ids()).unwrap();
    assert_eq!(books.touched().count(), 8);
    assert_eq!(balance(&books, "bank"), 5);
}

#[test]
fn a_batch_nets_its_movements() {
    let mut books = books_of([purse("shop", 100), purse("ana", 0), purse("idle", 1)]);
    for _ in 0..10 {
        post(&mut books, &pair("shop", "ana", 10)).unwrap();
    }
    let changed: Vec<_> = books.changed().collect();
    assert_eq!(changed.len(), 2);
    assert!(
        changed
            .iter()
            .all(|change| !change.is_new && change.account.entries() == 10)
    );
}

#[test]
fn loading_an_account_again_keeps_what_was_posted() {
    let mut books = books_of([purse("shop", 100), purse("ana", 0)]);
    post(&mut books, &pair("shop", "ana", 10)).unwrap();
    books.load(ledger::Account::from_state(purse("shop", 100)).unwrap());
    books.foresee(key("shop"));
    assert_eq!(balance(&books, "shop"), 90);
}

#[test]
fn the_systems_own_accounts_have_their_own_terms() {
    for own in ["exchange", "funding"] {
        for (kind, overdraft) in [
            (Some(AccountKind::Liability), None),
            (None, Some(false)),
            (Some(AccountKind::Liability), Some(false)),
        ] {
            let mut books = Books::from_scratch();
            let mut entry = EntryDraft::credit(code(own), brl(5));
            (entry.kind, entry.overdraft) = (kind, overdraft);
            let draft = draft(vec![EntryDraft::debit(code("bank"), brl(5)), entry]);
            assert_eq!(rejection(post(&mut books, &draft)).code(), "account_mismatch");
            assert!(books.account(&key(own)).is_none(), "nothing was opened");
        }
        let mut books = Books::from_scratch();
        for (kind, overdraft) in [(AccountKind::Liability, true), (AccountKind::Equity, false)] {
            let opened = books.open_account(Uuid::from_u128(9), key(own), kind, overdraft);
            assert_eq!(rejection(opened).code(), "account_mismatch");
        }
        post(&mut books, &pair(own, "x", 5)).unwrap();
        let account = books.account(&key(own)).unwrap();
        assert_eq!((account.kind(), account.overdraft()), (AccountKind::Equity, true));
    }
}

#[test]
fn the_systems_own_accounts_stay_open() {
    for own in ["exchange", "funding"] {
        let mut books = books_of([account(own, AccountKind::Equity, true, 0)]);
        let before = seen(&books);
        for refused in [books.close(&key(own)), books.freeze(&key(own))] {
            assert_eq!(rejection(refused).code(), "invalid_account");
        }
        assert_eq!(seen(&books), before);
        let frozen = with_status(AccountStatus::Frozen, account(own, AccountKind::Equity, true, 0));
        let mut books = books_of([frozen]);
        books.unfreeze(&key(own)).unwrap();
        assert_eq!(books.account(&key(own)).unwrap().status(), AccountStatus::Open);
    }
}
