//! What the columns of the customers are made of.

use super::names::Role;
use super::profile::{Column, Table};
use super::relate::{COUNTRIES, Join, REGIONS, Related, name_of};
use super::terms::Place;

/// The table of customers, and how it is read.
pub(super) struct Customers<'t> {
    pub(super) table: &'t Table,
    /// Canonical column and its SQL, with the key first.
    pub(super) columns: Vec<(&'static str, String)>,
    pub(super) place: Place,
    /// Whether a customer has several rows.
    pub(super) repeats: bool,
}

impl<'t> Customers<'t> {
    /// Proposes the columns of the table of customers; none where there is no such table.
    pub(super) fn propose(tables: &'t [Table], related: &Related) -> Option<Self> {
        let table = &tables[related.customers?];
        let key = table.all_of(Role::CustomerId).into_iter().find(|column| column.is_id())?;
        let repeats = !table.is_key(key);
        let place = if repeats || !related.places.is_empty() { Place::Staging } else { Place::Mapping };
        let mut columns = vec![("customer_id", place.column(table, key))];
        for (canonical, role) in [
            ("name", Role::Name),
            ("industry", Role::Industry),
            ("country", Role::Country),
            ("region", Role::Region),
            ("owner", Role::Owner),
        ] {
            let fits =
                |column: &&Column| if canonical == "owner" { column.is_id() } else { column.is_text() };
            if let Some(column) =
                table.all_of(role).into_iter().find(|column| fits(column) && column.name != key.name)
            {
                let sql = place.column(table, column);
                let is_number = place == Place::Staging && column.kind.is_numeric();
                columns.push((canonical, if is_number { format!("cast({sql} as varchar)") } else { sql }));
            }
        }
        let created = |column: &&Column| {
            column.is_timestamp()
                && (table.role(column) == Some(Role::SignedUpAt)
                    || column.meaning.plain.starts_with("created"))
        };
        if let Some(column) = table.columns.iter().find(created)
            && let Ok(sql) = place.timestamp(table, column)
        {
            columns.push(("signed_up_at", sql));
        }
        for join in &related.places {
            let found = &tables[join.table];
            let [country, region] = [COUNTRIES, REGIONS]
                .map(|stems| of_stem(join, tables, stems).then(|| name_of(found, stems)).flatten());
            for (canonical, named) in [("country", country), ("region", region)] {
                if let Some(column) = named {
                    columns.push((canonical, place.column(found, column)));
                }
            }
        }
        Some(Self { table, columns, place, repeats })
    }
}

/// Tells whether a join leads to the table of these names.
fn of_stem(join: &Join, tables: &[Table], stems: &[&str]) -> bool {
    let Some((_, key)) = join.on.first() else {
        return false;
    };
    tables[join.table]
        .column(key)
        .is_some_and(|column| stems.iter().any(|stem| column.meaning.plain.starts_with(stem)))
}
