//! Other values of a column, and what they alter in amounts, as SQL.

use crate::query::mapping::quoted;
use crate::query::{ID, TableName};

/// How values are changed: from where on, in changes; by what, once more by less, for a type may have no room for it; divided by what.
///
/// Far from what they are, in both directions, no limit of the query such as `greatest(…, 0)` hides a change, and no condition such as
/// `freight > 50` begins to hold. Where a query limits them on both sides only a small change is seen: a quarter, or one where it
/// makes whole numbers of them.
pub(super) const WAYS: [(i64, [i64; 2], i64); 4] =
    [(1, [10_000, 100], 1), (1, [-10_000, -100], 1), (0, [25, 25], 100), (0, [1, 1], 1)];

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
    /// Those that are changed.
    Start,
    /// More by the change.
    More,
    /// More by another multiple of it in each row, by two at least; near what they are by one to three times as much.
    Different(u64),
    /// None.
    Zero,
    /// None, where the change starts.
    ZeroAtStart,
    /// More by one than they are.
    Near,
}

/// A column of a joined table.
#[derive(Clone, Copy)]
pub(super) struct Column<'a> {
    pub(super) table: &'a TableName,
    pub(super) name: &'a str,
    pub(super) is_text: bool,
    /// From where on its values are changed, in changes.
    pub(super) start: i64,
    pub(super) change: i64,
    /// What both are divided by.
    pub(super) per: i64,
}

impl Column<'_> {
    pub(super) fn with(&self, values: Values) -> String {
        let (name, start, change) = (quoted(self.name), self.start * self.change, self.change);
        let value = match values {
            Values::Start | Values::ZeroAtStart => start.to_string(),
            Values::More => (start + change).to_string(),
            Values::Different(of) if start == 0 => {
                format!("({change} + \"{ID}\" % {of} * {SPREAD} % {})", 2 * change + 2)
            }
            Values::Different(of) => {
                format!("({start} + {change} * (2 + \"{ID}\" % {of} * {SPREAD} % {of}))")
            }
            Values::Zero => "0".to_owned(),
            Values::Near => "1".to_owned(),
        };
        // One more than they are is none of the changes.
        let per = if matches!(values, Values::Near) { 1 } else { self.per };
        let number = if per == 1 { value } else { format!("cast({value} as double) / {per}") };
        match (self.is_text, values) {
            (true, _) => {
                format!(
                    "case when regexp_like({name}, '{NUMBER}') then cast({number} as varchar) else {name} end"
                )
            }
            (false, Values::Zero | Values::ZeroAtStart) => {
                format!("cast({name} as double) * 0 + cast({number} as double)")
            }
            (false, _) => format!("cast({name} as double) + cast({number} as double)"),
        }
    }
}

/// What an amount is in a variant.
pub(super) fn of_variant(variant: i32, place: usize) -> String {
    format!("coalesce(sum(case when variant = {variant} then a{place} end), 0)")
}

/// Whether an amount changes by the same in all lines of an order, and by more where there are more of them, as `verdict`; and
/// how many orders change at all, as `changed`.
pub(super) fn verdicts(with: &str, orders: &str, amounts: usize) -> String {
    let each = |text: &dyn Fn(usize) -> String| (0..amounts).map(text).collect::<Vec<_>>().join(", ");
    let judged = each(&|place| {
        let is_same = format!("high{place} - low{place} <= {ROUNDED}");
        format!(
            "case when {is_same} then low{place} end as x{place}, case when {is_same} then all{place} end as y{place}, \
             all{place}, \
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
             max(x{place}) as high{place}, count(all{place}) as changed{place}, {}, {}",
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
             then 1 else 0 end as verdict_{place}, changed{place} as changed_{place}",
            is_once(&x),
            is_once(&y)
        )
    });
    format!(
        "{with}select {all} from (select {sums} from (select {judged} from (\n{orders}\n) as orders) as orders) as orders"
    )
}
