-- title:   Loyalty score and class of each customer
-- grain:   one row per snapshot and customer_id of the population
-- key:     [snapshot, customer_id]
-- inputs:  [business.customer_lifecycle, business.customer_measures, settings.policy]
-- note: >
--   The score is 1 plus one for each of four marks: ordered in at least `loyal_quarters` of the
--   last four quarters; at least `loyal_repeat_orders` orders after the first in the window; at
--   least `loyal_full_price_share` of the revenue of lines sold at full price; a customer for
--   `loyal_tenure_days` or longer. Loyal needs the score and no silence.

with

policy as (
    select
        loyal_quarters,
        loyal_repeat_orders,
        loyal_full_price_share,
        loyal_tenure_days,
        loyal_min_score,
        ordinary_min_score
    from settings.policy
),

scored_customers as (
    select
        measures.snapshot,
        measures.customer_id,
        lifecycle.lifecycle_stage,
        1
        + case when measures.active_quarters >= policy.loyal_quarters then 1 else 0 end
        + case when measures.orders - 1 >= policy.loyal_repeat_orders then 1 else 0 end
        + case
            when measures.sold_revenue > 0
                and measures.full_price_revenue >= measures.sold_revenue * policy.loyal_full_price_share
                then 1
            else 0
        end
        + case when measures.days_since_first_order >= policy.loyal_tenure_days then 1 else 0 end
            as loyalty_score
    from business.customer_measures as measures
    inner join business.customer_lifecycle as lifecycle  -- one-to-one
        on measures.snapshot = lifecycle.snapshot
        and measures.customer_id = lifecycle.customer_id
    cross join policy
    where measures.is_in_window
)

select
    scored_customers.snapshot,
    scored_customers.customer_id,

    cast(scored_customers.loyalty_score as bigint) as loyalty_score,

    case
        when scored_customers.loyalty_score >= policy.loyal_min_score
            and scored_customers.lifecycle_stage not in ('at_risk', 'lapsed')
            then 'loyal'
        when scored_customers.loyalty_score >= policy.ordinary_min_score then 'ordinary'
        else 'occasional'
    end as loyalty_class
from scored_customers
cross join policy
