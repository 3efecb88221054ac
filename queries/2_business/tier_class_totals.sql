-- title:   Sums for each value of each class, by tier
-- grain:   one row per snapshot, class_name, value and tier; class_name `all` is the population
-- key:     [snapshot, class_name, value, tier]
-- note: >
--   The only place where customers are added up by class: business.class_totals adds these sums up over the tiers, and
--   results compare them.

select snapshot, class_name, value, tier,
    count(*) as customers, count(*) filter (where profit < 0) as unprofitable_customers,
    cast(sum(orders) as bigint) as orders, cast(sum(lines) as bigint) as lines,
    cast(sum(gross_revenue) as decimal(38, 4)) as gross_revenue,
    cast(sum(discount_amount) as decimal(38, 4)) as discount_amount,
    cast(sum(net_revenue) as decimal(38, 4)) as net_revenue,
    cast(sum(cost_of_goods) as decimal(38, 4)) as cost_of_goods,
    cast(sum(contribution_margin) as decimal(38, 4)) as contribution_margin,
    cast(sum(cost_to_serve) as decimal(38, 10)) as cost_to_serve, cast(sum(profit) as decimal(38, 10)) as profit,
    cast(coalesce(sum(profit) filter (where profit < 0), 0) as decimal(38, 10)) as loss_amount
from business.class_members group by snapshot, class_name, value, tier
