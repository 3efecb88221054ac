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
