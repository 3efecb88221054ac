-- title:    Without a change of rates no customer changes tier
-- inputs:   [business.customer_tiers, business.rate_scenarios]
-- scope:    base
-- severity: stop
-- message:
--   text: "{violations} customers change tier without a change of rates"
-- note: >
--   business.rate_scenarios cuts the tiers again; as configured they must be those of
--   business.customer_tiers.

select
    tiers.customer_id,
    tiers.tier as from_tier,
    scenarios.to_tier,
    tiers.profit as from_profit,
    scenarios.to_profit
from business.customer_tiers as tiers
left join business.rate_scenarios as scenarios  -- one-to-one
    on tiers.customer_id = scenarios.customer_id
    and scenarios.scenario = 0
where tiers.snapshot = 'current'
    and ((tiers.tier is distinct from scenarios.to_tier) or (tiers.profit is distinct from scenarios.to_profit))
