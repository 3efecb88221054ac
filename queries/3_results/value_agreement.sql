-- title:   How far value score, revenue and profit agree
-- grain:   one row per levels_apart, 0 to 2
-- key:     [levels_apart]
-- note:    0 where the three put a customer on one level, 2 where they contradict each other; see
--   business.customer_value_views.

with levels as (select cast(level as bigint) as levels_apart from (values (0), (1), (2)) as listed (level)),

sums as (
    select levels_apart, count(*) as customers, sum(net_revenue) as net_revenue, sum(profit) as profit
    from business.customer_value_views group by levels_apart
),

population as (select count(*) as customers from business.customer_value_views)

select levels.levels_apart, cast(coalesce(sums.customers, 0) as bigint) as customers,
    cast(coalesce(sums.customers, 0) as double) / nullif(cast(population.customers as double), 0) as customer_share,
    cast(coalesce(sums.net_revenue, 0) as decimal(28, 4)) as net_revenue,
    cast(coalesce(sums.profit, 0) as decimal(28, 10)) as profit
from levels cross join population
left join sums on levels.levels_apart = sums.levels_apart  -- one-to-one; none on this level
order by levels.levels_apart
