-- title:   Sums for each country and region of the order lines
-- grain:   one row per country and region, of the current snapshot
-- key:     [country, region]
-- inputs:  [business.line_sums, settings.snapshots]
-- note: >
--   Where the lines were sold, whoever bought them: a customer may buy in several places. Internal customers are left
--   out. What is not known is the place `not_known`. Cost to serve is that of customers, so that there is no profit.

select
    coalesce(line_sums.country, 'not_known') as country,
    coalesce(line_sums.region, 'not_known') as region,

    cast(sum(line_sums.lines) as bigint) as lines,
    cast(sum(line_sums.net_revenue) as decimal(28, 4)) as net_revenue,
    cast(sum(line_sums.net_revenue - line_sums.cost_of_goods) as decimal(28, 4)) as contribution_margin
from business.line_sums as line_sums
inner join settings.snapshots as snapshots
    on line_sums.order_date >= snapshots.window_start
    and line_sums.order_date < snapshots.as_of
where snapshots.snapshot = 'current' and not line_sums.is_internal
group by coalesce(line_sums.country, 'not_known'), coalesce(line_sums.region, 'not_known')
