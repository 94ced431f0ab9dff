//! Money moved on the pages: refunds, cancellations, captures; what is refused, and what is not answered.

use anyhow::{Context as _, ensure};
use e2e::browser::{Key, Role, Seen};
use e2e::until;
use serde_json::{Value, json};

use crate::editor::SOON;
use crate::figures::{shows_figures, shows_rows};
use crate::moneyflow::COMPANY;
use crate::stage::{Stage, play};

/// Loses the answer to the next change, after the server has given it.
const LOSE_AN_ANSWER: &str = "const real = window.fetch.bind(window);
    window.fetch = async (request) => {
        const answer = await real(request);
        if (request.method === 'POST') {
            window.fetch = real;
            throw new TypeError('the line is dead');
        }
        return answer;
    };
    return true;";

/// Keeps back the answer to the next change, after the server has given it, until the page's own patience is at its end.
const KEEP_AN_ANSWER: &str = "const real = window.fetch.bind(window);
    AbortSignal.timeout = () => {
        const patience = new AbortController();
        window.endPatience = () => patience.abort();
        return patience.signal;
    };
    window.fetch = async (request) => {
        const answer = await real(request);
        if (request.method !== 'POST') return answer;
        window.fetch = real;
        return new Promise((_, lose) => request.signal.addEventListener('abort', lose));
    };
    return true;";

/// Which buttons of the dialog can be clicked.
const CHOICES: &str = "return [...document.querySelectorAll('dialog[open] button:not(:disabled)')]
    .map((button) => button.innerText.trim() || button.getAttribute('aria-label'))";

