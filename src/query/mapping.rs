//! Column mapping: from a source column or expression of `config.yaml` to a SQL expression with quoted columns.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use sqlparser::ast::{Expr, Ident, VisitMut, VisitorMut};
use sqlparser::tokenizer::Token;

use super::lint;

/// A mapping that is ready to stand in a `select`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapped {
    /// SQL expression, every column quoted.
    pub sql: String,
    /// Source columns that it reads.
    pub columns: BTreeSet<String>,
}

/// Resolves `text` against the columns of a source.
///
/// A text that is exactly a column name is that column, spaces and all, or else without those at its ends; anything else is a
/// SQL expression.
///
/// # Errors
/// Returns what is wrong, with the nearest column name where one is meant.
pub fn resolve(text: &str, available: &BTreeSet<String>) -> Result<Mapped, String> {
    if let Some(name) = [text, text.trim()]
        .into_iter()
        .find(|name| available.contains(*name))
    {
        return Ok(Mapped {
            sql: quoted(name),
            columns: BTreeSet::from([name.to_owned()]),
        });
    }
    let mut parser = lint::parser(text).map_err(|_| unknown(text, available))?;
    let mut expression = parser.parse_expr().map_err(|_| unknown(text, available))?;
    if parser.peek_token().token != Token::EOF {
        return Err(unknown(text, available));
    }
    if let Some(breach) = lint::expression_breaches(&expression).into_iter().next() {
        return Err(breach);
    }
    let mut quoter = Quoter {
        available,
        columns: BTreeSet::new(),
    };
    if let ControlFlow::Break(problem) = expression.visit(&mut quoter) {
        return Err(problem);
    }
    Ok(Mapped {
        sql: expression.to_string(),
        columns: quoter.columns,
    })
}

/// Quotes a name for SQL.
#[must_use]
pub fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn unknown(name: &str, available: &BTreeSet<String>) -> String {
    let nearest = available
        .iter()
        .map(|column| {
            (
                strsim::jaro_winkler(&name.to_lowercase(), &column.to_lowercase()),
                column,
            )
        })
        .filter(|(likeness, _)| *likeness > 0.75)
        .max_by(|left, right| left.0.total_cmp(&right.0));
    if let Some((_, column)) = nearest {
        format!("there is no column `{name}`; did you mean `{column}`?")
    } else {
        let list = available
            .iter()
            .map(|column| format!("`{column}`"))
            .collect::<Vec<_>>()
            .join(", ");
        format!("there is no column `{name}`; the source has {list}")
    }
}

struct Quoter<'a> {
    available: &'a BTreeSet<String>,
    columns: BTreeSet<String>,
}

impl VisitorMut for Quoter<'_> {
    type Break = String;

    fn pre_visit_expr(&mut self, expression: &mut Expr) -> ControlFlow<String> {
        match expression {
            Expr::Identifier(ident) => {
                if !self.available.contains(&ident.value) {
                    return ControlFlow::Break(unknown(&ident.value, self.available));
                }
                self.columns.insert(ident.value.clone());
                *ident = Ident::with_quote('"', ident.value.clone());
            }
            Expr::CompoundIdentifier(parts) => {
                let name = parts
                    .iter()
                    .map(|part| part.value.as_str())
                    .collect::<Vec<_>>()
                    .join(".");
                return ControlFlow::Break(format!("`{name}`: a column stands alone, without a table"));
            }
            _ => {}
        }
        ControlFlow::Continue(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns() -> BTreeSet<String> {
        ["Order ID", "Sales", "Discount", "Customer \"x\""]
            .into_iter()
            .map(str::to_owned)
            .collect()
    }

    #[test]
    fn a_column_name_may_hold_spaces_and_quotes() {
        assert_eq!(
            resolve("Order ID", &columns()).map(|mapped| mapped.sql),
            Ok("\"Order ID\"".to_owned())
        );
        let blanks = [" Sales ", "Order\nID"].map(str::to_owned).into();
        assert_eq!(
            resolve(" Sales ", &blanks).map(|mapped| mapped.sql),
            Ok("\" Sales \"".to_owned())
        );
        assert_eq!(
            resolve("Order\nID", &blanks).map(|mapped| mapped.sql),
            Ok("\"Order\nID\"".to_owned())
        );
        assert_eq!(
            resolve(" Sales\n", &columns()).map(|mapped| mapped.sql),
            Ok("\"Sales\"".to_owned())
        );
        assert_eq!(
            resolve("Customer \"x\"", &columns()).map(|mapped| mapped.sql),
            Ok("\"Customer \"\"x\"\"\"".to_owned())
        );
    }

    #[test]
    fn an_expression_keeps_its_meaning_and_quotes_its_columns() {
        let mapped = resolve("Sales / (1 - Discount)", &columns()).expect("both columns exist");
        assert_eq!(mapped.sql, "\"Sales\" / (1 - \"Discount\")");
        assert_eq!(mapped.columns.len(), 2);
    }

    #[test]
    fn names_the_nearest_column() {
        let problem = resolve("sales", &columns()).expect_err("columns are case sensitive");
        assert_eq!(problem, "there is no column `sales`; did you mean `Sales`?");
    }

    #[test]
    fn refuses_subqueries_windows_and_the_clock() {
        for text in [
            "(select 1)",
            "sum(Sales) over ()",
            "now()",
            "max(Sales)",
            "sum(Sales); drop",
            "Sales; select 1",
        ] {
            assert!(resolve(text, &columns()).is_err(), "{text}");
        }
    }
}
