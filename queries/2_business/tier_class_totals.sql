-- title:   Sums for each value of each class, by tier
-- grain:   one row per snapshot, class_name, value and tier; class_name `all` is the population
-- key:     [snapshot, class_name, value, tier]
-- inputs:  [business.class_values, business.customer_classes, business.customer_profit]
-- note: >
--   The only place where customers are added up by class: business.class_totals adds these sums up over
--   the tiers, and results compare them.

with

class_names as (
    select class_name
    from business.class_values
    group by class_name
    union all
    select 'all' as class_name
),

customers as (
    -- One row per customer and class.
    select
        classes.snapshot,
        classes.tier,
        class_names.class_name,
        case class_names.class_name
            when 'all' then 'all'
            when 'tier' then classes.tier
            when 'abc_class' then classes.abc_class
            when 'rfm_segment' then classes.rfm_segment
            when 'value_class' then classes.value_class
            when 'frequency_class' then classes.frequency_class
            when 'lifecycle_stage' then classes.lifecycle_stage
            when 'lifecycle_phase' then classes.lifecycle_phase
            when 'loyalty_class' then classes.loyalty_class
            when 'customer_kind' then classes.customer_kind
            when 'region_class' then classes.region_class
            when 'industry' then classes.industry
            when 'need_class' then classes.need_class
            when 'temperament' then classes.temperament
            when 'customer_type' then classes.customer_type
            when 'quality_customer' then classes.quality_customer
        end as value,
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
    cross join class_names
)

select
    snapshot,
    class_name,
    value,
    tier,

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
group by snapshot, class_name, value, tier
