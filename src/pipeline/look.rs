//! Looks at everything that a run would read, judges the rows, and publishes nothing.

use super::prepare::{Purpose, Request, Run};
use super::project::open;
use super::{compute, culprit, staged};
use crate::check;
use crate::config::Config;
use crate::engine::Engine;
use crate::error::Failure;
use crate::query::TableName;
use crate::source::{From, Pinned};
use crate::table::{Cell, Table};
use crate::talk::Talk;

/// Checks configuration, queries and templates, and judges the rows of every source as a run does.
///
/// # Errors
/// As [`super::run`], without the stages that compute figures and publish: rows that a run refuses are refused with the same exit
/// code and message.
pub async fn check(
    config: &Config,
    as_of: Option<jiff::civil::Date>,
    talk: &Talk,
) -> Result<Vec<String>, Failure> {
    let place = open(config)?;
    let request = Request { as_of, is_draft: false };
    let run = Run::prepare(config, &place, &request, Purpose::Look, talk).await?;
    let queries = &run.project.queries;
    compute::plans(&run.engine, queries).await?;
    let rows = match rows(&run).await {
        Ok(rows) => rows,
        Err(failure) => return Err(culprit::blame(&run, failure).await),
    };
    let mut lines = vec![
        format!("configuration: {} thresholds, {} rates", config.policy.len(), config.cost_to_serve.len()),
        format!("queries: {} tables, {} checks", queries.files().count(), queries.checks.len()),
        format!("templates: {} files", run.project.templates.len()),
    ];
    for source in &run.sources {
        lines.extend(files(source));
        let tables = run.raw.iter().filter(|table| table.table.table == source.name);
        lines.extend(tables.flat_map(|table| &table.left_out).map(|what| format!("  {what}")));
        lines.extend(rows.of(&source.name));
    }
    for table in run.raw.iter().filter(|table| table.from == From::Staging) {
        let name = &table.table.table;
        lines.push(format!("{name}: the rows of staging.{name}"));
        lines.extend(staged::compared(&run, name).await?);
        lines.extend(rows.of(name));
    }
    lines.push(format!("newest order: {}", rows.newest_order));
    lines.extend(rows.warnings.into_iter().map(|warning| format!("warning: {warning}")));
    lines.push(format!("the next run would be {} of {}", run.id, run.calendar.as_of));
    Ok(lines)
}

/// The files of a source.
fn files(source: &Pinned) -> Vec<String> {
    let mut lines = vec![format!(
        "{}: {} files read, {} excluded, {} rows in {}",
        source.name,
        source.files.len(),
        source.excluded.len(),
        source.rows(),
        source.configured
    )];
    lines.extend(
        source.excluded.iter().map(|object| format!("  excluded: {} ({})", object.path, object.reason)),
    );
    lines.extend(source.remarks().into_iter().map(|remark| format!("  {remark}")));
    lines
}

/// What became of the rows.
struct Rows {
    newest_order: String,
    totals: Table,
    rejected: Table,
    warnings: Vec<String>,
}

/// Judges the rows; refuses those that a run refuses.
async fn rows(run: &Run<'_>) -> Result<Rows, Failure> {
    let (totals, rejected) =
        (TableName::new("business", "source_totals"), TableName::new("canonical", "rejected_rows"));
    let queries = &run.project.queries;
    // A project may have queries of its own, and not these tables.
    let made = |name: &&TableName| queries.queries.iter().any(|query| query.name == **name);
    let lines = TableName::new("raw", "order_lines");
    let named: Vec<TableName> = [&totals, &rejected, &lines].into_iter().filter(made).cloned().collect();
    let outcomes = compute::inputs(run, &named).await?;
    let newest_order = compute::newest_order(&run.engine).await?;
    let read = |name: &TableName| match run.engine.made(name) {
        Some(file) => Engine::read_file(name, &file),
        None => Ok(Table::default()),
    };
    Ok(Rows {
        newest_order,
        totals: read(&totals)?,
        rejected: read(&rejected)?,
        warnings: outcomes.iter().filter(|outcome| !outcome.holds()).map(check::describe).collect(),
    })
}

impl Rows {
    /// Rows and money of one source, used and not.
    fn of(&self, source: &str) -> Vec<String> {
        let rows_of = |table: &Table| -> Vec<usize> {
            let is_its =
                |row: &usize| matches!(table.cell(*row, "source"), Some(Cell::Text(name)) if name == source);
            (0..table.rows.len()).filter(is_its).collect()
        };
        let totals = rows_of(&self.totals).into_iter().map(|row| {
            check::fill(
                "  {rows_read} rows worth {amount_read}: {rows_used} used ({amount_used}), {rows_rejected} rejected \
                 ({amount_rejected}), {rows_out_of_scope} out of scope ({amount_out_of_scope})",
                &self.totals,
                row,
            )
        });
        let reasons = rows_of(&self.rejected)
            .into_iter()
            .map(|row| check::fill("  rejected: {rows} {reason} ({amount})", &self.rejected, row));
        totals.chain(reasons).collect()
    }
}
