-- title:   What referred customers bring, by who referred them
-- grain:   one row per kind and referrer_id; the kinds are referrer, other, not_referred, total, not_known
-- key:     [kind, referrer_id]
-- note:    The `list_rows_shown` referrers whose customers bring the most profit, the others in one row, customers whom
--   nobody referred, and the population. Each customer is credited once, to the one who referred them directly. One row
--   `not_known` when the source `customers` is not configured or has no column referred_by.
-- columns:
--   referrers: customers who referred others, in the row
--   customers: customers referred by them; of not_referred and total, customers of the population
--   own_profit: profit of the referrers themselves in the window

with referrer_column as (
    select is_mapped from settings.source_columns where source = 'customers' and column_name = 'referred_by'
),

population as (
    select customers, cast(net_revenue as decimal(28, 4)) as net_revenue, cast(profit as decimal(28, 10)) as profit
    from business.class_totals where snapshot = 'current' and class_name = 'all'
),

placed_referrers as (
    select case when totals.position > policy.list_rows_shown then 'other' else 'referrer' end as kind,
        case when totals.position > policy.list_rows_shown then '' else totals.referrer_id end as referrer_id,
        case when totals.position <= policy.list_rows_shown then totals.tier end as tier, totals.position,
        totals.referred_customers, totals.referred_revenue, totals.referred_profit, totals.own_profit
    from business.referrer_totals as totals cross join settings.policy as policy
),

referred as (
    select count(*) as referrers, cast(coalesce(sum(referred_customers), 0) as bigint) as customers,
        cast(coalesce(sum(referred_revenue), 0) as decimal(28, 4)) as net_revenue,
        cast(coalesce(sum(referred_profit), 0) as decimal(28, 10)) as profit
    from placed_referrers
),

listed as (
    select kind, referrer_id, min(tier) as tier, min(position) as place, count(*) as referrers,
        cast(sum(referred_customers) as bigint) as customers,
        cast(sum(referred_revenue) as decimal(28, 4)) as net_revenue,
        cast(sum(referred_profit) as decimal(28, 10)) as profit, cast(sum(own_profit) as decimal(28, 10)) as own_profit
    from placed_referrers group by kind, referrer_id
    union all
    select 'not_referred' as kind, '' as referrer_id, cast(null as varchar) as tier, cast(null as bigint) as place,
        cast(0 as bigint) as referrers, population.customers - referred.customers as customers,
        cast(population.net_revenue - referred.net_revenue as decimal(28, 4)) as net_revenue,
        cast(population.profit - referred.profit as decimal(28, 10)) as profit,
        cast(null as decimal(28, 10)) as own_profit
    from population cross join referred cross join referrer_column where referrer_column.is_mapped
    union all
    select case when referrer_column.is_mapped then 'total' else 'not_known' end as kind, '' as referrer_id,
        cast(null as varchar) as tier, cast(null as bigint) as place, referred.referrers, population.customers,
        population.net_revenue, population.profit, cast(null as decimal(28, 10)) as own_profit
    from population cross join referred cross join referrer_column
)

select listed.kind, listed.referrer_id,
    row_number() over (order by listed.place nulls last, listed.kind nulls last, listed.referrer_id nulls last)
        as position,
    listed.tier, listed.referrers, listed.customers, listed.net_revenue, listed.profit,
    case when population.profit > 0 then cast(cast(listed.profit as decimal(28, 4)) as double)
        / nullif(cast(cast(population.profit as decimal(28, 4)) as double), 0) end as profit_share,
    listed.own_profit
from listed cross join population order by position, listed.kind, listed.referrer_id
