//! The query of a URL, as the filters of a page.

/// Names with their values, in the order of the URL. A name stands once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Query(Vec<(String, String)>);

impl Query {
    /// Reads `a=1&b=2`, with or without a question mark before it. Of a name that stands twice the first counts.
    pub(crate) fn parse(text: &str) -> Self {
        let mut query = Self::default();
        for pair in text
            .trim_start_matches('?')
            .split('&')
            .filter(|pair| !pair.is_empty())
        {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let name = decoded(name);
            if query.get(&name).is_none() {
                query.0.push((name, decoded(value)));
            }
        }
        query
    }

    /// The value of a name.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The same with another value; an empty one takes the name away.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.0.retain(|(known, _)| known != name);
        if !value.is_empty() {
            self.0.push((name.to_owned(), value.to_owned()));
        }
        self
    }

    /// The names and their values.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Behind a path: `?a=1&b=2`, or nothing.
    pub(crate) fn suffix(&self) -> String {
        let pairs: Vec<String> = self
            .pairs()
            .map(|(name, value)| format!("{}={}", encoded(name), encoded(value)))
            .collect();
        if pairs.is_empty() {
            String::new()
        } else {
            format!("?{}", pairs.join("&"))
        }
    }
}

/// Percent-encoded (RFC 3986): what is not unreserved becomes its bytes.
pub(crate) fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            for nibble in [byte >> 4, byte & 15] {
                encoded
                    .extend(char::from_digit(u32::from(nibble), 16).map(|digit| digit.to_ascii_uppercase()));
            }
        }
    }
    encoded
}

/// The text behind an encoded one. An escape that is none stands for itself.
pub(crate) fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        match (first, after) {
            (b'%', [high, low, after @ ..]) => match (nibble(*high), nibble(*low)) {
                (Some(high), Some(low)) => {
                    bytes.push(high << 4 | low);
                    rest = after;
                }
                _ => bytes.push(b'%'),
            },
            (b'+', _) => bytes.push(b' '),
            (other, _) => bytes.push(*other),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn nibble(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let query = Query::default()
            .with("event", "a b&c=é%")
            .with("status", "failed");
        assert_eq!(query.suffix(), "?event=a%20b%26c%3D%C3%A9%25&status=failed");
        assert_eq!(Query::parse(&query.suffix()), query);
        assert_eq!(query.get("event"), Some("a b&c=é%"));
        assert_eq!(query.with("event", "").suffix(), "?status=failed");
    }

    #[test]
    fn odd_queries_are_read_as_well_as_they_can_be() {
        let query = Query::parse("?a=1&a=2&&b&c=%zz+%");
        assert_eq!(
            query.pairs().collect::<Vec<_>>(),
            [("a", "1"), ("b", ""), ("c", "%zz %")]
        );
        assert_eq!(Query::parse("").suffix(), "");
    }
}
