-- title:   Customers by recency and frequency score
-- key:     [r_score, f_score]
-- note:    All 25 cells, those without customers with 0.

with cells as (
    -- Distinct on purpose: the map of segments lists each pair of scores once per monetary score.
    select distinct r_score, f_score from settings.rfm_segments
),

customers as (
    select classes.r_score, classes.f_score, count(*) as customers, sum(profit.net_revenue) as net_revenue,
        sum(profit.profit) as profit
    from business.customer_classes as classes
    inner join business.customer_profit as profit  -- one-to-one
        on classes.snapshot = profit.snapshot and classes.customer_id = profit.customer_id
    where classes.snapshot = 'current' group by classes.r_score, classes.f_score
)

select cells.r_score, cells.f_score, coalesce(customers.customers, 0) as customers,
    cast(coalesce(customers.customers, 0) as double) / nullif(cast(sum(customers.customers) over () as double), 0)
        as customer_share,
    cast(coalesce(customers.net_revenue, 0) as decimal(28, 4)) as net_revenue,
    cast(coalesce(customers.profit, 0) as decimal(28, 10)) as profit
from cells
left join customers on cells.r_score = customers.r_score and cells.f_score = customers.f_score  -- one-to-one
order by cells.r_score, cells.f_score
