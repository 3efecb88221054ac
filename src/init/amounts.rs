//! What the amounts of a line are made of: prices, discounts, costs, and the unit that they are in.

use super::lines::{Item, Proposal, Writer};
use super::names::Role;
use super::profile::{Column, Table};
use super::terms::Place;
use super::text::name;

/// Currencies without a hundredth.
const WHOLE: [&str; 6] = ["JPY", "KRW", "VND", "CLP", "ISK", "PYG"];

impl<'t> Writer<'t> {
    pub(super) fn number(&self, role: Role) -> Option<(&'t Table, &'t Column)> {
        let table = self.lines();
        table
            .all_of(role)
            .into_iter()
            .find(|column| column.is_number() && !self.levels.per_order.contains(&column.name))
            .map(|column| (table, column))
    }

    /// Money in a column, with what is to be asked of it; `is_wide` where it is multiplied.
    pub(super) fn money(
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
        if column.meaning.is_minor {
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

    /// A quantity that a price is multiplied by.
    fn pieces(&self, table: &Table, column: &Column) -> String {
        let is_exact = self.place == Place::Mapping || !column.kind.is_floating();
        if is_exact && !column.is_text() {
            self.place.column(table, column)
        } else {
            self.place.number(table, column, false)
        }
    }

    pub(super) fn amounts(&self, proposal: &mut Proposal) {
        let currency = proposal.currency.clone();
        let quantity = self.number(Role::Quantity);
        if let Some((table, column)) = quantity {
            proposal.columns.push(Item::new("quantity", self.place.number(table, column, false), ""));
        }
        let times = |price: (&'t Table, &'t Column)| {
            let (money, kind) = self.money(price, true, currency.as_deref());
            let (table, column) = quantity?;
            let pieces = self.pieces(table, column);
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
            self.unused(proposal);
        }
    }

    /// Amounts that may belong to the net amount, and are taken by nothing: those of the order, and the total of the line.
    fn unused(&self, proposal: &mut Proposal) {
        let has = |proposal: &Proposal, canonical: &str| {
            proposal.columns.iter().any(|item| item.canonical == canonical)
        };
        let lines = self.lines();
        let total = lines
            .all_of(Role::Total)
            .into_iter()
            .find(|column| column.is_number() && self.levels.per_line.contains(&column.name));
        if let Some(column) = total.filter(|_| !has(proposal, "net_amount")) {
            let question = format!(
                "\"{}\" differs between the lines of an order: is it what the line is worth after its discount and before tax?",
                column.name
            );
            let (sql, _) = self.money((lines, column), false, proposal.currency.as_deref());
            proposal
                .columns
                .push(Item::new("net_amount", self.place.amount(&sql), "").asks(question).waits());
        }
        if has(proposal, "discount_amount") {
            return;
        }
        let is_of_order = |table: &Table, column: &Column| {
            self.header().is_some_and(|header| header.name() == table.name())
                || self.levels.per_order.contains(&column.name)
        };
        let of_order = self.own().into_iter().find_map(|table| {
            let mut all =
                [Role::DiscountAmount, Role::Discount].into_iter().flat_map(|role| table.all_of(role));
            let column = all.find(|column| column.is_number() && is_of_order(table, column))?;
            Some((table, column))
        });
        let Some((table, column)) = of_order.filter(|(_, column)| column.greatest_number() != Some(0.0))
        else {
            return;
        };
        let (sql, _) = self.money((table, column), false, proposal.currency.as_deref());
        let question = format!(
            "\"{}\" of {} is the same in all lines of an order and is not taken off: is it a discount of the whole order?",
            column.name,
            table.name()
        );
        let sql = if self.place == Place::Staging { self.once(&self.place.amount(&sql)) } else { sql };
        proposal.columns.push(Item::new("discount_amount", sql, "").asks(question).waits());
    }

    /// An amount of the order, with the first of its lines.
    ///
    /// A line that two files deliver has it in both, so that it is the same line; of an order whose lines are in two files one has it.
    pub(super) fn once(&self, sql: &str) -> String {
        let lines = name(self.lines().name());
        format!("case when {lines}.line_of_order = 1 and {lines}.rank_in_order = 1 then {sql} else 0 end")
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
            .any(|word| column.meaning.plain.contains(word));
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
        let order_level =
            |column: &&Column| self.levels.per_order.contains(&column.name) && column.is_number();
        let total = table.all_of(Role::Total).into_iter().find(|column| column.is_number());
        let repeated = table.columns.iter().find(|column| {
            order_level(column) && matches!(table.role(column), Some(Role::NetAmount | Role::GrossAmount))
        });
        let item = if let Some(column) = total.or(repeated) {
            let (sql, _) = self.money((table, column), false, proposal.currency.as_deref());
            let why = if self.levels.per_line.contains(&column.name) {
                "It differs between the lines of an order"
            } else {
                "The total of an order would be counted once for each of its lines"
            };
            Item::new("net_amount", sql, "")
                .asks(format!("is \"{}\" the amount of the line? {why}", column.name))
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

    pub(super) fn cost(&self, proposal: &mut Proposal) {
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
            let term = format!("{money} * {}", self.pieces(table, pieces));
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
                format!("is \"{}\" the profit of the line, its amount less the cost of goods?", found.1.name);
            proposal.columns.push(Item::new("cost_amount", sql, "").asks(question).waits());
        } else if let Some((found, (_, pieces))) =
            tables.iter().skip(1).find_map(|table| number(table, Role::UnitPrice)).zip(quantity)
        {
            let (money, _) = self.money(found, true, proposal.currency.as_deref());
            let term = self.place.amount(&format!("{money} * {}", self.pieces(lines, pieces)));
            let question = format!(
                "is `{}` of {} the cost of one unit to you, and not its sales price?",
                found.1.name,
                found.0.name()
            );
            proposal.columns.push(Item::new("cost_amount", term, "").asks(question).waits());
        }
    }
}

/// In what unit amounts are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Money {
    Whole,
    Hundredths,
    /// All are whole hundreds.
    PerhapsHundredths,
    /// Whole numbers in a unit that is not known.
    Unknown,
}

impl Money {
    pub(super) fn item(self, canonical: &'static str, sql: &str, why: &str, column: &Column) -> Item {
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
