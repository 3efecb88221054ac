-- title:   Tier of each customer by profit
-- grain:   one row per snapshot and customer_id of the population
-- key:     [snapshot, customer_id]
-- note:    By the profit and the cut-offs of the snapshot itself; business.scenario_cutoffs says how tiers are cut.

select snapshot, customer_id, tier, cast(profit as decimal(28, 10)) as profit
from business.scenario_tiers where scenario = 0 and cutoff_snapshot = snapshot
