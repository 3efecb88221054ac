-- title:   Silent Platinum and Gold customers, most profit first
-- grain:   one row per customer_id, the first `silent_customers_shown` of them
-- key:     [customer_id]
-- note: >
--   Those of Platinum and Gold in the current snapshot whose profit is at risk: late or lapsed against their own
--   rhythm, or that of their tier when they have too few gaps. All of them stand in business.profits_at_risk; the row
--   `upper` of results.profit_at_risk counts them. Profit is that of the window. Name, owner and action are those of
--   business.customer_actions.
-- columns:
--   usual_gap_days: gap between orders that the customer nearly always keeps, or that of the tier
--   late_ratio: days since the last order / usual gap

with silent_customers as (
    select at_risk.customer_id, measures.last_order_date,
        row_number() over (order by profit.profit desc nulls last, profit.customer_id nulls last) as position,
        at_risk.tier, at_risk.lifecycle_stage, measures.days_since_last_order, lifecycle.usual_gap_days,
        lifecycle.late_ratio, measures.orders, profit.net_revenue, profit.profit, lifecycle.has_own_rhythm,
        actions.name, actions.owner, actions.action, actions.responsible, actions.due_date
    from business.profits_at_risk as at_risk
    inner join business.customer_sums as measures  -- one-to-one, as all that follow
        on at_risk.snapshot = measures.snapshot and at_risk.customer_id = measures.customer_id
    inner join business.customer_lifecycle as lifecycle
        on at_risk.snapshot = lifecycle.snapshot and at_risk.customer_id = lifecycle.customer_id
    inner join business.customer_profit as profit
        on at_risk.snapshot = profit.snapshot and at_risk.customer_id = profit.customer_id
    inner join business.customer_actions as actions on at_risk.customer_id = actions.customer_id
    where at_risk.snapshot = 'current' and at_risk.tier in ('platinum', 'gold')
)

select silent_customers.customer_id, silent_customers.last_order_date,
    silent_customers.position, silent_customers.tier, silent_customers.lifecycle_stage,
    silent_customers.days_since_last_order, silent_customers.usual_gap_days, silent_customers.late_ratio,
    silent_customers.orders, silent_customers.net_revenue, silent_customers.profit, silent_customers.has_own_rhythm,
    silent_customers.name, silent_customers.owner, silent_customers.action, silent_customers.responsible,
    silent_customers.due_date
from silent_customers cross join settings.policy as policy
where silent_customers.position <= policy.silent_customers_shown
order by silent_customers.position, silent_customers.customer_id
