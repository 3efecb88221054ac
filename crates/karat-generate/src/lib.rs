//! A synthetic order history of any size, for trials and benchmarks.
//!
//! Customers are drawn one after the other, each from a generator of its own that depends on the seed and its
//! number only: memory does not grow with their count, and the same request gives the same bytes. `world` holds
//! what customers share, `customer` and `habits` who they are, `history` and `service` what they do, `defect` what goes wrong,
//! `tables` and `sheet` the files, `project` the configuration.

mod customer;
mod random;
mod defect;
mod habits;
mod history;
mod order;
mod project;
mod service;
mod sheet;
mod tables;
#[cfg(test)]
mod tests;
mod world;

use std::path::Path;

use jiff::civil::Date;

use customer::{Customer, MOST_CUSTOMERS};
use defect::{LineRow, spoil};
use history::History;
use order::Order;
use random::{Purpose, rng};
use sheet::cannot_write;
use tables::{Tables, order_id};
use world::{CATEGORIES, World, day_of};

/// Why no history was made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// What was asked for makes no sense, or the folder is in use.
    #[error("{message}")]
    Refused {
        /// What is wrong.
        message: String,
        /// What to ask for instead, whole sentences.
        hint: String,
    },
    /// A file or folder cannot be written.
    #[error("cannot write `{path}`")]
    CannotWrite {
        /// Its path.
        path: String,
        /// What the system reported.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A row does not fit the columns of its file: a defect of this crate.
    #[error("a row does not fit the columns of `{path}`")]
    Mismatch {
        /// The file.
        path: String,
    },
}

fn refused(message: &str, hint: &str) -> Error {
    Error::Refused { message: message.to_owned(), hint: hint.to_owned() }
}

/// What history to make.
///
/// A customer has about 4 orders and 12.5 order lines in three years, returns included.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Generate {
    /// How many customers, prospects included.
    pub customers: u64,
    /// The same seed gives the same history; by convention 1 when nobody asks for another.
    pub seed: u64,
    /// First day of the history.
    pub from: Date,
    /// First day after the history, and its as-of date.
    pub to: Date,
    /// Share of the order lines that are made ugly, 0 to 1; 0 is a clean history.
    pub defects: f64,
}

/// What was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Summary {
    /// Customers, prospects included.
    pub customers: u64,
    /// Orders, returns included.
    pub orders: u64,
    /// Rows of the order lines.
    pub order_lines: u64,
    /// Service cases.
    pub service_cases: u64,
    /// Payments and refunds.
    pub payments: u64,
    /// Visits.
    pub visits: u64,
    /// Bytes of all files.
    pub bytes: u64,
    /// Files, the configuration included.
    pub files: u64,
}

/// Most months that a history may have: each has a file that stays open to the end.
const MOST_MONTHS: usize = 600;

/// Writes the history to the local folder `out`, which must be empty or absent.
///
/// Calls `progress` with the number of customers done, from time to time and at the end. `config.yaml` is written
/// last: a folder without it is an unfinished history.
///
/// # Errors
/// Returns why there is no history, or none that is whole.
pub fn generate(request: &Generate, out: &Path, progress: &mut dyn FnMut(u64)) -> Result<Summary, Error> {
    validate(request)?;
    refuse_used_folder(out)?;
    let world = World::new(request.seed, request.from, request.to);
    if world.months.len() > MOST_MONTHS {
        return Err(refused(
            "the period is longer than 50 years",
            "Each month has a file of its own that stays open. Choose a shorter period.",
        ));
    }
    let mut tables = Tables::create(out, &world)?;
    let mut summary = Summary::default();
    for number in 1..=request.customers {
        let mut history = History::draw(&world, number);
        let mut chance = rng(request.seed, Purpose::Defect, number);
        defect::rename(&mut chance, request.defects, &mut history.customer.id);
        write(&mut tables, &mut summary, &world, &history, &mut |row| {
            spoil(&mut chance, &world, request.defects, row)
        })?;
        if number % 256 == 0 || number == request.customers {
            progress(number);
        }
    }
    (summary.files, summary.bytes) = tables.finish()?;
    let config = project::config(request);
    let path = out.join("config.yaml");
    std::fs::write(&path, &config).map_err(|cause| cannot_write(&path, cause))?;
    summary.files += 1;
    summary.bytes += u64::try_from(config.len()).unwrap_or(u64::MAX);
    Ok(summary)
}

