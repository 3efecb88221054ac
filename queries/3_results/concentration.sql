-- title:   How much depends on how few
-- key:     [measure]
-- note: >
--   Top customers are the best `top_share` of the population, by profit or by revenue; the share that makes most of a
--   total is the smallest number of best customers whose sum reaches `concentration_share` of it. Gini of net revenue:
--   sum of (2i - n - 1) x / (n x total), customers by revenue from the smallest. In the measures of revenue net revenue
--   below 0 counts as 0, in its total too, as in the Lorenz curve. Not known when the total is not above 0.

with totals as (
    select count(*) as customers, coalesce(sum(profit), 0) as profit, coalesce(sum(net_revenue), 0) as revenue
    from business.customer_ranks
),

sums as (
    -- By revenue smallest first. Seen from the small end: customers whose removal still leaves the share.
    select coalesce(max(totals.customers), 0) as customers, coalesce(max(totals.profit), 0) as profit,
        coalesce(max(totals.revenue), 0) as revenue,
        min(ranks.profit_position) filter (where totals.profit > 0 and ranks.cumulative_profit
            >= cast(totals.profit as decimal(28, 10)) * policy.concentration_share) as profit_makers,
        coalesce(sum(ranks.profit) filter (where ranks.profit_position <= totals.customers * policy.top_share), 0)
            as top_profit,
        count(*) filter (where ranks.profit_position <= totals.customers * policy.top_share) as top_by_profit,
        coalesce(sum(ranks.profit) filter (where ranks.profit > 0), 0) as peak_profit,
        count(*) filter (where ranks.profit > 0) as peak_customers,
        coalesce(max(ranks.revenue_position) filter (where totals.revenue - ranks.cumulative_revenue
            >= cast(totals.revenue as decimal(28, 4)) * policy.concentration_share), 0) as customers_to_spare,
        coalesce(sum(ranks.net_revenue) filter (where totals.customers - ranks.revenue_position + 1 <= totals.customers
            * policy.top_share), 0) as top_revenue,
        count(*) filter (where totals.customers - ranks.revenue_position + 1 <= totals.customers * policy.top_share)
            as top_by_revenue,
        coalesce(sum(ranks.net_revenue * cast(2 * ranks.revenue_position - totals.customers - 1 as decimal(10, 0))), 0)
            as weighted_revenue
    from business.customer_ranks as ranks cross join totals cross join settings.policy as policy
),

measures as (
    select *
    from (values
        (1, 'profit_concentration_customer_share'),
        (2, 'revenue_concentration_customer_share'),
        (3, 'top_customers_profit_share'),
        (4, 'top_customers_revenue_share'),
        (5, 'revenue_gini'),
        (6, 'peak_profit_share')
    ) as listed (position, measure)
)

select measures.measure, cast(measures.position as bigint) as position,
    case measures.position
        when 1 then cast(sums.profit_makers as double) / nullif(cast(sums.customers as double), 0)
        when 2
            then case
                when sums.revenue > 0
                    then cast(sums.customers - sums.customers_to_spare as double)
                        / cast(sums.customers as double)
            end
        when 3
            then case
                when sums.profit > 0
                    then cast(cast(sums.top_profit as decimal(28, 4)) as double)
                        / cast(cast(sums.profit as decimal(28, 4)) as double)
            end
        when 4 then cast(sums.top_revenue as double) / nullif(cast(sums.revenue as double), 0)
        when 5
            then cast(cast(sums.weighted_revenue as decimal(38, 0)) as double)
                / nullif(cast(cast(sums.revenue * sums.customers as decimal(38, 0)) as double), 0)
        when 6
            then case
                when sums.profit > 0
                    then cast(cast(sums.peak_profit as decimal(28, 4)) as double)
                        / cast(cast(sums.profit as decimal(28, 4)) as double)
            end
    end as value,
    case measures.position
        when 1 then sums.profit_makers
        when 2 then case when sums.revenue > 0 then sums.customers - sums.customers_to_spare end
        when 3 then sums.top_by_profit
        when 4 then sums.top_by_revenue
        when 6 then sums.peak_customers
    end as customers
from measures cross join sums order by position, measures.measure
