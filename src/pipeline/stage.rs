//! Fills the run folder: tables as CSV, SQL, configuration, pages, manifest.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::Timestamp;
use serde_json::json;

use super::prepare::{Plan, Project, Workplace};
use crate::check::Outcome;
use crate::config::Config;
use crate::csv;
use crate::engine::Engine;
use crate::error::{Exit, Failure};
use crate::exports;
use crate::publish::{PublishedFigure, RunSummary, SIGNATURE, StagedRun, canonical_json, report_path};
use crate::query::{Query, TableName};
use crate::record::{
    EditionRecord, HashedFile, LogoRecord, MailRecord, OutputFile, Parts, Recipe, Signer, TableRecord,
    manifest, reproduce, sha256_file,
};
use crate::report::{self, CheckFact, Facts, InputFact, SqlFile, TableFact};
use crate::source::{self, Pinned};
use crate::table::{Cell, Table};
use crate::talk::Talk;

/// The file that may differ between two attempts at one run.
pub(super) const VOLATILE: &str = "volatile.json";
/// The mail of a run.
pub(super) const MAIL_HTML: &str = "mail.html";
/// Its plain text.
pub(super) const MAIL_TEXT: &str = "mail.txt";

/// The folder of templates in the folder of a run.
pub(super) const TEMPLATES: &str = "reports";
/// The folder of SQL in the folder of a run.
pub(super) const SQL: &str = "sql";

/// Layers whose tables are small enough to be read back for the report.
const REPORTED: [&str; 2] = ["settings.", "results."];

/// Writes every file of the run folder but the manifest, and makes the manifest.
#[expect(clippy::too_many_arguments, reason = "the one place where all stages meet")]
pub(super) fn stage(
    config: &Config,
    project: &Project,
    work: &Workplace,
    pinned: &[Pinned],
    plan: &Plan,
    records: &[TableRecord],
    checks: &[Outcome],
    editions: &[EditionRecord],
    is_draft: bool,
    talk: &Talk,
) -> Result<StagedRun, Failure> {
    let folder = work.stage();
    talk.stage("report", 3);
    let tables = read_tables(&folder, records)?;
    for (name, table) in tables.iter().filter(|(name, _)| name.starts_with("results.")) {
        write(
            &folder.join("tables").join(format!("{name}.csv")),
            csv::table(table).as_bytes(),
        )?;
    }
    exports::write(&config.exports, &super::templates(config), &folder)?;
    let sql = write_sql(&folder, project)?;
    write_look(&folder, config, project)?;
    let script = reproduce(&Recipe {
        run_id: &plan.run_id,
        settings: &made_by_rust(records, project),
        inputs: &plan.inputs,
        raw: &plan.raw,
        queries: &project.queries.queries,
    });
    write(&folder.join("reproduce.sql"), script.as_bytes())?;
    write(
        &folder.join("config.yaml"),
        config.effective_at(plan.calendar.as_of).as_bytes(),
    )?;
    talk.step("report", "tables and SQL", &json!({"tables": records.len()}));

    let headline = report::headline(&tables, &config.project.currency);
    let inputs = report::Inputs {
        facts: facts(config, plan, pinned, records, checks, &tables, is_draft),
        sql: project.queries.queries.iter().map(sql_file).collect(),
        templates: super::templates(config),
        tables,
        url: url(config, plan, "", is_draft),
        brand: project.brand.clone(),
        edition: report::EditionFact::default(),
    };
    let pages = report::render(&inputs)?;
    write(&folder.join("report.html"), pages.report.as_bytes())?;
    write(&folder.join("appendix.html"), pages.appendix.as_bytes())?;
    write(&folder.join("method.html"), pages.method.as_bytes())?;
    write(&folder.join(MAIL_HTML), pages.mail.html.as_bytes())?;
    write(&folder.join(MAIL_TEXT), pages.mail.text.as_bytes())?;
    talk.step("report", "report.html", &json!({"bytes": pages.report.len()}));

    let summary = RunSummary {
        as_of: plan.calendar.as_of,
        run_id: plan.run_id.clone(),
        project: config.project.name.clone(),
        currency: config.project.currency.clone(),
        headline,
        figures: figures(&inputs.tables),
        draft: is_draft,
    };
    let outputs = outputs(&folder)?;
    let empty = Table::default();
    let table = |name: &str| inputs.tables.get(name).unwrap_or(&empty);
    let rejected = Engine::read_file(
        &TableName::new("canonical", "rejected_rows"),
        &folder.join("tables/canonical.rejected_rows.parquet"),
    )?;
    let manifest = manifest(&Parts {
        config,
        calendar: &plan.calendar,
        run_id: &plan.run_id,
        pinned,
        inputs: &plan.inputs,
        rejected: &rejected,
        reconciliation: table("results.reconciliation"),
        sql: &sql,
        templates: &project.templates,
        logo: project.brand.logo.as_ref().map(|logo| LogoRecord {
            path: logo.file_name(),
            sha256: logo.sha256(),
        }),
        tables: records,
        checks,
        outputs: &outputs,
        switched_off: &inputs.facts.switched_off,
        mail: MailRecord {
            subject: &pages.mail.subject,
            url: inputs.url.as_deref(),
        },
        editions,
        summary: &summary,
    });
    talk.step("report", "manifest", &json!({"outputs": outputs.len()}));
    Ok(StagedRun {
        as_of: plan.calendar.as_of,
        run_id: plan.run_id.clone(),
        folder,
        manifest,
        summary,
    })
}

