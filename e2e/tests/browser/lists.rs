//! The pages of lists: what can be done with their lines, and what leads from one to another.

use anyhow::{Context as _, ensure};
use e2e::browser::{Browser, Role, Setup};
use e2e::until;
use serde_json::{Value, json};

use crate::editor::{Editor, SOON};
use crate::moneyflow::{COMPANY, MoneyFlow};
use crate::pages::dead_letter;
use crate::stage::{Stage, play_with};

#[tokio::test(flavor = "multi_thread")]
async fn lists_are_narrowed_followed_and_worked_with() -> anyhow::Result<()> {
    let mut moneyflow = MoneyFlow::start().await?;
    let dead = dead_letter(&mut moneyflow).await?;
    fail_an_order(&moneyflow).await?;
    play_with("lists", moneyflow, Setup::default(), async |stage| {
        stage.open("/app/overview").await?;
        numbers_lead_to_their_lists(stage).await?;
        runs_are_filtered(stage).await?;
        a_run_is_tried_out_in_the_editor(stage).await?;
        an_example_becomes_a_rule(stage).await?;
        a_rule_is_archived(stage).await?;
        a_dead_letter_is_put_back(stage, &dead).await?;
        stage.browser.must_be_content().await
    })
    .await
}

/// One run among those of the demo does not go well.
async fn fail_an_order(moneyflow: &MoneyFlow) -> anyhow::Result<()> {
    let rule = json!({ "company_id": COMPANY, "name": "fails", "rules": [{
        "node_id": "refuse", "node_type": "task", "task_name": "payment.tasks.abort_flow",
        "parameters": { "reason": "not today" } }] });
    let rule = moneyflow.post("/payment-rules", &rule).await?;
    let id = text(&rule, "id")?;
    let event = json!({ "company_id": COMPANY, "event_id": "fails-1" });
    until("a run that was aborted", SOON, async || {
        moneyflow.pay(&event).await?;
        let runs = format!("/runs?company_id={COMPANY}&rule_id={id}&status=aborted");
        let runs = moneyflow.get(&runs).await?;
        Ok(runs.pointer("/items/0").map(|_| ()))
    })
    .await
}

fn text<'v>(of: &'v Value, member: &str) -> anyhow::Result<&'v str> {
    let text = of.get(member).and_then(Value::as_str);
    text.with_context(|| format!("there is no {member} in {of}"))
}

/// How many lines the list has that is seen, scrolled to or not.
async fn count(browser: &Browser) -> anyhow::Result<usize> {
    let rows: Option<String> = browser
        .read("return document.querySelector('[role=table]')?.getAttribute('aria-rowcount') ?? null")
        .await?;
    // The first is the head.
    Ok(rows.map_or(Ok(0), |rows| rows.parse::<usize>().map(|rows| rows - 1))?)
}

/// Waits until the list has as many lines as the API counts.
async fn counts(stage: &Stage, narrowed: &str) -> anyhow::Result<usize> {
    let path = format!("/runs?company_id={COMPANY}&limit=200{narrowed}");
    until(&format!("the runs of {path}"), SOON, async || {
        let runs = stage.moneyflow.get(&path).await?;
        let runs = runs.get("items").and_then(Value::as_array).map(Vec::len);
        let shown = count(&stage.browser).await?;
        ensure!(Some(shown) == runs, "{shown} are shown, not {runs:?}");
        Ok(runs)
    })
    .await
}

async fn numbers_lead_to_their_lists(stage: &Stage) -> anyhow::Result<()> {
    let browser = &stage.browser;
    let all = counted(stage).await?;
    browser.click(Role::Link, "Runs per minute…").await?;
    browser.heading("Runs").await?;
    ensure!(
        counts(stage, "").await? == all,
        "the overview counts {all} runs, the list others"
    );
    stage.go_to("Overview").await?;
    browser.click(Role::Link, "Dead letters 1…").await?;
    browser.read_text("Needs a look").await?;
    ensure!(count(browser).await? == 1, "there is more than one dead letter");
    stage.go_to("Overview").await?;
    browser.click(Role::Link, "Posted to the ledger…").await?;
    browser.read_text("the books balance").await
}

