//! What a table holds: its columns with what their values say, as the engine reads them.

use arrow::datatypes::{DataType, Field};

use super::find::Group;
use super::holds::{self, Holds};
use super::measures::measures;
use super::names::{self, NameMeaning, Role};
use super::opened::Made;
use crate::config::{Format, Source};
use crate::engine::Engine;
use crate::error::{Exit, Failure};
use crate::query::TableName;
use crate::query::mapping::quoted;
use crate::source::{self, Pinned};
use crate::table::{Cell, Table as Rows};

/// Rows of a table that are looked at value by value; of a longer one its first.
pub(super) const ROWS: u64 = 1_000_000;
/// Different words that are listed of a column.
const WORDS: usize = 30;

/// How a text column writes numbers or dates that no cast reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Written {
    /// As it stands: words, ISO dates.
    Plain,
    /// A number with a point, or a whole one.
    Number,
    /// `1.234,56`
    CommaNumber,
    /// `1,234.56`
    PointNumber,
    /// `1,250` or `1.250` beside `900`: this sign groups thousands or begins decimals, and no value tells
    Unclear(char),
    /// `31.12.2024` or `31/12/2024`
    DayFirst,
    /// `12/31/2024`
    MonthFirst,
    /// Both are possible: no value tells day and month apart.
    DayOrMonth,
    /// `20241231`
    Compact,
}

/// A column, with what is known of its values.
#[derive(Debug, Clone)]
pub(super) struct Column {
    /// As it is named in the files.
    pub(super) name: String,
    pub(super) kind: DataType,
    pub(super) meaning: NameMeaning,
    /// Values that are there, of the rows that were looked at.
    pub(super) values: u64,
    /// Different values.
    pub(super) distinct: u64,
    pub(super) least: Option<String>,
    pub(super) greatest: Option<String>,
    /// Decimals that the values of floating point have; up to 6.
    pub(super) decimals: u8,
    /// Whether every value is a whole number of hundreds, as cents of whole prices are.
    pub(super) is_hundreds: bool,
    pub(super) written: Written,
    /// Whether every value is a text such as `2024-12-31`.
    pub(super) is_day: bool,
    /// The words of a column with few of them, the most frequent first, with their rows.
    pub(super) words: Vec<(String, u64)>,
}

impl Column {
    pub(super) fn is_number(&self) -> bool {
        self.kind.is_numeric()
            || matches!(
                self.written,
                Written::Number | Written::CommaNumber | Written::PointNumber | Written::Unclear(_)
            )
    }

    pub(super) fn is_text(&self) -> bool {
        self.kind.is_string()
    }

    /// Tells whether it can be a name that identifies something.
    pub(super) fn is_id(&self) -> bool {
        self.is_text() || self.kind.is_numeric() || matches!(self.kind, DataType::FixedSizeBinary(16))
    }

    pub(super) fn is_timestamp(&self) -> bool {
        matches!(self.kind, DataType::Date32 | DataType::Date64 | DataType::Timestamp(..))
            || (self.is_text()
                && (self.written != Written::Plain
                    || self.least.as_deref().is_some_and(|least| {
                        least.len() >= 10 && least.starts_with(|first: char| first.is_ascii_digit())
                    })))
    }

    /// The least value as a number.
    pub(super) fn least_number(&self) -> Option<f64> {
        self.least.as_deref()?.parse().ok()
    }

    /// The greatest value as a number.
    pub(super) fn greatest_number(&self) -> Option<f64> {
        self.greatest.as_deref()?.parse().ok()
    }
}

/// A table that was found and looked at.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) group: Group,
    pub(super) format: Format,
    pub(super) rows: u64,
    pub(super) holds: Option<Holds>,
    pub(super) columns: Vec<Column>,
    /// Columns that nothing can be computed of, with their types.
    pub(super) nested: Vec<(String, DataType)>,
    /// How it is made of stored tables, where it is.
    pub(super) made: Option<Made>,
}

impl Table {
    pub(super) fn name(&self) -> &str {
        &self.group.name
    }

    /// The rows that were looked at.
    pub(super) fn seen(&self) -> u64 {
        self.rows.min(ROWS)
    }

    pub(super) fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// The column of a role, the one with the best name first.
    pub(super) fn of(&self, role: Role) -> Option<&Column> {
        self.all_of(role).first().copied()
    }

