//! The `settings.*` tables: everything from configuration, calendar and inputs that SQL reads, as data.

mod targets;

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, Int64Array, RecordBatch, StringArray,
};
use arrow::datatypes::{DataType, Field, Schema};
use bigdecimal::{BigDecimal, FromPrimitive as _, RoundingMode, ToPrimitive};
use jiff::civil::Date;

use crate::calendar::Calendar;
use crate::config::{Config, PolicyValue, SOURCES, SourceShape};
use crate::error::{Exit, Failure};
use crate::query::TableName;
use crate::source::InputRecord;
use karat_model::uncertainty::standard_errors_of_share;

/// Decimals of thresholds and rates.
const SCALE: i8 = 6;

/// A table made by Rust, with its key.
#[derive(Debug, Clone)]
pub struct SettingsTable {
    /// `settings.…` or `model.…`.
    pub name: TableName,
    /// What it holds.
    pub title: &'static str,
    /// One sentence.
    pub grain: &'static str,
    /// Columns that make a row unique.
    pub key: Vec<String>,
    /// The rows.
    pub batch: RecordBatch,
}

impl SettingsTable {
    /// Puts columns together; each has its name and whether it may hold NULL.
    pub(crate) fn new(
        name: TableName,
        title: &'static str,
        grain: &'static str,
        key: &[&str],
        columns: Vec<(String, ArrayRef, bool)>,
    ) -> Result<Self, Failure> {
        let fields: Vec<Field> = columns
            .iter()
            .map(|(name, array, nullable)| Field::new(name, array.data_type().clone(), *nullable))
            .collect();
        let arrays = columns.into_iter().map(|(_, array, _)| array).collect();
        let batch = RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays).map_err(|error| {
            Failure::new(Exit::Bug, "settings", format!("cannot make `{name}`")).cause(error)
        })?;
        let key = key.iter().map(|column| (*column).to_owned()).collect();
        Ok(Self { name, title, grain, key, batch })
    }
}

/// Names of the tables that exist before the first query runs.
#[must_use]
pub fn names() -> Vec<TableName> {
    [
        "project",
        "policy",
        "snapshots",
        "moments",
        "weeks",
        "cost_rates",
        "rates",
        "targets",
        "checks",
        "sources",
        "source_columns",
        "inputs",
    ]
    .into_iter()
    .map(|table| TableName::new("settings", table))
    .collect()
}

/// Builds all settings tables.
///
/// # Errors
/// Returns exit code 2 when a value does not fit its column.
pub fn tables(
    config: &Config,
    calendar: &Calendar,
    inputs: &[InputRecord],
) -> Result<Vec<SettingsTable>, Failure> {
    Ok(vec![
        table("project", "The project", "one row", &["name"], project(config))?,
        table("policy", "Thresholds of the run", "one row", &["as_of"], policy(config, calendar)?)?,
        table(
            "snapshots",
            "Moments at which customers are classed",
            "one row per snapshot",
            &["snapshot"],
            snapshots(calendar),
        )?,
        table(
            "moments",
            "Moments at which the models look back and ahead",
            "one row per moment",
            &["moment"],
            moments(calendar),
        )?,
        table("weeks", "Weeks of the trend", "one row per week_end", &["week_end"], weeks(calendar))?,
        table(
            "cost_rates",
            "Rates of the cost to serve",
            "one row per activity",
            &["activity"],
            cost_rates(config)?,
        )?,
        table(
            "rates",
            "Rates of the cost to serve, side by side",
            "one row",
            &["per_order"],
            rates(config)?,
        )?,
        targets::made(config)?,
        table("checks", "Limits that refuse a run", "one row", &["max_rejected_rows"], limits(config)?)?,
        table(
            "sources",
            "Sources, and which are configured",
            "one row per source",
            &["source"],
            sources(config),
        )?,
        table(
            "source_columns",
            "Columns of the sources, and which are mapped",
            "one row per source and column_name",
            &["source", "column_name"],
            source_columns(config),
        )?,
        table(
            "inputs",
            "Files that were read",
            "one row per source and path",
            &["source", "path"],
            recorded(inputs)?,
        )?,
    ])
}

