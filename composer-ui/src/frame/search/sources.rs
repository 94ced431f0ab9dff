//! Where what can be found comes from: this program, lists that are read once, and the API for ids.

use std::time::Duration;

use api_types::{Page as Part, Run};
use leptos::{leptos_dom::helpers::debounce, prelude::*, task::spawn_local};
use uuid::Uuid;

use super::found::{Group, Target};
use crate::{
    api::{self, ApiError, ListRequest, money},
    companies::companies,
    formats::amount,
    query::encoded,
    routes::{Page, RAIL},
    words::{Language, Words, language, words},
};

/// How long somebody is taken to be typing still.
const TYPING: Duration = Duration::from_millis(200);
/// How many runs of an event are shown; all of them are a page.
const RUNS: usize = 4;

/// How many parts of a list are read: 1,000 lines.
const PARTS: usize = 10;

/// What can be found.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known {
    /// Pages at once, rules, tasks and accounts as they come. Without them the search finds the others all the same.
    named: RwSignal<Vec<Target>>,
    lists: RwSignal<Lists>,
    of_id: RwSignal<OfId>,
}

/// How the lists are coming.
#[derive(Debug, Clone, Default)]
struct Lists {
    /// So many are on their way.
    awaited: usize,
    /// Why one did not come.
    fault: Option<ApiError>,
}

/// What has the id that was typed last.
#[derive(Debug, Clone)]
enum OfId {
    Asked,
    Found(Vec<Target>),
    Failed(ApiError),
}

/// Whether more may still be found.
pub(super) enum Progress {
    /// More is on its way.
    Asking,
    /// This is all.
    Done,
    /// Something could not be looked through.
    Failed(ApiError),
}

impl Known {
    pub(super) fn load() -> Self {
        let words = words();
        let known = Self {
            named: RwSignal::new(pages(words)),
            lists: RwSignal::default(),
            of_id: RwSignal::new(OfId::Found(Vec::new())),
        };
        let company = companies().chosen();
        let request = ListRequest::default().only("company_id", company.as_deref().unwrap_or_default());
        let of_company = request.clone();
        known.load_list(async move { known.add_rules(&request, words).await });
        known.load_list(async move {
            known.add(tasks(words).await?);
            Ok(())
        });
        // Accounts are some company's; until there is one, there are none.
        if company.is_some() {
            known.load_list(async move { known.add_accounts(&of_company, words).await });
        }
        known
    }

    /// Looks at all of it.
    pub(super) fn with<R>(self, look: impl FnOnce(&[Target]) -> R) -> R {
        let all = self.named.with(|named| {
            self.of_id.with(|of_id| match of_id {
                OfId::Found(found) => [named.as_slice(), found].concat(),
                OfId::Asked | OfId::Failed(_) => named.clone(),
            })
        });
        look(&all)
    }

    /// Whether more may still be found.
    pub(super) fn progress(self) -> Progress {
        let (is_awaited, fault) = self.lists.with(|lists| (lists.awaited > 0, lists.fault.clone()));
        self.of_id.with(|of_id| match (of_id, fault) {
            (OfId::Failed(error), _) => Progress::Failed(error.clone()),
            (_, Some(error)) => Progress::Failed(error),
            (OfId::Asked, None) => Progress::Asking,
            (OfId::Found(_), None) if is_awaited => Progress::Asking,
            (OfId::Found(_), None) => Progress::Done,
        })
    }

    fn load_list(self, list: impl Future<Output = Result<(), ApiError>> + 'static) {
        self.lists.update(|lists| lists.awaited += 1);
        spawn_local(async move {
            let fault = list.await.err();
            // The search may be closed by now.
            let _ = self.lists.try_update(|lists| {
                lists.awaited -= 1;
                lists.fault = lists.fault.take().or(fault);
            });
        });
    }

    /// Adds what is not known yet. Whether the search is still open.
    fn add(self, targets: Vec<Target>) -> bool {
        let added = self.named.try_update(|named| {
            for target in targets {
                if !named.iter().any(|known| known.url == target.url) {
                    named.push(target);
                }
            }
        });
        added.is_some()
    }

    /// Adds a list part by part.
    async fn add_all<T>(
        self,
        list: impl AsyncFn(Option<&str>) -> Result<Part<T>, ApiError>,
        target: impl Fn(T) -> Target,
    ) -> Result<(), ApiError> {
        let mut cursor = None;
        for _ in 0..PARTS {
            let part = list(cursor.as_deref()).await?;
            let is_open = self.add(part.items.into_iter().map(&target).collect());
            cursor = part.next_cursor.filter(|_| is_open);
            if cursor.is_none() {
                break;
            }
        }
        Ok(())
    }

    async fn add_rules(self, request: &ListRequest, words: &Words) -> Result<(), ApiError> {
        let target = |rule: api_types::Rule| Target {
            group: Group::Rules,
            title: rule.name,
            remark: (words.rules.statuses)(rule.status).to_owned(),
            id: rule.id.to_string(),
            url: Page::Rule(rule.id.to_string()).path(),
        };
        self.add_all(async |cursor| api::rules(request, cursor).await, target)
            .await
    }

    /// The accounts by their codes: those of one code have one page.
    async fn add_accounts(self, request: &ListRequest, words: &Words) -> Result<(), ApiError> {
        let target = |balance: api_types::Balance| Target {
            group: Group::Accounts,
            url: Page::Account(balance.account.clone()).path(),
            title: balance.account,
            remark: (words.ledger.kinds)(balance.kind.name()).to_owned(),
            id: String::new(),
        };
        self.add_all(async |cursor| api::balances(request, cursor).await, target)
            .await
    }
}

