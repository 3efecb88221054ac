//! Amounts of an order that its lines take: with every line, once, or spread.

use super::*;

/// The select of items with their orders, each with one amount.
fn of_orders(amounts: &str) -> String {
    format!(
        "select items.order_no as order_id, items.product, {amounts} \
         from source.items left join source.orders on items.order_no = orders.id"
    )
}

/// Items with their orders, numbered within them.
const WITH_ORDERS: &str = "with joined as (select items.order_no, items.product, items.pieces, items.price, orders.freight, \
                           row_number() over (partition by items.order_no order by items.product) as line \
                           from source.items left join source.orders on items.order_no = orders.id) \
                           select order_no as order_id, product, ";

#[tokio::test]
async fn an_amount_of_the_order_that_every_line_takes_is_refused_with_its_money() {
    let key = "order_id, product";
    for (number, (text, column, money)) in [
        (of_orders("items.price as net_amount, orders.freight as freight_amount"), "freight_amount", "4 rows of source.orders are counted 5 times; 13 in the tables are 17 in the query"),
        (of_orders("orders.freight as net_amount"), "net_amount", "13 in the tables are 17"),
        (of_orders("items.pieces as quantity, cast(items.price as decimal(28, 2)) * items.pieces - coalesce(orders.freight, 0) as net_amount"), "net_amount", "13 in the tables are 17"),
        (of_orders("(cast(items.price as decimal(28, 2)) - cast(orders.freight as decimal(28, 2))) * 2 as gross_amount"), "gross_amount", "26 in the tables are 34"),
        (of_orders("cast(orders.freight as decimal(28, 2)) / 100 as freight_amount"), "freight_amount", "0.13 in the tables are 0.17"),
        // A condition that holds in each of the lines.
        (of_orders("case when orders.buyer = 'ann' then orders.freight else 0 end as discount_amount"), "discount_amount", "2 rows of source.orders are counted 3 times; 5 in the tables are 9"),
        (of_orders("max(orders.freight) over (partition by items.order_no) as freight_amount"), "freight_amount", "13 in the tables are 17"),
        // Rows that are left out further on are not counted.
        (format!("{WITH_ORDERS} cast(price as decimal(28, 2)) * pieces - freight as net_amount from joined where pieces < 9"), "net_amount", "3 rows of source.orders are counted 4 times; 12 in the tables are 16"),
        (format!("{WITH_ORDERS} price as net_amount, case when line < 3 then freight else 0 end as freight_amount from joined"), "freight_amount", "13 in the tables are 17"),
        (
            "with totals as (select id, sum(freight) as freight from source.orders group by id) select items.order_no as order_id, items.product, items.price + totals.freight as net_amount from source.items left join totals on items.order_no = totals.id".to_owned(),
            "net_amount",
            "4 rows of source.orders are counted 5 times; 13 in the tables are 17",
        ),
        (
            of_orders("items.price as net_amount, cast(orders.freight as decimal(28, 2)) * rates.cost as freight_amount")
                + " left join (select cost from source.goods where cost = 2) as rates on orders.id > 0",
            "freight_amount",
            "26 in the tables are 34",
        ),
        // Divided by what is no number of lines.
        (of_orders("orders.freight / orders.id as freight_amount"), "freight_amount", "4 rows of source.orders are counted 5 times"),
        // Below what adds up, or makes equal.
        (
            "select items.order_no as order_id, items.product, sum(items.price) + max(orders.freight) as net_amount from source.items left join source.orders on items.order_no = orders.id group by items.order_no, items.product".to_owned(),
            "net_amount",
            "13 in the tables are 17",
        ),
        (
            "select distinct items.order_no as order_id, items.product, items.price - orders.freight as net_amount from source.items left join source.orders on items.order_no = orders.id".to_owned(),
            "net_amount",
            "13 in the tables are 17",
        ),
    ]
    .iter()
    .enumerate()
    {
        let (message, open) = outcome(number, key, text).await;
        assert!(message.starts_with(&format!("{column} takes `")) && message.contains(money), "{text}\n{message:?}");
        assert!(open.is_empty(), "{open:?}");
    }
}

