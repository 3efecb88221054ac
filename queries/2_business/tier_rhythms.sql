-- title:   Usual gap of each tier
-- grain:   one row per snapshot and tier, and one for all customers together
-- key:     [snapshot, tier]
-- scope:   base
-- note: >
--   Median (nearest rank, the lower of two) of the usual gaps of the tier's customers; it stands in for customers with
--   too few gaps of their own. Tier `all` stands in where a tier has none.

with customer_gaps as (
    select customer_tiers.snapshot, customer_tiers.tier, customer_rhythms.customer_id, customer_rhythms.usual_gap_days
    from business.customer_rhythms as customer_rhythms
    inner join business.customer_tiers as customer_tiers  -- one-to-one, of those in the window
        on customer_rhythms.snapshot = customer_tiers.snapshot
        and customer_rhythms.customer_id = customer_tiers.customer_id
    union all
    select snapshot, 'all' as tier, customer_id, usual_gap_days from business.customer_rhythms
),

counts as (select snapshot, tier, count(*) as customers from customer_gaps group by snapshot, tier),

ranked_gaps as (
    select snapshot, tier, usual_gap_days,
        row_number() over (partition by snapshot, tier order by usual_gap_days nulls last, customer_id nulls last)
            as gap_rank
    from customer_gaps
)

select ranked_gaps.snapshot, ranked_gaps.tier, counts.customers, ranked_gaps.usual_gap_days
from ranked_gaps
inner join counts on ranked_gaps.snapshot = counts.snapshot and ranked_gaps.tier = counts.tier  -- many-to-one
where 2 * ranked_gaps.gap_rank >= counts.customers and 2 * (ranked_gaps.gap_rank - 1) < counts.customers
