-- title:   Customers of the current snapshot by profit and by net revenue, each accumulated
-- grain:   one row per customer_id of the population
-- key:     [customer_id]
-- scope:   part
-- note:    By profit best first, the order of the whale curve; by net revenue smallest first, that of the Lorenz curve.
--   Equal customers follow each other by customer_id. Net revenue below 0 counts as 0 here, or the Lorenz curve would
--   leave its frame.

with customers as (
    select tiers.customer_id, tiers.tier, tiers.profit,
        greatest(profit.net_revenue, cast(0 as decimal(28, 4))) as net_revenue
    from business.customer_tiers as tiers
    inner join business.customer_profit as profit  -- one-to-one
        on tiers.snapshot = profit.snapshot and tiers.customer_id = profit.customer_id
    where tiers.snapshot = 'current'
)

select customer_id, tier,
    row_number() over (order by profit desc nulls last, customer_id nulls last) as profit_position, profit,
    cast(sum(profit) over (order by profit desc nulls last, customer_id nulls last rows between unbounded preceding
        and current row) as decimal(28, 10)) as cumulative_profit,
    row_number() over (order by net_revenue nulls last, customer_id nulls last) as revenue_position, net_revenue,
    cast(sum(net_revenue) over (order by net_revenue nulls last, customer_id nulls last rows between unbounded preceding
        and current row) as decimal(28, 4)) as cumulative_revenue
from customers
