//! Holds: amounts that are reserved on accounts, until they are captured, released, or their time runs out. Those of payments
//! are the payments' business, and not among them.

mod act;

use api_types::Time;
use leptos::prelude::*;

use self::act::Acts;
use super::{
    Choice, PageHead,
    money::{AccountName, Names, account_options, texts},
};
use crate::{
    api::{
        ListRequest,
        money::{self as api, Hold, HoldStatus},
    },
    feed::Feed,
    formats::{amount, clock},
    icons::Icon,
    navigation::{Navigation, navigation},
    parts::{Badge, Empty, RowsOf, Table, Tone},
    words::{language, words},
};

const STATUS: &str = "status";
const ACCOUNT: &str = "account";

/// Which holds are shown.
#[derive(Clone, PartialEq)]
struct HoldFilter {
    company: String,
    status: Option<HoldStatus>,
    account: String,
}

impl HoldFilter {
    fn of(company: &str, navigation: Navigation) -> Self {
        let named = |name| navigation.filter(name).unwrap_or_default();
        Self {
            company: company.to_owned(),
            status: HoldStatus::named(&named(STATUS)),
            account: named(ACCOUNT),
        }
    }

    fn is_narrow(&self) -> bool {
        self.status.is_some() || !self.account.is_empty()
    }

    fn request(&self) -> ListRequest {
        ListRequest::default()
            .only("company_id", &self.company)
            .only("status", self.status.map_or("", HoldStatus::name))
            .only("account_id", &self.account)
    }
}

/// The holds of a company.
#[component]
pub(crate) fn HoldsPage(company: String) -> impl IntoView {
    Names::provide();
    let (words, texts) = (words(), texts());
    let navigation = navigation();
    let filter = Memo::new({
        let company = company.clone();
        move |_| HoldFilter::of(&company, navigation)
    });
    let feed = Feed::new(
        move || filter.get(),
        |filter: HoldFilter, cursor| async move { api::holds(&filter.request(), cursor.as_deref()).await },
    );
    let changed = Callback::new(move |()| feed.renew());
    let rows = RowsOf {
        feed,
        key: |hold: &Hold| format!("{} {}", hold.id, hold.status.name()),
        cells: Callback::new(move |hold| view! { <Cells hold=hold on_change=changed /> }.into_any()),
    };
    let empty = move || {
        view! { <Empty icon=Icon::Holds title=texts.no_holds_title text=texts.no_holds /> }
    };
    let statuses =
        HoldStatus::ALL.map(|status| (status.name().to_owned(), (texts.hold_statuses)(status).to_owned()));
    view! {
        <div class="page">
            <PageHead title=words.pages.holds meaning=texts.holds_meaning>
                <Choice
                    name=STATUS
                    label=words.runs.status
                    any=words.runs.any_status
                    options=Signal::stored(statuses.to_vec())
                />
                <Choice
                    name=ACCOUNT
                    label=words.ledger.account
                    any=texts.any_account
                    options=account_options(&company)
                />
            </PageHead>
            <Table
                label=words.pages.holds
                class="holds-table"
                heads=vec![
                    words.runs.status,
                    texts.amount,
                    words.ledger.currency,
                    texts.reserved_on,
                    texts.reserved_for,
                    texts.expires,
                    texts.actions,
                ]
                rows=rows
                is_filtered=Signal::derive(move || filter.with(HoldFilter::is_narrow))
                empty=ViewFn::from(empty)
            />
        </div>
    }
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