/// What is said of the field that is at fault, where it stands.
const FAULT_OF_A_FIELD: &str = "const field = document.querySelector('dialog input[aria-invalid=\"true\"]');
    return field ? document.getElementById(field.getAttribute('aria-describedby')).innerText : '';";

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_is_refunded_in_parts_and_no_further() -> anyhow::Result<()> {
    play("refund", async |stage| {
        let browser = &stage.browser;
        stage.open("/app/payments").await?;
        browser.read_text("Order 1001: three novels").await?;
        browser.choose("Status", "Declined").await?;
        browser.read_text("customer:bruno").await?;
        shows_rows(
            browser,
            &["Declined | 950.00 | BRL | customer:bruno | merchant:books | …"],
        )
        .await?;
        // It stands in the address; and whose payments they are is chosen in a row, too.
        ensure!(browser.address().await?.contains("status=declined"));
        browser.click(Role::Button, "customer:bruno").await?;
        browser.choose("Status", "Refunded").await?;
        shows_rows(
            browser,
            &["Refunded | 35.00 | BRL | customer:bruno | merchant:books | Order 1003: a cookbook | …"],
        )
        .await?;
        let id = payment(stage, "Order 1001: three novels").await?;
        stage.open(&format!("/app/payments/{id}")).await?;
        browser.read_text("customer:ana").await?;

        let dialog = ask(stage, "Refund", "Refund this payment?").await?;
        ensure!(amount(stage, &dialog).await? == "120.00");
        fill(stage, &dialog, "50.50").await?;
        browser
            .read_text("50.50 BRL go back from merchant:books to customer:ana")
            .await?;
        browser
            .fill(Role::Textbox, "Reason (optional)", "One was torn")
            .await?;
        browser.click_within(&dialog, Role::Button, "Refund").await?;
        browser.read_text("Refunded in part").await?;
        browser.read_text("One was torn").await?;
        browser.read_text("Refunded in part · 50.50 BRL").await?;
        let sums = [
            "Amount: 120.00 BRL",
            "Captured: 120.00 BRL",
            "Refunded: 50.50 BRL",
        ];
        shows_figures(browser, &sums).await?;

        let dialog = ask(stage, "Refund", "Refund this payment?").await?;
        ensure!(amount(stage, &dialog).await? == "69.50", "what is left");
        fill(stage, &dialog, "69.51").await?;
        must_be_at_fault(stage, "At most 69.50 BRL can be refunded").await?;
        ensure!(!browser.text().await?.contains("69.51 BRL go back"));
        browser.click_within(&dialog, Role::Button, "Refund").await?;
        must_be_refunded(stage, &id, "50.50", "partially_refunded").await?;

        // What the dialog knows nothing of, the payments API does: meanwhile somebody else refunded some.
        let some = json!({ "amount": "9.50" });
        let path = format!("/api/v1/payments/{id}/refund");
        stage.moneyflow.post_as("meanwhile", &path, &some).await?;
        fill(stage, &dialog, "69.50").await?;
        browser.click_within(&dialog, Role::Button, "Refund").await?;
        must_be_at_fault(stage, "60.00").await?;
        fill(stage, &dialog, "60").await?;
        browser.click_within(&dialog, Role::Button, "Refund").await?;
        browser.read_text("Refunded: nothing is left").await?;
        browser.see_no(Role::Button, "Refund").await?;
        must_be_refunded(stage, &id, "120.00", "refunded").await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refund_whose_answer_is_lost_is_sent_again_and_carried_out_once() -> anyhow::Result<()> {
    play("lost-answer", async |stage| {
        let browser = &stage.browser;
        let id = payment(stage, "Order 1001: three novels").await?;
        stage.open(&format!("/app/payments/{id}")).await?;
        let dialog = ask(stage, "Refund", "Refund this payment?").await?;
        fill(stage, &dialog, "10").await?;
        let _: bool = browser.read(LOSE_AN_ANSWER).await?;
        browser.click_within(&dialog, Role::Button, "Refund").await?;
        browser.read_text("Sent again, it is done once.").await?;
        must_be_refunded(stage, &id, "10.00", "partially_refunded").await?;
        // What may have been done is not changed under the same key.
        fill(stage, &dialog, "99").await?;
        ensure!(amount(stage, &dialog).await? == "10");
        browser.click_within(&dialog, Role::Button, "Try again").await?;
        browser.read_text("Refunded in part").await?;
        must_be_refunded(stage, &id, "10.00", "partially_refunded").await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refund_is_not_left_while_nobody_knows_what_became_of_it() -> anyhow::Result<()> {
    play("kept-answer", async |stage| {
        let browser = &stage.browser;
        let id = payment(stage, "Order 1001: three novels").await?;
        stage.open(&format!("/app/payments/{id}")).await?;
        let dialog = ask(stage, "Refund", "Refund this payment?").await?;
        fill(stage, &dialog, "10").await?;
        let _: bool = browser.read(KEEP_AN_ANSWER).await?;
        browser.click_within(&dialog, Role::Button, "Refund").await?;
        offers(stage, &[]).await?;
        cannot_be_left(stage).await?;
        offers(stage, &[]).await?;

        let _: bool = browser.read("window.endPatience(); return true;").await?;
        browser.read_text("Whether it was done is not known.").await?;
        let left = ["Look at the payment", "Try again"];
        offers(stage, &left).await?;
        cannot_be_left(stage).await?;
        offers(stage, &left).await?;

        browser
            .click_within(&dialog, Role::Button, "Look at the payment")
            .await?;
        browser.read_text("The request may have been carried out").await?;
        browser.read_text("Refunded in part · 10.00 BRL").await?;
        browser.see_no(Role::Dialog, "Refund this payment?").await?;
        must_be_refunded(stage, &id, "10.00", "partially_refunded").await?;
        // Now it is another intent, of what is left.
        let dialog = ask(stage, "Refund", "Refund this payment?").await?;
        ensure!(amount(stage, &dialog).await? == "110.00");
        browser.press(&[Key::Escape]).await?;
        browser.see_no(Role::Dialog, "Refund this payment?").await
    })
    .await
}

/// Does what would close a dialog, or lead away from it.
async fn cannot_be_left(stage: &Stage) -> anyhow::Result<()> {
    let browser = &stage.browser;
    // The second time a browser need not ask.
    browser.press(&[Key::Escape]).await?;
    browser.press(&[Key::Escape]).await?;
    browser.control('k').await?;
    browser.click_at((4.0, 4.0)).await?;
    browser.see(Role::Dialog, "Refund this payment?").await?;
    browser.see_no(Role::Dialog, "Search").await
}

/// Waits until the dialog offers these and no more.
async fn offers(stage: &Stage, wanted: &[&str]) -> anyhow::Result<()> {
    until("what the dialog offers", SOON, async || {
        let offered: Vec<String> = stage.browser.read(CHOICES).await?;
        ensure!(offered == wanted, "it offers {offered:?}");
        Ok(Some(()))
    })
    .await
}

/// Waits until this is said of the field that is at fault.
async fn must_be_at_fault(stage: &Stage, wanted: &str) -> anyhow::Result<()> {
    until("the fault of the amount", SOON, async || {
        let said: String = stage.browser.read(FAULT_OF_A_FIELD).await?;
        ensure!(said.contains(wanted), "it says “{said}”");
        Ok(Some(()))
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn how_much_of_a_payment_moved_stands_in_the_list() -> anyhow::Result<()> {
    play("moved-in-part", async |stage| {
        let browser = &stage.browser;
        let id = payment(stage, "Order 1005, not shipped yet").await?;
        stage.open(&format!("/app/payments/{id}")).await?;
        let dialog = ask(stage, "Capture", "Capture this payment?").await?;
        browser
            .read_text("89.00 BRL go from customer:ana to merchant:books, at once.")
            .await?;
        ensure!(!browser.text().await?.contains("the rest is freed"));
        fill(stage, &dialog, "9").await?;
        browser
            .read_text("Of the 89.00 BRL reserved the rest is freed")
            .await?;
        browser.click_within(&dialog, Role::Button, "Capture").await?;
        browser.read_text("Captured · 9.00 BRL").await?;
        in_the_list(stage, "Captured | 89.00 9.00 captured").await?;

        for (key, refunded, row) in [
            ("some", "0.50", "Refunded in part | 89.00 0.50 of 9.00 refunded"),
            ("rest", "8.50", "Refunded | 89.00 9.00 refunded"),
        ] {
            let path = format!("/api/v1/payments/{id}/refund");
            stage
                .moneyflow
                .post_as(key, &path, &json!({ "amount": refunded }))
                .await?;
            in_the_list(stage, row).await?;
        }
        // What was declined says what it was for, and why it was not paid.
        stage.open("/app/payments?status=declined").await?;
        browser.read_text("Not paid: ").await
    })
    .await
}

/// Waits until the list of all payments begins so in the row of the one that was not shipped.
async fn in_the_list(stage: &Stage, wanted: &str) -> anyhow::Result<()> {
    const ROW: &str = "const row = [...document.querySelectorAll('.rows [role=row]')]
        .find((row) => row.innerText.includes('Order 1005'));
        return row ? [...row.querySelectorAll('[role=cell]')].slice(0, 2)
            .map((cell) => cell.innerText.trim().replace(/\\s+/g, ' ')).join(' | ') : '';";
    stage.open("/app/payments").await?;
    until("the row of the payment", SOON, async || {
        let row: String = stage.browser.read(ROW).await?;
        ensure!(row == wanted, "it is “{row}”");
        Ok(Some(()))
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_reserved_is_captured_cancelled_or_released() -> anyhow::Result<()> {
    play("reserved", async |stage| {
        let browser = &stage.browser;
        let id = payment(stage, "Order 1005, not shipped yet").await?;
        stage.open(&format!("/app/payments/{id}")).await?;
        let dialog = ask(stage, "Cancel payment", "Cancel this payment?").await?;
        browser
            .read_text("The 89.00 BRL reserved on customer:ana are freed.")
            .await?;
        browser
            .click_within(&dialog, Role::Button, "Cancel payment")
            .await?;
        browser.see_no(Role::Button, "Capture").await?;
        browser.read_text("Cancelled").await?;
        let cancelled = stage.moneyflow.get(&format!("/api/v1/payments/{id}")).await?;
        ensure!(text(&cancelled, "status")? == "cancelled");

        stage.go_to("Holds").await?;
        browser.heading("Holds").await?;
        browser.choose("Account", "customer:bruno · BRL").await?;
        let reserved = "Reserved | 12.50 | BRL | customer:bruno | merchant:courier | …";
        shows_rows(browser, &[reserved]).await?;
        let dialog = ask(stage, "Capture", "Capture this hold?").await?;
        fill(stage, &dialog, "2.50").await?;
        browser.click_within(&dialog, Role::Button, "Capture").await?;
        let captured = "Captured | 12.50 2.50 captured | BRL | customer:bruno | merchant:courier | …";
        shows_rows(browser, &[captured]).await?;
        browser.choose("Account", "customer:ana · BRL").await?;
        let reserved = "Reserved | 25.00 | BRL | customer:ana | merchant:courier | …";
        shows_rows(browser, &[reserved]).await?;
        let dialog = ask(stage, "Release", "Release this hold?").await?;
        browser.click_within(&dialog, Role::Button, "Release").await?;
        browser.see_no(Role::Button, "Release").await?;
        let released = "Released | 25.00 | BRL | customer:ana | merchant:courier | …";
        shows_rows(browser, &[released]).await
    })
    .await
}

/// Opens a dialog by its button.
pub(crate) async fn ask(stage: &Stage, button: &str, title: &str) -> anyhow::Result<Seen> {
    stage.browser.click(Role::Button, button).await?;
    stage.browser.see(Role::Dialog, title).await
}

/// What stands in the dialog's amount.
async fn amount(stage: &Stage, dialog: &Seen) -> anyhow::Result<String> {
    let field = stage
        .browser
        .see_within(Some(dialog), Role::Textbox, "Amount (BRL)")
        .await?;
    stage.browser.value_of(&field).await
}

/// Types another amount.
pub(crate) async fn fill(stage: &Stage, dialog: &Seen, text: &str) -> anyhow::Result<()> {
    let browser = &stage.browser;
    browser
        .click_within(dialog, Role::Textbox, "Amount (BRL)")
        .await?;
    browser.control('a').await?;
    browser.type_text(text).await
}

/// What the API says was refunded.
async fn must_be_refunded(stage: &Stage, id: &str, amount: &str, status: &str) -> anyhow::Result<()> {
    let payment = stage.moneyflow.get(&format!("/api/v1/payments/{id}")).await?;
    ensure!(
        text(&payment, "refunded_amount")? == amount && text(&payment, "status")? == status,
        "{payment}"
    );
    Ok(())
}

/// The id of the demo's payment of this description.
pub(crate) async fn payment(stage: &Stage, description: &str) -> anyhow::Result<String> {
    named(stage, "payments", "description", description).await
}

/// The id of the demo's account of this code.
pub(crate) async fn account(stage: &Stage, code: &str) -> anyhow::Result<String> {
    named(stage, "accounts", "code", code).await
}

async fn named(stage: &Stage, list: &str, member: &str, value: &str) -> anyhow::Result<String> {
    let path = format!("/api/v1/{list}?company_id={COMPANY}&limit=200");
    let listed = stage.moneyflow.get(&path).await?;
    let items = listed.get("items").and_then(Value::as_array);
    let is_it = |item: &&Value| item.get(member).and_then(Value::as_str) == Some(value);
    let item = items.and_then(|items| items.iter().find(is_it));
    text(
        item.with_context(|| format!("{value} is not among {list}"))?,
        "id",
    )
}

/// A member that is text.
pub(crate) fn text(of: &Value, member: &str) -> anyhow::Result<String> {
    let text = of.get(member).and_then(Value::as_str);
    text.map(str::to_owned)
        .with_context(|| format!("{of} has no {member}"))
}
