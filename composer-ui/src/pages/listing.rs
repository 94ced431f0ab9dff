//! A page that is one list: its filters in the address, its rows as the API gives them, and what stands there without any.

use std::{rc::Rc, sync::Arc};

use api_types::Page;
use leptos::prelude::*;

use super::{PageHead, period::Period};
use crate::{
    api::{ApiError, ListRequest},
    feed::Feed,
    formats::before_now,
    navigation::{Navigation, navigation},
    parts::{Only, RowsOf, Table},
};

/// What a company's list is narrowed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Narrowed {
    asked: ListRequest,
    within: Option<Period>,
    is_narrow: bool,
}

impl Narrowed {
    /// Everything of a company.
    pub(crate) fn to_company(company: &str) -> Self {
        Self {
            asked: ListRequest::default().only("company_id", company),
            within: None,
            is_narrow: false,
        }
    }

    /// What has this, as the API names it; an empty value leaves nothing out.
    pub(crate) fn only(self, name: &str, value: &str) -> Self {
        Self {
            asked: self.asked.only(name, value),
            is_narrow: self.is_narrow || !value.is_empty(),
            ..self
        }
    }

    /// What came in this time.
    pub(crate) fn within(self, period: Option<Period>) -> Self {
        Self {
            within: period,
            is_narrow: self.is_narrow || period.is_some(),
            ..self
        }
    }

    /// What the API is asked. A period ends now.
    fn request(&self) -> ListRequest {
        let from = self.within.map(|within| before_now(within.millis()));
        self.asked.clone().only("from", &from.unwrap_or_default())
    }
}

/// The rows of such a page, and which of them are shown.
pub(crate) struct Listing<T: 'static> {
    /// The rows.
    pub(crate) feed: Feed<T>,
    only: Option<Only<T>>,
    is_filtered: Signal<bool>,
}

impl<T: Send + Sync + 'static> Listing<T> {
    /// A list that the API narrows to what the address says.
    pub(crate) fn narrowed(
        narrowed: impl Fn(Navigation) -> Narrowed + Send + Sync + 'static,
        load: impl AsyncFn(&ListRequest, Option<&str>) -> Result<Page<T>, ApiError> + 'static,
    ) -> Self {
        let navigation = navigation();
        let narrowed = Memo::new(move |_| narrowed(navigation));
        Self {
            feed: feed(move || narrowed.get(), load),
            only: None,
            is_filtered: Signal::derive(move || narrowed.with(|narrowed| narrowed.is_narrow)),
        }
    }

    /// A list that is read whole, and narrowed here to what has the words that stand in the address under `name`.
    pub(crate) fn searched(
        company: &str,
        name: &'static str,
        text: fn(&T) -> &str,
        load: impl AsyncFn(&ListRequest, Option<&str>) -> Result<Page<T>, ApiError> + 'static,
    ) -> Self {
        let navigation = navigation();
        let all = Narrowed::to_company(company);
        let wanted = Memo::new(move |_| navigation.filter(name).unwrap_or_default().trim().to_lowercase());
        Self {
            feed: feed(move || all.clone(), load),
            only: Some(Arc::new(move |item| {
                wanted.with(|wanted| text(item).to_lowercase().contains(wanted))
            })),
            is_filtered: Signal::derive(move || wanted.with(|wanted| !wanted.is_empty())),
        }
    }
}

fn feed<T: Send + Sync + 'static>(
    narrowed: impl Fn() -> Narrowed + 'static,
    load: impl AsyncFn(&ListRequest, Option<&str>) -> Result<Page<T>, ApiError> + 'static,
) -> Feed<T> {
    let load = Rc::new(load);
    Feed::new(narrowed, move |narrowed, cursor| {
        let load = Rc::clone(&load);
        async move { load(&narrowed.request(), cursor.as_deref()).await }
    })
}

/// How a list looks.
pub(crate) struct Look<T: 'static> {
    /// The style of its table, which says how wide the columns are.
    pub(crate) class: &'static str,
    /// The heads of its columns.
    pub(crate) heads: Vec<&'static str>,
    /// What tells a row from the others, and one state of it from the next.
    pub(crate) key: fn(&T) -> String,
    /// The cells of a row.
    pub(crate) cells: Callback<T, AnyView>,
    /// What stands there when there is nothing at all.
    pub(crate) empty: ViewFn,
}

/// The page of a list.
#[component]
pub(crate) fn ListPage<T: Clone + Send + Sync + 'static>(
    title: &'static str,
    #[prop(default = "")] meaning: &'static str,
    listing: Listing<T>,
    look: Look<T>,
    /// What stands between the head and the table.
    #[prop(optional, into)]
    above: ViewFn,
    /// The filters, to be chosen.
    children: Children,
) -> impl IntoView {
    let rows = RowsOf {
        feed: listing.feed,
        key: look.key,
        cells: look.cells,
    };
    view! {
        <div class="page">
            <PageHead title=title meaning=meaning>
                {children()}
            </PageHead>
            {above.run()}
            <Table
                label=title
                class=look.class
                heads=look.heads
                rows=rows
                only=listing.only
                is_filtered=listing.is_filtered
                empty=look.empty
            />
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_narrow_if_anything_is_left_out() {
        let all = Narrowed::to_company("7").only("status", "").within(None);
        assert!(!all.is_narrow);
        assert_eq!(all, Narrowed::to_company("7"));
        let some = all.clone().only("status", "captured").only("account_id", "");
        assert!(some.is_narrow);
        assert_eq!(
            some.request(),
            ListRequest::default()
                .only("company_id", "7")
                .only("status", "captured")
        );
        assert!(all.within(Some(Period::Hour)).is_narrow);
    }
}
