//! From the text of a statement to its plan.

use datafusion::error::DataFusionError;
use datafusion::logical_expr::{Expr, SortExpr};
use datafusion::prelude::{DataFrame, SQLOptions, SessionContext, col};

/// Plans a statement that only reads.
pub(super) async fn plan(context: &SessionContext, sql: &str) -> Result<DataFrame, DataFusionError> {
    let read_only =
        SQLOptions::new().with_allow_ddl(false).with_allow_dml(false).with_allow_statements(false);
    context.sql_with_options(sql, read_only).await
}

/// Orders rows that have no order of their own by all of their columns.
pub(super) fn by_all_columns(rows: DataFrame) -> Result<DataFrame, DataFusionError> {
    let all = rows.schema().columns().into_iter();
    let all = all.map(|column| Expr::Column(column).sort(true, false)).collect();
    rows.sort(all)
}

/// The order by these columns, smallest first.
pub(super) fn ascending(columns: &[String]) -> Vec<SortExpr> {
    columns.iter().map(|name| col(format!("\"{}\"", name.replace('"', "\"\""))).sort(true, false)).collect()
}
