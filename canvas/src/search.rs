//! Finding nodes: Ctrl+F.

use serde_json::Value;

use crate::document::{Document, Node};

/// Where in a node the words were found, the best place first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Place {
    /// The id or label is just this.
    Name,
    /// The id or label begins with it.
    NameStart,
    /// A word of the id or label begins with it.
    WordStart,
    /// The id or label has it somewhere.
    InName,
    /// The task's name has it.
    Task,
    /// An expectation, a parameter or another member has it.
    Text,
}

/// A node that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    /// The node.
    pub id: String,
    /// Where its words were found; of several words, the worst place.
    pub place: Place,
}

/// The nodes that have every word of the query, best first; upper case and accents do not matter. Nothing is found
/// by nothing.
pub fn search(document: &Document, query: &str) -> Vec<Match> {
    let query = folded(query);
    let words: Vec<&str> = query.split_whitespace().collect();
    if words.is_empty() {
        return Vec::new();
    }
    let found = document.nodes().filter_map(|node| {
        let place = place_of(node, query.trim(), &words)?;
        let id = node.id.clone();
        Some(Match { id, place })
    });
    let mut found: Vec<Match> = found.collect();
    // Stable: within a place, in the order of the document.
    found.sort_by_key(|found| found.place);
    found
}

fn place_of(node: &Node, query: &str, words: &[&str]) -> Option<Place> {
    let names = [folded(&node.id), folded(node.label().unwrap_or_default())];
    // A label of several words is found as a whole first.
    if let Some(place) = place_in_names(&names, query) {
        return Some(place);
    }
    let task = folded(node.task_name().unwrap_or_default());
    let mut texts: Option<Vec<String>> = None;
    let places = words.iter().map(|word| {
        place_in_names(&names, word)
            .or_else(|| task.contains(word).then_some(Place::Task))
            .or_else(|| {
                let texts = texts.get_or_insert_with(|| texts_of(node));
                texts
                    .iter()
                    .any(|text| text.contains(word))
                    .then_some(Place::Text)
            })
    });
    places.collect::<Option<Vec<Place>>>()?.into_iter().max()
}

fn place_in_names(names: &[String], word: &str) -> Option<Place> {
    names.iter().filter_map(|name| place_in_name(name, word)).min()
}

fn place_in_name(name: &str, word: &str) -> Option<Place> {
    if name == word {
        return Some(Place::Name);
    }
    let mut best = None;
    for (at, _) in name.match_indices(word) {
        let before = name.get(..at).and_then(|before| before.chars().next_back());
        let place = match before {
            None => Place::NameStart,
            Some(letter) if !letter.is_alphanumeric() => Place::WordStart,
            Some(_) => Place::InName,
        };
        best = Some(best.map_or(place, |best: Place| best.min(place)));
    }
    best
}

fn texts_of(node: &Node) -> Vec<String> {
    let mut texts = Vec::new();
    for (name, value) in &node.members {
        if !matches!(name.as_str(), "label" | "task_name") {
            collect(value, &mut texts);
        }
    }
    texts
}

fn collect(value: &Value, texts: &mut Vec<String>) {
    match value {
        Value::String(text) => texts.push(folded(text)),
        Value::Number(number) => texts.push(number.to_string()),
        Value::Array(elements) => elements.iter().for_each(|element| collect(element, texts)),
        Value::Object(members) => {
            for (name, value) in members {
                texts.push(folded(name));
                collect(value, texts);
            }
        }
        Value::Bool(_) | Value::Null => {}
    }
}

/// Lower case without the accents of Portuguese and its neighbours.
fn folded(text: &str) -> String {
    let plain = |letter: char| match letter {
        'á' | 'à' | 'â' | 'ã' | 'ä' => 'a',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'í' | 'ì' | 'î' | 'ï' => 'i',
        'ó' | 'ò' | 'ô' | 'õ' | 'ö' => 'o',
        'ú' | 'ù' | 'û' | 'ü' => 'u',
        'ç' => 'c',
        'ñ' => 'n',
        other => other,
    };
    text.chars().flat_map(char::to_lowercase).map(plain).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::document::from_json;

    #[test]
    fn ranks_by_where_it_was_found() {
        let document = from_json(&json!({"rules": [
            {"node_id": "x1", "node_type": "task", "task_name": "t", "parameters": {"note": "the comissão"}},
            {"node_id": "x2", "node_type": "task", "task_name": "payment.tasks.generate_comissao"},
            {"node_id": "x3", "node_type": "task", "label": "Recomissao"},
            {"node_id": "x4", "node_type": "task", "label": "Gerar comissão"},
            {"node_id": "x5", "node_type": "task", "label": "Comissão de venda"},
            {"node_id": "comissao", "node_type": "task"},
            {"node_id": "other", "node_type": "condition", "expect": [{"field": "$context.event.total", "operator": "gte", "value": 100}]}
        ]}))
        .unwrap();
        let ids = |query| {
            search(&document, query)
                .into_iter()
                .map(|found| found.id)
                .collect::<Vec<_>>()
        };
        assert_eq!(ids("COMISSÃO"), ["comissao", "x5", "x4", "x3", "x2", "x1"]);
        assert_eq!(ids("venda comissao"), ["x5"]);
        assert_eq!(ids("total 100"), ["other"]);
        assert_eq!(search(&document, "comissão de")[0].place, Place::NameStart);
        assert!(ids(" ").is_empty());
        assert!(ids("nothing like it").is_empty());
    }
}
