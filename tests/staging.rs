//! Tables as companies keep them: named sources, and queries in `0_staging` that bring them to the columns of a source.

use std::fmt::Write as _;
use std::sync::Arc;

use arrow::array::{
    Array as _, ArrayRef, Float64Array, Int16Array, Int32Array, Int64Array, ListArray, RecordBatch,
    StringArray, StructArray, TimestampMillisecondArray,
};
use arrow::buffer::OffsetBuffer;
use arrow::datatypes::{DataType, Field};

use crate::support::project::{Line, Outcome, Project, find};

/// A project with these sources, files and staging queries.
fn project(sources: &str, files: &[(&str, &str)], queries: &[(&str, &str)]) -> Project {
    let project = Project::new(&format!(
        "project: {{name: Trial, currency: GBP, timezone: Europe/London}}\nas_of: 2025-01-01\n\
         publish: {{location: published/, tables: all}}\npolicy: {{margin: 0.4}}\nsources:\n{sources}"
    ));
    for (name, text) in files {
        project.file(&format!("data/{name}"), text.as_bytes());
    }
    std::fs::create_dir_all(project.path("queries/0_staging")).expect("a folder");
    for (name, sql) in queries {
        project.file(&format!("queries/0_staging/{name}.sql"), sql.as_bytes());
    }
    project
}

/// Runs the project.
fn published(project: &Project) -> Outcome {
    project.karat(&["run"]).exits(0)
}

/// Verifies the run: where there is `DuckDB`, it re-performs it. Only of each form of a query one: joins, lists, a condition.
fn verified(project: &Project) {
    project.karat(&["verify", "latest"]).exits(0).gives("are the same bytes");
}

/// The named cells of a line.
fn cells<'l>(line: &'l Line, columns: &[&str]) -> Vec<&'l str> {
    columns.iter().map(|column| line[*column].as_str()).collect()
}

/// What became of the rows of a source.
fn totals(project: &Project, source: &str) -> Vec<String> {
    let sources = project.table("business.source_totals");
    let line = find(&sources, "source", source);
    let columns = ["rows_read", "rows_used", "rows_rejected", "amount_used", "amount_rejected"];
    cells(line, &columns).into_iter().map(str::to_owned).collect()
}

