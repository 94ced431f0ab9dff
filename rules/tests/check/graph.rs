//! Names, edges and cycles.

use serde_json::{Value, json};

use super::documents::{accepted, assert_fault, check, condition, faults, of_nodes, on, task};

/// Nodes `n0`, `n1`, … each waiting for those that the function names.
fn nodes(count: usize, sources: impl Fn(usize) -> Vec<usize>) -> Vec<Value> {
    (0..count)
        .map(|node| {
            let edges = sources(node)
                .into_iter()
                .map(|source| on(&format!("n{source}"), "success"));
            task(&format!("n{node}"), edges.collect())
        })
        .collect()
}

#[test]
fn ids_are_unique() {
    let document = of_nodes(json!([
        condition("a", json!([])),
        task("b", json!([])),
        task("a", json!([]))
    ]));
    assert_fault(&document, "/rules/2/node_id", "duplicate_node_id", &["`a`"]);
}

#[test]
fn ids_have_1_to_64_characters_of_a_few() {
    let long = "x".repeat(64);
    accepted(&of_nodes(json!([
        task(&long, json!([])),
        task("A-z_0.9", json!([]))
    ])));
    for id in ["", "a b", "é", "a/b", &"x".repeat(65)] {
        assert_fault(
            &of_nodes(json!([task(id, json!([]))])),
            "/rules/0/node_id",
            "bad_value",
            &["1 to 64"],
        );
    }
}

#[test]
fn a_node_cannot_wait_for_itself_or_for_nobody() {
    let document = of_nodes(json!([task("a", json!([on("a", "success")]))]));
    assert_fault(
        &document,
        "/rules/0/depends_on/0/node_id",
        "self_dependency",
        &["`a`"],
    );
    let document = of_nodes(json!([
        task("invoice", json!([])),
        task("b", json!([on("invoce", "success")]))
    ]));
    assert_fault(
        &document,
        "/rules/1/depends_on/0/node_id",
        "unknown_dependency",
        &["`invoce`", "Did you mean `invoice`?"],
    );
}

#[test]
fn one_edge_from_one_source() {
    let edges = json!([on("c", "success"), on("c", "failure")]);
    let document = of_nodes(json!([condition("c", json!([])), task("t", edges)]));
    assert_fault(
        &document,
        "/rules/1/depends_on/1",
        "duplicate_dependency",
        &["`c`", "`any`"],
    );
}

#[test]
fn a_task_never_errs() {
    let document = of_nodes(json!([
        task("a", json!([])),
        task("b", json!([on("a", "error")]))
    ]));
    assert_fault(
        &document,
        "/rules/1/depends_on/0/state",
        "impossible_state",
        &["`a` is a task"],
    );
    accepted(&of_nodes(json!([
        condition("a", json!([])),
        task("b", json!([on("a", "error")]))
    ])));
}

#[test]
fn a_thousand_nodes_and_no_more() {
    let chain = |node: usize| node.checked_sub(1).into_iter().collect();
    let rule = accepted(&of_nodes(nodes(1_000, chain).into()));
    assert_eq!(rule.plan.wave(999), Some(1_000));
    let document = of_nodes(nodes(1_001, chain).into());
    assert_fault(&document, "/rules", "too_many_nodes", &["1000", "1001"]);
}

#[test]
fn sixty_four_dependencies_and_no_more() {
    let last_waits_for_all = |last: usize| {
        move |node| {
            if node == last {
                (0..last).collect()
            } else {
                Vec::new()
            }
        }
    };
    accepted(&of_nodes(nodes(65, last_waits_for_all(64)).into()));
    let document = of_nodes(nodes(66, last_waits_for_all(65)).into());
    assert_fault(
        &document,
        "/rules/65/depends_on",
        "too_many_dependencies",
        &["64", "65"],
    );
}

#[test]
fn a_cycle_names_its_nodes_in_the_order_in_which_they_wait() {
    let document = of_nodes(nodes(3, |node| vec![(node + 2) % 3]).into());
    assert_fault(
        &document,
        "/rules/0/depends_on",
        "cycle",
        &["circle: n0 → n1 → n2 → n0."],
    );
}

#[test]
fn a_long_cycle_is_named_whole() {
    // Thirteen steps at a time, and against the order of the document.
    let document = of_nodes(nodes(64, |node| vec![(node + 51) % 64]).into());
    let mut names: Vec<String> = (0..64).map(|step| format!("n{}", step * 13 % 64)).collect();
    names.push("n0".to_owned());
    let words = format!("circle: {}.", names.join(" → "));
    assert_fault(&document, "/rules/0/depends_on", "cycle", &[&words]);
}

#[test]
fn each_cycle_is_found() {
    let pairs = |node: usize| vec![node ^ 1];
    let document = of_nodes(nodes(4, pairs).into());
    let expected =
        ["/rules/0/depends_on", "/rules/2/depends_on"].map(|pointer| (pointer.to_owned(), "cycle"));
    assert_eq!(faults(&document), expected);
    let details: Vec<String> = check(&document)
        .findings
        .into_iter()
        .map(|finding| finding.detail)
        .collect();
    assert!(details[0].ends_with("n0 → n1 → n0."), "{}", details[0]);
    assert!(details[1].ends_with("n2 → n3 → n2."), "{}", details[1]);
}

#[test]
fn what_hangs_on_a_cycle_is_not_named() {
    // 1 and 2 wait for each other; 3 waits for them, and they for 0.
    let sources = |node: usize| [vec![], vec![0, 2], vec![1], vec![2]][node].clone();
    let document = of_nodes(nodes(4, sources).into());
    assert_fault(
        &document,
        "/rules/1/depends_on",
        "cycle",
        &["circle: n1 → n2 → n1."],
    );
}

#[test]
fn a_cycle_hides_no_other_fault() {
    let mut list = nodes(2, |node| vec![1 - node]);
    list[1]["task_name"] = "payment.tasks.generate_invoce".into();
    let expected = [
        ("/rules/0/depends_on", "cycle"),
        ("/rules/1/task_name", "unknown_task"),
    ];
    assert_eq!(
        faults(&of_nodes(list.into())),
        expected.map(|(pointer, code)| (pointer.to_owned(), code))
    );
}
