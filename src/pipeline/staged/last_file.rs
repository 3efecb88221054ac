//! Orders of which `checks.orders_in_two_files: keep_last` would count the last file, and no name says which one that is: their lines are
//! in files of two tables.

use crate::check;
use crate::config::is_reserved;
use crate::error::{Exit, Failure};
use crate::pipeline::prepare::Run;
use crate::query::{self, Query};

use super::number;

/// Refuses order lines of a query of which an order has lines in files of two tables, where those of the last file are to count.
pub(super) async fn refuse(run: &Run<'_>, query: &Query) -> Result<(), Failure> {
    let outputs = query::columns_of(&query.text).unwrap_or_default();
    let has = |name: &str| outputs.iter().any(|output| output == name);
    if run.config.checks.orders_in_two_files != "keep_last" || !has("source_file") || !has("order_id") {
        return Ok(());
    }
    let named = run.sources.iter().filter(|source| !is_reserved(&source.name));
    let tables = named.scan(0, |files, source| {
        *files += source.files.len();
        Some(format!("when source_file <= {files} then '{}'", source.name))
    });
    let tables: Vec<String> = tables.collect();
    if tables.len() < 2 {
        return Ok(());
    }
    let sql = format!(
        "select count(*) as orders, min(first_table) as one, max(last_table) as other from (\
         select order_id, min(of_table) as first_table, max(of_table) as last_table from (\
         select order_id, case {} end as of_table from {}) as lines group by order_id \
         having min(of_table) < max(of_table)) as orders",
        tables.join(" "),
        query.name
    );
    let found = run.engine.read("the files of orders", &sql).await?;
    if number(&found, 0, "orders") == 0 {
        return Ok(());
    }
    let what = "order_lines: {orders} orders have lines in files of several tables, as of `{one}` and `{other}`: nothing says which are \
                later, and checks.orders_in_two_files is keep_last";
    Err(Failure::new(Exit::Refused, "check", check::fill(what, &found, 0)).hint(
        "Choose the rows in queries/0_staging/order_lines.sql, read the files as one table whose names say their order, or set \
         `checks.orders_in_two_files: count_all`.",
    ))
}
