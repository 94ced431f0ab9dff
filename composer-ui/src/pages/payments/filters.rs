//! Which payments are shown. The filters stand in the address.

use leptos::prelude::*;

use super::super::{
    Choice, Narrowed,
    money::{ACCOUNT, ByAccount, ByStatus, STATUS, texts},
    period::{Period, WITHIN},
};
use crate::{api::money::PaymentStatus, navigation::Navigation, words::words};

/// What the address says. A value that is none is passed over.
pub(super) fn narrowed(company: &str, navigation: Navigation) -> Narrowed {
    let named = |name| navigation.filter(name).unwrap_or_default();
    let status = PaymentStatus::named(&named(STATUS));
    Narrowed::to_company(company)
        .only("status", status.map_or("", PaymentStatus::name))
        .only("account_id", &named(ACCOUNT))
        .within(Period::named(&named(WITHIN)))
}

/// The filters, to be chosen.
#[component]
pub(super) fn Filters(company: String) -> impl IntoView {
    let words = words();
    let statuses = PaymentStatus::ALL.map(|status| (status.name(), (texts().payment_statuses)(status)));
    view! {
        <ByStatus statuses=statuses.to_vec() />
        <ByAccount company=company />
        <Choice name=WITHIN label=words.runs.time any=words.runs.any_time options=Period::options(words) />
    }
}
