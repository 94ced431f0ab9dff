//! The two accounts that money goes between, and how much: the members of a request that say so, and which of them a refusal
//! is about.

use ledger::{AccountCode, AccountKey, Direction, Rejection, TransferEnd, TransferError};
use store::{MovementIntent, StoredHold};
use uuid::Uuid;

use crate::desk::Session;
use crate::refusal::Refusal;

const SOURCE: &str = "/source_account_id";
const DESTINATION: &str = "/destination_account_id";
pub(crate) const AMOUNT: &str = "/amount";
pub(crate) const CURRENCY: &str = "/currency";

/// The accounts that money goes between, by id.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ends {
    pub(crate) source: Uuid,
    pub(crate) destination: Uuid,
}

impl Ends {
    /// Names them as what may be touched.
    pub(crate) fn name(self, intent: &mut MovementIntent) {
        intent.accounts.extend([self.source, self.destination]);
    }

    /// Those of a hold.
    pub(crate) fn of(stored: &StoredHold) -> Self {
        Self {
            source: stored.account_id,
            destination: stored.to_account_id,
        }
    }

    /// What was found of them: source, destination.
    pub(crate) fn found<'s>(self, session: &'s Session<'_>) -> [TransferEnd<'s>; 2] {
        [self.source, self.destination].map(|id| TransferEnd {
            id,
            found: session.account(id),
        })
    }

    /// That an exchange is between accounts that it does not itself go through.
    ///
    /// # Errors
    /// 422 `exchange_account`, which names the end.
    pub(crate) fn expect_no_exchange_account(
        self,
        company_id: Uuid,
        session: &Session<'_>,
    ) -> Result<(), Refusal> {
        let own = |key: &AccountKey| key.company_id == company_id && key.code == AccountCode::exchange();
        for (end, pointer) in self.found(session).into_iter().zip([SOURCE, DESTINATION]) {
            if let Some(account) = end.found.filter(|account| own(account.key())) {
                let detail = format!(
                    "An exchange goes through the account {}, so it cannot begin or end there.",
                    account.key()
                );
                return Err(Refusal::of("exchange_account", detail).at(pointer));
            }
        }
        Ok(())
    }

    /// The source's key, if there is such an account.
    pub(crate) fn source_key(self, session: &Session<'_>) -> Option<AccountKey> {
        session.account(self.source).map(|account| account.key().clone())
    }
}

/// Why the ledger refuses what is asked of something whose accounts the request does not name. Only how much it is of may be a
/// member at fault.
pub(crate) fn refused_amount(rejection: &Rejection) -> Refusal {
    let refusal = Refusal::from(rejection);
    match rejection {
        Rejection::AmountExceedsHold { .. }
        | Rejection::AmountOverflow { .. }
        | Rejection::InsufficientFunds { .. } => refusal.at(AMOUNT),
        _ => refusal,
    }
}

/// Why nothing can go between two accounts.
pub(crate) fn unfit(error: &TransferError) -> Refusal {
    Refusal::from(error).at(match error {
        TransferError::SameAccount { .. } => DESTINATION,
        TransferError::AccountNotFound { side, .. } => match side {
            Direction::Debit => SOURCE,
            Direction::Credit => DESTINATION,
        },
        TransferError::CurrencyMismatch { .. } => CURRENCY,
        _ => AMOUNT,
    })
}

/// Why the ledger refuses it.
pub(crate) fn refused(rejection: &Rejection, source: Option<&AccountKey>) -> Refusal {
    let at_fault = match rejection {
        Rejection::AccountFrozen { account } | Rejection::AccountClosed { account } => Some(account),
        _ => None,
    };
    Refusal::from(rejection).at(match rejection {
        Rejection::InsufficientFunds { .. } | Rejection::AmountOverflow { .. } => AMOUNT,
        _ if at_fault == source => SOURCE,
        _ => DESTINATION,
    })
}
