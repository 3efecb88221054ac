-- title:   Headline measures of each snapshot, one below the other
-- grain:   one row per snapshot and measure
-- key:     [snapshot, measure]
-- inputs:  [business.snapshot_measures]
-- note: >
--   A rate that is not known has no value. adverse_sign is the direction of bad news: 1 when a
--   rise is adverse, -1 when a fall is, 0 when neither is.

with

measures as (
    select *
    from business.snapshot_measures
),

listed as (
    select snapshot, 1 as position, 'net_revenue' as measure, 'money' as unit, -1 as adverse_sign,
        cast(net_revenue as decimal(28, 6)) as value
    from measures
    union all
    select snapshot, 2 as position, 'profit' as measure, 'money' as unit, -1 as adverse_sign,
        cast(profit as decimal(28, 6)) as value
    from measures
    union all
    select snapshot, 3 as position, 'profit_rate' as measure, 'rate' as unit, -1 as adverse_sign,
        cast(profit_rate as decimal(28, 6)) as value
    from measures
    union all
    select snapshot, 4 as position, 'customers' as measure, 'count' as unit, -1 as adverse_sign,
        cast(customers as decimal(28, 6)) as value
    from measures
    union all
    select snapshot, 5 as position, 'profit_at_risk' as measure, 'money' as unit, 1 as adverse_sign,
        cast(profit_at_risk as decimal(28, 6)) as value
    from measures
    union all
    select snapshot, 6 as position, 'contribution_margin' as measure, 'money' as unit, -1 as adverse_sign,
        cast(contribution_margin as decimal(28, 6)) as value
    from measures
    union all
    select snapshot, 7 as position, 'gross_revenue' as measure, 'money' as unit, -1 as adverse_sign,
        cast(gross_revenue as decimal(28, 6)) as value
    from measures
    union all
    select snapshot, 8 as position, 'discount_amount' as measure, 'money' as unit, 1 as adverse_sign,
        cast(discount_amount as decimal(28, 6)) as value
    from measures
    union all
    select snapshot, 9 as position, 'cost_of_goods' as measure, 'money' as unit, 0 as adverse_sign,
        cast(cost_of_goods as decimal(28, 6)) as value
    from measures
    union all
    select snapshot, 10 as position, 'cost_to_serve' as measure, 'money' as unit, 1 as adverse_sign,
        cast(cost_to_serve as decimal(28, 6)) as value
    from measures
    union all
    select snapshot, 11 as position, 'orders' as measure, 'count' as unit, -1 as adverse_sign,
        cast(orders as decimal(28, 6)) as value
    from measures
    union all
    select snapshot, 12 as position, 'unprofitable_customers' as measure, 'count' as unit, 1 as adverse_sign,
        cast(unprofitable_customers as decimal(28, 6)) as value
    from measures
    union all
    select snapshot, 13 as position, 'loss_amount' as measure, 'money' as unit, -1 as adverse_sign,
        cast(loss_amount as decimal(28, 6)) as value
    from measures
)

select
    snapshot,
    measure,

    cast(position as bigint) as position,
    unit,
    cast(adverse_sign as bigint) as adverse_sign,

    value
from listed
