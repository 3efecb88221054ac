-- title:   Headline measures, now and before
-- key:     [measure]
-- cells:   {apart: [measure], rows: [net_revenue, profit, profit_rate, customers, contribution_margin, gross_revenue,
--   discount_amount, cost_of_goods, cost_to_serve, orders], count_row: customers, parts: {value: [value],
--   fewest_customers: [previous_value, change_on_previous, change_rate_on_previous, is_adverse_on_previous,
--   is_material_on_previous], year_ago_value: [year_ago_value, change_on_year, change_rate_on_year, is_adverse_on_year]
--   }, open: [position, unit, tile]}
-- note:    Previous is one compare period earlier, year ago the same window a year earlier. The four-week value is the
--   mean of the four week ends before the as-of date, of a rate that of their sums; only measures of the weekly trend
--   have one, and only where all four weeks are known. A change is now less before; its rate is over the value before.
--   There is one between two values above 0 only, and none above 500%, where it tells more of its base than of the
--   business; the report has the amount in its place. With an earlier window that the history does not cover, or that
--   has no orders, nothing is compared. An aggregate edition has the previous values where it has the weekly trend
--   (results.weekly_trend).
-- columns:
--   fewest_customers: fewest customers of a span that tells two windows apart (business.window_spans); NULL where no
--     previous value is known
--   tile: place among the figures of the first page; none of a profit rate that follows from an assumed margin
--   is_material_on_previous: whether the change reaches `material_change_share` of the value before

with listed_measures as (
    -- adverse_sign is the direction of bad news: 1 when a rise is adverse, -1 when a fall is, 0 when neither is.
    select *
    from (values
        (1, 'net_revenue', 'money', -1),
        (2, 'profit', 'money', -1),
        (3, 'profit_rate', 'rate', -1),
        (4, 'customers', 'count', -1),
        (5, 'profit_at_risk', 'money', 1),
        (6, 'contribution_margin', 'money', -1),
        (7, 'gross_revenue', 'money', -1),
        (8, 'discount_amount', 'money', 1),
        (9, 'cost_of_goods', 'money', 0),
        (10, 'cost_to_serve', 'money', 1),
        (11, 'orders', 'count', -1),
        (12, 'unprofitable_customers', 'count', 1),
        (13, 'loss_amount', 'money', -1)
    ) as listed (position, measure, unit, adverse_sign)
),

measure_values as (
    -- One below the other; a rate that is not known has no value, nor have discounts where the lines have one price.
    select measures.snapshot, cast(listed_measures.measure as varchar) as measure,
        cast(listed_measures.position as bigint) as position, cast(listed_measures.unit as varchar) as unit,
        cast(listed_measures.adverse_sign as bigint) as adverse_sign,
        case listed_measures.measure
            when 'net_revenue' then cast(measures.net_revenue as decimal(28, 6))
            when 'profit' then cast(measures.profit as decimal(28, 6))
            when 'profit_rate' then cast(measures.profit_rate as decimal(28, 6))
            when 'customers' then cast(measures.customers as decimal(28, 6))
            when 'profit_at_risk' then cast(measures.profit_at_risk as decimal(28, 6))
            when 'contribution_margin' then cast(measures.contribution_margin as decimal(28, 6))
            when 'gross_revenue' then cast(measures.gross_revenue as decimal(28, 6))
            when 'discount_amount' then case when class_sources.has_discount
                then cast(measures.discount_amount as decimal(28, 6)) end
            when 'cost_of_goods' then cast(measures.cost_of_goods as decimal(28, 6))
            when 'cost_to_serve' then cast(measures.cost_to_serve as decimal(28, 6))
            when 'orders' then cast(measures.orders as decimal(28, 6))
            when 'unprofitable_customers' then cast(measures.unprofitable_customers as decimal(28, 6))
            when 'loss_amount' then cast(measures.loss_amount as decimal(28, 6))
        end as value
    from business.snapshot_measures as measures cross join listed_measures
    cross join business.class_sources as class_sources
),

four_weeks as (
    select count(*) as weeks, sum(net_revenue) as net_revenue, sum(profit) as profit, sum(customers) as customers,
        sum(profit_at_risk) as profit_at_risk
    from results.weekly_trend where weeks_ago in (1, 2, 3, 4)
),

