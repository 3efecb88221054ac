-- title:   Customers of the current snapshot by net revenue, smallest first, with revenue accumulated
-- grain:   one row per customer_id of the population
-- key:     [customer_id]
-- scope:   part
-- note:    The order of the Lorenz curve. Net revenue below 0 counts as 0 here, or the curve would leave its frame.

with customers as (
    select customer_id, greatest(net_revenue, cast(0 as decimal(28, 4))) as net_revenue
    from business.customer_profit where snapshot = 'current'
)

select
    customer_id, row_number() over (order by net_revenue nulls last, customer_id nulls last) as position, net_revenue,
    cast(sum(net_revenue) over (order by net_revenue nulls last, customer_id nulls last rows between unbounded preceding
        and current row) as decimal(28, 4)) as cumulative_revenue
from customers
