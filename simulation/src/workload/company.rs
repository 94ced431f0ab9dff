//! A company, as the router knows it when it accepts an event.

use queue::{CompanySnapshot, Partition, partition_of};
use service::{Clock, Ids};
use store::{Companies, CreateCompany, Rules, SaveRule, UnknownCompany};
use uuid::Uuid;

use super::{Maker, rules as documents};

/// A company that is stored, with its rules.
#[derive(Debug, Clone)]
pub(crate) struct Company {
    /// The company as events carry it.
    pub(crate) snapshot: CompanySnapshot,
    /// Its rules.
    pub(crate) rules: Vec<PinnedVersion>,
}

/// A version of a rule that events are pinned to.
#[derive(Debug, Clone)]
pub(crate) struct PinnedVersion {
    /// The rule.
    pub(crate) rule_id: Uuid,
    /// Its name.
    pub(crate) name: String,
    /// The version.
    pub(crate) version: u32,
}

impl Company {
    pub(super) async fn make(maker: &Maker<'_>, partition: Option<Partition>) -> Result<Self, String> {
        let mut ids = std::iter::repeat_with(|| maker.ids.next());
        let fits = |id: &Uuid| partition.is_none_or(|partition| partition_of(id.as_bytes()) == partition);
        let company_id = ids.find(fits).unwrap_or(Uuid::nil());
        let snapshot = CompanySnapshot {
            company_id,
            name: "Editora".to_owned(),
            plan: Some("pro".to_owned()),
            region: None,
            currency: "BRL".to_owned(),
        };
        create(maker, &snapshot).await?;
        let mut company = Self {
            snapshot,
            rules: Vec::new(),
        };
        for (name, nodes) in documents::all() {
            company.save(maker, name, &nodes).await?;
        }
        Ok(company)
    }

    /// Its id.
    pub(crate) fn id(&self) -> Uuid {
        self.snapshot.company_id
    }

    /// Where its events stand in line.
    pub(crate) fn partition(&self) -> Partition {
        partition_of(self.id().as_bytes())
    }

    async fn save(&mut self, maker: &Maker<'_>, name: &str, nodes: &serde_json::Value) -> Result<(), String> {
        let document = serde_json::json!({"company_id": self.id().to_string(), "rules": nodes}).to_string();
        let save = SaveRule {
            new_rule_id: maker.ids.next(),
            company_id: self.id(),
            unknown_company: UnknownCompany::Refuse,
            name: name.to_owned(),
            document,
            warnings: "[]".to_owned(),
            publish: true,
            expected_version: None,
            now: maker.clock.now(),
        };
        let saved = maker
            .store
            .save_rule(save)
            .await
            .map_err(|error| error.to_string())?;
        self.rules.push(PinnedVersion {
            rule_id: saved.rule.id,
            name: name.to_owned(),
            version: saved.version.version,
        });
        Ok(())
    }
}

async fn create(maker: &Maker<'_>, snapshot: &CompanySnapshot) -> Result<(), String> {
    let company = CreateCompany {
        company_id: snapshot.company_id,
        name: snapshot.name.clone(),
        plan: snapshot.plan.clone(),
        region: snapshot.region.clone(),
        currency: snapshot.currency.parse().map_err(|error| format!("{error}"))?,
        created_at: maker.clock.now(),
    };
    let created = maker.store.create_company(company).await;
    created.map_err(|error| error.to_string())
}
