//! Accounts on the pages: what is on them, what moved, which may be taken from, and that all of them add up.

use anyhow::{Context as _, ensure};
use e2e::browser::Role;
use e2e::until;
use serde_json::{Value, json};

use crate::editor::SOON;
use crate::figures::{shows_figures, shows_rows};
use crate::money::{account, ask, text};
use crate::moneyflow::COMPANY;
use crate::stage::{Stage, play};

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_taken_from_a_frozen_account() -> anyhow::Result<()> {
    play("frozen", async |stage| {
        let browser = &stage.browser;
        stage.open("/app/accounts?code=bruno").await?;
        // 12.50 of it are held.
        let bruno = "customer:bruno | Bruno Lima | Liability | Open | 80.00 | 12.50 | 67.50 | BRL";
        shows_rows(browser, &[bruno]).await?;
        browser.click(Role::Link, "customer:bruno").await?;
        shows_figures(browser, &["Balance: 80.00", "Pending: 12.50", "Available: 67.50"]).await?;
        let dialog = ask(stage, "Freeze", "Freeze customer:bruno (BRL)?").await?;
        browser.click_within(&dialog, Role::Button, "Freeze").await?;
        browser.read_text("Frozen").await?;

        let pay = json!({
            "company_id": COMPANY, "payment_type": "internal", "amount": "1", "currency": "BRL",
            "source_account_id": account(stage, "customer:bruno").await?,
            "destination_account_id": account(stage, "merchant:books").await?,
        });
        let paid = stage
            .moneyflow
            .post_as("frozen-1", "/api/v1/payments", &pay)
            .await?;
        ensure!(text(&paid, "status")? == "declined", "{paid}");
        stage
            .open(&format!("/app/payments/{}", text(&paid, "id")?))
            .await?;
        browser.read_text("No money moved.").await?;

        browser.click(Role::Link, "customer:bruno").await?;
        let dialog = ask(stage, "Unfreeze", "Unfreeze customer:bruno (BRL)?").await?;
        browser.click_within(&dialog, Role::Button, "Unfreeze").await?;
        browser.see(Role::Button, "Freeze").await.map(|_| ())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_is_read_and_taken_along() -> anyhow::Result<()> {
    play("statement", async |stage| {
        let browser = &stage.browser;
        let id = account(stage, "customer:bruno").await?;
        stage.open("/app/accounts/customer%3Abruno").await?;
        browser.click(Role::Link, "Statement").await?;
        // 80.00 at first, 35.00 paid, and given back.
        browser.read_text("3 entries").await?;
        let sums = [
            "Opening balance: 0.00",
            "Debits: 35.00",
            "Credits: 115.00",
            "Closing balance: 80.00",
        ];
        shows_figures(browser, &sums).await?;
        must_run(
            stage,
            &[
                ["", "80.00", "80.00"],
                ["35.00", "", "45.00"],
                ["", "35.00", "80.00"],
            ],
        )
        .await?;
        browser.click(Role::Link, "Download CSV").await?;
        let file = browser.downloaded(&format!("statement-{id}.csv")).await?;
        let file = String::from_utf8(file)?;
        for figure in ["80.00", "35.00", "45.00"] {
            ensure!(file.contains(figure), "{figure} is not in\n{file}");
        }

        // What is asked for stands in the address: a time when nothing had moved yet, and one when nothing will.
        for (stretch, balance) in [("to=2020-01-01", "0.00"), ("from=2099-01-01", "80.00")] {
            stage
                .open(&format!("/app/accounts/customer%3Abruno/statement?{stretch}"))
                .await?;
            browser.read_text("Nothing moved on this account then.").await?;
            browser.read_text("0 entries").await?;
            let sums = [
                format!("Opening balance: {balance}"),
                format!("Closing balance: {balance}"),
            ];
            shows_figures(browser, &[&sums[0], &sums[1]]).await?;
        }
        Ok(())
    })
    .await
}

/// What was taken, what was brought, and what was left by it: the last three cells of each line of the statement.
async fn must_run(stage: &Stage, wanted: &[[&str; 3]]) -> anyhow::Result<()> {
    let ends = "return [...document.querySelectorAll('.rows [role=row]')].map((row) =>
        [...row.querySelectorAll('[role=cell]')].slice(-3).map((cell) => cell.innerText.trim()))";
    until("the lines of the statement", SOON, async || {
        let lines: Vec<Vec<String>> = stage.browser.read(ends).await?;
        ensure!(lines == wanted, "they are {lines:?}");
        Ok(Some(()))
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_books_are_shown_to_balance() -> anyhow::Result<()> {
    play("books", async |stage| {
        let browser = &stage.browser;
        let path = format!("/api/v1/ledger/totals?company_id={COMPANY}");
        let ledger = stage.moneyflow.get(&path).await?;
        let totals = ledger.get("currencies").and_then(Value::as_array);
        stage.open("/app/ledger").await?;
        browser.read_text("the books balance").await?;
        for total in totals.context("there are totals")? {
            let figure = |term: &str, member: &str| -> anyhow::Result<String> {
                Ok(format!("{term}: {}", grouped(&text(total, member)?)))
            };
            let debits = figure("Debits", "posted_debits")?;
            let credits = figure("Credits", "posted_credits")?;
            let difference = figure("Difference", "difference")?;
            shows_figures(browser, &[&debits, &credits, &difference]).await?;
        }
        // One of the accounts: 35.00 of 80.00 were paid, and given back.
        browser.fill(Role::Searchbox, "Account code", "bruno").await?;
        shows_rows(
            browser,
            &["customer:bruno | Liability | 35.00 | 115.00 | 80.00 | BRL"],
        )
        .await
    })
    .await
}

/// As English writes amounts below a million.
fn grouped(decimal: &str) -> String {
    let whole = decimal.split('.').next().unwrap_or_default();
    match whole.len().checked_sub(3) {
        Some(place @ 1..) => format!("{},{}", &decimal[..place], &decimal[place..]),
        _ => decimal.to_owned(),
    }
}
