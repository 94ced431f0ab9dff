use serde_json::json;

use super::*;
use crate::json;
use crate::scope::NoNodes;

struct Known;

impl NodeNames for Known {
    fn visible(&self, node_id: &str) -> Result<usize, PathError> {
        Err(PathError {
            code: "not_an_ancestor",
            detail: node_id.to_owned(),
        })
    }
}

fn follow(path: &str, event: &str) -> Value {
    let event = json::parse(event.as_bytes()).unwrap();
    let (company, run) = (json!({"plan": "pro"}), json!({"id": "r"}));
    let scope = Scope {
        event: &event,
        company: &company,
        run: &run,
        nodes: &NoNodes,
    };
    Path::parse(path, &Known)
        .unwrap()
        .follow(&scope, &mut Budget::for_event(&event))
        .unwrap()
        .into_owned()
}

fn refusal(path: &str) -> String {
    Path::parse(path, &Known).unwrap_err().detail
}

#[test]
fn follows_names_and_indexes() {
    let event = r#"{"a":{"b":[1,{"c-d":120.00}]},"é":1}"#;
    assert_eq!(
        follow("$context.event.a.b[1]['c-d']", event).to_string(),
        "120.00"
    );
    assert_eq!(follow("$context['event'].a.b[-2]", event), json!(1));
    assert_eq!(follow("$context.event.é", event), json!(1));
    assert_eq!(follow("$context.company.plan", event), json!("pro"));
    assert_eq!(follow("$context.event.a.b[2]", event), Value::Null);
    assert_eq!(follow("$context.event.a.b.c", event), Value::Null);
    assert_eq!(follow("$context.event.a.b[-3]", event), Value::Null);
    assert!(follow("$context.event", event).is_object());
}

#[test]
fn queries_yield_arrays() {
    let event = r#"{"items":[{"sku":"a","price":1.10},{"sku":"b","price":2}]}"#;
    assert_eq!(follow("$context.event.items[*].sku", event), json!(["a", "b"]));
    assert_eq!(
        follow("$context.event.items[?@.sku == 'b'].price", event).to_string(),
        "[2]"
    );
    assert_eq!(
        follow("$context.event.items[0:1].price", event).to_string(),
        "[1.10]"
    );
    assert_eq!(follow("$context.event..price", event).to_string(), "[1.10,2]");
    assert_eq!(follow("$context.event.nothing[*]", event), json!([]));
    assert_eq!(
        follow("$context.event.items[?length(@.sku) == 1].sku", event),
        json!(["a", "b"])
    );
    assert_eq!(
        follow("$context.event.items[0]['sku','price']", event).to_string(),
        r#"["a",1.10]"#
    );
}

#[test]
fn refuses_what_it_cannot_do_exactly() {
    assert!(refusal("$context.event.items[?@.price > 1]").contains("floats"));
    assert!(refusal("$context.event.items[?@.price == @.cost]").contains("floats"));
    assert!(refusal("$context.event.items[?@.price == 1.1]").contains("floats"));
    assert!(refusal("$context.event.items[?@.a == $.b]").contains('$'));
    assert!(refusal("$context.event.items[?match(@.sku, 'a.*')]").contains("matches"));
    assert!(refusal("$context.event..a..b").contains("`..`"));
    assert!(refusal("$context.event.items[?in(@.sku, 'a')]").contains("in"));
}

#[test]
fn refuses_what_would_find_the_same_again_and_again() {
    for twice in ["[*,*]", "[:,:]", "['a','a']", "[?@.a,?@.b]"] {
        assert!(Path::parse(&format!("$context.event{}", twice.repeat(4)), &Known).is_ok());
        assert!(refusal(&format!("$context.event{}", twice.repeat(5))).contains("16 ways"));
    }
    assert!(refusal(&format!("$context.event..[{}]", ["*"; 17].join(","))).contains("16 ways"));
    assert!(refusal("$context.event[?@['a','b']]").contains("one thing at a time"));
}

#[test]
fn refuses_what_is_no_path_and_says_why() {
    assert!(refusal("$context.evnt.total").contains("Did you mean `event`?"));
    assert!(refusal("$context.event.").contains("RFC 9535"));
    assert!(refusal("$context").contains("one member"));
    assert!(refusal("$context[*]").contains("one member"));
    assert!(refusal("$context..total").contains("one member"));
    assert!(refusal("$contextual.event").contains("RFC 9535"));
    assert!(refusal("$.event.total").contains("starts with `$context`"));
    assert!(refusal("$context.event.payment-type").contains("['payment-type']"));
    assert!(refusal("$context.nodes").contains("id of one node"));
    assert!(refusal(&format!("$context.event.{}", "a".repeat(600))).contains("512"));
}

#[test]
fn indexes_beyond_all_measure_name_nothing() {
    let event = r#"{"a":[1,2,3]}"#;
    for far in [
        "9007199254740991",
        "9007199254740992",
        "9223372036854775807",
        "-9223372036854775808",
        "99999999999999999999",
    ] {
        for path in [
            "[F]", "[1:F:F]", "[1:2:F]", "[F:F:-1]", "[2:0:F]", "[0,F]", "[::0]",
        ] {
            let path = format!("$context.event.a{}", path.replace('F', far));
            if Path::parse(&path, &Known).is_ok() {
                let found = follow(&path, event);
                assert!(
                    found.as_array().is_none_or(|found| found.len() <= 3),
                    "{path}: {found}"
                );
            }
        }
    }
}

#[test]
fn hostile_paths_are_refused_at_once() {
    for depth in [5, 50, 100] {
        let functions = format!(
            "$context.event[?{}@{}]",
            "length(".repeat(depth),
            "".repeat(depth)
        );
        assert!(Path::parse(&functions, &Known).is_err());
        let parentheses = format!("$context.event[?{}", "(".repeat(depth));
        assert!(Path::parse(&parentheses, &Known).is_err());
    }
    assert!(Path::parse(&format!("$context.event{}", "[?@".repeat(100)), &Known).is_err());
}
