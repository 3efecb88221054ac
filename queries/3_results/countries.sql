-- title:   Customers, revenue and profit by the customer's home country
-- grain:   one row per country, and a total
-- key:     [country]
-- inputs:  [business.class_totals, business.place_totals, settings.policy]
-- cells:
--   by: [country]
--   count: customers
--   columns: [customers, customer_share, orders, net_revenue, revenue_share, profit, profit_share, profit_rate,
--             position, is_shown]
-- note: >
--   The home country: that of the customer file, or of the last sale of a customer for whom it has none. A
--   customer's whole revenue stands in it; results.line_countries has revenue where the lines were sold. Largest
--   by net revenue first, equal ones by name; the report shows places_shown of them.

with

sums as (
    select
        country,
        sum(customers) as customers,
        sum(unprofitable_customers) as unprofitable_customers,
        sum(orders) as orders,
        cast(sum(net_revenue) as decimal(28, 4)) as net_revenue,
        cast(sum(profit) as decimal(28, 10)) as profit
    from business.place_totals
    group by country
),

population as (
    select
        customers,
        unprofitable_customers,
        orders,
        cast(net_revenue as decimal(28, 4)) as net_revenue,
        cast(profit as decimal(28, 10)) as profit
    from business.class_totals
    where snapshot = 'current' and class_name = 'all'
),

places as (
    select
        country,
        row_number() over (order by net_revenue desc nulls last, country nulls last) as position,
        customers,
        unprofitable_customers,
        orders,
        net_revenue,
        profit
    from sums
    union all
    select
        'total' as country,
        1000000 as position,
        customers,
        unprofitable_customers,
        orders,
        net_revenue,
        profit
    from population
)

select
    places.country,

    cast(places.position as bigint) as position,

    cast(places.customers as bigint) as customers,
    cast(places.customers as double) / nullif(cast(population.customers as double), 0) as customer_share,
    cast(places.orders as bigint) as orders,
    places.net_revenue,
    case
        when population.net_revenue > 0
            then cast(places.net_revenue as double) / cast(population.net_revenue as double)
    end as revenue_share,
    places.profit,
    case
        when population.profit > 0
            then cast(cast(places.profit as decimal(28, 4)) as double)
                / nullif(cast(cast(population.profit as decimal(28, 4)) as double), 0)
    end as profit_share,
    case
        when places.net_revenue > 0
            then cast(cast(places.profit as decimal(28, 4)) as double) / cast(places.net_revenue as double)
    end as profit_rate,
    cast(places.unprofitable_customers as bigint) as unprofitable_customers,

    places.position <= policy.places_shown as is_shown
from places
cross join population
cross join settings.policy as policy
order by position, country
