-- title:   Type of each customer
-- grain:   one row per snapshot and customer_id of the population
-- key:     [snapshot, customer_id]
-- inputs:  [business.behaviour_cutoffs, business.class_sources, business.customer_behaviours,
--           business.customer_characters, business.customer_lifecycle, business.customer_loyalty, settings.policy]
-- note: >
--   The first that applies: angry (in the last `angry_days`, at least `angry_complaints` complaints or
--   a satisfaction of `angry_max_satisfaction` or less), new_buyer (lifecycle stage new), discount_chaser (at
--   least `discount_chaser_order_share` of the sales at a discount), impulsive (temperament, a proxy),
--   researcher (more visits per order than the cut-off), sceptic (at least `sceptic_min_visits` visits before
--   the first order, or the first purchase came back), loyal (loyalty class), regular. What a missing
--   source or column would tell applies to nobody; who matches nothing is `not_known` then. The eighth type,
--   prospect, never ordered: business.prospects.

with

policy as (
    select
        angry_complaints,
        angry_max_satisfaction,
        cast(discount_chaser_order_share as double) as discount_chaser_order_share,
        sceptic_min_visits
    from settings.policy
)

select
    behaviours.snapshot,
    behaviours.customer_id,

    case
        when behaviours.recent_complaints >= policy.angry_complaints then 'angry'
        when behaviours.lowest_recent_satisfaction <= policy.angry_max_satisfaction then 'angry'
        when lifecycle.lifecycle_stage = 'new' then 'new_buyer'
        when behaviours.discounted_sale_share >= policy.discount_chaser_order_share then 'discount_chaser'
        when characters.temperament = 'impulsive' then 'impulsive'
        when behaviours.visits_per_order > cutoffs.visits_per_order then 'researcher'
        when behaviours.visits_before >= policy.sceptic_min_visits or behaviours.is_first_returned then 'sceptic'
        when loyalty.loyalty_class = 'loyal' then 'loyal'
        when class_sources.has_complaints and class_sources.has_discount and class_sources.has_visits then 'regular'
        else 'not_known'
    end as customer_type
from business.customer_behaviours as behaviours
inner join business.behaviour_cutoffs as cutoffs  -- many-to-one
    on behaviours.snapshot = cutoffs.snapshot
inner join business.customer_characters as characters  -- one-to-one, as all that follow
    on behaviours.snapshot = characters.snapshot
    and behaviours.customer_id = characters.customer_id
inner join business.customer_lifecycle as lifecycle
    on behaviours.snapshot = lifecycle.snapshot
    and behaviours.customer_id = lifecycle.customer_id
inner join business.customer_loyalty as loyalty
    on behaviours.snapshot = loyalty.snapshot
    and behaviours.customer_id = loyalty.customer_id
cross join business.class_sources as class_sources
cross join policy
