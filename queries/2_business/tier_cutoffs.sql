-- title:   Profit at which one tier ends and the next begins
-- key:     [boundary]
-- scope:   base
-- note:    Current tiers. The cut-off of Platinum and of Gold is the lowest profit in the tier, or the amount of the
--   policy when `tier_cutoff` is absolute; that of Lead is `lead_max_profit`. Near is who is within `boundary_share` of
--   the cut-off; at Lead, whose cut-off is usually 0, within that share of the width of Iron, from the cut-off of Lead
--   to that of Gold. Not known (NULL) where the tier has no customer.

with cutoffs as (
    select cutoffs.platinum_min_profit as platinum, cutoffs.gold_min_profit as gold, cutoffs.lead_max_profit as lead,
        policy.boundary_share
    from business.scenario_cutoffs as cutoffs cross join settings.policy as policy
    where cutoffs.snapshot = 'current' and cutoffs.scenario = 0
),

boundaries as (
    select 1 as position, 'platinum_gold' as boundary, platinum as cutoff, abs(platinum) as width, boundary_share
    from cutoffs
    union all
    select 2 as position, 'gold_iron' as boundary, gold as cutoff, abs(gold) as width, boundary_share from cutoffs
    union all
    select 3 as position, 'iron_lead' as boundary, lead as cutoff, gold - lead as width, boundary_share from cutoffs
)

select boundary, cast(position as bigint) as position, cast(cutoff as decimal(28, 10)) as cutoff,
    cast(boundary_share * cast(width as decimal(28, 10)) as decimal(28, 10)) as reach
from boundaries
