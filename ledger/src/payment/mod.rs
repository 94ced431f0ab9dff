//! A payment's life: its states, what leads from one to another, and how much of it was captured and refunded.
//!
//! A payment is what its events make of it: [`Payment::apply`] gives the event of each change, and [`Payment::rebuild`]
//! makes the same payment of the events again. What is captured moves money once, and what is refunded never adds up to
//! more. Which entries that takes is said by [`PaymentLegs`]; what they cost the accounts is decided where they are posted.

mod exchange;
mod legs;
mod state;

pub use exchange::Exchange;
pub use legs::PaymentLegs;
pub use state::{PaymentChange, PaymentState};

use crate::Money;

/// A payment, as far as its life goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Payment(PaymentFigures);

/// The fields of a payment as a store keeps them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PaymentFigures {
    /// How much it is of.
    pub amount: Money,
    /// How much of that was captured, in the same currency.
    pub captured: Money,
    /// How much of that was refunded.
    pub refunded: Money,
    /// Where it stands.
    pub state: PaymentState,
    /// How many events it has.
    pub events: u64,
}

/// What happened to a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PaymentEvent {
    /// Where it stood then.
    pub state: PaymentState,
    /// How much was captured or refunded by it.
    pub amount: Option<Money>,
}

/// Why something cannot happen to a payment, or why what was stored is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PaymentError {
    /// Not from where it stands.
    #[error("A payment that is {from} cannot be {verb}.", from = .from.name())]
    InvalidTransition {
        /// Where it stands.
        from: PaymentState,
        /// What was to happen.
        verb: &'static str,
    },
    /// More is to be captured than the payment is of.
    #[error("The payment is of {amount}, but {wanted} was to be captured.")]
    CaptureExceedsPayment {
        /// What the payment is of.
        amount: Money,
        /// What was asked for.
        wanted: Money,
    },
    /// More is to be refunded than is left of what was captured.
    #[error("{left} of the payment can still be refunded, but {wanted} was asked for.")]
    RefundExceedsCapture {
        /// What is left.
        left: Money,
        /// What was asked for.
        wanted: Money,
    },
    /// An amount is not above zero, or in another currency than the payment.
    #[error("{found} is no amount of a payment of {amount}: expected more than zero, in its currency.")]
    Unfit {
        /// What the payment is of.
        amount: Money,
        /// What was said.
        found: Money,
    },
    /// What was captured and refunded does not go with the amount and the state.
    #[error("a payment of {amount} that is {state} cannot have {captured} captured and {refunded} refunded", amount = .0.amount, state = .0.state.name(), captured = .0.captured, refunded = .0.refunded)]
    Inconsistent(PaymentFigures),
    /// An event cannot be what happened then.
    #[error("event {number} says {said}, which cannot be what happened then", said = .event.state.name())]
    ImpossibleEvent {
        /// Its place among the payment's events, from 1.
        number: u64,
        /// The event.
        event: PaymentEvent,
    },
}

impl PaymentError {
    /// The stable code of this error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::InvalidTransition { .. } => "invalid_state_transition",
            Self::CaptureExceedsPayment { .. } => "capture_exceeds_payment",
            Self::RefundExceedsCapture { .. } => "refund_exceeds_capture",
            Self::Unfit { .. } => "invalid_amount",
            Self::Inconsistent(_) | Self::ImpossibleEvent { .. } => "corrupt_payment",
        }
    }
}

impl Payment {
    /// A payment that was just taken, and its first event.
    ///
    /// # Errors
    /// The amount is not above zero.
    pub fn pending(amount: Money) -> Result<(Self, PaymentEvent), PaymentError> {
        if !amount.is_positive() {
            return Err(PaymentError::Unfit {
                amount,
                found: amount,
            });
        }
        let none = Money::new(0, amount.currency());
        let payment = Self(PaymentFigures {
            amount,
            captured: none,
            refunded: none,
            state: PaymentState::Pending,
            events: 1,
        });
        Ok((payment, payment.event(None)))
    }

    /// The payment that a store kept.
    ///
    /// # Errors
    /// The fields contradict each other.
    pub fn from_figures(figures: PaymentFigures) -> Result<Self, PaymentError> {
        if is_consistent(&figures) {
            Ok(Self(figures))
        } else {
            Err(PaymentError::Inconsistent(figures))
        }
    }

    /// The payment that these events, all of them in their order, make of an amount.
    ///
    /// # Errors
    /// There is no such payment.
    pub fn rebuild(amount: Money, events: &[PaymentEvent]) -> Result<Self, PaymentError> {
        let (mut payment, first) = Self::pending(amount)?;
        let impossible = |number, event| PaymentError::ImpossibleEvent { number, event };
        match events.first() {
            Some(event) if *event == first => {}
            found => return Err(impossible(1, found.copied().unwrap_or(first))),
        }
        for (number, event) in (2..).zip(events.iter().skip(1)) {
            let change = payment.change_to(*event).ok_or(impossible(number, *event))?;
            let happened = payment.apply(change).map_err(|_| impossible(number, *event))?;
            if happened != *event {
                return Err(impossible(number, *event));
            }
        }
        Ok(payment)
    }

