//! What tasks take and yield, member by member, as the catalogue's schemas describe it.

use crate::book::{Book, Sentence, say};

/// The descriptions of members in the catalogue's schemas.
pub const MEMBERS: Book = Book {
    sentences: &[AMOUNTS, SHARES, ENTRIES, HOLDS, CONVERTING, SENDING],
    words: &[],
};

const AMOUNTS: &[Sentence] = &[
    say(
        "How much; the event's `total` unless said.",
        "Quanto; o `total` do evento, se nada for dito.",
    ),
    say(
        "In which currency; the event's, else the company's, unless said.",
        "Em que moeda; a do evento, ou a da empresa, se nada for dito.",
    ),
    say("How much.", "Quanto."),
    say("In which currency.", "Em que moeda."),
    say("Its currency.", "A moeda."),
    say(
        "In how many days the invoice is due, from acceptance.",
        "Em quantos dias a fatura vence, contados da aceitação.",
    ),
    say(
        "The invoice's number: gapless within the company, from 1.",
        "O número da fatura: sem lacunas na empresa, a partir de 1.",
    ),
    say(
        "When it is due, if that was said (RFC 3339).",
        "Quando vence, se foi dito (RFC 3339).",
    ),
    say(
        "The ledger transaction; none for an invoice of zero.",
        "A transação do livro-razão; nenhuma para uma fatura de zero.",
    ),
    say("The ledger transaction.", "A transação do livro-razão."),
];

const SHARES: &[Sentence] = &[
    say(
        "The amount that the share is of; the event's `total` unless said.",
        "O valor de que a parte é tirada; o `total` do evento, se nada for dito.",
    ),
    say("How many percent of it.", "Quantos por cento dele."),
    say(
        "Who it is owed to: a part of the account's code.",
        "A quem é devido: uma parte do código da conta.",
    ),
    say("The share.", "A parte."),
    say("How many percent it is.", "Quantos por cento ela é."),
    say(
        "Who it is owed to, if that was said.",
        "A quem é devida, se foi dito.",
    ),
    say(
        "The ledger transaction; none where the share rounds to zero.",
        "A transação do livro-razão; nenhuma se a parte se arredonda a zero.",
    ),
    say(
        "How much is divided; the event's `total` unless said.",
        "Quanto é dividido; o `total` do evento, se nada for dito.",
    ),
    say(
        "The account that is debited; `settlement` unless said.",
        "A conta debitada; `settlement`, se nada for dito.",
    ),
    say("One share.", "Uma parte."),
    say("The account that is credited.", "A conta creditada."),
    say(
        "How many percent of the whole; this or `amount`.",
        "Quantos por cento do total; isto ou `amount`.",
    ),
    say("How much; this or `percent`.", "Quanto; isto ou `percent`."),
    say(
        "Who gets how much. Percentages and amounts together must cover the whole.",
        "Quem recebe quanto. Porcentagens e valores juntos devem cobrir o total.",
    ),
    say("The whole.", "O total."),
    say("What one share came to.", "Quanto coube a uma parte."),
    say("The account.", "A conta."),
    say("How much it got.", "Quanto ela recebeu."),
    say(
        "What each share came to, in order.",
        "Quanto coube a cada parte, na ordem.",
    ),
];

const ENTRIES: &[Sentence] = &[
    say("One entry.", "Um lançamento."),
    say(
        "The account's code; a first mention opens it.",
        "O código da conta; a primeira menção a abre.",
    ),
    say("The side.", "O lado."),
    say("How much; above zero.", "Quanto; acima de zero."),
    say(
        "The kind that the account opens with, or must have.",
        "O tipo com que a conta é aberta, ou que deve ter.",
    ),
    say(
        "Whether the account may be overdrawn: what it opens with, or must have.",
        "Se a conta pode ficar negativa: com que é aberta, ou o que deve ter.",
    ),
    say(
        "The entries: at least two, debits equal to credits in every currency.",
        "Os lançamentos: pelo menos dois, débitos iguais a créditos em cada moeda.",
    ),
    say("What the transaction is for.", "Para que é a transação."),
    say(
        "A name for the transaction, unique in the company: posting the same again under it posts nothing.",
        "Um nome para a transação, único na empresa: lançar o mesmo de novo sob ele não lança nada.",
    ),
    say(
        "The reference, if one was given.",
        "A referência, se uma foi dada.",
    ),
];

const HOLDS: &[Sentence] = &[
    say(
        "The account that the amount is reserved on.",
        "A conta em que o valor é reservado.",
    ),
    say(
        "The account that a capture posts it to.",
        "A conta em que uma captura o lança.",
    ),
    say(
        "In how many seconds from acceptance the hold expires; never unless said.",
        "Em quantos segundos da aceitação a reserva expira; nunca, se nada for dito.",
    ),
    say("The hold.", "A reserva."),
    say("How much is reserved.", "Quanto está reservado."),
    say(
        "When it expires, if it does (RFC 3339).",
        "Quando expira, se expirar (RFC 3339).",
    ),
    say("The hold, such as `{path}`.", "A reserva, como `{path}`."),
    say(
        "How much of it; all of it unless said. The rest is freed.",
        "Quanto dela; toda ela, se nada for dito. O resto é liberado.",
    ),
    say("How much was posted.", "Quanto foi lançado."),
];

