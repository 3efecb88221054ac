//! From locations to the files of a project: finds tables, looks at them, relates them, and writes what follows.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use arrow::datatypes::Schema;

use super::customers::Customers;
use super::find::{self, Form, Group};
use super::lines::{Item, Proposal, Writer};
use super::names::Role;
use super::page::{self, Page};
use super::profile::{self, Table};
use super::rates::Rates;
use super::relate::{self, Related};
use super::settings::Settings;
use super::staging::{self, Key};
use super::terms::Place;
use super::text::{Open, Text};
use crate::config::{EngineLimits, Format, Int96, SOURCES, Source};
use crate::engine::Engine;
use crate::error::{Exit, Failure};
use crate::private::PrivateFolder;
use crate::query::TableName;
use crate::query::mapping::quoted;
use crate::source::{self, Pinned, Rows};
use crate::store;
use crate::table::Cell;

/// A proposed project.
pub(super) struct Proposed {
    /// Files by their paths in the project.
    pub(super) files: Vec<(&'static str, String)>,
    pub(super) open: Vec<Open>,
    pub(super) page: Option<Page>,
}

/// Proposes a project for the tables below some locations.
pub(super) async fn propose(locations: &[String], schema: &str) -> Result<Proposed, Failure> {
    let work = PrivateFolder::make(&std::env::temp_dir())?;
    let here = std::env::current_dir().map_err(|error| {
        Failure::new(Exit::Resources, "init", "cannot tell the current folder").cause(error)
    })?;
    let limits = EngineLimits {
        memory: 1 << 30,
        spill: None,
        threads: None,
        batch_rows: 8192,
        deadline: Duration::from_hours(1),
    };
    let engine = Engine::start(&limits, work.path(), work.path())?;
    let mut finder = Finder { here: &here, work: work.path(), unread: Vec::new() };
    let tables = finder.tables(&engine, locations).await?;
    let related = match relate::relate(&engine, &tables).await? {
        Some(related) => related,
        None => likeliest(&tables),
    };
    finder.unread.extend(related.misfits.iter().cloned());
    if let Some(refunds) = related.refunds {
        finder.unread.push(format!(
            "`{}` seems to hold refunds; add them to the order lines with `union all`, amounts below 0 and `is_return` true",
            tables[refunds].name()
        ));
    }
    write(&engine, &finder, &tables, &related, schema).await
}

/// The table that has most columns of order lines, where none of them is enough.
fn likeliest(tables: &[Table]) -> Related {
    let known = |table: &Table| table.columns.iter().filter(|column| table.role(column).is_some()).count();
    let lines = (0..tables.len()).max_by_key(|at| (known(&tables[*at]), std::cmp::Reverse(*at))).unwrap_or(0);
    Related {
        lines,
        header: None,
        products: Vec::new(),
        customers: None,
        places: Vec::new(),
        refunds: None,
        rates: None,
        misfits: Vec::new(),
    }
}

async fn write(
    engine: &Engine,
    finder: &Finder<'_>,
    tables: &[Table],
    related: &Related,
    schema: &str,
) -> Result<Proposed, Failure> {
    let lines = &tables[related.lines];
    let (key, per_order) = (key(engine, lines).await?, per_order(engine, lines).await?);
    let writer = |place| Writer { tables, related, place, per_order: per_order.clone(), key: &key };
    // Joins and conditions need a query.
    let is_flat = related.header.is_none() && related.products.is_empty();
    let is_flat = is_flat && writer(Place::Mapping).propose().filters.is_empty();
    let place = if is_flat { Place::Mapping } else { Place::Staging };
    let writer = writer(place);
    let proposal = writer.propose();
    let customers = Customers::propose(tables, related);
    let mut texts = Vec::new();
    let mut named = BTreeSet::new();
    if place == Place::Staging {
        let joins = related.header.iter().chain(&related.products);
        named.extend(std::iter::once(related.lines).chain(joins.map(|join| join.table)));
        texts.push(("queries/0_staging/order_lines.sql", staging::order_lines(&writer, &proposal)));
    }
    if let Some(customers) = customers.as_ref().filter(|customers| customers.place == Place::Staging) {
        named.extend(related.customers.into_iter().chain(related.places.iter().map(|join| join.table)));
        texts.push((
            "queries/0_staging/customers.sql",
            staging::customers(customers, tables, &related.places),
        ));
    }
    let rates = related.rates.filter(|_| proposal.has("currency"));
    let into = proposal.currency.as_deref().unwrap_or_default();
    if let Some((at, rates)) = rates.and_then(|at| Some((at, Rates::propose(&tables[at], into)?))) {
        named.insert(at);
        texts.push(("queries/0_staging/exchange_rates.sql", rates.text));
    }
    let needed = ["order_id", "customer_id", "ordered_at"].into_iter().all(|name| proposal.has(name));
    let page = if needed && (proposal.has("net_amount") || proposal.has("gross_amount")) {
        let query = texts.first().filter(|_| place == Place::Staging).map(|(_, text)| text.text.as_str());
        finder.map(engine, lines, &proposal, query).await?;
        Some(page::read(engine).await?)
    } else {
        None
    };
    let settings = Settings {
        proposal: &proposal,
        place,
        lines,
        named: named.iter().map(|at| &tables[*at]).collect(),
        customers: customers.as_ref(),
        days: page.as_ref().and_then(|page| page.days),
        has_rates: rates.is_some(),
        unused: &finder.unread,
    };
    texts.insert(0, ("config.yaml", settings.write(schema)));
    let mut open: Vec<Open> = texts.iter().flat_map(|(_, text)| text.open.clone()).collect();
    if writer.are_payments() {
        let question = format!("`{}` are payments: are they the amounts of the orders?", lines.name());
        open.push(Open {
            question,
            file: texts.last().map_or_else(String::new, |(file, _)| (*file).to_owned()),
            line: 1,
        });
    }
    let mut uses = BTreeMap::from([(lines.name(), "order lines")]);
    uses.extend(related.header.iter().map(|join| (tables[join.table].name(), "orders")));
    uses.extend(related.products.iter().map(|join| (tables[join.table].name(), "products")));
    uses.extend(related.customers.iter().map(|at| (tables[*at].name(), "customers")));
    uses.extend(related.places.iter().map(|join| (tables[join.table].name(), "places of customers")));
    uses.extend(rates.iter().map(|at| (tables[*at].name(), "exchange rates")));
    let told = page::write(tables, &uses, page.as_ref(), &open);
    let mut files: Vec<(&'static str, String)> =
        texts.into_iter().map(|(path, Text { text, .. })| (path, text)).collect();
    files.push(("proposal.md", told));
    Ok(Proposed { files, open, page })
}

/// Amounts that are the same in all lines of each order with several: perhaps that of the whole order.
async fn per_order(engine: &Engine, lines: &Table) -> Result<Vec<String>, Failure> {
    let Some(order) = lines.of(Role::OrderId) else {
        return Ok(Vec::new());
    };
    let roles = [Role::NetAmount, Role::GrossAmount, Role::DiscountAmount, Role::Freight];
    let amounts: Vec<&str> = lines
        .columns
        .iter()
        .filter(|column| {
            lines.role(column).is_some_and(|role| roles.contains(&role)) && column.kind.is_numeric()
        })
        .map(|column| column.name.as_str())
        .collect();
    let mut found = Vec::new();
    for amount in amounts {
        let (order, amount_sql) = (quoted(&order.name), quoted(amount));
        let sql = format!(
            "select count(*) as orders, count(*) filter (where least_amount = greatest_amount) as same from (select {order}, \
             min({amount_sql}) as least_amount, max({amount_sql}) as greatest_amount from source.{} group by {order} having count(*) > 1 \
             and max({amount_sql}) <> 0) as orders",
            quoted(lines.name())
        );
        let read = engine.read("the amounts of orders", &sql).await?;
        if let (Some(Cell::Integer(orders)), Some(Cell::Integer(same))) =
            (read.cell(0, "orders"), read.cell(0, "same"))
            && *orders >= 3
            && orders == same
        {
            found.push(amount.to_owned());
        }
    }
    Ok(found)
}

/// The columns that make a line unique.
async fn key(engine: &Engine, lines: &Table) -> Result<Key, Failure> {
    let all = || lines.columns.iter().map(|column| column.name.clone()).collect();
    let Some(order) = lines.of(Role::OrderId).map(|column| column.name.as_str()) else {
        return Ok(Key { columns: vec!["order_id", "line_number"], order: all(), is_made: true });
    };
    for (canonical, role) in [("line_number", Role::LineNumber), ("product_id", Role::ProductId)] {
        if let Some(column) = lines.of(role)
            && column.values == lines.seen()
            && (role == Role::ProductId || column.kind.is_numeric())
            && relate::is_unique(engine, lines, &[order, &column.name]).await?
        {
            return Ok(Key {
                columns: vec!["order_id", canonical],
                order: vec![column.name.clone()],
                is_made: false,
            });
        }
    }
    if lines.of(Role::OrderId).is_some_and(|column| lines.is_key(column)) {
        return Ok(Key { columns: vec!["order_id"], order: vec![order.to_owned()], is_made: false });
    }
    let unique = lines.columns.iter().find(|column| lines.is_key(column));
    let order = unique.map_or_else(all, |column| vec![column.name.clone()]);
    Ok(Key { columns: vec!["order_id", "line_number"], order, is_made: true })
}

/// Finds tables and reads them.
struct Finder<'f> {
    here: &'f Path,
    work: &'f Path,
    /// What was found and is not used, in words.
    unread: Vec<String>,
}

/// Files of one table that were obtained.
struct Obtained {
    group: Group,
    format: Format,
    pinned: Pinned,
}

impl Finder<'_> {
    /// All tables below the locations.
    async fn tables(&mut self, engine: &Engine, locations: &[String]) -> Result<Vec<Table>, Failure> {
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
            tables.push(self.look(engine, found).await?);
        }
        if tables.is_empty() {
            let told = if self.unread.is_empty() {
                "Parquet, CSV, JSON lines and Delta Lake are read.".to_owned()
            } else {
                self.unread.join("; ")
            };
            let message = format!("there is no table that can be read below {}", locations.join(", "));
            return Err(Failure::new(Exit::Input, "init", message).hint(told));
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
        let format = match group.form {
            Form::Parquet => Format::Parquet,
            Form::Delta => Format::Delta { version: None },
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
                source::sniff(&copy.path, name, form == Form::Json)?
            }
        };
        let asked = asked(&group, &format, BTreeMap::new(), None);
        // Of a source with a meaning only the columns that are mapped would be read.
        let name = format!("table_{}", group.name);
        let pinned = source::pin(&name, &asked, self.here, self.work, true).await?;
        Ok(Obtained { group, format, pinned })
    }

    /// Looks at a table; of CSV and JSON with the types that its values allow.
    async fn look(&self, engine: &Engine, found: Obtained) -> Result<Table, Failure> {
        let Obtained { group, format, mut pinned } = found;
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
    async fn map(
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
        let scale = super::settings::scale(lines, proposal);
        let asked = asked(&lines.group, &lines.format, columns, scale);
        let raw = if let Some(query) = query {
            let staged = TableName::new("staging", "order_lines");
            engine.add_view(&staged, query).await?;
            let fields = engine.types("the proposal", &format!("select * from {staged}")).await?;
            let rows = Schema::new(fields);
            source::raw_table(engine, Rows::Staged("order_lines", &rows), &asked, "UTC").await?
        } else {
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
    let kind = |name: &String, known: &crate::config::ColumnType| {
        let is_text = *known == crate::config::ColumnType::Text;
        match table.column(name).filter(|_| is_text) {
            Some(column) => profile::declared(column),
            None => *known,
        }
    };
    let all = |schema: &[(String, crate::config::ColumnType)]| {
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
    taken.insert("exchange_rates".to_owned());
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
