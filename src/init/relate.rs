//! How the tables belong together: which one holds the order lines, and which others complete it.
//!
//! Names propose, values decide: a table is joined only by columns that make its rows unique and hold the keys of the lines.

use super::holds::Holds;
use super::names::Role;
use super::opened::Made;
use super::profile::{Column, ROWS, Table};
use super::rates::Rates;
use crate::engine::Engine;
use crate::error::Failure;
use crate::query::mapping::quoted;
use crate::table::Cell;

/// A table that completes another one: at most one of its rows for each row there.
#[derive(Debug, Clone)]
pub(super) struct Join {
    /// Which table, by its place.
    pub(super) table: usize,
    /// The table whose rows it completes.
    pub(super) to: usize,
    /// Columns there and here that must be equal.
    pub(super) on: Vec<(String, String)>,
    /// Different keys there, and those that it holds.
    pub(super) keys: (u64, u64),
}

/// The order lines with the tables that complete them.
#[derive(Debug, Default)]
pub(super) struct Related {
    pub(super) lines: usize,
    /// The table with one row per order.
    pub(super) header: Option<Join>,
    /// Products, their costs and their categories, in the order in which they are joined.
    pub(super) products: Vec<Join>,
    pub(super) customers: Option<usize>,
    /// Countries and regions of customers.
    pub(super) places: Vec<Join>,
    /// The table of refunds.
    pub(super) refunds: Option<usize>,
    /// The table of exchange rates.
    pub(super) rates: Option<usize>,
    /// Tables that seemed to belong to the lines and do not fit, in words.
    pub(super) misfits: Vec<String>,
}

/// Tells whether a table has what an amount of a line can be made of.
pub(super) fn has_amount(table: &Table) -> bool {
    let numbers = |role: Role| table.all_of(role).into_iter().any(Column::is_number);
    [Role::NetAmount, Role::GrossAmount, Role::UnitPrice, Role::UnitNetPrice].into_iter().any(numbers)
}

fn id(table: &Table, role: Role) -> Option<&Column> {
    table.all_of(role).into_iter().find(|column| column.is_id())
}

fn timestamp(table: &Table) -> Option<&Column> {
    table.all_of(Role::OrderedAt).into_iter().find(|column| column.is_timestamp() || column.kind.is_integer())
}

/// Tells whether a table names customer and date of its orders itself.
pub(super) fn is_whole(table: &Table) -> bool {
    id(table, Role::CustomerId).is_some() && timestamp(table).is_some()
}

/// How much a table looks like order lines; 0 when it cannot be.
pub(super) fn likeness(table: &Table) -> u32 {
    let has = |role: Role| u32::from(table.of(role).is_some());
    let is_other = matches!(table.holds, Some(Holds::Refunds | Holds::Rates));
    if is_other || id(table, Role::OrderId).is_none() || table.rows == 0 {
        return 0;
    }
    let (amount, total) = (u32::from(has_amount(table)), has(Role::Total));
    if amount + total == 0 {
        return 0;
    }
    1 + 8 * amount
        + 4 * u32::from(is_whole(table))
        + 3 * u32::from(table.holds == Some(Holds::Lines))
        + 3 * has(Role::ProductId)
        + 2 * has(Role::Quantity)
        + u32::from(table.holds != Some(Holds::Payments))
}

