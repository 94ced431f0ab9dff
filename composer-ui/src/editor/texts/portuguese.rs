//! Brazilian Portuguese.

use canvas::{connect::Refusal, edit::EditError};
use rules::model::MAX_DEPENDENCIES;

use super::{Picker, Texts};

pub(super) static TEXTS: Texts = Texts {
    canvas: "Quadro da regra",
    canvas_help: "Tab acrescenta um nó depois do selecionado. As setas movem a seleção, Delete a remove, F2 renomeia.",
    new_rule: "Nova regra",
    rule_name: "Nome da regra",
    version: |version| format!("Versão {version}"),
    unsaved: "Alterações não salvas",
    saved: "Salva como rascunho",
    leave: "Há alterações não salvas. Sair sem salvá-las?",
    undo: "Desfazer (Ctrl+Z)",
    redo: "Refazer (Ctrl+Shift+Z)",
    save: "Salvar rascunho",
    save_hint: "Salvar como rascunho (Ctrl+S)",
    publish: "Publicar",
    fit: "Mostrar tudo (0)",
    zoom_in: "Ampliar (+)",
    zoom_out: "Reduzir (-)",
    life_size: "Tamanho real (1)",
    unreadable: |detail| format!("Esta regra não pode ser desenhada: {detail}"),
    refused,
    refusal,
    picker: Picker {
        title: "Acrescentar um nó",
        filter: "Digite para filtrar",
        condition: "Condição",
        condition_hint: "Pergunta algo sobre o evento e segue por sim ou não.",
        nothing: "Nada se chama assim.",
        palette: "Nós para acrescentar",
    },
    empty_title: "Uma regra vazia",
    empty: "Uma regra começa com uma condição ou tarefa. Dê um duplo clique no quadro ou arraste uma da esquerda.",
    first_node: "Acrescentar o primeiro nó",
    rename: "Nome do nó",
};

fn refused(error: &EditError) -> String {
    match error {
        EditError::UnknownNode(id) => format!("Não há nó {id}."),
        EditError::NodeExists(id) => format!("Outro nó já se chama {id}."),
        EditError::BadId(id) => {
            format!("“{id}” não serve de nome: de 1 a 64 caracteres entre A-Z a-z 0-9 _ - .")
        }
        EditError::UnknownEdge(edge) => format!("Não há ligação de {} para {}.", edge.source, edge.target),
        EditError::EdgeExists(edge) => format!("{} e {} já estão ligados.", edge.source, edge.target),
        EditError::SelfEdge(id) => format!("{id} não pode esperar por si mesmo."),
        EditError::ReservedMember(member) => format!("O membro {member} não se altera assim."),
        EditError::UnknownNote(_) => "Essa nota não existe.".to_owned(),
        EditError::NoteExists(_) => "Essa nota já existe.".to_owned(),
        EditError::BadPlace => "Nada pode ficar nesse lugar.".to_owned(),
    }
}

fn refusal(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Itself => "Um nó não pode esperar por si mesmo.".to_owned(),
        Refusal::Cycle(nodes) => format!("Isto seria um círculo: {}.", nodes.join(" → ")),
        Refusal::Connected(_) => "Estes dois já estão ligados.".to_owned(),
        Refusal::NoSuchExit => {
            "Uma tarefa dá certo ou falha: só uma condição pode terminar em erro.".to_owned()
        }
        Refusal::TooMany => format!("Um nó espera por no máximo {MAX_DEPENDENCIES} outros."),
        Refusal::UnknownNode(id) => format!("Não há nó {id}."),
    }
}
