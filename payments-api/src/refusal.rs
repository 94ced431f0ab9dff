//! Refusals: business answers, decided under the locks, that are stored like successes.

use ledger::{PaymentError, Rejection, ReversalError, TransferError};
use service::{FieldError, Problem};

/// The codes that there are, each with its HTTP status. A stored refusal is read by this list, so none is ever taken away.
const CODES: [(&str, u16); 31] = [
    ("account_closed", 422),
    ("account_exists", 409),
    ("account_frozen", 422),
    ("account_mismatch", 422),
    ("account_not_empty", 422),
    ("account_not_found", 404),
    ("already_reversed", 409),
    ("amount_exceeds_hold", 422),
    ("amount_overflow", 422),
    ("capture_exceeds_payment", 422),
    ("currency_mismatch", 422),
    ("exchange_account", 422),
    ("hold_already_settled", 409),
    ("hold_expired", 409),
    ("hold_not_found", 404),
    ("idempotency_key_reused", 422),
    ("insufficient_funds", 422),
    ("invalid_account", 422),
    ("invalid_amount", 422),
    ("invalid_exchange", 422),
    ("invalid_rate", 422),
    ("invalid_state_transition", 409),
    ("not_reversible", 422),
    ("payment_not_found", 404),
    ("reference_in_use", 409),
    ("refund_exceeds_capture", 422),
    ("result_forgotten", 422),
    ("reversal_exceeds_transfer", 422),
    ("same_account", 422),
    ("stale_version", 412),
    ("transfer_not_found", 404),
];

/// Why a request was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    code: &'static str,
    status: u16,
    pub(crate) detail: String,
    pub(crate) errors: Vec<FieldError>,
}

impl Refusal {
    /// A refusal of a code that there is; `None` for any other.
    pub(crate) fn known(code: &str, detail: impl Into<String>) -> Option<Self> {
        let (code, status) = CODES.iter().find(|(known, _)| *known == code)?;
        Some(Self {
            code,
            status: *status,
            detail: detail.into(),
            errors: Vec::new(),
        })
    }

    /// A refusal of a code of this program. One that is missing in the list is a fault of ours, and told as such.
    pub(crate) fn of(code: &str, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        debug_assert!(
            CODES.iter().any(|(known, _)| *known == code),
            "{code} is not listed"
        );
        Self::known(code, &*detail).unwrap_or(Self {
            code: "invalid_request",
            status: 422,
            detail,
            errors: Vec::new(),
        })
    }

    /// The same refusal, which names the member that is at fault.
    #[must_use]
    pub(crate) fn at(mut self, pointer: impl Into<String>) -> Self {
        let fault = FieldError::new(pointer, self.code, self.detail.clone());
        self.errors.push(fault);
        self
    }

    /// The same refusal, with the members that were found to be at fault.
    #[must_use]
    pub(crate) fn with_errors(mut self, errors: Vec<FieldError>) -> Self {
        self.errors = errors;
        self
    }

    /// The same refusal of an element of a list: its members are within the element.
    #[must_use]
    pub(crate) fn within(mut self, pointer: &str) -> Self {
        if self.errors.is_empty() {
            return self.at(pointer);
        }
        for fault in &mut self.errors {
            fault.pointer.insert_str(0, pointer);
        }
        self
    }

    pub(crate) fn code(&self) -> &'static str {
        self.code
    }

    /// As it is answered.
    pub(crate) fn to_problem(&self) -> Problem {
        let detail = self.detail.clone();
        let problem = match self.status {
            404 => Problem::not_found(self.code, detail),
            409 => Problem::conflict(self.code, detail),
            412 => Problem::precondition_failed(self.code, detail),
            _ => Problem::unprocessable(self.code, detail),
        };
        problem.with_errors(self.errors.iter().cloned())
    }
}

impl From<&Rejection> for Refusal {
    fn from(rejection: &Rejection) -> Self {
        Self::of(rejection.code(), rejection.to_string())
    }
}

impl From<&TransferError> for Refusal {
    fn from(error: &TransferError) -> Self {
        Self::of(error.code(), error.to_string())
    }
}

impl From<&ReversalError> for Refusal {
    fn from(error: &ReversalError) -> Self {
        Self::of(error.code(), error.to_string())
    }
}

impl From<&PaymentError> for Refusal {
    fn from(error: &PaymentError) -> Self {
        Self::of(error.code(), error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_code_has_its_status() {
        for (code, status) in CODES {
            let problem = Refusal::of(code, "why").to_problem();
            assert_eq!((problem.code(), problem.status().as_u16()), (code, status));
        }
        assert_eq!(Refusal::known("unheard_of", "why"), None);
    }

    #[test]
    fn a_member_within_an_element_is_named_as_such() {
        let refusal = Refusal::of("insufficient_funds", "too little");
        let pointer = |refusal: Refusal| refusal.errors[0].pointer.clone();
        assert_eq!(
            pointer(refusal.clone().at("/amount").within("/transfers/3")),
            "/transfers/3/amount"
        );
        assert_eq!(pointer(refusal.within("/transfers/3")), "/transfers/3");
    }
}
