//! The order to transfer an amount.

use ledger::{Direction, Money, Rejection, TransferEnd, TransferError};
use serde_json::{Map, Value};
use service::Problem;
use store::{MovementIntent, StoredTransaction};
use uuid::Uuid;

use super::shape::{self, NewTransfer};
use crate::answers::Success;
use crate::desk::{Declined, Order, Said, Session};
use crate::refusal::Refusal;
use crate::{amount, texts};

const SOURCE: &str = "/source_account_id";
const DESTINATION: &str = "/destination_account_id";
const AMOUNT: &str = "/amount";

/// An amount from one account to another, under a reference.
#[derive(Debug, Clone)]
pub(super) struct Transferring {
    pub(super) company_id: Uuid,
    source: Uuid,
    destination: Uuid,
    amount: Money,
    description: Option<String>,
    metadata: String,
    /// The same, to be part of what the transaction says.
    members: Map<String, Value>,
    pub(super) reference: String,
}

impl Transferring {
    /// Reads what is asked for, without looking at any account.
    ///
    /// # Errors
    /// 422, which names the member.
    pub(super) fn read(new: &NewTransfer, reference: String) -> Result<Self, Problem> {
        let currency = amount::currency(&new.currency, "/currency")?;
        texts::check_text(new.description.as_ref(), "/description")?;
        let metadata = texts::metadata(new.metadata.as_ref(), "/metadata")?;
        let members = match rules::json::parse(metadata.as_bytes()) {
            Ok(Value::Object(members)) => members,
            Ok(_) => Map::new(),
            Err(error) => return Err(Problem::internal(error.to_string())),
        };
        Ok(Self {
            company_id: new.company_id,
            source: new.source_account_id,
            destination: new.destination_account_id,
            amount: new.amount.positive(currency, AMOUNT)?,
            description: new.description.clone(),
            metadata,
            members,
            reference,
        })
    }

    /// Posts it.
    ///
    /// # Errors
    /// A refusal, which names the member.
    pub(super) fn post(&self, session: &mut Session<'_>) -> Result<StoredTransaction, Declined> {
        let [source, destination] = [self.source, self.destination].map(|id| TransferEnd {
            id,
            found: session.account(id),
        });
        let draft = ledger::transfer(self.company_id, source, destination, self.amount);
        let mut draft = draft
            .map_err(|error| Refusal::from(&error).at(member_of(&error)))?
            .with_metadata(self.members.clone());
        if let Some(description) = &self.description {
            draft = draft.with_description(description.clone());
        }
        let source = source.found.map(|account| account.key().clone());
        let said = Said {
            reference: self.reference.clone(),
            metadata: &self.metadata,
        };
        session.post(self.company_id, &draft, said, |rejection| {
            let is_source = account_of(rejection) == source.as_ref();
            Refusal::from(rejection).at(match rejection {
                Rejection::InsufficientFunds { .. } | Rejection::AmountOverflow { .. } => AMOUNT,
                _ if is_source => SOURCE,
                _ => DESTINATION,
            })
        })
    }
}

fn account_of(rejection: &Rejection) -> Option<&ledger::AccountKey> {
    match rejection {
        Rejection::AccountFrozen { account } | Rejection::AccountClosed { account } => Some(account),
        _ => None,
    }
}

fn member_of(error: &TransferError) -> &'static str {
    match error {
        TransferError::SameAccount { .. } => DESTINATION,
        TransferError::AccountNotFound { side, .. } => match side {
            Direction::Debit => SOURCE,
            Direction::Credit => DESTINATION,
        },
        TransferError::CurrencyMismatch { .. } => "/currency",
        _ => AMOUNT,
    }
}

impl Order for Transferring {
    fn name(&self, intent: &mut MovementIntent) {
        intent.accounts.extend([self.source, self.destination]);
        let reference = (self.company_id, self.reference.clone());
        intent.footprint.references.insert(reference);
    }

    fn carry_out(&self, session: &mut Session<'_>) -> Result<Success, Declined> {
        let transaction = self.post(session)?;
        let shown = shape::transfer(&transaction).map_err(Declined::Fault)?;
        Success::at(shape::location(transaction.id), &shown).map_err(Declined::Fault)
    }
}