/// Finds how `tables` belong together; nothing where none of them holds orders.
pub(super) async fn relate(engine: &Engine, tables: &[Table]) -> Result<Option<Related>, Failure> {
    let is_part = |at: &usize| {
        let name = tables[*at].name();
        tables.iter().any(
            |table| matches!(&table.made, Some(Made::Union(parts)) if parts.iter().any(|(of, _)| of == name)),
        )
    };
    let own = (0..tables.len()).filter(|at| !is_part(at));
    let best = own.map(|at| (likeness(&tables[at]), std::cmp::Reverse(at))).max();
    let Some((1.., std::cmp::Reverse(lines))) = best else {
        return Ok(None);
    };
    let mut related = Related { lines, ..Related::default() };
    related.header = header(engine, tables, lines, &mut related.misfits).await?;
    related.products = products(engine, tables, lines).await?;
    let orders = related.header.as_ref().map(|join| join.table);
    let is_taken = |at: usize| at == lines || Some(at) == orders;
    let describes = |table: &Table| {
        let roles = [Role::Name, Role::Country, Role::Region, Role::Industry, Role::SignedUpAt, Role::Owner];
        id(table, Role::CustomerId).is_some()
            && (roles.into_iter().any(|role| table.of(role).is_some())
                || table.holds == Some(Holds::Customers))
    };
    let customers =
        |at: &usize| !is_taken(*at) && describes(&tables[*at]) && id(&tables[*at], Role::OrderId).is_none();
    related.customers = (0..tables.len()).filter(customers).max_by_key(|at| {
        let table = &tables[*at];
        (table.holds == Some(Holds::Customers), std::cmp::Reverse(*at))
    });
    if let Some(customers) = related.customers {
        related.places = places(engine, tables, customers).await?;
    }
    related.refunds =
        (0..tables.len()).find(|at| !is_taken(*at) && tables[*at].holds == Some(Holds::Refunds));
    related.rates = (0..tables.len()).find(|at| !is_taken(*at) && Rates::propose(&tables[*at], "").is_some());
    Ok(Some(related))
}

/// The table with one row per order, where the lines lack customer or date.
async fn header(
    engine: &Engine,
    tables: &[Table],
    lines: usize,
    misfits: &mut Vec<String>,
) -> Result<Option<Join>, Failure> {
    let table = &tables[lines];
    let lacks_customer = id(table, Role::CustomerId).is_none();
    let lacks_date = timestamp(table).is_none();
    let Some(key) = id(table, Role::OrderId).filter(|_| lacks_customer || lacks_date) else {
        return Ok(None);
    };
    let mut best: Option<Join> = None;
    for (at, other) in tables.iter().enumerate() {
        let completes = (lacks_customer && id(other, Role::CustomerId).is_some())
            || (lacks_date && timestamp(other).is_some());
        let is_of_orders = !matches!(other.holds, Some(Holds::Refunds | Holds::Payments | Holds::Lines));
        let Some(found) = id(other, Role::OrderId).filter(|_| at != lines && completes && is_of_orders)
        else {
            continue;
        };
        let on = vec![(key.name.clone(), found.name.clone())];
        if !other.is_key(found) {
            misfits.push(format!(
                "`{}` has {} rows for {} values of `{}`: joined to the lines it would double them",
                other.name(),
                other.seen(),
                found.distinct,
                found.name
            ));
            continue;
        }
        let join = tried(engine, tables, Join { table: at, to: lines, on, keys: (0, 0) }).await?;
        if join.keys.1 * 2 < join.keys.0 {
            misfits.push(format!(
                "`{}` holds {} of the {} orders of `{}`: it was not joined",
                other.name(),
                join.keys.1,
                join.keys.0,
                table.name()
            ));
        } else if best.as_ref().is_none_or(|best| best.keys.1 < join.keys.1) {
            best = Some(join);
        }
    }
    Ok(best)
}

