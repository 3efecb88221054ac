-- title:   Customers, revenue and profit by customer type
-- grain:   one row per customer_type, a total, and prospects below it
-- key:     [customer_type]
-- inputs:  [business.class_shares, business.prospects]
-- note: >
--   The first type that applies. Prospects never ordered: they are outside the population, so they are in
--   no total and have no shares.

with

types as (
    select
        value as customer_type,
        position,
        customers,
        customer_share,
        orders,
        net_revenue,
        revenue_share,
        profit,
        profit_share,
        profit_rate,
        unprofitable_customers
    from business.class_shares
    where class_name = 'customer_type'
    union all
    select
        'prospect' as customer_type,
        101 as position,
        count(*) as customers,
        cast(null as double) as customer_share,
        0 as orders,
        cast(0 as decimal(28, 4)) as net_revenue,
        cast(null as double) as revenue_share,
        cast(0 as decimal(28, 10)) as profit,
        cast(null as double) as profit_share,
        cast(null as double) as profit_rate,
        0 as unprofitable_customers
    from business.prospects
    where snapshot = 'current'
)

select
    customer_type,

    cast(position as bigint) as position,

    customers,
    customer_share,
    cast(orders as bigint) as orders,
    net_revenue,
    revenue_share,
    profit,
    profit_share,
    profit_rate,
    cast(unprofitable_customers as bigint) as unprofitable_customers
from types
order by position, customer_type
