//! Looks at everything that a run would read, judges the rows, and publishes nothing.

use super::prepare::{Purpose, Request, Run};
use super::{compute, culprit, open, project, staged};
use crate::check;
use crate::config::Config;
use crate::engine::{Engine, damaged_input};
use crate::error::Failure;
use crate::lineage;
use crate::output::Progress;
use crate::query::TableName;
use crate::source::{From, Pinned, RawTable};
use crate::table::{Cell, Table};

/// What a look at the inputs found.
pub struct Look {
    /// Lines for people.
    pub lines: Vec<String>,
    /// Why a run would be refused; nothing when its inputs are good.
    pub refusal: Option<Failure>,
}

/// Checks configuration, queries and templates, and judges the rows of every source as a run does.
///
/// # Errors
/// As [`super::run`], without the stages that compute figures and publish. Rows that a run refuses are reported with what was found, and
/// with the exit code and message of the run.
pub async fn check(
    config: &Config,
    as_of: Option<jiff::civil::Date>,
    progress: &Progress,
) -> Result<Look, Failure> {
    lineage::check_folder(config)?;
    let place = project::open(config)?;
    let request = Request { as_of, is_draft: false };
    let run = Run::prepare(config, &place, &request, Purpose::Look, progress).await?;
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
        let compared = staged::compared(&run, name).await?;
        lines.extend(compared.into_iter().map(|line| format!("  {line}")));
        lines.extend(rows.of(name));
    }
    lines.extend(rows.of_orders());
    lines.extend(rows.warnings.into_iter().map(|warning| format!("warning: {warning}")));
    lines.push(format!("the next run would be {} of {}", run.id, run.calendar.as_of));
    lines.extend(
        open::questions(config, &queries.queries).into_iter().map(|question| format!("open: {question}")),
    );
    let refusal = rows.refusal.or_else(|| open::refuse(config, &queries.queries).err());
    Ok(Look { lines, refusal })
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

/// Tables that say what became of the rows; a project may have queries of its own, and not these.
const TABLES: [(&str, &str); 6] = [
    ("business", "source_totals"),
    ("canonical", "rejected_rows"),
    ("results", "currencies"),
    ("results", "snapshot_coverage"),
    ("results", "sources"),
    ("results", "data_range"),
];

/// What became of the rows.
struct Rows {
    /// Rows of [`TABLES`].
    tables: [Table; 6],
    /// Days and timestamps of each source: how they were understood, and the first and the last.
    times: Vec<(String, String)>,
    warnings: Vec<String>,
    refusal: Option<Failure>,
}

/// Judges the rows.
async fn rows(run: &Run<'_>) -> Result<Rows, Failure> {
    let raw = || run.raw.iter().filter(|table| table.table.schema == "raw" && table.from != From::Nothing);
    let names = TABLES.map(|(schema, table)| TableName::new(schema, table));
    let is_made = |name: &&TableName| run.project.queries.queries.iter().any(|query| query.name == **name);
    let wanted = names.iter().chain(raw().map(|table| &table.table));
    let needed: Vec<TableName> = wanted.filter(is_made).cloned().collect();
    let outcomes = compute::inputs(run, &needed).await?;
    let mut times = Vec::new();
    for table in raw() {
        let lines = timestamps(&run.engine, table).await?;
        times.extend(lines.into_iter().map(|line| (table.table.table.clone(), line)));
    }
    let mut tables = [const { Table { columns: Vec::new(), rows: Vec::new() } }; 6];
    for (table, name) in tables.iter_mut().zip(&names) {
        if let Some(file) = run.engine.made(name) {
            *table = Engine::read_file(name, &file)?;
        }
    }
    let refusal = check::refuse_broken(&outcomes).err();
    let warnings = outcomes.iter().filter(|outcome| !outcome.holds() && !outcome.severity.stops());
    Ok(Rows { tables, times, warnings: warnings.map(check::describe).collect(), refusal })
}

/// How the days and timestamps of a source were understood, with the first and the last of each.
async fn timestamps(engine: &Engine, raw: &RawTable) -> Result<Vec<String>, Failure> {
    let mut lines = Vec::new();
    // Of rows that `where` leaves out no day is reported.
    let problem = if raw.table.table == "order_lines" { "amount_problem" } else { "value_problem" };
    for (column, time) in raw.mapped.iter().filter_map(|column| Some((column, column.time.as_ref()?))) {
        let name = &column.name;
        let sql = format!(
            "select count({name}) as known, count(*) as all_rows, min({name}) as first_time, max({name}) as last_time, \
             cast(count({name}) as double) / nullif(cast(count(*) as double), 0) as known_share from {} where {problem} is distinct from 'filtered'",
            raw.table
        );
        let what = format!("the days of {}.{name}", raw.table);
        let found = engine.read(&what, &sql).await.map_err(damaged_input)?;
        let range = check::fill(
            "{known} of {all_rows} rows have one ({known_share}), from {first_time} to {last_time}",
            &found,
            0,
        );
        lines.push(format!("  {name}: {time}; {range}"));
    }
    Ok(lines)
}

impl Rows {
    /// Rows and money of one source, used and not, and its days.
    fn of(&self, source: &str) -> Vec<String> {
        let [totals, rejected, _, _, sources, _] = &self.tables;
        let of = |table: &Table, text: &str| -> Vec<String> {
            let is_its =
                |row: &usize| matches!(table.cell(*row, "source"), Some(Cell::Text(name)) if name == source);
            (0..table.rows.len()).filter(is_its).map(|row| check::fill(text, table, row)).collect()
        };
        let mut lines = of(
            totals,
            "  {rows_read} rows worth {amount_read}: {rows_used} used ({amount_used}), {rows_rejected} rejected \
             ({amount_rejected}), {rows_out_of_scope} out of scope ({amount_out_of_scope})",
        );
        let filtered = of(totals, "  left out by `where`: {rows_filtered} rows ({amount_filtered})");
        lines.extend(filtered.into_iter().filter(|line| !line.ends_with(": 0 rows (0)")));
        let reasons = of(rejected, "  rejected: {rows} {reason} ({amount}); decided by {setting}");
        lines.extend(reasons.iter().map(|line| line.replace("; decided by none", "")));
        if !reasons.is_empty() {
            let share = of(sources, "  rejected rows: {rejected_share}");
            lines.extend(share.into_iter().map(|share| {
                format!("{share}; the limits are checks.max_rejected_rows and checks.max_rejected_money")
            }));
        }
        let times = self.times.iter().filter(|(of, _)| of == source);
        lines.extend(times.map(|(_, line)| line.clone()));
        lines
    }

    /// Currencies, the newest order, and what the history covers.
    fn of_orders(&self) -> Vec<String> {
        let [_, _, currencies, coverage, _, range] = &self.tables;
        let each = |table: &Table, text: &str| -> Vec<String> {
            (0..table.rows.len()).map(|row| check::fill(text, table, row)).collect()
        };
        let mut lines = each(
            currencies,
            "currency {currency}: {lines} lines worth {stated_revenue}, {revenue_share} of net revenue, at {lowest_rate} to \
             {highest_rate}; {lines_without_rate} lines worth {stated_revenue_without_rate} have no rate",
        );
        lines.extend(each(range, "newest order: {newest_order_date}"));
        lines.extend(each(
            coverage,
            "history: {days_covered} days of the window of {snapshot}, from {window_start} until {as_of}, are covered; compared: \
             {is_covered}",
        ));
        lines
    }
}
