//! Amounts of an order in sums that make one row of several lines, and those that lines take in different parts: measured by the change
//! of the whole order.
//!
//! An amount counts with every line where three things hold. A change of it moves an order by as much as its lines together, those of one
//! half and those of the other: what counts once, or is spread, moves it by the same with either half. All lines of an order take it from
//! one row of its table: those of a product have rows of their own. And no number of the lines has part in the change, as what they are
//! worth has in that of a rate; or only a factor has, such as the rate of `(amount - voucher) * rate`: what the line is otherwise made of
//! makes all of what is left where the amount is none.

use super::chain::{Chain, Instead, Others, Place, Variant};
use super::taken::Taken;
use super::values::{Column, DIFFERENT, Values, of_variant};
use crate::check;
use crate::error::{Exit, Failure};
use crate::query::TableName;
use crate::table::Table;

use super::number;

/// A change that is none: half of what the sixth decimal shows.
const NONE: &str = "0.0000005";

/// Of the orders that show how they take an amount one in so many is enough to say it, and one in so many may show something else: a
/// limit of the query does that to those that come upon it. A right query has none that takes it with every line.
const ONE_IN: u64 = 10;

/// How an amount takes a column where its sum over an order is what changes.
pub(super) async fn taken(
    chain: &Chain<'_>,
    column: &Column<'_>,
    amount: &str,
) -> Result<Option<Taken>, Failure> {
    let mut parts = Vec::new();
    for table in chain.fields.keys().filter(|table| *table != column.table || chain.has_list(table)) {
        if is_parted(chain, column, amount, table).await? {
            parts.push(table);
        }
    }
    let Some(lines) = parts.first() else { return Ok(None) };
    let (with, without) = factors(chain, column, amount).await?;
    let is_beside = with.iter().any(|(table, _)| parts.contains(table));
    if is_beside && !is_beside_others(chain, column, amount, &without).await? {
        return Ok(None);
    }
    let found = match halves(chain, column, amount, (lines, &with)).await {
        // A query may need the rows that are left out.
        Err(failure) if failure.exit != Exit::Resources => {
            return Ok(Some(Taken::perhaps(column, amount, "")));
        }
        found => found?,
    };
    let count = |what: &str| number(&found, 0, what);
    let cell = |what: &str| check::fill(&format!("{{{what}}}"), &found, 0);
    let (parted, orders) = (count("parted"), count("orders"));
    let is_of_order = count("one_row") * ONE_IN >= parted * (ONE_IN - 1) && count("linear") * 2 > orders;
    if parted == 0 || !is_of_order {
        return Ok(None);
    }
    // Of lists no number can be another one: multiples of one amount show that nothing of a line has part in the change.
    let is_open = *lines == column.table && count("is_exact") == 0;
    // What one row of a table is for all orders, or for some of them beside a factor, may be a rate or a fee of each line.
    let is_shared = column.start != 0 && count("rows_known") * ONE_IN < count("known") * (ONE_IN - 1);
    let is_one = count("rows_known") < 2 && count("known") > 1;
    let is_fee = is_one || is_shared && (is_beside || count("one_row") < parted);
    let times = format!(": {} orders", cell("known"));
    if is_open || is_fee {
        return Ok(Some(Taken::perhaps(column, amount, &times)));
    }
    // What is told is counted in all rows.
    let found = if chain.samples.is_empty() {
        found
    } else {
        halves(&chain.whole(), column, amount, (lines, &with)).await?
    };
    let count = |what: &str| number(&found, 0, what);
    let cell = |what: &str| check::fill(&format!("{{{what}}}"), &found, 0);
    let (given, before) = if count("is_exact") > 0 {
        (cell("given"), cell("before"))
    } else {
        ("several".to_owned(), "less".to_owned())
    };
    let worth = Some((before, cell("after")));
    Ok(Some(Taken::repeated(&chain.last.path, column, amount, is_shared, &[cell("known"), given], worth)))
}

/// The change of an amount from one variant to another.
fn change(variant: i32, before: i32) -> String {
    format!("{} - {}", of_variant(variant, 0), of_variant(before, 0))
}

/// Reads; nothing where the query does not take the values.
async fn read(chain: &Chain<'_>, sql: &str) -> Result<Option<Table>, Failure> {
    match chain.engine.read("the amounts of orders", sql).await {
        Err(failure) if failure.exit != Exit::Resources => Ok(None),
        found => found.map(Some),
    }
}

/// Whether orders change by as much as with the halves of a table together, and not all by the same although their halves have other shares
/// of it: that is what an amount does that is spread by a number of lines that the order has.
async fn is_parted(
    chain: &Chain<'_>,
    column: &Column<'_>,
    amount: &str,
    table: &TableName,
) -> Result<bool, Failure> {
    let two = [Values::Start, Values::More];
    let others = [Others::Same, Others::Half(table, 0), Others::Half(table, 1)];
    let variants: Vec<Variant<'_>> =
        others.into_iter().flat_map(|others| two.map(|values| Some((values, vec![others])))).collect();
    let (with, rows) = chain.variants(column, &[amount], &variants)?;
    let sql = format!(
        "{with}select count(case when abs(one + two - more) <= 0.01 * abs(more) then 1 end) as parted, \
         case when max(abs(more)) - min(abs(more)) <= 0.000001 * max(abs(more)) and \
         max(abs(one / more)) - min(abs(one / more)) > 0.01 then 1 else 0 end as is_spread, count(*) as orders from (\
         select {} as more, {} as one, {} as two from (\n{rows}\n) as variants group by karat_order) as orders \
         where abs(more) > {NONE} and abs(one) > {NONE} and abs(two) > {NONE}",
        change(1, 0),
        change(3, 2),
        change(5, 4),
    );
    let Some(found) = read(chain, &sql).await? else { return Ok(false) };
    let (parted, orders) = (number(&found, 0, "parted"), number(&found, 0, "orders"));
    Ok(parted > 0 && parted * ONE_IN >= orders && number(&found, 0, "is_spread") == 0)
}

