//! A value of a mapping: its SQL for each engine, and what it is.

use std::fmt;

use arrow::datatypes::DataType;
use sqlparser::ast::Expr;

/// SQL for both engines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Both {
    /// For the engine of a run.
    pub engine: String,
    /// For `DuckDB`, in `reproduce.sql`.
    pub duckdb: String,
}

impl Both {
    /// The same SQL for both.
    #[must_use]
    pub fn same(sql: impl Into<String>) -> Self {
        let sql = sql.into();
        Self { engine: sql.clone(), duckdb: sql }
    }

    /// Writes around one SQL, the same for both engines.
    #[must_use]
    pub fn map(&self, write: impl Fn(&str) -> String) -> Self {
        Self { engine: write(&self.engine), duckdb: write(&self.duckdb) }
    }

    /// Writes around several.
    #[must_use]
    pub fn join<const N: usize>(parts: [&Self; N], write: impl Fn([&str; N]) -> String) -> Self {
        Self {
            engine: write(parts.map(|part| part.engine.as_str())),
            duckdb: write(parts.map(|part| part.duckdb.as_str())),
        }
    }

    /// Joins any number, with commas.
    pub(super) fn list(parts: &[Self]) -> Self {
        let joined = |pick: fn(&Self) -> &str| parts.iter().map(pick).collect::<Vec<_>>().join(", ");
        Self { engine: joined(|part| &part.engine), duckdb: joined(|part| &part.duckdb) }
    }
}

/// What a value is, as far as both engines must agree on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Type {
    /// Nothing but NULL.
    Null,
    /// Text.
    Text,
    /// True or false.
    Boolean,
    /// A whole number of at most so many digits.
    Integer(u8),
    /// An exact number: all its digits, and how many of them are decimals.
    Decimal(u8, u8),
    /// A number in floating point.
    Double,
    /// A number in floating point that a source holds in single precision; its SQL is of double precision.
    Single,
    /// What a division of exact numbers gives, in floating point.
    Quotient,
    /// A day.
    Date,
    /// A timestamp in business time.
    Timestamp,
    /// Bytes.
    Bytes,
    /// What a mapping cannot use, in the words of the file.
    Other(String),
}

impl Type {
    /// What a column of a file is. An instant is a timestamp once it is in SQL, and a UUID a text.
    #[must_use]
    pub fn of(kind: &DataType) -> Self {
        match kind {
            DataType::Null => Self::Null,
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View | DataType::FixedSizeBinary(16) => {
                Self::Text
            }
            DataType::Dictionary(_, value) if value.is_string() => Self::Text,
            DataType::Boolean => Self::Boolean,
            DataType::Int8 | DataType::UInt8 => Self::Integer(3),
            DataType::Int16 | DataType::UInt16 => Self::Integer(5),
            DataType::Int32 | DataType::UInt32 => Self::Integer(10),
            DataType::Int64 => Self::Integer(19),
            DataType::UInt64 => Self::Integer(20),
            DataType::Decimal32(digits, scale)
            | DataType::Decimal64(digits, scale)
            | DataType::Decimal128(digits, scale) => u8::try_from(*scale)
                .map_or_else(|_| Self::Other(kind.to_string()), |scale| Self::Decimal(*digits, scale)),
            DataType::Float64 => Self::Double,
            DataType::Float32 | DataType::Float16 => Self::Single,
            DataType::Date32 | DataType::Date64 => Self::Date,
            DataType::Timestamp(..) => Self::Timestamp,
            DataType::Binary | DataType::LargeBinary | DataType::BinaryView => Self::Bytes,
            other => Self::Other(other.to_string()),
        }
    }

    pub(super) fn is_exact(&self) -> bool {
        matches!(self, Self::Integer(_) | Self::Decimal(..))
    }

    /// Tells whether the value is in floating point.
    #[must_use]
    pub fn is_floating(&self) -> bool {
        matches!(self, Self::Double | Self::Single | Self::Quotient)
    }

    pub(super) fn is_number(&self) -> bool {
        self.is_exact() || self.is_floating()
    }

    pub(super) fn is_of_time(&self) -> bool {
        matches!(self, Self::Date | Self::Timestamp)
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("NULL"),
            Self::Text => f.write_str("a text"),
            Self::Boolean => f.write_str("a condition"),
            Self::Integer(_) | Self::Decimal(_, 0) => f.write_str("a whole number"),
            Self::Decimal(_, scale) => write!(f, "a number with {scale} decimals"),
            Self::Double | Self::Single => f.write_str("a number in floating point"),
            Self::Quotient => f.write_str("a quotient, which may have any number of decimals"),
            Self::Date => f.write_str("a day"),
            Self::Timestamp => f.write_str("a timestamp"),
            Self::Bytes => f.write_str("bytes"),
            Self::Other(name) => f.write_str(name),
        }
    }
}

/// A value: what it is, and its SQL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Typed {
    /// SQL.
    pub(super) sql: Both,
    /// What it is.
    pub(super) kind: Type,
    /// The number or text itself, where the mapping says it.
    pub(super) literal: Option<String>,
    /// Whether a decimal has more than 18 digits in SQL, so that `DuckDB` computes with 38.
    pub(super) is_wide: bool,
    /// Whether a number in floating point has no fraction.
    pub(super) is_whole: bool,
}

impl Typed {
    pub(super) fn new(sql: Both, kind: Type) -> Self {
        Self { sql, kind, literal: None, is_wide: false, is_whole: false }
    }

    pub(super) fn same(sql: impl Into<String>, kind: Type) -> Self {
        Self::new(Both::same(sql), kind)
    }

    pub(super) fn null() -> Self {
        Self::same("null", Type::Null)
    }

    pub(super) fn literal(sql: impl Into<String>, kind: Type, literal: impl Into<String>) -> Self {
        Self { literal: Some(literal.into()), ..Self::same(sql, kind) }
    }

    pub(super) fn wide(sql: Both, digits: u8, scale: u8) -> Self {
        Self { is_wide: true, ..Self::new(sql, Type::Decimal(digits, scale)) }
    }

    pub(super) fn is_literal(&self) -> bool {
        self.literal.is_some()
    }
}

/// Writes the expressions within an expression.
pub(super) trait Write {
    /// The business time zone.
    fn zone(&self) -> &str;

    /// Writes `expression`.
    fn write(&mut self, expression: &Expr) -> Result<Typed, String>;

    /// Writes values that are in each other's place, all in one type.
    fn alike(&mut self, values: &[&Expr]) -> Result<(Vec<Both>, Type), String>;
}

/// The SQL of a text; a whole number is one by its digits.
pub(super) fn text(value: &Typed) -> Result<Both, String> {
    match value.kind {
        Type::Text => Ok(value.sql.clone()),
        Type::Null => Ok(Both::same("cast(null as varchar)")),
        Type::Integer(_) => Ok(value.sql.map(|sql| format!("cast({sql} as varchar)"))),
        ref kind => Err(format!("a text is needed in place of {kind}: write `cast(… as varchar)`")),
    }
}

/// Says that an expression is no part of what mappings may use.
pub(super) fn not_compared(expression: &Expr) -> String {
    format!("mappings have no `{expression}`; `karat functions` lists what they may hold")
}
