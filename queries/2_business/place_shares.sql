-- title:   Countries and regions with their shares, largest first
-- grain:   one row per kind, level, country and region, and a total of each kind and level
-- key:     [kind, level, country, region]
-- note: >
--   Of the current snapshot. `home`: a customer has one country and one region, business.customer_places says which.
--   `lines`: where the lines were sold, whoever bought them; a customer may buy in several places. Cost to serve is
--   that of customers, so that lines have no profit. Internal customers are left out. What is not known is the place
--   `not_known`. Rows of the level `country` add up over its regions and have the region `total`. Position is by net
--   revenue, equal ones by name; the report shows places_shown of them.

with population as (
    select customers, unprofitable_customers, orders, lines, cast(net_revenue as decimal(28, 4)) as net_revenue,
        cast(contribution_margin as decimal(28, 4)) as contribution_margin, cast(profit as decimal(28, 10)) as profit
    from business.class_totals where snapshot = 'current' and class_name = 'all'
),

place_totals as (
    select 'home' as kind, classes.country, classes.region, count(*) as customers,
        count(*) filter (where profit.profit < 0) as unprofitable_customers, sum(profit.orders) as orders,
        sum(profit.lines) as lines, sum(profit.net_revenue) as net_revenue,
        sum(profit.contribution_margin) as contribution_margin, sum(profit.profit) as profit
    from business.customer_classes as classes
    inner join business.customer_profit as profit  -- one-to-one
        on classes.snapshot = profit.snapshot and classes.customer_id = profit.customer_id
    where classes.snapshot = 'current' group by classes.country, classes.region
    union all
    select 'lines' as kind, coalesce(line_sums.country, 'not_known') as country,
        coalesce(line_sums.region, 'not_known') as region, null as customers, null as unprofitable_customers,
        null as orders, sum(line_sums.lines) as lines, sum(line_sums.net_revenue) as net_revenue,
        sum(line_sums.net_revenue - line_sums.cost_of_goods) as contribution_margin, null as profit
    from business.line_sums as line_sums
    inner join settings.snapshots as snapshots
        on line_sums.order_date >= snapshots.window_start and line_sums.order_date < snapshots.as_of
    where snapshots.snapshot = 'current' and not line_sums.is_internal
    group by coalesce(line_sums.country, 'not_known'), coalesce(line_sums.region, 'not_known')
),

levels as (select * from (values ('country'), ('region')) as listed (level)),

sums as (
    select totals.kind, levels.level, totals.country,
        case levels.level when 'country' then 'total' else totals.region end as region,
        sum(totals.customers) as customers, sum(totals.unprofitable_customers) as unprofitable_customers,
        sum(totals.orders) as orders, sum(totals.lines) as lines,
        cast(sum(totals.net_revenue) as decimal(28, 4)) as net_revenue,
        cast(sum(totals.contribution_margin) as decimal(28, 4)) as contribution_margin,
        cast(sum(totals.profit) as decimal(28, 10)) as profit
    from place_totals as totals cross join levels
    group by
        totals.kind, levels.level, totals.country, case levels.level when 'country' then 'total' else totals.region end
),

places as (
    select sums.*,
        row_number() over (
            partition by kind, level
            order by net_revenue desc nulls last, country nulls last, region nulls last
        ) as position
    from sums
    union all
    select kinds.kind, levels.level, 'total' as country, 'total' as region, population.*, 1000000 as position
    from population cross join (values ('home'), ('lines')) as kinds (kind) cross join levels
)

select places.kind, places.level, places.country, places.region, cast(places.position as bigint) as position,
    cast(places.customers as bigint) as customers,
    cast(places.customers as double) / nullif(cast(population.customers as double), 0) as customer_share,
    cast(places.orders as bigint) as orders, cast(places.lines as bigint) as lines, places.net_revenue,
    case when population.net_revenue > 0 then cast(places.net_revenue as double)
        / cast(population.net_revenue as double) end as revenue_share,
    places.contribution_margin,
    case when places.net_revenue > 0 then cast(places.contribution_margin as double)
        / cast(places.net_revenue as double) end as margin_rate,
    places.profit,
    case when population.profit > 0 then cast(cast(places.profit as decimal(28, 4)) as double)
        / nullif(cast(cast(population.profit as decimal(28, 4)) as double), 0) end as profit_share,
    case when places.net_revenue > 0 then cast(cast(places.profit as decimal(28, 4)) as double)
        / cast(places.net_revenue as double) end as profit_rate,
    cast(places.unprofitable_customers as bigint) as unprofitable_customers,
    places.position <= policy.places_shown as is_shown
from places cross join population cross join settings.policy as policy
