//! What a measurement of transfers came to, and how it is told.

use serde_json::{Value, json};

use super::super::latencies::Latency;
use crate::output::{say, say_json};

/// What one stretch of load came to.
pub(super) struct Stretch {
    pub(super) transfers: u64,
    pub(super) per_s: u64,
    /// From when each was due to its answer.
    pub(super) latency: Latency,
}

impl Stretch {
    fn json(&self) -> Value {
        let Self { transfers, per_s, .. } = self;
        json!({"transfers": transfers, "per_s": per_s, "latency_ms": self.latency.json()})
    }
}

/// All stretches.
pub(super) struct Measured {
    /// Over all accounts, as fast as they are answered.
    pub(super) full: Stretch,
    /// The same, all from one account.
    pub(super) hot: Stretch,
    /// Over all accounts at half of what was full, each when it is due.
    pub(super) half: Stretch,
    /// One at a time.
    pub(super) alone: Stretch,
}

/// What the classic way did, in transfers per second.
pub(super) struct Peers {
    pub(super) spread: u64,
    pub(super) hot: u64,
}

/// All that is told.
pub(super) struct Report {
    pub(super) accounts: u32,
    pub(super) measured: Measured,
    pub(super) peers: Option<Peers>,
    pub(super) verified: bool,
}

impl Report {
    pub(super) fn tell(&self, as_json: bool) {
        if as_json {
            say_json(&self.json());
        } else {
            self.tell_lines();
        }
    }

    fn tell_lines(&self) {
        let Measured {
            full,
            hot,
            half,
            alone,
        } = &self.measured;
        let line = |name: &str, stretch: &Stretch, note: &str| {
            let Stretch { per_s, latency, .. } = stretch;
            say(format!("{name:<14} {per_s:>6}/s  ms {latency}{note}"));
        };
        line("all accounts", full, &format!("  ({} accounts)", self.accounts));
        line(
            "hot account",
            hot,
            &format!("  ({} % of that)", percent(hot.per_s, full.per_s)),
        );
        line("half load", half, "");
        line("one at a time", alone, "");
        if let Some(peers) = &self.peers {
            for (name, peer, ours) in [("peer", peers.spread, full), ("peer, hot", peers.hot, hot)] {
                let times = times(ours.per_s, peer);
                say(format!(
                    "{name:<14} {peer:>6}/s  (SELECT … FOR UPDATE, one by one, without HTTP: MoneyFlow does {times} times that)"
                ));
            }
        }
        let verified = if self.verified { "verified" } else { "NOT verified" };
        say(format!("{:<14} {verified}", "ledger"));
    }

    fn json(&self) -> Value {
        let Measured {
            full,
            hot,
            half,
            alone,
        } = &self.measured;
        json!({
            "accounts": self.accounts,
            "all_accounts": full.json(),
            "hot_account": hot.json(),
            "hot_account_percent": percent(hot.per_s, full.per_s),
            "half_load": half.json(),
            "one_at_a_time": alone.json(),
            "peer": self.peers.as_ref().map(|peers| json!({
                "all_accounts_per_s": peers.spread,
                "hot_account_per_s": peers.hot,
            })),
            "ledger_verified": self.verified,
        })
    }
}

fn percent(part: u64, whole: u64) -> u64 {
    part.saturating_mul(100) / whole.max(1)
}

/// How many times one is the other, with one digit after the point.
fn times(one: u64, other: u64) -> String {
    let tenths = one.saturating_mul(10) / other.max(1);
    format!("{}.{}", tenths / 10, tenths % 10)
}
