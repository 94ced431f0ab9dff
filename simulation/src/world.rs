//! What all processes of a simulation share.

use std::sync::Arc;

use tasks::Tasks;

use crate::faults::{Sky, Weather};
use crate::judge::Judge;
use crate::trace::{Reader, Trace};
use crate::workload::{POISON_EVENT, UNSTORABLE_EVENT};
use crate::{Dice, MemoryQueue, MemoryQueueOptions, MemoryStore, VirtualClock};

/// The database, the broker, and what happens to them.
pub(crate) struct World {
    pub(crate) dice: Dice,
    pub(crate) sky: Sky,
    pub(crate) clock: VirtualClock,
    pub(crate) trace: Trace,
    pub(crate) tasks: Arc<Tasks>,
    pub(crate) store: Arc<MemoryStore>,
    pub(crate) queue: MemoryQueue,
    pub(crate) judge: Judge,
}

impl World {
    pub(crate) fn new(seed: u64, tasks: Arc<Tasks>, reader: Reader) -> Arc<Self> {
        let (dice, clock) = (Dice::new(seed), VirtualClock::start());
        let store = MemoryStore::new(Arc::new(clock)).with_constraint(Arc::new(|write| {
            let poison = write.events.iter().any(|event| event.event_type == POISON_EVENT);
            let unstorable = write
                .runs
                .iter()
                .any(|run| run.event_id.starts_with(UNSTORABLE_EVENT));
            if poison || unstorable {
                return Err("a value that no column takes".to_owned());
            }
            Ok(())
        }));
        let store = Arc::new(store);
        let queue = MemoryQueue::new(MemoryQueueOptions::default(), Arc::new(clock));
        let judge = Judge::new(tasks.clone(), store.clone(), queue.clone());
        let weather = Weather::of(&dice);
        let trace = Trace::new(clock, reader);
        trace.note("world", format_args!("{weather:?}"));
        Arc::new(Self {
            dice,
            sky: Sky::new(weather),
            clock,
            trace,
            tasks,
            store,
            queue,
            judge,
        })
    }
}
