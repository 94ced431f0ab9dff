//! The composer's API, as the pages use it: one function per call.

pub(crate) mod money;
mod problem;
mod request;
mod rule_documents;
#[cfg(test)]
pub(crate) mod sample;
mod stream;

use api_types::{
    Balance, Company, DeadLetter, Entry, LedgerTotals, LedgerTransaction, NewCompany, Page, Rule, Run,
    RunDetails, Statistics, Task,
};
use serde_json::Value;
use uuid::Uuid;

use self::request::{Method, answer, get};
use crate::{
    built,
    query::{Query, encoded},
};

pub(crate) use problem::ApiError;
pub(crate) use rule_documents::{company, event_of_run, last_event, rule, rule_version, save_over, versions};
pub(crate) use stream::{Connection, RunStream};

/// How many lines of a list are asked for at once.
const PAGE_SIZE: &str = "100";

/// What every list that goes on is asked with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ListRequest {
    filters: Query,
}

impl ListRequest {
    /// Asks for what has this; an empty value asks for everything.
    pub(crate) fn only(self, name: &str, value: &str) -> Self {
        Self {
            filters: self.filters.with(name, value),
        }
    }

    fn url(&self, path: &str, cursor: Option<&str>) -> String {
        let query = self.filters.clone().with("limit", PAGE_SIZE);
        format!(
            "{path}{}",
            query.with("cursor", cursor.unwrap_or_default()).suffix()
        )
    }
}

/// Companies, the newest first.
pub(crate) async fn companies(cursor: Option<&str>) -> Result<Page<Company>, ApiError> {
    get(&ListRequest::default().url("/companies", cursor)).await
}

/// Creates a company.
pub(crate) async fn create_company(name: &str) -> Result<Company, ApiError> {
    let company = NewCompany {
        name: name.to_owned(),
        ..NewCompany::default()
    };
    let body = serde_json::to_string(&company).map_err(|_| ApiError::Unreadable)?;
    answer(Method::Post, "/companies", Some(&body)).await
}

/// Rules, the newest first.
pub(crate) async fn rules(request: &ListRequest, cursor: Option<&str>) -> Result<Page<Rule>, ApiError> {
    get(&request.url("/payment-rules", cursor)).await
}

/// Saves a document as a draft.
pub(crate) async fn save_draft(document: &str) -> Result<Rule, ApiError> {
    answer(Method::Post, "/payment-rules?draft=true", Some(document)).await
}

/// The document of an example. All of them are one file beside the application.
pub(crate) async fn example(name: &str) -> Result<String, ApiError> {
    let path = built::path_of("examples").ok_or(ApiError::Unreadable)?;
    let examples: Value = get(&path).await?;
    let example = examples.get(name).ok_or(ApiError::Unreadable)?;
    Ok(example.to_string())
}

/// Makes events run a version.
pub(crate) async fn publish(rule_id: Uuid, version: u32) -> Result<Rule, ApiError> {
    let path = format!("/payment-rules/{rule_id}/versions/{version}/publish");
    answer(Method::Post, &path, None).await
}

/// Puts a rule away.
pub(crate) async fn archive(rule_id: Uuid) -> Result<Rule, ApiError> {
    answer(Method::Delete, &format!("/payment-rules/{rule_id}"), None).await
}

/// Runs, the newest first.
pub(crate) async fn runs(request: &ListRequest, cursor: Option<&str>) -> Result<Page<Run>, ApiError> {
    get(&request.url("/runs", cursor)).await
}

/// One run, with all that it did.
pub(crate) async fn run(id: &str) -> Result<RunDetails, ApiError> {
    get(&format!("/runs/{}", encoded(id))).await
}

/// One run, as lists show it. What more the answer holds is passed over, and the program of the pages needs no code to read it.
pub(crate) async fn run_line(id: &str) -> Result<Run, ApiError> {
    get(&format!("/runs/{}", encoded(id))).await
}

/// Accounts with what they hold, the newest account first.
pub(crate) async fn balances(request: &ListRequest, cursor: Option<&str>) -> Result<Page<Balance>, ApiError> {
    get(&request.url("/api/v1/ledger/balances", cursor)).await
}

/// Entries, the newest first.
pub(crate) async fn entries(request: &ListRequest, cursor: Option<&str>) -> Result<Page<Entry>, ApiError> {
    get(&request.url("/api/v1/ledger/entries", cursor)).await
}

/// One ledger transaction, with its entries.
pub(crate) async fn ledger_transaction(id: &str) -> Result<LedgerTransaction, ApiError> {
    get(&format!("/api/v1/ledger/transactions/{}", encoded(id))).await
}

/// All that was posted at a company, summed up.
pub(crate) async fn ledger_totals(company: &str) -> Result<LedgerTotals, ApiError> {
    let query = Query::default().with("company_id", company);
    get(&format!("/api/v1/ledger/totals{}", query.suffix())).await
}

/// What happened at a company since a moment, in steps of so many seconds.
pub(crate) async fn statistics(company: &str, from: &str, step_s: u32) -> Result<Statistics, ApiError> {
    let query = Query::default()
        .with("company_id", company)
        .with("from", from)
        .with("step", &step_s.to_string());
    get(&format!("/stats{}", query.suffix())).await
}

/// Dead letters, the newest first.
pub(crate) async fn dead_letters(
    request: &ListRequest,
    cursor: Option<&str>,
) -> Result<Page<DeadLetter>, ApiError> {
    get(&request.url("/dead-letters", cursor)).await
}

/// One dead letter.
pub(crate) async fn dead_letter(id: &str) -> Result<DeadLetter, ApiError> {
    get(&format!("/dead-letters/{}", encoded(id))).await
}

/// Puts a dead letter back on the queue.
pub(crate) async fn requeue(id: &str) -> Result<DeadLetter, ApiError> {
    answer(
        Method::Post,
        &format!("/dead-letters/{}/requeue", encoded(id)),
        None,
    )
    .await
}

/// The catalogue of tasks, all of it.
pub(crate) async fn tasks() -> Result<Vec<Task>, ApiError> {
    get::<Page<Task>>("/tasks").await.map(|page| page.items)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_asked_for_with_its_filters_and_its_cursor() {
        let request = ListRequest::default()
            .only("status", "failed")
            .only("rule_id", "");
        assert_eq!(request.url("/runs", None), "/runs?status=failed&limit=100");
        assert_eq!(
            request.url("/runs", Some("a=")),
            "/runs?status=failed&limit=100&cursor=a%3D"
        );
    }
}
