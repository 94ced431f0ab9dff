//! The trial balance: in a sentence, and in figures that prove it.

use api_types::{CurrencyTotal, LedgerTotals};
use leptos::prelude::*;

use crate::{
    api,
    formats::{amount, is_zero},
    icons::Sign,
    parts::Tone,
    reading::Reading,
    words::{Words, language, words},
};

#[component]
pub(super) fn Trial(company: String) -> impl IntoView {
    let reading = Reading::start(move || {
        let company = company.clone();
        async move { api::ledger_totals(&company).await }
    });
    reading.show(|totals| view! { <Proof totals=totals /> })
}

#[component]
fn Proof(totals: LedgerTotals) -> impl IntoView {
    // A company without accounts has nothing to prove.
    if totals.currencies.is_empty() {
        return None;
    }
    let (tone, said) = verdict(&totals.currencies, words());
    Some(view! {
        <section class="trial">
            <p class=format!("verdict {}", tone.class())>
                <Sign icon=tone.icon() />
                {said}
            </p>
            <div class="totals">{totals.currencies.into_iter().map(total).collect_view()}</div>
        </section>
    })
}

/// Whether every currency balances, and what to say of it.
fn verdict(currencies: &[CurrencyTotal], words: &Words) -> (Tone, String) {
    let unequal: Vec<&str> = currencies
        .iter()
        .filter(|total| !is_zero(&total.difference))
        .map(|total| total.currency.as_str())
        .collect();
    if unequal.is_empty() {
        (Tone::Success, words.ledger.balances.to_owned())
    } else {
        (Tone::Error, (words.ledger.differs)(&unequal.join(", ")))
    }
}

fn total(total: CurrencyTotal) -> impl IntoView {
    let words = &words().ledger;
    let language = language();
    view! {
        <dl class="total">
            <div class="of">
                <dt>{total.currency}</dt>
                <dd class="muted">{(words.accounts)(total.accounts)}</dd>
            </div>
            <div>
                <dt>{words.debits}</dt>
                <dd>{amount(&total.posted_debits, language)}</dd>
            </div>
            <div>
                <dt>{words.credits}</dt>
                <dd>{amount(&total.posted_credits, language)}</dd>
            </div>
            <div class="difference">
                <dt>{words.difference}</dt>
                <dd>{amount(&total.difference, language)}</dd>
            </div>
        </dl>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Language;

    fn total(currency: &str, difference: &str) -> CurrencyTotal {
        CurrencyTotal {
            currency: currency.to_owned(),
            accounts: 2,
            posted_debits: "10.00".to_owned(),
            posted_credits: "10.00".to_owned(),
            difference: difference.to_owned(),
            kinds: Vec::new(),
        }
    }

    #[test]
    fn one_currency_that_differs_is_named() {
        let words = Language::English.words();
        let (tone, _) = verdict(&[total("BRL", "0.00"), total("JPY", "0")], words);
        assert_eq!(tone, Tone::Success);
        let (tone, said) = verdict(&[total("BRL", "0.00"), total("USD", "-0.01")], words);
        assert_eq!(tone, Tone::Error);
        assert!(said.contains("USD") && !said.contains("BRL"));
    }
}
