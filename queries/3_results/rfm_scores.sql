-- title:   What each score stands for
-- key:     [measure, score]
-- scope:   base
-- note: >
--   Lowest and highest value of the customers with that score: days since the last order, orders, net revenue.

with scores as (
    -- Distinct on purpose: the five scores, once.
    select distinct r_score as score from settings.rfm_segments
),

kinds as (select * from (values ('recency', 1), ('frequency', 2), ('monetary', 3)) as listed (measure, position)),

measured as (
    select kinds.measure,
        case kinds.measure when 'recency' then classes.r_score when 'frequency' then classes.f_score
            else classes.m_score end as score,
        case kinds.measure
            when 'recency' then cast(measures.days_since_last_order as decimal(28, 4))
            when 'frequency' then cast(measures.orders as decimal(28, 4))
            else cast(measures.net_revenue as decimal(28, 4))
        end as value
    from business.customer_classes as classes
    inner join business.customer_sums as measures  -- one-to-one
        on classes.snapshot = measures.snapshot and classes.customer_id = measures.customer_id
    cross join kinds
    where classes.snapshot = 'current'
),

ranges as (
    select measure, score, count(*) as customers, min(value) as lowest, max(value) as highest
    from measured group by measure, score
)

select kinds.measure, scores.score, coalesce(ranges.customers, 0) as customers, ranges.lowest, ranges.highest
from kinds cross join scores
left join ranges on kinds.measure = ranges.measure and scores.score = ranges.score  -- one-to-one
order by kinds.position, kinds.measure, scores.score
