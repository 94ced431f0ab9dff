//! The flow that all of this began with: what is physical is shipped; a book is shipped once more for the archive, and
//! its author is owed a royalty; who sold it is owed a commission either way.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use e2e::browser::{Browser, Role};
use e2e::{Patience, until};
use serde_json::{Value, json};

use crate::moneyflow::COMPANY;
use crate::stage::Stage;

const SOON: Patience = Patience::of(Duration::from_secs(30));

pub(crate) const PHYSICAL: &str = "condition-1";
pub(crate) const SHIPMENT: &str = "generate-shipment-1";
pub(crate) const BOOK: &str = "condition-2";
pub(crate) const COPY: &str = "duplicate-shipment-1";
pub(crate) const ROYALTY: &str = "generate-royalty-1";
pub(crate) const COMMISSION: &str = "generate-commission-1";

/// Its edges.
pub(crate) const EDGES: [&str; 6] = [
    "condition-1>generate-shipment-1 success",
    "condition-2>duplicate-shipment-1 success",
    "condition-2>generate-commission-1 failure",
    "duplicate-shipment-1>generate-royalty-1 success",
    "generate-royalty-1>generate-commission-1 success",
    "generate-shipment-1>condition-2 success",
];

/// A book that was paid for.
pub(crate) fn book() -> Value {
    json!({
        "company_id": COMPANY,
        "event_id": "book-1",
        "product": { "id": "b-7", "kind": "physical", "type": "book", "author": "a-1" },
        "shipping_address": { "city": "Recife" },
        "total": "89.90",
    })
}

/// What is stored is the flow: nodes, edges, joins and expectations.
pub(crate) fn must_be_the_flow(rule: &Value) -> anyhow::Result<()> {
    let nodes = rule
        .get("rules")
        .and_then(Value::as_array)
        .context("a rule has nodes")?;
    let at = |id: &str, pointer: &str| {
        let node = nodes
            .iter()
            .find(|node| node.get("node_id").and_then(Value::as_str) == Some(id));
        node.and_then(|node| node.pointer(pointer))
            .cloned()
            .unwrap_or_default()
    };
    ensure!(nodes.len() == 6, "there are {} nodes", nodes.len());
    ensure!(
        at(COMMISSION, "/join") == "any",
        "both ways lead to the commission"
    );
    let physical = json!([{ "field": "$context.event.product.kind", "operator": "eq", "value": "physical" }]);
    ensure!(at(PHYSICAL, "/expect") == physical, "{}", at(PHYSICAL, "/expect"));
    let book = json!([{ "field": "$context.event.product.type", "operator": "eq", "value": "book" }]);
    ensure!(at(BOOK, "/expect") == book, "{}", at(BOOK, "/expect"));
    Ok(())
}

/// A book is paid for, and its run watched: it comes up in the list by itself, and on its graph every node it went over
/// says how it came out.
pub(crate) async fn pay_and_watch(stage: &Stage, rule: &str) -> anyhow::Result<()> {
    let browser = &stage.browser;
    stage.go_to("Runs").await?;
    browser.heading("Runs").await?;
    let run = pay(stage, rule).await?;
    browser.read_text("book-1").await?;
    let link = format!(
        "const link = document.querySelector(`a[href^='/app/runs/{run}']`)?.getBoundingClientRect();
         return link ? [link.left + link.width / 2, link.top + link.height / 2] : null;"
    );
    let place = until("the run's line in the list", SOON, async || {
        browser.read::<Option<(f64, f64)>>(&link).await
    })
    .await?;
    browser.click_at(place).await?;
    came_out(browser).await
}

/// A book is paid for: the run of this rule, once it has succeeded.
pub(crate) async fn pay(stage: &Stage, rule: &str) -> anyhow::Result<String> {
    let known = stage.moneyflow.rule(rule).await?;
    let id = known
        .get("id")
        .and_then(Value::as_str)
        .context("a rule has an id")?;
    until("the router to know the rule", SOON, async || {
        let answer = stage.moneyflow.pay(&book()).await?;
        let rules = answer.get("rules").and_then(Value::as_array);
        let is_it = |run: &Value| run.get("rule_id").and_then(Value::as_str) == Some(id);
        Ok(rules.is_some_and(|rules| rules.iter().any(is_it)).then_some(()))
    })
    .await?;
    run_of(stage, id).await
}

/// The run's page says of every node how it came out.
pub(crate) async fn came_out(browser: &Browser) -> anyhow::Result<()> {
    for node in [PHYSICAL, SHIPMENT, BOOK, COPY, ROYALTY, COMMISSION] {
        browser.see(Role::Button, &format!("{node}: Success.…")).await?;
    }
    Ok(())
}

async fn run_of(stage: &Stage, rule: &str) -> anyhow::Result<String> {
    until("the run to succeed", SOON, async || {
        let path = format!("/runs?company_id={COMPANY}&rule_id={rule}");
        let runs = stage.moneyflow.get(&path).await?;
        let run = runs.pointer("/items/0").context("there is no run yet")?;
        let status = run.get("status").and_then(Value::as_str);
        ensure!(status == Some("succeeded"), "it is {status:?}: {run}");
        Ok(run.get("id").and_then(Value::as_str).map(str::to_owned))
    })
    .await
}
