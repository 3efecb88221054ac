//! The contract of a source: canonical columns, the types that each may come from, and the SQL that normalises them.
//!
//! A type that cannot be normalised without guessing is refused with the cast that the owner of the data can write.
//! `query::mapping` writes the expressions; where an engine needs other words for the same, it writes both.

use std::collections::BTreeMap;

use super::pinned::ORDER_SOURCE;
use super::rows::{self, From, Rows};
use super::times::understood;
use crate::config::Source;
use crate::engine::Engine;
use crate::error::{Exit, Failure};
use crate::query::TableName;
use crate::query::mapping::{self, Both, Columns, Mapped, Otherwise, Type};

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
    /// The code of a currency: capital letters, without blanks around them; a blank one is not known.
    Currency,
    /// What one unit of a currency is worth.
    Rate,
    /// A timestamp in business time.
    Timestamp,
    /// A day in business time.
    Day,
    /// A whole number.
    Whole,
    /// A flag.
    Flag,
}

/// A column of a raw table: its name there, its name in the configuration, and what it holds.
type Column = (&'static str, &'static str, Kind);

/// What a source becomes in `raw`.
struct Contract {
    /// Name of the source.
    source: &'static str,
    /// Columns, in order.
    columns: &'static [Column],
    /// The column that names a value which cannot be used, or says that the row is left out.
    problem: &'static str,
}

/// The contract of every source, in the order of [`crate::config::SOURCES`].
const CONTRACTS: [Contract; 6] = [
    Contract { source: "order_lines", columns: &ORDER_LINES, problem: "amount_problem" },
    Contract { source: "customers", columns: &CUSTOMERS, problem: "value_problem" },
    Contract { source: "service_cases", columns: &SERVICE_CASES, problem: "value_problem" },
    Contract { source: "payments", columns: &PAYMENTS, problem: "value_problem" },
    Contract { source: "visits", columns: &VISITS, problem: "value_problem" },
    Contract { source: "exchange_rates", columns: &EXCHANGE_RATES, problem: "value_problem" },
];

const ORDER_LINES: [Column; 18] = [
    ("order_id", "order_id", Kind::Id),
    ("source_line", "line_number", Kind::Whole),
    ("customer_id", "customer_id", Kind::Id),
    ("ordered_at", "ordered_at", Kind::Timestamp),
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
    ("currency", "currency", Kind::Currency),
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
    ("signed_up_at", "signed_up_at", Kind::Timestamp),
];

const SERVICE_CASES: [Column; 12] = [
    ("case_id", "case_id", Kind::Id),
    ("customer_id", "customer_id", Kind::Id),
    ("order_id", "order_id", Kind::Id),
    ("opened_at", "opened_at", Kind::Timestamp),
    ("first_answer_at", "first_answer_at", Kind::Timestamp),
    ("resolved_at", "resolved_at", Kind::Timestamp),
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
    ("visited_at", "visited_at", Kind::Timestamp),
    ("channel", "channel", Kind::Text),
];

const EXCHANGE_RATES: [Column; 3] = [
    ("currency", "currency", Kind::Currency),
    ("rate_date", "rate_date", Kind::Day),
    ("rate", "rate", Kind::Rate),
];

/// A canonical column as it is mapped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MappedColumn {
    /// Its name in the configuration.
    pub name: String,
    /// What the configuration says.
    pub text: String,
    /// Its SQL, for the engine of a run.
    pub sql: String,
    /// Source columns that it reads.
    pub reads: Vec<String>,
    /// How a day or a timestamp was understood, in words.
    pub time: Option<String>,
}

