//! English.

use super::{AccountStatus, HoldStatus, PaymentStatus, Rounding, Texts};

pub(super) static TEXTS: Texts = Texts {
    amount: "Amount",
    from: "From",
    to: "To",
    for_what: "For",
    taken: "Taken",
    captured: "Captured",
    refunded: "Refunded",
    exchange: "Exchange",
    rate: "Rate",
    rounding: "Rounding",
    rounded: |rounding, smallest| match rounding {
        Rounding::HalfEven => {
            format!("To the nearest {smallest}; exactly halfway, to the even last digit")
        }
        Rounding::HalfUp => format!("To the nearest {smallest}; exactly halfway, up"),
        Rounding::HalfDown => format!("To the nearest {smallest}; exactly halfway, down"),
        Rounding::Up => format!("Always up, to the next {smallest}"),
        Rounding::Down => format!("Always down: what is less than {smallest} is left out"),
    },
    arrives_as: |arrives| format!("Arrives as {arrives}"),
    provider: "Provider",
    any_account: "Any account",
    owner: "Owner",
    pending: "Pending",
    actions: "Actions",
    payment_statuses: |status| match status {
        PaymentStatus::Pending => "Pending",
        PaymentStatus::Processing => "Processing",
        PaymentStatus::Authorized => "Authorized",
        PaymentStatus::Captured => "Captured",
        PaymentStatus::PartiallyRefunded => "Refunded in part",
        PaymentStatus::Refunded => "Refunded",
        PaymentStatus::Declined => "Declined",
        PaymentStatus::Failed => "Failed",
        PaymentStatus::Cancelled => "Cancelled",
    },
    account_statuses: |status| match status {
        AccountStatus::Open => "Open",
        AccountStatus::Frozen => "Frozen",
        AccountStatus::Closed => "Closed",
    },
    hold_statuses: |status| match status {
        HoldStatus::Pending => "Reserved",
        HoldStatus::Captured => "Captured",
        HoldStatus::Released => "Released",
        HoldStatus::Expired => "Expired",
    },
    no_payments_title: "No payments yet",
    no_payments: "Payments that your systems make over the payments API stand here. They need two accounts; this makes one:",
    no_accounts: "A rule opens the accounts that it names; others are made over the payments API.",
    no_holds_title: "No holds",
    no_holds: "What a rule or a request reserves on an account stands here until it is captured or released.",
    holds_meaning: "Reserved on one account for another. What payments reserve stands with them.",
    the_payment: "Payment",
    payment: |id| format!("Payment …{id}"),
    of_company: |name| format!("This payment belongs to {name}: the pages now show that company."),
    initial_balance: "Initial balance",
    statement: "Statement",
    from_day: "From",
    to_day: "Through",
    csv: "Download CSV",
    opening: "Opening balance",
    closing: "Closing balance",
    entries: |count| match count {
        1 => "1 entry".to_owned(),
        many => format!("{many} entries"),
    },
    nothing_moved: "Nothing moved on this account then.",
    happened: "What happened",
    happened_to: |status| match status {
        PaymentStatus::Pending => "Taken",
        PaymentStatus::Processing => "Handed to the provider",
        PaymentStatus::Authorized => "Authorized: the amount is reserved",
        PaymentStatus::Captured => "Captured",
        PaymentStatus::PartiallyRefunded => "Refunded in part",
        PaymentStatus::Refunded => "Refunded: nothing is left",
        PaymentStatus::Declined => "Declined",
        PaymentStatus::Failed => "Failed",
        PaymentStatus::Cancelled => "Cancelled",
    },
    ledger_transaction: "Ledger transaction",
    declined_moved_nothing: "No money moved.",
    reserved_on: "On account",
    reserved_for: "For account",
    expires: "Expires",
    never: "never",
    of_it_captured: |amount| format!("{amount} captured"),
    of_it_refunded: |amount| format!("{amount} refunded"),
    refunded_of: |refunded, captured| format!("{refunded} of {captured} refunded"),
    not_paid: |reason| format!("Not paid: {reason}"),
    told: str::to_owned,
    reason: "Reason (optional)",
    go_back: "Go back",
    no_amount: "Write the amount in digits, with a point before the cents: 12.50",
    not_known: "Whether it was done is not known. Sent again, it is done once.",
    may_be_done: "The request may have been carried out, or still be: see whether it stands here before you repeat it.",
    look_at_payment: "Look at the payment",
    look_at_holds: "Look at the holds",
    look_at_account: "Look at the account",
    rate_holds: |rate| format!("From one currency to the other, the payment's rate holds: {rate}."),
    refund: "Refund",
    refund_title: "Refund this payment?",
    refund_says: |back, from, to, left| {
        format!("{back} go back from {from} to {to}, at once. {left} can still be refunded.")
    },
    refund_at_most: |left| format!("At most {left} can be refunded: no more is left."),
    refund_done: "The refund is in the ledger.",
    capture: "Capture",
    capture_title: "Capture this payment?",
    capture_hold_title: "Capture this hold?",
    capture_says: |taken, from, to| format!("{taken} go from {from} to {to}, at once."),
    rest_is_freed: |reserved| {
        format!("Of the {reserved} reserved the rest is freed, and cannot be captured later.")
    },
    capture_at_most: |reserved| format!("At most {reserved} can be captured: no more is reserved."),
    capture_done: "The capture is in the ledger.",
    cancel: "Cancel payment",
    cancel_title: "Cancel this payment?",
    cancel_says: |reserved, on| {
        format!(
            "The {reserved} reserved on {on} are freed. Nothing is paid, and the payment cannot be taken up again."
        )
    },
    cancel_pending_says: "Nothing was reserved for it yet. It cannot be taken up again.",
    cancel_done: "The payment is cancelled.",
    release: "Release",
    release_title: "Release this hold?",
    release_says: |reserved, on| {
        format!(
            "The {reserved} reserved on {on} are freed. Nothing is posted, and the hold cannot be captured any more."
        )
    },
    release_done: "The hold is released.",
    freeze: "Freeze",
    freeze_title: |account| format!("Freeze {account}?"),
    freeze_says: |account| {
        format!(
            "Nothing can be taken from {account} until it is unfrozen: payments from it are declined, and nodes of rules fail. \
             Money still comes in."
        )
    },
    freeze_done: "The account is frozen.",
    unfreeze: "Unfreeze",
    unfreeze_title: |account| format!("Unfreeze {account}?"),
    unfreeze_says: |account| format!("From now on money can be taken from {account} again."),
    unfreeze_done: "The account is open again.",
};
