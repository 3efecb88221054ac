//! Configuration, SQL, templates and readers: what their author gets back. Nothing is read before all of it is right.

use std::fmt::Write as _;
use std::path::Path;

use super::super::support::bench::CLONE;
use super::super::support::program::copy;
use super::super::support::project::{Project, config, trial};
use super::input;

#[test]
fn i70_wrong_configuration() {
    for (name, text, words) in [
        ("an unknown key", format!("{}windw: 365d\n", config(&[])), "did you mean \"window\"?"),
        ("a key twice", format!("{}as_of: 2025-02-01\n", config(&[])), "is given twice in one section"),
        (
            "a value of another type",
            config(&[("checks", "{max_rejected_rows: few}")]),
            "expected a share such as 0.05 or 5%",
        ),
        (
            "thresholds that overlap",
            config(&[("policy", "{margin: 0.4, platinum_share: 0.3, gold_share: 0.2}")]),
            "platinum_share",
        ),
        (
            "a rate of a cost that no column counts",
            config(&[("cost_to_serve", "{freight_rate: 10%}")]),
            "sources.order_lines.columns has no freight_amount",
        ),
        (
            "a password in the file",
            config(&[("publish", "{location: \"s3://bucket/\", options: {aws_secret_access_key: abc}}")]),
            "a secret must not be in the file",
        ),
        (
            "lists within lists without end",
            format!("{}more: {}\n", config(&[]), "[".repeat(100_000)),
            "config.yaml",
        ),
        ("a file of two megabytes", "# filler\n".repeat(250_000), "the file is larger than 1 MiB"),
    ] {
        input("I70", name, &Project::new(&text)).is_refused(2, &[words]);
    }
}

/// A project whose only query is this.
fn with_query(sql: &str) -> Project {
    let project = trial(&[]);
    std::fs::create_dir_all(project.path("queries/2_business")).expect("a folder");
    let header =
        "-- title:  Trial\n-- grain:  one row per a\n-- key:    [a]\n-- inputs: [raw.order_lines]\n\n";
    project.file("queries/2_business/trial.sql", format!("{header}{sql}").as_bytes());
    project
}

#[test]
fn i71_sql_outside_of_the_subset() {
    for (name, sql, words) in [
        ("a function of the clock", "select now() as a from raw.order_lines", "must not depend on the clock"),
        ("a function of chance", "select random() as a from raw.order_lines", "the same bytes again"),
        ("select *", "select * from raw.order_lines", "no `*`"),
        (
            "a division that differs between engines",
            "select quantity / 2 as a from raw.order_lines",
            "a ratio is",
        ),
        (
            "two statements",
            "select order_id as a from raw.order_lines; select 1",
            "one file holds one statement",
        ),
        ("copy", "copy raw.order_lines to 'x.csv'", "only a query"),
        ("create table", "create table a as select 1 as a from raw.order_lines", "only a query"),
        ("insert", "insert into raw.order_lines select 1", "only a query"),
        ("set", "set datafusion.catalog.information_schema = true", "only a query"),
        ("explain analyze", "explain analyze select 1 as a from raw.order_lines", "only a query"),
        ("a path for a table", "select order_id as a from '/etc/passwd'", "is read without its schema"),
        (
            "a table of another schema",
            "select order_id as a from information_schema.tables",
            "is read but not declared",
        ),
        (
            "a function for a table",
            "select value as a from raw.order_lines cross join generate_series(1, 1000000000)",
            "generate_series",
        ),
        (
            "a function that reads files",
            "select a from read_csv('/etc/passwd') as t (a), raw.order_lines",
            "read_csv",
        ),
        ("a placeholder", "select $1 as a from raw.order_lines", "no placeholders"),
    ] {
        input("I71", name, &with_query(sql)).is_refused(2, &["2_business/trial.sql", words]);
    }
    let terms = |count: usize| format!("select {}1 as a from raw.order_lines", "1 + ".repeat(count));
    input("I71", "a sum of 20,000 terms", &with_query(&terms(20_000)))
        .is_refused(2, &["40008 words and signs; at most 10000"]);
    input("I71", "a sum of 4,000 terms", &with_query(&terms(4_000)))
        .is_refused(2, &["nested more than 500 deep"]);
    let deep = format!("select {}1{} as a from raw.order_lines", "(".repeat(2_000), ")".repeat(2_000));
    input("I71", "2,000 brackets", &with_query(&deep)).is_refused(2, &["nested more than 16 deep"]);
    let unions = vec!["select 1 as a from raw.order_lines"; 1_000].join(" union all ");
    input("I71", "a thousand unions", &with_query(&unions))
        .is_refused(2, &["joined by `union`; at most 500"]);
    input("I71", "a file of five megabytes", &with_query(&"-- filler\n".repeat(500_000)))
        .is_refused(2, &["at most 262144 are read"]);
}

/// A project with the templates of the program, one of them with this in the end.
fn with_template(text: &str) -> Project {
    let project = trial(&[]);
    copy(&Path::new(CLONE).join("reports"), &project.path("reports"));
    let file = "reports/management/report/headline.html";
    let mut template = std::fs::read_to_string(project.path(file)).expect("the template of the headline");
    write!(template, "\n{text}\n").expect("a text grows");
    project.file(file, template.as_bytes());
    project
}

#[test]
fn i72_templates_that_cannot_be_used() {
    for (name, text, words) in [
        ("a tag that is not closed", "{% if run %}", "management/report/headline.html"),
        ("a filter that does not exist", "{{ run | shell }}", "shell"),
        ("a script", "<script>alert(1)</script>", "`<script`"),
        ("a picture from elsewhere", "<img src=\"https://example.com/pixel.png\">", "`src=\"https:`"),
        ("a style from elsewhere", "<link rel=stylesheet href=x.css>", "`<link`"),
        ("a frame", "<iframe src=x>", "`<iframe`"),
    ] {
        input("I72", name, &with_template(text)).is_refused(2, &[words]);
    }
    input("I72", "a variable that does not exist", &with_template("{{ run.no_such_thing }}"))
        .is_refused(2, &["management/report.html"]);
}

#[test]
fn i73_readers_that_cannot_be_written_to() {
    let deliver = |readers: &str| {
        trial(&[(
            "deliver",
            &format!(
                "{{smtp: \"smtps://mail.example.com\", from: a@example.com, domains: [example.com], recipients: [{readers}]}}"
            ),
        )])
    };
    let many = (0..500)
        .map(|number| format!("{{to: r{number}@example.com, edition: full}}"))
        .collect::<Vec<_>>()
        .join(", ");
    for (name, readers, words) in [
        ("an address that is none", "{to: nobody, edition: full}", "expected an e-mail address"),
        (
            "an address with a line break",
            "{to: \"b@example.com\\r\\nBcc: c@example.com\", edition: full}",
            "expected an e-mail address",
        ),
        (
            "an address of another domain",
            "{to: b@example.org, edition: full}",
            "is in none of deliver.domains",
        ),
        (
            "a reader twice",
            "{to: b@example.com, edition: full}, {to: B@example.com, edition: full}",
            "is listed twice",
        ),
        ("five hundred readers", many.as_str(), "at most 200, for more"),
    ] {
        input("I73", name, &deliver(readers)).is_refused(2, &[words]);
    }
}
