//! Joins that repeat rows, and those that do not, however they are written.

use super::*;
use crate::config::EngineLimits;
use crate::files::sha256;
use crate::query::{Header, traced};

/// Tables of a shop: their columns, and their rows. Product a stands twice among the goods; all else is known once.
const TABLES: [(&str, &str, &[&str]); 4] = [
    (
        "items",
        "order_no, product, pieces, price",
        &["1, 'a', 2, 10", "1, 'b', 1, 5", "2, 'a', 3, 10", "3, 'a', 9, 10", "4, 'b', 1, 5", "5, 'b', 2, 5"],
    ),
    ("orders", "id, buyer, freight", &["1, 'ann', 4", "2, 'bob', 6", "3, 'ann', 1", "4, 'cy', 2"]),
    ("goods", "product, cost", &["'a', 4", "'a', 5", "'b', 2"]),
    ("people", "name, country", &["'ann', 'GB'", "'bob', 'FR'", "'cy', 'GB'"]),
];

/// A session with these tables, each with the numbers of its rows beside it.
async fn session(folder: &std::path::Path) -> Engine {
    let limits = EngineLimits {
        memory: 64 << 20,
        spill: None,
        threads: Some(2),
        cluster: None,
        cluster_rows: 1_000_000,
        batch_rows: 1024,
        deadline: std::time::Duration::from_hours(1),
    };
    let engine = Engine::start(&limits, folder, folder).expect("a session");
    for (number, (name, columns, rows)) in TABLES.iter().enumerate() {
        let table = TableName::new("source", name);
        let rows = |id: bool| {
            let row = |(place, row): (usize, &&str)| {
                if id { format!("({row}, {})", number * 100 + place) } else { format!("({row})") }
            };
            rows.iter().enumerate().map(row).collect::<Vec<_>>().join(", ")
        };
        let plain = format!("select * from (values {}) as rows({columns})", rows(false));
        let id = format!("select * from (values {}) as rows({columns}, \"{}\")", rows(true), query::ID);
        engine.add_view(&table, &plain).await.expect("a table");
        engine.add_view(&traced(&table), &id).await.expect("a table with numbered rows");
    }
    engine
}

fn columns_of(table: &TableName) -> Option<Vec<String>> {
    let known = TABLES.iter().find(|(name, ..)| *name == table.table)?;
    Some(known.1.split(", ").map(str::to_owned).collect())
}

/// What becomes of a query: nothing, or the message with which it is refused; and what is not checked.
async fn outcome(number: usize, key: &str, text: &str) -> (String, Vec<String>) {
    outcome_of(&[(&format!("lines_{number}"), key, text)]).await
}

/// As [`outcome`], of the last of several queries.
async fn outcome_of(queries: &[(&str, &str, &str)]) -> (String, Vec<String>) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let engine = session(folder.path()).await;
    let mut chain = Vec::new();
    let mut last = Ok(Vec::new());
    let mut open = Vec::new();
    for (name, key, text) in queries {
        let key: Vec<String> = key.split(", ").map(str::to_owned).collect();
        let fan_out = query::fan_out_of(text, &key, ids(name), &columns_of);
        for test in &fan_out.tests {
            let planned = engine.types("a test", &test.sql).await;
            planned.unwrap_or_else(|failure| panic!("{failure:?}\n{}", test.sql));
        }
        open.extend(fan_out.open.iter().cloned());
        chain.push(Query {
            path: "0_staging/order_lines.sql".to_owned(),
            name: TableName::new(STAGING, name),
            header: Header { key, ..Header::default() },
            sha256: sha256(text.as_bytes()),
            text: (*text).to_owned(),
        });
        let once = fan_out.once.clone();
        last = match run(&engine, &chain[chain.len() - 1], Some(fan_out), 1).await {
            Ok(_) => repeated::refuse(&engine, &chain, &once).await,
            Err(failure) => Err(failure),
        };
    }
    match last {
        Ok(more) => {
            open.extend(more);
            (String::new(), open)
        }
        Err(failure) => (failure.message.replace("queries/0_staging/order_lines.sql: ", ""), open),
    }
}

