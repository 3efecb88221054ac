-- title:   Headline measures of each snapshot
-- grain:   one row per snapshot with a population
-- key:     [snapshot]
-- inputs:  [business.class_totals, business.customer_measures, business.customer_profit, settings.policy]
-- note: >
--   Profit at risk is the profit of profitable customers of the population who have not ordered for
--   more than `silent_days`.

with

totals as (
    select *
    from business.class_totals
    where class_name = 'all'
),

silent_customers as (
    select
        profit.snapshot,
        sum(profit.profit) as profit
    from business.customer_profit as profit
    inner join business.customer_measures as measures  -- one-to-one
        on profit.snapshot = measures.snapshot
        and profit.customer_id = measures.customer_id
    cross join settings.policy as policy
    where profit.profit > 0 and measures.days_since_last_order > policy.silent_days
    group by profit.snapshot
)

select
    totals.snapshot,

    totals.customers,
    totals.unprofitable_customers,
    totals.orders,
    totals.lines,
    cast(totals.gross_revenue as decimal(28, 4)) as gross_revenue,
    cast(totals.discount_amount as decimal(28, 4)) as discount_amount,
    cast(totals.net_revenue as decimal(28, 4)) as net_revenue,
    cast(totals.cost_of_goods as decimal(28, 4)) as cost_of_goods,
    cast(totals.contribution_margin as decimal(28, 4)) as contribution_margin,
    cast(totals.cost_to_serve as decimal(28, 10)) as cost_to_serve,
    cast(totals.profit as decimal(28, 10)) as profit,
    cast(totals.loss_amount as decimal(28, 10)) as loss_amount,
    case
        when totals.net_revenue > 0
            then cast(cast(totals.profit as decimal(28, 4)) as double) / cast(totals.net_revenue as double)
    end as profit_rate,
    cast(coalesce(silent_customers.profit, 0) as decimal(28, 10)) as profit_at_risk
from totals
left join silent_customers  -- one-to-one; none when nobody is silent
    on totals.snapshot = silent_customers.snapshot
