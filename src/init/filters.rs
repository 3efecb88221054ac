//! Which rows do not count: by words of a status and marks of tests.

use super::holds::is_gift_card;
use super::lines::{Item, Proposal, Writer};
use super::names::{self, Role};
use super::profile::{Column, Table};

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
/// Words of orders that count.
const GOOD: [&str; 38] = [
    "paid",
    "complete",
    "completed",
    "shipped",
    "delivered",
    "fulfilled",
    "closed",
    "done",
    "active",
    "ok",
    "success",
    "successful",
    "succeeded",
    "invoiced",
    "confirmed",
    "processed",
    "placed",
    "sold",
    "final",
    "bezahlt",
    "versandt",
    "versendet",
    "geliefert",
    "abgeschlossen",
    "erledigt",
    "berechnet",
    "fakturiert",
    "payee",
    "livree",
    "expediee",
    "terminee",
    "pagado",
    "enviado",
    "entregado",
    "completado",
    "已完成",
    "已付款",
    "已发货",
];
/// Words that mark a row.
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

/// Names of columns that say how an order was paid: one that a gift card pays is revenue.
const PAYMENTS: [&str; 16] = [
    "pay",
    "tender",
    "gateway",
    "method",
    "zahl",
    "paiement",
    "reglement",
    "moyen",
    "mode",
    "pago",
    "medio",
    "forma",
    "支付",
    "付款",
    "方式",
    "渠道",
];

impl Writer<'_> {
    pub(super) fn filters(&self, proposal: &mut Proposal) {
        for table in self.own() {
            proposal.filters.extend(self.filters_of(table));
        }
        let products = self.related.products.iter().map(|join| &self.tables[join.table]);
        for table in self.own().into_iter().chain(products) {
            proposal.filters.extend(table.columns.iter().flat_map(|column| self.gift_cards(table, column)));
        }
    }

    /// Rows that sell gift cards, by a mark or by words.
    fn gift_cards(&self, table: &Table, column: &Column) -> Vec<Item> {
        let plain = &column.meaning.plain;
        if PAYMENTS.iter().any(|word| plain.contains(word)) {
            return Vec::new();
        }
        if is_gift_card(plain) && !column.words.is_empty() {
            let meaning = "sales of gift cards, which are no revenue before they are spent";
            return self.of_marks(table, column, ("gift cards", meaning));
        }
        let found: Vec<_> =
            column.words.iter().filter(|(word, _)| is_gift_card(&names::plain(word))).collect();
        if found.is_empty() || !column.is_text() {
            return Vec::new();
        }
        let (sql, shown) = self.listed(table, column, &found);
        let why = format!(
            "{shown} of `{}`: what is paid for a gift card is no revenue before it is spent",
            table.name()
        );
        let question =
            format!("rows with {} {shown} are left out: are they sales of gift cards?", column.name);
        vec![Item::new("gift cards", sql, why).asks(question)]
    }

    /// Conditions of one table.
    pub(super) fn filters_of(&self, table: &Table) -> Vec<Item> {
        let of = |column: &Column| match column.meaning.role {
            Some(Role::Status) => self.of_status(table, column),
            Some(Role::IsTest) => self.of_marks(table, column, ("tests", "marked as tests")),
            Some(Role::IsVoid) => self.of_marks(table, column, ("void", "no orders")),
            Some(Role::VoidedAt) if column.values > 0 => vec![self.of_days(table, column)],
            _ => Vec::new(),
        };
        table.columns.iter().flat_map(of).collect()
    }

    fn listed(&self, table: &Table, column: &Column, words: &[&(String, u64)]) -> (String, String) {
        let texts: Vec<String> =
            words.iter().map(|(word, _)| format!("'{}'", word.replace('\'', "''"))).collect();
        let shown: Vec<String> = words.iter().map(|(word, rows)| format!("{word} ({rows} rows)")).collect();
        (
            format!("coalesce({}, '') not in ({})", self.place.column(table, column), texts.join(", ")),
            shown.join(", "),
        )
    }

    /// Rows without the day on which they became no order.
    fn of_days(&self, table: &Table, column: &Column) -> Item {
        let name = self.place.column(table, column);
        let sql =
            if column.is_text() { format!("coalesce({name}, '') = ''") } else { format!("{name} is null") };
        let question = format!(
            "{} rows of `{}` with a value of {} are left out: are they no orders?",
            column.values,
            table.name(),
            column.name
        );
        let why = format!("rows of `{}` with a value of {} are no orders", table.name(), column.name);
        Item::new("void", sql, why).asks(question)
    }

    /// Words or numbers of which nothing is known.
    fn of_unknown(&self, table: &Table, column: &Column, words: &[&(String, u64)]) -> Item {
        let (sql, shown) = self.listed(table, column, words);
        let question = format!("do all rows of `{}` count, with {} {shown}?", table.name(), column.name);
        let sql = if column.is_text() {
            sql
        } else {
            sql.replace(
                &self.place.column(table, column),
                &format!("cast({} as varchar)", self.place.column(table, column)),
            )
        };
        Item::new("status", sql, "").asks(question).waits()
    }

    fn of_status(&self, table: &Table, column: &Column) -> Vec<Item> {
        if !column.is_text() {
            let all: Vec<_> = column.words.iter().collect();
            return if all.len() > 1 { vec![self.of_unknown(table, column, &all)] } else { Vec::new() };
        }
        let is_of = |list: &[&str], word: &str| list.contains(&names::plain(word).as_str());
        let void: Vec<_> = column.words.iter().filter(|(word, _)| is_of(&VOID, word)).collect();
        let open: Vec<_> = column.words.iter().filter(|(word, _)| is_of(&OPEN, word)).collect();
        let is_known = |word: &str| [&VOID[..], &OPEN, &GOOD].iter().any(|list| is_of(list, word));
        let unknown: Vec<_> = column.words.iter().filter(|(word, _)| !is_known(word)).collect();
        let mut items = Vec::new();
        if !void.is_empty() {
            let (sql, shown) = self.listed(table, column, &void);
            let question = format!(
                "rows of `{}` with {} {shown} are left out: are they no orders?",
                table.name(),
                column.name
            );
            items.push(Item::new("status", sql, format!("no orders: {shown}")).asks(question));
        }
        if !open.is_empty() {
            let (sql, shown) = self.listed(table, column, &open);
            let question = format!(
                "rows of `{}` with {} {shown} count as they stand: should they?",
                table.name(),
                column.name
            );
            items.push(Item::new("status", sql, shown).asks(question).waits());
        }
        if !unknown.is_empty() {
            items.push(self.of_unknown(table, column, &unknown));
        }
        items
    }

    /// Rows that a column does not mark.
    fn of_marks(&self, table: &Table, column: &Column, (what, meaning): (&'static str, &str)) -> Vec<Item> {
        let asked = |item: Item| {
            let question = format!(
                "rows of `{}` that {} marks are left out: are they no orders?",
                table.name(),
                column.name
            );
            if what == "void" { item.asks(question) } else { item }
        };
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
            let (sql, shown) = self.listed(table, column, &found);
            return vec![asked(Item::new(
                what,
                sql,
                format!("rows of `{}` are {meaning}: {} {shown}", table.name(), column.name),
            ))];
        };
        let rows = column.words.iter().find(|(word, _)| word == yes).map_or(0, |(_, rows)| *rows);
        vec![asked(Item::new(
            what,
            sql,
            format!("{rows} rows of `{}` are {meaning}, by {}", table.name(), column.name),
        ))]
    }
}
