-- title:   Silent Platinum and Gold customers, longest silence first
-- grain:   one row per customer_id, the first `silent_customers_shown` of them
-- key:     [customer_id]
-- inputs:  [business.silent_customers, settings.policy]
-- note: >
--   The rest stands in business.silent_customers; results.silent_summary counts all of them. Profit is
--   that of the window.
-- columns:
--   usual_gap_days: gap between orders that the customer nearly always keeps, or that of the tier
--   late_ratio: days since the last order / usual gap

select
    silent_customers.customer_id,

    silent_customers.last_order_date,

    silent_customers.position,
    silent_customers.tier,
    silent_customers.lifecycle_stage,

    silent_customers.days_since_last_order,
    silent_customers.usual_gap_days,
    silent_customers.late_ratio,
    silent_customers.orders,
    silent_customers.net_revenue,
    silent_customers.profit,

    silent_customers.has_own_rhythm
from business.silent_customers as silent_customers
cross join settings.policy as policy
where silent_customers.position <= policy.silent_customers_shown
order by silent_customers.position, silent_customers.customer_id
