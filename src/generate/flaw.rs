//! Ugly rows: what real exports hold and clean samples do not.

use std::borrow::Cow;

use rand::RngExt;

use super::customer::{MOST_CUSTOMERS, customer_id};
use super::dice::{Dice, any, between, happens};
use super::world::{World, moment};

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
pub(super) enum Flaw {
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

/// Every flaw, each as likely as the others.
pub(super) const FLAWS: [Flaw; 16] = [
    Flaw::NoCustomer,
    Flaw::BlankCustomer,
    Flaw::NoOrder,
    Flaw::NoAmount,
    Flaw::NoDate,
    Flaw::Duplicate,
    Flaw::SharedOrder,
    Flaw::LongAgo,
    Flaw::FarFuture,
    Flaw::AfterPeriod,
    Flaw::PaddedCustomer,
    Flaw::LineConflict,
    Flaw::Markup,
    Flaw::Formula,
    Flaw::NoQuantity,
    Flaw::Correction,
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

/// Spoils a `share` of the rows; a second row is returned where the flaw is one too many.
pub(super) fn spoil<'a>(
    dice: &mut Dice,
    world: &World,
    share: f64,
    row: LineRow<'a>,
) -> (LineRow<'a>, Option<LineRow<'a>>) {
    if share <= 0.0 || !happens(dice, share) {
        return (row, None);
    }
    let flaw = any(dice, &FLAWS);
    apply(dice, world, flaw, row)
}

/// Spoils a row in this way.
pub(super) fn apply<'a>(
    dice: &mut Dice,
    world: &World,
    flaw: Flaw,
    mut row: LineRow<'a>,
) -> (LineRow<'a>, Option<LineRow<'a>>) {
    let mut second = None;
    let day = row.ordered_at.map_or(0, |at| at.rem_euclid(DAY));
    match flaw {
        Flaw::NoCustomer => row.customer_id = None,
        Flaw::BlankCustomer => row.customer_id = Some(any(dice, &["", " ", "\u{a0}"]).into()),
        Flaw::NoOrder => row.order_id = None,
        Flaw::NoAmount => row.gross = None,
        Flaw::NoDate => row.ordered_at = None,
        Flaw::Duplicate => second = Some(row.clone()),
        Flaw::SharedOrder => {
            let mut other = row.clone();
            other.line_number += 900;
            // The number is beyond all others, so that it is never the same customer.
            other.customer_id = Some(customer_id(MOST_CUSTOMERS + dice.random_range(1..1_000)).into());
            second = Some(other);
        }
        Flaw::LongAgo => row.ordered_at = Some(any(dice, &LONG_AGO) * DAY + day),
        Flaw::FarFuture => row.ordered_at = Some(any(dice, &FAR_FUTURE) * DAY + day),
        Flaw::AfterPeriod => row.ordered_at = Some(moment(world.end + between(dice, 0, 30), 0) + day),
        Flaw::PaddedCustomer => {
            let id = row.customer_id.as_deref().unwrap_or_default();
            let (before, after) = any(dice, &[(" ", ""), ("", "  "), ("", "\t")]);
            row.customer_id = Some(format!("{before}{id}{after}").into());
        }
        Flaw::LineConflict => {
            let mut other = row.clone();
            other.quantity += 1;
            other.cost += 1;
            second = Some(other);
        }
        Flaw::Markup => row.product_name = any(dice, &MARKUP).into(),
        Flaw::Formula => row.category = any(dice, &FORMULAS).into(),
        Flaw::NoQuantity => row.quantity = 0,
        Flaw::Correction => {
            row.quantity = 1;
            row.gross = row.gross.map(|gross| -gross.abs());
            row.discount = 0;
            row.cost = 0;
        }
    }
    (row, second)
}

/// Gives a `share` of the customers an identifier that is hard to keep: other scripts, spaces within, marks.
pub(super) fn rename(dice: &mut Dice, share: f64, id: &mut String) {
    if share > 0.0 && happens(dice, share) {
        *id = format!("{}{id}", any(dice, &["顧客 №", "Café Zoë/", "Müller & Söhne ", " ", "a,\"b\";"]));
    }
}
