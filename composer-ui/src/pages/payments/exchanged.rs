//! A payment in two currencies: what leaves the one account, what arrives on the other, and the rate between them.

use leptos::prelude::*;

use super::super::money::{AccountName, money, texts};
use crate::{
    api::money::{Exchange, Payment},
    formats::is_zero,
};

/// Both sides of every amount of the payment, and what leads from one to the other.
#[component]
pub(super) fn Exchanged(payment: Payment, exchange: Exchange) -> impl IntoView {
    let texts = texts();
    let both = |term: &'static str, left: &str, arrived: &str| {
        let (left, arrived) = (money(left, &payment.currency), money(arrived, &exchange.currency));
        view! {
            <tr>
                <th scope="row">{term}</th>
                <td class="number">{left}</td>
                <td class="number">{arrived}</td>
            </tr>
        }
    };
    let captured = !is_zero(&payment.captured_amount);
    let refunded = !is_zero(&payment.refunded_amount);
    let smallest = money(&smallest(&exchange.amount), &exchange.currency);
    view! {
        <table class="sides wide exchange" aria-label=texts.exchange>
            <thead>
                <tr>
                    <td></td>
                    <th scope="col" class="number">{texts.from} " " <AccountName id=payment.source_account_id /></th>
                    <th scope="col" class="number">
                        {payment.destination_account_id.map(|id| view! { {texts.to} " " <AccountName id=id /> })}
                    </th>
                </tr>
            </thead>
            <tbody>
                {both(texts.amount, &payment.amount, &exchange.amount)}
                {captured.then(|| both(texts.captured, &payment.captured_amount, &exchange.captured_amount))}
                {refunded.then(|| both(texts.refunded, &payment.refunded_amount, &exchange.refunded_amount))}
            </tbody>
            <tfoot>
                <tr>
                    <th scope="row">{texts.rate}</th>
                    <td colspan="2">{rate(&payment.currency, &exchange)}</td>
                </tr>
                <tr>
                    <th scope="row">{texts.rounding}</th>
                    <td colspan="2">{(texts.rounded)(exchange.rounding, &smallest)}</td>
                </tr>
            </tfoot>
        </table>
    }
}

/// What one unit of the payment's currency is worth, with every digit of the rate.
pub(super) fn rate(currency: &str, exchange: &Exchange) -> String {
    let one = money("1", currency);
    format!("{one} = {}", money(&exchange.rate, &exchange.currency))
}

/// The smallest amount of the currency that an amount is in, which has all of its currency's digits.
fn smallest(amount: &str) -> String {
    match amount.split_once('.') {
        Some((_, fraction)) => format!("0.{:0>digits$}", 1, digits = fraction.len()),
        None => "1".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::smallest;

    #[test]
    fn the_smallest_amount_has_the_digits_of_its_currency() {
        for (amount, unit) in [("1.84", "0.01"), ("184", "1"), ("1840.250", "0.001")] {
            assert_eq!(smallest(amount), unit);
        }
    }
}
