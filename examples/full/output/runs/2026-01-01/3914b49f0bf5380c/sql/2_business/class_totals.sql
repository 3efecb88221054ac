-- title:   Sums for each value of each class
-- grain:   one row per snapshot, class_name and value; class_name `all` is the population
-- key:     [snapshot, class_name, value]
-- inputs:  [business.customer_classes, business.customer_profit]
-- note: >
--   The only place where customers are added up by class: results compare these sums and never
--   add again.

with

customers as (
    select
        classes.snapshot,
        classes.tier,
        classes.abc_class,
        classes.rfm_segment,
        classes.value_class,
        classes.frequency_class,
        classes.lifecycle_stage,
        classes.loyalty_class,
        profit.orders,
        profit.lines,
        profit.gross_revenue,
        profit.discount_amount,
        profit.net_revenue,
        profit.cost_of_goods,
        profit.contribution_margin,
        profit.cost_to_serve,
        profit.profit
    from business.customer_classes as classes
    inner join business.customer_profit as profit  -- one-to-one
        on classes.snapshot = profit.snapshot
        and classes.customer_id = profit.customer_id
)

select
    snapshot,
    case
        when tier is not null then 'tier'
        when abc_class is not null then 'abc_class'
        when rfm_segment is not null then 'rfm_segment'
        when value_class is not null then 'value_class'
        when frequency_class is not null then 'frequency_class'
        when lifecycle_stage is not null then 'lifecycle_stage'
        when loyalty_class is not null then 'loyalty_class'
        else 'all'
    end as class_name,
    coalesce(
        tier, abc_class, rfm_segment, value_class, frequency_class, lifecycle_stage, loyalty_class, 'all'
    ) as value,

    count(*) as customers,
    count(*) filter (where profit < 0) as unprofitable_customers,
    cast(sum(orders) as bigint) as orders,
    cast(sum(lines) as bigint) as lines,
    cast(sum(gross_revenue) as decimal(38, 4)) as gross_revenue,
    cast(sum(discount_amount) as decimal(38, 4)) as discount_amount,
    cast(sum(net_revenue) as decimal(38, 4)) as net_revenue,
    cast(sum(cost_of_goods) as decimal(38, 4)) as cost_of_goods,
    cast(sum(contribution_margin) as decimal(38, 4)) as contribution_margin,
    cast(sum(cost_to_serve) as decimal(38, 10)) as cost_to_serve,
    cast(sum(profit) as decimal(38, 10)) as profit,
    cast(coalesce(sum(profit) filter (where profit < 0), 0) as decimal(38, 10)) as loss_amount
from customers
group by grouping sets (
    (snapshot, tier),
    (snapshot, abc_class),
    (snapshot, rfm_segment),
    (snapshot, value_class),
    (snapshot, frequency_class),
    (snapshot, lifecycle_stage),
    (snapshot, loyalty_class),
    (snapshot)
)
