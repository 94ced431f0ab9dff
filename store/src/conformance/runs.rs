//! Runs: lists and details.

use uuid::Uuid;

use super::StoreFactory;
use super::fixture::{all_pages, at, first, id};
use super::payments::{Payment, Transfer, pay};
use crate::{PageRequest, RecentRun, RunFilter, RunRecord, RunStatus, Store};

/// A run as lists show it.
fn listed(payment: &Payment) -> RunRecord {
    RunRecord {
        nodes: String::new(),
        ..payment.run()
    }
}

/// Runs of two companies and two rules that end in three ways, in several batches; newest first.
async fn mixed_runs(store: &dyn Store) -> Vec<Payment> {
    let companies = [id(), id()];
    let statuses = [
        RunStatus::Succeeded,
        RunStatus::Succeeded,
        RunStatus::Failed,
        RunStatus::Aborted,
    ];
    let payments: Vec<_> = (0..36_usize)
        .map(|number| {
            let mut payment = Payment::new(companies[number % 2], &format!("e{}", number / 2));
            payment.claim.runs[0].rule_id = Uuid::from_u128(0xA1 + u128::from(number % 3 == 0));
            payment.status = statuses[number % 4];
            payment
        })
        .collect();
    for batch in payments.chunks(9) {
        pay(store, batch.to_vec()).await.unwrap();
    }
    payments.into_iter().rev().collect()
}

/// Runs are listed newest first, by every filter and by several at once, page by page.
pub async fn lists_runs_by_filters(factory: &impl StoreFactory) {
    let store = factory.open().await;
    let payments = mixed_runs(&*store).await;
    let some = payments[5].run();
    for bits in 0..8_u8 {
        for status in [
            None,
            Some(RunStatus::Succeeded),
            Some(RunStatus::Failed),
            Some(RunStatus::Waiting),
        ] {
            let filter = RunFilter {
                company_id: (bits & 1 > 0).then_some(some.company_id),
                status,
                rule_id: (bits & 2 > 0).then_some(some.rule_id),
                event_id: (bits & 4 > 0).then(|| some.event_id.clone()),
                ..RunFilter::default()
            };
            let runs = all_pages!(4_u32, page => store.list_runs(filter.clone(), page));
            let runs: Vec<_> = runs
                .into_iter()
                .map(|run| RunRecord {
                    nodes: String::new(),
                    ..run
                })
                .collect();
            let expected: Vec<_> = payments
                .iter()
                .map(listed)
                .filter(|run| matches(run, &filter))
                .collect();
            assert_eq!(runs, expected, "{filter:?}");
        }
    }
}

fn matches(run: &RunRecord, filter: &RunFilter) -> bool {
    filter
        .company_id
        .is_none_or(|company_id| company_id == run.company_id)
        && filter.status.is_none_or(|status| status == run.status)
        && filter.rule_id.is_none_or(|rule_id| rule_id == run.rule_id)
        && filter
            .event_id
            .as_ref()
            .is_none_or(|event_id| *event_id == run.event_id)
        && filter.accepted_from.is_none_or(|from| run.accepted_at >= from)
        && filter
            .accepted_before
            .is_none_or(|before| run.accepted_at < before)
}

/// The runs of a stretch of time are listed by when they were accepted, newest first, by every other filter too.
pub async fn lists_runs_of_a_stretch_of_time(factory: &impl StoreFactory) {
    let store = factory.open().await;
    let companies = [id(), id()];
    let mut payments: Vec<_> = (0..24_usize)
        .map(|number| {
            let mut payment = Payment::new(companies[number % 2], &format!("e{}", number / 2));
            // Neither in the order in which they are stored, nor each at a moment of its own.
            payment.claim.accepted_at = at([4, 1, 3, 3, 2, 5][number % 6]);
            payment.claim.runs[0].rule_id = Uuid::from_u128(0xA1 + u128::from(number % 3 == 0));
            if number % 5 == 0 {
                payment.status = RunStatus::Failed;
            }
            payment
        })
        .collect();
    for payment in &payments {
        pay(&*store, vec![payment.clone()]).await.unwrap();
    }
    payments.reverse();
    payments.sort_by_key(|payment| std::cmp::Reverse(payment.claim.accepted_at));
    let some = payments[5].run();
    for bits in 0..16_u8 {
        for (from, before) in [
            (Some(at(2)), Some(at(4))),
            (Some(at(3)), None),
            (None, Some(at(5))),
        ] {
            let filter = RunFilter {
                company_id: (bits & 1 > 0).then_some(some.company_id),
                status: (bits & 2 > 0).then_some(some.status),
                rule_id: (bits & 4 > 0).then_some(some.rule_id),
                event_id: (bits & 8 > 0).then(|| some.event_id.clone()),
                accepted_from: from,
                accepted_before: before,
            };
            let runs = all_pages!(3_u32, page => store.list_runs(filter.clone(), page));
            let runs: Vec<_> = runs.iter().map(|run| run.id).collect();
            let expected = payments.iter().filter(|payment| matches(&payment.run(), &filter));
            let expected: Vec<_> = expected.map(Payment::run_id).collect();
            assert_eq!(runs, expected, "{filter:?}");
        }
    }
}

