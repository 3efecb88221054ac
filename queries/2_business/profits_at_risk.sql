-- title:   Customers whose profit is at risk, and that profit
-- grain:   one row per snapshot and customer_id of the population
-- key:     [snapshot, customer_id]
-- note:    Profit at risk is the profit in the window of profitable customers who are late or lapsed (stage `at_risk`
--   or `lapsed`). Whatever is called so is a sum of these rows; business.weekly_profit_at_risk has the same for the
--   ends of weeks.

select classes.snapshot, classes.customer_id, classes.tier, classes.lifecycle_stage, profit.profit
from business.customer_classes as classes
inner join business.customer_profit as profit  -- one-to-one
    on classes.snapshot = profit.snapshot and classes.customer_id = profit.customer_id
where classes.lifecycle_stage in ('at_risk', 'lapsed') and profit.profit > 0
