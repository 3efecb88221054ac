-- title:   Customers with an action, and the money at stake, by tier
-- grain:   one row per tier, and a total
-- key:     [tier]
-- note:    Population of the window. Urgent is who is late or has lapsed, Lead apart.
-- columns:
--   customers: customers of the tier with an action
--   without_action: customers whom no row of business.actions fits

with tiers as (
    select value as tier, position from business.class_values where class_name = 'tier'
    union all
    select 'total' as tier, 100 as position
),

cases as (
    select tier, action, stake_amount,
        action is not null and tier <> 'lead' and lifecycle_stage in ('at_risk', 'lapsed') as is_urgent
    from business.customer_actions
),

sums as (
    select coalesce(tier, 'total') as tier, count(*) filter (where action is not null) as customers,
        count(*) filter (where action is null) as without_action, count(*) filter (where is_urgent) as urgent_customers,
        sum(stake_amount) filter (where action is not null) as stake_amount,
        sum(stake_amount) filter (where is_urgent) as urgent_amount
    from cases group by grouping sets ((tier), ())
)

select tiers.tier, cast(tiers.position as bigint) as position, cast(coalesce(sums.customers, 0) as bigint) as customers,
    cast(coalesce(sums.without_action, 0) as bigint) as without_action,
    cast(coalesce(sums.urgent_customers, 0) as bigint) as urgent_customers,
    cast(coalesce(sums.stake_amount, 0) as decimal(28, 10)) as stake_amount,
    cast(coalesce(sums.urgent_amount, 0) as decimal(28, 10)) as urgent_amount
from tiers
left join sums on tiers.tier = sums.tier  -- one-to-one; none where nobody has the tier
order by position, tier
