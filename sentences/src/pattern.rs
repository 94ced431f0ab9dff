//! Sentences with places for names: read and written.

/// A piece of a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Piece<'p> {
    Text(&'p str),
    /// As it is.
    Name(&'p str),
    /// Said in the other language.
    Words(&'p str),
}

/// The pieces of a sentence, in order.
fn pieces(sentence: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = sentence;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (piece, length) = first(rest);
        rest = rest.get(length..).unwrap_or_default();
        Some(piece)
    })
}

/// The first piece, and how long it is.
fn first(rest: &str) -> (Piece<'_>, usize) {
    for double in ["{{", "}}"] {
        if rest.starts_with(double) {
            return (Piece::Text(rest.get(..1).unwrap_or_default()), double.len());
        }
    }
    for (open, close, piece) in [
        ('{', '}', Piece::Name as fn(_) -> _),
        ('<', '>', Piece::Words as fn(_) -> _),
    ] {
        let inside = rest.strip_prefix(open);
        if let Some((name, _)) = inside.and_then(|inside| inside.split_once(close)) {
            return (piece(name), name.len() + 2);
        }
    }
    let end = rest
        .char_indices()
        .skip(1)
        .find_map(|(at, letter)| matches!(letter, '{' | '}' | '<').then_some(at))
        .unwrap_or(rest.len());
    (Piece::Text(rest.get(..end).unwrap_or_default()), end)
}

/// What a sentence leaves open.
#[cfg(test)]
pub(crate) fn names(sentence: &str) -> impl Iterator<Item = &str> {
    pieces(sentence).filter_map(|piece| match piece {
        Piece::Text(_) => None,
        Piece::Name(name) | Piece::Words(name) => Some(name),
    })
}

/// What a text says in the open places of a sentence, if it is that sentence.
pub(crate) fn read<'t>(sentence: &'static str, text: &'t str) -> Option<Vec<(&'static str, &'t str)>> {
    let pieces: Vec<Piece<'static>> = pieces(sentence).collect();
    let mut named = Vec::new();
    fits(&pieces, text, &mut named).then_some(named)
}

/// Tries the shortest names first, and longer ones where the rest does not fit.
fn fits<'t>(pieces: &[Piece<'static>], text: &'t str, named: &mut Vec<(&'static str, &'t str)>) -> bool {
    let Some((piece, others)) = pieces.split_first() else {
        return text.is_empty();
    };
    let name = match piece {
        Piece::Text(said) => {
            return text
                .strip_prefix(said)
                .is_some_and(|rest| fits(others, rest, named));
        }
        Piece::Name(name) | Piece::Words(name) => name,
    };
    let before = named.len();
    let ends = match others.first() {
        // Nothing follows: it is all that is left.
        None => vec![text.len()],
        Some(Piece::Text(next)) => text.match_indices(next).map(|(at, _)| at).collect(),
        Some(Piece::Name(_) | Piece::Words(_)) => text.char_indices().map(|(at, _)| at).collect(),
    };
    ends.into_iter().any(|end| {
        named.truncate(before);
        let (Some(inside), Some(rest)) = (text.get(..end), text.get(end..)) else {
            return false;
        };
        named.push((name, inside));
        fits(others, rest, named)
    })
}

/// The sentence with its open places filled in; `words` says words in the other language.
pub(crate) fn write(sentence: &str, named: &[(&str, &str)], words: impl Fn(&str) -> String) -> String {
    let value = |name: &str| {
        let known = named.iter().find(|(known, _)| *known == name);
        known.map(|(_, value)| *value).unwrap_or_default()
    };
    pieces(sentence).fold(String::new(), |mut said, piece| {
        match piece {
            Piece::Text(text) => said.push_str(text),
            Piece::Name(name) => said.push_str(value(name)),
            Piece::Words(name) => said.push_str(&words(value(name))),
        }
        said
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_may_hold_what_follows_it() {
        let read = |text| read("`{name}` is {value}.", text);
        assert_eq!(read("`a` is 1.5."), Some(vec![("name", "a"), ("value", "1.5")]));
        assert_eq!(
            read("`a` is b` is c."),
            Some(vec![("name", "a"), ("value", "b` is c")])
        );
        assert_eq!(read("`a` is 1"), None);
    }

    #[test]
    fn braces_are_written_twice() {
        assert_eq!(read("`{{ x }}` {a}", "`{ x }` y"), Some(vec![("a", "y")]));
        assert_eq!(write("{{{a}}}", &[("a", "y")], str::to_owned), "{y}");
    }
}