type Columns = Vec<(String, ArrayRef, bool)>;

fn table(
    name: &'static str,
    title: &'static str,
    grain: &'static str,
    key: &[&str],
    columns: Columns,
) -> Result<SettingsTable, Failure> {
    SettingsTable::new(TableName::new("settings", name), title, grain, key, columns)
}

fn project(config: &Config) -> Columns {
    let project = &config.project;
    let known = |name: &str, value: &Option<String>| {
        let array: ArrayRef = Arc::new(StringArray::from(vec![value.clone()]));
        (name.to_owned(), array, true)
    };
    vec![
        texts("name", vec![project.name.clone()]),
        texts("currency", vec![project.currency.clone()]),
        known("home_country", &project.home.country),
        known("home_region", &project.home.region),
    ]
}

fn policy(config: &Config, calendar: &Calendar) -> Result<Columns, Failure> {
    let order_lines = config.sources.get("order_lines");
    let is_mapped = |column: &str| order_lines.is_some_and(|source| source.columns.contains_key(column));
    let mut columns: Columns = vec![
        dates("as_of", vec![calendar.as_of]),
        integers("window_days", vec![i64::from(calendar.window_days)]),
        integers("compare_days", vec![i64::from(config.compare_days)]),
        flags("cost_is_mapped", [is_mapped("cost_amount")].into_iter()),
        flags("currency_is_mapped", [is_mapped("currency")].into_iter()),
        decimals("interval_standard_errors", vec![Some(&interval_standard_errors(config)?)])?,
    ];
    for (name, value) in &config.policy {
        columns.push(match value {
            PolicyValue::Integer(number) => integers(name, vec![*number]),
            PolicyValue::Decimal(number) => decimals(name, vec![Some(number)])?,
            PolicyValue::Date(date) => dates(name, vec![*date]),
            PolicyValue::Text(text) => texts(name, vec![text.clone()]),
            PolicyValue::NotSet => decimals(name, vec![None])?,
        });
    }
    Ok(columns)
}

/// How many standard errors each way hold `interval_share` of all cases: SQL has no inverse of the normal distribution.
fn interval_standard_errors(config: &Config) -> Result<BigDecimal, Failure> {
    let share = match config.threshold("interval_share") {
        Some(PolicyValue::Decimal(share)) => share.to_f64(),
        _ => None,
    };
    share
        .map(standard_errors_of_share)
        .and_then(BigDecimal::from_f64)
        .map(|errors| errors.with_scale_round(i64::from(SCALE), RoundingMode::HalfUp))
        .ok_or_else(|| Failure::new(Exit::Usage, "config", "policy.interval_share is missing"))
}

fn snapshots(calendar: &Calendar) -> Columns {
    let all = &calendar.snapshots;
    let column = |pick: fn(&crate::calendar::Snapshot) -> Date| all.iter().map(pick).collect::<Vec<_>>();
    vec![
        texts("snapshot", all.iter().map(|snapshot| snapshot.name.to_owned()).collect()),
        integers("position", (1..).take(all.len()).collect()),
        dates("as_of", column(|snapshot| snapshot.as_of)),
        dates("window_start", column(|snapshot| snapshot.window_start)),
        dates("last_day", column(|snapshot| snapshot.last_day)),
        dates("recent_start", column(|snapshot| snapshot.recent_start)),
        dates("quarter_1_start", column(|snapshot| snapshot.quarter_starts[0])),
        dates("quarter_2_start", column(|snapshot| snapshot.quarter_starts[1])),
        dates("quarter_3_start", column(|snapshot| snapshot.quarter_starts[2])),
        dates("quarter_4_start", column(|snapshot| snapshot.quarter_starts[3])),
    ]
}

