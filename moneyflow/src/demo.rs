//! The demo company: something to look at from the first moment on.

mod money;

use serde_json::{Value, json};
use uuid::{Uuid, uuid};

use crate::commands::http;
use crate::system::System;

/// The demo company's id: always the same, so that a bookmark stays good.
const COMPANY_ID: Uuid = uuid!("0de30000-0000-7000-8000-000000000001");

/// The demo company.
pub(crate) struct Demo {
    pub(crate) company_id: Uuid,
    pub(crate) note: &'static str,
}

/// An example that comes with the program: a rule, and the events of its cases.
struct Example {
    rule: &'static str,
    cases: &'static [&'static str],
}

/// An example by its folder, with the events of these of its cases.
macro_rules! example {
    ($name:literal, [$($case:literal),*]) => {
        Example {
            rule: include_str!(concat!("../../examples/rules/", $name, "/rule.json")),
            cases: &[$(include_str!(concat!("../../examples/rules/", $name, "/cases/", $case, ".json"))),*],
        }
    };
}

/// Each says by its `when` which events it is for, so that one event runs one of them.
const EXAMPLES: [Example; 5] = [
    example!("marketplace-split", ["with-affiliate", "odd-cents"]),
    example!("subscription-royalty", ["monthly", "in-yen"]),
    example!("service", ["with-tax", "without-tax"]),
    example!("digital-abroad", ["dollars", "euros"]),
    example!("refused-payment", ["insufficient"]),
];

/// Creates the demo company with rules and a few payments, unless it is there.
pub(crate) async fn set_up(system: &System) -> anyhow::Result<Demo> {
    if system.store.find_company(COMPANY_ID).await?.is_some() {
        return Ok(Demo {
            company_id: COMPANY_ID,
            note: "as you left it",
        });
    }
    let client = http::client()?;
    let composer = system.composer.url();
    let company = json!({"company_id": COMPANY_ID.to_string(), "name": "Demo Books", "region": "BR", "currency": "BRL"});
    send(&client, &format!("{composer}/companies"), &company).await?;
    let router = system.router.server.url();
    for example in &EXAMPLES {
        let rule = adopted(rules::json::parse(example.rule.as_bytes())?);
        send(&client, &format!("{composer}/payment-rules"), &rule).await?;
    }
    for case in EXAMPLES.iter().flat_map(|example| example.cases) {
        let case = rules::json::parse(case.as_bytes())?;
        let event = adopted(case.get("event").cloned().unwrap_or_default());
        send(&client, &format!("{router}/payment"), &event).await?;
    }
    money::move_some(&client, &system.payments.rest.url()).await?;
    Ok(Demo {
        company_id: COMPANY_ID,
        note: "new, with rules and a few payments",
    })
}

/// The same, for the demo company.
fn adopted(mut value: Value) -> Value {
    if let Some(company_id) = value.get_mut("company_id") {
        *company_id = COMPANY_ID.to_string().into();
    }
    value
}

async fn send(client: &reqwest::Client, url: &str, body: &Value) -> anyhow::Result<()> {
    answered(client, url, &[], body).await.map(|_| ())
}

/// Posts JSON and gives what is answered.
async fn answered(
    client: &reqwest::Client,
    url: &str,
    headers: &[(&str, &str)],
    body: &Value,
) -> anyhow::Result<Value> {
    let headers: Vec<_> = [("content-type", "application/json")]
        .iter()
        .chain(headers)
        .copied()
        .collect();
    let response = http::post_with(client, url, &headers, body.to_string().into_bytes()).await?;
    let status = response.status();
    let answer = http::json_of(response).await?;
    anyhow::ensure!(
        status.is_success(),
        "the demo company could not be set up: {url} answered {status}: {}",
        http::problem_lines(&answer).join("; ")
    );
    Ok(answer)
}
