//! A part of the customers, as `where` of a reader chooses it: its rows of the run, and every sum computed again.
//!
//! What the run says of one customer, it says against all customers: tier, scores, cut-offs, forecasts. So tables of
//! customers are taken from the run, as far as they are of the part, and so are tables of `scope: base`. Every other
//! statement runs again over the part, as it is in its file.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use super::compute::{self, Given};
use super::prepare::Run;
use super::stage;
use crate::check;
use crate::config::Part;
use crate::engine::Engine;
use crate::error::{Exit, Failure};
use crate::files::{copy, sha256};
use crate::query::{self, EDITIONS, Header, Publish, Query, STAGING, Scope, TableName};
use crate::record::{CheckRecord, Manifest, PartOf, Recipe, TableRecord, layout, reproduce_part};

/// The column that makes a table one of customers.
const CUSTOMER: &str = "customer_id";

/// The uncertainty of sums over all customers, which is not that of sums over fewer.
const RANGES: &str = "model.group_ranges";

/// A part that is computed.
pub(super) struct PartRun {
    pub(super) part: Part,
    /// Holds its results.
    pub(super) tables: PathBuf,
    pub(super) records: Vec<TableRecord>,
    /// Those of the run, looked at again as far as they are about the part.
    pub(super) checks: Vec<CheckRecord>,
    /// SQL that re-performs it from the tables of the run.
    pub(super) script: String,
}

/// Computes `part` of the run.
pub(super) async fn compute(
    run: &Run<'_>,
    manifest: &Manifest,
    part: &Part,
    number: usize,
) -> Result<PartRun, Failure> {
    let records = &manifest.tables;
    let customers = choice(&run.engine, part).await?;
    let scratch = run.work.scratch().join(format!("part-{number}"));
    let tables = scratch.join(layout::TABLES);
    std::fs::create_dir_all(&tables).map_err(|error| {
        let message = format!("cannot make `{}`", tables.display());
        Failure::new(Exit::Resources, "edition", message).cause(error)
    })?;
    let engine = Arc::new(Engine::start(&run.config.engine, &tables, &scratch)?);
    let plan = Plan::new(run, &engine, records)?;
    let mut queries = vec![part_query(&customers)];
    queries.extend(plan.rows.iter().map(|name| rows_query(name, CHOSEN)));
    queries.extend(plan.empty.iter().map(|name| {
        let mut query = rows_query(name, "where false");
        let of_run = run.project.queries.queries.iter().find(|query| query.name == *name);
        if let Some(of_run) = of_run.filter(|_| name.schema == "results") {
            let inputs = std::mem::take(&mut query.header.inputs);
            query.header = Header { inputs, ..of_run.header.clone() };
        }
        query
    }));
    queries.extend(plan.again.iter().cloned());
    let mut made = compute::tables(run, &engine, &queries, Given::Tables).await?;
    for record in records.iter().filter(|record| plan.is_shared_result(&record.name)) {
        let file = layout::table(&record.name);
        copy(&run.work.stage().join(&file), &scratch.join(&file))?;
        made.push(record.clone());
    }
    let published: BTreeSet<TableName> =
        records.iter().filter_map(|record| TableName::parse(&record.name)).collect();
    let of_run = plan.base.iter().chain(&plan.rows).chain(&plan.empty);
    let unpublished: BTreeSet<TableName> =
        of_run.filter(|name| !published.contains(*name)).cloned().collect();
    let script = reproduce_part(&PartOf {
        run: Recipe {
            run_id: &run.id,
            settings: &stage::made_by_rust(records, &run.project),
            inputs: &run.inputs,
            raw: &run.raw,
            queries: &query::upstream(&run.project.queries.queries, unpublished.iter().cloned()),
        },
        unpublished: &unpublished,
        customers: &customers,
        base: &plan.base,
        rows: &plan.rows,
        empty: &plan.empty,
        again: &plan.again,
    });
    Ok(PartRun {
        part: part.clone(),
        tables,
        records: made,
        checks: checked(run, &engine, &manifest.checks, part).await?,
        script,
    })
}

