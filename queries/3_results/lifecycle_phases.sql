-- title:   Customers, revenue and profit by lifecycle phase
-- grain:   one row per lifecycle_phase, and a total
-- key:     [lifecycle_phase]
-- inputs:  [business.class_shares, business.class_values, business.customer_lifecycle, business.prospects]
-- note: >
--   Acquisition holds prospects and new customers, development the active and the reactivated, retention
--   the late (`at_risk`), departure the lapsed. Customers are all known customers, with or without an order in
--   the window; money is that of the window.
-- columns:
--   customer_share: customers / all known customers, prospects too; not the population

with

phases as (
    select *
    from business.class_shares
    where class_name = 'lifecycle_phase'
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
    select sum(customers) as customers
    from stage_customers
),

known_customers as (
    select class_values.phase as lifecycle_phase, sum(stage_customers.customers) as customers
    from stage_customers
    inner join business.class_values as class_values  -- many-to-one
        on class_values.class_name = 'lifecycle_stage'
        and stage_customers.lifecycle_stage = class_values.value
    group by class_values.phase
    union all
    select 'total' as lifecycle_phase, customers
    from total
)

select
    phases.value as lifecycle_phase,

    phases.position,

    cast(coalesce(known_customers.customers, 0) as bigint) as customers,
    cast(coalesce(known_customers.customers, 0) as double) / nullif(cast(total.customers as double), 0)
        as customer_share,
    phases.customers as customers_in_window,
    phases.net_revenue,
    phases.revenue_share,
    phases.profit,
    phases.profit_share
from phases
left join known_customers  -- one-to-one
    on phases.value = known_customers.lifecycle_phase
cross join total
order by phases.position, phases.value
