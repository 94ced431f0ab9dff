//! The flow that all of this began with: what is physical is shipped; a book is shipped once more for the archive, and
//! its author is owed a royalty; who sold it is owed a commission either way.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use e2e::browser::{Browser, Role};
use e2e::{Patience, until};
use serde::Deserialize;
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

/// The list is open while a book is paid for: the run comes up in it by itself, with how it ended, and leads to its
/// graph, where every node and edge says how it came out.
pub(crate) async fn pay_and_watch(stage: &Stage, rule: &str) -> anyhow::Result<()> {
    let browser = &stage.browser;
    stage.go_to("Runs").await?;
    browser.heading("Runs").await?;
    browser.read_text("marketplace-split").await?;
    browser.read_text("Live").await?;
    let opened: f64 = browser.read(OPENED).await?;
    let before = rows_of_the_book(browser, rule).await?;
    ensure!(before.is_empty(), "it is there already: {before:?}");
    send(stage, rule).await?;
    let row = until("the run to come up in the list, and to end", SOON, async || {
        let rows = rows_of_the_book(browser, rule).await?;
        ensure!(rows.len() <= 1, "it came up {} times", rows.len());
        let ended = rows.into_iter().find(|row| row.text.starts_with("Succeeded"));
        Ok(ended)
    })
    .await?;
    let still: f64 = browser.read(OPENED).await?;
    ensure!(opened.to_bits() == still.to_bits(), "the page was loaded anew");
    browser.click_at(row.at).await?;
    came_out(browser).await?;
    the_path_is_drawn(browser).await
}

/// When the page was loaded.
const OPENED: &str = "return performance.timeOrigin";

/// A row of the list of runs: what it says, and where it leads on.
#[derive(Debug, Deserialize)]
struct Row {
    text: String,
    at: (f64, f64),
}

async fn rows_of_the_book(browser: &Browser, rule: &str) -> anyhow::Result<Vec<Row>> {
    let rows = "return [...document.querySelectorAll('.runs-table .rows [role=row]')]
        .filter((row) => row.innerText.includes('book-1') && row.innerText.includes(arguments[0]))
        .map((row) => {
            const link = row.querySelector('a').getBoundingClientRect();
            return { text: row.innerText.trim(), at: [link.left + link.width / 2, link.top + link.height / 2] };
        })";
    browser.read_with(rows, &[rule.into()]).await
}

/// The run took every edge but the one that is for what is no book.
async fn the_path_is_drawn(browser: &Browser) -> anyhow::Result<()> {
    let edges =
        "return ['taken', 'dead'].map((how) => document.querySelectorAll(`.graph-edge.${how}`).length)";
    let drawn: [usize; 2] = browser.read(edges).await?;
    ensure!(drawn == [5, 1], "edges that were taken, and not: {drawn:?}");
    Ok(())
}

/// A book is paid for: the run of this rule, once it has succeeded.
pub(crate) async fn pay(stage: &Stage, rule: &str) -> anyhow::Result<String> {
    let id = send(stage, rule).await?;
    run_of(stage, &id).await
}

/// The provider says that a book is paid for, until this rule is among those that run for it: its id.
async fn send(stage: &Stage, rule: &str) -> anyhow::Result<String> {
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
    Ok(id.to_owned())
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
