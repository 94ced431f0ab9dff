//! What an account holds in its currency, and what can be done with it.

use leptos::prelude::*;

use super::{super::money::texts, freezing::Freezing, standing, statement::CURRENCY};
use crate::{
    api::money::Account,
    formats::amount,
    query::encoded,
    routes::Page,
    words::{language, words},
};

/// An account, as it is now.
#[component]
pub(super) fn Held(account: Account, on_change: Callback<()>) -> impl IntoView {
    let (words, texts, language) = (&words().ledger, texts(), language());
    let of_it = |page: Page| format!("{}?account={}", page.path(), encoded(&account.id));
    let (payments, holds) = (of_it(Page::Payments), of_it(Page::Holds));
    let statement = Page::Statement(account.code.clone()).path();
    let statement = format!("{statement}?{CURRENCY}={}", encoded(&account.currency));
    let owner = account.owner.clone().map(|owner| {
        view! { <div><dt>{texts.owner}</dt><dd class="ellipsis" title=owner.clone()>{owner.clone()}</dd></div> }
    });
    let pages = &crate::words::words().pages;
    view! {
        <section class="held">
            <dl class="total">
                <div class="of">
                    <dt>{account.currency.clone()}</dt>
                    <dd class="muted">{(words.kinds)(&account.kind)}</dd>
                </div>
                {owner}
                <div>
                    <dt>{words.balance}</dt>
                    <dd class="strong">{amount(&account.balance, language)}</dd>
                </div>
                <div>
                    <dt>{texts.pending}</dt>
                    <dd>{amount(&account.pending, language)}</dd>
                </div>
                <div>
                    <dt>{words.available}</dt>
                    <dd>{amount(&account.available, language)}</dd>
                </div>
            </dl>
            <div class="actions">
                {standing(account.status)}
                <a class="button" href=statement>{texts.statement}</a>
                <a class="button" href=payments>{pages.payments}</a>
                <a class="button" href=holds>{pages.holds}</a>
                <Freezing account=account.clone() on_done=on_change />
            </div>
        </section>
    }
}
