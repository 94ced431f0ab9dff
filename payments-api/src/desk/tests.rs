//! The desk on a store that does as it is told.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use futures_util::FutureExt as _;
use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use service::{ManualClock, SystemIds};
use store::{
    AccountFilter, DecideMovements, DetailedAccount, DueHold, HoldFilter, LoadedMovements, LockedRow, Outage,
    Page, PageRequest, StoreError, StoredHold,
};

use super::*;

/// An order that names an account and says when it was carried out.
struct Touch {
    account_id: Uuid,
    weight: u32,
}

impl Order for Touch {
    fn name(&self, intent: &mut MovementIntent) {
        intent.accounts.insert(self.account_id);
    }

    fn weight(&self) -> u32 {
        self.weight
    }

    fn carry_out(&self, session: &mut Session<'_>) -> Result<Success, Declined> {
        Success::showing(&session.now.to_string()).map_err(Declined::Fault)
    }
}

fn touch(account: u128) -> Arc<dyn Order> {
    weighing(account, 1)
}

fn weighing(account: u128, weight: u32) -> Arc<dyn Order> {
    let account_id = Uuid::from_u128(account);
    Arc::new(Touch { account_id, weight })
}

/// A store that commits nothing, unless the accounts that a group names are in its way.
struct Fake {
    clock: Arc<ManualClock>,
    /// Whether groups may go on; else they wait.
    open: Semaphore,
    /// Accounts whose row is broken.
    broken: BTreeSet<Uuid>,
    /// Whether it can be told which accounts are locked.
    tells: bool,
    /// Accounts whose row somebody keeps locked.
    locked: Mutex<BTreeSet<Uuid>>,
    /// How many accounts each group had that was committed.
    committed: Mutex<Vec<usize>>,
    /// How many groups met a lock.
    met: AtomicUsize,
}

impl Fake {
    fn new() -> Self {
        Self {
            clock: Arc::new(ManualClock::at(Timestamp::UNIX_EPOCH)),
            open: Semaphore::new(Semaphore::MAX_PERMITS),
            broken: BTreeSet::new(),
            tells: true,
            locked: Mutex::default(),
            committed: Mutex::default(),
            met: AtomicUsize::new(0),
        }
    }

    /// One that keeps every group waiting, for ever.
    fn stuck() -> Self {
        Self {
            open: Semaphore::new(0),
            ..Self::new()
        }
    }

    fn lock(&self, account: u128) {
        self.locked.lock().unwrap().insert(Uuid::from_u128(account));
    }

    fn committed(&self) -> Vec<usize> {
        self.committed.lock().unwrap().clone()
    }
}

#[async_trait]
impl Movements for Fake {
    async fn move_money(&self, intent: MovementIntent, decide: DecideMovements) -> Result<(), StoreError> {
        let _goes_on = self.open.acquire().await;
        if let Some(broken) = intent.accounts.iter().find(|id| self.broken.contains(id)) {
            return Err(StoreError::Corrupt {
                table: "accounts",
                row: broken.to_string(),
                message: "it is broken".to_owned(),
            });
        }
        if intent
            .accounts
            .iter()
            .any(|id| self.locked.lock().unwrap().contains(id))
        {
            self.met.fetch_add(1, Ordering::Relaxed);
            return Err(StoreError::Unavailable {
                outage: Outage::Locked,
                message: "canceling statement due to lock timeout".to_owned(),
            });
        }
        // A second passes until the locks are had.
        self.clock.advance(SignedDuration::from_secs(1));
        decide(LoadedMovements::default());
        self.committed.lock().unwrap().push(intent.accounts.len());
        Ok(())
    }

    async fn find_locked(
        &self,
        intents: Vec<MovementIntent>,
    ) -> Result<Vec<BTreeSet<LockedRow>>, StoreError> {
        let locked = Some(self.locked.lock().unwrap().clone()).filter(|_| self.tells);
        let locked = locked.unwrap_or_default();
        let of_one =
            |intent: MovementIntent| (&intent.accounts & &locked).into_iter().map(LockedRow::Account);
        Ok(intents
            .into_iter()
            .map(|intent| of_one(intent).collect())
            .collect())
    }

    async fn find_account(&self, _: Uuid) -> Result<Option<DetailedAccount>, StoreError> {
        Ok(None)
    }

    async fn list_detailed_accounts(
        &self,
        _: AccountFilter,
        _: PageRequest,
    ) -> Result<Page<DetailedAccount>, StoreError> {
        Ok(nothing())
    }

    async fn find_reference(&self, _: Uuid, _: String) -> Result<Option<Uuid>, StoreError> {
        Ok(None)
    }

