//! What values and names leave unclear, and money depends on: the sign of thousands, taxes, and pieces that came back.

use super::lines::{Item, Proposal, Writer};
use super::names::{self, Role};
use super::profile::{Column, Table, Written};

/// Words of what came back.
const RETURNED: [&str; 17] = [
    "returned",
    "return",
    "returns",
    "refunded",
    "refund",
    "retour",
    "retoure",
    "retouren",
    "rueckgabe",
    "retourne",
    "retournee",
    "devuelta",
    "devuelto",
    "devolucion",
    "devuelve",
    "退货",
    "退款",
];

/// Words of names that say more of a return than how much it was.
const OTHERS: [&str; 14] =
    ["id", "no", "nr", "number", "code", "reason", "date", "at", "on", "by", "is", "flag", "days", "status"];

/// Words of amounts with taxes.
const WITH_TAX: [&str; 22] = [
    "incltax",
    "inctax",
    "includingtax",
    "includestax",
    "inclusivetax",
    "inclusiveoftax",
    "taxincl",
    "inclvat",
    "incvat",
    "includingvat",
    "includesvat",
    "inclusivevat",
    "inclusiveofvat",
    "vatincl",
    "withtax",
    "withvat",
    "gross",
    "brutto",
    "ttc",
    "coniva",
    "ivaincluido",
    "含税",
];

/// Words of rows that give money back.
const CREDITS: [&str; 24] = [
    "credit",
    "credits",
    "creditnote",
    "creditmemo",
    "refund",
    "refunds",
    "return",
    "returns",
    "gutschrift",
    "rechnungskorrektur",
    "stornorechnung",
    "retoure",
    "avoir",
    "notedecredit",
    "remboursement",
    "notadecredito",
    "abono",
    "devolucion",
    "rectificativa",
    "贷项",
    "红字",
    "退货",
    "退款",
    "reembolso",
];

/// Words of taxes.
const TAXES: [&str; 10] = ["tax", "taxes", "vat", "mwst", "ust", "steuer", "tva", "iva", "impuesto", "税额"];

