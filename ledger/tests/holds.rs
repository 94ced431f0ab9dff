//! Holds: what they reserve, post and free, and every transition that is refused.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod support;

use ledger::{
    AccountKind, AccountState, AccountStatus, Books, BooksError, Direction, Hold, HoldDraft, HoldState,
    HoldStatus, Money, Rejection,
};
use support::*;
use uuid::Uuid;

fn place(books: &mut Books, draft: &HoldDraft) -> Result<(), BooksError> {
    books.place_hold(COMPANY, draft, &mut ids())
}

fn standing(books: &Books) -> (HoldStatus, Option<Money>) {
    let hold = books.hold(HOLD).unwrap();
    (hold.status(), hold.captured())
}

/// A purse of 100 of which 60 are held for a merchant.
fn held() -> Books {
    let mut books = books_of([purse("shop", 100), purse("ana", 0)]);
    place(&mut books, &hold_draft("shop", "ana", 60)).unwrap();
    books
}

#[test]
fn what_is_held_is_no_longer_available() {
    let mut books = held();
    assert_eq!((balance(&books, "shop"), available(&books, "shop")), (100, 40));
    assert_eq!(
        (balance(&books, "ana"), available(&books, "ana")),
        (0, 0),
        "what it would bring does not count"
    );
    assert_eq!(books.account(&key("ana")).unwrap().pending_credits(), 60);
    assert_eq!(
        rejection(post(&mut books, &pair("shop", "ana", 41))).code(),
        "insufficient_funds"
    );
    assert_eq!(
        rejection(post(&mut books, &pair("ana", "shop", 1))).code(),
        "insufficient_funds"
    );
    assert!(books.changed_holds().all(|change| change.is_new));
}

#[test]
fn a_capture_posts_and_frees_the_rest() {
    for (asked, captured) in [(None, 60), (Some(brl(60)), 60), (Some(brl(25)), 25)] {
        let mut books = held();
        let posting = books.capture_hold(COMPANY, HOLD, asked).unwrap();
        let sides: Vec<_> = posting
            .entries
            .iter()
            .map(|entry| (entry.direction, entry.amount))
            .collect();
        assert_eq!(
            sides,
            [
                (Direction::Debit, brl(captured)),
                (Direction::Credit, brl(captured))
            ]
        );
        assert_eq!(balances_after(&posting.entries), [100 - captured, captured]);
        assert_eq!(available(&books, "shop"), 100 - captured);
        assert_eq!(books.account(&key("ana")).unwrap().pending_credits(), 0);
        assert_eq!(standing(&books), (HoldStatus::Captured, Some(brl(captured))));
    }
}

#[test]
fn freeing_leaves_no_trace_on_the_accounts() {
    for (expired, status) in [(false, HoldStatus::Released), (true, HoldStatus::Expired)] {
        let mut books = held();
        let freed = if expired {
            books.expire_hold(COMPANY, HOLD)
        } else {
            books.release_hold(COMPANY, HOLD)
        };
        assert_eq!(freed, Ok(()));
        assert_eq!(available(&books, "shop"), 100);
        assert_eq!(standing(&books), (status, None));
        assert_eq!(
            books.changed().count(),
            0,
            "a hold placed and freed changes no account"
        );
    }
}

#[test]
fn a_settled_hold_refuses_every_transition() {
    for status in [HoldStatus::Captured, HoldStatus::Released, HoldStatus::Expired] {
        let mut books = held();
        match status {
            HoldStatus::Captured => drop(books.capture_hold(COMPANY, HOLD, None).unwrap()),
            HoldStatus::Released => books.release_hold(COMPANY, HOLD).unwrap(),
            HoldStatus::Expired | HoldStatus::Pending => books.expire_hold(COMPANY, HOLD).unwrap(),
        }
        let before = seen(&books);
        let refused = [
            rejection(books.capture_hold(COMPANY, HOLD, Some(brl(1)))),
            rejection(books.release_hold(COMPANY, HOLD)),
            rejection(books.expire_hold(COMPANY, HOLD)),
        ];
        for refused in refused {
            assert_eq!(
                refused,
                Rejection::HoldAlreadySettled {
                    hold_id: HOLD,
                    status
                }
            );
            assert_eq!(refused.code(), "hold_already_settled");
        }
        assert_eq!(seen(&books), before);
    }
}

