//! A publication, compiled.

use std::sync::Arc;

use queue::{AcceptedRun, CompanySnapshot, Partition, partition_of};
use rules::{Plan, Verdict};
use serde_json::Value;
use service::Ids;
use tasks::{Company, Tasks};
use uuid::Uuid;

use crate::answer::PinnedRule;
use crate::source::{Publication, PublishedRule};

/// A company with its published rules, ready to be asked which of them an event is for.
#[derive(Debug)]
pub(crate) struct CompanyRules {
    pub(crate) company: CompanySnapshot,
    pub(crate) partition: Partition,
    /// As `$context.company` shows it.
    context: Value,
    rules: Vec<CompiledRule>,
    /// What is answered where an event is for all of them: most companies have one rule.
    all: Arc<[PinnedRule]>,
}

#[derive(Debug)]
struct CompiledRule {
    pinned: PinnedRule,
    name: String,
    plan: Plan,
}

/// The rules that an event is for.
#[derive(Debug)]
pub(crate) struct Matched {
    pub(crate) runs: Vec<AcceptedRun>,
    pub(crate) pinned: Arc<[PinnedRule]>,
}

/// Why a publication is of no use here: another version of this program wrote it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CompileError {
    #[error("the company's currency is not one: {0}")]
    Currency(#[from] ledger::CurrencyError),
    #[error("rule `{name}`, version {version}, does not compile: {reason}")]
    Rule {
        name: String,
        version: u32,
        reason: String,
    },
}

impl CompanyRules {
    /// Compiles a publication. Time is linear in its size.
    pub(crate) fn compile(publication: Publication, tasks: &Tasks) -> Result<Self, CompileError> {
        let Publication { company, rules, .. } = publication;
        let context = context_of(&company)?;
        let compiled: Result<Vec<_>, _> = rules
            .into_iter()
            .map(|rule| CompiledRule::of(rule, tasks))
            .collect();
        let rules = compiled?;
        Ok(Self {
            partition: partition_of(company.company_id.as_bytes()),
            all: rules.iter().map(|rule| rule.pinned).collect(),
            company,
            context,
            rules,
        })
    }

    /// Whether the company has published nothing.
    pub(crate) fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// The rules that the event is for, each with a run. A `when` that errors starts its run, which will end
    /// `failed`: so the error is seen and not swallowed.
    pub(crate) fn matching(&self, event: &Value, ids: &dyn Ids) -> Matched {
        let is_for = |rule: &&CompiledRule| rule.plan.when(event, &self.context).verdict != Verdict::Fails;
        let rules: Vec<&CompiledRule> = self.rules.iter().filter(is_for).collect();
        let pinned = if rules.len() == self.rules.len() {
            Arc::clone(&self.all)
        } else {
            rules.iter().map(|rule| rule.pinned).collect()
        };
        let runs = rules.into_iter().map(|rule| rule.run(ids.next())).collect();
        Matched { runs, pinned }
    }
}

impl CompiledRule {
    fn of(rule: PublishedRule, tasks: &Tasks) -> Result<Self, CompileError> {
        let PublishedRule {
            rule_id,
            name,
            version,
            document,
        } = rule;
        match rules::check(&document, tasks).into_rule() {
            Ok(checked) => Ok(Self {
                pinned: PinnedRule { rule_id, version },
                name,
                plan: checked.plan,
            }),
            Err(findings) => {
                let first = findings
                    .first()
                    .map(|finding| format!("{}: {}", finding.pointer, finding.detail));
                let reason = first.unwrap_or_default();
                Err(CompileError::Rule {
                    name,
                    version,
                    reason,
                })
            }
        }
    }

    fn run(&self, run_id: Uuid) -> AcceptedRun {
        AcceptedRun {
            run_id,
            rule_id: self.pinned.rule_id,
            rule_name: self.name.clone(),
            version: self.pinned.version,
        }
    }
}

fn context_of(company: &CompanySnapshot) -> Result<Value, CompileError> {
    let company = Company {
        company_id: company.company_id,
        name: company.name.clone(),
        plan: company.plan.clone(),
        region: company.region.clone(),
        currency: company.currency.parse()?,
    };
    Ok(company.to_json())
}
