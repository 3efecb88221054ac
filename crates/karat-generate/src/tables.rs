//! The files of a history: order lines by month, and the four tables around them.

use std::path::{Path, PathBuf};

use super::customer::Customer;
use super::defect::LineRow;
use super::service::{Case, Payment, Visit};
use super::sheet::{Columns, Kind, Sheet, Value};
use super::world::World;
use crate::Error;

/// Columns of the order lines.
pub(super) const ORDER_LINES: Columns = &[
    ("order_id", Kind::Key),
    ("line_number", Kind::Whole),
    ("customer_id", Kind::Word),
    ("ordered_at", Kind::Timestamp),
    ("product_id", Kind::Word),
    ("product_name", Kind::Word),
    ("category", Kind::Word),
    ("quantity", Kind::Whole),
    ("gross_amount", Kind::Money),
    ("discount_amount", Kind::Money),
    ("cost_amount", Kind::Money),
    ("country", Kind::Word),
    ("region", Kind::Word),
];

/// Columns of the customers.
pub(super) const CUSTOMERS: Columns = &[
    ("customer_id", Kind::Key),
    ("name", Kind::Key),
    ("kind", Kind::Word),
    ("industry", Kind::Word),
    ("country", Kind::Word),
    ("region", Kind::Word),
    ("owner", Kind::Word),
    ("referred_by", Kind::Key),
    ("signed_up_at", Kind::Timestamp),
    ("persona", Kind::Word),
];

/// Columns of the service cases.
pub(super) const SERVICE_CASES: Columns = &[
    ("case_id", Kind::Key),
    ("customer_id", Kind::Key),
    ("order_id", Kind::Key),
    ("opened_at", Kind::Timestamp),
    ("first_answer_at", Kind::Timestamp),
    ("resolved_at", Kind::Timestamp),
    ("kind", Kind::Word),
    ("channel", Kind::Word),
    ("is_complaint", Kind::Flag),
    ("minutes", Kind::Whole),
    ("cost", Kind::Money),
    ("satisfaction", Kind::Whole),
];

/// Columns of the payments.
pub(super) const PAYMENTS: Columns = &[
    ("payment_id", Kind::Key),
    ("customer_id", Kind::Word),
    ("order_id", Kind::Key),
    ("due_date", Kind::Day),
    ("paid_date", Kind::Day),
    ("amount", Kind::Money),
];

/// Columns of the visits.
pub(super) const VISITS: Columns = &[
    ("visit_id", Kind::Key),
    ("customer_id", Kind::Word),
    ("visited_at", Kind::Timestamp),
    ("channel", Kind::Word),
];

/// Rows of the monthly files that may be open at a time, all together: what bounds the memory.
const OPEN_ROWS: usize = 1 << 20;

/// All files of a history.
pub(super) struct Tables {
    months: Vec<Sheet>,
    customers: Sheet,
    service_cases: Sheet,
    payments: Sheet,
    visits: Sheet,
}

impl Tables {
    /// Creates every file, so that a month without an order has its folder too.
    pub(super) fn create(out: &Path, world: &World) -> Result<Self, Error> {
        let open = (OPEN_ROWS / world.months.len()).clamp(4_096, 131_072);
        let single = |table: &str, columns| Sheet::create(&file(out, table, None), table, columns, 131_072);
        Ok(Self {
            months: world
                .months
                .iter()
                .map(|month| Sheet::create(&file(out, "order_lines", Some(month)), month, ORDER_LINES, open))
                .collect::<Result<_, _>>()?,
            customers: single("customers", CUSTOMERS)?,
            service_cases: single("service_cases", SERVICE_CASES)?,
            payments: single("payments", PAYMENTS)?,
            visits: single("visits", VISITS)?,
        })
    }

