//! Payments and what happened to them as databases keep them: names as text, amounts in minor units, moments in
//! microseconds since 1970. Here, once for every kind of store, such a row becomes what it stands for, or is told to be
//! broken.

use std::fmt::Display;

use jiff::Timestamp;
use ledger::{Currency, Exchange, Money, Payment, PaymentEvent, PaymentFigures, PaymentState};
use uuid::Uuid;

use crate::{
    AnswerKey, Decline, KeptRequest, PaymentRecord, PaymentType, Step, StoreError, StoredPaymentEvent,
};

/// A payment as a database keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "each is explained by the member of `PaymentRecord` that it becomes"
)]
pub struct PaymentRow {
    pub id: Uuid,
    pub company_id: Uuid,
    pub payment_type: String,
    pub source_account_id: Uuid,
    pub destination_account_id: Option<Uuid>,
    pub authorizing: String,
    pub capturing: String,
    pub provider: Option<String>,
    pub description: Option<String>,
    pub metadata: String,
    pub amount: i64,
    pub captured: i64,
    pub refunded: i64,
    pub currency: String,
    pub state: String,
    pub events: i64,
    pub hold_id: Option<Uuid>,
    pub transaction_id: Option<Uuid>,
    pub decline_code: Option<String>,
    pub decline_detail: Option<String>,
    pub created_at_us: i64,
    pub updated_at_us: i64,
    pub exchange_currency: Option<String>,
    pub exchange_rate: Option<String>,
    pub exchange_rounding: Option<String>,
}

impl PaymentRow {
    /// How much it is of, and where it stands.
    fn life(&self, row: Broken) -> Result<Payment, StoreError> {
        let currency = row.currency(&self.currency)?;
        let figures = PaymentFigures {
            amount: Money::new(self.amount, currency),
            captured: Money::new(self.captured, currency),
            refunded: Money::new(self.refunded, currency),
            state: row.known(PaymentState::from_name(&self.state), &self.state)?,
            events: row.count(self.events)?,
        };
        Payment::from_figures(figures).map_err(|error| row.by(&error))
    }

    /// How its amount becomes one of another currency.
    fn exchange(&self, row: Broken) -> Result<Option<Exchange>, StoreError> {
        let (currency, rate, rounding) = match (
            &self.exchange_currency,
            &self.exchange_rate,
            &self.exchange_rounding,
        ) {
            (None, None, None) => return Ok(None),
            (Some(currency), Some(rate), Some(rounding)) => (currency, rate, rounding),
            _ => return Err(row.by(&"of its exchange only a part is there")),
        };
        let rate = row.known(rate.parse().ok(), rate)?;
        let rounding = row.known(rounding.parse().ok(), rounding)?;
        let exchange = Exchange::new(row.currency(currency)?, rate, rounding);
        exchange.map(Some).map_err(|error| row.by(&error))
    }
}

impl TryFrom<PaymentRow> for PaymentRecord {
    type Error = StoreError;

    fn try_from(stored: PaymentRow) -> Result<Self, StoreError> {
        let row = Broken {
            table: "payments",
            id: stored.id,
        };
        let step = |name: &str| row.known(Step::from_name(name), name);
        let payment_type = PaymentType::from_name(&stored.payment_type);
        Ok(Self {
            id: stored.id,
            company_id: stored.company_id,
            payment_type: row.known(payment_type, &stored.payment_type)?,
            source_account_id: stored.source_account_id,
            destination_account_id: stored.destination_account_id,
            authorization: step(&stored.authorizing)?,
            capture: step(&stored.capturing)?,
            life: stored.life(row)?,
            exchange: stored.exchange(row)?,
            hold_id: stored.hold_id,
            transaction_id: stored.transaction_id,
            decline: stored
                .decline_code
                .zip(stored.decline_detail)
                .map(|(code, detail)| Decline { code, detail }),
            created_at: row.time(stored.created_at_us)?,
            updated_at: row.time(stored.updated_at_us)?,
            provider: stored.provider,
            description: stored.description,
            metadata: stored.metadata,
        })
    }
}

/// Something that happened to a payment as a database keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "each is explained by the member of `StoredPaymentEvent` that it becomes"
)]
pub struct PaymentEventRow {
    pub id: Uuid,
    pub number: i64,
    pub state: String,
    pub amount: Option<i64>,
    pub transaction_id: Option<Uuid>,
    pub reason: Option<String>,
    pub created_at_us: i64,
    pub route: Option<String>,
    pub key: Option<String>,
    pub fingerprint: Option<Vec<u8>>,
}

impl PaymentEventRow {
    /// The event, of the payment that it happened to.
    ///
    /// # Errors
    /// The row is broken.
    pub fn of(self, payment: &PaymentRecord) -> Result<StoredPaymentEvent, StoreError> {
        let row = Broken {
            table: "payment_events",
            id: self.id,
        };
        let (company_id, currency) = (payment.company_id, payment.life.amount().currency());
        let asked = self.route.zip(self.key).zip(self.fingerprint);
        let request = asked.map(|((route, key), fingerprint)| {
            let key = AnswerKey {
                company_id,
                route,
                key,
            };
            let fingerprint = row.sha256(&fingerprint)?;
            Ok::<_, StoreError>(KeptRequest { key, fingerprint })
        });
        Ok(StoredPaymentEvent {
            id: self.id,
            payment_id: payment.id,
            company_id,
            number: row.count(self.number)?,
            event: PaymentEvent {
                state: row.known(PaymentState::from_name(&self.state), &self.state)?,
                amount: self.amount.map(|minor| Money::new(minor, currency)),
            },
            transaction_id: self.transaction_id,
            reason: self.reason,
            request: request.transpose()?,
            created_at: row.time(self.created_at_us)?,
        })
    }
}

