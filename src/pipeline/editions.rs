//! The editions of a run beside the main one: computes their parts, hides what they must not show, renders them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::json;

use super::parts::{self, PartRun};
use super::{Job, stage};
use crate::check::Outcome;
use crate::config::{Detail, Edition, Part, PolicyValue};
use crate::csv;
use crate::disclosure::{self, Declared, Mask};
use crate::engine::Engine;
use crate::error::{Exit, Failure};
use crate::query::TableName;
use crate::record::{EditionRecord, TableRecord};
use crate::report::{self, EditionFact, Hidden};
use crate::table::Table;
use crate::talk::Talk;

/// The folder of editions in the folder of a run.
pub(super) const FOLDER: &str = "editions";

/// Writes every edition that a reader needs into the run folder; gives their records.
pub(super) async fn stage(
    job: &Job<'_>,
    records: &[TableRecord],
    checks: &[Outcome],
    talk: &Talk,
) -> Result<Vec<EditionRecord>, Failure> {
    let editions = &job.config.editions;
    let wanted: BTreeSet<&Part> = editions
        .iter()
        .filter_map(|edition| edition.part.as_ref())
        .collect();
    let mut computed = Vec::new();
    for (number, part) in wanted.into_iter().enumerate() {
        computed.push(parts::compute(job, records, checks, part, number, talk).await?);
    }
    let mut staged = Vec::new();
    for edition in editions {
        let part = computed
            .iter()
            .find(|run| Some(&run.part) == edition.part.as_ref());
        let source = Source::new(job, records, checks, part);
        staged.push(source.edition(edition.clone(), talk).await?);
    }
    Ok(staged)
}

/// What an edition is made from: the run, or a part of it.
struct Source<'a> {
    job: &'a Job<'a>,
    folder: std::path::PathBuf,
    records: Vec<TableRecord>,
    checks: &'a [Outcome],
    part: Option<&'a PartRun>,
}

impl<'a> Source<'a> {
    fn new(
        job: &'a Job<'a>,
        records: &'a [TableRecord],
        checks: &'a [Outcome],
        part: Option<&'a PartRun>,
    ) -> Self {
        let own = part.map_or(records, |part| &part.records);
        let settings = records
            .iter()
            .filter(|record| record.name.starts_with("settings."));
        let results = own.iter().filter(|record| record.name.starts_with("results."));
        Self {
            job,
            folder: part.map_or_else(|| job.work.stage().join("tables"), |part| part.tables.clone()),
            records: settings.chain(results).cloned().collect(),
            checks: part.map_or(checks, |part| &part.checks),
            part,
        }
    }

    fn file_of(&self, name: &str) -> std::path::PathBuf {
        let file = format!("{name}.parquet");
        // Settings are those of the run, whoever is shown.
        if name.starts_with("settings.") {
            self.job.work.stage().join("tables").join(file)
        } else {
            self.folder.join(file)
        }
    }