    async fn find_hold(&self, _: Uuid) -> Result<Option<StoredHold>, StoreError> {
        Ok(None)
    }

    async fn list_holds(&self, _: HoldFilter, _: PageRequest) -> Result<Page<StoredHold>, StoreError> {
        Ok(nothing())
    }

    async fn due_holds(&self, _: Timestamp, _: Option<DueHold>, _: u32) -> Result<Vec<DueHold>, StoreError> {
        Ok(Vec::new())
    }

    async fn forget_answers(&self, _: Timestamp, _: u32) -> Result<u64, StoreError> {
        Ok(0)
    }
}

fn nothing<T>() -> Page<T> {
    Page {
        items: Vec::new(),
        next: None,
    }
}

fn open(store: &Arc<Fake>) -> Desk {
    open_for(Waits::USUAL, store)
}

fn open_for(waits: Waits, store: &Arc<Fake>) -> Desk {
    let means = Means {
        store: store.clone(),
        clock: store.clock.clone(),
        ids: Arc::new(SystemIds),
    };
    Desk::open_for(waits, means, CancellationToken::new(), &TaskTracker::new())
}

fn named(key: &str) -> Named {
    Named::new(Uuid::nil(), "here", key, [0; 32])
}

fn code<T>(outcome: Result<T, Problem>) -> Option<&'static str> {
    outcome.err().map(|problem| problem.code())
}

#[tokio::test]
async fn who_does_not_want_to_wait_is_told_that_the_line_is_full() {
    let desk = open(&Arc::new(Fake::stuck()));
    let room = u32::try_from(ROOM).unwrap();
    let _most_of_the_room = desk.room.try_acquire_many(room - 1).unwrap();
    let mut first = Box::pin(desk.carry_out_if_room(touch(1), named("a")));
    assert!((&mut first).now_or_never().is_none(), "it stands in the line");
    let second = desk.carry_out_if_room(touch(2), named("b"));
    assert_eq!(second.now_or_never().map(code), Some(Some("desk_full")));
    let patient = desk.carry_out(touch(3), None);
    assert!(patient.now_or_never().is_none(), "it is held back");
}

#[tokio::test]
async fn who_is_held_back_is_bounded_as_well() {
    let desk = open(&Arc::new(Fake::stuck()));
    let held_back = u32::try_from(HELD_BACK).unwrap();
    let _all_of_the_room = desk.room.try_acquire_many(u32::try_from(ROOM).unwrap()).unwrap();
    let mut held: Vec<_> = (0..held_back / 500)
        .map(|account| Box::pin(desk.carry_out(weighing(account.into(), 500), None)))
        .collect();
    for one in &mut held {
        assert!(one.now_or_never().is_none(), "it is held back");
    }
    let beyond = desk.carry_out(weighing(1, 500), None).now_or_never();
    assert_eq!(beyond.map(code), Some(Some("desk_full")));
    held.pop();
    let next = desk.carry_out(weighing(1, 500), None).now_or_never();
    assert!(next.is_none(), "who goes away leaves room");
    let of_the_house = desk.carry_out_unless_locked(weighing(1, 1_000)).now_or_never();
    assert!(of_the_house.is_none(), "it is few, and waits");
}

#[tokio::test]
async fn a_broken_row_fails_only_who_names_it() {
    let broken = BTreeSet::from([Uuid::from_u128(7)]);
    let store = Arc::new(Fake {
        broken,
        ..Fake::new()
    });
    let desk = open(&store);
    let outcomes = join_all((0..20).map(|account| desk.carry_out(touch(account), None))).await;
    let failed: Vec<_> = (0..20)
        .zip(outcomes)
        .filter_map(|(at, outcome)| Some((at, code(outcome)?)))
        .collect();
    assert_eq!(failed, [(7, "internal_error")]);
    assert_eq!(store.committed().iter().sum::<usize>(), 19);
}

#[tokio::test]
async fn a_group_is_no_heavier_than_it_may_be() {
    let store = Arc::new(Fake::new());
    let desk = open(&store);
    let mut asked: Vec<_> = (0..7)
        .map(|account| desk.carry_out(weighing(account, 400), None))
        .collect();
    asked.push(desk.carry_out(weighing(100, 1), None));
    // One that is heavier than a group is one by itself.
    asked.push(desk.carry_out(weighing(101, u32::MAX), None));
    let outcomes = join_all(asked).await;
    assert!(outcomes.into_iter().all(|outcome| outcome.is_ok()));
    assert_eq!(
        store.committed(),
        [2, 2, 2, 2, 1],
        "in the order of their arrival"
    );
}

