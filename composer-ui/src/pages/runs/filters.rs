//! Which runs are shown. The filters stand in the address.

use std::time::Duration;

use api_types::{Run, RunStatus};
use leptos::{prelude::*, task::spawn_local};

use super::super::{
    Choice, SearchField,
    period::{Period, WITHIN},
};
use crate::{
    api::{self, ListRequest},
    formats::before_now,
    navigation::Navigation,
    words::words,
};

const STATUS: &str = "status";
const RULE: &str = "rule";
const EVENT: &str = "event";

/// How long somebody is taken to be typing still.
const TYPING: Duration = Duration::from_millis(250);

/// Which runs are shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RunFilter {
    company: String,
    status: Option<RunStatus>,
    rule: String,
    event: String,
    within: Option<Period>,
}

impl RunFilter {
    /// What the address says. A value that is none is passed over.
    pub(super) fn of(company: &str, navigation: Navigation) -> Self {
        let named = |name| navigation.filter(name).unwrap_or_default();
        let (status, within) = (named(STATUS), named(WITHIN));
        Self {
            company: company.to_owned(),
            status: RunStatus::from_name(&status),
            rule: named(RULE),
            event: named(EVENT).trim().to_owned(),
            within: Period::named(&within),
        }
    }

    /// Whether anything is left out.
    pub(super) fn is_narrow(&self) -> bool {
        self.status.is_some() || self.within.is_some() || !self.rule.is_empty() || !self.event.is_empty()
    }

    /// What the API is asked.
    pub(super) fn request(&self) -> ListRequest {
        ListRequest::default()
            .only("company_id", &self.company)
            .only("status", self.status.map_or("", RunStatus::as_str))
            .only("rule_id", &self.rule)
            .only("event_id", &self.event)
            .only(
                "from",
                &self
                    .within
                    .map(|within| before_now(within.millis()))
                    .unwrap_or_default(),
            )
    }

    /// Whether a run that just came is among those that are shown.
    pub(super) fn takes(&self, run: &Run) -> bool {
        let is_empty_or = |filter: &str, value: &str| filter.is_empty() || filter == value;
        self.status.is_none_or(|status| status == run.status)
            && is_empty_or(&self.rule, &run.rule_id.to_string())
            && is_empty_or(&self.event, &run.event_id)
    }
}

/// The filters, to be chosen.
#[component]
pub(super) fn Filters(company: String) -> impl IntoView {
    let words = words();
    let rules = RwSignal::new(Vec::new());
    spawn_local(async move {
        let request = ListRequest::default()
            .only("company_id", &company)
            .only("archived", "true");
        let listed = api::rules(&request, None)
            .await
            .map(|listed| listed.items)
            .unwrap_or_default();
        let named = listed.into_iter().map(|rule| (rule.id.to_string(), rule.name));
        let _ = rules.try_set(named.collect());
    });
    let statuses = RunStatus::ALL.map(|status| {
        (
            status.as_str().to_owned(),
            (words.runs.statuses)(status).to_owned(),
        )
    });
    let (statuses, times) = (Signal::stored(statuses.to_vec()), Period::options(words));
    view! {
        <SearchField name=EVENT label=words.runs.find_event pause=TYPING />
        <Choice name=STATUS label=words.runs.status any=words.runs.any_status options=statuses />
        <Choice name=RULE label=words.runs.rule any=words.runs.any_rule options=rules.into() />
        <Choice name=WITHIN label=words.runs.time any=words.runs.any_time options=times />
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::sample;

    #[test]
    fn a_run_that_comes_is_shown_if_every_filter_takes_it() {
        let failed_run = sample::run(1, RunStatus::Failed);
        let all = RunFilter {
            company: "c".to_owned(),
            status: None,
            rule: String::new(),
            event: String::new(),
            within: None,
        };
        assert!(!all.is_narrow() && all.takes(&failed_run));
        let failed = RunFilter {
            status: Some(RunStatus::Failed),
            ..all.clone()
        };
        assert!(failed.is_narrow() && failed.takes(&failed_run));
        assert!(!failed.takes(&sample::run(2, RunStatus::Succeeded)));
        for other in [
            RunFilter {
                rule: "x".to_owned(),
                ..all.clone()
            },
            RunFilter {
                event: "x".to_owned(),
                ..all.clone()
            },
        ] {
            assert!(!other.takes(&failed_run));
        }
    }
}
