//! The cache against a source that does what a test says, on a clock that the test moves.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use futures_util::future::join_all;
use queue::CompanySnapshot;
use serde_json::json;
use tokio::sync::{Notify, mpsc};
use tokio_util::sync::CancellationToken;

use super::*;
use crate::source::{Changes, Publication, PublishedRule};

const ANA: Uuid = Uuid::from_u128(1);
const BIA: Uuid = Uuid::from_u128(2);

/// What the source does when it is asked.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mood {
    Answers,
    Away,
    Hangs,
    Crashes,
}

struct FakeSource {
    mood: Mutex<Mood>,
    /// The published version of each company's rule; 0: none.
    published: Mutex<HashMap<Uuid, u32>>,
    fetches: AtomicUsize,
    /// Ends what hangs.
    release: Notify,
    notices: Mutex<Option<mpsc::UnboundedSender<Uuid>>>,
}

impl FakeSource {
    fn set(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    fn publish(&self, company_id: Uuid, version: u32) {
        self.published.lock().unwrap().insert(company_id, version);
    }

    fn notify(&self, company_id: Uuid) {
        self.notices
            .lock()
            .unwrap()
            .as_ref()
            .unwrap()
            .send(company_id)
            .unwrap();
    }

    fn fetches(&self) -> usize {
        self.fetches.load(Ordering::SeqCst)
    }

    fn answer(&self, company_id: Uuid, known: Option<&str>) -> Fetched {
        let Some(version) = self.published.lock().unwrap().get(&company_id).copied() else {
            return Fetched::UnknownCompany;
        };
        let etag = version.to_string();
        if known == Some(&etag) {
            return Fetched::Unchanged;
        }
        let rules = if version == 0 {
            vec![]
        } else {
            vec![rule(company_id, version)]
        };
        let company = CompanySnapshot {
            company_id,
            name: "Ana".to_owned(),
            plan: None,
            region: None,
            currency: "BRL".to_owned(),
        };
        let publication = Publication {
            company,
            rules,
            revision: u64::from(version),
        };
        Fetched::Changed { etag, publication }
    }
}

fn rule(company_id: Uuid, version: u32) -> PublishedRule {
    // Version 99 names a task that does not exist.
    let task = if version == 99 {
        "payment.tasks.teleport"
    } else {
        "payment.tasks.abort_flow"
    };
    let document = json!({
        "company_id": company_id,
        "rules": [{"node_id": "end", "node_type": "task", "task_name": task}],
    });
    PublishedRule {
        rule_id: company_id,
        name: "default".to_owned(),
        version,
        document,
    }
}

#[async_trait]
impl RuleSource for FakeSource {
    async fn published_rules(&self, company_id: Uuid, known: Option<&str>) -> Result<Fetched, SourceError> {
        self.fetches.fetch_add(1, Ordering::SeqCst);
        let mood = *self.mood.lock().unwrap();
        match mood {
            Mood::Answers => Ok(self.answer(company_id, known)),
            Mood::Away => Err(SourceError::Unavailable("gone".to_owned())),
            Mood::Crashes => panic!("a source that is broken"),
            Mood::Hangs => {
                // Answered with what was published when it was asked.
                let answer = self.answer(company_id, known);
                self.release.notified().await;
                Ok(answer)
            }
        }
    }

    async fn changes(&self) -> Result<Changes, SourceError> {
        let (sender, mut receiver) = mpsc::unbounded_channel();
        *self.notices.lock().unwrap() = Some(sender);
        Ok(stream::poll_fn(move |context| receiver.poll_recv(context)).boxed())
    }
}

struct Bench {
    source: Arc<FakeSource>,
    cache: Arc<RuleCache>,
    work: TaskTracker,
}

impl Bench {
    /// Ana has published version 1. No notices come in.
    fn new() -> Self {
        let source = Arc::new(FakeSource {
            mood: Mutex::new(Mood::Answers),
            published: Mutex::new(HashMap::from([(ANA, 1)])),
            fetches: AtomicUsize::new(0),
            release: Notify::new(),
            notices: Mutex::default(),
        });
        let tasks = Arc::new(Tasks::built_in().unwrap());
        let work = TaskTracker::new();
        let companies = NonZeroUsize::new(3).unwrap();
        let cache = RuleCache::new(Arc::<FakeSource>::clone(&source), tasks, companies, work.clone());
        Self {
            source,
            cache: Arc::new(cache),
            work,
        }
    }

