//! How a payment moves money: from its source to its destination, and back.
//!
//! In one currency that is two entries. In two it is four: what is taken goes to the company's account `exchange` in the
//! source's currency, and what it is worth comes from its account `exchange` in the destination's, so each currency balances.

use uuid::Uuid;

use super::Exchange;
use crate::transfer::{TransferEnd, TransferError, between};
use crate::{Account, AccountCode, Currency, Direction, EntryDraft, Money, TransactionDraft};

/// The accounts that a payment is between, as they were found.
#[derive(Debug, Clone, Copy)]
pub struct PaymentLegs<'a> {
    /// Whose payment it is.
    pub company_id: Uuid,
    /// The account that pays.
    pub source: TransferEnd<'a>,
    /// The account that is paid.
    pub destination: TransferEnd<'a>,
    /// How the amount becomes one of the destination's currency, if that is another.
    pub exchange: Option<Exchange>,
}

impl PaymentLegs<'_> {
    /// Whether an amount can go from the one to the other, whatever they hold.
    ///
    /// # Errors
    ///
    /// The first of the rules that it breaks, in the order of [`TransferError`].
    pub fn check(&self, amount: Money) -> Result<(), TransferError> {
        self.taking(amount).map(drop)
    }

    /// The two accounts that a hold of the amount is between: the source, and where its capture brings the amount.
    ///
    /// # Errors
    ///
    /// As [`check`](Self::check).
    pub fn hold(&self, currency: Currency) -> Result<[AccountCode; 2], TransferError> {
        let [source, destination] = self.accounts(currency)?;
        let to = match self.exchange {
            Some(_) => AccountCode::exchange(),
            None => destination.key().code.clone(),
        };
        Ok([source.key().code.clone(), to])
    }

    /// What captures an amount at once. It takes from the source, whatever the kind of that, on the sides on which a
    /// [hold](crate::Books::place_hold) would be captured.
    ///
    /// # Errors
    ///
    /// As [`check`](Self::check).
    pub fn taking(&self, amount: Money) -> Result<TransactionDraft, TransferError> {
        let [from, to] = self.hold(amount.currency())?;
        let side = self.side(amount.currency())?;
        let mut entries = vec![
            EntryDraft::new(from, side, amount),
            EntryDraft::new(to, side.opposite(), amount),
        ];
        entries.extend(self.handing_on(amount)?);
        Ok(TransactionDraft::new(entries)?)
    }

    /// What brings an amount to the destination that the capture of a hold brought to the account `exchange`; nothing in one
    /// currency, since it is there already.
    ///
    /// # Errors
    ///
    /// As [`check`](Self::check).
    pub fn handing_on(&self, amount: Money) -> Result<Vec<EntryDraft>, TransferError> {
        let Some(exchange) = self.exchange else {
            return Ok(Vec::new());
        };
        let [_, destination] = self.accounts(amount.currency())?;
        let (worth, side) = (exchange.worth(amount)?, self.side(amount.currency())?);
        if !worth.is_positive() {
            let currency = exchange.to();
            return Err(TransferError::Worthless { amount, currency });
        }
        Ok(vec![
            EntryDraft::new(AccountCode::exchange(), side, worth),
            EntryDraft::new(destination.key().code.clone(), side.opposite(), worth),
        ])
    }

    /// What gives so much back of what was captured by a transaction, after so much was given back before. In two currencies
    /// the destination gives what that part is worth, which may be nothing; all parts together are worth what the whole was.
    ///
    /// # Errors
    ///
    /// As [`check`](Self::check).
    pub fn giving_back(
        &self,
        amount: Money,
        before: Money,
        captured_by: Uuid,
    ) -> Result<TransactionDraft, TransferError> {
        let [source, destination] = self.accounts(amount.currency())?;
        let side = self.side(amount.currency())?;
        let (source, destination) = (source.key().code.clone(), destination.key().code.clone());
        let entries = match self.exchange {
            None => vec![
                EntryDraft::new(destination, side, amount),
                EntryDraft::new(source, side.opposite(), amount),
            ],
            Some(exchange) => {
                let worth = exchange.worth_of_part(before, amount)?;
                let given = [
                    EntryDraft::new(destination, side, worth),
                    EntryDraft::new(AccountCode::exchange(), side.opposite(), worth),
                ];
                let received = [
                    EntryDraft::new(AccountCode::exchange(), side, amount),
                    EntryDraft::new(source, side.opposite(), amount),
                ];
                let given = given.into_iter().filter(|entry| entry.amount.is_positive());
                given.chain(received).collect()
            }
        };
        Ok(TransactionDraft::new(entries)?.reversing(captured_by))
    }

    /// The two accounts, each in its currency.
    fn accounts(&self, currency: Currency) -> Result<[&Account; 2], TransferError> {
        let received = self.exchange.map_or(currency, |exchange| exchange.to());
        if self.exchange.is_some() && received == currency {
            return Err(TransferError::OneCurrency { currency });
        }
        let accounts = between(
            self.company_id,
            [self.source, self.destination],
            [currency, received],
        )?;
        let is_exchange = |account: &&&Account| account.key().code == AccountCode::exchange();
        match accounts.iter().find(is_exchange) {
            Some(account) if self.exchange.is_some() => Err(TransferError::SameAccount {
                account_id: account.id(),
            }),
            _ => Ok(accounts),
        }
    }

    /// The side on which an entry takes from the source.
    fn side(&self, currency: Currency) -> Result<Direction, TransferError> {
        let [source, _] = self.accounts(currency)?;
        Ok(source.taking_side())
    }
}
