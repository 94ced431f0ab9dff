//! In which form a file travels (RFC 9110, section 12.5.3).

use bytes::Bytes;
use poem::{Request, http::header};

use super::files::UiFile;

/// A way to write a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    Brotli,
    Gzip,
    Identity,
}

impl Encoding {
    /// The smallest form that the client takes.
    pub(super) fn of(request: &Request) -> Self {
        let lines = request.headers().get_all(header::ACCEPT_ENCODING);
        let accepted: Vec<&str> = lines.iter().filter_map(|line| line.to_str().ok()).collect();
        Self::among(&accepted.join(","))
    }

    fn among(accepted: &str) -> Self {
        let takes = |name: &str| accepted.split(',').any(|item| is_accepted(item, name));
        if takes("br") {
            Self::Brotli
        } else if takes("gzip") {
            Self::Gzip
        } else {
            Self::Identity
        }
    }

    /// As it stands in `Content-Encoding`.
    pub(super) fn name(self) -> Option<&'static str> {
        match self {
            Self::Brotli => Some("br"),
            Self::Gzip => Some("gzip"),
            Self::Identity => None,
        }
    }

    /// The file in this form.
    pub(super) fn copy_of(self, file: &UiFile) -> Bytes {
        match self {
            Self::Brotli => file.brotli.clone(),
            Self::Gzip => file.gzip.clone(),
            Self::Identity => file.content.clone(),
        }
    }
}

/// Whether an item such as `br;q=0.5` takes `name`. A weight of nought takes it not.
fn is_accepted(item: &str, name: &str) -> bool {
    let mut parts = item.split(';').map(str::trim);
    let is_named = parts
        .next()
        .is_some_and(|coding| coding.eq_ignore_ascii_case(name));
    let weight = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
    is_named && weight.is_none_or(|weight| weight.bytes().any(|digit| (b'1'..=b'9').contains(&digit)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_accepted_form_is_taken() {
        for (accepted, encoding) in [
            ("gzip, deflate, br, zstd", Encoding::Brotli),
            ("gzip;q=1.0, br;q=0.001", Encoding::Brotli),
            ("br;q=0, GZIP", Encoding::Gzip),
            ("gzip;q=0.0, br; q=0.000", Encoding::Identity),
            ("brotli, gzipped", Encoding::Identity),
            ("*", Encoding::Identity),
            ("", Encoding::Identity),
        ] {
            assert_eq!(Encoding::among(accepted), encoding, "{accepted}");
        }
    }
}