    /// Adds an order line to the file of this month.
    pub(super) fn line(&mut self, month: usize, row: &LineRow<'_>) -> Result<(), Error> {
        self.months[month].push(&[
            Value::Text(row.order_id.as_deref()),
            Value::Whole(Some(row.line_number)),
            Value::Text(row.customer_id.as_deref()),
            Value::Timestamp(row.ordered_at),
            Value::Text(Some(row.product_id)),
            Value::Text(Some(&row.product_name)),
            Value::Text(Some(&row.category)),
            Value::Whole(Some(row.quantity)),
            Value::Money(row.gross),
            Value::Money(Some(row.discount)),
            Value::Money(Some(row.cost)),
            Value::Text(Some(row.country)),
            Value::Text(Some(row.region)),
        ])
    }

    /// Adds a customer.
    pub(super) fn customer(&mut self, customer: &Customer) -> Result<(), Error> {
        self.customers.push(&[
            Value::Text(Some(&customer.id)),
            Value::Text(Some(&customer.name)),
            Value::Text(Some(customer.kind.word())),
            Value::Text(Some(customer.industry)),
            Value::Text(Some(customer.country)),
            Value::Text(Some(customer.region)),
            Value::Text(Some(customer.owner)),
            Value::Text(customer.referred_by.as_deref()),
            Value::Timestamp(Some(customer.signed_up_at)),
            Value::Text(Some(customer.persona.word())),
        ])
    }

    /// Adds a service case of a customer, about an order or none.
    pub(super) fn case(
        &mut self,
        number: u64,
        customer: &Customer,
        order_id: Option<&str>,
        case: &Case,
    ) -> Result<(), Error> {
        self.service_cases.push(&[
            Value::Text(Some(&format!("S{number:08}"))),
            Value::Text(Some(&customer.id)),
            Value::Text(order_id),
            Value::Timestamp(Some(case.opened_at)),
            Value::Timestamp(case.first_answer_at),
            Value::Timestamp(case.resolved_at),
            Value::Text(Some(case.kind)),
            Value::Text(Some(case.channel)),
            Value::Flag(case.is_complaint),
            Value::Whole(Some(case.minutes)),
            Value::Money(Some(case.cost)),
            Value::Whole(case.satisfaction),
        ])
    }

    /// Adds a payment of a customer for an order.
    pub(super) fn payment(
        &mut self,
        number: u64,
        customer: &Customer,
        order_id: &str,
        payment: &Payment,
    ) -> Result<(), Error> {
        self.payments.push(&[
            Value::Text(Some(&format!("P{number:08}"))),
            Value::Text(Some(&customer.id)),
            Value::Text(Some(order_id)),
            Value::Day(Some(payment.due)),
            Value::Day(payment.paid),
            Value::Money(Some(payment.amount)),
        ])
    }

    /// Adds a visit of a customer.
    pub(super) fn visit(&mut self, number: u64, customer: &Customer, visit: &Visit) -> Result<(), Error> {
        self.visits.push(&[
            Value::Text(Some(&format!("V{number:08}"))),
            Value::Text(Some(&customer.id)),
            Value::Timestamp(Some(visit.at)),
            Value::Text(Some(visit.channel)),
        ])
    }

    /// Closes every file; returns their number and their bytes.
    pub(super) fn finish(self) -> Result<(u64, u64), Error> {
        let others = [self.customers, self.service_cases, self.payments, self.visits];
        let mut files = 0;
        let mut bytes = 0;
        for sheet in self.months.into_iter().chain(others) {
            bytes += sheet.finish()?;
            files += 1;
        }
        Ok((files, bytes))
    }
}

/// The number of an order as its identifier.
pub(super) fn order_id(number: u64) -> String {
    format!("O{number:09}")
}

/// The place of a table's file.
fn file(out: &Path, table: &str, month: Option<&str>) -> PathBuf {
    let mut path = out.join(table);
    if let Some(month) = month {
        path.push(format!("month={month}"));
    }
    path.join("part-0.parquet")
}

/// Lists a table's columns for the configuration.
pub(super) fn names(columns: Columns) -> impl Iterator<Item = &'static str> {
    // The names are canonical already; the two others are there for people who look into the files.
    columns.iter().map(|(name, _)| *name).filter(|name| !matches!(*name, "persona" | "product_name"))
}
