//! The table of thresholds: name, default, unit, range and meaning of each, in one place.
//!
//! The names are columns of `settings.policy`, in this order, and `config.yaml` shows each with its default.
//! A value that is not here is not a threshold.

/// What a threshold's value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A day.
    Date,
    /// A whole number of days, customers, orders, ….
    Count,
    /// A share or rate; may be written as a percentage.
    Share,
    /// A score, ratio or other number.
    Number,
    /// An amount in project currency.
    Money,
    /// A word from a closed list, which stands in the range.
    Word,
}

/// One threshold of the policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Threshold {
    /// Key in `policy` and column of `settings.policy`.
    pub name: &'static str,
    /// What it is.
    pub kind: Kind,
    /// Value when the file gives none; `None` when there is no general default.
    pub default: Option<&'static str>,
    /// Unit, for readers.
    pub unit: &'static str,
    /// Interval in mathematical notation, or the words of the closed list.
    pub range: &'static str,
    /// What it decides, in one line.
    pub meaning: &'static str,
}

const fn row(
    name: &'static str,
    kind: Kind,
    default: &'static str,
    unit: &'static str,
    range: &'static str,
    meaning: &'static str,
) -> Threshold {
    let default = if default.is_empty() { None } else { Some(default) };
    Threshold {
        name,
        kind,
        default,
        unit,
        range,
        meaning,
    }
}

