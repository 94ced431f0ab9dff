//! `POST /api/v1/transfers/{transfer_id}/reverse`: a transfer taken back, in full or in part.

use std::sync::Arc;

use ledger::reference::REVERSALS;
use ledger::{AccountCode, Direction, Money, Reversible};
use poem_openapi::{Object, OpenApi, param::Path};
use serde::Serialize;
use service::{Problem, Strict};
use store::{MovementIntent, StoredTransaction};
use uuid::Uuid;

use super::create::Posted;
use super::shape;
use crate::amount::Amount;
use crate::answers::Success;
use crate::desk::{Declined, Order, Outcome, Said, Session, reused};
use crate::endpoint::State;
use crate::ends::{self, AMOUNT};
use crate::idempotency::{IdempotencyKey, Named, fingerprint};
use crate::refusal::Refusal;
use crate::tags::Chapter;
use crate::{Refused, problems, texts};

const ROUTE: &str = "POST /api/v1/transfers/{transfer_id}/reverse";

pub(super) struct ReverseTransfer(pub(super) State);

/// What is to be taken back.
#[derive(Debug, Clone, Serialize, Object)]
#[oai(deny_unknown_fields)]
struct NewReversal {
    /// How much; all that is left unless said.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[oai(nullable)]
    amount: Option<Amount>,
    /// Why. It becomes part of the ledger, which never changes and is never erased: no personal data belongs here.
    reason: String,
}

#[OpenApi(tag = "Chapter::Transfers")]
impl ReverseTransfer {
    /// Reverse a transfer
    ///
    /// By a new transfer that names the old; all reversals together never exceed it.
    #[oai(
        path = "/api/v1/transfers/:transfer_id/reverse",
        method = "post",
        operation_id = "reverse_transfer"
    )]
    async fn reverse(
        &self,
        transfer_id: Path<Uuid>,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        /// The reversal.
        reversal: Strict<NewReversal>,
    ) -> Result<Posted, Refused<404, 409, 422>> {
        let original = super::find(&self.0, transfer_id.0).await?;
        let order = Arc::new(read(&original, &reversal.0, &key.0)?);
        let address = format!("{ROUTE} {}", transfer_id.0);
        let fingerprint = fingerprint(&address, &reversal.0)?;
        let named = Named::new(original.company_id, ROUTE, &key.0, fingerprint);
        let outcome = self.0.desk.carry_out(order.clone(), Some(named)).await?;
        if let Outcome::Posted(reversal_id) = outcome {
            self.expect_same(&order, reversal_id).await?;
        }
        let reply = super::answer(&self.0, outcome).await?.reply()?;
        Ok(Posted::Transfer(reply.body, reply.location, reply.replayed))
    }
}

impl ReverseTransfer {
    /// That what stands under the key is what is asked for.
    async fn expect_same(&self, order: &Reversing, reversal_id: Uuid) -> Result<(), Problem> {
        let found = self.0.store.find_transaction(reversal_id).await;
        let found = found.map_err(problems::of_store)?;
        if found.is_some_and(|reversal| order.has_made(&reversal)) {
            Ok(())
        } else {
            Err(reused().to_problem())
        }
    }
}

fn read(original: &StoredTransaction, new: &NewReversal, key: &str) -> Result<Reversing, Problem> {
    texts::check_text(Some(&new.reason), "/reason")?;
    let side = |side| original.entries.iter().find(|entry| entry.direction == side);
    let (Some(debited), Some(credited)) = (side(Direction::Debit), side(Direction::Credit)) else {
        let message = format!("transfer {} lacks one of its two entries", original.id);
        return Err(Problem::internal(message));
    };
    let wanted = match &new.amount {
        Some(amount) => Some(amount.positive(debited.amount.currency(), AMOUNT)?),
        None => None,
    };
    Ok(Reversing {
        company_id: original.company_id,
        transfer_id: original.id,
        is_reversal: original.reverses.is_some(),
        source: debited.account.clone(),
        destination: credited.account.clone(),
        amount: debited.amount,
        wanted,
        reason: new.reason.clone(),
        reference: format!("{REVERSALS}{key}"),
    })
}

/// The order to take a transfer back.
struct Reversing {
    company_id: Uuid,
    transfer_id: Uuid,
    is_reversal: bool,
    source: AccountCode,
    destination: AccountCode,
    amount: Money,
    wanted: Option<Money>,
    reason: String,
    reference: String,
}

impl Reversing {
    /// Whether a transaction is what this asks for. How much was left when all of it was, nobody knows by then: who says no
    /// amount is answered by any.
    fn has_made(&self, transaction: &StoredTransaction) -> bool {
        let amount = transaction.entries.first().map(|entry| entry.amount);
        transaction.run_id.is_none()
            && transaction.reverses == Some(self.transfer_id)
            && transaction.description.as_ref() == Some(&self.reason)
            && (self.wanted.is_none() || self.wanted == amount)
    }

    fn original(&self, reversed: i64) -> Reversible {
        Reversible {
            transaction_id: self.transfer_id,
            source: self.source.clone(),
            destination: self.destination.clone(),
            amount: self.amount,
            reversed: Money::new(reversed, self.amount.currency()),
        }
    }
}

impl Order for Reversing {
    fn name(&self, intent: &mut MovementIntent) {
        intent.transactions.insert(self.transfer_id);
        let reference = (self.company_id, self.reference.clone());
        intent.footprint.references.insert(reference);
    }

    fn carry_out(&self, session: &mut Session<'_>) -> Result<Success, Declined> {
        // Before anything else: what is left of the transfer is less by then.
        if let Some(reversal_id) = session.posted_under(self.company_id, &self.reference)? {
            return Err(Declined::Posted(reversal_id));
        }
        if self.is_reversal {
            let detail = "A reversal is not taken back: transfer the amount anew.";
            return Err(Refusal::of("not_reversible", detail).into());
        }
        let Some((_, reversed)) = session.reversed(self.transfer_id) else {
            let detail = format!("There is no transfer {}.", self.transfer_id);
            return Err(Refusal::of("transfer_not_found", detail).into());
        };
        let draft = ledger::reversal(&self.original(reversed), self.wanted);
        let draft = draft
            .map_err(|error| Refusal::from(&error).at(AMOUNT))?
            .with_description(self.reason.clone());
        let said = Said {
            reference: self.reference.clone(),
            metadata: "{}",
        };
        let transaction = session.post(self.company_id, &draft, said, ends::refused_amount)?;
        let shown = shape::transfer(&transaction).map_err(Declined::Fault)?;
        Success::at(shape::location(transaction.id), &shown).map_err(Declined::Fault)
    }
}
