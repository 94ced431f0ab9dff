//! The ledger as of a moment, also when transactions are dated out of the order in which they were posted.

use std::collections::BTreeMap;

use jiff::Timestamp;
use ledger::{AccountKind, Books};
use uuid::Uuid;

use super::MoneyStoreFactory;
use super::fixture::{all_pages, at, first, id, key, money};
use super::movements::{Movement, account, collect};
use crate::{
    AccountFilter, AccountStanding, EntryFilter, MoneyStore, MovementIntent, MovementWrite, Span, Standing,
    StatementLine, StoredTransaction, TransactionFilter,
};

/// How many transactions are posted: enough for several pages and halvings.
const POSTED: i64 = 60;

/// The dates of transactions, in milliseconds and in the order of posting: three seconds late, early, or neither.
fn dates() -> impl Iterator<Item = i64> {
    let off = [0, 3_000, -3_000, 0, 1_000].into_iter().cycle();
    (0..POSTED)
        .zip(off)
        .map(|(index, off)| 100_000 + 500 * index + off)
}

/// What was posted, in its order: when it is dated, and what it did to each account.
struct Posted {
    dated: Timestamp,
    from: &'static str,
    to: &'static str,
    minor: i64,
}

async fn post(store: &dyn MoneyStore, movement: Movement, dated: Timestamp) {
    let intent = movement.intent();
    let decide = move |loaded| {
        let mut write = movement.decide(loaded);
        for new in &mut write.batch.transactions {
            new.transaction.created_at = dated;
            new.transaction.description = Some("=1+1".to_owned());
            for entry in &mut new.transaction.entries {
                entry.created_at = dated;
            }
        }
        write
    };
    store.move_money(intent, Box::new(decide)).await.unwrap();
}

/// Bank pays Alice and Bob in turn, and Alice pays back now and then.
async fn post_all(store: &dyn MoneyStore, company_id: Uuid) -> Vec<Posted> {
    let mut posted = Vec::new();
    let ends = [("bank", "alice"), ("bank", "bob"), ("alice", "bank")];
    for ((number, date), (from, to)) in (0_i64..).zip(dates()).zip(ends.into_iter().cycle()) {
        let movement = Movement {
            from,
            to,
            minor: 100 - number,
            ..Movement::new(company_id, &format!("t{number}"))
        };
        let (minor, dated) = (movement.minor, at(date));
        post(store, movement, dated).await;
        posted.push(Posted {
            dated,
            from,
            to,
            minor,
        });
    }
    posted
}

/// Opens an account that nothing is posted to.
async fn open_only(store: &dyn MoneyStore, company_id: Uuid, code: &str) {
    let key = key(company_id, code);
    let mut intent = MovementIntent::default();
    intent.footprint.accounts.insert(key.clone());
    let decide = move |_| {
        let mut books = Books::new();
        books.foresee(key.clone());
        let opened = books.open_account(id(), key, AccountKind::Liability, false);
        opened.unwrap();
        let mut write = MovementWrite::default();
        collect(&books, &mut write.batch);
        write
    };
    store.move_money(intent, Box::new(decide)).await.unwrap();
}

/// Where accounts stand after so many transactions: entries, and debits less credits.
fn after(posted: &[Posted], count: usize) -> BTreeMap<&'static str, (u64, i64)> {
    let mut standings = BTreeMap::from([("alice", (0, 0)), ("bank", (0, 0)), ("bob", (0, 0))]);
    for one in &posted[..count] {
        for (code, minor) in [(one.from, one.minor), (one.to, -one.minor)] {
            let (entries, sum) = standings.get_mut(code).unwrap();
            *entries += 1;
            *sum += minor;
        }
    }
    standings
}

/// How many transactions were posted before a moment: up to the last one that is dated so.
fn before(posted: &[Posted], moment: Timestamp) -> usize {
    let last = posted.iter().rposition(|one| one.dated < moment);
    last.map_or(0, |index| index + 1)
}

fn found(standings: &[AccountStanding]) -> BTreeMap<&str, (u64, i64)> {
    let each = standings.iter().map(|AccountStanding { account, standing }| {
        let sign = match account.kind().normal_side() {
            ledger::Direction::Debit => 1,
            ledger::Direction::Credit => -1,
        };
        let code = account.key().code.as_str();
        (code, (standing.entries, sign * standing.balance.minor()))
    });
    each.collect()
}

