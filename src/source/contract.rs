//! The contract of a source: canonical columns, the types that each may come from, and the SQL that normalises them.
//!
//! A type that cannot be normalised without guessing is refused with the cast that the owner of the data can write.
//! The SQL differs between engines in one place only, the conversion of an instant to business time.

use std::collections::{BTreeMap, BTreeSet};

use arrow::datatypes::{DataType, Field};

use super::Pinned;
use crate::config::Source;
use crate::engine::Engine;
use crate::error::{Exit, Failure};
use crate::query::mapping::{self, Mapped, quoted};

/// What a canonical column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A name that identifies something; its value is kept.
    Id,
    /// Words.
    Text,
    /// Money.
    Amount,
    /// A number of things.
    Quantity,
    /// A moment in business time.
    Moment,
    /// A whole number.
    Whole,
    /// A flag.
    Flag,
}

/// Columns of `raw.order_lines`, in order: name in the table, name in the configuration, kind.
const ORDER_LINES: [(&str, &str, Kind); 17] = [
    ("order_id", "order_id", Kind::Id),
    ("source_line", "line_number", Kind::Whole),
    ("customer_id", "customer_id", Kind::Id),
    ("ordered_at", "ordered_at", Kind::Moment),
    ("quantity", "quantity", Kind::Quantity),
    ("gross_amount", "gross_amount", Kind::Amount),
    ("discount_amount", "discount_amount", Kind::Amount),
    ("net_amount", "net_amount", Kind::Amount),
    ("cost_amount", "cost_amount", Kind::Amount),
    ("freight_amount", "freight_amount", Kind::Amount),
    ("is_return", "is_return", Kind::Flag),
    ("product_id", "product_id", Kind::Id),
    ("category", "category", Kind::Text),
    ("customer_segment", "customer_segment", Kind::Text),
    ("country", "country", Kind::Text),
    ("region", "region", Kind::Text),
    ("state", "state", Kind::Text),
];

/// The raw table of a source, as SQL for both engines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawTable {
    /// `select … from source.<name>`, for the engine of a run.
    pub sql: String,
    /// The same column list for `DuckDB`, without `from`.
    pub duckdb_columns: String,
    /// Whether a mapping reads a hive folder name.
    pub reads_partitions: bool,
}

/// Builds `raw.order_lines` from the mapping of the configuration and the types of the files.
///
/// # Errors
/// Returns exit code 3 with every column that cannot be normalised.
pub async fn raw_table(
    engine: &Engine,
    pinned: &Pinned,
    source: &Source,
    timezone: &str,
) -> Result<RawTable, Failure> {
    let mut available: BTreeSet<String> = pinned
        .schema
        .fields()
        .iter()
        .map(|field| field.name().clone())
        .collect();
    available.extend(pinned.partitions.iter().cloned());
    let mut problems = Vec::new();
    let mut mapped: BTreeMap<&str, (Mapped, DataType)> = BTreeMap::new();
    for (name, text) in &source.columns {
        match resolve(engine, pinned, text, &available).await {
            Ok(column) => {
                mapped.insert(name, column);
            }
            Err(problem) => problems.push(format!("{name}: {problem}")),
        }
    }
    let mut columns = Vec::new();
    let mut amount_checks = Vec::new();
    for (target, name, kind) in ORDER_LINES {
        let Some((expression, from)) = mapped.get(name) else {
            columns.push(Both::same(format!(
                "cast(null as {}) as {target}",
                sql_type(kind)
            )));
            continue;
        };
        match normalise(kind, &expression.sql, from, source.amount_scale, timezone) {
            Ok(sql) => columns.push(sql.named(target)),
            Err(problem) => problems.push(format!("{name} ({}): {problem}", source.columns[name])),
        }
        if matches!(kind, Kind::Amount | Kind::Quantity) {
            amount_checks.extend(amount_problems(&expression.sql, from));
        }
    }
    if !problems.is_empty() {
        return Err(Failure::new(
            Exit::Refused,
            "source",
            format!("{}: the columns of `{}` do not fit: {}", pinned.name, pinned.configured, problems.join("; ")),
        )
        .hint("Correct `sources.order_lines.columns` in the configuration; a column may be any SQL expression of source columns."));
    }
    columns.push(Both::same(if amount_checks.is_empty() {
        "cast(null as varchar) as amount_problem".to_owned()
    } else {
        format!("case {} end as amount_problem", amount_checks.join(" "))
    }));
    let reads_partitions = mapped
        .values()
        .any(|(column, _)| column.columns.iter().any(|name| pinned.partitions.contains(name)));
    let list = |pick: fn(&Both) -> &str| columns.iter().map(pick).collect::<Vec<_>>().join(",\n    ");
    Ok(RawTable {
        sql: format!(
            "select\n    {}\nfrom source.{}",
            list(|both| &both.engine),
            pinned.name
        ),
        duckdb_columns: list(|both| &both.duckdb),
        reads_partitions,
    })
}

