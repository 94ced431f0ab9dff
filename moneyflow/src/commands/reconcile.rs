//! `moneyflow ledger reconcile`: does a provider say what is kept here of its payments? The payments API compares.

use anyhow::Context as _;
use reqwest::Url;
use serde_json::Value;

use super::{files, http};
use crate::cli::ReconcileArgs;
use crate::output::{Failed, remark, say, say_json};

/// The classes of differences, as the report calls them.
const CLASSES: [&str; 6] = [
    "missing_here",
    "missing_there",
    "amount_differs",
    "status_differs",
    "duplicate",
    "invalid",
];

pub(crate) async fn run(arguments: &ReconcileArgs) -> anyhow::Result<()> {
    let bytes = files::read(&arguments.file)?;
    let is_ndjson = arguments
        .file
        .extension()
        .is_some_and(|extension| extension == "ndjson");
    let content_type = if is_ndjson {
        "application/x-ndjson"
    } else {
        "text/csv"
    };
    let url = url_of(arguments)?;
    let response = http::post(&http::client()?, url.as_str(), content_type, bytes).await?;
    let compared = response.status().is_success();
    let answer = http::json_of(response).await?;
    if !compared {
        http::problem_lines(&answer).iter().for_each(remark);
        return Err(Failed.into());
    }
    if arguments.json {
        say_json(&answer);
    } else {
        lines_of(&answer).iter().for_each(say);
    }
    match answer.get("reconciled") {
        Some(Value::Bool(true)) => Ok(()),
        _ => Err(Failed.into()),
    }
}

fn url_of(arguments: &ReconcileArgs) -> anyhow::Result<Url> {
    let base = arguments.payments_url.trim_end_matches('/');
    let mut query = vec![
        ("company_id", arguments.company.as_str()),
        ("from", &arguments.from),
        ("to", &arguments.to),
    ];
    query.extend(
        arguments
            .provider
            .as_deref()
            .map(|provider| ("provider", provider)),
    );
    Url::parse_with_params(&format!("{base}/api/v1/reconciliations"), query)
        .with_context(|| format!("{base} is no address"))
}

/// The report for people: how many there are of each class, and the rows of those that differ.
fn lines_of(report: &Value) -> Vec<String> {
    let count = |class: &str| report.get("counts").and_then(|counts| counts.get(class));
    let number = |class: &str| count(class).map(Value::to_string).unwrap_or_default();
    let mut lines = vec![format!(
        "matched: {} of {} lines",
        number("matched"),
        number("lines")
    )];
    for class in CLASSES {
        if count(class).and_then(Value::as_u64) == Some(0) {
            continue;
        }
        lines.push(format!("{}: {}", class.replace('_', " "), number(class)));
        let rows = report.get(class).and_then(Value::as_array).into_iter().flatten();
        let shown: Vec<String> = rows.map(row).collect();
        let cut = count(class).and_then(Value::as_u64) != u64::try_from(shown.len()).ok();
        lines.extend(shown);
        lines.extend(cut.then(|| "  …".to_owned()));
    }
    lines
}

/// A row: its members, one after the other, without their names where they speak for themselves.
fn row(row: &Value) -> String {
    let text = |name: &str| row.get(name).map(shown);
    let line = text("line").map(|line| format!("line {line}"));
    let first = text("first_line").map(|line| format!("first in line {line}"));
    let side = |name: &str| row.get(name).map(|side| format!("{name} {}", amount(side)));
    let own = row.get("status").map(|_| amount(row));
    let parts = [
        line,
        text("payment_id"),
        own,
        side("here"),
        side("there"),
        first,
        text("detail"),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    format!("  {}", parts.join(", "))
}

/// `12.50 BRL captured`.
fn amount(side: &Value) -> String {
    let members = ["amount", "currency", "status"].map(|name| side.get(name).map(shown));
    let members: Vec<String> = members
        .into_iter()
        .flatten()
        .filter(|text| !text.is_empty())
        .collect();
    members.join(" ")
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_report_is_told_in_lines() {
        let side =
            |amount: &str, status: &str| json!({"amount": amount, "currency": "BRL", "status": status});
        let report = json!({
            "counts": {"lines": 4, "matched": 1, "missing_here": 0, "missing_there": 1, "amount_differs": 2,
                       "status_differs": 0, "duplicate": 1, "invalid": 1},
            "missing_there": [{"payment_id": "p1", "amount": "1.00", "currency": "BRL", "status": "captured"}],
            "amount_differs": [{"line": 2, "payment_id": "p2", "here": side("1.00", "captured"), "there": side("2.00", "captured")}],
            "duplicate": [{"line": 3, "first_line": 2, "payment_id": "p2"}],
            "invalid": [{"line": 4, "detail": "it has no `status`"}],
        });
        assert_eq!(
            lines_of(&report),
            [
                "matched: 1 of 4 lines",
                "missing there: 1",
                "  p1, 1.00 BRL captured",
                "amount differs: 2",
                "  line 2, p2, here 1.00 BRL captured, there 2.00 BRL captured",
                "  …",
                "duplicate: 1",
                "  line 3, p2, first in line 2",
                "invalid: 1",
                "  line 4, it has no `status`",
            ]
        );
    }
}