/// Writes everything of one customer, and counts it; `spoil` may make a row defective, or two of it.
fn write(
    tables: &mut Tables,
    summary: &mut Summary,
    world: &World,
    history: &History,
    spoil: &mut dyn for<'r> FnMut(LineRow<'r>) -> (LineRow<'r>, Option<LineRow<'r>>),
) -> Result<(), Error> {
    let customer = &history.customer;
    let mut ids = Vec::with_capacity(history.orders.len());
    tables.customer(customer)?;
    summary.customers += 1;
    for order in &history.orders {
        summary.orders += 1;
        let id = order_id(summary.orders);
        // A spoilt date stays in the month in which the row arrived, as it does in real exports.
        let month = world.day(day_of(order.at)).month;
        for row in rows(world, customer, order, &id) {
            let (row, second) = spoil(row);
            for row in std::iter::once(row).chain(second) {
                tables.line(month, &row)?;
                summary.order_lines += 1;
            }
        }
        ids.push(id);
    }
    for case in &history.cases {
        summary.service_cases += 1;
        let order = case.order.map(|position| ids[position].as_str());
        tables.case(summary.service_cases, customer, order, case)?;
    }
    for payment in &history.payments {
        summary.payments += 1;
        tables.payment(summary.payments, customer, &ids[payment.order], payment)?;
    }
    for visit in &history.visits {
        summary.visits += 1;
        tables.visit(summary.visits, customer, visit)?;
    }
    Ok(())
}

/// The rows of an order, as they should be.
fn rows<'a>(
    world: &'a World,
    customer: &'a Customer,
    order: &'a Order,
    id: &'a str,
) -> impl Iterator<Item = LineRow<'a>> {
    (1..).zip(&order.lines).map(move |(line_number, line)| {
        let product = &world.products[line.product];
        LineRow {
            order_id: Some(id.into()),
            line_number,
            customer_id: Some(customer.id.as_str().into()),
            ordered_at: Some(order.at),
            product_id: &product.id,
            product_name: product.name.as_str().into(),
            category: CATEGORIES[product.category].name.into(),
            quantity: line.quantity,
            gross: Some(line.gross),
            discount: line.discount,
            cost: line.cost,
            country: customer.country,
            region: customer.region,
        }
    })
}

fn validate(request: &Generate) -> Result<(), Error> {
    if request.customers == 0 || request.customers > MOST_CUSTOMERS {
        return Err(refused(
            "the number of customers is out of range",
            "Choose from 1 to 900,000,000 customers.",
        ));
    }
    if request.from >= request.to {
        return Err(refused(
            "the history ends before it begins",
            "The first day must lie before the last; the last day itself is not part of the history.",
        ));
    }
    if !(0.0..=1.0).contains(&request.defects) {
        return Err(refused(
            "the share of defective rows is out of range",
            "Choose a share from 0 to 1, for example 0.02.",
        ));
    }
    Ok(())
}

fn refuse_used_folder(out: &Path) -> Result<(), Error> {
    let refused = |message: String| {
        Err(refused(&message, "Nothing is ever overwritten. Name a new or an empty folder."))
    };
    match std::fs::read_dir(out) {
        Ok(mut entries) => match entries.next() {
            None => Ok(()),
            Some(_) => refused(format!("the folder `{}` is not empty", out.display())),
        },
        Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(cause) if cause.kind() == std::io::ErrorKind::NotADirectory => {
            refused(format!("`{}` is not a folder", out.display()))
        }
        Err(cause) => Err(cannot_write(out, cause)),
    }
}
