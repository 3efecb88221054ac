-- title:   Customers, revenue and profit by kind of customer
-- grain:   one row per customer_kind, a total, and internal customers below it
-- key:     [customer_kind]
-- inputs:  [business.class_shares, business.internal_totals]
-- cells:
--   by: [customer_kind]
--   count: customers
--   columns: [customers, customer_share, orders, net_revenue, revenue_share, profit, profit_share, profit_rate]
--   outside: [internal]
--   open: [position]
-- note: >
--   Internal customers are outside the population, so they are in no total and have no shares. No cost
--   to serve is charged to them: their contribution margin is known, and a profit is not.

with

kinds as (
    select
        value as customer_kind,
        position,
        customers,
        customer_share,
        orders,
        net_revenue,
        revenue_share,
        contribution_margin,
        profit,
        profit_share,
        profit_rate,
        unprofitable_customers
    from business.class_shares
    where class_name = 'customer_kind'
    union all
    select
        'internal' as customer_kind,
        101 as position,
        customers,
        cast(null as double) as customer_share,
        orders,
        net_revenue,
        cast(null as double) as revenue_share,
        contribution_margin,
        cast(null as decimal(28, 10)) as profit,
        cast(null as double) as profit_share,
        cast(null as double) as profit_rate,
        cast(null as bigint) as unprofitable_customers
    from business.internal_totals
    where snapshot = 'current'
)

select
    customer_kind,

    cast(position as bigint) as position,

    customers,
    customer_share,
    orders,
    net_revenue,
    revenue_share,
    contribution_margin,
    profit,
    profit_share,
    profit_rate,
    unprofitable_customers
from kinds
order by position, customer_kind
