//! Which row of a file stops a query of `0_staging`, and which of its columns: the query is tried with half of the rows, then with half of
//! that half; the column is the one without whose value the query runs.

use tempfile::TempDir;

use super::{folder, readers};
use crate::engine::Engine;
use crate::error::{Exit, Failure};
use crate::pipeline::prepare::Run;
use crate::pipeline::sources;
use crate::query::mapping::quoted;
use crate::query::{ID, Query, TableName, columns_of, names, traced};
use crate::source::{self, Pinned, RawTable, place_of_row};

/// The rows of the file that a query is tried with: those of these numbers, and the column that has no value in them.
struct Trial<'t> {
    from: u64,
    to: u64,
    without: Option<&'t str>,
}

/// The query, the column and the row that stop it, in words.
pub(super) async fn of(run: &Run<'_>, source: &Pinned, at: usize) -> Result<Option<String>, Failure> {
    let Some(table) = run.raw.iter().find(|table| table.table == TableName::new("source", &source.name))
    else {
        return Ok(None);
    };
    let stopped = async |trial: &Trial<'_>| stopped(run, source, (at, table), trial).await;
    let mut rows = Trial { from: 0, to: source.files[at].rows, without: None };
    let Some(mut query) = stopped(&rows).await? else { return Ok(None) };
    while rows.to - rows.from > 1 {
        let middle = rows.from + (rows.to - rows.from) / 2;
        let (first, second) = (Trial { to: middle, ..rows }, Trial { from: middle, ..rows });
        let half = match stopped(&first).await? {
            Some(found) => Some((first, found)),
            None => stopped(&second).await?.map(|found| (second, found)),
        };
        // Only several rows together stop it.
        let Some((half, found)) = half else { return Ok(None) };
        (rows, query) = (half, found);
    }
    let (engine, _folder) = session(run, source, (at, table), &rows).await?;
    let mut fields = engine.types("a table", &format!("select * from {}", table.table)).await?;
    // Without what it is joined by, a row does not come to the value either.
    let keys = names(&readers(run, source), &[]).map(|names| names.keys).unwrap_or_default();
    fields.sort_by_key(|field| keys.contains(field.name()));
    let mut value = String::new();
    for field in &fields {
        let trial = Trial { without: Some(field.name()), ..rows };
        if stopped(&trial).await?.is_none() {
            let sql = format!("select {} from {}", quoted(field.name()), table.table);
            let found = engine.described(&sql).await?;
            value =
                format!(" where `{}` is {}", field.name(), found.unwrap_or_else(|| "no value".to_owned()));
            break;
        }
    }
    let column = column(&engine, run, source, &query).await?;
    let (_, row) = place_of_row(rows.from);
    Ok(Some(format!("{column}`queries/{}` cannot be computed{value}, in row {row}", query.path)))
}

/// The first query that stops.
async fn stopped(
    run: &Run<'_>,
    source: &Pinned,
    place: (usize, &RawTable),
    trial: &Trial<'_>,
) -> Result<Option<Query>, Failure> {
    let (engine, _folder) = session(run, source, place, trial).await?;
    for query in readers(run, source) {
        if engine.run(&query).await.is_err_and(|failure| failure.exit == Exit::Input) {
            return Ok(Some(query));
        }
    }
    Ok(None)
}

/// The tables that queries read, of this one only these rows.
async fn session(
    run: &Run<'_>,
    source: &Pinned,
    (at, table): (usize, &RawTable),
    trial: &Trial<'_>,
) -> Result<(Engine, TempDir), Failure> {
    let folder = folder(run)?;
    let engine = Engine::start(&run.config.engine, folder.path(), folder.path())?;
    for other in run.raw.iter().filter(|other| other.table.schema == "source" && other.table != table.table) {
        for source in run.sources.iter().filter(|source| source.name == other.table.table) {
            sources::add_table(&engine, source, &source.source_files(), other).await?;
        }
    }
    let (name, files) = (&source.name, source.source_files());
    engine.add_source(name, &files[at..=at], source::wide_schema(&source.schema), &source.folders())?;
    engine.add_numbered(name, &files[at..=at], source::wide_schema(&source.schema), &source.folders())?;
    let numbered = traced(&table.table);
    engine.add_view(&numbered, &source::traced_rows(name, Some(table), 0)).await?;
    let fields = engine.types("a table", &format!("select * from {numbered}")).await?;
    let value = |column: &String| match trial.without {
        Some(without) if without == column => format!("nullif({0}, {0}) as {0}", quoted(column)),
        _ => quoted(column),
    };
    let own = fields.iter().map(arrow::datatypes::Field::name).filter(|name| *name != ID);
    let columns = own.map(value).collect::<Vec<_>>().join(", ");
    let rows = format!(
        "select {columns} from {numbered} where \"{ID}\" >= {} and \"{ID}\" < {}",
        trial.from, trial.to
    );
    engine.add_view(&table.table, &rows).await?;
    Ok((engine, folder))
}

/// The column of the query that stops it, as the beginning of a sentence; nothing where it is not one alone.
async fn column(engine: &Engine, run: &Run<'_>, source: &Pinned, query: &Query) -> Result<String, Failure> {
    let before: Vec<Query> =
        readers(run, source).into_iter().take_while(|other| other.name != query.name).collect();
    for other in &before {
        engine.run(other).await?;
    }
    for column in columns_of(&query.text).unwrap_or_default() {
        let sql = format!("select {} from (\n{}\n) as staged", quoted(&column), query.text.trim_end());
        if engine.read("a column", &sql).await.is_err_and(|failure| failure.exit == Exit::Input) {
            return Ok(format!("{column} of "));
        }
    }
    Ok(String::new())
}
