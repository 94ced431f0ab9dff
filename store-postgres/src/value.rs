//! Single values between rows and the shapes of the store. A value that fits no shape names its table and row.

use std::fmt::Display;

use jiff::Timestamp;
use ledger::{AccountCode, AccountKind, AccountStatus, Currency, Direction, HoldStatus};
use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::postgres::types::Oid;
use sqlx::postgres::{PgArgumentBuffer, PgHasArrayType, PgTypeInfo, PgValueRef};
use sqlx::{Decode, Encode, Postgres, Type};
use uuid::Uuid;

use crate::fault::Fault;

/// 2000-01-01T00:00:00Z, from which PostgreSQL counts, in microseconds since 1970.
const POSTGRES_EPOCH: i64 = 946_684_800_000_000;

/// The types' numbers in every PostgreSQL: the driver knows them for other libraries of time than ours.
const TIMESTAMPTZ: Oid = Oid(1184);
const TIMESTAMPTZ_ARRAY: Oid = Oid(1185);

/// A `timestamptz`, in microseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Moment(i64);

impl From<Timestamp> for Moment {
    fn from(time: Timestamp) -> Self {
        Self(time.as_microsecond())
    }
}

impl Moment {
    /// A moment in milliseconds since 1970.
    pub(crate) fn from_millis(millis: i64) -> Result<Self, Fault> {
        let micros = millis.checked_mul(1_000);
        micros
            .map(Self)
            .ok_or_else(|| Fault::refused(format!("{millis} ms is no moment that can be stored")))
    }

    /// Microseconds since 1970.
    pub(crate) fn as_micros(self) -> i64 {
        self.0
    }

    /// Whole milliseconds since 1970.
    pub(crate) fn as_millis(self) -> i64 {
        self.0.div_euclid(1_000)
    }
}

impl Type<Postgres> for Moment {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_oid(TIMESTAMPTZ)
    }
}

impl PgHasArrayType for Moment {
    fn array_type_info() -> PgTypeInfo {
        PgTypeInfo::with_oid(TIMESTAMPTZ_ARRAY)
    }
}

impl Encode<'_, Postgres> for Moment {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        Encode::<Postgres>::encode(self.0.saturating_sub(POSTGRES_EPOCH), buffer)
    }
}

impl Decode<'_, Postgres> for Moment {
    fn decode(value: PgValueRef<'_>) -> Result<Self, BoxDynError> {
        let micros: i64 = Decode::<Postgres>::decode(value)?;
        Ok(Self(micros.saturating_add(POSTGRES_EPOCH)))
    }
}

/// A count or number, as it is written.
pub(crate) fn integer(value: u64) -> Result<i64, Fault> {
    i64::try_from(value).map_err(|_| Fault::refused(format!("{value} does not fit a 64-bit integer")))
}

/// A row of a table, to be named when a value of it is broken.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    /// The table.
    pub(crate) table: &'static str,
    /// The row's key.
    pub(crate) id: Uuid,
}

impl Place {
    pub(crate) fn new(table: &'static str, id: Uuid) -> Self {
        Self { table, id }
    }

    pub(crate) fn corrupt(self, message: &dyn Display) -> Fault {
        Fault::corrupt(self.table, &self.id, message)
    }

    pub(crate) fn time(self, moment: Moment) -> Result<Timestamp, Fault> {
        Timestamp::from_microsecond(moment.0).map_err(|error| self.corrupt(&error))
    }

    pub(crate) fn optional_time(self, moment: Option<Moment>) -> Result<Option<Timestamp>, Fault> {
        moment.map(|moment| self.time(moment)).transpose()
    }

    /// A number of another type.
    pub(crate) fn number<T: TryFrom<i64>>(self, value: i64) -> Result<T, Fault> {
        T::try_from(value).map_err(|_| self.corrupt(&format!("{value} is out of range")))
    }

    pub(crate) fn sha256(self, hash: &[u8]) -> Result<[u8; 32], Fault> {
        hash.try_into()
            .map_err(|_| self.corrupt(&"a SHA-256 has 32 bytes"))
    }

    pub(crate) fn currency(self, code: &str) -> Result<Currency, Fault> {
        code.parse().map_err(|error| self.corrupt(&error))
    }

    pub(crate) fn code(self, code: String) -> Result<AccountCode, Fault> {
        AccountCode::new(code).map_err(|error| self.corrupt(&error))
    }

    pub(crate) fn kind(self, name: &str) -> Result<AccountKind, Fault> {
        use AccountKind::{Asset, Equity, Expense, Liability, Revenue};
        let all = [Asset, Liability, Equity, Revenue, Expense];
        self.named(all, AccountKind::name, name)
    }

    pub(crate) fn account_status(self, name: &str) -> Result<AccountStatus, Fault> {
        use AccountStatus::{Closed, Frozen, Open};
        self.named([Open, Frozen, Closed], AccountStatus::name, name)
    }

    pub(crate) fn hold_status(self, name: &str) -> Result<HoldStatus, Fault> {
        use HoldStatus::{Captured, Expired, Pending, Released};
        self.named([Pending, Captured, Released, Expired], HoldStatus::name, name)
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

/// The side that a stored entry is on.
pub(crate) fn direction(debit: bool) -> Direction {
    if debit {
        Direction::Debit
    } else {
        Direction::Credit
    }
}