/// The table of a source, as SQL for both engines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawTable {
    /// Its name: in `raw` that of the source, in `source` that of a table of the operator's own.
    pub table: TableName,
    /// The whole statement, for the engine of a run.
    pub sql: String,
    /// The same column list for `DuckDB`, without `from`.
    pub duckdb_columns: String,
    /// Where its rows come from.
    pub from: From,
    /// The columns that are mapped.
    pub mapped: Vec<MappedColumn>,
    /// Selects the values of `period_folder` whose rows are of another day or month, with their number.
    pub misplaced: Option<String>,
    /// Columns of the files that it has not, each with the reason.
    pub left_out: Vec<String>,
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
        .chain([format!("cast(null as varchar) as {}", contract.problem)])
        .collect::<Vec<_>>()
        .join(",\n    ");
    Ok(RawTable {
        table: TableName::new("raw", source),
        sql: format!("select\n    {columns}\nwhere false"),
        duckdb_columns: columns,
        from: From::Nothing,
        mapped: Vec::new(),
        misplaced: None,
        left_out: Vec::new(),
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
    given: Rows<'_>,
    source: &Source,
    timezone: &str,
) -> Result<RawTable, Failure> {
    let contract = contract(given.source())?;
    let available = given.available();
    let mut problems = Vec::new();
    let mut mapped: BTreeMap<&str, Mapped> = BTreeMap::new();
    for (name, text) in &source.columns {
        match resolve(engine, given, text, &available, timezone).await {
            Ok(column) => {
                mapped.insert(name, column);
            }
            Err(problem) => problems.push(format!("{name}: {problem}")),
        }
    }
    let filter = match &source.filter {
        None => None,
        Some(text) => {
            let value = resolve(engine, given, text, &available, timezone).await.and_then(rows::condition);
            value.map_err(|problem| problems.push(format!("where: {problem}"))).ok()
        }
    };
    let mut columns = Vec::new();
    let mut unusable: Vec<Both> = filter.iter().map(rows::is_filtered).collect();
    let mut timestamp = None;
    let mut tried = Vec::new();
    for &(target, name, kind) in contract.columns {
        let Some(value) = mapped.get(name) else {
            columns.push(Both::same(format!("cast(null as {}) as {target}", sql_type(kind))));
            continue;
        };
        match normalise(kind, value, source.amount_scale, timezone) {
            Ok(sql) => {
                if matches!(kind, Kind::Timestamp | Kind::Day) && timestamp.is_none() {
                    timestamp = Some(sql.engine.clone());
                }
                tried.push(MappedColumn {
                    name: name.to_owned(),
                    text: source.columns[name].clone(),
                    sql: sql.engine.clone(),
                    reads: value.columns.iter().cloned().collect(),
                    time: matches!(kind, Kind::Timestamp | Kind::Day)
                        .then(|| understood(value, given, timezone)),
                });
                // Of a row that is left out only its money is reported.
                let is_worth = matches!(kind, Kind::Amount | Kind::Quantity) || name == "currency";
                let sql = if is_worth { sql } else { rows::kept(filter.as_ref(), sql) };
                columns.push(sql.map(|sql| format!("{sql} as {target}")));
            }
            Err(problem) => problems.push(format!("{name} ({}): {problem}", source.columns[name])),
        }
        unusable.extend(value_problems(contract, target, kind, value));
    }
    if !problems.is_empty() {
        return Err(given.misfit(&problems));
    }
    if contract.source == ORDER_SOURCE {
        columns.push(given.file_number().map(|sql| format!("{sql} as source_file")));
    }
    columns.push(rows::problem(contract.problem, &unusable));
    let reads = |folder: &str| mapped.values().chain(&filter).any(|column| column.columns.contains(folder));
    let list = |pick: fn(&Both) -> &str| columns.iter().map(pick).collect::<Vec<_>>().join(",\n    ");
    Ok(RawTable {
        table: TableName::new("raw", contract.source),
        sql: format!("select\n    {}\nfrom {}", list(|both| &both.engine), given.table()),
        duckdb_columns: list(|both| &both.duckdb),
        from: given.from(source, reads),
        mapped: tried,
        left_out: Vec::new(),
        misplaced: source
            .period_folder
            .as_ref()
            .zip(timestamp)
            .map(|(folder, timestamp)| rows::misplaced(contract.source, folder, &timestamp)),
    })
}

/// Resolves a mapping, and has the engine plan it.
async fn resolve(
    engine: &Engine,
    rows: Rows<'_>,
    text: &str,
    available: &Columns,
    timezone: &str,
) -> Result<Mapped, String> {
    let cannot = |cause: String| format!("`{text}` cannot be computed: {cause}");
    let mapped = mapping::resolve(text, available, timezone)
        .map_err(|problem| if problem.contains("there is no column") { problem } else { cannot(problem) })?;
    let sql = format!("select {} as value from {}", mapped.sql.engine, rows.table());
    engine
        .types("a column mapping", &sql)
        .await
        .map_err(|failure| cannot(failure.cause.as_ref().map_or_else(String::new, ToString::to_string)))?;
    Ok(mapped)
}

fn sql_type(kind: Kind) -> &'static str {
    match kind {
        Kind::Id | Kind::Text | Kind::Currency => "varchar",
        Kind::Rate => "decimal(18, 10)",
        Kind::Amount | Kind::Quantity => "decimal(18, 4)",
        Kind::Timestamp => "timestamp(6)",
        Kind::Day => "date",
        Kind::Whole => "bigint",
        Kind::Flag => "boolean",
    }
}

