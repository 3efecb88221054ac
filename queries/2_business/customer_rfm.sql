-- title:   Recency, frequency and monetary scores of each customer
-- grain:   one row per snapshot and customer_id of the population
-- key:     [snapshot, customer_id]
-- inputs:  [business.customer_measures, settings.rfm_segments]
-- note: >
--   A score is least(5, 1 + floor(5 x customers strictly worse / customers)): equal values get
--   equal scores, 5 is best. Recency is days since the last sale, frequency sales and monetary net revenue in the
--   window. Who has no sale is the least recent.

with

customers as (
    select snapshot, customer_id, days_since_last_order, orders, net_revenue
    from business.customer_measures
    where is_in_window
),

populations as (
    select snapshot, count(*) as customers
    from customers
    group by snapshot
),

customers_with_worse as (
    -- A rank that starts with the worst is 1 + the number of customers strictly worse.
    select
        snapshot,
        customer_id,
        rank() over (partition by snapshot order by days_since_last_order desc nulls first) - 1
            as worse_recency,
        rank() over (partition by snapshot order by orders nulls last) - 1 as worse_frequency,
        rank() over (partition by snapshot order by net_revenue nulls last) - 1 as worse_monetary
    from customers
),

scored_customers as (
    -- Five equal steps written as comparisons of integers: no division, hence no rounding.
    select
        customers_with_worse.snapshot,
        customers_with_worse.customer_id,
        case
            when 5 * worse_recency < populations.customers then 1
            when 5 * worse_recency < 2 * populations.customers then 2
            when 5 * worse_recency < 3 * populations.customers then 3
            when 5 * worse_recency < 4 * populations.customers then 4
            else 5
        end as r_score,
        case
            when 5 * worse_frequency < populations.customers then 1
            when 5 * worse_frequency < 2 * populations.customers then 2
            when 5 * worse_frequency < 3 * populations.customers then 3
            when 5 * worse_frequency < 4 * populations.customers then 4
            else 5
        end as f_score,
        case
            when 5 * worse_monetary < populations.customers then 1
            when 5 * worse_monetary < 2 * populations.customers then 2
            when 5 * worse_monetary < 3 * populations.customers then 3
            when 5 * worse_monetary < 4 * populations.customers then 4
            else 5
        end as m_score
    from customers_with_worse
    inner join populations  -- many-to-one
        on customers_with_worse.snapshot = populations.snapshot
)

select
    scored_customers.snapshot,
    scored_customers.customer_id,

    cast(scored_customers.r_score as bigint) as r_score,
    cast(scored_customers.f_score as bigint) as f_score,
    cast(scored_customers.m_score as bigint) as m_score,

    segments.rfm_segment
from scored_customers
left join settings.rfm_segments as segments  -- many-to-one
    on scored_customers.r_score = segments.r_score
    and scored_customers.f_score = segments.f_score
    and scored_customers.m_score = segments.m_score
