//! Brings the files of all tables here, and looks at each.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use arrow::datatypes::Schema;

use super::find::{self, Form, Group};
use super::lines::{Item, Proposal};
use super::names::Role;
use super::profile::{self, Column, Table, Written};
use super::settings;
use crate::config::{ColumnType, Format, Int96, SOURCES, Source};
use crate::engine::Engine;
use crate::error::{Exit, Failure};
use crate::query::TableName;
use crate::source::{self, Pinned, Rows};
use crate::store;

/// Finds tables and reads them.
pub(super) struct Finder<'f> {
    pub(super) here: &'f Path,
    pub(super) work: &'f Path,
    /// What was found and is not used, in words.
    pub(super) unread: Vec<String>,
    /// What is to be asked of the tables as such.
    pub(super) asked: Vec<String>,
}

/// Files of one table that were obtained.
struct Obtained {
    group: Group,
    format: Format,
    pinned: Pinned,
    /// Columns that are not read.
    left_out: Vec<String>,
}

impl Finder<'_> {
    /// All tables below the locations.
    pub(super) async fn tables(
        &mut self,
        engine: &Engine,
        locations: &[String],
    ) -> Result<Vec<Table>, Failure> {
        let mut groups = Vec::new();
        for location in locations {
            // The new project lies elsewhere: a relative path would lead nowhere from there.
            let base = if location.contains("://") || location.starts_with('~') {
                location.clone()
            } else {
                let path = self.here.join(location);
                std::path::absolute(&path).unwrap_or(path).display().to_string()
            };
            let opened =
                store::open(&base, self.here, &BTreeMap::new()).map_err(|error| error.reading("source"))?;
            let objects = opened.list().await.map_err(|error| error.reading("source"))?;
            let listed = find::group(&base, objects);
            self.unread.extend(listed.unread);
            groups.extend(listed.groups);
        }
        let is_only = groups.len() == 1;
        let mut obtained: Vec<Obtained> = Vec::new();
        for group in groups {
            match self.obtain(group.clone()).await {
                Ok(found) => obtained.push(found),
                Err(failure) if is_only => return Err(failure),
                Err(failure) => self.unread.push(format!("`{}` cannot be read: {failure}", group.location)),
            }
        }
        self.join(&mut obtained).await?;
        name(&mut obtained);
        let mut tables = Vec::new();
        for found in obtained {
            self.unread.extend(found.left_out.iter().map(|column| {
                format!(
                    "`{column}` of `{}` is left out: it holds lists, objects or values of several kinds, and columns of JSON hold plain values. \
                     Written as Parquet, a list of lines can be opened; examples/nested has the query",
                    found.group.location
                )
            }));
            tables.push(self.look(engine, found).await?);
        }
        if tables.is_empty() {
            let hint = if self.unread.is_empty() {
                "Parquet, CSV, JSON lines, Delta Lake and Iceberg are read.".to_owned()
            } else {
                self.unread.join("; ")
            };
            let message = format!("there is no table that can be read below {}", locations.join(", "));
            return Err(Failure::new(Exit::Input, "init", message).hint(hint));
        }
        Ok(tables)
    }

    /// Joins groups of files with the same columns, where their names allow it.
    async fn join(&self, obtained: &mut Vec<Obtained>) -> Result<(), Failure> {
        let columns = |found: &Obtained| -> Vec<String> {
            let mut names: Vec<String> = found
                .pinned
                .columns
                .fields()
                .iter()
                .map(|field| format!("{} {}", field.name(), field.data_type()))
                .collect();
            names.sort();
            names
        };
        let mut at = 0;
        while at < obtained.len() {
            let partner = (at + 1..obtained.len()).find(|other| {
                columns(&obtained[at]) == columns(&obtained[*other])
                    && obtained[at].group.may_join(&obtained[*other].group)
            });
            let Some(partner) = partner else {
                at += 1;
                continue;
            };
            let other = obtained.remove(partner);
            let rest: Vec<_> = obtained
                .iter()
                .enumerate()
                .filter(|(place, _)| *place != at)
                .map(|(_, found)| found.group.clone())
                .collect();
            let mut group = obtained[at].group.clone();
            let beside = group.beside(rest.iter()).into_iter().cloned().collect::<Vec<_>>();
            if group.join(&other.group, &beside.iter().collect::<Vec<_>>()).is_ok() {
                obtained[at] = self.obtain(group).await?;
            } else {
                obtained.insert(partner, other);
                at += 1;
            }
        }
        Ok(())
    }

    /// Brings the files of a group to this machine.
    async fn obtain(&self, group: Group) -> Result<Obtained, Failure> {
        let mut left_out = Vec::new();
        let format = match group.form {
            Form::Parquet => Format::Parquet,
            Form::Delta => Format::Delta { version: None },
            Form::Iceberg => Format::Iceberg { snapshot: None, table: None },
            form @ (Form::Csv | Form::Json) => {
                let Some(first) = group.objects.first() else {
                    return Err(Failure::new(Exit::Bug, "init", "a group has no object"));
                };
                let opened = store::open(&group.location, self.here, &BTreeMap::new())
                    .map_err(|error| error.reading("source"))?;
                let listed = opened.list().await.map_err(|error| error.reading("source"))?;
                let name = first.path.rsplit('/').next().unwrap_or_default();
                let found = listed.into_iter().find(|object| object.path.rsplit('/').next() == Some(name));
                let Some(found) = found else {
                    return Err(
                        Failure::new(Exit::Input, "init", format!("`{}` is gone", first.path)).retryable()
                    );
                };
                let copy = opened.obtain(&found, self.work).await.map_err(|error| error.reading("source"))?;
                let (format, columns) = source::sniff(&copy.path, name, form == Form::Json)?;
                left_out = columns;
                format
            }
        };
        let asked = asked(&group, &format, BTreeMap::new(), None);
        // Of a source with a meaning only the columns that are mapped would be read.
        let name = format!("table_{}", group.name);
        let pinned = source::pin(&name, &asked, self.here, self.work, true).await?;
        Ok(Obtained { group, format, pinned, left_out })
    }

    /// Looks at a table; of CSV and JSON with the types that its values allow.
    async fn look(&self, engine: &Engine, found: Obtained) -> Result<Table, Failure> {
        let Obtained { group, format, mut pinned, .. } = found;
        let typed = match &format {
            Format::Csv { .. } | Format::Json { .. } => {
                pinned.name = format!("{}__text", group.name);
                let asked = asked(&group, &format, BTreeMap::new(), None);
                let table = profile::look(engine, group.clone(), asked, &pinned).await?;
                typed(&format, &table)
            }
            _ => format.clone(),
        };
        let asked = asked(&group, &typed, BTreeMap::new(), None);
        if typed == format {
            pinned.name.clone_from(&group.name);
        } else {
            pinned = source::pin(&group.name, &asked, self.here, self.work, true).await?;
        }
        profile::look(engine, group, asked, &pinned).await
    }

    /// Gives the engine the order lines under their canonical names: of one flat table, or of a query.
    pub(super) async fn map(
        &self,
        engine: &Engine,
        lines: &Table,
        proposal: &Proposal,
        query: Option<&str>,
    ) -> Result<(), Failure> {
        let active = proposal.columns.iter().filter(|item| item.is_active);
        let sql = |item: &Item| if query.is_some() { item.canonical.to_owned() } else { item.sql.clone() };
        let columns: BTreeMap<String, String> =
            active.map(|item| (item.canonical.to_owned(), sql(item))).collect();
        let scale = settings::scale(lines, proposal);
        let mut asked = asked(&lines.group, &lines.format, columns, scale);
        let raw = if let Some(query) = query {
            let staged = TableName::new("staging", "order_lines");
            engine.add_view(&staged, query).await?;
            let fields = engine.types("the proposal", &format!("select * from {staged}")).await?;
            let rows = Schema::new(fields);
            source::raw_table(engine, Rows::Staged("order_lines", &rows), &asked, "UTC").await?
        } else {
            asked.filter = proposal.condition();
            let pinned = source::pin("order_lines", &asked, self.here, self.work, true).await?;
            let schema = pinned.schema.clone();
            engine.add_source("order_lines", &pinned.source_files(), schema, &pinned.folders())?;
            source::raw_table(engine, Rows::Files(&pinned), &asked, "UTC").await?
        };
        engine.add_view(&TableName::new("raw", "order_lines"), &raw.sql).await
    }
}

