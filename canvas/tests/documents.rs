//! Reading documents and writing them back.
#![expect(clippy::unwrap_used, reason = "a test says so by panicking")]

use canvas::document::{self, Document};
use canvas::geometry::{Orientation, Point};
use serde_json::{Value, json};

fn examples() -> Vec<(String, String)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/rules");
    let folders = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let files = folders
        .map(|folder| folder.join("rule.json"))
        .filter(|file| file.exists());
    files
        .map(|file| {
            (
                file.display().to_string(),
                std::fs::read_to_string(&file).unwrap(),
            )
        })
        .collect()
}

fn refusal(value: &Value) -> (String, String) {
    let error = document::from_json(value).unwrap_err();
    (error.pointer, error.detail)
}

#[test]
fn examples_come_back_as_they_were() {
    let examples = examples();
    assert!(examples.len() >= 9);
    for (name, text) in examples {
        let document = document::parse(&text).unwrap();
        let value = rules::json::parse(text.as_bytes()).unwrap();
        assert_eq!(document.to_json(), value, "{name}");
        assert_eq!(document.unplaced().count(), 0, "{name}");
        assert_eq!(Orientation::of(&document), Orientation::LeftRight, "{name}");
        let written = document.to_json().to_string();
        let again = document::parse(&written).unwrap();
        assert_eq!(again, document, "{name}");
        assert_eq!(
            again.to_json().to_string(),
            written,
            "{name}: the order of members is stable"
        );
    }
}

#[test]
fn unknown_members_and_every_digit_are_kept() {
    let text = r#"{"zeta":{"b":1,"a":2},"rules":[{"fancy":1e400,"node_id":"a","depends_on":null,"node_type":"task","parameters":{"x":120.00,"a":null}}],"layout":{"a":{"x":1.5,"y":-2,"colour":"red"},"ghost":{"x":0,"y":0},"a.b":"?","$notes":[{"id":"n","text":"Hi","x":0,"y":0}]},"alpha":null,"name":"r","company_id":"x"}"#;
    let document = document::parse(text).unwrap();
    let written = r#"{"company_id":"x","name":"r","alpha":null,"zeta":{"b":1,"a":2},"rules":[{"node_id":"a","node_type":"task","parameters":{"x":120.00,"a":null},"fancy":1e400}],"layout":{"a":{"x":1.5,"y":-2,"colour":"red"},"a.b":"?","ghost":{"x":0,"y":0},"$notes":[{"id":"n","text":"Hi","x":0,"y":0,"width":220,"height":96}]}}"#;
    assert_eq!(document.to_json().to_string(), written);
    assert_eq!(document.position("a"), Some(Point::new(1.5, -2.0)));
    assert_eq!(document.note("n").unwrap().text, "Hi");
}

#[test]
fn the_server_takes_what_was_written() {
    struct NoTasks;
    impl rules::Catalogue for NoTasks {
        fn task(&self, _: &str) -> Option<rules::TaskTraits> {
            None
        }
        fn names(&self) -> Vec<&'static str> {
            Vec::new()
        }
        fn check_parameters(
            &self,
            _: rules::TaskId,
            _: &serde_json::Map<String, Value>,
            _: &dyn Fn(&str) -> bool,
        ) -> Vec<rules::ParameterFault> {
            Vec::new()
        }
    }
    let document = document::from_json(&json!({
        "company_id": "b5aa9687-d61f-467c-973e-f55d446981dc",
        "rules": [{"node_id": "a", "node_type": "condition", "expect": []}],
        "layout": {"a": {"x": 0, "y": 0}, "$notes": [{"id": "n", "text": "Hi", "x": 0, "y": 0}]}
    }))
    .unwrap();
    let report = rules::check(&document.to_json(), &NoTasks);
    assert_eq!(report.findings, []);
    let stored = report.rule.unwrap().document.to_json();
    assert_eq!(stored["layout"], document.to_json()["layout"]);
}

#[test]
fn positions_are_apart_from_meaning() {
    let value =
        json!({"rules": [{"node_id": "a", "node_type": "condition"}], "layout": {"a": {"x": 0, "y": 0}}});
    let document = document::from_json(&value).unwrap();
    let mut elsewhere = value.clone();
    elsewhere["layout"]["a"]["x"] = json!(160);
    let elsewhere = document::from_json(&elsewhere).unwrap();
    assert!(document.means_the_same(&elsewhere));
    assert_ne!(document, elsewhere);
    assert!(!document.meaning().contains_key("layout"));
}

