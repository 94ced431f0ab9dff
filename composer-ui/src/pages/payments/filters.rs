//! Which payments are shown. The filters stand in the address.

use leptos::prelude::*;

use super::super::{
    Choice,
    money::{account_options, texts},
    period::{Period, WITHIN},
};
use crate::{
    api::{ListRequest, money::PaymentStatus},
    formats::before_now,
    navigation::Navigation,
    words::words,
};

const STATUS: &str = "status";
/// The filter for the account that a payment is from or to.
pub(super) const ACCOUNT: &str = "account";

/// Which payments are shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PaymentFilter {
    company: String,
    status: Option<PaymentStatus>,
    account: String,
    within: Option<Period>,
}

impl PaymentFilter {
    /// What the address says. A value that is none is passed over.
    pub(super) fn of(company: &str, navigation: Navigation) -> Self {
        let named = |name| navigation.filter(name).unwrap_or_default();
        Self {
            company: company.to_owned(),
            status: PaymentStatus::named(&named(STATUS)),
            account: named(ACCOUNT),
            within: Period::named(&named(WITHIN)),
        }
    }

    /// Whether anything is left out.
    pub(super) fn is_narrow(&self) -> bool {
        self.status.is_some() || self.within.is_some() || !self.account.is_empty()
    }

    /// What the API is asked.
    pub(super) fn request(&self) -> ListRequest {
        let from = self.within.map(|within| before_now(within.millis()));
        ListRequest::default()
            .only("company_id", &self.company)
            .only("status", self.status.map_or("", PaymentStatus::name))
            .only("account_id", &self.account)
            .only("from", &from.unwrap_or_default())
    }
}

/// The filters, to be chosen.
#[component]
pub(super) fn Filters(company: String) -> impl IntoView {
    let (words, texts) = (words(), texts());
    let statuses = PaymentStatus::ALL.map(|status| {
        (
            status.name().to_owned(),
            (texts.payment_statuses)(status).to_owned(),
        )
    });
    view! {
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
        <Choice name=WITHIN label=words.runs.time any=words.runs.any_time options=Period::options(words) />
    }
}
