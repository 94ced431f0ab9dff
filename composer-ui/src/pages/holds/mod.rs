//! Holds: amounts that are reserved on accounts, until they are captured, released, or their time runs out. Those of payments
//! are the payments' business, and not among them.

mod act;

use api_types::Time;
use leptos::prelude::*;

use self::act::Acts;
use super::{
    ListPage, Listing, Look, Narrowed,
    money::{ACCOUNT, AccountName, ByAccount, ByStatus, Names, STATUS, texts},
};
use crate::{
    api::money::{self as api, Hold, HoldStatus},
    formats::{amount, clock},
    icons::Icon,
    navigation::Navigation,
    parts::{Badge, Empty, Tone},
    words::{language, words},
};

/// The holds of a company.
#[component]
pub(crate) fn HoldsPage(company: String) -> impl IntoView {
    Names::provide();
    let (words, texts) = (words(), texts());
    let listing = {
        let company = company.clone();
        Listing::narrowed(move |navigation| narrowed(&company, navigation), api::holds)
    };
    let feed = listing.feed;
    let changed = Callback::new(move |()| feed.renew());
    let look = Look {
        class: "holds-table",
        heads: vec![
            words.runs.status,
            texts.amount,
            words.ledger.currency,
            texts.reserved_on,
            texts.reserved_for,
            texts.expires,
            texts.actions,
        ],
        key: |hold: &Hold| format!("{} {}", hold.id, hold.status.name()),
        cells: Callback::new(move |hold| view! { <Cells hold=hold on_change=changed /> }.into_any()),
        empty: ViewFn::from(move || {
            view! { <Empty icon=Icon::Holds title=texts.no_holds_title text=texts.no_holds /> }
        }),
    };
    let statuses = HoldStatus::ALL.map(|status| (status.name(), (texts.hold_statuses)(status)));
    view! {
        <ListPage title=words.pages.holds meaning=texts.holds_meaning listing=listing look=look>
            <ByStatus statuses=statuses.to_vec() />
            <ByAccount company=company />
        </ListPage>
    }
}

/// What the address says. A value that is none is passed over.
fn narrowed(company: &str, navigation: Navigation) -> Narrowed {
    let named = |name| navigation.filter(name).unwrap_or_default();
    let status = HoldStatus::named(&named(STATUS));
    Narrowed::to_company(company)
        .only("status", status.map_or("", HoldStatus::name))
        .only("account_id", &named(ACCOUNT))
}

fn tone(status: HoldStatus) -> Tone {
    match status {
        HoldStatus::Pending => Tone::Waiting,
        HoldStatus::Captured => Tone::Success,
        HoldStatus::Released | HoldStatus::Expired => Tone::Quiet,
    }
}

#[component]
fn Cells(hold: Hold, on_change: Callback<()>) -> impl IntoView {
    let status = (texts().hold_statuses)(hold.status);
    let captured = hold
        .captured_amount
        .as_ref()
        .filter(|captured| **captured != hold.amount);
    let captured = captured.map(|captured| {
        view! { <small>{(texts().of_it_captured)(&amount(captured, language()))}</small> }
    });
    // Where a hold that was settled would have run out matters to nobody.
    let expires = (hold.status == HoldStatus::Pending).then(|| match hold.expires_at.clone() {
        Some(time) => view! { <Expiry time=time /> }.into_any(),
        None => view! { {texts().never} }.into_any(),
    });
    let acts = (hold.status == HoldStatus::Pending).then(|| {
        view! { <Acts hold=hold.clone() on_done=on_change /> }
    });
    view! {
        <span role="cell"><Badge tone=tone(hold.status) text=status /></span>
        <span role="cell" class="number two-lines">
            <span class="strong">{amount(&hold.amount, language())}</span>
            {captured}
        </span>
        <span role="cell" class="muted">{hold.currency}</span>
        <span role="cell" class="ellipsis"><AccountName id=hold.source_account_id /></span>
        <span role="cell" class="ellipsis"><AccountName id=hold.destination_account_id /></span>
        <span role="cell" class="muted">{expires}</span>
        <span role="cell" class="row-actions">{acts}</span>
    }
}

/// When it is freed by itself.
#[component]
fn Expiry(time: Time) -> impl IntoView {
    let clock = clock();
    let exactly = clock.exactly(time.as_str());
    let machine = time.to_string();
    view! { <time datetime=machine title=exactly>{move || clock.until(time.as_str())}</time> }
}