/// As of every moment, accounts stand where the transactions up to the last one before it left them: all of each, so that
/// debits are credits, and no fewer than as of an earlier moment.
pub async fn accounts_stand_as_of_a_moment(factory: &impl MoneyStoreFactory) {
    let store = factory.open_for_money().await;
    let company_id = id();
    let posted = post_all(&*store, company_id).await;
    post(&*store, Movement::new(id(), "another's"), at(100_500)).await;
    let standings = async |before, limit| {
        let filter = AccountFilter::default;
        all_pages!(limit, page => store.list_standings(company_id, filter(), before, page))
    };
    let mut moments: Vec<Timestamp> = posted.iter().map(|one| one.dated).collect();
    moments.extend([at(0), at(1_000_000)]);
    moments.sort_unstable();
    let mut earlier = 0;
    for moment in moments {
        let count = before(&posted, moment);
        assert!(count >= earlier);
        earlier = count;
        let read = standings(Some(moment), 2_u32).await;
        let read = found(&read);
        assert_eq!(read, after(&posted, count), "{moment}");
        assert_eq!(read.values().map(|(_, sum)| sum).sum::<i64>(), 0);
    }
    assert_eq!(found(&standings(None, 3_u32).await), after(&posted, posted.len()));
    assert_eq!(
        standings(None, 3_u32).await,
        standings(Some(at(1_000_000)), 3_u32).await
    );
    open_only(&*store, company_id, "nobody").await;
    assert_eq!(
        standings(None, 3_u32).await.len(),
        after(&posted, posted.len()).len() + 1
    );
    let posted_to = AccountFilter {
        posted_to: true,
        ..AccountFilter::default()
    };
    let page = store
        .list_standings(company_id, posted_to, None, first(99))
        .await
        .unwrap();
    assert_eq!(found(&page.items), after(&posted, posted.len()));
    let alice = AccountFilter {
        code: Some("alice".parse().unwrap()),
        ..AccountFilter::default()
    };
    let page = store
        .list_standings(company_id, alice, None, first(9))
        .await
        .unwrap();
    assert_eq!((page.items.len(), page.next), (1, None));
}

/// A statement opens where the account stood before its beginning and closes where it stood before its end; its lines lead
/// from the one to the other, and its sums are theirs.
pub async fn a_statement_adds_up(factory: &impl MoneyStoreFactory) {
    let store = factory.open_for_money().await;
    let company_id = id();
    let posted = post_all(&*store, company_id).await;
    let bank = account(&*store, company_id, "bank").await;
    let moments = [
        None,
        Some(at(0)),
        Some(posted[7].dated),
        Some(posted[31].dated),
        Some(at(1_000_000)),
    ];
    for from in moments {
        for to in moments {
            let statement = store.find_statement(bank.id(), Span { from, to }, None).await;
            let statement = statement.unwrap().unwrap();
            assert_eq!(statement.account, bank);
            let expected = |moment: Option<Timestamp>, otherwise| {
                let count = moment.map_or(otherwise, |moment| before(&posted, moment));
                let (entries, balance) = after(&posted, count)["bank"];
                Standing {
                    entries,
                    balance: money(balance),
                }
            };
            let opening = expected(from, 0);
            let closing = expected(to, posted.len());
            let closing = if closing.entries < opening.entries {
                opening
            } else {
                closing
            };
            assert_eq!((statement.opening, statement.closing), (opening, closing));
            let lines = all_lines(&*store, bank.id(), opening.entries, closing.entries).await;
            check_lines(&lines, opening, closing);
            let sums = store
                .statement_sums(bank.id(), opening.entries, closing.entries)
                .await;
            let sums = sums.unwrap().unwrap();
            let sum = |side| {
                let of_side = lines.iter().filter(|line| line.entry.direction == side);
                money(of_side.map(|line| line.entry.amount.minor()).sum())
            };
            assert_eq!(sums.debits, sum(ledger::Direction::Debit));
            assert_eq!(sums.credits, sum(ledger::Direction::Credit));
        }
    }
    let to = Some(posted[31].dated);
    let whole = store
        .find_statement(bank.id(), Span { from: None, to }, None)
        .await
        .unwrap()
        .unwrap();
    let last = Some(whole.closing.entries);
    let again = store.find_statement(bank.id(), Span::default(), last).await;
    assert_eq!(again, Ok(Some(whole)), "it ends at the entry of that number");
    assert_eq!(store.find_statement(id(), Span::default(), None).await, Ok(None));
    assert_eq!(store.statement_sums(id(), 0, 9).await, Ok(None));
    assert_eq!(store.statement_lines(id(), 0, 9, 9).await, Ok(Vec::new()));
}