    /// Lets something happen, and gives its event.
    ///
    /// # Errors
    /// It cannot happen; then nothing has changed.
    pub fn apply(&mut self, change: PaymentChange) -> Result<PaymentEvent, PaymentError> {
        let (from, verb) = (self.0.state, change.verb());
        if !from.allows(change) {
            return Err(PaymentError::InvalidTransition { from, verb });
        }
        let mut next = self.0;
        let mut moved = None;
        next.state = match change {
            PaymentChange::Process => PaymentState::Processing,
            PaymentChange::Authorize => PaymentState::Authorized,
            PaymentChange::Decline => PaymentState::Declined,
            PaymentChange::Fail => PaymentState::Failed,
            PaymentChange::Cancel => PaymentState::Cancelled,
            PaymentChange::CaptureAtOnce => {
                next.captured = *moved.insert(next.amount);
                PaymentState::Captured
            }
            PaymentChange::Capture(wanted) => {
                next.captured = *moved.insert(self.capturable(wanted)?);
                PaymentState::Captured
            }
            PaymentChange::Refund(wanted) => {
                let refunded = *moved.insert(self.refundable(wanted)?);
                next.refunded = sum(next.refunded, refunded);
                if next.refunded == next.captured {
                    PaymentState::Refunded
                } else {
                    PaymentState::PartiallyRefunded
                }
            }
        };
        next.events = next.events.saturating_add(1);
        self.0 = next;
        Ok(self.event(moved))
    }

    /// The fields as a store keeps them.
    pub const fn figures(&self) -> &PaymentFigures {
        &self.0
    }

    /// How much it is of.
    pub const fn amount(&self) -> Money {
        self.0.amount
    }

    /// Where it stands.
    pub const fn state(&self) -> PaymentState {
        self.0.state
    }

    const fn event(&self, amount: Option<Money>) -> PaymentEvent {
        PaymentEvent {
            state: self.0.state,
            amount,
        }
    }

    /// What leads from here to an event, if anything does.
    fn change_to(&self, event: PaymentEvent) -> Option<PaymentChange> {
        use PaymentState as S;
        match (event.state, event.amount) {
            (S::Processing, None) => Some(PaymentChange::Process),
            (S::Authorized, None) => Some(PaymentChange::Authorize),
            (S::Declined, None) => Some(PaymentChange::Decline),
            (S::Failed, None) => Some(PaymentChange::Fail),
            (S::Cancelled, None) => Some(PaymentChange::Cancel),
            (S::Captured, Some(_)) if self.0.state == S::Authorized => {
                Some(PaymentChange::Capture(event.amount))
            }
            (S::Captured, Some(_)) => Some(PaymentChange::CaptureAtOnce),
            (S::PartiallyRefunded | S::Refunded, Some(_)) => Some(PaymentChange::Refund(event.amount)),
            (_, _) => None,
        }
    }

    fn capturable(&self, wanted: Option<Money>) -> Result<Money, PaymentError> {
        let amount = self.0.amount;
        let wanted = self.fit(wanted.unwrap_or(amount))?;
        if wanted.minor() > amount.minor() {
            return Err(PaymentError::CaptureExceedsPayment { amount, wanted });
        }
        Ok(wanted)
    }

    fn refundable(&self, wanted: Option<Money>) -> Result<Money, PaymentError> {
        let left = self.0.captured.minor().saturating_sub(self.0.refunded.minor());
        let left = Money::new(left, self.0.amount.currency());
        let wanted = self.fit(wanted.unwrap_or(left))?;
        if wanted.minor() > left.minor() {
            return Err(PaymentError::RefundExceedsCapture { left, wanted });
        }
        Ok(wanted)
    }

    fn fit(&self, found: Money) -> Result<Money, PaymentError> {
        let amount = self.0.amount;
        if found.is_positive() && found.currency() == amount.currency() {
            return Ok(found);
        }
        Err(PaymentError::Unfit { amount, found })
    }
}

/// The sum of two amounts that are parts of one.
fn sum(one: Money, other: Money) -> Money {
    Money::new(one.minor().saturating_add(other.minor()), one.currency())
}

fn is_consistent(figures: &PaymentFigures) -> bool {
    let PaymentFigures {
        amount,
        captured,
        refunded,
        state,
        events,
    } = figures;
    let currency = amount.currency();
    let of_one_currency = captured.currency() == currency && refunded.currency() == currency;
    let (captured, refunded) = (captured.minor(), refunded.minor());
    let goes_with_state = match state {
        PaymentState::Captured => captured > 0 && refunded == 0,
        PaymentState::PartiallyRefunded => 0 < refunded && refunded < captured,
        PaymentState::Refunded => captured > 0 && refunded == captured,
        _ => captured == 0 && refunded == 0,
    };
    let counts = (*events == 1) == (*state == PaymentState::Pending) && *events > 0;
    amount.is_positive() && of_one_currency && captured <= amount.minor() && goes_with_state && counts
}
