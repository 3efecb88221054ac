//! What each canonical column of the order lines is made of, with the reason, and which rows do not count.

use super::names::{Holds, Role};
use super::profile::{Column, Table};
use super::relate::Related;
use super::staging::Key;
use super::terms::{self, Place};

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
}

impl Item {
    fn new(canonical: &'static str, sql: impl Into<String>, why: impl Into<String>) -> Self {
        Self { canonical, sql: sql.into(), why: why.into(), question: None, is_active: true }
    }

    fn asks(mut self, question: impl Into<String>) -> Self {
        self.question = Some(question.into());
        self
    }

    fn waits(mut self) -> Self {
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
    /// Columns that hold the same value in every line of an order, and so perhaps that of the whole order.
    pub(super) per_order: Vec<String>,
    /// What makes a line unique.
    pub(super) key: &'t Key,
}

/// Currencies without a hundredth.
const WHOLE: [&str; 6] = ["JPY", "KRW", "VND", "CLP", "ISK", "PYG"];

/// Words of rows that are no orders.
const VOID: [&str; 24] = [
    "cancelled",
    "canceled",
    "cancel",
    "void",
    "voided",
    "draft",
    "failed",
    "declined",
    "test",
    "deleted",
    "abandoned",
    "expired",
    "storniert",
    "abgebrochen",
    "entwurf",
    "annule",
    "annulee",
    "brouillon",
    "cancelado",
    "cancelada",
    "anulado",
    "anulada",
    "取消",
    "已取消",
];
/// Words that mark a test.
const YES: [&str; 11] = ["1", "true", "yes", "y", "t", "x", "ja", "oui", "si", "sí", "是"];
/// Words of orders that came back, or may never be paid.
const OPEN: [&str; 18] = [
    "returned",
    "refunded",
    "partiallyrefunded",
    "returnpending",
    "pending",
    "onhold",
    "unpaid",
    "retourniert",
    "erstattet",
    "offen",
    "rembourse",
    "retourne",
    "devuelto",
    "reembolsado",
    "pendiente",
    "已退款",
    "退货",
    "待付款",
];

impl<'t> Writer<'t> {
    fn lines(&self) -> &'t Table {
        &self.tables[self.related.lines]
    }

