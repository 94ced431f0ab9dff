//! Every way to go wrong ends in a problem, and none in a 5xx that is not ours.

#[cfg(test)]
mod support;

use support::{Server, post};

#[tokio::test]
async fn unknown_paths_and_methods() {
    let server = Server::sample().await;
    for path in [
        "/",
        "/nothing",
        "/accounts/",
        "/accounts/x/y/z",
        "//accounts",
        "/docs/nothing",
    ] {
        server.get(path).await.problem(404, "not_found");
    }
    // What the `type` of a problem leads to.
    let codes = server.get("/docs/errors").await;
    assert_eq!(codes.header("content-type"), Some("text/markdown; charset=utf-8"));
    let reply = server
        .send("DELETE /accounts HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .await;
    let problem = reply.problem(405, "method_not_allowed");
    assert_eq!(problem["detail"], "`DELETE` is not offered at this path.");
    assert_eq!(reply.header("allow"), Some("GET, HEAD, POST"));
    for (path, allowed) in [
        ("/accounts/1", "PUT"),
        ("/openapi.json", "GET, HEAD"),
        ("/healthz", "GET, HEAD"),
    ] {
        let reply = server.send(post(path, &[], "")).await;
        reply.problem(405, "method_not_allowed");
        assert_eq!(reply.header("allow"), Some(allowed), "{path}");
    }
    let options = server
        .send("OPTIONS /accounts HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .await;
    options.problem(405, "method_not_allowed");
    assert_eq!(options.header("allow"), Some("GET, HEAD, POST"));
}

#[tokio::test]
async fn head_is_get_without_the_body() {
    let server = Server::sample().await;
    let mut connection = server.connect().await;
    let head = connection
        .exchange("HEAD /accounts HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .await;
    assert_eq!((head.status, head.body.len()), (200, 0));
    let missing = connection
        .exchange("HEAD /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .await;
    assert_eq!(missing.status, 404);
    let get = connection
        .exchange("GET /accounts HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .await;
    assert_eq!(get.status, 200);
}

/// By a form that needs no permission, or by a name of its own for this machine.
#[tokio::test]
async fn another_sites_page_gets_nowhere() {
    let server = Server::sample().await;
    let crossing = ["Origin: http://evil.example", "Content-Type: text/plain"];
    let reply = server.send(post("/accounts", &crossing, "{}")).await;
    reply.problem(403, "cross_origin_request");
    for method in ["GET", "POST"] {
        let rebound = format!("{method} /accounts HTTP/1.1\r\nHost: evil.example\r\n\r\n");
        server.send(rebound).await.problem(421, "misdirected_request");
    }
    server
        .get("/accounts/../healthz")
        .await
        .problem(400, "malformed_uri");
}

#[tokio::test]
async fn parameters_are_named() {
    let server = Server::sample().await;
    let cases = [
        ("/accounts?limit=0", "limit", "invalid_parameter"),
        ("/accounts?limit=201", "limit", "invalid_parameter"),
        ("/accounts?limit=", "limit", "invalid_parameter"),
        ("/accounts?cursor=zz", "cursor", "invalid_cursor"),
        ("/accounts/no/entries/1", "account_id", "invalid_parameter"),
        (
            "/accounts/00000000-0000-0000-0000-000000000001/entries/x",
            "number",
            "invalid_parameter",
        ),
    ];
    for (path, name, code) in cases {
        let problem = server.get(path).await.problem(400, code);
        assert!(
            problem["detail"].as_str().unwrap().contains(&format!("`{name}`")),
            "{problem}"
        );
        assert_eq!(problem["errors"][0]["pointer"], name);
    }
    let limit = &server.get("/accounts?limit=0").await.json()["detail"];
    assert!(
        limit
            .as_str()
            .unwrap()
            .ends_with("it is a whole number from 1 to 200."),
        "{limit}"
    );
    server
        .get("/accounts?cursor=00")
        .await
        .problem(400, "invalid_cursor");
}

#[tokio::test]
async fn a_compressed_body_is_not_guessed_at() {
    let server = Server::sample().await;
    let send = |encoding: &'static str| {
        server.send(format!(
            "PUT /accounts/a HTTP/1.1\r\nHost: localhost\r\nContent-Encoding: {encoding}\r\n\r\n"
        ))
    };
    let refused = send("gzip").await;
    assert_eq!(refused.header("accept-encoding"), Some("identity"));
    refused.problem(415, "unsupported_media_type");
    assert_eq!(send("Identity").await.status, 200);
}

#[tokio::test]
async fn addresses_are_utf_8() {
    let server = Server::sample().await;
    for path in [
        "/accounts/%ff",
        "/%zz",
        "/accounts?limit=%",
        "/accounts?x=%C3%28",
        "/%",
    ] {
        server.get(path).await.problem(400, "malformed_uri");
    }
    let encoded = server
        .send("PUT /accounts/caf%C3%A9%2F1 HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .await;
    assert_eq!((encoded.status, &*encoded.body), (200, "café/1".as_bytes()));
}

#[tokio::test]
async fn odd_requests_are_refused() {
    let server = Server::sample().await;
    let odd: [&[u8]; 12] = [
        b"OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"CONNECT example.com:443 HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET http://example.com HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"TRACE /accounts HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"FROB /accounts HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /accounts/\xff\xfe HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /accounts?limit=\xff HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET accounts HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /accounts HTTP/9.9\r\nHost: localhost\r\n\r\n",
        b"nonsense\r\n\r\n",
        b"GET /correlation HTTP/1.1\r\nX-Correlation-Id: \xff\r\nHost : x\r\n\r\n",
        b"POST /accounts HTTP/1.1\r\nContent-Length: x\r\n\r\n",
    ];
    for raw in odd {
        let reply = server.send(raw).await;
        assert!(
            (400..500).contains(&reply.status),
            "{:?}: {}",
            String::from_utf8_lossy(raw),
            reply.head
        );
    }
    let long = format!("GET /{} HTTP/1.1\r\nHost: localhost\r\n\r\n", "a".repeat(100_000));
    assert!((400..500).contains(&server.send(long).await.status));
    assert_eq!(server.get("/healthz").await.status, 200);
}

#[tokio::test]
async fn a_fault_of_ours_shows_nothing_and_leaves_the_connection() {
    let server = Server::sample().await;
    let mut connection = server.connect().await;
    for path in [
        "/broken/panic",
        "/broken/internal",
        "/broken/foreign",
        "/broken/wiring",
    ] {
        let reply = connection
            .exchange(format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n"))
            .await;
        reply.problem(500, "internal_error");
        assert!(!String::from_utf8_lossy(&reply.body).contains("hunter2"));
    }
    let after = connection
        .exchange("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .await;
    assert_eq!(after.status, 200);
}

#[tokio::test]
async fn an_error_that_is_an_answer_is_left_alone() {
    let server = Server::sample().await;
    let reply = server.get("/teapot").await;
    assert_eq!((reply.status, &*reply.body), (418, &b"short and stout"[..]));
    assert!(reply.header("x-correlation-id").is_some());
}

#[tokio::test]
async fn poems_own_json_is_refused_as_a_problem_too() {
    let server = Server::sample().await;
    server
        .post("/lenient", "{}")
        .await
        .problem(400, "invalid_request");
    server.post("/lenient", "{").await.problem(400, "invalid_request");
}
