//! `moneyflow rules simulate`: what a rule would do with an event, on an empty ledger.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};
use service::{Clock as _, Ids as _, SystemClock, SystemIds};
use tasks::{RunSubject, Simulation, Tasks, simulate};

use crate::commands::files;
use crate::output::{Failed, remark, say, say_json};

pub(crate) fn run(file: &Path, event: &Path, json: bool) -> anyhow::Result<()> {
    let tasks = Tasks::built_in().map_err(anyhow::Error::msg)?;
    let document = files::read_json(file)?;
    let event = files::read_json(event)?;
    let rule = match rules::check(&document, &tasks).into_rule() {
        Ok(rule) => rule,
        Err(findings) => {
            for finding in findings {
                remark(format!(
                    "{}: {}: {} [{}]",
                    file.display(),
                    finding.pointer,
                    finding.detail,
                    finding.code
                ));
            }
            return Err(Failed.into());
        }
    };
    let company = super::company(rule.document.company_id)?;
    let subject = RunSubject {
        plan: &rule.plan,
        event: &event,
        company: &company,
        run_id: SystemIds.next(),
        rule_id: SystemIds.next(),
        rule_version: 1,
        accepted_at: SystemClock.now(),
    };
    let simulation = simulate(&tasks, subject, &BTreeMap::new(), &mut || SystemIds.next())?;
    if json {
        say_json(&as_json(&simulation));
    } else {
        tell(&simulation);
    }
    Ok(())
}

fn as_json(simulation: &Simulation) -> Value {
    json!({
        "status": simulation.status,
        "error": simulation.error,
        "nodes": simulation.nodes,
        "transactions": simulation.transactions,
        "events": simulation.events,
    })
}

fn tell(simulation: &Simulation) {
    let text = |value: &Value, name: &str| {
        value
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    say(format!("status: {}", simulation.status));
    if !simulation.error.is_null() {
        say(format!(
            "reason: {} at {}",
            text(&simulation.error, "message"),
            text(&simulation.error, "node_id")
        ));
    }
    for (node_id, node) in simulation.nodes.as_object().into_iter().flatten() {
        say(format!("node    {node_id}: {}", text(node, "state")));
    }
    for transaction in &simulation.transactions {
        for entry in transaction
            .get("entries")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            say(format!(
                "entry   {} {} {} {}",
                text(entry, "direction"),
                text(entry, "account"),
                text(entry, "amount"),
                text(entry, "currency")
            ));
        }
    }
    for event in &simulation.events {
        say(format!("event   {}", text(event, "type")));
    }
}