/// Of each rule, the runs that were stored last are told, newest first, rule by rule as they are asked for.
pub async fn tells_the_last_runs_of_rules(factory: &impl StoreFactory) {
    let store = factory.open().await;
    let payments = mixed_runs(&*store).await;
    let (one, other) = (Uuid::from_u128(0xA2), Uuid::from_u128(0xA1));
    let expected = |rule_id: Uuid, count: usize| {
        let runs = payments.iter().map(Payment::run);
        let of_rule = runs.filter(move |run| run.rule_id == rule_id).take(count);
        of_rule.map(move |run| RecentRun {
            id: run.id,
            rule_id,
            status: run.status,
            accepted_at: run.accepted_at,
            finished_at: run.finished_at,
        })
    };
    let both: Vec<_> = expected(one, 7).chain(expected(other, 7)).collect();
    assert_eq!(both.len(), 14);
    assert_eq!(store.recent_runs(vec![one, id(), other], 7).await, Ok(both));
    let all: Vec<_> = expected(one, 99).collect();
    assert_eq!(store.recent_runs(vec![one], 99).await, Ok(all));
    assert_eq!(store.recent_runs(vec![one, other], 0).await, Ok(Vec::new()));
    assert_eq!(store.recent_runs(Vec::new(), 9).await, Ok(Vec::new()));
}

/// Whoever turns pages while runs arrive sees every run that was there when they began, once, in order.
pub async fn pages_of_runs_stand_still_while_runs_arrive(factory: &impl StoreFactory) {
    let store = factory.open().await;
    let expected: Vec<Uuid> = mixed_runs(&*store).await.iter().map(Payment::run_id).collect();
    let mut seen = Vec::new();
    let mut page = PageRequest {
        limit: 5,
        after: None,
    };
    for arrival in 0.. {
        let read = store.list_runs(RunFilter::default(), page).await.unwrap();
        seen.extend(read.items.into_iter().map(|run| run.id));
        let Some(next) = read.next else {
            break;
        };
        page.after = Some(next);
        pay(&*store, vec![Payment::new(id(), &format!("arrival {arrival}"))])
            .await
            .unwrap();
    }
    assert_eq!(seen, expected);
}

/// A run is read with its event, its transactions in the order of posting, and its events.
pub async fn shows_a_run_with_all_that_belongs_to_it(factory: &impl StoreFactory) {
    let store = factory.open().await;
    let company_id = id();
    let mut payment = Payment::new(company_id, "e1");
    payment
        .transfers
        .push(Transfer::new(company_id, "bank", "receivables", 60));
    payment
        .transfers
        .push(Transfer::new(company_id, "receivables", "bank", 20));
    payment.events = 3;
    payment.status = RunStatus::Failed;
    let others = ["e0", "e2"].map(|event_id| Payment::new(company_id, event_id));
    let [before, after] = others;
    pay(&*store, vec![before, payment.clone(), after]).await.unwrap();

    let details = store.find_run(payment.run_id()).await.unwrap().unwrap();
    assert_eq!(details.run, payment.run());
    assert_eq!(details.event, Some(payment.claim.body.clone()));
    let amounts: Vec<i64> = details
        .transactions
        .iter()
        .map(|transaction| transaction.entries[0].amount.minor())
        .collect();
    assert_eq!(amounts, [100, 60, 20]);
    assert_eq!(
        details
            .events
            .iter()
            .map(|event| event.number)
            .collect::<Vec<_>>(),
        [2, 3, 4]
    );
    assert_eq!(store.find_run(id()).await, Ok(None));
    assert_eq!(
        store
            .list_runs(RunFilter::default(), first(1))
            .await
            .unwrap()
            .items
            .len(),
        1
    );
}
