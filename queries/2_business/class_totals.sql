-- title:   Sums for each value of each class
-- grain:   one row per snapshot, class_name and value; class_name `all` is the population
-- key:     [snapshot, class_name, value]
-- note:    Of each class, over all tiers. Results compare these sums and never add again.

select snapshot, class_name, value,
    cast(sum(customers) as bigint) as customers, cast(sum(unprofitable_customers) as bigint) as unprofitable_customers,
    cast(sum(orders) as bigint) as orders, cast(sum(lines) as bigint) as lines,
    cast(sum(gross_revenue) as decimal(38, 4)) as gross_revenue,
    cast(sum(discount_amount) as decimal(38, 4)) as discount_amount,
    cast(sum(net_revenue) as decimal(38, 4)) as net_revenue,
    cast(sum(cost_of_goods) as decimal(38, 4)) as cost_of_goods,
    cast(sum(contribution_margin) as decimal(38, 4)) as contribution_margin,
    cast(sum(cost_to_serve) as decimal(38, 10)) as cost_to_serve, cast(sum(profit) as decimal(38, 10)) as profit,
    cast(sum(loss_amount) as decimal(38, 10)) as loss_amount
from business.tier_class_totals group by snapshot, class_name, value
