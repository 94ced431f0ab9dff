//! Why a node failed, or a run did not end well.

use crate::book::{Book, Sentence, say};

/// The messages of failed nodes and runs.
pub const FAULTS: Book = Book {
    // The first that fits holds: a transaction that is too large is no amount.
    sentences: &[COMPARING, LEDGER, AMOUNTS, INPUTS, RUNS],
    words: &[EXPECTED, LIMITS, LEDGER, AMOUNTS, INPUTS],
};

/// What cannot be compared.
const COMPARING: &[Sentence] = &[
    say(
        "the path names more than this run may copy",
        "o caminho abrange mais do que esta execução pode copiar",
    ),
    say(
        "`{operator}` has no value to compare with",
        "`{operator}` não tem valor com que comparar",
    ),
    say(
        "a text can contain a text only, and {found} is <kind>",
        "um texto só pode conter um texto, e {found} é <kind>",
    ),
    say(
        "only a text or a list contains something, and {found} is <kind>",
        "só um texto ou uma lista contém algo, e {found} é <kind>",
    ),
    say(
        "{left} and {right} have no order: expected two numbers or two texts",
        "{left} e {right} não têm ordem: esperavam-se dois números ou dois textos",
    ),
    say(
        "a number of more than 1,000 characters, or an exponent of more than 18 digits, cannot be compared",
        "um número de mais de 1.000 caracteres, ou com expoente de mais de 18 dígitos, não pode ser comparado",
    ),
    say(
        "`{operator}` compares texts, and {found} is <kind>",
        "`{operator}` compara textos, e {found} é <kind>",
    ),
];

/// Amounts and currencies.
pub(crate) const AMOUNTS: &[Sentence] = &[
    say(
        "there is no `amount`, and the event has no `total`",
        "não há `amount`, e o evento não tem `total`",
    ),
    say(
        "{found} is not an amount: expected digits with an optional fraction, such as {example}",
        "{found} não é um valor: esperavam-se dígitos com fração opcional, como {example}",
    ),
    say(
        "{found} is too precise: {currency} has {digits} digits after the point",
        "{found} tem casas demais: {currency} tem {digits} casas decimais",
    ),
    say(
        "{found} is out of range: expected <expected>",
        "{found} está fora dos limites: esperava-se <expected>",
    ),
    say(
        "{found} is not positive: expected an amount above zero",
        "{found} não é positivo: esperava-se um valor acima de zero",
    ),
    say(
        "{found} is negative: expected zero or more",
        "{found} é negativo: esperava-se zero ou mais",
    ),
    say(
        "{found} is too large: expected at most {most}",
        "{found} é grande demais: esperava-se no máximo {most}",
    ),
    say(
        "{found} is not a currency: expected a code of ISO 4217 in capitals, such as {example}",
        "{found} não é uma moeda: esperava-se um código ISO 4217 em maiúsculas, como {example}",
    ),
    say(
        "{code} has no minor unit in ISO 4217, so no amount can be stated in it",
        "{code} não tem unidade menor na ISO 4217, então nenhum valor pode ser dito nela",
    ),
    say(
        "expected two amounts in one currency, found {left} and {right}",
        "esperavam-se dois valores na mesma moeda, e são {left} e {right}",
    ),
    say(
        "the result does not fit: expected at most {most} either way",
        "o resultado não cabe: esperava-se no máximo {most}, positivo ou negativo",
    ),
];

