-- title:   Customers, revenue and profit by lifecycle stage
-- grain:   one row per lifecycle_stage, and a total
-- key:     [lifecycle_stage]
-- inputs:  [business.class_shares, business.customer_lifecycle, business.prospects]
-- cells:
--   by: [lifecycle_stage]
--   count: customers_in_window
--   columns: [customers_in_window, net_revenue, revenue_share, profit, profit_share]
--   parts:
--     customers: [customers, customer_share]
--   open: [position, phase]
-- note: >
--   Customers are all known customers, with or without an order in the window; prospects never
--   ordered. Money is that of the window.
-- columns:
--   customer_share: customers / all known customers, prospects too; not the population

with

stages as (
    select *
    from business.class_shares
    where class_name = 'lifecycle_stage'
),

stage_customers as (
    select lifecycle_stage, count(*) as customers
    from business.customer_lifecycle
    where snapshot = 'current'
    group by lifecycle_stage
    union all
    select 'prospect' as lifecycle_stage, count(*) as customers
    from business.prospects
    where snapshot = 'current'
),

total as (
    select cast(sum(customers) as bigint) as customers
    from stage_customers
),

known_customers as (
    select lifecycle_stage, customers
    from stage_customers
    union all
    select 'total' as lifecycle_stage, customers
    from total
)

select
    stages.value as lifecycle_stage,

    stages.phase,
    stages.position,

    coalesce(known_customers.customers, 0) as customers,
    cast(coalesce(known_customers.customers, 0) as double) / nullif(cast(total.customers as double), 0)
        as customer_share,
    stages.customers as customers_in_window,
    stages.net_revenue,
    stages.revenue_share,
    stages.profit,
    stages.profit_share
from stages
left join known_customers  -- one-to-one
    on stages.value = known_customers.lifecycle_stage
cross join total
order by stages.position, stages.value
