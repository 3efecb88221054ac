-- title:   Customers near the boundary of a tier
-- key:     [boundary]
-- note:    Above are those of the better tier. business.boundary_customers names them.
-- columns:
--   cutoff: lowest profit of Platinum and of Gold; highest profit of Lead
--   reach: how far from the cut-off a profit is near, in money

with sums as (
    select boundary, count(*) as customers, count(*) filter (where side = 'above') as customers_above,
        count(*) filter (where side = 'below') as customers_below, sum(profit) as profit
    from business.boundary_customers group by boundary
)

select cutoffs.boundary, cutoffs.position, cutoffs.cutoff, cutoffs.reach, coalesce(sums.customers, 0) as customers,
    coalesce(sums.customers_above, 0) as customers_above, coalesce(sums.customers_below, 0) as customers_below,
    cast(coalesce(sums.profit, 0) as decimal(28, 10)) as profit
from business.tier_cutoffs as cutoffs
left join sums on cutoffs.boundary = sums.boundary  -- one-to-one; none where nobody is near
order by cutoffs.position, cutoffs.boundary
