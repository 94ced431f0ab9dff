//! The composer's API, as the pages use it: one function per call.

mod problem;
mod request;
pub(crate) mod shapes;
mod stream;

use self::{
    request::{Method, answer, get},
    shapes::{Company, DeadLetter, Listed, Rule, Run, Task},
};
use crate::query::{Query, encoded};

pub(crate) use problem::ApiError;
pub(crate) use stream::{Connection, RunStream};

/// How many lines of a list are asked for at once.
const PAGE_SIZE: &str = "100";
/// The most that the API gives at once.
const LARGEST_PAGE: &str = "200";

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

/// The companies, or as many as are listed at once. A composer that does not list them has rules that name them.
pub(crate) async fn companies() -> Result<Vec<Company>, ApiError> {
    match get::<Listed<Company>>(&format!("/companies?limit={LARGEST_PAGE}")).await {
        Ok(listed) => Ok(listed.items),
        Err(error) if error.is_not_offered() => companies_of_rules().await,
        Err(error) => Err(error),
    }
}

async fn companies_of_rules() -> Result<Vec<Company>, ApiError> {
    let rules: Listed<Rule> = get(&format!("/payment-rules?archived=true&limit={LARGEST_PAGE}")).await?;
    let mut ids: Vec<String> = rules.items.into_iter().map(|rule| rule.company_id).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut companies = Vec::with_capacity(ids.len());
    for id in ids {
        companies.push(get(&format!("/companies/{}", encoded(&id))).await?);
    }
    Ok(companies)
}

/// Creates a company.
pub(crate) async fn create_company(name: &str) -> Result<Company, ApiError> {
    let body = serde_json::json!({ "name": name }).to_string();
    answer(Method::Post, "/companies", Some(&body)).await
}

/// Rules, the newest first.
pub(crate) async fn rules(request: &ListRequest, cursor: Option<&str>) -> Result<Listed<Rule>, ApiError> {
    get(&request.url("/payment-rules", cursor)).await
}

/// Saves a document as a draft.
pub(crate) async fn save_draft(document: &str) -> Result<Rule, ApiError> {
    answer(Method::Post, "/payment-rules?draft=true", Some(document)).await
}

/// Makes events run a version.
pub(crate) async fn publish(rule_id: &str, version: u32) -> Result<Rule, ApiError> {
    let path = format!("/payment-rules/{}/versions/{version}/publish", encoded(rule_id));
    answer(Method::Post, &path, None).await
}

/// Puts a rule away.
pub(crate) async fn archive(rule_id: &str) -> Result<Rule, ApiError> {
    answer(
        Method::Delete,
        &format!("/payment-rules/{}", encoded(rule_id)),
        None,
    )
    .await
}

/// Runs, the newest first.
pub(crate) async fn runs(request: &ListRequest, cursor: Option<&str>) -> Result<Listed<Run>, ApiError> {
    get(&request.url("/runs", cursor)).await
}

/// Dead letters, the newest first.
pub(crate) async fn dead_letters(
    request: &ListRequest,
    cursor: Option<&str>,
) -> Result<Listed<DeadLetter>, ApiError> {
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
    get::<Listed<Task>>("/tasks").await.map(|listed| listed.items)
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