/// Which rows of a table of customers are of the part.
const CHOSEN: &str = "where customer_id in (select customer_id from editions.part)";

/// The statement that chooses the customers; an error when it chooses nobody.
async fn choice(engine: &Engine, part: &Part) -> Result<String, Failure> {
    let column = &part.column;
    let table = engine
        .read(
            "the parts of the customers",
            &format!("select distinct {column} as value from editions.customers order by {column}"),
        )
        .await?;
    let values: Vec<String> =
        (0..table.rows.len()).filter_map(|row| table.cell(row, "value").map(ToString::to_string)).collect();
    if !values.contains(&part.value) {
        let message = format!("no customer has the {column} `{}`", part.value);
        let likeness = |value: &str| strsim::jaro_winkler(&part.value.to_lowercase(), &value.to_lowercase());
        let nearest = values
            .iter()
            .filter(|value| likeness(value) > 0.75)
            .max_by(|left, right| likeness(left).total_cmp(&likeness(right)));
        let hint = match nearest {
            Some(value) => format!("Did you mean `{value}`? Correct `where` under `deliver.recipients`."),
            None => "Correct `where` under `deliver.recipients`, or remove the reader.".to_owned(),
        };
        return Err(Failure::new(Exit::Usage, "edition", message).hint(hint));
    }
    let value = part.value.replace('\'', "''");
    Ok(format!("select customer_id from editions.customers where {column} = '{value}'"))
}

/// What becomes of each table of the run.
struct Plan {
    base: Vec<TableName>,
    rows: Vec<TableName>,
    empty: Vec<TableName>,
    again: Vec<Query>,
}

impl Plan {
    /// Registers the tables of the run under their own names where the part shares them, else in the schema `whole`.
    fn new(run: &Run<'_>, engine: &Engine, records: &[TableRecord]) -> Result<Self, Failure> {
        let mut plan = Self { base: Vec::new(), rows: Vec::new(), empty: Vec::new(), again: Vec::new() };
        let queries = &run.project.queries.queries;
        let published = records.iter().filter_map(|record| TableName::parse(&record.name));
        // What of the rows of a source is not published is not listed again.
        let held = queries
            .iter()
            .filter(|query| match query.header.publish {
                Some(Publish::HeldBack) => true,
                Some(Publish::No) => query.name.schema == "canonical",
                _ => false,
            })
            .map(|query| query.name.clone());
        for name in published.chain(held) {
            let query = queries.iter().find(|query| query.name == name);
            let scope = query.and_then(|query| query.header.scope);
            let is_repeated = scope == Some(Scope::Part) || (name.schema == "results" && scope.is_none());
            if is_repeated || name.schema == STAGING {
                continue;
            }
            let Some(file) = run.engine.made(&name) else {
                continue;
            };
            let columns = engine.add_published(&in_whole(&name), &file)?;
            let is_of_customers = columns.iter().any(|column| column == CUSTOMER);
            let is_computed = name.schema == "business" && scope.is_none();
            if name.to_string() == RANGES || scope == Some(Scope::Whole) {
                plan.empty.push(name);
            } else if is_of_customers && name.schema != EDITIONS && name.schema != "settings" {
                plan.rows.push(name);
            } else if !is_computed {
                engine.add_published(&name, &file)?;
                plan.base.push(name);
            }
        }
        let known: BTreeSet<TableName> =
            [&plan.base, &plan.rows, &plan.empty].into_iter().flatten().cloned().collect();
        plan.choose_again(run, records, &known);
        plan.refuse_unknown(&known)?;
        Ok(plan)
    }

