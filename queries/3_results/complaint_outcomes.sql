-- title:   How often an outcome followed, with and without a complaint, by tier
-- grain:   one row per from_snapshot, outcome and tier, and a total; none where complaints are not known
-- key:     [from_snapshot, outcome, tier]
-- note: >
--   Customers of the tier at the earlier snapshot, with and without a complaint in the `complaint_days` before it.
--   Outcome `lapsed` is churn as in results.churn_by_tier: lapsed now, of those who were not lapsed then;
--   `ordered_again` is an order since. The interval of the difference of the two rates is that of Newcombe (1998,
--   Statistics in Medicine 17, 873-890, method 10), made of the score intervals of Wilson (1927) for `interval_share`
--   of cases. A difference is no cause: who buys more has more occasions to complain.
-- columns:
--   difference: rate with a complaint less rate without
--   has_enough_customers: whether both groups have at least `min_cell` customers; else the report shows their number

with outcomes as (select * from (values ('lapsed'), ('ordered_again')) as listed (outcome)),

customers as (
    -- Who was lapsed then cannot lapse since.
    select customers.from_snapshot, outcomes.outcome, customers.tier, customers.has_complaint,
        case outcomes.outcome when 'lapsed' then customers.is_lapsed else customers.orders_again end as has_outcome
    from business.earlier_customers as customers cross join outcomes
    where customers.has_complaint is not null and (outcomes.outcome <> 'lapsed' or not customers.was_lapsed)
),

counted as (
    select from_snapshot, outcome, coalesce(tier, 'total') as tier,
        count(*) filter (where has_complaint) as customers_with,
        count(*) filter (where not has_complaint) as customers_without,
        count(*) filter (where has_complaint and has_outcome) as outcomes_with,
        count(*) filter (where not has_complaint and has_outcome) as outcomes_without
    from customers group by grouping sets ((from_snapshot, outcome, tier), (from_snapshot, outcome))
),

tiers as (
    select value as tier, position from business.class_values where class_name = 'tier'
    union all
    select 'total' as tier, 100 as position
),

known_outcomes as (
    -- Distinct on purpose: both outcomes of each snapshot of which complaints are known.
    select distinct customers.from_snapshot, outcomes.outcome
    from business.earlier_customers as customers cross join outcomes where customers.has_complaint is not null
),

sums as (
    select known_outcomes.from_snapshot, known_outcomes.outcome, tiers.tier, tiers.position,
        coalesce(counted.customers_with, 0) as customers_with,
        coalesce(counted.customers_without, 0) as customers_without,
        coalesce(counted.outcomes_with, 0) as outcomes_with, coalesce(counted.outcomes_without, 0) as outcomes_without
    from known_outcomes cross join tiers
    left join counted  -- one-to-one; none where nobody had the tier
        on known_outcomes.from_snapshot = counted.from_snapshot and known_outcomes.outcome = counted.outcome
        and tiers.tier = counted.tier
),

rates as (
    select sums.*, cast(policy.interval_standard_errors as double) as z,
        cast(outcomes_with as double) / nullif(cast(customers_with as double), 0) as rate_with,
        cast(outcomes_without as double) / nullif(cast(customers_without as double), 0) as rate_without,
        customers_with >= policy.min_cell and customers_without >= policy.min_cell as has_enough_customers
    from sums cross join settings.policy as policy
),

spreads as (
    -- Half the width of Wilson's interval, times n + z square.
    select rates.*, z * sqrt(z * z + 4 * cast(outcomes_with as double) * (1 - rate_with)) as spread_with,
        z * sqrt(z * z + 4 * cast(outcomes_without as double) * (1 - rate_without)) as spread_without
    from rates
),

wilson_intervals as (
    select spreads.*,
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

select intervals.from_snapshot, intervals.outcome, intervals.tier, snapshots.as_of as from_as_of,
    cast(intervals.position as bigint) as position, intervals.customers_with as customers_with_complaint,
    intervals.outcomes_with as outcomes_with_complaint, intervals.rate_with as rate_with_complaint,
    intervals.customers_without as customers_without_complaint,
    intervals.outcomes_without as outcomes_without_complaint, intervals.rate_without as rate_without_complaint,
    rate_with - rate_without as difference,
    rate_with - rate_without - sqrt((rate_with - low_with) * (rate_with - low_with) + (high_without - rate_without)
        * (high_without - rate_without)) as difference_low,
    rate_with - rate_without + sqrt((high_with - rate_with) * (high_with - rate_with) + (rate_without - low_without)
        * (rate_without - low_without)) as difference_high,
    intervals.has_enough_customers
from wilson_intervals as intervals
inner join settings.snapshots as snapshots on intervals.from_snapshot = snapshots.snapshot  -- many-to-one
order by outcome, from_as_of desc nulls last, position, from_snapshot, tier
