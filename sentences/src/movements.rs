//! Why money does not move, as the payments API says it. What the ledger refuses stands among the [`FAULTS`](crate::FAULTS) of
//! runs, which meet the same refusals.

use crate::book::{Book, Sentence, say};

/// The refusals of the payments API that are nobody else's.
pub const MOVEMENTS: Book = Book {
    sentences: &[PAYMENTS, NOT_FOUND, REQUESTS],
    words: &[STATES],
};

const PAYMENTS: &[Sentence] = &[
    say(
        "A payment that is <state> cannot be <done>.",
        "Um pagamento <state> não pode ser <done>.",
    ),
    say(
        "The payment is of {amount}, but {wanted} was to be captured.",
        "O pagamento é de {amount}, e não é possível capturar {wanted}.",
    ),
    say(
        "{left} of the payment can still be refunded, but {wanted} was asked for.",
        "Do pagamento ainda podem ser reembolsados {left}, mas foram pedidos {wanted}.",
    ),
    say(
        "{found} is no amount of a payment of {amount}: expected more than zero, in its currency.",
        "{found} não é um valor de um pagamento de {amount}: esperava-se mais que zero, na mesma moeda.",
    ),
    say("Hold {id} has expired.", "A reserva {id} expirou."),
];

/// Where a payment stands, and what is done with it.
const STATES: &[Sentence] = &[
    say("pending", "pendente"),
    say("processing", "em processamento"),
    say("authorized", "autorizado"),
    say("declined", "recusado"),
    say("captured", "capturado"),
    say("failed", "que falhou"),
    say("cancelled", "cancelado"),
    say("partially_refunded", "reembolsado em parte"),
    say("refunded", "reembolsado"),
];

const NOT_FOUND: &[Sentence] = &[
    say("There is no account {id}.", "Não existe a conta {id}."),
    say("There is no payment {id}.", "Não existe o pagamento {id}."),
];

const REQUESTS: &[Sentence] = &[
    say(
        "The database does not answer. Try again in a moment, under the same Idempotency-Key if there is one.",
        "O banco de dados não responde. Tente de novo em instantes.",
    ),
    say(
        "What the request needs is being changed by somebody else. Try again in a moment.",
        "O que o pedido precisa está sendo alterado por outra pessoa. Tente de novo em instantes.",
    ),
    say(
        "A request under this Idempotency-Key is still being carried out. Ask again in a moment.",
        "O mesmo pedido ainda está sendo executado. Tente de novo em instantes.",
    ),
    say(
        "The Idempotency-Key was used before for a request that says something else.",
        "Esta chave já foi usada para um pedido que diz outra coisa.",
    ),
    say(
        "The payments API does not answer. Nothing was changed; try again in a moment.",
        "A API de pagamentos não responde. Nada foi alterado; tente de novo em instantes.",
    ),
    say(
        "The payments API did not answer to the end. What was asked may have been done: ask the same again, under the same \
         `Idempotency-Key`.",
        "A API de pagamentos não respondeu até o fim. O que foi pedido pode ter sido feito.",
    ),
];

#[cfg(test)]
mod tests {
    use ledger::{Money, Payment, PaymentChange};

    use super::*;

    fn money(minor: i64) -> Money {
        Money::new(minor, "BRL".parse().unwrap())
    }

    /// What is refused where a payment stands after these changes.
    fn refused(changes: &[PaymentChange], last: PaymentChange) -> String {
        let (mut payment, _) = Payment::pending(money(1_000)).unwrap();
        for change in changes {
            payment.apply(*change).unwrap();
        }
        payment.apply(last).unwrap_err().to_string()
    }

    #[test]
    fn what_cannot_happen_to_a_payment_is_said_whole() {
        let captured = [PaymentChange::CaptureAtOnce];
        let partly = [
            PaymentChange::CaptureAtOnce,
            PaymentChange::Refund(Some(money(1))),
        ];
        let all = [PaymentChange::CaptureAtOnce, PaymentChange::Refund(None)];
        for (english, portuguese) in [
            (
                refused(&captured, PaymentChange::Cancel),
                "Um pagamento capturado não pode ser cancelado.",
            ),
            (
                refused(&partly, PaymentChange::Capture(None)),
                "Um pagamento reembolsado em parte não pode ser capturado.",
            ),
            (
                refused(&all, PaymentChange::Refund(None)),
                "Um pagamento reembolsado não pode ser reembolsado.",
            ),
            (
                refused(&partly, PaymentChange::Refund(Some(money(1_000)))),
                "Do pagamento ainda podem ser reembolsados 9.99 BRL, mas foram pedidos 10.00 BRL.",
            ),
            (
                refused(
                    &[PaymentChange::Authorize],
                    PaymentChange::Capture(Some(money(1_001))),
                ),
                "O pagamento é de 10.00 BRL, e não é possível capturar 10.01 BRL.",
            ),
        ] {
            assert_eq!(
                MOVEMENTS.in_portuguese(&english).as_deref(),
                Some(portuguese),
                "{english}"
            );
        }
    }
}
