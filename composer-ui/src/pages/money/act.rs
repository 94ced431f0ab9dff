//! Something that moves money or may keep it from moving: a button, and a dialog that says what will happen before it does.
//!
//! A dialog is one intent, so it has one key: what is sent again after nobody answered is carried out once. Until that is
//! known nothing in it can be changed, and it is left by looking at what stands there now alone: whoever closed it unsaid would
//! do the same again under another key. A refusal is an answer; what is tried after it is another intent, with another key.

use std::sync::Arc;

use leptos::{prelude::*, task::spawn_local};

use super::{
    form::{Amount, Form, Reason},
    texts,
};
use crate::{
    api::money as api,
    icons::{Icon, Sign},
    parts::{Dialog, Tone, toasts},
    words::words,
};

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
    /// The word on the button that reads again what this would change.
    pub(crate) look: &'static str,
}

/// Says in a sentence what will happen. It is given the amount as the API takes it, if that is one.
pub(crate) type Says = Arc<dyn Fn(Option<&str>) -> String + Send + Sync>;

/// An amount to be typed.
#[derive(Clone)]
pub(crate) struct AmountField {
    /// What stands there first: all that can be.
    pub(crate) all: String,
    /// What is said of more, with all that can be.
    pub(crate) at_most: fn(&str) -> String,
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

#[component]
fn ActDialog(act: Act, on_done: Callback<()>, on_close: Callback<()>) -> impl IntoView {
    let form = Form::of(act.amount.as_ref());
    let toasts = toasts();
    let send = {
        let act = act.clone();
        move || {
            let Some(body) = form.send() else { return };
            let (path, key, done) = (act.path.clone(), form.key(), act.done);
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
        if !form.is_sending() {
            send();
        }
    };
    let says = {
        let says = act.says.clone();
        // More than can be has no meaning; its fault is said where it was typed.
        move || (!form.is_too_much()).then(|| says(form.amount().as_deref()))
    };
    let look = Callback::new(move |()| {
        toasts.warn(texts().may_be_done);
        let _ = on_close.try_run(());
        let _ = on_done.try_run(());
    });
    view! {
        <Dialog title=act.title on_close=on_close class="narrow" held=Signal::derive(move || form.is_open())>
            <form class="act" on:submit=submit>
                <p class="meaning">{says}</p>
                {act.amount.map(|field| view! { <Amount field=field form=form /> })}
                {act.takes_reason.then(|| view! { <Reason form=form /> })}
                {move || form.other_fault().map(|fault| view! { <p class="note tone-error" role="alert">{fault}</p> })}
                <Choices form=form action=act.action look=act.look on_look=look on_close=on_close />
            </form>
        </Dialog>
    }
}

/// What can be done now: it, or not; and where nobody knows what became of it, the same again or a look at what is there.
#[component]
fn Choices(
    form: Form,
    action: &'static str,
    look: &'static str,
    on_look: Callback<()>,
    on_close: Callback<()>,
) -> impl IntoView {
    let is_sending = move || form.is_sending();
    let other = move || {
        if form.is_unknown() {
            view! {
                <button class="button" type="button" on:click=move |_| on_look.run(())>
                    {look}
                </button>
            }
            .into_any()
        } else {
            view! {
                <button class="button" type="button" disabled=is_sending on:click=move |_| on_close.run(())>
                    {texts().go_back}
                </button>
            }
            .into_any()
        }
    };
    view! {
        <footer>
            {other}
            <button class="button primary" type="submit" disabled=is_sending>
                {move || if form.is_unknown() { words().common.retry } else { action }}
            </button>
        </footer>
    }
}
