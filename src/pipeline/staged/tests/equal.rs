//! Rows that a query makes equal, and rows of sources that hold no amounts.

use super::*;

/// Lines of which two are equal: a product stands for an order, and the pieces for a product.
const OF_LINES: &str = "items.product as order_id, items.pieces as product_id, items.price as net_amount";

#[tokio::test]
async fn lines_that_a_query_makes_equal_are_items_that_are_lost() {
    let numbered = "row_number() over (partition by order_id order by product_id) as line_number";
    let lost = "is equal to another";
    for (key, text) in [
        (
            "order_id, line_number",
            format!(
                "with lines as (select distinct {OF_LINES} from source.items) select order_id, product_id, net_amount, {numbered} from lines"
            ),
        ),
        ("order_id, product_id", format!("select distinct {OF_LINES} from source.items")),
        (
            "order_id, product_id",
            format!("select {OF_LINES} from source.items group by items.product, items.pieces, items.price"),
        ),
        (
            "order_id, product_id",
            format!(
                "select {OF_LINES} from source.items union select {OF_LINES} from source.items where items.order_no > 9"
            ),
        ),
    ] {
        let (message, _) = outcome_of(&[("order_lines", key, &text)]).await;
        let wanted = "1 rows of source.items are equal to another one of their order and given once, by `distinct`, `group by` or `union`: 5 are lost";
        assert!(message.contains(wanted), "{lost} {text}\n{message:?}");
    }
}

#[tokio::test]
async fn lines_with_a_number_and_amounts_of_orders_may_be_made_equal() {
    for (key, text) in [
        // A number of the source tells that they came twice.
        (
            "order_id, line_number",
            format!("select distinct {OF_LINES}, items.pieces as line_number from source.items"),
        ),
        // What all lines of an order have is an amount of the order.
        (
            "order_id",
            "select distinct items.order_no as order_id, orders.freight as net_amount from source.items left join source.orders on items.order_no = orders.id".to_owned(),
        ),
        // What is added up is not lost.
        (
            "order_id, product_id",
            "select items.product as order_id, items.pieces as product_id, sum(items.price) as net_amount from source.items group by items.product, items.pieces".to_owned(),
        ),
        ("order_id, product_id", format!("select distinct {OF_LINES} from source.items where items.order_no <> 4")),
    ] {
        let (message, _) = outcome_of(&[("order_lines", key, &text)]).await;
        assert!(!message.contains("equal to another"), "{text}\n{message:?}");
    }
}

#[tokio::test]
async fn a_join_that_repeats_rows_without_amounts_is_found() {
    // Product a stands twice among the goods, and in three items.
    let of = "from source.items left join source.goods on items.product = goods.product";
    let case = |id: &str| format!("select {id} as case_id, items.order_no as customer_id {of}");
    let repeated = "a join repeats rows: the 6 rows of source.items that the query gives are given 9 times";
    for (key, text, wanted) in [
        ("case_id", case("row_number() over (order by items.order_no, items.product, goods.cost)"), repeated),
        ("case_id, cost", format!("{}, goods.cost {of}", case("items.order_no || items.product").replace(of, "")), repeated),
        ("case_id", "select orders.id as case_id, orders.buyer as customer_id from source.orders left join source.people on orders.buyer = people.name".to_owned(), ""),
        // Rows of a table that is joined later, by what they are known by.
        ("case_id", "select items.product || items.order_no as case_id, orders.buyer as customer_id from source.orders inner join source.items on orders.id = items.order_no".to_owned(), ""),
    ] {
        let (message, _) = outcome_of(&[("service_cases", key, &text)]).await;
        assert!(message.contains(wanted) && message.is_empty() == wanted.is_empty(), "{text}\n{message:?}");
    }
}