/// A row, to be named when a value of it is broken.
#[derive(Clone, Copy)]
struct Broken {
    table: &'static str,
    id: Uuid,
}

impl Broken {
    fn by(self, message: &dyn Display) -> StoreError {
        StoreError::Corrupt {
            table: self.table,
            row: self.id.to_string(),
            message: message.to_string(),
        }
    }

    fn known<T>(self, found: Option<T>, name: &str) -> Result<T, StoreError> {
        found.ok_or_else(|| self.by(&format!("{name:?} is no known name")))
    }

    fn currency(self, code: &str) -> Result<Currency, StoreError> {
        code.parse().map_err(|error| self.by(&error))
    }

    fn count(self, value: i64) -> Result<u64, StoreError> {
        u64::try_from(value).map_err(|_| self.by(&format!("{value} is out of range")))
    }

    fn time(self, micros: i64) -> Result<Timestamp, StoreError> {
        Timestamp::from_microsecond(micros).map_err(|error| self.by(&error))
    }

    fn sha256(self, hash: &[u8]) -> Result<[u8; 32], StoreError> {
        hash.try_into().map_err(|_| self.by(&"a SHA-256 has 32 bytes"))
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    type Tamper = fn(&mut PaymentRow);

    /// A payment that was captured in part, and refunded in part.
    pub(crate) fn row() -> PaymentRow {
        PaymentRow {
            id: Uuid::from_u128(7),
            company_id: Uuid::from_u128(1),
            payment_type: "internal".to_owned(),
            source_account_id: Uuid::from_u128(2),
            destination_account_id: Some(Uuid::from_u128(3)),
            authorizing: "automatic".to_owned(),
            capturing: "manual".to_owned(),
            provider: None,
            description: None,
            metadata: "{}".to_owned(),
            amount: 100,
            captured: 60,
            refunded: 10,
            currency: "BRL".to_owned(),
            state: "partially_refunded".to_owned(),
            events: 4,
            hold_id: None,
            transaction_id: None,
            decline_code: None,
            decline_detail: None,
            created_at_us: 1,
            updated_at_us: 2,
            exchange_currency: Some("JPY".to_owned()),
            exchange_rate: Some("29.7050".to_owned()),
            exchange_rounding: Some("floor".to_owned()),
        }
    }

    fn event() -> PaymentEventRow {
        PaymentEventRow {
            id: Uuid::from_u128(9),
            number: 3,
            state: "captured".to_owned(),
            amount: Some(60),
            transaction_id: Some(Uuid::from_u128(8)),
            reason: None,
            created_at_us: 2,
            route: Some("POST /payments".to_owned()),
            key: Some("k".to_owned()),
            fingerprint: Some(vec![7; 32]),
        }
    }

    #[test]
    fn a_row_is_its_payment() {
        let payment = PaymentRecord::try_from(row()).unwrap();
        let figures = *payment.life.figures();
        assert_eq!(
            (
                figures.amount.minor(),
                figures.captured.minor(),
                figures.refunded.minor()
            ),
            (100, 60, 10)
        );
        assert_eq!(
            (payment.authorization, payment.capture),
            (Step::Automatic, Step::Manual)
        );
        let exchange = payment.exchange.unwrap();
        assert_eq!(
            (exchange.to().code(), exchange.rate().to_string()),
            ("JPY", "29.705".to_owned())
        );
        assert_eq!((payment.created_at, payment.updated_at), (at(1), at(2)));

        let event = event().of(&payment).unwrap();
        assert_eq!((event.number, event.event.state), (3, PaymentState::Captured));
        assert_eq!(
            event.event.amount.unwrap(),
            Money::new(60, "BRL".parse().unwrap())
        );
        assert_eq!(event.request.unwrap().fingerprint, [7; 32]);
    }

    fn at(micros: i64) -> Timestamp {
        Timestamp::from_microsecond(micros).unwrap()
    }

    #[test]
    fn a_broken_row_is_named() {
        let broken: [(Tamper, &str); 8] = [
            (|row| row.currency = "XYZ".to_owned(), "XYZ"),
            (|row| row.state = "gone".to_owned(), "\"gone\" is no known name"),
            (|row| row.payment_type = String::new(), "\"\" is no known name"),
            (
                |row| row.capturing = "never".to_owned(),
                "\"never\" is no known name",
            ),
            (|row| row.captured = 0, "cannot have 0.00 BRL captured"),
            (|row| row.events = -1, "-1 is out of range"),
            (|row| row.exchange_rate = None, "only a part"),
            (|row| row.created_at_us = i64::MAX, ""),
        ];
        for (tamper, said) in broken {
            let mut row = row();
            tamper(&mut row);
            let error = PaymentRecord::try_from(row).unwrap_err().to_string();
            let named = format!("payments {} is corrupt: ", Uuid::from_u128(7));
            assert!(error.starts_with(&named) && error.contains(said), "{error}");
        }
        let payment = PaymentRecord::try_from(row()).unwrap();
        let mut short = event();
        short.fingerprint = Some(vec![7; 31]);
        let error = short.of(&payment).unwrap_err().to_string();
        let named = format!("payment_events {} is corrupt: a SHA-256", Uuid::from_u128(9));
        assert!(error.starts_with(&named), "{error}");
    }
}
