//! Reads the header of a query file: the leading `--` lines, as YAML.
//!
//! Knows nothing of SQL; `graph` compares what is declared here with what the query reads.

use std::collections::BTreeMap;

use serde::Deserialize;

/// What a query file says about itself.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// What the table holds, for a heading; of a check, the rule in words.
    pub title: String,
    /// One sentence beginning "one row".
    #[serde(default)]
    pub grain: String,
    /// Columns that make a row unique; checked in every run. Empty only for a table that is not published.
    #[serde(default)]
    pub key: Vec<String>,
    /// Columns by which the statement of an unpublished table orders its rows, so that later files need not sort them
    /// again; checked in every run.
    #[serde(default)]
    pub order: Vec<String>,
    /// Tables the query reads, with schema.
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
    /// What single columns mean.
    #[serde(default)]
    pub columns: BTreeMap<String, String>,
    /// `no` keeps the table inside the run, `view` keeps only the statement.
    #[serde(default)]
    pub publish: Option<Publish>,
    /// Of a check: whether a violation stops the run.
    #[serde(default)]
    pub severity: Option<Severity>,
}

/// Whether a table goes into the run folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Publish {
    /// It goes.
    Yes,
    /// Later steps read it, nobody else.
    No,
    /// As `no`, and each of those steps computes it anew: for a few short tables joined to a long one.
    View,
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
        !matches!(self.publish, Some(Publish::No | Publish::View))
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
        let line = error
            .location()
            .map_or(0, |location| u64::try_from(location.line()).unwrap_or(0));
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
        let (_, message) =
            parse("-- title: A\n-- inputs: []\n-- keys: [a]\nselect 1").expect_err("`keys` is no key");
        assert!(message.contains("keys"), "{message}");
    }

    #[test]
    fn stops_at_the_first_line_that_is_no_comment() {
        let header = parse("-- title: A\n-- inputs: []\n\n-- key: [b]\nselect 1").expect("well formed");
        assert!(header.key.is_empty());
    }
}
