-- title:   How often an outcome followed, with and without a complaint, by tier
-- grain:   one row per from_snapshot, outcome and tier, and a total; none where complaints are not known
-- key:     [from_snapshot, outcome, tier]
-- inputs:  [business.class_values, business.customers_after_service, settings.policy]
-- note: >
--   Outcome `lapsed` is churn by rule as of now, `ordered_again` an order since. The interval of the
--   difference of the two rates is that of Newcombe (1998, Statistics in Medicine 17, 873-890, method
--   10), made of the score intervals of Wilson (1927) for `interval_share` of cases. A difference is no cause: who
--   buys more has more occasions to complain.
-- columns:
--   difference: rate with a complaint less rate without
--   difference_low: lower end of its interval
--   difference_high: upper end of its interval
--   has_enough_customers: whether both groups have at least `min_cell` customers

with

customers as (
    select from_snapshot, tier, has_complaint, orders_again, is_lapsed
    from business.customers_after_service
    where has_complaint is not null
),

counted as (
    select
        from_snapshot,
        coalesce(tier, 'total') as tier,
        count(*) filter (where has_complaint) as customers_with,
        count(*) filter (where not has_complaint) as customers_without,
        count(*) filter (where has_complaint and is_lapsed) as lapsed_with,
        count(*) filter (where not has_complaint and is_lapsed) as lapsed_without,
        count(*) filter (where has_complaint and orders_again) as ordered_with,
        count(*) filter (where not has_complaint and orders_again) as ordered_without
    from customers
    group by grouping sets ((from_snapshot, tier), (from_snapshot))
),

tiers as (
    select value as tier, position
    from business.class_values
    where class_name = 'tier'
    union all
    select 'total' as tier, 100 as position
),

known_snapshots as (
    select from_snapshot
    from counted
    where tier = 'total'
),

outcomes as (
    select *
    from (values ('lapsed'), ('ordered_again')) as listed (outcome)
),

sums as (
    select
        known_snapshots.from_snapshot,
        outcomes.outcome,
        tiers.tier,
        tiers.position,
        coalesce(counted.customers_with, 0) as customers_with,
        coalesce(counted.customers_without, 0) as customers_without,
        coalesce(case outcomes.outcome when 'lapsed' then counted.lapsed_with else counted.ordered_with end, 0)
            as outcomes_with,
        coalesce(case outcomes.outcome when 'lapsed' then counted.lapsed_without else counted.ordered_without end, 0)
            as outcomes_without
    from known_snapshots
    cross join outcomes
    cross join tiers
    left join counted  -- one-to-one; none where nobody had the tier
        on known_snapshots.from_snapshot = counted.from_snapshot
        and tiers.tier = counted.tier
),

rates as (
    select
        sums.*,
        cast(policy.interval_standard_errors as double) as z,
        cast(outcomes_with as double) / nullif(cast(customers_with as double), 0) as rate_with,
        cast(outcomes_without as double) / nullif(cast(customers_without as double), 0) as rate_without,
        customers_with >= policy.min_cell and customers_without >= policy.min_cell as has_enough_customers
    from sums
    cross join settings.policy as policy
),

spreads as (
    -- Half the width of Wilson's interval, times n + z square.
    select
        rates.*,
        z * sqrt(z * z + 4 * cast(outcomes_with as double) * (1 - rate_with)) as spread_with,
        z * sqrt(z * z + 4 * cast(outcomes_without as double) * (1 - rate_without)) as spread_without
    from rates
),

wilson_intervals as (
    select
        spreads.*,
        cast(2 * cast(outcomes_with as double) + z * z - spread_with as double)
            / nullif(cast(2 * (cast(customers_with as double) + z * z) as double), 0) as low_with,
        cast(2 * cast(outcomes_with as double) + z * z + spread_with as double)
            / nullif(cast(2 * (cast(customers_with as double) + z * z) as double), 0) as high_with,
        cast(2 * cast(outcomes_without as double) + z * z - spread_without as double)
            / nullif(cast(2 * (cast(customers_without as double) + z * z) as double), 0) as low_without,
        cast(2 * cast(outcomes_without as double) + z * z + spread_without as double)
            / nullif(cast(2 * (cast(customers_without as double) + z * z) as double), 0) as high_without
    from spreads
)

select
    from_snapshot,
    outcome,
    tier,

    cast(position as bigint) as position,

    customers_with,
    outcomes_with,
    rate_with,
    customers_without,
    outcomes_without,
    rate_without,
    rate_with - rate_without as difference,
    rate_with - rate_without
    - sqrt(
        (rate_with - low_with) * (rate_with - low_with)
        + (high_without - rate_without) * (high_without - rate_without)
    ) as difference_low,
    rate_with - rate_without
    + sqrt(
        (high_with - rate_with) * (high_with - rate_with)
        + (rate_without - low_without) * (rate_without - low_without)
    ) as difference_high,

    has_enough_customers
from wilson_intervals
