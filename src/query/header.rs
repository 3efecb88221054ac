//! Reads the header of a query file: the leading `--` lines, as YAML.
//!
//! Knows nothing of SQL; `graph` compares what is declared here with what the query reads.

use std::collections::BTreeMap;

use serde::Deserialize;

/// What a query file says about itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// What the table holds, for a heading; of a check, the rule in words.
    pub title: String,
    /// One sentence beginning "one row"; without it, one row per column of the key.
    #[serde(default)]
    pub grain: String,
    /// Columns that make a row unique; checked in every run. Empty only for a table that is not published.
    #[serde(default)]
    pub key: Vec<String>,
    /// Columns by which the statement of an unpublished table orders its rows, so that later files need not sort them
    /// again; checked in every run.
    #[serde(default)]
    pub order: Vec<String>,
    /// Tables the query reads, with schema: those of the statement. A header may name them; then they must agree.
    #[serde(default, deserialize_with = "some")]
    pub inputs: Vec<String>,
    /// What a reader would misread.
    #[serde(default)]
    pub note: Option<String>,
    /// Of a table of customers: the column that is a class of its own, whose values get their sums as a result.
    #[serde(default)]
    pub class: Option<String>,
    /// Values of the class in the order in which they are shown; others follow by name.
    #[serde(default)]
    pub values: Vec<String>,
    /// Of a table of customers with several classes: each by its column.
    #[serde(default)]
    pub classes: BTreeMap<String, Class>,
    /// What single columns mean.
    #[serde(default)]
    pub columns: BTreeMap<String, String>,
    /// `no` keeps the table inside the run, `view` keeps only the statement; `yes` says that it is always published, as results
    /// are. What says nothing is published with `publish.tables: all`.
    #[serde(default)]
    pub publish: Option<Publish>,
    /// Which customers the table covers when a report shows a part of the customers; see [`Scope`].
    #[serde(default)]
    pub scope: Option<Scope>,
    /// Of a result: what the aggregate edition shows of it, and which customers are behind each row. A result without it
    /// is withheld there.
    #[serde(default)]
    pub cells: Option<Cells>,
    /// Of a check: whether a violation stops the run.
    #[serde(default)]
    pub severity: Option<Severity>,
    /// Of a check: what it judges; see [`Subject`].
    #[serde(default)]
    pub judges: Option<Subject>,
    /// Of a check: how a violation is reported; see [`Message`].
    #[serde(default)]
    pub message: Option<Message>,
}

/// A class of the customers: a column whose values get their sums as a result.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Class {
    /// The result that holds the sums, in `results`; without it a file of its own makes it.
    #[serde(default)]
    pub result: Option<String>,
    /// The title of the result.
    #[serde(default)]
    pub title: String,
    /// What a reader of the result would misread.
    #[serde(default)]
    pub note: Option<String>,
    /// Values in the order in which they are shown; others follow by name.
    #[serde(default)]
    pub values: Vec<String>,
    /// Of each value the phase that it belongs to, where the class has phases.
    #[serde(default)]
    pub phases: Vec<String>,
    /// The result that holds the sums of each pair of a tier and a value, if there is one.
    #[serde(default)]
    pub by_tier: Option<String>,
    /// Whether the aggregate edition shows both results.
    #[serde(default)]
    pub in_aggregate: bool,
    /// What the aggregate edition shows of the first one, where that is not what it shows of every class; see [`Cells`].
    #[serde(default)]
    pub cells: Option<serde_json::Value>,
}

/// What a check judges.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// The rows that were read: `karat check` looks at it too, and computes what it reads.
    Inputs,
    /// Figures.
    Figures,
}

/// A list that is not empty.
fn some<'d, D: serde::Deserializer<'d>>(given: D) -> Result<Vec<String>, D::Error> {
    let names = Vec::<String>::deserialize(given)?;
    if names.is_empty() {
        return Err(serde::de::Error::custom(
            "`inputs` names no table: name each table that the query reads, or leave it out",
        ));
    }
    Ok(names)
}

/// How a violated check is reported: texts with `{column}` for the cells of a violating row.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Message {
    /// What was found, and the limit. Rows that give the same text are reported once; `{violations}` is their number.
    pub text: String,
    /// What each of those rows adds, after a colon.
    #[serde(default)]
    pub detail: Option<String>,
    /// The setting with the limit.
    #[serde(default)]
    pub see: Option<String>,
}

/// Whether a table goes into the run folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Publish {
    /// It always goes.
    Yes,
    /// Later steps read it, nobody else.
    No,
    /// As `no`, and each of those steps computes it anew: for a few short tables joined to a long one.
    View,
    /// As `no`, because `publish.tables` wants results only; see [`Header::hold_back`].
    #[serde(skip)]
    HeldBack,
}

