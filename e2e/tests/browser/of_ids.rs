//! Whoever was handed an id, or an address without a company, finds what it is of.

use anyhow::ensure;
use e2e::browser::{Browser, Role};
use e2e::until;
use serde_json::json;

use crate::by_keys::search;
use crate::editor::SOON;
use crate::money::{account, payment, text};
use crate::moneyflow::COMPANY;
use crate::stage::{Stage, play};

/// Where a page leads to that has nothing to show.
const WAY_OUT: &str = "const way = document.querySelector('.failed a');
    return way ? `${way.innerText} ${way.getAttribute('href')}` : '';";

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_an_account_and_a_hold_are_found_by_their_ids() -> anyhow::Result<()> {
    play("of-ids", async |stage| {
        let browser = &stage.browser;
        stage.open("/app/rules").await?;
        browser.heading("Rules").await?;
        let order = "Order 1001: three novels";
        search(browser, &payment(stage, order).await?, "Order 1001…").await?;
        browser.heading(order).await?;
        says_in_its_tab(browser, "…", "Payments · MoneyFlow").await?;

        let ana = account(stage, "customer:ana").await?;
        search(browser, &ana, "customer:ana…").await?;
        browser.heading("customer:ana").await?;
        says_in_its_tab(browser, "customer:ana", "Accounts · MoneyFlow").await?;

        let path = format!("/api/v1/holds?company_id={COMPANY}&account_id={ana}");
        let holds = stage.moneyflow.get(&path).await?;
        let hold = text(&holds["items"][0], "id")?;
        search(browser, &hold, "25.00 BRL…").await?;
        browser.heading("Holds").await?;
        ensure!(browser.address().await?.contains(&ana));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_address_of_a_payment_leads_to_its_company() -> anyhow::Result<()> {
    play("of-another-company", async |stage| {
        let browser = &stage.browser;
        let (company, paid) = pay_elsewhere(stage).await?;
        stage.open(&format!("/app/payments/{paid}")).await?;
        browser.read_text("This payment belongs to Another shop").await?;
        until("the company in the address", SOON, async || {
            let address = browser.address().await?;
            ensure!(address.contains(&company), "it is {address}");
            Ok(Some(()))
        })
        .await?;
        // Its accounts are found under it.
        browser.click(Role::Link, "alice").await?;
        browser.heading("alice").await?;
        browser.read_text("90.00").await?;

        // Of nobody's payment it is said so, and where the others are.
        stage
            .open("/app/payments/00000000-0000-7000-8000-000000000000")
            .await?;
        until("the way to the list", SOON, async || {
            let way: String = browser.read(WAY_OUT).await?;
            ensure!(way.starts_with("Payments /app/payments"), "it is “{way}”");
            Ok(Some(()))
        })
        .await
    })
    .await
}

async fn says_in_its_tab(browser: &Browser, beginning: &str, end: &str) -> anyhow::Result<()> {
    until("the title of the tab", SOON, async || {
        let title: String = browser.read("return document.title").await?;
        ensure!(
            title.starts_with(beginning) && title.ends_with(end),
            "it is {title}"
        );
        Ok(Some(()))
    })
    .await
}

/// A payment of another company than the one that the browser begins with, and that company.
async fn pay_elsewhere(stage: &Stage) -> anyhow::Result<(String, String)> {
    let moneyflow = &stage.moneyflow;
    let company = json!({ "name": "Another shop", "currency": "BRL" });
    let company = text(&moneyflow.post("/companies", &company).await?, "company_id")?;
    let open = async |code: &str, balance: &str| {
        let account =
            json!({ "company_id": company, "code": code, "currency": "BRL", "initial_balance": balance });
        text(
            &moneyflow.post_as(code, "/api/v1/accounts", &account).await?,
            "id",
        )
    };
    let payment = json!({
        "company_id": company, "payment_type": "internal", "amount": "10", "currency": "BRL",
        "source_account_id": open("alice", "100").await?, "destination_account_id": open("bob", "0").await?,
    });
    let paid = moneyflow
        .post_as("elsewhere", "/api/v1/payments", &payment)
        .await?;
    Ok((company.clone(), text(&paid, "id")?))
}
