-- title:   Sums for each country and region, of homes and of order lines
-- grain:   one row per kind, country and region, of the current snapshot
-- key:     [kind, country, region]
-- note: >
--   `home`: a customer has one country and one region, business.customer_places says which. `lines`: where the lines
--   were sold, whoever bought them; a customer may buy in several places. Cost to serve is that of customers, so that
--   lines have no profit. Internal customers are left out. What is not known is the place `not_known`.

select 'home' as kind, classes.country, classes.region,
    count(*) as customers, count(*) filter (where profit.profit < 0) as unprofitable_customers,
    cast(sum(profit.orders) as bigint) as orders, cast(sum(profit.lines) as bigint) as lines,
    cast(sum(profit.net_revenue) as decimal(28, 4)) as net_revenue,
    cast(sum(profit.contribution_margin) as decimal(28, 4)) as contribution_margin,
    cast(sum(profit.profit) as decimal(28, 10)) as profit
from business.customer_classes as classes
inner join business.customer_profit as profit  -- one-to-one
    on classes.snapshot = profit.snapshot and classes.customer_id = profit.customer_id
where classes.snapshot = 'current' group by classes.country, classes.region
union all
select 'lines' as kind, coalesce(line_sums.country, 'not_known') as country,
    coalesce(line_sums.region, 'not_known') as region,
    null as customers, null as unprofitable_customers, null as orders, cast(sum(line_sums.lines) as bigint) as lines,
    cast(sum(line_sums.net_revenue) as decimal(28, 4)) as net_revenue,
    cast(sum(line_sums.net_revenue - line_sums.cost_of_goods) as decimal(28, 4)) as contribution_margin, null as profit
from business.line_sums as line_sums
inner join settings.snapshots as snapshots
    on line_sums.order_date >= snapshots.window_start and line_sums.order_date < snapshots.as_of
where snapshots.snapshot = 'current' and not line_sums.is_internal
group by coalesce(line_sums.country, 'not_known'), coalesce(line_sums.region, 'not_known')
