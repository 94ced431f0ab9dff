//! What is wrong, or odd, about a rule.

use crate::{
    book::{Book, Sentence, say},
    faults::{AMOUNTS, EXPECTED, LIMITS},
};

/// Findings and warnings, of rules and of tasks' parameters.
pub const FINDINGS: Book = Book {
    sentences: &[
        SHAPE,
        GRAPH,
        PATHS,
        EXPECTATIONS,
        ODDITIES,
        PARAMETERS,
        JSON,
        DRAWING,
        SUMMARY,
    ],
    words: &[
        EXPECTED,
        LIMITS,
        WORDS,
        REASONS,
        AMOUNTS,
        SHAPE,
        GRAPH,
        PATHS,
        EXPECTATIONS,
        PARAMETERS,
    ],
};

/// Warnings alone: all that is said of a rule that can be published.
pub const WARNINGS: Book = Book {
    sentences: &[ODDITIES],
    words: &[REASONS],
};

/// Members: missing, unknown, of the wrong form.
const SHAPE: &[Sentence] = &[
    say(
        "<what> must be an object, and this is <kind>.",
        "<what> deve ser um objeto, e isto é <kind>.",
    ),
    say(
        "The member `{name}` is missing: expected <expected>.",
        "Falta o membro `{name}`: esperava-se <expected>.",
    ),
    say(
        "There is no member `{name}` here.<hint>",
        "Não há membro `{name}` aqui.<hint>",
    ),
    say(
        "`{name}` must have 1 to 64 characters of A-Z a-z 0-9 _ - . and this is {found}.",
        "`{name}` deve ter de 1 a 64 caracteres entre A-Z a-z 0-9 _ - . e isto é {found}.",
    ),
    say(
        "`{name}` must have 1 to {most} characters, none of them a control character.",
        "`{name}` deve ter de 1 a {most} caracteres, nenhum deles de controle.",
    ),
    say(
        "`{name}` must be <expected>, and this is <found>.<hint>",
        "`{name}` deve ser <expected>, e isto é <found>.<hint>",
    ),
    say(
        "A rule needs at least one node.",
        "Uma regra precisa de pelo menos um nó.",
    ),
    say(
        "A rule has at most {most} nodes, and this one has {found}.",
        "Uma regra tem no máximo {most} nós, e esta tem {found}.",
    ),
    say(
        "A node has at most {most} dependencies, and this one has {found}.",
        "Um nó tem no máximo {most} dependências, e este tem {found}.",
    ),
    say(
        "There is no operator `{name}`.<hint> Expected <names>.",
        "Não há operador `{name}`.<hint> Esperava-se <names>.",
    ),
];

/// Nodes, and who waits for whom.
const GRAPH: &[Sentence] = &[
    say(
        "There is no task `{name}`.<hint>",
        "Não há tarefa `{name}`.<hint>",
    ),
    say("There is no node `{id}`.<hint>", "Não há nó `{id}`.<hint>"),
    say("there is no node `{id}`.<hint>", "não há nó `{id}`.<hint>"),
    say(
        "Another node is called `{id}` already: ids are unique in a rule.",
        "Outro nó já se chama `{id}`: identificadores são únicos em uma regra.",
    ),
    say(
        "`{id}` cannot wait for itself.",
        "`{id}` não pode esperar por si mesmo.",
    ),
    say(
        "These nodes wait for each other in a circle: {names}.",
        "Estes nós esperam uns pelos outros em círculo: {names}.",
    ),
    say(
        "There are two edges from `{id}`: a node settles once. For either state say `any`, or let two nodes ask for one each.",
        "Há duas ligações a partir de `{id}`: um nó só se decide uma vez. Para qualquer estado, use `any`, ou deixe que \
         dois nós peçam um cada.",
    ),
    say(
        "`{id}` is a task: it settles as `success` or `failure`, never as `error`.",
        "`{id}` é uma tarefa: termina em `success` ou `failure`, nunca em `error`.",
    ),
];

