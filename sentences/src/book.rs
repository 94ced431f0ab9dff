//! Sentences in two languages.

use crate::pattern;

/// How deep parts of sentences may stand in each other.
const MAX_DEPTH: u8 = 4;

/// A sentence in English and in Portuguese. `{name}` stands for something that both repeat as it is, `<words>` for words
/// that are said in the other language too. `{{` and `}}` are braces.
#[derive(Debug, Clone, Copy)]
pub struct Sentence {
    pub(crate) english: &'static str,
    pub(crate) portuguese: &'static str,
}

/// Shorthand for the tables.
pub(crate) const fn say(english: &'static str, portuguese: &'static str) -> Sentence {
    Sentence { english, portuguese }
}

/// Sentences, and the words that stand in them. The first that fits holds.
#[derive(Debug, Clone, Copy)]
pub struct Book {
    pub(crate) sentences: &'static [&'static [Sentence]],
    pub(crate) words: &'static [&'static [Sentence]],
}

impl Book {
    /// The sentence in Portuguese; none if this book does not have it.
    pub fn in_portuguese(&self, english: &str) -> Option<String> {
        self.find(self.sentences, english, 0)
    }

    /// Words inside of a sentence. Those that are not known are names.
    fn words_in_portuguese(&self, english: &str, depth: u8) -> String {
        let known = (depth < MAX_DEPTH).then(|| self.find(self.words, english, depth + 1));
        known.flatten().unwrap_or_else(|| english.to_owned())
    }

    fn find(&self, among: &[&[Sentence]], english: &str, depth: u8) -> Option<String> {
        among.iter().copied().flatten().find_map(|sentence| {
            let named = pattern::read(sentence.english, english)?;
            Some(pattern::write(sentence.portuguese, &named, |words| {
                self.words_in_portuguese(words, depth)
            }))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{FAULTS, FINDINGS, MEMBERS, MOVEMENTS, REFUSALS};

    const BOOK: Book = Book {
        sentences: &[&[
            say(
                "There is no task `{name}`.<hint>",
                "Não há tarefa `{name}`.<hint>",
            ),
            say("Say `{{x}}` to {who}.", "A {who}, diga `{{x}}`."),
        ]],
        words: &[&[say(" Did you mean `{name}`?", " Você quis dizer `{name}`?")]],
    };

    #[test]
    fn what_a_sentence_names_is_said_again() {
        let said = |english| BOOK.in_portuguese(english);
        assert_eq!(
            said("There is no task `a`.").as_deref(),
            Some("Não há tarefa `a`.")
        );
        assert_eq!(
            said("There is no task `a`. Did you mean `b`?").as_deref(),
            Some("Não há tarefa `a`. Você quis dizer `b`?")
        );
        assert_eq!(said("Say `{x}` to Ana.").as_deref(), Some("A Ana, diga `{x}`."));
        assert_eq!(said("Something else."), None);
    }

    #[test]
    fn both_languages_name_the_same() {
        for book in [FINDINGS, FAULTS, REFUSALS, MOVEMENTS, MEMBERS] {
            for sentence in book.sentences.iter().chain(book.words).copied().flatten() {
                let [mut english, mut portuguese] = [sentence.english, sentence.portuguese]
                    .map(|text| pattern::names(text).collect::<Vec<_>>());
                english.sort_unstable();
                portuguese.sort_unstable();
                assert_eq!(english, portuguese, "{}", sentence.english);
                english.dedup();
                assert_eq!(english.len(), portuguese.len(), "{}", sentence.english);
            }
        }
    }
}