    pub(super) fn all_of(&self, role: Role) -> Vec<&Column> {
        let mut found: Vec<&Column> =
            self.columns.iter().filter(|column| self.role(column) == Some(role)).collect();
        found.sort_by_key(|column| column.meaning.rank);
        found
    }

    /// The role of a column: `id` in a table of orders is that of an order.
    pub(super) fn role(&self, column: &Column) -> Option<Role> {
        let is_key = matches!(column.meaning.plain.as_str(), "id" | "key" | "number" | "nr" | "no" | "code");
        let has_order = self.columns.iter().any(|column| column.meaning.role == Some(Role::OrderId));
        match (column.meaning.role, self.holds) {
            (None, Some(Holds::Orders)) if is_key => Some(Role::OrderId),
            (None, Some(Holds::Customers)) if is_key => Some(Role::CustomerId),
            (None, Some(Holds::Products)) if is_key && !has_order => Some(Role::ProductId),
            (None, Some(Holds::Lines | Holds::Payments | Holds::Products)) if is_key => {
                Some(Role::LineNumber)
            }
            (role, _) => role,
        }
    }

    /// Tells whether a column alone makes a row unique, as far as was seen.
    pub(super) fn is_key(&self, column: &Column) -> bool {
        column.distinct == self.seen() && column.values == self.seen() && self.rows > 0
    }
}

/// Gives the files of a table to the engine as `source.<name>`, as in a run, and looks at every column.
pub(super) async fn look(
    engine: &Engine,
    group: Group,
    asked: Source,
    pinned: &Pinned,
) -> Result<Table, Failure> {
    let made = source::named_table(pinned, &asked, "UTC", 0);
    let schema = source::wide_schema(&pinned.schema);
    engine.add_source(&pinned.name, &pinned.source_files(), schema, &pinned.folders())?;
    engine.add_view(&made.table, &made.sql).await?;
    let view = made.table;
    let known = engine.types("a table", &format!("select * from {view}")).await?;
    let fields = pinned.schema.fields().iter().map(|field| field.as_ref().clone());
    let fields = fields.map(|field| match field.data_type() {
        DataType::Dictionary(_, value) => Field::new(field.name(), value.as_ref().clone(), true),
        _ => field,
    });
    let folders = pinned.partitions.iter().map(|name| Field::new(name, DataType::Utf8, true));
    let (taken, nested): (Vec<Field>, Vec<Field>) = fields.chain(folders).partition(|field| {
        !field.data_type().is_nested() && known.iter().any(|known| known.name() == field.name())
    });
    let nested = nested.iter().map(|field| (field.name().clone(), field.data_type().clone())).collect();
    let holds = holds::table(&group.name);
    let (format, rows) = (asked.format, pinned.rows());
    let table = Table { group, format, rows, holds, columns: Vec::new(), nested, made: None };
    look_at(engine, &view, table, taken).await
}

/// Looks at the columns of a view.
pub(super) async fn look_at(
    engine: &Engine,
    view: &TableName,
    mut table: Table,
    taken: Vec<Field>,
) -> Result<Table, Failure> {
    if taken.is_empty() {
        let message = format!("`{}` has no column that can be read", table.group.location);
        return Err(Failure::new(Exit::Input, "init", message));
    }
    let names: Vec<&str> = taken.iter().map(|field| field.name().as_str()).collect();
    let prefix = names::prefix(&names).to_owned();
    // A few columns in one pass: each keeps all of its different values.
    for part in taken.chunks(8) {
        let sql: Vec<String> = part.iter().zip(0..).map(|(field, place)| measures(field, place)).collect();
        let names: Vec<String> = part.iter().map(|field| quoted(field.name())).collect();
        let from = format!("(select {} from {view} limit {ROWS}) as rows", names.join(", "));
        let sql = format!("select {} from {from}", sql.join(", "));
        let rows = engine.read(&format!("the values of {view}"), &sql).await?;
        table.columns.extend(part.iter().zip(0..).map(|(field, place)| column(field, &rows, place, &prefix)));
    }
    words(engine, &view.to_string(), &mut table).await?;
    Ok(table)
}

/// The number of an answer; 0 where it was not asked.
fn number(found: &Rows, what: &str, place: usize) -> u64 {
    match found.cell(0, &format!("{what}_{place}")) {
        Some(Cell::Integer(number)) => u64::try_from(*number).unwrap_or(0),
        _ => 0,
    }
}