values_four_weeks as (
    -- A mean of four, of a rate one of their sums.
    select measures.measure,
        cast(
            cast(
                case measures.measure
                    when 'net_revenue' then cast(sums.net_revenue as decimal(28, 4))
                    when 'customers' then cast(sums.customers as decimal(28, 4))
                    when 'profit_at_risk' then cast(sums.profit_at_risk as decimal(28, 4))
                    else cast(sums.profit as decimal(28, 4))
                end as double
            ) / nullif(cast(case measures.measure when 'profit_rate' then cast(sums.net_revenue as decimal(28, 4))
                else cast(sums.weeks as decimal(28, 4)) end as double), 0)
            as decimal(28, 6)
        ) as value
    from four_weeks as sums
    cross join (values ('net_revenue'), ('profit'), ('profit_rate'), ('customers'), ('profit_at_risk'))
        as measures (measure)
    where sums.weeks = 4 and (measures.measure <> 'profit_rate' or sums.net_revenue > 0)
),

side_by_side as (
    -- Only the snapshots that are covered are compared.
    select measure_values.measure, measure_values.position, measure_values.unit, measure_values.adverse_sign,
        max(measure_values.value) filter (where measure_values.snapshot = 'current') as value,
        max(measure_values.value) filter (where compared_snapshots.snapshot = 'previous') as previous_value,
        max(measure_values.value) filter (where compared_snapshots.snapshot = 'year_ago') as year_ago_value
    from measure_values
    left join business.compared_snapshots as compared_snapshots  -- many-to-one; none of the current one
        on measure_values.snapshot = compared_snapshots.snapshot
    group by measure_values.measure, measure_values.position, measure_values.unit, measure_values.adverse_sign
    having count(*) filter (where measure_values.snapshot = 'current') > 0
),

compared as (
    select side_by_side.*, values_four_weeks.value as four_week_value,
        side_by_side.value - side_by_side.previous_value as change_on_previous,
        side_by_side.value - values_four_weeks.value as change_on_four_weeks,
        side_by_side.value - side_by_side.year_ago_value as change_on_year
    from side_by_side
    left join values_four_weeks  -- one-to-one; none of measures without a weekly trend
        on side_by_side.measure = values_four_weeks.measure
),

smallest_span as (select coalesce(min(customers), 0) as customers from business.window_spans)

select measure, position, unit, value, previous_value, four_week_value, year_ago_value,
    cast(change_on_previous as decimal(28, 6)) as change_on_previous,
    cast(change_on_four_weeks as decimal(28, 6)) as change_on_four_weeks,
    cast(change_on_year as decimal(28, 6)) as change_on_year,
    -- Four decimals of money keep a double exact up to 900 billion; a rate needs its six.
    case when value > 0 and previous_value > 0 and change_on_previous <= 5 * previous_value
        then case unit
            when 'rate' then cast(change_on_previous as double) / nullif(cast(previous_value as double), 0)
            else cast(cast(change_on_previous as decimal(28, 4)) as double)
                / nullif(cast(cast(previous_value as decimal(28, 4)) as double), 0)
        end
    end as change_rate_on_previous,
    case when value > 0 and four_week_value > 0 and change_on_four_weeks <= 5 * four_week_value
        then case unit
            when 'rate' then cast(change_on_four_weeks as double) / nullif(cast(four_week_value as double), 0)
            else cast(cast(change_on_four_weeks as decimal(28, 4)) as double)
                / nullif(cast(cast(four_week_value as decimal(28, 4)) as double), 0)
        end
    end as change_rate_on_four_weeks,
    case when value > 0 and year_ago_value > 0 and change_on_year <= 5 * year_ago_value
        then case unit
            when 'rate' then cast(change_on_year as double) / nullif(cast(year_ago_value as double), 0)
            else cast(cast(change_on_year as decimal(28, 4)) as double)
                / nullif(cast(cast(year_ago_value as decimal(28, 4)) as double), 0)
        end
    end as change_rate_on_year,
    cast(case when previous_value is not null then smallest_span.customers end as bigint) as fewest_customers,
    case when position <= 5 and (measure <> 'profit_rate' or policy.cost_is_mapped) then position end as tile,
    coalesce(change_on_previous * adverse_sign > 0, false) as is_adverse_on_previous,
    coalesce(change_on_four_weeks * adverse_sign > 0, false) as is_adverse_on_four_weeks,
    coalesce(change_on_year * adverse_sign > 0, false) as is_adverse_on_year,
    coalesce(
        change_on_previous <> 0
        and cast(abs(change_on_previous) as double)
        >= cast(policy.material_change_share as double) * cast(abs(previous_value) as double),
        false
    ) as is_material_on_previous
from compared
cross join smallest_span
cross join settings.policy as policy
order by position, measure