    /// Chooses the statements that run again, and keeps of the tables of the run what they need.
    fn choose_again(&mut self, run: &Run<'_>, records: &[TableRecord], known: &BTreeSet<TableName>) {
        let again: Vec<&Query> = (run.project.queries.queries.iter())
            .filter(|query| !known.contains(&query.name))
            .filter(|query| matches!(query.header.scope, None | Some(Scope::Part)))
            .filter(|query| query.name.schema == "business" || query.name.schema == "results")
            .collect();
        // Later steps of the run itself, such as a check, may be the only readers of a table.
        let mut needed: BTreeSet<TableName> = again
            .iter()
            .filter(|query| query.name.schema == "results")
            .map(|query| query.name.clone())
            .collect();
        let checks = run.project.queries.checks.iter().filter(|check| !check.is_of_base);
        needed.extend(checks.flat_map(|check| check.inputs.clone()));
        for query in again.iter().rev().filter(|query| query.name.schema == "results") {
            needed.extend(query.inputs());
        }
        for query in again.iter().rev() {
            if needed.contains(&query.name) {
                needed.extend(query.inputs());
            }
        }
        self.again = again
            .into_iter()
            .filter(|query| needed.contains(&query.name))
            .map(|query| {
                let mut query = query.clone();
                if query.name.schema != "results" && !query.header.is_view() {
                    query.header.publish = Some(Publish::No);
                }
                query
            })
            .collect();
        self.rows.retain(|name| needed.contains(name));
        self.base.retain(|name| {
            needed.contains(name)
                || name.schema == EDITIONS
                || records.iter().any(|record| record.name == name.to_string())
        });
        self.empty.retain(|name| needed.contains(name) || name.schema == "results");
    }

    fn refuse_unknown(&self, known: &BTreeSet<TableName>) -> Result<(), Failure> {
        let made: BTreeSet<&TableName> = self.again.iter().map(|query| &query.name).collect();
        for query in &self.again {
            if let Some(input) = query.inputs().find(|input| !known.contains(input) && !made.contains(input))
            {
                let message = format!(
                    "`queries/{}` reads `{input}`, which a part of the customers has not",
                    query.path
                );
                return Err(Failure::new(Exit::Usage, "edition", message)
                    .hint("Say `scope: base` in its header when it is about all customers, or read a published table."));
            }
        }
        Ok(())
    }

    fn is_shared_result(&self, name: &str) -> bool {
        name.starts_with("results.") && self.base.iter().any(|base| base.to_string() == name)
    }
}

/// The name of a table of the run where the part has rows of it under the name itself.
fn in_whole(name: &TableName) -> TableName {
    TableName::new("whole", &format!("{}_{}", name.schema, name.table))
}

fn scratch_query(name: TableName, inputs: Vec<String>, text: String) -> Query {
    Query {
        path: format!("{}/{}.sql", name.schema, name.table),
        header: Header { inputs, publish: Some(Publish::No), ..Header::default() },
        sha256: sha256(text.as_bytes()),
        name,
        text,
    }
}

fn part_query(customers: &str) -> Query {
    let name = TableName::new(EDITIONS, "part");
    scratch_query(name, Vec::new(), customers.to_owned())
}

fn rows_query(name: &TableName, which: &str) -> Query {
    let text = format!("select * from {} {which}", in_whole(name));
    scratch_query(name.clone(), vec![format!("{EDITIONS}.part")], text)
}

/// The outcomes of the run, those about the part as they are for the part.
async fn checked(
    run: &Run<'_>,
    engine: &Engine,
    of_run: &[CheckRecord],
    part: &Part,
) -> Result<Vec<CheckRecord>, Failure> {
    let again: Vec<_> =
        (run.project.queries.checks.iter()).filter(|check| !check.is_of_base).cloned().collect();
    let outcomes = check::run(engine, &again).await?;
    check::refuse_broken(&outcomes).map_err(|mut failure| {
        failure.message = format!("{} `{}`: {}", part.column, part.value, failure.message);
        failure
    })?;
    let of_part = |of_run: &CheckRecord| {
        let again = outcomes.iter().find(|again| again.name == of_run.name);
        again.map_or_else(|| of_run.clone(), CheckRecord::from)
    };
    Ok(of_run.iter().map(of_part).collect())
}
