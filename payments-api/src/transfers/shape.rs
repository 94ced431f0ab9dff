//! What transfers look like, asked for and answered.

use api_types::{JsonObject, Time};
use ledger::Direction;
use ledger::reference::{REVERSALS, TRANSFER_BATCHES, TRANSFERS};
use poem_openapi::{Enum, Object};
use serde::Serialize;
use store::StoredTransaction;
use uuid::Uuid;

use crate::amount::Amount;
use crate::texts;

/// An amount to transfer.
#[derive(Debug, Clone, Serialize, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct NewTransfer {
    /// Whose accounts they are.
    pub(super) company_id: Uuid,
    /// The account that is debited.
    pub(super) source_account_id: Uuid,
    /// The account that is credited.
    pub(super) destination_account_id: Uuid,
    /// How much: more than zero.
    pub(super) amount: Amount,
    /// The currency (ISO 4217): that of both accounts.
    pub(super) currency: String,
    /// What it is for. It becomes part of the ledger, which never changes and is never erased: no personal data belongs here.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[oai(nullable)]
    pub(super) description: Option<String>,
    /// Whatever the company wants to keep with it, in the ledger as well.
    #[serde(skip_serializing_if = "texts::is_no_metadata")]
    #[oai(nullable)]
    pub(super) metadata: Option<JsonObject>,
}

/// A transfer, or the reversal of one.
#[derive(Debug, Clone, Serialize, Object)]
pub(super) struct Transfer {
    /// Its id.
    id: Uuid,
    /// The ledger transaction that it is.
    transaction_id: Uuid,
    /// Whose accounts they are.
    company_id: Uuid,
    /// It is posted when it is answered.
    status: TransferStatus,
    /// The account that was debited.
    source_account_id: Uuid,
    /// The account that was credited.
    destination_account_id: Uuid,
    /// How much.
    amount: String,
    /// The currency.
    currency: String,
    /// What it is for; of a reversal, the reason.
    #[oai(nullable)]
    description: Option<String>,
    /// What the company added.
    metadata: JsonObject,
    /// The transfer that this one takes back, if it does.
    #[oai(nullable)]
    reverses: Option<Uuid>,
    /// When it was posted.
    created_at: Time,
}

#[derive(Debug, Clone, Copy, Serialize, Enum)]
#[serde(rename_all = "snake_case")]
#[oai(rename_all = "snake_case")]
enum TransferStatus {
    /// It is in the ledger.
    Posted,
}

/// Whether a transaction is a transfer or a reversal.
pub(super) fn is_transfer(transaction: &StoredTransaction) -> bool {
    let begins = |prefix: &&str| transaction.reference.starts_with(*prefix);
    transaction.run_id.is_none() && [TRANSFERS, TRANSFER_BATCHES, REVERSALS].iter().any(begins)
}

/// Where a transfer is.
pub(super) fn location(transfer_id: Uuid) -> String {
    format!("/api/v1/transfers/{transfer_id}")
}

/// A transfer as the API shows it.
///
/// # Errors
/// What is stored is none.
pub(super) fn transfer(transaction: &StoredTransaction) -> Result<Transfer, String> {
    let id = transaction.id;
    let side = |side| transaction.entries.iter().find(|entry| entry.direction == side);
    let (Some(source), Some(destination)) = (side(Direction::Debit), side(Direction::Credit)) else {
        return Err(format!("transfer {id} lacks one of its two entries"));
    };
    let metadata = JsonObject::new(transaction.metadata.clone());
    Ok(Transfer {
        id,
        transaction_id: id,
        company_id: transaction.company_id,
        status: TransferStatus::Posted,
        source_account_id: source.account_id,
        destination_account_id: destination.account_id,
        amount: source.amount.to_decimal_string(),
        currency: source.amount.currency().code().to_owned(),
        description: transaction.description.clone(),
        metadata: metadata.map_err(|error| format!("the metadata of transfer {id}: {error}"))?,
        reverses: transaction.reverses,
        created_at: Time::from(transaction.created_at),
    })
}
