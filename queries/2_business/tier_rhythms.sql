-- title:   Usual gap of each tier
-- grain:   one row per snapshot and tier, and one for all customers together
-- key:     [snapshot, tier]
-- scope:   base
-- note:    Median (nearest rank, the lower of two) of the usual gaps of the tier's customers; it stands in for
--   customers with too few gaps of their own. Tier `all` stands in where a tier has none.

with gap_counts as (
    -- Customers share most gaps, so these are few rows. Who has no order in the window has no tier.
    select rhythms.snapshot, case when grouping(tiers.tier) = 1 then 'all' else tiers.tier end as tier,
        rhythms.usual_gap_days, count(*) as customers
    from business.customer_rhythms as rhythms
    left join business.customer_tiers as tiers  -- one-to-one
        on rhythms.snapshot = tiers.snapshot and rhythms.customer_id = tiers.customer_id
    group by grouping sets (
        (rhythms.snapshot, tiers.tier, rhythms.usual_gap_days), (rhythms.snapshot, rhythms.usual_gap_days)
    )
),

ranked_gaps as (
    select snapshot, tier, usual_gap_days, customers as customers_with_gap,
        sum(customers) over (
            partition by snapshot, tier
            order by usual_gap_days nulls last
            rows between unbounded preceding and current row
        ) as customers_up_to,
        sum(customers) over (partition by snapshot, tier) as customers
    from gap_counts where tier is not null
)

select snapshot, tier, cast(customers as bigint) as customers, usual_gap_days
from ranked_gaps where 2 * customers_up_to >= customers and 2 * (customers_up_to - customers_with_gap) < customers