/// Tables that no SQL of `project` makes: settings, and what the models say.
pub(super) fn made_by_rust(records: &[TableRecord], project: &Project) -> Vec<TableName> {
    let queries = &project.queries.queries;
    records
        .iter()
        .map(|record| record.name.as_str())
        .filter(|name| name.starts_with("settings.") || name.starts_with("model."))
        .filter_map(TableName::parse)
        .filter(|name| queries.iter().all(|query| query.name != *name))
        .collect()
}

/// Puts the signature of its manifest beside what is staged.
pub(super) fn sign(staged: &StagedRun, signer: &Signer) -> Result<(), Failure> {
    let signature = signer.sign(canonical_json(&staged.manifest).as_bytes());
    write(&staged.folder.join(SIGNATURE), &signature)
}

/// Where readers find the report in `folder` of the run on the web, if anywhere.
pub(super) fn url(config: &Config, plan: &Plan, folder: &str, is_draft: bool) -> Option<String> {
    let path = report_path(plan.calendar.as_of, &plan.run_id);
    let path = path.replace("report.html", &format!("{folder}report.html"));
    let url = config.publish.url.as_ref().filter(|_| !is_draft);
    url.map(|url| format!("{url}{path}"))
}

/// The headline numbers as the log keeps them.
fn figures(tables: &BTreeMap<String, Table>) -> Vec<PublishedFigure> {
    report::headline_figures(tables)
        .into_iter()
        .map(|figure| PublishedFigure {
            measure: figure.measure,
            unit: figure.unit,
            value: figure.value,
        })
        .collect()
}

/// Writes what may differ between attempts: when, how long, with what.
pub(super) fn volatile(
    work: &Workplace,
    config: &Config,
    started: &Timestamp,
    engine: &Engine,
    retries: u64,
    talk: &Talk,
) -> Result<(), Failure> {
    let record = json!({
        "started": started.to_string(),
        "elapsed_ms": talk.milliseconds(),
        "threads": config.engine.threads,
        "memory": config.engine.memory,
        // Requests to stores that failed and were tried again, until the upload began.
        "retries": retries,
        // Queries that did not fit into memory as they stood, each with the rung of the ladder on which it ended well.
        "rungs": engine.rungs(),
    });
    write(&work.stage().join(VOLATILE), format!("{record:#}\n").as_bytes())
}

/// Reads the tables that the report shows.
pub(super) fn read_tables(
    folder: &Path,
    records: &[TableRecord],
) -> Result<BTreeMap<String, Table>, Failure> {
    records
        .iter()
        .filter(|record| REPORTED.iter().any(|layer| record.name.starts_with(layer)))
        .map(|record| {
            let name = TableName::parse(&record.name)
                .ok_or_else(|| Failure::new(Exit::Bug, "report", format!("`{}` is no table", record.name)))?;
            let table = Engine::read_file(&name, &folder.join("tables").join(format!("{name}.parquet")))?;
            Ok((record.name.clone(), table))
        })
        .collect()
}

fn write_sql(folder: &Path, project: &Project) -> Result<Vec<HashedFile>, Failure> {
    let queries = project
        .queries
        .queries
        .iter()
        .map(|query| (&query.path, &query.text, &query.sha256));
    let checks = project
        .queries
        .checks
        .iter()
        .map(|check| (&check.path, &check.text, &check.sha256));
    let mut files: Vec<HashedFile> = queries
        .chain(checks)
        .map(|(path, text, sha256)| {
            write(&folder.join(SQL).join(path), text.as_bytes())?;
            Ok(HashedFile {
                path: path.clone(),
                sha256: sha256.clone(),
            })
        })
        .collect::<Result<_, Failure>>()?;
    files.sort_by(|left, right| left.path.cmp(&right.path));
    Ok(files)
}

