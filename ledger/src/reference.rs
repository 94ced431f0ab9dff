//! What the references begin with under which the system posts what its callers ask for.
//!
//! A reference is unique in its company, and these are how the same request is known again. Whoever else posted under
//! one would take the place of a caller's transfer, or of a hold's capture, for good. So nobody else may: what a rule
//! posts is refused under them.

/// A transfer; the request's key follows.
pub const TRANSFERS: &str = "transfers/";
/// A transfer in a batch; its place in it and the request's key follow.
pub const TRANSFER_BATCHES: &str = "transfer_batches/";
/// What takes a transfer back; the request's key follows.
pub const REVERSALS: &str = "reversals/";
/// What becomes of a hold, which follows.
pub const HOLDS: &str = "holds/";
/// What becomes of a payment, which follows.
pub const PAYMENTS: &str = "payments/";
/// What an account begins with, which follows.
pub const ACCOUNTS: &str = "accounts/";

/// All of them.
const RESERVED: [&str; 6] = [TRANSFERS, TRANSFER_BATCHES, REVERSALS, HOLDS, PAYMENTS, ACCOUNTS];

/// What a reference begins with, if that is the system's own.
pub fn reserved_beginning(reference: &str) -> Option<&'static str> {
    RESERVED
        .into_iter()
        .find(|beginning| reference.starts_with(beginning))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_beginning_counts() {
        for (text, found) in [
            ("transfers/order-1", Some(TRANSFERS)),
            ("transfer_batches/0/order-1", Some(TRANSFER_BATCHES)),
            ("reversals/", Some(REVERSALS)),
            ("holds/x/capture", Some(HOLDS)),
            ("payments/x/y", Some(PAYMENTS)),
            ("accounts/x/initial_balance", Some(ACCOUNTS)),
            ("transfers", None),
            ("transfers-1", None),
            ("Transfers/1", None),
            ("my transfers/1", None),
            ("", None),
        ] {
            assert_eq!(reserved_beginning(text), found, "{text}");
        }
    }
}