const SHOP: &str = "  orders: {location: data/orders.csv, format: csv, schema: {id: integer, customer: integer, placed: timestamptz, status: text}}
  items: {location: data/items.csv, format: csv, schema: {\"Order No\": integer, product: text, pieces: integer, price: \"decimal(18, 2)\"}}
  goods: {location: data/goods.csv, format: csv, schema: {product: text, group: text, cost: \"decimal(18, 2)\"}}
  people: {location: data/people.csv, format: csv, schema: {id: integer, name: text, country: text}}
  order_lines: {query: queries/0_staging/order_lines.sql}
  customers: {query: queries/0_staging/customers.sql}
";

const SHOP_FILES: [(&str, &str); 4] = [
    (
        "orders.csv",
        "id,customer,placed,status\n1,10,2024-06-30T23:30:00Z,paid\n2,11,2024-07-02T10:00:00Z,paid\n3,10,2024-08-01T10:00:00Z,cancelled\n\
         4,,2024-09-01T10:00:00Z,paid\n",
    ),
    (
        "items.csv",
        "Order No,product,pieces,price\n1,a,2,10.00\n1,b,1,5.50\n2,a,3,10.00\n3,a,9,10.00\n4,b,1,5.50\n5,b,2,5.50\n",
    ),
    ("goods.csv", "product,group,cost\na,tea,4.00\nb,cups,2.25\n"),
    ("people.csv", "id,name,country\n10,Ann,England\n11,Bob,France\n"),
];

const SHOP_LINES: &str = "-- title:  Order lines of the shop
-- grain:  one row per order and product
-- key:    [order_id, product_id]
-- inputs: [source.goods, source.items, source.orders, source.people]

select
    cast(items.\"Order No\" as varchar) as order_id,
    cast(orders.customer as varchar) as customer_id,
    orders.placed as ordered_at,
    items.pieces as quantity,
    items.price * cast(items.pieces as decimal(28, 0)) as gross_amount,
    goods.cost * cast(items.pieces as decimal(28, 0)) as cost_amount,
    items.product as product_id,
    goods.\"group\" as category,
    people.country,
    items.source_file
from source.items
left join source.orders on items.\"Order No\" = orders.id
left join source.goods on items.product = goods.product
left join source.people on orders.customer = people.id
where orders.status is distinct from 'cancelled'
";

const SHOP_CUSTOMERS: &str = "-- title:  Customers of the shop
-- grain:  one row per customer
-- key:    [customer_id]
-- inputs: [source.people]

select
    cast(id as varchar) as customer_id,
    name,
    country
from source.people
";

#[test]
fn orders_lines_products_and_customers_are_joined_and_a_missing_key_is_a_rejected_row() {
    let project = project(SHOP, &SHOP_FILES, &[("order_lines", SHOP_LINES), ("customers", SHOP_CUSTOMERS)]);
    // The line without a customer and that without an order are 2 of 5.
    let config = std::fs::read_to_string(project.path("config.yaml")).expect("a configuration");
    let limits = "checks: {max_rejected_rows: 50%, max_rejected_money: 50%}\n";
    project.file("config.yaml", (config + limits).as_bytes());
    let told = "5 of the 6 rows of source.items: 1 are left out, by `where` or by an inner join that finds nothing; worth 72 of 162";
    project.karat(&["check"]).exits(0).gives(told);
    // Some editors begin a file with a mark of its encoding.
    project.file("queries/0_staging/order_lines.sql", format!("\u{feff}{SHOP_LINES}").as_bytes());
    published(&project).tells(told);
    verified(&project);
    // 20 + 5.50 + 30 of two orders; 5.50 has no customer and 11.00 no order.
    assert_eq!(totals(&project, "order_lines"), ["5", "3", "2", "55.5000", "16.5000"]);
    assert_eq!(totals(&project, "customers"), ["2", "2", "0", "0.0000", "0.0000"]);
    let lines = project.table("canonical.order_lines");
    assert_eq!(lines.len(), 3);
    // Half past eleven in the evening in UTC is the next day in London.
    let first = find(&lines, "product_id", "b");
    let columns = ["order_id", "customer_id", "order_date", "quantity", "cost_amount", "category", "country"];
    assert_eq!(cells(first, &columns), ["1", "10", "2024-07-01", "1.0000", "2.2500", "cups", "England"]);
    let run = project.run_folder();
    let written = std::fs::read_to_string(run.join("sql/0_staging/order_lines.sql")).expect("the query");
    assert_eq!(written, SHOP_LINES);
    let explained = project.karat(&["explain", "latest", "results.headline"]).exits(0);
    let explained = explained
        .gives("staging.order_lines, 5 rows: sql/0_staging/order_lines.sql")
        .gives("source.items: config.yaml, sources.items")
        .gives("items.csv, 6 rows");
    drop(explained);
    let tier =
        project.karat(&["explain", "latest", "results.tier_profitability.profit", "tier=total"]).exits(0);
    let tier = tier.gives("from items: items.csv, row 2").gives("from goods: goods.csv, row 2");
    drop(tier.gives("from orders: orders.csv, row 1").gives("from people: people.csv, row 1"));
    let rejected =
        ["explain", "latest", "canonical.rejected_rows", "source=order_lines", "reason=customer_missing"];
    let rejected = project.karat(&rejected).exits(0).gives("2 rows of `canonical.checked_order_lines`");
    drop(rejected.gives("from items: items.csv, row 5").gives("from items: items.csv, row 6"));
    project.karat(&["tables", "staging.order_lines"]).exits(0).gives("one row per order and product");
}

#[test]
fn a_join_that_repeats_lines_is_refused_with_their_number() {
    let mut files = SHOP_FILES;
    files[2].1 = "product,group,cost\na,tea,4.00\na,tea,4.10\nb,cups,2.25\n";
    let told = |lines: &str, text: &str| {
        let project = project(SHOP, &files, &[("order_lines", lines), ("customers", SHOP_CUSTOMERS)]);
        project.karat(&["check"]).exits(3).tells(text);
        project.karat(&["run"]).exits(3).tells(text);
        assert!(!project.has_published());
    };
    // Of the 6 lines one is cancelled; the 2 of product a come twice.
    told(
        SHOP_LINES,
        "the key (order_id, product_id) is not unique; of 7 rows 4 share theirs with another, and in 0 it is not known",
    );
    // A number that the query makes by itself hides nothing.
    let numbered = SHOP_LINES.replace("[order_id, product_id]", "[line_number]").replace(
        "    orders.placed as ordered_at,",
        "    orders.placed as ordered_at,\n    row_number() over (order by items.\"Order No\", items.product, goods.cost) as line_number,",
    );
    told(
        &numbered,
        "a join repeats rows: the 5 rows of source.items that the query gives are given 7 times; 162 in the tables are 122 in the query",
    );
    let unknown =
        SHOP_LINES.replace("[order_id, product_id]", "[order_id, customer_id, product_id, cost_amount]");
    told(
        &unknown,
        "the key (order_id, customer_id, product_id, cost_amount) is NULL in a row; of 7 rows 0 share theirs with another, and in 2 it is not known",
    );
}

#[test]
fn shops_are_put_together_with_their_refunds() {
    let sources = "  shop_north: {location: data/north.csv, format: csv, schema: {no: text, buyer: text, day: date, amount: \"decimal(18, 2)\"}}
  shop_south: {location: data/south.csv, format: csv, delimiter: ;, schema: {nr: text, kunde: text, tag: date, cents: integer}}
  refunds: {location: data/refunds.csv, format: csv, schema: {no: text, day: date, amount: \"decimal(18, 2)\"}}
  order_lines: {query: queries/0_staging/order_lines.sql}
";
    let files = [
        ("north.csv", "no,buyer,day,amount\n1,ann,2024-05-01,100.00\n2,bob,2024-06-01,50.00\n"),
        ("south.csv", "nr;kunde;tag;cents\n1;cy;2024-05-03;7550\n"),
        ("refunds.csv", "no,day,amount\n2,2024-06-10,20.00\n"),
    ];
    let sql = "-- title:  Order lines of both shops, refunds as returned lines
-- grain:  one row per order line or refund
-- key:    [order_id]
-- inputs: [source.refunds, source.shop_north, source.shop_south]

select
    'north-' || no as order_id,
    buyer as customer_id,
    day as ordered_at,
    amount as net_amount,
    false as is_return,
    source_file
from source.shop_north
union all
select
    'south-' || nr as order_id,
    kunde as customer_id,
    tag as ordered_at,
    cast(cents as decimal(28, 0)) * cast('0.01' as decimal(20, 2)) as net_amount,
    false as is_return,
    source_file
from source.shop_south
union all
select
    'refund-' || refunds.no as order_id,
    shop_north.buyer as customer_id,
    refunds.day as ordered_at,
    -refunds.amount as net_amount,
    true as is_return,
    refunds.source_file
from source.refunds
left join source.shop_north on refunds.no = shop_north.no
";
    let project = project(sources, &files, &[("order_lines", sql)]);
    published(&project);
    assert_eq!(totals(&project, "order_lines"), ["4", "4", "0", "205.5000", "0.0000"]);
    let staged = project.table("staging.order_lines");
    let files: Vec<&str> = staged.iter().map(|line| line["source_file"].as_str()).collect();
    // The files are numbered in the order of the names of their tables: refunds, then north, then south.
    assert_eq!(files, ["2", "2", "1", "3"]);
}

/// The sources of histories with baskets.
const BASKETS: &str = "  baskets: {location: data/baskets.parquet}
  order_lines: {query: queries/0_staging/order_lines.sql, amount_scale: 2}
";

/// Three baskets with a list of two, no and one articles, and freight of 1, 2 and 3.
fn baskets(project: &Project) {
    let article = StructArray::from(vec![
        (
            Arc::new(Field::new("sku", DataType::Utf8, true)),
            Arc::new(StringArray::from(vec!["a", "b", "a"])) as ArrayRef,
        ),
        (
            Arc::new(Field::new("pieces", DataType::Int16, true)),
            Arc::new(Int16Array::from(vec![2, 1, 300])) as ArrayRef,
        ),
        (
            Arc::new(Field::new("price", DataType::Float64, true)),
            Arc::new(Float64Array::from(vec![0.1, 9.99, 1000.5])) as ArrayRef,
        ),
    ]);
    let item = Arc::new(Field::new("element", article.data_type().clone(), true));
    let articles = ListArray::new(item, OffsetBuffer::from_lengths([2, 0, 1]), Arc::new(article), None);
    let rows: Vec<(&str, ArrayRef)> = vec![
        ("basket", Arc::new(Int32Array::from(vec![1, 2, 3]))),
        ("freight", Arc::new(Float64Array::from(vec![1.0, 2.0, 3.0]))),
        ("buyer", Arc::new(StringArray::from(vec!["ann", "bob", "cy"]))),
        (
            "at",
            Arc::new(
                TimestampMillisecondArray::from(vec![
                    1_718_000_000_000,
                    1_718_100_000_000,
                    1_718_200_000_000,
                ])
                .with_timezone("UTC"),
            ),
        ),
        ("articles", Arc::new(articles)),
    ];
    project
        .parquet("data/baskets.parquet", &RecordBatch::try_from_iter(rows).expect("columns of one length"));
}

#[test]
fn nested_lines_are_opened_and_the_fields_of_structs_are_read() {
    let sql = r#"-- title:  Order lines out of the baskets
-- grain:  one row per basket and article
-- key:    [order_id, product_id]
-- inputs: [source.baskets]

with

lines as (
    select
        basket,
        buyer,
        "at",
        unnest(articles) as article
    from source.baskets
)

select
    cast(basket as varchar) as order_id,
    buyer as customer_id,
    "at" as ordered_at,
    article['pieces'] as quantity,
    article['price'] * cast(article['pieces'] as double) as gross_amount,
    article['sku'] as product_id
from lines
"#;
    let project = project(BASKETS, &[], &[("order_lines", sql)]);
    baskets(&project);
    published(&project);
    verified(&project);
    // 0.20 + 9.99 + 300,150.00; the basket without articles has no line.
    assert_eq!(totals(&project, "order_lines"), ["3", "3", "0", "300160.1900", "0.0000"]);
    // An amount beside the list is one of the basket.
    let freight = sql.replace("        buyer,", "        buyer,\n        freight,").replace(
        "['sku']",
        "['sku'] as product_id,\n    cast(freight as decimal(18, 2)) as freight_amount --",
    );
    project.file("queries/0_staging/order_lines.sql", freight.as_bytes());
    project.karat(&["check"]).exits(3).tells(
        "freight_amount takes `source.baskets.freight` with every line of an order: 2 rows of source.baskets are counted 3 times; 4 in the tables are 5 in the \
         query",
    );
}

#[test]
fn an_amount_beside_a_list_that_a_sum_over_its_elements_takes_with_each_is_refused() {
    let sql = r#"-- title:  Baskets
-- grain:  one row per basket
-- key:    [order_id]
-- inputs: [source.baskets]

with

lines as (
    select
        basket,
        buyer,
        "at",
        freight,
        unnest(articles) as article
    from source.baskets
)

select
    cast(basket as varchar) as order_id,
    max(buyer) as customer_id,
    max("at") as ordered_at,
    sum(cast(article['price'] as decimal(18, 2)) - cast(freight as decimal(18, 2))) as gross_amount
from lines
group by basket
"#;
    let project = project(BASKETS, &[], &[("order_lines", sql)]);
    baskets(&project);
    project.karat(&["check"]).exits(3).tells(
        "gross_amount takes `source.baskets.freight` with every line of an order: 2 rows of source.baskets are counted 3 times; 4 in the tables are 5 in the \
         query",
    );
    let once = sql.replace("(18, 2)) - cast", "(18, 2))) - max(cast");
    project.file("queries/0_staging/order_lines.sql", once.as_bytes());
    published(&project);
    // 0.1 + 9.99 - 1 and 1,000.5 - 3.
    assert_eq!(totals(&project, "order_lines"), ["2", "2", "0", "1006.5900", "0.0000"]);
}

#[test]
fn an_amount_of_the_order_is_taken_once_or_spread_over_its_lines() {
    let sources = "  orders: {location: data/orders.csv, format: csv, schema: {id: text, buyer: text, day: date, freight: \"decimal(18, 2)\", voucher: \"decimal(18, 2)\"}}
  items: {location: data/items.csv, format: csv, schema: {id: text, line: integer, amount: \"decimal(18, 2)\"}}
  order_lines: {query: queries/0_staging/order_lines.sql, amount_scale: 4}
";
    let files = [
        (
            "orders.csv",
            "id,buyer,day,freight,voucher\n1,ann,2024-05-01,6.00,3.00\n2,bob,2024-05-02,4.50,0.00\n",
        ),
        ("items.csv", "id,line,amount\n1,1,10.00\n1,2,20.00\n2,1,8.00\n"),
    ];
    let sql = "-- title:  Order lines with their share of what the order says
-- grain:  one row per order and line
-- key:    [order_id, line_number]
-- inputs: [source.items, source.orders]

with

lines as (
    select
        id,
        line,
        amount,
        sum(amount) over (partition by id) as order_amount,
        row_number() over (partition by id order by line) as place
    from source.items
)

select
    lines.id as order_id,
    lines.line as line_number,
    orders.buyer as customer_id,
    orders.day as ordered_at,
    lines.amount as gross_amount,
    -- The voucher is spread by the amounts.
    cast(cast(orders.voucher as decimal(28, 2)) * lines.amount as double)
    / nullif(cast(lines.order_amount as double), 0)
        as discount_amount,
    -- Freight is taken with the first line.
    case when lines.place = 1 then orders.freight end as freight_amount
from lines
left join source.orders on lines.id = orders.id
";
    let project = project(sources, &files, &[("order_lines", sql)]);
    published(&project);
    // 38.00 less the voucher of 3.00: 1.00 on the first line and 2.00 on the second.
    assert_eq!(totals(&project, "order_lines"), ["3", "3", "0", "35.0000", "0.0000"]);
    let lines = project.table("canonical.order_lines");
    let of_order: Vec<Vec<&str>> =
        lines.iter().map(|line| cells(line, &["order_id", "discount_amount", "freight_amount"])).collect();
    assert_eq!(of_order, [["1", "1.0000", "6.0000"], ["1", "2.0000", "0.0000"], ["2", "0.0000", "4.5000"]]);
    // Freight with every line, as an amount of its own or within another one.
    let told = "takes `source.orders.freight` with every line of an order: 2 rows of source.orders are counted 3 times; 10.5 in the tables are 16.5 in \
                the query";
    let once = "case when lines.place = 1 then orders.freight end";
    for repeated in [
        sql.replace(once, "orders.freight"),
        sql.replace("lines.amount as gross", "lines.amount + orders.freight as gross"),
    ] {
        project.file("queries/0_staging/order_lines.sql", repeated.as_bytes());
        project.karat(&["check"]).exits(3).tells(told);
    }
}

#[test]
fn the_last_file_of_an_order_is_the_one_with_the_greater_number() {
    let sources = "  order_lines:
    location: data/
    format: csv
    schema: {id: text, customer: text, day: date, amount: \"decimal(18, 2)\"}
    columns: {order_id: id, customer_id: customer, ordered_at: day, net_amount: amount}
checks: {orders_in_two_files: keep_last, max_rejected_rows: 50%, max_rejected_money: 50%}
";
    let head = "id,customer,day,amount\n";
    let (first, second) =
        (format!("{head}1,a,2024-03-01,100\n2,b,2024-03-02,7\n"), format!("{head}1,a,2024-03-01,160\n"));
    let project = project(sources, &[("part-2.csv", &first), ("part-10.csv", &second)], &[]);
    published(&project);
    assert_eq!(totals(&project, "order_lines"), ["3", "2", "1", "167.0000", "100.0000"]);
}

#[test]
fn of_two_tables_no_name_says_which_file_is_the_last() {
    let sources = "  of_march: {location: data/march.csv, format: csv, schema: {id: text, customer: text, day: date, amount: \"decimal(18, 2)\"}}
  of_april: {location: data/april.csv, format: csv, schema: {id: text, customer: text, day: date, amount: \"decimal(18, 2)\"}}
  order_lines: {query: queries/0_staging/order_lines.sql}
checks: {orders_in_two_files: keep_last}
";
    let head = "id,customer,day,amount\n";
    let files =
        |april: &str| [format!("{head}1,a,2024-03-01,100\n2,b,2024-03-02,7\n"), format!("{head}{april}")];
    let part = |table: &str| {
        format!(
            "select id as order_id, customer as customer_id, \"day\" as ordered_at, amount as net_amount, source_file from source.{table}\n"
        )
    };
    let sql = format!(
        "-- title:  Order lines\n-- grain:  one row per line\n-- key:    [order_id, source_file]\n-- inputs: [source.of_april, source.of_march]\n\n{}union all\n{}",
        part("of_march"),
        part("of_april")
    );
    let [march, april] = files("1,a,2024-03-01,160\n");
    let trial = project(sources, &[("march.csv", &march), ("april.csv", &april)], &[("order_lines", &sql)]);
    // The names of the tables say April first: 100 would count, and 160 may be right.
    let told = "1 orders have lines in files of several tables, as of `of_april` and `of_march`: nothing says which are later";
    trial.karat(&["check"]).exits(3).tells(told);
    trial.karat(&["run"]).exits(3).tells(told);
    let [march, april] = files("3,a,2024-04-01,160\n");
    let apart = project(sources, &[("march.csv", &march), ("april.csv", &april)], &[("order_lines", &sql)]);
    published(&apart);
    assert_eq!(totals(&apart, "order_lines"), ["3", "3", "0", "267.0000", "0.0000"]);
}

/// Lines of orders, of which one has a voucher.
const VOUCHERS: &str = "  orders: {location: data/orders.csv, format: csv, schema: {id: integer, customer: text, day: date, voucher: \"decimal(18, 2)\"}}
  items: {location: data/items.csv, format: csv, schema: {no: integer, sku: text, amount: text}}
  order_lines: {query: queries/0_staging/order_lines.sql}
";

/// A query of one row per order or line.
fn of_vouchers(key: &str, columns: &str, end: &str) -> String {
    format!(
        "-- title:  Order lines\n-- grain:  one row per line\n-- key:    [{key}]\n-- inputs: [source.items, source.orders]\n\n\
         select\n    items.no as order_id,\n    {columns}\nfrom source.items\nleft join source.orders\n    on items.no = orders.id\n{end}"
    )
}

#[test]
fn an_amount_of_the_order_in_a_sum_is_refused_and_taken_once_it_is_right() {
    let files = [
        ("orders.csv", "id,customer,day,voucher\n1,a,2024-03-01,20\n2,b,2024-04-01,20\n3,c,2024-05-01,10\n"),
        ("items.csv", "no,sku,amount\n1,x,60\n1,y,100\n2,x,100\n2,y,60\n2,z,50\n3,x,150\n"),
    ];
    let amount = "cast(items.amount as decimal(18, 2))";
    let of = "min(orders.customer) as customer_id,\n    min(orders.day) as ordered_at";
    let summed = |net: &str| {
        of_vouchers("order_id", &format!("{of},\n    {net} as net_amount"), "group by items.no\n")
    };
    let wrong = summed(&format!("sum({amount} - orders.voucher)"));
    let project = project(VOUCHERS, &files, &[("order_lines", &wrong)]);
    let told = "net_amount takes `source.orders.voucher` with every line of an order: 3 rows of source.orders are counted 6 times; 50 in the \
                tables are 110 in the query";
    project.karat(&["check"]).exits(3).tells(told);
    project.karat(&["run"]).exits(3).tells(told);
    let right = summed(&format!("sum({amount}) - max(orders.voucher)"));
    project.file("queries/0_staging/order_lines.sql", right.as_bytes());
    published(&project);
    assert_eq!(totals(&project, "order_lines"), ["3", "3", "0", "470.0000", "0.0000"]);
}

#[test]
fn a_value_that_stops_a_query_is_named_with_column_row_and_file() {
    let of = "orders.customer as customer_id,\n    orders.day as ordered_at,\n    items.sku as product_id";
    let lines = of_vouchers(
        "order_id, product_id",
        &format!("{of},\n    cast(items.amount as decimal(18, 2)) as net_amount"),
        "",
    );
    let orders = "id,customer,day,voucher\n1,a,2024-03-01,0\n2,b,2024-04-01,0\n";
    let files = [("orders.csv", orders), ("items.csv", "no,sku,amount\n1,x,60\n1,y,100\n2,x,1O0\n2,y,50\n")];
    let project = project(VOUCHERS, &files, &[("order_lines", &lines)]);
    let told = "items: net_amount of `queries/0_staging/order_lines.sql` cannot be computed where `amount` is a text of 3 characters that is no number, in \
                row 3 of";
    project.karat(&["check"]).exits(3).tells(told);
    project.karat(&["run"]).exits(3).tells(told).tells("data/items.csv");
}

#[test]
fn whole_numbers_of_any_width_and_floats_arrive_in_wide_types() {
    let sources = "  facts: {location: data/facts.parquet}
  order_lines: {query: queries/0_staging/order_lines.sql, amount_scale: 2}
";
    let sql = "-- title:  Order lines
-- grain:  one row per fact
-- key:    [order_id]
-- inputs: [source.facts]

select
    cast(\"Big Id\" as varchar) as order_id,
    'x' as customer_id,
    cast('2024-05-01' as date) as ordered_at,
    -- Far beyond sixteen bits.
    cast(small as decimal(28, 0)) * small as quantity,
    price as net_amount
from source.facts
";
    let project = project(sources, &[], &[("order_lines", sql)]);
    let rows: Vec<(&str, ArrayRef)> = vec![
        ("Big Id", Arc::new(Int64Array::from(vec![9_007_199_254_740_993, 2]))),
        ("small", Arc::new(Int16Array::from(vec![i16::MAX, -3]))),
        ("price", Arc::new(arrow::array::Float32Array::from(vec![0.1, 2.25]))),
    ];
    project.parquet("data/facts.parquet", &RecordBatch::try_from_iter(rows).expect("columns of one length"));
    published(&project);
    let lines = project.table("canonical.order_lines");
    let found: Vec<Vec<&str>> =
        lines.iter().map(|line| cells(line, &["order_id", "quantity", "net_amount"])).collect();
    assert_eq!(found, [["2", "9.0000", "2.2500"], ["9007199254740993", "1073676289.0000", "0.1000"]]);
}

#[test]
fn what_a_query_must_not_be_is_refused_by_name() {
    let told = |lines: &str, code: i32, text: &str| {
        let project = project(SHOP, &SHOP_FILES, &[("order_lines", lines), ("customers", SHOP_CUSTOMERS)]);
        project.karat(&["check"]).exits(code).tells(text);
    };
    for (from, to, code, text) in [
        // The file and its columns.
        (
            "as customer_id",
            "as customer",
            2,
            "the query gives \"customer\", which is no column of order_lines",
        ),
        ("    cast(orders.customer as varchar) as customer_id,\n", "", 2, "the query gives no customer_id"),
        ("as gross_amount", "as discount_amount", 2, "map at least one of gross_amount or net_amount"),
        ("[order_id, product_id]", "[]", 2, "`key` is missing"),
        ("from source.items", "from raw.customers as items", 2, "`raw.customers` is read but not declared"),
        (
            "source.orders, source.people]",
            "source.order, source.people]",
            2,
            "`source.order` is declared under `inputs` but not read",
        ),
        ("source.goods, source.items, source.orders, source.people", "", 2, "`inputs` names no table"),
        (
            "from source.items",
            "from \"source\".\"items\"",
            2,
            "`\"source\".\"items\"` is read: write `source.items`, in small letters and without quotes",
        ),
        (
            "from source.items",
            "from SOURCE.ITEMS",
            2,
            "write `source.items`, in small letters and without quotes",
        ),
        // Subtotals.
        (
            "where orders.status is distinct from 'cancelled'",
            "group by rollup (items.product)",
            2,
            "`rollup`, `cube` and `grouping sets` give each row again",
        ),
        // What other engines read in another way.
        ("items.pieces as quantity", "items.pieces % 2 as quantity", 2, "`%` is not in the portable subset"),
        ("items.pieces as quantity", "items.pieces * orders.id as quantity", 2, "multiplies whole numbers"),
        ("items.product = goods.product", "items.pieces = goods.product", 2, "compares Int64 with Utf8"),
        (
            "items.pieces as quantity",
            "cast(coalesce(items.product, items.pieces) as bigint) as quantity",
            2,
            "takes text and numbers for one another",
        ),
        (
            "items.pieces as quantity",
            "case items.pieces when 1 then items.product else '2' end as quantity",
            3,
            "quantity (quantity): is Utf8",
        ),
        (
            "items.pieces as quantity",
            "case when items.pieces > 1 then 1 else items.product end as quantity",
            2,
            "takes text and numbers for one another",
        ),
        (
            "items.pieces as quantity",
            "cast(items.price as bigint) as quantity",
            2,
            "is not the same on every engine",
        ),
        ("orders.placed as", "cast(items.product as timestamp) as", 2, "is not the same on every engine"),
        // Types that the source does not take.
        ("items.pieces as quantity", "items.product as quantity", 3, "quantity (quantity): is Utf8"),
    ] {
        assert!(SHOP_LINES.contains(from), "{from}");
        told(&SHOP_LINES.replace(from, to), code, text);
    }
    let project = project(
        &SHOP.replace("  customers: {query: queries/0_staging/customers.sql}\n", ""),
        &SHOP_FILES,
        &[("order_lines", SHOP_LINES), ("customers", SHOP_CUSTOMERS)],
    );
    project.karat(&["check"]).exits(2).tells("the rows of customers do not come from it");
}

#[test]
fn rows_that_the_condition_leaves_out_are_counted_apart_with_their_money() {
    let sources = "  order_lines:
    location: data/orders.csv
    format: csv
    schema: {no: text, buyer: text, placed: timestamp, total: \"decimal(18, 2)\", status: text, test: boolean}
    where: status in ('paid', 'shipped') and not test
    columns: {order_id: no, customer_id: buyer, ordered_at: placed, net_amount: total}
  customers:
    location: data/people.csv
    format: csv
    schema: {id: text, erased: boolean}
    where: not erased
    columns: {customer_id: id}
";
    let files = [
        (
            "orders.csv",
            "no,buyer,placed,total,status,test\n1,ann,2024-05-01T10:00:00,100.00,paid,false\n2,bob,2024-06-01T10:00:00,50.00,cancelled,false\n\
             3,bob,2024-06-02T10:00:00,30.00,shipped,false\n4,ann,2999-01-01T10:00:00,7.50,paid,true\n5,ann,2024-06-03T10:00:00,9.00,,false\n\
             1,cy,2024-05-01T10:00:00,1.00,draft,false\n",
        ),
        ("people.csv", "id,erased\nann,false\nbob,true\ncy,\n"),
    ];
    let project = project(sources, &files, &[]);
    project.karat(&["check"]).exits(0).gives("left out by `where`: 4 rows (67.5)");
    published(&project);
    verified(&project);
    // A cancelled order, a test of the year 2999, one without a status, and a draft with the number of another's order.
    assert_eq!(totals(&project, "order_lines"), ["6", "2", "0", "130.0000", "0.0000"]);
    let totals = project.table("business.source_totals");
    let of_lines = find(&totals, "source", "order_lines");
    assert_eq!(
        cells(of_lines, &["rows_filtered", "amount_filtered", "rows_out_of_scope"]),
        ["4", "67.5000", "0"]
    );
    assert_eq!(
        cells(find(&totals, "source", "customers"), &["rows_read", "rows_used", "rows_filtered"]),
        ["3", "1", "2"]
    );
    let quality = project.line("results.data_quality", "outcome", "filtered");
    assert_eq!((quality["rows"].as_str(), quality["net_amount"].as_str()), ("4", "67.5000"));
    let filtered = project.karat(&["explain", "latest", "results.data_quality", "outcome=filtered"]).exits(0);
    drop(filtered.gives("4 rows of").gives("from order_lines: orders.csv, row 2").gives("orders.csv, row 6"));
    for identity in [
        "rows read = rows used, rejected, filtered and out of scope",
        "money read = money used, rejected, filtered and out of scope",
    ] {
        assert_eq!(
            project.line("results.reconciliation", "identity", identity)["holds"],
            "true",
            "{identity}"
        );
    }
    let report = std::fs::read_to_string(project.run_folder().join("appendix.html")).expect("the appendix");
    assert!(report.contains("Left out by the filter of the configuration"), "the report says so");
    let wrong = std::fs::read_to_string(project.path("config.yaml")).expect("a configuration");
    project.file("config.yaml", wrong.replace("where: not erased", "where: id").as_bytes());
    project.karat(&["check"]).exits(2).tells("where: it is Utf8; write a condition");
}

const TWO_CURRENCIES: &str = "  sales: {location: data/sales.csv, format: csv, schema: {id: text, customer: text, day: timestamptz, code: text, total: \"decimal(18, 2)\"}}
  order_lines: {query: queries/0_staging/order_lines.sql}
";

const RATES: &str = "  exchange_rates: {location: data/rates.csv, format: csv, schema: {code: text, day: date, buys: \"decimal(18, 4)\"}, columns: {currency: code, rate_date: day, rate: 1 / buys}}
";

const SALES: &str = "-- title:  Sales in two currencies
-- grain:  one row per sale
-- key:    [order_id]
-- inputs: [source.sales]

select
    id as order_id,
    customer as customer_id,
    \"day\" as ordered_at,
    code as currency,
    total as net_amount
from source.sales
";

/// Lines in two currencies: converted by rates that another engine computes alike, told by `check`, and refused without rates.
#[test]
fn a_second_currency_is_converted_by_its_rates_or_refused_by_name() {
    let files = [
        (
            "sales.csv",
            "id,customer,day,code,total\n1,a,2024-06-03T12:00:00Z,GBP,10.00\n2,b,2024-06-08T12:00:00Z, usd ,10.00\n3,a,2024-06-20T12:00:00Z,USD,7.00\n",
        ),
        // One pound buys 1.25 dollars on Monday, 1.28 on Friday.
        ("rates.csv", "code,day,buys\nUSD,2024-06-03,1.25\nUSD,2024-06-07,1.28\n"),
    ];
    let limits = "policy: {margin: 0.4, max_rate_age_days: 13}\n";
    let with_rates = project(&format!("{TWO_CURRENCIES}{RATES}"), &files, &[("order_lines", SALES)]);
    let config = std::fs::read_to_string(with_rates.path("config.yaml")).expect("a configuration");
    with_rates.file("config.yaml", config.replace("policy: {margin: 0.4}\n", limits).as_bytes());
    with_rates
        .karat(&["check"])
        .exits(0)
        .gives("currency USD: 2 lines worth 17, 57% of net revenue, at 0.78125 to 0.78125; 0 lines worth 0 have no rate")
        .gives("  ordered_at: `ordered_at` is business time of Europe/London, as the query gives it; 3 of 3 rows have one (100%), from 2024-06-03T13:00:00 to 2024-06-20T13:00:00")
        .gives("compared: false");
    published(&with_rates);
    // 10 + 10 / 1.28 + 7 / 1.28 = 10 + 7.8125 + 5.4688
    let lines = with_rates.table("canonical.order_lines");
    let columns = ["currency", "exchange_rate", "net_amount"];
    assert_eq!(cells(find(&lines, "order_id", "2"), &columns), ["USD", "0.7812500000", "7.8125"]);
    assert_eq!(cells(find(&lines, "order_id", "3"), &columns), ["USD", "0.7812500000", "5.4688"]);
    assert_eq!(totals(&with_rates, "order_lines"), ["3", "3", "0", "23.2813", "0.0000"]);

    // A rate of thirteen days ago is too old now: what was found is told all the same.
    with_rates.file("config.yaml", config.as_bytes());
    let told = "1 order lines worth 7 USD have no exchange rate of their day or the 10 days before it (41.2% of the money in USD, limit 0.1%)";
    let outcome = with_rates.karat(&["check"]).exits(3).tells(told);
    outcome
        .gives("rejected: 1 without an exchange rate (0); decided by sources.exchange_rates, policy.max_rate_age_days: 10")
        .gives("1 lines worth 7 have no rate");
    with_rates.karat(&["run"]).exits(3).tells(told);

    let without = project(TWO_CURRENCIES, &files, &[("order_lines", SALES)]);
    for verb in ["check", "run"] {
        let outcome =
            without.karat(&[verb]).exits(3).tells("2 order lines worth 17 USD have no exchange rate");
        outcome.tells("see sources.exchange_rates, which is not configured");
    }
    assert!(!without.has_published());
}

/// A history in two shapes: one flat table, and orders, items, goods, people and refunds.
struct Shapes {
    flat: String,
    orders: String,
    items: String,
    goods: String,
    people: String,
    refunds: String,
}

/// Draws a history of 80 orders; every fifth or so is sent back in part.
fn drawn(seed: u64) -> Shapes {
    let mut state = seed;
    // Knuth's constants for a linear congruential generator; the high bits are used.
    let mut below = move |bound: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % bound
    };
    let mut shapes = Shapes {
        flat: "document,customer,country,day,product,group,pieces,amount,cost,returned\n".to_owned(),
        orders: "id,customer,day\n".to_owned(),
        items: "order_id,product,pieces,price\n".to_owned(),
        goods: "product,group,cost\n".to_owned(),
        people: "id,name,country\n".to_owned(),
        refunds: "id,customer,day,product,pieces,price\n".to_owned(),
    };
    let costs: Vec<u64> = (0..6).map(|_| 100 + below(900)).collect();
    let groups = ["tea", "cups"];
    let countries = ["England", "France", "Spain"];
    for (product, cost) in costs.iter().enumerate() {
        writeln!(shapes.goods, "p{product},{},{}", groups[product % 2], money(*cost)).expect("a text grows");
    }
    for customer in 0..14 {
        writeln!(shapes.people, "{customer},Customer {customer},{}", countries[customer % 3])
            .expect("a text grows");
    }
    for order in 0..80 {
        let (customer, day) = (below(14), below(700));
        let dated = |day: u64| format!("{}-{:02}-{:02}", 2023 + day / 360, day % 360 / 30 + 1, day % 28 + 1);
        let country = countries[usize::try_from(customer % 3).expect("a small number")];
        writeln!(shapes.orders, "{order},{customer},{}", dated(day)).expect("a text grows");
        let first = below(6);
        for product in (0..6).filter(|product| (product + first) % 3 == 0) {
            let (pieces, price) = (1 + below(5), 500 + below(3000));
            let number = usize::try_from(product).expect("a small number");
            let (group, cost) = (groups[number % 2], costs[number]);
            writeln!(shapes.items, "{order},p{product},{pieces},{}", money(price)).expect("a text grows");
            let (amount, worth) = (money(pieces * price), money(pieces * cost));
            writeln!(
                shapes.flat,
                "{order},{customer},{country},{},p{product},{group},{pieces},{amount},{worth},false",
                dated(day)
            )
            .expect("a text grows");
            if below(5) == 0 {
                let back = dated(day + 9);
                writeln!(shapes.refunds, "R{order},{customer},{back},p{product},1,{}", money(price))
                    .expect("a text grows");
                let (amount, worth) = (money(price), money(cost));
                writeln!(
                    shapes.flat,
                    "R{order},{customer},{country},{back},p{product},{group},-1,-{amount},-{worth},true"
                )
                .expect("a text grows");
            }
        }
    }
    shapes
}

/// Hundredths as an amount.
fn money(hundredths: u64) -> String {
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

const SPLIT_LINES: &str = "-- title:  Order lines and refunds of the shop
-- grain:  one row per document and product
-- key:    [order_id, product_id]
-- inputs: [source.goods, source.items, source.orders, source.people, source.refunds]

with

documents as (
    select
        cast(items.order_id as varchar) as document,
        orders.customer,
        orders.day,
        items.product,
        items.pieces,
        items.price,
        false as returned
    from source.items
    left join source.orders on items.order_id = orders.id

    union all

    select
        id as document,
        customer,
        day,
        product,
        -pieces as pieces,
        price,
        true as returned
    from source.refunds
)

select
    documents.document as order_id,
    cast(documents.customer as varchar) as customer_id,
    documents.day as ordered_at,
    documents.pieces as quantity,
    documents.price * cast(documents.pieces as decimal(28, 0)) as net_amount,
    goods.cost * cast(documents.pieces as decimal(28, 0)) as cost_amount,
    documents.returned as is_return,
    documents.product as product_id,
    goods.\"group\" as category,
    people.country
from documents
left join source.goods on documents.product = goods.product
left join source.people on documents.customer = people.id
";

/// Tables that count the rows of files, or name them.
const OF_FILES: [&str; 5] = [
    "business.control_totals",
    "business.source_totals",
    "results.reconciliation",
    "settings.inputs",
    "settings.sources",
];

#[test]
fn a_flat_history_and_the_same_one_in_five_tables_give_the_same_tables() {
    let people = "  customers:\n    location: data/people.csv\n    format: csv\n    \
                  schema: {id: text, name: text, country: text}\n    \
                  columns: {customer_id: id, name: name, country: country}\n";
    let flat = format!(
        "  order_lines:\n    location: data/flat.csv\n    format: csv\n    \
         schema: {{document: text, customer: text, country: text, day: date, product: text, group: text, pieces: integer, \
         amount: \"decimal(18, 2)\", cost: \"decimal(18, 2)\", returned: boolean}}\n    \
         columns: {{order_id: document, customer_id: customer, ordered_at: day, quantity: pieces, net_amount: amount, cost_amount: cost, \
         is_return: returned, product_id: product, category: group, country: country}}\n{people}"
    );
    let split = format!(
        "  orders: {{location: data/orders.csv, format: csv, schema: {{id: integer, customer: integer, day: date}}}}\n  \
         items: {{location: data/items.csv, format: csv, schema: {{order_id: integer, product: text, pieces: integer, price: \"decimal(18, 2)\"}}}}\n  \
         goods: {{location: data/goods.csv, format: csv, schema: {{product: text, group: text, cost: \"decimal(18, 2)\"}}}}\n  \
         people: {{location: data/people.csv, format: csv, schema: {{id: integer, name: text, country: text}}}}\n  \
         refunds: {{location: data/refunds.csv, format: csv, schema: {{id: text, customer: integer, day: date, product: text, pieces: integer, \
         price: \"decimal(18, 2)\"}}}}\n  \
         order_lines: {{query: queries/0_staging/order_lines.sql}}\n{people}"
    );
    for seed in [7, 1914] {
        let shapes = drawn(seed);
        let one = project(&flat, &[("flat.csv", &shapes.flat), ("people.csv", &shapes.people)], &[]);
        let files = [
            ("orders.csv", shapes.orders.as_str()),
            ("items.csv", &shapes.items),
            ("goods.csv", &shapes.goods),
            ("people.csv", &shapes.people),
            ("refunds.csv", &shapes.refunds),
        ];
        let five = project(&split, &files, &[("order_lines", SPLIT_LINES)]);
        let [left, right] = [&one, &five].map(|project| {
            project.karat(&["run"]).exits(0);
            project.result("results.tier_profitability");
            let folder = project.run_folder().join("tables");
            let names = std::fs::read_dir(folder).expect("tables").map(|entry| {
                let name = entry.expect("an entry").file_name().to_string_lossy().into_owned();
                name.trim_end_matches(".parquet").trim_end_matches(".csv").to_owned()
            });
            names.collect::<std::collections::BTreeSet<String>>()
        });
        let shared: Vec<&String> = left.intersection(&right).collect();
        assert!(shared.len() > 100, "{shared:?}");
        let other: Vec<&&String> = shared.iter().filter(|name| one.table(name) != five.table(name)).collect();
        assert_eq!(other, OF_FILES.iter().collect::<Vec<_>>(), "seed {seed}");
    }
}