#[test]
fn a_capture_is_positive_in_the_currency_and_up_to_what_is_held() {
    let mut books = held();
    let before = seen(&books);
    let usd = Money::new(1, "USD".parse().unwrap());
    for (amount, code) in [
        (brl(61), "amount_exceeds_hold"),
        (brl(0), "invalid_amount"),
        (brl(-1), "invalid_amount"),
        (usd, "currency_mismatch"),
    ] {
        let refused = rejection(books.capture_hold(COMPANY, HOLD, Some(amount)));
        assert_eq!(refused.code(), code, "{amount}");
    }
    assert_eq!(seen(&books), before);
}

#[test]
fn a_hold_needs_funds_two_accounts_and_an_id_of_its_own() {
    let mut books = held();
    let before = seen(&books);
    let other = |draft| HoldDraft {
        id: Uuid::from_u128(78),
        ..draft
    };
    for (draft, code) in [
        (other(hold_draft("shop", "ana", 41)), "insufficient_funds"),
        (other(hold_draft("shop", "shop", 1)), "same_account"),
        (other(hold_draft("shop", "ana", 0)), "invalid_amount"),
        (hold_draft("shop", "ana", 1), "hold_exists"),
    ] {
        assert_eq!(rejection(place(&mut books, &draft)).code(), code);
    }
    assert_eq!(seen(&books), before);
}

#[test]
fn the_kind_of_the_account_decides_the_side() {
    let mut books = books_of([
        account("bank", AccountKind::Asset, false, 100),
        account("cash", AccountKind::Asset, false, 0),
    ]);
    place(&mut books, &hold_draft("bank", "cash", 60)).unwrap();
    assert_eq!(books.account(&key("bank")).unwrap().pending_credits(), 60);
    assert_eq!(books.account(&key("cash")).unwrap().pending_debits(), 60);
    let posting = books.capture_hold(COMPANY, HOLD, None).unwrap();
    assert_eq!(posting.entries[0].direction, Direction::Credit);
    assert_eq!(balances_after(&posting.entries), [40, 60]);
}

/// A payable that is paid out from the bank lowers both: so the bank must have the money when it is held.
#[test]
fn a_hold_that_takes_from_both_accounts_needs_both_to_have_it() {
    let books = |bank| {
        books_of([
            purse("shop", 100),
            account("bank", AccountKind::Asset, false, bank),
        ])
    };
    let refused = rejection(place(&mut books(59), &hold_draft("shop", "bank", 60)));
    let expected = Rejection::InsufficientFunds {
        account: key("bank"),
        available: brl(59),
        needed: brl(60),
    };
    assert_eq!(refused, expected);
    let mut books = books(60);
    place(&mut books, &hold_draft("shop", "bank", 60)).unwrap();
    assert_eq!(available(&books, "bank"), 0);
    books.capture_hold(COMPANY, HOLD, None).unwrap();
    assert_eq!((balance(&books, "shop"), balance(&books, "bank")), (40, 0));
}

#[test]
fn frozen_and_closed_accounts_refuse_holds_but_not_their_release() {
    for (status, code) in [
        (AccountStatus::Frozen, "account_frozen"),
        (AccountStatus::Closed, "account_closed"),
    ] {
        let stopped = AccountState {
            pending_debits: 60,
            ..with_status(status, purse("shop", 100))
        };
        let receiving = AccountState {
            pending_credits: 60,
            ..purse("ana", 0)
        };
        let mut books = books_of([stopped, receiving]);
        let draft = HoldDraft {
            id: Uuid::from_u128(78),
            ..hold_draft("shop", "ana", 1)
        };
        assert_eq!(rejection(place(&mut books, &draft)).code(), code);
        books.load_hold(stored(HoldStatus::Pending));
        let before = seen(&books);
        assert_eq!(rejection(books.capture_hold(COMPANY, HOLD, None)).code(), code);
        assert_eq!(seen(&books), before, "a refused capture leaves its hold pending");
        books.release_hold(COMPANY, HOLD).unwrap();
        assert_eq!(available(&books, "shop"), 100);
    }
}

fn stored(status: HoldStatus) -> Hold {
    Hold::from_state(HoldState {
        id: HOLD,
        company_id: COMPANY,
        account: code("shop"),
        to: code("ana"),
        amount: brl(60),
        captured: None,
        status,
        expires_at_ms: Some(5),
    })
    .unwrap()
}