/// How many runs the overview counts.
async fn counted(stage: &Stage) -> anyhow::Result<usize> {
    let figure = stage.browser.see(Role::Link, "Runs per minute…").await?;
    let text = stage.browser.text_of(&figure).await?;
    let runs = text.lines().find_map(|line| line.strip_suffix(" runs"));
    Ok(runs.with_context(|| text.clone())?.trim().parse()?)
}

async fn runs_are_filtered(stage: &Stage) -> anyhow::Result<()> {
    let browser = &stage.browser;
    stage.go_to("Runs").await?;
    let all = counts(stage, "").await?;
    browser.choose("Status", "Succeeded").await?;
    let succeeded = counts(stage, "&status=succeeded").await?;
    ensure!(0 < succeeded && succeeded < all, "{succeeded} of {all}");
    let rule = stage.moneyflow.rule("service").await?;
    let rule = text(&rule, "id")?;
    browser.choose("Rule", "service").await?;
    let both = counts(stage, &format!("&status=succeeded&rule_id={rule}")).await?;
    ensure!(0 < both && both < succeeded, "{both} of {succeeded}");
    browser.choose("Time", "Last hour").await?;
    an_hour_is_asked_for(browser).await?;
    ensure!(counts(stage, &format!("&status=succeeded&rule_id={rule}")).await? == both);
    // What is seen has an address, which shows it again.
    let address = browser.address().await?;
    stage.go_to("Rules").await?;
    browser.heading("Rules").await?;
    browser.open(&address).await?;
    ensure!(counts(stage, &format!("&status=succeeded&rule_id={rule}")).await? == both);
    browser.choose("Status", "Cancelled").await?;
    browser.read_text("Nothing matches").await?;
    browser.click(Role::Button, "Clear filters").await?;
    ensure!(counts(stage, "").await? == all);
    Ok(())
}

/// All runs are new: what is left out is the API's to say, but it has to be asked.
async fn an_hour_is_asked_for(browser: &Browser) -> anyhow::Result<()> {
    let asked = "const asked = performance.getEntriesByType('resource')
        .map((one) => new URL(one.name)).filter((one) => one.pathname.endsWith('/runs'))
        .map((one) => one.searchParams.get('from')).filter((from) => from !== null);
        return asked.map((from) => Math.round((Date.now() - Date.parse(from)) / 60_000))";
    until("runs of the last hour to be asked for", SOON, async || {
        let minutes: Vec<i64> = browser.read(asked).await?;
        ensure!(minutes.last() == Some(&60), "minutes back: {minutes:?}");
        Ok(Some(()))
    })
    .await
}

async fn a_run_is_tried_out_in_the_editor(stage: &Stage) -> anyhow::Result<()> {
    let browser = &stage.browser;
    let rule = stage.moneyflow.rule("service").await?;
    let rule = text(&rule, "id")?;
    let runs = stage
        .moneyflow
        .get(&format!("/runs?company_id={COMPANY}&rule_id={rule}"))
        .await?;
    let run = runs.pointer("/items/0/id").and_then(Value::as_str);
    let run = stage
        .moneyflow
        .get(&format!("/runs/{}", run.context("a run has an id")?))
        .await?;
    let id = text(&run, "id")?;
    stage.open(&format!("/app/runs/{id}")).await?;
    browser
        .click(Role::Link, "Open in the editor with this event")
        .await?;
    let editor = Editor::shown(stage).await?;
    let field = browser.see(Role::Textbox, "Event").await?;
    until("the run's event", SOON, async || {
        let event: Value = serde_json::from_str(&browser.value_of(&field).await?)?;
        let theirs = run.get("event").context("a run has an event")?;
        ensure!(
            event.get("total") == theirs.get("total"),
            "{event} is not {theirs}"
        );
        Ok(Some(()))
    })
    .await?;
    editor
        .until_drawn("the path that the event takes", |drawing| {
            drawing.nodes.iter().any(|node| node.is("ran-success"))
        })
        .await?;
    editor.is_saved().await
}

