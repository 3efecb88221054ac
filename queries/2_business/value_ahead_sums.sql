-- title:   What groups of customers should bring in the time ahead, with ranges
-- grain:   one row per class_name and value that has customers; class_name `all` is everybody
-- key:     [class_name, value]
-- note: >
--   The only place where the outlook is added up: results select from these sums. A range of purchases or profit
--   reaches as far to each side as model.group_ranges says for the method that expects the purchases, and at least as
--   far as that method was off in the backtest; that of lifetime value and value at risk as model.group_ranges says.
--   None goes beyond 0 where every customer of the group is on the same side of it. Value at risk is never below 0.
--   A part of the customers has no ranges: both tables are of all customers, and without rows in a part.

with class_names as (
    select *
    from (
        values ('all'), ('tier'), ('lifecycle_stage'), ('rfm_segment'), ('value_class'), ('cohort')
    ) as listed (class_name)
),

customers as (
    -- One row per customer and class.
    select class_names.class_name,
        coalesce(
            case class_names.class_name
                when 'all' then 'all'
                when 'tier' then classes.tier
                when 'lifecycle_stage' then classes.lifecycle_stage
                when 'rfm_segment' then classes.rfm_segment
                when 'value_class' then classes.value_class
                when 'cohort' then classes.cohort
            end,
            'none'
        ) as value,
        ahead.method, cast(ahead.p_alive as decimal(28, 6)) as p_alive, ahead.expected_orders, ahead.expected_revenue,
        ahead.expected_profit, ahead.clv, ahead.value_at_risk, ahead.margin_rate, ahead.profit_rate,
        histories.purchases_of_year, coalesce(profit.profit, cast(0 as decimal(28, 10))) as profit
    from business.customer_value_ahead as ahead
    inner join business.outlook_customers as classes on ahead.customer_id = classes.customer_id  -- one-to-one
    inner join business.purchase_histories as histories  -- one-to-one
        on ahead.customer_id = histories.customer_id and histories.moment = 'now'
    left join business.customer_profit as profit  -- one-to-one; none without an order in the window
        on ahead.customer_id = profit.customer_id and profit.snapshot = 'current'
    cross join class_names
),

sums as (
    select method, class_name, value, count(*) as customers, sum(p_alive) as expected_alive,
        sum(purchases_of_year) as purchases_of_year, sum(expected_orders) as expected_orders,
        sum(expected_revenue) as expected_revenue, sum(profit) as profit, sum(expected_profit) as expected_profit,
        sum(clv) as clv, sum(value_at_risk) as value_at_risk,
        -- Rates of profit may differ in sign between the tiers of a group.
        min(coalesce(profit_rate, 0)) >= 0 and min(coalesce(margin_rate, 0)) >= 0 as is_never_a_loss,
        max(coalesce(profit_rate, 0)) <= 0 and max(coalesce(margin_rate, 0)) <= 0 as is_always_a_loss
    from customers group by method, class_name, value
),

misses as (
    -- The share of what it expected by which a method was off in the weeks tested.
    select method,
        cast(abs(expected_orders - cast(actual_orders as decimal(28, 6))) as double)
            / nullif(cast(expected_orders as double), 0) as miss_share
    from business.backtest_errors
),

reaches as (
    select sums.*, ranges.clv_half_width, ranges.value_at_risk_half_width,
        case
            when ranges.expected_orders_half_width
                >= coalesce(misses.miss_share, 0) * cast(sums.expected_orders as double)
                then ranges.expected_orders_half_width
            else misses.miss_share * cast(sums.expected_orders as double)
        end as expected_orders_half_width,
        case
            -- Spend varies too widely for a range.
            when ranges.method is not null and ranges.expected_profit_half_width is null then null
            when ranges.expected_profit_half_width
                >= coalesce(misses.miss_share, 0) * abs(cast(sums.expected_profit as double))
                then ranges.expected_profit_half_width
            else misses.miss_share * abs(cast(sums.expected_profit as double))
        end as expected_profit_half_width
    from sums
    left join model.group_ranges as ranges  -- one-to-one; none where the model has no fit
        on sums.method = ranges.method and sums.class_name = ranges.class_name and sums.value = ranges.value
    left join misses on sums.method = misses.method  -- many-to-one; none without a backtest
),

ranges as (
    select method, class_name, value, customers, expected_alive, purchases_of_year, expected_orders, expected_revenue,
        profit, expected_profit, clv, value_at_risk, is_never_a_loss, is_always_a_loss,
        cast(expected_orders - cast(expected_orders_half_width as decimal(28, 6)) as decimal(28, 6))
            as expected_orders_low,
        cast(expected_orders + cast(expected_orders_half_width as decimal(28, 6)) as decimal(28, 6))
            as expected_orders_high,
        cast(expected_profit - cast(expected_profit_half_width as decimal(28, 6)) as decimal(28, 6))
            as expected_profit_low,
        cast(expected_profit + cast(expected_profit_half_width as decimal(28, 6)) as decimal(28, 6))
            as expected_profit_high,
        cast(clv - cast(clv_half_width as decimal(28, 6)) as decimal(28, 6)) as clv_low,
        cast(clv + cast(clv_half_width as decimal(28, 6)) as decimal(28, 6)) as clv_high,
        cast(value_at_risk - cast(value_at_risk_half_width as decimal(28, 6)) as decimal(28, 6)) as value_at_risk_low,
        cast(value_at_risk + cast(value_at_risk_half_width as decimal(28, 6)) as decimal(28, 6)) as value_at_risk_high
    from reaches
)

select class_name, value, method, customers, cast(expected_alive as decimal(28, 6)) as expected_alive,
    cast(cast(expected_alive as decimal(28, 4)) as double) / nullif(cast(customers as double), 0) as alive_share,
    cast(purchases_of_year as bigint) as purchases_of_year,
    cast(expected_revenue as decimal(28, 6)) as expected_revenue, cast(profit as decimal(28, 10)) as profit,
    cast(expected_orders as decimal(28, 6)) as expected_orders,
    case when expected_orders_low < 0 then cast(0 as decimal(28, 6)) else expected_orders_low end
        as expected_orders_low,
    expected_orders_high, cast(expected_profit as decimal(28, 6)) as expected_profit,
    case when is_never_a_loss and expected_profit_low < 0 then cast(0 as decimal(28, 6)) else expected_profit_low end
        as expected_profit_low,
    case when is_always_a_loss and expected_profit_high > 0 then cast(0 as decimal(28, 6)) else expected_profit_high end
        as expected_profit_high,
    cast(clv as decimal(28, 6)) as clv,
    case when is_never_a_loss and clv_low < 0 then cast(0 as decimal(28, 6)) else clv_low end as clv_low,
    case when is_always_a_loss and clv_high > 0 then cast(0 as decimal(28, 6)) else clv_high end as clv_high,
    cast(cast(clv as decimal(28, 4)) as double) / nullif(cast(customers as double), 0) as clv_per_customer,
    cast(value_at_risk as decimal(28, 6)) as value_at_risk,
    case when value_at_risk_low < 0 then cast(0 as decimal(28, 6)) else value_at_risk_low end as value_at_risk_low,
    value_at_risk_high
from ranges
