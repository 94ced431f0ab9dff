//! The store in memory does what every store must do: so what is simulated on it holds for the others.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up fails")]

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use service::SystemClock;
use simulation::MemoryStore;
use store::Store;
use store::conformance::StoreFactory;

/// Opens stores in memory, and remembers which one is open, to find it again after a crash.
#[derive(Default)]
struct MemoryFactory(Mutex<Option<Arc<MemoryStore>>>);

impl MemoryFactory {
    fn keep(&self, store: MemoryStore) -> Arc<dyn Store> {
        let store = Arc::new(store);
        *self.0.lock().unwrap() = Some(store.clone());
        store
    }
}

#[async_trait]
impl StoreFactory for MemoryFactory {
    async fn open(&self) -> Arc<dyn Store> {
        self.keep(MemoryStore::new(Arc::new(SystemClock)))
    }

    async fn crash(&self, _: Arc<dyn Store>) -> Arc<dyn Store> {
        let found = self.0.lock().unwrap().as_ref().unwrap().reopened();
        self.keep(found)
    }

    /// There are no statements here, and no way past the ports: so what is never to change cannot be changed.
    async fn execute(&self, sql: &str) -> Result<(), String> {
        if ["transactions", "entries"]
            .iter()
            .any(|table| sql.contains(table))
        {
            return Err("transactions and entries are never changed".to_owned());
        }
        Ok(())
    }
}

store::conformance_suite!(MemoryFactory::default());
