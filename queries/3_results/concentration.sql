-- title:   How much depends on how few
-- grain:   one row per measure
-- key:     [measure]
-- inputs:  [business.revenue_ranks, business.whale_ranks, settings.policy]
-- note: >
--   Top customers are the best `top_share` of the population, by profit or by revenue; the share
--   that makes most of a total is the smallest number of best customers whose sum reaches
--   `concentration_share` of it. Gini of net revenue: sum of (2i - n - 1) x / (n x total),
--   customers by revenue from the smallest. In the measures of revenue net revenue below 0 counts as 0, in its total
--   too, as in the Lorenz curve. Not known when the total is not above 0.

with

policy as (
    select concentration_share, top_share
    from settings.policy
),

profit_total as (
    select count(*) as customers, coalesce(sum(profit), 0) as profit
    from business.whale_ranks
),

revenue_total as (
    select count(*) as customers, coalesce(sum(net_revenue), 0) as revenue
    from business.revenue_ranks
),

profit_makers as (
    select min(ranks.position) as customers
    from business.whale_ranks as ranks
    cross join profit_total
    cross join policy
    where profit_total.profit > 0
        and ranks.cumulative_profit >= cast(profit_total.profit as decimal(28, 10)) * policy.concentration_share
),

revenue_makers as (
    -- Seen from the small end: customers whose removal still leaves the share.
    select coalesce(max(ranks.position), 0) as customers_to_spare
    from business.revenue_ranks as ranks
    cross join revenue_total
    cross join policy
    where revenue_total.revenue - ranks.cumulative_revenue
        >= cast(revenue_total.revenue as decimal(28, 4)) * policy.concentration_share
),

top_profit as (
    select coalesce(sum(ranks.profit), 0) as profit, count(*) as customers
    from business.whale_ranks as ranks
    cross join profit_total
    cross join policy
    where ranks.position <= profit_total.customers * policy.top_share
),

top_revenue as (
    select coalesce(sum(ranks.net_revenue), 0) as revenue, count(*) as customers
    from business.revenue_ranks as ranks
    cross join revenue_total
    cross join policy
    where revenue_total.customers - ranks.position + 1 <= revenue_total.customers * policy.top_share
),

gini as (
    select
        coalesce(
            sum(
                net_revenue * cast(2 * ranks.position - revenue_total.customers - 1 as decimal(10, 0))
            ),
            0
        ) as weighted_revenue
    from business.revenue_ranks as ranks
    cross join revenue_total
),

peak as (
    select coalesce(sum(profit) filter (where profit > 0), 0) as profit, count(*) filter (where profit > 0) as customers
    from business.whale_ranks
),

listed as (
    select
        1 as position,
        'profit_concentration_customer_share' as measure,
        cast(profit_makers.customers as double) / nullif(cast(profit_total.customers as double), 0) as value,
        profit_makers.customers
    from profit_makers
    cross join profit_total
    union all
    select
        2 as position,
        'revenue_concentration_customer_share' as measure,
        case
            when revenue_total.revenue > 0
                then cast(revenue_total.customers - revenue_makers.customers_to_spare as double)
                    / cast(revenue_total.customers as double)
        end as value,
        case
            when revenue_total.revenue > 0 then revenue_total.customers - revenue_makers.customers_to_spare
        end as customers
    from revenue_makers
    cross join revenue_total
    union all
    select
        3 as position,
        'top_customers_profit_share' as measure,
        case
            when profit_total.profit > 0
                then cast(cast(top_profit.profit as decimal(28, 4)) as double)
                    / cast(cast(profit_total.profit as decimal(28, 4)) as double)
        end as value,
        top_profit.customers
    from top_profit
    cross join profit_total
    union all
    select
        4 as position,
        'top_customers_revenue_share' as measure,
        cast(top_revenue.revenue as double) / nullif(cast(revenue_total.revenue as double), 0) as value,
        top_revenue.customers
    from top_revenue
    cross join revenue_total
    union all
    select
        5 as position,
        'revenue_gini' as measure,
        cast(cast(gini.weighted_revenue as decimal(38, 0)) as double)
            / nullif(
                cast(cast(revenue_total.revenue * revenue_total.customers as decimal(38, 0)) as double), 0
            ) as value,
        cast(null as bigint) as customers
    from gini
    cross join revenue_total
    union all
    select
        6 as position,
        'peak_profit_share' as measure,
        case
            when profit_total.profit > 0 then cast(cast(peak.profit as decimal(28, 4)) as double)
                / cast(cast(profit_total.profit as decimal(28, 4)) as double)
        end as value,
        peak.customers
    from peak
    cross join profit_total
)

select
    measure,

    cast(position as bigint) as position,

    value,
    customers
from listed
order by position, measure
