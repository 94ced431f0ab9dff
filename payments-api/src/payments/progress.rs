//! What an order lets happen to one payment: each step moves money on the books and notes what happened. Nothing is kept
//! before the order has come to its end.

use ledger::{
    Direction, Exchange, HoldDraft, Money, PaymentChange, PaymentError, PaymentEvent, PaymentLegs,
    PaymentState, Rejection, TransferError,
};
use store::{Decline, KeptRequest, PaymentRecord, Step, StoredPaymentEvent};
use uuid::Uuid;

use super::shape;
use crate::answers::Success;
use crate::desk::{Captured, Declined, PaymentNews, Said, Session};
use crate::ends::{self, AMOUNT, Ends};
use crate::refusal::Refusal;

/// A payment, and what this order let happen to it.
pub(super) struct Progress {
    payment: PaymentRecord,
    happened: Vec<(StoredPaymentEvent, PaymentNews)>,
    /// What asked for it: the first event names it.
    request: Option<KeptRequest>,
}

impl Progress {
    /// A payment that was just taken.
    ///
    /// # Errors
    /// It cannot be shown, which would be our fault.
    pub(super) fn taken(
        payment: PaymentRecord,
        first: PaymentEvent,
        request: KeptRequest,
        session: &Session<'_>,
    ) -> Result<Self, Declined> {
        let mut progress = Self::of(payment, Some(request));
        progress.note(first, None, None, session)?;
        Ok(progress)
    }

    /// A payment that goes on.
    pub(super) fn of(payment: PaymentRecord, request: Option<KeptRequest>) -> Self {
        Self {
            payment,
            happened: Vec::new(),
            request,
        }
    }

    /// Keeps what happened, and shows the payment. It is the last that an order does.
    ///
    /// # Errors
    /// It cannot be shown, which would be our fault. Nothing is kept then.
    pub(super) fn keep(self, session: &mut Session<'_>) -> Result<Success, Declined> {
        let shown = shape::payment(&self.payment).map_err(Declined::Fault)?;
        let success = Success::at(shape::location(self.payment.id), &shown).map_err(Declined::Fault)?;
        session.keep_payment(self.payment, self.happened);
        Ok(success)
    }

    /// Takes the amount at once, or reserves it, as the payment says; or declines it, where the ledger refuses that.
    ///
    /// # Errors
    /// It cannot be authorized any more; its accounts do not fit.
    pub(super) fn authorize(&mut self, session: &mut Session<'_>) -> Result<(), Declined> {
        // What a provider was asked about is authorized by its answer alone.
        let from = self.payment.life.state();
        if from != PaymentState::Pending {
            let verb = "authorized";
            return Err(refused(&PaymentError::InvalidTransition { from, verb }));
        }
        match self.payment.capture {
            Step::Automatic => self.take(session),
            Step::Manual => self.reserve(session),
        }
    }

    fn take(&mut self, session: &mut Session<'_>) -> Result<(), Declined> {
        let company_id = self.payment.company_id;
        let draft = self.legs(session)?.taking(self.payment.life.amount());
        let draft = draft.map_err(|error| unfit(&error, self.payment.exchange))?;
        let draft = draft.described(self.payment.description.clone());
        match session.post(company_id, &draft, self.said(session), said_no) {
            Ok(transaction) => {
                self.payment.transaction_id = Some(transaction.id);
                let event = self.apply(PaymentChange::CaptureAtOnce)?;
                self.note(event, Some(transaction.id), None, session)
            }
            Err(Declined::Refused(refusal)) => self.decline(refusal, session),
            Err(other) => Err(other),
        }
    }

    fn reserve(&mut self, session: &mut Session<'_>) -> Result<(), Declined> {
        let (company_id, amount) = (self.payment.company_id, self.payment.life.amount());
        let between = self.legs(session)?.hold(amount.currency());
        let [account, to] = between.map_err(|error| unfit(&error, self.payment.exchange))?;
        let draft = HoldDraft {
            id: session.new_id(),
            account,
            to,
            amount,
            expires_at_ms: None,
        };
        match session.place_hold(company_id, &draft, said_no) {
            Ok(hold) => {
                self.payment.hold_id = Some(hold.id());
                let event = self.apply(PaymentChange::Authorize)?;
                self.note(event, None, None, session)
            }
            Err(Declined::Refused(refusal)) => self.decline(refusal, session),
            Err(other) => Err(other),
        }
    }

    fn decline(&mut self, refusal: Refusal, session: &Session<'_>) -> Result<(), Declined> {
        let event = self.apply(PaymentChange::Decline)?;
        self.payment.decline = Some(Decline {
            code: refusal.code().to_owned(),
            detail: refusal.detail.clone(),
        });
        self.note(event, None, Some(refusal.detail), session)
    }

