-- title:   Every class of each customer
-- grain:   one row per snapshot and customer_id of the population
-- key:     [snapshot, customer_id]
-- inputs:  [business.customer_frequency, business.customer_lifecycle, business.customer_loyalty,
--           business.customer_revenue_classes, business.customer_rfm, business.customer_tiers, settings.policy]
-- note: >
--   Each customer has exactly one value of each class. The value class compares the mean of the
--   frequency, monetary and loyalty scores with `high_value_min_score` and
--   `middle_value_min_score`.

with

policy as (
    select high_value_min_score, middle_value_min_score
    from settings.policy
)

select
    tiers.snapshot,
    tiers.customer_id,

    tiers.tier,
    revenue_classes.abc_class,
    rfm.r_score,
    rfm.f_score,
    rfm.m_score,
    rfm.rfm_segment,
    case
        when rfm.f_score + rfm.m_score + loyalty.loyalty_score >= 3 * policy.high_value_min_score
            then 'high'
        when rfm.f_score + rfm.m_score + loyalty.loyalty_score >= 3 * policy.middle_value_min_score
            then 'middle'
        else 'low'
    end as value_class,
    frequency.frequency_class,
    lifecycle.lifecycle_stage,
    loyalty.loyalty_score,
    loyalty.loyalty_class
from business.customer_tiers as tiers
inner join business.customer_revenue_classes as revenue_classes  -- one-to-one, as all that follow
    on tiers.snapshot = revenue_classes.snapshot
    and tiers.customer_id = revenue_classes.customer_id
inner join business.customer_rfm as rfm
    on tiers.snapshot = rfm.snapshot
    and tiers.customer_id = rfm.customer_id
inner join business.customer_frequency as frequency
    on tiers.snapshot = frequency.snapshot
    and tiers.customer_id = frequency.customer_id
inner join business.customer_lifecycle as lifecycle
    on tiers.snapshot = lifecycle.snapshot
    and tiers.customer_id = lifecycle.customer_id
inner join business.customer_loyalty as loyalty
    on tiers.snapshot = loyalty.snapshot
    and tiers.customer_id = loyalty.customer_id
cross join policy
