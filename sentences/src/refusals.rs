//! What the API refuses, and why a message became a dead letter.

use crate::{
    book::{Book, Sentence, say},
    faults,
};

/// The details of the API's problems, as far as the application can meet them.
pub const REFUSALS: Book = Book {
    sentences: &[PROBLEMS, DEAD_LETTERS],
    words: &[PARAMETERS, STORING, faults::AMOUNTS],
};

const PROBLEMS: &[Sentence] = &[
    say(
        "The database does not answer. Nothing was changed; try again in a moment.",
        "O banco de dados não responde. Nada foi alterado; tente de novo em instantes.",
    ),
    say(
        "The request failed on our side. It may have taken effect: look before you send it again, and quote the \
         correlation id when you ask about it.",
        "O pedido falhou do nosso lado. Ele pode ter surtido efeito: verifique antes de repetir, e informe a referência ao \
         perguntar por ele.",
    ),
    say(
        "The rule is archived, so no version can be published. Save a new one to bring it back.",
        "A regra está arquivada, então nenhuma versão pode ser publicada. Salve uma nova para trazê-la de volta.",
    ),
    say(
        "There is no such rule yet, so it is at no version that `If-Match` could name.",
        "Ainda não há essa regra, então ela não está em versão alguma que `If-Match` pudesse indicar.",
    ),
    say(
        "The rule is at version {current} by now, which is not what `If-Match` says. Nothing was changed: read version \
         {again} and decide again.",
        "A regra já está na versão {current}, e não na que foi aberta aqui. Nada foi alterado: leia a versão {again} e \
         decida de novo.",
    ),
    say("There is no company {id}.", "Não há empresa {id}."),
    say("There is a company {id} already.", "Já há uma empresa {id}."),
    say("There is no rule {id}.", "Não há regra {id}."),
    say(
        "There is no version {version} of a rule {id}.",
        "Não há versão {version} de uma regra {id}.",
    ),
    say(
        "There is no run {id}. One that was just accepted appears once it ran.",
        "Não há execução {id}. Uma que acaba de ser aceita aparece depois de executada.",
    ),
    say(
        "There is no ledger transaction {id}.",
        "Não há transação {id} no livro-razão.",
    ),
    say("There is no dead letter {id}.", "Não há mensagem morta {id}."),
    say(
        "The parameter `cursor` is not one that this list gave. Leave it out to start over.",
        "O parâmetro `cursor` não veio desta lista. Deixe-o de fora para recomeçar.",
    ),
    say(
        "The parameter `{name}` cannot be used: <why>",
        "O parâmetro `{name}` não pode ser usado: <why>",
    ),
    say(
        "The parameter `{name}` is not known here.{hint}",
        "O parâmetro `{name}` não é conhecido aqui.{hint}",
    ),
    say(
        "The parameter `{name}` is given more than once.",
        "O parâmetro `{name}` foi dado mais de uma vez.",
    ),
    say(
        "Nothing is found at this path. What there is, `/docs` shows.",
        "Não há nada neste endereço. O que existe está em `/docs`.",
    ),
    say(
        "The body is larger than the {limit} bytes that are accepted here.",
        "O conteúdo é maior que os {limit} bytes aceitos aqui.",
    ),
    say("The body broke off.", "O conteúdo chegou incompleto."),
    say(
        "`{member}` must have 1 to {most} characters, none of them a control character.",
        "`{member}` deve ter de 1 a {most} caracteres, nenhum deles de controle.",
    ),
];

const DEAD_LETTERS: &[Sentence] = &[
    say(
        "another event was accepted before under the id {id}",
        "outro evento já tinha sido aceito com o id {id}",
    ),
    say(
        "the message cannot be read: {why}",
        "a mensagem não pode ser lida: {why}",
    ),
    say(
        "the message has version {found}, and this program reads versions up to {most}",
        "a mensagem é da versão {found}, e este programa lê até a versão {most}",
    ),
    say(
        "the stored rule cannot be run by this program: {why}",
        "a regra guardada não pode ser executada por este programa: {why}",
    ),
    say(
        "there is no version {version} of rule {id}",
        "não há versão {version} da regra {id}",
    ),
    say("the company's currency: <why>", "a moeda da empresa: <why>"),
    say(
        "it was delivered {times} times and never finished",
        "foi entregue {times} vezes e nunca terminou",
    ),
    say(
        "<reason>; and storing it as failed: <why>",
        "<reason>; e, ao ser guardada como falha: <why>",
    ),
];

/// Why a parameter cannot be used.
const PARAMETERS: &[Sentence] = &[
    say(
        "it must be before `to`, which is {to}.",
        "deve ser anterior a `to`, que é {to}.",
    ),
    say("it is too long before `to`.", "é anterior demais a `to`."),
    say(
        "it is a whole number of seconds, at least 1.",
        "é um número inteiro de segundos, pelo menos 1.",
    ),
    say(
        "there would be {count} steps of {step} s, and at most {most} are shown.",
        "haveria {count} passos de {step} s, e no máximo {most} são mostrados.",
    ),
    say(
        "an event's id has 1 to {most} characters, none of them a control character.",
        "o id de um evento tem de 1 a {most} caracteres, nenhum deles de controle.",
    ),
    say(
        "{found} is not an account code: expected 1 to 128 of A-Z a-z 0-9 _ - . : @ /",
        "{found} não é código de conta: esperava-se de 1 a 128 entre A-Z a-z 0-9 _ - . : @ /",
    ),
];

/// Why what an event did could not be stored. What a database says is its own.
const STORING: &[Sentence] = &[
    say(
        "after {rounds} rounds it still touches what was not foreseen",
        "depois de {rounds} rodadas ainda toca no que não foi previsto",
    ),
    say(
        "stepping the runs panicked; the log has where",
        "executar os passos causou uma falha interna; o log diz onde",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn why_something_was_refused_is_said_too() {
        for (english, portuguese) in [
            (
                "The parameter `from` cannot be used: it must be before `to`, which is 2026-01-01T00:00:00Z.",
                "O parâmetro `from` não pode ser usado: deve ser anterior a `to`, que é 2026-01-01T00:00:00Z.",
            ),
            (
                "The parameter `code` cannot be used: \"a b\" is not an account code: expected 1 to 128 of A-Z a-z 0-9 \
                 _ - . : @ /",
                "O parâmetro `code` não pode ser usado: \"a b\" não é código de conta: esperava-se de 1 a 128 entre \
                 A-Z a-z 0-9 _ - . : @ /",
            ),
            (
                "after 8 rounds it still touches what was not foreseen; and storing it as failed: a check failed",
                "depois de 8 rodadas ainda toca no que não foi previsto; e, ao ser guardada como falha: a check failed",
            ),
            (
                "it was delivered 20 times and never finished",
                "foi entregue 20 vezes e nunca terminou",
            ),
        ] {
            assert_eq!(REFUSALS.in_portuguese(english).as_deref(), Some(portuguese));
        }
    }
}
