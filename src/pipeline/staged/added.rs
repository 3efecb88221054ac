//! Amounts of an order in sums that make one row of several lines: measured by the change of the whole order.
//!
//! A change of the value that counts with every line moves an order by as much as its lines together, those of one half and those of the
//! other; one that counts once, or is spread, moves it by the same with any of them.

use super::chain::{Chain, Others, Variant};
use super::taken::Taken;
use super::values::{Column, DIFFERENT, Values, of_variant};
use crate::check;
use crate::error::{Exit, Failure};
use crate::query::TableName;
use crate::table::Table;

use super::number;

/// How an amount takes a column where its sum over an order is what changes.
pub(super) async fn taken(
    chain: &Chain<'_>,
    column: &Column<'_>,
    amount: &str,
) -> Result<Option<Taken>, Failure> {
    if is_moved(chain, column, amount, Others::Moved).await? {
        return Ok(None);
    }
    for lines in chain.fields.keys().filter(|table| *table != column.table) {
        let found = match halves(chain, column, amount, lines).await {
            // A query may need the rows that are left out.
            Err(failure) if failure.exit != Exit::Resources => continue,
            found => found?,
        };
        let count = |what: &str| number(&found, 0, what);
        let cell = |what: &str| check::fill(&format!("{{{what}}}"), &found, 0);
        if count("parted") == 0 || count("whole") * 10 > count("parted") {
            continue;
        }
        if column.start == 0 {
            return Ok(Some(Taken::perhaps(column, amount, "")));
        }
        // Rows that differ from line to line count with each; what is divided by the column is measured by itself.
        let is_of_order =
            count("one_row") * 10 >= count("parted") * 9 && count("linear") * 2 > count("orders");
        if !is_of_order || count("given") <= count("known") {
            continue;
        }
        let is_shared = count("rows_known") * 10 < count("known") * 9;
        if is_shared || count("is_exact") == 0 || is_moved(chain, column, amount, Others::OwnMoved).await? {
            let times = if count("is_exact") == 0 {
                String::new()
            } else {
                format!(": {} orders take it {} times", cell("known"), cell("given"))
            };
            return Ok(Some(Taken::perhaps(column, amount, &times)));
        }
        let worth = Some((cell("before"), cell("after")));
        return Ok(Some(Taken::repeated(
            &chain.last.path,
            column,
            amount,
            &[cell("known"), cell("given")],
            worth,
        )));
    }
    Ok(None)
}

/// The change of an amount from one variant to another.
fn change(variant: i32, before: i32) -> String {
    format!("{} - {}", of_variant(variant, 0), of_variant(before, 0))
}

/// Whether orders change by something else where other columns hold other numbers.
async fn is_moved(
    chain: &Chain<'_>,
    column: &Column<'_>,
    amount: &str,
    moved: Others<'_>,
) -> Result<bool, Failure> {
    let variants = [Others::Same, moved]
        .map(|others| [Values::Start, Values::More].map(|values| Some((values, others))));
    let (with, rows) = chain.variants(column, &[amount], variants.as_flattened())?;
    let sql = format!(
        "{with}select count(case when abs(moved - more) > 0.001 * abs(more) then 1 end) as moved, count(*) as orders from (\
         select {} as more, {} as moved from (\n{rows}\n) as variants group by karat_order) as orders where more <> 0",
        change(1, 0),
        change(3, 2),
    );
    let found = match chain.engine.read("the amounts of orders", &sql).await {
        // Values that are moved may be none that the query takes.
        Err(failure) if failure.exit != Exit::Resources => return Ok(false),
        found => found?,
    };
    Ok(number(&found, 0, "moved") * 10 > number(&found, 0, "orders"))
}

/// What orders change by with all rows of another table, and with each half of them.
async fn halves(
    chain: &Chain<'_>,
    column: &Column<'_>,
    amount: &str,
    lines: &TableName,
) -> Result<Table, Failure> {
    let mut last = Err(Failure::new(Exit::Bug, "check", "no change is tried"));
    for different in DIFFERENT {
        let three = [Values::Start, Values::More, Values::Different(different)];
        let worth = if column.is_text { Values::Zero } else { Values::ZeroAtStart };
        let all = three.into_iter().chain([Values::Zero, worth, Values::Near]);
        let all = all.map(|values| (values, Others::Same));
        let half = |part| three.into_iter().map(move |values| (values, Others::Half(lines, part)));
        let variants: Vec<Variant<'_>> =
            std::iter::once(None).chain(all.chain(half(0)).chain(half(1)).map(Some)).collect();
        let (with, rows) = chain.variants(column, &[amount], &variants)?;
        let (worth, takes) =
            if column.is_text { (change(0, 4), change(0, 4)) } else { (change(1, 5), change(6, 0)) };
        // A change that counts in each line is the least of all as many times as there are lines.
        let sql = format!(
            "{with}select count(case when is_parted then 1 end) as parted, \
             count(case when one <> 0 and two <> 0 and not is_parted then 1 end) as whole, \
             count(case when is_parted and abs(one_row - two_row) <= 0.0002 * abs(one_row) then 1 end) as one_row, \
             count(*) as orders, count(case when abs(row_id) > 2.5 then 1 end) as linear, \
             count(case when is_taken then 1 end) as known, sum(case when is_taken then times end) as given, \
             count(distinct case when is_taken then row_id end) as rows_known, \
             case when max(abs(abs(more) / least - times)) < 0.01 then 1 else 0 end as is_exact, \
             cast(abs(sum(case when is_taken then worth / times end)) as decimal(38, 4)) as before, \
             cast(abs(sum(case when is_taken then total end)) as decimal(38, 4)) as after from (\
             select orders.*, round(abs(more) / least, 0) as times from (\
             select orders.*, abs(takes) > 0.00005 as is_taken, different / more as row_id, \
             one_different / nullif(one, 0) as one_row, two_different / nullif(two, 0) as two_row, \
             one <> 0 and two <> 0 and abs(one + two - more) <= 0.01 * abs(more) as is_parted, \
             min(least(abs(more), coalesce(nullif(abs(one), 0), abs(more)), coalesce(nullif(abs(two), 0), abs(more)))) over () as least \
             from (select {more} as more, {different} as different, {total} as total, {worth} as worth, {takes} as takes, \
             round({one}, 6) as one, {one_different} as one_different, round({two}, 6) as two, {two_different} as two_different \
             from (\n{rows}\n) as variants group by karat_order) as orders where abs(more) > 0.000001) as orders) as orders",
            more = change(2, 1),
            different = change(3, 1),
            total = change(0, 4),
            one = change(8, 7),
            one_different = change(9, 7),
            two = change(11, 10),
            two_different = change(12, 10),
        );
        last = chain.engine.read("the rows behind an amount", &sql).await;
        if last.as_ref().is_ok_and(|found| number(found, 0, "known") > 0) {
            break;
        }
    }
    last
}
