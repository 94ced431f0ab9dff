//! Something that moves money or may keep it from moving: a button, and a dialog that says what will happen before it does.
//!
//! A dialog is one intent, so it has one key: what is sent again after nobody answered is carried out once. Until that is
//! known nothing in it can be changed. A refusal is an answer; what is tried after it is another intent, with another key.

use std::sync::Arc;

use leptos::{prelude::*, task::spawn_local};

use super::{
    texts,
    typed::{to_type, typed},
};
use crate::{
    api::{ApiError, money as api},
    icons::{Icon, Sign},
    parts::{Dialog, Tone, toasts},
    words::{language, words},
};

/// Where a request's amount stands, for the refusals that name it.
const AMOUNT: &str = "/amount";

/// What will be done.
#[derive(Clone)]
pub(crate) struct Act {
    /// What the dialog asks.
    pub(crate) title: String,
    /// What will happen, for an amount as it is typed.
    pub(crate) says: Says,
    /// The word on the button.
    pub(crate) action: &'static str,
    /// Where it is asked for.
    pub(crate) path: String,
    /// The amount that may be changed.
    pub(crate) amount: Option<AmountField>,
    /// Whether a reason may be given.
    pub(crate) takes_reason: bool,
    /// What is said once it was done.
    pub(crate) done: &'static str,
}

/// Says in a sentence what will happen. It is given the amount as the API takes it, if that is one.
pub(crate) type Says = Arc<dyn Fn(Option<&str>) -> String + Send + Sync>;

/// An amount to be typed.
#[derive(Clone)]
pub(crate) struct AmountField {
    /// What stands there first.
    pub(crate) filled: String,
    /// Its currency.
    pub(crate) currency: String,
}

/// A button that opens the dialog.
#[component]
pub(crate) fn ActButton(
    act: Act,
    #[prop(optional)] icon: Option<Icon>,
    #[prop(optional)] is_primary: bool,
    /// Hears when it was done.
    on_done: Callback<()>,
) -> impl IntoView {
    let is_open = RwSignal::new(false);
    let action = act.action;
    let close = Callback::new(move |()| {
        // What was done may have taken the page away.
        let _ = is_open.try_set(false);
    });
    view! {
        <button class="button above" class:primary=is_primary type="button" on:click=move |_| is_open.set(true)>
            {icon.map(|icon| view! { <Sign icon=icon /> })}
            {action}
        </button>
        {move || is_open.get().then(|| view! { <ActDialog act=act.clone() on_done=on_done on_close=close /> })}
    }
}

/// Where the dialog stands.
#[derive(Clone, PartialEq)]
enum State {
    /// It may be filled in.
    Asking,
    /// The request is out.
    Sending,
    /// Why it was not done, or not known to be done.
    Failed(ApiError),
    /// What is typed is no amount.
    NoAmount,
}

impl State {
    /// Whether what was sent last may still have been done.
    fn is_open(&self) -> bool {
        match self {
            Self::Sending => true,
            Self::Failed(error) => error.leaves_open(),
            Self::Asking | Self::NoAmount => false,
        }
    }
}

/// What a person fills in, and what becomes of it.
#[derive(Clone, Copy)]
struct Form {
    amount: RwSignal<String>,
    reason: RwSignal<String>,
    state: RwSignal<State>,
    key: StoredValue<String>,
}

impl Form {
    fn of(act: &Act) -> Self {
        let filled = act
            .amount
            .as_ref()
            .map(|amount| to_type(&amount.filled, language()));
        Self {
            amount: RwSignal::new(filled.unwrap_or_default()),
            reason: RwSignal::new(String::new()),
            state: RwSignal::new(State::Asking),
            key: StoredValue::new(api::new_key()),
        }
    }

    /// What is asked for; nothing if the amount is none.
    fn body(self, act: &Act) -> Option<String> {
        let amount = match act.amount {
            Some(_) => typed(&self.amount.get_untracked(), language())?,
            None => String::new(),
        };
        let reason = self.reason.get_untracked();
        Some(api::change(&[("amount", &amount), ("reason", reason.trim())]))
    }