fn moments(calendar: &Calendar) -> Columns {
    let all = &calendar.moments;
    vec![
        texts("moment", all.iter().map(|moment| moment.name.to_owned()).collect()),
        integers("position", (1..).take(all.len()).collect()),
        dates("before_date", all.iter().map(|moment| moment.before_date).collect()),
        dates("last_day", all.iter().map(|moment| moment.last_day).collect()),
        integers("horizon_weeks", all.iter().map(|moment| i64::from(moment.horizon_weeks)).collect()),
        integers("counted_weeks", all.iter().map(|moment| i64::from(moment.counted_weeks)).collect()),
    ]
}

fn weeks(calendar: &Calendar) -> Columns {
    vec![
        dates("week_end", calendar.weeks.iter().map(|week| week.0).collect()),
        integers("weeks_ago", (0..).take(calendar.weeks.len()).collect()),
        dates("window_start", calendar.weeks.iter().map(|week| week.1).collect()),
    ]
}

fn cost_rates(config: &Config) -> Result<Columns, Failure> {
    let rates = &config.cost_to_serve;
    Ok(vec![
        texts("activity", rates.iter().map(|(activity, _)| activity.clone()).collect()),
        integers("position", (1..).take(rates.len()).collect()),
        decimals("rate", rates.iter().map(|(_, rate)| Some(rate)).collect())?,
    ])
}

/// The same, with a column for each activity.
fn rates(config: &Config) -> Result<Columns, Failure> {
    (config.cost_to_serve.iter()).map(|(activity, rate)| decimals(activity, vec![Some(rate)])).collect()
}

fn limits(config: &Config) -> Result<Columns, Failure> {
    let freshness = Int64Array::from(vec![config.checks.freshness_days.map(i64::from)]);
    Ok(vec![
        decimals("max_rejected_rows", vec![Some(&config.checks.max_rejected_rows)])?,
        decimals("max_rejected_money", vec![Some(&config.checks.max_rejected_money)])?,
        ("freshness_days".to_owned(), Arc::new(freshness), true),
        flags("keeps_last_file", [config.checks.orders_in_two_files == "keep_last"].into_iter()),
        texts("duplicates", vec![config.checks.duplicates.clone()]),
    ])
}

/// Every source that can be configured; what is not configured switches off what needs it.
fn sources(config: &Config) -> Columns {
    let freshness = |name: &str| match name {
        "order_lines" => config.checks.freshness_days,
        _ => config.checks.source_freshness_days.get(name).copied(),
    };
    let days: Int64Array = SOURCES.iter().map(|shape| freshness(shape.name).map(i64::from)).collect();
    let is_configured = |shape: &SourceShape| config.sources.contains_key(shape.name);
    let has_query =
        |shape: &SourceShape| config.sources.get(shape.name).is_some_and(|source| source.query.is_some());
    vec![
        texts("source", SOURCES.iter().map(|shape| shape.name.to_owned()).collect()),
        integers("position", (1..).take(SOURCES.len()).collect()),
        flags("is_configured", SOURCES.iter().map(is_configured)),
        flags("has_query", SOURCES.iter().map(has_query)),
        ("freshness_days".to_owned(), Arc::new(days), true),
    ]
}

/// Every column that a source can have, by its name in the configuration.
fn source_columns(config: &Config) -> Columns {
    let columns = || {
        SOURCES.iter().flat_map(|shape| {
            let names = [shape.required, shape.one_of, shape.optional].concat();
            names.into_iter().map(move |name| (shape, name))
        })
    };
    let is_mapped = |(shape, name): (&SourceShape, &str)| {
        let source = config.sources.get(shape.name);
        source.is_some_and(|source| source.columns.contains_key(name))
    };
    vec![
        texts("source", columns().map(|(shape, _)| shape.name.to_owned()).collect()),
        texts("column_name", columns().map(|(_, name)| name.to_owned()).collect()),
        flags("is_mapped", columns().map(is_mapped)),
    ]
}