/// Tells whether a name can stand in a mapping.
fn can_be_written(name: &str) -> bool {
    let is_unwritten = |letter: char| letter.is_control() && !['\n', '\t'].contains(&letter);
    !name.contains("${") && name.len() <= 4000 && !name.chars().any(is_unwritten)
}

fn column(field: &Field, answer: &Rows, place: usize, prefix: &str) -> Column {
    let count = |what: &str| number(answer, what, place);
    let text = |of: &str| match answer.cell(0, &format!("{of}_{place}")) {
        Some(Cell::Text(text)) => Some(text.clone()),
        _ => None,
    };
    let values = count("values");
    let filled = values - count("empty").min(values);
    let all = |what: &str| filled > 0 && count(what) == filled;
    let written = if all("day") {
        match (count("day_first"), count("month_first")) {
            (_, 0) if count("day_first") > 0 => Written::DayFirst,
            (0, _) if count("month_first") > 0 => Written::MonthFirst,
            _ if text("min").is_some_and(|least| least.contains('.')) => Written::DayFirst,
            _ => Written::DayOrMonth,
        }
    } else if all("compact") {
        Written::Compact
    } else if all("comma") && all("point") && count("signed") > 0 && count("fraction") == 0 {
        Written::Unclear(if all("number") { '.' } else { ',' })
    } else if all("number") && count("zeros") == 0 {
        Written::Number
    } else if all("comma") && text("max").is_some() && !all("number") {
        Written::CommaNumber
    } else if all("point") && !all("number") {
        Written::PointNumber
    } else {
        Written::Plain
    };
    let written = if field.data_type().is_string() { written } else { Written::Plain };
    // Of numbers in text, limits and decimals are those of the numbers.
    let sign = match written {
        // Read as thousands until somebody says so.
        Written::CommaNumber | Written::Unclear('.') => Some("comma"),
        Written::Number | Written::PointNumber | Written::Unclear(_) => Some("point"),
        _ => None,
    };
    let limit = |of: &str| text(&sign.map_or_else(|| of.to_owned(), |sign| format!("{of}_{sign}")));
    let decimals = match (sign, [0, 2, 4, 6].into_iter().find(|scale| count(&format!("beyond_{scale}")) == 0))
    {
        (Some(sign), _) => u8::try_from(count(&format!("scale_{sign}")).min(6)).unwrap_or(6),
        (None, scale) => scale.unwrap_or(6),
    };
    let mut meaning = names::read(field.name(), prefix);
    if !can_be_written(field.name()) {
        meaning.role = None;
    }
    Column {
        name: field.name().clone(),
        kind: field.data_type().clone(),
        meaning,
        values: filled,
        distinct: count("distinct"),
        least: limit("min"),
        greatest: limit("max"),
        decimals,
        is_hundreds: filled > 0 && count("hundreds") == filled,
        written,
        is_day: all("date"),
        words: Vec::new(),
    }
}

/// Lists the words of columns that decide which rows count, of categories and of currencies.
async fn words(engine: &Engine, view: &str, table: &mut Table) -> Result<(), Failure> {
    for at in 0..table.columns.len() {
        let column = &table.columns[at];
        let is_asked = matches!(
            column.meaning.role,
            Some(Role::Status | Role::IsTest | Role::IsVoid | Role::Currency | Role::Category)
        ) || holds::is_gift_card(&column.meaning.plain)
            || column.meaning.plain.ends_with("flag")
            || column.is_text() && names::is_kind(&column.name);
        if !is_asked || column.distinct > 1_000 {
            continue;
        }
        let name = quoted(&column.name);
        let sql = format!(
            "select cast({name} as varchar) as word, count(*) as row_count from (select {name} from {view} limit {ROWS}) as rows \
             where {name} is not null group by cast({name} as varchar) order by row_count desc, word limit {WORDS}"
        );
        let read = engine.read("the words of a column", &sql).await?;
        table.columns[at].words = read
            .rows
            .iter()
            .filter_map(|row| match row.as_slice() {
                [Cell::Text(word), Cell::Integer(rows)] => {
                    Some((word.clone(), u64::try_from(*rows).unwrap_or(0)))
                }
                _ => None,
            })
            .collect();
    }
    Ok(())
}
