//! Every task of every example fails once, and every step is taken twice: the books stay balanced, what failed leaves
//! nothing, and the run ends as the language says.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

mod support;

use std::collections::BTreeSet;

use ledger::Money;
use rules::model::{Document, EdgeState, NodeKind, OnFailure};
use rules::{Context, Execution, Plan, Progress, TaskOutcome};
use serde_json::{Map, Value, json};
use tasks::example::{ACCEPTED_AT, Case};
use tasks::{Simulation, TaskContext};
use uuid::Uuid;

use support::seen::sides;
use support::{COMPANY, TASKS, examples, failure};

/// A case of an example, with one more task made to fail.
struct Fault<'e> {
    /// Where it is, for the one who reads a failed test.
    place: String,
    document: &'e Document,
    failing: &'e str,
    before: Simulation,
    after: Simulation,
}

/// Runs every case of every example once for each of its tasks, which is made to fail.
fn for_each_fault(mut examine: impl FnMut(&Fault<'_>)) {
    for example in examples::all() {
        let rule = example.report.into_rule().unwrap();
        for (name, case) in &example.cases {
            let tasks = rule
                .document
                .nodes
                .iter()
                .filter(|node| matches!(node.kind, NodeKind::Task(_)));
            for node in tasks {
                let before = case.simulate(&TASKS, &rule.plan, &COMPANY).unwrap();
                let after = with_failure(case, &node.id)
                    .simulate(&TASKS, &rule.plan, &COMPANY)
                    .unwrap();
                examine(&Fault {
                    place: format!("{}/{name}, `{}` failing", example.name, node.id),
                    document: &rule.document,
                    failing: &node.id,
                    before,
                    after,
                });
            }
        }
    }
}

fn with_failure(case: &Case, node_id: &str) -> Case {
    let mut case = case.clone();
    case.task_results.insert(node_id.to_owned(), failure("forced"));
    case
}

fn state<'s>(simulation: &'s Simulation, node_id: &str) -> &'s str {
    simulation.nodes[node_id]["state"].as_str().unwrap()
}

#[test]
fn the_books_stay_balanced() {
    for_each_fault(|fault| {
        for transaction in &fault.after.transactions {
            let entries = transaction["entries"].as_array().unwrap();
            let entries = entries.iter().map(|entry| {
                let currency = entry["currency"].as_str().unwrap().parse().unwrap();
                let amount = Money::from_json(&entry["amount"], currency).unwrap();
                (entry["direction"].as_str().unwrap(), amount)
            });
            for (currency, [debits, credits]) in sides(entries) {
                assert_eq!(debits, credits, "{} in {currency}", fault.place);
            }
        }
    });
}

#[test]
fn what_failed_leaves_nothing() {
    for_each_fault(|fault| {
        let done = [&fault.after.transactions, &fault.after.events];
        for effect in done.into_iter().flatten() {
            let node_id = effect["node_id"].as_str().unwrap();
            assert_eq!(
                state(&fault.after, node_id),
                "success",
                "{}: {effect}",
                fault.place
            );
        }
    });
}

#[test]
fn only_what_waits_for_the_failed_node_changes() {
    for_each_fault(|fault| {
        // An abort that fails no longer ends the run, and skipped nodes come to life.
        if fault.before.status == "aborted" {
            return;
        }
        let affected = waiting_for(fault.document, fault.failing);
        for node in &fault.document.nodes {
            let (before, after) = (state(&fault.before, &node.id), state(&fault.after, &node.id));
            if node.id == fault.failing {
                let expected = if before == "skipped" { "skipped" } else { "failure" };
                assert_eq!(after, expected, "{}", fault.place);
            } else if !affected.contains(node.id.as_str()) {
                assert_eq!(before, after, "{}: {}", fault.place, node.id);
            }
        }
    });
}

/// The nodes that wait for a node, directly or through others.
fn waiting_for<'d>(document: &'d Document, node_id: &str) -> BTreeSet<&'d str> {
    let mut found = BTreeSet::new();
    for _ in &document.nodes {
        for node in &document.nodes {
            let mut sources = node.depends_on.iter().map(|edge| edge.node_id.as_str());
            if sources.any(|source| source == node_id || found.contains(source)) {
                found.insert(node.id.as_str());
            }
        }
    }
    found
}

#[test]
fn the_run_ends_as_its_nodes_say() {
    let mut ends = BTreeSet::new();
    for_each_fault(|fault| {
        assert_eq!(
            fault.after.status,
            end(fault.document, &fault.after),
            "{}: {:#}",
            fault.place,
            fault.after.nodes
        );
        ends.insert(fault.after.status);
    });
    let all = BTreeSet::from(["aborted", "failed", "ignored", "succeeded"]);
    assert_eq!(ends, all, "the examples show every way to end");
}

