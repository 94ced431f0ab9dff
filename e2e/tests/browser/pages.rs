//! Every page, in light and in dark, in English and in Portuguese: the browser complains about nothing, and axe-core
//! finds nothing that keeps people out.

use anyhow::{Context as _, ensure};
use e2e::browser::{Browser, Key, Role, Scheme, Setup, Violation};
use e2e::until;
use serde_json::Value;

use crate::editor::{Editor, SOON};
use crate::money::payment;
use crate::moneyflow::{COMPANY, MoneyFlow};
use crate::stage::{Stage, play_with};

/// A page, by a name for people, its address, and what can be read on it once it is whole.
struct Page {
    name: &'static str,
    path: String,
    english: String,
    portuguese: String,
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_is_content_and_open_to_everybody() -> anyhow::Result<()> {
    let mut moneyflow = MoneyFlow::start().await?;
    let dead = dead_letter(&mut moneyflow).await?;
    play_with("pages", moneyflow, Setup::default(), async |stage| {
        let pages = pages(&stage.moneyflow, &dead).await?;
        let mut faults = Vec::new();
        for scheme in [Scheme::Light, Scheme::Dark] {
            stage.browser.prefer(scheme).await?;
            for page in &pages {
                look_at(stage, page, &page.english).await?;
                faults.extend(faults_of(&stage.browser, page.name, scheme).await?);
            }
            faults.extend(faults_of_what_opens(stage, scheme).await?);
        }
        faults.extend(faults_in_portuguese(stage, &pages).await?);
        ensure!(faults.is_empty(), "{}", faults.join("\n"));
        Ok(())
    })
    .await
}

async fn look_at(stage: &Stage, page: &Page, says: &str) -> anyhow::Result<()> {
    stage.open(&page.path).await?;
    stage.browser.read_text(says).await.with_context(|| page.name)
}

/// Of what opens above or beside pages: search, the editor's panels, and a version that is only looked at.
async fn faults_of_what_opens(stage: &Stage, scheme: Scheme) -> anyhow::Result<Vec<String>> {
    let browser = &stage.browser;
    stage.open("/app/rules").await?;
    browser.read_text("marketplace-split").await?;
    browser.control('k').await?;
    browser.see(Role::Combobox, "Search").await?;
    browser.type_text("service").await?;
    browser.see(Role::Option, "service…").await?;
    let mut faults = faults_of(browser, "search", scheme).await?;
    browser.press(&[Key::Escape]).await?;
    browser.click(Role::Button, "New rule").await?;
    browser.see(Role::Button, "marketplace-split…").await?;
    faults.extend(faults_of(browser, "new rules", scheme).await?);
    let rule = stage.moneyflow.rule("service").await?;
    let path = format!("/app/rules/{}", id_of(&rule)?);
    edit_a_node(stage, &path, "Name").await?;
    browser.click(Role::Button, "Problems…").await?;
    browser.read_text("it runs for every event").await?;
    faults.extend(faults_of(browser, "editor", scheme).await?);
    browser.click(Role::Button, "Try it out").await?;
    browser.click(Role::Button, "Run").await?;
    browser.see(Role::Button, "All steps").await?;
    faults.extend(faults_of(browser, "simulation", scheme).await?);
    edit_a_node(stage, &format!("{path}/versions/1"), "Name").await?;
    browser.read_text("A saved version, to look at.").await?;
    faults.extend(faults_of(browser, "a version", scheme).await?);
    browser.click(Role::Button, "JSON").await?;
    faults.extend(faults_of(browser, "a version's JSON", scheme).await?);
    let payment = payment(stage, "Order 1001: three novels").await?;
    stage.open(&format!("/app/payments/{payment}")).await?;
    browser.click(Role::Button, "Refund").await?;
    let dialog = browser.see(Role::Dialog, "Refund this payment?").await?;
    faults.extend(faults_of(browser, "a refund", scheme).await?);
    browser.fill(Role::Textbox, "Amount (BRL)", "1,000.00").await?;
    browser.click_within(&dialog, Role::Button, "Refund").await?;
    browser.read_text("Write the amount in digits").await?;
    faults.extend(faults_of(browser, "a refund with a fault", scheme).await?);
    Ok(faults)
}

/// Colours have been looked at; names, languages and widths differ.
async fn faults_in_portuguese(stage: &Stage, pages: &[Page]) -> anyhow::Result<Vec<String>> {
    let browser = &stage.browser;
    let scheme = Scheme::Light;
    browser.prefer(scheme).await?;
    stage.open("/app/overview").await?;
    browser.click(Role::Button, "PT: Português").await?;
    let mut faults = Vec::new();
    for page in pages {
        look_at(stage, page, &page.portuguese).await?;
        faults.extend(faults_of(browser, &format!("{} in Portuguese", page.name), scheme).await?);
    }
    let rule = stage.moneyflow.rule("service").await?;
    edit_a_node(stage, &format!("/app/rules/{}", id_of(&rule)?), "Nome").await?;
    faults.extend(faults_of(browser, "editor in Portuguese", scheme).await?);
    Ok(faults)
}

/// The editor with a node selected, whose name has its label.
async fn edit_a_node(stage: &Stage, path: &str, label: &str) -> anyhow::Result<()> {
    let editor = Editor::open(stage, path).await?;
    let drawing = editor
        .until_drawn("a node", |drawing| !drawing.nodes.is_empty())
        .await?;
    let first = drawing.ids().first().copied().context("a node")?.to_owned();
    editor.select(&first).await?;
    editor.browser.see(Role::Textbox, label).await.map(|_| ())
}

/// What the browser and axe-core have to say of a page.
pub(crate) async fn faults_of(browser: &Browser, page: &str, scheme: Scheme) -> anyhow::Result<Vec<String>> {
    let at = format!("{page}, {}", scheme.name());
    let complaints = browser.complaints().await?.into_iter();
    let mut faults: Vec<String> = complaints.map(|said| format!("{at}: {said}")).collect();
    // What has not faded in yet has no colours to be judged by.
    until("the page to be at rest", SOON, async || {
        let moving: usize = browser
            .read("return document.getAnimations().filter((one) => one.playState === 'running').length")
            .await?;
        Ok((moving == 0).then_some(()))
    })
    .await?;
    let violations = browser.violations().await?;
    let serious = violations.iter().filter(|found| Violation::is_serious(found));
    faults.extend(serious.map(|found| format!("{at}: {found}")));
    Ok(faults)
}

async fn pages(moneyflow: &MoneyFlow, dead: &str) -> anyhow::Result<Vec<Page>> {
    let page = |name, path: &str, [english, portuguese]: [&str; 2]| Page {
        name,
        path: path.to_owned(),
        english: english.to_owned(),
        portuguese: portuguese.to_owned(),
    };
    let run = first(moneyflow, "/runs").await?;
    let payment = first(moneyflow, "/api/v1/payments").await?;
    let entry = first(moneyflow, "/api/v1/ledger/entries").await?;
    let text = |of: &Value, member: &str| of.get(member).and_then(Value::as_str).map(str::to_owned);
    let (account, transaction) = (text(&entry, "account"), text(&entry, "transaction_id"));
    let account = account.context("an entry has an account")?;
    let transaction = transaction.context("an entry has a transaction")?;
    let code = account.replace(':', "%3A");
    let account = [account.as_str(); 2];
    Ok(vec![
        page(
            "overview",
            "/app/overview",
            ["Acceptance to commit", "Da aceitação à gravação"],
        ),
        page("rules", "/app/rules", ["marketplace-split"; 2]),
        page("runs", "/app/runs", ["Succeeded", "Concluída"]),
        page(
            "run",
            &format!("/app/runs/{}", id_of(&run)?),
            ["The payment event", "O evento de pagamento"],
        ),
        page("ledger", "/app/ledger", ["the books balance", "os livros fecham"]),
        page("payments", "/app/payments", ["Order 1001: three novels"; 2]),
        page(
            "a payment",
            &format!("/app/payments/{}", id_of(&payment)?),
            ["What happened", "O que aconteceu"],
        ),
        page("accounts", "/app/accounts", ["Bruno Lima"; 2]),
        page(
            "holds",
            "/app/holds",
            ["Reserved on one account", "Valores reservados"],
        ),
        page("account", &format!("/app/accounts/{code}"), account),
        page(
            "a statement",
            &format!("/app/accounts/{code}/statement"),
            ["Closing balance", "Saldo final"],
        ),
        page(
            "transaction",
            &format!("/app/ledger/transactions/{transaction}"),
            account,
        ),
        page(
            "dead letters",
            "/app/dead-letters",
            ["Needs a look", "Precisa de atenção"],
        ),
        page(
            "a dead letter",
            &format!("/app/dead-letters/{dead}"),
            ["Put back on the queue", "Devolver à fila"],
        ),
        page("tasks", "/app/tasks", ["Royalty"; 2]),
        page(
            "a task",
            "/app/tasks/payment.tasks.split_payment",
            ["Yields", "Produz"],
        ),
        page(
            "no page",
            "/app/nowhere",
            ["There is no such page", "Esta página não existe"],
        ),
    ])
}

async fn first(moneyflow: &MoneyFlow, list: &str) -> anyhow::Result<Value> {
    let listed = moneyflow.get(&format!("{list}?company_id={COMPANY}")).await?;
    listed
        .pointer("/items/0")
        .cloned()
        .with_context(|| format!("{list} is empty"))
}

/// An event's id with another content than before. The router remembers ids until it is started anew; from then on such
/// an event becomes a dead letter behind the queue.
pub(crate) async fn dead_letter(moneyflow: &mut MoneyFlow) -> anyhow::Result<String> {
    let run = id_of(&first(moneyflow, "/runs").await?)?;
    let run = moneyflow.get(&format!("/runs/{run}")).await?;
    let mut event = run.get("event").cloned().context("a run has an event")?;
    let members = event.as_object_mut().context("an event is an object")?;
    members.insert(
        "event_id".to_owned(),
        run.get("event_id").cloned().unwrap_or_default(),
    );
    members.insert("remark".to_owned(), "another content".into());
    moneyflow.restart().await?;
    moneyflow.pay(&event).await?;
    until("a dead letter", SOON, async || {
        id_of(&first(moneyflow, "/dead-letters").await?).map(Some)
    })
    .await
}

fn id_of(item: &Value) -> anyhow::Result<String> {
    let id = item.get("id").and_then(Value::as_str);
    id.map(str::to_owned).context("an item has an id")
}
