//! Ugly rows: what real exports hold and clean samples do not.

use std::borrow::Cow;

use rand::RngExt;

use super::customer::{MOST_CUSTOMERS, customer_id};
use super::random::{Rng, any, between, happens};
use super::world::{World, timestamp};

/// A row of the order lines on its way into a file; money in cents, `None` is NULL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LineRow<'a> {
    pub order_id: Option<Cow<'a, str>>,
    pub line_number: i64,
    pub customer_id: Option<Cow<'a, str>>,
    pub ordered_at: Option<i64>,
    pub product_id: &'a str,
    pub product_name: Cow<'a, str>,
    pub category: Cow<'a, str>,
    pub quantity: i64,
    pub gross: Option<i64>,
    pub discount: i64,
    pub cost: i64,
    pub country: &'a str,
    pub region: &'a str,
}

/// What can be wrong with a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Defect {
    NoCustomer,
    BlankCustomer,
    NoOrder,
    NoAmount,
    NoDate,
    Duplicate,
    SharedOrder,
    LongAgo,
    FarFuture,
    AfterPeriod,
    PaddedCustomer,
    LineConflict,
    Markup,
    Formula,
    NoQuantity,
    Correction,
}

/// Every defect, each as likely as the others.
pub(super) const DEFECTS: [Defect; 16] = [
    Defect::NoCustomer,
    Defect::BlankCustomer,
    Defect::NoOrder,
    Defect::NoAmount,
    Defect::NoDate,
    Defect::Duplicate,
    Defect::SharedOrder,
    Defect::LongAgo,
    Defect::FarFuture,
    Defect::AfterPeriod,
    Defect::PaddedCustomer,
    Defect::LineConflict,
    Defect::Markup,
    Defect::Formula,
    Defect::NoQuantity,
    Defect::Correction,
];

const DAY: i64 = 86_400_000_000;

/// 1899-12-30 (the spreadsheet's zero), 1900-01-01 and 1970-01-01 (the computer's zero), in days since 1970.
const LONG_AGO: [i64; 3] = [-25_569, -25_567, 0];

/// 2099-12-31, 2199-01-01 and 9999-12-31, in days since 1970. The last is no nanosecond timestamp.
const FAR_FUTURE: [i64; 3] = [47_481, 83_641, 2_932_896];

const MARKUP: [&str; 4] = [
    "<script>alert(\"karat\")</script>",
    "Bench </td></tr> & \"light\" 'set'",
    "<img src=x onerror=alert(1)>",
    "{{ 7 * 7 }} {% if %} ${HOME}",
];

const FORMULAS: [&str; 4] =
    ["=HYPERLINK(\"https://example.com\",\"open\")", "+1+cmd|' /C calc'!A0", "@SUM(1,1)", "-2+3"];

/// Spoils a `share` of the rows; a second row is returned where the defect is one too many.
pub(super) fn spoil<'a>(
    rng: &mut Rng,
    world: &World,
    share: f64,
    row: LineRow<'a>,
) -> (LineRow<'a>, Option<LineRow<'a>>) {
    if share <= 0.0 || !happens(rng, share) {
        return (row, None);
    }
    let defect = any(rng, &DEFECTS);
    apply(rng, world, defect, row)
}

/// Spoils a row in this way.
pub(super) fn apply<'a>(
    rng: &mut Rng,
    world: &World,
    defect: Defect,
    mut row: LineRow<'a>,
) -> (LineRow<'a>, Option<LineRow<'a>>) {
    let mut second = None;
    let day = row.ordered_at.map_or(0, |at| at.rem_euclid(DAY));
    match defect {
        Defect::NoCustomer => row.customer_id = None,
        Defect::BlankCustomer => row.customer_id = Some(any(rng, &["", " ", "\u{a0}"]).into()),
        Defect::NoOrder => row.order_id = None,
        Defect::NoAmount => row.gross = None,
        Defect::NoDate => row.ordered_at = None,
        Defect::Duplicate => second = Some(row.clone()),
        Defect::SharedOrder => {
            let mut other = row.clone();
            other.line_number += 900;
            // The number is beyond all others, so that it is never the same customer.
            other.customer_id = Some(customer_id(MOST_CUSTOMERS + rng.random_range(1..1_000)).into());
            second = Some(other);
        }
        Defect::LongAgo => row.ordered_at = Some(any(rng, &LONG_AGO) * DAY + day),
        Defect::FarFuture => row.ordered_at = Some(any(rng, &FAR_FUTURE) * DAY + day),
        Defect::AfterPeriod => row.ordered_at = Some(timestamp(world.end + between(rng, 0, 30), 0) + day),
        Defect::PaddedCustomer => {
            let id = row.customer_id.as_deref().unwrap_or_default();
            let (before, after) = any(rng, &[(" ", ""), ("", "  "), ("", "\t")]);
            row.customer_id = Some(format!("{before}{id}{after}").into());
        }
        Defect::LineConflict => {
            let mut other = row.clone();
            other.quantity += 1;
            other.cost += 1;
            second = Some(other);
        }
        Defect::Markup => row.product_name = any(rng, &MARKUP).into(),
        Defect::Formula => row.category = any(rng, &FORMULAS).into(),
        Defect::NoQuantity => row.quantity = 0,
        Defect::Correction => {
            row.quantity = 1;
            row.gross = row.gross.map(|gross| -gross.abs());
            row.discount = 0;
            row.cost = 0;
        }
    }
    (row, second)
}

/// Gives a `share` of the customers an identifier that is hard to keep: other scripts, spaces within, marks.
pub(super) fn rename(rng: &mut Rng, share: f64, id: &mut String) {
    if share > 0.0 && happens(rng, share) {
        *id = format!("{}{id}", any(rng, &["顧客 №", "Café Zoë/", "Müller & Söhne ", " ", "a,\"b\";"]));
    }
}