/// Selects of `lines`, numbered here: the key says nothing of joins.
const NUMBERED: &str = "select row_number() over (order by place, product, amount, pieces) as order_id, pieces as quantity, \
                        amount as net_amount from ";

/// The columns of a line.
const LINE: &str = "items.order_no as place, items.product, items.pieces, items.price as amount";

/// Lines joined with the goods, of which one stands twice.
const JOINED: &str = "from source.items left join source.goods on items.product = goods.product";

fn lines(rows: &str, end: &str) -> String {
    format!("with lines as ({rows}) {NUMBERED}lines{end}")
}

/// The goods, each once.
const GOODS: &str = "(select product, max(cost) as cost from source.goods group by product) as goods";

/// Orders joined with their lines.
const OF_ITEMS: &str = "from source.orders inner join source.items on orders.id = items.order_no";

/// Queries that repeat rows, each with what is said of it.
fn repeating() -> Vec<(String, &'static str)> {
    let line = |rest: &str| format!("select {LINE} {rest}");
    let repeated = "a join repeats rows: the 6 rows of source.items that the query gives are given 9 times";
    vec![
        (lines(&line(JOINED), ""), repeated),
        // As many rows are dropped as are repeated.
        (
            lines(&line(&format!("{JOINED} where items.product = 'a'")), ""),
            "the 3 rows of source.items that the query gives are given 6 times",
        ),
        (
            lines(&line(JOINED), " where pieces <> 1 and pieces <> 9"),
            "the 3 rows of source.items that the query gives are given 5 times",
        ),
        (lines(&line("from source.items, source.goods where items.product = goods.product"), ""), repeated),
        (lines(&line("from source.items cross join source.people"), ""), "are given 18 times"),
        (
            format!("{NUMBERED}(select * from ({}) as rows where pieces < 9) as lines", line(JOINED)),
            "the 5 rows",
        ),
        (
            lines(
                &format!(
                    "select 0 as place, 'x' as product, 0 as pieces, 0 as amount from source.people union all {}",
                    line(JOINED)
                ),
                "",
            ),
            repeated,
        ),
        // Later parts of a union have no names of their own.
        (
            format!(
                "select cast(order_no as varchar) || product as order_id, price as net_amount from source.items where order_no > 9 union all select cast(items.order_no as varchar) || items.product || cast(coalesce(goods.cost, 0) as varchar), items.price {JOINED}"
            ),
            repeated,
        ),
        (
            format!(
                "with lines(place, product, pieces, amount) as (select items.order_no, items.product, items.pieces, items.price {JOINED}) {NUMBERED}lines"
            ),
            repeated,
        ),
        (
            format!(
                "select row_number() over (order by orders.id, goods.cost) as order_id, items.price {OF_ITEMS} inner join source.goods on items.product = goods.product"
            ),
            "the 4 rows of orders and items and goods that the query gives are given 8 times",
        ),
        // The rows of goods are read once each by chance; the lines are those with which the joins begin.
        (
            lines(
                "select items.order_no as place, items.product, items.pieces, goods.cost as amount from source.items inner join source.goods on items.product = goods.product where items.order_no = 2",
                "",
            ),
            "the 1 rows of source.items that the query gives are given 2 times",
        ),
    ]
}