    /// Takes what was reserved, in full or in part, and frees the rest.
    ///
    /// # Errors
    /// It cannot be captured, or not so much of it; what the ledger refuses.
    pub(super) fn capture(
        &mut self,
        wanted: Option<Money>,
        session: &mut Session<'_>,
    ) -> Result<(), Declined> {
        let event = self.apply(PaymentChange::Capture(wanted))?;
        let hold_id = self.known(self.payment.hold_id, "no hold")?;
        let amount = self.known(event.amount, "a capture of nothing")?;
        let further = self.legs(session)?.handing_on(amount);
        let further = further.map_err(|error| unfit(&error, self.payment.exchange))?;
        let (company_id, said) = (self.payment.company_id, self.said(session));
        let captured = Captured {
            amount: Some(amount),
            further: &further,
            description: self.payment.description.clone(),
        };
        let (_, transaction) = session.capture_hold(company_id, hold_id, captured, said, said_no)?;
        self.payment.transaction_id = Some(transaction.id);
        self.note(event, Some(transaction.id), None, session)
    }

    /// Gives back of what was captured, all that is left of it unless less is wanted.
    ///
    /// # Errors
    /// It cannot be refunded, or not so much of it; what the ledger refuses.
    pub(super) fn refund(
        &mut self,
        wanted: Option<Money>,
        reason: Option<String>,
        session: &mut Session<'_>,
    ) -> Result<(), Declined> {
        let before = self.payment.life.figures().refunded;
        let event = self.apply(PaymentChange::Refund(wanted))?;
        let amount = self.known(event.amount, "a refund of nothing")?;
        let captured_by = self.known(self.payment.transaction_id, "no transaction")?;
        let company_id = self.payment.company_id;
        let draft = self.legs(session)?.giving_back(amount, before, captured_by);
        let draft = draft.map_err(|error| unfit(&error, self.payment.exchange))?;
        let why = reason.clone().or_else(|| self.payment.description.clone());
        let draft = draft.described(why);
        let transaction = session.post(company_id, &draft, self.said(session), ends::refused_amount)?;
        self.note(event, Some(transaction.id), reason, session)
    }

    /// Gives it up, and frees what was reserved.
    ///
    /// # Errors
    /// It cannot be cancelled; what the ledger refuses.
    pub(super) fn cancel(
        &mut self,
        reason: Option<String>,
        session: &mut Session<'_>,
    ) -> Result<(), Declined> {
        let event = self.apply(PaymentChange::Cancel)?;
        if let Some(hold_id) = self.payment.hold_id {
            session.release_hold(self.payment.company_id, hold_id)?;
        }
        self.note(event, None, reason, session)
    }

    fn apply(&mut self, change: PaymentChange) -> Result<PaymentEvent, Declined> {
        self.payment.life.apply(change).map_err(|error| refused(&error))
    }

    /// Notes what happened, and what the payment is by it.
    fn note(
        &mut self,
        event: PaymentEvent,
        transaction_id: Option<Uuid>,
        reason: Option<String>,
        session: &Session<'_>,
    ) -> Result<(), Declined> {
        self.payment.updated_at = session.now;
        let event = StoredPaymentEvent {
            id: session.new_id(),
            payment_id: self.payment.id,
            company_id: self.payment.company_id,
            number: self.payment.life.figures().events,
            event,
            transaction_id,
            reason,
            request: self.request.take(),
            created_at: session.now,
        };
        let news = shape::news(&self.payment, &event).map_err(Declined::Fault)?;
        self.happened.push((event, news));
        Ok(())
    }

    /// The accounts that it is between.
    fn legs<'s>(&self, session: &'s Session<'_>) -> Result<PaymentLegs<'s>, Declined> {
        let destination = self.known(self.payment.destination_account_id, "no destination")?;
        let ends = Ends {
            source: self.payment.source_account_id,
            destination,
        };
        let [source, destination] = ends.found(session);
        Ok(PaymentLegs {
            company_id: self.payment.company_id,
            source,
            destination,
            exchange: self.payment.exchange,
        })
    }

    /// What its next transaction says. The reference is nobody else's, since it has an id that was made for it.
    fn said(&self, session: &Session<'_>) -> Said<'static> {
        Said {
            reference: self.payment.reference(session.new_id()),
            metadata: "{}",
        }
    }

    /// What a payment in its state must have.
    fn known<T>(&self, found: Option<T>, lacking: &str) -> Result<T, Declined> {
        found.ok_or_else(|| Declined::Fault(format!("payment {} has {lacking}", self.payment.id)))
    }
}

/// Why nothing can go between the accounts of a payment.
pub(super) fn unfit(error: &TransferError, exchange: Option<Exchange>) -> Refusal {
    match error {
        TransferError::OneCurrency { .. } => Refusal::from(error).at("/exchange"),
        TransferError::CurrencyMismatch {
            side: Direction::Credit,
            ..
        } if exchange.is_some() => Refusal::from(error).at("/exchange/currency"),
        _ => ends::unfit(error),
    }
}

/// What the ledger refuses, where the request names no member that it is about.
fn said_no(rejection: &Rejection) -> Refusal {
    Refusal::from(rejection)
}

/// Why something cannot happen to a payment.
fn refused(error: &PaymentError) -> Declined {
    let refusal = Refusal::from(error);
    match error {
        PaymentError::InvalidTransition { .. } => refusal.into(),
        _ => refusal.at(AMOUNT).into(),
    }
}