/// Which customers a table covers when a report shows a part of the customers.
///
/// Without it: a table of `canonical`, `business` and `model` with a column `customer_id` is the rows of the part, as
/// they were computed against all customers; every other statement runs again over the part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// All customers: the table is that of the whole run.
    Base,
    /// All customers, of whom it says nothing about a part: it has no rows there.
    Whole,
    /// The customers of the part: the statement runs again, although its rows have a `customer_id`.
    Part,
}

/// Which customers are behind the rows of a result, and what the aggregate edition shows of them. What is not named here
/// is not shown.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cells {
    /// Columns with the classes whose customers a row counts; `total` in all of them, or in the last, is their sum.
    #[serde(default)]
    pub by: Vec<String>,
    /// Columns that tell rows apart and are never added up over: snapshots, weeks, measures.
    #[serde(default)]
    pub apart: Vec<String>,
    /// Column with the number of customers; without it a row is hidden where another table hides the same classes.
    #[serde(default)]
    pub count: Option<String>,
    /// Columns that go with the count.
    #[serde(default)]
    pub columns: Vec<String>,
    /// Other numbers of customers, of whom those of the count are a part or who are a part of those; each with the
    /// columns that go with it.
    #[serde(default)]
    pub parts: BTreeMap<String, Vec<String>>,
    /// The value of the first column of `apart` whose row holds the counts of all rows, in the columns under `parts`.
    #[serde(default)]
    pub count_row: Option<String>,
    /// Values of `by` whose customers are not in the total.
    #[serde(default)]
    pub outside: Vec<String>,
    /// Values of the first column of `apart` that are shown; all when there are none.
    #[serde(default)]
    pub rows: Vec<String>,
    /// Columns that tell nothing of customers.
    #[serde(default)]
    pub open: Vec<String>,
    /// Whether no other result may hide a row of this one: it is withheld instead.
    #[serde(default)]
    pub first: bool,
    /// Column that names the cells on which a row rests, as `table/key/column` with blanks between: the row is shown where
    /// all of them are. `*` is every key.
    #[serde(default)]
    pub rests: Option<String>,
}

/// What a violated check does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Nothing is published.
    Stop,
    /// The report shows it.
    Warn,
}

impl Severity {
    /// The word in the header and in the manifest.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Stop => "stop",
            Self::Warn => "warn",
        }
    }
}

impl Header {
    /// Tells whether the table goes into the run folder.
    #[must_use]
    pub fn is_published(&self) -> bool {
        !matches!(self.publish, Some(Publish::No | Publish::View | Publish::HeldBack))
    }

    /// Keeps the table inside the run unless the header says that it always goes into the run folder.
    pub fn hold_back(&mut self) {
        self.publish = self.publish.or(Some(Publish::HeldBack));
    }

    /// Tells whether later steps compute the table anew.
    #[must_use]
    pub fn is_view(&self) -> bool {
        self.publish == Some(Publish::View)
    }
}

/// Parses the header of `sql`.
///
/// # Errors
/// Returns the line in the file (0 when unknown) and what is wrong.
pub(super) fn parse(sql: &str) -> Result<Header, (u64, String)> {
    let yaml = leading_comment(sql);
    if yaml.trim().is_empty() {
        return Err((1, "the file does not start with a `--` header".to_owned()));
    }
    serde_yaml::from_str(&yaml).map_err(|error| {
        let line = error.location().map_or(0, |location| u64::try_from(location.line()).unwrap_or(0));
        (line, format!("cannot read the header: {error}"))
    })
}

fn leading_comment(sql: &str) -> String {
    sql.lines()
        .map_while(|line| line.strip_prefix("--"))
        .map(|line| line.strip_prefix(' ').unwrap_or(line))
        .fold(String::new(), |yaml, line| yaml + line + "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "-- title:  Orders\n-- grain:  one row per order_id\n-- key:    [order_id]\n\
                        -- inputs: [canonical.order_lines]\n\nselect 1";

    #[test]
    fn reads_the_leading_comment_as_yaml() {
        let header = parse(GOOD).expect("the header is well formed");
        assert_eq!(header.title, "Orders");
        assert_eq!(header.key, ["order_id"]);
        assert_eq!(header.inputs, ["canonical.order_lines"]);
        assert!(header.is_published());
    }

    #[test]
    fn refuses_a_file_without_a_header() {
        assert_eq!(parse("select 1").expect_err("no header").0, 1);
    }

    #[test]
    fn names_the_unknown_key() {
        let (_, message) = parse("-- title: A\n-- keys: [a]\nselect 1").expect_err("`keys` is no key");
        assert!(message.contains("keys"), "{message}");
    }

    #[test]
    fn stops_at_the_first_line_that_is_no_comment() {
        let header = parse("-- title: A\n\n-- key: [b]\nselect 1").expect("well formed");
        assert!(header.key.is_empty());
    }
}
