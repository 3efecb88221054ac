//! How `reproduce.sql` reads the files of a source, so that `DuckDB` sees the rows that the engine of the run saw.
//!
//! Nothing is left to its own reading of folders, and nothing to its joining of types: the values of the folders stand in the
//! script, and files of other types are read apart and cast to those of the run.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use arrow::datatypes::{DataType, Field};

use super::footer;
use super::pinned::{FILE_NUMBER, Pinned, PinnedFile};
use crate::config::{ColumnType, Format};
use crate::query::mapping::quoted;

/// How `DuckDB` reads the files of a source.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reader {
    /// The folders whose values are read.
    folders: Vec<String>,
    /// The name under which `DuckDB` tells which file a row is of: the place in the list, or else the address.
    is_keyed_by_address: bool,
    groups: Vec<Group>,
}

/// Files that hold the same types.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Group {
    /// The columns of the source out of theirs.
    columns: Vec<String>,
    /// Whether all of them are taken as they lie there.
    is_plain: bool,
    /// What is before and after the list of the files.
    call: (String, String),
    /// Places in the list of all files, with the values of `folders`.
    files: Vec<(usize, Vec<Option<String>>)>,
}

/// Writes down how the files of `pinned` are read; `reads` tells of a folder whether its values are.
pub(super) fn reader(format: &Format, pinned: &Pinned, reads: impl Fn(&str) -> bool) -> Reader {
    let folders = pinned.folders();
    let read: Vec<usize> =
        (0..folders.len()).filter(|at| folders[*at] == FILE_NUMBER || reads(&folders[*at])).collect();
    let plain: Vec<String> = pinned.schema.fields().iter().map(|field| quoted(field.name())).collect();
    let mut groups: BTreeMap<Vec<String>, Group> = BTreeMap::new();
    let values = pinned.folder_values();
    for (number, (file, values)) in pinned.files.iter().zip(values).enumerate() {
        let columns = columns(format, pinned, file);
        let values = read.iter().map(|at| values[*at].clone()).collect();
        groups
            .entry(columns.clone())
            .or_insert_with(|| Group {
                is_plain: columns == plain,
                columns,
                call: call(format, file),
                files: Vec::new(),
            })
            .files
            .push((number, values));
    }
    let names = pinned.columns.fields().iter().map(|field| field.name());
    let headers = pinned.files.iter().flat_map(|file| &file.header);
    Reader {
        folders: read.iter().map(|at| folders[*at].clone()).collect(),
        is_keyed_by_address: names.chain(headers).any(|name| name.eq_ignore_ascii_case("file_index")),
        groups: groups.into_values().collect(),
    }
}

impl Reader {
    /// The `from` of a statement over the files at `addresses`, in the order of the files.
    #[must_use]
    pub fn from(&self, addresses: &[&str]) -> String {
        if let [group] = &self.groups[..]
            && group.is_plain
            && self.folders.is_empty()
        {
            return format!("from {}", self.files(group, addresses));
        }
        let parts: Vec<String> = self.groups.iter().map(|group| self.part(group, addresses)).collect();
        format!("from (\n    {}\n)", parts.join("\n    union all\n    "))
    }

    fn files(&self, group: &Group, addresses: &[&str]) -> String {
        let (before, after) = &group.call;
        let list: Vec<String> = group
            .files
            .iter()
            .map(|(number, _)| format!("    {}", text(&literal(addresses[*number]))))
            .collect();
        let option = if self.is_keyed_by_address && !self.folders.is_empty() {
            ", filename = 'read from'"
        } else {
            ""
        };
        format!("{before}[\n{}\n]{after}{option})", list.join(",\n"))
    }

    fn part(&self, group: &Group, addresses: &[&str]) -> String {
        let files = self.files(group, addresses);
        let mut columns = group.columns.clone();
        if self.folders.is_empty() {
            return format!("select {}\n    from {files} as files", columns.join(", "));
        }
        let names: Vec<String> = self.folders.iter().map(|name| quoted(name)).collect();
        columns.extend(names.iter().map(|name| format!("cast(folders.{name} as varchar) as {name}")));
        let mut rows = String::new();
        for (place, (number, values)) in group.files.iter().enumerate() {
            let key = if self.is_keyed_by_address { text(addresses[*number]) } else { place.to_string() };
            let values = values.iter().map(|value| value.as_deref().map_or("null".to_owned(), text));
            let row: Vec<String> = std::iter::once(key).chain(values).collect();
            let comma = if place == 0 { "" } else { "," };
            let _infallible = write!(rows, "{comma}\n    ({})", row.join(", "));
        }
        let key = if self.is_keyed_by_address { "\"read from\"" } else { "file_index" };
        format!(
            "select {}\n    from {files} as files\n    inner join (values{rows}\n    ) as folders(\"of file\", {}) on files.{key} = folders.\"of file\"",
            columns.join(", "),
            names.join(", ")
        )
    }
}

