//! Fills the run folder: tables as CSV, SQL, configuration, pages, manifest.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::json;

use super::prepare::Run;
use super::project::{Project, templates};
use crate::csv;
use crate::engine::Engine;
use crate::error::{Exit, Failure};
use crate::exports;
use crate::files::{self, copy, write};
use crate::publish::StagedRun;
use crate::query::{Query, TableName};
use crate::record::manifest::rows;
use crate::record::{HashedFile, MailRecord, Manifest, Recipe, Signer, TableRecord, layout, reproduce};
use crate::report::{self, Facts, Rendered, SqlFile};
use crate::source::From;
use crate::table::Table;

/// Layers whose tables are small enough to be read back for the report.
const REPORTED: [&str; 2] = ["settings.", "results."];

/// Writes every file of the run folder but the manifest, and completes the manifest.
pub(super) fn stage(run: &Run<'_>, mut manifest: Manifest) -> Result<StagedRun, Failure> {
    let (config, project, folder, progress) = (run.config, &run.project, run.work.stage(), run.progress);
    progress.stage("report", 3);
    let tables = read_tables(&folder, &manifest.tables)?;
    for (name, table) in tables.iter().filter(|(name, _)| name.starts_with("results.")) {
        write(&folder.join(layout::csv(name)), csv::table(table).as_bytes())?;
    }
    exports::write(&config.exports, &templates(config), &folder)?;
    write_sources(&folder, run)?;
    let script = reproduce(&Recipe {
        run_id: &run.id,
        settings: &made_by_rust(&manifest.tables, project),
        inputs: &run.inputs,
        raw: &run.raw,
        queries: &project.queries.queries,
    });
    write(&folder.join(layout::SCRIPT), script.as_bytes())?;
    let effective = config.effective_at(run.calendar.as_of);
    write(&folder.join(layout::CONFIG), effective.as_bytes())?;
    progress.step("report", "tables and SQL", &json!({"tables": manifest.tables.len()}));

    manifest.summary.headline = report::headline(&tables, &config.project.currency, &templates(config))?;
    manifest.summary.figures = report::headline_figures(&tables);
    manifest.reconciliation = tables.get("results.reconciliation").map(rows).unwrap_or_default();
    let rejected = TableName::new("canonical", "rejected_rows");
    manifest.rejected = rows(&Engine::read_file(&rejected, &folder.join(layout::table(&rejected)))?);
    let inputs = report::Inputs {
        facts: Facts::of(&manifest, &tables),
        sql: project.queries.files().map(sql_file).collect(),
        templates: templates(config),
        tables,
        url: run.url(layout::REPORT),
        brand: project.brand.clone(),
        edition: report::EditionFact::default(),
    };
    let pages = report::render(&inputs)?;
    for (name, text) in files_of(&pages) {
        write(&folder.join(name), text)?;
    }
    progress.step("report", layout::REPORT, &json!({"bytes": pages.report.len()}));
    manifest.mail = MailRecord { subject: pages.mail.subject, url: inputs.url };
    manifest.outputs = outputs(&folder)?;
    progress.step("report", "manifest", &json!({"outputs": manifest.outputs.len()}));
    Ok(StagedRun { folder, manifest })
}