#[test]
fn a_stored_hold_is_written_back_once_it_changes() {
    let reserved = AccountState {
        pending_debits: 60,
        ..purse("shop", 100)
    };
    let mut books = books_of([
        reserved,
        AccountState {
            pending_credits: 60,
            ..purse("ana", 0)
        },
    ]);
    books.load_hold(stored(HoldStatus::Pending));
    assert_eq!(books.changed_holds().count(), 0);
    books.capture_hold(COMPANY, HOLD, Some(brl(10))).unwrap();
    let change = books.changed_holds().next().unwrap();
    assert!(!change.is_new);
    assert_eq!(
        (change.hold.captured(), change.hold.expires_at_ms()),
        (Some(brl(10)), Some(5))
    );
    books.load_hold(stored(HoldStatus::Pending));
    assert_eq!(
        standing(&books).0,
        HoldStatus::Captured,
        "loading again keeps what was done"
    );
}

#[test]
fn holds_not_foreseen_are_told_from_holds_that_do_not_exist() {
    let mut books = books_of([]);
    assert_eq!(
        books.release_hold(COMPANY, HOLD),
        Err(BooksError::UnforeseenHold(HOLD))
    );
    assert_eq!(
        books.capture_hold(COMPANY, HOLD, None),
        Err(BooksError::UnforeseenHold(HOLD))
    );
    books.absent_hold(HOLD);
    assert_eq!(
        rejection(books.release_hold(COMPANY, HOLD)).code(),
        "hold_not_found"
    );
    let mut books = Books::from_scratch();
    assert_eq!(
        rejection(books.release_hold(COMPANY, HOLD)).code(),
        "hold_not_found"
    );
}

#[test]
fn another_companys_hold_is_not_found() {
    let mut books = held();
    let refused = rejection(books.release_hold(Uuid::from_u128(2), HOLD));
    assert_eq!(refused, Rejection::HoldNotFound { hold_id: HOLD });
}

#[test]
fn a_holds_accounts_are_foreseen_like_all_others() {
    let mut books = books_of([purse("shop", 100)]);
    let unforeseen = place(&mut books, &hold_draft("shop", "ana", 60));
    assert_eq!(unforeseen, Err(BooksError::Unforeseen(vec![key("ana")])));
    books.load_hold(stored(HoldStatus::Pending));
    let unforeseen = books.release_hold(COMPANY, HOLD);
    assert_eq!(unforeseen, Err(BooksError::Unforeseen(vec![key("ana")])));
}

#[test]
fn a_pending_hold_that_its_account_knows_nothing_of_is_corrupt() {
    let mut books = books_of([
        AccountState {
            pending_debits: 60,
            ..purse("shop", 100)
        },
        purse("ana", 0),
    ]);
    books.load_hold(stored(HoldStatus::Pending));
    let before = seen(&books);
    let corrupt = books.release_hold(COMPANY, HOLD);
    assert_eq!(
        corrupt,
        Err(BooksError::CorruptHold {
            hold_id: HOLD,
            account: key("ana")
        })
    );
    assert_eq!(seen(&books), before);
    let mut books = books_of([purse("shop", 100)]);
    books.foresee(key("ana"));
    books.load_hold(stored(HoldStatus::Pending));
    let corrupt = books.capture_hold(COMPANY, HOLD, None);
    assert_eq!(
        corrupt,
        Err(BooksError::CorruptHold {
            hold_id: HOLD,
            account: key("ana")
        })
    );
}

/// What is posted and what is held fit together on each side, whichever came first: so what is held can be captured.
#[test]
fn a_hold_that_was_placed_can_be_captured() {
    let full = |text: &str| AccountState {
        posted_debits: i64::MAX - 10,
        posted_credits: i64::MAX - 10,
        ..account(text, AccountKind::Liability, true, 0)
    };
    for (from, to) in [
        (full("a"), purse("b", 0)),
        (account("a", AccountKind::Liability, true, 0), full("b")),
    ] {
        let mut books = books_of([from, to]);
        let before = seen(&books);
        let refused = rejection(place(&mut books, &hold_draft("a", "b", 11)));
        assert_eq!(refused.code(), "amount_overflow");
        assert_eq!(seen(&books), before);
        place(&mut books, &hold_draft("a", "b", 10)).unwrap();
        assert_eq!(
            rejection(post(&mut books, &pair("a", "b", 1))).code(),
            "amount_overflow"
        );
        let second = HoldDraft {
            id: Uuid::from_u128(78),
            ..hold_draft("a", "b", 1)
        };
        assert_eq!(rejection(place(&mut books, &second)).code(), "amount_overflow");
        books.capture_hold(COMPANY, HOLD, None).unwrap();
    }
}
