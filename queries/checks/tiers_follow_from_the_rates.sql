-- title:    Without a change of rates no customer changes tier
-- inputs:   [business.rate_scenarios]
-- scope:    base
-- severity: stop
-- note: >
--   business.rate_scenarios cuts the tiers again; as configured they must be those of
--   business.customer_tiers.

select customer_id, from_tier, to_tier, from_profit, to_profit
from business.rate_scenarios
where scenario = 0
    and (from_tier <> to_tier or from_profit <> to_profit)
