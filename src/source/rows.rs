//! Where the rows of a source come from, as its contract sees them: its files, or the table that a query of the project made.

use arrow::datatypes::{DataType, Schema};

use super::duckdb;
use super::pinned::{FILE_NUMBER, Pinned, SOURCE_FILE};
use crate::config::Source;
use crate::error::{Exit, Failure};
use crate::query::mapping::{Both, Columns, Mapped, Type, quoted};

/// Where the rows of a raw table come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum From {
    /// From files, and how `DuckDB` reads them.
    Files(duckdb::Reader),
    /// From the table in `staging` of the same name.
    Staging,
    /// The source is not configured: the table has its columns and no row.
    Nothing,
}

/// The rows of a source, before they get their canonical types.
#[derive(Debug, Clone, Copy)]
pub enum Rows<'a> {
    /// Those of its files.
    Files(&'a Pinned),
    /// Those of `staging.<source>`, with the columns of that table.
    Staged(&'a str, &'a Schema),
}

impl Rows<'_> {
    /// Name of the source.
    pub(super) fn source(&self) -> &str {
        match self {
            Self::Files(pinned) => &pinned.name,
            Self::Staged(name, _) => name,
        }
    }

    /// The table that holds them.
    pub(super) fn table(&self) -> String {
        let layer = if matches!(self, Self::Files(_)) { "source" } else { "staging" };
        format!("{layer}.{}", quoted(self.source()))
    }

    /// The columns that a mapping may name, with their types.
    pub(super) fn available(&self) -> Columns {
        let named = |schema: &Schema| -> Columns {
            let fields = schema.fields().iter();
            fields.map(|field| (field.name().clone(), field.data_type().clone())).collect()
        };
        let pinned = match self {
            Self::Files(pinned) => pinned,
            Self::Staged(_, schema) => return named(schema),
        };
        // Columns that are not read have no type of the source; a mapping names them by mistake only.
        let mut available = named(&pinned.columns);
        available.extend(named(&pinned.schema));
        // A column that one file holds in single precision has no more digits than that one, whatever the others hold.
        for field in pinned.files.iter().flat_map(|file| file.schema.fields()) {
            if matches!(field.data_type(), DataType::Float16 | DataType::Float32)
                && let Some(kind) = available.get_mut(field.name())
                && *kind == DataType::Float64
            {
                *kind = DataType::Float32;
            }
        }
        available.extend(pinned.partitions.iter().map(|name| (name.clone(), DataType::Utf8)));
        available
    }

    /// The number of the row's file, in the order of the names.
    pub(super) fn file_number(&self) -> Both {
        Both::same(match self {
            Self::Files(pinned) if pinned.tells_files_apart() => {
                format!("cast({} as bigint)", quoted(FILE_NUMBER))
            }
            Self::Staged(_, schema) if schema.field_with_name(SOURCE_FILE).is_ok() => {
                format!("cast({SOURCE_FILE} as bigint)")
            }
            _ => "cast(1 as bigint)".to_owned(),
        })
    }

    /// How both engines get at them; of a folder `reads` tells whether its values are read.
    pub(super) fn from(&self, source: &Source, reads: impl Fn(&str) -> bool) -> From {
        match self {
            Self::Files(pinned) => From::Files(duckdb::reader(&source.format, pinned, reads)),
            Self::Staged(..) => From::Staging,
        }
    }

    /// Says which columns cannot be read, and in which files: all of them have the same columns. A condition alone that is none is an
    /// error of the configuration.
    pub(super) fn misfit(&self, problems: &[String]) -> Failure {
        let name = self.source();
        let (place, hint) = match self {
            Self::Files(pinned) => {
                let first = pinned.files.first().map_or(String::new(), |file| pinned.address(file));
                let others = match pinned.files.len() {
                    0 | 1 => String::new(),
                    files => format!(" and {} more", files - 1),
                };
                (
                    format!("`{first}`{others}"),
                    format!(
                        "Correct `sources.{name}.columns` in the configuration; a column may be an expression of source columns; `karat functions` lists what it may hold."
                    ),
                )
            }
            Self::Staged(..) => {
                (format!("`staging.{name}`"), format!("Correct the query that `sources.{name}.query` names."))
            }
        };
        let message = format!("{name}: the columns of {place} do not fit: {}", problems.join("; "));
        if problems.iter().all(|problem| problem.starts_with("where: ")) {
            let hint = format!("Correct `sources.{name}.where`; `karat functions` lists what it may hold.");
            return Failure::new(Exit::Usage, "source", message).hint(hint);
        }
        Failure::new(Exit::Refused, "source", message).hint(hint)
    }
}

/// Passes a condition.
pub(super) fn condition(value: Mapped) -> Result<Mapped, String> {
    if value.kind == Type::Boolean {
        Ok(value)
    } else {
        Err(format!("it is {}; write a condition", value.type_name))
    }
}

/// A value of a row that counts; of one that is left out nothing.
pub(super) fn kept(filter: Option<&Mapped>, value: Both) -> Both {
    match filter {
        None => value,
        Some(filter) => Both::join([&filter.sql, &value], |[filter, value]| {
            format!("case when {filter} then {value} end")
        }),
    }
}

/// The problem of a row that is left out.
pub(super) fn is_filtered(filter: &Mapped) -> Both {
    filter.sql.map(|filter| format!("when not coalesce({filter}, false) then 'filtered'"))
}

/// The column that names the first problem of a row.
pub(super) fn problem(name: &str, conditions: &[Both]) -> Both {
    let written = |pick: fn(&Both) -> &str| match conditions.iter().map(pick).collect::<Vec<_>>() {
        none if none.is_empty() => format!("cast(null as varchar) as {name}"),
        some => format!("case {} end as {name}", some.join(" ")),
    };
    Both { engine: written(|both| &both.engine), duckdb: written(|both| &both.duckdb) }
}

/// Rows whose day or month is not the one after which their folder is named; rows without a date are judged later.
pub(super) fn misplaced(source: &str, folder: &str, timestamp: &str) -> String {
    let folder = quoted(folder);
    let period = format!("substr(cast(cast({timestamp} as date) as varchar), 1, char_length({folder}))");
    format!(
        "select {folder} as folder, min({period}) as period, count(*) as row_count from source.{source} \
         where {period} <> {folder} group by {folder} order by {folder}"
    )
}
