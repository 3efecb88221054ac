-- title:   Customers who change tier when one rate of the cost to serve moves
-- grain:   one row per activity, direction and customer_id whose tier changes
-- key:     [activity, direction, customer_id]
-- note: >
--   `down` and `up`: the rate of the activity moved by `rate_sensitivity`; `all_rates` moves every rate at once. Profit
--   is that of the window.

select
    scenarios.activity, scenarios.direction, scenarios.customer_id, tiers.tier as from_tier, scenarios.tier as to_tier,
    tiers.profit as from_profit, cast(scenarios.profit as decimal(28, 10)) as to_profit
from business.scenario_tiers as scenarios
inner join business.customer_tiers as tiers  -- many-to-one
    on scenarios.snapshot = tiers.snapshot and scenarios.customer_id = tiers.customer_id
where scenarios.scenario > 0 and scenarios.tier <> tiers.tier
