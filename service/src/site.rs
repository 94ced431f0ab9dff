//! Which web pages may ask. A browser carries a page's requests to wherever the page says, also to servers that only this
//! machine can reach; who asks there is not signed in, so it must not be asked on behalf of other sites.
//!
//! A request that changes something is refused when the browser says that another origin's page made it: by
//! `Sec-Fetch-Site` (W3C Fetch Metadata), or else by an `Origin` that is not the `Host`; what is no browser sends neither.
//! A page whose own name leads to this machine (DNS rebinding) passes for the same origin. So a server that was reached
//! over a loopback address answers to no other name than this machine's.

use std::net::{IpAddr, SocketAddr};

use poem::{
    Request,
    http::{HeaderMap, HeaderName, Method, Uri, header, uri::Authority},
};

use crate::Problem;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Refuses what another site's page asks.
pub(crate) fn check(request: &Request) -> Result<(), Problem> {
    let (headers, host) = (request.headers(), host(request));
    let local = request.local_addr().as_socket_addr();
    check_host(local.map(SocketAddr::ip), host.as_ref())?;
    check_origin(request.method(), headers, host.as_ref())
}

fn host(request: &Request) -> Option<Authority> {
    let host = request.headers().get(header::HOST);
    let host = host.and_then(|host| Authority::try_from(host.as_bytes()).ok());
    host.or_else(|| request.uri().authority().cloned())
}

fn check_origin(method: &Method, headers: &HeaderMap, host: Option<&Authority>) -> Result<(), Problem> {
    let is_safe = [Method::GET, Method::HEAD, Method::OPTIONS].contains(method);
    if is_safe || is_same_origin(headers, host) {
        return Ok(());
    }
    let detail = "A page of another origin asked for this. Only pages of this server may, and programs that are no browsers.";
    Err(Problem::forbidden("cross_origin_request", detail))
}

fn is_same_origin(headers: &HeaderMap, host: Option<&Authority>) -> bool {
    if let Some(site) = headers.get(SEC_FETCH_SITE) {
        // `none` is the user's own doing: a bookmark, say.
        return site == "same-origin" || site == "none";
    }
    let Some(origin) = headers.get(header::ORIGIN) else {
        return true;
    };
    let origin: Option<Uri> = origin.to_str().ok().and_then(|origin| origin.parse().ok());
    // HTTP or HTTPS: behind a proxy that ends TLS, the scheme is not what is seen here.
    let authority = origin.as_ref().and_then(Uri::authority);
    authority.is_some() && authority == host
}

fn check_host(local: Option<IpAddr>, host: Option<&Authority>) -> Result<(), Problem> {
    let foreign = host.map(Authority::host).filter(|host| !names_this_machine(host));
    match foreign {
        Some(host) if local.is_some_and(is_loopback) => Err(Problem::misdirected(host)),
        _ => Ok(()),
    }
}

fn is_loopback(address: IpAddr) -> bool {
    address.to_canonical().is_loopback()
}

fn names_this_machine(host: &str) -> bool {
    let bare = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    if let Ok(address) = bare.unwrap_or(host).parse() {
        return is_loopback(address);
    }
    // RFC 6761: `localhost` and all names below it.
    let name = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
    name == "localhost" || name.ends_with(".localhost")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn authority(text: &str) -> Authority {
        text.parse().unwrap()
    }

    fn asked(method: &Method, host: &str, headers: &[(HeaderName, &str)]) -> Result<(), &'static str> {
        let headers = headers
            .iter()
            .map(|(name, value)| (name.clone(), value.parse().unwrap()));
        let checked = check_origin(method, &headers.collect(), Some(&authority(host)));
        checked.map_err(|problem| problem.code())
    }

    #[test]
    fn another_sites_page_changes_nothing() {
        let refused = Err("cross_origin_request");
        for (name, value, answer) in [
            (SEC_FETCH_SITE, "same-origin", Ok(())),
            (SEC_FETCH_SITE, "none", Ok(())),
            (SEC_FETCH_SITE, "same-site", refused),
            (SEC_FETCH_SITE, "cross-site", refused),
            (header::ORIGIN, "https://pay.example:8000", Ok(())),
            (header::ORIGIN, "http://PAY.example:8000", Ok(())),
            (header::ORIGIN, "http://pay.example:9000", refused),
            (header::ORIGIN, "http://evil.example", refused),
            (header::ORIGIN, "null", refused),
            (header::ACCEPT, "*/*", Ok(())),
        ] {
            let headers = [(name, value)];
            assert_eq!(
                asked(&Method::POST, "pay.example:8000", &headers),
                answer,
                "{value}"
            );
            assert_eq!(
                asked(&Method::GET, "pay.example:8000", &headers),
                Ok(()),
                "{value}"
            );
        }
        // What the browser says of it goes before what a proxy made of the host.
        let behind = [
            (header::ORIGIN, "https://pay.example"),
            (SEC_FETCH_SITE, "same-origin"),
        ];
        assert_eq!(asked(&Method::POST, "127.0.0.1:8000", &behind), Ok(()));
    }

    #[test]
    fn on_loopback_only_this_machines_names_are_answered_to() {
        for (local, host, is_answered) in [
            ("127.0.0.1", "localhost:8000", true),
            ("127.0.0.1", "LocalHost.", true),
            ("127.0.0.1", "books.localhost:8000", true),
            ("127.0.0.1", "127.0.0.2:8000", true),
            ("::1", "[::1]:8000", true),
            ("::ffff:127.0.0.1", "127.0.0.1", true),
            ("127.0.0.1", "evil.example:8000", false),
            ("127.0.0.1", "localhost.evil.example", false),
            ("127.0.0.1", "notlocalhost", false),
            ("127.0.0.1", "10.0.0.7:8000", false),
            ("10.0.0.7", "evil.example:8000", true),
        ] {
            let answer = check_host(Some(local.parse().unwrap()), Some(&authority(host)));
            assert_eq!(answer.is_ok(), is_answered, "{host} on {local}");
        }
        assert!(check_host(Some("127.0.0.1".parse().unwrap()), None).is_ok());
    }
}
