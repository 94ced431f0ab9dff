//! What the store says, as problems.

use std::time::Duration;

use service::{FieldError, Problem};
use store::{ChangeRuleError, SaveRuleError, StoreError};
use uuid::Uuid;

/// A database that is away is usually back soon.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// The store failed. Whatever a client can get wrong was found before the store was asked.
pub(crate) fn of_store(error: StoreError) -> Problem {
    match error {
        StoreError::Unavailable { outage, message } => {
            tracing::warn!(%outage, message, "the store is unavailable");
            let detail = "The database does not answer. Nothing was changed; try again in a moment.";
            Problem::unavailable("store_unavailable", detail, RETRY_AFTER)
        }
        error @ (StoreError::Refused { .. } | StoreError::Corrupt { .. }) => Problem::internal(error),
    }
}

/// A rule was not saved.
pub(crate) fn of_saving(error: SaveRuleError) -> Problem {
    match error {
        SaveRuleError::UnknownCompany(company_id) => unknown_company(company_id),
        SaveRuleError::Stale { current } => stale(current),
        SaveRuleError::Store(error) => of_store(error),
    }
}

/// A rule was not published or archived.
pub(crate) fn of_changing(error: ChangeRuleError, rule_id: Uuid, version: Option<u32>) -> Problem {
    match (error, version) {
        (ChangeRuleError::NotFound, Some(version)) => unknown_version(rule_id, version),
        (ChangeRuleError::NotFound, None) => unknown_rule(rule_id),
        (ChangeRuleError::Archived, _) => {
            let detail =
                "The rule is archived, so no version can be published. Save a new one to bring it back.";
            Problem::conflict("rule_archived", detail)
        }
        (ChangeRuleError::Stale { current }, _) => stale(current),
        (ChangeRuleError::Store(error), _) => of_store(error),
    }
}

fn stale(current: u32) -> Problem {
    let detail = match current {
        0 => "There is no such rule yet, so it is at no version that `If-Match` could name.".to_owned(),
        current => format!(
            "The rule is at version {current} by now, which is not what `If-Match` says. Nothing was changed: read \
             version {current} and decide again."
        ),
    };
    Problem::precondition_failed("stale_version", detail)
}

/// 404: there is no such company.
pub(crate) fn unknown_company(company_id: Uuid) -> Problem {
    Problem::not_found("unknown_company", format!("There is no company {company_id}."))
}

/// 404: there is no such rule.
pub(crate) fn unknown_rule(rule_id: Uuid) -> Problem {
    Problem::not_found("unknown_rule", format!("There is no rule {rule_id}."))
}

/// 404: there is no such version of the rule, or no such rule.
pub(crate) fn unknown_version(rule_id: Uuid, version: u32) -> Problem {
    Problem::not_found(
        "unknown_version",
        format!("There is no version {version} of a rule {rule_id}."),
    )
}

/// 400: a parameter that can be read, and cannot be used.
pub(crate) fn invalid_parameter(name: &str, reason: &str) -> Problem {
    let detail = format!("The parameter `{name}` cannot be used: {reason}");
    Problem::bad_request("invalid_parameter", detail).with_errors([FieldError::new(name, "invalid", reason)])
}