/// Writes what the pages are made with, so that they can be made again.
fn write_look(folder: &Path, config: &Config, project: &Project) -> Result<(), Failure> {
    let templates = super::templates(config);
    for file in &project.templates {
        copy(
            &templates.join(&file.path),
            &folder.join(TEMPLATES).join(&file.path),
        )?;
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

/// What the report says of a table.
pub(super) fn table_fact(record: &TableRecord) -> TableFact {
    TableFact {
        name: record.name.clone(),
        title: record.title.clone(),
        grain: record.grain.clone(),
        key: record.key.clone(),
        rows: record.rows,
        sha256: record.sha256.clone(),
    }
}

pub(super) fn facts(
    config: &Config,
    plan: &Plan,
    pinned: &[Pinned],
    records: &[TableRecord],
    checks: &[Outcome],
    tables: &BTreeMap<String, Table>,
    is_draft: bool,
) -> Facts {
    let current = &plan.calendar.snapshots[0];
    let read = plan.inputs.iter().map(|input| InputFact {
        source: input.source.clone(),
        path: source::shown_path(&input.path),
        bytes: input.bytes,
        rows: input.rows,
        sha256: input.sha256.clone(),
        excluded: None,
    });
    let excluded = pinned.iter().flat_map(|source| {
        source.excluded.iter().map(|object| InputFact {
            source: source.name.clone(),
            path: object.path.clone(),
            bytes: 0,
            rows: 0,
            sha256: String::new(),
            excluded: Some(object.reason.to_string()),
        })
    });
    let coverage = tables
        .get("results.cost_coverage")
        .and_then(|table| table.cell(0, "is_estimated"));
    let through = tables
        .get("results.data_range")
        .and_then(|table| table.cell(0, "newest_order_date"));
    Facts {
        project: config.project.name.clone(),
        currency: config.project.currency.clone(),
        timezone: config.project.timezone.clone(),
        language: config.project.language.clone(),
        as_of: plan.calendar.as_of,
        window_start: current.window_start,
        window_days: i64::from(plan.calendar.window_days),
        run_id: plan.run_id.clone(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        data_through: match through {
            Some(Cell::Date(date)) => Some(*date),
            _ => None,
        },
        inputs: read.chain(excluded).collect(),
        checks: checks
            .iter()
            .map(|check| CheckFact {
                name: check.title.clone(),
                severity: check.severity.word().to_owned(),
                holds: check.holds(),
            })
            .collect(),
        switched_off: switched_off(config),
        tables: records.iter().map(table_fact).collect(),
        draft: is_draft,
        cost_is_estimated: coverage == Some(&Cell::Boolean(true)),
    }
}

/// Sources that a report can do without; the messages say what each switches off.
const OPTIONAL: [&str; 4] = ["customers", "service_cases", "payments", "visits"];

/// Names the sources that are not configured.
pub(super) fn switched_off(config: &Config) -> Vec<String> {
    OPTIONAL
        .iter()
        .filter(|source| !config.sources.contains_key(**source))
        .map(ToString::to_string)
        .collect()
}

/// Every file of the run folder with its hash, but the volatile one.
fn outputs(folder: &Path) -> Result<Vec<OutputFile>, Failure> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(current) = folders.pop() {
        let cannot = |error: std::io::Error| {
            Failure::new(
                Exit::Resources,
                "record",
                format!("cannot list `{}`", current.display()),
            )
            .cause(error)
        };
        for entry in std::fs::read_dir(&current).map_err(cannot)? {
            let path = entry.map_err(cannot)?.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let below = path.strip_prefix(folder).unwrap_or(&path);
            let name = below
                .components()
                .map(|part| part.as_os_str().to_string_lossy())
                .collect::<Vec<_>>()
                .join("/");
            if name != VOLATILE {
                found.push(OutputFile {
                    sha256: sha256_file(&path)?,
                    path: name,
                });
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Copies a file of the run folder.
pub(super) fn copy(from: &Path, to: &Path) -> Result<(), Failure> {
    make_parent(to)?;
    std::fs::copy(from, to).map(drop).map_err(|error| {
        let message = format!("cannot copy `{}` to `{}`", from.display(), to.display());
        Failure::new(Exit::Resources, "record", message).cause(error)
    })
}

/// Makes the folder of a file.
pub(super) fn make_parent(path: &Path) -> Result<(), Failure> {
    let made = path.parent().map_or(Ok(()), std::fs::create_dir_all);
    made.map_err(|error| {
        let message = format!("cannot make the folder of `{}`", path.display());
        Failure::new(Exit::Resources, "record", message).cause(error)
    })
}

pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let cannot = |error: std::io::Error| {
        Failure::new(
            Exit::Resources,
            "record",
            format!("cannot write `{}`", path.display()),
        )
        .cause(error)
    };
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent).map_err(cannot)?;
    }
    std::fs::write(path, bytes).map_err(cannot)
}
