//! A class of the user's own: one file in `2_business/` that says `class: <column>` gets the sums of its values.
//!
//! The sums are SQL like any other: the text made here is checked, run, published and re-performed as
//! `3_results/<name of the file>.sql`. Nothing is computed here.

use super::header::Header;
use super::{Problems, TableName};

/// What a file that declares a class must have as its key.
const KEY: [&str; 2] = ["snapshot", "customer_id"];

/// Path and text of the file that adds up the class of `path`, or `None` when it declares none or a wrong one.
pub(super) fn sums(
    path: &str,
    name: &TableName,
    header: &Header,
    problems: &mut Problems,
) -> Option<(String, String)> {
    let Some(class) = &header.class else {
        if !header.values.is_empty() {
            problems.add(path, 0, "`values` belongs to a file that declares a `class`");
        }
        return None;
    };
    let mut is_right = true;
    let mut refuse = |what: &str| {
        problems.add(path, 0, what);
        is_right = false;
    };
    if name.schema != "business" {
        refuse("`class` belongs to files of `2_business/`");
    }
    if header.key != KEY {
        refuse("a file that declares a `class` has `key: [snapshot, customer_id]`");
    }
    if TableName::parse(&format!("business.{class}")).is_none() || KEY.contains(&class.as_str()) {
        refuse("`class` names the column of the class: lower case letters, digits and `_`");
    }
    if header.values.iter().any(|value| value == "total") {
        refuse("`total` is the sum of all values: give the value another name");
    }
    is_right.then(|| {
        let path = format!("3_results/{}.sql", name.table);
        (path, text(&name.table, class, header))
    })
}

fn text(table: &str, class: &str, header: &Header) -> String {
    // A JSON string is a YAML string, on one line.
    let title = serde_json::Value::from(format!("{}, in sums", header.title.trim()));
    let places: String = (1..)
        .zip(&header.values)
        .map(|(place, value)| format!(" when '{}' then {place}", value.replace('\'', "''")))
        .collect();
    let place = if places.is_empty() {
        "1".to_owned()
    } else {
        format!("case {class}{places} else 1000 end")
    };
    format!(
        "\
-- title:   {title}
-- grain:   one row per {class}, and a total
-- key:     [{class}]
-- inputs:  [business.customer_profit, business.customer_tiers, business.{table}]
-- note: >
--   Made from the line `class` in 2_business/{table}.sql. Population of the window; a customer without a row or a
--   value there is `not_known`, so that the values add up to the total.

with

customers as (
    select
        cast(coalesce(classes.{class}, 'not_known') as varchar) as {class},
        profit.net_revenue,
        profit.profit
    from business.customer_tiers as tiers
    inner join business.customer_profit as profit  -- one-to-one
        on tiers.snapshot = profit.snapshot
        and tiers.customer_id = profit.customer_id
    left join business.{table} as classes  -- one-to-one; none whom the class leaves out
        on tiers.snapshot = classes.snapshot
        and tiers.customer_id = classes.customer_id
    where tiers.snapshot = 'current'
),

sums as (
    select
        {class},
        {place} as place,
        count(*) as customers,
        count(*) filter (where profit <= 0) as unprofitable_customers,
        cast(sum(net_revenue) as decimal(28, 4)) as net_revenue,
        cast(sum(profit) as decimal(28, 10)) as profit
    from customers
    group by {class}
),

population as (
    select
        count(*) as customers,
        count(*) filter (where profit <= 0) as unprofitable_customers,
        cast(coalesce(sum(net_revenue), 0) as decimal(28, 4)) as net_revenue,
        cast(coalesce(sum(profit), 0) as decimal(28, 10)) as profit
    from customers
),

listed as (
    select
        {class},
        place,
        row_number() over (order by profit desc nulls last, {class} nulls last) as profit_rank,
        customers,
        unprofitable_customers,
        net_revenue,
        profit
    from sums
    union all
    select
        'total' as {class},
        100000 as place,
        null as profit_rank,
        customers,
        unprofitable_customers,
        net_revenue,
        profit
    from population
)

select
    listed.{class},

    row_number() over (order by listed.place nulls last, listed.{class} nulls last) as position,
    cast(listed.profit_rank as bigint) as profit_rank,

    listed.customers,
    cast(listed.customers as double) / nullif(cast(population.customers as double), 0) as customer_share,
    listed.unprofitable_customers,
    listed.net_revenue,
    case
        when population.net_revenue > 0
            then cast(listed.net_revenue as double) / nullif(cast(population.net_revenue as double), 0)
    end as revenue_share,
    listed.profit,
    case
        when population.profit > 0
            then cast(cast(listed.profit as decimal(28, 4)) as double)
                / nullif(cast(cast(population.profit as decimal(28, 4)) as double), 0)
    end as profit_share,
    case
        when listed.net_revenue > 0
            then cast(cast(listed.profit as decimal(28, 4)) as double)
                / nullif(cast(listed.net_revenue as double), 0)
    end as profit_rate
from listed
cross join population
order by position, listed.{class}
"
    )
}