    fn header(&self) -> Option<&'t Table> {
        self.related.header.as_ref().map(|join| &self.tables[join.table])
    }

    /// The lines and the table of their orders.
    fn own(&self) -> Vec<&'t Table> {
        [Some(self.lines()), self.header()].into_iter().flatten().collect()
    }

    fn first(&self, role: Role, fits: impl Fn(&Column) -> bool) -> Option<(&'t Table, &'t Column)> {
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
        if self.key.is_made && self.place == Place::Staging {
            let why = "no column numbers the lines of an order, so they are numbered here: equal lines are as many items";
            proposal.columns.push(Item::new(
                "line_number",
                format!("{}.line_of_order", terms::name(lines.name())),
                why,
            ));
        } else if let Some(column) = lines
            .of(Role::LineNumber)
            .filter(|_| self.key.columns.contains(&"line_number") && !self.key.is_made)
        {
            proposal.columns.push(Item::new("line_number", self.place.whole(lines, column), ""));
        }
        proposal.columns.push(
            match self.first(Role::OrderedAt, |column| column.is_moment() || column.kind.is_integer()) {
                Some((table, column)) => {
                    let span = [&column.least, &column.greatest]
                        .map(|text| text.as_deref().unwrap_or_default().to_owned());
                    match self.place.moment(table, column) {
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

    fn number(&self, role: Role) -> Option<(&'t Table, &'t Column)> {
        let table = self.lines();
        table
            .all_of(role)
            .into_iter()
            .find(|column| column.is_number() && !self.per_order.contains(&column.name))
            .map(|column| (table, column))
    }

    /// Money in a column, with what is to be asked of it; `is_wide` where it is multiplied.
    fn money(
        &self,
        (table, column): (&Table, &Column),
        is_wide: bool,
        currency: Option<&str>,
    ) -> (String, Money) {
        let number = self.place.number(table, column, is_wide);
        let hundredths = || {
            let wide = if self.place == Place::Staging {
                format!("cast({} as decimal(28, 0))", self.place.column(table, column))
            } else {
                number.clone()
            };
            self.place.of_hundredths(&wide)
        };
        if column.told.is_minor {
            return (hundredths(), Money::Hundredths);
        }
        if !column.kind.is_integer() || currency.is_some_and(|code| WHOLE.contains(&code)) {
            return (number, Money::Whole);
        }
        if column.is_hundreds
            && column.distinct > 1
            && column.greatest_number().is_some_and(|most| most >= 1_000.0)
        {
            return (hundredths(), Money::PerhapsHundredths);
        }
        (number, Money::Unknown)
    }

    fn amounts(&self, proposal: &mut Proposal) {
        let currency = proposal.currency.clone();
        let quantity = self.number(Role::Quantity);
        if let Some((table, column)) = quantity {
            proposal.columns.push(Item::new("quantity", self.place.number(table, column, false), ""));
        }
        let times = |price: (&'t Table, &'t Column)| {
            let (money, kind) = self.money(price, true, currency.as_deref());
            let (table, column) = quantity?;
            let is_wide = self.place == Place::Mapping || !column.kind.is_floating();
            let pieces = if is_wide {
                self.place.column(table, column)
            } else {
                self.place.number(table, column, false)
            };
            let pieces = if column.is_text() { self.place.number(table, column, false) } else { pieces };
            Some((format!("{money} * {pieces}"), kind, format!("{} * {}", column.name, price.1.name)))
        };
        let plain = |found: (&'t Table, &'t Column)| {
            let (money, kind) = self.money(found, false, currency.as_deref());
            (money, kind, String::new())
        };
        let price = self.number(Role::UnitPrice);
        let gross = self
            .number(Role::GrossAmount)
            .map(|found| (plain(found), found))
            .or_else(|| Some((times(price?)?, price?)));
        let net = self.number(Role::NetAmount).map(|found| (plain(found), found)).or_else(|| {
            let after = self.number(Role::UnitNetPrice).filter(|_| price.is_some())?;
            Some((times(after)?, after))
        });
        if let Some(((sql, kind, why), (_, column))) = &gross {
            proposal.columns.push(kind.item("gross_amount", &self.place.amount(sql), why, column));
        }
        if let Some(((sql, kind, why), (_, column))) = &net {
            proposal.columns.push(kind.item("net_amount", &self.place.amount(sql), why, column));
        }
        if net.is_none() {
            match &gross {
                Some(((sql, kind, why), found)) => {
                    // What is multiplied again needs room for its digits.
                    let wide = if why.is_empty() {
                        self.money(*found, true, currency.as_deref()).0
                    } else {
                        sql.clone()
                    };
                    self.discount(proposal, &wide, *kind, found.1);
                }
                None => self.missing(proposal, price),
            }
        }
    }

    /// What the discount leaves of the amount before it.
    fn discount(&self, proposal: &mut Proposal, gross: &str, kind: Money, priced: &Column) {
        if let Some(found) = self.number(Role::DiscountAmount) {
            let (sql, kind) = self.money(found, false, proposal.currency.as_deref());
            proposal.columns.push(kind.item("discount_amount", &self.place.amount(&sql), "", found.1));
            return;
        }
        let Some((table, column)) = self.number(Role::Discount) else {
            return;
        };
        let (least, most) = (column.least_number().unwrap_or(0.0), column.greatest_number().unwrap_or(0.0));
        let says_percent = ["percent", "pct", "prozent", "rabatt", "remise", "descuento"]
            .iter()
            .any(|word| column.told.plain.contains(word));
        let rate = self.place.number(table, column, false);
        let written = format!(
            "`{}` is from {} to {}",
            column.name,
            column.least.as_deref().unwrap_or("?"),
            column.greatest.as_deref().unwrap_or("?")
        );
        let item = if least >= 0.0 && most <= 1.0 {
            kind.item(
                "net_amount",
                &self.place.amount(&format!("{gross} * (1 - {rate})")),
                &format!("{written}: a share of the price"),
                priced,
            )
        } else if least >= 0.0 && most <= 100.0 && says_percent {
            let left = self.place.of_hundredths(&format!("{gross} * (100 - {rate})"));
            kind.item(
                "net_amount",
                &self.place.amount(&left),
                &format!("{written}: percent of the price"),
                priced,
            )
        } else {
            Item::new("discount_amount", rate, "")
                .asks(format!("{written}: is it the discount of the line in money?"))
                .waits()
        };
        proposal.columns.push(item);
    }

    /// No amount of a line was found: what else there is may be one, and is asked for.
    fn missing(&self, proposal: &mut Proposal, price: Option<(&Table, &Column)>) {
        let table = self.lines();
        let order_level = |column: &&Column| self.per_order.contains(&column.name) && column.is_number();
        let total = table.all_of(Role::Total).into_iter().find(|column| column.is_number());
        let repeated = table.columns.iter().find(|column| {
            order_level(column) && matches!(table.role(column), Some(Role::NetAmount | Role::GrossAmount))
        });
        let item = if let Some(column) = total.or(repeated) {
            Item::new("net_amount", self.place.number(table, column, false), "").asks(format!(
                "is \"{}\" the amount of the line? The total of an order would be counted once for each of its lines",
                column.name
            ))
        } else if let Some((table, column)) = price {
            let sql = self.place.number(table, column, false);
            Item::new("net_amount", sql, "")
                .asks(format!("there is no quantity: is \"{}\" the amount of the line?", column.name))
        } else {
            Item::new("net_amount", "", "")
                .asks("which column is the amount of the line, or for example Quantity * UnitPrice?")
        };
        proposal.columns.push(item.waits());
    }

    fn cost(&self, proposal: &mut Proposal) {
        let lines = self.lines();
        if let Some(found) = self.number(Role::CostAmount) {
            let (sql, kind) = self.money(found, false, proposal.currency.as_deref());
            proposal.columns.push(kind.item("cost_amount", &self.place.amount(&sql), "", found.1));
            return;
        }
        let products = self.related.products.iter().map(|join| &self.tables[join.table]);
        let tables: Vec<&Table> = std::iter::once(lines).chain(products).collect();
        let number = |table: &'t Table, role: Role| {
            table.all_of(role).into_iter().find(|column| column.is_number()).map(|column| (table, column))
        };
        let unit = tables
            .iter()
            .find_map(|table| number(table, Role::UnitCost))
            .or_else(|| tables.iter().skip(1).find_map(|table| number(table, Role::Cost)));
        let quantity = self.number(Role::Quantity);
        if let (Some(found), Some((table, pieces))) = (unit, quantity) {
            let (money, kind) = self.money(found, true, proposal.currency.as_deref());
            let term = format!(
                "{money} * {}",
                if pieces.kind.is_floating() && self.place == Place::Staging {
                    self.place.number(table, pieces, false)
                } else {
                    self.place.column(table, pieces)
                }
            );
            let why = format!("{} * {} of {}", pieces.name, found.1.name, found.0.name());
            proposal.columns.push(kind.item("cost_amount", &self.place.amount(&term), &why, found.1));
        } else if let Some((table, column)) = number(lines, Role::Cost) {
            let question = format!(
                "is \"{}\" the cost of the whole line? The cost of one unit is multiplied by the quantity",
                column.name
            );
            proposal.columns.push(
                Item::new("cost_amount", self.place.number(table, column, false), "").asks(question).waits(),
            );
        } else if let (Some(found), Some(net)) = (
            self.number(Role::Profit),
            proposal.columns.iter().find(|item| item.canonical == "net_amount" && item.is_active),
        ) {
            let sql = format!("{} - {}", net.sql, self.place.number(found.0, found.1, false));
            let question =
                format!("is \"{}\" what is left of the line after the cost of the goods?", found.1.name);
            proposal.columns.push(Item::new("cost_amount", sql, "").asks(question).waits());
        } else if let Some((found, (_, pieces))) =
            tables.iter().skip(1).find_map(|table| number(table, Role::UnitPrice)).zip(quantity)
        {
            let (money, _) = self.money(found, true, proposal.currency.as_deref());
            let term = self.place.amount(&format!("{money} * {}", self.place.column(lines, pieces)));
            let question = format!(
                "is `{}` of {} what you pay for a piece, and not a price at which it is sold?",
                found.1.name,
                found.0.name()
            );
            proposal.columns.push(Item::new("cost_amount", term, "").asks(question).waits());
        }
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
                && ["isreturn", "isreturned", "returned", "return"].contains(&column.told.plain.as_str())
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
        let told: Vec<String> =
            column.words.iter().map(|(word, rows)| format!("{word} ({rows} rows)")).collect();
        let told = told.join(", ");
        let item =
            Item::new("currency", self.place.column(table, column), format!("in several currencies: {told}"));
        proposal.columns.push(match self.related.rates {
            Some(rates) => item.asks(format!(
                "amounts are in {told} and are converted by `{}`: are they not in one currency already?",
                self.tables[rates].name()
            )),
            None => item.asks(format!(
                "amounts are in {told}: a run refuses to add them up without `sources.exchange_rates`"
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
            || self.per_order.contains(&column.name);
        let item = if !is_of_order {
            kind.item("freight_amount", &self.place.amount(&sql), "", column)
        } else if self.place == Place::Staging {
            kind.item(
                "freight_amount",
                &format!(
                    "case when {}.line_of_order = 1 then {} else 0 end",
                    terms::name(self.lines().name()),
                    self.place.amount(&sql)
                ),
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
        let of_name = self.lines().columns.iter().find_map(|column| column.told.currency.clone());
        let is_code = |word: &String| {
            word.trim().len() == 3 && word.trim().chars().all(|letter| letter.is_ascii_alphabetic())
        };
        let first = words.and_then(|column| Some(column.words.first()?.0.clone())).filter(is_code);
        proposal.currency = first
            .or(of_name)
            .map(|code| code.trim().to_uppercase())
            .map(|code| if code == "RMB" { "CNY".to_owned() } else { code });
    }

    fn filters(&self, proposal: &mut Proposal) {
        for table in self.own() {
            for column in &table.columns {
                match column.told.role {
                    Some(Role::Status) => proposal.filters.extend(self.of_status(table, column)),
                    Some(Role::IsTest) => proposal.filters.extend(self.of_tests(table, column)),
                    _ => {}
                }
            }
        }
    }

    fn listed(&self, table: &Table, column: &Column, words: &[&(String, u64)]) -> (String, String) {
        let texts: Vec<String> =
            words.iter().map(|(word, _)| format!("'{}'", word.replace('\'', "''"))).collect();
        let told: Vec<String> = words.iter().map(|(word, rows)| format!("{word} ({rows} rows)")).collect();
        (
            format!("coalesce({}, '') not in ({})", self.place.column(table, column), texts.join(", ")),
            told.join(", "),
        )
    }

    fn of_status(&self, table: &Table, column: &Column) -> Vec<Item> {
        if !column.is_text() {
            return Vec::new();
        }
        let is_of = |list: &[&str], word: &str| list.contains(&super::names::plain(word).as_str());
        let void: Vec<_> = column.words.iter().filter(|(word, _)| is_of(&VOID, word)).collect();
        let open: Vec<_> = column.words.iter().filter(|(word, _)| is_of(&OPEN, word)).collect();
        let mut items = Vec::new();
        if !void.is_empty() {
            let (sql, told) = self.listed(table, column, &void);
            let question = format!(
                "rows of `{}` with {} {told} are left out: are they no orders?",
                table.name(),
                column.name
            );
            items.push(Item::new("status", sql, format!("no orders: {told}")).asks(question));
        }
        if !open.is_empty() {
            let (sql, told) = self.listed(table, column, &open);
            let question = format!(
                "rows of `{}` with {} {told} count as they stand: should they?",
                table.name(),
                column.name
            );
            items.push(Item::new("status", sql, told).asks(question).waits());
        }
        items
    }

    fn of_tests(&self, table: &Table, column: &Column) -> Vec<Item> {
        let name = self.place.column(table, column);
        let (sql, yes) = if column.kind == arrow::datatypes::DataType::Boolean {
            (format!("not coalesce({name}, false)"), "true")
        } else if column.kind.is_integer() && column.greatest_number().is_some_and(|most| most <= 1.0) {
            (format!("coalesce({name}, 0) = 0"), "1")
        } else {
            let yes = |word: &str| YES.contains(&word.trim().to_lowercase().as_str());
            let found: Vec<_> = column.words.iter().filter(|(word, _)| yes(word)).collect();
            if found.is_empty() || !column.is_text() {
                return Vec::new();
            }
            let (sql, told) = self.listed(table, column, &found);
            return vec![Item::new("tests", sql, format!("`{}` are marked as tests: {told}", table.name()))];
        };
        let rows = column.words.iter().find(|(word, _)| word == yes).map_or(0, |(_, rows)| *rows);
        vec![Item::new("tests", sql, format!("{rows} rows of `{}` are marked as tests", table.name()))]
    }

    /// Tells whether the lines are the payments of orders, as there is no other table with amounts.
    pub(super) fn are_payments(&self) -> bool {
        self.lines().holds == Some(Holds::Payments)
    }
}

/// In what unit amounts are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Money {
    Whole,
    Hundredths,
    /// All are whole hundreds.
    PerhapsHundredths,
    /// Whole numbers, of which nothing tells.
    Unknown,
}

impl Money {
    fn item(self, canonical: &'static str, sql: &str, why: &str, column: &Column) -> Item {
        let item = Item::new(canonical, sql, why);
        let name = &column.name;
        match self {
            Self::Whole => item,
            Self::Hundredths => Item { why: [why, "in hundredths, by its name"].iter().filter(|text| !text.is_empty()).copied().collect::<Vec<_>>().join("; "), ..item },
            Self::PerhapsHundredths => {
                item.asks(format!("`{name}` holds whole hundreds only and is read as hundredths, such as cents: is it?"))
            }
            Self::Unknown => item
                .asks(format!("`{name}` holds whole numbers: is it money as it stands, or in hundredths such as cents, to be divided by 100?"))
                .waits(),
        }
    }
}