/// Queries whose number of rows is right, and whose amounts are not.
fn adding() -> Vec<(String, &'static str)> {
    let line = |rest: &str| format!("select {LINE} {rest}");
    let added = "adds up: the 6 rows of source.items are added 9 times";
    vec![
        (
            lines(
                &format!(
                    "select items.order_no as place, items.product, sum(items.pieces) as pieces, sum(items.price) as amount {JOINED} group by items.order_no, items.product"
                ),
                "",
            ),
            added,
        ),
        (
            lines(
                &format!(
                    "select items.order_no as place, items.product, items.pieces, sum(items.price) over (partition by items.order_no) as amount, goods.cost {JOINED}"
                ),
                " where cost <> 5",
            ),
            added,
        ),
        (
            format!(
                "with joined as ({}), totals as (select place, sum(amount) as amount from joined group by place) select row_number() over (order by order_no, product) as order_id, pieces as quantity, totals.amount as net_amount from source.items left join totals on items.order_no = totals.place",
                line(JOINED)
            ),
            added,
        ),
        (
            "select orders.id as order_id, totals.amount as net_amount from source.orders left join (select items.order_no, sum(orders.freight) as amount from source.items left join source.orders on items.order_no = orders.id group by items.order_no) as totals on orders.id = totals.order_no".to_owned(),
            "a join repeats rows that `sum(orders.freight)` adds up: the 4 rows of source.orders are added 5 times",
        ),
        (
            lines(&line(&format!("from source.items union all select {LINE} from source.items")), ""),
            "two parts of `union all` give the same 6 rows of source.items with the same amount",
        ),
        (
            lines(
                &line(&format!(
                    "from source.items union all select {LINE} from source.items where items.price > 5"
                )),
                "",
            ),
            "two parts of `union all` give the same 3 rows of source.items with the same amount",
        ),
        (
            "select 'a' || cast(order_no as varchar) || product as order_id, price as net_amount from source.items union all select 'b' || cast(order_no as varchar) || product, price from source.items".to_owned(),
            "two parts of `union all` give the same 6 rows of source.items with the same amount",
        ),
        // A count of joined rows that are rows of none of the tables.
        (
            format!(
                "select items.order_no as order_id, cast(max(items.price) as decimal(28, 2)) * count(*) as net_amount {JOINED} group by items.order_no"
            ),
            "a join repeats rows that `count(*)` adds up: the 6 rows of items and goods are added 9 times",
        ),
        // Equal rows become one, whatever made them equal.
        (
            lines(
                &format!(
                    "select distinct items.order_no as place, items.product, items.pieces, sum(items.price) over (partition by items.order_no, items.product) as amount {JOINED}"
                ),
                "",
            ),
            added,
        ),
    ]
}

/// Queries that make several rows of one although rows that are equal become one.
fn splitting() -> Vec<(String, &'static str)> {
    let repeated = "a join repeats rows: the 6 rows of source.items that the query gives are given 9 times";
    let grouped = LINE;
    let by = "items.order_no, items.product, items.pieces, items.price";
    vec![
        (lines(&format!("select distinct {grouped}, goods.cost {JOINED}"), ""), repeated),
        (
            lines(
                &format!("select distinct * {JOINED}")
                    .replace('*', &format!("{grouped}, goods.*"))
                    .replace("source.goods on", "source.goods as goods on"),
                "",
            ),
            repeated,
        ),
        (lines(&format!("select {grouped} {JOINED} group by {by}, goods.cost"), ""), repeated),
        (
            lines(
                &format!(
                    "select place, product, pieces, amount from (select {grouped}, goods.cost {JOINED} union select {grouped}, 0 as cost from source.items) as rows"
                ),
                "",
            ),
            repeated,
        ),
    ]
}

#[tokio::test]
async fn a_join_that_repeats_rows_is_found_however_it_is_written() {
    for (number, (text, wanted)) in [repeating(), adding(), splitting()].concat().into_iter().enumerate() {
        let text = &text;
        let (message, _) = outcome(number, "order_id", text).await;
        assert!(message.contains(wanted), "{text}\ngives {message:?}, not {wanted:?}");
    }
    // Where the key follows from the lines, it finds a repeated row by itself.
    let text =
        format!("select items.order_no as order_id, items.product, items.price as net_amount {JOINED}");
    let (message, _) = outcome(99, "order_id, product", &text).await;
    assert!(message.contains("the key (order_id, product) is not unique"), "{message}");
}

