//! The companies, their rules and their events; what must come of them, worked out without the program.

use std::collections::BTreeMap;

use serde_json::{Value, json};

/// Every company has these: every event runs both.
pub const RULES: [&str; 2] = ["default", "second"];

/// The companies: their ids fall into six partitions, so that every worker has some.
pub const COMPANIES: [&str; 6] = [
    "00000000-0000-7000-8000-000000000001",
    "00000000-0000-7000-8000-000000000002",
    "00000000-0000-7000-8000-000000000003",
    "00000000-0000-7000-8000-000000000004",
    "00000000-0000-7000-8000-000000000005",
    "00000000-0000-7000-8000-000000000006",
];

/// One event in so many is no product.
const SERVICE_EVERY: u64 = 7;

/// A payment event, by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Event {
    /// Its number in the whole test, from 0.
    pub number: u64,
    /// Its company.
    pub company_id: &'static str,
}

impl Event {
    /// The event of a number: the companies take turns.
    pub fn new(number: u64) -> Self {
        let nth = usize::try_from(number).unwrap_or(usize::MAX) % COMPANIES.len();
        Self {
            number,
            company_id: COMPANIES.get(nth).copied().unwrap_or_default(),
        }
    }

    /// Its id.
    pub fn id(self) -> String {
        format!("event-{}", self.number)
    }

    /// Whether it pays for a product: then the rules make an invoice; else they abort.
    pub fn is_product(self) -> bool {
        !self.number.is_multiple_of(SERVICE_EVERY)
    }

    /// What it pays, in cents: so that a tenth of it is whole cents too.
    pub fn total_cents(self) -> u64 {
        10 * (self.number % 1_000 + 1)
    }

    /// As it is sent.
    pub fn body(self) -> String {
        let payment_type = if self.is_product() { "product" } else { "service" };
        let (whole, cents) = (self.total_cents() / 100, self.total_cents() % 100);
        json!({"company_id": self.company_id, "event_id": self.id(), "payment_type": payment_type,
               "total": format!("{whole}.{cents:02}"), "product": {"id": "p-1", "type": "book"}})
        .to_string()
    }
}

/// A rule: an invoice for products, an abort for all else, a royalty of a tenth in any case. The royalty's ledger
/// transaction has the event's id in its metadata, as `order`.
pub fn rule(company_id: &str, name: &str) -> Value {
    json!({"company_id": company_id, "name": name, "rules": [
        {"node_type": "condition", "node_id": "is-product",
         "expect": [{"field": "$context.event.payment_type", "operator": "eq", "value": ["product"]}]},
        {"node_type": "task", "node_id": "abort", "task_name": "payment.tasks.abort_flow",
         "depends_on": [{"node_id": "is-product", "state": "failure"}], "parameters": null},
        {"node_type": "task", "node_id": "invoice", "task_name": "payment.tasks.generate_invoice",
         "depends_on": [{"node_id": "is-product", "state": "success"}], "parameters": null},
        {"node_type": "task", "node_id": "royalty", "task_name": "payment.tasks.generate_royalty",
         "parameters": {"order": "$context.event.event_id"}},
    ]})
}

/// How every run of an event ends.
pub fn status(event: Event) -> &'static str {
    if event.is_product() {
        "succeeded"
    } else {
        "aborted"
    }
}

/// What a company's accounts hold once these events have run, in cents, and how many invoices were announced.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Expected {
    /// By account.
    pub balances_cents: BTreeMap<&'static str, u64>,
    /// How many events `invoice.generated` there are.
    pub invoices: u64,
}

/// What must have come of a company's events.
pub fn expected(events: impl Iterator<Item = Event>) -> Expected {
    let rules = RULES.iter().map(|_| 1).sum::<u64>();
    let mut expected = Expected::default();
    for event in events {
        let mut add = |account: &'static str, cents: u64| {
            *expected.balances_cents.entry(account).or_default() += rules * cents;
        };
        let royalty = event.total_cents() / 10;
        add("royalty_expense", royalty);
        add("royalties_payable", royalty);
        if event.is_product() {
            add("receivables", event.total_cents());
            add("revenue", event.total_cents());
            expected.invoices += rules;
        }
    }
    expected
}
