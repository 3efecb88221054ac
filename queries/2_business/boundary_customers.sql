-- title:   Customers near the boundary of a tier
-- grain:   one row per boundary and customer_id within its reach
-- key:     [boundary, customer_id]
-- note:    Current tiers. A customer whose profit is that near to a cut-off has the tier by chance as much as by what
--   they bring.

select cutoffs.boundary, tiers.customer_id, tiers.tier,
    case
        when cutoffs.boundary = 'platinum_gold' and tiers.tier = 'platinum' then 'above'
        when cutoffs.boundary = 'gold_iron' and tiers.tier in ('platinum', 'gold') then 'above'
        when cutoffs.boundary = 'iron_lead' and tiers.tier <> 'lead' then 'above'
        else 'below'
    end as side,
    tiers.profit, cast(tiers.profit - cutoffs.cutoff as decimal(28, 10)) as distance
from business.customer_tiers as tiers
inner join business.tier_cutoffs as cutoffs  -- a customer is compared with each boundary
    on tiers.profit >= cutoffs.cutoff - cutoffs.reach and tiers.profit <= cutoffs.cutoff + cutoffs.reach
where tiers.snapshot = 'current'