#[tokio::test]
async fn a_join_that_repeats_nothing_is_accepted_however_it_is_written() {
    let line = |rest: &str| format!("select {LINE} {rest}");
    let of_order = "from source.items left join source.orders on items.order_no = orders.id";
    let cases = [
        ("order_id", lines(&line(of_order), "")),
        ("order_id", lines(&line("from source.items, source.orders where items.order_no = orders.id"), "")),
        // The newest of several.
        (
            "order_id",
            lines(&format!("select {LINE}, row_number() over (partition by items.order_no, items.product, items.pieces order by goods.cost) as rank {JOINED}"), " where rank = 1"),
        ),
        ("order_id", lines(&line("from source.items left join (select product, max(cost) as cost from source.goods group by product) as goods on items.product = goods.product"), "")),
        ("order_id", lines(&line(&format!("from source.items where items.product = 'a' union all select {LINE} from source.items where items.product = 'b'")), "")),
        // Orders with their lines: the amounts are those of the lines, and the key names them.
        (
            "order_id, product",
            "select orders.id as order_id, items.product, items.pieces as quantity, items.price as net_amount from source.orders inner join source.items on orders.id = items.order_no".to_owned(),
        ),
        // A line of each order, and one of its freight.
        (
            "order_id",
            "select 'o' || cast(id as varchar) as order_id, freight * 10 as net_amount from source.orders union all select 'f' || cast(id as varchar) as order_id, freight as net_amount from source.orders".to_owned(),
        ),
        // Counted where rows may come several times.
        (
            "order_id",
            "select orders.id as order_id, max(items.price) as net_amount from source.orders left join source.items on orders.id = items.order_no group by orders.id".to_owned(),
        ),
        (
            "order_id",
            "select orders.id as order_id, cast(max(items.price) as decimal(28, 2)) * count(*) as net_amount from source.orders left join source.items on orders.id = items.order_no group by orders.id".to_owned(),
        ),
        // The key is read from a table that is joined to the lines, and they to their orders.
        (
            "order_id, product",
            format!("select orders.id as order_id, goods.product, items.pieces as quantity, items.price as net_amount from source.orders inner join source.items on orders.id = items.order_no inner join {GOODS} on items.product = goods.product"),
        ),
        (
            "order_id, product",
            format!("with joined as (select orders.id, orders.buyer, items.product, items.price from source.orders inner join source.items on orders.id = items.order_no) select joined.id as order_id, goods.product, joined.price as net_amount from joined inner join {GOODS} on goods.product = joined.product"),
        ),
        // Tables of one's own, in which nothing is added up by its name.
        ("id, product", format!("select orders.id, orders.buyer, items.product, items.price {OF_ITEMS}")),
        ("number", format!("select orders.id, row_number() over (order by orders.id, items.product) as number, items.price {OF_ITEMS}")),
        ("order_id", lines(&format!("select distinct {LINE} {JOINED}"), "")),
        (
            "order_id",
            format!("select items.order_no as order_id, sum(items.price) as net_amount {of_order} group by items.order_no"),
        ),
        (
            "order_id",
            "select orders.id as order_id, sum(items.price) as net_amount from source.orders left join source.items on orders.id = items.order_no group by orders.id".to_owned(),
        ),
    ];
    for (number, (key, text)) in cases.iter().enumerate() {
        let (message, open) = outcome(number, key, text).await;
        assert!(message.is_empty() && open.is_empty(), "{text}\ngives {message:?} {open:?}");
    }
}

#[tokio::test]
async fn what_is_not_checked_is_said() {
    let line = |rest: &str| format!("select {LINE} {rest}");
    for (number, (text, wanted)) in [
        (lines(&line("from source.items full join source.orders on items.order_no = orders.id"), ""), "FULL JOIN"),
        (
            "select 'l' || cast(row_number() over (order by order_no, product, pieces) as varchar) as order_id, price as net_amount from source.items union all select 's' || cast(order_no as varchar) as order_id, sum(price) as net_amount from source.items group by order_no".to_owned(),
            "whether the parts of `union all` count money of `source.items` twice",
        ),
        (
            format!("with recursive lines as ({}) {NUMBERED}lines", line("from source.items")),
            "common table expressions that are recursive",
        ),
    ]
    .iter()
    .enumerate()
    {
        let (message, open) = outcome(number, "order_id", text).await;
        assert!(message.is_empty() && open.iter().any(|what| what.contains(wanted)), "{message:?} {open:?}");
    }
}

mod amounts;
mod equal;
