-- title:   Customers who change tier when one rate of the cost to serve moves
-- grain:   one row per activity, direction and customer_id whose tier changes
-- key:     [activity, direction, customer_id]
-- inputs:  [business.rate_scenarios]
-- note: >
--   `down` and `up`: the rate of the activity moved by `rate_sensitivity`; `all_rates` moves every
--   rate at once. Profit is that of the window.

select
    activity,
    direction,
    customer_id,

    from_tier,
    to_tier,

    cast(from_profit as decimal(28, 10)) as from_profit,
    cast(to_profit as decimal(28, 10)) as to_profit
from business.rate_scenarios
where from_tier <> to_tier
