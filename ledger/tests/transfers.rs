//! Transfers, reversals, and accounts that are opened, frozen and closed.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use ledger::{
    Account, AccountKey, AccountKind, AccountStatus, Books, BooksError, Direction, Money, Reversible,
    TransferEnd, funding, reversal, transfer,
};
use uuid::Uuid;

const COMPANY: Uuid = Uuid::from_u128(1);

fn brl(minor: i64) -> Money {
    Money::new(minor, "BRL".parse().unwrap())
}

fn key(code: &str) -> AccountKey {
    AccountKey::new(COMPANY, code.parse().unwrap(), "BRL".parse().unwrap())
}

fn account(number: u128, code: &str) -> Account {
    Account::open(Uuid::from_u128(number), key(code), AccountKind::Liability, false)
}

fn books(codes: &[&str]) -> Books {
    let mut books = Books::new();
    for code in codes {
        books.foresee(key(code));
    }
    books
}

fn open(books: &mut Books, number: u128, code: &str) -> Result<(), BooksError> {
    books.open_account(Uuid::from_u128(number), key(code), AccountKind::Liability, false)
}

/// An account `a` with 100 on it, from `funding`.
fn funded() -> Books {
    let mut books = books(&["a", "funding"]);
    open(&mut books, 1, "a").unwrap();
    let draft = funding(
        key("a").code,
        AccountKind::Liability,
        key("funding").code,
        brl(100),
    );
    books
        .post(COMPANY, &draft.unwrap(), &mut || Uuid::from_u128(2))
        .unwrap();
    books
}

#[test]
fn a_transfer_debits_the_source_and_credits_the_destination() {
    let (a, b) = (account(1, "a"), account(2, "b"));
    let ends = [&a, &b].map(|account| TransferEnd {
        id: account.id(),
        found: Some(account),
    });
    let draft = transfer(COMPANY, ends[0], ends[1], brl(5)).unwrap();
    let entries: Vec<_> = draft
        .entries()
        .iter()
        .map(|entry| (entry.account.as_str(), entry.direction, entry.amount))
        .collect();
    assert_eq!(
        entries,
        [("a", Direction::Debit, brl(5)), ("b", Direction::Credit, brl(5))]
    );
}

#[test]
fn each_fault_has_its_code() {
    let (a, b) = (account(1, "a"), account(2, "b"));
    let found = |account: &'static str| match account {
        "a" => TransferEnd {
            id: a.id(),
            found: Some(&a),
        },
        "b" => TransferEnd {
            id: b.id(),
            found: Some(&b),
        },
        _ => TransferEnd {
            id: Uuid::from_u128(9),
            found: None,
        },
    };
    let code = |company, source, destination, amount| {
        transfer(company, found(source), found(destination), amount)
            .unwrap_err()
            .code()
    };
    assert_eq!(code(COMPANY, "a", "a", brl(5)), "same_account");
    assert_eq!(code(COMPANY, "a", "?", brl(5)), "account_not_found");
    assert_eq!(code(COMPANY, "?", "b", brl(5)), "account_not_found");
    assert_eq!(
        code(Uuid::from_u128(7), "a", "b", brl(5)),
        "account_not_found",
        "another company's account is none"
    );
    let dollars = Money::new(5, "USD".parse().unwrap());
    assert_eq!(code(COMPANY, "a", "b", dollars), "currency_mismatch");
    assert_eq!(code(COMPANY, "a", "b", brl(0)), "invalid_amount");
}

#[test]
fn a_reversal_takes_back_what_is_left_and_no_more() {
    let original = |reversed| Reversible {
        transaction_id: Uuid::from_u128(3),
        source: key("a").code,
        destination: key("b").code,
        amount: brl(100),
        reversed: brl(reversed),
    };
    let draft = reversal(&original(30), None).unwrap();
    assert_eq!(draft.reverses(), Some(Uuid::from_u128(3)));
    assert_eq!(draft.entries()[0].account.as_str(), "b");
    assert_eq!(draft.entries()[0].direction, Direction::Debit);
    assert_eq!(draft.entries()[1].amount, brl(70));
    assert!(reversal(&original(30), Some(brl(70))).is_ok());
    let code = |reversed, wanted| reversal(&original(reversed), wanted).unwrap_err().code();
    assert_eq!(code(30, Some(brl(71))), "reversal_exceeds_transfer");
    assert_eq!(code(100, None), "already_reversed");
    assert_eq!(code(0, Some(brl(0))), "invalid_amount");
    assert_eq!(
        code(0, Some(Money::new(1, "USD".parse().unwrap()))),
        "reversal_exceeds_transfer"
    );
}

#[test]
fn an_account_is_opened_once() {
    let mut books = books(&["a"]);
    open(&mut books, 1, "a").unwrap();
    assert_eq!(open(&mut books, 2, "a").unwrap_err().code(), "account_exists");
    assert_eq!(
        open(&mut books, 3, "b").unwrap_err().code(),
        "unforeseen_accounts"
    );
    assert_eq!(books.changed().count(), 1);
}

#[test]
fn an_account_is_funded_on_the_side_of_its_kind() {
    let books = funded();
    assert_eq!(books.account(&key("a")).unwrap().balance(), brl(100));
    let draft = funding(key("a").code, AccountKind::Asset, key("funding").code, brl(1)).unwrap();
    assert_eq!(draft.entries()[1].direction, Direction::Debit);
}

#[test]
fn a_frozen_account_is_written_back_and_thaws() {
    let mut books = funded();
    books.freeze(&key("a")).unwrap();
    assert_eq!(books.account(&key("a")).unwrap().status(), AccountStatus::Frozen);
    books.unfreeze(&key("a")).unwrap();
    assert_eq!(books.account(&key("a")).unwrap().status(), AccountStatus::Open);

    let mut books = Books::new();
    books.load(account(1, "a"));
    assert_eq!(books.changed().count(), 0);
    books.freeze(&key("a")).unwrap();
    assert_eq!(books.changed().count(), 1);
}

#[test]
fn only_an_empty_account_is_closed_and_that_for_good() {
    let mut books = funded();
    assert_eq!(books.close(&key("a")).unwrap_err().code(), "account_not_empty");
    let draft = funding(key("a").code, AccountKind::Asset, key("funding").code, brl(100)).unwrap();
    books.post(COMPANY, &draft, &mut || Uuid::from_u128(9)).unwrap();
    books.close(&key("a")).unwrap();
    books.close(&key("a")).unwrap();
    for changed in [books.freeze(&key("a")), books.unfreeze(&key("a"))] {
        assert_eq!(changed.unwrap_err().code(), "account_closed");
    }
}

#[test]
fn a_change_of_status_is_taken_back() {
    let mut books = Books::new();
    books.load(account(1, "a"));
    let checkpoint = books.checkpoint();
    books.close(&key("a")).unwrap();
    books.rollback_to(checkpoint);
    assert_eq!(books.account(&key("a")).unwrap().status(), AccountStatus::Open);
    assert_eq!(books.changed().count(), 0);
}