    async fn connected() -> Self {
        let bench = Self::new();
        tokio::spawn(follow(Arc::clone(&bench.cache), CancellationToken::new()));
        bench
            .until(|bench| bench.cache.link().connected_at.is_some())
            .await;
        bench
    }

    /// The version of the company's rule; 0 if it has none, or is not known.
    async fn version(&self, company_id: Uuid) -> Result<u32, SourceError> {
        match self.cache.rules_of(company_id).await? {
            Known::Rules { rules, .. } => {
                let matched = rules.matching(&json!({}), &service::SeededIds::new(1));
                Ok(matched.pinned.first().map_or(0, |rule| rule.version))
            }
            Known::UnknownCompany => Ok(0),
            Known::Unusable { reason, .. } => panic!("{reason}"),
        }
    }

    async fn until(&self, holds: impl Fn(&Self) -> bool) {
        while !holds(self) {
            tokio::task::yield_now().await;
        }
    }

    /// All fetches are done.
    async fn settle(&self) {
        self.work.close();
        self.work.wait().await;
        self.work.reopen();
    }
}

async fn pass(seconds: u64) {
    tokio::time::advance(Duration::from_secs(seconds)).await;
}

#[tokio::test(start_paused = true)]
async fn all_who_want_the_same_wait_for_one_fetch() {
    let bench = Bench::new();
    let versions = join_all((0..50).map(|_| bench.version(ANA))).await;
    assert!(versions.iter().all(|version| *version == Ok(1)), "{versions:?}");
    assert_eq!(bench.source.fetches(), 1);
}

#[tokio::test(start_paused = true)]
async fn while_notices_come_in_rules_are_trusted_until_one_comes() {
    let bench = Bench::connected().await;
    assert_eq!(bench.version(ANA).await, Ok(1));
    pass(3600).await;
    bench.source.publish(ANA, 2);
    assert_eq!(bench.version(ANA).await, Ok(1));
    assert_eq!(bench.source.fetches(), 1);

    bench.source.notify(ANA);
    bench.until(|bench| bench.source.fetches() == 2).await;
    assert_eq!(bench.version(ANA).await, Ok(2));
    // Of a company that nobody has asked for, nothing is fetched.
    bench.source.notify(BIA);
    bench.source.notify(ANA);
    bench.until(|bench| bench.source.fetches() == 3).await;
}

#[tokio::test(start_paused = true)]
async fn while_no_notices_come_in_rules_are_trusted_for_a_second() {
    let bench = Bench::new();
    assert_eq!(bench.version(ANA).await, Ok(1));
    bench.source.publish(ANA, 2);
    assert_eq!(bench.version(ANA).await, Ok(1));
    pass(1).await;
    assert_eq!(bench.version(ANA).await, Ok(2));
    assert_eq!(bench.source.fetches(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_lost_connection_puts_everything_in_question() {
    let bench = Bench::connected().await;
    assert_eq!(bench.version(ANA).await, Ok(1));
    bench.source.publish(ANA, 2);
    // The stream ends, and the next one begins without a notice of what was missed.
    bench.source.notices.lock().unwrap().take();
    bench
        .until(|bench| bench.cache.link().connected_at.is_none())
        .await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    bench
        .until(|bench| bench.cache.link().connected_at.is_some())
        .await;
    assert_eq!(bench.version(ANA).await, Ok(2));
}

#[tokio::test(start_paused = true)]
async fn stale_rules_are_served_at_once_while_the_source_is_away() {
    let bench = Bench::new();
    assert_eq!(bench.version(ANA).await, Ok(1));
    bench.source.publish(ANA, 2);
    bench.source.set(Mood::Away);
    for _ in 0..100 {
        pass(1).await;
        assert_eq!(bench.version(ANA).await, Ok(1));
        assert_eq!(bench.version(ANA).await, Ok(1));
        bench.settle().await;
    }
    assert_eq!(bench.source.fetches(), 101);
    assert_eq!(bench.cache.reach(), Reach::Stale);

    bench.source.set(Mood::Answers);
    pass(1).await;
    bench.version(ANA).await.unwrap();
    bench.settle().await;
    assert_eq!(bench.version(ANA).await, Ok(2));
    assert_eq!(bench.cache.reach(), Reach::Up);
}

#[tokio::test(start_paused = true)]
async fn an_event_waits_a_quarter_of_a_second_for_a_source_that_hangs() {
    let bench = Bench::new();
    assert_eq!(bench.version(ANA).await, Ok(1));
    bench.source.set(Mood::Hangs);
    pass(1).await;
    let before = Instant::now();
    assert_eq!(bench.version(ANA).await, Ok(1));
    assert_eq!(before.elapsed(), PATIENCE);
    // The same fetch is still out: the next one does not wait again.
    assert_eq!(bench.version(ANA).await, Ok(1));
    assert_eq!(before.elapsed(), PATIENCE);
    assert_eq!(bench.source.fetches(), 2);
}

#[tokio::test(start_paused = true)]
async fn without_anything_to_serve_an_event_is_refused() {
    let bench = Bench::new();
    bench.source.set(Mood::Away);
    assert_eq!(bench.cache.reach(), Reach::Nothing);
    assert!(bench.version(ANA).await.is_err());
    // The source is given a rest.
    assert!(bench.version(BIA).await.is_err());
    assert_eq!(bench.source.fetches(), 1);
    bench.source.set(Mood::Answers);
    pass(1).await;
    assert_eq!(bench.version(ANA).await, Ok(1));
}

#[tokio::test(start_paused = true)]
async fn a_negative_answer_stands_for_a_second_and_is_never_stale() {
    let bench = Bench::connected().await;
    assert_eq!(bench.version(BIA).await, Ok(0));
    bench.source.publish(BIA, 0);
    assert_eq!(bench.version(BIA).await, Ok(0));
    assert_eq!(bench.source.fetches(), 1);
    pass(1).await;
    assert_eq!(bench.version(BIA).await, Ok(0));
    bench.source.publish(BIA, 1);
    pass(1).await;
    assert_eq!(bench.version(BIA).await, Ok(1));

    bench.source.publish(ANA, 0);
    assert_eq!(bench.version(ANA).await, Ok(0));
    bench.source.set(Mood::Away);
    pass(1).await;
    assert!(bench.version(ANA).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn a_notice_that_overtakes_a_fetch_is_followed_by_another() {
    let bench = Bench::connected().await;
    bench.source.set(Mood::Hangs);
    let (cache, source) = (Arc::clone(&bench.cache), Arc::clone(&bench.source));
    let first = tokio::spawn(async move { cache.rules_of(ANA).await });
    bench.until(|bench| bench.source.fetches() == 1).await;
    // Published after the answer was made, and before it arrives.
    source.publish(ANA, 2);
    source.set(Mood::Answers);
    source.notify(ANA);
    tokio::time::sleep(Duration::from_millis(1)).await;
    source.release.notify_one();
    first.await.unwrap().unwrap();
    assert_eq!(bench.version(ANA).await, Ok(2));
    assert_eq!(bench.source.fetches(), 2);
}

#[tokio::test(start_paused = true)]
async fn rules_that_do_not_compile_refuse_events_until_they_do() {
    let bench = Bench::connected().await;
    bench.source.publish(ANA, 99);
    let Ok(Known::Unusable { reason, .. }) = bench.cache.rules_of(ANA).await else {
        panic!("it compiles")
    };
    assert!(
        reason.contains("rule `default`, version 99, does not compile: /rules/0/task_name"),
        "{reason}"
    );
    bench.source.publish(ANA, 100);
    bench.source.notify(ANA);
    bench.until(|bench| bench.source.fetches() == 2).await;
    assert_eq!(bench.version(ANA).await, Ok(100));
}

#[tokio::test(start_paused = true)]
async fn a_crash_does_not_block_the_next_fetch() {
    let bench = Bench::new();
    bench.source.set(Mood::Crashes);
    assert!(matches!(
        bench.cache.rules_of(ANA).await,
        Err(SourceError::Unreadable(_))
    ));
    bench.source.set(Mood::Answers);
    assert_eq!(bench.version(ANA).await, Ok(1));
}

#[tokio::test(start_paused = true)]
async fn made_up_companies_push_nobody_out() {
    let bench = Bench::connected().await;
    for company in 1..=4 {
        bench.source.publish(Uuid::from_u128(company), 1);
        assert_eq!(bench.version(Uuid::from_u128(company)).await, Ok(1));
    }
    for made_up in 100..200 {
        assert_eq!(bench.version(Uuid::from_u128(made_up)).await, Ok(0));
    }
    let before = bench.source.fetches();
    for company in 2..=4 {
        assert_eq!(bench.version(Uuid::from_u128(company)).await, Ok(1));
    }
    assert_eq!(bench.source.fetches(), before);
    // There is room for three: the first was dropped.
    assert_eq!(bench.version(ANA).await, Ok(1));
    assert_eq!(bench.source.fetches(), before + 1);
}
