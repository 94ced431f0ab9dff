//! A payment's life: every state with everything that can happen to it, and that events make the payment again.

#![expect(
    clippy::unwrap_used,
    reason = "a test fails by panicking, also in the functions that tests share"
)]

use ledger::{Money, Payment, PaymentChange, PaymentError, PaymentEvent, PaymentFigures, PaymentState};
use proptest::prelude::*;

use PaymentChange::{Authorize, Cancel, Capture, CaptureAtOnce, Decline, Fail, Process, Refund};
use PaymentState as S;

fn brl(minor: i64) -> Money {
    Money::new(minor, "BRL".parse().unwrap())
}

/// A payment of 1.00 that got there.
fn at(state: PaymentState) -> Payment {
    let partly = Refund(Some(brl(40)));
    let way: &[PaymentChange] = match state {
        S::Pending => &[],
        S::Processing => &[Process],
        S::Authorized => &[Authorize],
        S::Declined => &[Decline],
        S::Captured => &[CaptureAtOnce],
        S::Failed => &[Process, Fail],
        S::Cancelled => &[Cancel],
        S::PartiallyRefunded => &[CaptureAtOnce, partly],
        S::Refunded => &[CaptureAtOnce, Refund(None)],
    };
    let (mut payment, _) = Payment::pending(brl(100)).unwrap();
    for change in way {
        payment.apply(*change).unwrap();
    }
    assert_eq!(payment.state(), state);
    payment
}

/// Where each change leads to from each state; everything else is refused.
const WAYS: [(PaymentState, PaymentChange, PaymentState); 13] = [
    (S::Pending, Process, S::Processing),
    (S::Pending, Authorize, S::Authorized),
    (S::Pending, Decline, S::Declined),
    (S::Pending, CaptureAtOnce, S::Captured),
    (S::Pending, Cancel, S::Cancelled),
    (S::Processing, Authorize, S::Authorized),
    (S::Processing, Decline, S::Declined),
    (S::Processing, CaptureAtOnce, S::Captured),
    (S::Processing, Fail, S::Failed),
    (S::Authorized, Capture(None), S::Captured),
    (S::Authorized, Cancel, S::Cancelled),
    (S::Captured, Refund(None), S::Refunded),
    (S::PartiallyRefunded, Refund(None), S::Refunded),
];

const CHANGES: [PaymentChange; 8] = [
    Process,
    Authorize,
    Decline,
    Fail,
    Cancel,
    CaptureAtOnce,
    Capture(None),
    Refund(None),
];

#[test]
fn every_change_from_every_state_is_allowed_or_refused() {
    for from in S::ALL {
        for change in CHANGES {
            let mut payment = at(from);
            let way = WAYS.iter().find(|(state, of, _)| (*state, *of) == (from, change));
            let happened = payment.apply(change);
            if let Some((_, _, to)) = way {
                assert_eq!((happened.unwrap().state, payment.state()), (*to, *to));
            } else {
                let refused = happened.unwrap_err();
                assert_eq!(refused.code(), "invalid_state_transition", "{from:?} {change:?}");
                assert_eq!(payment, at(from));
            }
        }
    }
}

#[test]
fn a_part_is_captured_and_refunded_in_parts() {
    let mut payment = at(S::Authorized);
    assert_eq!(
        payment.apply(Capture(Some(brl(101)))).unwrap_err().code(),
        "capture_exceeds_payment"
    );
    let captured = payment.apply(Capture(Some(brl(70)))).unwrap();
    assert_eq!((captured.state, captured.amount), (S::Captured, Some(brl(70))));
    for (wanted, state, refunded) in [(30, S::PartiallyRefunded, 30), (40, S::Refunded, 70)] {
        let too_much = payment.apply(Refund(Some(brl(71)))).unwrap_err();
        assert_eq!(too_much.code(), "refund_exceeds_capture");
        let event = payment.apply(Refund(Some(brl(wanted)))).unwrap();
        assert_eq!((event.state, event.amount), (state, Some(brl(wanted))));
        assert_eq!(payment.figures().refunded, brl(refunded));
    }
}

