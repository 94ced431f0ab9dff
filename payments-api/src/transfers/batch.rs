//! `POST /api/v1/transfers/batch`: many transfers in one request, all or none, or each on its own.

use std::sync::Arc;

use api_types::FieldError;
use ledger::reference::TRANSFER_BATCHES;
use poem_openapi::{ApiResponse, Enum, Object, OpenApi};
use serde::Serialize;
use service::{Problem, RawJson, Strict};
use store::{KeptRequest, MovementIntent};
use uuid::Uuid;

use super::order::Transferring;
use super::shape::{self, NewTransfer, Transfer};
use crate::answers::{Answered, Success};
use crate::desk::{Declined, Order, Outcome, Session, reused};
use crate::endpoint::State;
use crate::idempotency::{IdempotencyKey, Named, fingerprint};
use crate::refusal::Refusal;
use crate::tags::Chapter;
use crate::{Refused, problems};

const ROUTE: &str = "POST /api/v1/transfers/batch";
const MAX_TRANSFERS: usize = 500;
/// Why a transfer of a batch was refused whose answer is forgotten.
const FORGOTTEN: &str = "It was refused when the batch was carried out. Why is forgotten by now.";

pub(super) struct CreateTransfers(pub(super) State);

/// Transfers between accounts of one company.
#[derive(Debug, Clone, Serialize, Object)]
#[oai(deny_unknown_fields)]
struct NewTransfers {
    /// Whether all of them are posted or none is; else each is on its own.
    atomic: bool,
    /// The transfers, in the order in which they are posted: 1 to 500.
    transfers: Vec<NewTransfer>,
}

/// What became of each transfer.
#[derive(Debug, Clone, Serialize, Object)]
struct TransferResults {
    /// As it was asked for.
    atomic: bool,
    /// One for each transfer, in their order.
    results: Vec<TransferResult>,
}

/// What became of a transfer.
#[derive(Debug, Clone, Serialize, Object)]
struct TransferResult {
    /// Its place in the request, from 0.
    index: u32,
    /// Whether it is in the ledger.
    status: ResultStatus,
    /// The transfer, if it was posted.
    #[oai(nullable)]
    transfer: Option<Transfer>,
    /// Why not, if it was refused.
    #[oai(nullable)]
    error: Option<FieldError>,
}

#[derive(Debug, Clone, Copy, Serialize, Enum)]
#[serde(rename_all = "snake_case")]
#[oai(rename = "TransferResultStatus", rename_all = "snake_case")]
enum ResultStatus {
    /// It is in the ledger.
    Posted,
    /// It was refused, and changed nothing.
    Refused,
}

#[derive(ApiResponse)]
enum Done {
    /// The request was carried out; `results` says what became of each transfer.
    #[oai(status = 201)]
    Results(
        RawJson<TransferResults>,
        /// `true` if this is the answer to an earlier request under the same key.
        #[oai(header = "Idempotency-Replayed")]
        Option<bool>,
    ),
}

#[OpenApi(tag = "Chapter::Transfers")]
impl CreateTransfers {
    /// Transfer many amounts
    ///
    /// With `atomic`, one that is refused refuses all: `errors` names it. Else each has its result. A body that cannot be read is
    /// refused whole in either case, as by an amount that is none in its currency: a result per transfer is for what the
    /// ledger says.
    #[oai(
        path = "/api/v1/transfers/batch",
        method = "post",
        operation_id = "create_transfers"
    )]
    async fn create(
        &self,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        /// The transfers.
        transfers: Strict<NewTransfers>,
    ) -> Result<Done, Refused<404, 409, 422>> {
        let company_id = company_of(&transfers.0)?;
        let fingerprint = fingerprint(ROUTE, &transfers.0)?;
        let named = Named::new(company_id, ROUTE, &key.0, fingerprint);
        let order = Arc::new(read(&transfers.0, named.kept())?);
        let answered = match self.0.desk.carry_out(order.clone(), Some(named)).await? {
            Outcome::Answered(answered) => answered,
            Outcome::Posted(_) => remembered(&self.0, &order).await?,
        };
        let reply = answered.reply()?;
        Ok(Done::Results(reply.body, reply.replayed))
    }
}

/// The answer to a batch that was carried out long ago, made of the transfers that it posted.
async fn remembered(state: &State, batch: &Transfers) -> Result<Answered, Problem> {
    let mut results = Vec::with_capacity(batch.each.len());
    for (transfer, index) in batch.each.iter().zip(0..) {
        let (company_id, reference) = (transfer.company_id, transfer.reference.clone());
        let found = state.store.find_reference(company_id, reference).await;
        let transfer = match found.map_err(problems::of_store)? {
            Some(id) => super::look_up(state, id).await?,
            None => None,
        };
        results.push(match transfer {
            Some(transfer) => posted(index, shape::transfer(&transfer).map_err(Problem::internal)?),
            None => refused(index, Refusal::of("result_forgotten", FORGOTTEN)),
        });
    }
    let success = Success::showing(&batch.results(results));
    Ok(Answered {
        answer: Ok(success.map_err(Problem::internal)?),
        replayed: true,
    })
}

