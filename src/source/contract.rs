//! The contract of a source: canonical columns, the types that each may come from, and the SQL that normalises them.
//!
//! A type that cannot be normalised without guessing is refused with the cast that the owner of the data can write.
//! The SQL differs between engines in one place only, the conversion of an instant to business time.

use std::collections::{BTreeMap, BTreeSet};

use arrow::datatypes::{DataType, Field};

use super::{FILE_NUMBER, Pinned, duckdb};
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
    /// A day in business time.
    Day,
    /// A whole number.
    Whole,
    /// A flag.
    Flag,
}

/// A column of a raw table: its name there, its name in the configuration, and what it holds.
type Column = (&'static str, &'static str, Kind);

/// The source whose rows are told apart by their files.
pub(super) const ORDER_SOURCE: &str = "order_lines";

/// What a source becomes in `raw`.
struct Contract {
    /// Name of the source.
    source: &'static str,
    /// Columns, in order.
    columns: &'static [Column],
    /// The column that names a value which cannot be used, if the source has values of which that can be said.
    problem: Option<&'static str>,
}

/// The contract of every source, in the order of [`crate::config::SOURCES`].
const CONTRACTS: [Contract; 5] = [
    Contract {
        source: "order_lines",
        columns: &ORDER_LINES,
        problem: Some("amount_problem"),
    },
    Contract {
        source: "customers",
        columns: &CUSTOMERS,
        problem: Some("value_problem"),
    },
    Contract {
        source: "service_cases",
        columns: &SERVICE_CASES,
        problem: Some("value_problem"),
    },
    Contract {
        source: "payments",
        columns: &PAYMENTS,
        problem: Some("value_problem"),
    },
    Contract {
        source: "visits",
        columns: &VISITS,
        problem: None,
    },
];

const ORDER_LINES: [Column; 17] = [
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

const CUSTOMERS: [Column; 10] = [
    ("customer_id", "customer_id", Kind::Id),
    ("name", "name", Kind::Text),
    ("kind", "kind", Kind::Text),
    ("industry", "industry", Kind::Text),
    ("country", "country", Kind::Text),
    ("region", "region", Kind::Text),
    ("segment", "segment", Kind::Text),
    ("owner", "owner", Kind::Text),
    ("referred_by", "referred_by", Kind::Id),
    ("signed_up_at", "signed_up_at", Kind::Moment),
];

const SERVICE_CASES: [Column; 12] = [
    ("case_id", "case_id", Kind::Id),
    ("customer_id", "customer_id", Kind::Id),
    ("order_id", "order_id", Kind::Id),
    ("opened_at", "opened_at", Kind::Moment),
    ("first_answer_at", "first_answer_at", Kind::Moment),
    ("resolved_at", "resolved_at", Kind::Moment),
    ("kind", "kind", Kind::Text),
    ("channel", "channel", Kind::Text),
    ("cost", "cost", Kind::Amount),
    ("minutes", "minutes", Kind::Quantity),
    ("satisfaction", "satisfaction", Kind::Quantity),
    ("is_complaint", "is_complaint", Kind::Flag),
];

const PAYMENTS: [Column; 6] = [
    ("payment_id", "payment_id", Kind::Id),
    ("customer_id", "customer_id", Kind::Id),
    ("order_id", "order_id", Kind::Id),
    ("due_date", "due_date", Kind::Day),
    ("paid_date", "paid_date", Kind::Day),
    ("amount", "amount", Kind::Amount),
];

const VISITS: [Column; 4] = [
    ("visit_id", "visit_id", Kind::Id),
    ("customer_id", "customer_id", Kind::Id),
    ("visited_at", "visited_at", Kind::Moment),
    ("channel", "channel", Kind::Text),
];

/// The raw table of a source, as SQL for both engines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawTable {
    /// Name of the source, and of the table in `raw`.
    pub source: String,
    /// The whole statement, for the engine of a run.
    pub sql: String,
    /// The same column list for `DuckDB`, without `from`.
    pub duckdb_columns: String,
    /// How `DuckDB` reads the files.
    pub duckdb_reader: duckdb::Reader,
    /// Whether the source is not configured: the table has its columns and no row.
    pub is_empty: bool,
    /// Selects the values of `period_folder` whose rows are of another day or month, with their number.
    pub misplaced: Option<String>,
}