#[test]
fn an_amount_is_above_zero_and_of_one_currency() {
    for amount in [0, -1] {
        assert_eq!(
            Payment::pending(brl(amount)).unwrap_err().code(),
            "invalid_amount"
        );
        let refused = at(S::Authorized).apply(Capture(Some(brl(amount)))).unwrap_err();
        assert_eq!(refused.code(), "invalid_amount");
    }
    let dollar = Money::new(1, "USD".parse().unwrap());
    let refused = at(S::Captured).apply(Refund(Some(dollar))).unwrap_err();
    assert_eq!(refused.code(), "invalid_amount");
}

#[test]
fn fields_that_contradict_each_other_are_no_payment() {
    let good = *at(S::PartiallyRefunded).figures();
    assert_eq!(Payment::from_figures(good), Ok(at(S::PartiallyRefunded)));
    let broken = [
        PaymentFigures {
            captured: brl(101),
            ..good
        },
        PaymentFigures {
            refunded: brl(0),
            ..good
        },
        PaymentFigures {
            refunded: brl(100),
            ..good
        },
        PaymentFigures {
            state: S::Captured,
            ..good
        },
        PaymentFigures {
            state: S::Refunded,
            ..good
        },
        PaymentFigures {
            state: S::Authorized,
            ..good
        },
        PaymentFigures { events: 0, ..good },
        PaymentFigures { events: 1, ..good },
        PaymentFigures {
            amount: brl(0),
            ..good
        },
    ];
    for figures in broken {
        let refused = Payment::from_figures(figures);
        assert_eq!(refused, Err(PaymentError::Inconsistent(figures)));
    }
}

#[test]
fn events_that_cannot_have_happened_make_no_payment() {
    let event = |state, amount: Option<i64>| PaymentEvent {
        state,
        amount: amount.map(brl),
    };
    let impossible: [&[PaymentEvent]; 6] = [
        &[],
        &[event(S::Captured, Some(100))],
        &[event(S::Pending, None), event(S::Pending, None)],
        &[event(S::Pending, None), event(S::Captured, None)],
        &[event(S::Pending, None), event(S::Captured, Some(101))],
        &[
            event(S::Pending, None),
            event(S::Captured, Some(100)),
            event(S::Refunded, Some(99)),
        ],
    ];
    for events in impossible {
        let refused = Payment::rebuild(brl(100), events).unwrap_err();
        assert_eq!(refused.code(), "corrupt_payment", "{events:?}");
    }
}

fn change() -> impl Strategy<Value = PaymentChange> {
    let wanted = || proptest::option::of((1..60_i64).prop_map(brl));
    prop_oneof![
        1 => Just(Process),
        1 => Just(Authorize),
        1 => Just(Decline),
        1 => Just(Fail),
        1 => Just(Cancel),
        2 => Just(CaptureAtOnce),
        3 => wanted().prop_map(Capture),
        5 => wanted().prop_map(Refund),
    ]
}

proptest! {
    #[test]
    fn events_make_the_payment_again(changes in proptest::collection::vec(change(), 0..12)) {
        let (mut payment, first) = Payment::pending(brl(100)).unwrap();
        let mut events = vec![first];
        let (mut captured, mut refunded) = (0, 0);
        for change in changes {
            let before = payment;
            let Ok(event) = payment.apply(change) else {
                prop_assert_eq!(payment, before);
                continue;
            };
            let moved = event.amount.map_or(0, Money::minor);
            match change {
                CaptureAtOnce | Capture(_) => captured += moved,
                Refund(_) => refunded += moved,
                _ => prop_assert_eq!(moved, 0),
            }
            events.push(event);
        }
        prop_assert!(refunded <= captured && captured <= 100);
        let figures = payment.figures();
        prop_assert_eq!((figures.captured.minor(), figures.refunded.minor()), (captured, refunded));
        prop_assert_eq!(Payment::rebuild(brl(100), &events), Ok(payment));
        prop_assert_eq!(Payment::from_figures(*figures), Ok(payment));
        // None of them can be left out.
        for left_out in 0..events.len() {
            let mut fewer = events.clone();
            fewer.remove(left_out);
            prop_assert_ne!(Payment::rebuild(brl(100), &fewer), Ok(payment));
        }
    }
}
