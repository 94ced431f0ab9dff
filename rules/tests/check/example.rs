//! A document as a user wrote it: two nodes wait for one that does not exist.

use rules::json;
use serde_json::Value;

use super::documents::{check, faults, warnings};

const AS_WRITTEN: &str = include_str!("example.json");

fn mended() -> Value {
    json::parse(AS_WRITTEN.replace("conditional-1", "condition-1").as_bytes()).unwrap()
}

#[test]
fn the_unknown_node_is_found_twice_and_nothing_else() {
    let document = json::parse(AS_WRITTEN.as_bytes()).unwrap();
    let at = |node| {
        (
            format!("/rules/{node}/depends_on/0/node_id"),
            "unknown_dependency",
        )
    };
    assert_eq!(faults(&document), [at(1), at(2)]);
    for finding in check(&document).findings {
        let detail = "There is no node `conditional-1`. Did you mean `condition-1`?";
        assert_eq!(finding.detail, detail);
    }
}

#[test]
fn mended_it_is_accepted_with_two_warnings() {
    let expected = [("/rules/3", "unused_condition"), ("/rules/4", "always_runs")];
    assert_eq!(
        warnings(&mended()),
        expected.map(|(pointer, code)| (pointer.to_owned(), code))
    );
    let details = check(&mended())
        .warnings
        .into_iter()
        .map(|warning| warning.detail);
    assert_eq!(
        details.collect::<Vec<_>>(),
        [
            "Nothing depends on `condition-2`: how it comes out changes nothing.",
            "`generate_royalty-1` depends on nothing: it runs for every event.",
        ]
    );
}
