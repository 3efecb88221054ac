//! The forms in which the files of a source may come, and the declared columns of those that carry no types.

use super::problem::{Parsed, Problems, Refusal};
use super::scalar::whole;
use super::section::Section;
use super::words::{found, nearest};

/// The names of the forms, as `format` takes them.
const FORMATS: [&str; 4] = ["parquet", "delta", "csv", "json"];

/// Words of `schema` that are a whole type.
const TYPES: [&str; 6] = ["text", "integer", "date", "timestamp", "timestamptz", "boolean"];

/// Most digits of a declared decimal: as many as every later sum of them can still hold exactly.
const MOST_DIGITS: i64 = 28;

/// In what form the files of a source come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Format {
    /// Parquet files.
    Parquet,
    /// The Parquet files of one version of a Delta Lake table.
    Delta {
        /// The version to read; the newest when it is not said.
        version: Option<u64>,
    },
    /// Text files, UTF-8, with the names of the columns in their first line.
    Csv {
        /// What stands between two values.
        delimiter: char,
        /// Declared columns, in the order of the configuration.
        schema: Vec<(String, ColumnType)>,
    },
    /// Text files, UTF-8, with one JSON object on each line.
    Json {
        /// Declared columns, in the order of the configuration.
        schema: Vec<(String, ColumnType)>,
    },
}

/// What a declared column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnType {
    /// Words, or a name that identifies something.
    Text,
    /// A whole number of 64 bits.
    Integer,
    /// An exact number with at most `scale` decimals and `precision` digits in all.
    Decimal {
        /// Digits in all, 1 to 28.
        precision: u8,
        /// Digits after the point.
        scale: u8,
    },
    /// A day, `2026-01-31`.
    Date,
    /// A moment in business time, `2026-01-31T12:00:00`.
    Timestamp,
    /// An instant, `2026-01-31T12:00:00Z` or with an offset such as `+08:00`.
    Timestamptz,
    /// `true` or `false`.
    Boolean,
}

impl ColumnType {
    /// The type as it is written in the configuration; the same words name it in SQL, but for `text` and `integer`.
    #[must_use]
    pub fn written(self) -> String {
        match self {
            Self::Text => "text".to_owned(),
            Self::Integer => "integer".to_owned(),
            Self::Decimal { precision, scale } => format!("decimal({precision}, {scale})"),
            Self::Date => "date".to_owned(),
            Self::Timestamp => "timestamp".to_owned(),
            Self::Timestamptz => "timestamptz".to_owned(),
            Self::Boolean => "boolean".to_owned(),
        }
    }
}

impl Format {
    /// The word of the configuration.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Parquet => "parquet",
            Self::Delta { .. } => "delta",
            Self::Csv { .. } => "csv",
            Self::Json { .. } => "json",
        }
    }

    /// Declared columns; none where the files carry their types.
    #[must_use]
    pub fn schema(&self) -> &[(String, ColumnType)] {
        match self {
            Self::Csv { schema, .. } | Self::Json { schema } => schema,
            Self::Parquet | Self::Delta { .. } => &[],
        }
    }
}

/// Reads `format` of a source, and the keys that only some forms have.
pub(super) fn read_format(section: &Section<'_>, problems: &mut Problems) -> Format {
    let name = section.optional("format", problems, format_name);
    let name = name.unwrap_or("parquet");
    let is_text = ["csv", "json"].contains(&name);
    let only = |key: &str, fits: bool, forms: &str, problems: &mut Problems| {
        if section.has(key) && !fits {
            let refusal = Refusal::new(format!("belongs to {forms}, and the format here is {name}"));
            problems.add(section.place_of_key(key), &section.path_of(key), refusal);
        }
    };
    only("schema", is_text, "`format: csv` and `format: json`", problems);
    only("delimiter", name == "csv", "`format: csv`", problems);
    only("version", name == "delta", "`format: delta`", problems);
    match name {
        "csv" => Format::Csv {
            delimiter: section.optional("delimiter", problems, delimiter).unwrap_or(','),
            schema: read_schema(section, problems),
        },
        "json" => Format::Json {
            schema: read_schema(section, problems),
        },
        "delta" => Format::Delta {
            version: section.optional("version", problems, |text| {
                whole(text, 0, i64::MAX).map(i64::unsigned_abs)
            }),
        },
        _ => Format::Parquet,
    }
}

fn format_name(text: &str) -> Parsed<&'static str> {
    let Some(name) = FORMATS.into_iter().find(|name| *name == text) else {
        return Err(Refusal::new(format!(
            "expected one of {}, found {}",
            FORMATS.join(", "),
            found(text)
        ))
        .suggest(nearest(text, FORMATS)));
    };
    match name {
        "delta" if !cfg!(feature = "delta") => Err(Refusal::new(
            "this build cannot read Delta Lake tables; build it with `--features delta`",
        )),
        name => Ok(name),
    }
}

fn delimiter(text: &str) -> Parsed<char> {
    let mut letters = text.chars();
    match (letters.next(), letters.next()) {
        (Some(letter @ (',' | ';' | '|' | '\t')), None) => Ok(letter),
        _ => Err(Refusal::new(format!(
            "expected one of , ; | and \"\\t\", found {}",
            found(text)
        ))),
    }
}

fn read_schema(section: &Section<'_>, problems: &mut Problems) -> Vec<(String, ColumnType)> {
    let why = "such files carry no types: name each column that is read, with its type";
    section.missing("schema", why, problems);
    let Some(declared) = section.free_section("schema", problems) else {
        return Vec::new();
    };
    let names: Vec<&str> = declared.keys().collect();
    if names.is_empty() {
        problems.add(
            declared.place(),
            &section.path_of("schema"),
            Refusal::new("names no column"),
        );
    }
    names
        .into_iter()
        .filter_map(|name| Some((name.to_owned(), declared.optional(name, problems, column_type)?)))
        .collect()
}

fn column_type(text: &str) -> Parsed<ColumnType> {
    let parts = text
        .strip_prefix("decimal(")
        .and_then(|rest| rest.strip_suffix(')'))
        .and_then(|inner| inner.split_once(','));
    if let Some((precision, scale)) = parts {
        let precision = whole(precision.trim(), 1, MOST_DIGITS)?;
        let scale = whole(scale.trim(), 0, precision)?;
        let small = |number: i64| u8::try_from(number).expect("the range is 0 to 28");
        return Ok(ColumnType::Decimal {
            precision: small(precision),
            scale: small(scale),
        });
    }
    match text {
        "text" => Ok(ColumnType::Text),
        "integer" => Ok(ColumnType::Integer),
        "date" => Ok(ColumnType::Date),
        "timestamp" => Ok(ColumnType::Timestamp),
        "timestamptz" => Ok(ColumnType::Timestamptz),
        "boolean" => Ok(ColumnType::Boolean),
        _ => Err(Refusal::new(format!(
            "expected one of {}, or a decimal such as decimal(18, 2), found {}",
            TYPES.join(", "),
            found(text)
        ))
        .suggest(nearest(text, TYPES))),
    }
}
