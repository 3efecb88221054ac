//! What each canonical column of the order lines is made of, with the reason, and which rows do not count.

use super::grain::{Key, Levels, SOURCE_FILE};
use super::holds::Holds;
use super::names::Role;
use super::profile::{Column, Table};
use super::relate::Related;
use super::terms::Place;
use super::text;

/// A canonical column, or what is proposed for it until somebody says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Item {
    /// Name of the canonical column; of a filter, what it leaves out.
    pub(super) canonical: &'static str,
    /// SQL, or a mapping.
    pub(super) sql: String,
    /// Why.
    pub(super) why: String,
    /// What the owner of the data must still say.
    pub(super) question: Option<String>,
    /// Whether it takes effect before the question is answered.
    pub(super) is_active: bool,
    /// Whether it may be wrong although it takes effect.
    pub(super) is_doubtful: bool,
}

/// Amounts, and filters by what they leave out: what is asked of them decides about totals.
const DECISIVE: [&str; 8] =
    ["quantity", "gross_amount", "net_amount", "discount_amount", "status", "tests", "void", "gift cards"];

impl Item {
    pub(super) fn new(canonical: &'static str, sql: impl Into<String>, why: impl Into<String>) -> Self {
        Self {
            canonical,
            sql: sql.into(),
            why: why.into(),
            question: None,
            is_active: true,
            is_doubtful: false,
        }
    }

    pub(super) fn asks(mut self, question: impl Into<String>) -> Self {
        self.question = Some(question.into());
        self
    }

    /// Tells whether totals depend on the answer: a run is refused until it is given.
    pub(super) fn is_decisive(&self) -> bool {
        let is_asked = self.question.is_some() && (!self.is_active || self.is_doubtful);
        is_asked && DECISIVE.contains(&self.canonical)
    }

    pub(super) fn waits(mut self) -> Self {
        self.is_active = false;
        self
    }
}

/// What the order lines are made of.
#[derive(Debug, Default)]
pub(super) struct Proposal {
    pub(super) columns: Vec<Item>,
    /// Conditions that a row fulfils which counts.
    pub(super) filters: Vec<Item>,
    /// The currency of the amounts.
    pub(super) currency: Option<String>,
}

impl Proposal {
    /// The condition of the rows that count, as far as it takes effect.
    pub(super) fn condition(&self) -> Option<String> {
        let active: Vec<&str> =
            self.filters.iter().filter(|item| item.is_active).map(|item| item.sql.as_str()).collect();
        (!active.is_empty()).then(|| active.join(" and "))
    }

    /// Tells whether a column is proposed and takes effect.
    pub(super) fn has(&self, canonical: &str) -> bool {
        self.columns.iter().any(|item| item.canonical == canonical && item.is_active)
    }
}

/// The tables of the order lines, and where the proposal is written.
pub(super) struct Writer<'t> {
    pub(super) tables: &'t [Table],
    pub(super) related: &'t Related,
    pub(super) place: Place,
    /// Which amounts are those of the order, and which of the line.
    pub(super) levels: Levels,
    /// What makes a line unique.
    pub(super) key: Key,
}

