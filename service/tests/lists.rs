//! Pages and conditions, through a server.

#[cfg(test)]
mod support;

use support::Server;

#[tokio::test]
async fn a_list_is_read_page_by_page() {
    let server = Server::sample().await;
    let (mut read, mut path) = (Vec::new(), "/accounts?limit=30".to_owned());
    for _ in 0..4 {
        let page = server.get(&path).await.json();
        read.extend(
            page["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|item| item.as_str().unwrap().to_owned()),
        );
        let Some(cursor) = page["next_cursor"].as_str() else {
            assert!(page["next_cursor"].is_null());
            break;
        };
        path = format!("/accounts?limit=30&cursor={cursor}");
    }
    let all: Vec<String> = (0..100).map(|n| n.to_string()).collect();
    assert_eq!(read, all);
    let unsaid = server.get("/accounts").await.json();
    assert_eq!(unsaid["items"].as_array().unwrap().len(), 50);
}

#[tokio::test]
async fn a_stale_write_is_refused() {
    let server = Server::sample().await;
    let server = &server;
    let put = |header: &'static str| async move {
        server
            .send(format!(
                "PUT /accounts/a HTTP/1.1\r\nHost: localhost\r\n{header}\r\n"
            ))
            .await
    };
    for fresh in [
        "",
        "If-Match: \"3\"\r\n",
        "If-Match: *\r\n",
        "If-Match: \"2\"\r\nIf-Match: \"3\"\r\n",
    ] {
        assert_eq!(put(fresh).await.status, 200, "{fresh}");
    }
    for stale in ["If-Match: \"2\"\r\n", "If-Match: W/\"3\"\r\n"] {
        put(stale).await.problem(412, "stale_version");
    }
    let weak = put("If-Match: W/\"3\"\r\n").await.problem(412, "stale_version");
    assert!(weak["detail"].as_str().unwrap().contains("weak"), "{weak}");
    // A condition that cannot be read is never taken for none.
    for broken in ["If-Match: 3\r\n", "If-Match:\r\n", "If-Match: \"3é\"\r\n"] {
        let problem = put(broken).await.problem(400, "invalid_parameter");
        assert!(
            problem["detail"].as_str().unwrap().contains("`if-match`"),
            "{problem}"
        );
    }
}