fn recorded(inputs: &[InputRecord]) -> Result<Columns, Failure> {
    let inputs: Vec<&InputRecord> = inputs.iter().filter(|input| input.is_read()).collect();
    let number = |value: u64| {
        i64::try_from(value)
            .map_err(|error| Failure::new(Exit::Input, "source", "an input is too large").cause(error))
    };
    Ok(vec![
        texts("source", inputs.iter().map(|input| input.source.clone()).collect()),
        texts("path", inputs.iter().map(|input| input.path.clone()).collect()),
        integers("bytes", inputs.iter().map(|input| number(input.bytes)).collect::<Result<_, _>>()?),
        integers("rows", inputs.iter().map(|input| number(input.rows)).collect::<Result<_, _>>()?),
        texts("sha256", inputs.iter().map(|input| input.sha256.clone()).collect()),
    ])
}

fn texts(name: &str, values: Vec<String>) -> (String, ArrayRef, bool) {
    (name.to_owned(), Arc::new(StringArray::from(values)), false)
}

fn flags(name: &str, values: impl Iterator<Item = bool>) -> (String, ArrayRef, bool) {
    let values = BooleanArray::from(values.collect::<Vec<_>>());
    (name.to_owned(), Arc::new(values), false)
}

fn integers(name: &str, values: Vec<i64>) -> (String, ArrayRef, bool) {
    (name.to_owned(), Arc::new(Int64Array::from(values)), false)
}

fn dates(name: &str, values: Vec<Date>) -> (String, ArrayRef, bool) {
    (
        name.to_owned(),
        Arc::new(values.into_iter().map(|date| Some(epoch_day(date))).collect::<Date32Array>()),
        false,
    )
}

fn decimals(name: &str, values: Vec<Option<&BigDecimal>>) -> Result<(String, ArrayRef, bool), Failure> {
    let fits = |value: &BigDecimal| {
        let exact = value.with_scale_round(i64::from(SCALE), RoundingMode::HalfUp);
        (exact == *value).then(|| exact.into_bigint_and_exponent().0.to_i128()).flatten().ok_or_else(|| {
            Failure::new(Exit::Usage, "config", format!("`{name}: {value}` has more than {SCALE} decimals"))
        })
    };
    let array = values
        .into_iter()
        .map(|value| value.map(fits).transpose())
        .collect::<Result<Decimal128Array, Failure>>()?
        .with_data_type(DataType::Decimal128(18, SCALE));
    Ok((name.to_owned(), Arc::new(array), true))
}

/// Days since 1970-01-01, as Arrow counts them.
fn epoch_day(date: Date) -> i32 {
    let epoch = jiff::civil::date(1970, 1, 1);
    (date - epoch).get_days()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn an_interval_is_as_wide_as_its_share_of_cases_asks() {
        for (share, errors) in [("0.95", "1.959964"), ("0.9", "1.644854"), ("0.99", "2.575829")] {
            let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("config.yaml");
            let mut config = crate::config::load(&file, &|_| None, true).expect("the sample's configuration");
            for (name, value) in &mut config.policy {
                if name == "interval_share" {
                    *value = PolicyValue::Decimal(share.parse().expect("a share"));
                }
            }
            let found = interval_standard_errors(&config).expect("the share is there");
            assert_eq!(found.to_string(), errors, "{share}");
        }
    }

    #[test]
    fn counts_days_from_the_epoch() {
        assert_eq!(epoch_day(jiff::civil::date(1970, 1, 1)), 0);
        assert_eq!(epoch_day(jiff::civil::date(2018, 1, 1)), 17_532);
        assert_eq!(epoch_day(jiff::civil::date(1969, 12, 31)), -1);
    }
}
