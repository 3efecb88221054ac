-- title:   What each score stands for
-- grain:   one row per measure and score
-- key:     [measure, score]
-- inputs:  [business.customer_classes, business.customer_measures, settings.rfm_segments]
-- scope:   base
-- note: >
--   Lowest and highest value of the customers with that score: days since the last order,
--   orders, net revenue.

with

scores as (
    -- Distinct on purpose: the five scores, once.
    select distinct r_score as score
    from settings.rfm_segments
),

measures as (
    select
        classes.r_score,
        classes.f_score,
        classes.m_score,
        measures.days_since_last_order,
        measures.orders,
        measures.net_revenue
    from business.customer_classes as classes
    inner join business.customer_measures as measures  -- one-to-one
        on classes.snapshot = measures.snapshot
        and classes.customer_id = measures.customer_id
    where classes.snapshot = 'current'
),

ranges as (
    select
        'recency' as measure,
        1 as position,
        r_score as score,
        count(*) as customers,
        cast(min(days_since_last_order) as decimal(28, 4)) as lowest,
        cast(max(days_since_last_order) as decimal(28, 4)) as highest
    from measures
    group by r_score
    union all
    select
        'frequency' as measure,
        2 as position,
        f_score as score,
        count(*) as customers,
        cast(min(orders) as decimal(28, 4)) as lowest,
        cast(max(orders) as decimal(28, 4)) as highest
    from measures
    group by f_score
    union all
    select
        'monetary' as measure,
        3 as position,
        m_score as score,
        count(*) as customers,
        cast(min(net_revenue) as decimal(28, 4)) as lowest,
        cast(max(net_revenue) as decimal(28, 4)) as highest
    from measures
    group by m_score
),

kinds as (
    select 'recency' as measure, 1 as position
    union all
    select 'frequency' as measure, 2 as position
    union all
    select 'monetary' as measure, 3 as position
)

select
    kinds.measure,
    scores.score,

    coalesce(ranges.customers, 0) as customers,
    ranges.lowest,
    ranges.highest
from kinds
cross join scores
left join ranges  -- one-to-one
    on kinds.measure = ranges.measure
    and scores.score = ranges.score
order by kinds.position, kinds.measure, scores.score
