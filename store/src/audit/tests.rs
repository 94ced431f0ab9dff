use async_trait::async_trait;
use jiff::Timestamp;
use ledger::{AccountCode, AccountKey, AccountKind, AccountState, AccountStatus, Direction, Money};

use super::*;
use crate::{AccountFilter, EntryFilter, KindTotal, Page, PageRequest, StoredTransaction};

/// A ledger in memory: one payment of 12.00 from `settlement` to `revenue`.
#[derive(Clone)]
struct Fixture {
    accounts: Vec<AccountState>,
    entries: Vec<StoredEntry>,
    empty_transaction: Option<Uuid>,
}

fn brl(minor: i64) -> Money {
    Money::new(minor, "BRL".parse().unwrap())
}

fn account(id: u128, code: &str, kind: AccountKind) -> AccountState {
    AccountState {
        id: Uuid::from_u128(id),
        key: AccountKey::new(
            Uuid::nil(),
            AccountCode::new(code).unwrap(),
            "BRL".parse().unwrap(),
        ),
        kind,
        overdraft: true,
        status: AccountStatus::Open,
        posted_debits: 0,
        posted_credits: 0,
        pending_debits: 0,
        pending_credits: 0,
        entries: 1,
    }
}

fn entry(position: u32, account: &AccountState, direction: Direction) -> StoredEntry {
    StoredEntry {
        id: Uuid::from_u128(100 + u128::from(position)),
        transaction_id: Uuid::from_u128(50),
        position,
        company_id: Uuid::nil(),
        run_id: None,
        account_id: account.id,
        account: account.key.code.clone(),
        number: 1,
        direction,
        amount: brl(1200),
        balance_after: brl(1200),
        created_at: Timestamp::UNIX_EPOCH,
    }
}

fn sound() -> Fixture {
    let mut settlement = account(1, "settlement", AccountKind::Asset);
    let mut revenue = account(2, "revenue", AccountKind::Revenue);
    let entries = vec![
        entry(0, &settlement, Direction::Debit),
        entry(1, &revenue, Direction::Credit),
    ];
    settlement.posted_debits = 1200;
    revenue.posted_credits = 1200;
    Fixture {
        accounts: vec![settlement, revenue],
        entries,
        empty_transaction: None,
    }
}

#[async_trait]
impl LedgerViews for Fixture {
    async fn list_accounts(&self, _: AccountFilter, _: PageRequest) -> Result<Page<Account>, StoreError> {
        Ok(Page {
            items: Vec::new(),
            next: None,
        })
    }

    async fn list_entries(&self, _: EntryFilter, _: PageRequest) -> Result<Page<StoredEntry>, StoreError> {
        Ok(Page {
            items: Vec::new(),
            next: None,
        })
    }

    async fn find_transaction(&self, _: Uuid) -> Result<Option<StoredTransaction>, StoreError> {
        Ok(None)
    }

    async fn trial_balance(&self, _: Option<Uuid>) -> Result<Vec<KindTotal>, StoreError> {
        Ok(Vec::new())
    }

    async fn visit_ledger(
        &self,
        mut visitor: Box<dyn LedgerVisitor>,
    ) -> Result<Box<dyn LedgerVisitor>, StoreError> {
        for account in &self.accounts {
            let account = Account::from_state(account.clone()).unwrap();
            if visitor.account(&account) == Visit::Stop {
                return Ok(visitor);
            }
        }
        for entry in &self.entries {
            let _ = visitor.entry_of_account(entry);
        }
        for entry in &self.entries {
            let _ = visitor.entry_of_transaction(entry);
        }
        if let Some(transaction_id) = self.empty_transaction {
            let _ = visitor.empty_transaction(transaction_id);
        }
        Ok(visitor)
    }
}

async fn problem(fixture: Fixture) -> String {
    verify_ledger(&fixture)
        .await
        .unwrap()
        .difference
        .expect("a difference")
        .to_string()
}

#[tokio::test]
async fn a_sound_ledger_has_no_difference() {
    let audit = verify_ledger(&sound()).await.unwrap();
    assert_eq!(
        audit,
        Audit {
            accounts: 2,
            transactions: 1,
            entries: 2,
            holds: 0,
            difference: None
        }
    );
}

#[tokio::test]
async fn every_kind_of_tampering_is_named() {
    let mut balance = sound();
    balance.accounts[0].posted_debits = 1300;
    assert!(
        problem(balance)
            .await
            .contains("posted_debits is stored as 1300, and computed as 1200")
    );

    let mut pending = sound();
    pending.accounts[1].pending_debits = 5;
    assert!(
        problem(pending)
            .await
            .contains("pending_debits is stored as 5, and computed as 0")
    );

    let mut running = sound();
    running.entries[1].balance_after = brl(1);
    assert!(problem(running).await.contains("leaves 1 minor units"));

    let mut number = sound();
    number.entries[1].number = 2;
    assert!(problem(number).await.contains("entry 2 follows entry 0"));

    let mut unbalanced = sound();
    unbalanced.entries[1].amount = brl(1000);
    unbalanced.entries[1].balance_after = brl(1000);
    unbalanced.accounts[1].posted_credits = 1000;
    assert!(problem(unbalanced).await.contains("exceed its credits by 200"));

    let mut alone = sound();
    alone.entries.pop();
    alone.accounts.pop();
    assert!(!problem(alone).await.is_empty());

    let mut empty = sound();
    empty.empty_transaction = Some(Uuid::from_u128(9));
    assert!(problem(empty).await.contains("no entries"));

    let mut twice = sound();
    let mut copy = twice.accounts[0].clone();
    copy.id = Uuid::from_u128(3);
    twice.accounts.push(copy);
    assert!(problem(twice).await.contains("two accounts"));
}