/// Resolves a mapping and asks the engine for its type.
async fn resolve(
    engine: &Engine,
    pinned: &Pinned,
    text: &str,
    available: &BTreeSet<String>,
) -> Result<(Mapped, DataType), String> {
    let mapped = mapping::resolve(text, available)?;
    let sql = format!(
        "select {} as value from source.{}",
        mapped.sql,
        quoted(&pinned.name)
    );
    let fields: Vec<Field> = engine.types("a column mapping", &sql).await.map_err(|failure| {
        let cause = failure
            .cause
            .as_ref()
            .map_or_else(String::new, ToString::to_string);
        format!("`{text}` cannot be computed: {cause}")
    })?;
    let kind = fields
        .first()
        .map_or(DataType::Null, |field| field.data_type().clone());
    Ok((mapped, kind))
}

/// One column for both engines.
struct Both {
    engine: String,
    duckdb: String,
}

impl Both {
    fn same(sql: String) -> Self {
        Self {
            duckdb: sql.clone(),
            engine: sql,
        }
    }

    fn named(self, name: &str) -> Self {
        Self {
            engine: format!("{} as {name}", self.engine),
            duckdb: format!("{} as {name}", self.duckdb),
        }
    }
}

fn sql_type(kind: Kind) -> &'static str {
    match kind {
        Kind::Id | Kind::Text => "varchar",
        Kind::Amount | Kind::Quantity => "decimal(18, 4)",
        Kind::Moment => "timestamp(6)",
        Kind::Whole => "bigint",
        Kind::Flag => "boolean",
    }
}

/// Writes the conversion of `sql`, which has type `from`, to a canonical column.
fn normalise(
    kind: Kind,
    sql: &str,
    from: &DataType,
    amount_scale: Option<u8>,
    timezone: &str,
) -> Result<Both, String> {
    match kind {
        Kind::Id | Kind::Text => text(sql, from).map(Both::same),
        Kind::Amount => amount(sql, from, amount_scale).map(Both::same),
        Kind::Quantity => amount(sql, from, Some(amount_scale.unwrap_or(4))).map(Both::same),
        Kind::Moment => moment(sql, from, timezone),
        Kind::Whole if from.is_integer() || from.is_null() => {
            Ok(Both::same(format!("cast({sql} as bigint)")))
        }
        Kind::Whole => Err(format!("is {from}; a line number is an integer")),
        Kind::Flag if matches!(from, DataType::Boolean | DataType::Null) => {
            Ok(Both::same(format!("cast({sql} as boolean)")))
        }
        Kind::Flag => Err(format!("is {from}; write a condition, such as `quantity < 0`")),
    }
}

fn text(sql: &str, from: &DataType) -> Result<String, String> {
    match from {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View | DataType::Null => {
            Ok(format!("cast({sql} as varchar)"))
        }
        DataType::Dictionary(_, value) if value.is_string() => Ok(format!("cast({sql} as varchar)")),
        kind if kind.is_integer() => Ok(format!("cast({sql} as varchar)")),
        DataType::Decimal128(_, 0) => Ok(format!("cast({sql} as varchar)")),
        // Ids that went through a spreadsheet arrive as 12346.0; one with a fraction identifies nothing.
        kind if kind.is_floating() => Ok(format!(
            "case when {sql} = floor({sql}) and abs({sql}) < 9007199254740992 then cast(cast({sql} as bigint) as varchar) end"
        )),
        kind => Err(format!(
            "is {kind}, which has no agreed text; write `cast(… as varchar)` if it is an id"
        )),
    }
}

