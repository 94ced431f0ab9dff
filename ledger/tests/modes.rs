//! Dry books, books from scratch, and checkpoints.

mod support;

use ledger::{AccountKind, AccountStatus, Books, EntryDraft, Hold, HoldState, HoldStatus};
use support::*;
use uuid::Uuid;

fn touched(books: &Books) -> Vec<String> {
    books.touched().map(|key| key.code.to_string()).collect()
}

#[test]
fn dry_books_learn_and_refuse_nothing() {
    let mut books = Books::dry();
    let frozen = with_status(AccountStatus::Frozen, purse("shop", 0));
    books.load(ledger::Account::from_state(frozen).unwrap());
    let terms = draft(vec![
        EntryDraft::debit(code("shop"), brl(100)).of_kind(AccountKind::Asset),
        EntryDraft {
            overdraft: Some(false),
            ..EntryDraft::credit(code("ana"), brl(100))
        },
    ]);
    assert!(post(&mut books, &terms).is_ok());
    assert!(post(&mut books, &pair("ana", "bia", 900)).is_ok());
    books
        .place_hold(COMPANY, &hold_draft("ana", "caio", 5_000), &mut ids())
        .unwrap();
    books.capture_hold(COMPANY, HOLD, None).unwrap();
    assert_eq!(touched(&books), ["ana", "bia", "caio", "shop"]);
    assert_eq!(books.touched_holds().collect::<Vec<_>>(), [HOLD]);
}

#[test]
fn dry_books_learn_holds_and_once_loaded_their_accounts() {
    let mut books = Books::dry();
    assert_eq!(books.capture_hold(COMPANY, HOLD, None).unwrap().entries, []);
    books.release_hold(COMPANY, Uuid::from_u128(78)).unwrap();
    assert_eq!(
        books.touched_holds().collect::<Vec<_>>(),
        [HOLD, Uuid::from_u128(78)]
    );
    let stored = HoldState {
        id: HOLD,
        company_id: COMPANY,
        account: code("shop"),
        to: code("ana"),
        amount: brl(60),
        captured: None,
        status: HoldStatus::Pending,
        expires_at_ms: None,
    };
    books.load_hold(Hold::from_state(stored).unwrap());
    books.capture_hold(COMPANY, HOLD, None).unwrap();
    assert_eq!(touched(&books), ["ana", "shop"]);
}

#[test]
fn dry_books_keep_what_they_learned_when_rolled_back() {
    let mut books = Books::dry();
    let checkpoint = books.checkpoint();
    post(&mut books, &pair("a", "b", 1)).unwrap();
    books.release_hold(COMPANY, HOLD).unwrap();
    books.rollback_to(checkpoint);
    assert_eq!(touched(&books), ["a", "b"]);
    assert_eq!(books.touched_holds().count(), 1);
    assert_eq!(books.changed().count(), 0);
}

#[test]
fn what_dry_books_learn_is_what_enforcing_books_need() {
    let drafts = [pair("a", "b", 1), pair("b", "c", 1)];
    let mut dry = Books::dry();
    for draft in &drafts {
        post(&mut dry, draft).unwrap();
    }
    let mut books = Books::new();
    for key in dry.touched() {
        books.foresee(key.clone());
    }
    for draft in &drafts {
        post(&mut books, draft).unwrap();
    }
}

#[test]
fn books_from_scratch_open_everything_and_enforce_every_limit() {
    let mut books = Books::from_scratch();
    let opening = draft(vec![
        EntryDraft::debit(code("bank"), brl(100)),
        EntryDraft {
            overdraft: Some(false),
            ..EntryDraft::credit(code("shop"), brl(100))
        },
    ]);
    post(&mut books, &opening).unwrap();
    assert_eq!(
        rejection(post(&mut books, &pair("shop", "ana", 101))).code(),
        "insufficient_funds"
    );
    assert!(books.account(&key("ana")).is_none());
    post(&mut books, &pair("shop", "ana", 100)).unwrap();
    assert_eq!((balance(&books, "shop"), balance(&books, "ana")), (0, 100));
}

#[test]
fn a_rollback_takes_back_everything_since_its_checkpoint() {
    let mut books = books_of([purse("shop", 100), purse("ana", 0)]);
    books.foresee(key("bia"));
    post(&mut books, &pair("shop", "ana", 10)).unwrap();
    let before = seen(&books);
    let checkpoint = books.checkpoint();
    post(&mut books, &pair("shop", "bia", 10)).unwrap();
    books
        .place_hold(COMPANY, &hold_draft("shop", "bia", 10), &mut ids())
        .unwrap();
    books.capture_hold(COMPANY, HOLD, None).unwrap();
    assert_eq!(
        rejection(post(&mut books, &pair("shop", "ana", 1_000))).code(),
        "insufficient_funds"
    );
    books.rollback_to(checkpoint);
    assert_eq!(seen(&books), before);
    assert!(books.hold(HOLD).is_none());
    post(&mut books, &pair("shop", "bia", 10)).unwrap();
    books
        .place_hold(COMPANY, &hold_draft("shop", "bia", 10), &mut ids())
        .unwrap();
    assert_eq!(books.account(&key("bia")).unwrap().entries(), 1);
    assert_eq!((books.changed().count(), books.changed_holds().count()), (3, 1));
}

#[test]
fn checkpoints_nest() {
    let mut books = books_of([purse("shop", 100), purse("ana", 0)]);
    let outer = books.checkpoint();
    post(&mut books, &pair("shop", "ana", 1)).unwrap();
    let kept = books.checkpoint();
    post(&mut books, &pair("shop", "ana", 10)).unwrap();
    books.keep(kept);
    let undone = books.checkpoint();
    post(&mut books, &pair("shop", "ana", 50)).unwrap();
    books.rollback_to(undone);
    assert_eq!(balance(&books, "shop"), 89);
    books.rollback_to(outer);
    assert_eq!(balance(&books, "shop"), 100);
}

#[test]
fn a_checkpoint_that_ended_with_an_outer_one_does_nothing() {
    let mut books = books_of([purse("shop", 100), purse("ana", 0)]);
    let outer = books.checkpoint();
    let inner = books.checkpoint();
    books.keep(outer);
    let open = books.checkpoint();
    post(&mut books, &pair("shop", "ana", 10)).unwrap();
    books.rollback_to(inner);
    assert_eq!(balance(&books, "shop"), 90);
    books.keep(open);
    assert_eq!(balance(&books, "shop"), 90);
}

#[test]
fn accounts_loaded_after_a_checkpoint_survive_its_rollback() {
    let mut books = books_of([purse("shop", 100)]);
    books.foresee(key("ana"));
    let checkpoint = books.checkpoint();
    post(&mut books, &pair("shop", "ana", 10)).unwrap();
    books.load(ledger::Account::from_state(purse("bia", 5)).unwrap());
    post(&mut books, &pair("shop", "bia", 10)).unwrap();
    books.rollback_to(checkpoint);
    assert_eq!((balance(&books, "shop"), balance(&books, "bia")), (100, 5));
    assert!(books.account(&key("ana")).is_none());
    assert_eq!(books.changed().count(), 0);
}