/// The pages with the names of their files: report, appendix, method, workbook, mail, its plain text, summary.
pub(super) fn files_of(pages: &Rendered) -> [(&'static str, &[u8]); 7] {
    [
        (layout::REPORT, pages.report.as_bytes()),
        (layout::APPENDIX, pages.appendix.as_bytes()),
        (layout::METHOD, pages.method.as_bytes()),
        (layout::WORKBOOK, &pages.workbook),
        (layout::MAIL_HTML, pages.mail.html.as_bytes()),
        (layout::MAIL_TEXT, pages.mail.text.as_bytes()),
        (layout::SUMMARY, pages.mail.summary.as_bytes()),
    ]
}

/// Puts the signature of its manifest beside what is staged.
pub(super) fn sign(staged: &StagedRun, signer: &Signer) -> Result<(), Failure> {
    let signature = signer.sign(staged.manifest.text()?.as_bytes());
    write(&staged.folder.join(layout::SIGNATURE), &signature)
}

/// Writes what may differ between attempts: when, how long, with what.
pub(super) fn volatile(run: &Run<'_>) -> Result<(), Failure> {
    let mut record = json!({
        "started": run.started.to_string(),
        "elapsed_ms": run.progress.milliseconds(),
        "threads": run.config.engine.threads,
        "memory": run.config.engine.memory,
        // Requests to stores that failed and were tried again, until the upload began.
        "retries": run.retries + run.sources.iter().map(crate::source::Pinned::retries).sum::<u64>(),
        // Queries that did not fit into memory as they stood, each with the level of the fallback plan on which it ended well.
        "fallback_levels": run.engine.levels(),
        // What printed report.pdf.
        "browser": run.browser.as_ref().map(|browser| &browser.version),
    });
    // Queries that the cluster ran, and those that ran here although they read many rows, with the reason.
    if let Some(elsewhere) = run.engine.elsewhere() {
        record["cluster"] = elsewhere;
    }
    let text = format!("{record:#}\n");
    write(&run.work.stage().join(layout::VOLATILE), text.as_bytes())
}

/// Tables that no SQL of `project` makes.
pub(super) fn made_by_rust(records: &[TableRecord], project: &Project) -> Vec<TableName> {
    let names = records.iter().map(|table| table.name.as_str());
    let is_made = |name: &&str| name.starts_with("settings.") || name.starts_with("model.");
    let by_sql = |name: &TableName| project.queries.queries.iter().any(|query| query.name == *name);
    let parsed = names.filter(is_made).filter_map(TableName::parse);
    parsed.filter(|name| !by_sql(name)).collect()
}

/// Reads the tables that the report shows.
fn read_tables(folder: &Path, records: &[TableRecord]) -> Result<BTreeMap<String, Table>, Failure> {
    reported(records)
        .map(|record| {
            let name = parsed(&record.name)?;
            let table = Engine::read_file(&name, &folder.join(layout::table(&name)))?;
            Ok((record.name.clone(), table))
        })
        .collect()
}

/// Tables that the report shows.
pub(super) fn reported(records: &[TableRecord]) -> impl Iterator<Item = &TableRecord> {
    let is_shown = |record: &&TableRecord| REPORTED.iter().any(|layer| record.name.starts_with(layer));
    records.iter().filter(is_shown)
}

/// The name of a recorded table.
pub(super) fn parsed(name: &str) -> Result<TableName, Failure> {
    TableName::parse(name).ok_or_else(|| Failure::new(Exit::Bug, "report", format!("`{name}` is no table")))
}

/// Writes what the run was made with, so that it can be made again: SQL, templates, logo; and what the mappings of the
/// configuration stand for.
fn write_sources(folder: &Path, run: &Run<'_>) -> Result<(), Failure> {
    let (project, templates) = (&run.project, templates(run.config));
    let queries = project.queries.files().map(|query| (&query.path, &query.text));
    let checks = project.queries.checks.iter().map(|check| (&check.path, &check.text));
    for (path, text) in queries.chain(checks) {
        write(&folder.join(layout::sql(path)), text.as_bytes())?;
    }
    for table in run.raw.iter().filter(|table| table.table.schema == "raw" && table.from != From::Nothing) {
        let source = &table.table.table;
        let text = format!(
            "-- Made from sources.{source} of the configuration: the rows of {source} under their canonical names.\n{}\n",
            table.sql
        );
        write(&folder.join(layout::mapping(source)), text.as_bytes())?;
    }
    for HashedFile { path, .. } in &project.templates {
        copy(&templates.join(path), &folder.join(layout::template(path)))?;
    }
    match &project.brand.logo {
        Some(logo) => write(&folder.join(logo.file_name()), logo.bytes()),
        None => Ok(()),
    }
}

/// What the report says of a query file.
pub(super) fn sql_file(query: &Query) -> SqlFile {
    SqlFile {
        path: query.path.clone(),
        table: query.name.to_string(),
        title: query.header.title.clone(),
        grain: query.header.grain.clone(),
        key: query.header.key.clone(),
        inputs: query.header.inputs.clone(),
        note: query.header.note.as_ref().map(|note| note.trim().to_owned()),
        columns: query.header.columns.clone(),
        text: query.text.clone(),
        sha256: query.sha256.clone(),
    }
}

/// Every file of the run folder with its hash, but the volatile one.
fn outputs(folder: &Path) -> Result<Vec<HashedFile>, Failure> {
    let paths = files::walk(folder).map_err(|(folder, error)| {
        let message = format!("cannot list `{}`", folder.display());
        Failure::new(Exit::Resources, "record", message).cause(error)
    })?;
    let paths = paths.into_iter().filter(|path| !layout::is_volatile(path));
    paths
        .map(|path| {
            let sha256 = files::sha256_of(&folder.join(&path))?;
            Ok(HashedFile { path, sha256 })
        })
        .collect()
}