impl Writer<'_> {
    /// Asks for what is unclear in a proposal; what depends on the sign of thousands waits for the answer.
    pub(super) fn unclear(&self, proposal: &mut Proposal) {
        self.credits(proposal);
        self.returned(proposal);
        self.taxes(proposal);
        for table in self.tables {
            for column in &table.columns {
                let Written::Unclear(sign) = column.written else { continue };
                let own = self.place.column(table, column);
                let question = format!(
                    "`{}` writes numbers such as 1{sign}250: does `{sign}` group thousands, or does it begin decimals? No value tells; this \
                     reads thousands, plain_number(…, '{sign}') decimals",
                    column.name
                );
                for item in
                    proposal.columns.iter_mut().filter(|item| item.is_active && item.sql.contains(&own))
                {
                    item.question = Some(question.clone());
                    item.is_active = false;
                }
            }
        }
    }

    /// Rows that a word calls credit notes: a run refuses those above 0, so that none is taken for a sale.
    fn credits(&self, proposal: &mut Proposal) {
        let is_credit = |word: &str| CREDITS.contains(&names::plain(word).as_str());
        let columns =
            self.own().into_iter().flat_map(|table| table.columns.iter().map(move |column| (table, column)));
        let found = columns.filter(|(_, column)| column.is_text() && names::is_kind(&column.name)).find_map(
            |(table, column)| {
                let (credits, others): (Vec<_>, Vec<_>) =
                    column.words.iter().partition(|(word, _)| is_credit(word));
                (!credits.is_empty() && !others.is_empty()).then_some((table, column, credits))
            },
        );
        let Some((table, column, credits)) = found.filter(|_| !proposal.has("is_return")) else { return };
        let quoted: Vec<String> =
            credits.iter().map(|(word, _)| format!("'{}'", word.replace('\'', "''"))).collect();
        let shown: Vec<String> = credits.iter().map(|(word, rows)| format!("{word} ({rows} rows)")).collect();
        let sql = format!(
            "case when {} in ({}) then true end",
            self.place.column(table, column),
            quoted.join(", ")
        );
        let question = format!(
            "rows with {} {} are returns: a run refuses those with amounts above 0, unless `policy.return_sign: negate` turns them",
            column.name,
            shown.join(", ")
        );
        proposal.columns.push(Item::new("is_return", sql, "").asks(question));
    }

    /// Numbers of what came back, which nothing takes off.
    fn returned(&self, proposal: &mut Proposal) {
        for table in self.own() {
            let is_it = |column: &&Column| {
                let words = names::words(&column.name);
                let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
                let is_chinese = ["退货", "退款"].iter().any(|word| column.meaning.plain.contains(word));
                let is_some = column.greatest_number() != Some(0.0) || column.least_number() != Some(0.0);
                table.role(column).is_none()
                    && column.is_number()
                    && is_some
                    && (has(&RETURNED) || is_chinese)
                    && !has(&OTHERS)
            };
            for column in table.columns.iter().filter(is_it) {
                let name = &column.name;
                let (canonical, what) =
                    if column.decimals > 0 { ("net_amount", "money") } else { ("quantity", "pieces") };
                let before = proposal.columns.iter().find(|item| item.canonical == canonical);
                let before = before.map_or_else(|| canonical.to_owned(), |item| item.sql.clone());
                let sql = format!("{before} - {}", self.place.number(table, column, false));
                let question = format!(
                    "\"{name}\" seems to hold {what} that came back, which nothing takes off: do quantity and amounts leave that out already?"
                );
                proposal.columns.push(Item::new(canonical, sql, "").asks(question).waits());
            }
        }
    }

    /// Amounts that may hold a tax.
    fn taxes(&self, proposal: &mut Proposal) {
        let is_tax = |table: &Table, column: &Column| {
            let is_named = names::words(&column.name).iter().any(|word| TAXES.contains(&word.as_str()));
            let is_some = column.greatest_number().is_some_and(|most| most > 1.0);
            table.role(column).is_none() && column.is_number() && is_some && is_named && !has_tax(column)
        };
        let lines = self.lines();
        let tax = lines.columns.iter().find(|column| is_tax(lines, column)).map(|column| column.name.clone());
        let is_amount =
            |column: &&Column| column.is_number() && lines.role(column) != Some(Role::GrossAmount);
        let amounts = lines.columns.iter().filter(is_amount).filter(|column| has_tax(column));
        let unused = amounts.clone().find(|column| lines.role(column).is_none());
        for item in proposal
            .columns
            .iter_mut()
            .filter(|item| ["gross_amount", "net_amount"].contains(&item.canonical))
        {
            let is_read = |column: &&Column| item.sql.contains(&self.place.column(lines, column));
            let with_tax = amounts.clone().find(is_read).or(unused.filter(|_| item.sql.is_empty()));
            let question = match (with_tax, &tax) {
                (Some(column), _) => format!(
                    "\"{}\" may hold the tax, by its name: amounts are without it, such as {} / 1.19, times the quantity where it is a price",
                    column.name,
                    self.place.column(lines, column)
                ),
                (None, Some(tax)) if item.is_active => {
                    format!("there is a column \"{tax}\": is this amount without the tax, as it must be?")
                }
                _ => continue,
            };
            item.question = match item.question.take() {
                Some(before) if !item.sql.is_empty() => Some(format!("{before}; {question}")),
                _ => Some(question),
            };
            item.is_active &= with_tax.is_none();
            item.is_doubtful = true;
        }
    }
}

/// Whether the name of a column says that a tax is in it.
fn has_tax(column: &Column) -> bool {
    let plain = names::plain(&column.name);
    WITH_TAX.iter().any(|word| plain.contains(word)) && !plain.contains("不含税")
}