/// Writes the conversion of a mapped value to a canonical column.
fn normalise(kind: Kind, value: &Mapped, amount_scale: Option<u8>, timezone: &str) -> Result<Both, String> {
    if value.kind == Type::Null {
        return Ok(Both::same(format!("cast(null as {})", sql_type(kind))));
    }
    let type_name = &value.type_name;
    match kind {
        Kind::Id | Kind::Text => text(value),
        Kind::Amount => amount(value, amount_scale),
        Kind::Quantity => amount(value, Some(amount_scale.unwrap_or(4))),
        Kind::Currency => Ok(text(value)?.map(|sql| {
            let blanks = "' ' || chr(9) || chr(10) || chr(13) || chr(160) || chr(12288)";
            format!("nullif(upper(trim(both {blanks} from {sql})), '')")
        })),
        Kind::Rate => number(value, RATE_SCALE, Some(RATE_SCALE), MAX_RATE),
        Kind::Timestamp => timestamp(value, timezone),
        Kind::Day => Ok(timestamp(value, timezone)?.map(|sql| format!("cast({sql} as date)"))),
        Kind::Whole if matches!(value.kind, Type::Integer(_) | Type::Decimal(_, 0)) => {
            Ok(value.sql.map(|sql| format!("cast({sql} as bigint)")))
        }
        Kind::Whole => Err(format!("is {type_name}; a line number is an integer")),
        Kind::Flag if value.kind == Type::Boolean => {
            Ok(value.sql.map(|sql| format!("cast({sql} as boolean)")))
        }
        Kind::Flag => {
            Err(format!("is {type_name}; write a condition, such as `quantity < 0` or `type = 'complaint'`"))
        }
    }
}

fn text(value: &Mapped) -> Result<Both, String> {
    // Ids that went through a spreadsheet arrive as 12346.0; one with a fraction identifies nothing, and one that floating
    // point cannot hold may be that of somebody else.
    let whole = |limit: &str| {
        let within = below(value, limit).unwrap_or_else(|| value.sql.clone());
        Both::join([&value.sql, &within], |[sql, within]| {
            format!(
                "case when {sql} = floor({sql}) and {within} then cast(cast({sql} as bigint) as varchar) end"
            )
        })
    };
    match value.kind {
        Type::Text | Type::Integer(_) | Type::Decimal(_, 0) => {
            Ok(value.sql.map(|sql| format!("cast({sql} as varchar)")))
        }
        Type::Double | Type::Quotient => Ok(whole("9007199254740992")),
        Type::Single => Ok(whole("16777216")),
        Type::Bytes => Err(format!(
            "is {}, which has no agreed text; write `cast(… as varchar)` if the bytes are text in UTF-8",
            value.type_name
        )),
        Type::Other(_) => {
            Err(format!("is {}, which has no agreed text; map another column", value.type_name))
        }
        _ => Err(format!(
            "is {}, which has no agreed text; write `cast(… as varchar)` if it is an id",
            value.type_name
        )),
    }
}

fn amount(value: &Mapped, scale: Option<u8>) -> Result<Both, String> {
    number(value, 4, scale, MAX_AMOUNT)
}