/// Paths into the context.
const PATHS: &[Sentence] = &[
    say(
        "This node does not wait for `{id}`, so it cannot look at it: depend on it, directly or through others.",
        "Este nó não espera por `{id}`, então não pode consultá-lo: faça-o depender dele, direto ou por meio de outros.",
    ),
    say(
        "`when` is asked before any node runs, so it cannot look at nodes.",
        "`when` é avaliado antes de qualquer nó ser executado, então não pode consultar nós.",
    ),
    say(
        "`when` is asked before there is a run to look at.",
        "`when` é avaliado antes de haver uma execução a consultar.",
    ),
    say(
        "A path has at most {most} characters.",
        "Um caminho tem no máximo {most} caracteres.",
    ),
    say(
        "A path starts with `{prefix}`, as in `{example}`; this is `{found}`.",
        "Um caminho começa com `{prefix}`, como em `{example}`; isto é `{found}`.",
    ),
    say(
        "`{path}` is not a JSONPath (RFC 9535).<hint>",
        "`{path}` não é um JSONPath (RFC 9535).<hint>",
    ),
    say(
        "`{path}` must go on with the name of one member of the context: <names>.",
        "`{path}` deve continuar com o nome de um membro do contexto: <names>.",
    ),
    say(
        "The context has no member `{name}`.<hint> It has <names>.",
        "O contexto não tem o membro `{name}`.<hint> Ele tem <names>.",
    ),
    say(
        "`$context.nodes` must go on with the id of one node.",
        "`$context.nodes` deve continuar com o identificador de um nó.",
    ),
    say(
        "A node has no member `{name}`.<hint> It has `state`, `output` and `error`.",
        "Um nó não tem o membro `{name}`.<hint> Ele tem `state`, `output` e `error`.",
    ),
    say(
        "`{path}` must go on with <names>.",
        "`{path}` deve continuar com <names>.",
    ),
    say(
        "A path nests at most {brackets} brackets and {parentheses} parentheses.",
        "Um caminho aninha no máximo {brackets} colchetes e {parentheses} parênteses.",
    ),
    say(
        "A path has at most one `..`.",
        "Um caminho tem no máximo um `..`.",
    ),
    say(
        "The lists of selectors in a path combine in at most {most} ways.",
        "As listas de seletores de um caminho se combinam em no máximo {most} formas.",
    ),
    say(
        "A filter inside a path cannot use `..`.",
        "Um filtro dentro de um caminho não pode usar `..`.",
    ),
    say(
        "A filter inside a path names one thing at a time, not a list of selectors.",
        "Um filtro dentro de um caminho nomeia uma coisa por vez, não uma lista de seletores.",
    ),
    say(
        "A filter inside a path cannot use `match` or `search`: use the operator `matches` of an expectation.",
        "Um filtro dentro de um caminho não pode usar `match` nem `search`: use o operador `matches` de uma expectativa.",
    ),
    say(
        "RFC 9535 has no function `{name}`.",
        "A RFC 9535 não tem a função `{name}`.",
    ),
    say(
        "A filter inside a path compares with a text, true, false or null, not with a number: numbers would be compared as \
         floats. Compare them with an expectation.",
        "Um filtro dentro de um caminho compara com texto, true, false ou null, não com número: números seriam comparados \
         com arredondamento. Compare-os com uma expectativa.",
    ),
    say(
        "A filter inside a path looks only at its own element, by `@`, not at `$`.",
        "Um filtro dentro de um caminho só consulta o próprio elemento, por `@`, não `$`.",
    ),
    say(
        "`{{{{ $context…` is never closed: expected `}}}}` after the path.",
        "`{{{{ $context…` não é fechado: esperava-se `}}}}` depois do caminho.",
    ),
];