/// Reads lines seven at a time, in their order.
async fn all_lines(
    store: &dyn MoneyStore,
    account_id: Uuid,
    mut behind: u64,
    up_to: u64,
) -> Vec<StatementLine> {
    let mut lines = Vec::new();
    loop {
        let read = store.statement_lines(account_id, behind, up_to, 7).await.unwrap();
        let Some(last) = read.last() else {
            return lines;
        };
        assert!(read.len() == 7 || last.entry.number == up_to);
        behind = last.entry.number;
        lines.extend(read);
    }
}

fn check_lines(lines: &[StatementLine], opening: Standing, closing: Standing) {
    let (mut number, mut balance) = (opening.entries, opening.balance.minor());
    for line in lines {
        number += 1;
        balance += match line.entry.direction {
            ledger::Direction::Debit => line.entry.amount.minor(),
            ledger::Direction::Credit => -line.entry.amount.minor(),
        };
        assert_eq!(
            (line.entry.number, line.entry.balance_after),
            (number, money(balance))
        );
        assert!(line.reference.starts_with('t'));
        assert_eq!(line.description.as_deref(), Some("=1+1"));
    }
    assert_eq!((number, money(balance)), (closing.entries, closing.balance));
}

/// Transactions are listed by their dates, newest first, by every filter and by several at once.
pub async fn lists_transactions(factory: &impl MoneyStoreFactory) {
    let store = factory.open_for_money().await;
    let company_id = id();
    let posted = post_all(&*store, company_id).await;
    post(&*store, Movement::new(id(), "t1"), at(100_500)).await;
    let list = |filter: TransactionFilter| {
        let store = &store;
        async move { all_pages!(7_u32, page => store.list_transactions(filter.clone(), page)) }
    };
    let of_company = TransactionFilter {
        company_id,
        ..TransactionFilter::default()
    };
    let all = list(of_company.clone()).await;
    assert_eq!(all.len(), posted.len());
    assert!(all.is_sorted_by_key(|one| (std::cmp::Reverse(one.created_at), std::cmp::Reverse(one.id))));
    for one in &all {
        assert_eq!(store.find_transaction(one.id).await, Ok(Some(one.clone())));
    }
    for bits in 0..8_u8 {
        let filter = TransactionFilter {
            reference: (bits & 1 > 0).then(|| "t30".to_owned()),
            dated: Span {
                from: (bits & 2 > 0).then_some(posted[20].dated),
                to: (bits & 4 > 0).then_some(posted[31].dated),
            },
            ..of_company.clone()
        };
        let keep = |one: &&StoredTransaction| {
            let reference = filter.reference.as_ref();
            reference.is_none_or(|reference| *reference == one.reference)
                && filter.dated.holds(one.created_at)
        };
        let expected: Vec<StoredTransaction> = all.iter().filter(keep).cloned().collect();
        assert_eq!(list(filter.clone()).await, expected, "{filter:?}");
    }
    let of_run = TransactionFilter {
        run_id: Some(id()),
        ..of_company
    };
    assert_eq!(list(of_run).await, []);
}

/// The entries of an account in a stretch of time are those that are dated so, wherever they stand in its order.
pub async fn lists_entries_by_account_and_date(factory: &impl MoneyStoreFactory) {
    let store = factory.open_for_money().await;
    let company_id = id();
    let posted = post_all(&*store, company_id).await;
    let bank = account(&*store, company_id, "bank").await;
    let of_bank = EntryFilter {
        company_id: Some(company_id),
        account_id: Some(bank.id()),
        ..EntryFilter::default()
    };
    let all = all_pages!(50_u32, page => store.list_entries(of_bank.clone(), page));
    assert_eq!(all.len(), posted.len());
    for (from, to) in [(0, 9), (7, 31), (30, 33), (59, 59), (40, 20)] {
        let dated = Span {
            from: Some(posted[from].dated),
            to: Some(posted[to].dated),
        };
        let filter = EntryFilter {
            dated,
            ..of_bank.clone()
        };
        let found = all_pages!(3_u32, page => store.list_entries(filter.clone(), page));
        let mut expected = all.clone();
        expected.retain(|entry| dated.holds(entry.created_at));
        assert_eq!(found, expected, "{dated:?}");
    }
}
