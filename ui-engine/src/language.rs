//! What is wrong, in the reader's language.

use sentences::{FAULTS, FINDINGS, REFUSALS};
use serde_json::Value;

/// A language of the application.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    English,
    Portuguese,
}

impl Language {
    /// By its tag; English, if it is none that is known.
    pub(crate) fn named(tag: &str) -> Self {
        match tag {
            "pt" => Self::Portuguese,
            _ => Self::English,
        }
    }

    /// A sentence about what is wrong. One that is not known stays as it is.
    pub(crate) fn say(self, sentence: &str) -> String {
        let said = match self {
            Self::English => None,
            Self::Portuguese => [FINDINGS, FAULTS, REFUSALS]
                .iter()
                .find_map(|book| book.in_portuguese(sentence)),
        };
        said.unwrap_or_else(|| sentence.to_owned())
    }

    /// Says all that is wrong in an answer. What the rule and its event say themselves is left alone.
    pub(crate) fn translate(self, answer: &mut Value) {
        for list in ["findings", "warnings"] {
            for finding in elements(answer.get_mut(list)) {
                self.replace(finding.get_mut("detail"));
            }
        }
        self.replace(answer.get_mut("problem"));
        self.message(answer.get_mut("error"));
        let nodes = answer.get_mut("nodes").and_then(Value::as_object_mut);
        for (_, node) in nodes.into_iter().flatten() {
            self.message(node.get_mut("error"));
            self.message(node.pointer_mut("/compensation/error"));
            for comparison in elements(node.get_mut("comparisons")) {
                self.replace(comparison.get_mut("error"));
            }
        }
    }

    fn message(self, error: Option<&mut Value>) {
        self.replace(error.and_then(|error| error.get_mut("message")));
    }

    #[expect(
        clippy::needless_pass_by_value,
        reason = "what may not be there is lent as it is looked up"
    )]
    fn replace(self, text: Option<&mut Value>) {
        if let Some(Value::String(text)) = text {
            *text = self.say(text);
        }
    }
}

fn elements(list: Option<&mut Value>) -> impl Iterator<Item = &mut Value> {
    list.and_then(Value::as_array_mut).into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_wrong_is_said_and_what_is_sent_stays() {
        let wrong = "`gt` compares texts, and 7 is a number";
        let mut answer = json!({
            "findings": [{"pointer": "", "code": "cycle", "detail": "`a` cannot wait for itself."}],
            "error": {"code": "not_comparable", "message": wrong, "node_id": "a"},
            "nodes": {"a": {"error": {"message": wrong}, "comparisons": [{"error": wrong, "actual": wrong}]}},
            "events": [{"data": {"error": {"message": wrong}}}],
        });
        let untold = answer.clone();
        Language::English.translate(&mut answer);
        assert_eq!(answer, untold);
        Language::Portuguese.translate(&mut answer);
        let said = "`gt` compara textos, e 7 é um número";
        assert_eq!(
            answer["findings"][0]["detail"],
            "`a` não pode esperar por si mesmo."
        );
        assert_eq!(answer["error"]["message"], said);
        assert_eq!(answer["nodes"]["a"]["error"]["message"], said);
        assert_eq!(answer["nodes"]["a"]["comparisons"][0]["error"], said);
        assert_eq!(answer["nodes"]["a"]["comparisons"][0]["actual"], wrong);
        assert_eq!(answer["events"], untold["events"]);
    }
}
