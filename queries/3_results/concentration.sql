-- title:   How much depends on how few
-- key:     [measure]
-- note: >
--   Top customers are the best `top_share` of the population, by profit or by revenue; the share that makes most of a
--   total is the smallest number of best customers whose sum reaches `concentration_share` of it. Gini of net revenue:
--   sum of (2i - n - 1) x / (n x total), customers by revenue from the smallest. In the measures of revenue net revenue
--   below 0 counts as 0, in its total too, as in the Lorenz curve. Not known when the total is not above 0.

with profit_total as (select count(*) as customers, coalesce(sum(profit), 0) as profit from business.whale_ranks),

revenue_total as (select count(*) as customers, coalesce(sum(net_revenue), 0) as revenue from business.revenue_ranks),

profit_sums as (
    select coalesce(max(total.customers), 0) as customers, coalesce(max(total.profit), 0) as profit,
        min(ranks.position) filter (where total.profit > 0 and ranks.cumulative_profit
            >= cast(total.profit as decimal(28, 10)) * policy.concentration_share) as makers,
        coalesce(sum(ranks.profit) filter (where ranks.position <= total.customers * policy.top_share), 0)
            as top_profit,
        count(*) filter (where ranks.position <= total.customers * policy.top_share) as top_customers,
        coalesce(sum(ranks.profit) filter (where ranks.profit > 0), 0) as peak_profit,
        count(*) filter (where ranks.profit > 0) as peak_customers
    from business.whale_ranks as ranks cross join profit_total as total cross join settings.policy as policy
),

revenue_sums as (
    -- Smallest first. Seen from the small end: customers whose removal still leaves the share.
    select coalesce(max(total.customers), 0) as customers, coalesce(max(total.revenue), 0) as revenue,
        coalesce(max(ranks.position) filter (where total.revenue - ranks.cumulative_revenue
            >= cast(total.revenue as decimal(28, 4)) * policy.concentration_share), 0) as customers_to_spare,
        coalesce(sum(ranks.net_revenue) filter (where total.customers - ranks.position + 1 <= total.customers
            * policy.top_share), 0) as top_revenue,
        count(*) filter (where total.customers - ranks.position + 1 <= total.customers * policy.top_share)
            as top_customers,
        coalesce(sum(ranks.net_revenue * cast(2 * ranks.position - total.customers - 1 as decimal(10, 0))), 0)
            as weighted_revenue
    from business.revenue_ranks as ranks cross join revenue_total as total cross join settings.policy as policy
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
        when 1 then cast(profits.makers as double) / nullif(cast(profits.customers as double), 0)
        when 2
            then case
                when revenues.revenue > 0
                    then cast(revenues.customers - revenues.customers_to_spare as double)
                        / cast(revenues.customers as double)
            end
        when 3
            then case
                when profits.profit > 0
                    then cast(cast(profits.top_profit as decimal(28, 4)) as double)
                        / cast(cast(profits.profit as decimal(28, 4)) as double)
            end
        when 4 then cast(revenues.top_revenue as double) / nullif(cast(revenues.revenue as double), 0)
        when 5
            then cast(cast(revenues.weighted_revenue as decimal(38, 0)) as double)
                / nullif(cast(cast(revenues.revenue * revenues.customers as decimal(38, 0)) as double), 0)
        when 6
            then case
                when profits.profit > 0
                    then cast(cast(profits.peak_profit as decimal(28, 4)) as double)
                        / cast(cast(profits.profit as decimal(28, 4)) as double)
            end
    end as value,
    case measures.position
        when 1 then profits.makers
        when 2 then case when revenues.revenue > 0 then revenues.customers - revenues.customers_to_spare end
        when 3 then profits.top_customers
        when 4 then revenues.top_customers
        when 6 then profits.peak_customers
    end as customers
from measures cross join profit_sums as profits cross join revenue_sums as revenues order by position, measures.measure
