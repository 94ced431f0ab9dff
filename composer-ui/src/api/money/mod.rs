//! Accounts, holds and payments, which the composer asks of the payments API.

mod shapes;

use api_types::Page;
use leptos::prelude::window;

use super::{
    ApiError, ListRequest,
    request::{get, post_once},
};
use crate::query::{Query, encoded};

pub(crate) use shapes::{
    Account, AccountStatus, Exchange, Hold, HoldStatus, Line, Payment, PaymentEvent, PaymentStatus, Rounding,
    Statement, StatementEntry,
};

/// Of what happened to a payment, so many parts of the list are read: 1,000 events.
const EVENT_PARTS: usize = 10;
const KEY_BYTES: usize = 16;

/// Payments, the newest first.
pub(crate) async fn payments(request: &ListRequest, cursor: Option<&str>) -> Result<Page<Payment>, ApiError> {
    get(&request.url("/api/v1/payments", cursor)).await
}

/// One payment.
pub(crate) async fn payment(id: &str) -> Result<Payment, ApiError> {
    get(&payment_path(id, "")).await
}

/// What happened to a payment, the first event first.
pub(crate) async fn payment_events(id: &str) -> Result<Vec<PaymentEvent>, ApiError> {
    let (mut events, mut cursor) = (Vec::new(), None::<String>);
    for _ in 0..EVENT_PARTS {
        let url = ListRequest::default().url(&payment_path(id, "/events"), cursor.as_deref());
        let part: Page<PaymentEvent> = get(&url).await?;
        events.extend(part.items);
        cursor = part.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    events.sort_by_key(|event| event.number);
    Ok(events)
}

/// Accounts with what is on them, the newest first.
pub(crate) async fn accounts(request: &ListRequest, cursor: Option<&str>) -> Result<Page<Account>, ApiError> {
    get(&request.url("/api/v1/accounts", cursor)).await
}

/// The code of an account.
pub(crate) async fn account_code(id: &str) -> Result<String, ApiError> {
    let found: shapes::AccountName = get(&account_path(id, "")).await?;
    Ok(found.code)
}

/// What is at the path of a payment, an account or a hold, in a line.
pub(crate) async fn line(path: &str) -> Result<Line, ApiError> {
    get(path).await
}

/// What an account opened and closed with.
pub(crate) async fn statement(account_id: &str, from: &str, to: &str) -> Result<Statement, ApiError> {
    let query = stretch(from, to).with("limit", "1");
    get(&format!(
        "{}{}",
        account_path(account_id, "/statement"),
        query.suffix()
    ))
    .await
}

/// What moved on an account in between, the oldest first.
pub(crate) async fn statement_entries(
    account_id: &str,
    from: &str,
    to: &str,
    cursor: Option<&str>,
) -> Result<Page<StatementEntry>, ApiError> {
    let request = ListRequest {
        filters: stretch(from, to),
    };
    get(&request.url(&account_path(account_id, "/statement"), cursor)).await
}

/// Where the statement is, as a file.
pub(crate) fn statement_file(account_id: &str, from: &str, to: &str) -> String {
    let query = stretch(from, to).with("format", "csv");
    format!("{}{}", account_path(account_id, "/statement"), query.suffix())
}

fn stretch(from: &str, to: &str) -> Query {
    Query::default().with("from", from).with("to", to)
}

/// Holds, the newest first.
pub(crate) async fn holds(request: &ListRequest, cursor: Option<&str>) -> Result<Page<Hold>, ApiError> {
    get(&request.url("/api/v1/holds", cursor)).await
}

/// Where something is done with a payment.
pub(crate) fn payment_path(id: &str, what: &str) -> String {
    format!("/api/v1/payments/{}{what}", encoded(id))
}

/// Where something is done with an account.
pub(crate) fn account_path(id: &str, what: &str) -> String {
    format!("/api/v1/accounts/{}{what}", encoded(id))
}

/// Where something is done with a hold.
pub(crate) fn hold_path(id: &str, what: &str) -> String {
    format!("/api/v1/holds/{}{what}", encoded(id))
}

/// What is asked for with a change: members that say something, as JSON.
pub(crate) fn change(members: &[(&str, &str)]) -> String {
    let said = members.iter().filter(|(_, value)| !value.is_empty());
    let object: serde_json::Map<_, _> = said
        .map(|(name, value)| ((*name).to_owned(), (*value).into()))
        .collect();
    serde_json::Value::Object(object).to_string()
}

/// Changes something once, however often it is sent under this key.
pub(crate) async fn change_once(path: &str, body: &str, key: &str) -> Result<(), ApiError> {
    post_once(path, body, key).await
}

/// A key that nobody else has, from the browser's own chance.
pub(crate) fn new_key() -> String {
    let mut bytes = [0; KEY_BYTES];
    if let Ok(crypto) = window().crypto() {
        // Every browser fills so few.
        let _ = crypto.get_random_values_with_u8_array(&mut bytes);
    }
    let digits = bytes.into_iter().map(|byte| format!("{byte:02x}"));
    digits.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_says_only_what_was_typed() {
        assert_eq!(
            change(&[("amount", "1.50"), ("reason", "")]),
            r#"{"amount":"1.50"}"#
        );
        assert_eq!(change(&[]), "{}");
    }

    #[test]
    fn a_statement_is_a_file_of_its_stretch() {
        let (from, path) = ("2026-01-31T00:00:00Z", "/api/v1/accounts/7/statement");
        assert_eq!(statement_file("7", "", ""), format!("{path}?format=csv"));
        assert_eq!(
            statement_file("7", from, ""),
            format!("{path}?from=2026-01-31T00%3A00%3A00Z&format=csv")
        );
    }

    #[test]
    fn an_id_is_no_path() {
        assert_eq!(
            payment_path("../x?y", "/refund"),
            "/api/v1/payments/..%2Fx%3Fy/refund"
        );
    }
}