/// What the ledger refuses.
const LEDGER: &[Sentence] = &[
    say(
        "Account {account} has {available} available, but {needed} is needed.",
        "A conta {account} tem {available} disponível, mas é preciso {needed}.",
    ),
    say(
        "Account {account} is of the kind <actual>, not <stated>.",
        "A conta {account} é do tipo <actual>, não <stated>.",
    ),
    say(
        "Account {account} was opened with overdraft {actual}, not {stated}.",
        "A conta {account} foi aberta com saldo negativo permitido (`overdraft`): {actual}, não {stated}.",
    ),
    say(
        "Account {account} is frozen: nothing can be taken from it.",
        "A conta {account} está bloqueada: nada pode sair dela.",
    ),
    say(
        "Account {account} is closed: nothing can be posted to it.",
        "A conta {account} está encerrada: nada pode ser lançado nela.",
    ),
    say(
        "Account {account} would exceed what the ledger can hold.",
        "A conta {account} passaria do que o livro-razão comporta.",
    ),
    say(
        "{amount} cannot be held or captured: expected an amount above zero.",
        "{amount} não pode ser reservado nem capturado: esperava-se um valor acima de zero.",
    ),
    say(
        "A hold is between two accounts, but {account} is named as both.",
        "Uma reserva é entre duas contas, mas {account} foi indicada nas duas pontas.",
    ),
    say(
        "The capture is in {found}, but hold {hold} is in {expected}.",
        "A captura é em {found}, mas a reserva {hold} é em {expected}.",
    ),
    say("There is a hold {hold} already.", "Já existe a reserva {hold}."),
    say("There is no hold {hold}.", "Não existe a reserva {hold}."),
    say(
        "Hold {hold} is <status> already.",
        "A reserva {hold} já está <status>.",
    ),
    say(
        "Hold {hold} is of {held}: {amount} cannot be captured from it.",
        "A reserva {hold} é de {held}: {amount} não pode ser capturado dela.",
    ),
    say(
        "hold {hold} had expired when the event was accepted",
        "a reserva {hold} já tinha expirado quando o evento foi aceito",
    ),
    say(
        "the reference {reference} begins as those that every node has by itself: choose another",
        "a referência {reference} começa como as que cada nó já tem: escolha outra",
    ),
    say(
        "the reference {reference} begins with {beginning}, as those of the payments API do: choose another",
        "a referência {reference} começa com {beginning}, como as da API de pagamentos: escolha outra",
    ),
    say(
        "the reference {reference} belongs to transaction {id} of other content",
        "a referência {reference} pertence à transação {id}, de outro conteúdo",
    ),
    say(
        "a transaction of {found} entries cannot balance: expected at least 2",
        "uma transação de {found} lançamentos não fecha: esperavam-se pelo menos 2",
    ),
    say(
        "a transaction of {found} entries is too large: expected at most {most}",
        "uma transação de {found} lançamentos é grande demais: esperavam-se no máximo {most}",
    ),
    say(
        "entry {index} is of {amount}: expected an amount above zero, and the direction to say the side",
        "o lançamento {index} é de {amount}: esperava-se um valor acima de zero, com o lado dito em `direction`",
    ),
    say(
        "the entries in {currency} do not balance: debits are {debits}, credits are {credits}",
        "os lançamentos em {currency} não fecham: os débitos são {debits}, os créditos {credits}",
    ),
    say(
        "the entries in {currency} add up to more than the ledger can hold",
        "os lançamentos em {currency} somam mais do que o livro-razão comporta",
    ),
    say(
        "a split needs at least one share",
        "uma divisão precisa de pelo menos uma parte",
    ),
    say(
        "{total} cannot be divided: expected zero or more",
        "{total} não pode ser dividido: esperava-se zero ou mais",
    ),
    say(
        "share {index} is {share}: expected zero or more",
        "a parte {index} é {share}: esperava-se zero ou mais",
    ),
    say(
        "share {index} is in {found}: expected {expected}, the currency of the total",
        "a parte {index} é em {found}: esperava-se {expected}, a moeda do total",
    ),
    say(
        "the percentages add up to {sum} %: expected 100 %",
        "as porcentagens somam {sum} %: esperavam-se 100 %",
    ),
    say(
        "the fixed amounts add up to {amounts} and the percentages to {percentages} % of {whole}: expected {total} \
         together",
        "os valores fixos somam {amounts} e as porcentagens {percentages} % de {whole}: juntos deveriam somar {total}",
    ),
    say(
        "the fixed amounts add up to {sum}: expected {total}",
        "os valores fixos somam {sum}: esperava-se {total}",
    ),
    say(
        "the shares of {total} are too large or too precise to be computed exactly",
        "as partes de {total} são grandes ou precisas demais para um cálculo exato",
    ),
];

