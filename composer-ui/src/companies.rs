//! Which company the pages are about: the one that the address names, else the last one, else the first.

use api_types::Company;
use leptos::{prelude::*, task::spawn_local};

use crate::{
    api::{self, ApiError},
    navigation::{Navigation, navigation},
    storage,
};

const LAST: &str = "company";

/// What there is to show a page for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Standing {
    /// This company.
    Chosen(String),
    /// That is not known yet.
    Loading,
    /// There is no company yet.
    Nobody,
    /// The companies could not be read.
    Failed(ApiError),
}

/// The companies that there are.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Companies {
    known: RwSignal<Option<Result<Vec<Company>, ApiError>>>,
    navigation: Navigation,
}

impl Companies {
    /// Asks for them, and keeps the address naming one of them.
    pub(crate) fn start() -> Self {
        let companies = Self {
            known: RwSignal::new(None),
            navigation: navigation(),
        };
        companies.reload();
        Effect::new(move |_| companies.settle());
        companies
    }

    /// Asks anew.
    pub(crate) fn reload(self) {
        self.known.set(None);
        spawn_local(async move { self.known.set(Some(all().await)) });
    }

    /// All, for the switch.
    pub(crate) fn all(self) -> Vec<Company> {
        self.known.with(|known| match known {
            Some(Ok(companies)) => companies.clone(),
            _ => Vec::new(),
        })
    }

    /// The id of the one that the pages are about. The address is believed before the list has come.
    pub(crate) fn chosen(self) -> Option<String> {
        self.navigation.company()
    }

    /// What there is to show a page for.
    pub(crate) fn standing(self) -> Standing {
        let chosen = self.chosen();
        self.known.with(|known| match (known, chosen) {
            (Some(Ok(companies)), _) if companies.is_empty() => Standing::Nobody,
            // Another one is named in a moment.
            (Some(Ok(companies)), Some(id)) if !has(companies, &id) => Standing::Loading,
            (_, Some(id)) => Standing::Chosen(id),
            (Some(Err(error)), None) => Standing::Failed(error.clone()),
            (Some(Ok(_)) | None, None) => Standing::Loading,
        })
    }

    /// Turns to the one that what is shown belongs to, whichever the address named. Its name, if that was another one.
    pub(crate) fn turn_to(self, id: &str) -> Option<String> {
        let all = self.all();
        let it = all.iter().find(|company| company.company_id.to_string() == id)?;
        if self.navigation.company_untracked().as_deref() == Some(id) {
            return None;
        }
        self.navigation.name_company(id);
        Some(it.name.clone())
    }

    /// Adds one that was just made, and goes to it.
    pub(crate) fn add(self, company: Company) {
        let id = company.company_id.to_string();
        self.known.update(|known| match known {
            Some(Ok(companies)) => companies.push(company),
            other => *other = Some(Ok(vec![company])),
        });
        self.navigation.name_company(&id);
    }

    /// Names a company in an address that names none that there is, and remembers the one that it names.
    fn settle(self) {
        let all = self.all();
        if let Some(chosen) = self.chosen()
            && (all.is_empty() || has(&all, &chosen))
        {
            storage::write(LAST, &chosen);
            return;
        }
        let last = storage::read(LAST);
        let known = all
            .iter()
            .find(|company| Some(company.company_id.to_string()) == last);
        // They come newest first; the first one is where somebody began.
        if let Some(company) = known.or(all.last()) {
            self.navigation.name_company(&company.company_id.to_string());
        }
    }
}

/// The companies.
pub(crate) fn companies() -> Companies {
    expect_context()
}

fn has(companies: &[Company], id: &str) -> bool {
    companies
        .iter()
        .any(|company| company.company_id.to_string() == id)
}

/// Part by part, as many as there are.
async fn all() -> Result<Vec<Company>, ApiError> {
    let (mut companies, mut cursor) = (Vec::new(), None::<String>);
    loop {
        let page = api::companies(cursor.as_deref()).await?;
        companies.extend(page.items);
        cursor = page.next_cursor;
        if cursor.is_none() {
            return Ok(companies);
        }
    }
}
