-- title:   Customers of the current snapshot by profit, with profit accumulated
-- grain:   one row per customer_id of the population
-- key:     [customer_id]
-- scope:   part
-- note:    Best first; customers of equal profit follow each other by customer_id.

with customers as (select customer_id, tier, profit from business.customer_tiers where snapshot = 'current')

select customer_id, row_number() over best_first as position, tier, profit,
    cast(sum(profit) over (order by profit desc nulls last, customer_id nulls last rows between unbounded preceding
        and current row) as decimal(28, 10)) as cumulative_profit
from customers
window best_first as (order by profit desc nulls last, customer_id nulls last)
