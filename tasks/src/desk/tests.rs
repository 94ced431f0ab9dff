//! A node's effects happen all or none, also those of tasks that have several.

use ledger::EntryDraft;

use super::*;

const COMPANY: Uuid = Uuid::from_u128(1);
const ORIGIN: Origin<'_> = Origin {
    company_id: COMPANY,
    run_id: Uuid::from_u128(2),
    node_id: "node",
    suffix: "",
    accepted_at_ms: 0,
};

fn transfer(amount: i64) -> TransactionDraft {
    let amount = Money::new(amount, "BRL".parse().unwrap());
    let mut from = EntryDraft::debit("purse".parse().unwrap(), amount);
    from.overdraft = Some(false);
    TransactionDraft::new(vec![from, EntryDraft::credit("shop".parse().unwrap(), amount)]).unwrap()
}

/// Into the purse, under a name.
fn fill(reference: &str, amount: i64) -> Effect {
    let amount = Money::new(amount, "BRL".parse().unwrap());
    let mut purse = EntryDraft::credit("purse".parse().unwrap(), amount);
    purse.overdraft = Some(false);
    let entries = vec![EntryDraft::debit("bank".parse().unwrap(), amount), purse];
    Effect::Post(TransactionDraft::new(entries).unwrap().with_reference(reference))
}

fn invoice() -> Effect {
    Effect::Event(EventDraft {
        event_type: "invoice.generated".to_owned(),
        data: Map::new(),
        numbering: Numbering::Invoice,
    })
}

fn apply(desk: &mut Desk, effects: Vec<Effect>) -> Result<Applied, String> {
    let mut last = 10_u128;
    let mut new_id = || {
        last += 1;
        Uuid::from_u128(last)
    };
    desk.apply(effects, ORIGIN, &mut new_id)
        .map_err(|error| match error {
            ApplyError::Rejected(error) => error.code,
            ApplyError::Unforeseen(needs) => format!("{needs:?}"),
        })
}

/// A desk that was told of all that these tests touch.
fn desk() -> Desk {
    let mut dry = Desk::dry();
    let effects = vec![fill("fee-1", 1), Effect::Post(transfer(1)), invoice()];
    apply(&mut dry, effects).unwrap();
    let mut desk = Desk::enforcing();
    desk.foresee(&dry.touched());
    desk
}

#[test]
fn what_came_before_the_refused_effect_is_taken_back() {
    let mut desk = desk();
    let effects = vec![fill("fee-1", 500), invoice(), Effect::Post(transfer(501))];
    assert_eq!(apply(&mut desk, effects).unwrap_err(), "insufficient_funds");
    assert_eq!(desk.books().changed().count(), 0);
    assert_eq!(desk.invoice_numbers().collect::<Vec<_>>(), [(COMPANY, 0)]);
}

#[test]
fn what_was_taken_back_may_be_done_anew() {
    let mut desk = desk();
    let effects = vec![fill("fee-1", 500), invoice(), Effect::Post(transfer(501))];
    apply(&mut desk, effects).unwrap_err();
    let applied = apply(&mut desk, vec![fill("fee-1", 700), invoice()]).unwrap();
    assert_eq!(applied.transactions.len(), 1, "the reference is free");
    assert_eq!(applied.yields["invoice_number"], 1, "the number is free");
}

#[test]
fn what_was_there_before_stays() {
    let mut desk = desk();
    apply(&mut desk, vec![fill("fee-1", 500), invoice()]).unwrap();
    let effects = vec![fill("fee-1", 500), invoice(), Effect::Post(transfer(501))];
    assert_eq!(apply(&mut desk, effects).unwrap_err(), "insufficient_funds");
    assert_eq!(desk.invoice_numbers().collect::<Vec<_>>(), [(COMPANY, 1)]);
    assert_eq!(
        apply(&mut desk, vec![fill("fee-1", 501)]).unwrap_err(),
        "reference_conflict"
    );
}

#[test]
fn a_transaction_is_named_by_its_node_unless_it_has_a_name() {
    let mut desk = desk();
    let applied = apply(&mut desk, vec![fill("fee-1", 500), Effect::Post(transfer(5))]).unwrap();
    let names: Vec<&str> = applied
        .transactions
        .iter()
        .map(|transaction| transaction.reference.as_str())
        .collect();
    assert_eq!(names, ["fee-1", "00000000-0000-0000-0000-000000000002:node"]);
}