fn pages(words: &Words) -> Vec<Target> {
    let page = |entry: &crate::routes::RailEntry| Target {
        group: Group::Pages,
        title: (entry.label)(words).to_owned(),
        remark: String::new(),
        id: String::new(),
        url: entry.page.path(),
    };
    RAIL.iter().map(page).collect()
}

async fn tasks(words: &'static Words) -> Result<Vec<Target>, ApiError> {
    let tasks = words.tasks.translated(api::tasks().await?);
    let target = |task: api_types::Task| Target {
        group: Group::Tasks,
        title: task.title,
        remark: String::new(),
        id: task.name.clone(),
        url: Page::Tasks(Some(task.name)).path(),
    };
    Ok(tasks.into_iter().map(target).collect())
}

/// Asks for what has the id that is typed, whenever there was a pause.
pub(super) fn follow_ids(text: RwSignal<String>, known: Known) {
    // Looked up here: what answers comes when nobody stands on the page any more.
    let (words, language) = (words(), language());
    let company = StoredValue::new(companies().chosen().unwrap_or_default());
    let mut ask = debounce(TYPING, move |typed: String| {
        let Some(company) = company.try_get_value() else {
            return;
        };
        spawn_local(async move {
            let found = match of_id(&typed, &company, known, (words, language)).await {
                Ok(found) => OfId::Found(found),
                Err(error) => OfId::Failed(error),
            };
            // Something else may have been typed meanwhile, and the search be closed.
            if text.try_get_untracked().is_some_and(|now| now.trim() == typed) {
                known.of_id.set(found);
            }
        });
    });
    Effect::new(move |_| {
        let typed = text.with(|text| text.trim().to_owned());
        if typed.is_empty() {
            known.of_id.set(OfId::Found(Vec::new()));
        } else {
            known.of_id.set(OfId::Asked);
            ask(typed);
        }
    });
}

/// The runs of the event, or the run, payment, account or hold, of this id. What cannot be an id is that of nothing.
async fn of_id(
    id: &str,
    company: &str,
    known: Known,
    (words, language): (&Words, Language),
) -> Result<Vec<Target>, ApiError> {
    let runs = unless_refused(runs_of_event(id, company, words).await)?;
    // Only what may be an id, and is that of nothing else, is asked for as one.
    let is_known = |named: &Vec<Target>| named.iter().any(|target| target.is_of_id(id));
    if !runs.is_empty()
        || id.parse::<Uuid>().is_err()
        || known.named.try_with_untracked(is_known) != Some(false)
    {
        return Ok(runs);
    }
    let run = api::run_line(id)
        .await
        .map(|run| vec![run_target(&run, id, words)]);
    match unless_refused(run)? {
        found if found.is_empty() => moved_of_id(id, language).await,
        found => Ok(found),
    }
}

/// Nothing, where it was refused: there is nothing of this id, or it cannot be one.
fn unless_refused(found: Result<Vec<Target>, ApiError>) -> Result<Vec<Target>, ApiError> {
    match found {
        Err(error) if error.is_refusal() => Ok(Vec::new()),
        found => found,
    }
}

/// The payment, the account or the hold of this id, of whichever company.
async fn moved_of_id(id: &str, language: Language) -> Result<Vec<Target>, ApiError> {
    for (group, path) in [
        (Group::Payments, money::payment_path(id, "")),
        (Group::Accounts, money::account_path(id, "")),
        (Group::Holds, money::hold_path(id, "")),
    ] {
        let found = money::line(&path)
            .await
            .map(|line| vec![line_target(group, line, id, language)]);
        let found = unless_refused(found)?;
        if !found.is_empty() {
            return Ok(found);
        }
    }
    Ok(Vec::new())
}

fn line_target(group: Group, line: money::Line, id: &str, language: Language) -> Target {
    let (page, more) = match (&line.code, &line.source_account_id) {
        (Some(code), _) => (Page::Account(code.clone()), String::new()),
        // A hold has no page of its own: it stands among those of its account.
        (None, Some(account)) if group == Group::Holds => {
            (Page::Holds, format!("&account={}", encoded(account)))
        }
        _ => (Page::Payment(id.to_owned()), String::new()),
    };
    let sum = match &line.amount {
        Some(decimal) => format!("{} {}", amount(decimal, language), line.currency),
        None => line.currency,
    };
    Target {
        group,
        title: line.code.or(line.description).unwrap_or_else(|| sum.clone()),
        remark: sum,
        id: id.to_owned(),
        url: format!("{}?company={}{more}", page.path(), encoded(&line.company_id)),
    }
}

async fn runs_of_event(id: &str, company: &str, words: &Words) -> Result<Vec<Target>, ApiError> {
    let request = ListRequest::default()
        .only("company_id", company)
        .only("event_id", id);
    let runs = api::runs(&request, None).await?.items;
    let all = (!runs.is_empty()).then(|| Target {
        group: Group::Runs,
        title: (words.search.runs_of_event)(id),
        remark: String::new(),
        id: id.to_owned(),
        url: format!("{}?event={}", Page::Runs.path(), encoded(id)),
    });
    let each = runs.iter().take(RUNS).map(|run| run_target(run, id, words));
    Ok(all.into_iter().chain(each).collect())
}

fn run_target(run: &Run, id: &str, words: &Words) -> Target {
    Target {
        group: Group::Runs,
        title: format!("{} · {}", run.rule_name, run.event_id),
        remark: (words.runs.statuses)(run.status).to_owned(),
        id: id.to_owned(),
        url: Page::Run(run.id.to_string()).path(),
    }
}
