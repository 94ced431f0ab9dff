//! Waiting for conditions, with a deadline.

use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};

/// How long a condition may take, and how often it is looked at.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// After so long it is an error.
    pub deadline: Duration,
    /// The pause between two looks.
    pub pause: Duration,
}

impl Patience {
    /// Looks every 50 ms.
    pub const fn of(deadline: Duration) -> Self {
        Self {
            deadline,
            pause: Duration::from_millis(50),
        }
    }
}

/// Asks until there is an answer. `Ok(None)` is "not yet"; so is an error, the last of which is told at the deadline.
///
/// # Errors
///
/// If there is none in time.
pub async fn until<T>(
    what: &str,
    patience: Patience,
    mut ask: impl AsyncFnMut() -> anyhow::Result<Option<T>>,
) -> anyhow::Result<T> {
    let begun = Instant::now();
    loop {
        let asked = ask().await;
        if let Ok(Some(answer)) = asked {
            return Ok(answer);
        }
        if begun.elapsed() > patience.deadline {
            let waited = format!("waited {:?} for this: {what}", patience.deadline);
            return match asked {
                Err(error) => Err(error).context(waited),
                Ok(_) => bail!(waited),
            };
        }
        tokio::time::sleep(patience.pause).await;
    }
}
