//! Other values of a column, and what they alter in amounts, as SQL.

use crate::query::mapping::quoted;
use crate::query::{ID, TableName};

/// What values are changed by: the larger the less is lost to rounding, but a type may have no room for it.
pub(super) const CHANGES: [u64; 2] = [10_000, 100];

/// Rows are identified by changes of up to so many times as much.
pub(super) const DIFFERENT: [u64; 3] = [1_000_000_007, 9_973, 499];

/// Spreads the numbers of rows over these.
const SPREAD: u64 = 387_420_489;

/// What rounding to two digits alters in a change.
pub(super) const ROUNDED: &str = "0.021";

/// A text that is a number.
pub(super) const NUMBER: &str = "^[^0-9]{0,4}[0-9][0-9., '']*[^0-9]{0,4}$";

/// Other values of a column.
#[derive(Clone, Copy)]
pub(super) enum Values {
    /// More by the change.
    More,
    /// More by another multiple of it in each row, by two at least.
    Different(u64),
    /// None.
    Zero,
}

/// A column of a joined table.
pub(super) struct Column<'a> {
    pub(super) table: &'a TableName,
    pub(super) name: &'a str,
    pub(super) is_text: bool,
    pub(super) change: u64,
}

impl Column<'_> {
    pub(super) fn with(&self, values: Values) -> String {
        let name = quoted(self.name);
        let value = match values {
            Values::More => self.change.to_string(),
            Values::Different(of) => format!("{} * (2 + \"{ID}\" % {of} * {SPREAD} % {of})", self.change),
            Values::Zero => "0".to_owned(),
        };
        match (self.is_text, values) {
            (true, _) => {
                format!(
                    "case when regexp_like({name}, '{NUMBER}') then cast({value} as varchar) else {name} end"
                )
            }
            (false, Values::Zero) => format!("cast({name} as double) * 0"),
            (false, _) => format!("cast({name} as double) + cast({value} as double)"),
        }
    }
}

/// What an amount is in a variant.
pub(super) fn of_variant(variant: i32, place: usize) -> String {
    format!("coalesce(sum(case when variant = {variant} then a{place} end), 0)")
}

/// Whether an amount changes by the same in all lines of an order, and by more where there are more of them; `1` where it does.
pub(super) fn verdicts(with: &str, orders: &str, amounts: usize) -> String {
    let each = |text: &dyn Fn(usize) -> String| (0..amounts).map(text).collect::<Vec<_>>().join(", ");
    let judged = each(&|place| {
        let is_same = format!("high{place} - low{place} <= {ROUNDED}");
        format!(
            "case when {is_same} then low{place} end as x{place}, case when {is_same} then all{place} end as y{place}, \
             case when n{place} > 1 and {is_same} then 1 else 0 end as alike{place}, \
             case when n{place} > 1 and not {is_same} then 1 else 0 end as unlike{place}"
        )
    });
    // The squared coefficient of variation, and one more.
    let varies = |of: &str, place: usize| {
        let column = format!("{of}{place}");
        format!(
            "count({column}) * sum({column} * {column}) / (sum({column}) * sum({column})) as varies_{column}, \
             log10(avg(abs({column}))) as digits_{column}"
        )
    };
    let sums = each(&|place| {
        format!(
            "sum(alike{place}) as alike{place}, sum(unlike{place}) as unlike{place}, min(x{place}) as low{place}, \
             max(x{place}) as high{place}, {}, {}",
            varies("x", place),
            varies("y", place)
        )
    });
    // Where all orders have as many lines, an order that changes by a power of ten takes the value once.
    let is_once = |column: &str| format!("abs(digits_{column} - round(digits_{column}, 0)) < 0.002");
    let all = each(&|place| {
        let (x, y) = (format!("x{place}"), format!("y{place}"));
        format!(
            "case when alike{place} > 0 and unlike{place} * 10 <= alike{place} and low{place} * high{place} > 0 \
             and (varies_{x} < varies_{y} * 0.999999999 or (varies_{x} < varies_{y} * 1.000000001 and ({} or not {}))) \
             then 1 else 0 end as verdict_{place}",
            is_once(&x),
            is_once(&y)
        )
    });
    format!(
        "{with}select {all} from (select {sums} from (select {judged} from (\n{orders}\n) as orders) as orders) as orders"
    )
}