    /// What became of the request. After a refusal the next attempt is another request.
    fn take(self, error: ApiError) {
        if !error.leaves_open() {
            let _ = self.key.try_set_value(api::new_key());
        }
        let _ = self.state.try_set(State::Failed(error));
    }

    /// What is wrong with the amount, in a sentence.
    fn amount_fault(self) -> Option<String> {
        self.state.with(|state| match state {
            State::NoAmount => Some(texts().no_amount.to_owned()),
            State::Failed(error) => error
                .findings()
                .iter()
                .find(|fault| fault.pointer == AMOUNT)
                .map(|fault| (texts().told)(&fault.detail)),
            State::Asking | State::Sending => None,
        })
    }

    /// What is wrong otherwise.
    fn other_fault(self) -> Option<String> {
        if self.amount_fault().is_some() {
            return None;
        }
        self.state.with(|state| match state {
            State::Failed(error) if error.leaves_open() => Some(format!(
                "{} {}",
                error.message_by(words(), texts().told),
                texts().not_known
            )),
            State::Failed(error) => Some(error.message_by(words(), texts().told)),
            State::Asking | State::Sending | State::NoAmount => None,
        })
    }
}

#[component]
fn ActDialog(act: Act, on_done: Callback<()>, on_close: Callback<()>) -> impl IntoView {
    let form = Form::of(&act);
    let toasts = toasts();
    let send = {
        let act = act.clone();
        move || {
            let Some(body) = form.body(&act) else {
                form.state.set(State::NoAmount);
                return;
            };
            form.state.set(State::Sending);
            let (path, key, done) = (act.path.clone(), form.key.get_value(), act.done);
            spawn_local(async move {
                match api::change_once(&path, &body, &key).await {
                    Ok(()) => {
                        toasts.say(Tone::Success, done);
                        let _ = on_close.try_run(());
                        let _ = on_done.try_run(());
                    }
                    Err(error) => form.take(error),
                }
            });
        }
    };
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        if form.state.with_untracked(|state| *state != State::Sending) {
            send();
        }
    };
    let says = {
        let says = act.says.clone();
        move || says(form.amount.with(|text| typed(text, language())).as_deref())
    };
    let action = move || match form.state.get() {
        State::Failed(error) if error.leaves_open() => words().common.retry,
        _ => act.action,
    };
    view! {
        <Dialog title=act.title on_close=on_close class="narrow">
            <form class="act" on:submit=submit>
                <p class="meaning">{says}</p>
                {act.amount.map(|field| view! { <Amount field=field form=form /> })}
                {act.takes_reason.then(|| view! { <Reason form=form /> })}
                {move || form.other_fault().map(|fault| view! { <p class="note tone-error" role="alert">{fault}</p> })}
                <footer>
                    <button class="button" type="button" on:click=move |_| on_close.run(())>
                        {texts().go_back}
                    </button>
                    <button
                        class="button primary"
                        type="submit"
                        disabled=move || form.state.with(|state| *state == State::Sending)
                    >
                        {action}
                    </button>
                </footer>
            </form>
        </Dialog>
    }
}

#[component]
fn Amount(field: AmountField, form: Form) -> impl IntoView {
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
                readonly=move || form.state.with(State::is_open)
                aria-invalid=move || fault.with(Option::is_some).to_string()
                aria-describedby=move || fault.with(Option::is_some).then_some(FAULT)
                on:input=move |event| form.amount.set(event_target_value(&event))
            />
        </label>
        {move || fault.get().map(|fault| view! { <p class="fault" id=FAULT role="alert">{fault}</p> })}
    }
}

#[component]
fn Reason(form: Form) -> impl IntoView {
    view! {
        <label class="asked">
            <span>{texts().reason}</span>
            <input
                class="field"
                type="text"
                maxlength="500"
                autocomplete="off"
                prop:value=form.reason
                readonly=move || form.state.with(State::is_open)
                on:input=move |event| form.reason.set(event_target_value(&event))
            />
        </label>
    }
}
