//! Single values between rows and the shapes of the store. A value that fits no shape names its table and row.

use std::fmt::Display;

use jiff::Timestamp;
use ledger::{AccountCode, AccountKind, AccountStatus, Currency, Direction, HoldStatus};
use uuid::Uuid;

use crate::fault::Fault;

/// A row of a table, to be named when a value of it is broken.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    /// The table.
    pub(crate) table: &'static str,
    /// The row's key.
    pub(crate) id: Uuid,
}

/// A UUID, as it is read.
pub(crate) type UuidBytes = [u8; 16];

/// Optional UUIDs, read and written.
pub(crate) fn optional_uuid(bytes: Option<UuidBytes>) -> Option<Uuid> {
    bytes.map(Uuid::from_bytes)
}

/// A time, to the microsecond, as it is written.
pub(crate) fn micros(time: Timestamp) -> i64 {
    time.as_microsecond()
}

/// A count or number, as it is written.
pub(crate) fn integer(value: u64) -> Result<i64, Fault> {
    i64::try_from(value).map_err(|_| Fault::refused(format!("{value} does not fit a 64-bit integer")))
}

impl Place {
    pub(crate) fn new(table: &'static str, id: UuidBytes) -> Self {
        Self {
            table,
            id: Uuid::from_bytes(id),
        }
    }

    pub(crate) fn corrupt(self, message: &dyn Display) -> Fault {
        Fault::corrupt(self.table, &self.id, message)
    }

    pub(crate) fn time(self, micros: i64) -> Result<Timestamp, Fault> {
        Timestamp::from_microsecond(micros).map_err(|error| self.corrupt(&error))
    }

    pub(crate) fn optional_time(self, micros: Option<i64>) -> Result<Option<Timestamp>, Fault> {
        micros.map(|micros| self.time(micros)).transpose()
    }

    /// A number of any smaller type.
    pub(crate) fn number<T: TryFrom<i64>>(self, value: i64) -> Result<T, Fault> {
        T::try_from(value).map_err(|_| self.corrupt(&format!("{value} is out of range")))
    }

    pub(crate) fn currency(self, code: &str) -> Result<Currency, Fault> {
        code.parse().map_err(|error| self.corrupt(&error))
    }

    pub(crate) fn code(self, code: String) -> Result<AccountCode, Fault> {
        AccountCode::new(code).map_err(|error| self.corrupt(&error))
    }

    pub(crate) fn kind(self, name: &str) -> Result<AccountKind, Fault> {
        use AccountKind::{Asset, Equity, Expense, Liability, Revenue};
        self.named(
            [Asset, Liability, Equity, Revenue, Expense],
            AccountKind::name,
            name,
        )
    }

    pub(crate) fn account_status(self, name: &str) -> Result<AccountStatus, Fault> {
        use AccountStatus::{Closed, Frozen, Open};
        self.named([Open, Frozen, Closed], AccountStatus::name, name)
    }

    pub(crate) fn hold_status(self, name: &str) -> Result<HoldStatus, Fault> {
        use HoldStatus::{Captured, Expired, Pending, Released};
        self.named([Pending, Captured, Released, Expired], HoldStatus::name, name)
    }

    pub(crate) fn direction(self, name: &str) -> Result<Direction, Fault> {
        self.named([Direction::Debit, Direction::Credit], Direction::name, name)
    }

    /// What was read under a name, or a complaint about a name that nothing has.
    pub(crate) fn known<T>(self, found: Option<T>, name: &str) -> Result<T, Fault> {
        found.ok_or_else(|| self.corrupt(&format!("{name:?} is no known name")))
    }

    fn named<T: Copy, const N: usize>(
        self,
        all: [T; N],
        name_of: fn(T) -> &'static str,
        name: &str,
    ) -> Result<T, Fault> {
        self.known(all.into_iter().find(|value| name_of(*value) == name), name)
    }
}
