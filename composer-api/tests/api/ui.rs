//! The browser application: its page, its files, and what a browser may do with them.

use bytes::Bytes;
use composer_api::{Ui, UiFile};
use poem::{Body, http::Method};

use crate::support::{Composer, Reply};

const PAGES: [&str; 5] = ["/", "/app", "/app/", "/app/rules", "/app/runs/7?status=failed"];

fn file(content_type: &'static str, content: &'static str) -> UiFile {
    let copy = |form: &str| Bytes::from(format!("{form} of {content}"));
    UiFile {
        content_type,
        hash: "5ba1",
        content: Bytes::from_static(content.as_bytes()),
        brotli: copy("brotli"),
        gzip: copy("gzip"),
    }
}

fn composer() -> Composer {
    let page = file("text/html; charset=utf-8", "the page");
    let assets = [("app-1.wasm".to_owned(), file("application/wasm", "the module"))];
    Composer::with(|deps| deps.ui = Some(Ui::new(page, assets)))
}

async fn get(composer: &Composer, path: &str, headers: &[(&str, &str)]) -> Reply {
    composer.send(Method::GET, path, headers, Body::empty()).await
}

#[tokio::test]
async fn every_page_is_the_one_page_and_is_asked_for_each_time() {
    let composer = composer();
    for path in PAGES {
        let page = get(&composer, path, &[]).await;
        assert_eq!((page.status, page.text()), (200, "the page"), "{path}");
        assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
        assert_eq!(page.header("cache-control"), Some("no-cache"));
        let tag = page.header("etag").unwrap();
        for known in [tag, &format!("\"other\", W/{tag}"), "*"] {
            let known = get(&composer, path, &[("if-none-match", known)]).await;
            assert_eq!((known.status, known.text()), (304, ""), "{path}");
            assert_eq!(known.header("etag"), Some(tag));
        }
        assert_eq!(
            get(&composer, path, &[("if-none-match", "\"other\"")])
                .await
                .status,
            200
        );
    }
    let head = composer
        .send(Method::HEAD, "/app/rules", &[], Body::empty())
        .await;
    assert_eq!((head.status, head.text()), (200, ""));
}

#[tokio::test]
async fn files_are_kept_for_ever_and_travel_compressed() {
    let composer = composer();
    for (accepted, encoding, text) in [
        ("gzip, deflate, br", Some("br"), "brotli of the module"),
        ("gzip", Some("gzip"), "gzip of the module"),
        ("identity", None, "the module"),
    ] {
        let asset = get(&composer, "/assets/app-1.wasm", &[("accept-encoding", accepted)]).await;
        assert_eq!((asset.status, asset.text()), (200, text));
        assert_eq!(asset.header("content-encoding"), encoding);
        assert_eq!(asset.header("content-type"), Some("application/wasm"));
        assert_eq!(
            asset.header("cache-control"),
            Some("public, max-age=31536000, immutable")
        );
        assert_eq!(asset.header("vary"), Some("Accept-Encoding"));
        assert_eq!(asset.header("x-content-type-options"), Some("nosniff"));
    }
}

#[tokio::test]
async fn a_compressed_page_has_a_tag_of_its_own() {
    let composer = composer();
    let plain = get(&composer, "/", &[]).await;
    let small = get(&composer, "/", &[("accept-encoding", "br")]).await;
    assert_eq!(small.text(), "brotli of the page");
    assert_ne!(small.header("etag"), plain.header("etag"));
    let tag = plain.header("etag").unwrap();
    let asked = get(
        &composer,
        "/",
        &[("accept-encoding", "br"), ("if-none-match", tag)],
    )
    .await;
    assert_eq!(asked.status, 200);
}

#[tokio::test]
async fn nothing_inline_and_nothing_foreign_may_run() {
    let composer = composer();
    for path in ["/", "/app/rules", "/assets/app-1.wasm"] {
        let answer = get(&composer, path, &[]).await;
        let policy = answer.header("content-security-policy").unwrap();
        for directive in [
            "default-src 'none'",
            "script-src 'self' 'wasm-unsafe-eval'",
            "style-src 'self'",
            "connect-src 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        ] {
            assert!(
                policy.split("; ").any(|known| known == directive),
                "{directive}: {policy}"
            );
        }
        assert!(
            !policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"),
            "{policy}"
        );
        assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
    }
}

#[tokio::test]
async fn what_is_no_page_and_no_file_stays_the_apis() {
    let composer = composer();
    for path in [
        "/assets/app-2.wasm",
        "/assets",
        "/assets/a/b",
        "/application",
        "/index.html",
    ] {
        get(&composer, path, &[("accept", "text/html")])
            .await
            .problem(404, "not_found");
    }
    for path in ["/runs", "/tasks", "/payment-rules"] {
        let list = get(&composer, path, &[("accept", "text/html")]).await;
        assert!(list.json()["items"].is_array(), "{path}");
    }
    let refused = composer
        .send(Method::POST, "/app/rules", &[], Body::empty())
        .await;
    refused.problem(405, "method_not_allowed");
}

#[tokio::test]
async fn a_program_without_the_application_says_how_to_build_it() {
    let composer = Composer::new();
    for path in PAGES {
        let page = get(&composer, path, &[]).await;
        assert_eq!(page.status, 404, "{path}");
        assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
        assert!(page.text().contains("--package ui-build"), "{}", page.text());
    }
    get(&composer, "/assets/app-1.wasm", &[])
        .await
        .problem(404, "not_found");
}