#[tokio::test]
async fn what_waits_is_bounded_by_its_weight() {
    let desk = open(&Arc::new(Fake::stuck()));
    let mut waiting: Vec<_> = (0..9)
        .map(|account| Box::pin(desk.carry_out(weighing(account, 500), None)))
        .collect();
    for one in &mut waiting {
        assert!(one.now_or_never().is_none());
    }
    assert_eq!(ROOM - desk.line.capacity(), 8, "the ninth is held back");
}

#[tokio::test]
async fn the_time_is_told_once_the_locks_are_had() {
    let desk = open(&Arc::new(Fake::new()));
    let Ok(Outcome::Answered(answered)) = desk.carry_out(touch(1), None).await else {
        panic!("it is answered");
    };
    let now = answered.answer.unwrap();
    assert!(format!("{now:?}").contains("1970-01-01T00:00:01Z"), "{now:?}");
}

/// Nobody but those who need it waits for a locked row; they are served together once it is free. Meanwhile the row is waited
/// for once, whoever else comes and needs it.
#[tokio::test]
async fn a_locked_row_holds_up_only_who_names_it() {
    let store = Arc::new(Fake::new());
    store.lock(7);
    let desk = open(&store);
    let mut locked: Vec<_> = (0..10)
        .map(|_| Box::pin(desk.carry_out(touch(7), None)))
        .collect();
    for round in 0..20 {
        for one in &mut locked {
            assert!(one.now_or_never().is_none(), "it waits");
        }
        let others = (100..130).map(|account| desk.carry_out(touch(account), None));
        let also_locked = desk.carry_out_unless_locked(touch(7));
        let (others, also_locked) = tokio::join!(join_all(others), also_locked);
        assert!(others.into_iter().all(|outcome| outcome.is_ok()));
        assert!(matches!(also_locked, Ok(None)), "round {round}");
    }
    assert_eq!(store.met.load(Ordering::Relaxed), 1, "it is waited for once");
    let before = store.committed().len();
    store.locked.lock().unwrap().clear();
    assert!(join_all(locked).await.into_iter().all(|outcome| outcome.is_ok()));
    assert_eq!(store.committed().len(), before + 1, "they go together");
}

/// However many need one locked row, the others go on, and none of them is refused.
#[tokio::test]
async fn many_at_a_locked_row_take_nobodys_room() {
    let store = Arc::new(Fake::new());
    store.lock(7);
    let waits = Waits {
        locked: Duration::from_millis(10),
        ..Waits::USUAL
    };
    let desk = open_for(waits, &store);
    let locked = join_all((0..ROOM + 1_000).map(|_| desk.carry_out(touch(7), None)));
    let others = join_all((100..400).map(|account| desk.carry_out(touch(account), None)));
    let (locked, others) = tokio::join!(locked, others);
    assert!(others.into_iter().all(|outcome| outcome.is_ok()));
    assert!(
        locked
            .into_iter()
            .all(|outcome| code(outcome) == Some("store_unavailable"))
    );
}

/// What is locked and no row that can be told: found out by halving, and tried again until it is free.
#[tokio::test]
async fn what_is_locked_and_no_row_holds_up_only_who_names_it() {
    let store = Arc::new(Fake {
        tells: false,
        ..Fake::new()
    });
    store.lock(7);
    let desk = open(&store);
    let others = join_all((100..300).map(|account| desk.carry_out(touch(account), None)));
    let mut locked = Box::pin(desk.carry_out(touch(7), None));
    assert!((&mut locked).now_or_never().is_none());
    assert!(others.await.into_iter().all(|outcome| outcome.is_ok()));
    assert!((&mut locked).now_or_never().is_none());
    store.locked.lock().unwrap().clear();
    assert!(locked.await.is_ok());
}

#[tokio::test]
async fn what_stays_locked_is_not_waited_for_for_ever() {
    let store = Arc::new(Fake::new());
    store.lock(7);
    let waits = Waits {
        locked: Duration::from_millis(10),
        ..Waits::USUAL
    };
    let desk = open_for(waits, &store);
    assert_eq!(
        code(desk.carry_out(touch(7), None).await),
        Some("store_unavailable")
    );
}

/// The second is told that the first is still under way; the first, in the end, that it may come again.
#[tokio::test]
async fn equals_in_flight_do_not_wait_for_ever() {
    let waits = Waits {
        outcome: Duration::from_millis(300),
        equal: Duration::from_millis(10),
        ..Waits::USUAL
    };
    let desk = open_for(waits, &Arc::new(Fake::stuck()));
    let ask = || async { code(desk.carry_out(touch(1), Some(named("a"))).await) };
    let (first, second) = tokio::join!(ask(), ask());
    assert_eq!(second, Some("idempotency_in_flight"));
    assert_eq!(first, Some("store_unavailable"));
}