/// The call that reads files such as `file`, before and after their list.
fn call(format: &Format, file: &PinnedFile) -> (String, String) {
    match format {
        Format::Parquet | Format::Delta { .. } | Format::Iceberg { .. } => {
            ("read_parquet(".to_owned(), ", hive_partitioning = false".to_owned())
        }
        // Every value is read as text first, and nothing is guessed.
        Format::Csv { delimiter, .. } => {
            let columns = texts(file.header.iter());
            let delimiter = if *delimiter == '\t' { "\\t".to_owned() } else { delimiter.to_string() };
            let options = format!(
                ", auto_detect = false, header = true, delim = '{delimiter}', quote = '\"', escape = '\"', nullstr = '',\n    \
                 columns = {{{columns}}}, hive_partitioning = false"
            );
            ("read_csv(".to_owned(), options)
        }
        Format::Json { schema } => {
            let columns = texts(schema.iter().map(|(name, _)| name));
            let options = format!(
                ", format = 'newline_delimited',\n    columns = {{{columns}}}, hive_partitioning = false"
            );
            ("read_json(".to_owned(), options)
        }
    }
}

/// The columns of the source out of those of a file.
fn columns(format: &Format, pinned: &Pinned, file: &PinnedFile) -> Vec<String> {
    let declared = format.schema().iter();
    let typed = declared.map(|(name, kind)| (name, typed(name, *kind)));
    let fields = pinned.schema.fields().iter();
    let stored = fields.map(|field| {
        let name = field.name();
        let under = file.names.get(name).and_then(Option::as_deref).unwrap_or(name);
        (name, column(field, file.schema.field_with_name(name).ok(), under))
    });
    // The value of a folder goes before that of a column of its name.
    let columns: Vec<(&String, String)> =
        if format.schema().is_empty() { stored.collect() } else { typed.collect() };
    columns
        .into_iter()
        .filter(|(name, _)| !pinned.partitions.contains(name))
        .map(|(_, column)| column)
        .collect()
}

/// A column of the source out of that of a file, which may lack it, or hold another type or have another name for it.
fn column(wanted: &Field, stored: Option<&Field>, under: &str) -> String {
    let (name, under) = (quoted(wanted.name()), quoted(under));
    let kind = wanted.data_type();
    let cast = |value: &str| match sql_type(kind) {
        Some(sql_type) => format!("cast({value} as {sql_type}) as {name}"),
        None => format!("{value} as {name}"),
    };
    match stored {
        Some(stored) if footer::is_int96(stored) && matches!(kind, DataType::Timestamp(_, Some(_))) => {
            format!("timezone('UTC', {under}) as {name}")
        }
        Some(stored) if stored.data_type() == kind && under == name => name,
        Some(stored) if stored.data_type() == kind => format!("{under} as {name}"),
        Some(stored) if footer::widens(stored.data_type(), kind) => cast(&under),
        // It holds no value; see `footer::unify`.
        _ => cast("null"),
    }
}

/// The name that `DuckDB` has for a type, of those that columns are cast to.
fn sql_type(kind: &DataType) -> Option<String> {
    let name = match kind {
        DataType::Boolean => "boolean",
        DataType::Int8 => "tinyint",
        DataType::Int16 => "smallint",
        DataType::Int32 => "integer",
        DataType::Int64 => "bigint",
        DataType::UInt8 => "utinyint",
        DataType::UInt16 => "usmallint",
        DataType::UInt32 => "uinteger",
        DataType::UInt64 => "ubigint",
        DataType::Float32 => "float",
        DataType::Float64 => "double",
        DataType::Decimal128(precision, scale) => return Some(format!("decimal({precision}, {scale})")),
        DataType::Date32 => "date",
        DataType::Timestamp(_, None) => "timestamp",
        DataType::Timestamp(_, Some(_)) => "timestamptz",
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => "varchar",
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView | DataType::FixedSizeBinary(_) => {
            "blob"
        }
        _ => return None,
    };
    Some(name.to_owned())
}

/// A text of SQL.
fn text(value: &str) -> String {
    format!("'{}'", value.replace('\'', "''"))
}

/// An address in which no letter stands for others, as some do in a list of files.
fn literal(address: &str) -> String {
    if address.starts_with("http") {
        return address.to_owned();
    }
    let letters = address.chars().map(|letter| {
        if ['*', '?', '['].contains(&letter) { format!("[{letter}]") } else { letter.to_string() }
    });
    letters.collect()
}

/// The ways in which a script writes the address of a file.
#[must_use]
pub fn written_addresses(address: &str) -> [String; 2] {
    [text(&literal(address)), text(address)]
}

/// Declares columns as text.
fn texts<'n>(names: impl Iterator<Item = &'n String>) -> String {
    names.map(|name| format!("'{}': 'varchar'", name.replace('\'', "''"))).collect::<Vec<_>>().join(", ")
}

/// Casts a declared column.
fn typed(name: &str, kind: ColumnType) -> String {
    let name = quoted(name);
    let sql_type = match kind {
        ColumnType::Integer => "bigint".to_owned(),
        ColumnType::Text => "varchar".to_owned(),
        other => other.written(),
    };
    format!("cast(nullif({name}, '') as {sql_type}) as {name}")
}