impl<'t> Writer<'t> {
    pub(super) fn lines(&self) -> &'t Table {
        &self.tables[self.related.lines]
    }

    pub(super) fn header(&self) -> Option<&'t Table> {
        self.related.header.as_ref().map(|join| &self.tables[join.table])
    }

    /// The lines and the table of their orders.
    pub(super) fn own(&self) -> Vec<&'t Table> {
        [Some(self.lines()), self.header()].into_iter().flatten().collect()
    }

    pub(super) fn first(
        &self,
        role: Role,
        fits: impl Fn(&Column) -> bool,
    ) -> Option<(&'t Table, &'t Column)> {
        self.own()
            .into_iter()
            .find_map(|table| Some((table, table.all_of(role).into_iter().find(|column| fits(column))?)))
    }

    /// Makes the proposal.
    pub(super) fn propose(&self) -> Proposal {
        let mut proposal = Proposal::default();
        self.currency(&mut proposal);
        self.identity(&mut proposal);
        self.amounts(&mut proposal);
        self.cost(&mut proposal);
        self.others(&mut proposal);
        self.filters(&mut proposal);
        self.unclear(&mut proposal);
        proposal
    }

    fn identity(&self, proposal: &mut Proposal) {
        for (canonical, role, missing) in [
            (
                "order_id",
                Role::OrderId,
                "which column names the order? Where each row is an order of its own, an expression of customer and date can name it",
            ),
            ("customer_id", Role::CustomerId, "which column names the customer?"),
        ] {
            proposal.columns.push(match self.first(role, Column::is_id) {
                Some((table, column)) => Item::new(
                    canonical,
                    self.place.column(table, column),
                    format!("{} different values", column.distinct),
                ),
                None => Item::new(canonical, "", "").asks(missing).waits(),
            });
        }
        let lines = self.lines();
        let has = |column: &str| self.key.columns.contains(&column);
        if self.key.is_made && self.place == Place::Staging {
            let why = "no column numbers the lines of an order, so they are numbered within each file: equal lines of one file are as \
                       many items, and those of two files came twice";
            let sql = format!("{}.line_of_order", text::name(lines.name()));
            proposal.columns.push(Item::new("source_row", sql, why));
        } else if let Some(column) = lines
            .of(Role::LineNumber)
            .filter(|_| (has("line_number") || has("source_row")) && !self.key.is_made)
        {
            let sql = self.place.whole(lines, column);
            proposal.columns.push(Item::new("line_number", sql.clone(), ""));
            if has("source_row") {
                proposal.columns.push(Item::new("source_row", sql, "refunds have a number here, too"));
            }
        }
        if self.place == Place::Staging {
            let sql = format!("{}.{SOURCE_FILE}", text::name(lines.name()));
            let why = "lines that a second file delivers again count once";
            proposal.columns.push(Item::new(SOURCE_FILE, sql, why));
        }
        proposal.columns.push(
            match self.first(Role::OrderedAt, |column| column.is_timestamp() || column.kind.is_integer()) {
                Some((table, column)) => {
                    let span = [&column.least, &column.greatest]
                        .map(|text| text.as_deref().unwrap_or_default().to_owned());
                    match self.place.timestamp(table, column) {
                        Ok(sql) => Item::new(
                            "ordered_at",
                            sql,
                            if span[0].starts_with(['1', '2']) && span[0].contains('-') {
                                format!("from {} to {}", span[0], span[1])
                            } else {
                                String::new()
                            },
                        ),
                        Err(question) => Item::new("ordered_at", self.place.column(table, column), "")
                            .asks(question)
                            .waits(),
                    }
                }
                None => {
                    Item::new("ordered_at", "", "").asks("which column is the date of the order?").waits()
                }
            },
        );
    }

    fn others(&self, proposal: &mut Proposal) {
        let lines = self.lines();
        if let Some(column) = lines.all_of(Role::ProductId).into_iter().find(|column| column.is_id()) {
            proposal.columns.push(Item::new(
                "product_id",
                self.place.column(lines, column),
                format!("{} different values", column.distinct),
            ));
        }
        let products = self.related.products.iter().map(|join| &self.tables[join.table]);
        let category = std::iter::once(lines).chain(products).find_map(|table| {
            table
                .all_of(Role::Category)
                .into_iter()
                .find(|column| column.is_text())
                .map(|column| (table, column))
        });
        if let Some((table, column)) = category {
            proposal.columns.push(Item::new("category", self.place.column(table, column), ""));
        }
        for (canonical, role) in
            [("country", Role::Country), ("region", Role::Region), ("state", Role::State)]
        {
            if let Some((table, column)) = self.first(role, Column::is_text) {
                proposal.columns.push(Item::new(canonical, self.place.column(table, column), ""));
            }
        }
        let flag = |column: &&Column| {
            column.kind == arrow::datatypes::DataType::Boolean
                && ["isreturn", "isreturned", "returned", "return"].contains(&column.meaning.plain.as_str())
        };
        if let Some((table, column)) =
            self.own().into_iter().find_map(|table| Some((table, table.columns.iter().find(flag)?)))
        {
            proposal.columns.push(Item::new("is_return", self.place.column(table, column), ""));
        }
        self.freight(proposal);
        self.currencies(proposal);
    }

    /// Amounts in several currencies are converted, or refused by a run: they are never added up.
    fn currencies(&self, proposal: &mut Proposal) {
        let several = |column: &Column| column.words.len() > 1 && column.is_text();
        let Some((table, column)) = self.first(Role::Currency, several) else {
            return;
        };
        let shown: Vec<String> =
            column.words.iter().map(|(word, rows)| format!("{word} ({rows} rows)")).collect();
        let shown = shown.join(", ");
        let item = Item::new(
            "currency",
            self.place.column(table, column),
            format!("in several currencies: {shown}"),
        );
        proposal.columns.push(match self.related.rates {
            Some(rates) => item.asks(format!(
                "amounts are in {shown} and are converted by `{}`: are they not in one currency already?",
                self.tables[rates].name()
            )),
            None => item.asks(format!(
                "amounts are in {shown}: a run refuses to add them up without `sources.exchange_rates`"
            )),
        });
    }

    /// Freight stands once per order: in the table of orders, or repeated in each line.
    fn freight(&self, proposal: &mut Proposal) {
        let currency = proposal.currency.as_deref();
        let Some((table, column)) = self.first(Role::Freight, Column::is_number) else {
            return;
        };
        let (sql, kind) = self.money((table, column), false, currency);
        let is_of_order = self.header().is_some_and(|header| header.name() == table.name())
            || self.levels.per_order.contains(&column.name);
        let item = if !is_of_order {
            kind.item("freight_amount", &self.place.amount(&sql), "", column)
        } else if self.place == Place::Staging {
            kind.item(
                "freight_amount",
                &self.once(&self.place.amount(&sql)),
                "it stands once per order, and is counted with its first line",
                column,
            )
        } else {
            let question = format!(
                "\"{}\" is the same in all lines of an order: is it that of the whole order? It would be counted once for each line",
                column.name
            );
            Item::new("freight_amount", sql, "").asks(question).waits()
        };
        proposal.columns.push(item);
    }

    fn currency(&self, proposal: &mut Proposal) {
        let words = self
            .own()
            .into_iter()
            .flat_map(|table| table.all_of(Role::Currency))
            .find(|column| !column.words.is_empty());
        let of_name = self.lines().columns.iter().find_map(|column| column.meaning.currency.clone());
        let is_code = |word: &String| {
            word.trim().len() == 3 && word.trim().chars().all(|letter| letter.is_ascii_alphabetic())
        };
        let first = words.and_then(|column| Some(column.words.first()?.0.clone())).filter(is_code);
        proposal.currency = first
            .or(of_name)
            .map(|code| code.trim().to_uppercase())
            .map(|code| if code == "RMB" { "CNY".to_owned() } else { code });
    }

    /// Tells whether the lines are the payments of orders, as there is no other table with amounts.
    pub(super) fn are_payments(&self) -> bool {
        self.lines().holds == Some(Holds::Payments)
    }
}
