//! Where a payment stands, and what leads from there to where.

use crate::Money;

/// Where a payment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PaymentState {
    /// It was taken, and nothing was done.
    Pending,
    /// A provider was asked, and has not answered.
    Processing,
    /// Its amount is reserved.
    Authorized,
    /// It was turned down: too little is there, say.
    Declined,
    /// It was taken from the payer, in full or in part.
    Captured,
    /// A provider could not carry it out.
    Failed,
    /// It was given up before it was captured.
    Cancelled,
    /// A part of what was captured was given back.
    PartiallyRefunded,
    /// All that was captured was given back.
    Refunded,
}

impl PaymentState {
    /// All of them, in the order above.
    pub const ALL: [Self; 9] = [
        Self::Pending,
        Self::Processing,
        Self::Authorized,
        Self::Declined,
        Self::Captured,
        Self::Failed,
        Self::Cancelled,
        Self::PartiallyRefunded,
        Self::Refunded,
    ];

    /// Its name, such as `partially_refunded`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Processing => "processing",
            Self::Authorized => "authorized",
            Self::Declined => "declined",
            Self::Captured => "captured",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::PartiallyRefunded => "partially_refunded",
            Self::Refunded => "refunded",
        }
    }

    /// Reads what [`name`](Self::name) wrote.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    /// Whether something can happen to it from here.
    pub(super) const fn allows(self, change: PaymentChange) -> bool {
        use PaymentChange as C;
        match change {
            C::Process => matches!(self, Self::Pending),
            C::Authorize | C::CaptureAtOnce | C::Decline => matches!(self, Self::Pending | Self::Processing),
            C::Capture(_) => matches!(self, Self::Authorized),
            C::Fail => matches!(self, Self::Processing),
            C::Cancel => matches!(self, Self::Pending | Self::Authorized),
            C::Refund(_) => matches!(self, Self::Captured | Self::PartiallyRefunded),
        }
    }
}

/// Something that happens to a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaymentChange {
    /// A provider is asked.
    Process,
    /// Its amount is reserved.
    Authorize,
    /// All of it is taken, without having been reserved.
    CaptureAtOnce,
    /// So much of what was reserved is taken, all of it unless said. The rest is freed.
    Capture(Option<Money>),
    /// It is turned down.
    Decline,
    /// It could not be carried out.
    Fail,
    /// It is given up.
    Cancel,
    /// So much of what was captured is given back, all that is left of it unless said.
    Refund(Option<Money>),
}

impl PaymentChange {
    /// What happens, as "cannot be …" says it.
    pub(super) const fn verb(self) -> &'static str {
        match self {
            Self::Process => "processed",
            Self::Authorize => "authorized",
            Self::CaptureAtOnce | Self::Capture(_) => "captured",
            Self::Decline => "declined",
            Self::Fail => "failed",
            Self::Cancel => "cancelled",
            Self::Refund(_) => "refunded",
        }
    }
}
