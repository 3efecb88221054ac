-- title:   What groups of customers should bring in the time ahead, with ranges
-- grain:   one row per class_name and value that has customers; class_name `all` is everybody
-- key:     [class_name, value]
-- inputs:  [business.customer_profit, business.customer_value_ahead, business.outlook_customers,
--           business.purchase_histories, model.group_ranges]
-- note: >
--   The only place where the outlook is added up: results select from these sums. A range reaches as far
--   to each side as model.group_ranges says for the method that expects the purchases, but not beyond 0
--   where every customer of the group is on the same side of it. Value at risk is never below 0.

with

class_names as (
    select *
    from (
        values ('all'), ('tier'), ('lifecycle_stage'), ('rfm_segment'), ('value_class'), ('cohort')
    ) as listed (class_name)
),

customers as (
    -- One row per customer and class.
    select
        class_names.class_name,
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
        ahead.method,
        cast(ahead.p_alive as decimal(28, 6)) as p_alive,
        ahead.expected_orders,
        ahead.expected_revenue,
        ahead.expected_profit,
        ahead.clv,
        ahead.value_at_risk,
        ahead.margin_rate,
        ahead.profit_rate,
        histories.purchases_of_year,
        coalesce(profit.profit, cast(0 as decimal(28, 10))) as profit
    from business.customer_value_ahead as ahead
    inner join business.outlook_customers as classes  -- one-to-one
        on ahead.customer_id = classes.customer_id
    inner join business.purchase_histories as histories  -- one-to-one
        on ahead.customer_id = histories.customer_id
        and histories.moment = 'now'
    left join business.customer_profit as profit  -- one-to-one; none without an order in the window
        on ahead.customer_id = profit.customer_id
        and profit.snapshot = 'current'
    cross join class_names
),

sums as (
    select
        method,
        class_name,
        value,
        count(*) as customers,
        sum(p_alive) as expected_alive,
        sum(purchases_of_year) as purchases_of_year,
        sum(expected_orders) as expected_orders,
        sum(expected_revenue) as expected_revenue,
        sum(profit) as profit,
        sum(expected_profit) as expected_profit,
        sum(clv) as clv,
        sum(value_at_risk) as value_at_risk,
        -- Rates of profit may differ in sign between the tiers of a group.
        min(coalesce(profit_rate, 0)) >= 0 and min(coalesce(margin_rate, 0)) >= 0 as is_never_a_loss,
        max(coalesce(profit_rate, 0)) <= 0 and max(coalesce(margin_rate, 0)) <= 0 as is_always_a_loss
    from customers
    group by method, class_name, value
),

ranges as (
    select
        sums.method,
        sums.class_name,
        sums.value,
        sums.customers,
        sums.expected_alive,
        sums.purchases_of_year,
        sums.expected_orders,
        sums.expected_revenue,
        sums.profit,
        sums.expected_profit,
        sums.clv,
        sums.value_at_risk,
        sums.is_never_a_loss,
        sums.is_always_a_loss,
        cast(sums.expected_orders - cast(ranges.expected_orders_half_width as decimal(28, 6)) as decimal(28, 6))
            as expected_orders_low,
        cast(sums.expected_orders + cast(ranges.expected_orders_half_width as decimal(28, 6)) as decimal(28, 6))
            as expected_orders_high,
        cast(sums.expected_profit - cast(ranges.expected_profit_half_width as decimal(28, 6)) as decimal(28, 6))
            as expected_profit_low,
        cast(sums.expected_profit + cast(ranges.expected_profit_half_width as decimal(28, 6)) as decimal(28, 6))
            as expected_profit_high,
        cast(sums.clv - cast(ranges.clv_half_width as decimal(28, 6)) as decimal(28, 6))
            as clv_low,
        cast(sums.clv + cast(ranges.clv_half_width as decimal(28, 6)) as decimal(28, 6))
            as clv_high,
        cast(sums.value_at_risk - cast(ranges.value_at_risk_half_width as decimal(28, 6)) as decimal(28, 6))
            as value_at_risk_low,
        cast(sums.value_at_risk + cast(ranges.value_at_risk_half_width as decimal(28, 6)) as decimal(28, 6))
            as value_at_risk_high
    from sums
    left join model.group_ranges as ranges  -- one-to-one
        on sums.method = ranges.method
        and sums.class_name = ranges.class_name
        and sums.value = ranges.value
)

select
    class_name,
    value,

    method,

    customers,
    cast(expected_alive as decimal(28, 6)) as expected_alive,
    cast(cast(expected_alive as decimal(28, 4)) as double)
        / nullif(cast(customers as double), 0) as alive_share,
    cast(purchases_of_year as bigint) as purchases_of_year,
    cast(expected_revenue as decimal(28, 6)) as expected_revenue,
    cast(profit as decimal(28, 10)) as profit,

    cast(expected_orders as decimal(28, 6)) as expected_orders,
    case when expected_orders_low < 0 then cast(0 as decimal(28, 6)) else expected_orders_low end
        as expected_orders_low,
    expected_orders_high,

    cast(expected_profit as decimal(28, 6)) as expected_profit,
    case when is_never_a_loss and expected_profit_low < 0 then cast(0 as decimal(28, 6)) else expected_profit_low end
        as expected_profit_low,
    case when is_always_a_loss and expected_profit_high > 0 then cast(0 as decimal(28, 6)) else expected_profit_high end
        as expected_profit_high,

    cast(clv as decimal(28, 6)) as clv,
    case when is_never_a_loss and clv_low < 0 then cast(0 as decimal(28, 6)) else clv_low end
        as clv_low,
    case when is_always_a_loss and clv_high > 0 then cast(0 as decimal(28, 6)) else clv_high end
        as clv_high,
    cast(cast(clv as decimal(28, 4)) as double)
        / nullif(cast(customers as double), 0) as clv_per_customer,

    cast(value_at_risk as decimal(28, 6)) as value_at_risk,
    case when value_at_risk_low < 0 then cast(0 as decimal(28, 6)) else value_at_risk_low end as value_at_risk_low,
    value_at_risk_high
from ranges