    async fn edition(&self, edition: Edition, talk: &Talk) -> Result<EditionRecord, Failure> {
        let job = self.job;
        let name = edition.name();
        let folder = job.work.stage().join(FOLDER).join(&name);
        let mut tables = BTreeMap::new();
        for record in &self.records {
            let table_name = TableName::parse(&record.name).ok_or_else(|| {
                Failure::new(Exit::Bug, "edition", format!("`{}` is no table", record.name))
            })?;
            tables.insert(
                record.name.clone(),
                Engine::read_file(&table_name, &self.file_of(&record.name))?,
            );
        }
        let hidden = match edition.detail {
            Detail::Full => None,
            Detail::Aggregate => Some(self.hide(&mut tables, &folder).await?),
        };
        if hidden.is_none()
            && let Some(part) = self.part
        {
            for record in self
                .records
                .iter()
                .filter(|record| record.name.starts_with("results."))
            {
                let target = folder.join("tables").join(format!("{}.parquet", record.name));
                stage::copy(&self.file_of(&record.name), &target)?;
            }
            stage::write(&folder.join("reproduce.sql"), part.script.as_bytes())?;
        }
        if hidden.is_some() || self.part.is_some() {
            write_csv(&tables, &folder)?;
        }
        let mut facts = stage::facts(
            job.config,
            &job.plan,
            &job.inputs,
            &self.records,
            self.checks,
            &tables,
            job.is_draft,
        );
        facts.language.clone_from(&edition.language);
        let place = format!("{FOLDER}/{name}/");
        let inputs = report::Inputs {
            facts,
            sql: job.project.queries.queries.iter().map(stage::sql_file).collect(),
            templates: super::templates(job.config),
            tables,
            url: stage::url(job.config, &job.plan, &place, job.is_draft),
            brand: job.project.brand.clone(),
            edition: EditionFact {
                part: edition
                    .part
                    .as_ref()
                    .map(|part| (part.column.clone(), part.value.clone())),
                hidden,
            },
        };
        let pages = report::render(&inputs)?;
        stage::write(&folder.join("report.html"), pages.report.as_bytes())?;
        stage::write(&folder.join("appendix.html"), pages.appendix.as_bytes())?;
        stage::write(&folder.join(stage::MAIL_HTML), pages.mail.html.as_bytes())?;
        stage::write(&folder.join(stage::MAIL_TEXT), pages.mail.text.as_bytes())?;
        // The method page tells of every table and input; an aggregate edition has nothing to compare it with.
        if edition.detail == Detail::Full {
            stage::write(&folder.join("method.html"), pages.method.as_bytes())?;
        }
        talk.step(
            "report",
            &format!("{place}report.html"),
            &json!({"bytes": pages.report.len()}),
        );
        Ok(EditionRecord {
            name,
            edition,
            subject: pages.mail.subject,
            url: inputs.url,
        })
    }

    /// Takes out of `tables` what an aggregate edition does not show, and writes the results that are left.
    async fn hide(&self, tables: &mut BTreeMap<String, Table>, folder: &Path) -> Result<Hidden, Failure> {
        let min_cell = match self.job.config.threshold("min_cell") {
            Some(PolicyValue::Integer(number)) => *number,
            _ => return Err(Failure::new(Exit::Usage, "config", "policy.min_cell is missing")),
        };
        let queries = &self.job.project.queries.queries;
        let declared: BTreeMap<String, Declared<'_>> = queries
            .iter()
            .filter_map(|query| {
                let (name, table) = tables.get_key_value(&query.name.to_string())?;
                let (key, cells) = (&query.header.key, query.header.cells.as_ref());
                Some((name.clone(), Declared { table, key, cells }))
            })
            .collect();
        let masks = disclosure::masks(&declared, min_cell)?;
        let mut hidden = Hidden::default();
        for query in queries {
            let name = query.name.to_string();
            let Some(mask) = masks.get(&name) else { continue };
            let is_withheld = query.header.cells.is_none();
            if let Some(table) = tables.get_mut(&name) {
                *table = mask.apply(table);
            }
            note(&mut hidden, &name, mask, is_withheld);
            if !is_withheld {
                let target = folder.join("tables").join(format!("{name}.parquet"));
                stage::make_parent(&target)?;
                let engine = &self.job.engine;
                engine
                    .write_masked(&self.file_of(&name), &target, &mask.rows, &mask.empty)
                    .await?;
            }
        }
        Ok(hidden)
    }
}

fn note(hidden: &mut Hidden, name: &str, mask: &Mask, is_withheld: bool) {
    if is_withheld {
        hidden.withheld.insert(name.to_owned());
    }
    hidden.empty.insert(name.to_owned(), mask.empty.clone());
    hidden.small.insert(name.to_owned(), mask.hidden.clone());
}

/// Writes the results that are there as CSV too.
fn write_csv(tables: &BTreeMap<String, Table>, folder: &Path) -> Result<(), Failure> {
    for (name, table) in tables.iter().filter(|(name, _)| name.starts_with("results.")) {
        let tables = folder.join("tables");
        if tables.join(format!("{name}.parquet")).exists() {
            stage::write(&tables.join(format!("{name}.csv")), csv::table(table).as_bytes())?;
        }
    }
    Ok(())
}
