//! The examples that come with MoneyFlow. Each runs, as its tests show. Their documents are loaded when one is chosen.

use crate::words::ExampleTexts;

/// A rule to begin with.
pub(super) struct Example {
    pub(super) name: &'static str,
    pub(super) text: fn(&ExampleTexts) -> &'static str,
}

macro_rules! example {
    ($name:literal, $text:ident) => {
        Example {
            name: $name,
            text: |texts| texts.$text,
        }
    };
}

/// The simplest first.
pub(super) const EXAMPLES: [Example; 8] = [
    example!("marketplace-split", marketplace_split),
    example!("physical-product", physical_product),
    example!("subscription-royalty", subscription_royalty),
    example!("service", service),
    example!("digital-abroad", digital_abroad),
    example!("fraud-screen", fraud_screen),
    example!("refused-payment", refused_payment),
    example!("hold-and-capture", hold_and_capture),
];
