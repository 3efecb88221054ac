-- title:   Value of each customer, three ways
-- grain:   one row per customer_id of the current population
-- key:     [customer_id]
-- note: >
--   Value score, ABC by revenue and tier by profit put on one scale of three levels: 1 for high, A, Platinum and Gold;
--   2 for middle, B and Iron; 3 for low, C, D and Lead. levels_apart is the largest level less the smallest: 0 where
--   the three agree, 2 where one calls a customer among the best whom another calls among the worst.

with customers as (
    select classes.customer_id, classes.value_class, classes.abc_class, classes.tier, profit.net_revenue, profit.profit,
        case classes.value_class when 'high' then 1 when 'middle' then 2 when 'low' then 3 end as value_level,
        case classes.abc_class when 'a' then 1 when 'b' then 2 when 'c' then 3 when 'd' then 3 end
            as revenue_level,
        case classes.tier when 'platinum' then 1 when 'gold' then 1 when 'iron' then 2 when 'lead' then 3 end
            as profit_level
    from business.customer_classes as classes
    inner join business.customer_profit as profit  -- one-to-one
        on classes.snapshot = profit.snapshot and classes.customer_id = profit.customer_id
    where classes.snapshot = 'current'
)

select customer_id, value_class, abc_class, tier,
    cast(greatest(value_level, revenue_level, profit_level) - least(value_level, revenue_level, profit_level) as bigint)
        as levels_apart,
    net_revenue, profit
from customers
