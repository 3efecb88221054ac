-- title:   Platinum and Gold customers who have fallen silent
-- grain:   one row per customer_id
-- key:     [customer_id]
-- inputs:  [business.customer_lifecycle, business.customer_measures, business.customer_profit,
--           business.profits_at_risk]
-- note: >
--   Those of Platinum and Gold in the current snapshot whose profit is at risk: late or lapsed against
--   their own rhythm, or that of their tier when they have too few gaps. Longest silence first.

with

silent_customers as (
    select customer_id, tier, lifecycle_stage
    from business.profits_at_risk
    where snapshot = 'current' and tier in ('platinum', 'gold')
)

select
    silent_customers.customer_id,

    measures.last_order_date,

    row_number() over (
        order by
            measures.days_since_last_order desc nulls last,
            profit.profit desc nulls last,
            silent_customers.customer_id nulls last
    ) as position,
    silent_customers.tier,
    silent_customers.lifecycle_stage,

    measures.days_since_last_order,
    lifecycle.usual_gap_days,
    lifecycle.late_ratio,
    measures.orders,
    profit.net_revenue,
    profit.profit,

    lifecycle.has_own_rhythm
from silent_customers
inner join business.customer_measures as measures  -- one-to-one, as all that follow
    on silent_customers.customer_id = measures.customer_id
    and measures.snapshot = 'current'
inner join business.customer_lifecycle as lifecycle
    on silent_customers.customer_id = lifecycle.customer_id
    and lifecycle.snapshot = 'current'
inner join business.customer_profit as profit
    on silent_customers.customer_id = profit.customer_id
    and profit.snapshot = 'current'
