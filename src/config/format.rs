//! The forms in which the files of a source may come, and the declared columns of those that carry no types.

use serde::Deserialize;

/// In what form the files of a source come.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "format", rename_all = "snake_case")]
pub enum Format {
    /// Parquet files.
    Parquet,
    /// The Parquet files of one version of a Delta Lake table.
    Delta {
        /// The version to read; the newest when it is not said.
        version: Option<u64>,
    },
    /// The Parquet files of one snapshot of an Iceberg table.
    Iceberg {
        /// The snapshot to read; the newest when it is not said.
        snapshot: Option<u64>,
        /// The table of the catalogue that `location` is; without it `location` is the table's own.
        table: Option<String>,
    },
    /// Text files, UTF-8, with the names of the columns in their first line.
    Csv {
        /// What is between two values.
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
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
    /// A timestamp in business time, `2026-01-31T12:00:00`.
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
            Self::Iceberg { .. } => "iceberg",
            Self::Csv { .. } => "csv",
            Self::Json { .. } => "json",
        }
    }

    /// Whether the files are those of a table that keeps a record of them; one that is older than a column lacks it.
    #[must_use]
    pub fn is_lakehouse(&self) -> bool {
        matches!(self, Self::Delta { .. } | Self::Iceberg { .. })
    }

    /// Declared columns; none where the files carry their types.
    #[must_use]
    pub fn schema(&self) -> &[(String, ColumnType)] {
        match self {
            Self::Csv { schema, .. } | Self::Json { schema } => schema,
            Self::Parquet | Self::Delta { .. } | Self::Iceberg { .. } => &[],
        }
    }
}