/// The one company that all transfers are of.
fn company_of(new: &NewTransfers) -> Result<Uuid, Problem> {
    let company_id = match new.transfers.first() {
        Some(first) if new.transfers.len() <= MAX_TRANSFERS => first.company_id,
        _ => {
            let found = new.transfers.len();
            let detail = format!("A batch has 1 to {MAX_TRANSFERS} transfers, this one {found}.");
            return Err(invalid("/transfers", &detail));
        }
    };
    let mut each = new.transfers.iter();
    match each.position(|transfer| transfer.company_id != company_id) {
        None => Ok(company_id),
        Some(index) => {
            let pointer = format!("/transfers/{index}/company_id");
            Err(invalid(&pointer, "All transfers of a batch are of one company."))
        }
    }
}

fn read(new: &NewTransfers, request: KeptRequest) -> Result<Transfers, Problem> {
    let key = &request.key.key;
    let each = new.transfers.iter().enumerate();
    let each = each.map(|(index, transfer)| {
        let reference = format!("{TRANSFER_BATCHES}{index}/{key}");
        let read = Transferring::read(transfer, reference);
        read.map_err(|problem| within(&format!("/transfers/{index}"), &problem))
    });
    Ok(Transfers {
        atomic: new.atomic,
        each: each.collect::<Result<_, _>>()?,
        request,
    })
}

fn invalid(pointer: &str, detail: &str) -> Problem {
    let fault = FieldError::new(pointer, "invalid_batch", detail);
    Problem::unprocessable("invalid_batch", detail).with_errors([fault])
}

/// A problem of an element, as one of the batch.
fn within(pointer: &str, problem: &Problem) -> Problem {
    let errors = problem.errors().iter().cloned().map(|fault| FieldError {
        pointer: format!("{pointer}{}", fault.pointer),
        ..fault
    });
    Problem::unprocessable(problem.code(), problem.detail()).with_errors(errors)
}

/// The order to transfer many amounts.
struct Transfers {
    atomic: bool,
    each: Vec<Transferring>,
    request: KeptRequest,
}

impl Transfers {
    fn together(&self, session: &mut Session<'_>) -> Result<Vec<TransferResult>, Declined> {
        let each = self.each.iter().zip(0..);
        let results = each.map(|(transfer, index)| {
            let transaction = transfer.post(session).map_err(|declined| match declined {
                Declined::Refused(refusal) => refusal.within(&format!("/transfers/{index}")).into(),
                other => other,
            })?;
            let transfer = shape::transfer(&transaction).map_err(Declined::Fault)?;
            Ok(posted(index, transfer))
        });
        results.collect()
    }

    fn one_by_one(&self, session: &mut Session<'_>) -> Result<Vec<TransferResult>, Declined> {
        let each = self.each.iter().zip(0..);
        let results =
            each.map(
                |(transfer, index)| match session.all_or_nothing(|session| transfer.post(session)) {
                    Ok(transaction) => {
                        let transfer = shape::transfer(&transaction).map_err(Declined::Fault)?;
                        Ok(posted(index, transfer))
                    }
                    Err(Declined::Refused(refusal)) => Ok(refused(index, refusal)),
                    Err(other) => Err(other),
                },
            );
        results.collect()
    }

    /// Refuses what was carried out before. Of the transfers of a batch some may have been refused then, unless it was all or
    /// none: they are not posted now, since nobody knows that they were not meant to be refused. Batches from before
    /// requests were kept are known by what they posted.
    fn first_time(&self, session: &Session<'_>) -> Result<(), Declined> {
        session.first_batch(&self.request)?;
        let (mut posted, mut is_whole) = (None, true);
        for transfer in &self.each {
            match transfer.first_time(session) {
                Ok(()) => is_whole = false,
                Err(Declined::Posted(id)) => posted = Some(id),
                // That a rule has its reference is this one's result, and not that of the others.
                Err(Declined::Refused(refusal)) if refusal.code() == "reference_in_use" => is_whole = false,
                Err(other) => return Err(other),
            }
        }
        match posted {
            None => Ok(()),
            Some(_) if self.atomic && !is_whole => Err(reused().into()),
            Some(id) => Err(Declined::Posted(id)),
        }
    }

    fn results(&self, results: Vec<TransferResult>) -> TransferResults {
        TransferResults {
            atomic: self.atomic,
            results,
        }
    }
}

fn posted(index: u32, transfer: Transfer) -> TransferResult {
    TransferResult {
        index,
        status: ResultStatus::Posted,
        transfer: Some(transfer),
        error: None,
    }
}

fn refused(index: u32, refusal: Refusal) -> TransferResult {
    let (code, detail) = (refusal.code(), refusal.detail.clone());
    let place = refusal.within(&format!("/transfers/{index}"));
    let first = place.errors.into_iter().next();
    TransferResult {
        index,
        status: ResultStatus::Refused,
        transfer: None,
        error: Some(first.unwrap_or_else(|| FieldError::new(format!("/transfers/{index}"), code, detail))),
    }
}

impl Order for Transfers {
    fn name(&self, intent: &mut MovementIntent) {
        for transfer in &self.each {
            transfer.name(intent);
        }
        intent.batches.insert(self.request.key.clone());
    }

    fn weight(&self) -> u32 {
        u32::try_from(self.each.len()).unwrap_or(u32::MAX)
    }

    fn carry_out(&self, session: &mut Session<'_>) -> Result<Success, Declined> {
        self.first_time(session)?;
        let results = if self.atomic {
            self.together(session)?
        } else {
            self.one_by_one(session)?
        };
        let success = Success::showing(&self.results(results)).map_err(Declined::Fault)?;
        session.keep_batch(self.request.clone());
        Ok(success)
    }
}