/// How a run ends, told from the states of its nodes alone.
fn end(document: &Document, simulation: &Simulation) -> &'static str {
    if simulation.status == "ignored" {
        return "ignored";
    }
    let states = document
        .nodes
        .iter()
        .map(|node| (node, state(simulation, &node.id)));
    let mut unhandled = false;
    for (node, state) in states {
        let asked = match (&node.kind, state) {
            (NodeKind::Task(task), "success") if task.task_name == "payment.tasks.abort_flow" => {
                return "aborted";
            }
            (NodeKind::Task(task), "failure") if task.on_failure == OnFailure::Abort => return "aborted",
            (NodeKind::Task(task), "failure") if task.on_failure == OnFailure::Fail => EdgeState::Failure,
            (NodeKind::Condition(_), "error") => EdgeState::Error,
            _ => continue,
        };
        unhandled |= !is_handled(document, simulation, &node.id, asked);
    }
    if unhandled { "failed" } else { "succeeded" }
}

/// Whether a node that asks for this state of that node ran.
fn is_handled(document: &Document, simulation: &Simulation, node_id: &str, asked: EdgeState) -> bool {
    let mut handlers = document.nodes.iter().filter(|node| {
        let mut edges = node.depends_on.iter();
        edges.any(|edge| edge.node_id == node_id && edge.state == asked)
    });
    handlers.any(|handler| state(simulation, &handler.id) != "skipped")
}

#[test]
fn what_succeeded_is_undone_if_the_run_ends_badly() {
    let mut undone = 0;
    for_each_fault(|fault| {
        let ended_badly = matches!(fault.after.status, "failed" | "aborted");
        for node in &fault.document.nodes {
            let NodeKind::Task(task) = &node.kind else {
                continue;
            };
            let succeeded = state(&fault.after, &node.id) == "success";
            let expected = ended_badly && succeeded && task.compensate.is_some();
            let compensation = &fault.after.nodes[&node.id]["compensation"];
            assert_eq!(compensation.is_object(), expected, "{}: {}", fault.place, node.id);
            if expected {
                assert_eq!(compensation["state"], "succeeded", "{}", fault.place);
                undone += 1;
            }
        }
    });
    assert!(undone > 5, "the examples show compensations: {undone}");
}

/// Each step of each faulty run is taken twice, the first time on a copy that is thrown away, as after a crash.
#[test]
fn a_step_that_is_taken_again_comes_out_the_same() {
    for example in examples::all() {
        let rule = example.report.into_rule().unwrap();
        for (name, case) in &example.cases {
            for node in &rule.document.nodes {
                let case = with_failure(case, &node.id);
                assert_eq!(
                    case.simulate(&TASKS, &rule.plan, &COMPANY),
                    case.simulate(&TASKS, &rule.plan, &COMPANY),
                    "{}/{name}",
                    example.name
                );
                step_twice(&rule.plan, &case);
            }
        }
    }
}

fn step_twice(plan: &Plan, case: &Case) {
    let (company, run) = (COMPANY.to_json(), json!({}));
    let context = Context {
        event: &case.event,
        company: &company,
        run: &run,
    };
    let mut execution = Execution::new(plan);
    for _ in 0..=plan.len() {
        let mut thrown_away = execution.clone();
        let progress = thrown_away.advance(&context);
        assert_eq!(execution.advance(&context), progress);
        assert_eq!(execution.records(), thrown_away.records());
        let Progress::Task(call) = progress else {
            assert_eq!(progress, Progress::Ended);
            return;
        };
        let outcome = if case.task_results.contains_key(call.node_id) {
            decided(Err("forced"))
        } else {
            decide_twice(&call, &case.event)
        };
        let mut thrown_away = execution.clone();
        thrown_away.settle(call.position, outcome.clone());
        execution.settle(call.position, outcome.clone());
        assert_eq!(execution.records(), thrown_away.records());
        execution.settle(call.position, decided(Err("late")));
        assert_eq!(
            execution.records(),
            thrown_away.records(),
            "what has settled stays as it is"
        );
    }
    panic!("a run takes at most as many steps as it has nodes");
}

fn decide_twice(call: &rules::TaskCall<'_>, event: &Value) -> TaskOutcome {
    let task = TASKS.get(call.task).unwrap();
    let context = TaskContext {
        event,
        currency: COMPANY.currency,
        accepted_at: ACCEPTED_AT,
        new_id: Uuid::from_u128(9),
    };
    let decision = task.decide(&call.input, &context);
    assert_eq!(task.decide(&call.input, &context), decision, "{}", call.node_id);
    decided(
        decision
            .map(|decision| decision.output)
            .map_err(|error| error.code),
    )
}

fn decided(decision: Result<Map<String, Value>, &str>) -> TaskOutcome {
    match decision {
        Ok(output) => TaskOutcome::Success(output.into()),
        Err(code) => TaskOutcome::Failure(rules::NodeError {
            code: code.to_owned(),
            message: String::new(),
        }),
    }
}
