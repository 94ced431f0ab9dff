//! Which headers go through, in either direction. All others belong to one connection, or to one of the two services.

use poem::http::{HeaderMap, HeaderName, header};

/// What the payments API is told of a request.
const ASKED: [HeaderName; 7] = [
    header::ACCEPT,
    header::CONTENT_TYPE,
    header::IF_MATCH,
    header::IF_NONE_MATCH,
    HeaderName::from_static("idempotency-key"),
    HeaderName::from_static("traceparent"),
    HeaderName::from_static("tracestate"),
];

/// What a client is told of an answer. Its correlation id is the request's, which the composer puts there itself.
const ANSWERED: [HeaderName; 9] = [
    header::ALLOW,
    header::CACHE_CONTROL,
    header::CONTENT_DISPOSITION,
    header::CONTENT_TYPE,
    header::ETAG,
    header::LOCATION,
    header::RETRY_AFTER,
    header::VARY,
    HeaderName::from_static("idempotency-replayed"),
];

/// The headers of a request that go on.
pub(super) fn asked(headers: &HeaderMap) -> HeaderMap {
    those(&ASKED, headers)
}

/// The headers of an answer that go back.
pub(super) fn answered(headers: &HeaderMap) -> HeaderMap {
    those(&ANSWERED, headers)
}

fn those(names: &[HeaderName], headers: &HeaderMap) -> HeaderMap {
    let mut kept = HeaderMap::new();
    for name in names {
        // Two of a kind go through as two: whoever reads them refuses them.
        for value in headers.get_all(name) {
            kept.append(name.clone(), value.clone());
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use poem::http::HeaderValue;

    use super::*;

    #[test]
    fn what_belongs_to_a_connection_stays_with_it() {
        let mut headers = HeaderMap::new();
        for name in [
            "connection",
            "transfer-encoding",
            "host",
            "content-length",
            "cookie",
        ] {
            headers.insert(name, HeaderValue::from_static("x"));
        }
        for value in ["a", "b"] {
            headers.append("idempotency-key", HeaderValue::from_static(value));
        }
        let asked = asked(&headers);
        assert_eq!(asked.len(), 2);
        assert_eq!(asked.get_all("idempotency-key").iter().count(), 2);
        assert!(answered(&headers).is_empty());
    }
}