/// The numbers of all tables that have part in the change of an amount, and those that have none.
async fn factors<'a>(
    chain: &'a Chain<'_>,
    column: &Column<'_>,
    amount: &str,
) -> Result<(Vec<Place<'a>>, Vec<Place<'a>>), Failure> {
    let (mut with, mut without) = (Vec::new(), Vec::new());
    for place in chain.numbers() {
        if (place.0, place.1.name().as_str()) == (column.table, column.name) {
            continue;
        }
        let places = [place];
        let others = [Others::Same, Others::Numbers(&places, Instead::Other)];
        let two = [Values::Start, Values::More];
        let variants: Vec<Variant<'_>> =
            others.into_iter().flat_map(|others| two.map(|values| Some((values, vec![others])))).collect();
        let (begin, rows) = chain.variants(column, &[amount], &variants)?;
        // What all amounts are multiplied by moves all orders; a limit those that come upon it.
        let sql = format!(
            "{begin}select count(case when abs(moved - more) > 0.004 * abs(more) then 1 end) as moved, count(*) as orders from (\
             select {} as more, {} as moved from (\n{rows}\n) as variants group by karat_order) as orders where abs(more) > {NONE}",
            change(1, 0),
            change(3, 2),
        );
        let found = read(chain, &sql).await?;
        let has_part =
            found.is_some_and(|found| number(&found, 0, "moved") * 2 > number(&found, 0, "orders"));
        let list = if has_part { &mut with } else { &mut without };
        list.push(place);
    }
    Ok((with, without))
}

/// Whether an amount that is multiplied stands beside other amounts: without it, the numbers that have no part in its change make all of
/// what is left. A price or rate is all that there is, or leaves what it is multiplied by: `amount * (1 - rate)`.
async fn is_beside_others(
    chain: &Chain<'_>,
    column: &Column<'_>,
    amount: &str,
    without: &[Place<'_>],
) -> Result<bool, Failure> {
    let variants: [Variant<'_>; 3] = [
        None,
        Some((Values::Zero, vec![Others::Same])),
        Some((Values::Zero, vec![Others::Numbers(without, Instead::Little)])),
    ];
    let (with, rows) = chain.variants(column, &[amount], &variants)?;
    let sql = format!(
        "{with}select count(case when abs(rest) > 0.001 * abs(amount) then 1 end) as with_rest, \
         count(case when abs(rest) > 0.001 * abs(amount) and abs(little) > 0.01 * abs(rest) then 1 end) as kept, count(*) as orders from (\
         select {} as amount, {} as rest, {} as little from (\n{rows}\n) as variants group by karat_order) as orders \
         where abs(amount) > {NONE}",
        of_variant(0, 0),
        of_variant(1, 0),
        of_variant(2, 0),
    );
    let Some(found) = read(chain, &sql).await? else { return Ok(false) };
    let with_rest = number(&found, 0, "with_rest");
    Ok(with_rest * 2 > number(&found, 0, "orders") && number(&found, 0, "kept") * 2 <= with_rest)
}

/// What orders change by with all rows of another table, and with each half of them; factors are 1, so that each line changes by the same.
async fn halves<'a>(
    chain: &Chain<'_>,
    column: &Column<'_>,
    amount: &str,
    (lines, factors): (&'a TableName, &'a [Place<'a>]),
) -> Result<Table, Failure> {
    let mut last = Err(Failure::new(Exit::Bug, "check", "no change is tried"));
    for different in DIFFERENT {
        let three = [Values::Start, Values::More, Values::Different(different)];
        let worth = if column.is_text { Values::Zero } else { Values::ZeroAtStart };
        let plain =
            [Values::Start, Values::Zero, worth, Values::Near].map(|values| (values, vec![Others::Same]));
        let even = Others::Numbers(factors, Instead::One);
        let of = |others: Vec<Others<'a>>| three.map(move |values| (values, others.clone()));
        let parts = [vec![even], vec![Others::Half(lines, 0), even], vec![Others::Half(lines, 1), even]];
        let variants: Vec<Variant<'_>> = std::iter::once(None)
            .chain(plain.into_iter().chain(parts.into_iter().flat_map(of)).map(Some))
            .collect();
        let (with, rows) = chain.variants(column, &[amount], &variants)?;
        let (worth, takes) =
            if column.is_text { (change(0, 2), change(0, 2)) } else { (change(1, 3), change(4, 0)) };
        // A change that counts in each line is the least of all as many times as there are lines. Where each row of the column's table
        // changes by another multiple, a condition that begins to hold changes an order by the same.
        let sql = format!(
            "{with}select count(case when is_parted then 1 end) as parted, \
             count(case when is_parted and abs(one_row - two_row) <= {same} * abs(one_row) then 1 end) as one_row, \
             count(*) as orders, count(case when abs(row_id) > 1 + {same} then 1 end) as linear, \
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
             from (\n{rows}\n) as variants group by karat_order) as orders where abs(more) > {NONE}) as orders) as orders",
            same = "0.0002",
            total = change(0, 2),
            more = change(6, 5),
            different = change(7, 5),
            one = change(9, 8),
            one_different = change(10, 8),
            two = change(12, 11),
            two_different = change(13, 11),
        );
        last = chain.engine.read("the rows behind an amount", &sql).await;
        if last.as_ref().is_ok_and(|found| number(found, 0, "known") > 0) {
            break;
        }
    }
    last
}