fn contract(source: &str) -> Result<&'static Contract, Failure> {
    CONTRACTS
        .iter()
        .find(|contract| contract.source == source)
        .ok_or_else(|| Failure::new(Exit::Bug, "source", format!("`{source}` has no contract")))
}

/// Builds the raw table of a source that is not configured: every column, typed, and no row.
///
/// # Errors
/// Returns exit code 10 for a source without a contract.
pub fn empty_table(source: &str) -> Result<RawTable, Failure> {
    let contract = contract(source)?;
    let columns = contract
        .columns
        .iter()
        .map(|(target, _, kind)| format!("cast(null as {}) as {target}", sql_type(*kind)))
        .chain((contract.source == ORDER_SOURCE).then(|| "cast(null as bigint) as source_file".to_owned()))
        .chain(
            contract
                .problem
                .map(|problem| format!("cast(null as varchar) as {problem}")),
        )
        .collect::<Vec<_>>()
        .join(",\n    ");
    Ok(RawTable {
        source: source.to_owned(),
        sql: format!("select\n    {columns}\nwhere false"),
        duckdb_columns: columns,
        duckdb_reader: duckdb::Reader::default(),
        is_empty: true,
        misplaced: None,
    })
}

/// Builds `raw.<source>` from the mapping of the configuration and the types of the files.
///
/// A column that is not mapped is a typed NULL.
///
/// # Errors
/// Returns exit code 3 with every column that cannot be normalised.
pub async fn raw_table(
    engine: &Engine,
    pinned: &Pinned,
    source: &Source,
    timezone: &str,
) -> Result<RawTable, Failure> {
    let contract = contract(&pinned.name)?;
    let mut available: BTreeSet<String> = pinned
        .columns
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
    let mut unusable = Vec::new();
    let mut moment = None;
    for &(target, name, kind) in contract.columns {
        let Some((expression, from)) = mapped.get(name) else {
            columns.push(Both::same(format!(
                "cast(null as {}) as {target}",
                sql_type(kind)
            )));
            continue;
        };
        match normalise(kind, &expression.sql, from, source.amount_scale, timezone) {
            Ok(sql) => {
                if matches!(kind, Kind::Moment | Kind::Day) && moment.is_none() {
                    moment = Some(sql.engine.clone());
                }
                columns.push(sql.named(target));
            }
            Err(problem) => problems.push(format!("{name} ({}): {problem}", source.columns[name])),
        }
        unusable.extend(value_problems(contract, target, kind, &expression.sql, from));
    }
    if !problems.is_empty() {
        return Err(misfit(pinned, &problems));
    }
    if contract.source == ORDER_SOURCE {
        columns.push(file_number(pinned).named("source_file"));
    }
    columns.extend(contract.problem.map(|name| {
        Both::same(if unusable.is_empty() {
            format!("cast(null as varchar) as {name}")
        } else {
            format!("case {} end as {name}", unusable.join(" "))
        })
    }));
    let reads = |folder: &str| mapped.values().any(|(column, _)| column.columns.contains(folder));
    let list = |pick: fn(&Both) -> &str| columns.iter().map(pick).collect::<Vec<_>>().join(",\n    ");
    Ok(RawTable {
        source: pinned.name.clone(),
        sql: format!(
            "select\n    {}\nfrom source.{}",
            list(|both| &both.engine),
            pinned.name
        ),
        duckdb_columns: list(|both| &both.duckdb),
        duckdb_reader: duckdb::reader(&source.format, pinned, reads),
        is_empty: false,
        misplaced: source
            .period_folder
            .as_ref()
            .zip(moment)
            .map(|(folder, moment)| misplaced(&pinned.name, folder, &moment)),
    })
}

/// The number of the row's file, in the order of the paths.
fn file_number(pinned: &Pinned) -> Both {
    Both::same(if pinned.tells_files_apart() {
        format!("cast({} as bigint)", quoted(FILE_NUMBER))
    } else {
        "cast(1 as bigint)".to_owned()
    })
}

