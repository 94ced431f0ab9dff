//! The order to pay an amount from one account to another, however it was asked for.

use ledger::{Exchange, Money, Payment as Life, PaymentLegs};
use store::{KeptRequest, MovementIntent, PaymentRecord, PaymentType, Step};
use uuid::Uuid;

use super::progress::{Progress, unfit};
use crate::answers::Success;
use crate::desk::{Declined, Order, Session, foresee_events};
use crate::ends::{AMOUNT, Ends};
use crate::refusal::Refusal;

/// An amount from one account of a company to another.
pub(crate) struct Paying {
    pub(crate) company_id: Uuid,
    pub(crate) ends: Ends,
    pub(crate) amount: Money,
    /// How the amount becomes one of the destination's currency, if that is another.
    pub(crate) exchange: Option<Exchange>,
    pub(crate) authorization: Step,
    pub(crate) capture: Step,
    pub(crate) description: Option<String>,
    /// What the company adds, as a JSON object.
    pub(crate) metadata: String,
    pub(crate) request: KeptRequest,
}

impl Paying {
    fn payment(&self, life: Life, session: &Session<'_>) -> PaymentRecord {
        PaymentRecord {
            id: session.new_id(),
            company_id: self.company_id,
            payment_type: PaymentType::Internal,
            source_account_id: self.ends.source,
            destination_account_id: Some(self.ends.destination),
            authorization: self.authorization,
            capture: self.capture,
            exchange: self.exchange,
            provider: None,
            description: self.description.clone(),
            metadata: self.metadata.clone(),
            life,
            hold_id: None,
            transaction_id: None,
            decline: None,
            created_at: session.now,
            updated_at: session.now,
        }
    }
}

impl Order for Paying {
    fn name(&self, intent: &mut MovementIntent) {
        self.ends.name(intent);
        let exchange = self
            .exchange
            .map(|exchange| exchange.accounts(self.company_id, self.amount.currency()));
        intent.footprint.accounts.extend(exchange.into_iter().flatten());
        intent.requests.insert(self.request.key.clone());
        foresee_events(intent, self.company_id);
    }

    fn carry_out(&self, session: &mut Session<'_>) -> Result<Success, Declined> {
        session.first_time(&self.request)?;
        if self.exchange.is_some() {
            self.ends.expect_no_exchange_account(self.company_id, session)?;
        }
        let [source, destination] = self.ends.found(session);
        let legs = PaymentLegs {
            company_id: self.company_id,
            source,
            destination,
            exchange: self.exchange,
        };
        let fit = legs.check(self.amount);
        fit.map_err(|error| unfit(&error, self.exchange))?;
        let pending = Life::pending(self.amount);
        let (life, first) = pending.map_err(|error| Refusal::from(&error).at(AMOUNT))?;
        let payment = self.payment(life, session);
        let mut progress = Progress::taken(payment, first, self.request.clone(), session)?;
        if self.authorization == Step::Automatic {
            progress.authorize(session)?;
        }
        progress.keep(session)
    }
}
