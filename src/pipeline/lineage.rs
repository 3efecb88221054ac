//! What a run read and made, as lineage events state it.

use std::collections::{BTreeMap, BTreeSet};

use super::outlook;
use super::prepare::Run;
use crate::engine::{Columns, Origins};
use crate::error::Failure;
use crate::lineage::{Column, Dataset, Name};
use crate::query::{Query, TableName};
use crate::record::{Manifest, TableRecord};

/// The sources of a run.
pub(super) fn inputs(run: &Run<'_>) -> Vec<Dataset> {
    let dataset = |source: &crate::source::Pinned| Dataset {
        name: source_name(run, &source.name),
        title: format!("source {} of {}", source.name, run.config.project.name),
        version: source.table_version.map(|version| version.to_string()),
        rows: source.rows(),
        bytes: Some(source.files.iter().map(|file| file.obtained.bytes).sum()),
        files: Some(source.files.len()),
        columns: source
            .columns
            .fields()
            .iter()
            .map(|field| Column {
                name: field.name().clone(),
                data_type: field.data_type().to_string(),
                meaning: None,
                from: None,
            })
            .collect(),
        rows_from: None,
    };
    run.sources.iter().map(dataset).collect()
}

fn source_name(run: &Run<'_>, source: &str) -> Name {
    let location = run.config.sources.get(source).map_or("", |source| source.location.as_str());
    Name::of(location, &run.config.root)
}

/// The published tables of a run that was just computed, each column with the columns of sources that it comes from.
pub(super) async fn outputs(run: &Run<'_>, manifest: &Manifest) -> Result<Vec<Dataset>, Failure> {
    let queries = run.project.queries.needed(&outlook::inputs());
    let traced = Traced::of(run, &queries).await?;
    let place = Name::of(&run.config.publish.location, &run.config.root);
    let mut found = Vec::new();
    for record in &manifest.tables {
        let query = queries.iter().find(|query| query.name.to_string() == record.name);
        found.push(Dataset {
            name: place.below(&record.name),
            version: Some(manifest.run_id.clone()),
            ..output(run, record, query, &traced).await?
        });
    }
    Ok(found)
}

async fn output(
    run: &Run<'_>,
    record: &TableRecord,
    query: Option<&Query>,
    traced: &Traced,
) -> Result<Dataset, Failure> {
    let sql = format!("select * from {}", record.name);
    let fields = run.engine.types(&format!("`{}`", record.name), &sql).await?;
    let origins = TableName::parse(&record.name).and_then(|name| traced.0.get(&name)?.as_ref());
    let named = |columns: &Columns| -> BTreeSet<(Name, String)> {
        columns.iter().map(|(table, column)| (source_name(run, &table.table), column.clone())).collect()
    };
    let columns = fields.iter().map(|field| Column {
        name: field.name().clone(),
        data_type: field.data_type().to_string(),
        meaning: query.and_then(|query| query.header.columns.get(field.name()).cloned()),
        from: origins.and_then(|origins| origins.columns.get(field.name())).map(named),
    });
    Ok(Dataset {
        name: Name::of("", &run.config.root),
        title: record.title.clone(),
        version: None,
        rows: record.rows,
        bytes: None,
        files: None,
        columns: columns.collect(),
        rows_from: origins.map(|origins| named(&origins.rows)),
    })
}

/// Where a table comes from, in columns of sources.
#[derive(Debug)]
struct Sources {
    columns: BTreeMap<String, Columns>,
    rows: Columns,
}

/// The tables of a run, each with where it comes from; `None` where that is not known.
struct Traced(BTreeMap<TableName, Option<Sources>>);

impl Traced {
    /// Follows the statements, each of which is behind those that it reads.
    async fn of(run: &Run<'_>, queries: &[Query]) -> Result<Self, Failure> {
        let mut traced = Self(BTreeMap::new());
        for query in queries {
            if query.inputs().any(|input| input.schema == "model") {
                traced.add_models(run).await?;
            }
            let origins = run.engine.origins(&format!("`queries/{}`", query.path), &query.text).await?;
            let sources = origins.and_then(|origins| traced.followed(&origins));
            traced.0.insert(query.name.clone(), sources);
        }
        traced.add_models(run).await?;
        Ok(traced)
    }

    /// Adds the tables of the models. A fit looks at all rows, so each of their columns comes from all columns that it looks at.
    async fn add_models(&mut self, run: &Run<'_>) -> Result<(), Failure> {
        let is_there = |name: &TableName| self.0.contains_key(name);
        if outlook::outputs().iter().any(is_there) || !outlook::inputs().iter().all(is_there) {
            return Ok(());
        }
        let mut all = Some(Columns::new());
        for input in outlook::inputs() {
            all = all.zip(self.0.get(&input).and_then(Option::as_ref)).map(|(mut all, sources)| {
                all.extend(sources.columns.values().flatten().chain(&sources.rows).cloned());
                all
            });
        }
        for name in outlook::outputs() {
            let fields = run.engine.types(&format!("`{name}`"), &format!("select * from {name}")).await?;
            let sources = all.as_ref().map(|all| Sources {
                columns: fields.iter().map(|field| (field.name().clone(), all.clone())).collect(),
                rows: all.clone(),
            });
            self.0.insert(name, sources);
        }
        Ok(())
    }

    /// Origins with every table of the run replaced by where it comes from itself.
    fn followed(&self, origins: &Origins) -> Option<Sources> {
        let mut rows = Columns::new();
        let of_rows = self.sources(&origins.rows, &mut rows)?;
        let mut columns = BTreeMap::new();
        for (name, of_column) in &origins.columns {
            columns.insert(name.clone(), self.sources(of_column, &mut rows)?);
        }
        rows.extend(of_rows);
        Some(Sources { columns, rows })
    }

    /// Columns of sources behind `columns`; what decided on the rows of the tables between goes into `rows`.
    fn sources(&self, columns: &Columns, rows: &mut Columns) -> Option<Columns> {
        let mut found = Columns::new();
        for (table, column) in columns {
            match self.0.get(table) {
                Some(sources) => {
                    let sources = sources.as_ref()?;
                    found.extend(sources.columns.get(column).into_iter().flatten().cloned());
                    rows.extend(sources.rows.iter().cloned());
                }
                // Settings are no data.
                None if table.schema == "source" => {
                    found.insert((table.clone(), column.clone()));
                }
                None => {}
            }
        }
        Some(found)
    }
}