/// Rows whose day or month is not the one after which their folder is named; rows without a date are judged later.
fn misplaced(source: &str, folder: &str, moment: &str) -> String {
    let folder = quoted(folder);
    let period = format!("substr(cast(cast({moment} as date) as varchar), 1, char_length({folder}))");
    format!(
        "select {folder} as folder, min({period}) as period, count(*) as row_count from source.{source} \
         where {period} <> {folder} group by {folder} order by {folder}"
    )
}

/// Says which columns cannot be read, and in which files: all of them have the same columns.
fn misfit(pinned: &Pinned, problems: &[String]) -> Failure {
    let first = pinned
        .files
        .first()
        .map_or(String::new(), |file| pinned.address(file));
    let others = match pinned.files.len() {
        0 | 1 => String::new(),
        files => format!(" and {} more", files - 1),
    };
    let message = format!(
        "{}: the columns of `{first}`{others} do not fit: {}",
        pinned.name,
        problems.join("; ")
    );
    Failure::new(Exit::Refused, "source", message).hint(format!(
        "Correct `sources.{}.columns` in the configuration; a column may be any SQL expression of source columns.",
        pinned.name
    ))
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

    fn day(self) -> Self {
        Self {
            engine: format!("cast({} as date)", self.engine),
            duckdb: format!("cast({} as date)", self.duckdb),
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
        Kind::Day => "date",
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
        Kind::Day => moment(sql, from, timezone).map(Both::day),
        Kind::Whole if from.is_integer() || from.is_null() => {
            Ok(Both::same(format!("cast({sql} as bigint)")))
        }
        Kind::Whole => Err(format!("is {from}; a line number is an integer")),
        Kind::Flag if matches!(from, DataType::Boolean | DataType::Null) => {
            Ok(Both::same(format!("cast({sql} as boolean)")))
        }
        Kind::Flag => Err(format!(
            "is {from}; write a condition, such as `quantity < 0` or `type = 'complaint'`"
        )),
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

/// Conditions that name what is wrong with a value that is there; NULL is judged later, when all values are known.
///
/// A reason begins with the column. Only in the order lines it is always `amount`: there a price is wrong as a whole. Their
/// date needs no condition, because a row without one is rejected.
fn value_problems(contract: &Contract, target: &str, kind: Kind, sql: &str, from: &DataType) -> Vec<String> {
    let is_order_line = contract.source == ORDER_SOURCE;
    let name = if is_order_line { "amount" } else { target };
    let mut conditions = Vec::new();
    match kind {
        Kind::Amount | Kind::Quantity => {
            if from.is_floating() {
                conditions.push(format!("when not (abs({sql}) < 1e300) then '{name}_not_finite'"));
            }
            if !from.is_null() {
                conditions.push(format!(
                    "when not (abs({sql}) < {MAX_AMOUNT}) then '{name}_out_of_range'"
                ));
            }
        }
        // A text that is no date must not pass for a date that is not known: unpaid, unanswered.
        Kind::Moment | Kind::Day if from.is_string() && !is_order_line => conditions.push(format!(
            "when trim(both ' ' from {sql}) <> '' and try_cast({sql} as timestamp(6)) is null then '{name}_not_a_date'"
        )),
        _ => {}
    }
    conditions
}

fn moment(sql: &str, from: &DataType, timezone: &str) -> Result<Both, String> {
    let zone = timezone.replace('\'', "''");
    match from {
        DataType::Date32 | DataType::Date64 | DataType::Timestamp(_, None) | DataType::Null => {
            Ok(Both::same(format!("cast({sql} as timestamp(6))")))
        }
        // Not `at time zone`, which passes through nanoseconds and fails beyond the year 2262, where "never ends" often lies.
        DataType::Timestamp(_, Some(_)) => Ok(Both {
            engine: format!(
                "cast(to_local_time(arrow_cast({sql}, 'Timestamp(Microsecond, Some(\"{zone}\"))')) as timestamp(6))"
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