async fn an_example_becomes_a_rule(stage: &Stage) -> anyhow::Result<()> {
    let browser = &stage.browser;
    stage.go_to("Rules").await?;
    browser.read_text("marketplace-split").await?;
    // Another of the name of one that is there gets a name of its own.
    for (example, name) in [("fraud-screen", "fraud-screen"), ("service", "service-2")] {
        browser.click(Role::Button, "New rule").await?;
        browser.see(Role::Dialog, "New rule").await?;
        browser.click(Role::Button, &format!("{example}…")).await?;
        browser
            .read_text(&format!("“{name}” is saved as a draft."))
            .await?;
        browser.see_no(Role::Dialog, "New rule").await?;
        browser.see(Role::Link, name).await?;
        let rule = stage.moneyflow.rule(name).await?;
        ensure!(rule.get("status") == Some(&"draft".into()), "{rule}");
    }
    Ok(())
}

async fn a_rule_is_archived(stage: &Stage) -> anyhow::Result<()> {
    let browser = &stage.browser;
    let rule = stage.moneyflow.rule("service-2").await?;
    let id = text(&rule, "id")?;
    let question = "Archive “service-2”?";
    browser.click(Role::Button, question).await?;
    browser.see(Role::Dialog, question).await?;
    browser.click(Role::Button, "Cancel").await?;
    browser.see_no(Role::Dialog, question).await?;
    browser.click(Role::Button, question).await?;
    let asks = browser.see(Role::Dialog, question).await?;
    browser.click_within(&asks, Role::Button, "Archive").await?;
    browser.read_text("“service-2” is archived.").await?;
    browser.see_no(Role::Link, "service-2").await?;
    let archived = stage.moneyflow.get(&format!("/payment-rules/{id}")).await?;
    ensure!(archived.get("status") == Some(&"archived".into()), "{archived}");
    browser.click(Role::Checkbox, "Show archived").await?;
    browser.see(Role::Link, "service-2").await?;
    browser.see_no(Role::Button, question).await?;
    browser.read_text("Archived").await
}

/// It goes back to the queue, and, being what it is, becomes a dead letter again.
async fn a_dead_letter_is_put_back(stage: &Stage, dead: &str) -> anyhow::Result<()> {
    let browser = &stage.browser;
    let letter = stage.moneyflow.get(&format!("/dead-letters/{dead}")).await?;
    let question = "Put this message back on the queue?";
    stage.go_to("Dead letters").await?;
    browser.click(Role::Link, text(&letter, "event_id")?).await?;
    browser.click(Role::Button, "Put back on the queue").await?;
    let asks = browser.see(Role::Dialog, question).await?;
    browser
        .click_within(&asks, Role::Button, "Put back on the queue")
        .await?;
    browser
        .read_text("The message goes back to the queue within a second.")
        .await?;
    browser.read_text("Went back").await?;
    browser.see_no(Role::Button, "Put back on the queue").await?;
    until("another dead letter of it", SOON, async || {
        let letters = stage
            .moneyflow
            .get(&format!("/dead-letters?company_id={COMPANY}"))
            .await?;
        let letters = letters.get("items").and_then(Value::as_array);
        let of = |status: &str| {
            let letters = letters.into_iter().flatten();
            letters
                .filter(|letter| letter.get("status").and_then(Value::as_str) == Some(status))
                .count()
        };
        ensure!(of("requeued") == 1 && of("dead") == 1, "{letters:?}");
        Ok(Some(()))
    })
    .await?;
    stage.go_to("Overview").await?;
    stage.go_to("Dead letters").await?;
    browser.read_text("Needs a look").await?;
    ensure!(count(browser).await? == 2, "both are listed");
    Ok(())
}
