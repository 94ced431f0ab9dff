//! Verifying payments: each is made of its events again, and compared with what is kept of it, and with the ledger.

use ledger::{Payment, PaymentEvent};

use super::Difference;
use super::payment_money::{self, Ledger};
use crate::{PaymentHistory, Payments, StoreError};

/// How many payments are read at a time.
const AT_ONCE: u32 = 500;

/// What a verification of payments found.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct PaymentAudit {
    /// How many payments were looked at.
    pub payments: u64,
    /// How many events they have.
    pub events: u64,
    /// The first difference, if there is one.
    pub difference: Option<Difference>,
}

/// Verifies all payments: that each is what its events make of it, that every one of these moved in the ledger what it says,
/// and that what is reserved for a payment is what it has to be. Payments may go on meanwhile.
///
/// # Errors
/// If the store could not be read to its end.
pub async fn verify_payments(payments: &dyn Payments) -> Result<PaymentAudit, StoreError> {
    let mut audit = PaymentAudit {
        payments: 0,
        events: 0,
        difference: None,
    };
    let mut behind = None;
    loop {
        let page = payments.payment_page(behind, AT_ONCE).await?;
        let Some(last) = page.histories.last() else {
            return Ok(audit);
        };
        behind = Some(last.payment.id);
        let ledger = Ledger::of(&page);
        for history in &page.histories {
            audit.payments = audit.payments.saturating_add(1);
            let events = u64::try_from(history.events.len()).unwrap_or(u64::MAX);
            audit.events = audit.events.saturating_add(events);
            if let Err(difference) = compare(history, &ledger) {
                audit.difference = Some(difference);
                return Ok(audit);
            }
        }
    }
}

fn compare(history: &PaymentHistory, ledger: &Ledger<'_>) -> Result<(), Difference> {
    let PaymentHistory { payment, events } = history;
    let different = |problem: String| Difference::of(format!("payment {}", payment.id), problem);
    let stored = payment.life;
    let happened: Vec<PaymentEvent> = events.iter().map(|stored| stored.event).collect();
    let rebuilt =
        Payment::rebuild(stored.amount(), &happened).map_err(|error| different(error.to_string()))?;
    if rebuilt == stored {
        return payment_money::compare(payment, events, ledger).map_err(different);
    }
    let (stored, rebuilt) = (stored.figures(), rebuilt.figures());
    Err(different(format!(
        "it is kept as {} with {} captured and {} refunded after {} events, but its {} events make it {} with {} and {}",
        stored.state.name(),
        stored.captured,
        stored.refunded,
        stored.events,
        rebuilt.events,
        rebuilt.state.name(),
        rebuilt.captured,
        rebuilt.refunded,
    )))
}
