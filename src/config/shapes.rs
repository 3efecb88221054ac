//! The sources that have a meaning, with their canonical columns.

/// What a source may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SourceShape {
    /// Name of the source.
    pub name: &'static str,
    /// What its rows are.
    pub(super) meaning: &'static str,
    /// What its columns are.
    pub(super) columns: &'static str,
    /// Canonical columns that must be mapped.
    pub required: &'static [&'static str],
    /// Canonical columns of which at least one must be mapped; empty when there is no such choice.
    pub one_of: &'static [&'static str],
    /// Canonical columns that may be mapped.
    pub optional: &'static [&'static str],
}

impl SourceShape {
    /// The columns that a row is known by; of exchange rates two.
    #[must_use]
    pub fn ids(&self) -> &'static [&'static str] {
        &self.required[..if self.name == "exchange_rates" { 2 } else { 1 }]
    }
}

/// Every source, `order_lines` (the only one that must be configured) first.
#[rustfmt::skip]
pub const SOURCES: &[SourceShape] = &[
    SourceShape {
        name: "order_lines",
        meaning: "one row per order line",
        columns: "canonical name: the source's column, or a SQL expression over its columns, or a number. Whole numbers and decimals are computed \
             exactly; queries/SQL.md says what an expression may hold. A text with an offset is an instant. Needed: order_id, customer_id, \
             ordered_at, and gross_amount (before discount) or net_amount (after it) or both. Without cost_amount, policy.margin is needed and \
             profit is an estimate. The amounts of a returned line (is_return) are negative; see policy.return_sign. The amounts of a line are in its currency, a code \
             such as USD; where that is not project.currency, sources.exchange_rates converts them",
        required: &["order_id", "customer_id", "ordered_at"],
        one_of: &["gross_amount", "net_amount"],
        optional: &["line_number", "quantity", "discount_amount", "cost_amount", "is_return", "product_id", "category", "freight_amount",
            "customer_segment", "country", "region", "state", "currency"],
    },
    SourceShape {
        name: "customers",
        meaning: "one row per customer",
        columns: "needed: customer_id. A kind is retail, merchant, channel or internal, which is outside of all classes; owner is the account \
             owner; referred_by is the customer_id of who referred them",
        required: &["customer_id"],
        one_of: &[],
        optional: &["name", "kind", "industry", "country", "region", "owner", "referred_by", "signed_up_at", "segment"],
    },
    SourceShape {
        name: "service_cases",
        meaning: "one row per service case",
        columns: "needed: case_id, customer_id and opened_at. A satisfaction is 1 to 5",
        required: &["case_id", "customer_id", "opened_at"],
        one_of: &[],
        optional: &["kind", "channel", "is_complaint", "cost", "minutes", "satisfaction", "first_answer_at", "resolved_at",
            "order_id"],
    },
    SourceShape {
        name: "payments",
        meaning: "one row per payment that is due",
        columns: "needed: payment_id, customer_id and due_date",
        required: &["payment_id", "customer_id", "due_date"],
        one_of: &[],
        optional: &["paid_date", "amount", "order_id"],
    },
    SourceShape {
        name: "visits",
        meaning: "one row per visit to the shop or site",
        columns: "needed: visit_id, customer_id and visited_at",
        required: &["visit_id", "customer_id", "visited_at"],
        one_of: &[],
        optional: &["channel"],
    },
    SourceShape {
        name: "exchange_rates",
        meaning: "one row per currency and day: what one unit of the currency was worth in project.currency",
        columns: "needed: currency, rate_date and rate, with up to 10 decimals. A line is converted at the last rate on or before its day that is not \
             older than policy.max_rate_age_days. Where the file says how many units one unit of project.currency buys, write rate: 1 / rate. \
             Needs sources.order_lines.columns.currency",
        required: &["currency", "rate_date", "rate"],
        one_of: &[],
        optional: &[],
    },
];

/// Columns of a row's file, which every source has and a query may pass on.
pub(super) const PROVENANCE: [&str; 2] = ["source_file", "source_row"];

/// Whether a source of this name has a meaning of its own.
#[must_use]
pub fn is_reserved(name: &str) -> bool {
    SOURCES.iter().any(|shape| shape.name == name)
}