#[tokio::test]
async fn an_amount_of_the_order_that_is_taken_once_or_spread_is_accepted() {
    let once = "row_number() over (partition by items.order_no order by items.product) = 1";
    let of = "over (partition by items.order_no)";
    let lines = "(select order_no, count(*) as lines from source.items group by order_no) as counts on items.order_no = counts.order_no";
    for (number, text) in [
        of_orders(&format!("items.price - case when {once} then orders.freight else 0 end as net_amount")),
        of_orders(&format!("orders.freight / count(*) {of} as freight_amount")),
        of_orders(&format!("round(cast(orders.freight as decimal(28, 2)) * items.price / sum(items.price) {of}, 2) as freight_amount")),
        of_orders("orders.freight / counts.lines as freight_amount") + " left join " + lines,
        // What is multiplied.
        of_orders("cast(items.price as decimal(28, 2)) * orders.freight as net_amount"),
        of_orders("cast(items.price as decimal(28, 2)) * (1 - orders.freight) * 2 as net_amount"),
        format!("{WITH_ORDERS} price - case when line = 1 then freight else 0 end as net_amount from joined"),
        format!("{WITH_ORDERS} freight as net_amount from joined where line = 1"),
        format!("{WITH_ORDERS} price as net_amount, freight / count(*) over (partition by order_no) as freight_amount from joined"),
        // Once, by the condition of the join.
        "with numbered as (select order_no, product, price, row_number() over (partition by order_no order by product) as line from source.items) select numbered.order_no as order_id, numbered.product, numbered.price + coalesce(orders.freight, 0) as net_amount from numbered left join source.orders on numbered.order_no = orders.id and numbered.line = 1".to_owned(),
    ]
    .iter()
    .enumerate()
    {
        let (message, open) = outcome(number, "order_id, product", text).await;
        assert!(message.is_empty() && open.is_empty(), "{text}\n{message:?} {open:?}");
    }
}

/// One row of the items of each order.
fn in_sums(amounts: &str) -> String {
    format!(
        "select items.order_no as order_id, {amounts} \
         from source.items left join source.orders on items.order_no = orders.id group by items.order_no"
    )
}

#[tokio::test]
async fn an_amount_of_the_order_in_a_sum_of_its_lines_is_refused_with_its_money() {
    let all = "4 rows of source.orders are counted 5 times; 13 in the tables are 17 in the query";
    let freight = "cast(orders.freight as decimal(28, 2))";
    for (text, wanted) in [
        (in_sums("sum(items.price - orders.freight) as net_amount"), all),
        (in_sums("sum(items.price) + sum(orders.freight) as net_amount"), "that `sum(orders.freight)` adds up"),
        (in_sums(&format!("sum(items.price - {freight} / 100) as net_amount")), "0.13 in the tables are 0.17"),
        (in_sums("sum(greatest(items.price - orders.freight, 0)) as net_amount"), all),
        (in_sums("sum(items.price + case when orders.freight > 3 then orders.freight else 0 end) as net_amount"), "2 rows of source.orders are counted 3 times; 10 in the tables are 14"),
        (
            "with lines as (select items.order_no, items.price - orders.freight as net from source.items left join source.orders on items.order_no = orders.id) select order_no as order_id, sum(net) as net_amount from lines group by order_no".to_owned(),
            all,
        ),
        // Limits on both sides, and a rate of the line.
        (in_sums("sum(least(greatest(items.price - orders.freight, 0), items.price)) as net_amount"), all),
        (in_sums(&format!("sum((items.price - {freight}) * items.pieces) as net_amount")), "35 in the tables are 41 in the query"),
        (in_sums(&format!("sum((cast(items.price as decimal(28, 2)) * items.pieces - {freight}) * goods.cost - items.pieces) as net_amount")).replace(" group by", " left join (select 2 as cost) as goods on items.order_no > 0 group by"), "26 in the tables are 34"),
        (in_sums(&format!("sum((items.price - {freight}) * orders.freight) as net_amount")), "takes `source.orders.freight`"),
        // One row for several orders.
        (
            in_sums("sum(items.price - fees.fee) as net_amount").replace(" group by", " left join (select buyer, max(freight) as fee from source.orders group by buyer) as fees on orders.buyer = fees.buyer group by"),
            "4 orders take it 5 times",
        ),
    ] {
        let (message, open) = outcome(0, "order_id", &text).await;
        assert!(message.contains(wanted), "{text}\n{message:?} {open:?}");
    }
}

