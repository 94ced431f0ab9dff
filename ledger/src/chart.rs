//! The standard chart: the kinds of the accounts that the built-in tasks post to.
//!
//! What a name means here never changes, since accounts were opened by it.

use crate::AccountKind;

/// The kind of a standard account, by the first segment of its code: `royalties_payable:alice` is a liability
/// like `royalties_payable`. `None` if the chart does not know the name.
pub fn kind_of(code: &str) -> Option<AccountKind> {
    let name = code.split(':').next().unwrap_or(code);
    match name {
        "receivables" | "settlement" | "bank" | "cash" => Some(AccountKind::Asset),
        "royalties_payable" | "commissions_payable" => Some(AccountKind::Liability),
        "exchange" | "funding" => Some(AccountKind::Equity),
        "revenue" => Some(AccountKind::Revenue),
        "royalty_expense" | "commission_expense" | "fees" => Some(AccountKind::Expense),
        _ => None,
    }
}

/// The kind and overdraft of an account that the system itself posts to, by its whole code; `None` for any other. It has no
/// other terms, whoever opens it: with them every exchange, or every first balance, would be refused from then on.
pub fn own_terms(code: &str) -> Option<(AccountKind, bool)> {
    matches!(code, "exchange" | "funding").then_some((AccountKind::Equity, true))
}

/// The kind that an account opens with when nobody says one: by the chart, else a liability, since money on an
/// account of unknown purpose is owed to somebody.
pub fn opening_kind(code: &str) -> AccountKind {
    kind_of(code).unwrap_or(AccountKind::Liability)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_systems_own_accounts_are_of_the_kind_that_their_names_say() {
        for code in ["exchange", "funding"] {
            assert_eq!(own_terms(code), kind_of(code).map(|kind| (kind, true)), "{code}");
            assert_eq!(own_terms(&format!("{code}:x")), None, "{code}");
        }
    }

    #[test]
    fn names_are_found_by_their_first_segment() {
        assert_eq!(kind_of("revenue"), Some(AccountKind::Revenue));
        assert_eq!(
            kind_of("royalties_payable:alice:2024"),
            Some(AccountKind::Liability)
        );
        assert_eq!(kind_of("bank:itau"), Some(AccountKind::Asset));
        for code in ["merchant:revenue", "revenues", "Revenue", "revenue.net", ""] {
            assert_eq!(kind_of(code), None, "{code}");
            assert_eq!(opening_kind(code), AccountKind::Liability);
        }
    }
}
