//! What companies have published: for those who run it.

mod published_rules;
mod stream;

use poem_openapi::OpenApi;
use uuid::Uuid;

use crate::{Published, endpoint::State};

/// The operations for those who run what is published.
pub(crate) fn api(state: &State) -> impl OpenApi + use<> {
    (
        published_rules::PublishedRules(state.clone()),
        stream::PublicationStream(state.clone()),
    )
}

/// Tells everyone who listens that a company's publication changed.
pub(crate) async fn announce(state: &State, company_id: Uuid) {
    match state.store.published_rules(company_id).await {
        Ok(Some(publication)) => state.notices.announce(Published {
            company_id,
            revision: publication.revision,
        }),
        Ok(None) => {}
        Err(error) => {
            tracing::warn!(%company_id, %error, "listeners are cut off: the new revision cannot be read");
            state.notices.interrupt();
        }
    }
}
