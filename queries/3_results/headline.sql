-- title:   Headline measures, now and before
-- grain:   one row per measure
-- key:     [measure]
-- inputs:  [business.measure_values]
-- cells:
--   apart: [measure]
--   rows: [net_revenue, profit, profit_rate, customers, contribution_margin, gross_revenue, discount_amount,
--          cost_of_goods, cost_to_serve, orders]
--   count_row: customers
--   parts:
--     value: [value]
--     previous_value: [previous_value, change_on_previous, change_rate_on_previous, is_adverse_on_previous]
--     year_ago_value: [year_ago_value, change_on_year, change_rate_on_year, is_adverse_on_year]
--   open: [position, unit]
-- note: >
--   Previous is one compare period earlier, year ago the same window a year earlier. A change is
--   now less before; its rate is over the absolute value before. Without orders in an earlier
--   window there is nothing to compare with.

with

values_now as (
    select measure, position, unit, adverse_sign, value
    from business.measure_values
    where snapshot = 'current'
),

values_previous as (
    select measure, value
    from business.measure_values
    where snapshot = 'previous'
),

values_year_ago as (
    select measure, value
    from business.measure_values
    where snapshot = 'year_ago'
),

compared as (
    select
        values_now.measure,
        values_now.position,
        values_now.unit,
        values_now.adverse_sign,
        values_now.value,
        values_previous.value as previous_value,
        values_year_ago.value as year_ago_value,
        values_now.value - values_previous.value as change_on_previous,
        values_now.value - values_year_ago.value as change_on_year
    from values_now
    left join values_previous  -- one-to-one; none without orders then
        on values_now.measure = values_previous.measure
    left join values_year_ago  -- one-to-one; none without orders then
        on values_now.measure = values_year_ago.measure
)

select
    measure,

    position,
    unit,

    value,
    previous_value,
    year_ago_value,
    cast(change_on_previous as decimal(28, 6)) as change_on_previous,
    cast(change_on_year as decimal(28, 6)) as change_on_year,
    -- Four decimals of money keep a double exact up to 900 billion; a rate needs its six.
    case unit
        when 'rate'
            then cast(change_on_previous as double) / nullif(cast(abs(previous_value) as double), 0)
        else cast(cast(change_on_previous as decimal(28, 4)) as double)
            / nullif(cast(cast(abs(previous_value) as decimal(28, 4)) as double), 0)
    end as change_rate_on_previous,
    case unit
        when 'rate'
            then cast(change_on_year as double) / nullif(cast(abs(year_ago_value) as double), 0)
        else cast(cast(change_on_year as decimal(28, 4)) as double)
            / nullif(cast(cast(abs(year_ago_value) as decimal(28, 4)) as double), 0)
    end as change_rate_on_year,

    coalesce(change_on_previous * adverse_sign > 0, false) as is_adverse_on_previous,
    coalesce(change_on_year * adverse_sign > 0, false) as is_adverse_on_year
from compared
order by position, measure