/// Products, costs and categories of the lines.
async fn products(engine: &Engine, tables: &[Table], lines: usize) -> Result<Vec<Join>, Failure> {
    let mut joins = Vec::new();
    let table = &tables[lines];
    let has_cost =
        [Role::CostAmount, Role::UnitCost, Role::Cost].into_iter().any(|role| table.of(role).is_some());
    for (at, other) in tables.iter().enumerate().filter(|(at, _)| *at != lines) {
        let wanted = |role: &Role| other.of(*role).is_some();
        let is_of_cost = !has_cost && [Role::UnitCost, Role::Cost].iter().any(wanted);
        let is_of_category = table.of(Role::Category).is_none()
            && (wanted(&Role::Category) || foreign(other, CATEGORIES).is_some());
        let is_of_orders = id(other, Role::OrderId).is_some() || id(other, Role::CustomerId).is_some();
        if is_of_orders || !(is_of_cost || is_of_category) {
            continue;
        }
        if let Some(on) = keys(engine, table, other).await? {
            let join = tried(engine, tables, Join { table: at, to: lines, on, keys: (0, 0) }).await?;
            if join.keys.1 * 2 >= join.keys.0 {
                joins.push(join);
            }
        }
    }
    let named = joins.iter().any(|join| tables[join.table].of(Role::Category).is_some());
    let from = joins.iter().map(|join| join.table).find(|at| foreign(&tables[*at], CATEGORIES).is_some());
    if let Some(from) = from.filter(|_| !named) {
        joins.extend(named_by(engine, tables, from, CATEGORIES, lines).await?);
    }
    Ok(joins)
}

/// Beginnings of the keys of tables of categories, countries and regions.
const CATEGORIES: &[&str] =
    &["category", "kategorie", "categorie", "categoria", "warengruppe", "department", "famille", "familia"];
pub(super) const COUNTRIES: &[&str] = &["nation", "country", "land", "pays", "pais"];
pub(super) const REGIONS: &[&str] = &["region"];

/// The column of a table that is the key of another one, whose name begins so.
fn foreign<'t>(table: &'t Table, stems: &[&str]) -> Option<&'t Column> {
    table.columns.iter().find(|column| {
        let ends = ["id", "key", "nr", "no", "code"];
        stems
            .iter()
            .any(|stem| column.meaning.plain.strip_prefix(stem).is_some_and(|rest| ends.contains(&rest)))
    })
}

/// The table that a foreign key of `from` leads to, when it has a name for each.
async fn named_by(
    engine: &Engine,
    tables: &[Table],
    from: usize,
    stems: &[&str],
    lines: usize,
) -> Result<Option<Join>, Failure> {
    let Some(key) = foreign(&tables[from], stems) else {
        return Ok(None);
    };
    for (at, other) in tables.iter().enumerate().filter(|(at, _)| *at != from && *at != lines) {
        let same = other
            .columns
            .iter()
            .find(|column| column.meaning.plain == key.meaning.plain && other.is_key(column));
        if let Some(same) = same.filter(|_| name_of(other, stems).is_some()) {
            let on = vec![(key.name.clone(), same.name.clone())];
            return Ok(Some(tried(engine, tables, Join { table: at, to: from, on, keys: (0, 0) }).await?));
        }
    }
    Ok(None)
}

/// The column that names what a table of categories, countries or regions lists.
pub(super) fn name_of<'t>(table: &'t Table, stems: &[&str]) -> Option<&'t Column> {
    table.columns.iter().find(|column| {
        let plain = column.meaning.plain.as_str();
        let is_name = |stem: &&str| plain == *stem || plain == format!("{stem}name");
        column.is_text() && (plain == "name" || stems.iter().any(is_name))
    })
}

/// The countries and regions of customers, where they are named in tables of their own.
async fn places(engine: &Engine, tables: &[Table], customers: usize) -> Result<Vec<Join>, Failure> {
    let mut joins = Vec::new();
    let table = &tables[customers];
    if table.of(Role::Country).is_none() {
        joins.extend(named_by(engine, tables, customers, COUNTRIES, customers).await?);
    }
    if table.of(Role::Region).is_none() {
        let from = joins.first().map_or(customers, |join| join.table);
        joins.extend(named_by(engine, tables, from, REGIONS, customers).await?);
    }
    Ok(joins)
}

