-- title:   Customers near the boundary of a tier
-- key:     [boundary]
-- note: >
--   Current tiers. The cut-off of Platinum and of Gold is the lowest profit in the tier, or the amount of the policy
--   when `tier_cutoff` is absolute; that of Lead is `lead_max_profit`. Near is who is within `boundary_share` of the
--   cut-off; at Lead, whose cut-off is usually 0, within that share of the width of Iron, from the cut-off of Lead to
--   that of Gold. So near, a customer has the tier by chance as much as by what they bring. Cut-off and reach are not
--   known (NULL) where the tier has no customer.
-- columns:
--   cutoff: lowest profit of Platinum and of Gold; highest profit of Lead
--   reach: how far from the cut-off a profit is near, in money
--   customers_above: those of the better tier

with boundaries as (
    select boundaries.boundary, boundaries.position,
        case boundaries.boundary when 'platinum_gold' then cutoffs.platinum_min_profit
            when 'gold_iron' then cutoffs.gold_min_profit else cutoffs.lead_max_profit end as cutoff,
        case boundaries.boundary when 'platinum_gold' then abs(cutoffs.platinum_min_profit)
            when 'gold_iron' then abs(cutoffs.gold_min_profit)
            else cutoffs.gold_min_profit - cutoffs.lead_max_profit end as width
    from business.scenario_cutoffs as cutoffs
    cross join (values ('platinum_gold', 1), ('gold_iron', 2), ('iron_lead', 3)) as boundaries (boundary, position)
    where cutoffs.snapshot = 'current' and cutoffs.scenario = 0
),

reaches as (
    select boundaries.boundary, boundaries.position, cast(boundaries.cutoff as decimal(28, 10)) as cutoff,
        cast(policy.boundary_share * cast(boundaries.width as decimal(28, 10)) as decimal(28, 10)) as reach
    from boundaries cross join settings.policy as policy
),

near_customers as (
    -- A customer is compared with each boundary.
    select reaches.boundary, reaches.position, reaches.cutoff, reaches.reach, tiers.customer_id, tiers.profit,
        case reaches.boundary when 'platinum_gold' then tiers.tier = 'platinum'
            when 'gold_iron' then tiers.tier in ('platinum', 'gold') else tiers.tier <> 'lead' end as is_above
    from reaches
    left join business.customer_tiers as tiers  -- one-to-many; none where nobody is near
        on tiers.snapshot = 'current' and tiers.profit >= reaches.cutoff - reaches.reach
        and tiers.profit <= reaches.cutoff + reaches.reach
)

select cast(boundary as varchar) as boundary, cast(position as bigint) as position, cutoff, reach,
    count(customer_id) as customers, count(*) filter (where is_above) as customers_above,
    count(*) filter (where not is_above) as customers_below,
    cast(coalesce(sum(profit), 0) as decimal(28, 10)) as profit
from near_customers group by boundary, position, cutoff, reach order by position, boundary