/// What expectations compare with.
const EXPECTATIONS: &[Sentence] = &[
    say(
        "`{operator}` needs a `value`.",
        "`{operator}` precisa de um `value`.",
    ),
    say(
        "`{operator}` compares with one value, and this has {found}.",
        "`{operator}` compara com um valor, e isto tem {found}.",
    ),
    say(
        "`{operator}` needs a list of two values, and this is {found}.",
        "`{operator}` precisa de uma lista de dois valores, e isto é {found}.",
    ),
    say(
        "`{operator}` needs a list of values, and this is <kind>.",
        "`{operator}` precisa de uma lista de valores, e isto é <kind>.",
    ),
    say(
        "`{operator}` takes no value, and this has {found}.",
        "`{operator}` não recebe valor, e isto tem {found}.",
    ),
    say(
        "Nothing is compared with null: use the operator `isnull` or `isnotnull`.",
        "Nada se compara com null: use o operador `isnull` ou `isnotnull`.",
    ),
    say(
        "A value is text, a number or a boolean, and this is <kind>.",
        "Um valor é texto, número ou booleano, e isto é <kind>.",
    ),
    say(
        "`{operator}` needs a regular expression, and this is <kind>.",
        "`{operator}` precisa de uma expressão regular, e isto é <kind>.",
    ),
    say(
        "A regular expression has at most {most} characters.",
        "Uma expressão regular tem no máximo {most} caracteres.",
    ),
    say(
        "The regular expressions of a rule take at most {most} MiB of memory, and these take more.",
        "As expressões regulares de uma regra ocupam no máximo {most} MiB de memória, e estas ocupam mais.",
    ),
    say(
        "{found} is not a regular expression: <reason>.",
        "{found} não é uma expressão regular: <reason>.",
    ),
];

/// What is allowed but hardly meant.
const ODDITIES: &[Sentence] = &[
    say(
        "`{path}` is compared as it stands: paths are not followed in `value`.",
        "`{path}` é comparado como está escrito: caminhos não são seguidos em `value`.",
    ),
    say(
        "`{operator}` with {value} always ends in an error.",
        "`{operator}` com {value} sempre termina em erro.",
    ),
    say(
        "Nothing depends on `{id}`: how it comes out changes nothing.",
        "Nada depende de `{id}`: seu resultado não muda nada.",
    ),
    say(
        "`{id}` depends on nothing: it runs for every event.",
        "`{id}` não depende de nada: é executado para todo evento.",
    ),
    say(
        "`{task}` makes no outside call: `{member}` has no effect on it.",
        "`{task}` não faz chamada externa: `{member}` não tem efeito sobre ela.",
    ),
    say(
        "`{id}` can never run: <why>",
        "`{id}` nunca pode ser executado: <why>",
    ),
    say(
        "There was no company {id}, so it was created with the defaults. If that is a slip of the keyboard, archive this \
         rule and save it under the right company.",
        "Não havia a empresa {id}, então ela foi criada com os valores padrão. Se foi engano de digitação, arquive esta \
         regra e salve-a na empresa certa.",
    ),
];

/// Why a node can never run.
const REASONS: &[Sentence] = &[
    say(
        "every way to it ends at `{id}`.",
        "todo caminho até ele termina em `{id}`.",
    ),
    say(
        "the way to it ends at `{id}`.",
        "o caminho até ele termina em `{id}`.",
    ),
    say(
        "`{id}` would have to settle in two ways at once.",
        "`{id}` teria de terminar de duas formas ao mesmo tempo.",
    ),
    say(
        "it waits for `{id}`, which never runs.",
        "espera por `{id}`, que nunca é executado.",
    ),
];

/// What a task takes: its own words, and those of its JSON Schema.
const PARAMETERS: &[Sentence] = &[
    say(
        "{found} is not what is expected: <expected>.",
        "{found} não é o que se espera: <expected>.",
    ),
    say(
        "{member} is a required property.",
        "Falta o membro obrigatório {member}.",
    ),
    say(
        "{found} is not of type \"<type>\".",
        "{found} não é do tipo <type>.",
    ),
    say(
        "{found} is not of types <types>.",
        "{found} não é de nenhum dos tipos <types>.",
    ),
    say("{found} is not one of <names>.", "{found} não é um de <names>."),
    say(
        "{found} does not match \"{pattern}\".",
        "{found} não segue o padrão \"{pattern}\".",
    ),
    say(
        "{found} is less than the minimum of {least}.",
        "{found} é menor que o mínimo, {least}.",
    ),
    say(
        "{found} is shorter than {least} character<s>.",
        "{found} tem menos de {least} caractere<s>.",
    ),
    say(
        "{found} is longer than {most} character<s>.",
        "{found} tem mais de {most} caractere<s>.",
    ),
    say(
        "{found} has less than {least} <items>.",
        "{found} tem menos de {least} <items>.",
    ),
];