#[tokio::test]
async fn an_amount_of_the_order_that_a_sum_takes_once_is_accepted() {
    let price = "cast(items.price as decimal(28, 2))";
    for text in [
        in_sums("sum(items.price) - max(orders.freight) as net_amount"),
        in_sums("sum(items.price - case when items.product = 'a' then orders.freight else 0 end) as net_amount"),
        in_sums(&format!("sum({price} * (100 - orders.freight)) as net_amount")),
        in_sums(&format!("sum({price} * orders.freight) as net_amount")),
        // A share of the line and one of the order; a rate of what is left of the line.
        in_sums(&format!("sum({price} * (100 - items.pieces - orders.freight) / 100) as net_amount")),
        in_sums(&format!("sum(({price} - items.pieces) * orders.freight) as net_amount")),
        in_sums("greatest(sum(items.price) - max(orders.freight), 0) as net_amount"),
        in_sums("sum(case when orders.freight > 3 then items.price else items.price - 1 end) as net_amount"),
        "with lines as (select order_no, sum(price) as amount from source.items group by order_no) select orders.id as order_id, lines.amount - orders.freight as net_amount from source.orders left join lines on orders.id = lines.order_no".to_owned(),
        format!("with lines as ({WITH_ORDERS} price - case when line = 1 then freight else 0 end as net from joined) select order_id, sum(net) as net_amount from lines group by order_id").replace("with lines as (with joined as (", "with joined as (").replace(") select order_no as order_id", "), lines as (select order_no as order_id"),
        // Spread by the worth of the lines.
        "with lines as (select items.order_no, items.price - cast(orders.freight as decimal(28, 2)) * items.price / sum(items.price) over (partition by items.order_no) as net from source.items left join source.orders on items.order_no = orders.id) select order_no as order_id, sum(net) as net_amount from lines group by order_no".to_owned(),
        // A fee of the product, with each of its lines.
        "select items.order_no as order_id, sum(items.price + goods.cost) as net_amount from source.items left join (select product, max(cost) as cost from source.goods group by product) as goods on items.product = goods.product group by items.order_no".to_owned(),
    ] {
        let (message, open) = outcome(0, "order_id", &text).await;
        assert!(message.is_empty() && open.is_empty(), "{text}\n{message:?} {open:?}");
    }
}

#[tokio::test]
async fn a_limit_of_the_query_hides_no_amount_of_the_order() {
    for amount in ["greatest(items.price - orders.freight, 0)", "least(0, orders.freight - items.price)"] {
        let (message, _) =
            outcome(0, "order_id, product", &of_orders(&format!("{amount} as net_amount"))).await;
        assert!(
            message.contains("4 rows of source.orders are counted 5 times; 13 in the tables are 17"),
            "{message:?}"
        );
    }
    let both = of_orders("least(greatest(items.price - orders.freight, 0), items.price) as net_amount");
    let (message, open) = outcome(0, "order_id, product", &both).await;
    assert!(message.contains("13 in the tables are 17"), "{message:?} {open:?}");
}

/// A table of one's own that repeats what the order has, under other names.
const OF_LINES: &str = "select items.order_no as place, items.product, items.price as worth, orders.freight as more, \
                        count(*) over (partition by items.order_no) as siblings \
                        from source.items left join source.orders on items.order_no = orders.id";

#[tokio::test]
async fn an_amount_is_followed_through_tables_of_ones_own() {
    let key = "order_id, product";
    for (amount, wanted) in [
        (
            "worth as net_amount, more as freight_amount",
            "freight_amount takes `source.orders.freight` with every line of an order: 4 rows of source.orders are counted 5 times; 13 in the tables are 17 in the query",
        ),
        ("worth - more as net_amount", "net_amount takes `source.orders.freight` with every line"),
        ("worth - more / siblings as net_amount", ""),
        ("worth as net_amount", ""),
        ("cast(worth as decimal(28, 2)) * more as net_amount", ""),
    ] {
        let text = format!("select place as order_id, product, {amount} from staging.helper");
        let (message, open) =
            outcome_of(&[("helper", "place, product", OF_LINES), ("order_lines", key, &text)]).await;
        assert!(
            message.starts_with(wanted) && message.is_empty() == wanted.is_empty(),
            "{text}\n{message:?}"
        );
        assert!(open.is_empty(), "{open:?}");
    }
}

#[tokio::test]
async fn a_price_is_no_amount_of_an_order() {
    let text = "select items.order_no as order_id, items.product, goods.cost as net_amount from source.items left join (select product, max(cost) as cost from source.goods group by product) as goods on items.product = goods.product";
    let (message, open) = outcome(0, "order_id, product", text).await;
    assert!(message.is_empty() && open.is_empty(), "{message:?} {open:?}");
}
