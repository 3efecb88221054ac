//! `config.yaml` of a proposed project.

use jiff::civil::Date;

use super::customers::Customers;
use super::lines::{Item, Proposal};
use super::names::Role;
use super::profile::{Column, Table};
use super::staging;
use super::terms::Place;
use super::text::{Text, one_line};
use crate::config::{Format, OPEN, quoted};

/// What the configuration is written of.
pub(super) struct Settings<'t> {
    pub(super) proposal: &'t Proposal,
    pub(super) place: Place,
    pub(super) lines: &'t Table,
    /// Tables that staging queries read.
    pub(super) named: Vec<&'t Table>,
    pub(super) customers: Option<&'t Customers<'t>>,
    /// The newest and the oldest order.
    pub(super) days: Option<(Date, Date)>,
    /// Whether a query gives exchange rates.
    pub(super) has_rates: bool,
    /// What was found and is not part of the proposal.
    pub(super) unused: &'t [String],
    /// What was found, and totals depend on.
    pub(super) asked: &'t [String],
}

impl Settings<'_> {
    /// Writes the file.
    pub(super) fn write(&self, schema: &str) -> Text {
        let mut text = Text::new("config.yaml");
        text.line(format_args!("# yaml-language-server: $schema={schema}"));
        text.line("# Karat: configuration of this report. `karat check` tells what is missing; every key is described in the");
        text.line("# reference configuration that `karat init` writes without --from.");
        for question in self.asked {
            text.line(format_args!("# {OPEN} {}", one_line(question)));
            text.ask(question);
        }
        for line in self.unused {
            text.comment("#", &format!("Note: {line}."));
        }
        text.line("");
        self.project(&mut text);
        text.line("sources:");
        for table in &self.named {
            text.line(format_args!("  {}:", table.name()));
            location(&mut text, table);
        }
        self.order_lines(&mut text);
        self.customers(&mut text);
        if self.has_rates {
            text.line("  exchange_rates:\n    query: queries/0_staging/exchange_rates.sql");
        }
        text.line("");
        self.policy(&mut text);
        text.line("# What a customer costs beyond the goods, in the currency of the project.");
        text.line("cost_to_serve:");
        text.line("  per_order: 0\n  per_line: 0\n  payment_fee_rate: 0");
        if self.proposal.has("freight_amount") {
            text.ask("cost_to_serve.freight_rate: which share of freight_amount do you pay yourselves?");
            text.line("  freight_rate: 0               # 1 where you pay all of freight_amount");
        }
        text.line("\npublish:\n  location: output/\n  keep: 104");
        text
    }

    fn project(&self, text: &mut Text) {
        text.line("project:");
        text.ask("project.name: it stands on the report");
        text.line("  name: My company");
        if let Some(code) = &self.proposal.currency {
            text.line(format_args!("  currency: {code}"));
        } else {
            text.ask("project.currency: no column names it");
            text.line("  currency: USD");
        }
        text.ask("project.timezone: a day begins at its midnight");
        text.line("  timezone: UTC\n  language: en\n");
        match self.days.and_then(|(newest, _)| newest.tomorrow().ok().map(|as_of| (newest, as_of))) {
            Some((newest, as_of)) => {
                text.line(format_args!(
                    "# The day after the newest order line, {newest}. For a report each week write last_monday."
                ));
                text.line(format_args!("as_of: {as_of}"));
            }
            None => text.line("as_of: last_monday"),
        }
        text.line("window: 365d\ncompare: 7d\n");
    }

    fn order_lines(&self, text: &mut Text) {
        text.line("  order_lines:");
        if self.place == Place::Staging {
            text.line("    query: queries/0_staging/order_lines.sql");
            return;
        }
        location(text, self.lines);
        if let Some(scale) = scale(self.lines, self.proposal) {
            text.line(format_args!("    amount_scale: {scale}              # decimals of amounts stored as floating point (0 to 4); what has more is rounded"));
        }
        self.filters(text);
        text.line("    columns:");
        text.line("      # Columns of the source:");
        for column in &self.lines.columns {
            text.line(format_args!(
                "      #   {} ({})",
                shown(&column.name),
                one_line(&column.kind.to_string())
            ));
        }
        for (name, kind) in &self.lines.nested {
            text.line(format_args!(
                "      #   {} ({}), of which nothing can be computed here",
                shown(name),
                one_line(&kind.to_string())
            ));
        }
        for item in &self.proposal.columns {
            mapped(text, item);
        }
    }

    /// Rows that do not count.
    fn filters(&self, text: &mut Text) {
        let (active, waiting): (Vec<&Item>, Vec<&Item>) =
            self.proposal.filters.iter().partition(|item| item.is_active);
        for item in &active {
            text.comment("    #", &format!("{}: {}.", item.canonical, item.why));
        }
        for question in active.iter().filter_map(|item| item.question.as_ref()) {
            text.ask(question);
        }
        if let Some(condition) = self.proposal.condition() {
            text.line(format_args!("    where: {}", quoted(&condition)));
        }
        for item in waiting {
            staging::question(text, "    #", item);
            if let Some(question) = &item.question {
                text.ask(question);
            }
            let start = if active.is_empty() { "where:" } else { "and" };
            text.line(format_args!("    # {start} {}", quoted(&item.sql)));
        }
    }

    fn customers(&self, text: &mut Text) {
        let Some(customers) = self.customers else {
            return;
        };
        text.line("  customers:");
        if customers.place == Place::Staging {
            text.line("    query: queries/0_staging/customers.sql");
            return;
        }
        location(text, customers.table);
        text.line("    columns:");
        for (canonical, sql) in &customers.columns {
            text.line(format_args!("      {canonical}: {}", quoted(&bare(sql))));
        }
    }

    fn policy(&self, text: &mut Text) {
        let oldest =
            self.days.map(|(_, oldest)| oldest).filter(|oldest| *oldest < jiff::civil::date(1970, 1, 2));
        let has_cost = self.proposal.has("cost_amount");
        if has_cost && oldest.is_none() {
            return;
        }
        text.line("policy:");
        if let Some(oldest) = oldest {
            text.line(format_args!("  earliest_date: {oldest}    # the oldest order"));
        }
        if !has_cost {
            text.line("  # Without cost_amount, profit is estimated: margin as a share of net revenue.");
            text.ask("policy.margin: no cost column was found, so profit is estimated from this margin");
            text.line("  # margin: 0.30");
        }
        text.line("");
    }
}

