//! Random rules of posting tasks, over few accounts, so that their nodes get in each other's way.

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::support::{Setup, task};

/// A node, as numbers: each is read in the way that fits, so that every gene makes a rule.
#[derive(Debug, Clone)]
struct Gene {
    kind: u8,
    amount: u8,
    accounts: (u8, u8),
    /// Earlier nodes, with the state that is asked for.
    edges: Vec<(u8, u8)>,
    join_any: bool,
    on_failure: u8,
    undone: u8,
}

fn gene() -> impl Strategy<Value = Gene> {
    let edges = prop::collection::vec(any::<(u8, u8)>(), 0..3);
    let choices = (any::<bool>(), any::<u8>(), any::<u8>());
    (any::<u8>(), any::<u8>(), any::<(u8, u8)>(), edges, choices).prop_map(
        |(kind, amount, accounts, edges, (join_any, on_failure, undone))| Gene {
            kind,
            amount,
            accounts,
            edges,
            join_any,
            on_failure,
            undone,
        },
    )
}

/// A rule of up to twelve nodes, with an event.
pub(super) fn setups() -> impl Strategy<Value = (Value, Value)> {
    let totals = prop::sample::select(vec![
        json!("120.00"),
        json!(0),
        json!("0.05"),
        json!("1e3"),
        Value::Null,
    ]);
    (prop::collection::vec(gene(), 1..12), totals).prop_map(|(genes, total)| {
        let nodes = genes.iter().enumerate().map(|(index, gene)| gene.node(index));
        (nodes.collect(), json!({"total": total, "word": "many"}))
    })
}

pub(super) fn setup((nodes, event): &(Value, Value)) -> Setup {
    Setup::new(nodes, event.clone())
}

const ACCOUNTS: [&str; 5] = ["purse", "purse:2", "bank", "shop", "revenue"];
const AMOUNTS: [&str; 8] = [
    "0.01",
    "1.00",
    "7.77",
    "50.00",
    "120.00",
    "$context.event.total",
    "$context.event.word",
    "10000000000000.00",
];

fn pick<'a>(from: &[&'a str], gene: u8) -> &'a str {
    from[usize::from(gene) % from.len()]
}

impl Gene {
    fn node(&self, index: usize) -> Value {
        let (name, parameters) = self.task(index);
        let mut node = task(&id(index), name, parameters, &[]);
        node["depends_on"] = self.edges(index);
        if self.join_any {
            node["join"] = "any".into();
        }
        match self.on_failure % 8 {
            0 => node["on_failure"] = "abort".into(),
            1 | 2 => node["on_failure"] = "continue".into(),
            _ => {}
        }
        match self.undone % 4 {
            0 => node["compensate"] = self.reversal(),
            1 => node["compensate"] = undoing("release_hold", json!({"hold_id": output(index, "hold_id")})),
            _ => {}
        }
        node
    }

    fn edges(&self, index: usize) -> Value {
        let mut sources: Vec<usize> = Vec::new();
        let mut edges = Vec::new();
        for (source, state) in self.edges.iter().filter(|_| index > 0) {
            let source = usize::from(*source) % index;
            if !sources.contains(&source) {
                sources.push(source);
                let state = pick(&["success", "success", "failure", "any"], *state);
                edges.push(json!({"node_id": id(source), "state": state}));
            }
        }
        edges.into()
    }

    fn task(&self, index: usize) -> (&'static str, Value) {
        let amount = pick(&AMOUNTS, self.amount);
        let (from, to) = (pick(&ACCOUNTS, self.accounts.0), pick(&ACCOUNTS, self.accounts.1));
        match self.kind % 11 {
            0 => ("generate_invoice", json!({"amount": amount})),
            1 => ("generate_royalty", json!({"amount": amount, "percent": "33.3"})),
            2 => (
                "split_payment",
                json!({"amount": amount, "from": from, "shares": [
                    {"account": to, "percent": "66.67"}, {"account": "rest", "percent": "33.33"},
                ]}),
            ),
            3 => (
                "convert_currency",
                json!({"from": "BRL", "to": "JPY", "rate": "27.5", "amount": amount, "account": from}),
            ),
            4 => ("hold", json!({"account": from, "to": to, "amount": amount})),
            5 => (
                "capture_hold",
                json!({"hold_id": self.earlier_hold(index), "amount": amount}),
            ),
            6 => ("release_hold", json!({"hold_id": self.earlier_hold(index)})),
            7 => ("post_transaction", named(transfer(from, to, amount), self.amount)),
            _ => ("post_transaction", transfer(from, to, amount)),
        }
    }

    /// The hold of a node that this one waits for, if that placed one.
    fn earlier_hold(&self, index: usize) -> String {
        let edges = self.edges(index);
        match edges.pointer("/0/node_id").and_then(Value::as_str) {
            Some(source) => format!("$context.nodes['{source}'].output.hold_id"),
            None => "$context.event.hold_id".to_owned(),
        }
    }

    fn reversal(&self) -> Value {
        let (from, to) = (pick(&ACCOUNTS, self.accounts.1), pick(&ACCOUNTS, self.accounts.0));
        undoing(
            "post_transaction",
            transfer(from, to, pick(&AMOUNTS, self.amount)),
        )
    }
}

fn id(index: usize) -> String {
    format!("n{index:02}")
}

fn output(index: usize, member: &str) -> String {
    format!("$context.nodes.{}.output.{member}", id(index))
}

fn undoing(name: &str, parameters: Value) -> Value {
    let mut undoing = json!({"task_name": format!("payment.tasks.{name}")});
    undoing["parameters"] = parameters;
    undoing
}

/// Purses may not be overdrawn.
fn transfer(from: &str, to: &str, amount: &str) -> Value {
    let entry = |account: &str, direction: &str| {
        let overdraft = !account.starts_with("purse");
        json!({"account": account, "direction": direction, "amount": amount, "overdraft": overdraft})
    };
    json!({"entries": [entry(from, "debit"), entry(to, "credit")]})
}

fn named(mut parameters: Value, gene: u8) -> Value {
    parameters["reference"] = pick(&["fee-1", "fee-2"], gene).into();
    parameters
}