/// The columns by which at most one row of `other` belongs to a row of `table`.
async fn keys(
    engine: &Engine,
    table: &Table,
    other: &Table,
) -> Result<Option<Vec<(String, String)>>, Failure> {
    let ends = ["id", "key", "nr", "no", "code", "sku", "nummer", "number"];
    let is_key =
        |column: &Column| column.is_id() && ends.iter().any(|end| column.meaning.plain.ends_with(end));
    let pairs: Vec<(&Column, &Column)> = table
        .columns
        .iter()
        .filter_map(|column| {
            let role = table.role(column);
            let is_product = role == Some(Role::ProductId);
            let is_free = !matches!(role, Some(Role::OrderId | Role::CustomerId | Role::LineNumber));
            let same = |found: &&Column| {
                (is_product && other.role(found) == Some(Role::ProductId) && found.is_id())
                    || (is_free
                        && is_key(column)
                        && is_key(found)
                        && found.meaning.plain == column.meaning.plain)
            };
            Some((column, other.columns.iter().find(same)?))
        })
        .collect();
    let written = |pairs: &[(&Column, &Column)]| {
        pairs.iter().map(|(one, two)| (one.name.clone(), two.name.clone())).collect()
    };
    if let Some(single) = pairs.iter().find(|(_, found)| other.is_key(found)) {
        return Ok(Some(written(&[*single])));
    }
    let has_product = pairs.iter().any(|(column, _)| table.role(column) == Some(Role::ProductId));
    if pairs.len() < 2 || !has_product {
        return Ok(None);
    }
    let names: Vec<&str> = pairs.iter().map(|(_, found)| found.name.as_str()).collect();
    Ok(is_unique(engine, other, &names).await?.then(|| written(&pairs)))
}

/// Tells whether no two rows of a table agree in all of these columns.
pub(super) async fn is_unique(engine: &Engine, table: &Table, columns: &[&str]) -> Result<bool, Failure> {
    let list = columns.iter().map(|column| quoted(column)).collect::<Vec<_>>().join(", ");
    let sql = format!(
        "select count(*) as found from (select {list} from (select {list} from source.{} limit {ROWS}) as rows group by {list}) as keys",
        quoted(table.name())
    );
    let read = engine.read("the keys of a table", &sql).await?;
    Ok(read.cell(0, "found") == Some(&Cell::Integer(i64::try_from(table.seen()).unwrap_or(i64::MAX))))
}

/// Counts the keys that a join finds.
pub(super) async fn tried(engine: &Engine, tables: &[Table], join: Join) -> Result<Join, Failure> {
    let (left, right) = (&tables[join.to], &tables[join.table]);
    let text = |column: &str| format!("cast({} as varchar)", quoted(column));
    let is_alike = join.on.iter().all(|(one, two)| alike(left, one, right, two));
    let written = |column: &str| if is_alike { quoted(column) } else { text(column) };
    let list = |table: &Table, columns: Vec<&String>| {
        let names = columns.iter().zip(0..).map(|(column, at)| format!("{} as key_{at}", written(column)));
        format!(
            "select distinct {} from source.{}",
            names.collect::<Vec<_>>().join(", "),
            quoted(table.name())
        )
    };
    let on: Vec<String> = (0..join.on.len()).map(|at| format!("asked.key_{at} = held.key_{at}")).collect();
    let sql = format!(
        "select count(*) as keys, count(held.key_0) as found from ({}) as asked left join ({}) as held on {} where asked.key_0 is not null",
        list(left, join.on.iter().map(|(one, _)| one).collect()),
        list(right, join.on.iter().map(|(_, two)| two).collect()),
        on.join(" and ")
    );
    let read = engine.read("the keys of two tables", &sql).await?;
    let count = |column: &str| match read.cell(0, column) {
        Some(Cell::Integer(number)) => u64::try_from(*number).unwrap_or(0),
        _ => 0,
    };
    Ok(Join { keys: (count("keys"), count("found")), ..join })
}

/// Tells whether two columns can be compared as they are: both are numbers, or both texts.
pub(super) fn alike(left: &Table, one: &str, right: &Table, two: &str) -> bool {
    let is_number =
        |table: &Table, name: &str| table.column(name).is_some_and(|column| column.kind.is_numeric());
    is_number(left, one) == is_number(right, two)
}
