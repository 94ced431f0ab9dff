//! A payment whose destination is in another currency: what left, what arrived, at which rate.

use anyhow::ensure;
use e2e::browser::{Role, Scheme};
use e2e::until;
use serde_json::json;

use crate::editor::SOON;
use crate::figures::shows_rows;
use crate::money::{ask, fill, text};
use crate::moneyflow::COMPANY;
use crate::pages::faults_of;
use crate::stage::{Stage, play};

/// The cells of the table that shows both sides of the payment, row by row.
const BOTH_SIDES: &str = "return [...document.querySelectorAll('table tr')]
    .map((row) => [...row.cells].map((cell) => cell.innerText.trim()).filter(Boolean).join(' | '))";

const ROUNDED: &str = "Rounding | To the nearest 0.01 USD; exactly halfway, to the even last digit";

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_in_two_currencies_shows_what_left_and_what_arrived() -> anyhow::Result<()> {
    play("two-currencies", async |stage| {
        let browser = &stage.browser;
        pay_abroad(stage).await?;
        stage.open("/app/payments").await?;
        // In the list its amount has a second line, in the other currency.
        browser.choose("Account", "traveller · BRL").await?;
        let row = "Captured | 10,010.01 → 1,840.84 | BRL USD | traveller | merchant:abroad | …";
        shows_rows(browser, &[row]).await?;
        browser.click(Role::Link, "Captured").await?;
        has_sides(
            stage,
            &[
                "From traveller | To merchant:abroad",
                "Amount | 10,010.01 BRL | 1,840.84 USD",
                "Captured | 10,010.01 BRL | 1,840.84 USD",
                "Rate | 1 BRL = 0.1839 USD",
                ROUNDED,
            ],
        )
        .await?;

        let dialog = ask(stage, "Refund", "Refund this payment?").await?;
        fill(stage, &dialog, "4").await?;
        browser
            .read_text("4 BRL go back from merchant:abroad to traveller")
            .await?;
        browser
            .read_text("the payment's rate holds: 1 BRL = 0.1839 USD.")
            .await?;
        browser.click_within(&dialog, Role::Button, "Refund").await?;
        has_sides(
            stage,
            &[
                "From traveller | To merchant:abroad",
                "Amount | 10,010.01 BRL | 1,840.84 USD",
                "Captured | 10,010.01 BRL | 1,840.84 USD",
                "Refunded | 4.00 BRL | 0.74 USD",
                "Rate | 1 BRL = 0.1839 USD",
                ROUNDED,
            ],
        )
        .await?;

        browser.click(Role::Button, "PT: Português").await?;
        has_sides(
            stage,
            &[
                "De traveller | Para merchant:abroad",
                "Valor | 10.010,01 BRL | 1.840,84 USD",
                "Capturado | 10.010,01 BRL | 1.840,84 USD",
                "Reembolsado | 4,00 BRL | 0,74 USD",
                "Taxa | 1 BRL = 0,1839 USD",
                "Arredondamento | Para o 0,01 USD mais próximo; bem no meio, para o último algarismo par",
            ],
        )
        .await?;
        for scheme in [Scheme::Light, Scheme::Dark] {
            browser.prefer(scheme).await?;
            let faults = faults_of(browser, "a payment in two currencies", scheme).await?;
            ensure!(faults.is_empty(), "{}", faults.join("\n"));
        }
        Ok(())
    })
    .await
}

/// Waits until both sides of the payment are these.
async fn has_sides(stage: &Stage, wanted: &[&str]) -> anyhow::Result<()> {
    until("both sides of the payment", SOON, async || {
        let sides: Vec<String> = stage.browser.read(BOTH_SIDES).await?;
        ensure!(sides == wanted, "they are {sides:#?}");
        Ok(Some(()))
    })
    .await
}

/// The newest payment: from an account in BRL to one in USD.
async fn pay_abroad(stage: &Stage) -> anyhow::Result<()> {
    let moneyflow = &stage.moneyflow;
    let open = async |code: &str, currency: &str, balance: &str| {
        let account =
            json!({ "company_id": COMPANY, "code": code, "currency": currency, "initial_balance": balance });
        text(
            &moneyflow.post_as(code, "/api/v1/accounts", &account).await?,
            "id",
        )
    };
    let payment = json!({
        "company_id": COMPANY, "payment_type": "internal", "amount": "10010.01", "currency": "BRL",
        "source_account_id": open("traveller", "BRL", "20000").await?,
        "destination_account_id": open("merchant:abroad", "USD", "0").await?,
        "exchange": { "currency": "USD", "rate": "0.1839" },
    });
    let paid = moneyflow.post_as("abroad", "/api/v1/payments", &payment).await?;
    ensure!(text(&paid, "status")? == "captured", "{paid}");
    Ok(())
}
