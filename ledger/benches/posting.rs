//! How long it takes to post a transaction of two entries to accounts that are on the books.
#![expect(clippy::expect_used, reason = "a benchmark may stop at the first surprise")]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use ledger::{Account, AccountKey, AccountKind, Books, EntryDraft, Money, TransactionDraft};
use uuid::Uuid;

const ACCOUNTS: u32 = 1_000;

fn key(number: u32) -> AccountKey {
    let code = format!("merchant:{number}:payable");
    AccountKey::new(
        Uuid::nil(),
        code.parse().expect("a code"),
        "BRL".parse().expect("a currency"),
    )
}

fn loaded() -> Books {
    let mut books = Books::new();
    for number in 0..ACCOUNTS {
        books.load(Account::open(
            Uuid::nil(),
            key(number),
            AccountKind::Liability,
            true,
        ));
    }
    books
}

fn drafts() -> Vec<TransactionDraft> {
    let pair = |number| {
        let (from, to) = (key(number), key((number + 1) % ACCOUNTS));
        let amount = Money::new(100, from.currency);
        TransactionDraft::new(vec![
            EntryDraft::debit(from.code, amount),
            EntryDraft::credit(to.code, amount),
        ])
    };
    (0..ACCOUNTS)
        .map(|number| pair(number).expect("a balanced pair"))
        .collect()
}

fn posting(criterion: &mut Criterion) {
    let mut books = loaded();
    let drafts = drafts();
    let mut next = drafts.iter().cycle();
    criterion.bench_function("post two entries", |bencher| {
        bencher.iter(|| {
            let draft = next.next().expect("a cycle");
            black_box(books.post(Uuid::nil(), draft, &mut Uuid::nil)).expect("overdraft is allowed")
        });
    });
}

criterion_group!(benches, posting);
criterion_main!(benches);
