//! The order to transfer an amount.

use ledger::{Money, TransactionDraft, TransferError};
use serde_json::{Map, Value};
use service::Problem;
use store::{MovementIntent, StoredTransaction};
use uuid::Uuid;

use super::shape::{self, NewTransfer};
use crate::answers::Success;
use crate::desk::{Declined, Order, Said, Session, reused};
use crate::ends::{self, AMOUNT, CURRENCY, Ends};
use crate::{amount, texts};

/// An amount from one account to another, under a reference.
#[derive(Debug, Clone)]
pub(super) struct Transferring {
    pub(super) company_id: Uuid,
    ends: Ends,
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
        let currency = amount::currency(&new.currency, CURRENCY)?;
        texts::check_text(new.description.as_ref(), "/description")?;
        let metadata = texts::metadata(new.metadata.as_ref(), "/metadata")?;
        let members = match rules::json::parse(metadata.as_bytes()) {
            Ok(Value::Object(members)) => members,
            Ok(_) => Map::new(),
            Err(error) => return Err(Problem::internal(error.to_string())),
        };
        Ok(Self {
            company_id: new.company_id,
            ends: Ends {
                source: new.source_account_id,
                destination: new.destination_account_id,
            },
            amount: new.amount.positive(currency, AMOUNT)?,
            description: new.description.clone(),
            metadata,
            members,
            reference,
        })
    }

    fn draft(&self, session: &Session<'_>) -> Result<TransactionDraft, TransferError> {
        let [source, destination] = self.ends.found(session);
        let draft = ledger::transfer(self.company_id, source, destination, self.amount)?;
        let draft = draft.with_metadata(self.members.clone());
        Ok(draft.described(self.description.clone()))
    }

    /// Refuses to post what was posted before, in however distant a past.
    ///
    /// # Errors
    /// [`Declined::Posted`] if it was; 422 if callers posted something else under its reference; 409 `reference_in_use` if
    /// a rule did.
    pub(super) fn first_time(&self, session: &Session<'_>) -> Result<(), Declined> {
        if session.posted_under(self.company_id, &self.reference)?.is_none() {
            return Ok(());
        }
        // What cannot be posted was not what was.
        let draft = self.draft(session).map_err(|_| reused())?;
        session.first_posting(self.company_id, &self.reference, &draft)
    }

    /// Posts it.
    ///
    /// # Errors
    /// A refusal, which names the member.
    pub(super) fn post(&self, session: &mut Session<'_>) -> Result<StoredTransaction, Declined> {
        let draft = self.draft(session).map_err(|error| ends::unfit(&error))?;
        let source = self.ends.source_key(session);
        let said = Said {
            reference: self.reference.clone(),
            metadata: &self.metadata,
        };
        session.post(self.company_id, &draft, said, |rejection| {
            ends::refused(rejection, source.as_ref())
        })
    }
}

impl Order for Transferring {
    fn name(&self, intent: &mut MovementIntent) {
        self.ends.name(intent);
        let reference = (self.company_id, self.reference.clone());
        intent.footprint.references.insert(reference);
    }

    fn carry_out(&self, session: &mut Session<'_>) -> Result<Success, Declined> {
        let transaction = self.post(session)?;
        let shown = shape::transfer(&transaction).map_err(Declined::Fault)?;
        Success::at(shape::location(transaction.id), &shown).map_err(Declined::Fault)
    }
}
