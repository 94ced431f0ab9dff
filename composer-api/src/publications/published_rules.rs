//! `GET /companies/{company_id}/published-rules`: all that events run now.

use api_types::{Publication, PublishedRule, PublishingCompany};
use poem_openapi::{ApiResponse, OpenApi, param::Path};
use service::{EntityTag, IfNoneMatch, Problem, RawJson};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;
use views::stored_json;

use crate::{Refused, endpoint::State, problems, tags::Chapter};

pub(super) struct PublishedRules(pub(super) State);

#[derive(ApiResponse)]
enum Answer {
    /// What is published.
    #[oai(status = 200)]
    Changed(
        RawJson<Publication>,
        /// The state, for `If-None-Match`.
        #[oai(header = "ETag")]
        String,
    ),
    /// It is what `If-None-Match` says.
    #[oai(status = 304)]
    Unchanged(
        /// The state, for `If-None-Match`.
        #[oai(header = "ETag")]
        String,
    ),
}

#[OpenApi(tag = "Chapter::Companies")]
impl PublishedRules {
    /// Read what a company has published
    ///
    /// For those who run it: every published version with its document, and the company, at one moment.
    #[oai(
        path = "/companies/:company_id/published-rules",
        method = "get",
        operation_id = "published_rules"
    )]
    async fn read(
        &self,
        company_id: Path<Uuid>,
        /// The `ETag` of the answer that is known.
        #[oai(name = "If-None-Match")]
        if_none_match: IfNoneMatch,
    ) -> Result<Answer, Refused<404>> {
        let found = self
            .0
            .store
            .published_rules(company_id.0)
            .await
            .map_err(problems::of_store)?;
        let publication = found.ok_or_else(|| problems::unknown_company(company_id.0))?;
        let revision = publication.revision;
        let body = stored_json::write(&shown(publication)?)?;
        let tag = tag_of(revision, body.text())?;
        if if_none_match.has(&tag) {
            return Ok(Answer::Unchanged(tag.to_string()));
        }
        Ok(Answer::Changed(body, tag.to_string()))
    }
}

/// The revision alone does not tell: in another database, the same revision is something else.
fn tag_of(revision: u64, body: &[u8]) -> Result<EntityTag, Problem> {
    let digest = hex::encode(Sha256::digest(body));
    let tag = EntityTag::opaque(format!("{revision}-{}", digest.get(..16).unwrap_or(&digest)));
    tag.ok_or_else(|| Problem::internal("a revision and a digest do not make a tag"))
}

fn shown(publication: store::Publication) -> Result<Publication, Problem> {
    let company = publication.company;
    Ok(Publication {
        company: PublishingCompany {
            company_id: company.company_id,
            name: company.name,
            plan: company.plan,
            region: company.region,
            currency: company.currency.code().to_owned(),
        },
        rules: publication
            .rules
            .into_iter()
            .map(rule)
            .collect::<Result<_, _>>()?,
        revision: publication.revision,
    })
}

fn rule(published: store::PublishedRule) -> Result<PublishedRule, Problem> {
    let store::PublishedRule {
        rule_id,
        name,
        version,
        document,
    } = published;
    let document = stored_json::object(document, || format!("rule {rule_id} version {version}"))?;
    Ok(PublishedRule {
        rule_id,
        name,
        version,
        document,
    })
}
