-- title:   Headline measures of each snapshot
-- grain:   one row per snapshot with a population
-- key:     [snapshot]

with totals as (select * from business.class_totals where class_name = 'all'),

at_risk as (select snapshot, sum(profit) as profit from business.profits_at_risk group by snapshot)

select totals.snapshot, totals.customers, totals.unprofitable_customers, totals.orders, totals.lines,
    cast(totals.gross_revenue as decimal(28, 4)) as gross_revenue,
    cast(totals.discount_amount as decimal(28, 4)) as discount_amount,
    cast(totals.net_revenue as decimal(28, 4)) as net_revenue,
    cast(totals.cost_of_goods as decimal(28, 4)) as cost_of_goods,
    cast(totals.contribution_margin as decimal(28, 4)) as contribution_margin,
    cast(totals.cost_to_serve as decimal(28, 10)) as cost_to_serve, cast(totals.profit as decimal(28, 10)) as profit,
    cast(totals.loss_amount as decimal(28, 10)) as loss_amount,
    case when totals.net_revenue > 0 then cast(cast(totals.profit as decimal(28, 4)) as double)
        / cast(totals.net_revenue as double) end as profit_rate,
    cast(coalesce(at_risk.profit, 0) as decimal(28, 10)) as profit_at_risk
from totals
left join at_risk  -- one-to-one; none when nobody profitable is late
    on totals.snapshot = at_risk.snapshot