/// What a task was given.
const INPUTS: &[Sentence] = &[
    say(
        "`from` and `to` are both {currency}: expected two currencies",
        "`from` e `to` são {currency}: esperavam-se duas moedas",
    ),
    say(
        "`shares` is wrong at element {index}: expected either `percent` or `amount`",
        "`shares` está errado no elemento {index}: esperava-se ou `percent` ou `amount`",
    ),
    say(
        "`reference` has {found} bytes: expected 1 to {most}",
        "`reference` tem {found} bytes: esperavam-se de 1 a {most}",
    ),
    say(
        "`rate` is wrong: {rate} is not a rate: expected a decimal above zero",
        "`rate` está errado: {rate} não é uma taxa: esperava-se um decimal acima de zero",
    ),
    say(
        "`beneficiary` is {holder}: {found} is not an account code: expected 1 to 128 of A-Z a-z 0-9 _ - . : @ /",
        "`beneficiary` é {holder}: {found} não é código de conta: esperava-se de 1 a 128 entre A-Z a-z 0-9 _ - . : @ /",
    ),
    say(
        "the event's `{name}` is {found}: expected <expected>",
        "`{name}` do evento é {found}: esperava-se <expected>",
    ),
    say(
        "`{name}` is {found}: expected <expected>",
        "`{name}` é {found}: esperava-se <expected>",
    ),
];

/// What ends a run, or keeps it from beginning.
const RUNS: &[Sentence] = &[
    say(
        "the parameters nest deeper than {most} levels, or the run has copied 256 KiB and its event 8 times",
        "os parâmetros aninham mais de {most} níveis, ou a execução já copiou 256 KiB e 8 vezes o evento",
    ),
    say("the rule ended the run here", "a regra encerrou a execução aqui"),
    say(
        "this program does not have the task of this node",
        "este programa não tem a tarefa deste nó",
    ),
    say(
        "The simulation was told that this task fails.",
        "A simulação foi instruída a fazer esta tarefa falhar.",
    ),
    say(
        "the simulation cannot be written as JSON: {why}",
        "a simulação não pode ser escrita como JSON: {why}",
    ),
];

/// What a value is, and what it should have been.
pub(crate) const EXPECTED: &[Sentence] = &[
    say(" Did you mean `{name}`?", " Você quis dizer `{name}`?"),
    say("null", "null"),
    say("a boolean", "um booleano"),
    say("a number", "um número"),
    say("a string", "um texto"),
    say("a text", "um texto"),
    say("a list", "uma lista"),
    say("an object", "um objeto"),
    say("a UUID", "um UUID"),
    say(
        "a decimal number of at most 28 digits",
        "um número decimal de no máximo 28 dígitos",
    ),
    say("a number that is not negative", "um número que não seja negativo"),
    say(
        "the code of a currency (ISO 4217), such as \"{example}\"",
        "o código de uma moeda (ISO 4217), como \"{example}\"",
    ),
    say(
        "the code of an account, 1 to 128 of A-Z a-z 0-9 _ - . : @ /",
        "o código de uma conta, de 1 a 128 entre A-Z a-z 0-9 _ - . : @ /",
    ),
    say(
        "1 to 100 characters of a-z 0-9 . _ - such as \"{example}\"",
        "de 1 a 100 caracteres entre a-z 0-9 . _ - como \"{example}\"",
    ),
    say("a whole number, zero or more", "um número inteiro, zero ou mais"),
    say("true or false", "true ou false"),
    say("one of {names}", "um de {names}"),
    say("an object as element {index}", "um objeto como elemento {index}"),
    say(
        "something else in element {index}: <error>",
        "outra coisa no elemento {index}: <error>",
    ),
];

/// Words of the sentences above.
pub(crate) const LIMITS: &[Sentence] = &[
    say(
        "at most {most} significant digits",
        "no máximo {most} dígitos significativos",
    ),
    say(
        "minor units that fit 64 bits with a sign",
        "unidades menores que caibam em 64 bits com sinal",
    ),
    say("at most {most}", "no máximo {most}"),
    say("at least {least}", "pelo menos {least}"),
    say("1 to {most}", "de 1 a {most}"),
    say(
        "a text that does not begin with {beginning}, as the references of the payments API do",
        "um texto que não comece com {beginning}, como as referências da API de pagamentos",
    ),
    say(
        "somebody, or no such member where it is owed to nobody by name",
        "alguém, ou nenhum membro assim quando não se deve a ninguém pelo nome",
    ),
    say("asset", "ativo"),
    say("liability", "passivo"),
    say("equity", "patrimônio"),
    say("revenue", "receita"),
    say("expense", "despesa"),
    say("pending", "pendente"),
    say("captured", "capturada"),
    say("released", "liberada"),
    say("expired", "expirada"),
];
