//! The editions of a run beside the main one: computes their parts, hides what they must not show, renders them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::json;

use super::parts::{self, PartRun};
use super::prepare::Run;
use super::project::templates;
use super::stage;
use crate::config::{Detail, Edition, Part, PolicyValue};
use crate::csv;
use crate::disclosure::{self, Declared, Mask};
use crate::engine::Engine;
use crate::error::{Exit, Failure};
use crate::files::{copy, make_parent, write};
use crate::record::{EditionRecord, MailRecord, Manifest, TableRecord, layout};
use crate::report::{self, EditionFact, Facts, Hidden};
use crate::table::Table;

/// Writes every edition that a reader needs into the run folder; gives their records.
pub(super) async fn stage(run: &Run<'_>, manifest: &Manifest) -> Result<Vec<EditionRecord>, Failure> {
    let editions = &run.config.editions;
    let wanted: BTreeSet<&Part> = editions.iter().filter_map(|edition| edition.part.as_ref()).collect();
    let mut computed = Vec::new();
    for (number, part) in wanted.into_iter().enumerate() {
        computed.push(parts::compute(run, manifest, part, number).await?);
    }
    let mut staged = Vec::new();
    for edition in editions {
        let part = computed.iter().find(|part| Some(&part.part) == edition.part.as_ref());
        staged.push(Source::new(run, manifest, part).edition(edition).await?);
    }
    Ok(staged)
}

/// What an edition is made from: the run, or a part of it.
struct Source<'a> {
    run: &'a Run<'a>,
    /// The record of the run, with the tables and the checks of the part.
    manifest: Manifest,
    folder: std::path::PathBuf,
    part: Option<&'a PartRun>,
}

impl<'a> Source<'a> {
    fn new(run: &'a Run<'a>, manifest: &Manifest, part: Option<&'a PartRun>) -> Self {
        let of_run = &manifest.tables;
        let own = part.map_or(of_run, |part| &part.records);
        let settings = of_run.iter().filter(|record| record.name.starts_with("settings."));
        let results = own.iter().filter(|record| record.name.starts_with("results."));
        Self {
            run,
            folder: part.map_or_else(|| run.work.stage().join(layout::TABLES), |part| part.tables.clone()),
            manifest: Manifest {
                tables: settings.chain(results).cloned().collect(),
                checks: part.map_or(&manifest.checks, |part| &part.checks).clone(),
                ..manifest.clone()
            },
            part,
        }
    }

    fn file_of(&self, name: &str) -> std::path::PathBuf {
        // Settings are those of the run, whoever is shown.
        if name.starts_with("settings.") {
            self.run.work.stage().join(layout::table(name))
        } else {
            self.folder.join(format!("{name}.parquet"))
        }
    }

    async fn edition(&self, edition: &Edition) -> Result<EditionRecord, Failure> {
        let run = self.run;
        let mut record = EditionRecord::new(edition);
        let folder = run.work.stage().join(layout::of_edition(&record.name, ""));
        let mut tables = BTreeMap::new();
        for TableRecord { name, .. } in &self.manifest.tables {
            let table = Engine::read_file(&stage::parsed(name)?, &self.file_of(name))?;
            tables.insert(name.clone(), table);
        }
        let hidden = match edition.detail {
            Detail::Full => None,
            Detail::Aggregate => Some(self.hide(&mut tables, &folder).await?),
        };
        if hidden.is_none()
            && let Some(part) = self.part
        {
            let names = self.manifest.tables.iter().map(|table| &table.name);
            for name in names.filter(|name| name.starts_with("results.")) {
                copy(&self.file_of(name), &folder.join(layout::table(name)))?;
            }
            write(&folder.join(layout::SCRIPT), part.script.as_bytes())?;
        }
        if hidden.is_some() || self.part.is_some() {
            write_csv(&tables, &folder)?;
        }
        let mut facts = Facts::of(&self.manifest, &tables);
        facts.language.clone_from(&edition.language);
        let place = layout::of_edition(&record.name, layout::REPORT);
        let inputs = report::Inputs {
            facts,
            sql: run.project.queries.files().map(stage::sql_file).collect(),
            templates: templates(run.config),
            tables,
            url: run.url(&place),
            brand: run.project.brand.clone(),
            edition: EditionFact {
                part: edition.part.as_ref().map(|part| (part.column.clone(), part.value.clone())),
                hidden,
            },
        };
        let pages = report::render(&inputs)?;
        for (name, text) in stage::files_of(&pages) {
            // The method page tells of every table and input; an aggregate edition has nothing to compare it with.
            if edition.detail == Detail::Full || name != layout::METHOD {
                write(&folder.join(name), text)?;
            }
        }
        run.progress.step("report", &place, &json!({"bytes": pages.report.len()}));
        record.mail = MailRecord { subject: pages.mail.subject, url: inputs.url };
        Ok(record)
    }

    /// Takes out of `tables` what an aggregate edition does not show, and writes the results that are left.
    async fn hide(&self, tables: &mut BTreeMap<String, Table>, folder: &Path) -> Result<Hidden, Failure> {
        let min_cell = match self.run.config.threshold("min_cell") {
            Some(PolicyValue::Integer(number)) => *number,
            _ => return Err(Failure::new(Exit::Usage, "config", "policy.min_cell is missing")),
        };
        let queries = &self.run.project.queries.queries;
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
            if let Some(table) = tables.get_mut(&name) {
                *table = mask.apply(table);
            }
            note(&mut hidden, &name, mask);
            if !mask.is_withheld {
                let target = folder.join(layout::table(&name));
                make_parent(&target)?;
                let engine = &self.run.engine;
                engine.write_masked(&self.file_of(&name), &target, &mask.rows, &mask.empty).await?;
            }
        }
        Ok(hidden)
    }
}

fn note(hidden: &mut Hidden, name: &str, mask: &Mask) {
    if mask.is_withheld {
        hidden.withheld.insert(name.to_owned());
    }
    hidden.empty.insert(name.to_owned(), mask.empty.clone());
    hidden.small.insert(name.to_owned(), mask.hidden.clone());
}

/// Writes the results that are there as CSV too.
fn write_csv(tables: &BTreeMap<String, Table>, folder: &Path) -> Result<(), Failure> {
    for (name, table) in tables.iter().filter(|(name, _)| name.starts_with("results.")) {
        if folder.join(layout::table(name)).exists() {
            write(&folder.join(layout::csv(name)), csv::table(table).as_bytes())?;
        }
    }
    Ok(())
}