/// Texts that are no JSON.
const JSON: &[Sentence] = &[
    say(
        "this is not valid JSON: <why> (at byte {at})",
        "isto não é JSON válido: <why> (no byte {at})",
    ),
    say(
        "the member \"{name}\" stands twice in one object (at byte {at})",
        "o membro \"{name}\" aparece duas vezes em um objeto (no byte {at})",
    ),
    say(
        "a string holds the character U+0000, which is not accepted (at byte {at})",
        "um texto contém o caractere U+0000, que não é aceito (no byte {at})",
    ),
    say(
        "this JSON nests deeper than {most} levels (at byte {at})",
        "este JSON aninha mais de {most} níveis (no byte {at})",
    ),
];

/// Documents that are no graph, and cannot be drawn.
const DRAWING: &[Sentence] = &[
    say(
        "A rule must be a JSON object.",
        "Uma regra deve ser um objeto JSON.",
    ),
    say("A node must be a JSON object.", "Um nó deve ser um objeto JSON."),
    say(
        "`rules` must be a list of nodes.",
        "`rules` deve ser uma lista de nós.",
    ),
    say("A node needs a `node_id`.", "Um nó precisa de um `node_id`."),
    say(
        "`node_type` of `{id}` must be `condition` or `task`.",
        "`node_type` de `{id}` deve ser `condition` ou `task`.",
    ),
    say(
        "`depends_on` of `{id}` must be a list.",
        "`depends_on` de `{id}` deve ser uma lista.",
    ),
    say(
        "There are two edges from `{source}` to `{id}`.",
        "Há duas ligações de `{source}` a `{id}`.",
    ),
    say(
        "A dependency of `{id}` needs the `node_id` of the node to wait for.",
        "Uma dependência de `{id}` precisa do `node_id` do nó a esperar.",
    ),
    say(
        "`{id}` must wait for `success`, `failure`, `error` or `any` of `{source}`.",
        "`{id}` deve esperar por `success`, `failure`, `error` ou `any` de `{source}`.",
    ),
    say(
        "`{id}` waits for `{source}`, which is not there.",
        "`{id}` espera por `{source}`, que não está ali.",
    ),
    say(
        "This was copied by another version of the editor.",
        "Isto foi copiado por outra versão do editor.",
    ),
    say(
        "There is nothing in it to paste.",
        "Não há nada nisso para colar.",
    ),
];

/// A refusal for many findings.
const SUMMARY: &[Sentence] = &[say(
    "{count} things are wrong with the rule. The first: <first>",
    "{count} coisas estão erradas na regra. A primeira: <first>",
)];