const CONVERTING: &[Sentence] = &[
    say("The currency that is given up.", "A moeda entregue."),
    say("The currency that is received.", "A moeda recebida."),
    say(
        "How much is given up, in `from`; the event's `total` unless said.",
        "Quanto é entregue, em `from`; o `total` do evento, se nada for dito.",
    ),
    say(
        "How much of `to` one unit of `from` is worth.",
        "Quanto de `to` vale uma unidade de `from`.",
    ),
    say(
        "How the result is rounded; `half_even` unless said.",
        "Como o resultado é arredondado; `half_even`, se nada for dito.",
    ),
    say(
        "The account whose money is converted; `settlement` unless said.",
        "A conta cujo dinheiro é convertido; `settlement`, se nada for dito.",
    ),
    say("How much was given up.", "Quanto foi entregue."),
    say("How much was received.", "Quanto foi recebido."),
    say("At which rate.", "A que taxa."),
    say("How it was rounded.", "Como foi arredondado."),
];

const SENDING: &[Sentence] = &[
    say(
        "Why the run ends, for the people who look at it.",
        "Por que a execução termina, para quem olhar para ela.",
    ),
    say("The reason, if one was given.", "O motivo, se um foi dado."),
    say("What is sent.", "O que é enviado."),
    say(
        "Where it is sent: a text or an object.",
        "Para onde é enviado: um texto ou um objeto.",
    ),
    say("Where it is sent.", "Para onde é enviado."),
    say("How many; 1 unless said.", "Quantos; 1, se nada for dito."),
    say("How many.", "Quantos."),
    say(
        "Whether this is a copy of a shipment that was asked for before.",
        "Se é cópia de uma remessa já pedida.",
    ),
    say("How many copies, if it is one.", "Quantas cópias, se for uma."),
    say(
        "How many copies of the shipment; 1 unless said.",
        "Quantas cópias da remessa; 1, se nada for dito.",
    ),
    say(
        "Who is to be told: a person, a department, an address.",
        "Quem deve ser avisado: uma pessoa, um departamento, um endereço.",
    ),
    say("Who is to be told.", "Quem deve ser avisado."),
    say(
        "The message's template, by the name that the sender of messages knows.",
        "O modelo da mensagem, pelo nome que quem a envia conhece.",
    ),
    say(
        "What the template is filled in with.",
        "Com que o modelo é preenchido.",
    ),
    say(
        "The message's template, if one was named.",
        "O modelo da mensagem, se um foi indicado.",
    ),
    say(
        "The event's type: dotted lower-case words, such as `{type}`.",
        "O tipo do evento: palavras minúsculas com pontos, como `{type}`.",
    ),
    say("What the event says.", "O que o evento diz."),
    say("The event's type.", "O tipo do evento."),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::*;
    use crate::pattern;

    /// Every description of a member, at any depth.
    fn descriptions(schema: &Value, found: &mut BTreeSet<String>) {
        let inner = match schema {
            Value::Object(members) => {
                let properties = members.get("properties").and_then(Value::as_object);
                let items = members.get("items");
                let described = properties
                    .into_iter()
                    .flat_map(|properties| properties.values())
                    .chain(items);
                found.extend(
                    described
                        .filter_map(|one| one.get("description")?.as_str())
                        .map(str::to_owned),
                );
                members.values().collect::<Vec<_>>()
            }
            Value::Array(items) => items.iter().collect(),
            _ => Vec::new(),
        };
        for schema in inner {
            descriptions(schema, found);
        }
    }

    #[test]
    fn every_member_is_described_in_portuguese_and_no_other() {
        let mut described = BTreeSet::new();
        for spec in tasks::Tasks::built_in().unwrap().specs() {
            descriptions(&spec.input_schema, &mut described);
            descriptions(&spec.output_schema, &mut described);
        }
        assert!(described.len() > 50, "{described:?}");
        let unsaid: Vec<&String> = described
            .iter()
            .filter(|english| MEMBERS.in_portuguese(english).is_none())
            .collect();
        assert!(unsaid.is_empty(), "{unsaid:#?}");
        let unheard: Vec<&str> = MEMBERS
            .sentences
            .iter()
            .copied()
            .flatten()
            .map(|sentence| sentence.english)
            .filter(|english| {
                !described
                    .iter()
                    .any(|said| pattern::read(english, said).is_some())
            })
            .collect();
        assert!(unheard.is_empty(), "{unheard:#?}");
    }
}
