-- title:   Peak and erosion of the whale curve
-- grain:   one row
-- key:     [customers]
-- note:    The peak is the sum of positive profits, reached by the customers with a profit above 0; erosion is the sum
--   of negative profits.

with sums as (
    select count(*) as customers, count(*) filter (where profit > 0) as profitable_customers,
        count(*) filter (where profit < 0) as unprofitable_customers,
        coalesce(sum(profit) filter (where profit > 0), 0) as peak_profit,
        coalesce(sum(profit) filter (where profit < 0), 0) as erosion_amount, coalesce(sum(profit), 0) as total_profit
    from business.customer_ranks
)

select customers, profitable_customers, unprofitable_customers, profitable_customers as peak_rank,
    cast(profitable_customers as double) / nullif(cast(customers as double), 0) as peak_customer_share,
    cast(peak_profit as decimal(28, 10)) as peak_profit,
    case when total_profit > 0 then cast(cast(peak_profit as decimal(28, 4)) as double)
        / cast(cast(total_profit as decimal(28, 4)) as double) end as peak_profit_share,
    cast(erosion_amount as decimal(28, 10)) as erosion_amount, cast(total_profit as decimal(28, 10)) as total_profit
from sums order by customers
