//! What a task wants to happen. Effects are data: applying them is the desk's business.

use ledger::{HoldDraft, Money, TransactionDraft};
use serde_json::{Map, Value};
use uuid::Uuid;

/// What a task decided: what it yields, and what is to happen. The effects happen all or none; what
/// applying them yields (a transaction's id, a number) joins the output.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// What the node yields: `$context.nodes.<node_id>.output`.
    pub output: Map<String, Value>,
    /// What is to happen, in order.
    pub effects: Vec<Effect>,
}

/// One thing that is to happen.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// A ledger transaction; yields `transaction_id`.
    Post(TransactionDraft),
    /// An outgoing event; a numbered one yields its number.
    Event(EventDraft),
    /// An amount reserved.
    PlaceHold(HoldDraft),
    /// A reserved amount posted, the rest freed; yields `transaction_id`.
    CaptureHold {
        /// The hold.
        hold_id: Uuid,
        /// How much of it, as its author wrote it; none: all of it.
        amount: Option<Value>,
        /// What the transaction carries.
        metadata: Map<String, Value>,
    },
    /// A reserved amount freed.
    ReleaseHold {
        /// The hold.
        hold_id: Uuid,
    },
}

/// An event to send out.
#[derive(Debug, Clone, PartialEq)]
pub struct EventDraft {
    /// Its type, such as `invoice.generated`.
    pub event_type: String,
    /// What it says.
    pub data: Map<String, Value>,
    /// Whether it carries a number of a gapless series.
    pub numbering: Numbering,
}

/// Which gapless series of the company an event takes a number from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Numbering {
    /// None.
    Plain,
    /// The company's invoices: `invoice_number` joins the event's data and the node's output.
    Invoice,
}

impl Decision {
    /// An output without effects.
    pub fn of(output: Map<String, Value>) -> Self {
        Self {
            output,
            effects: Vec::new(),
        }
    }

    /// The same, with one more effect.
    #[must_use]
    pub fn with(mut self, effect: Effect) -> Self {
        self.effects.push(effect);
        self
    }

    /// The same, with the event that tells of it.
    #[must_use]
    pub fn telling(self, event_type: &str, data: Map<String, Value>) -> Self {
        let event = EventDraft {
            event_type: event_type.to_owned(),
            data,
            numbering: Numbering::Plain,
        };
        self.with(Effect::Event(event))
    }
}

/// The amount of money, as events and outputs state it.
pub(crate) fn amount_members(amount: Money) -> [(String, Value); 2] {
    [
        ("amount".to_owned(), amount.to_decimal_string().into()),
        ("currency".to_owned(), amount.currency().code().into()),
    ]
}