#[test]
fn a_layout_is_never_a_reason_to_refuse() {
    for layout in [
        json!(null),
        json!([]),
        json!("x"),
        json!({"a": 5}),
        json!({"a": {"x": "0", "y": 0}}),
        json!({"a": {"x": 1e300, "y": 0}}),
        json!({"$notes": {"id": 1}}),
        json!({"$notes": [{"id": "n", "text": "", "x": 0, "y": 0, "width": -1}]}),
    ] {
        let value = json!({"rules": [{"node_id": "a", "node_type": "condition"}], "layout": layout});
        let document = document::from_json(&value).unwrap();
        assert_eq!(document.unplaced().count(), 1, "{layout}");
        assert_eq!(document.notes().count(), 0, "{layout}");
        if layout.is_object() {
            assert_eq!(document.to_json()["layout"], layout, "kept all the same");
        }
    }
}

#[test]
fn what_is_no_graph_is_refused_with_the_place() {
    let node =
        |id: &str, depends_on: Value| json!({"node_id": id, "node_type": "task", "depends_on": depends_on});
    let after = |source: &str, state: &str| json!([{"node_id": source, "state": state}]);
    let rules = |nodes: Vec<Value>| json!({ "rules": nodes });
    assert_eq!(refusal(&json!([])).0, "");
    assert_eq!(refusal(&json!({})).0, "/rules");
    assert_eq!(refusal(&rules(vec![json!(5)])).0, "/rules/0");
    assert_eq!(
        refusal(&rules(vec![json!({"node_type": "task"})])).0,
        "/rules/0/node_id"
    );
    assert_eq!(
        refusal(&rules(vec![json!({"node_id": "a", "node_type": "x"})])).0,
        "/rules/0/node_type"
    );
    assert_eq!(
        refusal(&rules(vec![node("a", json!(null)), node("a", json!(null))])),
        (
            "/rules/1/node_id".to_owned(),
            "Another node is called `a` already: ids are unique in a rule.".to_owned()
        )
    );
    let bad_edges = [
        (after("b", "success"), "/rules/0/depends_on/0"),
        (after("a", "success"), "/rules/0/depends_on/0"),
        (after("c", "sucess"), "/rules/0/depends_on/0/state"),
        (json!([{"state": "any"}]), "/rules/0/depends_on/0"),
        (json!({}), "/rules/0/depends_on"),
        (
            json!([{"node_id": "c", "state": "any"}, {"node_id": "c", "state": "error"}]),
            "/rules/0/depends_on/1",
        ),
    ];
    for (edges, pointer) in bad_edges {
        let value = rules(vec![node("a", edges), node("c", json!(null))]);
        assert_eq!(refusal(&value).0, pointer, "{value}");
    }
    assert!(
        document::parse("{\"rules\": [], \"rules\": []}").is_err(),
        "the strict reader reads"
    );
    let circle = rules(vec![node("a", after("c", "any")), node("c", after("a", "any"))]);
    assert!(
        document::from_json(&circle).is_ok(),
        "circles are for the checks to complain about"
    );
}

#[test]
fn a_stored_rule_is_read_without_what_surrounds_it() {
    let stored = json!({
        "id": "1", "company_id": "x", "name": "r", "version": 3, "published_version": 2, "status": "draft",
        "rules": [{"node_id": "a", "node_type": "condition", "expect": []}],
        "when": null, "description": "", "layout": {"a": {"x": 0, "y": 0}}, "warnings": [],
        "created_at": "…", "updated_at": "…"
    });
    let document = document::from_stored(&stored).unwrap();
    let names: Vec<String> = document.to_json().as_object().unwrap().keys().cloned().collect();
    assert_eq!(names, ["company_id", "name", "rules", "layout"]);
}

#[test]
fn a_new_rule_is_empty() {
    let document = Document::new("x", "r");
    assert_eq!(
        document.to_json(),
        json!({"company_id": "x", "name": "r", "rules": []})
    );
    assert!(document.is_empty() && document.bounds().is_none());
}
