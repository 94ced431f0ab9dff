//! Every rule in `examples/rules` is accepted, and each of its cases comes out as it says.

mod support;

use std::collections::BTreeSet;
use std::fs;

use rules::model::NodeKind;

use support::{COMPANY, TASKS, examples};

#[test]
fn every_case_comes_out_as_it_says() {
    for example in examples::all() {
        let plan = example.report.into_rule().unwrap().plan;
        assert!(!example.cases.is_empty(), "{} has cases", example.name);
        for (name, case) in &example.cases {
            let simulation = case.simulate(&TASKS, &plan, &COMPANY).unwrap();
            let differences = case.differences(&simulation);
            assert_eq!(
                differences,
                Vec::<String>::new(),
                "{}/{name}: {simulation:#?}",
                example.name
            );
        }
    }
}

#[test]
fn every_rule_is_accepted_with_the_warnings_that_are_meant() {
    for example in examples::all() {
        assert_eq!(example.report.findings, [], "{}", example.name);
        let warnings: Vec<(&str, &str)> = example
            .report
            .warnings
            .iter()
            .map(|warning| (warning.pointer.as_str(), warning.code))
            .collect();
        // A task that waits for nothing is what these are there to show, in the first one a condition too.
        let expected = match example.name.as_str() {
            "product-royalty" => vec![("/rules/3", "unused_condition"), ("/rules/4", "always_runs")],
            "marketplace-split" | "subscription-royalty" | "service" => {
                vec![("/rules/0", "always_runs")]
            }
            _ => Vec::new(),
        };
        assert_eq!(warnings, expected, "{}", example.name);
    }
}

#[test]
fn every_rule_says_what_people_look_for() {
    for example in examples::all() {
        let name = example.name;
        let document = example.report.into_rule().unwrap().document;
        assert_eq!(document.name, name, "a rule is named like its folder");
        assert_eq!(document.company_id, COMPANY.company_id, "{name}");
        assert!(document.description.ends_with('.'), "{name}");
        assert!(
            document.nodes.iter().all(|node| node.label.is_some()),
            "{name}: every node is labelled"
        );
        let drawn: BTreeSet<&str> = document.layout.keys().map(String::as_str).collect();
        let nodes: BTreeSet<&str> = document.nodes.iter().map(|node| node.id.as_str()).collect();
        assert_eq!(drawn, nodes, "{name}: the layout draws every node");
        let places: BTreeSet<String> = document.layout.values().map(ToString::to_string).collect();
        assert_eq!(places.len(), nodes.len(), "{name}: no node hides another");
        assert!(
            example.cases.iter().all(|(_, case)| case.description.is_some()),
            "{name}: cases say what they show"
        );
    }
}

#[test]
fn the_examples_show_every_task() {
    let mut shown = BTreeSet::new();
    for example in examples::all() {
        for node in example.report.into_rule().unwrap().document.nodes {
            if let NodeKind::Task(task) = node.kind {
                shown.extend(task.compensate.map(|undo| undo.task_name));
                shown.insert(task.task_name);
            }
        }
    }
    let all: BTreeSet<String> = TASKS.specs().map(|spec| spec.name.to_owned()).collect();
    assert_eq!(shown, all);
}

#[test]
fn the_read_me_lists_every_example() {
    let text = fs::read_to_string(examples::root().join("README.md")).unwrap();
    for example in examples::all() {
        assert!(text.contains(&format!("`{}`", example.name)), "{}", example.name);
    }
}