fn amount(sql: &str, from: &DataType, scale: Option<u8>) -> Result<String, String> {
    let guarded = |inner: String| {
        format!("case when abs({sql}) < {MAX_AMOUNT} then cast({inner} as decimal(18, 4)) end")
    };
    match from {
        kind if kind.is_integer() => Ok(guarded(sql.to_owned())),
        DataType::Decimal128(_, digits) | DataType::Decimal256(_, digits) if *digits <= 4 => {
            Ok(guarded(sql.to_owned()))
        }
        DataType::Decimal128(..)
        | DataType::Decimal256(..)
        | DataType::Float64
        | DataType::Float32
        | DataType::Float16 => match scale {
            Some(digits) => Ok(guarded(format!("cast({sql} as decimal(18, {digits}))"))),
            None => Err(format!(
                "is {from}; set `amount_scale` (0 to 4) to say how many decimals its amounts have"
            )),
        },
        DataType::Null => Ok("cast(null as decimal(18, 4))".to_owned()),
        kind => Err(format!(
            "is {kind}; an amount is a number: write `cast(… as decimal(18, 2))` if the text holds one"
        )),
    }
}

/// Far beyond any order line, and small enough that 10 billion of them still add up exactly in 28 digits.
const MAX_AMOUNT: &str = "10000000000000";

/// Conditions that name what is wrong with an amount; NULL is judged later, when all amounts are known.
fn amount_problems(sql: &str, from: &DataType) -> Vec<String> {
    let mut conditions = Vec::new();
    if from.is_floating() {
        conditions.push(format!("when not (abs({sql}) < 1e300) then 'amount_not_finite'"));
    }
    if !from.is_null() {
        conditions.push(format!(
            "when not (abs({sql}) < {MAX_AMOUNT}) then 'amount_out_of_range'"
        ));
    }
    conditions
}

fn moment(sql: &str, from: &DataType, timezone: &str) -> Result<Both, String> {
    let zone = timezone.replace('\'', "''");
    match from {
        DataType::Date32 | DataType::Date64 | DataType::Timestamp(_, None) | DataType::Null => {
            Ok(Both::same(format!("cast({sql} as timestamp(6))")))
        }
        DataType::Timestamp(_, Some(_)) => Ok(Both {
            engine: format!(
                "cast(to_local_time(cast({sql} as timestamp(6) with time zone) at time zone '{zone}') as timestamp(6))"
            ),
            duckdb: format!("cast(timezone('{zone}', {sql}) as timestamp(6))"),
        }),
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => {
            Ok(Both::same(format!("try_cast({sql} as timestamp(6))")))
        }
        kind => Err(format!(
            "is {kind}; a date is a date, a timestamp or ISO 8601 text"
        )),
    }
}

#[cfg(test)]
mod tests {
    use arrow::datatypes::TimeUnit;

    use super::*;

    #[test]
    fn ids_keep_their_values_whatever_their_type() {
        assert_eq!(
            text("\"a\"", &DataType::Int32),
            Ok("cast(\"a\" as varchar)".to_owned())
        );
        assert!(text("\"a\"", &DataType::Float64).is_ok_and(|sql| sql.contains("floor")));
        assert!(text("\"a\"", &DataType::Boolean).is_err());
        assert!(text("\"a\"", &DataType::Decimal128(10, 2)).is_err());
    }

    #[test]
    fn money_as_float_needs_a_declared_scale() {
        let problem = amount("\"a\"", &DataType::Float64, None).expect_err("no scale");
        assert!(problem.contains("amount_scale"), "{problem}");
        assert!(amount("\"a\"", &DataType::Float64, Some(2)).is_ok());
        assert!(amount("\"a\"", &DataType::Decimal128(18, 2), None).is_ok());
        assert!(amount("\"a\"", &DataType::Decimal128(18, 6), None).is_err());
        assert!(amount("\"a\"", &DataType::Utf8, Some(2)).is_err());
    }

    #[test]
    fn instants_become_business_time_on_both_engines() {
        let both = moment(
            "\"a\"",
            &DataType::Timestamp(TimeUnit::Millisecond, Some("UTC".into())),
            "Europe/London",
        )
        .unwrap_or_else(|problem| panic!("{problem}"));
        assert!(both.engine.contains("to_local_time") && both.duckdb.contains("timezone('Europe/London'"));
        assert!(moment("\"a\"", &DataType::Int64, "UTC").is_err());
    }
}
