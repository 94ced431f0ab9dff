//! Accounts against their entries and holds.

use std::collections::HashMap;

use ledger::{Account, AccountKey, Currency, Direction, Hold, HoldStatus};
use uuid::Uuid;

use super::Difference;
use crate::StoredEntry;

/// Every account, with what its entries and holds add up to so far.
#[derive(Default)]
pub(super) struct Accounts {
    by_id: HashMap<Uuid, Recomputed>,
    ids: HashMap<AccountKey, Uuid>,
    entries: u64,
}

struct Recomputed {
    account: Account,
    debits: i128,
    credits: i128,
    pending_debits: i128,
    pending_credits: i128,
    entries: u64,
}

impl Accounts {
    pub(super) fn count(&self) -> u64 {
        u64::try_from(self.by_id.len()).unwrap_or(u64::MAX)
    }

    pub(super) fn entries(&self) -> u64 {
        self.entries
    }

    /// Begins an account: its limits are checked at once.
    pub(super) fn begin(&mut self, account: &Account) -> Result<(), Difference> {
        let state = account.state();
        if !state.overdraft && account.available().is_negative() {
            let available = account.available();
            return Err(wrong(
                account,
                format!("{available} are available, and it may not be overdrawn"),
            ));
        }
        let recomputed = Recomputed {
            account: account.clone(),
            debits: 0,
            credits: 0,
            pending_debits: 0,
            pending_credits: 0,
            entries: 0,
        };
        if self.ids.insert(state.key.clone(), state.id).is_some() {
            return Err(wrong(
                account,
                "there are two accounts of this company, code and currency",
            ));
        }
        self.by_id.insert(state.id, recomputed);
        Ok(())
    }

    /// A pending hold takes from its first account and is to bring to its second.
    pub(super) fn hold(&mut self, hold: &Hold) -> Result<(), Difference> {
        if hold.status() != HoldStatus::Pending {
            return Ok(());
        }
        let amount = i128::from(hold.amount().minor());
        let taking = self
            .of_hold(hold, &hold.account())?
            .account
            .state()
            .kind
            .normal_side()
            .opposite();
        for (key, side) in [(hold.account(), taking), (hold.to(), taking.opposite())] {
            let account = self.of_hold(hold, &key)?;
            match side {
                Direction::Debit => account.pending_debits += amount,
                Direction::Credit => account.pending_credits += amount,
            }
        }
        Ok(())
    }

    fn of_hold(&mut self, hold: &Hold, key: &AccountKey) -> Result<&mut Recomputed, Difference> {
        let account = self.ids.get(key).and_then(|id| self.by_id.get_mut(id));
        account.ok_or_else(|| {
            Difference::of(
                format!("hold {}", hold.id()),
                format!("there is no account {key}"),
            )
        })
    }

    /// The next entry of an account.
    pub(super) fn entry(&mut self, entry: &StoredEntry) -> Result<(), Difference> {
        let Some(own) = self.by_id.get_mut(&entry.account_id) else {
            let problem = format!("its account {} does not exist", entry.account_id);
            return Err(Difference::of(format!("entry {}", entry.id), problem));
        };
        self.entries += 1;
        own.entries += 1;
        if entry.number != own.entries {
            let problem = format!("entry {} follows entry {}", entry.number, own.entries - 1);
            return Err(wrong(&own.account, problem));
        }
        if entry.amount.currency() != own.currency() || !entry.amount.is_positive() {
            return Err(wrong(
                &own.account,
                format!("entry {} is of {}", entry.number, entry.amount),
            ));
        }
        let amount = i128::from(entry.amount.minor());
        match entry.direction {
            Direction::Debit => own.debits += amount,
            Direction::Credit => own.credits += amount,
        }
        let (stated, computed) = (i128::from(entry.balance_after.minor()), own.balance());
        if stated != computed {
            let problem = format!(
                "entry {} says that it leaves {stated} minor units, and the entries so far add up to {computed}",
                entry.number
            );
            return Err(wrong(&own.account, problem));
        }
        Ok(())
    }

    /// Every account against its sums, and every company's debits against its credits.
    pub(super) fn finish(&self) -> Result<(), Difference> {
        let mut sums: HashMap<(Uuid, Currency), i128> = HashMap::new();
        let mut ids: Vec<&Uuid> = self.by_id.keys().collect();
        ids.sort_unstable();
        for own in ids.into_iter().filter_map(|id| self.by_id.get(id)) {
            own.compare()?;
            let key = own.account.key();
            *sums.entry((key.company_id, key.currency)).or_default() += own.debits - own.credits;
        }
        match sums.into_iter().find(|(_, sum)| *sum != 0) {
            None => Ok(()),
            Some(((company_id, currency), sum)) => Err(Difference::of(
                format!("company {company_id}"),
                format!("its debits exceed its credits by {sum} minor units of {currency}"),
            )),
        }
    }
}

impl Recomputed {
    fn currency(&self) -> Currency {
        self.account.key().currency
    }

    fn balance(&self) -> i128 {
        match self.account.state().kind.normal_side() {
            Direction::Debit => self.debits - self.credits,
            Direction::Credit => self.credits - self.debits,
        }
    }

    fn compare(&self) -> Result<(), Difference> {
        let state = self.account.state();
        let figures = [
            ("posted_debits", i128::from(state.posted_debits), self.debits),
            ("posted_credits", i128::from(state.posted_credits), self.credits),
            (
                "pending_debits",
                i128::from(state.pending_debits),
                self.pending_debits,
            ),
            (
                "pending_credits",
                i128::from(state.pending_credits),
                self.pending_credits,
            ),
            (
                "the number of entries",
                i128::from(state.entries),
                i128::from(self.entries),
            ),
        ];
        for (figure, stored, computed) in figures {
            if stored != computed {
                let problem = format!("{figure} is stored as {stored}, and computed as {computed}");
                return Err(wrong(&self.account, problem));
            }
        }
        Ok(())
    }
}

fn wrong(account: &Account, problem: impl Into<String>) -> Difference {
    Difference::of(format!("account {}", account.key()), problem)
}
