//! Payments are compared with their events and with the ledger; each way of tampering with them is told.

use super::MoneyStoreFactory;
use super::payment_teller::{Counter, Teller, for_yen};
use crate::{verify_ledger, verify_payments};

/// What happens to a payment that was just taken.
type History = fn(Counter<'_>) -> Counter<'_>;

/// A payment in one currency, or in two.
#[derive(Clone, Copy)]
enum Kind {
    InReais(History),
    ForYen(History),
}
use Kind::{ForYen, InReais};

/// What is done to one payment behind the system's back, and what is said of it. `{p}`, `{t}` and `{h}` stand for its id,
/// its transaction's and its hold's.
struct Tampering {
    kind: Kind,
    sql: &'static str,
    said: &'static str,
}

const AT_ONCE: History = |payment| payment.take();
const AUTHORIZED: History = |payment| payment.reserve();
const REFUNDED_IN_PARTS: History = |payment| payment.reserve().capture(60).refund(10).refund(10);
const CANCELLED: History = |payment| payment.reserve().cancel();

/// The transaction of the first refund.
macro_rules! refund {
    () => {
        "(SELECT transaction_id FROM payment_events WHERE payment_id = {p} AND number = 4)"
    };
}

const TAMPERINGS: &[Tampering] = &[
    Tampering {
        kind: InReais(AT_ONCE),
        sql: "UPDATE payments SET refunded = 40, state = 'partially_refunded', events = events + 1 WHERE id = {p}",
        said: "with 1.00 BRL captured and 0.40 BRL refunded after 3 events, but its 2 events make it captured",
    },
    Tampering {
        kind: InReais(AT_ONCE),
        sql: "UPDATE payment_events SET transaction_id = id WHERE payment_id = {p} AND number = 2",
        said: "which is not there",
    },
    Tampering {
        kind: InReais(AT_ONCE),
        sql: "UPDATE transactions SET company_id = id WHERE id = {t}",
        said: "which is of company",
    },
    Tampering {
        kind: InReais(AT_ONCE),
        sql: "UPDATE transactions SET reference = 'transfers/1' WHERE id = {t}",
        said: "which was posted as transfers/1",
    },
    Tampering {
        kind: InReais(REFUNDED_IN_PARTS),
        sql: concat!(
            "UPDATE payment_events SET transaction_id = ",
            refund!(),
            " WHERE payment_id = {p} AND number = 5"
        ),
        said: "as an event before it does",
    },
    Tampering {
        kind: InReais(AT_ONCE),
        sql: "UPDATE entries SET amount = 101 WHERE transaction_number = (SELECT number FROM transactions WHERE id = {t})",
        said: "has to be debit alice 1.00 BRL, credit bob 1.00 BRL, and its transaction",
    },
    Tampering {
        kind: InReais(AT_ONCE),
        sql: "UPDATE payments SET source_account_id = destination_account_id, destination_account_id = source_account_id
            WHERE id = {p}",
        said: "has to be debit bob 1.00 BRL, credit alice 1.00 BRL, and its transaction",
    },
    Tampering {
        kind: InReais(AT_ONCE),
        sql: "UPDATE payments SET destination_account_id = id WHERE id = {p}",
        said: "cannot have moved 1.00 BRL: The company has no account",
    },
    Tampering {
        kind: ForYen(AT_ONCE),
        sql: "UPDATE payments SET exchange_rate = '30' WHERE id = {p}",
        said: "has to be debit alice 1.00 BRL, credit exchange 1.00 BRL, debit exchange 30 JPY, credit carla 30 JPY, \
               and its transaction",
    },
    Tampering {
        kind: InReais(REFUNDED_IN_PARTS),
        sql: concat!(
            "UPDATE entries SET amount = 11 WHERE transaction_number = (SELECT number FROM transactions WHERE id = ",
            refund!(),
            ")"
        ),
        said: "its event 4 (partially_refunded) has to be debit bob 0.10 BRL, credit alice 0.10 BRL",
    },
    Tampering {
        kind: InReais(REFUNDED_IN_PARTS),
        sql: concat!("UPDATE transactions SET reverses = NULL WHERE id = ", refund!()),
        said: "which takes back no transaction",
    },
    Tampering {
        kind: InReais(AT_ONCE),
        sql: "UPDATE payment_events SET transaction_id = NULL WHERE payment_id = {p} AND number = 2",
        said: "its event 2 (captured) moves 1.00 BRL, and names no transaction",
    },
    Tampering {
        kind: InReais(AUTHORIZED),
        sql: "UPDATE payment_events SET transaction_id = id WHERE payment_id = {p} AND number = 2",
        said: "its event 2 (authorized) moves nothing, and names transaction",
    },
    Tampering {
        kind: InReais(AT_ONCE),
        sql: "UPDATE payments SET transaction_id = NULL WHERE id = {p}",
        said: "it is kept as captured by no transaction, and its events say transaction",
    },
    Tampering {
        kind: InReais(AUTHORIZED),
        sql: "UPDATE payments SET hold_id = NULL WHERE id = {p}",
        said: "it was authorized, and has no hold",
    },
    Tampering {
        kind: InReais(AUTHORIZED),
        sql: "UPDATE payments SET hold_id = id WHERE id = {p}",
        said: "is not there",
    },
    Tampering {
        kind: InReais(AT_ONCE),
        sql: "UPDATE payments SET hold_id = id WHERE id = {p}",
        said: "it never was authorized, and has hold",
    },
    Tampering {
        kind: InReais(AUTHORIZED),
        sql: "UPDATE holds SET status = 'released' WHERE id = {h}",
        said: "has to be pending, of 1.00 BRL from alice to bob of company",
    },
    Tampering {
        kind: InReais(AUTHORIZED),
        sql: "UPDATE holds SET amount = 99 WHERE id = {h}",
        said: "and is pending, of 0.99 BRL from alice",
    },
    Tampering {
        kind: InReais(AUTHORIZED),
        sql: "UPDATE holds SET account = 'carla' WHERE id = {h}",
        said: "and is pending, of 1.00 BRL from carla",
    },
    Tampering {
        kind: ForYen(AUTHORIZED),
        sql: "UPDATE holds SET to_account = 'carla' WHERE id = {h}",
        said: "has to be pending, of 1.00 BRL from alice to exchange",
    },
    Tampering {
        kind: InReais(REFUNDED_IN_PARTS),
        sql: "UPDATE holds SET captured = 61 WHERE id = {h}",
        said: "has to be captured with 0.60 BRL, of 1.00 BRL",
    },
    Tampering {
        kind: InReais(REFUNDED_IN_PARTS),
        sql: "UPDATE holds SET captured = NULL, status = 'pending' WHERE id = {h}",
        said: "has to be captured with 0.60 BRL, of 1.00 BRL",
    },
    Tampering {
        kind: InReais(CANCELLED),
        sql: "UPDATE holds SET status = 'pending' WHERE id = {h}",
        said: "has to be released, of 1.00 BRL",
    },
];

impl Tampering {
    /// The statement, for the payment of this name.
    fn statement(&self, name: &str) -> String {
        let of_payment = |column| format!("(SELECT {column} FROM payments WHERE description = '{name}')");
        let columns = [("{p}", "id"), ("{t}", "transaction_id"), ("{h}", "hold_id")];
        columns
            .into_iter()
            .fold(self.sql.to_owned(), |sql, (sign, column)| {
                sql.replace(sign, &of_payment(column))
            })
    }
}

fn make(teller: &mut Teller, name: &str, kind: Kind) {
    match kind {
        InReais(history) => history(teller.taken(name, None)).done(),
        ForYen(history) => history(teller.taken(name, Some(for_yen()))).done(),
    }
}

/// Payments of all kinds, untouched, agree with the ledger.
pub async fn verifies_payments(factory: &impl MoneyStoreFactory) {
    let histories: [History; 9] = [
        |payment| payment,
        AT_ONCE,
        |payment| payment.take().refund(33).refund(67),
        AUTHORIZED,
        |payment| payment.reserve().capture(100),
        REFUNDED_IN_PARTS,
        CANCELLED,
        |payment| payment.cancel(),
        |payment| payment.decline(),
    ];
    let mut teller = Teller::new();
    for history in histories {
        make(&mut teller, "rent", InReais(history));
        make(&mut teller, "rent", ForYen(history));
    }
    let store = factory.open_for_money().await;
    teller.store(&*store).await;
    let audit = verify_ledger(&*store).await.unwrap();
    assert_eq!(audit.difference, None);
    let audit = verify_payments(&*store).await.unwrap();
    assert_eq!((audit.payments, audit.events, audit.difference), (18, 48, None));
}

/// Whatever is done to a payment, its events, its transactions or its hold is told, and of which payment.
pub async fn tells_payments_that_the_ledger_does_not_bear_out(factory: &impl MoneyStoreFactory) {
    let mut teller = Teller::new();
    for (number, tampering) in TAMPERINGS.iter().enumerate() {
        make(&mut teller, &format!("payment {number}"), tampering.kind);
    }
    let store = factory.open_for_money().await;
    teller.store(&*store).await;
    factory.unguard().await;
    assert_eq!(verify_payments(&*store).await.unwrap().difference, None);
    // The first difference is told, in the order of payments: so what is done last is to be told.
    for (number, tampering) in TAMPERINGS.iter().enumerate().rev() {
        let statement = tampering.statement(&format!("payment {number}"));
        factory.execute(&statement).await.unwrap();
        let audit = verify_payments(&*store).await.unwrap();
        let difference = audit.difference.unwrap_or_else(|| panic!("{statement}"));
        assert!(
            difference.problem.contains(tampering.said),
            "{statement}: {difference}"
        );
        assert_eq!(
            usize::try_from(audit.payments),
            Ok(number + 1),
            "{statement}: {difference}"
        );
    }
}