/// A source as the configuration would say it.
fn asked(
    group: &Group,
    format: &Format,
    columns: BTreeMap<String, String>,
    amount_scale: Option<u8>,
) -> Source {
    Source {
        location: group.location.clone(),
        query: None,
        filter: None,
        format: format.clone(),
        columns,
        amount_scale,
        manifest: None,
        period_folder: None,
        files: group.files.clone(),
        int96: Int96::default(),
        options: BTreeMap::new(),
    }
}

/// Types of CSV and JSON, by what the values were seen to be.
fn typed(format: &Format, table: &Table) -> Format {
    let kind = |name: &String, known: &ColumnType| {
        let is_text = *known == ColumnType::Text;
        match table.column(name).filter(|_| is_text) {
            Some(column) => declared(column),
            None => *known,
        }
    };
    let all = |schema: &[(String, ColumnType)]| {
        schema.iter().map(|(name, known)| (name.clone(), kind(name, known))).collect()
    };
    match format {
        Format::Csv { delimiter, schema } => Format::Csv { delimiter: *delimiter, schema: all(schema) },
        Format::Json { schema } => Format::Json { schema: all(schema) },
        other => other.clone(),
    }
}

/// Gives every table a name of its own, that is none of those with a meaning.
fn name(obtained: &mut [Obtained]) {
    let mut taken: BTreeSet<String> = SOURCES.iter().map(|shape| shape.name.to_owned()).collect();
    for found in obtained {
        let wanted = found.group.name.clone();
        let mut name = wanted.clone();
        let mut number = 1;
        while !taken.insert(name.clone()) {
            name = if number == 1 { format!("{wanted}_table") } else { format!("{wanted}_{number}") };
            number += 1;
        }
        found.group.name = name;
    }
}

/// The type that a column of CSV is declared with: of what is no number and no day by its role, nothing is said but that it is text.
fn declared(column: &Column) -> ColumnType {
    let is_amount = column.meaning.role.is_some_and(Role::is_number);
    match column.written {
        Written::Number if is_amount && column.decimals == 0 => ColumnType::Integer,
        Written::Number if is_amount && column.decimals <= 4 => {
            ColumnType::Decimal { precision: 18, scale: if column.decimals <= 2 { 2 } else { 4 } }
        }
        _ if column.is_day => ColumnType::Date,
        _ => ColumnType::Text,
    }
}