/// A number below `limit` with `kept` decimals; what has more is rounded to `scale` of them, if that is said.
fn number(value: &Mapped, kept: u8, scale: Option<u8>, limit: &str) -> Result<Both, String> {
    let rounded = match value.kind {
        Type::Integer(_) => value.sql.clone(),
        Type::Decimal(_, decimals) if decimals <= kept => value.sql.clone(),
        Type::Decimal(..) | Type::Double | Type::Single | Type::Quotient => match scale {
            Some(digits) => value.sql.map(|sql| mapping::rounded("cast", sql, &value.kind, 18, digits)),
            None => {
                return Err(format!(
                    "is {}; set `amount_scale` (0 to 4) to say how many decimals its amounts have",
                    value.type_name
                ));
            }
        },
        Type::Other(_) => {
            return Err(format!(
                "is {}, with which nothing can be computed; map another column",
                value.type_name
            ));
        }
        _ => {
            return Err(format!(
                "is {}; an amount is a number: write `cast(… as decimal(18, 2))` if the text holds one",
                value.type_name
            ));
        }
    };
    let cast = rounded.map(|sql| format!("cast({sql} as decimal(18, {kept}))"));
    Ok(match below(value, limit) {
        Some(within) => {
            Both::join([&within, &cast], |[within, cast]| format!("case when {within} then {cast} end"))
        }
        None => cast,
    })
}

/// Far beyond any order line, and small enough that 10 billion of them still add up exactly in 28 digits.
const MAX_AMOUNT: &str = "10000000000000";
/// Far beyond any exchange rate, and the most that fits beside its decimals.
const MAX_RATE: &str = "100000000";
/// Decimals of an exchange rate.
const RATE_SCALE: u8 = 10;

/// The condition that a number without its sign is below `limit`, if it can be otherwise.
fn below(value: &Mapped, limit: &str) -> Option<Both> {
    // A number with fewer digits before its point is smaller for sure; a limit in floating point says nothing of them.
    let small = if limit.contains('e') { 0 } else { limit.len() - 1 };
    match value.kind {
        Type::Integer(digits) if usize::from(digits) <= small => None,
        Type::Decimal(digits, scale) if usize::from(digits - scale) <= small => None,
        // The smallest whole number has no opposite in its own type.
        Type::Integer(_) => {
            Some(value.sql.map(|sql| format!("abs(cast({sql} as decimal(20, 0))) < {limit}")))
        }
        _ => {
            let within = value.sql.map(|sql| format!("abs({sql}) < {limit}"));
            if !value.kind.is_floating() {
                return Some(within);
            }
            // `DuckDB` believes the largest value in a file's footer, which leaves NaN out, and would not look at the rows.
            Some(Both { duckdb: format!("isfinite({}) and {}", value.sql.duckdb, within.duckdb), ..within })
        }
    }
}

/// Conditions that name what is wrong with a value that is there; NULL is judged later, when all values are known.
///
/// A reason begins with the column. Only in the order lines it is always `amount`: there a price is wrong as a whole. Their
/// date needs no condition, because a row without one is rejected.
fn value_problems(contract: &Contract, target: &str, kind: Kind, value: &Mapped) -> Vec<Both> {
    let is_order_line = contract.source == ORDER_SOURCE;
    let name = if is_order_line { "amount" } else { target };
    let beyond = |limit: &str, problem: &str| {
        below(value, limit)
            .map(|within| within.map(|sql| format!("when not ({sql}) then '{name}_{problem}'")))
    };
    match kind {
        Kind::Amount | Kind::Quantity if value.kind != Type::Null => {
            let not_finite = beyond("1e300", "not_finite").filter(|_| value.kind.is_floating());
            not_finite.into_iter().chain(beyond(MAX_AMOUNT, "out_of_range")).collect()
        }
        Kind::Rate if value.kind != Type::Null => beyond(MAX_RATE, "out_of_range").into_iter().collect(),
        // A text that is no date must not pass for a date that is not known: unpaid, unanswered.
        Kind::Timestamp | Kind::Day if value.kind == Type::Text && !is_order_line => {
            vec![value.sql.map(|sql| format!("when {} then '{name}_not_a_date'", mapping::is_no_date(sql)))]
        }
        _ => Vec::new(),
    }
}

fn timestamp(value: &Mapped, timezone: &str) -> Result<Both, String> {
    match value.kind {
        Type::Date | Type::Timestamp => Ok(value.sql.map(|sql| format!("cast({sql} as timestamp(6))"))),
        Type::Text => Ok(mapping::of_text(&value.sql, timezone, Otherwise::Null)),
        _ => Err(format!(
            "is {}; a date is a date, a timestamp or ISO 8601 text; seconds since 1970 are `to_timestamp(…)`",
            value.type_name
        )),
    }
}

#[cfg(test)]
mod tests;