/// What stands in the sentences above.
const WORDS: &[Sentence] = &[
    say(
        " A name with a dash is written in brackets: `['{name}']` instead of `.{dotted}`.",
        " Um nome com hífen se escreve entre colchetes: `['{name}']` em vez de `.{dotted}`.",
    ),
    say("A rule", "Uma regra"),
    say("A node", "Um nó"),
    say("A dependency", "Uma dependência"),
    say("An expectation", "Uma expectativa"),
    say(
        "a whole number from {low} to {high}",
        "um número inteiro de {low} a {high}",
    ),
    say("a number from {low} to {high}", "um número de {low} a {high}"),
    say("the company's UUID", "o UUID da empresa"),
    say("a list of nodes", "uma lista de nós"),
    say("a list of expectations", "uma lista de expectativas"),
    say("the node's id", "o identificador do nó"),
    say(
        "the id of the node to wait for",
        "o identificador do nó a esperar",
    ),
    say("a path such as `{example}`", "um caminho como `{example}`"),
    say("an operator such as `{example}`", "um operador como `{example}`"),
    say("the name of a task", "o nome de uma tarefa"),
    say(
        "the name of the task that undoes this one",
        "o nome da tarefa que desfaz esta",
    ),
    say(
        "an amount such as \"120.00\" (<why>)",
        "um valor como \"120.00\" (<why>)",
    ),
    say(
        "<why>; for a currency of more digits say `currency` beside it",
        "<why>; para uma moeda com mais casas, informe `currency` ao lado",
    ),
    say("string", "texto"),
    say("number", "número"),
    say("integer", "número inteiro"),
    say("boolean", "booleano"),
    say("array", "lista"),
    say("object", "objeto"),
    say("\"string\", \"number\"", "texto, número"),
    say("\"number\", \"string\"", "número, texto"),
    say("s", "s"),
    say("item", "item"),
    say("items", "itens"),
    say("it ends too early", "termina cedo demais"),
    say("Unexpected end of file", "o texto termina antes da hora"),
    say(
        "Unexpected end of file, a value was expected",
        "o texto termina onde se esperava um valor",
    ),
    say("Unexpected char: '{found}'", "caractere inesperado: '{found}'"),
    say("{word} expected", "esperava-se {word}"),
    say(
        "Trailing commas are not allowed",
        "há uma vírgula a mais antes do fim",
    ),
    say(
        "Object keys must be strings",
        "os nomes dos membros de um objeto são textos entre aspas",
    ),
    say(
        "Object values must be followed by a comma to add a new value or a curly bracket to end the object",
        "depois de um membro vem uma vírgula, ou a chave que fecha o objeto",
    ),
    say(
        "Array values must be followed by a comma to add a new value or a squared bracket to end the array",
        "depois de um elemento vem uma vírgula, ou o colchete que fecha a lista",
    ),
    say(
        "The JSON already contains one root element",
        "há mais texto depois do fim do JSON",
    ),
    say(
        "it starts with a byte order mark",
        "começa com uma marca de ordem de bytes",
    ),
    say(
        "a string has an unpaired surrogate (\\ud800 to \\udfff stand in pairs)",
        "um texto tem metade de um par substituto (\\ud800 a \\udfff vêm aos pares)",
    ),
    say("unclosed group", "grupo sem fechamento"),
    say("unopened group", "grupo sem abertura"),
    say("unclosed character class", "classe de caracteres sem fechamento"),
    say("unclosed counted repetition", "repetição contada sem fechamento"),
    say("unrecognized escape sequence", "sequência de escape desconhecida"),
    say(
        "incomplete escape sequence, reached end of pattern prematurely",
        "sequência de escape incompleta no fim do padrão",
    ),
    say(
        "repetition operator missing expression",
        "operador de repetição sem expressão",
    ),
    say(
        "repetition quantifier expects a valid decimal",
        "o quantificador de repetição espera um número decimal",
    ),
    say(
        "invalid repetition count range, the start must be <= the end",
        "intervalo de repetição inválido: o início não pode passar do fim",
    ),
    say(
        "invalid character class range, the start must be <= the end",
        "intervalo de caracteres inválido: o início não pode passar do fim",
    ),
    say(
        "backreferences are not supported",
        "referências a grupos não são aceitas",
    ),
    say(
        "look-around, including look-ahead and look-behind, is not supported",
        "olhar adiante ou atrás não é aceito",
    ),
    say("Unicode property not found", "propriedade Unicode desconhecida"),
    say(
        "Compiled regex exceeds size limit of {most} bytes.",
        "compilada, passa do limite de {most} bytes",
    ),
    say("`{first}` or `{last}`", "`{first}` ou `{last}`"),
    say("\"{first}\" or \"{last}\"", "\"{first}\" ou \"{last}\""),
];
