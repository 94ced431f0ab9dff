//! What a person fills in before money moves, and what becomes of it.

use std::cmp::Ordering;

use leptos::prelude::*;

use super::{
    AmountField, money, texts,
    typed::{compare, to_type, typed},
};
use crate::{
    api::{ApiError, money as api},
    words::{language, words},
};

/// Where a request's amount stands, for the refusals that name it.
const AMOUNT: &str = "/amount";

/// Where it stands.
#[derive(Clone, PartialEq)]
enum State {
    /// It may be filled in.
    Asking,
    /// What is typed is no amount.
    NoAmount,
    /// The request is out.
    Sending,
    /// Why it was not done.
    Refused(ApiError),
    /// Why nobody knows whether it was done.
    Unknown(ApiError),
}

/// What a person fills in, under the key of one intent.
#[derive(Clone, Copy)]
pub(super) struct Form {
    field: StoredValue<Option<AmountField>>,
    amount: RwSignal<String>,
    reason: RwSignal<String>,
    state: RwSignal<State>,
    key: StoredValue<String>,
}

impl Form {
    pub(super) fn of(field: Option<&AmountField>) -> Self {
        let filled = field.map(|field| to_type(&field.all, language()));
        Self {
            field: StoredValue::new(field.cloned()),
            amount: RwSignal::new(filled.unwrap_or_default()),
            reason: RwSignal::new(String::new()),
            state: RwSignal::new(State::Asking),
            key: StoredValue::new(api::new_key()),
        }
    }

    /// The amount as the API takes it, if it is one.
    pub(super) fn amount(self) -> Option<String> {
        self.amount.with(|text| typed(text, language()))
    }

    /// The key of what is asked for.
    pub(super) fn key(self) -> String {
        self.key.get_value()
    }

    /// Takes it as sent, and says what is asked for. Nothing if the amount cannot be.
    pub(super) fn send(self) -> Option<String> {
        if untrack(|| self.is_too_much()) {
            return None;
        }
        let amount = if self.field.with_value(Option::is_some) {
            let amount = untrack(|| self.amount());
            if amount.is_none() {
                self.state.set(State::NoAmount);
            }
            amount?
        } else {
            String::new()
        };
        self.state.set(State::Sending);
        let reason = self.reason.get_untracked();
        Some(api::change(&[("amount", &amount), ("reason", reason.trim())]))
    }

    /// What became of the request. After a refusal the next attempt is another request.
    pub(super) fn take(self, error: ApiError) {
        let state = if error.leaves_open() {
            State::Unknown(error)
        } else {
            let _ = self.key.try_set_value(api::new_key());
            State::Refused(error)
        };
        let _ = self.state.try_set(state);
    }

    /// Whether the request is out.
    pub(super) fn is_sending(self) -> bool {
        self.state.with(|state| matches!(state, State::Sending))
    }

    /// Whether nobody knows what became of the request.
    pub(super) fn is_unknown(self) -> bool {
        self.state.with(|state| matches!(state, State::Unknown(_)))
    }

    /// Whether what was sent last may still be done, or was.
    pub(super) fn is_open(self) -> bool {
        self.is_sending() || self.is_unknown()
    }

    /// Whether the amount is more than can be.
    pub(super) fn is_too_much(self) -> bool {
        self.too_much().is_some()
    }

    fn too_much(self) -> Option<String> {
        let amount = self.amount()?;
        let field = self.field.get_value()?;
        (compare(&amount, &field.all) == Ordering::Greater)
            .then(|| (field.at_most)(&money(&field.all, &field.currency)))
    }

    /// What is wrong with the amount, in a sentence.
    fn amount_fault(self) -> Option<String> {
        self.too_much().or_else(|| {
            self.state.with(|state| match state {
                State::NoAmount => Some(texts().no_amount.to_owned()),
                State::Refused(error) => error
                    .findings()
                    .iter()
                    .find(|fault| fault.pointer == AMOUNT)
                    .map(|fault| (texts().told)(&fault.detail)),
                State::Asking | State::Sending | State::Unknown(_) => None,
            })
        })
    }

    /// What is wrong otherwise.
    pub(super) fn other_fault(self) -> Option<String> {
        if self.amount_fault().is_some() {
            return None;
        }
        let said = |error: &ApiError| error.message_by(words(), texts().told);
        self.state.with(|state| match state {
            State::Unknown(error) => Some(format!("{} {}", said(error), texts().not_known)),
            State::Refused(error) => Some(said(error)),
            State::Asking | State::Sending | State::NoAmount => None,
        })
    }
}

/// The amount, with what is wrong with it.
#[component]
pub(super) fn Amount(field: AmountField, form: Form) -> impl IntoView {
    const FAULT: &str = "amount-fault";
    let fault = Memo::new(move |_| form.amount_fault());
    view! {
        <label class="asked">
            <span>{texts().amount} " (" {field.currency} ")"</span>
            <input
                class="field"
                type="text"
                inputmode="decimal"
                autocomplete="off"
                autofocus=true
                prop:value=form.amount
                readonly=move || form.is_open()
                aria-invalid=move || fault.with(Option::is_some).to_string()
                aria-describedby=move || fault.with(Option::is_some).then_some(FAULT)
                on:input=move |event| form.amount.set(event_target_value(&event))
            />
        </label>
        {move || fault.get().map(|fault| view! { <p class="fault" id=FAULT role="alert">{fault}</p> })}
    }
}

/// The reason, which may be left out.
#[component]
pub(super) fn Reason(form: Form) -> impl IntoView {
    view! {
        <label class="asked">
            <span>{texts().reason}</span>
            <input
                class="field"
                type="text"
                maxlength="500"
                autocomplete="off"
                prop:value=form.reason
                readonly=move || form.is_open()
                on:input=move |event| form.reason.set(event_target_value(&event))
            />
        </label>
    }
}
