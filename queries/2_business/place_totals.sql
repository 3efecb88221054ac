-- title:   Sums for each home country and region
-- grain:   one row per country and region, of the current snapshot
-- key:     [country, region]
-- inputs:  [business.customer_classes, business.customer_profit]
-- note: >
--   A customer has one country and one region: business.customer_places says which. What is not
--   known is the place `not_known`.

select
    classes.country,
    classes.region,

    count(*) as customers,
    count(*) filter (where profit.profit < 0) as unprofitable_customers,
    cast(sum(profit.orders) as bigint) as orders,
    cast(sum(profit.net_revenue) as decimal(28, 4)) as net_revenue,
    cast(sum(profit.profit) as decimal(28, 10)) as profit
from business.customer_classes as classes
inner join business.customer_profit as profit  -- one-to-one
    on classes.snapshot = profit.snapshot
    and classes.customer_id = profit.customer_id
where classes.snapshot = 'current'
group by classes.country, classes.region