/// The decimals of amounts that are stored as floating point, or that a discount leaves.
pub(super) fn scale(table: &Table, proposal: &Proposal) -> Option<u8> {
    let is_share =
        |item: &Item| item.is_active && (item.sql.contains("(1 - ") || item.sql.contains("(100 - "));
    if proposal.columns.iter().any(is_share) {
        return Some(4);
    }
    let is_amount =
        |column: &&Column| column.kind.is_floating() && column.meaning.role.is_some_and(Role::is_number);
    let most = table.columns.iter().filter(is_amount).map(|column| column.decimals).max()?;
    Some(if most > 2 { 4 } else { 2 })
}

/// A name of a column as it stands in a comment.
fn shown(name: &str) -> String {
    let is_plain = name.trim() == name && one_line(name) == *name;
    if is_plain { name.to_owned() } else { quoted(name) }
}

/// A mapping that is the name of one column is written without the quotation marks of SQL.
fn bare(sql: &str) -> String {
    match sql.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(name) if !name.replace("\"\"", "").contains('"') => name.replace("\"\"", "\""),
        _ => sql.to_owned(),
    }
}

fn mapped(text: &mut Text, item: &Item) {
    let sql = quoted(&bare(&item.sql));
    let canonical = item.canonical;
    let why = if item.why.is_empty() { String::new() } else { format!("   # {}", one_line(&item.why)) };
    let Some(question) = &item.question else {
        return text.line(format_args!("      {canonical}: {sql}{why}"));
    };
    let told = if item.sql.is_empty() || item.sql.contains('"') {
        question.clone()
    } else {
        format!("{} {question}", quoted(&bare(&item.sql)))
    };
    if item.is_decisive() {
        staging::question(text, "      #", item);
    }
    text.ask(&format!("{canonical}: {question}"));
    match (item.is_active, item.sql.is_empty()) {
        (true, _) => text.line(format_args!("      {canonical}: {sql}   # {}", one_line(question))),
        (false, false) if item.is_decisive() => text.line(format_args!("      # {canonical}: {sql}")),
        (false, false) => text.line(format_args!("      # {canonical}: {sql}   # {}", one_line(question))),
        (false, true) => text.line(format_args!("      # {canonical}: {}", one_line(&told))),
    }
}

/// Where a table lies, and how it is read.
fn location(text: &mut Text, table: &Table) {
    text.line(format_args!("    location: {}", quoted(&table.group.location)));
    if let Some(files) = &table.group.files {
        text.line(format_args!("    files: {}", quoted(files)));
    }
    if !matches!(table.format, Format::Parquet) {
        text.line(format_args!("    format: {}", table.format.name()));
    }
    if let Format::Csv { delimiter, .. } = &table.format
        && *delimiter != ','
    {
        text.line(format_args!("    delimiter: {}", quoted(&delimiter.to_string())));
    }
    if !table.format.schema().is_empty() {
        text.line("    schema:");
        for (name, kind) in table.format.schema() {
            text.line(format_args!("      {}: {}", quoted(name), quoted(&kind.written())));
        }
    }
}