/// Every threshold, in the order of `settings.policy`.
// Two lines a row: a table is easier to read than six lines for each of its rows.
#[rustfmt::skip]
pub const THRESHOLDS: &[Threshold] = &[
    row("earliest_date", Kind::Date, "1970-01-02", "date", "[1800-01-01, 9999-12-31]",
        "an order dated earlier is rejected; 1970-01-01 and 1900-01-01 mostly stand for a date that is not known"),
    row("max_future_days", Kind::Count, "366", "days", "[0, 3660]",
        "an order this long after the as-of date and after every order before it is rejected; nearer ones belong to a later report"),
    row("return_sign", Kind::Word, "refuse", "word", "refuse negate",
        "of a returned line whose net amount is above 0: refuse rejects it; negate turns the sign of its amounts, cost and units"),
    row("coverage_days", Kind::Count, "3", "days", "[0, 3660]",
        "the history may begin so long after the start of a window that is compared; later, nothing is compared with it"),
    row("margin", Kind::Share, "", "share of net revenue", "[0, 1]",
        "contribution margin assumed for order lines without a cost; required while cost_amount is not mapped"),
    row("tier_cutoff", Kind::Word, "relative", "word", "relative absolute",
        "relative ranks anew in each run; absolute compares profit with the two amounts below"),
    row("platinum_share", Kind::Share, "0.05", "share of customers", "(0, 1)",
        "best customers by profit that are Platinum"),
    row("gold_share", Kind::Share, "0.20", "share of customers", "(0, 1)",
        "best customers by profit that are Platinum or Gold; above platinum_share"),
    row("lead_max_profit", Kind::Money, "0", "money per window", "(-1000000000000, 1000000000000)",
        "a customer with this profit or less is Lead"),
    row("platinum_min_profit", Kind::Money, "", "money per window", "(-1000000000000, 1000000000000)",
        "profit from which a customer is Platinum; only with tier_cutoff absolute"),
    row("gold_min_profit", Kind::Money, "", "money per window", "(-1000000000000, 1000000000000)",
        "profit from which a customer is Gold; only with tier_cutoff absolute"),
    row("abc_a_share", Kind::Share, "0.80", "share of net revenue", "(0, 1]",
        "share accumulated before a customer below which the class is A"),
    row("abc_b_share", Kind::Share, "0.95", "share of net revenue", "(0, 1]",
        "share accumulated before a customer below which the class is B; above abc_a_share"),
    row("high_value_min_score", Kind::Number, "4", "score 1 to 5", "[1, 5]",
        "value score from which a customer is of high value"),
    row("middle_value_min_score", Kind::Number, "2.5", "score 1 to 5", "[1, 5]",
        "value score from which a customer is of middle value"),
    row("new_customer_days", Kind::Count, "60", "days", "[1, 3660]",
        "a customer is new for so long after the first order"),
    row("reactivated_days", Kind::Count, "60", "days", "[1, 3660]",
        "a customer is reactivated for so long after the first order that follows a lapse"),
    row("rhythm_min_gaps", Kind::Count, "4", "gaps", "[1, 1000]",
        "gaps between order days that a customer needs for a rhythm of their own"),
    row("rhythm_percentile", Kind::Share, "0.9", "share of gaps", "(0, 1]",
        "percentile of the gaps that is the customer's rhythm"),
    row("at_risk_late_ratio", Kind::Number, "1", "times the rhythm", "(0, 100]",
        "days since the last order, in rhythms, above which a customer is late, the stage at_risk"),
    row("lapsed_late_ratio", Kind::Number, "2", "times the rhythm", "(0, 100]",
        "days since the last order, in rhythms, above which a customer has lapsed"),
    row("lapsed_days", Kind::Count, "365", "days", "[1, 3660]",
        "a customer without an order for longer has lapsed, whatever the rhythm"),
    row("silent_days", Kind::Count, "180", "days", "[1, 3660]",
        "a customer without an order for longer is late where no rhythm can be told; the recency rule expects nothing of them"),
    row("loyal_min_score", Kind::Number, "4", "score 1 to 5", "[1, 5]",
        "loyalty score from which a customer is loyal"),
    row("ordinary_min_score", Kind::Number, "3", "score 1 to 5", "[1, 5]",
        "loyalty score from which a customer is ordinary, below it occasional"),
    row("loyal_quarters", Kind::Count, "3", "quarters", "[1, 4]",
        "quarters with an order, of the last four, that count towards loyalty"),
    row("loyal_repeat_orders", Kind::Count, "2", "orders", "[1, 1000]",
        "orders in the window beyond the first that count towards loyalty"),
    row("loyal_full_price_share", Kind::Share, "0.5", "share of revenue sold", "[0, 1]",
        "spend without discount that counts towards loyalty"),
    row("loyal_tenure_days", Kind::Count, "365", "days", "[1, 36600]",
        "days since the first order that count towards loyalty"),
    row("whale_curve_points", Kind::Count, "400", "points", "[50, 400]",
        "points of the whale curve and of the Lorenz curve that are kept, at most"),
    row("silent_customers_shown", Kind::Count, "20", "customers", "[1, 200]",
        "silent Platinum and Gold customers that are listed, longest silence first"),
    row("places_shown", Kind::Count, "12", "countries or regions", "[1, 1000]",
        "countries, and regions, that are listed, largest revenue first"),
    row("list_rows_shown", Kind::Count, "10", "rows", "[1, 200]",
        "cases of each tier, account owners, referrers and contradictions that are listed, most money first"),
    row("sentences_shown", Kind::Count, "5", "sentences", "[1, 5]",
        "sentences on the first page, most money first"),
    row("cohorts_shown", Kind::Count, "12", "cohorts", "[2, 24]",
        "cohorts of the retention table that the report shows, the newest; results.cohort_retention holds all"),
    row("concentration_share", Kind::Share, "0.80", "share of profit or revenue", "(0, 1)",
        "the concentration figure says how few customers make this share"),
    row("top_share", Kind::Share, "0.20", "share of customers", "(0, 1)",
        "the top-share figure says how much these customers make"),
    row("min_cell", Kind::Count, "10", "customers", "[1, 10000]",
        "the aggregate edition shows no group of fewer customers, and no report a rate of them"),
    row("price_sensitive_unit_share", Kind::Share, "0.5", "share of units", "[0, 1]",
        "units bought at a discount from which a customer is price sensitive"),
    row("price_sensitive_discount_rate", Kind::Share, "0.10", "share of list price", "[0, 1]",
        "discount from which a unit, or the sum of a customer, counts as bought at a discount"),
    row("service_led_quantile", Kind::Share, "0.75", "quantile", "(0, 1)",
        "service cases per order above this quantile make a customer service led"),
    row("product_led_full_price_share", Kind::Share, "0.70", "share of revenue sold", "[0, 1]",
        "spend at full price from which a customer is product led, or may be emotional"),
    row("product_led_max_categories", Kind::Count, "2", "categories", "[1, 1000]",
        "most categories that a product-led customer buys"),
    row("impulsive_return_quantile", Kind::Share, "0.75", "quantile", "(0, 1)",
        "return rate, or share of sales on the day of a visit, above this quantile marks the impulsive"),
    row("rational_discount_quantile", Kind::Share, "0.5", "quantile", "(0, 1)",
        "discount use above this quantile marks the rational"),
    row("rational_max_gap_variation", Kind::Number, "0.5", "standard deviation / mean", "[0, 10]",
        "gaps that vary less mark the rational"),
    row("emotional_category_share", Kind::Share, "0.60", "share of net revenue", "[0, 1]",
        "share of one category above which the buyer at full price is emotional"),
    row("angry_complaints", Kind::Count, "2", "complaints", "[1, 1000]",
        "complaints from which a customer is angry"),
    row("angry_days", Kind::Count, "90", "days", "[1, 3660]",
        "days in which these complaints are counted"),
    row("angry_max_satisfaction", Kind::Number, "2", "score 1 to 5", "[1, 5]",
        "satisfaction up to which a customer is angry"),
    row("discount_chaser_order_share", Kind::Share, "0.60", "share of orders", "[0, 1]",
        "discounted orders from which a customer is a discount chaser"),
    row("researcher_visit_quantile", Kind::Share, "0.90", "quantile", "(0, 1)",
        "visits per order above this quantile make a researcher, and with regular gaps mark the rational"),
    row("sceptic_min_visits", Kind::Count, "5", "visits", "[1, 10000]",
        "visits before the first order from which a customer is a sceptic"),
    row("quality_min_marks", Kind::Count, "4", "marks of 5", "[1, 5]",
        "marks that make a quality customer"),
    row("owner_dependency_share", Kind::Share, "0.20", "share of revenue or profit", "(0, 1]",
        "share of one account owner above which the report warns"),
    row("boundary_share", Kind::Share, "0.05", "share of the cut-off", "[0, 1]",
        "customers so near to a cut-off are at the boundary; at that of Lead the share is one of the width of Iron"),
    row("rate_sensitivity", Kind::Share, "0.20", "share of each rate", "[0, 1]",
        "change of the cost-to-serve rates with which the tiers are tried again"),
    row("service_channels_shown", Kind::Count, "10", "channels", "[1, 100]",
        "channels of service that are listed, those with most cases first; the rest is one line"),
    row("complaint_days", Kind::Count, "365", "days", "[1, 3660]",
        "a customer who complained in so many days before counts as one with a complaint"),
    row("clv_discount_rate", Kind::Share, "0.10", "share a year", "[0, 1]",
        "rate at which future margin is discounted"),
    row("clv_quarters", Kind::Count, "12", "quarters", "[1, 40]",
        "quarters ahead whose margin is the lifetime value"),
    row("expected_orders_months", Kind::Count, "12", "months", "[1, 60]",
        "months ahead for which orders and profit are expected"),
    row("value_at_risk_min_p_alive", Kind::Share, "0.01", "probability", "(0, 1]",
        "a smaller P(alive) counts as this in value at risk, which divides by it"),
    row("interval_share", Kind::Share, "0.95", "share of cases", "[0.5, 0.999]",
        "cases that the ranges of the outlook and the intervals of measured effects are to hold"),
    row("backtest_weeks", Kind::Count, "26", "weeks", "[1, 260]",
        "last weeks that the model predicts to be tested"),
    row("model_min_customers", Kind::Count, "500", "customers", "[1, 1000000]",
        "fewest customers for which a model is fitted"),
    row("model_min_days", Kind::Count, "180", "days", "[1, 36600]",
        "shortest history for which a model is fitted"),
    row("spend_frequency_correlation", Kind::Number, "0.3", "correlation", "[0, 1]",
        "correlation of spend and frequency from which the report warns"),
    row("pyramid_min_customers", Kind::Count, "30", "customers", "[1, 1000000]",
        "fewest customers of each group for which the four conditions are tested"),
    row("pyramid_min_effect", Kind::Number, "0.2", "standard deviations", "[0, 10]",
        "smallest difference between tiers that counts for the four conditions; 0.2 is small, 0.5 middle, 0.8 large"),
    row("material_change_share", Kind::Share, "0.01", "share of net revenue", "[0, 1]",
        "less money is not material: no sentence of the first page speaks of it"),
];

/// Pairs of thresholds of which the first must be below the second.
pub(super) const ASCENDING: &[(&str, &str)] = &[
    ("platinum_share", "gold_share"),
    ("lead_max_profit", "gold_min_profit"),
    ("gold_min_profit", "platinum_min_profit"),
    ("abc_a_share", "abc_b_share"),
    ("middle_value_min_score", "high_value_min_score"),
    ("at_risk_late_ratio", "lapsed_late_ratio"),
    ("ordinary_min_score", "loyal_min_score"),
    ("new_customer_days", "lapsed_days"),
    ("reactivated_days", "lapsed_days"),
    ("silent_days", "lapsed_days"),
];
