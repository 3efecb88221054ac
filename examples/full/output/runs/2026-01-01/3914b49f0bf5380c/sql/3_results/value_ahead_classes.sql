-- title:   What the customers of each class and cohort should bring in the coming year
-- grain:   one row per class_name and value
-- key:     [class_name, value]
-- inputs:  [business.class_values, business.customer_classes, business.customer_lifecycle,
--           business.customer_measures, business.customer_value_ahead, settings.policy]
-- note: >
--   Lifecycle stages hold all known customers, the other classes those with an order in the window.
--   A cohort is the year of the first order.

with

members as (
    select customer_id, 'lifecycle_stage' as class_name, lifecycle_stage as value
    from business.customer_lifecycle
    where snapshot = 'current'
    union all
    select customer_id, 'rfm_segment' as class_name, rfm_segment as value
    from business.customer_classes
    where snapshot = 'current'
    union all
    select customer_id, 'value_class' as class_name, value_class as value
    from business.customer_classes
    where snapshot = 'current'
    union all
    select
        customer_id,
        'cohort' as class_name,
        cast(cast(date_part('year', first_order_date) as bigint) as varchar) as value
    from business.customer_measures
    where snapshot = 'current'
),

sums as (
    select
        members.class_name,
        members.value,
        count(*) as customers,
        sum(cast(ahead.p_alive as decimal(28, 6))) as expected_alive,
        sum(ahead.expected_orders) as expected_orders,
        sum(ahead.expected_profit) as expected_profit,
        sum(ahead.clv) as clv,
        sum(ahead.value_at_risk) as value_at_risk
    from members
    inner join business.customer_value_ahead as ahead  -- many-to-one
        on members.customer_id = ahead.customer_id
    group by members.class_name, members.value
)

select
    sums.class_name,
    sums.value,

    cast(class_values.position as bigint) as position,

    sums.customers,
    cast(sums.expected_alive as decimal(28, 6)) as expected_alive,
    cast(cast(sums.expected_alive as decimal(28, 4)) as double)
        / nullif(cast(sums.customers as double), 0) as alive_share,
    cast(sums.expected_orders as decimal(28, 6)) as expected_orders,
    cast(sums.expected_profit as decimal(28, 6)) as expected_profit,
    cast(sums.clv as decimal(28, 6)) as clv,
    cast(sums.value_at_risk as decimal(28, 6)) as value_at_risk,

    sums.customers >= policy.min_cell as has_enough_customers
from sums
left join business.class_values as class_values  -- many-to-one; none for a cohort
    on sums.class_name = class_values.class_name
    and sums.value = class_values.value
cross join settings.policy as policy
order by sums.class_name, position nulls last, sums.value
